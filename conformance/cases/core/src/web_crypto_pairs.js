// Pairs of keys of WebCrypto: ECDSA, ECDH, Ed25519, X25519, RSA.

import { outcomes } from "./harness.js";
import {
  about, bytes, EC_JWK, EC_POINT, EC_SIGNATURE, ED_JWK, hex, made, RSA_JWK, subtle, X_JWK, X_PEER,
} from "./web_crypto_tools.js";

const ECDSA = { name: "ECDSA", namedCurve: "P-256" };
const ECDH = { name: "ECDH", namedCurve: "P-256" };
const SHA256 = { name: "ECDSA", hash: "SHA-256" };
const RSA = (name, hash = "SHA-256") => ({ name, hash });
const NODE = { name: "NODE-ED25519", namedCurve: "NODE-ED25519" };

const publicHalf = ({ d, p, q, dp, dq, qi, ...rest }) => rest;
const importJwk = (jwk, algorithm, usages, extractable = true) =>
  subtle.importKey("jwk", jwk, algorithm, extractable, usages);
const signer = () => importJwk(EC_JWK, ECDSA, ["sign"]);
const verifier = () => importJwk(publicHalf(EC_JWK), ECDSA, ["verify"]);
const rsaSigner = (name = "RSASSA-PKCS1-v1_5") => importJwk(RSA_JWK, RSA(name), ["sign"]);
const rsaVerifier = (name = "RSASSA-PKCS1-v1_5") => importJwk(publicHalf(RSA_JWK), RSA(name), ["verify"]);

/** DER of a key with bytes behind it, or changed. */
const encoded = async (format, key) => new Uint8Array(await subtle.exportKey(format, key));

