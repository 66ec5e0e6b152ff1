// generateKey and generateKeyPair, at once or with a callback. Pairs with a callback are made on a blocking thread.

import { op_node_key_generate, op_random_fill } from "holdfast:ops";
import { Buffer } from "../buffer.js";
import {
  validateFunction, validateInteger, validateObject, validateOneOf, validateString, validateUint32,
} from "../validators.js";
import { notImplemented } from "../unsupported.js";
import { callBack } from "./bytes.js";
import { makeKeyObject, secretOfBytes } from "./key_object.js";

// --- secret keys ---------------------------------------------------------------------------------

const AES_LENGTHS = [128, 192, 256];
const HMAC_BITS_MIN = 8;
const HMAC_BITS_MAX = 65536;

export function generateKeySync(type, options) {
  validateOneOf(type, "type", ["hmac", "aes"]);
  validateObject(options, "options");
  const { length } = options;
  if (type === "aes") validateOneOf(length, "options.length", AES_LENGTHS);
  else validateInteger(length, "options.length", HMAC_BITS_MIN, HMAC_BITS_MAX);
  const bytes = new Uint8Array(Math.floor(length / 8));
  op_random_fill(bytes);
  return makeKeyObject("secret", secretOfBytes(bytes));
}

export function generateKey(type, options, callback) {
  validateFunction(callback, "callback");
  callBack(new Promise((resolve) => resolve(generateKeySync(type, options))), callback);
}

// --- pairs ---------------------------------------------------------------------------------------

const TYPES = ["rsa", "ec", "ed25519", "x25519", "dh"];
const CURVES = ["prime256v1", "secp384r1", "secp521r1", "P-256", "P-384", "P-521"];
const PUBLIC_EXPONENT = 0x10001;
const MODULUS_MIN = 512;
const MODULUS_MAX = 16384;

// The operands of the operation, without whether it is to be done later.
function operands(type, options) {
  if (type === "dh") throw notImplemented("generateKeyPair('dh')");
  if (type === "rsa") {
    const { modulusLength, publicExponent = PUBLIC_EXPONENT } = options;
    validateUint32(modulusLength, "options.modulusLength");
    validateUint32(publicExponent, "options.publicExponent");
    if (modulusLength < MODULUS_MIN || modulusLength > MODULUS_MAX) throw new Error("Failed to set modulus length");
    const exponent = Buffer.alloc(4);
    exponent.writeUInt32BE(publicExponent);
    return [type, modulusLength, exponent, ""];
  }
  if (type === "ec") {
    const { namedCurve, paramEncoding = "named" } = options;
    validateString(namedCurve, "options.namedCurve");
    validateOneOf(paramEncoding, "options.paramEncoding", ["named", "explicit"]);
    if (!CURVES.includes(namedCurve)) throw new Error("Invalid or unsupported curve");
    if (paramEncoding === "explicit") throw notImplemented("generateKeyPair with paramEncoding: 'explicit'");
    return [type, 0, undefined, namedCurve];
  }
  return [type, 0, undefined, ""];
}

function checked(type, options) {
  validateOneOf(type, "type", TYPES);
  validateObject(options, "options");
  for (const name of ["publicKeyEncoding", "privateKeyEncoding"]) {
    if (options[name] !== undefined) validateObject(options[name], `options.${name}`);
  }
  return operands(type, options);
}

function pairOf(handles, options) {
  if (handles === undefined) throw new Error("Failed to generate key");
  const privateKey = makeKeyObject("private", handles[0]);
  const publicKey = makeKeyObject("public", handles[1]);
  const { publicKeyEncoding, privateKeyEncoding } = options;
  return {
    publicKey: publicKeyEncoding === undefined ? publicKey : publicKey.export(publicKeyEncoding),
    privateKey: privateKeyEncoding === undefined ? privateKey : privateKey.export(privateKeyEncoding),
  };
}

export function generateKeyPairSync(type, options = {}) {
  return pairOf(op_node_key_generate(...checked(type, options), false), options);
}

export function generateKeyPair(type, options, callback) {
  if (typeof options === "function") [options, callback] = [{}, options];
  validateFunction(callback, "callback");
  const made = op_node_key_generate(...checked(type, options), true).then((handles) => pairOf(handles, options));
  made.then(({ publicKey, privateKey }) => callback(null, publicKey, privateKey), (error) => callback(error));
}
