// node:buffer (https://nodejs.org/docs/latest/api/buffer.html).

import { op_buffer_is_ascii, op_buffer_is_utf8 } from "holdfast:ops";
import { atob as atobGlobal, btoa as btoaGlobal } from "holdfast:web/base64";
import { Blob } from "holdfast:web/blob";
import { File } from "holdfast:web/file";
import {
  Buffer,
  constants,
  INSPECT_MAX_BYTES,
  kMaxLength,
  kStringMaxLength,
  SlowBuffer,
} from "./internal/buffer.js";
import { bound } from "./internal/bound.js";
import { transcode } from "./internal/transcode.js";
import { isUint8Array } from "./internal/types.js";

const atob = bound(atobGlobal);
const btoa = bound(btoaGlobal);

function isAscii(value) {
  return op_buffer_is_ascii(bytesOf(value, "isAscii"));
}

function isUtf8(value) {
  return op_buffer_is_utf8(bytesOf(value, "isUtf8"));
}

function bytesOf(value, name) {
  if (isUint8Array(value)) return value;
  throw new TypeError(`Failed to execute '${name}' on 'BufferUtil': parameter 1 is not of type 'Uint8Array'.`);
}

// There are no object URLs in Workers.
function resolveObjectURL(_id) {
  throw new Error("resolveObjectURL is not implemented");
}

export {
  atob,
  Blob,
  btoa,
  Buffer,
  constants,
  File,
  INSPECT_MAX_BYTES,
  isAscii,
  isUtf8,
  kMaxLength,
  kStringMaxLength,
  resolveObjectURL,
  SlowBuffer,
  transcode,
};

export default {
  atob,
  Blob,
  btoa,
  Buffer,
  constants,
  File,
  INSPECT_MAX_BYTES,
  isAscii,
  isUtf8,
  kMaxLength,
  kStringMaxLength,
  resolveObjectURL,
  SlowBuffer,
  transcode,
};
