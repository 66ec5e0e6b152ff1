// writable.write(): the way of a chunk to `_write` or `_writev`, and what comes back.

import { Buffer } from "../../buffer.js";
import {
  ERR_INVALID_ARG_TYPE, ERR_MULTIPLE_CALLBACK, ERR_STREAM_DESTROYED, ERR_STREAM_NULL_VALUES,
  ERR_STREAM_WRITE_AFTER_END, ERR_UNKNOWN_ENCODING,
} from "../errors.js";
import { nextTick } from "../process/next_tick.js";
import { asBuffer } from "./chunks.js";
import { errorOrDestroy } from "./destroy.js";
import { finishMaybe } from "./writable_end.js";
import { failBuffered, resetBuffer } from "./writable_state.js";

// Writes that are done are dropped from the front of the list when so many have gathered there.
const DONE_WRITES_MAX = 256;

function noop() {}

/**
 * Writes or keeps a chunk. Gives whether the writer may go on, or the error because of which nothing was written.
 */
export function writeChunk(stream, chunk, encoding, callback) {
  const state = stream._writableState;
  if (typeof callback !== "function") callback = noop;

  if (chunk === null) throw new ERR_STREAM_NULL_VALUES();
  // An encoding means nothing to objects: it is passed on as it is.
  if (!state.objectMode) {
    if (!encoding) encoding = state.defaultEncoding;
    else if (encoding !== "buffer" && !Buffer.isEncoding(encoding)) throw new ERR_UNKNOWN_ENCODING(encoding);
    if (typeof chunk !== "string") {
      const bytes = asBuffer(chunk);
      if (bytes === undefined) {
        throw new ERR_INVALID_ARG_TYPE("chunk", ["string", "Buffer", "TypedArray", "DataView"], chunk);
      }
      chunk = bytes;
      encoding = "buffer";
    } else if (state.decodeStrings) {
      chunk = Buffer.from(chunk, encoding);
      encoding = "buffer";
    }
  }

  let error;
  if (state.ending) error = new ERR_STREAM_WRITE_AFTER_END();
  else if (state.destroyed) error = new ERR_STREAM_DESTROYED("write");
  if (error) {
    nextTick(callback, error);
    errorOrDestroy(stream, error, true);
    return error;
  }
  state.pendingcb++;
  return writeOrKeep(stream, state, chunk, encoding, callback);
}

function writeOrKeep(stream, state, chunk, encoding, callback) {
  const length = state.objectMode ? 1 : chunk.length;
  state.length += length;
  const hasRoom = state.length < state.highWaterMark;
  if (!hasRoom) state.needDrain = true;

  if (state.writing || state.corked || state.errored || !state.constructed) {
    state.buffered.push({ chunk, encoding, callback });
    if (encoding !== "buffer") state.allBuffers = false;
    if (callback !== noop) state.allNoop = false;
  } else {
    begin(state, length, callback);
    stream._write(chunk, encoding, state.onwrite);
    state.sync = false;
  }
  return hasRoom && !state.errored && !state.destroyed;
}

function begin(state, length, callback) {
  state.writelen = length;
  state.writecb = callback;
  state.writing = true;
  state.sync = true;
}

// --- the answer ----------------------------------------------------------------------------------

/** What a stream calls when it has written. */
export function onWritten(stream, error) {
  const state = stream._writableState;
  const { sync, writecb: callback } = state;
  if (typeof callback !== "function") {
    errorOrDestroy(stream, new ERR_MULTIPLE_CALLBACK());
    return;
  }
  state.writing = false;
  state.writecb = null;
  state.length -= state.writelen;
  state.writelen = 0;

  if (error) {
    state.errored ??= error;
    if (stream._readableState) stream._readableState.errored ??= error;
    if (sync) nextTick(writeFailed, stream, state, error, callback);
    else writeFailed(stream, state, error, callback);
    return;
  }
  if (state.buffered.length > state.bufferedIndex) writeBuffered(stream, state);
  if (!sync) {
    afterWrites(stream, state, 1, callback);
    return;
  }
  // Sync answers with the same callback, which is most of them, are told of in one go.
  const waiting = state.afterWriteTickInfo;
  const hasNews = callback !== noop || state.destroyed || (state.needDrain && state.length === 0);
  if (waiting !== null && waiting.callback === callback) {
    if (callback === noop) settleSilently(stream, state);
    else waiting.count++;
  } else if (hasNews) {
    const info = { count: 1, callback };
    state.afterWriteTickInfo = info;
    nextTick(() => {
      if (state.afterWriteTickInfo === info) state.afterWriteTickInfo = null;
      afterWrites(stream, state, info.count, callback);
    });
  } else {
    settleSilently(stream, state);
  }
}

function settleSilently(stream, state) {
  state.pendingcb--;
  if (state.ending) finishMaybe(stream, state, true);
}

function writeFailed(stream, state, error, callback) {
  state.pendingcb--;
  callback(error);
  // Writes that wait will not be made.
  failBuffered(state);
  errorOrDestroy(stream, error);
}

function afterWrites(stream, state, count, callback) {
  if (state.needDrain && state.length === 0 && !state.ending && !stream.destroyed) {
    state.needDrain = false;
    stream.emit("drain");
  }
  for (; count > 0; count--) {
    state.pendingcb--;
    callback(undefined);
  }
  if (state.destroyed) failBuffered(state);
  finishMaybe(stream, state, true);
}

// --- what waits ----------------------------------------------------------------------------------

/** Writes what waits, all at once if the stream can. */
export function writeBuffered(stream, state) {
  if (state.corked || state.bufferProcessing || state.destroyed || !state.constructed) return;
  const { buffered, bufferedIndex } = state;
  const count = buffered.length - bufferedIndex;
  if (count === 0) return;
  state.bufferProcessing = true;
  if (count > 1 && stream._writev) writeAll(stream, state, buffered.slice(bufferedIndex));
  else writeOneByOne(stream, state, buffered);
  state.bufferProcessing = false;
}

function writeAll(stream, state, chunks) {
  state.pendingcb -= chunks.length - 1;
  const callback = state.allNoop
    ? noop
    : (error) => {
        for (const one of chunks) one.callback(error);
      };
  chunks.allBuffers = state.allBuffers;
  begin(state, state.length, callback);
  if (state.destroyed) state.onwrite(new ERR_STREAM_DESTROYED("writev"));
  else stream._writev(chunks, state.onwrite);
  state.sync = false;
  resetBuffer(state);
}

function writeOneByOne(stream, state, buffered) {
  let index = state.bufferedIndex;
  do {
    const { chunk, encoding, callback } = buffered[index];
    buffered[index++] = null;
    begin(state, state.objectMode ? 1 : chunk.length, callback);
    if (state.destroyed) state.onwrite(new ERR_STREAM_DESTROYED("write"));
    else stream._write(chunk, encoding, state.onwrite);
    state.sync = false;
  } while (index < buffered.length && !state.writing);

  if (index === buffered.length) {
    resetBuffer(state);
  } else if (index > DONE_WRITES_MAX) {
    buffered.splice(0, index);
    state.bufferedIndex = 0;
  } else {
    state.bufferedIndex = index;
  }
}
