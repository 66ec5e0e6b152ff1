// http.Agent. The platform keeps connections; an agent here holds nothing but options.

import { EventEmitter } from "../../events.js";
import { ERR_METHOD_NOT_IMPLEMENTED } from "../errors.js";
import { inherit } from "../streams/legacy.js";

export function Agent(options) {
  if (!(this instanceof Agent)) return new Agent(options);
  EventEmitter.call(this);
  this.defaultPort = 80;
  this.protocol = "http:";
  this.options = { path: null, noDelay: true, ...options };
  this.agentKeepAliveTimeoutBuffer = 1000;
  this.keepAliveMsecs = this.options.keepAliveMsecs ?? 1000;
  this.keepAlive = this.options.keepAlive ?? false;
  this.maxSockets = this.options.maxSockets ?? Infinity;
  this.maxFreeSockets = this.options.maxFreeSockets ?? 256;
  this.scheduling = this.options.scheduling ?? "lifo";
  this.maxTotalSockets = this.options.maxTotalSockets ?? Infinity;
  this.totalSocketCount = 0;
  this.freeSockets = {};
  this.sockets = {};
  this.requests = {};
}
inherit(Agent, EventEmitter);
Agent.defaultMaxSockets = Infinity;

Object.assign(Agent.prototype, {
  /** What connections are told apart by. */
  getName({ host, port, localAddress, family } = {}) {
    const parts = [host || "localhost", port || "", localAddress || ""];
    if (family === 4 || family === 6) parts.push(family);
    return parts.join(":");
  },
  keepSocketAlive() {
    return true;
  },
  reuseSocket() {},
  removeSocket() {},
  destroy() {},
});
for (const name of ["createConnection", "createSocket", "addRequest"]) {
  const { [name]: method } = {
    [name]() {
      throw new ERR_METHOD_NOT_IMPLEMENTED(`Agent.${name}`);
    },
  };
  Agent.prototype[name] = method;
}

export const globalAgent = new Agent({ keepAlive: true, scheduling: "lifo", timeout: 5000 });
