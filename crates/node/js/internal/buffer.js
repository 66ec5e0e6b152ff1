// Buffer: how it is made, and the methods that change bytes (https://nodejs.org/docs/latest/api/buffer.html). Those
// between bytes and text are in buffer_text.js, searching and comparing in buffer_search.js, numbers in buffer_numbers.js.
//
// There is no pool: every Buffer that is not a view of another has memory of its own, so that nothing of one object's
// data can be seen by another (as in workerd).

import { op_buffer_swap } from "holdfast:ops";
import { room, validateNumber, validateOffset } from "./buffer_checks.js";
import { numberMethods } from "./buffer_numbers.js";
import { compare, INSPECT_MAX_BYTES, kMaxLength, lookingMethods } from "./buffer_search.js";
import { sliceMethods, textMethods, writeMethods } from "./buffer_text.js";
import { encodeText, knownEncoding, normalizeEncoding, utf8Length } from "./encodings.js";
import {
  ERR_BUFFER_OUT_OF_BOUNDS,
  ERR_INVALID_ARG_TYPE,
  ERR_INVALID_ARG_VALUE,
  ERR_INVALID_BUFFER_SIZE,
  ERR_OUT_OF_RANGE,
} from "./errors.js";
import { isAnyArrayBuffer, isUint8Array } from "./types.js";
import { validateString } from "./validators.js";

const { isArray } = Array;
const { isNaN, MAX_SAFE_INTEGER } = Number;
const { fill: fillBytes } = Uint8Array.prototype;

export const kStringMaxLength = 536870888;
export const constants = { MAX_LENGTH: kMaxLength, MAX_STRING_LENGTH: kStringMaxLength };

const UINT32_END = 2 ** 32;
const kIsBuffer = Symbol("kIsBuffer");
const customInspect = Symbol.for("nodejs.util.inspect.custom");

/** What `Buffer` makes: a Uint8Array whose prototype is Buffer.prototype. */
class FastBuffer extends Uint8Array {
  // An implicit constructor would hand its arguments on through the array iterator.
  constructor(bufferOrLength, byteOffset, length) {
    super(bufferOrLength, byteOffset, length);
  }
}

export function Buffer(value, encodingOrOffset, length) {
  if (typeof value !== "number") return from(value, encodingOrOffset, length);
  if (typeof encodingOrOffset === "string") throw new ERR_INVALID_ARG_TYPE("string", "string", value);
  return alloc(value);
}

Object.setPrototypeOf(Buffer, Uint8Array);
Buffer.prototype = FastBuffer.prototype;
Object.defineProperty(Buffer.prototype, "constructor", {
  value: Buffer, enumerable: false, writable: true, configurable: true,
});

export function SlowBuffer(length) {
  return alloc(+length);
}

Object.setPrototypeOf(SlowBuffer.prototype, Uint8Array.prototype);
Object.setPrototypeOf(SlowBuffer, Uint8Array);

/** The same bytes, as a Buffer. */
export function asBuffer({ buffer, byteOffset, byteLength }) {
  return new FastBuffer(buffer, byteOffset, byteLength);
}

// --- construction --------------------------------------------------------------------------------

const SOURCES = ["string", "Buffer", "TypedArray", "ArrayBuffer", "SharedArrayBuffer", "Array", "Array-like Object"];

function from(value, encodingOrOffset, length) {
  if (typeof value === "string") return fromString(value, encodingOrOffset);
  if (typeof value === "object" && value !== null) {
    if (isAnyArrayBuffer(value)) return fromArrayBuffer(value, encodingOrOffset, length);
    const primitive = value.valueOf?.();
    if (primitive != null && primitive !== value && (typeof primitive === "string" || typeof primitive === "object")) {
      return from(primitive, encodingOrOffset, length);
    }
    if (value.length !== undefined || isAnyArrayBuffer(value.buffer)) {
      return typeof value.length === "number" ? new FastBuffer(value) : new FastBuffer(0);
    }
    // What toJSON() made.
    if (value.type === "Buffer" && isArray(value.data)) return new FastBuffer(value.data);
    if (typeof value[Symbol.toPrimitive] === "function") {
      const text = value[Symbol.toPrimitive]("string");
      if (typeof text === "string") return fromString(text, encodingOrOffset);
    }
  }
  throw new ERR_INVALID_ARG_TYPE("first argument", SOURCES, value);
}

