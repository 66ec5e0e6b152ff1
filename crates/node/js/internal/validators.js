// Checks of arguments that Node's functions have in common.

import {
  ERR_INVALID_ARG_TYPE,
  ERR_INVALID_ARG_VALUE,
  ERR_OUT_OF_RANGE,
} from "./errors.js";
import { ERR_SOCKET_BAD_PORT } from "./errors_areas.js";

const { isInteger, isFinite, isNaN, MAX_SAFE_INTEGER, MIN_SAFE_INTEGER } = Number;
const { isArray } = Array;
const UINT32_END = 2 ** 32;

export function isInt32(value) {
  return typeof value === "number" && value === (value | 0);
}

export function isUint32(value) {
  return value === value >>> 0;
}

export function validateString(value, name) {
  if (typeof value !== "string") throw new ERR_INVALID_ARG_TYPE(name, "string", value);
}

export function validateBoolean(value, name) {
  if (typeof value !== "boolean") throw new ERR_INVALID_ARG_TYPE(name, "boolean", value);
}

export function validateFunction(value, name) {
  if (typeof value !== "function") throw new ERR_INVALID_ARG_TYPE(name, "Function", value);
}

/** A typed array or DataView, as for Node any of them is a buffer. */
export function validateBuffer(buffer, name = "buffer") {
  if (!ArrayBuffer.isView(buffer)) {
    throw new ERR_INVALID_ARG_TYPE(name, ["Buffer", "TypedArray", "DataView"], buffer);
  }
}

// --- numbers -------------------------------------------------------------------------------------

export function validateInteger(value, name, min = MIN_SAFE_INTEGER, max = MAX_SAFE_INTEGER) {
  if (typeof value !== "number") throw new ERR_INVALID_ARG_TYPE(name, "number", value);
  if (!isInteger(value)) throw new ERR_OUT_OF_RANGE(name, "an integer", value);
  if (value < min || value > max) throw new ERR_OUT_OF_RANGE(name, `>= ${min} && <= ${max}`, value);
}

export function validateInt32(value, name, min = -2147483648, max = 2147483647) {
  validateInteger(value, name, min, max);
}

export function validateUint32(value, name, positive = false) {
  if (typeof value !== "number") throw new ERR_INVALID_ARG_TYPE(name, "number", value);
  if (!isInteger(value)) throw new ERR_OUT_OF_RANGE(name, "an integer", value);
  const min = positive ? 1 : 0;
  if (value < min || value >= UINT32_END) throw new ERR_OUT_OF_RANGE(name, `>= ${min} && < ${UINT32_END}`, value);
}

export function validateNumber(value, name, min = undefined, max = undefined) {
  if (typeof value !== "number") throw new ERR_INVALID_ARG_TYPE(name, "number", value);
  const bounds = [];
  if (min != null) bounds.push(`>= ${min}`);
  if (max != null) bounds.push(`<= ${max}`);
  if (value < min || value > max || (bounds.length > 0 && isNaN(value))) {
    throw new ERR_OUT_OF_RANGE(name, bounds.join(" && "), value);
  }
}

/** False for undefined and NaN, true for other finite numbers; anything else throws. */
export function checkFiniteNumber(number, name) {
  if (number === undefined || isNaN(number)) return false;
  if (isFinite(number)) return true;
  validateNumber(number, name);
  throw new ERR_OUT_OF_RANGE(name, "a finite number", number);
}

/** The number if it lies between the bounds, `fallback` for undefined and NaN; anything else throws. */
export function checkRangesOrGetDefault(number, name, lower, upper, fallback = undefined) {
  if (!checkFiniteNumber(number, name)) return fallback;
  if (number < lower || number > upper) throw new ERR_OUT_OF_RANGE(name, `>= ${lower} and <= ${upper}`, number);
  return number;
}

/** The port as a number. */
export function validatePort(port, name = "Port", allowZero = true) {
  const isNumeric = typeof port === "number" || (typeof port === "string" && port.trim() !== "");
  if (!isNumeric || +port !== +port >>> 0 || +port > 0xffff || (port === 0 && !allowZero)) {
    throw new ERR_SOCKET_BAD_PORT(name, port, allowZero);
  }
  return +port | 0;
}

/** A file mode: a number, or octal digits; `fallback` where there is none. */
export function parseFileMode(value, name, fallback = undefined) {
  let mode = value ?? fallback ?? value;
  if (typeof mode === "string") {
    if (!/^[0-7]+$/.test(mode)) {
      throw new ERR_INVALID_ARG_VALUE(name, mode, "must be a 32-bit unsigned integer or an octal string");
    }
    mode = parseInt(mode, 8);
  }
  validateUint32(mode, name);
  return mode;
}

// --- objects -------------------------------------------------------------------------------------

export const kValidateObjectNone = 0;
export const kValidateObjectAllowNullable = 1 << 0;
export const kValidateObjectAllowArray = 1 << 1;
export const kValidateObjectAllowFunction = 1 << 2;
export const kValidateObjectAllowObjects = kValidateObjectAllowArray | kValidateObjectAllowFunction;
export const kValidateObjectAllowObjectsAndNull = kValidateObjectAllowObjects | kValidateObjectAllowNullable;

/** @param {number} allowed which of null, arrays and functions pass too */
export function validateObject(value, name, allowed = kValidateObjectNone) {
  const passes =
    (value === null && allowed & kValidateObjectAllowNullable) ||
    (typeof value === "object" && value !== null && (!isArray(value) || allowed & kValidateObjectAllowArray)) ||
    (typeof value === "function" && allowed & kValidateObjectAllowFunction);
  if (!passes) throw new ERR_INVALID_ARG_TYPE(name, "Object", value);
}

export function validateArray(value, name, minLength = 0) {
  if (!isArray(value)) throw new ERR_INVALID_ARG_TYPE(name, "Array", value);
  if (value.length < minLength) throw new ERR_INVALID_ARG_VALUE(name, value, `must be longer than ${minLength}`);
}

export function validateAbortSignal(signal, name) {
  if (signal === undefined) return;
  if (signal === null || typeof signal !== "object" || !("aborted" in signal)) {
    throw new ERR_INVALID_ARG_TYPE(name, "AbortSignal", signal);
  }
}

export function validateOneOf(value, name, oneOf) {
  if (oneOf.includes(value)) return;
  const allowed = oneOf.map((one) => (typeof one === "string" ? `'${one}'` : String(one))).join(", ");
  throw new ERR_INVALID_ARG_VALUE(name, value, `must be one of: ${allowed}`);
}

/** Data that is given as hexadecimal digits must have an even number of them. */
export function validateEncoding(data, encoding) {
  const isHex = `${encoding}`.toLowerCase() === "hex";
  if (isHex && data.length % 2 !== 0) {
    throw new ERR_INVALID_ARG_VALUE("encoding", encoding, `is invalid for data of length ${data.length}`);
  }
}
