// What Buffer's methods have in common, most of all checks of what they are given; the texts are those of Node's JavaScript implementation of Buffer, which
// differ from those of validators.js.

import { ERR_BUFFER_OUT_OF_BOUNDS, ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE } from "./errors.js";

/** Some bytes of a buffer, without looking at what a program may have made of its methods. */
export function room(buffer, offset, length) {
  return new Uint8Array(buffer.buffer, buffer.byteOffset + offset, length);
}

export function validateNumber(value, name) {
  if (typeof value !== "number") throw new ERR_INVALID_ARG_TYPE(name, "number", value);
}

export function validateOffset(value, name, min, max) {
  validateNumber(value, name);
  if (!Number.isInteger(value)) throw new ERR_OUT_OF_RANGE(name, "an integer", value);
  if (value < min || value > max) throw new ERR_OUT_OF_RANGE(name, `>= ${min} && <= ${max}`, value);
}

/** Throws unless `size` bytes from `offset` lie within the buffer. */
export function validatePlace(buffer, offset, size) {
  const last = buffer.length - size;
  if (Number.isInteger(offset) && offset >= 0 && offset <= last) return;
  validateOffset(offset, "offset", 0, buffer.length);
  if (last < 0) throw new ERR_BUFFER_OUT_OF_BOUNDS();
  throw new ERR_OUT_OF_RANGE("offset", `>= 0 and <= ${last}`, offset);
}

/** Throws for a size of an integer that is none of 1 to 6. */
export function badByteLength(byteLength) {
  const isWhole = Math.floor(byteLength) === byteLength;
  return new ERR_OUT_OF_RANGE("byteLength", isWhole ? ">= 1 and <= 6" : "an integer", byteLength);
}

/** Throws unless the value fits in so many bytes. */
export function validateInteger(value, size, signed) {
  const end = 2 ** (signed ? size * 8 - 1 : size * 8);
  const [min, max] = [signed ? -end : 0, end - 1];
  if (!(value > max || value < min)) return;
  if (size <= 4) throw new ERR_OUT_OF_RANGE("value", `>= ${min} and <= ${max}`, value);
  const bits = size * 8;
  const range = signed ? `>= -(2 ** ${bits - 1}) and < 2 ** ${bits - 1}` : `>= 0 and < 2 ** ${bits}`;
  throw new ERR_OUT_OF_RANGE("value", range, value);
}

/** The same for BigInts of 64 bits. */
export function validateBigInt(value, signed) {
  const [min, max] = signed ? [-(2n ** 63n), 2n ** 63n - 1n] : [0n, 2n ** 64n - 1n];
  if (!(value > max || value < min)) return;
  const range = signed ? ">= -(2n ** 63n) and < 2 ** 63n" : ">= 0n and < 2n ** 64n";
  throw new ERR_OUT_OF_RANGE("value", range, value);
}
