// CryptoKey (https://w3c.github.io/webcrypto/#cryptokey-interface): what a program may know of a key. The key itself
// is a host object that no program reaches.

import { enabled } from "holdfast:web/compat";
import { TypedArrayPrototypeGetBuffer, TypedArrayPrototypeSlice } from "../primordials.js";
import { defineInterface, illegalConstructor, illegalInvocation, internalToken } from "../webidl.js";
import { copyOf } from "./usages.js";

let isKey, recordOf;

export class CryptoKey {
  #record;

  static {
    isKey = (value) => typeof value === "object" && value !== null && #record in value;
    recordOf = (key) => key.#record;
  }

  constructor() {
    if (arguments[0] !== internalToken) throw illegalConstructor();
    this.#record = arguments[1];
  }

  get type() {
    if (!isKey(this)) throw illegalInvocation();
    return this.#record.type;
  }

  get extractable() {
    if (!isKey(this)) throw illegalInvocation();
    return this.#record.extractable;
  }

  /** A new object each time, as Workers give it: what a program does to it changes nothing. */
  get algorithm() {
    if (!isKey(this)) throw illegalInvocation();
    return describeAlgorithm(this.#record.algorithm);
  }

  get usages() {
    if (!isKey(this)) throw illegalInvocation();
    return copyOf(this.#record.usages);
  }
}

defineInterface(CryptoKey);

// The dictionaries KeyAlgorithm, AesKeyAlgorithm, HmacKeyAlgorithm, RsaHashedKeyAlgorithm and EcKeyAlgorithm, with
// their members in Workers' order.
function describeAlgorithm(algorithm) {
  const { name, modulusLength, publicExponent, hash, namedCurve, length } = algorithm;
  const description = { name };
  if (modulusLength !== undefined) {
    description.modulusLength = modulusLength;
    const exponent = TypedArrayPrototypeSlice(publicExponent);
    const asView = enabled("crypto_preserve_public_exponent");
    description.publicExponent = asView ? exponent : TypedArrayPrototypeGetBuffer(exponent);
    description.hash = undefined; // as it is for RSA-RAW
  }
  if (hash !== undefined) description.hash = { name: hash };
  if (namedCurve !== undefined) description.namedCurve = namedCurve;
  if (length !== undefined) description.length = length;
  return description;
}

/**
 * What the platform knows of a key.
 *
 * @typedef {object} KeyRecord
 * @property {object} handle the key itself, for operations
 * @property {"secret" | "private" | "public"} type
 * @property {boolean} extractable
 * @property {string[]} usages in the order of the standard
 * @property {object} algorithm `name` in its normal form, and `hash` (a name), `length`, `modulusLength`,
 *   `publicExponent`, `namedCurve` where the algorithm has them
 * @property {object} family the algorithm's functions (`algorithms.js`)
 */

/** @param {KeyRecord} record */
export function makeKey(record) {
  return new CryptoKey(internalToken, record);
}

export {
  /** `isCryptoKey(value)`: the brand check. */
  isKey as isCryptoKey,
  /** `keyRecord(key)`: the {@link KeyRecord} of a CryptoKey. */
  recordOf as keyRecord,
};
