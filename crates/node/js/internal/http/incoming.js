// http.IncomingMessage: what a server is asked and what a client is answered.

import { Buffer } from "../../buffer.js";
import { ConnResetException } from "../errors_areas.js";
import { defineAccessors } from "../streams/accessors.js";
import { inherit } from "../streams/legacy.js";
import { Readable } from "../streams/readable.js";
import { nextTick } from "../process/next_tick.js";

export function IncomingMessage(socket) {
  if (!(this instanceof IncomingMessage)) return new IncomingMessage(socket);
  Readable.call(this, { highWaterMark: socket?.readableHighWaterMark });
  this._socket = socket ?? null;
  this.httpVersionMajor = 1;
  this.httpVersionMinor = 1;
  this.httpVersion = "1.1";
  this.complete = false;
  this.rawHeaders = [];
  this.rawTrailers = [];
  this.aborted = false;
  this.upgrade = null;
  this.url = "";
  this.method = null;
  this.statusCode = null;
  this.statusMessage = null;
  this._body = null;
  this._headers = null;
  this._consuming = false;
  this._dumped = false;
}
inherit(IncomingMessage, Readable);

/** Gives a message the headers and the body of a Request or Response of the Web. */
export function takeMessage(message, { headers, body }) {
  for (const [name, value] of headers) message.rawHeaders.push(name, value);
  message._body = body?.getReader() ?? null;
  return message;
}

// Header fields of which only the first counts.
const SINGLE = new Set([
  "age", "authorization", "content-length", "content-type", "etag", "expires", "from", "host", "if-modified-since",
  "if-unmodified-since", "last-modified", "location", "max-forwards", "proxy-authorization", "referer", "retry-after",
  "server", "user-agent",
]);

function join(message) {
  const headers = {};
  for (let i = 0; i < message.rawHeaders.length; i += 2) {
    message._addHeaderLine(message.rawHeaders[i], message.rawHeaders[i + 1], headers);
  }
  return headers;
}

Object.assign(IncomingMessage.prototype, {
  _addHeaderLine(field, value, headers) {
    const name = field.toLowerCase();
    const known = headers[name];
    if (name === "set-cookie") headers[name] = known === undefined ? [value] : [...known, value];
    else if (known === undefined) headers[name] = value;
    else if (!SINGLE.has(name)) headers[name] = `${known}${name === "cookie" ? "; " : ", "}${value}`;
  },
  async _read() {
    this._consuming = true;
    if (this._body === null) {
      this.complete = true;
      this.push(null);
      return;
    }
    try {
      for (;;) {
        const { value, done } = await this._body.read();
        if (done) {
          this._body = null;
          this.complete = true;
          this.push(null);
          return;
        }
        if (value.length === 0) continue;
        if (typeof value === "string") this.push(Buffer.from(value));
        else this.push(Buffer.from(value.buffer, value.byteOffset, value.byteLength));
        return;
      }
    } catch (error) {
      this.destroy(error);
    }
  },
  _destroy(error, callback) {
    if (!this.readableEnded || !this.complete) {
      this.aborted = true;
      this.emit("aborted");
    }
    if (this._body !== null) {
      this._body.cancel(error).catch(() => {});
      this._body = null;
    }
    if (!error && !this.readableEnded && this.listenerCount("error") > 0) error = new ConnResetException("aborted");
    nextTick(callback, error);
  },
  _dump() {
    if (this._dumped) return;
    this._dumped = true;
    this.resume();
  },
  setTimeout(_msecs, callback) {
    if (callback) this.on("timeout", callback);
    return this;
  },
});

defineAccessors(IncomingMessage.prototype, {
  headers: {
    get() {
      this._headers ??= join(this);
      return this._headers;
    },
    set(headers) {
      this._headers = headers;
    },
  },
  headersDistinct: (message) => {
    const distinct = { __proto__: null };
    for (let i = 0; i < message.rawHeaders.length; i += 2) {
      (distinct[message.rawHeaders[i].toLowerCase()] ??= []).push(message.rawHeaders[i + 1]);
    }
    return distinct;
  },
  trailers: () => ({}),
  trailersDistinct: () => ({}),
  socket: {
    get() {
      return this._socket;
    },
    set(socket) {
      this._socket = socket;
    },
  },
  connection: {
    get() {
      return this._socket;
    },
    set(socket) {
      this._socket = socket;
    },
  },
});
