// What a Writable knows of itself. Packages look into `stream._writableState`: its fields keep Node's names.

import { ERR_STREAM_DESTROYED } from "../errors.js";
import { chooseHighWaterMark } from "./high_water_mark.js";
import { onWritten } from "./writable_write.js";

export class WritableState {
  objectMode = false;
  highWaterMark = 0;
  finalCalled = false;
  needDrain = false;
  /** end() was called */
  ending = false;
  /** … and has returned */
  ended = false;
  /** "finish" was, or is being, emitted */
  finished = false;
  destroyed = false;
  decodeStrings = true;
  defaultEncoding = "utf8";
  /** Bytes that wait or are being written, or objects */
  length = 0;
  /** `_write` was called and has not answered */
  writing = false;
  corked = 0;
  /** Whether `_write` is on the stack: callbacks and events must then wait */
  sync = true;
  /** Whether the buffer is being written */
  bufferProcessing = false;
  writecb = null;
  writelen = 0;
  /** Callbacks of sync writes that wait for the same microtask */
  afterWriteTickInfo = null;
  /** Writes that wait: {chunk, encoding, callback}; those before `bufferedIndex` are done. */
  buffered = [];
  bufferedIndex = 0;
  /** Whether all that waits is Buffers */
  allBuffers = true;
  /** Whether nobody wants to know of any write that waits */
  allNoop = true;
  /** Callbacks that are still to be called; "finish" waits for them. */
  pendingcb = 0;
  constructed = true;
  prefinished = false;
  errorEmitted = false;
  emitClose = true;
  autoDestroy = true;
  errored = null;
  closed = false;
  closeEmitted = false;
  /** Callbacks of end() */
  finishCallbacks = [];

  constructor(options, stream, isDuplex) {
    this.objectMode = Boolean(options?.objectMode || (isDuplex && options?.writableObjectMode));
    this.highWaterMark = chooseHighWaterMark(this.objectMode, options, "writableHighWaterMark", isDuplex);
    this.decodeStrings = options?.decodeStrings !== false;
    this.emitClose = options?.emitClose !== false;
    this.autoDestroy = options?.autoDestroy !== false;
    if (options?.defaultEncoding) this.defaultEncoding = options.defaultEncoding;
    this.onwrite = (error) => onWritten(stream, error);
  }

  getBuffer() {
    return this.buffered.slice(this.bufferedIndex);
  }

  get bufferedRequestCount() {
    return this.buffered.length - this.bufferedIndex;
  }
}

export function resetBuffer(state) {
  state.buffered = [];
  state.bufferedIndex = 0;
  state.allBuffers = true;
  state.allNoop = true;
}

/** Tells everybody who waits for a write or the end that there will be none. */
export function failBuffered(state) {
  // One that is under way is still to be answered; its answer comes here again.
  if (state.writing) return;
  for (let i = state.bufferedIndex; i < state.buffered.length; i++) {
    const { chunk, callback } = state.buffered[i];
    state.length -= state.objectMode ? 1 : chunk.length;
    callback(state.errored ?? new ERR_STREAM_DESTROYED("write"));
  }
  callFinishCallbacks(state, state.errored ?? new ERR_STREAM_DESTROYED("end"));
  resetBuffer(state);
}

export function callFinishCallbacks(state, error) {
  for (const callback of state.finishCallbacks.splice(0)) callback(error);
}
