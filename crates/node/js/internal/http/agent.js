// http.Agent. The platform keeps connections, so an agent here is what it says of itself: which protocol and port its
// requests have. As in workerd nothing is asked of an agent when a request is sent.

import { EventEmitter } from "../../events.js";
import { ERR_METHOD_NOT_IMPLEMENTED } from "../errors.js";
import { inherit } from "../streams/legacy.js";
import { validateNumber, validateOneOf } from "../validators.js";

export function Agent(options) {
  if (!(this instanceof Agent)) return new Agent(options);
  EventEmitter.call(this);
  this.defaultPort = 80;
  this.protocol = "http:";
  this.options = { __proto__: null, ...options };
  this.options.path = null;
  this.options.proxyEnv = undefined;
  this.options.noDelay ??= true;
  this.agentKeepAliveTimeoutBuffer = 1000;
  this.keepAliveMsecs = this.options.keepAliveMsecs || 1000;
  this.keepAlive = this.options.keepAlive || false;
  this.maxSockets = this.options.maxSockets || Agent.defaultMaxSockets;
  this.maxFreeSockets = this.options.maxFreeSockets || 256;
  this.scheduling = this.options.scheduling || "lifo";
  this.maxTotalSockets = this.options.maxTotalSockets;
  validateOneOf(this.scheduling, "scheduling", ["fifo", "lifo"]);
  if (this.maxTotalSockets !== undefined) validateNumber(this.maxTotalSockets, "maxTotalSockets", 1);
  else this.maxTotalSockets = Infinity;
  this.totalSocketCount = 0;
  this.freeSockets = {};
  this.sockets = {};
  this.requests = {};
}
inherit(Agent, EventEmitter);
Agent.defaultMaxSockets = Infinity;

const methods = {
  createConnection(_options, _callback) {
    throw new ERR_METHOD_NOT_IMPLEMENTED("createConnection");
  },
  /** What connections are told apart by. */
  getName({ host, port, localAddress, family, socketPath } = {}) {
    const parts = [host || "localhost", port || "", localAddress || ""];
    if (family === 4 || family === 6) parts.push(family);
    if (socketPath) parts.push(socketPath);
    return parts.join(":");
  },
  // The platform's, whatever is asked.
  addRequest(_request, _options) {},
  createSocket(_request, _options, _callback) {},
  removeSocket(_socket) {},
  keepSocketAlive(_socket) {
    return false;
  },
  reuseSocket(_socket, _request) {},
  destroy(_error) {},
};

/** Methods as a class has them: they do not show. */
export function defineMethods(prototype, list) {
  for (const [name, value] of Object.entries(list)) {
    Object.defineProperty(prototype, name, { value, writable: true, configurable: true });
  }
}
defineMethods(Agent.prototype, methods);
Object.defineProperty(Agent.prototype.getName, "length", { value: 0 });

export const globalAgent = new Agent({ keepAlive: true, scheduling: "lifo", timeout: 5000 });
