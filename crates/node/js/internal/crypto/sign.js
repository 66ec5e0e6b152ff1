// Sign and Verify (https://nodejs.org/api/crypto.html#class-sign), and the functions that do it at once.

import { op_node_sign, op_node_verify } from "holdfast:ops";
import { isCryptoKey, keyRecord } from "holdfast:web/crypto/key";
import { Buffer } from "../buffer.js";
import { ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE } from "../errors.js";
import { ERR_CRYPTO_INVALID_KEY_OBJECT_TYPE, ERR_CRYPTO_SIGN_KEY_REQUIRED } from "../errors_areas.js";
import { Writable } from "../streams/writable.js";
import { isArrayBufferView } from "../types.js";
import { isInt32, validateString } from "../validators.js";
import { isBytes, output, Pieces } from "./bytes.js";
import { digestOf } from "./digests.js";
import { handleOf, isKeyObject } from "./key_object.js";
import { createPrivateKey, createPublicKey } from "./key_reading.js";

const RSA_PKCS1_PADDING = 1;
const RSA_PKCS1_PSS_PADDING = 6;

const kDigest = Symbol("kDigest");
/** What is to be signed so far; undefined once it is. */
const kPieces = Symbol("kPieces");

// --- operands ------------------------------------------------------------------------------------

function knownDigest(algorithm) {
  const digest = digestOf(algorithm);
  if (digest === undefined) throw new Error(`Unknown digest: ${algorithm}`);
  return digest;
}

function integerOption(options, name) {
  const value = options[name];
  if (value !== undefined && !isInt32(value)) throw new ERR_INVALID_ARG_VALUE(`options.${name}`, value);
  return value;
}

/** Padding, length of the salt, whether the signature is two numbers one behind the other. */
function schemeOptions(options) {
  const padding = integerOption(options, "padding");
  const saltLength = integerOption(options, "saltLength");
  const { dsaEncoding = "der" } = typeof options === "object" ? options : {};
  if (dsaEncoding !== "der" && dsaEncoding !== "ieee-p1363") {
    throw new ERR_INVALID_ARG_VALUE("options.dsaEncoding", dsaEncoding);
  }
  return [padding, saltLength, dsaEncoding === "ieee-p1363"];
}

function privateHandle(options) {
  if (isCryptoKey(options)) {
    if (options.type !== "private") throw new ERR_CRYPTO_INVALID_KEY_OBJECT_TYPE(options.type, "private");
    return keyRecord(options).handle;
  }
  if (!isKeyObject(options)) return handleOf(createPrivateKey(options));
  if (options.type === "secret") {
    const types = ["PublicKeyObject", "PrivateKeyObject", "CryptoKey", "object"];
    throw new ERR_INVALID_ARG_TYPE("options", types, options.type);
  }
  if (options.type !== "private") throw new ERR_CRYPTO_INVALID_KEY_OBJECT_TYPE(options.type, "private");
  return handleOf(options);
}

function verifyingHandle(options) {
  const isObject = isKeyObject(options);
  if (!isObject && !isCryptoKey(options)) return handleOf(createPublicKey(options));
  if (options.type === "secret") throw new Error("Invalid key for verification operation");
  return isObject ? handleOf(options) : keyRecord(options).handle;
}

function requireKey(options) {
  if (!options) throw new ERR_CRYPTO_SIGN_KEY_REQUIRED();
}

// --- in pieces -----------------------------------------------------------------------------------

function begin(stream, algorithm, options) {
  validateString(algorithm, "algorithm");
  stream[kDigest] = knownDigest(algorithm);
  stream[kPieces] = new Pieces();
  Writable.call(stream, options);
}

function update(data, encoding) {
  if (typeof data === "string") data = Buffer.from(data, encoding);
  if (!isArrayBufferView(data)) {
    throw new ERR_INVALID_ARG_TYPE("data", ["string", "Buffer", "TypedArray", "DataView"], data);
  }
  pieces(this).add(data);
  return this;
}

