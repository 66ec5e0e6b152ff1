// DiffieHellman and DiffieHellmanGroup (https://nodejs.org/api/crypto.html#class-diffiehellman): numbers and their
// powers modulo a prime. An object holds the halves of its pair apart, and either may be set alone.

import {
  op_node_dh_group, op_node_dh_is_composite, op_node_dh_power, op_node_dh_private, op_node_dh_search,
} from "holdfast:ops";
import { asBuffer, Buffer } from "../buffer.js";
import { ERR_INVALID_ARG_TYPE } from "../errors.js";
import { isAnyArrayBuffer, isArrayBufferView } from "../types.js";
import { validateInt32 } from "../validators.js";
import { bytesOrText, isBytes } from "./bytes.js";
import { constants } from "./constants.js";

const GENERATOR = 2;
const MODULUS_BITS_MAX = 10000;
const MODULUS_BYTES_MAX = MODULUS_BITS_MAX / 8;
/** Shorter primes that fit a generator are few; BoringSSL gives longer ones than it was asked for, too. */
const SEARCHED_BITS_MIN = 13;
/** A composite number is taken for a prime with a probability of at most 4 to the power of minus this. */
const ROUNDS = 40;

const kState = Symbol("kState");
const PARAMETER_TYPES = ["number", "string", "ArrayBuffer", "Buffer", "TypedArray", "DataView"];

function bigIntOf(bytes) {
  return BigInt(`0x0${bytes.toString("hex")}`);
}

function withoutZeros(bytes) {
  const first = bytes.findIndex((byte) => byte !== 0);
  return first < 0 ? bytes.subarray(bytes.length) : bytes.subarray(first);
}

const numberBytes = (value) => withoutZeros(Buffer.from(asBuffer(value)));

// --- groups --------------------------------------------------------------------------------------

/** The prime of a group of RFC 3526. */
export function groupPrime(name) {
  const prime = op_node_dh_group(name.toLowerCase());
  return prime === undefined ? undefined : Buffer.from(prime);
}

// modp5 is too weak to be given by its name.
function group(name) {
  const prime = /^modp1[4-8]$/i.test(name) ? groupPrime(String(name)) : undefined;
  if (prime === undefined) {
    const known = "{modp14, modp15, modp16, modp17, modp18}";
    throw new Error(`Failed to init DiffieHellmanGroup: invalid group. Only groups ${known} are supported.`);
  }
  return new State(prime, Buffer.from([GENERATOR]), true);
}

// --- primes and generators of one's own ----------------------------------------------------------

const failedInit = (Class, reason) => new Class(`DiffieHellman init failed: ${reason}`);

function search(bits, generator) {
  if (bits > MODULUS_BITS_MAX) throw failedInit(RangeError, "requested prime size too large");
  if (bits < 2 || generator < 2) throw failedInit(Error, "could not generate parameters");
  for (;;) {
    // Each call looks for a while, so that the limit on CPU time holds.
    const prime = op_node_dh_search(Math.max(bits, SEARCHED_BITS_MIN), generator);
    if (prime !== undefined) return Buffer.from(prime);
  }
}

function generatorBytes(generator) {
  if (typeof generator === "number") {
    if (generator < 2) throw failedInit(RangeError, "generator too small");
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(generator);
    return withoutZeros(bytes);
  }
  const bytes = numberBytes(generator);
  if (bytes.length === 0 || (bytes.length === 1 && bytes[0] === 1)) throw failedInit(Error, "invalid generator");
  return bytes;
}

function parameters(sizeOrPrime, generator) {
  if (typeof sizeOrPrime === "number") {
    if (typeof generator !== "number") throw failedInit(Error, "invalid parameters");
    return new State(search(sizeOrPrime, generator), generatorBytes(generator));
  }
  const { byteLength } = sizeOrPrime;
  if (byteLength > MODULUS_BYTES_MAX) throw failedInit(RangeError, "key is too large");
  if (byteLength === 0) throw failedInit(Error, "invalid key");
  const base = generatorBytes(generator);
  const prime = numberBytes(sizeOrPrime);
  const isOdd = prime.length > 0 && (prime.at(-1) & 1) === 1;
  if (!isOdd || bigIntOf(base) >= bigIntOf(prime)) throw failedInit(Error, "Invalid DH prime generated");
  return new State(prime, base);
}

