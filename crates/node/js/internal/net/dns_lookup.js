// dns.lookup: addresses of a name, as the machine's other programs find them (its tables, its name servers).

import { op_node_dns_lookup } from "holdfast:ops";
import { DnsError } from "../errors_areas.js";
import { ERR_INVALID_ARG_TYPE, ERR_METHOD_NOT_IMPLEMENTED, ERR_OPTION_NOT_IMPLEMENTED } from "../errors.js";
import { nextTick } from "../process/next_tick.js";
import { validateBoolean, validateFunction, validateOneOf, validatePort, validateString } from "../validators.js";
import { isIP } from "./addresses.js";

const FAMILIES = [0, 4, 6];
const ORDERS = ["verbatim", "ipv4first", "ipv6first"];
let defaultOrder = "verbatim";

export function getDefaultResultOrder() {
  return defaultOrder;
}

export function setDefaultResultOrder(value) {
  validateOneOf(value, "dnsOrder", ORDERS);
  defaultOrder = value;
}

function lookupOptions(options) {
  const result = { family: 0, all: false, order: defaultOrder };
  if (options === undefined || options === null) return result;
  if (typeof options === "number") {
    validateOneOf(options, "family", FAMILIES);
    return { ...result, family: options };
  }
  if (typeof options !== "object") throw new ERR_INVALID_ARG_TYPE("options", ["integer", "object"], options);
  if (options.hints) throw new ERR_OPTION_NOT_IMPLEMENTED("options.hints");
  const { family, all, verbatim, order } = options;
  if (family === "IPv4" || family === "IPv6") {
    result.family = family === "IPv4" ? 4 : 6;
  } else if (family !== undefined && family !== null) {
    validateOneOf(family, "options.family", FAMILIES);
    result.family = family;
  }
  if (all !== undefined && all !== null) {
    validateBoolean(all, "options.all");
    result.all = all;
  }
  if (verbatim !== undefined && verbatim !== null) {
    validateBoolean(verbatim, "options.verbatim");
    result.order = verbatim ? "verbatim" : "ipv4first";
  }
  if (order !== undefined && order !== null) {
    validateOneOf(order, "options.order", ORDERS);
    result.order = order;
  }
  return result;
}

const FIRST = { __proto__: null, ipv4first: 4, ipv6first: 6 };

/** A list of `{ address, family }`. */
async function addressesOf(hostname, { family, order }) {
  const known = isIP(hostname);
  if (known !== 0) return [{ address: hostname, family: known }];
  const found = (await op_node_dns_lookup(hostname))
    .map((address) => ({ address, family: isIP(address) }))
    .filter((one) => family === 0 || one.family === family);
  if (found.length === 0) throw new DnsError(hostname, "ENOTFOUND", family === 6 ? "queryAAAA" : "queryA");
  const first = FIRST[order];
  if (first === undefined) return found;
  return [...found.filter((one) => one.family === first), ...found.filter((one) => one.family !== first)];
}

export function lookup(hostname, options, callback) {
  if (hostname) validateString(hostname, "hostname");
  if (typeof options === "function") {
    callback = options;
    options = undefined;
  }
  validateFunction(callback, "callback");
  const settings = lookupOptions(options);
  if (!hostname) {
    if (settings.all) nextTick(callback, null, []);
    else nextTick(callback, null, null, settings.family === 6 ? 6 : 4);
    return;
  }
  addressesOf(hostname, settings).then(
    (found) => {
      if (settings.all) callback(null, found);
      else callback(null, found[0].address, found[0].family);
    },
    (error) => callback(error),
  );
}

export async function lookupPromise(hostname, options) {
  if (hostname) validateString(hostname, "hostname");
  const settings = lookupOptions(options);
  if (!hostname) return settings.all ? [] : { address: null, family: settings.family === 6 ? 6 : 4 };
  const found = await addressesOf(hostname, settings);
  return settings.all ? found : found[0];
}

export function lookupService(address, port, callback) {
  validateString(address, "address");
  validatePort(port, "port");
  validateFunction(callback, "callback");
  nextTick(callback, new ERR_METHOD_NOT_IMPLEMENTED("dns.lookupService"));
}
