// http.ClientRequest: a request that is sent by the platform's fetch() when it is ended.

import { Buffer } from "../../buffer.js";
import { ConnResetException, ERR_INVALID_HTTP_TOKEN, ERR_INVALID_PROTOCOL, ERR_UNESCAPED_CHARACTERS } from "../errors_areas.js";
import { ERR_INVALID_ARG_TYPE, ERR_OPTION_NOT_IMPLEMENTED } from "../errors.js";
import { inherit } from "../streams/legacy.js";
import { nextTick } from "../process/next_tick.js";
import { globalAgent } from "./agent.js";
import { IncomingMessage, takeMessage } from "./incoming.js";
import { OutgoingMessage, takeHeaders, webHeaders } from "./outgoing.js";
import { isToken } from "./tokens.js";

const { fetch, setTimeout, clearTimeout } = globalThis;

const NOT_IN_PATHS = /[^\u0021-\u00ff]/;
/** Options that would lead elsewhere than to fetch(). */
const NOT_HERE = ["lookup", "socketPath", "createConnection", "localAddress", "maxHeaderSize"];

export function ClientRequest(input, options, callback) {
  if (!(this instanceof ClientRequest)) return new ClientRequest(input, options, callback);
  // It lives until its answer was read, and not only until it was sent.
  OutgoingMessage.call(this, { autoDestroy: false });
  ({ options, callback } = normalize(input, options, callback));
  for (const name of NOT_HERE) {
    if (options[name] !== undefined && options[name] !== null) throw new ERR_OPTION_NOT_IMPLEMENTED(`options.${name}`);
  }

  this.agent = agentOf(options);
  const own = (options._defaultAgent || globalAgent).protocol;
  const expected = this.agent.protocol || own;
  const protocol = options.protocol || own;
  if (protocol !== expected) throw new ERR_INVALID_PROTOCOL(protocol, expected);
  const path = options.path ? String(options.path) : "/";
  if (NOT_IN_PATHS.test(path)) throw new ERR_UNESCAPED_CHARACTERS("Request path");
  const host = requireHost(options.hostname, "hostname") || requireHost(options.host, "host") || "localhost";
  const { method = "GET" } = options;
  if (typeof method !== "string") throw new ERR_INVALID_ARG_TYPE("options.method", "string", method);
  if (!isToken(method)) throw new ERR_INVALID_HTTP_TOKEN("Method", method);

  this.method = method.toUpperCase();
  this.path = path;
  this.host = host;
  this.protocol = protocol;
  const defaultPort = options.defaultPort || this.agent.defaultPort || 80;
  this.port = `${options.port || defaultPort}`;
  this.timeout = options.timeout;
  this.aborted = false;
  this.reusedSocket = false;
  this.res = null;
  this._chunks = [];
  this._abortController = new AbortController();

  takeHeaders(this, options.headers);
  if (options.setHost !== false && !this.hasHeader("host")) this.setHeader("Host", withPort(host, this.port, defaultPort));
  if (options.auth && !this.hasHeader("authorization")) {
    this.setHeader("Authorization", `Basic ${Buffer.from(options.auth).toString("base64")}`);
  }
  if (callback) this.once("response", callback);
  if (options.signal) {
    const { signal } = options;
    if (signal.aborted) nextTick(() => this.destroy(signal.reason));
    else signal.addEventListener("abort", () => this.destroy(signal.reason), { once: true });
  }
  if (this.timeout) this.setTimeout(this.timeout);
}
inherit(ClientRequest, OutgoingMessage);

// (url, options?, callback?) or (options, callback?)
function normalize(input, options, callback) {
  let target = {};
  if (typeof input === "string") input = new URL(input);
  if (input instanceof URL) {
    target = urlToOptions(input);
  } else {
    callback = options;
    options = input;
  }
  if (typeof options === "function") {
    callback = options;
    options = {};
  }
  return { options: { ...target, ...options }, callback };
}

function urlToOptions(url) {
  const { protocol, hostname, pathname, search, port, username, password } = url;
  const options = {
    protocol,
    hostname: hostname.startsWith("[") ? hostname.slice(1, -1) : hostname,
    path: `${pathname}${search}`,
  };
  if (port !== "") options.port = Number(port);
  if (username || password) options.auth = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return options;
}

