// Installs what Workers add to the Web platform, on the global object.

import { expose } from "../web/global_scope.js";
import { setKeepAlive } from "../web/keep_alive.js";
import { setErrorCarrier } from "../web/sent_errors.js";
import { packError, REMOTE, unpackError } from "./errors.js";
import { waitUntil } from "./execution_context.js";
import { WebSocketRequestResponsePair } from "./request_response_pair.js";

export function install(global) {
  setKeepAlive(waitUntil);
  setErrorCarrier(packError, (packed) => unpackError(packed, REMOTE));
  expose(global, { WebSocketRequestResponsePair });
}
