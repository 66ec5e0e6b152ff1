// ReadableStreamBYOBReader (https://streams.spec.whatwg.org/#byob-reader-class), with readAtLeast() of Workers.

import { PromiseReject } from "../primordials.js";
import { argumentError, constructorArgumentError } from "../type_errors.js";
import { defineInterface, dictionary, enforceRange, illegalInvocation, internalToken, isArrayBufferView, viewBuffer }
  from "../webidl.js";
import { bufferByteLength, describeView, isDetached } from "./bytes.js";
import { Fifo } from "./fifo.js";
import { PromiseOnDemand } from "./promises.js";
import { cancelByReader, ERRORED, initializeReader, lockedError, releasedError, releaseReader }
  from "./readable_core.js";
import { isReadableStream, readableRecord } from "./readable_stream.js";

/**
 * The slots of a BYOB reader. Its requests have chunkSteps(chunk), closeSteps(chunk or undefined) and errorSteps(error)
 * (https://streams.spec.whatwg.org/#read-into-request).
 */
export class ByobReader {
  stream = undefined;
  /** LazyPromise behind `closed` */
  closed = undefined;
  requests = new Fifo();
  isByob = true;
}

/** AcquireReadableStreamBYOBReader and SetUpReadableStreamBYOBReader: TypeError if locked or not a byte stream. */
export function acquireByobReader(stream) {
  if (stream.reader !== undefined) throw lockedError();
  if (!stream.controller.isByte) throw new TypeError("This ReadableStream does not support BYOB reads.");
  const reader = new ByobReader();
  initializeReader(reader, stream);
  return reader;
}

/**
 * ReadableStreamBYOBReaderRead. `view` is a description as made by `describeView`; with `partialAtEnd` the end of the
 * stream turns what was read so far into a last chunk.
 */
export function readIntoFromReader(reader, view, minimum, request, partialAtEnd) {
  const { stream } = reader;
  stream.disturbed = true;
  if (stream.state === ERRORED) request.errorSteps(stream.storedError);
  else stream.controller.pullInto(view, minimum, request, partialAtEnd);
}

/** The read-into request of `read(view)`. */
class PromiseReadIntoRequest extends PromiseOnDemand {
  chunkSteps(chunk) {
    this.resolve({ value: chunk, done: false });
  }

  closeSteps(chunk) {
    this.resolve({ value: chunk, done: true });
  }

  errorSteps(error) {
    this.reject(error);
  }
}

// The steps that `read` and `readAtLeast` share.
function readInto(reader, view, minimum, partialAtEnd) {
  if (isDetached(viewBuffer(view))) throw emptyViewError();
  const description = describeView(view);
  const { byteLength, type } = description;
  if (byteLength === 0 || bufferByteLength(description.buffer) === 0) throw emptyViewError();
  if (minimum === 0) throw new TypeError("Requested invalid minimum number of bytes to read (0).");
  if (minimum > byteLength / type.elementSize) throw limitError(minimum * type.elementSize, byteLength);
  if (reader.stream === undefined) throw releasedError();
  const request = new PromiseReadIntoRequest();
  readIntoFromReader(reader, description, minimum, request, partialAtEnd);
  return request.take();
}

const readOptions = { __proto__: null, min: (value) => enforceRange(value) };

let isReader;

export class ReadableStreamBYOBReader {
  #reader;

  static {
    isReader = (value) => typeof value === "object" && value !== null && #reader in value;
  }

  constructor(stream) {
    if (stream === internalToken) {
      this.#reader = arguments[1];
      return;
    }
    if (!isReadableStream(stream)) throw constructorArgumentError("ReadableStreamBYOBReader", 1, "ReadableStream");
    this.#reader = acquireByobReader(readableRecord(stream));
  }

  get closed() {
    if (!isReader(this)) return PromiseReject(illegalInvocation());
    return this.#reader.closed.promise;
  }

  cancel(reason = undefined) {
    if (!isReader(this)) return PromiseReject(illegalInvocation());
    if (this.#reader.stream === undefined) return PromiseReject(releasedError());
    return cancelByReader(this.#reader, reason);
  }

  read(view, options = undefined) {
    try {
      if (!isReader(this)) throw illegalInvocation();
      if (!isArrayBufferView(view)) throw argumentError("read", "ReadableStreamBYOBReader", 1, "ArrayBufferView");
      const { min = 1 } = dictionary(options, readOptions, () =>
        argumentError("read", "ReadableStreamBYOBReader", 2, "ReadableStreamBYOBReaderReadOptions"));
      return readInto(this.#reader, view, min, false);
    } catch (error) {
      return PromiseReject(error);
    }
  }

  releaseLock() {
    if (!isReader(this)) throw illegalInvocation();
    if (this.#reader.stream !== undefined) releaseReader(this.#reader);
  }

  /**
   * Workers: reads until the view holds at least `minElements` elements. At the end of the stream it gives what there
   * is, where `read(view, { min })` reports an error for a stream made by the user.
   */
  readAtLeast(minElements, view) {
    try {
      if (!isReader(this)) throw illegalInvocation();
      const minimum = enforceRange(minElements);
      if (!isArrayBufferView(view)) {
        throw argumentError("readAtLeast", "ReadableStreamBYOBReader", 2, "ArrayBufferView");
      }
      return readInto(this.#reader, view, minimum, true);
    } catch (error) {
      return PromiseReject(error);
    }
  }
}

defineInterface(ReadableStreamBYOBReader);

/** A public BYOB reader for a stream record. */
export function createByobReader(stream) {
  return new ReadableStreamBYOBReader(internalToken, acquireByobReader(stream));
}

function emptyViewError() {
  return new TypeError('You must call read() on a "byob" reader with a positive-sized TypedArray object.');
}

// As on Workers; the specification wants a RangeError.
function limitError(bytesMin, byteLength) {
  return new TypeError(`Minimum bytes to read (${bytesMin}) exceeds size of buffer (${byteLength}).`);
}
