// What the cases of WebCrypto's keys share.

export const { subtle } = crypto;

export const bytes = (text) => new TextEncoder().encode(text);
export const hex = (buffer) => [...new Uint8Array(buffer)].map((b) => b.toString(16).padStart(2, "0")).join("");
export const unhex = (text) => Uint8Array.from(text.match(/../g) ?? [], (pair) => parseInt(pair, 16));
export const base64url = (text) =>
  btoa(String.fromCharCode(...unhex(text))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

/** What a key says of itself; a pair is two of them. */
export function about(key) {
  if (!(key instanceof CryptoKey)) return { publicKey: about(key.publicKey), privateKey: about(key.privateKey) };
  const { type, extractable, usages, algorithm } = key;
  return { type, extractable, usages, algorithm };
}

/** The same for a key that has yet to be made. */
export const made = (promise) => async () => about(await promise());

// Known pairs, so that answers do not depend on chance.

/** RFC 6979, A.2.5. */
export const EC_JWK = {
  kty: "EC",
  crv: "P-256",
  x: base64url("60fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6"),
  y: base64url("7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299"),
  d: base64url("c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721"),
};
/** The same as a point, and a signature of "sample" by it with SHA-256. */
export const EC_POINT = unhex(
  "0460fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6" +
    "7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299",
);
export const EC_SIGNATURE = unhex(
  "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716" +
    "f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8",
);

/** RFC 8032, section 7.1, test 2. */
export const ED_JWK = {
  kty: "OKP",
  crv: "Ed25519",
  x: base64url("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"),
  d: base64url("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb"),
};

/** RFC 7748, section 6.1. */
export const X_JWK = {
  kty: "OKP",
  crv: "X25519",
  x: base64url("de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f"),
  d: base64url("5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb"),
};
export const X_PEER = unhex("8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a");

/** RFC 8017's keys are long; this one of 1024 bits was made for these cases. */
export const RSA_JWK = {
  kty: "RSA",
  n:
    "v4nojBFYrxO6VrJRM3tAvFJnzznHwNqTuvUZrdWyL0AIl9LgPPF85zvbOzgyIir-tPeX5zPY4xfOiEk-TaRiMrVHjstlgVST4-vb" +
    "J0dsjNVFAyT0OyREJhDfCKob9GqMX4xCxP8moC3wEgmwEICggF1ZfXLzkXVOr8yATebdI7k",
  e: "AQAB",
  d:
    "E3GvjtCP_S32g6iUf7JqbvO6oBnQgm5uAtOw6KnB7fQFK0x4ARfOwzabWdapmDhfJQXhgNINmXgoOkOdNIqUgT5E1eNBNxjl10PV" +
    "St1_U10Ju2PGzsLvgSU88f_nEMPyUOeQo6Bty6M8shsYH57Wg3Tp922wrDTUU2ezAAJ1wlE",
  p: "62sL39-m2dKIKGI2B0-5p9GGgF4MrHDw-3MRL6DJyaSRbswi8snsO9792H6n9K7bZshNb2rYulDH_KjsXAai5Q",
  q: "0EjI8rbmhOCsixRU6ziI-eyaGSGva7GmkVvVvQIzodNqxGcA0bQ9ZBEaqilqbwCtpJdBCOD1KVQqiIY9giaMRQ",
  dp: "0aXr1jv6_8JAZQ5JJSu3nx61k_2tdafCw3rOlEaxTPRUW4JJoUN3MD4-e50Xf4x0cMzyQMW7Kfkkj_nzO2ThjQ",
  dq: "kQYc5OL1HxBRE4XUmvOCbIKRyW3q9tF7aTrIWBJwYP0UGiyeJWWaWVKPfmvX7_JI9ZFbdxMroNs5wlW1_ilZAQ",
  qi: "3kgit9EXMYC1zvtudhk6jjbYMx-oxhGdH_ih0c7FKbBvRqgnOHxU_iolcVqy9qDPDtdr5Zy5fwgSK0paJMsHMw",
};
