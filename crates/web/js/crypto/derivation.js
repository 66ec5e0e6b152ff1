// PBKDF2 and HKDF (https://w3c.github.io/webcrypto/#hkdf, #pbkdf2).

import { op_hkdf, op_pbkdf2, op_secret_key } from "holdfast:ops";
import { bytesOfBuffer } from "../blob.js";
import { TypedArrayPrototypeGetByteLength } from "../primordials.js";
import { missingField, notSupportedError, operationError, syntaxError } from "./errors.js";
import { requiredHash } from "./hashes.js";
import { checkUsages } from "./usages.js";

const common = {
  __proto__: null,

  importKey(format, data, _algorithm, extractable, usages) {
    const { name } = this;
    const checked = checkUsages(name, "import secret", usages, ["deriveKey", "deriveBits"]);
    if (extractable) throw syntaxError(`${name} key cannot be extractable.`);
    if (format !== "raw") {
      throw notSupportedError(`${name} key must be imported in "raw" format (requested "${format}"${this.closing}`);
    }
    const bytes = bytesOfBuffer(data);
    return {
      handle: op_secret_key(bytes, TypedArrayPrototypeGetByteLength(bytes) * 8),
      type: "secret",
      extractable: false,
      usages: checked,
      algorithm: { name },
      family: this,
    };
  },

  /** "Get key length": none. */
  keyLength() {
    return undefined;
  },
};

function checkLength(name, length) {
  if (length === undefined) throw operationError(`${name} cannot derive a key with null length.`);
  if (length % 8 !== 0) {
    throw operationError(`${name} requires a derived key length that is a multiple of eight (requested ${length}).`);
  }
}

const pbkdf2 = {
  __proto__: common,
  name: "PBKDF2",
  closing: ").",

  deriveBits(key, algorithm, length) {
    const hash = requiredHash(algorithm);
    const { salt, iterations } = algorithm;
    if (salt === undefined) throw missingField("salt");
    if (iterations === undefined) throw missingField("iterations");
    checkLength("PBKDF2", length);
    if (iterations <= 0) {
      throw operationError(`PBKDF2 requires a positive iteration count (requested ${iterations}).`);
    }
    return op_pbkdf2(key.handle, hash, salt, iterations, length / 8);
  },
};

const hkdf = {
  __proto__: common,
  name: "HKDF",
  closing: ")",

  deriveBits(key, algorithm, length) {
    const hash = requiredHash(algorithm);
    const { salt, info } = algorithm;
    if (salt === undefined) throw missingField("salt");
    if (info === undefined) throw missingField("info");
    checkLength("HKDF", length);
    const bits = op_hkdf(key.handle, hash, salt, info, length / 8);
    if (bits === undefined) throw operationError("HKDF deriveBits failed.");
    return bits;
  },
};

export const derivation = [pbkdf2, hkdf];
