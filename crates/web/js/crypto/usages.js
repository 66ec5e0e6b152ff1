// What keys may be used for (https://w3c.github.io/webcrypto/#dfn-RecognizedKeyUsage).

import { syntaxError } from "./errors.js";

/** In the order in which keys list them. */
const RECOGNIZED = ["encrypt", "decrypt", "sign", "verify", "deriveKey", "deriveBits", "wrapKey", "unwrapKey"];

const OF_PUBLIC_KEYS = ["encrypt", "verify", "wrapKey"];

export function includes(list, item) {
  for (let i = 0; i < list.length; i++) {
    if (list[i] === item) return true;
  }
  return false;
}

function intersection(list, others) {
  const common = [];
  for (let i = 0; i < list.length; i++) {
    if (includes(others, list[i])) common[common.length] = list[i];
  }
  return common;
}

/** A list of its own with the same items. */
export function copyOf(list) {
  return intersection(list, list);
}

/** Those of `usages` that a public key may have. */
export function publicUsages(usages) {
  return intersection(usages, OF_PUBLIC_KEYS);
}

/** Those of `usages` that a private key may have. */
export function privateUsages(usages) {
  const rest = [];
  for (let i = 0; i < usages.length; i++) {
    if (!includes(OF_PUBLIC_KEYS, usages[i])) rest[rest.length] = usages[i];
  }
  return rest;
}

/**
 * The usages asked for, each once and in the order of the standard.
 *
 * @param {string} name the algorithm's
 * @param {string} context "generate", "import secret", "import public" or "import private"
 * @param {string[]} asked
 * @param {string[]} allowed
 */
export function checkUsages(name, context, asked, allowed) {
  for (let i = 0; i < asked.length; i++) {
    if (!includes(allowed, asked[i])) {
      throw syntaxError(`Attempt to ${context} ${name} key with invalid usage "${asked[i]}".`);
    }
  }
  return intersection(RECOGNIZED, asked);
}

/** Throws if a key that is good for nothing without usages has none. */
export function requireUsages({ type, usages }) {
  if (type !== "public" && usages.length === 0) {
    throw syntaxError("Secret/private CryptoKeys must have at least one usage.");
  }
}
