// node:crypto (https://nodejs.org/api/crypto.html), with what Workers have of it.

import { op_timing_safe_equal } from "holdfast:ops";
import { crypto as webcrypto, CryptoKey } from "holdfast:web/crypto/crypto";
import { isBytes } from "./internal/crypto/bytes.js";
import { createECDH, diffieHellman, ECDH, getCurves } from "./internal/crypto/agreement.js";
import { Cipheriv, createCipheriv, createDecipheriv, Decipheriv } from "./internal/crypto/cipher.js";
import { getCipherInfo, getCiphers } from "./internal/crypto/cipher_names.js";
import { constants } from "./internal/crypto/constants.js";
import { hkdf, hkdfSync, pbkdf2, pbkdf2Sync, scrypt, scryptSync } from "./internal/crypto/derivation.js";
import {
  createDiffieHellman, createDiffieHellmanGroup, DiffieHellman, DiffieHellmanGroup, getDiffieHellman,
} from "./internal/crypto/diffie_hellman.js";
import { getHashes } from "./internal/crypto/digests.js";
import { createHash, Hash, hash } from "./internal/crypto/hash.js";
import { createHmac, Hmac } from "./internal/crypto/hmac.js";
import {
  generateKey, generateKeyPair, generateKeyPairSync, generateKeySync,
} from "./internal/crypto/key_generation.js";
import { KeyObject, PrivateKeyObject, PublicKeyObject, SecretKeyObject } from "./internal/crypto/key_object.js";
import { createPrivateKey, createPublicKey, createSecretKey } from "./internal/crypto/key_reading.js";
import { Cipher, createCipher, createDecipher, Decipher, setEngine, setFips } from "./internal/crypto/missing.js";
import { checkPrime, checkPrimeSync, generatePrime, generatePrimeSync } from "./internal/crypto/primes.js";
import {
  privateDecrypt, privateEncrypt, publicDecrypt, publicEncrypt,
} from "./internal/crypto/public_cipher.js";
import { randomBytes, randomFill, randomFillSync, randomInt, randomUUID } from "./internal/crypto/random.js";
import { createSign, createVerify, Sign, sign, Verify, verify } from "./internal/crypto/sign.js";
import { Certificate } from "./internal/crypto/spkac.js";
import { X509Certificate } from "./internal/crypto/x509.js";

const { subtle } = webcrypto;
const getRandomValues = webcrypto.getRandomValues.bind(webcrypto);
Object.defineProperty(getRandomValues, "length", { value: 0 });
const pseudoRandomBytes = randomBytes;

/** As Workers say it, whose function it is. */
const fips = true;

function getFips() {
  return fips;
}

function secureHeapUsed() {
  return { total: 0, used: 0, utilization: 0, min: 0 };
}

function timingSafeEqual(a, b) {
  for (const [index, buffer] of [a, b].entries()) {
    if (isBytes(buffer)) continue;
    const place = `parameter ${index + 1} is not of type 'BufferSource'`;
    throw new TypeError(`Failed to execute 'timingSafeEqual' on 'SubtleCrypto': ${place}.`);
  }
  if (a.byteLength !== b.byteLength) throw new TypeError("Input buffers must have the same byte length.");
  return op_timing_safe_equal(a, b);
}

export {
  Certificate, checkPrime, checkPrimeSync, Cipher, Cipheriv, constants, createCipher, createCipheriv, createDecipher,
  createDecipheriv, createDiffieHellman, createDiffieHellmanGroup, createECDH, createHash, createHmac,
  createPrivateKey, createPublicKey, createSecretKey, createSign, createVerify, CryptoKey, Decipher, Decipheriv,
  DiffieHellman, diffieHellman, DiffieHellmanGroup, ECDH, fips, generateKey, generateKeyPair, generateKeyPairSync,
  generateKeySync, generatePrime, generatePrimeSync, getCipherInfo, getCiphers, getCurves, getDiffieHellman, getFips,
  getHashes, getRandomValues, Hash, hash, hkdf, hkdfSync, Hmac, KeyObject, pbkdf2, pbkdf2Sync, privateDecrypt,
  privateEncrypt, PrivateKeyObject, pseudoRandomBytes, publicDecrypt, publicEncrypt, PublicKeyObject, randomBytes,
  randomFill, randomFillSync, randomInt, randomUUID, scrypt, scryptSync, SecretKeyObject, secureHeapUsed, setEngine,
  setFips, Sign, sign, subtle, timingSafeEqual, Verify, verify, webcrypto, X509Certificate,
};
// Without diffieHellman, which workerd exports by name only.
export default {
  constants,
  DiffieHellman,
  DiffieHellmanGroup,
  createDiffieHellman,
  createDiffieHellmanGroup,
  getDiffieHellman,
  ECDH,
  createECDH,
  KeyObject,
  PublicKeyObject,
  PrivateKeyObject,
  SecretKeyObject,
  generateKey,
  generateKeyPair,
  generateKeyPairSync,
  generateKeySync,
  createPrivateKey,
  createPublicKey,
  createSecretKey,
  getRandomValues,
  pseudoRandomBytes,
  randomBytes,
  randomFillSync,
  randomFill,
  randomInt,
  randomUUID,
  generatePrime,
  generatePrimeSync,
  checkPrime,
  checkPrimeSync,
  Hash,
  Hmac,
  createHash,
  createHmac,
  getHashes,
  hash,
  hkdf,
  hkdfSync,
  pbkdf2,
  pbkdf2Sync,
  scrypt,
  scryptSync,
  getCiphers,
  getCurves,
  secureHeapUsed,
  setEngine,
  timingSafeEqual,
  getFips,
  setFips,
  get fips() {
    return fips;
  },
  set fips(value) {
    setFips(value);
  },
  subtle,
  webcrypto,
  Certificate,
  X509Certificate,
  createSign,
  createVerify,
  sign,
  verify,
  Sign,
  Verify,
  Cipheriv,
  Decipheriv,
  createCipheriv,
  createDecipheriv,
  publicDecrypt,
  publicEncrypt,
  privateDecrypt,
  privateEncrypt,
  getCipherInfo,
  CryptoKey,
  createCipher,
  createDecipher,
  Cipher,
  Decipher,
};
