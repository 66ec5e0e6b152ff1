// Encryption with one half of a pair that the other one undoes: publicEncrypt, privateDecrypt and the other way round.

import {
  op_node_key_type, op_node_rsa_decrypt, op_node_rsa_encrypt, op_node_rsa_private_encrypt, op_node_rsa_public_decrypt,
} from "holdfast:ops";
import { isCryptoKey, keyRecord } from "holdfast:web/crypto/key";
import { Buffer } from "../buffer.js";
import { ERR_INVALID_ARG_TYPE, ERR_MISSING_ARGS } from "../errors.js";
import { ERR_CRYPTO_INVALID_KEY_OBJECT_TYPE } from "../errors_areas.js";
import { validateNumber, validateString } from "../validators.js";
import { isBytes } from "./bytes.js";
import { digestOf } from "./digests.js";
import { handleOf, isKeyObject } from "./key_object.js";
import { createPrivateKey, createPublicKey } from "./key_reading.js";

const RSA_PKCS1_PADDING = 1;
const RSA_NO_PADDING = 3;
const RSA_PKCS1_OAEP_PADDING = 4;
const PADDINGS = [RSA_PKCS1_PADDING, RSA_NO_PADDING, RSA_PKCS1_OAEP_PADDING];
const LABEL_TYPES = ["string", "Buffer", "TypedArray", "DataView", "ArrayBuffer"];

function handleFor(key, type) {
  const isObject = isKeyObject(key);
  if (!isObject && !isCryptoKey(key)) {
    return handleOf(type === "private" ? createPrivateKey(key) : createPublicKey(key));
  }
  if (key.type !== type) throw new ERR_CRYPTO_INVALID_KEY_OBJECT_TYPE(key.type, type);
  return isObject ? handleOf(key) : keyRecord(key).handle;
}

function paddingOptions({ padding = RSA_PKCS1_PADDING, oaepHash = "sha256", oaepLabel, encoding = "utf8" }) {
  validateNumber(padding, "options.padding");
  validateString(oaepHash, "options.oaepHash");
  if (typeof oaepLabel === "string") oaepLabel = Buffer.from(oaepLabel, encoding);
  else if (oaepLabel !== undefined && !isBytes(oaepLabel)) {
    throw new ERR_INVALID_ARG_TYPE("options.oaepLabel", LABEL_TYPES, oaepLabel);
  }
  return { padding, oaepHash, oaepLabel };
}

/** A function of this name for this half of a pair; `run(handle, padding, hash, label, bytes)` does it. */
function cipher(name, type, argument, run) {
  return (key, buffer) => {
    if (key === undefined) throw new ERR_MISSING_ARGS(argument);
    if (buffer === undefined) throw new ERR_MISSING_ARGS("buffer");
    const handle = handleFor(key, type);
    if (typeof buffer === "string") buffer = Buffer.from(buffer, key.encoding ?? "utf8");
    const { padding, oaepHash, oaepLabel } = paddingOptions(key);
    if (!isBytes(buffer)) {
      throw new TypeError(`Failed to execute '${name}' on 'CryptoImpl': parameter 2 is not of type 'BufferSource'.`);
    }
    if (op_node_key_type(handle)?.[0] !== "rsa") throw new Error(`${name}() currently only supports RSA keys`);
    if (!PADDINGS.includes(padding)) throw new Error("Failed to set the padding");
    const hash = digestOf(oaepHash);
    if (hash === undefined) throw new Error("Unsupported hash digest");
    const output = run(handle, padding, hash, oaepLabel, buffer);
    if (output === undefined) throw new Error("Failed to cipher/decipher");
    return Buffer.from(output);
  };
}

export const publicEncrypt = cipher("publicEncrypt", "public", "key", op_node_rsa_encrypt);
export const privateDecrypt = cipher("privateDecrypt", "private", "privateKey", op_node_rsa_decrypt);
export const privateEncrypt = cipher(
  "privateEncrypt", "private", "privateKey",
  (handle, padding, hash, label, bytes) => op_node_rsa_private_encrypt(handle, padding, bytes),
);
export const publicDecrypt = cipher(
  "publicDecrypt", "public", "key",
  (handle, padding, hash, label, bytes) => op_node_rsa_public_decrypt(handle, padding, bytes),
);

for (const [name, f] of Object.entries({ publicEncrypt, privateDecrypt, privateEncrypt, publicDecrypt })) {
  Object.defineProperty(f, "name", { value: name });
}
