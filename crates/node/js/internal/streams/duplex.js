// stream.Duplex (https://nodejs.org/api/stream.html#class-streamduplex): a Readable that is a Writable, too.

import { defineAccessors } from "./accessors.js";
import { attachAbortSignal } from "./add_abort_signal.js";
import { construct } from "./destroy.js";
import { duplexFrom } from "./duplex_from.js";
import { inherit, Stream } from "./legacy.js";
import { Readable, readableConstructed } from "./readable.js";
import { ReadableState } from "./readable_state.js";
import { duplexFromWeb, duplexToWeb } from "./web_adapters.js";
import { Writable, writableAccessors, writableConstructed } from "./writable.js";
import { WritableState } from "./writable_state.js";

export function Duplex(options) {
  if (!(this instanceof Duplex)) return new Duplex(options);
  Stream.call(this, options);
  this._readableState = new ReadableState(options, this, true);
  this._writableState = new WritableState(options, this, true);
  this.allowHalfOpen = options?.allowHalfOpen !== false;
  if (options) {
    if (options.readable === false) {
      const reading = this._readableState;
      reading.readable = false;
      reading.ended = reading.endEmitted = true;
    }
    if (options.writable === false) {
      const writing = this._writableState;
      writing.writable = false;
      writing.ending = writing.ended = writing.finished = true;
    }
    if (typeof options.read === "function") this._read = options.read;
    if (typeof options.write === "function") this._write = options.write;
    if (typeof options.writev === "function") this._writev = options.writev;
    if (typeof options.destroy === "function") this._destroy = options.destroy;
    if (typeof options.final === "function") this._final = options.final;
    if (typeof options.construct === "function") this._construct = options.construct;
    if (options.signal) attachAbortSignal(options.signal, this);
  }
  construct(this, () => {
    readableConstructed(this);
    writableConstructed(this);
  });
}
inherit(Duplex, Readable);

for (const name of ["write", "cork", "uncork", "setDefaultEncoding", "_write", "_writev", "end", "destroy"]) {
  Duplex.prototype[name] = Writable.prototype[name];
}

defineAccessors(Duplex.prototype, {
  ...writableAccessors,
  destroyed: {
    get() {
      if (this._readableState === undefined || this._writableState === undefined) return false;
      return this._readableState.destroyed && this._writableState.destroyed;
    },
    set(value) {
      if (this._readableState && this._writableState) {
        this._readableState.destroyed = value;
        this._writableState.destroyed = value;
      }
    },
  },
});

Duplex.fromWeb = function fromWeb(pair, options) {
  return duplexFromWeb(pair, options);
};
Duplex.toWeb = function toWeb(duplex) {
  return duplexToWeb(duplex);
};
Duplex.from = function from(body) {
  return duplexFrom(body, "body");
};
