// WritableStreamDefaultController (https://streams.spec.whatwg.org/#ws-default-controller-class) and the record behind
// it.

import { createSignal, signalAbort } from "../abort.js";
import { PromisePrototypeThen, PromiseResolve, ReflectApply } from "../primordials.js";
import { reportException } from "../report_error.js";
import { defineInterface, illegalConstructor, illegalInvocation, internalToken } from "../webidl.js";
import { invokeForPromise } from "./callbacks.js";
import { RESOLVED } from "./promises.js";
import { QueueWithSizes } from "./queue_with_sizes.js";
import { dealWithRejection, ERRORING, finishErroring, finishInFlightClose, finishInFlightCloseWithError,
  finishInFlightWrite, finishInFlightWriteWithError, isClosing, startErroring, updateBackpressure, WRITABLE }
  from "./writable_core.js";

/** The close sentinel of the queue. */
const CLOSE = { __proto__: null };

/**
 * The slots of a controller.
 *
 * `sink` is an object with the methods `write(chunk, controller)`, `close(controller)` and `abort(reason, controller)`,
 * which return a promise or undefined: the algorithms of the specification.
 */
export class SinkController {
  stream;
  sink;
  sizeAlgorithm;
  highWaterMark;
  queue = new QueueWithSizes();
  started = false;
  /** Set by sinks of the platform that must know of an abort before the write under way ends: called with the reason */
  onAbortSignal = undefined;
  /**
   * Set by sinks of the platform whose writes end before their bytes have gone on: gives undefined where a pipe may
   * write, else a promise of the time when it may.
   */
  roomForPipe = undefined;
  /** Set by sinks that refuse a user's write without failing: gives the error, or undefined for chunks they take. */
  refusal = undefined;
  /**
   * Set by sinks that can take a native body in place of writes: given its handle, returns a promise that is fulfilled when
   * all of it was taken and rejected with its error; or undefined if the sink cannot take this one.
   */
  takeBody = undefined;
  #public = undefined;
  // The abort signal is made when somebody asks for it.
  #signal = undefined;
  #isAborted = false;
  #abortReason = undefined;
  #onWritten = undefined;
  #onWriteFailed = undefined;

  /**
   * SetUpWritableStreamDefaultController up to the start algorithm; `startSinkController` does the rest.
   * `sizeAlgorithm` undefined means that every chunk has size 1.
   */
  constructor(stream, sink, highWaterMark, sizeAlgorithm) {
    this.stream = stream;
    this.sink = sink;
    this.highWaterMark = highWaterMark;
    this.sizeAlgorithm = sizeAlgorithm;
    stream.controller = this;
    updateBackpressure(stream, this.desiredSize <= 0);
  }

  /** The object that user code sees. */
  get publicController() {
    this.#public ??= new WritableStreamDefaultController(internalToken, this);
    return this.#public;
  }

