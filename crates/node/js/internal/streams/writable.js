// stream.Writable (https://nodejs.org/api/stream.html#class-streamwritable).

import { Buffer } from "../../buffer.js";
import {
  AbortError, ERR_METHOD_NOT_IMPLEMENTED, ERR_STREAM_CANNOT_PIPE, ERR_UNKNOWN_ENCODING,
} from "../errors.js";
import { nextTick } from "../process/next_tick.js";
import { defineAccessors } from "./accessors.js";
import { attachAbortSignal } from "./add_abort_signal.js";
import { construct, destroy, errorOrDestroy, undestroy } from "./destroy.js";
import { onceFinished } from "./end_of_stream.js";
import { inherit, Stream } from "./legacy.js";
import { writableFromWeb, writableToWeb } from "./web_adapters.js";
import { end, finishMaybe } from "./writable_end.js";
import { failBuffered, WritableState } from "./writable_state.js";
import { writeBuffered, writeChunk } from "./writable_write.js";

export function Writable(options) {
  // A Duplex is one by what it can do, so the own prototype chain is asked here.
  if (!isInstance.call(Writable, this)) return new Writable(options);
  Stream.call(this, options);
  this._writableState = new WritableState(options, this, false);
  if (options) {
    if (typeof options.write === "function") this._write = options.write;
    if (typeof options.writev === "function") this._writev = options.writev;
    if (typeof options.destroy === "function") this._destroy = options.destroy;
    if (typeof options.final === "function") this._final = options.final;
    if (typeof options.construct === "function") this._construct = options.construct;
    if (options.signal) attachAbortSignal(options.signal, this);
  }
  construct(this, () => writableConstructed(this));
}
inherit(Writable, Stream);

/** Does what was asked for before the stream was ready. */
export function writableConstructed(stream) {
  const state = stream._writableState;
  if (!state.writing) writeBuffered(stream, state);
  if (state.ending) finishMaybe(stream, state);
}

const isInstance = Function.prototype[Symbol.hasInstance];

Writable.WritableState = WritableState;
Object.defineProperty(Writable, Symbol.hasInstance, {
  value: function (object) {
    if (isInstance.call(this, object)) return true;
    return this === Writable && Boolean(object) && object._writableState instanceof WritableState;
  },
});

Writable.prototype.pipe = function pipe() {
  errorOrDestroy(this, new ERR_STREAM_CANNOT_PIPE());
};
Writable.prototype.write = function write(chunk, encoding, callback) {
  if (typeof encoding === "function") {
    callback = encoding;
    encoding = null;
  }
  return writeChunk(this, chunk, encoding, callback) === true;
};
Writable.prototype.cork = function cork() {
  this._writableState.corked++;
};
Writable.prototype.uncork = function uncork() {
  const state = this._writableState;
  if (!state.corked) return;
  state.corked--;
  if (!state.writing) writeBuffered(this, state);
};
Writable.prototype.setDefaultEncoding = function setDefaultEncoding(encoding) {
  const name = typeof encoding === "string" ? encoding.toLowerCase() : encoding;
  if (!Buffer.isEncoding(name)) throw new ERR_UNKNOWN_ENCODING(encoding);
  this._writableState.defaultEncoding = name;
  return this;
};
Writable.prototype._write = function _write(chunk, encoding, callback) {
  if (!this._writev) throw new ERR_METHOD_NOT_IMPLEMENTED("_write()");
  this._writev([{ chunk, encoding }], callback);
};
Writable.prototype._writev = null;
Writable.prototype.end = end;

Writable.prototype.destroy = function (error, callback) {
  const state = this._writableState;
  if (!state.destroyed && (state.bufferedIndex < state.buffered.length || state.finishCallbacks.length > 0)) {
    nextTick(failBuffered, state);
  }
  destroy.call(this, error, callback);
  return this;
};
Writable.prototype._undestroy = undestroy;
Writable.prototype._destroy = function _destroy(error, callback) {
  callback(error);
};
Writable.prototype[Symbol.for("nodejs.rejection")] = function (error) {
  this.destroy(error);
};
Writable.prototype[Symbol.asyncDispose] = function () {
  let error;
  if (!this.destroyed) {
    error = this.writableFinished ? null : new AbortError();
    this.destroy(error);
  }
  return new Promise((resolve, reject) => {
    onceFinished(this, {}, (outcome) =>
      outcome && outcome.name !== "AbortError" ? reject(outcome) : resolve(null),
    );
  });
};

Writable.fromWeb = function fromWeb(writableStream, options) {
  return writableFromWeb(writableStream, options);
};
Writable.toWeb = function toWeb(streamWritable) {
  return writableToWeb(streamWritable);
};

/** What a Duplex has, too; `errored` and `closed` it has from Readable. */
export const writableAccessors = {
  writable: {
    get() {
      const state = this._writableState;
      // A Duplex may have no writable side.
      return Boolean(
        state && state.writable !== false && !state.destroyed && !state.errored && !state.ending && !state.ended,
      );
    },
    set(value) {
      if (this._writableState) this._writableState.writable = Boolean(value);
    },
  },
  writableFinished: (stream) => stream._writableState?.finished ?? false,
  writableObjectMode: (stream) => stream._writableState?.objectMode ?? false,
  writableBuffer: (stream) => stream._writableState?.getBuffer(),
  writableEnded: (stream) => stream._writableState?.ending ?? false,
  writableNeedDrain: (stream) => {
    const state = stream._writableState;
    return Boolean(state && !state.destroyed && !state.ending && state.needDrain);
  },
  writableHighWaterMark: (stream) => stream._writableState?.highWaterMark,
  writableCorked: (stream) => stream._writableState?.corked ?? 0,
  writableLength: (stream) => stream._writableState?.length,
};

defineAccessors(Writable.prototype, {
  ...writableAccessors,
  errored: (stream) => stream._writableState?.errored ?? null,
  closed: (stream) => stream._writableState?.closed ?? false,
  destroyed: {
    get() {
      return this._writableState?.destroyed ?? false;
    },
    set(value) {
      if (this._writableState) this._writableState.destroyed = value;
    },
  },
  writableAborted: (stream) => {
    const state = stream._writableState;
    return state.writable !== false && Boolean(state.destroyed || state.errored) && !state.finished;
  },
});
