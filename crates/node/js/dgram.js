// node:dgram. As in workerd a socket can be made and asked for anything, and nothing is sent or received.

import { EventEmitter } from "./events.js";
import { ERR_INVALID_ARG_TYPE } from "./internal/errors.js";
import { validateFunction } from "./internal/validators.js";

class Socket extends EventEmitter {
  constructor(type, listener) {
    super();
    const name = typeof type === "object" && type !== null ? type.type : type;
    if (typeof name !== "string") throw new ERR_INVALID_ARG_TYPE("type", "object", type);
    if (listener !== undefined) {
      validateFunction(listener, "listener");
      this.on("message", listener);
    }
  }

  address() {
    return {};
  }

  remoteAddress() {
    return {};
  }

  async [Symbol.asyncDispose]() {
    this.close();
  }
}

// What gives nothing, a number, or the socket.
const NOTHING = [
  "connect", "disconnect", "sendto", "send", "setBroadcast", "setTTL", "setMulticastTTL", "setMulticastLoopback",
  "setMulticastInterface", "addMembership", "dropMembership", "addSourceSpecificMembership",
  "dropSourceSpecificMembership", "setRecvBufferSize", "setSendBufferSize",
];
const NUMBERS = ["getRecvBufferSize", "getSendBufferSize", "getSendQueueSize", "getSendQueueCount"];
const CHAINED = ["bind", "close", "ref", "unref"];

function define(names, answer) {
  for (const name of names) {
    const { [name]: value } = {
      [name]() {
        return answer(this);
      },
    };
    Object.defineProperty(Socket.prototype, name, { value, writable: true, configurable: true });
  }
}
define(NOTHING, () => undefined);
define(NUMBERS, () => 0);
define(CHAINED, (socket) => socket);

function createSocket(type, listener) {
  return new Socket(type, listener);
}

export { createSocket, Socket };
export default { Socket, createSocket };
