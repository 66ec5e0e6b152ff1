// WebSocket and WebSocketPair (https://websockets.spec.whatwg.org), with the members of Workers: `accept()`,
// `serializeAttachment()`, `deserializeAttachment()`.
//
// The state is the host's: see HostSocket in src/websocket. A socket whose events go to listeners has a callback that
// the host calls once for each, in a turn of its own.
//
// For the code that moves sockets between JavaScript and the host:
// - socketFromHandle(handle) → WebSocket: a connection that came from elsewhere.
// - socketHandle(socket) → its handle.
// - configure(flags): told once, before the program is loaded.

import {
  op_websocket_about, op_websocket_accept, op_websocket_attach, op_websocket_attachment, op_websocket_close,
  op_websocket_connect, op_websocket_fail, op_websocket_pair, op_websocket_send, op_websocket_state,
} from "holdfast:ops";
import { Blob } from "../blob.js";
import { checkClonable, refuseToClone } from "../clonable.js";
import { CloseEvent } from "../close_event.js";
import { ErrorEvent } from "../error_event.js";
import { Event } from "../event.js";
import { dispatchTrusted, EventTarget } from "../event_target.js";
import { MessageEvent } from "../message_event.js";
import { ArrayBufferIsView, SymbolIterator } from "../primordials.js";
import { reportException } from "../report_error.js";
import { setWebSocketClass } from "../response.js";
import { argumentError, constructorArgumentError } from "../type_errors.js";
import { defineInterface, isArrayBuffer, isObject } from "../webidl.js";
import { closeArguments, connectProtocols, connectUrl } from "./arguments.js";
import { serializedBytes } from "./attachment.js";

const FROM_HOST = Symbol("host");

/** Largest attachment, in bytes. */
const ATTACHMENT_BYTES_MAX = 16_384;

/** What the host's callback is told. */
const TEXT = 0;
const BINARY = 1;
const CLOSE = 2;
const LOST = 3;
const FAILED = 4;
const OPEN = 5;
const REFUSED = 6;

const ABNORMAL = 1006;

/** What follows from the program's compatibility date and flags. */
const compat = { binaryType: "blob", halfOpen: false, reasonLimited: true };

/**
 * @param {boolean} blobs binary messages arrive as Blob unless the program says otherwise
 * @param {boolean} halfOpen a close frame is left to the program to answer
 * @param {boolean} reasonLimited the reason of close() must fit into a frame
 */
export function configure(blobs, halfOpen, reasonLimited) {
  compat.binaryType = blobs ? "blob" : "arraybuffer";
  compat.halfOpen = halfOpen;
  compat.reasonLimited = reasonLimited;
}

let isWebSocket, handleOf;

export class WebSocket extends EventTarget {
  #handle;
  #binaryType = compat.binaryType;

  constructor(url, protocols = undefined) {
    super();
    if (url === FROM_HOST) {
      this.#handle = protocols;
      return;
    }
    if (arguments.length === 0) throw constructorArgumentError("WebSocket", 1, "string");
    const target = connectUrl(`${url}`);
    const wanted = connectProtocols(protocols);
    this.#handle = op_websocket_connect(target, wanted, (kind, a, b) => this.#receive(kind, a, b), compat.halfOpen);
  }

  accept(options = undefined) {
    if (options !== undefined && options !== null && !isObject(options)) {
      throw argumentError("accept", "WebSocket", 1, "AcceptOptions");
    }
    const halfOpen = options?.allowHalfOpen;
    op_websocket_accept(this.#handle, halfOpen === undefined ? compat.halfOpen : !!halfOpen, (kind, a, b) =>
      this.#receive(kind, a, b),
    );
  }

