// Chunks of streams of bytes.

import { Buffer } from "../../buffer.js";

/** A Buffer over the same bytes as any view; undefined for what is none. */
export function asBuffer(chunk) {
  if (chunk instanceof Buffer) return chunk;
  if (!ArrayBuffer.isView(chunk)) return undefined;
  return Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
}
