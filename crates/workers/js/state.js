// DurableObjectState: the `ctx` of an object.

import { op_abort, op_section } from "holdfast:ops";
import { argumentError } from "../web/type_errors.js";
import { refuseToClone } from "../web/clonable.js";
import { defineInterface, illegalConstructor, internalToken } from "../web/webidl.js";
import { waitUntil } from "./execution_context.js";
import { currentExports } from "./exports.js";
import { makeFacets } from "./facets.js";
import { hasExports } from "./flags.js";
import { ObjectSockets } from "./sockets.js";
import { createStorage } from "./storage/index.js";

const { defineProperty } = Object;
const NAME = "DurableObjectState";

let isState, socketsOf;

/** A critical section whose failure breaks the object. */
const BREAKS = true;

export class DurableObjectState {
  #brand;
  #sockets = new ObjectSockets();

  constructor(token, id, storage, facets, props) {
    if (token !== internalToken) throw illegalConstructor();
    const own = (name, value) => defineProperty(this, name, { __proto__: null, value, enumerable: true, configurable: true, writable: true });
    own("id", id);
    own("storage", createStorage(storage, (callback) => op_section(callback, !BREAKS)));
    own("facets", makeFacets(facets));
    own("props", props);
    if (hasExports()) defineProperty(this, "exports", { __proto__: null, get: currentExports, enumerable: true, configurable: true });
    // Present and undefined, as for every object without a container.
    own("container", undefined);
  }

  waitUntil(promise) {
    if (arguments.length === 0) throw argumentError("waitUntil", NAME, 1, "Promise");
    waitUntil(promise);
  }

  blockConcurrencyWhile(callback) {
    if (typeof callback !== "function") {
      return Promise.reject(argumentError("blockConcurrencyWhile", NAME, 1, "function"));
    }
    return op_section(callback, BREAKS);
  }

  abort(reason = undefined, options = undefined) {
    const text = reason === undefined ? undefined : `${reason}`;
    const retryAlarm = options?.retryAlarm;
    op_abort(text, retryAlarm === undefined || !!retryAlarm);
  }

  acceptWebSocket(socket, tags = undefined) {
    this.#sockets.accept(socket, tags);
  }

  getWebSockets(tag = undefined) {
    return this.#sockets.list(tag);
  }

  setWebSocketAutoResponse(pair = undefined) {
    this.#sockets.setAutoResponse(pair);
  }

  getWebSocketAutoResponse() {
    return this.#sockets.autoResponse();
  }

  getWebSocketAutoResponseTimestamp(socket) {
    return this.#sockets.autoResponseTimestamp(socket);
  }

  setHibernatableWebSocketEventTimeout(ms = undefined) {
    this.#sockets.setEventTimeout(ms);
  }

  getHibernatableWebSocketEventTimeout() {
    return this.#sockets.eventTimeout();
  }

  getTags(socket) {
    return this.#sockets.tags(socket);
  }

  static {
    socketsOf = (state) => state.#sockets;
    isState = (value) => typeof value === "object" && value !== null && #brand in value;
  }
}

defineInterface(DurableObjectState);
refuseToClone(DurableObjectState);

export { isState, socketsOf };

/**
 * @param storage the host object around its StorageHandle
 * @param facets the host object that knows whose facets it has
 */
export function makeState(id, storage, facets, props) {
  return new DurableObjectState(internalToken, id, storage, facets, props);
}
