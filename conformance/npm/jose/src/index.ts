import * as jose from "jose";
import { project } from "../../serve.js";

const secret = new TextEncoder().encode("cc7e0d44fd473002f1c42167459001140ec6389b7353f8088f4d9a95f2f596f2");
const jwt = (key: jose.CryptoKey | Uint8Array, alg: string) =>
  new jose.SignJWT({ "urn:example:claim": true })
    .setProtectedHeader({ alg })
    .setIssuedAt(1_700_000_000)
    .setIssuer("urn:example:issuer")
    .setExpirationTime(4_000_000_000)
    .sign(key);

const roundTrip = (alg: string, options?: jose.GenerateKeyPairOptions) => async () => {
  const { publicKey, privateKey } = await jose.generateKeyPair(alg, { extractable: true, ...options });
  const { payload, protectedHeader } = await jose.jwtVerify(await jwt(privateKey, alg), publicKey);
  const { kty, crv } = await jose.exportJWK(publicKey);
  return { payload, protectedHeader, kty, crv };
};

const cases = {
  hs256: () => jwt(secret, "HS256"),
  "hs256-verifies": async () => (await jose.jwtVerify(await jwt(secret, "HS256"), secret)).payload,
  "wrong-key": async () => jose.jwtVerify(await jwt(secret, "HS256"), new Uint8Array(64)),
  expired: async () => {
    const old = await new jose.SignJWT({}).setProtectedHeader({ alg: "HS256" }).setExpirationTime(1).sign(secret);
    return jose.jwtVerify(old, secret);
  },
  es256: roundTrip("ES256"),
  es384: roundTrip("ES384"),
  ps256: roundTrip("PS256"),
  rs256: roundTrip("RS256"),
  eddsa: roundTrip("EdDSA", { crv: "Ed25519" }),
  "encrypted-dir": async () => {
    const key = jose.base64url.decode("MTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTI");
    const text = await new jose.EncryptJWT({ a: 1 }).setProtectedHeader({ alg: "dir", enc: "A256GCM" }).encrypt(key);
    return (await jose.jwtDecrypt(text, key)).payload;
  },
  "encrypted-ecdh": async () => {
    const { publicKey, privateKey } = await jose.generateKeyPair("ECDH-ES+A128KW");
    const text = await new jose.CompactEncrypt(new TextEncoder().encode("secret"))
      .setProtectedHeader({ alg: "ECDH-ES+A128KW", enc: "A128CBC-HS256" })
      .encrypt(publicKey);
    return new TextDecoder().decode((await jose.compactDecrypt(text, privateKey)).plaintext);
  },
  "jwk-set": async () => {
    const { publicKey, privateKey } = await jose.generateKeyPair("ES256", { extractable: true });
    const set = jose.createLocalJWKSet({ keys: [{ ...(await jose.exportJWK(publicKey)), alg: "ES256", kid: "k" }] });
    const text = await new jose.SignJWT({ s: 1 }).setProtectedHeader({ alg: "ES256", kid: "k" }).sign(privateKey);
    return (await jose.jwtVerify(text, set)).payload;
  },
  thumbprint: () => jose.calculateJwkThumbprint({ kty: "oct", k: "AyM32w-8O7YwyRt4" }),
  pem: async () => {
    const { privateKey } = await jose.generateKeyPair("ES256", { extractable: true });
    const pem = await jose.exportPKCS8(privateKey);
    return [pem.split("\n")[0], (await jose.importPKCS8(pem, "ES256")).type];
  },
};

const { Box, worker } = project(cases);
export { Box };
export default worker;
