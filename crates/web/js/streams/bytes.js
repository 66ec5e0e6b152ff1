// Buffers and views as byte streams handle them (https://streams.spec.whatwg.org/#abstract-opdef-transferarraybuffer).

import {
  ArrayBufferConstructor,
  ArrayBufferIsView,
  ArrayBufferPrototypeGetByteLength,
  ArrayBufferPrototypeGetDetached,
  ArrayBufferPrototypeTransfer,
  DataViewConstructor,
  DataViewPrototypeGetBuffer,
  DataViewPrototypeGetByteLength,
  DataViewPrototypeGetByteOffset,
  ObjectFreeze,
  TypedArrayPrototypeGetBuffer,
  TypedArrayPrototypeGetByteLength,
  TypedArrayPrototypeGetByteOffset,
  TypedArrayPrototypeGetToStringTag,
  TypedArrayPrototypeSet,
  Uint8ArrayConstructor,
} from "../primordials.js";
import { isArrayBuffer, viewBuffer } from "../webidl.js";

/** Constructor and element size by the name of a view's class ("the typed array constructors table"). */
const viewTypes = ObjectFreeze({
  __proto__: null,
  Int8Array: { construct: Int8Array, elementSize: 1 },
  Uint8Array: { construct: Uint8Array, elementSize: 1 },
  Uint8ClampedArray: { construct: Uint8ClampedArray, elementSize: 1 },
  Int16Array: { construct: Int16Array, elementSize: 2 },
  Uint16Array: { construct: Uint16Array, elementSize: 2 },
  Float16Array: { construct: globalThis.Float16Array, elementSize: 2 },
  Int32Array: { construct: Int32Array, elementSize: 4 },
  Uint32Array: { construct: Uint32Array, elementSize: 4 },
  Float32Array: { construct: Float32Array, elementSize: 4 },
  Float64Array: { construct: Float64Array, elementSize: 8 },
  BigInt64Array: { construct: BigInt64Array, elementSize: 8 },
  BigUint64Array: { construct: BigUint64Array, elementSize: 8 },
});
/** The type of a Uint8Array */
export const uint8 = viewTypes.Uint8Array;
const dataViewType = ObjectFreeze({ construct: DataViewConstructor, elementSize: 1 });

/** What a view is and which bytes it shows. Must be given a view. */
export function describeView(view) {
  const name = TypedArrayPrototypeGetToStringTag(view);
  if (name === undefined) {
    return {
      type: dataViewType,
      buffer: DataViewPrototypeGetBuffer(view),
      byteOffset: DataViewPrototypeGetByteOffset(view),
      byteLength: DataViewPrototypeGetByteLength(view),
    };
  }
  return {
    type: viewTypes[name],
    buffer: TypedArrayPrototypeGetBuffer(view),
    byteOffset: TypedArrayPrototypeGetByteOffset(view),
    byteLength: TypedArrayPrototypeGetByteLength(view),
  };
}

/**
 * The bytes of an ArrayBuffer or of a view of one, as describeView() gives them; undefined for any other value. A
 * detached buffer has no bytes.
 */
export function bytesOf(value) {
  if (ArrayBufferIsView(value)) {
    const buffer = viewBuffer(value);
    // Nobody can take shared memory away from its owner: its bytes are copied.
    if (!isArrayBuffer(buffer)) return describeView(copyOf(value));
    return isDetached(buffer) ? noBytes() : describeView(value);
  }
  if (!isArrayBuffer(value)) return undefined;
  return { type: uint8, buffer: value, byteOffset: 0, byteLength: bufferByteLength(value) };
}

function noBytes() {
  return { type: uint8, buffer: new ArrayBufferConstructor(0), byteOffset: 0, byteLength: 0 };
}

/** The error for a view whose buffer is gone. */
function copyOf(view) {
  const { buffer, byteOffset, byteLength } = describeView(view);
  return new Uint8ArrayConstructor(new Uint8ArrayConstructor(buffer, byteOffset, byteLength));
}

export function detachedError() {
  return new TypeError("The ArrayBuffer of the view is detached.");
}

export function isDetached(buffer) {
  return ArrayBufferPrototypeGetDetached(buffer);
}

export function bufferByteLength(buffer) {
  return ArrayBufferPrototypeGetByteLength(buffer);
}

/** TransferArrayBuffer: TypeError if the buffer cannot be detached (WebAssembly memory). */
export function transferBuffer(buffer) {
  return ArrayBufferPrototypeTransfer(buffer);
}

/** CloneArrayBuffer, with %ArrayBuffer% as constructor whatever the buffer's species says */
export function cloneBuffer(buffer, byteOffset, byteLength) {
  const clone = new ArrayBufferConstructor(byteLength);
  copyBytes(clone, 0, buffer, byteOffset, byteLength);
  return clone;
}

/** CopyDataBlockBytes */
export function copyBytes(target, targetOffset, source, sourceOffset, count) {
  const bytes = new Uint8ArrayConstructor(source, sourceOffset, count);
  TypedArrayPrototypeSet(new Uint8ArrayConstructor(target), bytes, targetOffset);
}

/** CloneAsUint8Array: a copy of the bytes a view shows. */
export function cloneAsUint8Array(view) {
  const { buffer, byteOffset, byteLength } = describeView(view);
  return new Uint8ArrayConstructor(cloneBuffer(buffer, byteOffset, byteLength));
}

/** A copy of a view, of the same type, over a buffer that holds just its bytes. */
export function cloneView(view) {
  const { type, buffer, byteOffset, byteLength } = describeView(view);
  return new type.construct(cloneBuffer(buffer, byteOffset, byteLength));
}
