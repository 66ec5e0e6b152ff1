// https.Agent. Whom to trust is the platform's to say: what its options say of that has no effect, as in workerd.

import { inherit } from "../streams/legacy.js";
import { Agent as HttpAgent, defineMethods } from "./agent.js";

const CACHED_SESSIONS = 100;

/** Options that connections are told apart by, beside those of `http.Agent`. */
const NAMED = [
  "ca", "cert", "clientCertEngine", "ciphers", "key", "pfx", "rejectUnauthorized", "servername", "minVersion",
  "maxVersion", "secureProtocol", "crl", "honorCipherOrder", "ecdhCurve", "dhparam", "secureOptions",
  "sessionIdContext", "sigalgs", "privateKeyIdentifier", "privateKeyEngine",
];

export function Agent(options) {
  if (!(this instanceof Agent)) return new Agent(options);
  const { defaultPort = 443, protocol = "https:" } = options ?? {};
  HttpAgent.call(this, { ...options, defaultPort, protocol });
  this.defaultPort = defaultPort;
  this.protocol = protocol;
  this.maxCachedSessions = CACHED_SESSIONS;
}
inherit(Agent, HttpAgent);

defineMethods(Agent.prototype, {
  getName(options = {}) {
    const parts = NAMED.map((name) => {
      const value = options[name];
      if (name === "rejectUnauthorized" || name === "honorCipherOrder") return value === undefined ? "" : value;
      // The host is one of the parts already.
      return name === "servername" && value === options.host ? "" : value || "";
    });
    return [HttpAgent.prototype.getName.call(this, options), ...parts].join(":");
  },
});

export const globalAgent = new Agent({ keepAlive: true, scheduling: "lifo", timeout: 5000 });
