// Secrets that two parties share: ECDH (https://nodejs.org/api/crypto.html#class-ecdh) and diffieHellman().

import {
  op_node_agree, op_node_ec_from_point, op_node_ec_from_scalar, op_node_ec_point, op_node_ec_scalar,
  op_node_key_generate,
} from "holdfast:ops";
import { Buffer } from "../buffer.js";
import { ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE } from "../errors.js";
import { isArrayBufferView } from "../types.js";
import { validateObject, validateOneOf, validateString } from "../validators.js";
import { handleOf, isKeyObject } from "./key_object.js";

const CURVES = ["secp224r1", "prime256v1", "secp384r1", "secp521r1"];
const FORMATS = ["compressed", "uncompressed", "hybrid"];
const kCurve = Symbol("kCurve");
const kPrivate = Symbol("kPrivate");

export function getCurves() {
  return [...CURVES];
}

function validateCurve(name) {
  if (!CURVES.includes(name)) throw new Error("Invalid curve");
}

function validateEncodings(...encodings) {
  for (const [encoding, name] of encodings) {
    if (encoding !== undefined && encoding !== null) validateString(encoding, name);
  }
}

function viewOf(key, encoding, name) {
  if (typeof key === "string") key = Buffer.from(key, encoding ?? "utf8");
  if (!isArrayBufferView(key)) {
    throw new ERR_INVALID_ARG_TYPE(name, ["string", "Buffer", "TypedArray", "DataView"], key);
  }
  return key;
}

function output(bytes, encoding) {
  const buffer = Buffer.from(bytes);
  return typeof encoding === "string" ? buffer.toString(encoding) : buffer;
}

/**
 * The point in another form. A compressed one has no y: the first byte says whether that is odd. Workers have no
 * hybrid one.
 */
function pointAs(format, point) {
  if (format === "hybrid") throw new Error("Failed to get public key length");
  const bytes = Buffer.from(point);
  if (format !== "compressed") return bytes;
  const short = Buffer.from(bytes.subarray(0, (bytes.length + 1) / 2));
  short[0] = 2 | (bytes.at(-1) & 1);
  return short;
}

export function ECDH(curveName) {
  if (!(this instanceof ECDH)) return new ECDH(curveName);
  validateString(curveName, "curveName");
  validateCurve(curveName);
  this[kCurve] = curveName;
  this[kPrivate] = undefined;
}

ECDH.prototype.computeSecret = function computeSecret(otherPublicKey, inputEncoding, outputEncoding) {
  otherPublicKey = viewOf(otherPublicKey, inputEncoding, "otherPublicKey");
  validateEncodings([inputEncoding, "inputEncoding"], [outputEncoding, "outputEncoding"]);
  if (this[kPrivate] === undefined) throw new Error("Invalid keypair");
  const other = op_node_ec_from_point(this[kCurve], otherPublicKey);
  if (other === undefined) throw new Error("Failed to set point");
  const secret = op_node_agree(this[kPrivate], other);
  if (secret === undefined) throw new Error("Failed to compute ECDH key");
  return output(secret, outputEncoding);
};

ECDH.prototype.generateKeys = function generateKeys(encoding, format) {
  validateEncodings([encoding, "encoding"]);
  if (format !== undefined && format !== null) validateOneOf(format, "format", FORMATS);
  [this[kPrivate]] = op_node_key_generate("ec", 0, undefined, this[kCurve], false);
  return this.getPublicKey(encoding, format ?? undefined);
};

ECDH.prototype.getPrivateKey = function getPrivateKey(encoding) {
  validateEncodings([encoding, "encoding"]);
  if (this[kPrivate] === undefined) throw new Error("Failed to get ECDH private key");
  return output(op_node_ec_scalar(this[kPrivate]), encoding);
};

ECDH.prototype.getPublicKey = function getPublicKey(encoding, format = "uncompressed") {
  validateEncodings([encoding, "encoding"]);
  validateOneOf(format, "format", FORMATS);
  if (this[kPrivate] === undefined) throw new Error("Failed to get ECDH public key");
  return output(pointAs(format, op_node_ec_point(this[kPrivate])), encoding);
};

ECDH.prototype.setPrivateKey = function setPrivateKey(key, encoding) {
  validateEncodings([encoding, "encoding"]);
  const handle = op_node_ec_from_scalar(this[kCurve], viewOf(key, encoding, "key"));
  if (handle === undefined) throw new Error("Private key is not valid for specified curve.");
  this[kPrivate] = handle;
};

ECDH.convertKey = function convertKey(key, curve, inputEncoding, outputEncoding, format = "uncompressed") {
  key = viewOf(key, inputEncoding, "key");
  validateString(curve, "curve");
  validateEncodings([inputEncoding, "inputEncoding"], [outputEncoding, "outputEncoding"]);
  validateOneOf(format, "format", FORMATS);
  validateCurve(curve);
  const handle = op_node_ec_from_point(curve, key);
  if (handle === undefined) throw new Error("Failed to set point");
  return output(pointAs(format, op_node_ec_point(handle)), outputEncoding);
};

export function createECDH(curveName) {
  return new ECDH(curveName);
}

export function diffieHellman(options) {
  validateObject(options, "options");
  for (const [name, type] of [["publicKey", "public"], ["privateKey", "private"]]) {
    if (!isKeyObject(options[name])) throw new ERR_INVALID_ARG_TYPE(`options.${name}`, "KeyObject", options[name]);
    if (options[name].type !== type) throw new ERR_INVALID_ARG_TYPE(`options.${name}`, `${type} key`, options[name]);
  }
  const { publicKey, privateKey } = options;
  const type = publicKey.asymmetricKeyType;
  if (type !== privateKey.asymmetricKeyType) {
    const name = "options.publicKey.asymmetricKeyType";
    throw new ERR_INVALID_ARG_VALUE(name, type, "must equal privateKey.asymmetricKeyType");
  }
  const secret = op_node_agree(handleOf(privateKey), handleOf(publicKey));
  if (secret === undefined) throw new Error("Failed to derive shared diffie-hellman secret");
  return Buffer.from(secret);
}
