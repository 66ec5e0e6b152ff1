// net.BlockList and net.SocketAddress.

import { ERR_INVALID_ARG_VALUE, ERR_OUT_OF_RANGE, NodeTypeError } from "../errors.js";
import { validateObject, validateOneOf, validatePort, validateString, validateUint32 } from "../validators.js";
import { bitsOf, isIP, mappedV4 } from "./addresses.js";

const FAMILIES = ["ipv4", "ipv6"];

export class SocketAddress {
  #address;
  #port;
  #family;
  #flowlabel;

  constructor(options = {}) {
    validateObject(options, "options");
    const { family = "ipv4", port = 0, flowlabel = 0 } = options;
    const { address = family === "ipv4" ? "127.0.0.1" : "::" } = options;
    validateOneOf(family, "options.family", FAMILIES);
    validateString(address, "options.address");
    validatePort(port, "options.port");
    validateUint32(flowlabel, "options.flowlabel");
    if (isIP(address) !== (family === "ipv4" ? 4 : 6)) {
      throw new NodeTypeError("ERR_INVALID_ADDRESS", "Invalid socket address");
    }
    this.#address = address;
    this.#port = Number(port);
    this.#family = family;
    this.#flowlabel = flowlabel;
  }

  static isSocketAddress(value) {
    return typeof value === "object" && value !== null && #address in value;
  }

  /** Undefined for what is no address. */
  static parse(input) {
    validateString(input, "input");
    if (!URL.canParse(`http://${input}`)) return undefined;
    const { hostname, port } = new URL(`http://${input}`);
    const address = hostname.startsWith("[") ? hostname.slice(1, -1) : hostname;
    const family = { 4: "ipv4", 6: "ipv6" }[isIP(address)];
    return family && new SocketAddress({ address, port: port === "" ? 0 : Number(port), family });
  }

  get address() {
    return this.#address;
  }

  get port() {
    return this.#port;
  }

  get family() {
    return this.#family;
  }

  get flowlabel() {
    return this.#flowlabel;
  }

  toJSON() {
    return { address: this.address, port: this.port, family: this.family, flowlabel: this.flowlabel };
  }
}

// "ipv4" is what the rules call IPv4.
const label = (family) => family.replace("ip", "IP");

export class BlockList {
  /** { family, first, last, text } */
  #rules = [];

  static isBlockList(value) {
    return typeof value === "object" && value !== null && #rules in value;
  }

  #read(address, family, name) {
    if (SocketAddress.isSocketAddress(address)) return { text: address.address, family: address.family };
    validateString(address, name);
    const lower = String(family).toLowerCase();
    validateOneOf(lower, "family", FAMILIES);
    return { text: address, family: lower };
  }

  #add(family, first, last, text) {
    this.#rules.unshift({ family, first, last, text });
  }

  addAddress(address, family = "ipv4") {
    const one = this.#read(address, family, "address");
    const bits = bitsOf(one.text, one.family);
    this.#add(one.family, bits, bits, `Address: ${label(one.family)} ${one.text}`);
  }

  addRange(start, end, family = "ipv4") {
    const first = this.#read(start, family, "start");
    const last = this.#read(end, family, "end");
    const from = bitsOf(first.text, first.family);
    const to = bitsOf(last.text, first.family);
    if (from > to) throw new ERR_INVALID_ARG_VALUE("start", start, "must come before end");
    this.#add(first.family, from, to, `Range: ${label(first.family)} ${first.text}-${last.text}`);
  }

  addSubnet(network, prefix, family = "ipv4") {
    const one = this.#read(network, family, "network");
    const size = one.family === "ipv4" ? 32 : 128;
    if (!Number.isInteger(prefix) || prefix < 0 || prefix > size) {
      throw new ERR_OUT_OF_RANGE("prefix", `between 0 and ${size}`, prefix);
    }
    const rest = BigInt(size - prefix);
    const first = (bitsOf(one.text, one.family) >> rest) << rest;
    this.#add(one.family, first, first | ((1n << rest) - 1n), `Subnet: ${label(one.family)} ${one.text}/${prefix}`);
  }

  check(address, family = "ipv4") {
    const one = this.#read(address, family, "address");
    if (isIP(one.text) !== (one.family === "ipv4" ? 4 : 6)) return false;
    const bits = bitsOf(one.text, one.family);
    const v4 = one.family === "ipv6" ? mappedV4(bits) : undefined;
    const covers = (kind, value) =>
      this.#rules.some((rule) => rule.family === kind && rule.first <= value && value <= rule.last);
    return covers(one.family, bits) || (v4 !== undefined && covers("ipv4", v4));
  }

  get rules() {
    return this.#rules.toReversed().map(({ text }) => text);
  }

  toJSON() {
    return this.rules;
  }

  /** Adds rules that `rules` gave, of this list or another. */
  fromJSON(data) {
    const rules = typeof data === "string" ? JSON.parse(data) : data;
    if (!Array.isArray(rules)) throw new ERR_INVALID_ARG_VALUE("data", data);
    for (const rule of rules) {
      validateString(rule, "rule");
      const [kind, family, text] = rule.split(/:? /, 3);
      const lower = family?.toLowerCase();
      if (kind === "Address") this.addAddress(text, lower);
      else if (kind === "Range") this.addRange(...text.split("-"), lower);
      else if (kind === "Subnet") this.addSubnet(text.split("/")[0], Number(text.split("/")[1]), lower);
      else throw new ERR_INVALID_ARG_VALUE("data", data);
    }
  }
}
