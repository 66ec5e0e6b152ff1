// Buffer's methods between bytes and text.

import { room, validateOffset } from "./buffer_checks.js";
import { decodeText, knownEncoding, writeText } from "./encodings.js";

// --- text ----------------------------------------------------------------------------------------

// `hexSlice` and the like: as toString(), with checks that do not forgive.
function sliceMethod(name, encoding) {
  return {
    [name](start, end) {
      validateOffset(start, "start", 0, this.length);
      validateOffset(end, "end", 0, this.length);
      return end <= start ? "" : decodeText(this, encoding, start, end);
    },
  };
}

function writeMethod(name, encoding) {
  return {
    [name](string, offset, length) {
      const start = offset ?? 0;
      const count = length ?? this.length;
      validateOffset(start, "offset", 0, this.length);
      validateOffset(count, "length", 0, this.length - start);
      return writeText(room(this, start, count), `${string}`, encoding);
    },
  };
}

const METHODS = [
  ["ascii", "ascii"], ["base64", "base64"], ["base64url", "base64url"], ["hex", "hex"], ["latin1", "latin1"],
  ["ucs2", "utf16le"], ["utf8", "utf8"],
];

export const textMethods = {
  toString(encoding, start, end) {
    if (arguments.length === 0) return decodeText(this, "utf8");
    const { length } = this;
    if (start >= length) return "";
    const first = start === undefined || start <= 0 ? 0 : start | 0;
    const last = end === undefined || end > length ? length : end | 0;
    if (last <= first) return "";
    return decodeText(this, knownEncoding(encoding === undefined ? "utf8" : `${encoding}`), first, last);
  },

  write(string, offset, length, encoding) {
    const text = `${string}`;
    if (offset === undefined) return writeText(this, text, "utf8");
    if (length === undefined && typeof offset === "string") return writeText(this, text, knownEncoding(offset));
    validateOffset(offset, "offset", 0, this.length);
    let count = this.length - offset;
    let name = encoding;
    if (typeof length === "string") name = length;
    else if (length !== undefined) {
      validateOffset(length, "length", 0, this.length);
      count = Math.min(count, length);
    }
    return writeText(room(this, offset, count), text, knownEncoding(name || "utf8"));
  },

  toJSON() {
    return { type: "Buffer", data: Array.from(this) };
  },
};

/** `asciiSlice`, `utf8Write` and so on. */
export const sliceMethods = METHODS.map(([name, encoding]) => sliceMethod(`${name}Slice`, encoding));
export const writeMethods = METHODS.map(([name, encoding]) => writeMethod(`${name}Write`, encoding));
