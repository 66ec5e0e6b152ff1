// Writable streams without their public face: the record behind a WritableStream and the operations on it
// (https://streams.spec.whatwg.org/#ws-all-abstract-ops). As with readable streams, records know nothing of the public
// objects.
//
// Write requests are objects with resolve() and reject(error): a Deferred where user code waits for the write, less
// where the platform does.

import { PromisePrototypeThen, PromiseReject, PromiseResolve } from "../primordials.js";
import { Fifo } from "./fifo.js";
import { Deferred, LazyPromise } from "./promises.js";

export const WRITABLE = "writable";
export const ERRORING = "erroring";
export const CLOSED = "closed";
export const ERRORED = "errored";

/** The slots of a WritableStream. */
export class WritableRecord {
  state = WRITABLE;
  storedError = undefined;
  /** WriterRecord while locked */
  writer = undefined;
  /** SinkController record */
  controller = undefined;
  writeRequests = new Fifo();
  inFlightWriteRequest = undefined;
  /** Deferred of the close that is waiting, and of the one the sink works on */
  closeRequest = undefined;
  inFlightCloseRequest = undefined;
  /** { deferred, reason, wasAlreadyErroring } */
  pendingAbortRequest = undefined;
  backpressure = false;
  /** Deferred of the end, if somebody waits for it without a writer */
  ended = undefined;
}

export function lockedError() {
  return new TypeError("This WritableStream is currently locked to a writer.");
}

export function closedError() {
  return new TypeError("This WritableStream has been closed.");
}

/** WritableStreamCloseQueuedOrInFlight */
export function isClosing(stream) {
  return stream.closeRequest !== undefined || stream.inFlightCloseRequest !== undefined;
}

/** WritableStreamAbort */
export function abortWritable(stream, reason) {
  if (stream.state === CLOSED || stream.state === ERRORED) return PromiseResolve(undefined);
  stream.controller.abortSignal(reason);
  // Listeners of the signal may have closed or failed the stream.
  if (stream.state === CLOSED || stream.state === ERRORED) return PromiseResolve(undefined);
  if (stream.pendingAbortRequest !== undefined) return stream.pendingAbortRequest.deferred.promise;
  const wasAlreadyErroring = stream.state === ERRORING;
  const deferred = new Deferred();
  stream.pendingAbortRequest = { deferred, reason: wasAlreadyErroring ? undefined : reason, wasAlreadyErroring };
  if (!wasAlreadyErroring) startErroring(stream, reason);
  return deferred.promise;
}

/** WritableStreamClose */
export function closeWritable(stream) {
  if (stream.state === CLOSED) return PromiseReject(closedError());
  if (stream.state === ERRORED) {
    return PromiseReject(new TypeError("This WritableStream has failed.", { cause: stream.storedError }));
  }
  const deferred = new Deferred();
  stream.closeRequest = deferred;
  if (stream.writer !== undefined && stream.backpressure && stream.state === WRITABLE) stream.writer.ready.resolve();
  stream.controller.enqueueClose();
  return deferred.promise;
}

/** WritableStreamDealWithRejection */
export function dealWithRejection(stream, error) {
  if (stream.state === WRITABLE) startErroring(stream, error);
  else finishErroring(stream);
}

/** WritableStreamStartErroring */
export function startErroring(stream, reason) {
  stream.state = ERRORING;
  stream.storedError = reason;
  if (stream.writer !== undefined) rejectReady(stream.writer, reason);
  const hasOperationInFlight = stream.inFlightWriteRequest !== undefined || stream.inFlightCloseRequest !== undefined;
  if (!hasOperationInFlight && stream.controller.started) finishErroring(stream);
}

/** WritableStreamFinishErroring */
export function finishErroring(stream) {
  stream.state = ERRORED;
  stream.controller.errorSteps();
  const { storedError } = stream;
  const requests = stream.writeRequests.takeAll();
  while (requests.length > 0) requests.shift().reject(storedError);
  const abort = stream.pendingAbortRequest;
  if (abort === undefined) {
    rejectCloseAndClosed(stream);
    return;
  }
  stream.pendingAbortRequest = undefined;
  if (abort.wasAlreadyErroring) {
    abort.deferred.reject(storedError);
    rejectCloseAndClosed(stream);
    return;
  }
  PromisePrototypeThen(
    stream.controller.abortSteps(abort.reason),
    () => {
      abort.deferred.resolve(undefined);
      rejectCloseAndClosed(stream);
    },
    (error) => {
      abort.deferred.reject(error);
      rejectCloseAndClosed(stream);
    },
  );
}

/** WritableStreamRejectCloseAndClosedPromiseIfNeeded */
function rejectCloseAndClosed(stream) {
  if (stream.closeRequest !== undefined) {
    stream.closeRequest.reject(stream.storedError);
    stream.closeRequest = undefined;
  }
  stream.ended?.reject(stream.storedError);
  if (stream.writer !== undefined) rejectClosed(stream.writer, stream.storedError);
}

/** WritableStreamFinishInFlightWrite */
export function finishInFlightWrite(stream) {
  const request = stream.inFlightWriteRequest;
  stream.inFlightWriteRequest = undefined;
  request.resolve(undefined);
}

/** WritableStreamFinishInFlightWriteWithError */
export function finishInFlightWriteWithError(stream, error) {
  const request = stream.inFlightWriteRequest;
  stream.inFlightWriteRequest = undefined;
  request.reject(error);
  dealWithRejection(stream, error);
}

/** WritableStreamFinishInFlightClose */
export function finishInFlightClose(stream) {
  stream.inFlightCloseRequest.resolve(undefined);
  stream.inFlightCloseRequest = undefined;
  if (stream.state === ERRORING) {
    // The sink has closed all the same: what made the stream fail no longer counts.
    stream.storedError = undefined;
    if (stream.pendingAbortRequest !== undefined) {
      stream.pendingAbortRequest.deferred.resolve(undefined);
      stream.pendingAbortRequest = undefined;
    }
  }
  stream.state = CLOSED;
  stream.ended?.resolve(undefined);
  if (stream.writer !== undefined) stream.writer.closed.resolve();
}

/** WritableStreamFinishInFlightCloseWithError */
export function finishInFlightCloseWithError(stream, error) {
  stream.inFlightCloseRequest.reject(error);
  stream.inFlightCloseRequest = undefined;
  if (stream.pendingAbortRequest !== undefined) {
    stream.pendingAbortRequest.deferred.reject(error);
    stream.pendingAbortRequest = undefined;
  }
  dealWithRejection(stream, error);
}

/** WritableStreamUpdateBackpressure */
export function updateBackpressure(stream, backpressure) {
  if (stream.writer !== undefined && backpressure !== stream.backpressure) {
    if (backpressure) stream.writer.ready = new LazyPromise();
    else stream.writer.ready.resolve();
  }
  stream.backpressure = backpressure;
}

/** WritableStreamDefaultWriterEnsureReadyPromiseRejected */
export function rejectReady(writer, error) {
  if (writer.ready.isPending) writer.ready.reject(error);
  else writer.ready = LazyPromise.rejected(error);
}

/** WritableStreamDefaultWriterEnsureClosedPromiseRejected */
export function rejectClosed(writer, error) {
  if (writer.closed.isPending) writer.closed.reject(error);
  else writer.closed = LazyPromise.rejected(error);
}
