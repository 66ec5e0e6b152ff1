// Halves of pairs as PEM, DER or JSON Web Key, in the encodings that have a name: pkcs1, sec1, pkcs8, spki.

import { op_node_key_write } from "holdfast:ops";
import { Buffer } from "../buffer.js";
import { cipherOf } from "./cipher_names.js";
import { handleOf } from "./key_object.js";
import { pairToJwk } from "./jwk.js";

/** Those that OpenSSL writes keys with; of the other ciphers that there are, none can. */
const CIPHERS = ["aes-128-cbc", "aes-192-cbc", "aes-256-cbc", "des-ede3-cbc"];
const PRIVATE_ONLY = ["pkcs8", "sec1"];

/** @param key a PublicKeyObject or PrivateKeyObject, whose options are checked */
export function writeKey(key, options) {
  const { format, type, cipher, passphrase } = options;
  if (format === "jwk") return pairToJwk(handleOf(key));
  if (type === undefined) throw new TypeError("Missing type option");
  if (format !== "pem" && format !== "der") throw new Error("Invalid key format");
  const form = formOf(key, type);
  if (cipher !== undefined && cipherOf(cipher) === undefined) throw new Error(`Unknown cipher: ${cipher}`);
  const isWritable = cipher === undefined || CIPHERS.includes(cipher.toLowerCase());
  // The other forms of DER are not encrypted, whatever the cipher.
  if (!isWritable && (format === "pem" || form === "pkcs8")) throw new Error("Failed to export key");
  const bytes = op_node_key_write(handleOf(key), format === "pem", form, cipher, cipher && passphrase);
  if (bytes === undefined) throw new Error("Failed to export key");
  return format === "pem" ? Buffer.from(bytes).toString("latin1") : Buffer.from(bytes);
}

function formOf(key, type) {
  const kind = key.asymmetricKeyType;
  if (type === "pkcs1" && kind !== "rsa") throw new Error("PKCS1 can only be used for RSA keys");
  if (type === "sec1" && kind !== "ec") throw new Error("SEC1 can only be used for EC keys");
  if (!["pkcs1", "spki", ...PRIVATE_ONLY].includes(type)) throw new Error("Invalid key encoding");
  // What is for private keys gives a public one as it always is, as in workerd.
  return key.type === "public" && PRIVATE_ONLY.includes(type) ? "spki" : type;
}
