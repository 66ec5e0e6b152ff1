// Crypto and SubtleCrypto (https://w3c.github.io/webcrypto/): random values and digests. Everything that needs a key
// is refused by name.

import { op_digest, op_random_fill, op_random_uuid, op_timing_safe_equal } from "holdfast:ops";
import { DOMException } from "./dom_exception.js";
import { argumentError } from "./type_errors.js";
import { defineInterface, illegalConstructor, internalToken } from "./webidl.js";

const RANDOM_BYTES_MAX = 65_536;

const { apply } = Reflect;
const { isView } = ArrayBuffer;
const TypedArrayPrototype = Object.getPrototypeOf(Uint8Array.prototype);
const typedArrayName = Object.getOwnPropertyDescriptor(TypedArrayPrototype, Symbol.toStringTag).get;
const typedArrayByteLength = Object.getOwnPropertyDescriptor(TypedArrayPrototype, "byteLength").get;
const bufferByteLength = Object.getOwnPropertyDescriptor(ArrayBuffer.prototype, "byteLength").get;

const INTEGER_ARRAYS = new Set([
  "Int8Array", "Uint8Array", "Uint8ClampedArray", "Int16Array", "Uint16Array", "Int32Array", "Uint32Array",
  "BigInt64Array", "BigUint64Array",
]);

function isBufferSource(value) {
  if (isView(value)) return true;
  try {
    apply(bufferByteLength, value, []);
    return true;
  } catch {
    return false;
  }
}

function unsupported(feature) {
  return new DOMException(`${feature} is not supported by Holdfast yet`, "NotSupportedError");
}

/** "Normalize an algorithm" as far as its name goes: upper case, from a string or a dictionary. */
function algorithmName(algorithm, method) {
  const name = typeof algorithm === "object" && algorithm !== null ? algorithm.name : algorithm;
  if (name === undefined) throw argumentError(method, "SubtleCrypto", 1, "string or HashAlgorithm");
  return `${name}`.toUpperCase();
}

/** A key. None can be made yet; the class is there for `instanceof` and feature tests. */
export class CryptoKey {
  #type;
  #extractable;
  #algorithm;
  #usages;

  constructor() {
    throw illegalConstructor();
  }

  get type() {
    return this.#type;
  }

  get extractable() {
    return this.#extractable;
  }

  get algorithm() {
    return this.#algorithm;
  }

  get usages() {
    return this.#usages;
  }
}

export class SubtleCrypto {
  #brand;

  constructor() {
    if (arguments[0] !== internalToken) throw illegalConstructor();
  }

  /** SHA-1, SHA-256, SHA-384, SHA-512, and MD5 as on Workers. */
  async digest(algorithm, data) {
    this.#brand;
    if (arguments.length === 0) throw argumentError("digest", "SubtleCrypto", 1, "string or HashAlgorithm");
    const name = algorithmName(algorithm, "digest");
    if (!isBufferSource(data)) throw argumentError("digest", "SubtleCrypto", 2, "BufferSource");
    const result = op_digest(name, data);
    if (result === undefined) {
      throw new DOMException("Unrecognized or unimplemented digest algorithm requested.", "NotSupportedError");
    }
    return result;
  }

  /** Whether two buffers of the same length hold the same bytes, in a time that depends on the length alone. */
  timingSafeEqual(a, b) {
    this.#brand;
    if (!isBufferSource(a)) throw argumentError("timingSafeEqual", "SubtleCrypto", 1, "BufferSource");
    if (!isBufferSource(b)) throw argumentError("timingSafeEqual", "SubtleCrypto", 2, "BufferSource");
    if (a.byteLength !== b.byteLength) throw new TypeError("Input buffers must have the same byte length.");
    return op_timing_safe_equal(a, b);
  }

  async encrypt(_algorithm, _key, _data) {
    throw unsupported("crypto.subtle.encrypt");
  }

  async decrypt(_algorithm, _key, _data) {
    throw unsupported("crypto.subtle.decrypt");
  }

  async sign(_algorithm, _key, _data) {
    throw unsupported("crypto.subtle.sign");
  }

  async verify(_algorithm, _key, _signature, _data) {
    throw unsupported("crypto.subtle.verify");
  }

  async generateKey(_algorithm, _extractable, _usages) {
    throw unsupported("crypto.subtle.generateKey");
  }

  async deriveKey(_algorithm, _baseKey, _derivedKeyType, _extractable, _usages) {
    throw unsupported("crypto.subtle.deriveKey");
  }

  async deriveBits(_algorithm, _baseKey, _length = null) {
    throw unsupported("crypto.subtle.deriveBits");
  }

  async importKey(_format, _keyData, _algorithm, _extractable, _usages) {
    throw unsupported("crypto.subtle.importKey");
  }

  async exportKey(_format, _key) {
    throw unsupported("crypto.subtle.exportKey");
  }

  async wrapKey(_format, _key, _wrappingKey, _algorithm) {
    throw unsupported("crypto.subtle.wrapKey");
  }

  async unwrapKey(_format, _key, _unwrappingKey, _unwrapAlgorithm, _keyAlgorithm, _extractable, _usages) {
    throw unsupported("crypto.subtle.unwrapKey");
  }
}

export class Crypto {
  #subtle = new SubtleCrypto(internalToken);

  constructor() {
    if (arguments[0] !== internalToken) throw illegalConstructor();
  }

  get subtle() {
    return this.#subtle;
  }

  /** Fills an integer-typed view with random bytes, in place, and returns it. */
  getRandomValues(view) {
    this.#subtle;
    if (!isView(view)) throw argumentError("getRandomValues", "Crypto", 1, "ArrayBufferView");
    if (!INTEGER_ARRAYS.has(apply(typedArrayName, view, []))) {
      throw new DOMException(
        "ArrayBufferView argument to getRandomValues() must be an integer-typed view.",
        "TypeMismatchError",
      );
    }
    const length = apply(typedArrayByteLength, view, []);
    if (length > RANDOM_BYTES_MAX) {
      throw new DOMException(
        `getRandomValues() only accepts buffers of size <= 64K but provided ${length} bytes.`,
        "QuotaExceededError",
      );
    }
    op_random_fill(view);
    return view;
  }

  randomUUID() {
    this.#subtle;
    return op_random_uuid();
  }
}

defineInterface(CryptoKey);
defineInterface(SubtleCrypto);
defineInterface(Crypto);

export const crypto = new Crypto(internalToken);
