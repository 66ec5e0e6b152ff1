// IP addresses as text and as numbers.

import { ERR_INVALID_IP_ADDRESS } from "../errors_areas.js";

/** The 32 bits of dotted decimals, as a BigInt; undefined if it is none. */
function parseIPv4(text) {
  const parts = text.split(".");
  if (parts.length !== 4) return undefined;
  let value = 0n;
  for (const part of parts) {
    if (!/^(?:0|[1-9]\d{0,2})$/.test(part) || Number(part) > 255) return undefined;
    value = (value << 8n) | BigInt(part);
  }
  return value;
}

/** The 128 bits, as a BigInt; undefined if it is none. A zone after `%` counts for nothing. */
function parseIPv6(text) {
  const zone = text.indexOf("%");
  if (zone >= 0) {
    if (!/^%[0-9a-zA-Z.:_-]+$/.test(text.slice(zone))) return undefined;
    text = text.slice(0, zone);
  }
  const halves = text.split("::");
  if (halves.length > 2) return undefined;
  const [left, right] = halves.map((half) => (half === "" ? [] : half.split(":")));
  const groups = [];
  const read = (list, isEnd) =>
    list.every((part, index) => {
      if (part.includes(".")) {
        const value = isEnd && index === list.length - 1 ? parseIPv4(part) : undefined;
        if (value === undefined) return false;
        groups.push(value >> 16n, value & 0xffffn);
        return true;
      }
      if (!/^[0-9a-fA-F]{1,4}$/.test(part)) return false;
      groups.push(BigInt(`0x${part}`));
      return true;
    });
  if (!read(left, right === undefined)) return undefined;
  if (right !== undefined) {
    const before = groups.length;
    if (!read(right, true)) return undefined;
    const missing = 8 - groups.length;
    if (missing < 1) return undefined;
    groups.splice(before, 0, ...Array(missing).fill(0n));
  }
  if (groups.length !== 8) return undefined;
  return groups.reduce((value, group) => (value << 16n) | group, 0n);
}

/** 4, 6, or 0 for what is no address. */
export function isIP(input) {
  const text = `${input}`;
  if (parseIPv4(text) !== undefined) return 4;
  return parseIPv6(text) === undefined ? 0 : 6;
}

export function isIPv4(input) {
  return isIP(input) === 4;
}

export function isIPv6(input) {
  return isIP(input) === 6;
}

const V4_IN_V6 = 0xffffn << 32n;

/** The bits of an address of the family "ipv4" or "ipv6". */
export function bitsOf(address, family) {
  const bits = family === "ipv4" ? parseIPv4(address) : parseIPv6(address);
  if (bits === undefined) throw new ERR_INVALID_IP_ADDRESS(`Invalid ${family === "ipv4" ? "IPv4" : "IPv6"} address`);
  return bits;
}

/** The IPv4 address within an IPv6 address, if it is one of those. */
export function mappedV4(bits) {
  return bits >> 32n === V4_IN_V6 >> 32n ? bits & 0xffffffffn : undefined;
}
