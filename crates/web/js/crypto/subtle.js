// SubtleCrypto (https://w3c.github.io/webcrypto/#subtlecrypto-interface): which key may do what. What it does then is
// the business of its family (algorithms.js).
//
// All methods but timingSafeEqual() are async functions, so that whatever they throw rejects their promise. Operations
// that take long answer by a promise of their own; everything else is done before the method returns, as on Workers.

import { op_digest, op_timing_safe_equal } from "holdfast:ops";
import { bytesOfBuffer } from "../blob.js";
import { TextDecoder, TextEncoder } from "../encoding.js";
import { TypedArrayPrototypeGetByteLength, uncurryThis } from "../primordials.js";
import { argumentError } from "../type_errors.js";
import { defineInterface, illegalConstructor, internalToken, isObject } from "../webidl.js";
import { familyOf, sameName } from "./algorithms.js";
import {
  algorithmArgument, booleanArgument, bufferArgument, DeriveKeyAlgorithm, EncryptAlgorithm, GenerateKeyAlgorithm,
  HashAlgorithm, ImportKeyAlgorithm, isBufferSource, keyArgument, keyDataArgument, lengthArgument, SignAlgorithm,
  stringArgument, toJsonWebKey, usagesArgument,
} from "./dictionaries.js";
import { dataError, invalidAccessError, notSupportedError, syntaxError } from "./errors.js";
import { hashName } from "./hashes.js";
import { keyRecord, makeKey } from "./key.js";
import { includes, requireUsages } from "./usages.js";

const { parse, stringify } = JSON;
const decode = uncurryThis(TextDecoder.prototype.decode);
const encode = uncurryThis(TextEncoder.prototype.encode);
const decoder = new TextDecoder();
const encoder = new TextEncoder();

/** The record of a key that must have been made for this algorithm and allow this usage. */
function permitted(key, { name }, usage) {
  const record = keyRecord(key);
  if (!sameName(name, record.family.name)) {
    throw invalidAccessError(
      `Requested algorithm "${name}" does not match this CryptoKey's algorithm "${record.family.name}".`,
    );
  }
  if (!includes(record.usages, usage)) {
    throw invalidAccessError(`Requested key usage "${usage}" does not match any usage listed in this CryptoKey.`);
  }
  return record;
}

function notImplemented(operation, { name }) {
  return notSupportedError(`The ${operation} operation is not implemented for "${name}".`);
}

function encryptWith(key, algorithm, data) {
  if (key.family.encrypt === undefined) throw notImplemented("encrypt", key.family);
  return key.family.encrypt(key, algorithm, data);
}

function decryptWith(key, algorithm, data) {
  if (key.family.decrypt === undefined) throw notImplemented("decrypt", key.family);
  return key.family.decrypt(key, algorithm, data);
}

function deriveWith(key, algorithm, length) {
  return key.family.deriveBits(key, algorithm, length);
}

function importKey(format, data, algorithm, extractable, usages) {
  if (format === "raw" || format === "pkcs8" || format === "spki") {
    if (!isBufferSource(data)) {
      throw new TypeError(
        'Import data provided for "raw", "pkcs8", or "spki" import formats must be a buffer source.',
      );
    }
  } else if (format === "jwk") {
    if (isBufferSource(data)) {
      throw new TypeError('Import data provided for "jwk" import format must be a JsonWebKey.');
    }
    if (data.jwk.ext === false && extractable) {
      throw dataError(`JWK ext field for "${algorithm.name}" is set to false but extractable is true`);
    }
  } else {
    throw notSupportedError(`Unrecognized key import format "${format}".`);
  }
  const family = familyOf(algorithm.name);
  if (family === undefined) {
    throw notSupportedError(`Unrecognized key import algorithm "${algorithm.name}" requested.`);
  }
  const key = family.importKey(format, data, algorithm, extractable, usages);
  requireUsages(key);
  return makeKey(key);
}

function exportKey(format, key) {
  if (!key.extractable) throw invalidAccessError(`Attempt to export non-extractable ${key.family.name} key.`);
  if (key.family.exportKey === undefined) {
    throw notSupportedError(`Unrecognized or unsupported export of "${key.family.name}" requested.`);
  }
  return key.family.exportKey(key, format);
}

