// node:crypto: digests, codes, random values, derivation, ciphers. Keys and signatures are in crypto_pairs.js.

import { Buffer } from "node:buffer";
import crypto, * as namespace from "node:crypto";
import { attempt, attemptAsync, describeProperties, table } from "./tools.js";

const NAMES = ["md5", "SHA1", "sha224", "sha256", "RSA-SHA256", "sha384", "sha512", "sha512-256", "md5-sha1"];
const UNKNOWN = ["nope", "sha-256", "sha3-256", "blake2b512", "ripemd160", "shake128", ""];
const key16 = Buffer.alloc(16, 1);
const key32 = Buffer.alloc(32, 1);
const iv16 = Buffer.alloc(16, 2);
const iv12 = Buffer.alloc(12, 3);

/** What a function with a callback tells it. */
const called = (start) => new Promise((resolve) => start((...args) => resolve(args)));

function encrypt(name, key, iv, { aad } = {}) {
  const cipher = crypto.createCipheriv(name, key, iv);
  if (aad !== undefined) cipher.setAAD(Buffer.from(aad));
  const sealed = [cipher.update("hello, world: more than a block", "utf8", "hex"), cipher.final("hex")];
  return [...sealed, cipher.getAuthTag()?.toString("hex")];
}

function decrypt(name, key, iv, sealed, tag) {
  const decipher = crypto.createDecipheriv(name, key, iv);
  if (tag !== undefined) decipher.setAuthTag(Buffer.from(tag, "hex"));
  return decipher.update(sealed, "hex", "utf8") + decipher.final("utf8");
}

