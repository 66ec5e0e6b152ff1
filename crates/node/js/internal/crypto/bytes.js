// What the functions of node:crypto take for bytes, and how they give them.

import { asBuffer, Buffer } from "../buffer.js";
import { ERR_INVALID_ARG_TYPE } from "../errors.js";
import { isAnyArrayBuffer, isArrayBufferView } from "../types.js";

export function isBytes(value) {
  return isAnyArrayBuffer(value) || isArrayBufferView(value);
}

/** The bytes of a string, or the buffer or view itself. */
export function bytesOrText(value, name, encoding = "utf8") {
  if (typeof value === "string") return Buffer.from(value, encoding === "buffer" ? "utf8" : encoding);
  if (!isBytes(value)) {
    throw new ERR_INVALID_ARG_TYPE(name, ["string", "ArrayBuffer", "Buffer", "TypedArray", "DataView"], value);
  }
  return value;
}

/** Bytes of an operation as a Buffer, or as text in `encoding`. */
export function output(bytes, encoding) {
  const buffer = Buffer.from(bytes);
  return encoding === undefined || encoding === "buffer" ? buffer : buffer.toString(encoding);
}

/** A message that comes in pieces: each is copied, for its owner may change it. */
export class Pieces {
  #pieces = [];

  add(bytes) {
    this.#pieces.push(Buffer.from(asBuffer(bytes)));
  }

  all() {
    return Buffer.concat(this.#pieces);
  }
}

/** Calls back with what the promise becomes. What the callback throws is an unhandled rejection, as in workerd. */
export function callBack(promise, callback) {
  promise.then((value) => callback(null, value), (error) => callback(error));
}
