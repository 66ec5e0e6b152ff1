// createSecretKey, createPrivateKey and createPublicKey: keys of text, bytes and JSON Web Keys.

import { op_node_key_public_half, op_node_key_read_private, op_node_key_read_public } from "holdfast:ops";
import { isCryptoKey, keyRecord } from "holdfast:web/crypto/key";
import { Buffer } from "../buffer.js";
import { ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE } from "../errors.js";
import { validateOneOf } from "../validators.js";
import { bytesOrText, isBytes } from "./bytes.js";
import { handleOf, isKeyObject, makeKeyObject, secretOfBytes } from "./key_object.js";
import { pairFromJwk } from "./jwk.js";

const KEY_TYPES = ["string", "ArrayBuffer", "Buffer", "TypedArray", "DataView", "object"];
const FORMATS = ["pem", "der"];
const PRIVATE_FORMS = ["pkcs1", "pkcs8", "sec1"];
const PUBLIC_FORMS = ["pkcs1", "spki"];

export function createSecretKey(key, encoding) {
  if (typeof key === "string") key = Buffer.from(key, encoding);
  if (!isBytes(key)) {
    throw new TypeError(
      "Failed to execute 'createSecretKey' on 'CryptoImpl': parameter 1 is not of type 'BufferSource'.",
    );
  }
  return makeKeyObject("secret", secretOfBytes(key));
}

const isMaterial = (value) => typeof value === "string" || isBytes(value);

/** What a key is read from: `{ jwk }`, or `{ bytes, isPem, passphrase }`. */
function source(key, forms) {
  if (key === undefined || key === null) throw new ERR_INVALID_ARG_TYPE("key", KEY_TYPES, key);
  const options = isMaterial(key) ? { key } : key;
  const { format = "pem", type, encoding, passphrase } = options;
  if (format === "jwk") {
    if (typeof options.key !== "object" || options.key === null) throw new ERR_INVALID_ARG_TYPE("key", KEY_TYPES, key);
    return { jwk: options.key };
  }
  if (!isMaterial(options.key)) throw notMaterial(options);
  validateOneOf(format, "format", FORMATS);
  if (type !== undefined) validateOneOf(type, "type", forms);
  return {
    bytes: typeof options.key === "string" ? Buffer.from(options.key, encoding) : options.key,
    isPem: format === "pem",
    passphrase: passphrase === undefined ? undefined : bytesOrText(passphrase, "passphrase", encoding),
  };
}

function notMaterial(options) {
  const { key } = options;
  return typeof key === "object" || key === undefined
    ? new ERR_INVALID_ARG_TYPE("options.key", KEY_TYPES, key)
    : new ERR_INVALID_ARG_TYPE("key", KEY_TYPES, options);
}

export function createPrivateKey(key) {
  const { jwk, bytes, isPem, passphrase } = source(key, PRIVATE_FORMS);
  let handle = jwk === undefined
    ? op_node_key_read_private(bytes, isPem, passphrase)
    : pairFromJwk(jwk, true);
  // DER that is not encrypted needs no passphrase, and minds none.
  if (handle === undefined && jwk === undefined && !isPem) handle = op_node_key_read_private(bytes, false, undefined);
  if (handle === undefined) throw new Error("Failed to parse private key");
  return makeKeyObject("private", handle);
}

/** Of a public key, or of a private one whose other half it is. */
export function createPublicKey(key) {
  const half = privateHandle(key);
  if (half !== undefined) return makeKeyObject("public", op_node_key_public_half(half));
  const { jwk, bytes, isPem, passphrase } = source(key, PUBLIC_FORMS);
  let handle;
  if (jwk !== undefined) {
    handle = pairFromJwk(jwk, false);
  } else {
    handle = op_node_key_read_public(bytes, isPem);
    const pair = handle === undefined ? op_node_key_read_private(bytes, isPem, passphrase) : undefined;
    if (pair !== undefined) handle = op_node_key_public_half(pair);
  }
  if (handle === undefined) throw new Error("Failed to parse public key");
  return makeKeyObject("public", handle);
}

// The key for operations of a private KeyObject or CryptoKey; undefined for what is neither.
function privateHandle(key) {
  if (isKeyObject(key)) {
    if (key.type !== "private") throw new ERR_INVALID_ARG_TYPE("key", "PrivateKeyObject", key);
    return handleOf(key);
  }
  if (!isCryptoKey(key)) return undefined;
  if (key.type !== "private") throw new ERR_INVALID_ARG_VALUE("key", key, "must be a private key");
  return keyRecord(key).handle;
}
