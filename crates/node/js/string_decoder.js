// node:string_decoder: bytes that come in pieces as text, without cutting characters
// (https://nodejs.org/docs/latest/api/string_decoder.html).

import { asBuffer } from "./internal/buffer.js";
import { decodeText, normalizeEncoding } from "./internal/encodings.js";
import { ERR_INVALID_ARG_TYPE, ERR_UNKNOWN_ENCODING } from "./internal/errors.js";

const kNativeDecoder = Symbol("kNativeDecoder");

/** No character takes more bytes. */
const CHARACTER_BYTES_MAX = 4;

/** What a decoder keeps between calls: the beginning of a character, and how many bytes of it are still to come. */
class Pending {
  bytes = new Uint8Array(CHARACTER_BYTES_MAX);
  count = 0;
  missing = 0;

  take(bytes) {
    this.bytes.set(bytes, this.count);
    this.count += bytes.length;
    this.missing -= bytes.length;
  }

  flush(encoding) {
    const text = decodeText(this.bytes, encoding, 0, this.count);
    this.count = 0;
    this.missing = 0;
    return text;
  }
}

function StringDecoder(encoding = "utf8") {
  const normalized = normalizeEncoding(encoding);
  if (normalized === undefined) throw new ERR_UNKNOWN_ENCODING(encoding);
  this.encoding = normalized;
  this[kNativeDecoder] = new Pending();
}

Object.defineProperty(StringDecoder, "length", { value: 0, configurable: true });

Object.assign(StringDecoder.prototype, {
  write(buf) {
    if (typeof buf === "string") return buf;
    return decode(this[kNativeDecoder], this.encoding, bytesOf(buf));
  },

  end(buf) {
    const text = buf === undefined ? "" : this.write(buf);
    const pending = this[kNativeDecoder];
    // Half a code unit at the end says nothing.
    if (this.encoding === "utf16le" && pending.count % 2 === 1) pending.count--;
    return text + pending.flush(this.encoding);
  },

  text(buf, offset) {
    const pending = this[kNativeDecoder];
    pending.count = 0;
    pending.missing = 0;
    return this.write(bytesOf(buf).subarray(offset));
  },
});

function pendingGetter(read) {
  return {
    enumerable: true,
    get() {
      return read(this[kNativeDecoder]);
    },
  };
}

Object.defineProperties(StringDecoder.prototype, {
  lastChar: pendingGetter((pending) => asBuffer(pending.bytes)),
  lastNeed: pendingGetter((pending) => pending.missing),
  lastTotal: pendingGetter((pending) => pending.count + pending.missing),
});

function bytesOf(buf) {
  if (!ArrayBuffer.isView(buf)) {
    throw new ERR_INVALID_ARG_TYPE("buf", ["string", "Buffer", "TypedArray", "DataView"], buf);
  }
  return new Uint8Array(buf.buffer, buf.byteOffset, buf.byteLength);
}

function decode(pending, encoding, bytes) {
  let rest = bytes;
  let text = "";
  if (pending.missing > 0) {
    const more = encoding === "utf8" ? continuations(rest, pending.missing) : Math.min(rest.length, pending.missing);
    pending.take(rest.subarray(0, more));
    rest = rest.subarray(more);
    if (pending.missing > 0 && rest.length === 0) return "";
    // The character is complete, or something else follows it.
    text = pending.flush(encoding);
  }
  const begun = beginning(encoding, rest);
  const end = rest.length - begun.count;
  pending.missing = begun.total;
  pending.take(rest.subarray(end));
  return text + decodeText(rest, encoding, 0, end);
}

function continuations(bytes, most) {
  let count = 0;
  while (count < most && count < bytes.length && (bytes[count] & 0xc0) === 0x80) count++;
  return count;
}

const NOTHING = { count: 0, total: 0 };

/** How many bytes at the end begin something that is not complete, and how many it takes altogether. */
function beginning(encoding, bytes) {
  const { length } = bytes;
  switch (encoding) {
    case "utf8":
      return beginningOfUtf8(bytes);
    case "utf16le":
      if (length % 2 === 1) return { count: 1, total: 2 };
      return length > 0 && (bytes[length - 1] & 0xfc) === 0xd8 ? { count: 2, total: 4 } : NOTHING;
    case "base64":
    case "base64url":
      return length % 3 === 0 ? NOTHING : { count: length % 3, total: 3 };
    default:
      return NOTHING;
  }
}

function beginningOfUtf8(bytes) {
  const { length } = bytes;
  for (let count = 1; count <= Math.min(length, CHARACTER_BYTES_MAX); count++) {
    const byte = bytes[length - count];
    if ((byte & 0xc0) === 0x80) continue;
    const total = byte >= 0xf8 ? 0 : byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 0;
    return total > count ? { count, total } : NOTHING;
  }
  return NOTHING;
}

export { StringDecoder };

export default { StringDecoder };