  send(message) {
    if (arguments.length === 0) {
      throw argumentError("send", "WebSocket", 1, "ArrayBuffer or ArrayBufferView or string");
    }
    const data = ArrayBufferIsView(message) || isArrayBuffer(message) ? message : `${message}`;
    op_websocket_send(this.#handle, data);
  }

  close(code = undefined, reason = undefined) {
    const sent = closeArguments(code, reason, compat.reasonLimited);
    op_websocket_close(this.#handle, sent.code, sent.reason);
  }

  serializeAttachment(attachment) {
    if (arguments.length === 0) throw argumentError("serializeAttachment", "WebSocket", 1, "Value");
    checkClonable(attachment);
    const bytes = serializedBytes(attachment);
    if (bytes > ATTACHMENT_BYTES_MAX) {
      throw new Error(
        `A WebSocket 'attachment' cannot be larger than ${ATTACHMENT_BYTES_MAX} bytes.'attachment' was ${bytes} bytes.`,
      );
    }
    op_websocket_attach(this.#handle, attachment);
  }

  deserializeAttachment() {
    return op_websocket_attachment(this.#handle);
  }

  get readyState() {
    return op_websocket_state(this.#handle);
  }

  get url() {
    return op_websocket_about(this.#handle)[0];
  }

  get protocol() {
    return op_websocket_about(this.#handle)[1];
  }

  get extensions() {
    return op_websocket_about(this.#handle)[2];
  }

  get binaryType() {
    return this.#binaryType;
  }

  set binaryType(value) {
    this.#binaryType;
    const type = `${value}`;
    if (type === "blob" || type === "arraybuffer") this.#binaryType = type;
  }

  #receive(kind, a, b) {
    try {
      switch (kind) {
        case TEXT:
          return this.#message(a);
        case BINARY:
          return this.#message(this.#binaryType === "blob" ? new Blob([a]) : a);
        case CLOSE:
          return this.#close(a, b, true);
        case LOST:
          return this.#close(ABNORMAL, "WebSocket disconnected without sending Close frame.", false);
        case FAILED:
          return this.#error(new Error(a));
        case OPEN:
          dispatchTrusted(this, new Event("open"));
          return;
        case REFUSED:
          this.#error(new Error(a));
          return this.#close(ABNORMAL, "Failed to establish websocket connection", false);
      }
    } catch (error) {
      // What a listener throws ends the connection, and the other side learns no more than that.
      op_websocket_fail(this.#handle);
      try {
        this.#error(error);
      } catch (another) {
        reportException(another);
      }
    }
  }

  #message(data) {
    dispatchTrusted(this, new MessageEvent("message", { data }));
  }

  #close(code, reason, wasClean) {
    dispatchTrusted(this, new CloseEvent("close", { code, reason, wasClean }));
  }

  #error(error) {
    let message;
    try {
      message = `Uncaught ${error}`;
    } catch {
      message = "Uncaught (an error that cannot be read)";
    }
    dispatchTrusted(this, new ErrorEvent("error", { message, error }));
  }

  static {
    isWebSocket = (value) => typeof value === "object" && value !== null && #handle in value;
    handleOf = (socket) => socket.#handle;
  }
}

const STATES = ["CONNECTING", "OPEN", "CLOSING", "CLOSED"];
const constants = {};
for (let i = 0; i < STATES.length; i++) {
  constants[`READY_STATE_${STATES[i]}`] = i;
  constants[STATES[i]] = i;
}
defineInterface(WebSocket, { constants });
refuseToClone(WebSocket);

export function socketFromHandle(handle) {
  return new WebSocket(FROM_HOST, handle);
}

export { isWebSocket, handleOf as socketHandle };

/** An object with the two ends as properties "0" and "1". */
export class WebSocketPair {
  #ends;

  constructor() {
    const { 0: left, 1: right } = op_websocket_pair();
    this.#ends = [socketFromHandle(left), socketFromHandle(right)];
    for (let i = 0; i < 2; i++) {
      Object.defineProperty(this, i, { value: this.#ends[i], enumerable: true, configurable: true });
    }
  }

  [SymbolIterator]() {
    return ends(this.#ends);
  }
}

function* ends([left, right]) {
  yield left;
  yield right;
}

defineInterface(WebSocketPair, { enumerable: [] });
refuseToClone(WebSocketPair);

setWebSocketClass(isWebSocket, socketFromHandle);
