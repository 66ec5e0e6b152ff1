// Node's names of encodings, and text to bytes and back.

import {
  op_buffer_byte_length,
  op_buffer_decode,
  op_buffer_encode,
  op_buffer_write,
} from "holdfast:ops";
import { ERR_UNKNOWN_ENCODING } from "./errors.js";

/** The numbers of the operations (`encodings.rs`), by name; the names are those that Node normalises to. */
export const ENCODINGS = {
  __proto__: null,
  utf8: 0,
  latin1: 1,
  ascii: 2,
  utf16le: 3,
  base64: 4,
  base64url: 5,
  hex: 6,
};

const ALIASES = {
  __proto__: null,
  "utf-8": "utf8",
  ucs2: "utf16le",
  "ucs-2": "utf16le",
  "utf-16le": "utf16le",
  binary: "latin1",
};

/**
 * The one name of an encoding; undefined if there is no such encoding. What is not given, null or empty is UTF-8.
 * @returns {string | undefined}
 */
export function normalizeEncoding(encoding) {
  if (encoding === undefined || encoding === null || encoding === "" || encoding === "utf8") return "utf8";
  let name = `${encoding}`;
  if (name in ENCODINGS) return name;
  name = name.toLowerCase();
  return name in ENCODINGS ? name : ALIASES[name];
}

/** As normalizeEncoding(), for those that must be known. */
export function knownEncoding(encoding) {
  const normalized = normalizeEncoding(encoding);
  if (normalized === undefined) throw new ERR_UNKNOWN_ENCODING(encoding);
  return normalized;
}

/** @returns {Uint8Array} with a buffer of its own */
export function encodeText(text, encoding) {
  return op_buffer_encode(text, ENCODINGS[encoding]);
}

/** @param {Uint8Array} bytes of which those from `start` to `end` are taken */
export function decodeText(bytes, encoding, start = 0, end = bytes.length) {
  return op_buffer_decode(bytes, start, end, ENCODINGS[encoding]);
}

/** Writes what fits of the text to the start of `room`; answers how many bytes that were. */
export function writeText(room, text, encoding) {
  return op_buffer_write(room, text, ENCODINGS[encoding]);
}

export function utf8Length(text) {
  return op_buffer_byte_length(text);
}
