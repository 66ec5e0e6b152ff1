// Buffer's methods that look at bytes: comparing, searching, printing.

import { op_buffer_compare, op_buffer_index_of } from "holdfast:ops";
import { inspect } from "holdfast:web/inspect";
import { room, validateOffset } from "./buffer_checks.js";
import { decodeText, encodeText, knownEncoding } from "./encodings.js";
import { ERR_INVALID_ARG_TYPE } from "./errors.js";
import { isUint8Array } from "./types.js";

const { isNaN } = Number;
const { indexOf: indexOfByte, lastIndexOf: lastIndexOfByte } = Uint8Array.prototype;

/** As workerd's, below Node's. */
export const kMaxLength = 2 ** 31 - 1;
export const INSPECT_MAX_BYTES = 50;

export function compare(a, b) {
  for (const [name, value] of [["a", a], ["b", b]]) {
    if (!isUint8Array(value)) throw new ERR_INVALID_ARG_TYPE(name, ["Buffer", "Uint8Array"], typeof value);
  }
  return a === b ? 0 : op_buffer_compare(a, b);
}

export const lookingMethods = {
  equals(b) {
    return compare(this, b) === 0;
  },

  inspect(_depth, context) {
    const shown = decodeText(this, "hex", 0, Math.min(this.length, INSPECT_MAX_BYTES)).replace(/..(?!$)/g, "$& ");
    const rest = this.length - INSPECT_MAX_BYTES;
    const parts = [rest > 0 ? `${shown} ... ${rest} more byte${rest > 1 ? "s" : ""}` : shown];
    if (context) {
      const extras = { __proto__: null };
      let some = false;
      for (const key of Reflect.ownKeys(this)) {
        const descriptor = Reflect.getOwnPropertyDescriptor(this, key);
        const isIndex = typeof key === "string" && /^(?:0|[1-9]\d*)$/.test(key);
        if (isIndex || !(context.showHidden || descriptor?.enumerable)) continue;
        extras[key] = this[key];
        some = true;
      }
      if (some) {
        const text = inspect(extras, { ...context, breakLength: Infinity, compact: 100 });
        if (this.length === 0) parts.pop();
        parts.push(text.slice("[Object: null prototype] { ".length, -" }".length));
      }
    }
    return `<Buffer ${parts.join(", ")}>`;
  },

  compare(target, targetStart, targetEnd, sourceStart, sourceEnd) {
    if (!isUint8Array(target)) throw new ERR_INVALID_ARG_TYPE("target", ["Buffer", "Uint8Array"], target);
    const place = (value, fallback, name, max) => {
      if (value === undefined) return fallback;
      validateOffset(value, name, 0, max);
      return value;
    };
    const from = place(targetStart, 0, "targetStart", kMaxLength);
    const to = place(targetEnd, target.length, "targetEnd", target.length);
    const thisFrom = place(sourceStart, 0, "sourceStart", kMaxLength);
    const thisTo = place(sourceEnd, this.length, "sourceEnd", this.length);
    return op_buffer_compare(
      room(this, Math.min(thisFrom, thisTo), Math.max(thisTo - thisFrom, 0)),
      room(target, Math.min(from, to), Math.max(to - from, 0)),
    );
  },

  includes(value, byteOffset, encoding) {
    return find(this, value, byteOffset, encoding, true) !== -1;
  },

  indexOf(value, byteOffset, encoding) {
    return find(this, value, byteOffset, encoding, true);
  },

  lastIndexOf(value, byteOffset, encoding) {
    return find(this, value, byteOffset, encoding, false);
  },
};

function find(buffer, value, byteOffset, encoding, forward) {
  let offset = byteOffset;
  let name = encoding;
  if (typeof offset === "string") {
    name = offset;
    offset = undefined;
  }
  offset = Math.min(Math.max(+offset, -(2 ** 31)), 2 ** 31 - 1);
  if (isNaN(offset)) offset = forward ? 0 : buffer.length;
  if (typeof value === "number") {
    return Reflect.apply(forward ? indexOfByte : lastIndexOfByte, buffer, [(value >>> 0) & 0xff, offset]);
  }
  if (typeof value !== "string" && !isUint8Array(value)) {
    throw new ERR_INVALID_ARG_TYPE("value", ["number", "string", "Buffer", "Uint8Array"], value);
  }
  const normalized = knownEncoding(name);
  const needle = typeof value === "string" ? encodeText(value, normalized) : value;
  return findBytes(buffer, needle, Math.trunc(offset), normalized === "utf16le" ? 2 : 1, forward);
}

function findBytes(buffer, needle, offset, width, forward) {
  const length = width === 2 ? buffer.length & ~1 : buffer.length;
  const isEmpty = needle.length === 0;
  // Negative offsets count from the end.
  let start = offset < 0 ? length + offset : offset;
  if (start < 0) {
    if (!forward && !isEmpty) return -1;
    start = 0;
  }
  if (isEmpty) return Math.min(start, length);
  if (needle.length > length || needle.length < width) return -1;
  if (forward) {
    if (start + needle.length > length) return -1;
    // The unit in which the offset lies is searched, too.
    start -= start % width;
  } else {
    start = Math.min(start, length - 1);
  }
  return op_buffer_index_of(buffer, needle, start, forward, width);
}
