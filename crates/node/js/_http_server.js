// node:_http_server, an old name of parts of node:http.

import { _connectionListener, Server, ServerResponse, STATUS_CODES } from "./http.js";
import { ERR_METHOD_NOT_IMPLEMENTED } from "./internal/errors.js";
import { kConnectionsCheckingInterval, kServerResponse, storeHTTPOptions } from "./internal/http/server.js";

function setupConnectionsTracking() {
  throw new ERR_METHOD_NOT_IMPLEMENTED("setupConnectionsTracking");
}

function httpServerPreClose() {
  throw new ERR_METHOD_NOT_IMPLEMENTED("httpServerPreClose");
}

export {
  _connectionListener, httpServerPreClose, kConnectionsCheckingInterval, kServerResponse, Server, ServerResponse,
  setupConnectionsTracking, STATUS_CODES, storeHTTPOptions,
};
export default {
  _connectionListener, httpServerPreClose, kConnectionsCheckingInterval, kServerResponse, Server, ServerResponse,
  setupConnectionsTracking, STATUS_CODES, storeHTTPOptions,
};
