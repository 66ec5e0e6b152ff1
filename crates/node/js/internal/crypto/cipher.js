// Cipheriv and Decipheriv (https://nodejs.org/api/crypto.html#class-cipheriv): in pieces, and as Transform streams.

import {
  op_node_cipher_additional, op_node_cipher_expect_tag, op_node_cipher_finish, op_node_cipher_new,
  op_node_cipher_padding, op_node_cipher_tag, op_node_cipher_update, op_node_rc4_new, op_node_rc4_update,
  op_secret_key_bytes,
} from "holdfast:ops";
import { Buffer } from "../buffer.js";
import { ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE } from "../errors.js";
import { Transform } from "../streams/transform.js";
import { validateObject, validateString, validateUint32 } from "../validators.js";
import { isBytes } from "./bytes.js";
import { cipherOf, takesVector } from "./cipher_names.js";
import { secretHandle } from "./secrets.js";

const { DOMException } = globalThis;

const kHandle = Symbol("kHandle");
const NOT_AUTHENTIC =
  "Decryption failed: Incorrect key/IV or corrupted ciphertext/authentication tag provided.";
const TAG_LENGTH = 16;
const GCM_TAG_LENGTHS = [4, 8, 12, 13, 14, 15, 16];

/** A message on its way: what a Cipheriv or Decipheriv knows. */
class Running {
  #cipher;
  #isEncrypting;
  #handle;
  #isFinished = false;
  #hasBegun = false;
  #hasTag = false;
  #isRc4;

