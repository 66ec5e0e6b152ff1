// TCP sockets as Workers have them (https://developers.cloudflare.com/workers/runtime-apis/tcp-sockets/).

import { op_tcp_close, op_tcp_connect, op_tcp_read, op_tcp_shutdown, op_tcp_start_tls, op_tcp_write } from "holdfast:ops";
import { ArrayBufferIsView, PromisePrototypeThen } from "./primordials.js";
import { createReadableByteStream, createWritableStream, failStream } from "./streams/index.js";
import { Deferred, markHandled } from "./streams/promises.js";
import { TextEncoder } from "./encoding.js";
import { argumentError } from "./type_errors.js";
import { defineInterface, dictionary, enforceRange, illegalConstructor, internalToken, isArrayBuffer, isObject, toBoolean } from "./webidl.js";

const encoder = new TextEncoder();

function closing() {
  return new TypeError("This WritableStream belongs to an object that is closing.");
}

/** A connection on its way through the Web's streams: what is behind a Socket. */
class Connection {
  readable;
  writable;
  opened = new Deferred();
  closed = new Deferred();
  /** "off", "on" or "starttls" */
  secureTransport;
  #address;
  #hostname;
  #allowHalfOpen;
  #highWaterMark;
  /** Promise of the handle; rejected if there is no connection */
  #handle;
  #isOver = false;
  #hasUpgraded = false;

  constructor(target, options, handle) {
    this.#hostname = target.hostname;
    this.#address = target.address;
    this.#allowHalfOpen = options.allowHalfOpen;
    this.#highWaterMark = options.highWaterMark;
    this.secureTransport = options.secureTransport;
    this.#handle = handle;
    markHandled(this.opened.promise);
    markHandled(this.closed.promise);
    this.readable = createReadableByteStream({
      pull: () => this.#read(),
      cancel: () => this.#readerLeft(),
    });
    this.writable = createWritableStream({
      write: (chunk) => this.#write(chunk),
      close: () => this.#end(),
      abort: (reason) => this.#abort(reason),
      highWaterMark: this.#highWaterMark ?? 1,
    });
    PromisePrototypeThen(
      handle,
      () => this.opened.resolve({ remoteAddress: this.#address, localAddress: undefined }),
      (error) => this.#fail(error),
    );
  }

  get hasUpgraded() {
    return this.#hasUpgraded;
  }

  #fail(error) {
    this.opened.reject(error);
    if (this.#isOver) return;
    this.#isOver = true;
    this.closed.reject(error);
    failStream(this.writable, error);
  }

  async #read() {
    const handle = await this.#handle;
    if (this.#isOver) return null;
    let chunk;
    try {
      chunk = await op_tcp_read(handle);
    } catch (error) {
      this.#lost(handle, error);
      throw error;
    }
    if (chunk !== null) return chunk;
    // The other side has ended. Unless half of a connection is wanted, that is the end of both.
    if (!this.#allowHalfOpen) await this.#close(new TypeError("This WritableStream has been closed."));
    return null;
  }

  #lost(handle, error) {
    op_tcp_close(handle);
    this.#fail(error);
  }

  async #readerLeft() {
    if (!this.#allowHalfOpen) await this.#close(closing());
  }

  async #write(chunk) {
    const bytes = typeof chunk === "string" ? encoder.encode(chunk) : chunk;
    if (!isArrayBuffer(bytes) && !ArrayBufferIsView(bytes)) {
      throw new TypeError(
        "This TransformStream is being used as a byte stream, but received an object of " +
          "non-ArrayBuffer/ArrayBufferView type on its writable side.",
      );
    }
    const handle = await this.#handle;
    try {
      await op_tcp_write(handle, bytes);
    } catch (error) {
      this.#lost(handle, error);
      throw error;
    }
  }

  async #end() {
    const handle = await this.#handle;
    await op_tcp_shutdown(handle);
  }

