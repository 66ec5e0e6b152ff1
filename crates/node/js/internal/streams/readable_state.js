// What a Readable knows of itself. Packages look into `stream._readableState`: its fields keep Node's names.

import { StringDecoder } from "../../string_decoder.js";
import { Buffer } from "../../buffer.js";
import { chooseHighWaterMark } from "./high_water_mark.js";

// Consumed chunks are dropped from the front of the list when so many have gathered there.
const CONSUMED_CHUNKS_MAX = 1024;

export class ReadableState {
  objectMode = false;
  highWaterMark = 0;
  /** Chunks that wait; those before `bufferIndex` are consumed. */
  buffer = [];
  bufferIndex = 0;
  /** Bytes that wait, or characters, or objects */
  length = 0;
  pipes = [];
  /** null: nobody has asked yet; false: paused; true: data is given as it comes */
  flowing = null;
  /** Nothing more will be pushed */
  ended = false;
  endEmitted = false;
  /** `_read` was called and has not answered */
  reading = false;
  constructed = true;
  /** Whether a push may happen inside the call of `_read`: events must then wait */
  sync = true;
  /** Whether somebody waits for "readable" */
  needReadable = false;
  emittedReadable = false;
  readableListening = false;
  resumeScheduled = false;
  errorEmitted = false;
  emitClose = true;
  autoDestroy = true;
  destroyed = false;
  errored = null;
  closed = false;
  closeEmitted = false;
  defaultEncoding = "utf8";
  /** Destinations that asked to wait: one, or with `multiAwaitDrain` a set */
  awaitDrainWriters = null;
  multiAwaitDrain = false;
  readingMore = false;
  dataEmitted = false;
  decoder = null;
  encoding = null;
  /** null until pause() or resume() was called */
  paused = null;

  constructor(options, stream, isDuplex) {
    this.objectMode = Boolean(options?.objectMode || (isDuplex && options?.readableObjectMode));
    this.highWaterMark = chooseHighWaterMark(this.objectMode, options, "readableHighWaterMark", isDuplex);
    this.emitClose = options?.emitClose !== false;
    this.autoDestroy = options?.autoDestroy !== false;
    if (options?.defaultEncoding) this.defaultEncoding = options.defaultEncoding;
    if (options?.encoding) {
      this.decoder = new StringDecoder(options.encoding);
      this.encoding = options.encoding;
    }
  }

  get pipesCount() {
    return this.pipes.length;
  }
}

/** Whether push() should say that it takes more. */
export function takesMore(state) {
  return !state.ended && (state.length < state.highWaterMark || state.length === 0);
}

/** Puts a chunk into the buffer, with `first` before all others. */
export function keep(state, chunk, first) {
  state.length += state.objectMode ? 1 : chunk.length;
  if (!first) {
    state.buffer.push(chunk);
  } else if (state.bufferIndex > 0) {
    state.buffer[--state.bufferIndex] = chunk;
  } else {
    state.buffer.unshift(chunk);
  }
}

/** The length of the first chunk. */
export function firstLength(state) {
  return state.buffer[state.bufferIndex].length;
}

function dropAll(state) {
  state.buffer.length = 0;
  state.bufferIndex = 0;
}

function dropFirst(state) {
  const chunk = state.buffer[state.bufferIndex];
  state.buffer[state.bufferIndex++] = null;
  if (state.bufferIndex === state.buffer.length) {
    dropAll(state);
  } else if (state.bufferIndex > CONSUMED_CHUNKS_MAX) {
    state.buffer.splice(0, state.bufferIndex);
    state.bufferIndex = 0;
  }
  return chunk;
}

function joined(state, chunks) {
  if (state.decoder) return chunks.join("");
  if (chunks.length === 1) return chunks[0];
  return Buffer.concat(chunks);
}

/** Takes `n` bytes, characters or objects out of the buffer; all there is if `n` is 0 or too much. Null if it is empty. */
export function take(n, state) {
  if (state.length === 0) return null;
  if (state.objectMode) return dropFirst(state);
  if (!n || n >= state.length) {
    const all = joined(state, state.buffer.slice(state.bufferIndex));
    dropAll(state);
    return all;
  }
  const taken = [];
  while (n > 0) {
    const { length } = state.buffer[state.bufferIndex];
    if (n < length) {
      const chunk = state.buffer[state.bufferIndex];
      taken.push(chunk.slice(0, n));
      state.buffer[state.bufferIndex] = chunk.slice(n);
      break;
    }
    n -= length;
    taken.push(dropFirst(state));
  }
  return joined(state, taken);
}

/** Decodes what waits, for setEncoding(). */
export function decodeBuffered(state, decoder) {
  let text = "";
  for (let i = state.bufferIndex; i < state.buffer.length; i++) text += decoder.write(state.buffer[i]);
  dropAll(state);
  if (text !== "") state.buffer.push(text);
  state.length = text.length;
}
