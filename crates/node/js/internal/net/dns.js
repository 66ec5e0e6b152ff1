// node:dns. workerd asks Cloudflare's resolver over HTTPS; here a name is looked up as the machine does it.

import { ERR_INVALID_ARG_TYPE, ERR_METHOD_NOT_IMPLEMENTED } from "../errors.js";
import { validateFunction } from "../validators.js";
import {
  getDefaultResultOrder, lookup, lookupPromise, lookupService, setDefaultResultOrder,
} from "./dns_lookup.js";
import { resolverOf, RESOLVERS, validateName } from "./dns_records.js";

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

/** As in workerd, whose own these are: it asks no others. What is asked here is the machine's. */
function getServers() {
  return ["1.1.1.1", "2606:4700:4700::1111", "1.0.0.1", "2606:4700:4700::1001"];
}

function setServers() {
  throw new Error("Not implemented");
}

// --- records -------------------------------------------------------------------------------------

const answer = (promise, callback) => promise.then((found) => callback(null, found), (error) => callback(error));

function callbackMethod(name) {
  const { [name]: method } = {
    [name](hostname, ...rest) {
      validateName(hostname);
      const callback = rest.at(-1);
      validateFunction(callback, "callback");
      answer(RESOLVERS[name](hostname, ...rest.slice(0, -1)), callback);
    },
  };
  return method;
}

function promiseMethod(name) {
  const { [name]: method } = {
    async [name](hostname, options) {
      validateName(hostname);
      return RESOLVERS[name](hostname, options);
    },
  };
  return method;
}

function resolve(hostname, type, callback) {
  if (typeof type === "function") {
    callback = type;
    type = "A";
  }
  if (typeof callback !== "function") {
    throw new ERR_INVALID_ARG_TYPE("last argument", "Function", callback ?? type ?? hostname);
  }
  validateName(hostname);
  answer(resolverOf(type)(hostname), callback);
}

async function resolvePromise(hostname, type = "A") {
  validateName(hostname);
  return resolverOf(type)(hostname);
}

const NAMES = Object.keys(RESOLVERS);
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