// --- the state -----------------------------------------------------------------------------------

class State {
  #isKnownPrime;
  #private;
  #public;
  #verifyError;

  constructor(prime, generator, isKnownPrime = false) {
    this.prime = prime;
    this.generator = generator;
    this.#isKnownPrime = isKnownPrime;
  }

  get privateKey() {
    if (this.#private === undefined) throw new Error("No private key");
    return this.#private;
  }

  set privateKey(bytes) {
    this.#private = numberBytes(bytes);
  }

  get publicKey() {
    if (this.#public === undefined) throw new Error("No public key");
    return this.#public;
  }

  set publicKey(bytes) {
    this.#requireInRange("setPublicKey() failed: key", bytes);
    this.#public = numberBytes(bytes);
  }

  /** A number of another party is 2 or more, and less than the prime less 1. */
  #requireInRange(what, bytes) {
    const number = bigIntOf(Buffer.from(asBuffer(bytes)));
    if (number < 2n) throw new RangeError(`DiffieHellman ${what} is too small`);
    if (number >= bigIntOf(this.prime) - 1n) throw new RangeError(`DiffieHellman ${what} is too large`);
  }

  generateKeys() {
    this.#private ??= Buffer.from(op_node_dh_private(this.prime));
    const open = op_node_dh_power(this.generator, this.#private, this.prime);
    if (open === undefined) throw new Error("Error while generating DiffieHellman keys");
    this.#public = withoutZeros(Buffer.from(open));
    return this.#public;
  }

  computeSecret(other) {
    if (other.byteLength === 0) throw new Error("DiffieHellman computeSecret() failed: invalid key");
    this.#requireInRange("computeSecret() failed: Supplied key", other);
    const isUsable = this.#private !== undefined && this.#private.length > 0;
    const secret = isUsable ? op_node_dh_power(other, this.#private, this.prime) : undefined;
    if (secret === undefined) throw new Error("DiffieHellman computeSecret() failed: error computing shared secret");
    return Buffer.from(secret);
  }

  /** Bits of `crypto.constants`: what is wrong with the prime and the generator. */
  get verifyError() {
    return (this.#verifyError ??= this.#primeError() | this.#generatorError());
  }

  #primeError() {
    if (this.#isKnownPrime) return 0;
    if (!isPrime(this.prime)) return constants.DH_CHECK_P_NOT_PRIME;
    const half = ((bigIntOf(this.prime) - 1n) / 2n).toString(16);
    const isSafe = isPrime(withoutZeros(Buffer.from(half.length % 2 === 0 ? half : `0${half}`, "hex")));
    return isSafe ? 0 : constants.DH_CHECK_P_NOT_SAFE_PRIME;
  }

  #generatorError() {
    const prime = bigIntOf(this.prime);
    const generator = bigIntOf(this.generator);
    if (generator === 2n) return prime % 24n === 11n ? 0 : constants.DH_NOT_SUITABLE_GENERATOR;
    if (generator === 5n) return [3n, 7n].includes(prime % 10n) ? 0 : constants.DH_NOT_SUITABLE_GENERATOR;
    return constants.DH_UNABLE_TO_CHECK_GENERATOR;
  }
}

function isPrime(bytes) {
  for (let round = 0; round < ROUNDS; round++) {
    if (op_node_dh_is_composite(bytes)) return false;
  }
  return true;
}

// --- the classes ---------------------------------------------------------------------------------

/** `(size or prime, encoding of the prime?, generator?, encoding of the generator?)` */
export function DiffieHellman(sizeOrKey, keyEncoding, generator, genEncoding) {
  if (!(this instanceof DiffieHellman)) return new DiffieHellman(sizeOrKey, keyEncoding, generator, genEncoding);
  if (typeof sizeOrKey !== "number" && typeof sizeOrKey !== "string" && !isBytes(sizeOrKey)) {
    throw new ERR_INVALID_ARG_TYPE("sizeOrKey", PARAMETER_TYPES, sizeOrKey);
  }
  if (typeof sizeOrKey === "number") validateInt32(sizeOrKey, "sizeOrKey");
  if (keyEncoding && keyEncoding !== "buffer" && !Buffer.isEncoding(keyEncoding)) {
    [keyEncoding, generator, genEncoding] = [undefined, keyEncoding, generator];
  }
  if (typeof sizeOrKey === "string") sizeOrKey = bytesOrText(sizeOrKey, "sizeOrKey", keyEncoding ?? "utf8");
  if (!generator) generator = GENERATOR;
  else if (typeof generator === "number") validateInt32(generator, "generator");
  else if (typeof generator === "string") generator = bytesOrText(generator, "generator", genEncoding ?? "utf8");
  else if (!isArrayBufferView(generator) && !isAnyArrayBuffer(generator)) {
    throw new ERR_INVALID_ARG_TYPE("generator", PARAMETER_TYPES, generator);
  }
  this[kState] = parameters(sizeOrKey, generator);
}

export function DiffieHellmanGroup(name) {
  if (!(this instanceof DiffieHellmanGroup)) return new DiffieHellmanGroup(name);
  this[kState] = group(name);
}

function encoded(bytes, encoding) {
  return encoding && encoding !== "buffer" ? bytes.toString(encoding) : Buffer.from(bytes);
}

const keyBytes = (key, encoding) => bytesOrText(key, "key", encoding ?? undefined);

function dhGenerateKeys(encoding) {
  return encoded(this[kState].generateKeys(), encoding);
}

function dhComputeSecret(key, inEnc, outEnc) {
  return encoded(this[kState].computeSecret(keyBytes(key, inEnc)), outEnc);
}

function dhGetPrime(encoding) {
  return encoded(this[kState].prime, encoding);
}

function dhGetGenerator(encoding) {
  return encoded(this[kState].generator, encoding);
}

function dhGetPublicKey(encoding) {
  return encoded(this[kState].publicKey, encoding);
}

function dhGetPrivateKey(encoding) {
  return encoded(this[kState].privateKey, encoding);
}

function dhSetPublicKey(key, encoding) {
  this[kState].publicKey = keyBytes(key, encoding);
  return this;
}

function dhSetPrivateKey(key, encoding) {
  this[kState].privateKey = keyBytes(key, encoding);
  return this;
}

for (const { prototype } of [DiffieHellmanGroup, DiffieHellman]) {
  Object.assign(prototype, {
    generateKeys: dhGenerateKeys,
    computeSecret: dhComputeSecret,
    getPrime: dhGetPrime,
    getGenerator: dhGetGenerator,
    getPublicKey: dhGetPublicKey,
    getPrivateKey: dhGetPrivateKey,
  });
}
Object.assign(DiffieHellman.prototype, { setPublicKey: dhSetPublicKey, setPrivateKey: dhSetPrivateKey });
for (const { prototype } of [DiffieHellmanGroup, DiffieHellman]) {
  Object.defineProperty(prototype, "verifyError", {
    get() {
      return this[kState].verifyError;
    },
    enumerable: true,
    configurable: true,
  });
}

export function createDiffieHellman(sizeOrKey, keyEncoding, generator, genEncoding) {
  return new DiffieHellman(sizeOrKey, keyEncoding, generator, genEncoding);
}

export function createDiffieHellmanGroup(name) {
  return new DiffieHellmanGroup(name);
}

export function getDiffieHellman(name) {
  return createDiffieHellmanGroup(name);
}
