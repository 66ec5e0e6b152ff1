// Records of the DNS, from the machine's name servers, in the shapes that Node gives them.

import { op_node_dns_host_names, op_node_dns_query } from "holdfast:ops";
import { domainToASCII } from "../../url.js";
import { DnsError } from "../errors_areas.js";
import { ERR_INVALID_ARG_VALUE, ERR_METHOD_NOT_IMPLEMENTED } from "../errors.js";
import { validateString } from "../validators.js";
import { isIP } from "./addresses.js";

const single = ([, value]) => value;

/** By type: how Node calls the question, and what it makes of the fields of a record. */
const KINDS = {
  A: { query: "queryA", shape: single },
  AAAA: { query: "queryAaaa", shape: single },
  CNAME: { query: "queryCname", shape: single },
  NS: { query: "queryNs", shape: single },
  PTR: { query: "queryPtr", shape: single },
  CAA: {
    query: "queryCaa",
    shape: ([, flags, property, value]) => ({ critical: flags, [property]: value }),
  },
  MX: { query: "queryMx", shape: ([, priority, exchange]) => ({ exchange, priority }) },
  NAPTR: {
    query: "queryNaptr",
    shape: ([, order, preference, flags, service, regexp, replacement]) =>
      ({ flags, service, regexp, replacement, order, preference }),
  },
  SOA: {
    query: "querySoa",
    shape: ([, nsname, hostmaster, serial, refresh, retry, expire, minttl]) =>
      ({ nsname, hostmaster, serial, refresh, retry, expire, minttl }),
  },
  SRV: { query: "querySrv", shape: ([, priority, weight, port, name]) => ({ name, port, priority, weight }) },
  TXT: { query: "queryTxt", shape: ([, ...chunks]) => chunks },
};

// eslint-disable-next-line no-control-regex
const IS_ASCII = /^[\x00-\x7f]*$/;
/** This name is the machine itself, whatever a server says (RFC 6761). */
const IS_LOCALHOST = /(^|\.)localhost\.?$/i;
const LOCALHOST = { __proto__: null, A: [[0, "127.0.0.1"]], AAAA: [[0, "::1"]] };

async function records(name, type) {
  if (LOCALHOST[type] !== undefined && IS_LOCALHOST.test(name)) return LOCALHOST[type];
  const found = await op_node_dns_query(IS_ASCII.test(name) ? name : domainToASCII(name), type);
  if (typeof found === "string") throw new DnsError(name, found, KINDS[type].query);
  return found;
}

const shaped = async (name, type) => (await records(name, type)).map(KINDS[type].shape);

async function addresses(name, type, options) {
  const found = await records(name, type);
  return options?.ttl ? found.map(([ttl, address]) => ({ ttl, address })) : found.map(single);
}

function reverseName(address) {
  if (isIP(address) === 4) return `${address.split(".").reverse().join(".")}.in-addr.arpa`;
  // All digits: those between `::` are zeros.
  const [head, tail = ""] = new URL(`http://[${address}]`).hostname.slice(1, -1).split("::");
  const groups = (text) => (text === "" ? [] : text.split(":"));
  const missing = 8 - groups(head).length - groups(tail).length;
  const all = [...groups(head), ...Array(missing).fill("0"), ...groups(tail)];
  const digits = all.map((group) => group.padStart(4, "0")).join("");
  return `${[...digits].reverse().join(".")}.ip6.arpa`;
}

async function reverse(address) {
  if (isIP(address) === 0) throw new DnsError(address, "EINVAL", "getHostByAddr");
  const here = await op_node_dns_host_names(address);
  return here.length > 0 ? here : shaped(reverseName(address), "PTR");
}

function unsupported(name) {
  return async () => {
    throw new ERR_METHOD_NOT_IMPLEMENTED(`dns.${name}`);
  };
}

const byType = (type) => (name) => shaped(name, type);

/** By Node's name of the function: `(name, options?)` → promise. */
export const RESOLVERS = {
  resolve4: (name, options) => addresses(name, "A", options),
  resolve6: (name, options) => addresses(name, "AAAA", options),
  resolveAny: unsupported("resolveAny"),
  resolveCaa: byType("CAA"),
  resolveCname: byType("CNAME"),
  resolveMx: byType("MX"),
  resolveNaptr: byType("NAPTR"),
  resolveNs: byType("NS"),
  resolvePtr: byType("PTR"),
  resolveSoa: async (name) => (await shaped(name, "SOA"))[0],
  resolveSrv: byType("SRV"),
  resolveTxt: byType("TXT"),
  reverse,
};

const BY_TYPE = {
  A: "resolve4", AAAA: "resolve6", ANY: "resolveAny", CAA: "resolveCaa", CNAME: "resolveCname", MX: "resolveMx",
  NAPTR: "resolveNaptr", NS: "resolveNs", PTR: "resolvePtr", SOA: "resolveSoa", SRV: "resolveSrv", TXT: "resolveTxt",
};

/** The function for records of a type. */
export function resolverOf(type) {
  if (!Object.hasOwn(BY_TYPE, type)) throw new ERR_INVALID_ARG_VALUE("rrtype", type);
  return RESOLVERS[BY_TYPE[type]];
}

export function validateName(name) {
  validateString(name, "name");
}