function pieces(stream) {
  if (stream[kPieces] === undefined) throw new Error("Signing context has already been finalized");
  return stream[kPieces];
}

function finish(stream) {
  const message = pieces(stream).all();
  stream[kPieces] = undefined;
  return message;
}

export function Sign(algorithm, options) {
  if (!(this instanceof Sign)) return new Sign(algorithm, options);
  begin(this, algorithm, options);
}

export function Verify(algorithm, options) {
  if (!(this instanceof Verify)) return new Verify(algorithm, options);
  begin(this, algorithm, options);
}

for (const Class of [Sign, Verify]) {
  Object.setPrototypeOf(Class.prototype, Writable.prototype);
  Object.setPrototypeOf(Class, Writable);
  Class.prototype._write = function _write(chunk, encoding, callback) {
    this.update(chunk, encoding);
    callback();
  };
  Class.prototype.update = update;
}

Sign.prototype.sign = function sign(options, encoding) {
  requireKey(options);
  const handle = privateHandle(options);
  const scheme = schemeOptions(options);
  if (scheme[0] !== undefined && scheme[0] !== RSA_PKCS1_PADDING && scheme[0] !== RSA_PKCS1_PSS_PADDING) {
    throw new Error("Failed to set RSA parameters for signature");
  }
  const signature = op_node_sign(handle, this[kDigest], ...scheme, finish(this));
  if (signature === undefined) throw new Error("Failed to set signature digest");
  return output(signature, encoding || undefined);
};

Verify.prototype.verify = function verify(options, signature, encoding = "utf8") {
  requireKey(options);
  const handle = verifyingHandle(options);
  const scheme = schemeOptions(options);
  if (typeof signature === "string") signature = Buffer.from(signature, encoding);
  if (!isBytes(signature)) {
    throw new TypeError("Failed to execute 'verify' on 'VerifyHandle': parameter 2 is not of type 'BufferSource'.");
  }
  return op_node_verify(handle, this[kDigest], ...scheme, finish(this), signature) ?? false;
};

export function createSign(algorithm, options) {
  return new Sign(algorithm, options);
}

export function createVerify(algorithm, options) {
  return new Verify(algorithm, options);
}

// --- at once -------------------------------------------------------------------------------------

function validateAlgorithm(algorithm) {
  if (algorithm !== undefined && algorithm !== null) validateString(algorithm, "algorithm");
}

function validateView(value, name) {
  if (!isArrayBufferView(value)) throw new ERR_INVALID_ARG_TYPE(name, ["Buffer", "TypedArray", "DataView"], value);
}

/** What `act` gives, or is told to the callback. */
function answer(act, callback) {
  if (callback === undefined) return act();
  let error = null;
  let value;
  try {
    value = act();
  } catch (thrown) {
    error = thrown;
  }
  queueMicrotask(() => (error === null ? callback(null, value) : callback(error)));
}

export function sign(algorithm, data, options, callback) {
  validateAlgorithm(algorithm);
  validateView(data, "data");
  requireKey(options);
  const handle = privateHandle(options);
  const scheme = schemeOptions(options);
  return answer(() => {
    const digest = algorithm == null ? undefined : knownDigest(algorithm);
    const signature = op_node_sign(handle, digest, ...scheme, data);
    if (signature === undefined) throw new Error("Failed to initialize signing context");
    return Buffer.from(signature);
  }, callback);
}

export function verify(algorithm, data, options, signature, callback) {
  validateAlgorithm(algorithm);
  validateView(data, "data");
  validateView(signature, "signature");
  requireKey(options);
  const handle = verifyingHandle(options);
  const scheme = schemeOptions(options);
  return answer(() => {
    const digest = algorithm == null ? undefined : knownDigest(algorithm);
    const isRight = op_node_verify(handle, digest, ...scheme, data, signature);
    if (isRight === undefined) throw new Error("Failed to initialize verification context");
    return isRight;
  }, callback);
}
