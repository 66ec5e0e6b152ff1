// Hibernatable WebSockets: what `ctx` and the handlers of an object see of them.
//
// The sockets belong to the object; an instance has a WebSocket for each that it has seen, which it keeps for as long as
// both live. An instance that is built later makes new ones.

import {
  op_socket_handled, op_sockets_accept, op_sockets_auto_response, op_sockets_handle, op_sockets_list,
  op_sockets_responded_at, op_sockets_set_auto_response, op_sockets_set_timeout, op_sockets_tags, op_sockets_timeout,
} from "holdfast:ops";
import { reportException } from "../web/report_error.js";
import { argumentError } from "../web/type_errors.js";
import { MathTrunc, NumberIsFinite } from "../web/primordials.js";
import { isWebSocket, socketFromHandle, socketHandle } from "../web/websocket/websocket.js";
import { isRequestResponsePair, makeRequestResponsePair } from "./request_response_pair.js";

const { apply } = Reflect;
const { then } = Promise.prototype;
const resolvePromise = Promise.resolve.bind(Promise);
const { isArray } = Array;

const NAME = "DurableObjectState";
const UNSIGNED_MAX = 0xffff_ffff;

/** What the host tells of, as in `web/websocket/websocket.js`. */
const TEXT = 0;
const BINARY = 1;
const CLOSE = 2;
const LOST = 3;

const ABNORMAL = 1006;

function checkSocket(value, method) {
  if (!isWebSocket(value)) throw argumentError(method, NAME, 1, "WebSocket");
  return socketHandle(value);
}

// An optional unsigned integer of 32 bits.
function toUnsigned(value) {
  if (value === undefined || value === null) return 0;
  const number = +value;
  if (!NumberIsFinite(number)) throw new TypeError("The value cannot be converted because it is not an integer.");
  const integer = MathTrunc(number);
  if (integer < 0) {
    throw new TypeError(
      "The value cannot be converted because it is negative and this API expects a positive number.",
    );
  }
  if (integer > UNSIGNED_MAX) {
    throw new TypeError(`Value out of range. Must be less than or equal to ${UNSIGNED_MAX}.`);
  }
  return integer;
}

/** The sockets of one instance. */
export class ObjectSockets {
  /** @type {Map<number, WebSocket>} by the host's numbers */
  #known = new Map();

  #get(number) {
    let socket = this.#known.get(number);
    if (socket === undefined) {
      socket = socketFromHandle(op_sockets_handle(number));
      this.#known.set(number, socket);
    }
    return socket;
  }

  accept(socket, tags) {
    const handle = checkSocket(socket, "acceptWebSocket");
    if (tags !== undefined && !isArray(tags)) throw argumentError("acceptWebSocket", NAME, 2, "Array");
    const list = [];
    if (tags !== undefined) for (let i = 0; i < tags.length; i++) list[i] = `${tags[i]}`;
    this.#known.set(op_sockets_accept(handle, list), socket);
  }

  list(tag) {
    const numbers = op_sockets_list(tag === undefined ? undefined : `${tag}`);
    const sockets = [];
    for (let i = 0; i < numbers.length; i++) sockets[i] = this.#get(numbers[i]);
    return sockets;
  }

  tags(socket) {
    return op_sockets_tags(checkSocket(socket, "getTags"));
  }

  setAutoResponse(pair) {
    if (pair === undefined) return op_sockets_set_auto_response(undefined, undefined);
    if (!isRequestResponsePair(pair)) {
      throw argumentError("setWebSocketAutoResponse", NAME, 1, "WebSocketRequestResponsePair");
    }
    const { request, response } = pair;
    return op_sockets_set_auto_response(request, response);
  }

  autoResponse() {
    const pair = op_sockets_auto_response();
    return pair === null ? null : makeRequestResponsePair(pair[0], pair[1]);
  }

  autoResponseTimestamp(socket) {
    const ms = op_sockets_responded_at(checkSocket(socket, "getWebSocketAutoResponseTimestamp"));
    return ms === null ? null : new Date(ms);
  }

  setEventTimeout(ms) {
    op_sockets_set_timeout(toUnsigned(ms));
  }

  eventTimeout() {
    return op_sockets_timeout();
  }

  /** Calls the handler for what a socket has received, and tells the host when that is done. */
  deliver(reply, target, handlers, number, kind, a, b) {
    const socket = this.#get(number);
    const done = () => {
      if (kind >= CLOSE) this.#known.delete(number);
      op_socket_handled(reply);
    };
    const failed = (error) => {
      reportException(error);
      done();
    };
    let result;
    try {
      result = call(target, handlers, socket, kind, a, b);
    } catch (error) {
      failed(error);
      return;
    }
    if ((typeof result !== "object" && typeof result !== "function") || result === null) {
      done();
      return;
    }
    try {
      apply(then, resolvePromise(result), [done, failed]);
    } catch (error) {
      failed(error);
    }
  }
}

// A handler that is not there takes no notice.
function call(target, handlers, socket, kind, a, b) {
  switch (kind) {
    case TEXT:
    case BINARY:
      return handlers.message === undefined ? undefined : apply(handlers.message, target, [socket, a]);
    case CLOSE:
      return handlers.close === undefined ? undefined : apply(handlers.close, target, [socket, a, b, true]);
    case LOST: {
      if (handlers.close === undefined) return undefined;
      const reason = "WebSocket disconnected without sending Close frame.";
      return apply(handlers.close, target, [socket, ABNORMAL, reason, false]);
    }
    default:
      return handlers.error === undefined ? undefined : apply(handlers.error, target, [socket, new Error(a)]);
  }
}

/** The handlers of an object as they are when it is built. */
export function socketHandlers(target) {
  const handler = (name) => {
    const value = target[name];
    return typeof value === "function" ? value : undefined;
  };
  return {
    message: handler("webSocketMessage"),
    close: handler("webSocketClose"),
    error: handler("webSocketError"),
  };
}
