// What the platform's byte transforms have in common: the chunks they take, and how failures get from one side to the
// other.

import { TextEncoder } from "../encoding.js";
import { uncurryThis } from "../primordials.js";
import { isObject } from "../webidl.js";
import { bytesOf, describeView } from "./bytes.js";

const encode = uncurryThis(TextEncoder.prototype.encode);
const encoder = new TextEncoder();

/** The bytes of a chunk, as `describeView` gives them; undefined if it is none. Text is its UTF-8. */
export function chunkBytes(chunk) {
  return typeof chunk === "string" ? describeView(encode(encoder, chunk)) : bytesOf(chunk);
}

/**
 * Why a writer may not write this chunk, if so: its write is rejected, and the stream goes on. Undefined is let pass,
 * and means nothing.
 */
export function refusal(chunk) {
  if (chunk === undefined || chunkBytes(chunk) !== undefined) return undefined;
  return new TypeError(
    "This TransformStream is being used as a byte stream, but received an object of non-ArrayBuffer/ArrayBufferView " +
      "type on its writable side.",
  );
}

/** The error of a pipe whose source gave such a chunk. */
export function notBytesError() {
  return new TypeError("This WritableStream only supports writing byte types.");
}

/** As what the reason of an abort or a cancellation arrives at the other side. */
export function reasonAcross(reason) {
  return isObject(reason) ? reason : new Error(String(reason));
}
