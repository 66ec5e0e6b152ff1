// http.ServerResponse: what a server answers, as a Response of the Web.

import { Buffer } from "../../buffer.js";
import { ERR_OUT_OF_RANGE } from "../errors.js";
import { ConnResetException, ERR_HTTP_HEADERS_SENT, ERR_INVALID_CHAR } from "../errors_areas.js";
import { inherit } from "../streams/legacy.js";
import { unsupported } from "../unsupported.js";
import { OutgoingMessage, takeHeaders, webHeaders } from "./outgoing.js";
import { hasInvalidCharacter, STATUS_CODES } from "./tokens.js";

const { ReadableStream, Response } = globalThis;
const WITHOUT_BODY = new Set([101, 204, 205, 304]);

export function ServerResponse(req, options) {
  if (!(this instanceof ServerResponse)) return new ServerResponse(req, options);
  OutgoingMessage.call(this, options);
  this.req = req;
  this.statusCode = 200;
  this.statusMessage = undefined;
  this._sent100 = false;
  this._hasBody = req?.method !== "HEAD";
  /** Who waits for the answer: {resolve, reject} */
  this._receiver = null;
  this._controller = null;
  this._onRoom = null;
  /** Set when the whole body comes with the end */
  this._knownLength = undefined;
}
inherit(ServerResponse, OutgoingMessage);

// Interim answers, and sockets.
for (const name of ["assignSocket", "detachSocket", "writeContinue", "writeProcessing", "writeEarlyHints"]) {
  ServerResponse.prototype[name] = unsupported(name);
}

Object.assign(ServerResponse.prototype, {
  _implicitHeader() {
    this.writeHead(this.statusCode);
  },
  writeHead(statusCode, reason, headers) {
    if (this._header) throw new ERR_HTTP_HEADERS_SENT("write");
    const status = statusCode | 0;
    if (status < 100 || status > 999) throw new ERR_OUT_OF_RANGE("statusCode", ">= 100 && <= 999", statusCode);
    if (typeof reason === "string") {
      this.statusMessage = reason;
    } else {
      this.statusMessage ??= STATUS_CODES[status] ?? "unknown";
      headers ??= reason;
    }
    if (hasInvalidCharacter(this.statusMessage)) throw new ERR_INVALID_CHAR("statusMessage");
    this.statusCode = status;
    takeHeaders(this, headers);
    this._header = `HTTP/1.1 ${status} ${this.statusMessage}\r\n`;
    return this;
  },
  write(chunk, encoding, callback) {
    if (!this._header) this._implicitHeader();
    return OutgoingMessage.prototype.write.call(this, chunk, encoding, callback);
  },
  end(chunk, encoding, callback) {
    if (!this.writableEnded && !this._header) {
      if (typeof chunk === "function") {
        callback = chunk;
        chunk = encoding = undefined;
      }
      const { length } = this._writableState;
      // Nothing was written before: the length is known.
      if (length === 0 && !this.hasHeader("content-length") && !this.hasHeader("transfer-encoding")) {
        const size = chunk === undefined || chunk === null ? 0 : sizeOf(chunk, encoding);
        if (size !== undefined && !WITHOUT_BODY.has(this.statusCode)) this._knownLength = size;
      }
      this._implicitHeader();
    }
    return OutgoingMessage.prototype.end.call(this, chunk, encoding, callback);
  },
  flushHeaders() {
    if (!this._header) this._implicitHeader();
    this._answer();
  },
  _write(chunk, _encoding, callback) {
    this._answer();
    if (!this._hasBody || this._controller === null || chunk.length === 0) {
      callback();
      return;
    }
    // The reader gets bytes of its own.
    this._controller.enqueue(new Uint8Array(chunk));
    if (this._controller.desiredSize > 0) callback();
    else this._onRoom = callback;
  },
  _final(callback) {
    this._answer();
    const controller = this._controller;
    this._controller = null;
    controller?.close();
    callback();
  },
  _destroy(error, callback) {
    const failure = error ?? new ConnResetException("aborted");
    if (this._receiver !== null) {
      this._receiver.reject(failure);
      this._receiver = null;
    }
    const controller = this._controller;
    this._controller = null;
    if (!this.writableFinished) controller?.error(failure);
    const onRoom = this._onRoom;
    this._onRoom = null;
    onRoom?.(failure);
    callback(error);
  },
  // Gives the answer to whoever waits for it, once.
  _answer() {
    if (this._receiver === null) return;
    const { resolve } = this._receiver;
    this._receiver = null;
    const headers = webHeaders(this);
    if (!headers.has("connection")) headers.set("connection", "keep-alive");
    const hasBody = this._hasBody && !WITHOUT_BODY.has(this.statusCode);
    if (hasBody && !headers.has("content-length") && !headers.has("transfer-encoding")) {
      if (this._knownLength !== undefined) headers.set("content-length", String(this._knownLength));
      else headers.set("transfer-encoding", "chunked");
    }
    const init = { status: this.statusCode, statusText: this.statusMessage, headers };
    resolve(new Response(hasBody ? this._bodyStream() : null, init));
  },
  _bodyStream() {
    return new ReadableStream(
      {
        start: (controller) => {
          this._controller = controller;
        },
        pull: () => {
          const callback = this._onRoom;
          this._onRoom = null;
          callback?.();
        },
        cancel: (reason) => {
          this._controller = null;
          this.destroy(reason instanceof Error ? reason : undefined);
        },
      },
      { highWaterMark: this.writableHighWaterMark, size: (chunk) => chunk.byteLength },
    );
  },
});
ServerResponse.prototype.writeHeader = ServerResponse.prototype.writeHead;

function sizeOf(chunk, encoding) {
  if (typeof chunk === "string") return Buffer.byteLength(chunk, typeof encoding === "string" ? encoding : "utf8");
  return ArrayBuffer.isView(chunk) ? chunk.byteLength : undefined;
}

/** A promise of the Response that the program makes of `response`. */
export function answerOf(response) {
  return new Promise((resolve, reject) => {
    response._receiver = { resolve, reject };
  });
}
