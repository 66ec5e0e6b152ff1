// AES-CBC, AES-CTR, AES-GCM and AES-KW (https://w3c.github.io/webcrypto/#aes-ctr and following).

import {
  op_aes_cbc, op_aes_ctr, op_aes_gcm, op_aes_kw, op_secret_key, op_secret_key_bytes, op_secret_key_random,
} from "holdfast:ops";
import { dataError, missingField, notSupportedError, operationError } from "./errors.js";
import { decodeMember, duplicate, exportedJwk, secretText } from "./jwk.js";
import { StringPrototypeSlice, TypedArrayPrototypeGetByteLength } from "../primordials.js";
import { bytesOfBuffer } from "../blob.js";
import { checkUsages, includes } from "./usages.js";

const isKeyLength = (bits) => bits === 128 || bits === 192 || bits === 256;

const byteLength = (buffer) => TypedArrayPrototypeGetByteLength(bytesOfBuffer(buffer));

const record = (family, handle, length, extractable, usages) => ({
  handle,
  type: "secret",
  extractable,
  usages,
  algorithm: { name: family.name, length },
  family,
});

function checkImported(bits) {
  if (!isKeyLength(bits)) {
    throw dataError(`Imported AES key length must be 128, 192, or 256 bits but provided ${bits}.`);
  }
}

/** "GCM" of "AES-GCM". */
const mode = ({ name }) => StringPrototypeSlice(name, 4);

function bytesOfJwk(family, { jwk }, usages) {
  if (jwk.kty !== "oct") {
    throw dataError(
      'Symmetric "jwk" key import requires a JSON Web Key with Key Type parameter "kty" equal to "oct" ' +
        `(encountered "${jwk.kty}").`,
    );
  }
  const bytes = decodeMember(jwk.k, 'Symmetric "jwk" key import requires a base64Url encoding of the key.');
  const bits = TypedArrayPrototypeGetByteLength(bytes) * 8;
  checkImported(bits);
  const expected = `A${bits}${mode(family)}`;
  if (jwk.alg !== undefined && jwk.alg !== expected) {
    throw dataError(`Symmetric "jwk" key contains invalid "alg" value "${jwk.alg}", expected "${expected}".`);
  }
  if (usages.length > 0 && jwk.use !== undefined && jwk.use !== "enc") {
    throw dataError(`Symmetric "jwk" key must have a "use" of "enc", not "${jwk.use}".`);
  }
  if (jwk.key_ops !== undefined) {
    const twice = duplicate(jwk.key_ops);
    if (twice !== undefined) {
      throw dataError(`Symmetric "jwk" key contains duplicate value "${twice}", in "key_op".`);
    }
    for (let i = 0; i < usages.length; i++) {
      if (!includes(jwk.key_ops, usages[i])) {
        throw dataError(`"jwk" key missing usage "${usages[i]}", in "key_ops".`);
      }
    }
  }
  return bytes;
}

/** What the four have in common. */
const common = {
  __proto__: null,
  usages: ["encrypt", "decrypt", "wrapKey", "unwrapKey"],

  generateKey(algorithm, extractable, usages) {
    const checked = checkUsages(this.name, "generate", usages, this.usages);
    const { length } = algorithm;
    if (length === undefined) throw missingField("length");
    if (!isKeyLength(length)) {
      throw operationError(`Generated AES key length must be 128, 192, or 256 bits but requested ${length}.`);
    }
    return record(this, op_secret_key_random(length), length, extractable, checked);
  },

  importKey(format, data, _algorithm, extractable, usages) {
    const checked = checkUsages(this.name, "import secret", usages, this.usages);
    let bytes;
    if (format === "raw") bytes = bytesOfBuffer(data);
    else if (format === "jwk") bytes = bytesOfJwk(this, data, usages);
    else throw notSupportedError(`Unrecognized key import format "${format}".`);
    const bits = TypedArrayPrototypeGetByteLength(bytes) * 8;
    checkImported(bits);
    return record(this, op_secret_key(bytes, bits), bits, extractable, checked);
  },

  exportKey(key, format) {
    if (format === "raw") return op_secret_key_bytes(key.handle);
    if (format !== "jwk") {
      throw notSupportedError(`${this.name} key only supports exporting "raw" & "jwk", not "${format}".`);
    }
    return exportedJwk(key, { kty: "oct", k: secretText(key), alg: `A${key.algorithm.length}${mode(this)}` });
  },

  /** "Get key length": that of a key which deriveKey() is to make. */
  keyLength({ length }) {
    if (length === undefined) throw missingField("length", "derivedKeyParams");
    if (!isKeyLength(length)) {
      throw operationError(`Derived AES key must be 128, 192, or 256 bits in length but provided ${length}.`);
    }
    return length;
  },
};

/** Decryption failed: the reasons are told apart nowhere, lest they tell something of the message. */
function decryptionFailed(name, given, expected) {
  return operationError(
    "Decryption failed. This could be due to a ciphertext authentication failure, bad padding, incorrect " +
      "CryptoKey, or another algorithm-specific reason. " +
      `Input length was ${given}, output length expected to be ${expected} for ${name}`,
  );
}

// --- AES-CBC ---

const BLOCK_BYTES = 16;

