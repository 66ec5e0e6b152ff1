// All algorithms by name.
//
// Each is a "family": an object with its `name` in the normal form and those functions that it supports. They take
// arguments that dictionaries.js has converted, and give and take key records (key.js):
//
//     generateKey(algorithm, extractable, usages)               → record, or { publicKey, privateKey }; or a promise
//     importKey(format, data, algorithm, extractable, usages)   → record
//     exportKey(key, format)                                    → ArrayBuffer or JSON Web Key
//     encrypt(key, algorithm, data), decrypt(…)                 → ArrayBuffer, or a promise
//     sign(key, algorithm, data)                                → ArrayBuffer, or a promise
//     verify(key, algorithm, signature, data)                   → boolean
//     deriveBits(key, algorithm, length | undefined)            → ArrayBuffer, or a promise
//     wrapKey(key, algorithm, bytes), unwrapKey(…)              → ArrayBuffer; without them encrypt and decrypt serve
//     keyLength(algorithm)                                      → bits that deriveKey() derives, or undefined

import { uncurryThis } from "../primordials.js";
import { aes } from "./aes.js";
import { derivation } from "./derivation.js";
import { edwards } from "./edwards.js";
import { elliptic } from "./elliptic.js";
import { hmac } from "./hmac.js";
import { rsa } from "./rsa.js";
import { rsaRaw } from "./rsa_raw.js";

const toUpperCase = uncurryThis(String.prototype.toUpperCase);

const families = { __proto__: null };
for (const family of [...aes, ...derivation, ...edwards, ...elliptic, hmac, ...rsa, rsaRaw]) {
  families[toUpperCase(family.name)] = family;
}

/** Whether two names of algorithms mean the same: case does not count. */
export function sameName(a, b) {
  return toUpperCase(a) === toUpperCase(b);
}

/** The family of a name, or undefined. */
export function familyOf(name) {
  return families[toUpperCase(name)];
}
