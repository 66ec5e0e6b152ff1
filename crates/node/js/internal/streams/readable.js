// stream.Readable (https://nodejs.org/api/stream.html#class-streamreadable).

import { StringDecoder } from "../../string_decoder.js";
import { EventEmitter } from "../../events.js";
import { AbortError, ERR_METHOD_NOT_IMPLEMENTED } from "../errors.js";
import { validateObject } from "../validators.js";
import { attachAbortSignal } from "./add_abort_signal.js";
import { iterateReadable } from "./async_iterator.js";
import { construct, destroy, destroyStream, errorOrDestroy, undestroy } from "./destroy.js";
import { onceFinished } from "./end_of_stream.js";
import { defineAccessors } from "./accessors.js";
import { inherit, Stream } from "./legacy.js";
import { listenerAdded, listenersRemoved, pause, resume } from "./readable_flow.js";
import { pipe, unpipe } from "./readable_pipe.js";
import { push, readMore, unshift } from "./readable_push.js";
import { read } from "./readable_read.js";
import { decodeBuffered, ReadableState, take } from "./readable_state.js";
import { readableFrom } from "./from.js";
import { readableFromWeb, readableToWeb } from "./web_adapters.js";

export function Readable(options) {
  if (!(this instanceof Readable)) return new Readable(options);
  Stream.call(this, options);
  this._readableState = new ReadableState(options, this, false);
  if (options) {
    if (typeof options.read === "function") this._read = options.read;
    if (typeof options.destroy === "function") this._destroy = options.destroy;
    if (typeof options.construct === "function") this._construct = options.construct;
    if (options.signal) attachAbortSignal(options.signal, this);
  }
  construct(this, () => readableConstructed(this));
}
inherit(Readable, Stream);

/** A read that was asked for before the stream was ready. */
export function readableConstructed(stream) {
  if (stream._readableState.needReadable) readMore(stream, stream._readableState);
}

Readable.ReadableState = ReadableState;
Readable._fromList = take;

Readable.prototype.destroy = destroy;
Readable.prototype._undestroy = undestroy;
Readable.prototype._destroy = function _destroy(error, callback) {
  callback(error);
};
Readable.prototype[Symbol.for("nodejs.rejection")] = function (error) {
  this.destroy(error);
};
Readable.prototype[Symbol.asyncDispose] = function () {
  let error;
  if (!this.destroyed) {
    error = this.readableEnded ? null : new AbortError();
    this.destroy(error);
  }
  return new Promise((resolve, reject) => {
    onceFinished(this, {}, (outcome) => (outcome && outcome !== error ? reject(outcome) : resolve(null)));
  });
};

Readable.prototype.push = push;
Readable.prototype.unshift = unshift;
Readable.prototype.isPaused = function isPaused() {
  return this._readableState.paused === true || this._readableState.flowing === false;
};
Readable.prototype.setEncoding = function setEncoding(encoding) {
  const decoder = new StringDecoder(encoding);
  const state = this._readableState;
  state.decoder = decoder;
  state.encoding = decoder.encoding;
  decodeBuffered(state, decoder);
  return this;
};
Readable.prototype.read = read;
Readable.prototype._read = function _read(_size) {
  throw new ERR_METHOD_NOT_IMPLEMENTED("_read()");
};
Readable.prototype.pipe = pipe;
Readable.prototype.unpipe = unpipe;
Readable.prototype.resume = resume;
Readable.prototype.pause = pause;

// --- listeners -----------------------------------------------------------------------------------

Readable.prototype.on = function on(event, listener) {
  const result = EventEmitter.prototype.on.call(this, event, listener);
  listenerAdded(this, event);
  return result;
};
Readable.prototype.addListener = Readable.prototype.on;
Readable.prototype.removeListener = function removeListener(event, listener) {
  const result = EventEmitter.prototype.removeListener.call(this, event, listener);
  if (event === "readable") listenersRemoved(this);
  return result;
};
Readable.prototype.off = Readable.prototype.removeListener;
Readable.prototype.removeAllListeners = function removeAllListeners(event) {
  const result = EventEmitter.prototype.removeAllListeners.apply(this, arguments);
  if (event === "readable" || event === undefined) listenersRemoved(this);
  return result;
};

// --- iteration -----------------------------------------------------------------------------------

Readable.prototype[Symbol.asyncIterator] = function () {
  return iterateReadable(this);
};
Readable.prototype.iterator = function iterator(options) {
  if (options !== undefined) validateObject(options, "options");
  return iterateReadable(this, options);
};

// --- other streams -------------------------------------------------------------------------------

// Takes its data from an old-style stream, which has events but no read().
Readable.prototype.wrap = function wrap(stream) {
  let isPaused = false;
  stream.on("data", (chunk) => {
    if (this.push(chunk) || !stream.pause) return;
    isPaused = true;
    stream.pause();
  });
  stream.on("end", () => this.push(null));
  stream.on("error", (error) => errorOrDestroy(this, error));
  stream.on("close", () => this.destroy());
  stream.on("destroy", () => this.destroy());
  this._read = () => {
    if (!isPaused || !stream.resume) return;
    isPaused = false;
    stream.resume();
  };
  for (const name of Object.keys(stream)) {
    if (this[name] === undefined && typeof stream[name] === "function") this[name] = stream[name].bind(stream);
  }
  return this;
};

Readable.wrap = function wrap(source, options) {
  return new Readable({
    objectMode: source.readableObjectMode ?? source.objectMode ?? true,
    ...options,
    destroy(error, callback) {
      destroyStream(source, error);
      callback(error);
    },
  }).wrap(source);
};
Readable.from = function from(iterable, options) {
  return readableFrom(Readable, iterable, options);
};
Readable.fromWeb = function fromWeb(readableStream, options) {
  return readableFromWeb(readableStream, options);
};
Readable.toWeb = function toWeb(streamReadable, options) {
  return readableToWeb(streamReadable, options);
};

// --- properties ----------------------------------------------------------------------------------

defineAccessors(Readable.prototype, {
  readable: {
    get() {
      const state = this._readableState;
      // A Duplex may have no readable side.
      return Boolean(
        state && state.readable !== false && !state.destroyed && !state.errorEmitted && !state.endEmitted,
      );
    },
    set(value) {
      if (this._readableState) this._readableState.readable = Boolean(value);
    },
  },
  readableDidRead: (stream) => stream._readableState.dataEmitted,
  readableAborted: (stream) => {
    const state = stream._readableState;
    return state.readable !== false && Boolean(state.destroyed || state.errored) && !state.endEmitted;
  },
  readableHighWaterMark: (stream) => stream._readableState.highWaterMark,
  readableBuffer: (stream) => stream._readableState?.buffer,
  readableFlowing: {
    get() {
      return this._readableState.flowing;
    },
    set(value) {
      if (this._readableState) this._readableState.flowing = value;
    },
  },
  readableLength: (stream) => stream._readableState.length,
  readableObjectMode: (stream) => stream._readableState?.objectMode ?? false,
  readableEncoding: (stream) => stream._readableState?.encoding ?? null,
  errored: (stream) => stream._readableState?.errored ?? null,
  closed: (stream) => stream._readableState?.closed ?? false,
  destroyed: {
    get() {
      return this._readableState?.destroyed ?? false;
    },
    set(value) {
      if (this._readableState) this._readableState.destroyed = value;
    },
  },
  readableEnded: (stream) => stream._readableState?.endEmitted ?? false,
});
