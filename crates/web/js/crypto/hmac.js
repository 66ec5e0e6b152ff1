// HMAC (https://w3c.github.io/webcrypto/#hmac).

import { op_hmac, op_hmac_verify, op_secret_key, op_secret_key_bytes, op_secret_key_random } from "holdfast:ops";
import { dataError, notSupportedError, operationError } from "./errors.js";
import { blockBits, hashName, requiredHash } from "./hashes.js";
import { decodeMember, exportedJwk, secretText } from "./jwk.js";
import { StringPrototypeSlice, TypedArrayPrototypeGetByteLength } from "../primordials.js";
import { bytesOfBuffer } from "../blob.js";
import { checkUsages } from "./usages.js";

const USAGES = ["sign", "verify"];

const isSha = (hash) => StringPrototypeSlice(hash, 0, 4) === "SHA-";

const record = (handle, hash, length, extractable, usages) => ({
  handle,
  type: "secret",
  extractable,
  usages,
  algorithm: { name: "HMAC", hash, length },
  family: hmac,
});

function bytesOfJwk({ jwk }, hash) {
  if (jwk.kty !== "oct") {
    throw dataError(
      'HMAC "jwk" key import requires a JSON Web Key with Key Type parameter ("kty") equal to "oct" ' +
        `(encountered "${jwk.kty}").`,
    );
  }
  const bytes = decodeMember(jwk.k, 'HMAC "jwk" key import requires a base64Url encoding of the key');
  if (jwk.alg !== undefined) {
    // The name as the program wrote it: workerd refuses "sha-256" here.
    if (!isSha(hash)) {
      throw notSupportedError(`Unrecognized or unimplemented hash algorithm requested${jwk.alg}`);
    }
    const expected = `HS${StringPrototypeSlice(hash, 4)}`;
    if (jwk.alg !== expected) {
      throw dataError(
        'HMAC "jwk" key import specifies "alg" that is incompatible with the hash name ' +
          `(encountered "${jwk.alg}", expected "${expected}").`,
      );
    }
  }
  return bytes;
}

export const hmac = {
  __proto__: null,
  name: "HMAC",

  generateKey(algorithm, extractable, usages) {
    const hash = requiredHash(algorithm);
    const checked = checkUsages("HMAC", "generate", usages, USAGES);
    const { length = blockBits(hash) } = algorithm;
    if (length <= 0) {
      throw operationError(`HMAC key length must be a non-zero unsigned long integer (requested ${length}).`);
    }
    return record(op_secret_key_random(length), hash, length, extractable, checked);
  },

  importKey(format, data, algorithm, extractable, usages) {
    const checked = checkUsages("HMAC", "import secret", usages, USAGES);
    if (algorithm.hash === undefined) requiredHash(algorithm);
    let bytes;
    if (format === "raw") bytes = bytesOfBuffer(data);
    else if (format === "jwk") bytes = bytesOfJwk(data, algorithm.hash);
    else throw notSupportedError(`Unrecognized key import format "${format}".`);
    const bits = TypedArrayPrototypeGetByteLength(bytes) * 8;
    const { length = bits } = algorithm;
    if (length <= 0 || length > bits || length <= bits - 8) {
      throw dataError(
        `Imported HMAC key length (${length}) must be a non-zero value up to 7 bits less than, ` +
          `and no greater than, the bit length of the raw key data (${bits}).`,
      );
    }
    const hash = hashName(algorithm.hash);
    return record(op_secret_key(bytes, length), hash, length, extractable, checked);
  },

  exportKey(key, format) {
    if (format === "raw") return op_secret_key_bytes(key.handle);
    if (format !== "jwk") throw notSupportedError(`Unimplemented key export format "${format}".`);
    const { hash } = key.algorithm;
    if (!isSha(hash)) {
      throw notSupportedError(`Unimplemented JWK key export format for key algorithm "${hash}".`);
    }
    return exportedJwk(key, { kty: "oct", k: secretText(key), alg: `HS${StringPrototypeSlice(hash, 4)}` });
  },

  sign(key, _algorithm, data) {
    return op_hmac(key.handle, key.algorithm.hash, data);
  },

  verify(key, _algorithm, signature, data) {
    return op_hmac_verify(key.handle, key.algorithm.hash, signature, data);
  },

  /** "Get key length": that of a key which deriveKey() is to make. */
  keyLength({ length, hash }) {
    if (length !== undefined) {
      if (length > 0) return length;
      throw new TypeError("HMAC key length must be a non-zero unsigned long integer.");
    }
    return blockBits(requiredHash({ hash }, "derivedKeyParams"));
  },
};