/** "Get key length": how many bits deriveKey() derives; undefined where the algorithm leaves it open. */
function derivedLength(algorithm) {
  const family = familyOf(algorithm.name);
  if (family === undefined || family.keyLength === undefined) {
    throw notSupportedError(`Unrecognized derived key type "${algorithm.name}" requested.`);
  }
  return family.keyLength(algorithm);
}

export class SubtleCrypto {
  #brand;

  constructor() {
    if (arguments[0] !== internalToken) throw illegalConstructor();
  }

  async encrypt() {
    this.#brand;
    const algorithm = algorithmArgument(arguments[0], EncryptAlgorithm, "encrypt", 1);
    const key = keyArgument(arguments[1], "encrypt", 2);
    const data = bufferArgument(arguments[2], "encrypt", 3);
    return encryptWith(permitted(key, algorithm, "encrypt"), algorithm, data);
  }

  async decrypt() {
    this.#brand;
    const algorithm = algorithmArgument(arguments[0], EncryptAlgorithm, "decrypt", 1);
    const key = keyArgument(arguments[1], "decrypt", 2);
    const data = bufferArgument(arguments[2], "decrypt", 3);
    return decryptWith(permitted(key, algorithm, "decrypt"), algorithm, data);
  }

  async sign() {
    this.#brand;
    const algorithm = algorithmArgument(arguments[0], SignAlgorithm, "sign", 1);
    const key = keyArgument(arguments[1], "sign", 2);
    const data = bufferArgument(arguments[2], "sign", 3);
    const record = permitted(key, algorithm, "sign");
    return record.family.sign(record, algorithm, data);
  }

  async verify() {
    this.#brand;
    const algorithm = algorithmArgument(arguments[0], SignAlgorithm, "verify", 1);
    const key = keyArgument(arguments[1], "verify", 2);
    const signature = bufferArgument(arguments[2], "verify", 3);
    const data = bufferArgument(arguments[3], "verify", 4);
    const record = permitted(key, algorithm, "verify");
    return record.family.verify(record, algorithm, signature, data);
  }

  /** SHA-1, SHA-256, SHA-384, SHA-512, and MD5 as on Workers. */
  async digest() {
    this.#brand;
    const algorithm = algorithmArgument(arguments[0], HashAlgorithm, "digest", 1);
    const data = bufferArgument(arguments[1], "digest", 2);
    return op_digest(hashName(algorithm.name), data);
  }

  async generateKey() {
    this.#brand;
    const algorithm = algorithmArgument(arguments[0], GenerateKeyAlgorithm, "generateKey", 1);
    const extractable = booleanArgument(arguments[1], "generateKey", 2);
    const usages = usagesArgument(arguments[2], "generateKey", 3);
    const family = familyOf(algorithm.name);
    if (family === undefined || family.generateKey === undefined) {
      throw notSupportedError(`Unrecognized key generation algorithm "${algorithm.name}" requested.`);
    }
    const made = await family.generateKey(algorithm, extractable, usages);
    if (made.privateKey === undefined) {
      requireUsages(made);
      return makeKey(made);
    }
    if (made.privateKey.usages.length === 0) {
      throw syntaxError("Attempt to generate asymmetric keys with no valid private key usages.");
    }
    return { publicKey: makeKey(made.publicKey), privateKey: makeKey(made.privateKey) };
  }

  async deriveKey() {
    this.#brand;
    const algorithm = algorithmArgument(arguments[0], DeriveKeyAlgorithm, "deriveKey", 1);
    const baseKey = keyArgument(arguments[1], "deriveKey", 2);
    const derived = algorithmArgument(arguments[2], ImportKeyAlgorithm, "deriveKey", 3);
    const extractable = booleanArgument(arguments[3], "deriveKey", 4);
    const usages = usagesArgument(arguments[4], "deriveKey", 5);
    const record = permitted(baseKey, algorithm, "deriveKey");
    const secret = await deriveWith(record, algorithm, derivedLength(derived));
    return importKey("raw", secret, derived, extractable, usages);
  }

