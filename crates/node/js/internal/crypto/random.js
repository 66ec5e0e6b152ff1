// Random bytes, numbers and UUIDs (https://nodejs.org/api/crypto.html#cryptorandombytessize-callback).

import { op_random_fill, op_random_uuid } from "holdfast:ops";
import { crypto } from "holdfast:web/crypto/crypto";
import { Buffer, kMaxLength } from "../buffer.js";
import { ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE } from "../errors.js";
import { isAnyArrayBuffer } from "../types.js";
import { validateBoolean, validateFunction, validateInteger, validateObject } from "../validators.js";
import { callBack, isBytes } from "./bytes.js";

const BUFFER_TYPES = ["TypedArray", "DataView", "ArrayBuffer", "SharedArrayBuffer"];
const RANGE_MAX = 2 ** 48 - 1;

function validateRoom(buffer) {
  if (!isBytes(buffer)) throw new ERR_INVALID_ARG_TYPE("buffer", BUFFER_TYPES, buffer);
}

export function randomBytes(size, callback) {
  validateInteger(size, "size", 0, kMaxLength);
  const bytes = Buffer.alloc(size);
  if (callback === undefined) return randomFillSync(bytes);
  randomFill(bytes, callback);
}

/** Fills a part of the buffer and gives a view of that part, as workerd does. */
export function randomFillSync(buffer, offset = 0, size = undefined) {
  validateRoom(buffer);
  const length = buffer.length ?? buffer.byteLength;
  validateInteger(offset, "offset", 0, kMaxLength);
  if (size === undefined) size = length;
  else validateInteger(size, "size", 0, length - offset);
  return crypto.getRandomValues(viewOf(buffer).subarray(offset, offset + size));
}

Object.defineProperty(randomFillSync, "length", { value: 3 });

// Of the same type, so that elements are counted; there are none in what is no typed array.
function viewOf(buffer) {
  if (isAnyArrayBuffer(buffer)) return Buffer.from(buffer);
  return buffer.subarray === undefined
    ? new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength)
    : buffer;
}

export function randomFill(buffer, offset, size, callback) {
  validateRoom(buffer);
  const length = buffer.length ?? buffer.byteLength;
  if (typeof offset === "function") [offset, size, callback] = [0, length, offset];
  else if (typeof size === "function") [size, callback] = [undefined, size];
  validateFunction(callback, "callback");
  validateInteger(offset, "offset", 0, length);
  if (size === undefined) size = length - offset;
  else validateInteger(size, "size", 0, length - offset);
  callBack(
    new Promise((resolve) => {
      randomFillSync(buffer, offset, size);
      resolve(buffer);
    }),
    callback,
  );
}

// Every number below `range` with the same probability: what is drawn above the greatest multiple of it does not count.
function below(range) {
  const bytes = Buffer.alloc(6);
  const limit = RANGE_MAX - (RANGE_MAX % range);
  for (;;) {
    op_random_fill(bytes);
    const drawn = bytes.readUIntBE(0, 6);
    if (drawn < limit) return drawn % range;
  }
}

export function randomInt(min, max, callback) {
  const isMaxAlone = max === undefined || typeof max === "function";
  if (isMaxAlone) [min, max, callback] = [0, min, max];
  else validateInteger(min, "min");
  validateInteger(max, "max");
  if (callback !== undefined) validateFunction(callback, "callback");
  if (min >= max) throw new ERR_OUT_OF_RANGE("min", "min < max", min);
  const range = max - min;
  if (range > RANGE_MAX) throw new ERR_OUT_OF_RANGE("max", `<= ${RANGE_MAX}`, range);
  const number = min + below(range);
  if (callback === undefined) return number;
  callBack(Promise.resolve(number), callback);
}

export function randomUUID(options) {
  if (options !== undefined) {
    validateObject(options, "options");
    if (options.disableEntropyCache !== undefined) {
      validateBoolean(options.disableEntropyCache, "options.disableEntropyCache");
    }
  }
  return op_random_uuid();
}
