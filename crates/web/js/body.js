// Body (https://fetch.spec.whatwg.org/#body-mixin): what Request and Response have in common.
//
// A body stays what it was made from — a string, bytes, the host's handle — until somebody asks for its stream. Text that
// a Worker answers with therefore reaches the host as the string it is, and a body that is only passed on never enters
// JavaScript. The header list lives here too, for the Content-Type of `blob()` and `formData()`.

import { op_body_collect, op_body_text, op_encode } from "holdfast:ops";
import {
  blobBytes, blobType, bytesOfBuffer, createBlob, decodeText, isBlob, streamOfBytes,
} from "./blob.js";
import { isFormData } from "./form_data.js";
import { awake, listGet, sourceList } from "./headers.js";
import { readHost, streamOfHost, streamToHost } from "./host_body.js";
import { parseMimeType, serializeMimeType } from "./mime.js";
import { parseFormBody, serializeFormData } from "./multipart.js";
import {
  SymbolAsyncIterator, SymbolIterator, TypedArrayPrototypeSlice, Uint8ArrayConstructor,
} from "./primordials.js";
import {
  cancelStream, isReadableStream, readableStreamFromIterable, readableStreamIsDisturbed, readableStreamIsLocked,
  readAllBytes, takeNativeSource, teeForBody,
} from "./streams/index.js";
import { searchParamsList, serializeForm } from "./url_search_params.js";
import { defineInterface, illegalConstructor, isObject } from "./webidl.js";

/** There is no body. */
export const NONE = 0;
/** A string. */
export const TEXT = 1;
/** A Uint8Array that nobody changes. */
export const BYTES = 2;
/** The host's handle of a body that nobody has touched. */
export const HOST = 3;
/** A ReadableStream. */
export const STREAM = 4;
/** Consumed before anybody asked for a stream. */
export const USED = 5;

export const TEXT_TYPE = "text/plain;charset=UTF-8";

const ALREADY_USED = "Body has already been used. It can only be used once. Use tee() first if you need to read it twice.";
const LOCKED = "This ReadableStream is currently locked to a reader.";
const BOM = 0xfeff;

let kindOf, sourceOf, replaceSource, headerSourceOf, replaceHeaders, claimOf;

export class Body {
  #kind;
  #source;
  #headers;

  // Only for derived classes: which kind of source, the source, and a HeaderSource (headers.js).
  constructor(kind, source, headers) {
    if (new.target === Body) throw illegalConstructor();
    this.#kind = kind;
    this.#source = source;
    this.#headers = headers;
  }

  get body() {
    const kind = this.#kind;
    if (kind === NONE) return null;
    if (kind !== STREAM) {
      this.#source = streamFrom(kind, this.#source);
      this.#kind = STREAM;
    }
    return this.#source;
  }

