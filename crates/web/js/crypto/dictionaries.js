// The arguments of SubtleCrypto's methods. Dictionaries are converted as Workers do it: one for each kind of operation,
// with the members of all algorithms, read in Workers' order whichever algorithm it is.

import { isCryptoKey } from "./key.js";
import { ArrayBufferIsView, MathTrunc, NumberIsFinite } from "../primordials.js";
import { argumentError, fieldError } from "../type_errors.js";
import { DOMString, isArrayBuffer, isObject, toBoolean } from "../webidl.js";

const { isArray } = Array;

export function isBufferSource(value) {
  return ArrayBufferIsView(value) || isArrayBuffer(value);
}

const INT_MIN = -0x8000_0000;
const INT_MAX = 0x7fff_ffff;

/** What Workers take for all integers here: truncated, and 0 for what is no number. */
function toInt(value) {
  const number = +value;
  if (!NumberIsFinite(number)) return 0;
  const integer = MathTrunc(number) + 0;
  if (integer < INT_MIN || integer > INT_MAX) {
    throw new TypeError(`Value out of range. Must be between ${INT_MIN} and ${INT_MAX} (inclusive).`);
  }
  return integer;
}

function toBufferSource(value, field, dictionary) {
  if (!isBufferSource(value)) throw fieldError(field, dictionary, "BufferSource");
  return value;
}

function toCryptoKey(value, field, dictionary) {
  if (!isCryptoKey(value)) throw fieldError(field, dictionary, "CryptoKey");
  return value;
}

/** The name of a hash, from a string or an object with a name. */
function toHashName(value, field, dictionary) {
  if (value === null) throw fieldError(field, dictionary, "string or HashAlgorithm");
  return DOMString(isObject(value) ? value.name : value);
}

function toStringList(value, field, dictionary) {
  if (!isArray(value)) throw fieldError(field, dictionary, "Array");
  return stringList(value);
}

function stringList(array) {
  const list = [];
  for (let i = 0; i < array.length; i++) list[i] = DOMString(array[i]);
  return list;
}

/** Only counted: keys with more than two prime factors are refused. */
function toOtherPrimes(value, field, dictionary) {
  if (!isArray(value)) throw fieldError(field, dictionary, "Array");
  return value;
}

const named = (members) => ({ __proto__: null, name: DOMString, ...members });

export const HashAlgorithm = ["HashAlgorithm", named({})];

export const EncryptAlgorithm = [
  "EncryptAlgorithm",
  named({
    iv: toBufferSource,
    additionalData: toBufferSource,
    tagLength: toInt,
    counter: toBufferSource,
    length: toInt,
    label: toBufferSource,
  }),
];

export const SignAlgorithm = ["SignAlgorithm", named({ hash: toHashName, dataLength: toInt, saltLength: toInt })];

export const GenerateKeyAlgorithm = [
  "GenerateKeyAlgorithm",
  named({
    hash: toHashName,
    modulusLength: toInt,
    publicExponent: toBufferSource,
    length: toInt,
    namedCurve: DOMString,
  }),
];

export const ImportKeyAlgorithm = [
  "ImportKeyAlgorithm",
  named({ hash: toHashName, length: toInt, namedCurve: DOMString, compressed: toBoolean }),
];

export const DeriveKeyAlgorithm = [
  "DeriveKeyAlgorithm",
  named({
    salt: toBufferSource,
    iterations: toInt,
    hash: toHashName,
    public: toCryptoKey,
    info: toBufferSource,
  }),
];

const JWK_MEMBERS = {
  __proto__: null,
  kty: DOMString,
  use: DOMString,
  key_ops: toStringList,
  alg: DOMString,
  ext: toBoolean,
  crv: DOMString,
  x: DOMString,
  y: DOMString,
  d: DOMString,
  n: DOMString,
  e: DOMString,
  p: DOMString,
  q: DOMString,
  dp: DOMString,
  dq: DOMString,
  qi: DOMString,
  oth: toOtherPrimes,
  k: DOMString,
};

/** A dictionary with one required member, which is the first: undefined becomes a string, too. */
function convert(value, name, members) {
  const result = { __proto__: null };
  let required = true;
  for (const field in members) {
    const member = value[field];
    if (member !== undefined || required) result[field] = members[field](member, field, name);
    required = false;
  }
  return result;
}

/** An AlgorithmIdentifier: a dictionary, or a name alone. */
export function algorithmArgument(value, [name, members], method, parameter) {
  if (value === undefined || value === null) {
    throw argumentError(method, "SubtleCrypto", parameter, `string or ${name}`);
  }
  if (isObject(value)) return convert(value, name, members);
  return { __proto__: null, name: DOMString(value) };
}

/** A JSON Web Key of an object. */
export function toJsonWebKey(value) {
  return convert(value, "JsonWebKey", JWK_MEMBERS);
}

/** The names of a JSON Web Key's members, in Workers' order. */
export const jsonWebKeyMembers = Object.keys(JWK_MEMBERS);

/** What importKey() takes for a key: bytes, or `{ jwk }`. */
export function keyDataArgument(value, method, parameter) {
  if (isBufferSource(value)) return value;
  if (!isObject(value)) throw argumentError(method, "SubtleCrypto", parameter, "BufferSource or JsonWebKey");
  return { __proto__: null, jwk: toJsonWebKey(value) };
}

export function stringArgument(value, method, parameter) {
  if (value === undefined) throw argumentError(method, "SubtleCrypto", parameter, "string");
  return DOMString(value);
}

export function booleanArgument(value, method, parameter) {
  if (value === undefined) throw argumentError(method, "SubtleCrypto", parameter, "boolean");
  return toBoolean(value);
}

export function keyArgument(value, method, parameter) {
  if (!isCryptoKey(value)) throw argumentError(method, "SubtleCrypto", parameter, "CryptoKey");
  return value;
}

export function bufferArgument(value, method, parameter) {
  if (!isBufferSource(value)) throw argumentError(method, "SubtleCrypto", parameter, "BufferSource");
  return value;
}

export function usagesArgument(value, method, parameter) {
  if (!isArray(value)) throw argumentError(method, "SubtleCrypto", parameter, "Array");
  return stringList(value);
}

/** A length in bits, or undefined for undefined and null. */
export function lengthArgument(value) {
  return value === undefined || value === null ? undefined : toInt(value);
}