function fromString(text, encoding) {
  return asBuffer(encodeText(text, knownEncoding(typeof encoding === "string" ? encoding : undefined)));
}

function fromArrayBuffer(buffer, byteOffset, length) {
  const offset = +byteOffset || 0;
  const rest = buffer.byteLength - offset;
  if (rest < 0) throw new ERR_BUFFER_OUT_OF_BOUNDS("offset");
  if (length === undefined) return new FastBuffer(buffer, offset, rest);
  const wanted = +length > 0 ? +length : 0;
  if (wanted > rest) throw new ERR_BUFFER_OUT_OF_BOUNDS("length");
  return new FastBuffer(buffer, offset, wanted);
}

function alloc(size, fill, encoding) {
  validateNumber(size, "size");
  if (isNaN(size)) throw new ERR_INVALID_ARG_VALUE.RangeError("size", size);
  if (size >= kMaxLength) throw new ERR_OUT_OF_RANGE("size", `0 to ${kMaxLength}`, size);
  if (size <= -1) throw new RangeError(`Invalid typed array length: ${size}`);
  const buffer = new FastBuffer(size);
  if (fill === undefined) return buffer;
  if (encoding !== undefined) validateString(encoding, "encoding");
  return buffer.fill(fill, encoding);
}

function allocUnsafe(size) {
  return alloc(size);
}

function of(...items) {
  const buffer = new FastBuffer(items.length);
  for (let i = 0; i < items.length; i++) buffer[i] = items[i];
  return buffer;
}

// --- functions of the constructor ----------------------------------------------------------------

function isBuffer(value) {
  return value != null && value[kIsBuffer] === true && value !== Buffer.prototype;
}

export { INSPECT_MAX_BYTES, kMaxLength };

function isEncoding(encoding) {
  return typeof encoding === "string" && encoding.length !== 0 && normalizeEncoding(encoding) !== undefined;
}

const LIST = "(Buffer|Uint8Array)[]";

function concat(list, length) {
  if (!isArray(list)) throw new ERR_INVALID_ARG_TYPE("list", LIST, list);
  if (list.length === 0) return new FastBuffer(0);
  let total = length;
  if (total === undefined) {
    total = 0;
    for (const item of list) {
      if (item.length === undefined) throw new ERR_INVALID_ARG_TYPE("list", LIST, item);
      total += item.length;
    }
  }
  validateOffset(total, "length", 0, MAX_SAFE_INTEGER);
  const result = new FastBuffer(total);
  let position = 0;
  for (let i = 0; i < list.length; i++) {
    const item = list[i];
    if (!isUint8Array(item)) {
      throw new TypeError(`Incorrect type for array element ${i}: the provided value is not of type 'Uint8Array'.`);
    }
    const room = total - position;
    if (room < item.length) {
      result.set(new Uint8Array(item.buffer, item.byteOffset, room), position);
      position = total;
    } else {
      result.set(item, position);
      position += item.length;
    }
  }
  return result;
}

// Three quarters of the digits, whatever they are.
function base64Length(text) {
  let { length } = text;
  if (text[length - 1] === "=") length--;
  if (length > 1 && text[length - 1] === "=") length--;
  return (length * 3) >>> 2;
}

function byteLength(string, encoding) {
  if (typeof string !== "string") {
    if (ArrayBuffer.isView(string) || isAnyArrayBuffer(string)) return string.byteLength;
    throw new ERR_INVALID_ARG_TYPE("string", ["string", "Buffer", "ArrayBuffer"], string);
  }
  switch (normalizeEncoding(encoding)) {
    case "ascii":
    case "latin1":
      return string.length;
    case "utf16le":
      return string.length * 2;
    case "base64":
    case "base64url":
      return base64Length(string);
    case "hex":
      return string.length >>> 1;
    default:
      return utf8Length(string);
  }
}

Object.defineProperty(Buffer, "poolSize", { value: 0, enumerable: true });
Object.assign(Buffer, {
  from, of, alloc, allocUnsafe, allocUnsafeSlow: allocUnsafe, isBuffer, compare, isEncoding, concat, byteLength,
});

// --- changing bytes ------------------------------------------------------------------------------

function swapMethod(name, bits) {
  return {
    [name]() {
      if (this.length % (bits / 8) !== 0) throw new ERR_INVALID_BUFFER_SIZE(bits);
      op_buffer_swap(this, bits / 8);
      return this;
    },
  };
}