  get bodyUsed() {
    const kind = this.#kind;
    return kind === USED || (kind === STREAM && readableStreamIsDisturbed(this.#source));
  }

  async arrayBuffer() {
    return (await this.#readBytes()).buffer;
  }

  async bytes() {
    return this.#readBytes();
  }

  async text() {
    return this.#readText();
  }

  async json() {
    return JSON.parse(await this.#readText());
  }

  async formData() {
    const contentType = listGet(sourceList(this.#headers), "content-type");
    if (this.#kind === USED) throw new TypeError(ALREADY_USED);
    return parseFormBody(contentType, () => this.#readBytes());
  }

  async blob() {
    const contentType = listGet(sourceList(this.#headers), "content-type");
    const type = contentType === null ? undefined : parseMimeType(contentType);
    return createBlob(await this.#readBytes(), type === undefined ? "" : serializeMimeType(type));
  }

  // Takes the source out, to be consumed by the caller; a stream stays for `body` and `bodyUsed` to look at.
  #claim() {
    const kind = this.#kind;
    const source = this.#source;
    switch (kind) {
      case NONE:
        return null;
      case USED:
        throw new TypeError(ALREADY_USED);
      case STREAM:
        if (readableStreamIsDisturbed(source)) throw new TypeError(ALREADY_USED);
        if (readableStreamIsLocked(source)) throw new TypeError(LOCKED);
        return source;
      default:
        this.#kind = USED;
        this.#source = null;
        return source;
    }
  }

  // A Uint8Array of the caller's own, over the whole of its buffer. Not async itself: one promise less.
  #readBytes() {
    const kind = this.#kind;
    const source = this.#claim();
    switch (kind) {
      case NONE:
        return new Uint8ArrayConstructor(0);
      case TEXT:
        return op_encode(source);
      case BYTES:
        return TypedArrayPrototypeSlice(source);
      case HOST:
        return readHost(source, op_body_collect);
      default: {
        const native = takeNativeSource(source);
        return native === undefined ? readAllBytes(source) : readHost(native, op_body_collect);
      }
    }
  }

  #readText() {
    const kind = this.#kind;
    const source = this.#claim();
    switch (kind) {
      case NONE:
        return "";
      case TEXT: {
        // What encoding and decoding the string would give.
        const text = source.toWellFormed();
        return text.charCodeAt(0) === BOM ? text.slice(1) : text;
      }
      case BYTES:
        return decodeText(source, false);
      case HOST:
        return readHost(source, op_body_text);
      default: {
        const native = takeNativeSource(source);
        if (native !== undefined) return readHost(native, op_body_text);
        return readAllBytes(source).then((bytes) => decodeText(bytes, false));
      }
    }
  }

  static {
    kindOf = (body) => body.#kind;
    sourceOf = (body) => body.#source;
    claimOf = (body) => body.#claim();
    replaceSource = (body, kind, source) => {
      body.#kind = kind;
      body.#source = source;
    };
    headerSourceOf = (body) => body.#headers;
    replaceHeaders = (body, headers) => {
      body.#headers = headers;
    };
  }
}

defineInterface(Body);

// --- making bodies -------------------------------------------------------------------------------

/**
 * "Extract a body" from a BodyInit that is neither null nor undefined.
 * @returns {{ kind: number, source: any, type: string | null }}
 */
export function extractBody(init) {
  if (typeof init === "string") return { kind: TEXT, source: init, type: TEXT_TYPE };
  if (isObject(init)) {
    if (isReadableStream(init)) return extractStream(init);
    const bytes = bytesOfBuffer(init);
    if (bytes !== undefined) return { kind: BYTES, source: TypedArrayPrototypeSlice(bytes), type: null };
    if (isBlob(init)) return { kind: BYTES, source: blobBytes(init), type: blobType(init) === "" ? null : blobType(init) };
    if (isFormData(init)) {
      const { bytes: serialized, contentType } = serializeFormData(init);
      return { kind: BYTES, source: serialized, type: contentType };
    }
    const parameters = searchParamsList(init);
    if (parameters !== undefined) {
      const type = "application/x-www-form-urlencoded;charset=UTF-8";
      return { kind: TEXT, source: serializeForm(parameters), type };
    }
    if (isIterable(init)) return { kind: STREAM, source: readableStreamFromIterable(init), type: null };
  }
  return { kind: TEXT, source: `${init}`, type: TEXT_TYPE };
}

function isIterable(object) {
  if (object instanceof String) return false;
  return typeof object[SymbolAsyncIterator] === "function" || typeof object[SymbolIterator] === "function";
}

function extractStream(stream) {
  if (readableStreamIsDisturbed(stream)) {
    throw new TypeError("This ReadableStream is disturbed (has already been read from), and cannot be used as a body.");
  }
  if (readableStreamIsLocked(stream)) {
    throw new TypeError("This ReadableStream is locked to a reader, and cannot be used as a body.");
  }
  return { kind: STREAM, source: stream, type: null };
}

function streamFrom(kind, source) {
  switch (kind) {
    case TEXT:
      return streamOfBytes(op_encode(source));
    case BYTES:
      return streamOfBytes(source);
    case HOST:
      return streamOfHost(source);
    default: {
      const stream = streamOfBytes(new Uint8ArrayConstructor(0));
      cancelStream(stream, undefined);
      return stream;
    }
  }
}

// --- bodies between messages ---------------------------------------------------------------------

/**
 * Splits a body for `clone()`: the original keeps one half.
 * @returns {{ kind: number, source: any }} the other half
 */
export function cloneBody(body) {
  const kind = kindOf(body);
  if (kind === NONE || kind === TEXT || kind === BYTES) return { kind, source: sourceOf(body) };
  const stream = body.body;
  // The comma at the end is in the message that Workers give.
  if (readableStreamIsDisturbed(stream) || readableStreamIsLocked(stream)) throw new TypeError(LOCKED.replace(".", ","));
  const [mine, other] = teeForBody(stream);
  replaceSource(body, STREAM, mine);
  return { kind: STREAM, source: other };
}

/** Whether the body has been read from, or somebody is about to. */
export function isUnusable(body) {
  const kind = kindOf(body);
  if (kind !== STREAM) return kind === USED;
  return readableStreamIsDisturbed(sourceOf(body)) || readableStreamIsLocked(sourceOf(body));
}

/**
 * Takes the body out of a message for another message; the first has a used body from then on.
 * @returns {{ kind: number, source: any }}
 */
export function moveBody(body) {
  const kind = kindOf(body);
  const source = claimOf(body);
  if (kind === STREAM) replaceSource(body, USED, null);
  return { kind, source };
}

/**
 * Takes the body out of a message for the host.
 * @returns {null | string | Uint8Array | object} the last is a handle of the host
 */
export function bodyToHost(body) {
  const kind = kindOf(body);
  const source = claimOf(body);
  if (kind !== STREAM) return source;
  replaceSource(body, USED, null);
  return streamToHost(source);
}

/** Takes the body out of a message as a stream. */
export function streamOfBody(body) {
  const { kind, source } = moveBody(body);
  return kind === STREAM ? source : streamFrom(kind, source);
}

/** The kind of a body that came from the host: null, a string, bytes or a handle. */
export function hostBodyKind(source) {
  if (source === null || source === undefined) return NONE;
  if (typeof source === "string") return TEXT;
  return ArrayBuffer.isView(source) ? BYTES : HOST;
}

/** The Headers object of a message, made when first asked for. */
export function bodyHeaders(body, immutable) {
  const source = headerSourceOf(body);
  const headers = awake(source, immutable);
  if (headers !== source) replaceHeaders(body, headers);
  return headers;
}

export { headerSourceOf, kindOf as bodyKind, sourceOf as bodySource };
