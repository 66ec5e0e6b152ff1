// RSASSA-PKCS1-v1_5, RSA-PSS and RSA-OAEP (https://w3c.github.io/webcrypto/#rsassa-pkcs1 and following).

import {
  op_key_kind, op_rsa_details, op_rsa_from_numbers, op_rsa_generate, op_rsa_numbers, op_rsa_oaep_decrypt,
  op_rsa_oaep_encrypt, op_sign, op_verify,
} from "holdfast:ops";
import { enabled } from "holdfast:web/compat";
import { bytesOfBuffer } from "../blob.js";
import {
  StringPrototypeSlice, TypedArrayPrototypeGetByteLength, TypedArrayPrototypeGetLength, TypedArrayPrototypeSlice,
} from "../primordials.js";
import { exportAsymmetric, importAsymmetric, makePair, requirePrivate, requirePublic } from "./asymmetric.js";
import { dataError, invalidAccessError, missingField, notSupportedError, operationError } from "./errors.js";
import { digestBytes, hashName, requiredHash } from "./hashes.js";
import { decodeMember } from "./jwk.js";
import { checkUsages } from "./usages.js";

// --- parameters ---

/** The value of an exponent, or undefined beyond 2^32. */
function exponentValue(bytes) {
  let value = 0;
  for (let i = 0; i < TypedArrayPrototypeGetLength(bytes); i++) {
    value = value * 256 + bytes[i];
    if (value > 0xffff_ffff) return undefined;
  }
  return value;
}

function tooLarge() {
  return operationError('The "publicExponent" must be either 3 or 65537, but got a number larger than 2^32.');
}

function checkModulus(length) {
  if (length % 8 !== 0 || length < 256 || length > 16_384) {
    throw operationError(
      `The modulus length must be a multiple of 8 and between 256 and 16k, but ${length} was requested.`,
    );
  }
}

function checkGenerated(modulusLength, exponent) {
  checkModulus(modulusLength);
  const value = exponentValue(exponent);
  if (value === undefined) throw tooLarge();
  if (value !== 3 && value !== 65_537) {
    throw operationError(`The "publicExponent" must be either 3 or 65537, but got ${value}.`);
  }
  if (enabled("strict_crypto_checks") && modulusLength % 128 !== 0) {
    throw operationError("Can't generate key: RSA key size is required to be a multiple of 128");
  }
}

function checkImported(modulusLength, exponent) {
  const strict = enabled("strict_crypto_checks");
  if (strict) checkModulus(modulusLength);
  const value = exponentValue(exponent);
  if (value === undefined) throw tooLarge();
  if (strict && value !== 3 && value !== 17 && value !== 37 && value !== 65_537) {
    throw operationError(`Imported RSA key has invalid publicExponent ${value}.`);
  }
}

// --- JSON Web Keys ---

/** The member `alg` for a hash. */
function jwkAlgorithm({ prefix, sha1 }, hash) {
  return hash === "SHA-1" ? sha1 : `${prefix}${StringPrototypeSlice(hash, 4)}`;
}

function checkJwkAlgorithm(family, alg, hash) {
  const known = ["SHA-1", "SHA-256", "SHA-384", "SHA-512"];
  let found;
  for (let i = 0; i < known.length; i++) {
    if (alg === jwkAlgorithm(family, known[i])) found = known[i];
  }
  if (found === undefined) {
    throw notSupportedError(
      `Unrecognized or unimplemented algorithm "${alg}" listed in JSON Web Key Algorithm parameter.`,
    );
  }
  if (found !== hash) {
    throw dataError(
      `JSON Web Key Algorithm parameter "alg" ("${alg}") does not match requested hash algorithm "${alg}".`,
    );
  }
}

/** Members with the numbers of a key, in the operation's order. */
const NUMBERS = ["n", "e", "d", "p", "q", "dp", "dq", "qi"];

const invalidMember = (what) => `Invalid RSA key in JSON Web Key; ${what}.`;

