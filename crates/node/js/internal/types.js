// What kind of object a value is, by its internal slots (node:util/types has the whole list).

import { isArrayBuffer } from "holdfast:web/webidl";
import { TypedArrayPrototypeGetToStringTag } from "holdfast:web/primordials";

/** A Buffer is one, too. */
export function isUint8Array(value) {
  return TypedArrayPrototypeGetToStringTag(value) === "Uint8Array";
}

export function isSharedArrayBuffer(value) {
  return typeof SharedArrayBuffer === "function" && value instanceof SharedArrayBuffer;
}

export function isAnyArrayBuffer(value) {
  return isArrayBuffer(value) || isSharedArrayBuffer(value);
}

export const isArrayBufferView = ArrayBuffer.isView;

export { isArrayBuffer };