  get signal() {
    if (this.#signal === undefined) {
      this.#signal = createSignal();
      if (this.#isAborted) signalAbort(this.#signal, this.#abortReason);
    }
    return this.#signal;
  }

  /** "Signal abort" on the controller's AbortController; only the first call has an effect. */
  abortSignal(reason) {
    if (this.#isAborted) return;
    this.#isAborted = true;
    this.#abortReason = reason;
    this.onAbortSignal?.(reason);
    if (this.#signal === undefined) return;
    try {
      signalAbort(this.#signal, reason);
    } catch (error) {
      // An exception of a listener does not stop the abort of the stream.
      reportException(error);
    }
  }

  /** WritableStreamDefaultControllerGetDesiredSize */
  get desiredSize() {
    return this.highWaterMark - this.queue.totalSize;
  }

  /** WritableStreamDefaultControllerClearAlgorithms */
  clearAlgorithms() {
    this.sink = undefined;
    this.sizeAlgorithm = undefined;
  }

  /** WritableStreamDefaultControllerGetChunkSize; an exception of the strategy fails the stream */
  chunkSize(chunk) {
    const { sizeAlgorithm } = this;
    if (sizeAlgorithm === undefined) return 1;
    try {
      return +sizeAlgorithm(chunk);
    } catch (error) {
      this.errorIfNeeded(error);
      return 1;
    }
  }

  /** WritableStreamDefaultControllerWrite */
  write(chunk, size) {
    try {
      this.queue.enqueue(chunk, size);
    } catch (error) {
      this.errorIfNeeded(error);
      return;
    }
    const { stream } = this;
    if (stream.state === WRITABLE && !isClosing(stream)) updateBackpressure(stream, this.desiredSize <= 0);
    this.advanceQueueIfNeeded();
  }

  /** WritableStreamDefaultControllerClose */
  enqueueClose() {
    this.queue.enqueue(CLOSE, 0);
    this.advanceQueueIfNeeded();
  }

  /** WritableStreamDefaultControllerError; the stream must be writable */
  error(error) {
    this.clearAlgorithms();
    startErroring(this.stream, error);
  }

  /** WritableStreamDefaultControllerErrorIfNeeded */
  errorIfNeeded(error) {
    if (this.stream.state === WRITABLE) this.error(error);
  }

  /** WritableStreamDefaultControllerAdvanceQueueIfNeeded */
  advanceQueueIfNeeded() {
    const { stream } = this;
    if (!this.started || stream.inFlightWriteRequest !== undefined) return;
    if (stream.state === ERRORING) {
      finishErroring(stream);
      return;
    }
    if (this.queue.isEmpty) return;
    const value = this.queue.peek();
    if (value === CLOSE) this.#processClose();
    else this.#processWrite(value);
  }

  // WritableStreamDefaultControllerProcessClose, with WritableStreamMarkCloseRequestInFlight
  #processClose() {
    const { stream } = this;
    stream.inFlightCloseRequest = stream.closeRequest;
    stream.closeRequest = undefined;
    this.queue.dequeue();
    const closed = this.sink.close(this) ?? RESOLVED;
    this.clearAlgorithms();
    PromisePrototypeThen(
      closed,
      () => finishInFlightClose(stream),
      (error) => finishInFlightCloseWithError(stream, error),
    );
  }

  // WritableStreamDefaultControllerProcessWrite, with WritableStreamMarkFirstWriteRequestInFlight
  #processWrite(chunk) {
    const { stream } = this;
    stream.inFlightWriteRequest = stream.writeRequests.shift();
    if (this.#onWritten === undefined) {
      this.#onWritten = () => this.#written();
      this.#onWriteFailed = (error) => {
        if (this.stream.state === WRITABLE) this.clearAlgorithms();
        finishInFlightWriteWithError(this.stream, error);
      };
    }
    PromisePrototypeThen(this.sink.write(chunk, this) ?? RESOLVED, this.#onWritten, this.#onWriteFailed);
  }

  #written() {
    const { stream } = this;
    finishInFlightWrite(stream);
    this.queue.dequeue();
    if (stream.state === WRITABLE && !isClosing(stream)) updateBackpressure(stream, this.desiredSize <= 0);
    this.advanceQueueIfNeeded();
  }

  /** [[AbortSteps]] */
  abortSteps(reason) {
    const { sink } = this;
    this.clearAlgorithms();
    return sink.abort(reason, this) ?? RESOLVED;
  }

  /** [[ErrorSteps]] */
  errorSteps() {
    this.queue.reset();
  }
}

/**
 * The end of SetUpWritableStreamDefaultController: when `startPromise` is fulfilled the sink may be written to.
 * Undefined means at once.
 */
export function startSinkController(controller, startPromise) {
  if (startPromise === undefined) {
    controller.started = true;
    controller.advanceQueueIfNeeded();
    return;
  }
  PromisePrototypeThen(
    startPromise,
    () => {
      controller.started = true;
      controller.advanceQueueIfNeeded();
    },
    (error) => {
      controller.started = true;
      dealWithRejection(controller.stream, error);
    },
  );
}

/** The algorithms made of a user's underlying sink. */
export class UserSink {
  #object;
  #write;
  #close;
  #abort;

  /** `object` is the receiver of the callbacks, each of which may be undefined. */
  constructor(object, { write, close, abort }) {
    this.#object = object;
    this.#write = write;
    this.#close = close;
    this.#abort = abort;
  }

  write(chunk, controller) {
    if (this.#write === undefined) return undefined;
    return invokeForPromise(this.#write, this.#object, [chunk, controller.publicController]);
  }

  close() {
    if (this.#close === undefined) return undefined;
    return invokeForPromise(this.#close, this.#object, []);
  }

  abort(reason) {
    if (this.#abort === undefined) return undefined;
    return invokeForPromise(this.#abort, this.#object, [reason]);
  }
}

/** Calls the user's start callback, which may throw; its result, as a promise, decides when writing begins. */
export function startUserSink(controller, object, start) {
  const result = start === undefined ? undefined : ReflectApply(start, object, [controller.publicController]);
  startSinkController(controller, result === undefined ? RESOLVED : PromiseResolve(result));
}

let isController;

export class WritableStreamDefaultController {
  /** SinkController record */
  #controller;

  static {
    isController = (value) => typeof value === "object" && value !== null && #controller in value;
  }

  constructor() {
    if (arguments[0] !== internalToken) throw illegalConstructor();
    this.#controller = arguments[1];
  }

  get signal() {
    if (!isController(this)) throw illegalInvocation();
    return this.#controller.signal;
  }

  error(error = undefined) {
    if (!isController(this)) throw illegalInvocation();
    this.#controller.errorIfNeeded(error);
  }
}

defineInterface(WritableStreamDefaultController);