export default {
  exports: () => ({
    names: Object.keys(namespace).sort().map((name) => `${name}: ${typeof namespace[name]}`),
    default: Object.keys(crypto),
  }),
  lengths: () => Object.keys(namespace).sort()
    .filter((name) => typeof namespace[name] === "function").map((name) => `${name}/${namespace[name].length}`),
  constants: () => [describeProperties(crypto.constants), { ...crypto.constants }],
  same: () => [crypto.webcrypto === globalThis.crypto, crypto.subtle === globalThis.crypto.subtle, crypto.fips, crypto.getFips(), crypto.secureHeapUsed(), crypto.CryptoKey === CryptoKey],
  "not-here": () => table([() => crypto.setFips(true), () => crypto.setEngine("x"), () => crypto.createCipher("a", "b"), () => crypto.createDecipher("a", "b"), () => (crypto.fips = true)]),
  digests: () => NAMES.map((name) => [name, attempt(() => crypto.createHash(name).update("abc").digest("hex"))]),
  "unknown-digests": () => UNKNOWN.map((name) => [name, attempt(() => crypto.createHash(name)), attempt(() => crypto.createHmac(name, "k")), attempt(() => crypto.hash(name, "x"))]),
  "hash-encodings": () => ["hex", "base64", "base64url", "latin1", "buffer", undefined, "nope"].map((encoding) => attempt(() => crypto.createHash("sha1").update("ä").digest(encoding))),
  "hash-updates": () => table([
    () => crypto.createHash("md5").update("6162", "hex").update(Buffer.from("c")).update(new Uint16Array(2)).digest("hex"),
    () => crypto.createHash("md5").update("abc", "hex").digest("hex"),
    () => crypto.createHash("md5").update("x", "nope"),
    () => crypto.createHash("md5").update(5),
    () => crypto.createHash("md5").update(),
    () => crypto.createHash("md5").update("x", "buffer").digest("hex"),
    () => crypto.createHash(5),
    () => crypto.Hash("md5").digest("hex"),
    () => crypto.createHash("md5", { outputLength: 16 }).digest("hex"),
    () => crypto.createHash("md5", { outputLength: 5 }),
    () => crypto.createHash("md5", { outputLength: "x" }),
  ]),
  "hash-once": () => {
    const hash = crypto.createHash("sha256").update("a");
    const copy = hash.copy();
    const digest = hash.digest("hex");
    return [digest, copy.update("b").digest("hex"), ...table([() => hash.digest(), () => hash.update("x"), () => hash.copy()])];
  },
  "hash-at-once": () => table([
    () => crypto.hash("sha1", "x"), () => crypto.hash("sha1", Buffer.from("x"), "base64"), () => crypto.hash("sha1", "x", "buffer"),
    () => crypto.hash("sha1", 5), () => crypto.hash("sha1", "x", 5), () => crypto.hash(5, "x"), () => crypto.hash("sha1", "x", "nope"),
  ]),
  "hash-stream": () => new Promise((resolve) => {
    const hash = crypto.createHash("sha256");
    hash.on("data", (chunk) => resolve([Buffer.isBuffer(chunk), chunk.toString("hex")]));
    hash.write("ab");
    hash.end("c");
  }),
  "hash-shape": () => [Object.getOwnPropertyNames(crypto.Hash.prototype), Object.getOwnPropertyNames(crypto.Hmac.prototype), crypto.createHash("md5") instanceof crypto.Hash],
  hmacs: () => NAMES.map((name) => [name, attempt(() => crypto.createHmac(name, "key").update("abc").digest("hex"))]),
  "hmac-keys": () => table([
    () => crypto.createHmac("sha256", Buffer.from("key")).update("x").digest("hex"),
    () => crypto.createHmac("sha256", new Uint8Array(200).buffer).update("x").digest("hex"),
    () => crypto.createHmac("sha256", crypto.createSecretKey("key", "utf8")).update("x").digest("hex"),
    () => crypto.createHmac("sha256", "").update("x").digest("hex"),
    () => crypto.createHmac("sha256"),
    () => crypto.createHmac("sha256", {}),
    () => crypto.createHmac("sha256", 5),
    () => crypto.createHmac(5, "k"),
    () => crypto.createHmac("sha256", crypto.generateKeyPairSync("ed25519").publicKey),
  ]),
  "hmac-crypto-key": async () => {
    const key = await crypto.subtle.importKey("raw", Buffer.from("key"), { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
    return crypto.createHmac("sha256", key).update("x").digest("hex");
  },
  "hmac-once": () => {
    const hmac = crypto.createHmac("sha256", "k").update("x");
    return table([() => hmac.digest("hex"), () => hmac.digest("hex"), () => hmac.digest(), () => hmac.update("x")]);
  },
  "random-bytes": () => table([
    () => crypto.randomBytes(5).length, () => crypto.randomBytes(0).length, () => Buffer.isBuffer(crypto.randomBytes(5)), () => crypto.randomBytes(-1), () => crypto.randomBytes("x"), () => crypto.randomBytes(1.5),
    () => crypto.randomBytes(65536).length, () => crypto.randomBytes(65537), () => crypto.randomBytes(2 ** 32), () => crypto.pseudoRandomBytes(3).length,
  ]),
  "random-bytes-callback": async () => [(await called((done) => crypto.randomBytes(7, done))).map((value) => value?.length ?? value), attempt(() => crypto.randomBytes(5, 5))],
  "random-fill": () => table([
    () => crypto.randomFillSync(new Uint32Array(2)).constructor.name, () => crypto.randomFillSync(new DataView(new ArrayBuffer(4))).constructor.name, () => crypto.randomFillSync(new Uint8Array(4), 1).length,
    () => crypto.randomFillSync(new Uint8Array(2), 1, 5), () => crypto.randomFillSync(5), () => crypto.randomFillSync(new Float32Array(1)), () => crypto.randomFill(new Uint8Array(1)), () => crypto.randomFillSync(new Uint8Array(2), -1),
    () => crypto.randomFill(5, () => {}), () => crypto.randomFill(new Uint8Array(2), 3, () => {}), () => [...crypto.randomFillSync(Buffer.alloc(4), 1, 0)],
  ]),
  "random-fill-callback": async () => (await called((done) => crypto.randomFill(new Uint8Array(8), 2, 4, done))).map((value) => value?.length ?? value),
  "random-int": () => table([
    () => crypto.randomInt(3, 4), () => crypto.randomInt(1), () => crypto.randomInt(5, 5), () => crypto.randomInt(6, 5), () => crypto.randomInt(0), () => crypto.randomInt("x"), () => crypto.randomInt(),
    () => crypto.randomInt(2 ** 50), () => crypto.randomInt(1, "x"), () => crypto.randomInt(1.5), () => crypto.randomInt(-5, -4),
  ]),
  "random-int-callback": () => called((done) => crypto.randomInt(7, 8, done)),
  "random-uuid": () => table([() => crypto.randomUUID().replace(/[0-9a-f]/g, "x"), () => crypto.randomUUID({ disableEntropyCache: true }).length, () => crypto.randomUUID(5), () => crypto.randomUUID({ disableEntropyCache: 1 })]),
  "timing-safe-equal": () => table([
    () => crypto.timingSafeEqual(Buffer.from("ab"), Buffer.from("ab")), () => crypto.timingSafeEqual(Buffer.from("ab"), Buffer.from("ac")), () => crypto.timingSafeEqual(new Uint8Array(4), new Uint32Array(1)),
    () => crypto.timingSafeEqual(Buffer.from("ab"), Buffer.from("abc")), () => crypto.timingSafeEqual("a", "a"), () => crypto.timingSafeEqual(Buffer.from("a"), "a"),
  ]),
  pbkdf2: () => table([
    () => crypto.pbkdf2Sync("p", "s", 10, 20, "sha1"), () => crypto.pbkdf2Sync(Buffer.from("p"), new Uint8Array(3), 10, 40, "SHA512").toString("hex"), () => crypto.pbkdf2Sync("p", "s", 1, 0, "sha1"), () => crypto.pbkdf2Sync("p", "s", 1, 20, "nope"),
    () => crypto.pbkdf2Sync("p", "s", 0, 20, "sha1"), () => crypto.pbkdf2Sync("p", "s", 1, -1, "sha1"), () => crypto.pbkdf2Sync("p", "s", 1, 20), () => crypto.pbkdf2Sync(5, "s", 1, 20, "sha1"), () => crypto.pbkdf2Sync("p", null, 1, 20, "sha1"),
    () => crypto.pbkdf2("p", "s", 1, 20, () => {}), () => crypto.pbkdf2("p", "s", 1, 20, "sha1"),
  ]),
  "pbkdf2-callback": async () => [await called((done) => crypto.pbkdf2("p", "s", 1000, 20, "sha256", done)), (await called((done) => crypto.pbkdf2("p", "s", 1, 20, "nope", done))).map(String)],
  scrypt: () => table([
    () => crypto.scryptSync("p", "s", 16), () => crypto.scryptSync("p", "s", 16, { N: 1024, r: 4, p: 2 }).toString("hex"), () => crypto.scryptSync("p", "s", 16, { cost: 1024, blockSize: 4, parallelization: 2 }).toString("hex"), () => crypto.scryptSync("p", "s", 0),
    () => crypto.scryptSync("p", "s", 16, { N: 3 }), () => crypto.scryptSync("p", "s", 16, { N: 16, cost: 16 }), () => crypto.scryptSync("p", "s", -1), () => crypto.scryptSync(null, "s", 1), () => crypto.scryptSync("p", "s", 1, { maxmem: 100 }), () => crypto.scryptSync("p", "s", 1, { N: -1 }),
    () => crypto.scrypt("p", "s", 1), () => crypto.scryptSync("p", "s", 16, { N: 2 ** 20 }), () => crypto.scryptSync("p", "s", 16, { N: 2 ** 14, r: 8, p: 16 }), () => crypto.scryptSync("p", "s", 16, { N: 2 ** 16, r: 1, maxmem: 2 ** 30 }),
  ]),
  "scrypt-callback": async () => [await called((done) => crypto.scrypt("p", "s", 16, done)), await called((done) => crypto.scrypt("p", "s", 16, { N: 64 }, done)), (await called((done) => crypto.scrypt("p", "s", 16, { N: 3 }, done))).map(String)],
  hkdf: () => table([
    () => Buffer.from(crypto.hkdfSync("sha256", "k", "s", "i", 40)).toString("hex"), () => crypto.hkdfSync("sha512", Buffer.from("k"), new Uint8Array(2), new ArrayBuffer(1), 8), () => Buffer.from(crypto.hkdfSync("sha256", crypto.createSecretKey("k", "utf8"), "s", "i", 8)).toString("hex"), () => crypto.hkdfSync("sha256", "", "", "", 0),
    () => crypto.hkdfSync("nope", "k", "s", "i", 8), () => crypto.hkdfSync("sha256", "k", "s", "i", 16000), () => crypto.hkdfSync("sha256", "k", "s", "i".repeat(1025), 8), () => crypto.hkdfSync("sha256", 5, "s", "i", 8), () => crypto.hkdfSync("sha256", "k", 5, "i", 8),
    () => crypto.hkdfSync("sha256", "k", "s", 5, 8), () => crypto.hkdfSync("sha256", "k", "s", "i", -1), () => crypto.hkdfSync(5, "k", "s", "i", 8), () => crypto.hkdf("sha256", "k", "s", "i", 8),
  ]),
  "hkdf-callback": async () => [await called((done) => crypto.hkdf("sha256", "k", "s", "i", 8, done)), (await called((done) => crypto.hkdf("nope", "k", "s", "i", 8, done))).map(String)],
  ciphers: () => ["aes-128-cbc", "AES-128-CTR", "aes-128-ecb", "aes-128-ofb", "aes-128-gcm", "aes-256-cbc", "aes-256-ctr", "aes-256-gcm", "chacha20-poly1305", "des-ede3-cbc"].map((name) => {
    const { keyLength, ivLength } = crypto.getCipherInfo(name);
    const key = Buffer.alloc(keyLength, 5);
    const iv = Buffer.alloc(ivLength, 6);
    const sealed = encrypt(name, key, iv);
    return [name, sealed, attempt(() => decrypt(name, key, iv, sealed[0] + sealed[1], sealed[2]))];
  }),
  // With keys whose parts differ.
  "old-ciphers": () => [["des-cbc", 8, 8], ["des-ecb", 8, 0], ["des-ede", 16, 0], ["DES-EDE-CBC", 16, 8], ["rc4", 16, 0], ["rc4", 5, 0], ["rc4", 0, 0]].map(([name, keyLength, ivLength]) => attempt(() => {
    const key = Buffer.from(Array.from({ length: keyLength }, (_, i) => i * 7 + 1));
    const sealed = encrypt(name, key, Buffer.alloc(ivLength, 6));
    return [sealed, decrypt(name, key, Buffer.alloc(ivLength, 6), sealed[0] + sealed[1]), crypto.getCipherInfo(name)];
  })),
  "gcm-siv": () => {
    const start = (how) => how("aes-128-gcm-siv", key16, iv12);
    const sealed = start(crypto.createCipheriv);
    const text = sealed.update("abc", "utf8", "hex") + sealed.final("hex");
    const tag = sealed.getAuthTag();
    const open = (tag) => { const decipher = start(crypto.createDecipheriv).setAuthTag(tag); return decipher.update(text, "hex", "utf8") + decipher.final("utf8"); };
    return table([() => [text, tag], () => open(tag), () => open(Buffer.alloc(16)), () => { const cipher = start(crypto.createCipheriv); cipher.update("a", "utf8"); return cipher.update("b", "utf8"); }, () => start(crypto.createCipheriv).setAutoPadding(false), () => start(crypto.createCipheriv).final().length, () => crypto.createCipheriv("aes-128-gcm-siv", key16, iv16), () => encrypt("aes-256-gcm-siv", key32, iv12, { aad: "aad" }), () => crypto.getCipherInfo("aes-256-gcm-siv"), () => start(crypto.createCipheriv).setAAD(Buffer.from("a")).update("b", "utf8", "hex")]);
  },
  md4: () => table([() => crypto.createHash("MD4").update("abc").digest("hex"), () => crypto.hash("md4", "x"), () => crypto.createHash("md4").copy().digest("base64"), () => crypto.createHash("RSA-MD4"), () => crypto.getHashes()]),
  "cipher-additional-data": () => [encrypt("aes-256-gcm", key32, iv12, { aad: "aad" }), encrypt("aes-128-gcm", key16, iv16), encrypt("chacha20-poly1305", key32, iv12, { aad: "aad" })],
  "cipher-arguments": () => table([
    () => crypto.createCipheriv("nope", key16, iv16), () => crypto.createCipheriv("aes-128-ccm", key16, iv12), () => crypto.createCipheriv("aes-128-cbc", key32, iv16), () => crypto.createCipheriv("aes-128-cbc", key16, iv12), () => crypto.createCipheriv("aes-128-ecb", key16, null),
    () => crypto.createCipheriv("aes-128-ecb", key16, "").update("x", "utf8"), () => crypto.createCipheriv(5, key16, iv16), () => crypto.createCipheriv("aes-128-cbc", 5, iv16), () => crypto.createCipheriv("aes-128-cbc", key16, 5), () => crypto.createCipheriv("aes-128-cbc", key16),
    () => crypto.createCipheriv("aes-128-cbc", "k".repeat(16), "i".repeat(16)).final("hex"), () => crypto.createCipheriv("aes-128-cbc", key16, iv16).update("x"), () => crypto.createCipheriv("aes-128-cbc", key16, iv16).update(5), () => crypto.createCipheriv("aes-128-gcm", key16, Buffer.alloc(0)),
    () => crypto.createCipheriv("aes-128-cbc", crypto.createSecretKey(key16), iv16).final("hex"), () => crypto.createCipheriv("aes-128-cbc", crypto.generateKeyPairSync("ed25519").publicKey, iv16), () => crypto.createCipheriv("chacha20-poly1305", key32, Buffer.alloc(8)),
  ]),
  "cipher-order": () => table([
    () => crypto.createCipheriv("aes-128-cbc", key16, iv16).getAuthTag(), () => crypto.createCipheriv("aes-128-cbc", key16, iv16).setAAD(iv12), () => crypto.createCipheriv("aes-128-gcm", key16, iv12).setAAD("x", "y"),
    () => { const cipher = crypto.createCipheriv("aes-128-gcm", key16, iv12); cipher.update("x", "utf8"); cipher.setAAD(iv12); },
    () => { const cipher = crypto.createCipheriv("aes-128-cbc", key16, iv16); cipher.final(); cipher.final(); },
    () => { const cipher = crypto.createCipheriv("aes-128-cbc", key16, iv16); cipher.final(); cipher.update("x", "utf8"); },
    () => { const cipher = crypto.createCipheriv("aes-128-cbc", key16, iv16).setAutoPadding(false); cipher.update("x", "utf8"); cipher.final(); },
    () => crypto.createCipheriv("aes-128-cbc", key16, iv16).setAutoPadding(false).update(iv16, undefined, "hex"),
  ]),
  "decipher-errors": () => table([
    () => decrypt("aes-128-gcm", key16, iv12, "00"), () => decrypt("aes-128-gcm", key16, iv12, "00", "00".repeat(16)), () => crypto.createDecipheriv("aes-128-gcm", key16, iv12).setAuthTag(Buffer.alloc(3)), () => crypto.createDecipheriv("aes-128-gcm", key16, iv12).setAuthTag(Buffer.alloc(17)),
    () => crypto.createDecipheriv("aes-128-gcm", key16, iv12).setAuthTag(Buffer.alloc(16)).setAuthTag(Buffer.alloc(16)), () => crypto.createDecipheriv("aes-128-cbc", key16, iv16).setAuthTag(Buffer.alloc(16)), () => decrypt("aes-128-cbc", key16, iv16, "00"), () => decrypt("aes-128-cbc", key16, iv16, "00".repeat(16)), () => crypto.createDecipheriv("aes-128-cbc", key16, iv16).update("aa"),
  ]),
  "cipher-stream": () => new Promise((resolve) => {
    const cipher = crypto.createCipheriv("aes-128-cbc", key16, iv16);
    const chunks = [];
    cipher.on("data", (chunk) => chunks.push(chunk)).on("end", () => resolve(Buffer.concat(chunks).toString("hex")));
    cipher.write("some text that is ");
    cipher.end("longer than a block");
  }),
  "cipher-info": () => ["aes-128-cbc", "AES-256-GCM", "aes-192-ecb", "chacha20-poly1305", "aes-192-ctr", "des-ede3-cbc", "aes-128-ofb", 419, 901, "nope", "aes-128-ccm", {}, undefined].map((name) => [name, attempt(() => crypto.getCipherInfo(name))]),
  "cipher-info-options": () => table([{ keyLength: 16 }, { keyLength: 17 }, { ivLength: 12 }, { ivLength: 16 }, {}, 5].map((options) => () => crypto.getCipherInfo("aes-128-cbc", options))),
  primes: () => table([
    () => [7n, 8n, 65537n, Buffer.from([7])].map((number) => crypto.checkPrimeSync(number)), () => crypto.checkPrimeSync(5), () => crypto.checkPrimeSync(-5n), () => crypto.checkPrimeSync(7n, { checks: -1 }), () => crypto.generatePrimeSync(32).byteLength, () => crypto.generatePrimeSync(3, { bigint: true }),
    () => crypto.generatePrimeSync(0), () => crypto.generatePrimeSync(1), () => crypto.generatePrimeSync(32, { add: 12n, rem: 11n, bigint: true }) % 12n, () => crypto.generatePrimeSync(32, { add: 5 }), () => crypto.generatePrimeSync(32, { safe: 5 }), () => crypto.generatePrimeSync(32, { add: 2n ** 40n }), () => crypto.generatePrime(32), () => crypto.checkPrime(7n),
  ]),
  "primes-callback": async () => [await called((done) => crypto.checkPrime(7n, done)), (await called((done) => crypto.generatePrime(16, { bigint: true }, done))).map((value) => typeof value)],
};
