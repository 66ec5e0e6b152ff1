// buffer.transcode(): bytes of one encoding as those of another.

import { asBuffer } from "./buffer.js";
import { decodeText, encodeText, normalizeEncoding } from "./encodings.js";
import { ERR_INVALID_ARG_TYPE, ERR_UNKNOWN_ENCODING } from "./errors.js";

const SUPPORTED = ["ascii", "latin1", "utf8", "utf16le"];
// What "Latin-1" has from 0x80 to 0x9f where it stands for windows-1252, by code points.
const HIGH = new Map([
  0x20ac, 0, 0x201a, 0x192, 0x201e, 0x2026, 0x2020, 0x2021, 0x2c6, 0x2030, 0x160, 0x2039, 0x152, 0, 0x17d, 0,
  0, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014, 0x2dc, 0x2122, 0x161, 0x203a, 0x153, 0, 0x17e, 0x178,
].map((code, index) => [code, index + 0x80]));

export function transcode(source, fromEncoding, toEncoding) {
  if (!ArrayBuffer.isView(source)) throw new ERR_INVALID_ARG_TYPE("source", "ArrayBufferView", typeof source);
  const from = normalizeEncoding(fromEncoding);
  if (from === undefined) throw new ERR_UNKNOWN_ENCODING(fromEncoding);
  const to = normalizeEncoding(toEncoding);
  if (to === undefined) throw new ERR_UNKNOWN_ENCODING(toEncoding);
  if (!SUPPORTED.includes(from) || !SUPPORTED.includes(to)) {
    throw new Error("Unable to transcode buffer due to unsupported encoding");
  }
  const bytes = new Uint8Array(source.buffer, source.byteOffset, source.byteLength);
  if (from === "utf16le" && bytes.length % 2 !== 0) throw new Error("UTF-16le input size should be multiple of 2");
  const text = decodeText(bytes, from === "ascii" ? "latin1" : from);
  if (to === "utf8" || to === "utf16le") return asBuffer(encodeText(text, to));
  return asBuffer(Uint8Array.from(text, (character) => singleByte(character.codePointAt(0))));
}

// Characters that have no byte become question marks.
function singleByte(code) {
  return code < 0x100 ? code : HIGH.get(code) ?? 0x3f;
}
