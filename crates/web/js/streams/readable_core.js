// Readable streams without their public face: the record behind a ReadableStream and the operations on it
// (https://streams.spec.whatwg.org/#rs-all-abstract-ops).
//
// Every public class of this directory is a thin shell around such a record, held in a private field. The records know
// nothing of the shells, so the platform can make and read streams without anything that user code could observe.

import { PromisePrototypeThen, PromiseReject, PromiseResolve, noop } from "../primordials.js";
import { LazyPromise } from "./promises.js";

export const READABLE = "readable";
export const CLOSED = "closed";
export const ERRORED = "errored";

/** The slots of a ReadableStream. */
export class ReadableRecord {
  state = READABLE;
  /** DefaultReader or ByobReader record, or undefined while unlocked */
  reader = undefined;
  /** DefaultController or ByteController record: has cancelSteps, pullSteps, releaseSteps and isByte */
  controller = undefined;
  storedError = undefined;
  disturbed = false;
  /** Opaque handle of the native body this stream was made from, see internal.js */
  nativeSource = undefined;
  /** Number of bytes the stream will give, if known */
  expectedLength = undefined;
  /** Deferred of the end, if somebody waits for it without a reader */
  ended = undefined;
}

export function lockedError() {
  return new TypeError("This ReadableStream is currently locked to a reader.");
}

export function releasedError() {
  return new TypeError("This ReadableStream reader has been released.");
}

// --- https://streams.spec.whatwg.org/#rs-abstract-ops-used-by-controllers -----------------------------------------

/** ReadableStreamHasDefaultReader */
export function hasDefaultReader(stream) {
  return stream.reader !== undefined && !stream.reader.isByob;
}

/** ReadableStreamHasBYOBReader */
export function hasByobReader(stream) {
  return stream.reader !== undefined && stream.reader.isByob;
}

/** ReadableStreamGetNumReadRequests and ReadableStreamGetNumReadIntoRequests, whichever the reader has; else 0 */
export function pendingReads(stream) {
  return stream.reader === undefined ? 0 : stream.reader.requests.length;
}

/** ReadableStreamFulfillReadRequest and ReadableStreamFulfillReadIntoRequest */
export function fulfillRead(stream, chunk, done) {
  const request = stream.reader.requests.shift();
  if (done) request.closeSteps(chunk);
  else request.chunkSteps(chunk);
}

/** ReadableStreamClose */
export function closeReadable(stream) {
  stream.state = CLOSED;
  stream.ended?.resolve(undefined);
  const { reader } = stream;
  if (reader === undefined) return;
  reader.closed.resolve();
  if (!reader.isByob) {
    const requests = reader.requests.takeAll();
    while (requests.length > 0) requests.shift().closeSteps(undefined);
  }
}

/** ReadableStreamError */
export function errorReadable(stream, error) {
  stream.state = ERRORED;
  stream.storedError = error;
  stream.ended?.reject(error);
  const { reader } = stream;
  if (reader === undefined) return;
  reader.closed.reject(error);
  rejectRequests(reader, error);
}

/** ReadableStreamCancel: a promise for undefined */
export function cancelReadable(stream, reason) {
  stream.disturbed = true;
  if (stream.state === CLOSED) return PromiseResolve(undefined);
  if (stream.state === ERRORED) return PromiseReject(stream.storedError);
  closeReadable(stream);
  if (hasByobReader(stream)) {
    const requests = stream.reader.requests.takeAll();
    while (requests.length > 0) requests.shift().closeSteps(undefined);
  }
  return PromisePrototypeThen(stream.controller.cancelSteps(reason), noop);
}

// --- https://streams.spec.whatwg.org/#rs-reader-abstract-ops ------------------------------------------------------

/** ReadableStreamReaderGenericInitialize */
export function initializeReader(reader, stream) {
  reader.stream = stream;
  stream.reader = reader;
  if (stream.state === READABLE) reader.closed = new LazyPromise();
  else if (stream.state === CLOSED) reader.closed = LazyPromise.fulfilled();
  else reader.closed = LazyPromise.rejected(stream.storedError);
}

/** ReadableStreamReaderGenericCancel */
export function cancelByReader(reader, reason) {
  return cancelReadable(reader.stream, reason);
}

/** ReadableStreamDefaultReaderRelease and ReadableStreamBYOBReaderRelease */
export function releaseReader(reader) {
  const { stream } = reader;
  if (reader.closed.isPending && reader.closed.isTaken) reader.closed.reject(releasedError());
  else reader.closed = LazyPromise.rejectedBy(releasedError);
  stream.controller.releaseSteps();
  stream.reader = undefined;
  reader.stream = undefined;
  if (reader.requests.length > 0) rejectRequests(reader, releasedError());
}

/** ReadableStreamDefaultReaderErrorReadRequests and ReadableStreamBYOBReaderErrorReadIntoRequests */
function rejectRequests(reader, error) {
  const requests = reader.requests.takeAll();
  while (requests.length > 0) requests.shift().errorSteps(error);
}
