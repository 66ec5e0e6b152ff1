// Secret keys of WebCrypto: HMAC, AES, PBKDF2, HKDF.

import { outcomes } from "./harness.js";
import { about, bytes, hex, made, subtle, unhex } from "./web_crypto_tools.js";

const HMAC = { name: "HMAC", hash: "SHA-256" };
const importHmac = (algorithm = {}, data = bytes("key"), usages = ["sign"]) =>
  subtle.importKey("raw", data, { ...HMAC, ...algorithm }, true, usages);
const importJwk = (changes, algorithm = HMAC, extractable = true, usages = ["sign"]) =>
  subtle.importKey("jwk", { kty: "oct", k: "a2V5", ...changes }, algorithm, extractable, usages);

const importAes = (name, length = 16) =>
  subtle.importKey("raw", unhex("00112233445566778899aabbccddeeff".repeat(2)).slice(0, length), name, true,
    name === "AES-KW" ? ["wrapKey", "unwrapKey"] : ["encrypt", "decrypt", "wrapKey", "unwrapKey"]);
const AES_JWK = { kty: "oct", k: "AAECAwQFBgcICQoLDA0ODw" };
const importAesJwk = (changes, usages = ["encrypt"]) =>
  subtle.importKey("jwk", { ...AES_JWK, ...changes }, "AES-GCM", true, usages);
const iv = new Uint8Array(16);

const password = (name) => subtle.importKey("raw", bytes("password"), name, false, ["deriveBits", "deriveKey"]);
const PBKDF2 = { name: "PBKDF2", hash: "SHA-256", salt: bytes("salt"), iterations: 10 };
const HKDF = { name: "HKDF", hash: "SHA-256", salt: bytes("salt"), info: bytes("info") };

/** One act for each of these values, under its text. */
const each = (values, act) => outcomes(Object.fromEntries(values.map((value) => [String(value), () => act(value)])));