// An integer from what is no number too; 0 beyond what numbers express exactly.
function toInteger(value) {
  const number = +value;
  return Math.abs(number) <= MAX_SAFE_INTEGER ? Math.floor(number) : 0;
}

function toPosition(value, name, end) {
  const position = toInteger(value);
  if (position < 0) throw new ERR_OUT_OF_RANGE(name, ">= 0", position);
  if (position >= end) throw new ERR_OUT_OF_RANGE(name, `< ${end}`, position);
  return position;
}

const changingMethods = {
  slice(start, end) {
    const { length } = this;
    const place = (value) => (value < 0 ? Math.max(value + length, 0) : Math.min(value, length));
    const first = place(~~start);
    const last = end === undefined ? length : place(~~end);
    return new FastBuffer(this.buffer, this.byteOffset + first, Math.max(last - first, 0));
  },

  copy(target, targetStart, sourceStart, sourceEnd) {
    if (!isUint8Array(target)) throw new ERR_INVALID_ARG_TYPE("target", ["Buffer", "Uint8Array"], target);
    const to = toPosition(targetStart, "targetStart", Infinity);
    const first = toPosition(sourceStart, "sourceStart", UINT32_END);
    const last = toPosition(sourceEnd ?? this.length, "sourceEnd", UINT32_END);
    const count = Math.min(last, this.length) - first;
    if (count <= 0 || to >= target.length) return 0;
    const fitting = Math.min(count, target.length - to);
    target.set(room(this, first, fitting), to);
    return fitting;
  },

  fill(value, offset, end, encoding) {
    let [start, stop, name] = [offset, end, encoding];
    if (typeof value === "string") {
      if (typeof start === "string") [start, stop, name] = [0, this.length, start];
      else if (typeof stop === "string") [stop, name] = [this.length, stop];
      name = knownEncoding(name);
    }
    if (start !== undefined) validateNumber(start, "start");
    if (stop !== undefined) validateNumber(stop, "end");
    if (stop < 0 || stop > this.length) throw new ERR_OUT_OF_RANGE("end", `0 to ${this.length}`, stop);
    if (start < 0 || start > this.length) throw new ERR_OUT_OF_RANGE("start", "0 to end", start);
    if (stop <= start) return this;
    const pattern = fillPattern(value, name);
    const first = start >>> 0;
    const last = stop === undefined ? this.length : stop >>> 0;
    if (typeof pattern === "number") Reflect.apply(fillBytes, this, [pattern, first, last]);
    else if (pattern.length > 0) repeat(room(this, first, last - first), pattern);
    return this;
  },
};

// A byte, or bytes to repeat.
function fillPattern(value, encoding) {
  if (typeof value === "string") {
    const bytes = encodeText(value, encoding);
    if (encoding === "hex" && bytes.length * 2 !== value.length) throw new TypeError("The text is not valid hex");
    return bytes;
  }
  if (ArrayBuffer.isView(value)) {
    if (value.byteLength === 0) throw new ERR_INVALID_ARG_VALUE("value", "zero-length");
    return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  }
  return value & 0xff;
}

function repeat(bytes, pattern) {
  const first = Math.min(pattern.length, bytes.length);
  bytes.set(new Uint8Array(pattern.buffer, pattern.byteOffset, first));
  for (let done = first; done < bytes.length; done *= 2) bytes.copyWithin(done, 0, done);
}

// --- the prototype -------------------------------------------------------------------------------

Object.defineProperties(Buffer.prototype, {
  parent: {
    enumerable: true,
    get() {
      return isBuffer(this) ? this.buffer : undefined;
    },
  },
  offset: {
    enumerable: true,
    get() {
      return isBuffer(this) ? this.byteOffset : undefined;
    },
  },
  [kIsBuffer]: { value: true },
});

const { toString, write, toJSON } = textMethods;
const { equals, inspect: inspectBuffer, compare: compareWith, includes, indexOf, lastIndexOf } = lookingMethods;
const { slice, copy, fill } = changingMethods;

Object.assign(
  Buffer.prototype,
  swapMethod("swap16", 16), swapMethod("swap32", 32), swapMethod("swap64", 64),
  { toString, toLocaleString: toString, equals, inspect: inspectBuffer, compare: compareWith },
  { includes, indexOf, lastIndexOf },
  ...sliceMethods,
  ...writeMethods,
  { write, toJSON, slice },
  numberMethods,
  { copy, fill, [customInspect]: inspectBuffer },
);