/** Members with the factors of a private key, and what errors call them. */
const FACTORS = [
  ["p", 'invalid First Prime Factor parameter ("p")'],
  ["q", 'invalid Second Prime Factor parameter ("q")'],
  ["dp", 'invalid First Factor CRT Exponent parameter ("dp")'],
  ["dq", 'invalid Second Factor CRT Exponent parameter ("dq")'],
  ["qi", 'invalid First CRT Coefficient parameter ("qi")'],
];

/** The key of a JSON Web Key whose `kty` and `alg` are right. */
export function readMembers(jwk) {
  const n = decodeMember(jwk.n, invalidMember('missing or invalid Modulus parameter ("n")'));
  const e = decodeMember(jwk.e, invalidMember('missing or invalid Exponent parameter ("e")'));
  if (jwk.d === undefined) return op_rsa_from_numbers(n, e);
  const d = decodeMember(jwk.d, invalidMember('missing or invalid Private Exponent parameter ("d")'));
  let present = 0;
  for (let i = 0; i < FACTORS.length; i++) present += jwk[FACTORS[i][0]] === undefined ? 0 : 1;
  if (present === 0) return op_rsa_from_numbers(n, e, d);
  if (present !== FACTORS.length) {
    throw dataError(
      "Invalid RSA private key in JSON Web Key; if one Prime Factor or CRT Exponent/Coefficient parameter is " +
        'present, then they must all be present ("p", "q", "dp", "dq", "qi").',
    );
  }
  const factors = [];
  for (let i = 0; i < FACTORS.length; i++) {
    factors[i] = decodeMember(jwk[FACTORS[i][0]], invalidMember(FACTORS[i][1]));
  }
  return op_rsa_from_numbers(n, e, d, factors[0], factors[1], factors[2], factors[3], factors[4]);
}

// --- what they have in common ---

/** The record of a key that was imported and may turn out to be one of another kind. */
export function importedRecord(family, imported, hash, extractable) {
  if (imported.handle === undefined || op_key_kind(imported.handle) !== "rsa") {
    throw dataError("Input was not an RSA key.");
  }
  const details = op_rsa_details(imported.handle);
  const modulusLength = details[0];
  const publicExponent = details[1];
  checkImported(modulusLength, publicExponent);
  const algorithm = { name: family.name, modulusLength, publicExponent, hash };
  return { ...imported, extractable, algorithm, family };
}

export const common = {
  __proto__: null,
  usages: ["sign", "verify"],

  async generateKey(algorithm, extractable, usages) {
    const { name } = this;
    const { publicExponent, modulusLength } = algorithm;
    if (publicExponent === undefined) throw missingField("publicExponent");
    if (algorithm.hash === undefined) throw missingField("hash");
    if (modulusLength === undefined) throw missingField("modulusLength");
    if (modulusLength <= 0) {
      throw operationError(`modulusLength must be greater than zero (requested ${modulusLength}).`);
    }
    const hash = hashName(algorithm.hash);
    const checked = checkUsages(name, "generate", usages, this.usages);
    const exponent = TypedArrayPrototypeSlice(bytesOfBuffer(publicExponent));
    checkGenerated(modulusLength, exponent);
    const pair = await op_rsa_generate(modulusLength, exponent);
    if (pair === undefined) throw operationError("RSA operation failed.");
    const description = { name, modulusLength, publicExponent: exponent, hash };
    return makePair(this, pair, description, extractable, checked);
  },

  importKey(format, data, algorithm, extractable, usages) {
    const hash = requiredHash(algorithm);
    const resolved = { hash };
    const imported = importAsymmetric(this, format, data, resolved, extractable, usages);
    return importedRecord(this, imported, hash, extractable);
  },

  readJwk(jwk, { hash }) {
    if (jwk.kty !== "RSA") {
      throw dataError(
        'RSASSA-PKCS1-v1_5 "jwk" key import requires a JSON Web Key with Key Type parameter "kty" ' +
          `("${jwk.kty}") equal to "RSA".`,
      );
    }
    if (jwk.alg !== undefined) checkJwkAlgorithm(this, jwk.alg, hash);
    return readMembers(jwk);
  },

  exportKey(key, format) {
    return exportAsymmetric(this, key, format);
  },

  exportRaw() {
    throw invalidAccessError(`Cannot export "${this.name}" in "raw" format.`);
  },

  jwkMembers(key) {
    const { hash } = key.algorithm;
    if (StringPrototypeSlice(hash, 0, 3) !== "SHA") {
      throw notSupportedError(`JWK export not supported for hash algorithm "${hash}".`);
    }
    const members = { kty: "RSA", alg: jwkAlgorithm(this, hash) };
    const numbers = op_rsa_numbers(key.handle);
    for (let i = 0; i < numbers.length; i++) members[NUMBERS[i]] = numbers[i];
    return members;
  },
};

