// readable.read(): taking data out, and asking the source for more.

import { ERR_OUT_OF_RANGE } from "../errors.js";
import { nextTick } from "../process/next_tick.js";
import { errorOrDestroy } from "./destroy.js";
import { emitReadable } from "./readable_flow.js";
import { forgetWaiting } from "./readable_push.js";
import { firstLength, take } from "./readable_state.js";

const HIGH_WATER_MARK_MAX = 0x40000000;

/** The method `read`. */
export function read(n) {
  const state = this._readableState;
  if (n === undefined) n = NaN;
  else if (!Number.isInteger(n)) n = Number.parseInt(n, 10);
  const asked = n;

  if (n > state.highWaterMark) state.highWaterMark = markFor(n);
  if (n !== 0) state.emittedReadable = false;

  // read(0) only starts reading; if there is enough, whoever waits is told instead.
  if (n === 0 && state.needReadable && hasEnough(state)) {
    if (state.length === 0 && state.ended) end(this);
    else emitReadable(this);
    return null;
  }

  n = readable(n, state);
  if (n === 0 && state.ended) {
    if (state.length === 0) end(this);
    return null;
  }

  // What is taken now may leave the buffer below its mark: the source is asked before it is taken, so that it can
  // still add to it.
  const wantsMore = state.needReadable || state.length === 0 || state.length - n < state.highWaterMark;
  const mayAsk = !state.ended && !state.reading && !state.destroyed && !state.errored && state.constructed;
  if (wantsMore && mayAsk) {
    state.reading = true;
    state.sync = true;
    if (state.length === 0) state.needReadable = true;
    try {
      this._read(state.highWaterMark);
    } catch (error) {
      errorOrDestroy(this, error);
    }
    state.sync = false;
    if (!state.reading) n = readable(asked, state);
  }

  const chunk = n > 0 ? take(n, state) : null;
  if (chunk === null) {
    if (state.length <= state.highWaterMark) state.needReadable = true;
    n = 0;
  } else {
    state.length -= n;
    forgetWaiting(state);
  }
  if (state.length === 0) {
    if (!state.ended) state.needReadable = true;
    // The last data was taken: the end follows at once.
    if (asked !== n && state.ended) end(this);
  }
  if (chunk !== null && !state.errorEmitted && !state.closeEmitted) {
    state.dataEmitted = true;
    this.emit("data", chunk);
  }
  return chunk;
}

function hasEnough(state) {
  if (state.ended) return true;
  return state.highWaterMark === 0 ? state.length > 0 : state.length >= state.highWaterMark;
}

// How much a read of `n` can take now: NaN asks for all, or while it flows for one chunk.
function readable(n, state) {
  if (n <= 0 || (state.length === 0 && state.ended)) return 0;
  if (state.objectMode) return 1;
  if (Number.isNaN(n)) return state.flowing && state.length > 0 ? firstLength(state) : state.length;
  if (n <= state.length) return n;
  return state.ended ? state.length : 0;
}

// The power of two that can hold a read of `n` bytes.
function markFor(n) {
  if (n > HIGH_WATER_MARK_MAX) throw new ERR_OUT_OF_RANGE("size", "<= 1GiB", n);
  return 2 ** Math.ceil(Math.log2(n));
}

// --- the end -------------------------------------------------------------------------------------

function end(stream) {
  const state = stream._readableState;
  if (state.endEmitted) return;
  state.ended = true;
  nextTick(emitEnd, stream, state);
}

function emitEnd(stream, state) {
  if (state.errored || state.closeEmitted || state.endEmitted || state.length > 0) return;
  state.endEmitted = true;
  stream.emit("end");
  if (stream.writable && stream.allowHalfOpen === false) {
    nextTick(endWritable, stream);
  } else if (state.autoDestroy) {
    // A Duplex ends when both of its sides have.
    const writing = stream._writableState;
    if (!writing || (writing.autoDestroy && (writing.finished || writing.writable === false))) stream.destroy();
  }
}

function endWritable(stream) {
  if (stream.writable && !stream.writableEnded && !stream.destroyed) stream.end();
}
