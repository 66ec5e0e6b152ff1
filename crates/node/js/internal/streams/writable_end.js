// writable.end(), and the steps from there to "finish".

import {
  ERR_MULTIPLE_CALLBACK, ERR_STREAM_ALREADY_FINISHED, ERR_STREAM_DESTROYED,
} from "../errors.js";
import { nextTick } from "../process/next_tick.js";
import { errorOrDestroy } from "./destroy.js";
import { callFinishCallbacks } from "./writable_state.js";
import { writeChunk } from "./writable_write.js";

/** The method `end`. */
export function end(chunk, encoding, callback) {
  const state = this._writableState;
  if (typeof chunk === "function") {
    callback = chunk;
    chunk = encoding = null;
  } else if (typeof encoding === "function") {
    callback = encoding;
    encoding = null;
  }

  let error;
  if (chunk !== null && chunk !== undefined) {
    const result = writeChunk(this, chunk, encoding);
    if (result instanceof Error) error = result;
  }
  if (state.corked) {
    state.corked = 1;
    this.uncork();
  }
  if (error) {
    // Nothing was written, and the stream knows.
  } else if (!state.errored && !state.ending) {
    // It may have ended more than once without harm (a destroyed stream, too, says so only below).
    state.ending = true;
    finishMaybe(this, state, true);
    state.ended = true;
  } else if (state.finished) {
    error = new ERR_STREAM_ALREADY_FINISHED("end");
  } else if (state.destroyed) {
    error = new ERR_STREAM_DESTROYED("end");
  }

  if (typeof callback === "function") {
    if (error) nextTick(callback, error);
    else if (state.errored) nextTick(callback, state.errored);
    else if (state.finished) nextTick(callback);
    else state.finishCallbacks.push(callback);
  }
  return this;
}

function isReadyToFinish(state) {
  return (
    state.ending && state.constructed && state.length === 0 && state.buffered.length === 0 && !state.writing &&
    !state.destroyed && !state.errored && !state.finished && !state.errorEmitted && !state.closeEmitted
  );
}

/** @param {boolean} [later] whether "finish" must wait until the code that runs now is done */
export function finishMaybe(stream, state, later) {
  if (!isReadyToFinish(state)) return;
  prefinish(stream, state);
  if (state.pendingcb > 0) return;
  if (later) {
    state.pendingcb++;
    nextTick(() => {
      if (isReadyToFinish(state)) finish(stream, state);
      else state.pendingcb--;
    });
  } else if (isReadyToFinish(state)) {
    state.pendingcb++;
    finish(stream, state);
  }
}

function prefinish(stream, state) {
  if (state.prefinished || state.finalCalled) return;
  if (typeof stream._final === "function" && !state.destroyed) {
    state.finalCalled = true;
    callFinal(stream, state);
  } else {
    state.prefinished = true;
    stream.emit("prefinish");
  }
}

function callFinal(stream, state) {
  let called = false;
  const onFinal = (error) => {
    if (called) {
      errorOrDestroy(stream, error ?? new ERR_MULTIPLE_CALLBACK());
      return;
    }
    called = true;
    state.pendingcb--;
    if (error) {
      callFinishCallbacks(state, error);
      errorOrDestroy(stream, error, state.sync);
    } else if (isReadyToFinish(state)) {
      state.prefinished = true;
      stream.emit("prefinish");
      // Whoever is on the stack must not find the stream finished.
      state.pendingcb++;
      nextTick(finish, stream, state);
    }
  };
  state.sync = true;
  state.pendingcb++;
  try {
    stream._final(onFinal);
  } catch (error) {
    onFinal(error);
  }
  state.sync = false;
}

function finish(stream, state) {
  state.pendingcb--;
  state.finished = true;
  callFinishCallbacks(state, null);
  stream.emit("finish");
  if (!state.autoDestroy) return;
  // A Duplex ends when both of its sides have.
  const reading = stream._readableState;
  if (!reading || (reading.autoDestroy && (reading.endEmitted || reading.readable === false))) stream.destroy();
}
