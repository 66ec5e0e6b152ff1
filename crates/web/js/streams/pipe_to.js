// Pipes (https://streams.spec.whatwg.org/#readable-stream-pipe-to).

import { addAlgorithm, AbortSignal, removeAlgorithm } from "../abort.js";
import { noop, PromisePrototypeThen, PromiseResolve, ReflectGetOwnPropertyDescriptor, uncurryThis }
  from "../primordials.js";
import { pumpNatively } from "./native_pipe.js";
import { Deferred, queueMicrotaskSteps, waitForBoth } from "./promises.js";
import { cancelReadable, CLOSED, ERRORED, READABLE, releaseReader } from "./readable_core.js";
import { acquireDefaultReader, readFromReader } from "./readable_default_reader.js";
import { abortWritable, CLOSED as WRITABLE_CLOSED, ERRORED as WRITABLE_ERRORED, isClosing, WRITABLE }
  from "./writable_core.js";
import { acquireWriter, closeWithErrorPropagation, desiredSizeOf, releaseWriter, writeToWriter }
  from "./writable_writer.js";

const isAborted = uncurryThis(ReflectGetOwnPropertyDescriptor(AbortSignal.prototype, "aborted").get);
const abortReason = uncurryThis(ReflectGetOwnPropertyDescriptor(AbortSignal.prototype, "reason").get);

/**
 * ReadableStreamPipeTo on records that are not locked: a promise for undefined.
 * `options` has preventClose, preventAbort, preventCancel and signal, each of which may be undefined.
 */
export function pipe(source, destination, options) {
  return new Pipe(source, destination, options).promise;
}

// One pipe. It is its own read request and its own write request: one read is made at a time, and writes only count.
class Pipe {
  #source;
  #destination;
  #options;
  #reader;
  #writer;
  #done = new Deferred();
  #isShuttingDown = false;
  #abortAlgorithm = undefined;

  // Reading: whether `#pump` is on the stack, and whether the read it made was answered before it returned.
  #isPumping = false;
  #isAnswered = false;
  /** Whether a chunk was read that is to be written in a microtask. */
  #holdsChunk = false;
  #chunk = undefined;
  #onReady = () => this.#pump();

  // Writing: writes that are not settled, and what to do once there are none.
  #writesPending = 0;
  #onWritten = undefined;

  constructor(source, destination, options) {
    this.#source = source;
    this.#destination = destination;
    this.#options = options;
    this.#reader = acquireDefaultReader(source);
    this.#writer = acquireWriter(destination);
    const { disturbed } = source;
    source.disturbed = true;
    const { signal } = options;
    if (signal !== undefined) {
      const abort = () => this.#abort(abortReason(signal));
      if (isAborted(signal)) {
        abort();
        return;
      }
      this.#abortAlgorithm = abort;
      addAlgorithm(signal, abort);
    }
    this.#watch();
    if (disturbed || !pumpNatively(source, destination, options)) this.#pumpWhenReady();
  }

  get promise() {
    return this.#done.promise;
  }

  // --- what ends a pipe ---

