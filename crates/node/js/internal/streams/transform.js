// stream.Transform (https://nodejs.org/api/stream.html#class-streamtransform): what is read is made of what is written.

import { ERR_METHOD_NOT_IMPLEMENTED } from "../errors.js";
import { Duplex } from "./duplex.js";
import { chooseHighWaterMark } from "./high_water_mark.js";
import { inherit } from "./legacy.js";

/** The callback of a write whose result waits for a reader. */
const kWaiting = Symbol("kCallback");

export function Transform(options) {
  if (!(this instanceof Transform)) return new Transform(options);
  // A readable side that holds nothing must not make a writable side that holds nothing: that would not get going.
  const mark = options ? chooseHighWaterMark(false, options, "readableHighWaterMark", true) : null;
  if (mark === 0) {
    options = {
      ...options,
      highWaterMark: null,
      readableHighWaterMark: mark,
      writableHighWaterMark: options.writableHighWaterMark || 0,
    };
  }
  Duplex.call(this, options);
  // Reading and writing are one here, so nothing that is pushed comes from inside of a read.
  this._readableState.sync = false;
  this[kWaiting] = null;
  if (options) {
    if (typeof options.transform === "function") this._transform = options.transform;
    if (typeof options.flush === "function") this._flush = options.flush;
  }
  // Subclasses may have a `_final` of their own, which does not know of `_flush`.
  this.on("prefinish", onPrefinish);
}
inherit(Transform, Duplex);

function final(callback) {
  if (typeof this._flush !== "function" || this.destroyed) {
    this.push(null);
    callback?.();
    return;
  }
  this._flush((error, data) => {
    if (error) {
      if (callback) callback(error);
      else this.destroy(error);
      return;
    }
    if (data !== null && data !== undefined) this.push(data);
    this.push(null);
    callback?.();
  });
}

function onPrefinish() {
  if (this._final !== final) final.call(this);
}

Transform.prototype._final = final;

Transform.prototype._transform = function () {
  throw new ERR_METHOD_NOT_IMPLEMENTED("_transform()");
};

Transform.prototype._write = function (chunk, encoding, callback) {
  const reading = this._readableState;
  const writing = this._writableState;
  const before = reading.length;
  this._transform(chunk, encoding, (error, value) => {
    if (error) {
      callback(error);
      return;
    }
    if (value !== null && value !== undefined) this.push(value);
    // Nothing came of it, or there is room for more.
    if (writing.ended || reading.length === before || reading.length < reading.highWaterMark) callback();
    else this[kWaiting] = callback;
  });
};

Transform.prototype._read = function (_size) {
  const callback = this[kWaiting];
  if (!callback) return;
  this[kWaiting] = null;
  callback();
};
