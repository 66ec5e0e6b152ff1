// Hmac (https://nodejs.org/api/crypto.html#class-hmac): a message authentication code in pieces, and a Transform
// stream.

import { op_node_hmac_finish, op_node_hmac_new, op_node_hmac_update } from "holdfast:ops";
import { Buffer } from "../buffer.js";
import { ERR_INVALID_ARG_TYPE } from "../errors.js";
import { ERR_CRYPTO_HASH_FINALIZED } from "../errors_areas.js";
import { Transform } from "../streams/transform.js";
import { validateString } from "../validators.js";
import { output } from "./bytes.js";
import { knownDigest } from "./digests.js";
import { updateBytes } from "./hash.js";
import { secretHandle } from "./secrets.js";

const kHandle = Symbol("kHandle");
const kState = Symbol("kState");
const KEY_TYPES = ["ArrayBuffer", "Buffer", "ArrayBufferView", "string", "KeyObject", "CryptoKey"];

export function createHmac(hmac, key, options) {
  return new Hmac(hmac, key, options);
}

export function Hmac(hmac, key, options) {
  if (!(this instanceof Hmac)) return new Hmac(hmac, key, options);
  validateString(hmac, "hmac");
  const encoding = options?.encoding;
  if (encoding !== undefined && encoding !== null) validateString(encoding, "options.encoding");
  const handle = secretHandle(key, encoding ?? "utf8");
  if (handle === undefined) throw new ERR_INVALID_ARG_TYPE("key", KEY_TYPES, key);
  this[kHandle] = op_node_hmac_new(knownDigest(hmac), handle);
  this[kState] = { isFinished: false };
  Transform.call(this, options);
}
Object.setPrototypeOf(Hmac.prototype, Transform.prototype);
Object.setPrototypeOf(Hmac, Transform);

Hmac.prototype.update = function update(data, encoding) {
  if (this[kState].isFinished) throw new ERR_CRYPTO_HASH_FINALIZED();
  op_node_hmac_update(this[kHandle], updateBytes(data, encoding));
  return this;
};

/** Once: then there is nothing any more, as in Node. */
Hmac.prototype.digest = function digest(outputEncoding) {
  if (this[kState].isFinished) return output(new Uint8Array(0), outputEncoding);
  this[kState].isFinished = true;
  return output(op_node_hmac_finish(this[kHandle]), outputEncoding);
};

Hmac.prototype._flush = function _flush(callback) {
  if (!this[kState].isFinished) {
    this[kState].isFinished = true;
    this.push(Buffer.from(op_node_hmac_finish(this[kHandle])));
  }
  callback();
};

Hmac.prototype._transform = function _transform(chunk, encoding, callback) {
  op_node_hmac_update(this[kHandle], updateBytes(chunk, encoding));
  callback();
};
