// Crypto (https://w3c.github.io/webcrypto/#crypto-interface): random values, and the way to everything else.

import { op_random_fill, op_random_uuid } from "holdfast:ops";
import { DOMException } from "../dom_exception.js";
import {
  ArrayBufferIsView, TypedArrayPrototypeGetByteLength, TypedArrayPrototypeGetToStringTag,
} from "../primordials.js";
import { argumentError } from "../type_errors.js";
import { defineInterface, illegalConstructor, internalToken } from "../webidl.js";
import { DigestStream } from "./digest_stream.js";
import { CryptoKey } from "./key.js";
import { SubtleCrypto } from "./subtle.js";

const RANDOM_BYTES_MAX = 65_536;

const INTEGER_ARRAYS = {
  __proto__: null,
  Int8Array, Uint8Array, Uint8ClampedArray, Int16Array, Uint16Array, Int32Array, Uint32Array, BigInt64Array,
  BigUint64Array,
};

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
    if (!ArrayBufferIsView(view)) throw argumentError("getRandomValues", "Crypto", 1, "ArrayBufferView");
    if (INTEGER_ARRAYS[TypedArrayPrototypeGetToStringTag(view)] === undefined) {
      throw new DOMException(
        "ArrayBufferView argument to getRandomValues() must be an integer-typed view.",
        "TypeMismatchError",
      );
    }
    const length = TypedArrayPrototypeGetByteLength(view);
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

defineInterface(Crypto);
// As Workers have it: a member of `crypto` and no global.
Object.defineProperty(Crypto.prototype, "DigestStream", {
  value: DigestStream,
  writable: true,
  enumerable: true,
  configurable: true,
});

export const crypto = new Crypto(internalToken);
export { CryptoKey, DigestStream, SubtleCrypto };
