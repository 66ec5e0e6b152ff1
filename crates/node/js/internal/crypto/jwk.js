// JSON Web Keys (RFC 7517) of KeyObjects, with the members that workerd gives and its words for what is missing.

import {
  op_base64url_decode, op_base64url_encode, op_curve_from_numbers, op_curve_from_raw, op_curve_numbers,
  op_node_key_type, op_rsa_from_numbers, op_rsa_numbers,
} from "holdfast:ops";

/** Every member that the type of workerd has, in its order; those that a key has not are undefined. */
const MEMBERS = [
  "kty", "use", "key_ops", "alg", "ext", "crv", "x", "y", "d", "n", "e", "p", "q", "dp", "dq", "qi", "oth", "k",
];
const RSA_PRIVATE = ["n", "e", "d", "p", "q", "dp", "dq", "qi"];
/** secp224r1 has no name there; workerd gives an empty one, and reads none. */
const CURVES = { __proto__: null, secp224r1: "", prime256v1: "P-256", secp384r1: "P-384", secp521r1: "P-521" };
const EDWARDS = { __proto__: null, ed25519: "Ed25519", x25519: "X25519" };
const WEB_CURVES = Object.values(CURVES).filter((name) => name !== "");

function jwk(members) {
  return Object.fromEntries(MEMBERS.map((name) => [name, members[name]]));
}

export function secretToJwk(bytes) {
  return jwk({ kty: "oct", ext: true, k: op_base64url_encode(bytes) });
}

/** @param {object} handle of one half of a pair */
export function pairToJwk(handle) {
  const [type, curve] = op_node_key_type(handle) ?? [];
  if (type === "rsa") {
    const numbers = op_rsa_numbers(handle);
    return jwk({ kty: "RSA", ...Object.fromEntries(numbers.map((text, index) => [RSA_PRIVATE[index], text])) });
  }
  if (type === "ec" && CURVES[curve] !== undefined) {
    const [x, y, d] = op_curve_numbers(handle);
    return jwk({ kty: "EC", crv: CURVES[curve], x, y, d });
  }
  if (EDWARDS[type] !== undefined) {
    const [x, , d] = op_curve_numbers(handle);
    return jwk({ kty: "OKP", alg: type === "ed25519" ? "EdDSA" : undefined, crv: EDWARDS[type], x, d });
  }
  throw new Error("Key type is invalid for JWK export");
}

function member(key, name) {
  const bytes = typeof key[name] === "string" ? op_base64url_decode(key[name]) : undefined;
  if (bytes === undefined) throw new Error(`${key.kty} JWK missing ${name} parameter`);
  return bytes;
}

function rsaFromJwk(key, isPrivate) {
  const names = !isPrivate ? ["n", "e"] : key.p === undefined ? ["n", "e", "d"] : RSA_PRIVATE;
  return op_rsa_from_numbers(...names.map((name) => member(key, name)));
}

function ecFromJwk(key, isPrivate) {
  if (key.crv === undefined) throw new Error("EC JWK missing crv parameter");
  if (!WEB_CURVES.includes(key.crv)) throw new Error("EC JWK unsupported curve");
  const [x, y] = [member(key, "x"), member(key, "y")];
  const handle = op_curve_from_numbers(key.crv, x, y);
  if (typeof handle === "string") throw new Error("EC JWK invalid public key");
  return isPrivate ? op_curve_from_numbers(key.crv, x, y, member(key, "d")) : handle;
}

function okpFromJwk(key, isPrivate) {
  if (key.crv === undefined) throw new Error("OKP JWK missing crv parameter");
  if (!Object.values(EDWARDS).includes(key.crv)) throw new Error("OKP JWK unsupported curve");
  const x = member(key, "x");
  return isPrivate ? op_curve_from_numbers(key.crv, x, undefined, member(key, "d")) : op_curve_from_raw(key.crv, x);
}

const READERS = { __proto__: null, RSA: rsaFromJwk, EC: ecFromJwk, OKP: okpFromJwk };

/** The key for operations; undefined where the numbers make no key. */
export function pairFromJwk(key, isPrivate) {
  const read = READERS[key.kty];
  if (read === undefined) {
    throw new Error(`JWK ${isPrivate ? "private" : "public"} key import is not implemented for this key type`);
  }
  const handle = read(key, isPrivate);
  return typeof handle === "string" ? undefined : handle;
}
