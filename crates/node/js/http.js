// node:http.

import { ERR_METHOD_NOT_IMPLEMENTED } from "./internal/errors.js";
import { Agent, globalAgent } from "./internal/http/agent.js";
import { ClientRequest, get, request } from "./internal/http/client.js";
import { IncomingMessage } from "./internal/http/incoming.js";
import { OutgoingMessage } from "./internal/http/outgoing.js";
import { ServerResponse } from "./internal/http/response.js";
import { createServer, Server } from "./internal/http/server.js";
import { METHODS, STATUS_CODES, validateHeaderName, validateHeaderValue } from "./internal/http/tokens.js";

const { CloseEvent, MessageEvent, WebSocket } = globalThis;

const maxHeaderSize = 16384;

function _connectionListener() {
  throw new ERR_METHOD_NOT_IMPLEMENTED("_connectionListener");
}

function setMaxIdleHTTPParsers() {
  throw new ERR_METHOD_NOT_IMPLEMENTED("setMaxIdleHTTPParsers");
}

const http = {
  Agent, ClientRequest, CloseEvent, IncomingMessage, METHODS, MessageEvent, OutgoingMessage, STATUS_CODES, Server,
  ServerResponse, WebSocket, _connectionListener, createServer, get, globalAgent, maxHeaderSize, request,
  setMaxIdleHTTPParsers, validateHeaderName, validateHeaderValue,
};

export {
  Agent, ClientRequest, CloseEvent, IncomingMessage, METHODS, MessageEvent, OutgoingMessage, STATUS_CODES, Server,
  ServerResponse, WebSocket, _connectionListener, createServer, get, globalAgent, maxHeaderSize, request,
  setMaxIdleHTTPParsers, validateHeaderName, validateHeaderValue,
};
export default http;
