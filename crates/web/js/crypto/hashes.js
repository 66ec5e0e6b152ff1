// Hash functions by name.

import { missingField, notSupportedError } from "./errors.js";
import { uncurryThis } from "../primordials.js";

const toUpperCase = uncurryThis(String.prototype.toUpperCase);

// Name → length of the digest and of a block in bytes. MD5 is Workers' addition.
const HASHES = {
  __proto__: null,
  "MD5": [16, 64],
  "SHA-1": [20, 64],
  "SHA-256": [32, 64],
  "SHA-384": [48, 128],
  "SHA-512": [64, 128],
};

/** The normal form of a hash's name, which may be in any case. */
export function hashName(name) {
  const normal = toUpperCase(name);
  if (HASHES[normal] === undefined) {
    throw notSupportedError("Unrecognized or unimplemented digest algorithm requested.");
  }
  return normal;
}

/** The same for the member `hash` of a dictionary, which must be there. */
export function requiredHash({ hash }, dictionary = "algorithm") {
  if (hash === undefined) throw missingField("hash", dictionary);
  return hashName(hash);
}

/** Length of the digest in bytes. */
export function digestBytes(hash) {
  return HASHES[hash][0];
}

/** Length of a block in bits: of a key of HMAC, if nobody says otherwise. */
export function blockBits(hash) {
  return HASHES[hash][1] * 8;
}
