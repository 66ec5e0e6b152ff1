// ReadableStreamDefaultReader (https://streams.spec.whatwg.org/#default-reader-class).

import { PromiseReject } from "../primordials.js";
import { constructorArgumentError } from "../type_errors.js";
import { defineInterface, illegalInvocation, internalToken } from "../webidl.js";
import { Fifo } from "./fifo.js";
import { PromiseOnDemand } from "./promises.js";
import {
  cancelByReader,
  CLOSED,
  ERRORED,
  initializeReader,
  lockedError,
  releasedError,
  releaseReader,
} from "./readable_core.js";
import { isReadableStream, readableRecord } from "./readable_stream.js";

/**
 * The slots of a default reader. Its requests have chunkSteps(chunk), closeSteps() and errorSteps(error)
 * (https://streams.spec.whatwg.org/#read-request).
 */
export class DefaultReader {
  stream = undefined;
  /** LazyPromise behind `closed` */
  closed = undefined;
  requests = new Fifo();
  isByob = false;
}

/** AcquireReadableStreamDefaultReader and SetUpReadableStreamDefaultReader: TypeError if the stream is locked. */
export function acquireDefaultReader(stream) {
  if (stream.reader !== undefined) throw lockedError();
  const reader = new DefaultReader();
  initializeReader(reader, stream);
  return reader;
}

/** ReadableStreamDefaultReaderRead */
export function readFromReader(reader, request) {
  const { stream } = reader;
  stream.disturbed = true;
  if (stream.state === CLOSED) request.closeSteps();
  else if (stream.state === ERRORED) request.errorSteps(stream.storedError);
  else stream.controller.pullSteps(request);
}

/** The read request of `read()`. */
class PromiseReadRequest extends PromiseOnDemand {
  chunkSteps(chunk) {
    this.resolve({ value: chunk, done: false });
  }

  closeSteps() {
    this.resolve({ value: undefined, done: true });
  }

  errorSteps(error) {
    this.reject(error);
  }
}

/** `read()` of a reader record that has a stream: a promise for { value, done }. */
export function readPromise(reader) {
  const request = new PromiseReadRequest();
  readFromReader(reader, request);
  return request.take();
}

let isReader;

export class ReadableStreamDefaultReader {
  #reader;

  static {
    isReader = (value) => typeof value === "object" && value !== null && #reader in value;
  }

  constructor(stream) {
    if (stream === internalToken) {
      this.#reader = arguments[1];
      return;
    }
    if (!isReadableStream(stream)) throw constructorArgumentError("ReadableStreamDefaultReader", 1, "ReadableStream");
    this.#reader = acquireDefaultReader(readableRecord(stream));
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

  read() {
    if (!isReader(this)) return PromiseReject(illegalInvocation());
    if (this.#reader.stream === undefined) return PromiseReject(releasedError());
    return readPromise(this.#reader);
  }

  releaseLock() {
    if (!isReader(this)) throw illegalInvocation();
    if (this.#reader.stream !== undefined) releaseReader(this.#reader);
  }
}

defineInterface(ReadableStreamDefaultReader);

/** A public reader for a stream record. */
export function createDefaultReader(stream) {
  return new ReadableStreamDefaultReader(internalToken, acquireDefaultReader(stream));
}
