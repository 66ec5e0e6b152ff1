// net.Socket, over connect() of `cloudflare:sockets`.

import { connect as openConnection } from "holdfast:web/socket";
import { Buffer } from "../../buffer.js";
import { ERR_MISSING_ARGS, ERR_OPTION_NOT_IMPLEMENTED } from "../errors.js";
import { validateFunction, validatePort } from "../validators.js";
import { Duplex } from "../streams/duplex.js";
import { inherit } from "../streams/legacy.js";
import { nextTick } from "../process/next_tick.js";
import { isIP } from "./addresses.js";
import { defineAccessors } from "../streams/accessors.js";

const { setTimeout, clearTimeout } = globalThis;

export function Socket(options) {
  if (!(this instanceof Socket)) return new Socket(options);
  if (typeof options === "number") options = { fd: options };
  Duplex.call(this, { ...options, allowHalfOpen: Boolean(options?.allowHalfOpen), emitClose: false, autoDestroy: true });
  this.connecting = false;
  this._hadError = false;
  this._host = null;
  this._port = undefined;
  this._timer = undefined;
  /** The Socket of the Web, its reader and its writer, while there is a connection */
  this._connection = null;
  this._reader = null;
  this._writer = null;
  /** What waits for the connection */
  this._whenConnected = [];
  this._isHandedOver = false;
  this._bytesRead = 0;
  this._bytesWritten = 0;
}
inherit(Socket, Duplex);

function notConnected() {
  const error = new Error("This socket is not connected.");
  error.code = "ENOTCONN";
  return error;
}

Object.assign(Socket.prototype, {
  connect(...args) {
    const [options, callback] = _normalizeArgs(args.length === 1 && Array.isArray(args[0]) ? args[0] : args);
    if (options.path !== undefined) throw new ERR_OPTION_NOT_IMPLEMENTED("options.path");
    if (options.port === undefined) throw new ERR_MISSING_ARGS(["options", "port", "path"]);
    const port = validatePort(options.port);
    if (callback) this.once("connect", callback);
    this.connecting = true;
    this._host = options.host ?? "localhost";
    this._port = port;
    this._open(openConnection({ hostname: this._host, port }, this._transport()));
    return this;
  },
  _transport() {
    return { allowHalfOpen: true, secureTransport: "starttls" };
  },
  // Gives the connection to a TLSSocket; this one hears nothing of it any more.
  _handOver() {
    const connection = this._connection;
    this._connection = null;
    this._isHandedOver = true;
    return connection;
  },
  async _open(connection) {
    this._connection = connection;
    try {
      await connection.opened;
    } catch (error) {
      this.destroy(error);
      return;
    }
    if (this.destroyed) return;
    this.connecting = false;
    this._reader = connection.readable.getReader();
    this._writer = connection.writable.getWriter();
    this._touch();
    this.emit("connect");
    this.emit("ready");
    for (const act of this._whenConnected.splice(0)) act();
  },
  // Runs `act` when there is a connection, which may be now.
  _connected(act, otherwise) {
    if (this._writer !== null) act();
    else if (this.connecting) this._whenConnected.push(act);
    else otherwise();
  },
  _read() {
    this._connected(
      async () => {
        try {
          const { value, done } = await this._reader.read();
          if (this._isHandedOver) return;
          this._touch();
          if (done) {
            this.push(null);
            return;
          }
          this._bytesRead += value.length;
          this.push(Buffer.from(value.buffer, value.byteOffset, value.byteLength));
        } catch (error) {
          if (!this._isHandedOver && !this.destroyed) this.destroy(error);
        }
      },
      () => this.once("connect", () => this._read()),
    );
  },
  _write(chunk, _encoding, callback) {
    this._connected(
      () => {
        this._bytesWritten += chunk.length;
        this._touch();
        this._writer.write(chunk).then(
          () => callback(),
          (error) => callback(error),
        );
      },
      () => callback(notConnected()),
    );
  },
  _final(callback) {
    this._connected(
      () =>
        this._writer.close().then(
          () => callback(),
          () => callback(),
        ),
      callback,
    );
  },
  _destroy(error, callback) {
    this.connecting = false;
    this._hadError = Boolean(error);
    clearTimeout(this._timer);
    this._whenConnected = [];
    this._connection?.close();
    callback(error);
    nextTick(() => this.emit("close", this._hadError));
  },
  // Something happened: the time without begins anew.
  _touch() {
    if (!this.timeout) return;
    clearTimeout(this._timer);
    this._timer = setTimeout(() => this.emit("timeout"), this.timeout);
  },
  setTimeout(msecs, callback) {
    clearTimeout(this._timer);
    this.timeout = msecs;
    if (callback !== undefined) {
      validateFunction(callback, "callback");
      if (msecs === 0) this.removeListener("timeout", callback);
      else this.once("timeout", callback);
    }
    if (msecs > 0) this._timer = setTimeout(() => this.emit("timeout"), msecs);
    return this;
  },
  address() {
    return this._writer === null ? {} : { address: this.localAddress, port: this.localPort, family: this.localFamily };
  },
  setNoDelay() {
    return this;
  },
  setKeepAlive() {
    return this;
  },
  ref() {
    return this;
  },
  unref() {
    return this;
  },
  destroySoon() {
    if (this.writable) this.end();
    if (this.writableFinished) this.destroy();
    else this.once("finish", this.destroy);
  },
  resetAndDestroy() {
    return this.destroy();
  },
});

defineAccessors(Socket.prototype, {
  pending: (socket) => socket._writer === null,
  readyState: (socket) => {
    if (socket.connecting) return "opening";
    if (socket.readable && socket.writable) return "open";
    if (socket.readable) return "readOnly";
    return socket.writable ? "writeOnly" : "closed";
  },
  bufferSize: (socket) => socket.writableLength,
  bytesRead: (socket) => socket._bytesRead,
  bytesWritten: (socket) => socket._bytesWritten,
  remoteAddress: (socket) => (socket._writer === null ? undefined : socket._host),
  remoteFamily: (socket) => (socket._writer === null ? undefined : isIP(socket._host) === 6 ? "IPv6" : "IPv4"),
  remotePort: (socket) => (socket._writer === null ? undefined : socket._port),
  // Nobody is told of this side.
  localAddress: (socket) => (socket._writer === null ? undefined : "0.0.0.0"),
  localPort: (socket) => (socket._writer === null ? undefined : 0),
  localFamily: (socket) => (socket._writer === null ? undefined : "IPv4"),
});

/** `(options, callback?)`, `(path, callback?)` or `(port, host?, callback?)` as [options, callback]. */
export function _normalizeArgs(args) {
  if (args.length === 0) return [{}, null];
  const [first] = args;
  let options = {};
  if (typeof first === "object" && first !== null) {
    options = first;
  } else if (typeof first === "string" && !(Number(first) >= 0)) {
    options.path = first;
  } else {
    options.port = first;
    if (args.length > 1 && typeof args[1] === "string") options.host = args[1];
  }
  const last = args.at(-1);
  return [options, typeof last === "function" ? last : null];
}

/** `net.connect` and `net.createConnection`. */
export function connect(...args) {
  const [options, callback] = _normalizeArgs(args);
  const socket = new Socket(options);
  if (options.timeout) socket.setTimeout(options.timeout);
  return callback ? socket.connect(options, callback) : socket.connect(options);
}
