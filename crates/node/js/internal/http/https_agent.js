// https.Agent.

import { inherit } from "../streams/legacy.js";
import { Agent as HttpAgent } from "./agent.js";

export function Agent(options) {
  if (!(this instanceof Agent)) return new Agent(options);
  HttpAgent.call(this, options);
  this.defaultPort = 443;
  this.protocol = "https:";
}
inherit(Agent, HttpAgent);

export const globalAgent = new Agent({ keepAlive: true, scheduling: "lifo", timeout: 5000 });