  constructor(isEncrypting, algorithm, key, iv) {
    const cipher = cipherOf(algorithm);
    if (cipher === undefined) throw new Error(`Unknown or unsupported cipher: ${algorithm}`);
    const keyBytes = op_secret_key_bytes(key);
    this.#isRc4 = cipher.name === "rc4";
    if (!this.#isRc4 && keyBytes.byteLength !== cipher.keyLength) throw new Error("Invalid key length");
    if (!takesVector(cipher, iv.byteLength)) throw new Error("Invalid initialization vector");
    this.#cipher = cipher;
    this.#isEncrypting = isEncrypting;
    this.#handle = this.#isRc4
      ? op_node_rc4_new(keyBytes)
      : op_node_cipher_new(cipher.name, isEncrypting, keyBytes, iv);
    if (this.#handle === undefined && this.#isRc4) throw new Error("Invalid key length");
    if (this.#handle === undefined) throw new Error("Failed to initialize cipher/decipher context");
  }

  #requireOpen() {
    if (this.#isFinished) throw new Error("Cipher/decipher context has already been finalized");
  }

  #requireAuthenticated() {
    if (!this.#cipher.isAuthenticated) throw new Error("Cipher does not support authenticated mode");
  }

  #requireTag() {
    if (this.#cipher.isAuthenticated && !this.#isEncrypting && !this.#hasTag) throw new Error("No auth tag provided");
  }

  update(bytes) {
    this.#requireOpen();
    if (this.#isRc4) return op_node_rc4_update(this.#handle, bytes);
    const { isWhole } = this.#cipher;
    if (isWhole && this.#hasBegun) throw new Error("update() can only be invoked once on an AEAD");
    if (isWhole) this.#requireTag();
    this.#hasBegun = true;
    const output = op_node_cipher_update(this.#handle, bytes);
    // Nothing is given before the tag is known to be right.
    const isRight = output !== undefined && (!isWhole || op_node_cipher_finish(this.#handle) !== undefined);
    if (!isRight && isWhole && !this.#isEncrypting) throw new DOMException(NOT_AUTHENTIC, "OperationError");
    if (!isRight) throw new Error("Failed to update cipher/decipher context");
    return output;
  }

  final() {
    this.#requireOpen();
    this.#requireTag();
    const isDone = this.#isRc4 || this.#cipher.isWhole;
    const output = isDone ? new ArrayBuffer(0) : op_node_cipher_finish(this.#handle);
    if (output === undefined) throw new Error("Authentication failed");
    this.#isFinished = true;
    return output;
  }

  setAutoPadding(isPadded) {
    this.#requireOpen();
    if (this.#cipher.isWhole) throw new Error("Setting autopadding is not supported on AEADs");
    if (!this.#isRc4) op_node_cipher_padding(this.#handle, isPadded);
  }

  setAAD(bytes) {
    this.#requireOpen();
    this.#requireAuthenticated();
    if (this.#hasBegun || !op_node_cipher_additional(this.#handle, bytes)) throw new Error("Failed to set AAD");
  }

  setAuthTag(tag) {
    this.#requireOpen();
    this.#requireAuthenticated();
    if (this.#hasTag) throw new Error("Auth tag is already set");
    const lengths = this.#cipher.mode === "gcm" && !this.#cipher.isWhole ? GCM_TAG_LENGTHS : [TAG_LENGTH];
    const fits = lengths.includes(tag.byteLength) && op_node_cipher_expect_tag(this.#handle, tag);
    if (!fits) throw new Error("Invalid authentication tag length");
    this.#hasTag = true;
  }

  getAuthTag() {
    if (!this.#isFinished) throw new Error("Auth tag is only available once cipher context has been finalized");
    const hasTag = this.#cipher.isAuthenticated && (this.#hasBegun || !this.#cipher.isWhole);
    return hasTag ? op_node_cipher_tag(this.#handle, TAG_LENGTH) : new ArrayBuffer(0);
  }
}

// --- arguments -----------------------------------------------------------------------------------

const KEY_TYPES = ["string", "Buffer", "TypedArray", "DataView", "KeyObject", "CryptoKey"];

function begin(stream, isEncrypting, algorithm, key, iv, options) {
  validateString(algorithm, "algorithm");
  const handle = secretHandle(key);
  if (handle === undefined) throw new ERR_INVALID_ARG_TYPE("key", KEY_TYPES, key);
  if (typeof iv === "string") iv = Buffer.from(iv, "utf8");
  if (!isBytes(iv)) throw new ERR_INVALID_ARG_TYPE("iv", ["string", "Buffer", "TypedArray", "DataView", "null"], iv);
  stream[kHandle] = new Running(isEncrypting, algorithm, handle, iv);
  Transform.call(stream, options);
}

function messageBytes(data, encoding) {
  if (typeof data === "string") {
    if (encoding === undefined) {
      const reason = "If inputEncoding is not provided then the data must be a Buffer";
      throw new ERR_INVALID_ARG_VALUE("inputEncoding", encoding, reason);
    }
    return Buffer.from(data, encoding);
  }
  if (!isBytes(data)) throw new ERR_INVALID_ARG_TYPE("data", ["string", "Buffer", "TypedArray", "DataView"], data);
  return data;
}

function output(bytes, encoding) {
  const buffer = Buffer.from(bytes);
  return encoding === undefined ? buffer : buffer.toString(encoding);
}

// --- the classes ---------------------------------------------------------------------------------

export function Cipheriv(algorithm, key, iv, options = {}) {
  begin(this, true, algorithm, key, iv, options);
}
Object.defineProperty(Cipheriv, "length", { value: 3 });

export function Decipheriv(algorithm, key, iv, options = {}) {
  begin(this, false, algorithm, key, iv, options);
}
Object.defineProperty(Decipheriv, "length", { value: 3 });

const methods = {
  update(data, inputEncoding, outputEncoding) {
    return output(this[kHandle].update(messageBytes(data, inputEncoding)), outputEncoding);
  },

  final(outputEncoding) {
    return output(this[kHandle].final(), outputEncoding);
  },

  setAAD(buffer, options = {}) {
    validateObject(options, "options");
    const { plaintextLength, encoding } = options;
    if (plaintextLength !== undefined) validateUint32(plaintextLength, "options.plaintextLength");
    if (encoding !== undefined) validateString(encoding, "options.encoding");
    this[kHandle].setAAD(typeof buffer === "string" ? Buffer.from(buffer, encoding) : buffer);
    return this;
  },

  setAutoPadding(autoPadding) {
    this[kHandle].setAutoPadding(Boolean(autoPadding));
    return this;
  },
};

const streaming = {
  _transform(chunk, encoding, callback) {
    this.push(Buffer.from(this[kHandle].update(typeof chunk === "string" ? Buffer.from(chunk, encoding) : chunk)));
    callback();
  },

  _flush(callback) {
    let last;
    try {
      last = Buffer.from(this[kHandle].final());
    } catch (error) {
      callback(error);
      return;
    }
    this.push(last);
    callback();
  },
};

Object.setPrototypeOf(Cipheriv.prototype, Transform.prototype);
Object.setPrototypeOf(Cipheriv, Transform);
Object.assign(Cipheriv.prototype, methods, {
  getAuthTag() {
    return Buffer.from(this[kHandle].getAuthTag());
  },
}, streaming);

Object.setPrototypeOf(Decipheriv.prototype, Transform.prototype);
Object.setPrototypeOf(Decipheriv, Transform);
Object.assign(Decipheriv.prototype, methods, {
  setAuthTag(buffer, encoding) {
    this[kHandle].setAuthTag(typeof buffer === "string" ? Buffer.from(buffer, encoding) : buffer);
    return this;
  },
}, streaming);

export function createCipheriv(algorithm, key, iv, options) {
  return new Cipheriv(algorithm, key, iv, options);
}
Object.defineProperty(createCipheriv, "length", { value: 3 });

export function createDecipheriv(algorithm, key, iv, options) {
  return new Decipheriv(algorithm, key, iv, options);
}
Object.defineProperty(createDecipheriv, "length", { value: 3 });