export default {
  "hmac-signs": () =>
    each(["SHA-1", "SHA-256", "sha-384", "SHA-512", "MD5"], async (hash) => {
      const key = await importHmac({ hash }, bytes("key"), ["sign", "verify"]);
      const signature = await subtle.sign({ name: "hmac" }, key, bytes("message"));
      const wrong = new Uint8Array(signature).fill(0);
      return [
        hex(signature),
        await subtle.verify("HMAC", key, signature, bytes("message")),
        await subtle.verify("HMAC", key, wrong, bytes("message")),
        await subtle.verify("HMAC", key, bytes(""), bytes("message")),
        about(key),
      ];
    }),
  "hmac-lengths": () =>
    each([undefined, 24, 17, 16, 25, 0, -1, 23.9, "20", "x", 2 ** 31], async (length) => {
      const key = await importHmac({ length });
      return [about(key), hex(await subtle.exportKey("raw", key))];
    }),
  "hmac-hashes": () =>
    outcomes({
      none: () => importHmac({ hash: undefined }),
      number: () => importHmac({ hash: 5 }),
      unknown: () => importHmac({ hash: "SHA3-256" }),
      object: made(() => importHmac({ hash: { name: "SHA-512" } })),
      nameless: () => importHmac({ hash: {} }),
    }),
  "hmac-usages": () =>
    outcomes({
      order: made(() => importHmac({}, bytes("k"), ["verify", "sign", "sign"])),
      none: () => importHmac({}, bytes("k"), []),
      wrong: () => importHmac({}, bytes("k"), ["sign", "encrypt"]),
      unknown: () => importHmac({}, bytes("k"), ["fly"]),
      number: () => importHmac({}, bytes("k"), [5]),
      text: () => importHmac({}, bytes("k"), "sign"),
      set: () => importHmac({}, bytes("k"), new Set(["sign"])),
    }),
  "hmac-jwk": () =>
    outcomes({
      exported: async () => subtle.exportKey("jwk", await importHmac({}, bytes("key"), ["verify", "sign"])),
      imported: made(() => importJwk({ alg: "HS256" })),
      algorithm: () => importJwk({ alg: "HS512" }),
      type: () => importJwk({ kty: "EC" }),
      noType: () => importJwk({ kty: undefined }),
      noKey: () => importJwk({ k: undefined }),
      extractable: () => importJwk({ ext: false }),
      notExtractable: made(() => importJwk({ ext: false }, HMAC, false)),
      otherUse: made(() => importJwk({ use: "enc", key_ops: ["verify"] })),
      operations: () => importJwk({ key_ops: "sign" }),
      hash: async () => subtle.exportKey("jwk", await importHmac({ hash: "MD5" })),
    }),
  "jwk-base64": () =>
    each(
      ["a2V5", "a2V", "a2", "a", "", "a2 V5", "a2V5\n", "a2V!", "a2V5=", "aB", "aB=", "aA==", "a2==V5", "+/-_", "é"],
      async (k) => hex(await subtle.exportKey("raw", await importJwk({ k }))),
    ),
  "hmac-generates": () =>
    outcomes({
      usual: made(() => subtle.generateKey(HMAC, true, ["sign", "verify"])),
      long: made(() => subtle.generateKey({ name: "HMAC", hash: "SHA-512" }, false, ["sign"])),
      bits: made(() => subtle.generateKey({ ...HMAC, length: 11 }, true, ["sign"])),
      none: () => subtle.generateKey({ ...HMAC, length: 0 }, true, ["sign"]),
      noHash: () => subtle.generateKey("HMAC", true, ["sign"]),
      noUsages: () => subtle.generateKey(HMAC, true, []),
      wrongUsage: () => subtle.generateKey(HMAC, true, ["deriveBits"]),
    }),
  "aes-cbc": async () => {
    const key = await importAes("AES-CBC");
    const decrypt = (length) => subtle.decrypt({ name: "AES-CBC", iv }, key, new Uint8Array(length));
    return outcomes({
      encrypts: async () => hex(await subtle.encrypt({ name: "AES-CBC", iv }, key, bytes("some text, and more of it"))),
      empty: async () => hex(await subtle.encrypt({ name: "AES-CBC", iv }, key, bytes(""))),
      longKey: async () => hex(await subtle.encrypt({ name: "AES-CBC", iv }, await importAes("AES-CBC", 32), bytes("x"))),
      noIv: () => subtle.encrypt("AES-CBC", key, bytes("x")),
      shortIv: () => subtle.encrypt({ name: "AES-CBC", iv: new Uint8Array(5) }, key, bytes("x")),
      shortIvAgain: () => subtle.decrypt({ name: "AES-CBC", iv: new Uint8Array(5) }, key, bytes("x")),
      wrongIv: () => subtle.encrypt({ name: "AES-CBC", iv: "0123456789abcdef" }, key, bytes("x")),
      nothing: () => decrypt(0),
      few: () => decrypt(5),
      block: () => decrypt(16),
      more: () => decrypt(17),
      blocks: () => decrypt(48),
    });
  },
  "aes-ctr": async () => {
    const key = await importAes("AES-CTR");
    const counter = new Uint8Array(16).fill(0xff);
    const encrypt = (changes, length = 40) =>
      subtle.encrypt({ name: "AES-CTR", counter, length: 64, ...changes }, key, new Uint8Array(length));
    return outcomes({
      wraps: async () => hex(await encrypt({})),
      wrapsFew: async () => hex(await encrypt({ length: 3 })),
      all: async () => hex(await encrypt({ length: 128 })),
      odd: async () => hex(await encrypt({ length: 13 })),
      repeats: () => encrypt({ length: 1 }),
      fits: async () => hex(await encrypt({ length: 1 }, 32)),
      zero: () => encrypt({ length: 0 }),
      large: () => encrypt({ length: 129 }),
      noLength: () => encrypt({ length: undefined }),
      noCounter: () => encrypt({ counter: undefined }),
      shortCounter: () => encrypt({ counter: new Uint8Array(8) }),
    });
  },
  "aes-gcm-tags": async () => {
    const key = await importAes("AES-GCM");
    return each([32, 64, 96, 104, 112, 120, 128, undefined, 0, 8, 127, 129, "x", null], async (tagLength) => {
      const algorithm = { name: "AES-GCM", iv: new Uint8Array(12), additionalData: bytes("more"), tagLength };
      const sealed = await subtle.encrypt(algorithm, key, bytes("text"));
      return [hex(sealed), hex(await subtle.decrypt(algorithm, key, sealed))];
    });
  },
  "aes-gcm-vectors": async () => {
    const key = await importAes("AES-GCM", 24);
    return each([0, 1, 12, 16, 60, 128], async (length) =>
      hex(await subtle.encrypt({ name: "AES-GCM", iv: new Uint8Array(length) }, key, bytes("text"))),
    );
  },
  "aes-gcm-long-iv": async () =>
    hex(await subtle.encrypt({ name: "AES-GCM", iv: new Uint8Array(129) }, await importAes("AES-GCM"), bytes("text"))),
  "aes-gcm-refuses": async () => {
    const key = await importAes("AES-GCM");
    const algorithm = { name: "aes-gcm", iv };
    const sealed = await subtle.encrypt(algorithm, key, bytes("text"));
    return outcomes({
      right: async () => hex(await subtle.decrypt(algorithm, key, sealed)),
      otherIv: () => subtle.decrypt({ ...algorithm, iv: new Uint8Array(12) }, key, sealed),
      otherData: () => subtle.decrypt({ ...algorithm, additionalData: bytes("x") }, key, sealed),
      short: () => subtle.decrypt(algorithm, key, sealed.slice(0, 15)),
      noIv: () => subtle.decrypt("AES-GCM", key, sealed),
    });
  },
  "aes-keys": () =>
    outcomes({
      generated: made(() => subtle.generateKey({ name: "AES-GCM", length: 256 }, true, ["decrypt", "encrypt"])),
      length: () => subtle.generateKey({ name: "AES-GCM", length: 100 }, true, ["encrypt"]),
      noLength: () => subtle.generateKey("AES-GCM", true, ["encrypt"]),
      imported: made(() => importAes("AES-CTR", 24)),
      short: () => subtle.importKey("raw", bytes("x"), "AES-CTR", true, ["encrypt"]),
      format: () => subtle.importKey("spki", bytes("x"), "AES-CTR", true, ["encrypt"]),
      exported: async () => subtle.exportKey("jwk", await importAes("AES-CBC")),
      exportFormat: async () => subtle.exportKey("spki", await importAes("AES-CBC")),
      wrapOnly: () => subtle.importKey("raw", iv, "AES-KW", true, ["encrypt"]),
    }),
  "aes-jwk": () =>
    outcomes({
      imported: made(() => importAesJwk({ alg: "A128GCM", use: "enc", key_ops: ["encrypt", "wrapKey"] })),
      algorithm: () => importAesJwk({ alg: "A256GCM" }),
      type: () => importAesJwk({ kty: "RSA" }),
      noKey: () => importAesJwk({ k: undefined }),
      length: () => importAesJwk({ k: "AAAA" }),
      use: () => importAesJwk({ use: "sig" }),
      operations: () => importAesJwk({ key_ops: ["decrypt"] }),
      twice: () => importAesJwk({ key_ops: ["encrypt", "decrypt", "encrypt", "decrypt"] }),
      extractable: () => importAesJwk({ ext: false }),
      usages: () => importAesJwk({}, ["sign"]),
    }),
  "aes-kw": async () => {
    const key = await importAes("AES-KW");
    const wrap = async (length) => subtle.wrapKey("raw", await importHmac({}, new Uint8Array(length)), key, "AES-KW");
    const unwrap = (wrapped, usages = ["sign"]) => subtle.unwrapKey("raw", wrapped, key, "AES-KW", HMAC, true, usages);
    return outcomes({
      wraps: async () => hex(await wrap(24)),
      odd: () => wrap(5),
      short: () => wrap(8),
      unwraps: async () => about(await unwrap(await wrap(16))),
      noUsages: async () => unwrap(await wrap(16), []),
      wrong: () => unwrap(new Uint8Array(24)),
      oddLength: () => unwrap(new Uint8Array(23)),
      shortLength: () => unwrap(new Uint8Array(16)),
      encrypts: () => subtle.encrypt("AES-KW", key, bytes("x")),
    });
  },
  "wrap-jwk": async () => {
    const key = await importAes("AES-GCM");
    const algorithm = { name: "AES-GCM", iv };
    const unwrap = async (text) =>
      subtle.unwrapKey("jwk", await subtle.encrypt(algorithm, key, bytes(text)), key, algorithm, "AES-CBC", true, ["encrypt"]);
    return outcomes({
      text: async () => new TextDecoder().decode(
        await subtle.decrypt(algorithm, key, await subtle.wrapKey("jwk", key, key, algorithm)),
      ),
      unwraps: made(() => unwrap(JSON.stringify(AES_JWK))),
      number: () => unwrap("5"),
      list: () => unwrap("[]"),
      object: () => unwrap("{}"),
    });
  },
  "wrap-refuses": async () => {
    const key = await importAes("AES-GCM");
    const wrapping = await importAes("AES-KW");
    const hidden = await subtle.importKey("raw", iv, "AES-GCM", false, ["encrypt"]);
    return outcomes({
      notExtractable: () => subtle.wrapKey("raw", hidden, wrapping, "AES-KW"),
      noUsage: () => subtle.wrapKey("raw", key, hidden, { name: "AES-GCM", iv }),
      algorithm: () => subtle.wrapKey("raw", key, wrapping, { name: "AES-GCM", iv }),
      format: () => subtle.wrapKey("spki", key, wrapping, "AES-KW"),
      unwrapFormat: async () =>
        subtle.unwrapKey("x", await subtle.wrapKey("raw", key, wrapping, "AES-KW"), wrapping, "AES-KW", "AES-GCM", true, ["encrypt"]),
    });
  },
  "pbkdf2-lengths": async () => {
    const key = await password("PBKDF2");
    return each([null, undefined, 0, 8, 12, 256, 1000, -8, "16"], async (length) =>
      hex(await subtle.deriveBits(PBKDF2, key, length)),
    );
  },
  "pbkdf2-parameters": async () => {
    const key = await password("PBKDF2");
    const derive = async (changes) => hex(await subtle.deriveBits({ ...PBKDF2, ...changes }, key, 64));
    return outcomes({
      sha1: () => derive({ hash: "SHA-1" }),
      many: () => derive({ iterations: 20_000, hash: "SHA-512" }),
      noSalt: () => derive({ salt: undefined }),
      emptySalt: () => derive({ salt: bytes("") }),
      textSalt: () => derive({ salt: "salt" }),
      none: () => derive({ iterations: 0 }),
      negative: () => derive({ iterations: -1 }),
      noIterations: () => derive({ iterations: undefined }),
      noHash: () => derive({ hash: undefined }),
      wrongHash: () => derive({ hash: "x" }),
    });
  },
  "hkdf-lengths": async () => {
    const key = await password("HKDF");
    return each([null, 0, 8, 12, 256, 8 * 255 * 32 + 8], async (length) =>
      hex(await subtle.deriveBits(HKDF, key, length)),
    );
  },
  "hkdf-parameters": async () => {
    const key = await password("HKDF");
    const derive = async (changes) => hex(await subtle.deriveBits({ ...HKDF, ...changes }, key, 64));
    return outcomes({
      sha512: () => derive({ hash: "SHA-512" }),
      noSalt: () => derive({ salt: undefined }),
      noInfo: () => derive({ info: undefined }),
      empty: () => derive({ salt: bytes(""), info: bytes("") }),
      noHash: () => derive({ hash: undefined }),
    });
  },
  "derivation-keys": () =>
    outcomes({
      key: made(() => password("PBKDF2")),
      other: made(() => password("hkdf")),
      extractable: () => subtle.importKey("raw", bytes("x"), "PBKDF2", true, ["deriveBits"]),
      formatPbkdf2: () => subtle.importKey("jwk", AES_JWK, "PBKDF2", false, ["deriveBits"]),
      formatHkdf: () => subtle.importKey("jwk", AES_JWK, "HKDF", false, ["deriveBits"]),
      usage: () => subtle.importKey("raw", bytes("x"), "HKDF", false, ["sign"]),
      generate: () => subtle.generateKey("HKDF", false, ["deriveBits"]),
    }),
  "derive-key": async () => {
    const key = await password("PBKDF2");
    const derive = async (type, usages) => subtle.deriveKey(PBKDF2, key, type, true, usages);
    return outcomes({
      aes: async () => hex(await subtle.exportKey("raw", await derive({ name: "AES-CBC", length: 192 }, ["encrypt"]))),
      aesLength: () => derive({ name: "AES-CBC", length: 100 }, ["encrypt"]),
      aesNoLength: () => derive("AES-CBC", ["encrypt"]),
      hmac: async () => hex(await subtle.exportKey("raw", await derive({ name: "HMAC", hash: "SHA-1" }, ["sign"]))),
      hmacLength: async () => hex(await subtle.exportKey("raw", await derive({ ...HMAC, length: 40 }, ["sign"]))),
      hmacNone: () => derive({ ...HMAC, length: 0 }, ["sign"]),
      hmacNoHash: () => derive("HMAC", ["sign"]),
      itself: () => derive("PBKDF2", ["deriveBits"]),
      rsa: () => derive({ name: "RSA-PSS", hash: "SHA-256" }, ["sign"]),
    });
  },
};
