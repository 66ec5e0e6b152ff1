// generateKey and generateKeyPair, at once or with a callback. Pairs with a callback are made on a blocking thread.

import { op_node_dh_pair, op_node_key_generate, op_random_fill } from "holdfast:ops";
import { Buffer } from "../buffer.js";
import { ERR_INCOMPATIBLE_OPTION_PAIR, ERR_INVALID_ARG_TYPE, ERR_MISSING_OPTION } from "../errors.js";
import {
  validateFunction, validateInt32, validateInteger, validateObject, validateOneOf, validateString, validateUint32,
} from "../validators.js";
import { notImplemented } from "../unsupported.js";
import { callBack, isBytes } from "./bytes.js";
import { groupPrime } from "./diffie_hellman.js";
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
const CURVES = [
  "secp224r1", "prime256v1", "secp384r1", "secp521r1", "P-224", "P-256", "P-384", "P-521",
];
const PUBLIC_EXPONENT = 0x10001;
const MODULUS_MIN = 512;
const MODULUS_MAX = 16384;

// The operands of the operation, without whether it is to be done later.
function operands(type, options) {
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

// The prime and the generator.
function dhOperands({ group, prime, primeLength, generator }) {
  for (const [name, value] of [["prime", prime], ["primeLength", primeLength], ["generator", generator]]) {
    if (group !== undefined && value !== undefined) throw new ERR_INCOMPATIBLE_OPTION_PAIR("group", name);
  }
  if (group !== undefined) {
    validateString(group, "options.group");
    const known = groupPrime(group);
    if (known === undefined) throw new Error("Invalid or unsupported group");
    return [known, Buffer.from([2])];
  }
  if (prime !== undefined && primeLength !== undefined) throw new ERR_INCOMPATIBLE_OPTION_PAIR("prime", "primeLength");
  if (prime === undefined && primeLength === undefined) {
    throw new ERR_MISSING_OPTION("At least one of the group, prime, or primeLength options");
  }
  if (generator !== undefined) validateUint32(generator, "options.generator");
  if (primeLength !== undefined) {
    validateInt32(primeLength, "options.primeLength", 0);
    throw new Error("Generating DH keys from a prime length is not yet implemented");
  }
  if (!isBytes(prime)) {
    throw new ERR_INVALID_ARG_TYPE("options.prime", ["Buffer", "TypedArray", "ArrayBuffer"], prime);
  }
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(generator ?? 2);
  return [prime, bytes];
}

/** Makes a pair at once, or a promise of one. */
function generate(type, options, later) {
  const [name, ...rest] = checked(type, options);
  return name === "dh" ? op_node_dh_pair(...rest, later) : op_node_key_generate(name, ...rest, later);
}

function checked(type, options) {
  validateOneOf(type, "type", TYPES);
  validateObject(options, "options");
  for (const name of ["publicKeyEncoding", "privateKeyEncoding"]) {
    if (options[name] !== undefined) validateObject(options[name], `options.${name}`);
  }
  return type === "dh" ? [type, ...dhOperands(options)] : operands(type, options);
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
  return pairOf(generate(type, options, false), options);
}

export function generateKeyPair(type, options, callback) {
  if (typeof options === "function") [options, callback] = [{}, options];
  validateFunction(callback, "callback");
  const made = generate(type, options, true).then((handles) => pairOf(handles, options));
  made.then(({ publicKey, privateKey }) => callback(null, publicKey, privateKey), (error) => callback(error));
}
