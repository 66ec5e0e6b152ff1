// WritableStreamDefaultWriter (https://streams.spec.whatwg.org/#default-writer-class).

import { PromiseReject, PromiseResolve } from "../primordials.js";
import { constructorArgumentError } from "../type_errors.js";
import { defineInterface, illegalInvocation, internalToken } from "../webidl.js";
import { Deferred, LazyPromise } from "./promises.js";
import { abortWritable, CLOSED, closedError, closeWritable, ERRORED, ERRORING, isClosing, lockedError, rejectClosed,
  rejectReady, WRITABLE } from "./writable_core.js";
import { isWritableStream, writableRecord } from "./writable_stream.js";

/** The slots of a writer. */
export class WriterRecord {
  stream = undefined;
  /** LazyPromise behind `ready` */
  ready = undefined;
  /** LazyPromise behind `closed` */
  closed = undefined;
}

function releasedError() {
  return new TypeError("This WritableStream writer has been released.");
}

/** AcquireWritableStreamDefaultWriter and SetUpWritableStreamDefaultWriter: TypeError if the stream is locked. */
export function acquireWriter(stream) {
  if (stream.writer !== undefined) throw lockedError();
  const writer = new WriterRecord();
  writer.stream = stream;
  stream.writer = writer;
  const { state } = stream;
  if (state === WRITABLE) {
    writer.ready = !isClosing(stream) && stream.backpressure ? new LazyPromise() : LazyPromise.fulfilled();
    writer.closed = new LazyPromise();
  } else if (state === ERRORING) {
    writer.ready = LazyPromise.rejected(stream.storedError);
    writer.closed = new LazyPromise();
  } else if (state === CLOSED) {
    writer.ready = LazyPromise.fulfilled();
    writer.closed = LazyPromise.fulfilled();
  } else {
    writer.ready = LazyPromise.rejected(stream.storedError);
    writer.closed = LazyPromise.rejected(stream.storedError);
  }
  return writer;
}

/** WritableStreamDefaultWriterGetDesiredSize */
export function desiredSizeOf({ stream }) {
  if (stream.state === ERRORED || stream.state === ERRORING) return null;
  if (stream.state === CLOSED) return 0;
  return stream.controller.desiredSize;
}

/**
 * WritableStreamDefaultWriterWrite, with a write request in place of the promise. If the write cannot be queued the
 * request is rejected at once.
 */
export function writeToWriter(writer, chunk, request) {
  const { stream } = writer;
  const { controller } = stream;
  const size = controller.chunkSize(chunk);
  // The strategy may have released the writer.
  if (writer.stream !== stream) request.reject(releasedError());
  else if (stream.state === ERRORED) request.reject(stream.storedError);
  else if (isClosing(stream) || stream.state === CLOSED) request.reject(closedError());
  else if (stream.state === ERRORING) request.reject(stream.storedError);
  else {
    stream.writeRequests.push(request);
    controller.write(chunk, size);
  }
}

/** WritableStreamDefaultWriterCloseWithErrorPropagation */
export function closeWithErrorPropagation(writer) {
  const { stream } = writer;
  if (isClosing(stream) || stream.state === CLOSED) return PromiseResolve(undefined);
  if (stream.state === ERRORED) return PromiseReject(stream.storedError);
  return closeWritable(stream);
}

/** WritableStreamDefaultWriterRelease */
export function releaseWriter(writer) {
  const { stream } = writer;
  // One error for both, made only if somebody holds or asks for one of the promises.
  let error;
  const makeError = () => (error ??= releasedError());
  if (writer.ready.isPending && writer.ready.isTaken) rejectReady(writer, makeError());
  else writer.ready = LazyPromise.rejectedBy(makeError);
  if (writer.closed.isPending && writer.closed.isTaken) rejectClosed(writer, makeError());
  else writer.closed = LazyPromise.rejectedBy(makeError);
  stream.writer = undefined;
  writer.stream = undefined;
}

let isWriter;

export class WritableStreamDefaultWriter {
  /** WriterRecord */
  #writer;

  static {
    isWriter = (value) => typeof value === "object" && value !== null && #writer in value;
  }

  constructor(stream) {
    if (stream === internalToken) {
      this.#writer = arguments[1];
      return;
    }
    if (!isWritableStream(stream)) throw constructorArgumentError("WritableStreamDefaultWriter", 1, "WritableStream");
    this.#writer = acquireWriter(writableRecord(stream));
  }

  get closed() {
    if (!isWriter(this)) return PromiseReject(illegalInvocation());
    return this.#writer.closed.promise;
  }

  get desiredSize() {
    if (!isWriter(this)) throw illegalInvocation();
    if (this.#writer.stream === undefined) throw releasedError();
    return desiredSizeOf(this.#writer);
  }

  get ready() {
    if (!isWriter(this)) return PromiseReject(illegalInvocation());
    return this.#writer.ready.promise;
  }

  abort(reason = undefined) {
    if (!isWriter(this)) return PromiseReject(illegalInvocation());
    const { stream } = this.#writer;
    if (stream === undefined) return PromiseReject(releasedError());
    return abortWritable(stream, reason);
  }

  close() {
    if (!isWriter(this)) return PromiseReject(illegalInvocation());
    const { stream } = this.#writer;
    if (stream === undefined) return PromiseReject(releasedError());
    if (isClosing(stream)) return PromiseReject(closedError());
    return closeWritable(stream);
  }

  releaseLock() {
    if (!isWriter(this)) throw illegalInvocation();
    if (this.#writer.stream !== undefined) releaseWriter(this.#writer);
  }

  write(chunk = undefined) {
    if (!isWriter(this)) return PromiseReject(illegalInvocation());
    if (this.#writer.stream === undefined) return PromiseReject(releasedError());
    const refused = this.#writer.stream.controller.refusal?.(chunk);
    if (refused !== undefined) return PromiseReject(refused);
    const request = new Deferred();
    writeToWriter(this.#writer, chunk, request);
    return request.promise;
  }
}

defineInterface(WritableStreamDefaultWriter);

/** A public writer for a stream record. */
export function createWriter(stream) {
  return new WritableStreamDefaultWriter(internalToken, acquireWriter(stream));
}
