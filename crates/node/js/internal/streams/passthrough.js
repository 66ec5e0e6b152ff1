// stream.PassThrough: a Transform that changes nothing.

import { inherit } from "./legacy.js";
import { Transform } from "./transform.js";

export function PassThrough(options) {
  if (!(this instanceof PassThrough)) return new PassThrough(options);
  Transform.call(this, options);
}
inherit(PassThrough, Transform);

PassThrough.prototype._transform = function (chunk, encoding, callback) {
  callback(null, chunk);
};