/** The vector, which must fit; the closing words of the error are workerd's. */
function cbcIv({ iv }, closing) {
  if (iv === undefined) throw missingField("iv");
  const length = byteLength(iv);
  if (length !== BLOCK_BYTES) throw operationError(`AES-CBC IV must be 16 bytes long (provided ${length}${closing}`);
  return iv;
}

const cbc = {
  __proto__: common,
  name: "AES-CBC",

  encrypt(key, algorithm, data) {
    return op_aes_cbc(true, key.handle, cbcIv(algorithm, " bytes)."), data);
  },

  decrypt(key, algorithm, data) {
    const message = op_aes_cbc(false, key.handle, cbcIv(algorithm, ")."), data);
    if (message !== undefined) return message;
    // What OpenSSL gives before it looks at the last block.
    const given = byteLength(data);
    const whole = given - (given % BLOCK_BYTES);
    const expected = given % BLOCK_BYTES === 0 && whole > 0 ? whole - BLOCK_BYTES : whole;
    throw decryptionFailed("AES-CBC", given, expected);
  },
};

// --- AES-CTR ---

function ctrCrypt(key, algorithm, data) {
  const { counter, length } = algorithm;
  if (counter === undefined) throw new TypeError('Missing "counter" member in "algorithm".');
  const bytes = byteLength(counter);
  if (bytes !== BLOCK_BYTES) throw operationError(`Counter must have length of 16 bytes (provided ${bytes}).`);
  if (length === undefined) throw new TypeError('Missing "length" member in "algorithm".');
  if (length <= 0 || length > 128) throw operationError(`Invalid counter of ${length} bits length provided.`);
  const output = op_aes_ctr(key.handle, counter, length, data);
  if (output === undefined) throw operationError("Counter block values will repeat.");
  return output;
}

const ctr = { __proto__: common, name: "AES-CTR", encrypt: ctrCrypt, decrypt: ctrCrypt };

// --- AES-GCM ---

/** OpenSSL's limit; the usual length is 12. */
const GCM_IV_BYTES_MAX = 128;

function gcmIv({ iv }) {
  if (iv === undefined) throw missingField("iv");
  const length = byteLength(iv);
  if (length === 0) throw operationError("AES-GCM IV must not be empty.");
  if (length > GCM_IV_BYTES_MAX) {
    throw operationError(`Holdfast does not support an AES-GCM IV of more than ${GCM_IV_BYTES_MAX} bytes.`);
  }
  return iv;
}

function gcmTagLength({ tagLength = 128 }) {
  switch (tagLength) {
    case 32: case 64: case 96: case 104: case 112: case 120: case 128: return tagLength;
    default: throw operationError(`Invalid AES-GCM tag length ${tagLength}.`);
  }
}

const gcm = {
  __proto__: common,
  name: "AES-GCM",

  encrypt(key, algorithm, data) {
    const iv = gcmIv(algorithm);
    const tagLength = gcmTagLength(algorithm);
    const sealed = op_aes_gcm(true, key.handle, iv, algorithm.additionalData, tagLength / 8, data);
    if (sealed === undefined) throw operationError("AES-GCM encryption failed.");
    return sealed;
  },

  decrypt(key, algorithm, data) {
    const iv = gcmIv(algorithm);
    const tagLength = gcmTagLength(algorithm);
    const given = byteLength(data);
    if (given < tagLength / 8) {
      throw operationError(
        `Ciphertext length of ${given * 8} bits must be greater than or equal to the size of the AES-GCM tag ` +
          `length of ${tagLength} bits.`,
      );
    }
    const message = op_aes_gcm(false, key.handle, iv, algorithm.additionalData, tagLength / 8, data);
    const length = given - tagLength / 8;
    if (message === undefined) throw decryptionFailed("AES-GCM", length, length);
    return message;
  },
};

// --- AES-KW ---

const WRAP_BYTES_MIN = 16;
/** The greatest length that workerd names. */
const WRAP_BYTES_MAX = "18446744073709551607";

const kw = {
  __proto__: common,
  name: "AES-KW",
  usages: ["wrapKey", "unwrapKey"],

  wrapKey(key, _algorithm, bytes) {
    const length = byteLength(bytes);
    if (length % 8 !== 0) {
      throw operationError(
        "Unwrapped key bit length must be a multiple of 64 bits but unwrapped key has a length of " +
          `${length * 8} bits.`,
      );
    }
    if (length < WRAP_BYTES_MIN) {
      throw operationError(
        `Unwrapped key has length ${length} bytes but it should be greater than or equal to ${WRAP_BYTES_MIN} and ` +
          `less than or equal to ${WRAP_BYTES_MAX}`,
      );
    }
    return op_aes_kw(true, key.handle, bytes);
  },

  unwrapKey(key, _algorithm, wrapped) {
    const length = byteLength(wrapped);
    if (length % 8 !== 0) {
      throw operationError(
        `Provided a wrapped key to unwrap that is ${length * 8} bits which isn't a multiple of 64 bits.`,
      );
    }
    if (length < WRAP_BYTES_MIN + 8) {
      throw operationError(
        `Provided a wrapped key to unwrap this is ${length * 8} bits that is less than the minimal length of ` +
          "192 bits.",
      );
    }
    const bytes = op_aes_kw(false, key.handle, wrapped);
    if (bytes === undefined) throw operationError("AES-KW key unwrapping failed.");
    return bytes;
  },
};

export const aes = [cbc, ctr, gcm, kw];
