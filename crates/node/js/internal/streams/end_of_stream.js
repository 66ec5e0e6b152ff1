// stream.finished(): telling when a stream is readable or writable no more.

import { whenStreamEnds } from "holdfast:web/streams/index";
import { AbortError, ERR_INVALID_ARG_TYPE, ERR_STREAM_PREMATURE_CLOSE } from "../errors.js";
import { validateAbortSignal, validateFunction, validateObject } from "../validators.js";
import { nextTick } from "../process/next_tick.js";
import {
  isClosed, isNodeStream, isReadable, isReadableFinished, isReadableNodeStream, isReadableStream, isRequest,
  isWritable, isWritableFinished, isWritableNodeStream, isWritableStream, readableError, willEmitClose,
  writableError,
} from "./kinds.js";

/**
 * `callback(error?)` is called once, when the stream has ended. Gives a function that takes all listeners away.
 * Options: `readable` and `writable` (which sides count), `error` (whether "error" counts), `signal`.
 */
export function finished(stream, options, callback) {
  if (arguments.length === 2) {
    callback = options;
    options = {};
  } else if (options === undefined || options === null) {
    options = {};
  } else {
    validateObject(options, "options");
  }
  validateFunction(callback, "callback");
  validateAbortSignal(options.signal, "options.signal");
  return onceFinished(stream, options, callback);
}

/** The same without checks of options and callback. */
export function onceFinished(stream, options, callback) {
  if (isReadableStream(stream) || isWritableStream(stream)) return onceWebFinished(stream, options, callback);
  if (!isNodeStream(stream)) {
    throw new ERR_INVALID_ARG_TYPE("stream", ["ReadableStream", "WritableStream", "Stream"], stream);
  }
  return new Watch(stream, options, callback).start();
}

class Watch {
  #stream;
  #callback;
  #listeners = [];
  #readable;
  #writable;
  #readDone;
  #writeDone;
  #willClose;

  constructor(stream, options, callback) {
    this.#stream = stream;
    this.#callback = callback;
    this.#readable = options.readable ?? isReadableNodeStream(stream);
    this.#writable = options.writable ?? isWritableNodeStream(stream);
    // "close" is waited for only where it means the end of just the sides that were asked for.
    this.#willClose =
      willEmitClose(stream) &&
      isReadableNodeStream(stream) === this.#readable && isWritableNodeStream(stream) === this.#writable;
    this.#readDone = isReadableFinished(stream, false);
    this.#writeDone = isWritableFinished(stream, false);
    this.options = options;
  }

  start() {
    const stream = this.#stream;
    const writing = stream._writableState;
    const closed = isClosed(stream);
    const onFinish = () => this.#finish();
    const onClose = () => this.#close();

    if (isRequest(stream)) {
      this.#on(stream, "complete", onFinish);
      if (!this.#willClose) this.#on(stream, "abort", onClose);
      if (stream.req) this.#on(stream.req, "finish", onFinish);
      else this.#on(stream, "request", () => this.#on(stream.req, "finish", onFinish));
    } else if (this.#writable && !writing) {
      // Old-style streams have no "finish".
      const onLegacyEnd = () => {
        if (!stream.writable) this.#finish();
      };
      this.#on(stream, "end", onLegacyEnd);
      this.#on(stream, "close", onLegacyEnd);
    }
    if (!this.#willClose && typeof stream.aborted === "boolean") this.#on(stream, "aborted", onClose);
    this.#on(stream, "end", () => this.#end());
    this.#on(stream, "finish", onFinish);
    if (this.options.error !== false) this.#on(stream, "error", (error) => this.#done(error));
    this.#on(stream, "close", onClose);

    if (closed) nextTick(onClose);
    else if (this.#hasEndedBefore(writing)) nextTick(() => this.#closedBefore());
    this.#watchSignal(closed);
    return () => this.#cleanup();
  }

  // Whether the events that say so are past.
  #hasEndedBefore(writing) {
    const stream = this.#stream;
    if (writing?.errorEmitted || stream._readableState?.errorEmitted) return !this.#willClose;
    if (!this.#readable) {
      const settled = writing === null || writing === undefined || !writing.pendingcb;
      return (
        (!this.#willClose || isReadable(stream)) && (this.#writeDone || isWritable(stream) === false) && settled
      );
    }
    return (
      !this.#writable && (!this.#willClose || isWritable(stream)) &&
      (this.#readDone || isReadable(stream) === false)
    );
  }

  #on(emitter, event, listener) {
    emitter.on(event, listener);
    this.#listeners.push([emitter, event, listener]);
  }

  #cleanup() {
    this.#callback = null;
    for (const [emitter, event, listener] of this.#listeners.splice(0)) emitter.removeListener(event, listener);
  }

  // Listeners stay after the callback: an "error" that comes later is not to be anybody's surprise.
  #done(...args) {
    const callback = this.#callback;
    this.#callback = null;
    this.unwatchSignal?.();
    if (callback !== null) callback.apply(this.#stream, args);
  }

  #finish() {
    const stream = this.#stream;
    this.#writeDone = true;
    // Destroyed streams emit "close" or do not; who can tell.
    if (stream.destroyed) this.#willClose = false;
    if (this.#willClose && (!stream.readable || this.#readable)) return;
    if (!this.#readable || this.#readDone) this.#done();
  }

  #end() {
    const stream = this.#stream;
    this.#readDone = true;
    if (stream.destroyed) this.#willClose = false;
    if (this.#willClose && (!stream.writable || this.#writable)) return;
    if (!this.#writable || this.#writeDone) this.#done();
  }

  #error() {
    const error = writableError(this.#stream) || readableError(this.#stream);
    return error && typeof error !== "boolean" ? error : undefined;
  }

  #close() {
    const stream = this.#stream;
    const error = this.#error();
    if (error !== undefined) {
      this.#done(error);
      return;
    }
    const readCut =
      this.#readable && !this.#readDone && isReadableNodeStream(stream, true) && !isReadableFinished(stream, false);
    const writeCut = this.#writable && !this.#writeDone && !isWritableFinished(stream, false);
    if (readCut || writeCut) this.#done(new ERR_STREAM_PREMATURE_CLOSE());
    else this.#done();
  }

  #closedBefore() {
    const error = this.#error();
    if (error === undefined) this.#done();
    else this.#done(error);
  }

  #watchSignal(closed) {
    const { signal } = this.options;
    if (!signal || closed) return;
    const abort = () => {
      const callback = this.#callback;
      this.#cleanup();
      callback?.call(this.#stream, new AbortError(undefined, { cause: signal.reason }));
    };
    if (signal.aborted) {
      nextTick(abort);
      return;
    }
    signal.addEventListener("abort", abort, { once: true });
    this.unwatchSignal = () => signal.removeEventListener("abort", abort);
  }
}

function onceWebFinished(stream, { signal }, callback) {
  let called = false;
  const done = (...args) => {
    if (called) return;
    called = true;
    signal?.removeEventListener("abort", abort);
    callback.apply(stream, args);
  };
  const abort = () => done(new AbortError(undefined, { cause: signal.reason }));
  if (signal?.aborted) nextTick(abort);
  else signal?.addEventListener("abort", abort, { once: true });
  whenStreamEnds(stream).then(
    () => nextTick(done),
    (error) => nextTick(done, error),
  );
  return () => {};
}
