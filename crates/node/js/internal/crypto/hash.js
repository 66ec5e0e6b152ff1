// Hash (https://nodejs.org/api/crypto.html#class-hash): a digest in pieces, and a Transform stream.

import {
  op_node_hash_copy, op_node_hash_finish, op_node_hash_new, op_node_hash_size, op_node_hash_update,
} from "holdfast:ops";
import { Buffer } from "../buffer.js";
import { normalizeEncoding } from "../encodings.js";
import { ERR_INVALID_ARG_TYPE } from "../errors.js";
import { ERR_CRYPTO_HASH_FINALIZED } from "../errors_areas.js";
import { Transform } from "../streams/transform.js";
import { isArrayBufferView } from "../types.js";
import { validateString, validateUint32 } from "../validators.js";
import { output } from "./bytes.js";
import { knownHash } from "./digests.js";

const kHandle = Symbol("kHandle");
const kState = Symbol("kState");

export function createHash(algorithm, options) {
  return new Hash(algorithm, options);
}

/** @param algorithm a name, or the state of the Hash that this one continues */
export function Hash(algorithm, options) {
  if (!(this instanceof Hash)) return new Hash(algorithm, options);
  const length = typeof options === "object" ? options?.outputLength : undefined;
  if (length !== undefined) validateUint32(length, "options.outputLength");
  const isCopy = algorithm instanceof State;
  if (!isCopy) validateString(algorithm, "algorithm");
  const digest = isCopy ? algorithm.digest : knownHash(algorithm);
  // None of the functions that Workers have can be longer or shorter than it is.
  if (length !== undefined && length !== op_node_hash_size(digest)) throw new Error("invalid digest size");
  this[kHandle] = isCopy ? op_node_hash_copy(algorithm.handle) : op_node_hash_new(digest);
  this[kState] = new State(digest, this[kHandle]);
  Transform.call(this, options);
}
Object.setPrototypeOf(Hash.prototype, Transform.prototype);
Object.setPrototypeOf(Hash, Transform);

class State {
  isFinished = false;

  constructor(digest, handle) {
    this.digest = digest;
    this.handle = handle;
  }
}

Hash.prototype.copy = function copy(options) {
  if (this[kState].isFinished) throw new ERR_CRYPTO_HASH_FINALIZED();
  return new Hash(this[kState], options);
};

Hash.prototype._transform = function _transform(chunk, encoding, callback) {
  op_node_hash_update(this[kHandle], typeof chunk === "string" ? textBytes(chunk, encoding ?? "utf8") : chunk);
  callback();
};

Hash.prototype._flush = function _flush(callback) {
  this.push(Buffer.from(op_node_hash_finish(this[kHandle])));
  callback();
};

Hash.prototype.update = function update(data, encoding) {
  if (this[kState].isFinished) throw new ERR_CRYPTO_HASH_FINALIZED();
  op_node_hash_update(this[kHandle], updateBytes(data, encoding));
  return this;
};

Hash.prototype.digest = function digest(outputEncoding) {
  if (this[kState].isFinished) throw new ERR_CRYPTO_HASH_FINALIZED();
  this[kState].isFinished = true;
  return output(op_node_hash_finish(this[kHandle]), outputEncoding);
};

function textBytes(text, encoding) {
  return Buffer.from(text, normalizeEncoding(encoding) ?? encoding);
}

/** What `update` of a Hash or Hmac takes. */
export function updateBytes(data, encoding = "utf8") {
  if (typeof data === "string") return textBytes(data, encoding === null || encoding === "buffer" ? "utf8" : encoding);
  if (!isArrayBufferView(data)) {
    throw new ERR_INVALID_ARG_TYPE("data", ["string", "Buffer", "TypedArray", "DataView"], data);
  }
  return data;
}

/** The digest of something that is there as a whole. */
export function hash(algorithm, data, outputEncoding = "hex") {
  validateString(algorithm, "algorithm");
  if (typeof data !== "string" && !isArrayBufferView(data)) {
    throw new ERR_INVALID_ARG_TYPE("data", ["string", "Buffer", "TypedArray", "DataView"], data);
  }
  validateString(outputEncoding, "outputEncoding");
  const handle = op_node_hash_new(knownHash(algorithm));
  op_node_hash_update(handle, typeof data === "string" ? Buffer.from(data, "utf8") : data);
  return output(op_node_hash_finish(handle), outputEncoding);
}
