// Secret keys, in every form in which functions take them.

import { isCryptoKey, keyRecord } from "holdfast:web/crypto/key";
import { Buffer } from "../buffer.js";
import { ERR_CRYPTO_INVALID_KEY_OBJECT_TYPE } from "../errors_areas.js";
import { isBytes } from "./bytes.js";
import { handleOf, isKeyObject, secretOfBytes } from "./key_object.js";

/**
 * The key for operations, of a KeyObject, a CryptoKey, bytes or text; undefined for anything else.
 * @param {string} encoding of text
 */
export function secretHandle(key, encoding = "utf8") {
  if (typeof key === "string") return secretOfBytes(Buffer.from(key, encoding));
  if (isBytes(key)) return secretOfBytes(key);
  const isObject = isKeyObject(key);
  if (!isObject && !isCryptoKey(key)) return undefined;
  if (key.type !== "secret") throw new ERR_CRYPTO_INVALID_KEY_OBJECT_TYPE(key.type, "secret");
  return isObject ? handleOf(key) : keyRecord(key).handle;
}
