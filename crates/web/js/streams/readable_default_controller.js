// ReadableStreamDefaultController (https://streams.spec.whatwg.org/#rs-default-controller-class).

import { PromisePrototypeThen, PromiseResolve, ReflectApply } from "../primordials.js";
import { defineInterface, illegalConstructor, illegalInvocation, internalToken } from "../webidl.js";
import { invokeForPromise } from "./callbacks.js";
import { noteRead, pullForFirstRead } from "./first_read.js";
import { RESOLVED } from "./promises.js";
import { QueueWithSizes } from "./queue_with_sizes.js";
import { CLOSED, closeReadable, ERRORED, errorReadable, fulfillRead, pendingReads, READABLE } from "./readable_core.js";

/**
 * The slots of a default controller.
 *
 * `source` is an object with the optional methods `pull(controller)` and `cancel(reason, controller)`, which return a
 * promise or undefined: the algorithms of the specification, called with the record and not with the public controller.
 */
export class DefaultController {
  stream;
  source;
  sizeAlgorithm;
  highWaterMark;
  queue = new QueueWithSizes();
  started = false;
  closeRequested = false;
  pullAgain = false;
  pulling = false;
  isByte = false;
  /** Whether there is a start callback, and who read before it was done: see `first_read.js`. */
  hasStart = false;
  firstRead = undefined;
  #public = undefined;
  #onPulled = undefined;
  #onPullFailed = undefined;

  /**
   * SetUpReadableStreamDefaultController up to the start algorithm; `startController` does the rest.
   * `sizeAlgorithm` undefined means that every chunk has size 1.
   */
  constructor(stream, source, highWaterMark, sizeAlgorithm) {
    this.stream = stream;
    this.source = source;
    this.highWaterMark = highWaterMark;
    this.sizeAlgorithm = sizeAlgorithm;
    stream.controller = this;
  }

  /** The object that user code sees. */
  get publicController() {
    this.#public ??= new ReadableStreamDefaultController(internalToken, this);
    return this.#public;
  }

  /** ReadableStreamDefaultControllerGetDesiredSize */
  get desiredSize() {
    const { state } = this.stream;
    if (state === ERRORED) return null;
    if (state === CLOSED) return 0;
    return this.highWaterMark - this.queue.totalSize;
  }

  /** ReadableStreamDefaultControllerCanCloseOrEnqueue */
  get canCloseOrEnqueue() {
    return !this.closeRequested && this.stream.state === READABLE;
  }

  /** ReadableStreamDefaultControllerHasBackpressure */
  get hasBackpressure() {
    return !this.shouldCallPull;
  }

  /** ReadableStreamDefaultControllerShouldCallPull */
  get shouldCallPull() {
    if (!this.canCloseOrEnqueue || !this.started) return false;
    return pendingReads(this.stream) > 0 || this.desiredSize > 0;
  }

  /** ReadableStreamDefaultControllerCallPullIfNeeded */
  callPullIfNeeded() {
    if (!this.shouldCallPull) return;
    if (this.pulling) {
      this.pullAgain = true;
      return;
    }
    this.pulling = true;
    if (this.#onPulled === undefined) {
      this.#onPulled = () => {
        this.pulling = false;
        if (this.pullAgain) {
          this.pullAgain = false;
          this.callPullIfNeeded();
        }
      };
      this.#onPullFailed = (error) => this.error(error);
    }
    PromisePrototypeThen(this.source.pull?.(this) ?? RESOLVED, this.#onPulled, this.#onPullFailed);
  }

  /** ReadableStreamDefaultControllerClearAlgorithms */
  clearAlgorithms() {
    this.source = undefined;
    this.sizeAlgorithm = undefined;
  }

  /** ReadableStreamDefaultControllerClose */
  close() {
    if (!this.canCloseOrEnqueue) return;
    this.closeRequested = true;
    if (this.queue.isEmpty) {
      this.clearAlgorithms();
      closeReadable(this.stream);
    }
  }

