// JSON Web Keys (RFC 7517), as far as all kinds of keys share them.

import { op_base64url_decode, op_base64url_encode, op_secret_key_bytes } from "holdfast:ops";
import { jsonWebKeyMembers } from "./dictionaries.js";
import { dataError } from "./errors.js";
import { copyOf } from "./usages.js";

/** The bytes that a member stands for; throws a DataError with `message` where it is missing or is no Base64. */
export function decodeMember(text, message) {
  const bytes = text === undefined ? undefined : op_base64url_decode(text);
  if (bytes === undefined) throw dataError(message);
  return bytes;
}

/** The text for the bytes of a secret key. */
export function secretText(key) {
  return op_base64url_encode(op_secret_key_bytes(key.handle));
}

/**
 * What exportKey() gives: `members`, with what every key has. All members are there and in order, as Workers have it;
 * those that have no value are undefined.
 */
export function exportedJwk(key, members) {
  const all = { __proto__: null, ...members, ext: true, key_ops: copyOf(key.usages) };
  const jwk = {};
  for (let i = 0; i < jsonWebKeyMembers.length; i++) jwk[jsonWebKeyMembers[i]] = all[jsonWebKeyMembers[i]];
  return jwk;
}

/** The first of these strings, in order, that comes twice; undefined if none does. */
export function duplicate(strings) {
  const seen = { __proto__: null };
  let first;
  for (let i = 0; i < strings.length; i++) {
    const string = strings[i];
    if (seen[string] && (first === undefined || string < first)) first = string;
    seen[string] = true;
  }
  return first;
}