export default {
  "ec-generates": () =>
    outcomes({
      p256: made(() => subtle.generateKey(ECDSA, false, ["sign", "verify"])),
      p521: made(() => subtle.generateKey({ name: "ecdsa", namedCurve: "P-521" }, true, ["verify", "sign"])),
      ecdh: made(() => subtle.generateKey(ECDH, true, ["deriveBits", "deriveKey"])),
      noUsages: () => subtle.generateKey(ECDH, true, []),
      publicUsages: () => subtle.generateKey(ECDSA, true, ["verify"]),
      wrongUsages: () => subtle.generateKey(ECDH, true, ["sign"]),
      curve: () => subtle.generateKey({ name: "ECDSA", namedCurve: "secp256k1" }, true, ["sign"]),
      noCurve: () => subtle.generateKey("ECDSA", true, ["sign"]),
    }),
  "ec-verifies": async () => {
    const key = await verifier();
    const verify = (signature, hash = "SHA-256") => subtle.verify({ name: "ECDSA", hash }, key, signature, bytes("sample"));
    return outcomes({
      right: () => verify(EC_SIGNATURE),
      otherHash: () => verify(EC_SIGNATURE, "SHA-512"),
      short: () => verify(EC_SIGNATURE.slice(1)),
      empty: () => verify(bytes("")),
      zeros: () => verify(new Uint8Array(64)),
      large: () => verify(new Uint8Array(64).fill(255)),
      noHash: () => subtle.verify("ECDSA", key, EC_SIGNATURE, bytes("sample")),
      unknownHash: () => verify(EC_SIGNATURE, "x"),
      privateKey: async () => subtle.verify(SHA256, await signer(), EC_SIGNATURE, bytes("sample")),
      noData: () => subtle.verify(SHA256, key, EC_SIGNATURE),
    });
  },
  "ec-signs": async () => {
    const [own, other] = [await signer(), await verifier()];
    return outcomes({
      round: async () => {
        const signature = await subtle.sign(SHA256, own, bytes("text"));
        return [signature.byteLength, await subtle.verify(SHA256, other, signature, bytes("text"))];
      },
      noHash: () => subtle.sign("ECDSA", own, bytes("text")),
      publicKey: () => subtle.sign(SHA256, other, bytes("text")),
      algorithm: () => subtle.sign("HMAC", own, bytes("text")),
    });
  },
  "ec-exports": async () => {
    const [own, other] = [await signer(), await verifier()];
    return outcomes({
      jwk: () => subtle.exportKey("jwk", own),
      publicJwk: () => subtle.exportKey("jwk", other),
      raw: async () => hex(await subtle.exportKey("raw", other)),
      spki: async () => hex(await subtle.exportKey("spki", other)),
      pkcs8: async () => hex(await subtle.exportKey("pkcs8", own)),
      privateRaw: () => subtle.exportKey("raw", own),
      privateSpki: () => subtle.exportKey("spki", own),
      publicPkcs8: () => subtle.exportKey("pkcs8", other),
      unknown: () => subtle.exportKey("pem", other),
    });
  },
  "ec-raw": () => {
    const importRaw = (point, algorithm = ECDSA, usages = ["verify"]) =>
      subtle.importKey("raw", point, algorithm, true, usages);
    const off = EC_POINT.slice();
    off[64] ^= 1;
    const compressed = new Uint8Array([2 | (EC_POINT[64] & 1), ...EC_POINT.slice(1, 33)]);
    return outcomes({
      right: made(() => importRaw(EC_POINT)),
      compressed: async () => hex(await subtle.exportKey("raw", await importRaw(compressed))),
      off: () => importRaw(off),
      zeros: () => importRaw(new Uint8Array(65)),
      empty: () => importRaw(bytes("")),
      otherCurve: () => importRaw(EC_POINT, { name: "ECDSA", namedCurve: "P-384" }),
      lowerCurve: made(() => importRaw(EC_POINT, { name: "ECDSA", namedCurve: "p-256" })),
      usages: () => importRaw(EC_POINT, ECDSA, ["sign"]),
      noUsages: made(() => importRaw(EC_POINT, ECDSA, [])),
      ecdh: made(() => importRaw(EC_POINT, ECDH, [])),
      ecdhUsages: () => importRaw(EC_POINT, ECDH, ["deriveBits"]),
    });
  },
  "ec-jwk": () => {
    const change = (changes, usages = ["sign"]) => importJwk({ ...EC_JWK, ...changes }, ECDSA, usages);
    return outcomes({
      right: made(() => change({ alg: "ES256", use: "sig", key_ops: ["sign"], ext: true })),
      otherCurve: made(() => change({ crv: "P-384" })),
      type: () => change({ kty: "OKP" }),
      noType: () => change({ kty: undefined }),
      offCurve: () => change({ y: EC_JWK.x }),
      otherSecret: () => change({ d: EC_JWK.x }),
      zeroSecret: () => change({ d: "AA" }),
      noX: () => change({ x: undefined }),
      wrongY: () => change({ y: "!" }),
      wrongD: () => change({ d: "!" }),
      algorithm: () => change({ alg: "ES384" }),
      unknownAlgorithm: () => change({ alg: "x" }),
      extractable: () => change({ ext: false }),
      primes: () => change({ oth: [] }),
      usages: () => change({}, ["verify"]),
      noUsages: () => change({}, []),
    });
  },
  "jwk-use": () => {
    const change = (changes, usages = ["sign"]) => importJwk({ ...EC_JWK, ...changes }, ECDSA, usages);
    const agree = (changes, usages = []) => importJwk({ ...publicHalf(EC_JWK), ...changes }, ECDH, usages);
    return outcomes({
      use: () => change({ use: "enc" }),
      publicUse: made(() => importJwk({ ...publicHalf(EC_JWK), use: "enc" }, ECDSA, [])),
      publicBoth: () => importJwk({ ...publicHalf(EC_JWK), use: "enc", key_ops: [] }, ECDSA, []),
      both: () => change({ use: "sig", key_ops: ["sign", "encrypt"] }),
      operations: () => change({ key_ops: ["verify"] }),
      twice: () => change({ key_ops: ["sign", "sign"] }),
      agreement: made(() => agree({ use: "enc" })),
      agreementUse: () => agree({ use: "sig", key_ops: [] }),
      agreementBoth: () => agree({ use: "enc", key_ops: ["deriveBits"] }),
    });
  },
  "der-encodings": async () => {
    const pkcs8 = await encoded("pkcs8", await signer());
    const spki = await encoded("spki", await verifier());
    const importKey = (format, der, usages, algorithm = ECDSA) => subtle.importKey(format, der, algorithm, true, usages);
    return outcomes({
      pkcs8: made(() => importKey("pkcs8", pkcs8, ["sign"])),
      spki: made(() => importKey("spki", spki, ["verify"])),
      trailing: () => importKey("pkcs8", new Uint8Array([...pkcs8, 0, 0]), ["sign"]),
      trailingSpki: () => importKey("spki", new Uint8Array([...spki, 0]), ["verify"]),
      cut: () => importKey("pkcs8", pkcs8.slice(0, -1), ["sign"]),
      cutSpki: () => importKey("spki", spki.slice(0, 40), ["verify"]),
      empty: () => importKey("spki", bytes(""), ["verify"]),
      text: () => importKey("pkcs8", bytes("-----BEGIN PRIVATE KEY-----"), ["sign"]),
      exchanged: () => importKey("pkcs8", spki, ["sign"]),
      exchangedSpki: () => importKey("spki", pkcs8, ["verify"]),
      curve: () => importKey("spki", spki, ["verify"], { name: "ECDSA", namedCurve: "P-384" }),
      ecdhCurve: () => importKey("spki", spki, [], { name: "ECDH", namedCurve: "P-384" }),
      rsa: () => importKey("spki", spki, ["verify"], RSA("RSA-PSS")),
      usages: () => importKey("spki", spki, ["sign"]),
      ecdhUsages: () => importKey("spki", spki, ["deriveBits"], ECDH),
      privateUsages: () => importKey("pkcs8", pkcs8, ["verify"]),
      noUsages: () => importKey("pkcs8", pkcs8, []),
    });
  },
  ecdh: async () => {
    const own = await importJwk(EC_JWK, ECDH, ["deriveBits", "deriveKey"]);
    const peer = await importJwk(publicHalf(EC_JWK), ECDH, []);
    const derive = async (length, changes = {}) =>
      hex(await subtle.deriveBits({ name: "ECDH", public: peer, ...changes }, own, length));
    return outcomes({
      all: () => derive(256),
      open: () => derive(null),
      none: () => derive(0),
      few: () => derive(12),
      text: () => derive("16"),
      more: () => derive(257),
      negative: () => derive(-1),
      noPeer: () => derive(8, { public: undefined }),
      object: () => derive(8, { public: {} }),
      ownKey: () => derive(8, { public: own }),
      signature: async () => derive(8, { public: await verifier() }),
      otherCurve: async () => {
        const pair = await subtle.generateKey({ name: "ECDH", namedCurve: "P-384" }, true, ["deriveBits"]);
        return derive(8, { public: pair.publicKey });
      },
      otherFamily: async () => derive(8, { public: await subtle.importKey("raw", X_PEER, "X25519", true, []) }),
      publicBase: () => subtle.deriveBits({ name: "ECDH", public: peer }, peer, 8),
    });
  },
  "ecdh-keys": async () => {
    const own = await importJwk(EC_JWK, ECDH, ["deriveKey"]);
    const peer = await importJwk(publicHalf(EC_JWK), ECDH, []);
    const derive = (type, usages, extractable = true) =>
      subtle.deriveKey({ name: "ECDH", public: peer }, own, type, extractable, usages);
    return outcomes({
      aes: async () => hex(await subtle.exportKey("raw", await derive({ name: "AES-GCM", length: 128 }, ["encrypt"]))),
      hkdf: made(() => derive("HKDF", ["deriveBits"], false)),
      hmac: () => derive({ name: "HMAC", hash: "SHA-256" }, ["sign"]),
      hmacLength: made(() => derive({ name: "HMAC", hash: "SHA-256", length: 100 }, ["sign"])),
      bits: () => subtle.deriveBits({ name: "ECDH", public: peer }, own, 8),
    });
  },
  "ed25519-signs": async () => {
    const own = await importJwk(ED_JWK, "Ed25519", ["sign"]);
    const other = await importJwk(publicHalf(ED_JWK), "ed25519", ["verify"]);
    const signature = await subtle.sign("Ed25519", own, bytes("text"));
    return outcomes({
      signature: () => hex(signature),
      right: () => subtle.verify("Ed25519", other, signature, bytes("text")),
      wrong: () => subtle.verify("Ed25519", other, signature, bytes("texts")),
      zeros: () => subtle.verify("Ed25519", other, new Uint8Array(64), bytes("text")),
      short: () => subtle.verify("Ed25519", other, signature.slice(1), bytes("text")),
      node: () => subtle.verify(NODE, other, signature, bytes("text")),
    });
  },
  "ed25519-keys": async () => {
    const own = await importJwk(ED_JWK, "Ed25519", ["sign"]);
    const other = await importJwk(publicHalf(ED_JWK), "Ed25519", ["verify"]);
    return outcomes({
      generated: made(() => subtle.generateKey("Ed25519", false, ["sign", "verify"])),
      jwk: () => subtle.exportKey("jwk", own),
      publicJwk: () => subtle.exportKey("jwk", other),
      raw: async () => hex(await subtle.exportKey("raw", other)),
      spki: async () => hex(await subtle.exportKey("spki", other)),
      pkcs8: async () => hex(await subtle.exportKey("pkcs8", own)),
      again: async () => about(await subtle.importKey("pkcs8", await subtle.exportKey("pkcs8", own), "Ed25519", true, ["sign"])),
      privateRaw: () => subtle.exportKey("raw", own),
      length: () => subtle.importKey("raw", bytes("x"), "Ed25519", true, ["verify"]),
      asEcdsa: async () => subtle.importKey("spki", await subtle.exportKey("spki", other), ECDSA, true, ["verify"]),
      asEcdh: async () => subtle.importKey("spki", await subtle.exportKey("spki", other), ECDH, true, []),
    });
  },
  "ed25519-jwk": () => {
    const change = (changes) => importJwk({ ...ED_JWK, ...changes }, "Ed25519", ["sign"]);
    return outcomes({
      right: made(() => change({ alg: "EdDSA" })),
      otherPublic: async () => (await subtle.exportKey("jwk", await change({ x: ED_JWK.d }))).x === ED_JWK.x,
      type: () => change({ kty: "EC" }),
      curve: () => change({ crv: "X25519" }),
      noCurve: () => change({ crv: undefined }),
      algorithm: () => change({ alg: "ES256" }),
      shortX: () => change({ x: "AA" }),
      noX: () => change({ x: undefined }),
      shortD: () => change({ d: "AA" }),
      wrongD: () => change({ d: "!" }),
    });
  },
  "node-ed25519": async () =>
    outcomes({
      generated: made(() => subtle.generateKey(NODE, true, ["sign", "verify"])),
      imported: made(() => importJwk(ED_JWK, NODE, ["sign"])),
      exported: async () => subtle.exportKey("jwk", await importJwk(ED_JWK, NODE, ["sign"])),
      noCurve: () => importJwk(ED_JWK, "NODE-ED25519", ["sign"]),
      otherCurve: () => subtle.generateKey({ ...NODE, namedCurve: "x" }, true, ["sign"]),
      signature: async () => hex(await subtle.sign("NODE-ED25519", await importJwk(ED_JWK, NODE, ["sign"]), bytes("text"))),
    }),
  x25519: async () => {
    const own = await importJwk(X_JWK, "X25519", ["deriveBits"]);
    const importRaw = (point, usages = []) => subtle.importKey("raw", point, "X25519", true, usages);
    const derive = async (length, peer) => hex(await subtle.deriveBits({ name: "X25519", public: peer }, own, length));
    return outcomes({
      all: async () => derive(null, await importRaw(X_PEER)),
      few: async () => derive(13, await importRaw(X_PEER)),
      more: async () => derive(264, await importRaw(X_PEER)),
      zero: async () => derive(256, await importRaw(new Uint8Array(32))),
      one: async () => derive(256, await importRaw(new Uint8Array([1, ...new Uint8Array(31)]))),
      signature: async () => derive(256, await importJwk(publicHalf(ED_JWK), "Ed25519", ["verify"])),
      generated: made(() => subtle.generateKey("X25519", true, ["deriveKey", "deriveBits"])),
      usages: () => importRaw(X_PEER, ["deriveBits"]),
      jwk: () => subtle.exportKey("jwk", own),
      pkcs8: async () => hex(await subtle.exportKey("pkcs8", own)),
      spki: async () => hex(await subtle.exportKey("spki", await importRaw(X_PEER))),
    });
  },
  "rsa-generates": () => {
    const generate = (changes, usages = ["sign", "verify"]) => () =>
      subtle.generateKey(
        { name: "RSA-PSS", hash: "SHA-256", modulusLength: 1024, publicExponent: new Uint8Array([1, 0, 1]), ...changes },
        false,
        usages,
      );
    return outcomes({
      right: made(generate({})),
      three: made(generate({ publicExponent: new Uint8Array([3]) })),
      padded: made(generate({ publicExponent: new Uint8Array([0, 1, 0, 1]) })),
      oaep: made(generate({ name: "RSA-OAEP", hash: "SHA-1" }, ["decrypt", "encrypt", "unwrapKey", "wrapKey"])),
      none: generate({ modulusLength: 0 }),
      small: generate({ modulusLength: 128 }),
      tooSmall: generate({ modulusLength: 384 }),
      odd: generate({ modulusLength: 1025 }),
      uneven: generate({ modulusLength: 1032 }),
      large: generate({ modulusLength: 16_392 }),
      exponent: generate({ publicExponent: new Uint8Array([5]) }),
      largeExponent: generate({ publicExponent: new Uint8Array([1, 0, 0, 0, 1]) }),
      noExponent: generate({ publicExponent: undefined }),
      noHash: generate({ hash: undefined }),
      noLength: generate({ modulusLength: undefined }),
      unknownHash: generate({ hash: "x" }),
      usages: generate({}, ["encrypt"]),
      publicUsages: generate({}, ["verify"]),
    });
  },
  "rsa-pkcs1": async () => {
    const [own, other] = [await rsaSigner(), await rsaVerifier()];
    const name = "RSASSA-PKCS1-v1_5";
    const signature = await subtle.sign(name, own, bytes("text"));
    return outcomes({
      signature: () => hex(signature),
      right: () => subtle.verify(name, other, signature, bytes("text")),
      wrong: () => subtle.verify(name, other, signature, bytes("texts")),
      short: () => subtle.verify(name, other, signature.slice(1), bytes("text")),
      empty: () => subtle.verify(name, other, bytes(""), bytes("text")),
      publicKey: () => subtle.sign(name, other, bytes("text")),
      small: async () => {
        const pair = await subtle.generateKey(
          { ...RSA(name, "SHA-512"), modulusLength: 512, publicExponent: new Uint8Array([1, 0, 1]) }, false, ["sign"],
        );
        return subtle.sign(name, pair.privateKey, bytes("text"));
      },
    });
  },
  "rsa-pss": async () => {
    const [own, other] = [await rsaSigner("RSA-PSS"), await rsaVerifier("RSA-PSS")];
    const sign = (saltLength) => subtle.sign({ name: "RSA-PSS", saltLength }, own, bytes("text"));
    const verify = (saltLength, signature) => subtle.verify({ name: "RSA-PSS", saltLength }, other, signature, bytes("text"));
    return outcomes({
      withoutSalt: async () => hex(await sign(0)),
      right: async () => verify(32, await sign(32)),
      longest: async () => verify(94, await sign(94)),
      otherSalt: async () => verify(31, await sign(32)),
      tooLong: () => sign(95),
      negative: () => sign(-1),
      none: () => sign(undefined),
      verifyNone: () => verify(undefined, bytes("x")),
      verifyNegative: () => verify(-1, bytes("x")),
      verifyShort: () => verify(32, bytes("x")),
      verifyLong: () => verify(1000, new Uint8Array(128)),
    });
  },
  "rsa-oaep": async () => {
    const own = await importJwk(RSA_JWK, RSA("RSA-OAEP"), ["decrypt", "unwrapKey"]);
    const other = await importJwk(publicHalf(RSA_JWK), RSA("RSA-OAEP"), ["encrypt", "wrapKey"]);
    const encrypt = (data, label) => subtle.encrypt({ name: "RSA-OAEP", label }, other, data);
    const decrypt = (data, label) => subtle.decrypt({ name: "RSA-OAEP", label }, own, data);
    return outcomes({
      round: async () => hex(await decrypt(await encrypt(bytes("text")))),
      label: async () => hex(await decrypt(await encrypt(bytes("text"), bytes("label")), bytes("label"))),
      otherLabel: async () => decrypt(await encrypt(bytes("text"), bytes("label")), bytes("other")),
      longest: async () => (await encrypt(new Uint8Array(62))).byteLength,
      tooLong: () => encrypt(new Uint8Array(63)),
      zeros: () => decrypt(new Uint8Array(128)),
      short: () => decrypt(new Uint8Array(5)),
      exchanged: () => subtle.encrypt("RSA-OAEP", own, bytes("text")),
      wraps: async () => {
        const key = await subtle.importKey("raw", new Uint8Array(16), "AES-CBC", true, ["encrypt"]);
        const wrapped = await subtle.wrapKey("raw", key, other, "RSA-OAEP");
        return about(await subtle.unwrapKey("raw", wrapped, own, "RSA-OAEP", "AES-CBC", true, ["encrypt"]));
      },
    });
  },
  "rsa-exports": async () => {
    const [own, other] = [await rsaSigner(), await rsaVerifier("RSA-PSS")];
    return outcomes({
      jwk: () => subtle.exportKey("jwk", own),
      publicJwk: () => subtle.exportKey("jwk", other),
      oaepJwk: async () => subtle.exportKey("jwk", await importJwk(publicHalf(RSA_JWK), RSA("RSA-OAEP", "SHA-1"), ["encrypt"])),
      md5Jwk: async () => subtle.exportKey("jwk", await importJwk(publicHalf(RSA_JWK), RSA("RSA-PSS", "MD5"), ["verify"])),
      spki: async () => hex(await subtle.exportKey("spki", other)),
      pkcs8: async () => hex(await subtle.exportKey("pkcs8", own)),
      raw: () => subtle.exportKey("raw", other),
      pkcs1: async () => {
        const pkcs8 = await encoded("pkcs8", own);
        return about(await subtle.importKey("pkcs8", pkcs8.slice(26), RSA("RSA-PSS"), true, ["sign"]));
      },
      asEcdsa: async () => subtle.importKey("spki", await subtle.exportKey("spki", other), ECDSA, true, ["verify"]),
    });
  },
  "rsa-jwk": () => {
    const change = (changes, usages = ["sign"]) => importJwk({ ...RSA_JWK, ...changes }, RSA("RSA-PSS"), usages);
    const publicOne = (changes) => importJwk({ ...publicHalf(RSA_JWK), ...changes }, RSA("RSA-PSS"), ["verify"]);
    const without = { p: undefined, q: undefined, dp: undefined, dq: undefined, qi: undefined };
    return outcomes({
      right: made(() => change({ alg: "PS256" })),
      publicOne: made(() => publicOne({ alg: "PS256", use: "sig" })),
      hash: () => change({ alg: "PS512" }),
      algorithm: () => change({ alg: "x" }),
      type: () => change({ kty: "EC" }),
      modulus: () => change({ n: "!" }),
      exponent: () => change({ e: undefined }),
      secret: () => change({ d: "!" }),
      factor: () => change({ q: "!" }),
      oneMissing: () => change({ p: undefined }),
      noFactors: async () => {
        const key = await change(without);
        const signature = await subtle.sign({ name: "RSA-PSS", saltLength: 8 }, key, bytes("text"));
        return subtle.verify({ name: "RSA-PSS", saltLength: 8 }, await rsaVerifier("RSA-PSS"), signature, bytes("text"));
      },
      noFactorsPkcs8: async () => subtle.exportKey("pkcs8", await change(without)),
      primes: () => change({ oth: [] }),
      five: () => publicOne({ e: "BQ" }),
      seventeen: made(() => publicOne({ e: "EQ" })),
      large: () => publicOne({ e: "AQAAAAAAAAAB" }),
      small: () => publicOne({ n: "w_8" }),
      zeros: made(() => publicOne({ n: `AAAA${RSA_JWK.n}`, e: "AAEAAQ" })),
    });
  },
  "rsa-raw": async () => {
    const own = await importJwk(RSA_JWK, "RSA-RAW", ["sign"]);
    const sign = (data) => subtle.sign("RSA-RAW", own, data);
    return outcomes({
      key: () => about(own),
      signs: async () => hex(await sign(new Uint8Array(128).fill(1))),
      zero: async () => hex(await sign(new Uint8Array(128))),
      short: () => sign(bytes("x")),
      long: () => sign(new Uint8Array(129)),
      large: () => sign(new Uint8Array(128).fill(255)),
      generate: () => subtle.generateKey("RSA-RAW", true, ["sign"]),
      publicKey: () => importJwk(publicHalf(RSA_JWK), "RSA-RAW", ["verify"]),
      algorithm: () => importJwk({ ...RSA_JWK, alg: "PS256" }, "RSA-RAW", ["sign"]),
      type: () => importJwk({ ...RSA_JWK, kty: "EC" }, "RSA-RAW", ["sign"]),
      raw: () => subtle.exportKey("raw", own),
      usage: () => importJwk(RSA_JWK, "RSA-RAW", ["verify"]),
    });
  },
};
