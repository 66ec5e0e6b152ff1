// The ciphers that are here, of those that Workers have, with BoringSSL's numbers and names for them.

import { op_node_cipher_info } from "holdfast:ops";
import { ERR_INVALID_ARG_TYPE } from "../errors.js";
import { validateObject } from "../validators.js";

/** By the name in lower case: the number, and the name that is told if it is another one than that in capitals. */
const KNOWN = {
  __proto__: null,
  "aes-128-cbc": [419],
  "aes-192-cbc": [423],
  "aes-256-cbc": [427],
  "aes-128-ctr": [904],
  "aes-192-ctr": [905],
  "aes-256-ctr": [906],
  "aes-128-ecb": [418],
  "aes-192-ecb": [422],
  "aes-256-ecb": [426],
  "aes-128-ofb": [420],
  "aes-192-ofb": [424],
  "aes-256-ofb": [428],
  "aes-128-gcm": [895, "id-aes128-GCM"],
  "aes-192-gcm": [898, "id-aes192-GCM"],
  "aes-256-gcm": [901, "id-aes256-GCM"],
  "des-cbc": [31],
  "des-ecb": [29],
  "des-ede": [32],
  "des-ede-cbc": [43],
  "des-ede3-cbc": [44],
  rc4: [5],
  "aes-256-gcm-siv": [0, "aes-256-gcm-siv"],
  "aes-128-gcm-siv": [0, "aes-128-gcm-siv"],
  "chacha20-poly1305": [950, "chacha20-poly1305"],
};
/** They are listed by one name only. */
const AEADS = ["aes-256-gcm-siv", "aes-128-gcm-siv", "chacha20-poly1305"];

/** RC4 is not OpenSSL's here. Its key may have other lengths, too. */
const RC4 = { name: "rc4", mode: "stream", keyLength: 16, ivLength: 0, blockSize: 1, isAuthenticated: false };

/**
 * What is known of a cipher, by its name in any case; undefined if it is not here. `isWhole` ones take a message in one
 * piece.
 */
export function cipherOf(name) {
  const lower = name.toLowerCase();
  if (lower === "rc4") return RC4;
  const info = KNOWN[lower] === undefined ? undefined : op_node_cipher_info(lower);
  if (info === undefined) return undefined;
  const [mode, keyLength, ivLength, blockSize] = info;
  const isAuthenticated = mode === "gcm" || mode === "stream";
  const isWhole = lower.endsWith("-siv");
  return { name: lower, mode, keyLength, ivLength, blockSize, isAuthenticated, isWhole };
}

export function getCiphers() {
  const names = Object.keys(KNOWN).filter((name) => cipherOf(name) !== undefined);
  return [...names.filter((name) => !AEADS.includes(name)).map((name) => name.toUpperCase()), ...names];
}

/** @param nameOrNid a name, or BoringSSL's number */
export function getCipherInfo(nameOrNid, options = undefined) {
  if (typeof nameOrNid !== "string" && typeof nameOrNid !== "number") {
    throw new ERR_INVALID_ARG_TYPE("nameOrId", ["string", "number"], nameOrNid);
  }
  const { keyLength, ivLength } = options === undefined ? {} : validated(options);
  const name = typeof nameOrNid === "string"
    ? nameOrNid
    : Object.keys(KNOWN).find((known) => KNOWN[known][0] === nameOrNid);
  const cipher = name === undefined ? undefined : cipherOf(name);
  if (cipher === undefined) return undefined;
  if (keyLength !== undefined && keyLength !== cipher.keyLength) return undefined;
  if (ivLength !== undefined && !takesVector(cipher, ivLength)) return undefined;
  const [nid, told = cipher.name.toUpperCase()] = KNOWN[cipher.name];
  return {
    name: told,
    nid,
    blockSize: cipher.blockSize,
    ivLength: ivLength ?? cipher.ivLength,
    keyLength: cipher.keyLength,
    mode: cipher.mode,
  };
}

function validated(options) {
  validateObject(options, "options");
  return options;
}

/** Whether a vector may have this length: only GCM takes others than the usual one. */
export function takesVector(cipher, length) {
  return cipher.mode === "gcm" && !cipher.isWhole ? length > 0 : length === cipher.ivLength;
}
