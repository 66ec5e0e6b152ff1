// node:_stream_wrap: a stream as a socket, for TLS over streams, which there is not.

import { ERR_METHOD_NOT_IMPLEMENTED } from "./internal/errors.js";
import { Socket } from "./internal/net/socket.js";

export default class JSStreamSocket extends Socket {
  constructor(stream) {
    super();
    this.stream = stream;
  }

  isClosing() {
    return !this.readable || !this.writable;
  }

  readStart() {
    throw new ERR_METHOD_NOT_IMPLEMENTED("JSStreamSocket.readStart");
  }

  readStop() {
    throw new ERR_METHOD_NOT_IMPLEMENTED("JSStreamSocket.readStop");
  }

  doShutdown() {
    throw new ERR_METHOD_NOT_IMPLEMENTED("JSStreamSocket.doShutdown");
  }

  doClose() {
    throw new ERR_METHOD_NOT_IMPLEMENTED("JSStreamSocket.doClose");
  }
}
