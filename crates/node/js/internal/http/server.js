// http.Server: a listener for the requests that a Worker passes on to its port (servers.js).

import { EventEmitter } from "../../events.js";
import { ERR_INVALID_ARG_TYPE } from "../errors.js";
import { validatePort } from "../validators.js";
import { inherit } from "../streams/legacy.js";
import { nextTick } from "../process/next_tick.js";
import { IncomingMessage } from "./incoming.js";
import { ServerResponse } from "./response.js";
import { addServer, removeServer } from "./ports.js";

export const kServerResponse = Symbol("ServerResponse");
export const kIncomingMessage = Symbol("IncomingMessage");
export const kConnectionsCheckingInterval = Symbol("http.server.connectionsCheckingInterval");

export function Server(options, listener) {
  if (!(this instanceof Server)) return new Server(options, listener);
  EventEmitter.call(this);
  if (typeof options === "function") {
    listener = options;
    options = {};
  }
  if (options !== undefined && options !== null && typeof options !== "object") {
    throw new ERR_INVALID_ARG_TYPE("options", "Object", options);
  }
  storeHTTPOptions.call(this, options ?? {});
  this.httpAllowHalfOpen = false;
  this.timeout = 0;
  this.maxHeadersCount = null;
  this.maxRequestsPerSocket = 0;
  if (listener) this.on("request", listener);
}
inherit(Server, EventEmitter);

export function storeHTTPOptions(options) {
  this[kIncomingMessage] = options.IncomingMessage ?? IncomingMessage;
  this[kServerResponse] = options.ServerResponse ?? ServerResponse;
  this.requestTimeout = options.requestTimeout ?? 300_000;
  this.headersTimeout = options.headersTimeout ?? 60_000;
  this.keepAliveTimeout = options.keepAliveTimeout ?? 5000;
  this.connectionsCheckingInterval = options.connectionsCheckingInterval ?? 30_000;
  this.requireHostHeader = options.requireHostHeader ?? true;
  this.joinDuplicateHeaders = options.joinDuplicateHeaders;
  this.rejectNonStandardBodyWrites = options.rejectNonStandardBodyWrites ?? false;
  this.highWaterMark = options.highWaterMark;
}

function listenError() {
  const error = new Error("Listen method has been called more than once without closing.");
  error.code = "ERR_SERVER_ALREADY_LISTEN";
  return error;
}

Object.assign(Server.prototype, {
  /** `(port?, host?, backlog?, callback?)` or `(options, callback?)`. Which port it is matters to this program only. */
  listen(...args) {
    const callback = typeof args.at(-1) === "function" ? args.pop() : undefined;
    const given = args[0] !== null && typeof args[0] === "object" ? args[0].port : args[0];
    const port = given === undefined || given === null ? 0 : validatePort(given, "options.port");
    if (this._port !== undefined) throw listenError();
    this._port = addServer(this, port, listenError);
    if (callback) this.once("listening", callback);
    nextTick(() => this.emit("listening"));
    return this;
  },
  address() {
    return this._port === undefined ? null : { port: this._port, family: "IPv4", address: "127.0.0.1" };
  },
  close(callback) {
    if (this._port !== undefined) removeServer(this._port);
    this._port = undefined;
    if (typeof callback === "function") this.once("close", callback);
    nextTick(() => this.emit("close"));
    return this;
  },
  closeAllConnections() {},
  closeIdleConnections() {},
  getConnections(callback) {
    nextTick(callback, null, 0);
    return this;
  },
  setTimeout(msecs, callback) {
    this.timeout = msecs;
    if (callback) this.on("timeout", callback);
    return this;
  },
  ref() {
    return this;
  },
  unref() {
    return this;
  },
  [Symbol.asyncDispose]() {
    return new Promise((resolve) => this.close(() => resolve()));
  },
});

Object.defineProperty(Server.prototype, "listening", {
  get() {
    return this._port !== undefined;
  },
  configurable: true,
});

export function createServer(options, listener) {
  return new Server(options, listener);
}