// --- signatures ---

/** Length of the modulus in bytes. */
export const modulusBytes = (key) => key.algorithm.modulusLength / 8;

async function sign(key, salt, data) {
  const { name, hash } = key.algorithm;
  const signature = await op_sign(key.handle, name, hash, salt, data);
  if (signature === undefined) throw operationError(`${name} signing failed.`);
  return signature;
}

function verify(key, salt, signature, data) {
  const { name, hash } = key.algorithm;
  return op_verify(key.handle, name, hash, salt, signature, data) === true;
}

const SIGNING = "Asymmetric signing requires a private key.";
const VERIFICATION = "Asymmetric verification requires a public key.";

const pkcs1 = {
  __proto__: common,
  name: "RSASSA-PKCS1-v1_5",
  prefix: "RS",
  sha1: "RS1",

  sign(key, _algorithm, data) {
    requirePrivate(key, SIGNING);
    // Room for the digest, its description and the padding; workerd's figure.
    const needed = digestBytes(key.algorithm.hash) + 32;
    if (needed > modulusBytes(key)) {
      throw operationError(`key too small for signing with given digest, need at least ${8 * needed}bits.`);
    }
    return sign(key, undefined, data);
  },

  verify(key, _algorithm, signature, data) {
    requirePublic(key, VERIFICATION);
    return verify(key, undefined, signature, data);
  },
};

function requireSalt(saltLength, missing) {
  if (saltLength === undefined) {
    throw missing("Failed to provide salt for RSA-PSS key operation which requires a salt");
  }
  if (saltLength < 0) {
    throw dataError(`SaltLength for RSA-PSS must be non-negative (provided ${saltLength}).`);
  }
}

const pss = {
  __proto__: common,
  name: "RSA-PSS",
  prefix: "PS",
  sha1: "PS1",

  sign(key, { saltLength }, data) {
    requirePrivate(key, SIGNING);
    requireSalt(saltLength, dataError);
    const room = modulusBytes(key) - digestBytes(key.algorithm.hash) - 2;
    if (room < 0) throw operationError("key too small for signing with given digest");
    if (saltLength > room) throw operationError("key too small for signing with given digest and salt length");
    return sign(key, saltLength, data);
  },

  verify(key, { saltLength }, signature, data) {
    requirePublic(key, VERIFICATION);
    requireSalt(saltLength, TypeError);
    return verify(key, saltLength, signature, data);
  },
};

// --- encryption ---

const failed = (detail = ".") => operationError(`RSA-OAEP failed encrypt/decrypt${detail}`);

const oaep = {
  __proto__: common,
  name: "RSA-OAEP",
  prefix: "RSA-OAEP-",
  sha1: "RSA-OAEP",
  usages: ["encrypt", "decrypt", "wrapKey", "unwrapKey"],

  encrypt(key, { label }, data) {
    requirePublic(key, `Encryption/key wrapping only works with public keys, not "${key.type}".`);
    const sealed = op_rsa_oaep_encrypt(key.handle, key.algorithm.hash, label, data);
    if (sealed === undefined) throw failed();
    return sealed;
  },

  async decrypt(key, { label }, data) {
    requirePrivate(key, `Decryption/key unwrapping only works with private keys, not "${key.type}".`);
    const length = TypedArrayPrototypeGetByteLength(bytesOfBuffer(data));
    if (length !== modulusBytes(key)) throw failed(": Invalid RSA signature..");
    const message = await op_rsa_oaep_decrypt(key.handle, key.algorithm.hash, label, data);
    if (message === undefined) throw failed();
    return message;
  },
};

export const rsa = [pkcs1, pss, oaep];
