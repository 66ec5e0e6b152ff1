// http.OutgoingMessage: headers and a body on their way out.

import { ERR_HTTP_HEADERS_SENT, ERR_HTTP_TRAILER_INVALID } from "../errors_areas.js";
import { ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE } from "../errors.js";
import { defineAccessors } from "../streams/accessors.js";
import { inherit } from "../streams/legacy.js";
import { Writable } from "../streams/writable.js";
import { validateHeaderName, validateHeaderValue } from "./tokens.js";

export const kUniqueHeaders = Symbol("kUniqueHeaders");
export const kHighWaterMark = Symbol("kHighWaterMark");
/** Map from the lower-case name to [name, value] */
const kHeaders = Symbol("kOutHeaders");

export function OutgoingMessage(options) {
  if (!(this instanceof OutgoingMessage)) return new OutgoingMessage(options);
  Writable.call(this, { highWaterMark: options?.highWaterMark, autoDestroy: options?.autoDestroy });
  this[kHeaders] = new Map();
  this._header = null;
  this.req = undefined;
  this.finished = false;
  this.sendDate = false;
  this.shouldKeepAlive = true;
  this.chunkedEncoding = false;
  this.strictContentLength = false;
}
inherit(OutgoingMessage, Writable);

Object.assign(OutgoingMessage.prototype, {
  setHeader(name, value) {
    requireUnsent(this, "set");
    validateHeaderName(name);
    for (const one of Array.isArray(value) ? value : [value]) validateHeaderValue(name, one);
    this[kHeaders].set(name.toLowerCase(), [name, value]);
    return this;
  },
  setHeaders(headers) {
    requireUnsent(this, "set");
    const isMap = typeof headers?.keys === "function" && typeof headers.get === "function";
    if (!isMap) throw new ERR_INVALID_ARG_TYPE("headers", ["Headers", "Map"], headers);
    const cookies = [];
    for (const [name, value] of headers) {
      if (name === "set-cookie") cookies.push(...(Array.isArray(value) ? value : [value]));
      else this.setHeader(name, value);
    }
    if (cookies.length > 0) this.setHeader("set-cookie", cookies);
    return this;
  },
  appendHeader(name, value) {
    requireUnsent(this, "append");
    const known = this.getHeader(name);
    const [rawName] = this[kHeaders].get(name.toLowerCase()) ?? [name];
    return this.setHeader(rawName, known === undefined ? value : [known, value].flat());
  },
  getHeader(name) {
    requireString(name);
    return this[kHeaders].get(name.toLowerCase())?.[1];
  },
  hasHeader(name) {
    requireString(name);
    return this[kHeaders].has(name.toLowerCase());
  },
  removeHeader(name) {
    requireString(name);
    requireUnsent(this, "remove");
    this[kHeaders].delete(name.toLowerCase());
  },
  getHeaderNames() {
    return [...this[kHeaders].keys()];
  },
  getRawHeaderNames() {
    return Array.from(this[kHeaders].values(), ([name]) => name);
  },
  getHeaders() {
    const headers = { __proto__: null };
    for (const [key, [, value]] of this[kHeaders]) headers[key] = value;
    return headers;
  },
  flushHeaders() {
    if (!this._header) this._implicitHeader();
  },
  addTrailers() {
    throw new ERR_HTTP_TRAILER_INVALID();
  },
  setTimeout(_msecs, callback) {
    if (callback) this.on("timeout", callback);
    return this;
  },
  _implicitHeader() {
    this._header = "sent";
  },
  end(chunk, encoding, callback) {
    if (!this.finished) this.finished = true;
    return Writable.prototype.end.call(this, chunk, encoding, callback);
  },
});

defineAccessors(OutgoingMessage.prototype, {
  headersSent: (message) => Boolean(message._header),
  socket: {
    get() {
      return this._socket ?? null;
    },
    set(socket) {
      this._socket = socket;
    },
  },
  connection: {
    get() {
      return this.socket;
    },
    set(socket) {
      this.socket = socket;
    },
  },
});

/** The headers as the Web's, each value of a list by itself. */
export function webHeaders(message) {
  const headers = new Headers();
  for (const [name, value] of message[kHeaders].values()) {
    for (const one of Array.isArray(value) ? value : [value]) headers.append(name, String(one));
  }
  return headers;
}

/** Takes headers in any of the forms that Node knows: an object, a list of pairs, or names and values in turn. */
export function takeHeaders(message, headers) {
  if (!headers) return;
  if (!Array.isArray(headers)) {
    for (const name of Object.keys(headers)) message.setHeader(name, headers[name]);
    return;
  }
  const isPairs = headers.length > 0 && Array.isArray(headers[0]);
  if (!isPairs && headers.length % 2 !== 0) throw new ERR_INVALID_ARG_VALUE("headers", headers);
  const pairs = isPairs ? headers : headers.flatMap((name, i) => (i % 2 === 0 ? [[name, headers[i + 1]]] : []));
  for (const [name] of pairs) message.removeHeader(name);
  for (const [name, value] of pairs) message.appendHeader(name, value);
}

function requireUnsent(message, action) {
  if (message._header) throw new ERR_HTTP_HEADERS_SENT(action);
}

function requireString(name) {
  if (typeof name !== "string") throw new ERR_INVALID_ARG_TYPE("name", "string", name);
}

export function parseUniqueHeadersOption(headers) {
  if (!Array.isArray(headers)) return null;
  return new Set(headers.map((header) => (Array.isArray(header) ? header.join(", ") : header).toLowerCase()));
}
