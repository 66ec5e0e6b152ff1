// Keys from passwords and from other keys: pbkdf2, scrypt, hkdf. Those with a callback work on a blocking thread.

import { op_node_hkdf, op_node_pbkdf2, op_node_scrypt, op_secret_key_bytes } from "holdfast:ops";
import { Buffer, kMaxLength } from "../buffer.js";
import { ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE, ERR_OUT_OF_RANGE } from "../errors.js";
import { validateFunction, validateInt32, validateInteger, validateString, validateUint32 } from "../validators.js";
import { bytesOrText, callBack, isBytes } from "./bytes.js";
import { digestOf } from "./digests.js";
import { handleOf, isKeyObject } from "./key_object.js";

// --- pbkdf2 --------------------------------------------------------------------------------------

function pbkdf2Operands(password, salt, iterations, keylen, digest) {
  validateString(digest, "digest");
  password = bytesOrText(password, "password");
  salt = bytesOrText(salt, "salt");
  validateInt32(iterations, "iterations", 1);
  validateInt32(keylen, "keylen", 0);
  return { name: digestOf(digest), digest, operands: [password, salt, iterations, keylen] };
}

function unknownPbkdf2Digest(digest) {
  return new TypeError(`Invalid Pbkdf2 digest: ${digest}.`);
}

export function pbkdf2Sync(password, salt, iterations, keylen, digest) {
  const { name, operands } = pbkdf2Operands(password, salt, iterations, keylen, digest);
  if (name === undefined) throw unknownPbkdf2Digest(digest);
  return Buffer.from(op_node_pbkdf2(name, ...operands, false));
}

export function pbkdf2(password, salt, iterations, keylen, digest, callback) {
  if (typeof digest === "function") validateString(undefined, "digest");
  validateFunction(callback, "callback");
  const { name, operands } = pbkdf2Operands(password, salt, iterations, keylen, digest);
  const derived = name === undefined
    ? Promise.reject(unknownPbkdf2Digest(digest))
    : op_node_pbkdf2(name, ...operands, true).then((bytes) => Buffer.from(bytes));
  callBack(derived, callback);
}

// --- scrypt --------------------------------------------------------------------------------------

const SCRYPT_DEFAULTS = { N: 16384, r: 8, p: 1, maxmem: 32 << 20 };
/** Each cost has two names, of which one may be given. */
const SCRYPT_NAMES = [["N", "cost"], ["r", "blockSize"], ["p", "parallelization"]];
const SCRYPT_COST_MAX = 2 ** 20;

function scryptOperands(password, salt, keylen, options) {
  password = bytesOrText(password, "password");
  salt = bytesOrText(salt, "salt");
  validateInteger(keylen, "keylen", 0, kMaxLength);
  const costs = { ...SCRYPT_DEFAULTS };
  if (options) {
    for (const [name, other] of SCRYPT_NAMES) {
      if (options[name] !== undefined) {
        validateUint32(options[name], name);
        costs[name] = options[name] || costs[name];
      }
      if (options[other] !== undefined) {
        if (options[name] !== undefined) throw new ERR_INVALID_ARG_VALUE(other, options[other]);
        validateUint32(options[other], other);
        costs[name] = options[other] || costs[name];
      }
    }
    if (options.maxmem !== undefined) {
      validateInteger(options.maxmem, "maxmem", 0);
      costs.maxmem = options.maxmem || costs.maxmem;
    }
  }
  return [password, salt, costs.N, costs.r, costs.p, costs.maxmem, keylen];
}

function checkScryptCost([, , n, r, p]) {
  if (n * r * p > SCRYPT_COST_MAX) throw new RangeError(`Scrypt failed: cost exceeds maximum (${SCRYPT_COST_MAX}).`);
}

function scryptResult(bytes) {
  if (bytes === undefined) throw new Error("Scrypt failed");
  return Buffer.from(bytes);
}

export function scryptSync(password, salt, keylen, options) {
  const operands = scryptOperands(password, salt, keylen, options);
  checkScryptCost(operands);
  return scryptResult(op_node_scrypt(...operands, false));
}

export function scrypt(password, salt, keylen, options, callback = undefined) {
  if (callback === undefined) [options, callback] = [undefined, options];
  const operands = scryptOperands(password, salt, keylen, options);
  validateFunction(callback, "callback");
  callBack(
    new Promise((resolve) => {
      checkScryptCost(operands);
      resolve(op_node_scrypt(...operands, true).then(scryptResult));
    }),
    callback,
  );
}
Object.defineProperty(scrypt, "length", { value: 4 });

// --- hkdf ----------------------------------------------------------------------------------------

const BYTES = ["string", "ArrayBuffer", "TypedArray", "DataView", "Buffer"];
const HKDF_INFO_MAX = 1024;

function hkdfBytes(value, name, types) {
  if (typeof value === "string") return Buffer.from(value, "utf8");
  if (!isBytes(value)) throw new ERR_INVALID_ARG_TYPE(name, types, value);
  return value;
}

function hkdfOperands(digest, ikm, salt, info, length) {
  validateString(digest, "digest");
  const key = isKeyObject(ikm) && ikm.type === "secret"
    ? op_secret_key_bytes(handleOf(ikm))
    : hkdfBytes(ikm, "ikm", ["string", "SecretKeyObject", ...BYTES.slice(1)]);
  salt = hkdfBytes(salt, "salt", BYTES);
  info = hkdfBytes(info, "info", BYTES);
  validateInteger(length, "length", 0, kMaxLength);
  if (info.byteLength > HKDF_INFO_MAX) {
    throw new ERR_OUT_OF_RANGE("info", "must not contain more than 1024 bytes", info.byteLength);
  }
  return [key, salt, info, length];
}

function derive(digest, operands) {
  const name = digestOf(digest);
  if (name === undefined) throw new TypeError(`Invalid Hkdf digest: ${digest}`);
  const derived = op_node_hkdf(name, ...operands);
  if (derived === undefined) throw new RangeError("Invalid Hkdf key length");
  return derived;
}

export function hkdfSync(digest, ikm, salt, info, keylen) {
  return derive(digest, hkdfOperands(digest, ikm, salt, info, keylen));
}

/** At most 255 digests long: quick enough to be done at once. */
export function hkdf(digest, ikm, salt, info, keylen, callback) {
  const operands = hkdfOperands(digest, ikm, salt, info, keylen);
  validateFunction(callback, "callback");
  callBack(new Promise((resolve) => resolve(derive(digest, operands))), callback);
}