  #abort(error) {
    const source = this.#source;
    const destination = this.#destination;
    const { preventAbort, preventCancel } = this.#options;
    this.#shutDown(true, error, () => {
      const abort = !preventAbort && destination.state === WRITABLE;
      const cancel = !preventCancel && source.state === READABLE;
      const aborted = abort ? abortWritable(destination, error) : PromiseResolve(undefined);
      const canceled = cancel ? cancelReadable(source, error) : PromiseResolve(undefined);
      return waitForBoth(aborted, canceled);
    });
  }

  // Errors and closing must be propagated, in this order of precedence.
  #watch() {
    const source = this.#source;
    const destination = this.#destination;
    const { preventAbort, preventCancel, preventClose } = this.#options;

    const sourceFailed = (error) => {
      this.#shutDown(true, error, preventAbort ? undefined : () => abortWritable(destination, error));
    };
    const destinationFailed = (error) => {
      this.#shutDown(true, error, preventCancel ? undefined : () => cancelReadable(source, error));
    };
    const sourceClosed = () => {
      this.#shutDown(false, undefined, preventClose ? undefined : () => closeWithErrorPropagation(this.#writer));
    };

    if (source.state === ERRORED) sourceFailed(source.storedError);
    else if (source.state === READABLE) PromisePrototypeThen(this.#reader.closed.promise, sourceClosed, sourceFailed);
    if (destination.state === WRITABLE_ERRORED) destinationFailed(destination.storedError);
    else PromisePrototypeThen(this.#writer.closed.promise, undefined, destinationFailed);
    if (source.state === CLOSED) sourceClosed();
    if (isClosing(destination) || destination.state === WRITABLE_CLOSED) {
      destinationFailed(new TypeError("This destination writable stream is closed."));
    }
  }

  // "Shutdown", and "shutdown with an action" if there is one.
  #shutDown(isError, error, action) {
    if (this.#isShuttingDown) return;
    this.#isShuttingDown = true;
    const act = () => {
      if (action === undefined) {
        this.#finalize(isError, error);
        return;
      }
      PromisePrototypeThen(
        action(),
        () => this.#finalize(isError, error),
        (newError) => this.#finalize(true, newError),
      );
    };
    const destination = this.#destination;
    if (destination.state !== WRITABLE || isClosing(destination)) {
      act();
      return;
    }
    // Whatever was read is written, and the destination gets to finish it.
    this.#writeHeldChunk();
    if (this.#writesPending === 0) queueMicrotaskSteps(act);
    else this.#onWritten = act;
  }

  #finalize(isError, error) {
    releaseWriter(this.#writer);
    releaseReader(this.#reader);
    if (this.#abortAlgorithm !== undefined) removeAlgorithm(this.#options.signal, this.#abortAlgorithm);
    if (isError) this.#done.reject(error);
    else this.#done.resolve(undefined);
  }

  // --- reading ---

  #pumpWhenReady() {
    PromisePrototypeThen(this.#writer.ready.promise, this.#onReady, noop);
  }

  // Reads as long as chunks are there at once and the destination wants more.
  #pump() {
    if (this.#isPumping) return;
    this.#isPumping = true;
    do {
      if (this.#isShuttingDown) break;
      const desiredSize = desiredSizeOf(this.#writer);
      if (desiredSize === null) break; // the destination fails: its `closed` will say so
      if (desiredSize <= 0) {
        this.#pumpWhenReady();
        break;
      }
      const room = this.#destination.controller.roomForPipe?.();
      if (room !== undefined) {
        PromisePrototypeThen(room, this.#onReady, noop);
        break;
      }
      this.#isAnswered = false;
      readFromReader(this.#reader, this);
    } while (this.#isAnswered);
    this.#isPumping = false;
  }

  chunkSteps(chunk) {
    this.#isAnswered = true;
    this.#chunk = chunk;
    this.#holdsChunk = true;
    if (this.#isPumping) {
      this.#writeHeldChunk();
      return;
    }
    // The source is in the middle of enqueue(), which must not call the sink.
    queueMicrotaskSteps(() => {
      this.#writeHeldChunk();
      this.#pump();
    });
  }

  closeSteps() {}

  errorSteps() {}

  // --- writing ---

  #writeHeldChunk() {
    if (!this.#holdsChunk) return;
    const chunk = this.#chunk;
    this.#chunk = undefined;
    this.#holdsChunk = false;
    this.#writesPending += 1;
    writeToWriter(this.#writer, chunk, this);
  }

  resolve() {
    this.#writeSettled();
  }

  reject() {
    this.#writeSettled();
  }

  #writeSettled() {
    this.#writesPending -= 1;
    if (this.#writesPending > 0 || this.#onWritten === undefined) return;
    const act = this.#onWritten;
    this.#onWritten = undefined;
    queueMicrotaskSteps(act);
  }
}
