// Blob (https://w3c.github.io/FileAPI/#blob-section), its bytes in memory.
//
// A Blob's bytes never change and never leave it uncopied, so slices and bodies share them.

import { op_decode, op_encode } from "holdfast:ops";
import {
  ArrayBufferIsView,
  DataViewPrototypeGetByteLength,
  DataViewPrototypeGetByteOffset,
  SymbolIterator,
  TypedArrayPrototypeGetByteLength,
  TypedArrayPrototypeGetByteOffset,
  TypedArrayPrototypeGetToStringTag,
  TypedArrayPrototypeSet,
  TypedArrayPrototypeSlice,
  TypedArrayPrototypeSubarray,
  Uint8ArrayConstructor,
} from "./primordials.js";
import { createReadableByteStream } from "./streams/index.js";
import { constructorArgumentError } from "./type_errors.js";
import { defineInterface, isArrayBuffer, isObject, USVString, viewBuffer } from "./webidl.js";

const EMPTY = new Uint8ArrayConstructor(0);
const STREAM_CHUNK_BYTES = 65536;
const INTERNAL = Symbol("Blob");
const TYPE_CHARACTERS = /^[\x20-\x7e]*$/;

let bytesOf, typeOf, isBlob;

/** The bytes that an ArrayBuffer or a view shows now, without a copy; undefined for other values. */
export function bytesOfBuffer(value) {
  if (ArrayBufferIsView(value)) {
    const isDataView = TypedArrayPrototypeGetToStringTag(value) === undefined;
    return new Uint8ArrayConstructor(
      viewBuffer(value),
      isDataView ? DataViewPrototypeGetByteOffset(value) : TypedArrayPrototypeGetByteOffset(value),
      isDataView ? DataViewPrototypeGetByteLength(value) : TypedArrayPrototypeGetByteLength(value),
    );
  }
  return isArrayBuffer(value) ? new Uint8ArrayConstructor(value) : undefined;
}

/** One new Uint8Array with the bytes of all pieces (Uint8Arrays), or the piece itself if it is alone. */
export function concatBytes(pieces) {
  if (pieces.length === 0) return EMPTY;
  if (pieces.length === 1) return pieces[0];
  let length = 0;
  for (let i = 0; i < pieces.length; i++) length += TypedArrayPrototypeGetByteLength(pieces[i]);
  const all = new Uint8ArrayConstructor(length);
  let at = 0;
  for (let i = 0; i < pieces.length; i++) {
    TypedArrayPrototypeSet(all, pieces[i], at);
    at += TypedArrayPrototypeGetByteLength(pieces[i]);
  }
  return all;
}

// https://w3c.github.io/FileAPI/#process-blob-parts
function processParts(parts) {
  const pieces = [];
  for (let i = 0; i < parts.length; i++) {
    const part = parts[i];
    if (isBlob(part)) {
      pieces.push(bytesOf(part));
      continue;
    }
    const bytes = bytesOfBuffer(part);
    pieces.push(bytes === undefined ? op_encode(USVString(part)) : TypedArrayPrototypeSlice(bytes));
  }
  return concatBytes(pieces);
}

function normalizeType(type) {
  const text = `${type}`;
  return TYPE_CHARACTERS.test(text) ? text.toLowerCase() : "";
}

// [Clamp] long long, then the relative position of "slice blob".
function slicePosition(value, size) {
  let position = Math.trunc(+value);
  if (position !== position) position = 0;
  return position < 0 ? Math.max(size + position, 0) : Math.min(position, size);
}

export class Blob {
  #bytes;
  #type = "";

  constructor(parts = undefined, options = undefined) {
    if (parts === INTERNAL) {
      this.#bytes = options;
      this.#type = arguments[2];
      return;
    }
    const name = new.target.name;
    // Workers take arrays here, no other iterables.
    if (parts !== undefined && !Array.isArray(parts)) throw constructorArgumentError(name, 1, "Array");
    if (options !== undefined && options !== null) {
      if (!isObject(options)) throw constructorArgumentError(name, name === "File" ? 3 : 2, "Options");
      if (options.endings !== undefined) throw new Error("The 'endings' field on 'Options' is not implemented.");
      const { type } = options;
      if (type !== undefined) this.#type = normalizeType(type);
    }
    this.#bytes = parts === undefined ? EMPTY : processParts([...parts]);
  }

  get size() {
    return this.#bytes.byteLength;
  }

  get type() {
    return this.#type;
  }

  slice(start = 0, end = undefined, contentType = undefined) {
    const bytes = this.#bytes;
    const size = bytes.byteLength;
    const from = slicePosition(start, size);
    const to = end === undefined ? size : slicePosition(end, size);
    const type = contentType === undefined ? "" : normalizeType(contentType);
    return createBlob(TypedArrayPrototypeSubarray(bytes, from, Math.max(from, to)), type);
  }

  async arrayBuffer() {
    return TypedArrayPrototypeSlice(this.#bytes).buffer;
  }

  async bytes() {
    return TypedArrayPrototypeSlice(this.#bytes);
  }

  async text() {
    return decodeText(this.#bytes, true);
  }

  stream() {
    return streamOfBytes(this.#bytes);
  }

  static {
    isBlob = (value) => typeof value === "object" && value !== null && #bytes in value;
    bytesOf = (blob) => blob.#bytes;
    typeOf = (blob) => blob.#type;
  }
}

defineInterface(Blob);

/** A Blob over `bytes`, which nobody may change from now on; `type` is taken as it is. */
export function createBlob(bytes, type) {
  return new Blob(INTERNAL, bytes, type);
}

/** UTF-8 to string, malformed bytes as U+FFFD. */
export function decodeText(bytes, keepBom) {
  return op_decode("utf-8", false, keepBom, bytes);
}

/** A byte stream of copies of `bytes`. */
export function streamOfBytes(bytes) {
  let at = 0;
  return createReadableByteStream({
    pull() {
      if (at >= bytes.byteLength) return null;
      const chunk = TypedArrayPrototypeSlice(bytes, at, at + STREAM_CHUNK_BYTES);
      at += chunk.byteLength;
      return chunk;
    },
    length: bytes.byteLength,
  });
}

export { bytesOf as blobBytes, INTERNAL as INTERNAL_BLOB, isBlob, typeOf as blobType };
