// How chunks come into a Readable: push(), unshift() and the end of the data.

import { Buffer } from "../../buffer.js";
import {
  ERR_INVALID_ARG_TYPE, ERR_STREAM_PUSH_AFTER_EOF, ERR_STREAM_UNSHIFT_AFTER_END_EVENT,
} from "../errors.js";
import { nextTick } from "../process/next_tick.js";
import { asBuffer } from "./chunks.js";
import { errorOrDestroy } from "./destroy.js";
import { emitReadable, emitReadableNow } from "./readable_flow.js";
import { keep, takesMore } from "./readable_state.js";

/** The method `push`. */
export function push(chunk, encoding) {
  const state = this._readableState;
  if (chunk === null) {
    state.reading = false;
    endOfData(this, state);
    return false;
  }
  if (!state.objectMode) {
    const bytes = prepare(state, chunk, encoding);
    if (bytes === undefined) return refuse(this, chunk);
    // An empty chunk is no data, but the source has answered.
    if (bytes.length === 0) {
      state.reading = false;
      readMore(this, state);
      return takesMore(state);
    }
    ({ chunk, encoding } = bytes);
  }
  if (state.ended) {
    errorOrDestroy(this, new ERR_STREAM_PUSH_AFTER_EOF());
    return false;
  }
  if (state.destroyed || state.errored) return false;

  state.reading = false;
  if (state.decoder && !encoding) {
    chunk = state.decoder.write(chunk);
    if (!state.objectMode && chunk.length === 0) {
      readMore(this, state);
      return takesMore(state);
    }
  }
  add(this, state, chunk, false);
  return takesMore(state);
}

/** The method `unshift`. */
export function unshift(chunk, encoding) {
  const state = this._readableState;
  if (chunk === null) {
    state.reading = false;
    endOfData(this, state);
    return false;
  }
  if (!state.objectMode) {
    const bytes = prepare(state, chunk, encoding);
    if (bytes === undefined) return refuse(this, chunk);
    if (bytes.length === 0) return takesMore(state);
    ({ chunk } = bytes);
  }
  if (state.endEmitted) {
    errorOrDestroy(this, new ERR_STREAM_UNSHIFT_AFTER_END_EVENT());
  } else if (state.destroyed || state.errored) {
    return false;
  } else {
    add(this, state, chunk, true);
  }
  return takesMore(state);
}

// The chunk as the buffer wants it. With an encoding it is text already; undefined if it is of no usable type.
function prepare(state, chunk, encoding) {
  if (typeof chunk === "string") {
    encoding ||= state.defaultEncoding;
    if (state.encoding === encoding) return { chunk, encoding, length: chunk.length };
    const bytes = Buffer.from(chunk, encoding);
    if (state.encoding) return { chunk: bytes.toString(state.encoding), encoding, length: bytes.length };
    return { chunk: bytes, encoding: "", length: bytes.length };
  }
  if (chunk === undefined) return { chunk, encoding: "", length: 0 };
  const bytes = asBuffer(chunk);
  return bytes === undefined ? undefined : { chunk: bytes, encoding: "", length: bytes.length };
}

function refuse(stream, chunk) {
  const expected = ["string", "Buffer", "TypedArray", "DataView"];
  errorOrDestroy(stream, new ERR_INVALID_ARG_TYPE("chunk", expected, chunk));
  return false;
}

function add(stream, state, chunk, first) {
  if (state.flowing && state.length === 0 && !state.sync && stream.listenerCount("data") > 0) {
    // Nothing waits and somebody listens: no need to keep it.
    forgetWaiting(state);
    state.dataEmitted = true;
    stream.emit("data", chunk);
  } else {
    keep(state, chunk, first);
    if (state.needReadable) emitReadable(stream);
  }
  readMore(stream, state);
}

/** Data was taken, so the destinations that asked to wait have no say any more. */
export function forgetWaiting(state) {
  if (state.multiAwaitDrain) state.awaitDrainWriters.clear();
  else state.awaitDrainWriters = null;
}

function endOfData(stream, state) {
  if (state.ended) return;
  const rest = state.decoder?.end();
  if (rest?.length) keep(state, rest, false);
  state.ended = true;
  if (state.sync) {
    // Inside `_read`, so inside read(), whose caller has not seen the data yet.
    emitReadable(stream);
  } else {
    state.needReadable = false;
    state.emittedReadable = true;
    emitReadableNow(stream);
  }
}

/** Reads ahead up to the high water mark, when the code that runs now is done. */
export function readMore(stream, state) {
  if (state.readingMore || !state.constructed) return;
  state.readingMore = true;
  nextTick(readMoreNow, stream, state);
}

function readMoreNow(stream, state) {
  while (
    !state.reading && !state.ended &&
    (state.length < state.highWaterMark || (state.flowing && state.length === 0))
  ) {
    const { length } = state;
    stream.read(0);
    // The source has nothing at the moment.
    if (state.length === length) break;
  }
  state.readingMore = false;
}
