// The end of a stream: destroy(), the errors that lead to it, and the asynchronous beginning (`_construct`).
//
// A Duplex has two states. Each step is recorded in both, so that either side can be asked.

import { AbortError, aggregateTwoErrors, ERR_MULTIPLE_CALLBACK } from "../errors.js";
import { nextTick } from "../process/next_tick.js";
import { isDestroyed, isFinished, isRequest, isServerRequest, kIsDestroyed } from "./kinds.js";

const kConstructed = Symbol("kConstruct");
const kDestroyWhenConstructed = Symbol("kDestroy");

function mark(stream, field, value = true) {
  const { _readableState: reading, _writableState: writing } = stream;
  if (writing) writing[field] = value;
  if (reading) reading[field] = value;
}

function either(stream, field) {
  return Boolean(stream._writableState?.[field] || stream._readableState?.[field]);
}

// The first error stays.
function markErrored(stream, error) {
  if (!error) return;
  const { _readableState: reading, _writableState: writing } = stream;
  if (writing && !writing.errored) writing.errored = error;
  if (reading && !reading.errored) reading.errored = error;
}

/** The method `destroy` of all streams. */
export function destroy(error, callback) {
  if (either(this, "destroyed")) {
    if (typeof callback === "function") callback();
    return this;
  }
  markErrored(this, error);
  mark(this, "destroyed");
  const state = this._writableState || this._readableState;
  if (state.constructed) {
    runDestroy(this, error, callback);
  } else {
    this.once(kDestroyWhenConstructed, (constructError) =>
      runDestroy(this, aggregateTwoErrors(constructError, error), callback),
    );
  }
  return this;
}

function runDestroy(stream, error, callback) {
  let done = false;
  const onDestroy = (outcome) => {
    if (done) return;
    done = true;
    markErrored(stream, outcome);
    mark(stream, "closed");
    if (typeof callback === "function") callback(outcome);
    if (outcome) nextTick(emitErrorAndClose, stream, outcome);
    else nextTick(emitClose, stream);
  };
  try {
    stream._destroy(error || null, onDestroy);
  } catch (thrown) {
    onDestroy(thrown);
  }
}

function emitErrorAndClose(stream, error) {
  emitError(stream, error);
  emitClose(stream);
}

function emitClose(stream) {
  mark(stream, "closeEmitted");
  if (either(stream, "emitClose")) stream.emit("close");
}

function emitError(stream, error) {
  if (either(stream, "errorEmitted")) return;
  mark(stream, "errorEmitted");
  stream.emit("error", error);
}

/** The method `_undestroy`: as if nothing had happened, for streams that are used again. */
export function undestroy() {
  const reading = this._readableState;
  const writing = this._writableState;
  if (reading) {
    const ended = reading.readable === false;
    Object.assign(reading, {
      constructed: true, closed: false, closeEmitted: false, destroyed: false, errored: null, errorEmitted: false,
      reading: false, ended, endEmitted: ended,
    });
  }
  if (writing) {
    const ended = writing.writable === false;
    Object.assign(writing, {
      constructed: true, closed: false, closeEmitted: false, destroyed: false, errored: null, errorEmitted: false,
      finalCalled: false, prefinished: false, ended, ending: ended, finished: ended,
    });
  }
}

/**
 * What a stream does about an error of its own: it is destroyed, or with `autoDestroy` false it emits the error and
 * lives on.
 * @param {boolean} [later] whether the event must wait until the code that runs now is done
 */
export function errorOrDestroy(stream, error, later) {
  if (either(stream, "destroyed")) return;
  if (either(stream, "autoDestroy")) {
    stream.destroy(error);
  } else if (error) {
    markErrored(stream, error);
    if (later) nextTick(emitError, stream, error);
    else emitError(stream, error);
  }
}

/** Runs `_construct` once for both sides, then `ready`. Until then nothing is read or written. */
export function construct(stream, ready) {
  if (typeof stream._construct !== "function") return;
  mark(stream, "constructed", false);
  stream.once(kConstructed, ready);
  if (stream.listenerCount(kConstructed) === 1) nextTick(runConstruct, stream);
}

function runConstruct(stream) {
  let called = false;
  const onConstruct = (error) => {
    if (called) {
      errorOrDestroy(stream, error ?? new ERR_MULTIPLE_CALLBACK());
      return;
    }
    called = true;
    mark(stream, "constructed");
    if (either(stream, "destroyed")) stream.emit(kDestroyWhenConstructed, error);
    else if (error) errorOrDestroy(stream, error, true);
    else stream.emit(kConstructed);
  };
  try {
    stream._construct((error) => nextTick(onConstruct, error));
  } catch (error) {
    nextTick(onConstruct, error);
  }
}

/** Ends any kind of stream, whatever its method for that is called. */
export function destroyStream(stream, error) {
  if (!stream || isDestroyed(stream)) return;
  if (!error && !isFinished(stream)) error = new AbortError();
  if (isServerRequest(stream)) {
    stream.socket = null;
    stream.destroy(error);
  } else if (isRequest(stream)) {
    stream.abort();
  } else if (stream.req && isRequest(stream.req)) {
    stream.req.abort();
  } else if (typeof stream.destroy === "function") {
    stream.destroy(error);
  } else if (typeof stream.close === "function") {
    stream.close();
  }
  if (!stream.destroyed) stream[kIsDestroyed] = true;
}
