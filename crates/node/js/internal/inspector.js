// What node:inspector and node:inspector/promises have in common.

import { EventEmitter } from "./events/emitter.js";
import { fails, idle } from "./missing.js";
import { notImplemented } from "./unsupported.js";

class StubSession extends EventEmitter {
  constructor() {
    super();
    throw notImplemented("Session");
  }

  connect() {
    throw notImplemented("Session.connect");
  }

  connectToMainThread() {
    throw notImplemented("Session.connectToMainThread");
  }

  disconnect() {
    throw notImplemented("Session.disconnect");
  }

  post(_method, _params, _callback) {
    throw notImplemented("Session.post");
  }
}

export const Session = StubSession;

/** The console of the inspector alone: nobody looks at it. */
export const console = Object.fromEntries([
  "debug", "error", "info", "log", "warn", "dir", "dirxml", "table", "trace", "group", "groupCollapsed", "groupEnd",
  "clear", "count", "countReset", "assert", "profile", "profileEnd", "time", "timeLog", "timeStamp",
].map((name) => [name, idle("noop")]));

export const Network = Object.fromEntries([
  "requestWillBeSent", "dataReceived", "dataSent", "responseReceived", "loadingFinished", "loadingFailed",
  "webSocketCreated", "webSocketHandshakeResponseReceived", "webSocketClosed",
].map((name) => [name, fails(`Network.${name}`, 1)]));