function agentOf({ agent, _defaultAgent = globalAgent }) {
  if (agent === undefined || agent === null) return _defaultAgent;
  if (agent === false) return new _defaultAgent.constructor();
  if (typeof agent === "object" && typeof agent.addRequest !== "function") {
    throw new ERR_INVALID_ARG_TYPE("options.agent", ["Agent-like Object", "undefined", "false"], agent);
  }
  return agent;
}

function requireHost(host, name) {
  if (host !== undefined && host !== null && typeof host !== "string") {
    throw new ERR_INVALID_ARG_TYPE(`options.${name}`, ["string", "undefined", "null"], host);
  }
  return host;
}

/** The host as it stands in URLs, with the port unless that is the usual one. */
function withPort(host, port, usual) {
  const name = host.includes(":") && !host.startsWith("[") ? `[${host}]` : host;
  return Number(port) === Number(usual) ? name : `${name}:${port}`;
}

Object.assign(ClientRequest.prototype, {
  _write(chunk, _encoding, callback) {
    this._chunks.push(chunk);
    callback();
  },
  _final(callback) {
    this._implicitHeader();
    callback();
    this._send();
  },
  async _send() {
    const hasBody = this.method !== "GET" && this.method !== "HEAD" && this._chunks.length > 0;
    const headers = webHeaders(this);
    // These two are the connection's.
    headers.delete("host");
    headers.delete("content-length");
    try {
      const authority = withPort(this.host, this.port, this.protocol === "https:" ? 443 : 80);
      const response = await fetch(`${this.protocol}//${authority}${this.path}`, {
        method: this.method,
        headers,
        body: hasBody ? Buffer.concat(this._chunks) : undefined,
        redirect: "manual",
        signal: this._abortController.signal,
      });
      this._respond(response);
    } catch (error) {
      if (!this.destroyed) this.destroy(error);
    }
  },
  _respond(response) {
    this._chunks = [];
    this._clearTimer();
    const message = takeMessage(new IncomingMessage(), { headers: decodedHeaders(response.headers), body: response.body });
    message.statusCode = response.status;
    message.statusMessage = response.statusText;
    message.url = "";
    message.req = this;
    this.res = message;
    message.once("close", () => {
      if (!this.destroyed) this.destroy();
    });
    // What nobody reads must not hold the connection.
    if (!this.emit("response", message)) message._dump();
  },
  _destroy(error, callback) {
    this._clearTimer();
    this._abortController.abort(error ?? undefined);
    if (this.res) {
      if (!this.res.destroyed && !this.res.complete) this.res.destroy(error);
    } else if (!error) {
      error = new ConnResetException("socket hang up");
    }
    callback(error);
  },
  abort() {
    if (this.aborted) return;
    this.aborted = true;
    nextTick(() => this.emit("abort"));
    this.destroy();
  },
  onSocket() {},
  setNoDelay() {},
  setSocketKeepAlive() {},
  clearTimeout(callback) {
    this.setTimeout(0, callback);
  },
  setTimeout(msecs, callback) {
    this._clearTimer();
    if (callback && msecs > 0) this.once("timeout", callback);
    this.timeout = msecs;
    if (msecs > 0 && !this.res) this._timer = setTimeout(() => this.emit("timeout"), msecs);
    return this;
  },
  _clearTimer() {
    clearTimeout(this._timer);
    this._timer = undefined;
  },
});

// fetch() decodes these, so what a program reads is not encoded any more and must not be decoded twice.
const DECODED = new Set(["gzip", "br"]);

function decodedHeaders(headers) {
  if (!DECODED.has(headers.get("content-encoding"))) return headers;
  const decoded = new Headers(headers);
  decoded.delete("content-encoding");
  decoded.delete("content-length");
  return decoded;
}

export function request(input, options, callback) {
  return new ClientRequest(input, options, callback);
}

export function get(input, options, callback) {
  const made = request(input, options, callback);
  made.end();
  return made;
}
