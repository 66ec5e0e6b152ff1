// node:dns without a resolver: addresses are looked up as what they are, names by nobody.

import {
  ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE, ERR_METHOD_NOT_IMPLEMENTED, ERR_OPTION_NOT_IMPLEMENTED,
} from "../errors.js";
import { nextTick } from "../process/next_tick.js";
import { validateFunction, validateOneOf, validatePort, validateString } from "../validators.js";
import { isIP } from "./addresses.js";

const constants = {
  ADDRCONFIG: 1024,
  ALL: 256,
  V4MAPPED: 2048,
};

const CODES = [
  "NODATA", "FORMERR", "SERVFAIL", "NOTFOUND", "NOTIMP", "REFUSED", "BADQUERY", "BADNAME", "BADFAMILY", "BADRESP",
  "CONNREFUSED", "TIMEOUT", "FILE", "NOMEM", "DESTRUCTION", "BADSTR", "BADFLAGS", "NONAME", "BADHINTS",
  "NOTINITIALIZED", "LOADIPHLPAPI", "ADDRGETNETWORKPARAMS", "CANCELLED",
];
const codes = { EOF: "EOF", ...Object.fromEntries(CODES.map((code) => [code, `E${code}`])) };

const ORDERS = ["verbatim", "ipv4first", "ipv6first"];
let order = "verbatim";

function getDefaultResultOrder() {
  return order;
}

function setDefaultResultOrder(value) {
  validateOneOf(value, "dnsOrder", ORDERS);
  order = value;
}

/** Those of the resolver that workerd asks. */
function getServers() {
  return ["1.1.1.1", "2606:4700:4700::1111", "1.0.0.1", "2606:4700:4700::1001"];
}

function setServers() {
  throw new Error("Not implemented");
}

// --- lookup --------------------------------------------------------------------------------------

function lookupOptions(options) {
  if (options === undefined || options === null) return { all: false };
  if (typeof options === "number") {
    validateOneOf(options, "family", [0, 4, 6]);
    return { all: false };
  }
  if (typeof options !== "object") throw new ERR_INVALID_ARG_TYPE("options", ["integer", "object"], options);
  if (options.hints) throw new ERR_OPTION_NOT_IMPLEMENTED("options.hints");
  const { family } = options;
  if (family !== undefined && family !== "IPv4" && family !== "IPv6") {
    validateOneOf(family, "options.family", [0, 4, 6]);
  }
  return { all: Boolean(options.all) };
}

// { address, family }, or the error that says that names are not looked up.
function found(hostname) {
  if (!hostname) return { address: null, family: 4 };
  const family = isIP(hostname);
  if (family === 0) throw new ERR_METHOD_NOT_IMPLEMENTED("dns.lookup");
  return { address: hostname, family };
}

function lookup(hostname, options, callback) {
  if (hostname) validateString(hostname, "hostname");
  if (typeof options === "function") {
    callback = options;
    options = undefined;
  }
  validateFunction(callback, "callback");
  const { all } = lookupOptions(options);
  try {
    const result = found(hostname);
    if (all) nextTick(callback, null, result.address === null ? [] : [result]);
    else nextTick(callback, null, result.address, result.family);
  } catch (error) {
    nextTick(callback, error);
  }
}

async function lookupPromise(hostname, options) {
  if (hostname) validateString(hostname, "hostname");
  const { all } = lookupOptions(options);
  const result = found(hostname);
  return all ? (result.address === null ? [] : [result]) : result;
}

function lookupService(address, port, callback) {
  validateString(address, "address");
  validatePort(port, "port");
  validateFunction(callback, "callback");
  nextTick(callback, new ERR_METHOD_NOT_IMPLEMENTED("dns.lookupService"));
}

// --- records -------------------------------------------------------------------------------------

const TYPES = {
  A: "resolve4", AAAA: "resolve6", ANY: "resolveAny", CAA: "resolveCaa", CNAME: "resolveCname", MX: "resolveMx",
  NAPTR: "resolveNaptr", NS: "resolveNs", PTR: "resolvePtr", SOA: "resolveSoa", SRV: "resolveSrv", TXT: "resolveTxt",
};

function callbackMethod(name) {
  const { [name]: method } = {
    [name](hostname, ...rest) {
      validateString(hostname, "name");
      const callback = rest.at(-1);
      validateFunction(callback, "callback");
      nextTick(callback, new ERR_METHOD_NOT_IMPLEMENTED(`dns.${name}`));
    },
  };
  return method;
}

function promiseMethod(name) {
  const { [name]: method } = {
    async [name](hostname) {
      validateString(hostname, "name");
      throw new ERR_METHOD_NOT_IMPLEMENTED(`dns.${name}`);
    },
  };
  return method;
}

function requireType(type) {
  if (!Object.hasOwn(TYPES, type)) throw new ERR_INVALID_ARG_VALUE("rrtype", type);
}

function resolve(hostname, type, callback) {
  if (typeof type === "function") {
    callback = type;
    type = "A";
  }
  if (typeof callback !== "function") {
    throw new ERR_INVALID_ARG_TYPE("last argument", "Function", callback ?? type ?? hostname);
  }
  validateString(hostname, "name");
  requireType(type);
  callbackMethods[TYPES[type]](hostname, callback);
}

async function resolvePromise(hostname, type = "A") {
  validateString(hostname, "name");
  requireType(type);
  return promiseMethods[TYPES[type]](hostname);
}

const NAMES = [...Object.values(TYPES), "reverse"];
const callbackMethods = { ...Object.fromEntries(NAMES.map((name) => [name, callbackMethod(name)])), resolve };
const promiseMethods = {
  ...Object.fromEntries(NAMES.map((name) => [name, promiseMethod(name)])),
  resolve: resolvePromise,
};

function resolverClass(methods) {
  class Resolver {
    cancel() {
      throw new Error("Not implemented");
    }

    setLocalAddress() {
      throw new Error("Not implemented");
    }

    getServers() {
      return getServers();
    }

    setServers() {
      setServers();
    }
  }
  for (const [name, value] of Object.entries(methods)) {
    Object.defineProperty(Resolver.prototype, name, { value, writable: true, configurable: true });
  }
  return Resolver;
}

const shared = { getDefaultResultOrder, setDefaultResultOrder, getServers, setServers, ...codes };

export const promises = {
  ...shared,
  ...promiseMethods,
  lookup: lookupPromise,
  async lookupService() {
    throw new ERR_METHOD_NOT_IMPLEMENTED("dns.lookupService");
  },
  Resolver: resolverClass(promiseMethods),
};

/** Constants that node:dns/promises exports by name only. */
export { constants };

export const dns = {
  ...shared,
  ...constants,
  ...callbackMethods,
  lookup,
  lookupService,
  promises,
  Resolver: resolverClass(callbackMethods),
};
