// node:https: node:http with another protocol.

import { ClientRequest } from "./internal/http/client.js";
import { Agent, globalAgent } from "./internal/http/https_agent.js";
import { Server as HttpServer } from "./internal/http/server.js";
import { inherit } from "./internal/streams/legacy.js";

function Server(options, listener) {
  if (!(this instanceof Server)) return new Server(options, listener);
  HttpServer.call(this, options, listener);
}
inherit(Server, HttpServer);

function createServer(options, listener) {
  return new Server(options, listener);
}

// The defaults stand behind the caller's own options.
function request(...args) {
  const defaults = { _defaultAgent: globalAgent };
  const isUrl = typeof args[0] === "string" || args[0] instanceof URL;
  const index = isUrl ? 1 : 0;
  if (args[index] !== null && typeof args[index] === "object") args[index] = { ...defaults, ...args[index] };
  else args.splice(index, 0, defaults);
  return new ClientRequest(...args);
}

function get(...args) {
  const made = request(...args);
  made.end();
  return made;
}

export { Agent, createServer, get, globalAgent, request, Server };
export default { Agent, Server, createServer, get, globalAgent, request };