  async deriveBits() {
    this.#brand;
    const algorithm = algorithmArgument(arguments[0], DeriveKeyAlgorithm, "deriveBits", 1);
    const baseKey = keyArgument(arguments[1], "deriveBits", 2);
    const length = lengthArgument(arguments[2]);
    if (length !== undefined && length < 0) {
      throw new TypeError("deriveBits length must be an unsigned long integer.");
    }
    return deriveWith(permitted(baseKey, algorithm, "deriveBits"), algorithm, length);
  }

  async importKey() {
    this.#brand;
    const format = stringArgument(arguments[0], "importKey", 1);
    const data = keyDataArgument(arguments[1], "importKey", 2);
    const algorithm = algorithmArgument(arguments[2], ImportKeyAlgorithm, "importKey", 3);
    const extractable = booleanArgument(arguments[3], "importKey", 4);
    const usages = usagesArgument(arguments[4], "importKey", 5);
    return importKey(format, data, algorithm, extractable, usages);
  }

  async exportKey() {
    this.#brand;
    const format = stringArgument(arguments[0], "exportKey", 1);
    const key = keyArgument(arguments[1], "exportKey", 2);
    return exportKey(format, keyRecord(key));
  }

  async wrapKey() {
    this.#brand;
    const format = stringArgument(arguments[0], "wrapKey", 1);
    const key = keyArgument(arguments[1], "wrapKey", 2);
    const wrappingKey = keyArgument(arguments[2], "wrapKey", 3);
    const algorithm = algorithmArgument(arguments[3], EncryptAlgorithm, "wrapKey", 4);
    const wrapping = permitted(wrappingKey, algorithm, "wrapKey");
    const exported = exportKey(format, keyRecord(key));
    const bytes = format === "jwk" ? encode(encoder, stringify(exported)) : exported;
    const { family } = wrapping;
    if (family.wrapKey !== undefined) return family.wrapKey(wrapping, algorithm, bytes);
    return encryptWith(wrapping, algorithm, bytes);
  }

  async unwrapKey() {
    this.#brand;
    const format = stringArgument(arguments[0], "unwrapKey", 1);
    const wrapped = bufferArgument(arguments[1], "unwrapKey", 2);
    const unwrappingKey = keyArgument(arguments[2], "unwrapKey", 3);
    const algorithm = algorithmArgument(arguments[3], EncryptAlgorithm, "unwrapKey", 4);
    const keyAlgorithm = algorithmArgument(arguments[4], ImportKeyAlgorithm, "unwrapKey", 5);
    const extractable = booleanArgument(arguments[5], "unwrapKey", 6);
    const usages = usagesArgument(arguments[6], "unwrapKey", 7);
    const unwrapping = permitted(unwrappingKey, algorithm, "unwrapKey");
    const { family } = unwrapping;
    const bytes =
      family.unwrapKey === undefined
        ? await decryptWith(unwrapping, algorithm, wrapped)
        : family.unwrapKey(unwrapping, algorithm, wrapped);
    let data = bytes;
    if (format === "jwk") {
      const value = parse(decode(decoder, bytes));
      if (!isObject(value)) throw dataError('Missing "kty" field or corrupt JSON unwrapping key?');
      data = { __proto__: null, jwk: toJsonWebKey(value) };
    }
    return importKey(format, data, keyAlgorithm, extractable, usages);
  }

  /** Whether two buffers of the same length hold the same bytes, in a time that depends on the length alone. */
  timingSafeEqual() {
    this.#brand;
    const [a, b] = arguments;
    if (!isBufferSource(a)) throw argumentError("timingSafeEqual", "SubtleCrypto", 1, "BufferSource");
    if (!isBufferSource(b)) throw argumentError("timingSafeEqual", "SubtleCrypto", 2, "BufferSource");
    const length = (buffer) => TypedArrayPrototypeGetByteLength(bytesOfBuffer(buffer));
    if (length(a) !== length(b)) throw new TypeError("Input buffers must have the same byte length.");
    return op_timing_safe_equal(a, b);
  }
}

defineInterface(SubtleCrypto);
