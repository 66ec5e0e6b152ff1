// KeyObject and its classes (https://nodejs.org/api/crypto.html#class-keyobject), as workerd has them: one for secret
// keys, one for each half of a pair. The key itself is a host object in a private field.

import { op_node_key_equal, op_node_key_type, op_rsa_details, op_secret_key, op_secret_key_bytes } from "holdfast:ops";
import { isCryptoKey, keyRecord } from "holdfast:web/crypto/key";
import { Buffer } from "../buffer.js";
import { ERR_INVALID_ARG_TYPE } from "../errors.js";
import { registry } from "../registry.js";
import { isUint8Array } from "../types.js";
import { notImplemented } from "../unsupported.js";
import { validateObject, validateString } from "../validators.js";
import { secretToJwk } from "./jwk.js";
import { writeKey } from "./key_writing.js";

/** Whoever has it may make keys. */
const token = Symbol("token");

let isKeyObject, handleOf;

export class KeyObject {
  #handle;

  static {
    isKeyObject = (value) => typeof value === "object" && value !== null && #handle in value;
    handleOf = (key) => key.#handle;
  }

  constructor() {
    if (arguments[0] !== token) throw new Error("Illegal constructor");
    this.#handle = arguments[1];
  }

  /** The same key, of a CryptoKey. */
  static from(key) {
    if (!isCryptoKey(key)) throw new ERR_INVALID_ARG_TYPE("key", "CryptoKey", key);
    const { type, handle } = keyRecord(key);
    return makeKeyObject(type, handle);
  }

  export(_options) {
    throw notImplemented("export");
  }

  equals(other) {
    if (this === other) return true;
    if (!isKeyObject(other) || this.type !== other.type) return false;
    return op_node_key_equal(this.#handle, other.#handle);
  }

  get [Symbol.toStringTag]() {
    return "KeyObject";
  }
}

export { handleOf, isKeyObject };
registry.KeyObject = KeyObject;

function validateExportOptions(options) {
  validateObject(options, "options");
  if (options.format !== undefined) validateString(options.format, "options.format");
  if (options.type !== undefined) validateString(options.type, "options.type");
}

// --- pairs ---------------------------------------------------------------------------------------

class AsymmetricKeyObject extends KeyObject {
  #details;

  get asymmetricKeyDetails() {
    return (this.#details ??= detailsOf(handleOf(this)));
  }

  get asymmetricKeyType() {
    return op_node_key_type(handleOf(this))?.[0];
  }

  toCryptoKey() {
    throw notImplemented("toCryptoKey");
  }
}

function detailsOf(handle) {
  const [type, namedCurve] = op_node_key_type(handle) ?? [];
  const details = {};
  if (type === "rsa" || type === "rsa-pss") {
    const [modulusLength, exponent] = op_rsa_details(handle);
    details.modulusLength = modulusLength;
    details.publicExponent = BigInt(`0x${Buffer.from(exponent).toString("hex")}`);
  }
  if (namedCurve !== undefined) details.namedCurve = namedCurve;
  return details;
}

export class PublicKeyObject extends AsymmetricKeyObject {
  export(options = {}) {
    validateExportOptions(options);
    return writeKey(this, options);
  }

  get type() {
    return "public";
  }
}

export class PrivateKeyObject extends AsymmetricKeyObject {
  export(options = {}) {
    validateExportOptions(options);
    const { cipher } = options;
    let { passphrase } = options;
    if (cipher !== undefined) {
      validateString(cipher, "options.cipher");
      if (typeof passphrase === "string") passphrase = Buffer.from(passphrase, options.encoding);
      if (!isUint8Array(passphrase)) {
        throw new ERR_INVALID_ARG_TYPE("options.passphrase", ["string", "Uint8Array"], passphrase);
      }
    }
    return writeKey(this, { ...options, passphrase });
  }

  get type() {
    return "private";
  }
}

// --- secret keys ---------------------------------------------------------------------------------

export class SecretKeyObject extends KeyObject {
  get symmetricKeySize() {
    return op_secret_key_bytes(handleOf(this)).byteLength;
  }

  export(options = {}) {
    validateExportOptions(options);
    const bytes = Buffer.from(op_secret_key_bytes(handleOf(this)));
    switch (options.format) {
      case undefined:
      case "buffer":
        return bytes;
      case "jwk":
        return secretToJwk(bytes);
      default:
        throw new TypeError(`Invalid format for secret key export: ${options.format}`);
    }
  }

  get type() {
    return "secret";
  }
}

const CLASSES = { __proto__: null, secret: SecretKeyObject, private: PrivateKeyObject, public: PublicKeyObject };

/** @param {object} handle the key for operations */
export function makeKeyObject(type, handle) {
  return new CLASSES[type](token, handle);
}

/** The key for operations of these bytes. */
export function secretOfBytes(bytes) {
  return op_secret_key(bytes, bytes.byteLength * 8);
}