  /** ReadableStreamDefaultControllerEnqueue */
  enqueue(chunk) {
    if (!this.canCloseOrEnqueue) return;
    if (pendingReads(this.stream) > 0) {
      fulfillRead(this.stream, chunk, false);
    } else {
      try {
        const { sizeAlgorithm } = this;
        this.queue.enqueue(chunk, sizeAlgorithm === undefined ? 1 : +sizeAlgorithm(chunk));
      } catch (error) {
        this.error(error);
        throw error;
      }
    }
    this.callPullIfNeeded();
  }

  /** ReadableStreamDefaultControllerError */
  error(error) {
    if (this.stream.state !== READABLE) return;
    this.queue.reset();
    this.clearAlgorithms();
    errorReadable(this.stream, error);
  }

  /** [[CancelSteps]] */
  cancelSteps(reason) {
    this.queue.reset();
    const { source } = this;
    this.clearAlgorithms();
    return source.cancel?.(reason, this) ?? RESOLVED;
  }

  /** [[PullSteps]] */
  pullSteps(request) {
    if (this.queue.isEmpty) {
      this.stream.reader.requests.push(request);
      noteRead(this);
      this.callPullIfNeeded();
      return;
    }
    const chunk = this.queue.dequeue();
    if (this.closeRequested && this.queue.isEmpty) {
      this.clearAlgorithms();
      closeReadable(this.stream);
    } else {
      this.callPullIfNeeded();
    }
    request.chunkSteps(chunk);
  }

  /** [[ReleaseSteps]] */
  releaseSteps() {}
}

/**
 * The end of SetUpReadableStreamDefaultController and of SetUpReadableByteStreamController: when `startPromise` is
 * fulfilled the source may be pulled. Undefined means that it may be pulled at once.
 */
export function startController(controller, startPromise) {
  if (startPromise === undefined) {
    controller.started = true;
    controller.callPullIfNeeded();
    return;
  }
  PromisePrototypeThen(
    startPromise,
    () => {
      controller.started = true;
      pullForFirstRead(controller);
    },
    (error) => controller.error(error),
  );
}

/** The algorithms made of a user's underlying source; serves default and byte streams. */
export class UserSource {
  #object;
  #pull;
  #cancel;

  /** `object` is the receiver of the callbacks; `pull` and `cancel` may be undefined. */
  constructor(object, pull, cancel) {
    this.#object = object;
    this.#pull = pull;
    this.#cancel = cancel;
  }

  pull(controller) {
    if (this.#pull === undefined) return undefined;
    return invokeForPromise(this.#pull, this.#object, [controller.publicController]);
  }

  cancel(reason) {
    if (this.#cancel === undefined) return undefined;
    return invokeForPromise(this.#cancel, this.#object, [reason]);
  }
}

/** Calls the user's start callback, which may throw: the result, as a promise, decides when pulling begins. */
export function startUserSource(controller, object, start) {
  controller.hasStart = start !== undefined;
  const result = start === undefined ? undefined : ReflectApply(start, object, [controller.publicController]);
  startController(controller, result === undefined ? RESOLVED : PromiseResolve(result));
}

let isController;

export class ReadableStreamDefaultController {
  #controller;

  static {
    isController = (value) => typeof value === "object" && value !== null && #controller in value;
  }

  constructor() {
    if (arguments[0] !== internalToken) throw illegalConstructor();
    this.#controller = arguments[1];
  }

  get desiredSize() {
    if (!isController(this)) throw illegalInvocation();
    return this.#controller.desiredSize;
  }

  close() {
    if (!isController(this)) throw illegalInvocation();
    if (!this.#controller.canCloseOrEnqueue) throw new TypeError("This ReadableStream is closed.");
    this.#controller.close();
  }

  enqueue(chunk = undefined) {
    if (!isController(this)) throw illegalInvocation();
    if (!this.#controller.canCloseOrEnqueue) throw new TypeError("Unable to enqueue");
    this.#controller.enqueue(chunk);
  }

  error(error = undefined) {
    if (!isController(this)) throw illegalInvocation();
    this.#controller.error(error);
  }
}

defineInterface(ReadableStreamDefaultController);