  async #abort() {
    await this.#close(closing());
  }

  /** Ends both sides. What was written before is sent. */
  async close() {
    if (this.#isOver) return;
    await this.#close(closing(), new Error("Stream was cancelled."));
  }

  // `writeError` is for those who write later, `readError` for those who read, if they have not come to an end.
  async #close(writeError, readError) {
    if (this.#isOver) return;
    this.#isOver = true;
    if (readError !== undefined) failStream(this.readable, readError);
    try {
      const handle = await this.#handle;
      await op_tcp_shutdown(handle);
      op_tcp_close(handle);
    } catch {
      // There is nothing to close.
    }
    this.closed.resolve(undefined);
    failStream(this.writable, writeError);
  }

  /** The connection with TLS from now on; this one is over. */
  startTls(hostname) {
    if (this.#hasUpgraded) {
      throw new TypeError("startTls has already been called on this socket, or the socket was transferred over RPC.");
    }
    if (this.secureTransport === "on") throw new TypeError("Cannot startTls on a TLS socket.");
    if (this.secureTransport !== "starttls") {
      throw new TypeError("The `secureTransport` socket option must be set to 'starttls' for startTls to be used.");
    }
    this.#hasUpgraded = true;
    this.#isOver = true;
    const name = hostname ?? this.#hostname;
    const secured = PromisePrototypeThen(this.#handle, (handle) => op_tcp_start_tls(handle, name));
    this.closed.resolve(undefined);
    failStream(this.writable, new TypeError("This WritableStream has been closed."));
    return new Connection(
      { hostname: this.#hostname, address: this.#address },
      { secureTransport: "on", allowHalfOpen: this.#allowHalfOpen, highWaterMark: this.#highWaterMark },
      secured,
    );
  }
}

export class Socket {
  #connection;
  #upgraded = false;

  constructor() {
    if (arguments[0] !== internalToken) throw illegalConstructor();
    this.#connection = arguments[1];
  }

  get readable() {
    return this.#connection.readable;
  }

  get writable() {
    return this.#connection.writable;
  }

  get closed() {
    return this.#connection.closed.promise;
  }

  get opened() {
    return this.#connection.opened.promise;
  }

  get upgraded() {
    return this.#upgraded;
  }

  get secureTransport() {
    return this.#connection.secureTransport;
  }

  close() {
    return this.#connection.close();
  }

  /** @param {{expectedServerHostname?: string}} [options] */
  startTls(options = undefined) {
    const hostname = options?.expectedServerHostname;
    return new Socket(internalToken, this.#connection.startTls(hostname === undefined ? undefined : `${hostname}`));
  }
}
defineInterface(Socket);

// --- arguments -----------------------------------------------------------------------------------

function unparsable() {
  return new TypeError("Specified address could not be parsed.");
}

// "host:port", or { hostname, port }
function targetOf(address) {
  if (isObject(address)) {
    const { hostname, port } = address;
    const name = `${hostname}`;
    if (+port > 65535) throw new TypeError("Value out of range. Must be less than or equal to 65535.");
    return { hostname: name, port: enforceRange(port, "unsigned short"), address: `${name}:${port}` };
  }
  const text = `${address}`;
  const match = /^(?:\[([0-9a-fA-F:.%]+)\]|([^:/]*)):([^/]*)$/.exec(text);
  if (match === null) throw new TypeError("Specified address is missing port.");
  const hostname = match[1] ?? match[2];
  const isPort = /^\d{1,5}$/.test(match[3]) && +match[3] <= 65535;
  if (!isPort || hostname === "" || /\s/.test(hostname)) throw unparsable();
  return { hostname, port: +match[3], address: text };
}

const OPTIONS = {
  allowHalfOpen: toBoolean,
  highWaterMark: (value) => enforceRange(value, "unsigned long long"),
  secureTransport: (value) => `${value}`,
};

function optionsOf(value) {
  const options = dictionary(value, OPTIONS, () => argumentError("connect", "SocketsModule", 2, "SocketOptions"));
  const { secureTransport = "off", allowHalfOpen = false, highWaterMark } = options;
  if (!["off", "on", "starttls"].includes(secureTransport)) {
    throw new TypeError(`Unsupported value in secureTransport socket option: ${secureTransport}`);
  }
  return { secureTransport, allowHalfOpen, highWaterMark };
}

/** Opens a connection: the function `connect` of `cloudflare:sockets`. */
export function connect(address, options = undefined) {
  const target = targetOf(address);
  const chosen = optionsOf(options);
  const handle = op_tcp_connect(target.hostname, target.port, chosen.secureTransport === "on");
  return new Socket(internalToken, new Connection(target, chosen, handle));
}
