// node:crypto: digests, codes, random values, derivation, ciphers.

import { assert, assertEquals, assertThrows, test } from "holdfast:test";
import { Buffer } from "holdfast:node/buffer";
import crypto, * as namespace from "holdfast:node/crypto";
import { CryptoKey } from "holdfast:web/crypto/key";

const called = (start) => new Promise((resolve) => start((...args) => resolve(args)));

test("digests of the standards' examples", () => {
  const digests = {
    md5: "900150983cd24fb0d6963f7d28e17f72",
    sha1: "a9993e364706816aba3e25717850c26c9cd0d89d",
    sha256: "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
  };
  for (const [name, digest] of Object.entries(digests)) {
    assertEquals(crypto.createHash(name).update("abc").digest("hex"), digest);
    assertEquals(crypto.createHash(name.toUpperCase()).update("a").update(Buffer.from("bc")).digest("hex"), digest);
    assertEquals(crypto.hash(name, "abc"), digest);
  }
});

test("every hash that is listed is there", () => {
  for (const name of crypto.getHashes()) assert(crypto.createHash(name).digest().length >= 16);
});

test("a digest is given once, and a copy goes its own way", () => {
  const hash = crypto.createHash("sha1").update("a");
  const copy = hash.copy();
  hash.update("b");
  assertEquals(hash.digest("hex"), crypto.hash("sha1", "ab"));
  assertEquals(copy.digest("hex"), crypto.hash("sha1", "a"));
  for (const late of [() => hash.digest(), () => hash.update("c"), () => hash.copy()]) {
    assertEquals(assertThrows(late).code, "ERR_CRYPTO_HASH_FINALIZED");
  }
});

test("a hash is a stream", async () => {
  const hash = crypto.createHash("sha256");
  const digest = new Promise((resolve) => hash.on("data", resolve));
  hash.write("a");
  hash.end("bc");
  assertEquals((await digest).toString("hex"), crypto.hash("sha256", "abc"));
});

test("HMAC with keys of every form", async () => {
  // RFC 4231, test case 2.
  const expected = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
  const imported = await crypto.subtle.importKey(
    "raw", Buffer.from("Jefe"), { name: "HMAC", hash: "SHA-256" }, false, ["sign"],
  );
  for (const key of ["Jefe", Buffer.from("Jefe"), crypto.createSecretKey("Jefe", "utf8"), imported]) {
    const hmac = crypto.createHmac("sha256", key).update("what do ya want for nothing?");
    assertEquals(hmac.digest("hex"), expected);
    assertEquals(hmac.digest("hex"), "");
  }
  assertEquals(assertThrows(() => crypto.createHmac("sha256", 5)).code, "ERR_INVALID_ARG_TYPE");
});

test("random bytes, numbers and UUIDs", async () => {
  assert(!crypto.randomBytes(16).equals(crypto.randomBytes(16)));
  const [error, bytes] = await called((done) => crypto.randomBytes(9, done));
  assertEquals([error, bytes.length], [null, 9]);
  const seen = new Set();
  for (let i = 0; i < 200; i++) seen.add(crypto.randomInt(2, 5));
  assertEquals([...seen].sort(), [2, 3, 4]);
  assertEquals(await called((done) => crypto.randomInt(7, 8, done)), [null, 7]);
  assert(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(crypto.randomUUID()));
});

test("a part of a buffer is filled, and the rest is not touched", () => {
  const bytes = new Uint8Array(1024);
  crypto.randomFillSync(bytes, 512, 256);
  assert(bytes.subarray(512, 768).some((byte) => byte !== 0));
  assert([...bytes.subarray(0, 512), ...bytes.subarray(768)].every((byte) => byte === 0));
});

test("timingSafeEqual compares bytes, of whatever view", () => {
  assert(crypto.timingSafeEqual(Buffer.from([0, 0, 0, 0]), new Uint32Array(1)));
  assert(!crypto.timingSafeEqual(Buffer.from("ab"), Buffer.from("ac")));
  assertThrows(() => crypto.timingSafeEqual(Buffer.from("ab"), Buffer.from("abc")), TypeError);
});

test("derived keys are those of the standards, at once and later", async () => {
  // RFC 6070, RFC 7914 and RFC 5869.
  const pbkdf2 = "4b007901b765489abead49d926f721d065a429c1";
  assertEquals(crypto.pbkdf2Sync("password", "salt", 4096, 20, "sha1").toString("hex"), pbkdf2);
  const [, later] = await called((done) => crypto.pbkdf2("password", "salt", 4096, 20, "sha1", done));
  assertEquals(later.toString("hex"), pbkdf2);
  const options = { N: 1024, r: 8, p: 16 };
  const scrypt = "fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162";
  assertEquals(crypto.scryptSync("password", "NaCl", 32, options).toString("hex"), scrypt);
  const [, scrypted] = await called((done) => crypto.scrypt("password", "NaCl", 32, options, done));
  assertEquals(scrypted.toString("hex"), scrypt);
  const hkdf = crypto.hkdfSync(
    "sha256", Buffer.alloc(22, 0x0b), Buffer.from("000102030405060708090a0b0c", "hex"),
    Buffer.from("f0f1f2f3f4f5f6f7f8f9", "hex"), 42,
  );
  assertEquals(
    Buffer.from(hkdf).toString("hex"),
    "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865",
  );
});

test("an error of a derivation is told to the callback", async () => {
  const [error] = await called((done) => crypto.pbkdf2("p", "s", 1, 20, "nope", done));
  assert(error instanceof TypeError);
  const [failed] = await called((done) => crypto.scrypt("p", "s", 20, { N: 3 }, done));
  assertEquals(failed.message, "Scrypt failed");
});

test("every cipher gives back what it took", () => {
  for (const name of crypto.getCiphers()) {
    const { keyLength, ivLength } = crypto.getCipherInfo(name);
    const key = crypto.randomBytes(keyLength);
    const iv = crypto.randomBytes(ivLength);
    const cipher = crypto.createCipheriv(name, key, iv);
    const sealed = Buffer.concat([cipher.update("a message of some length", "utf8"), cipher.final()]);
    const decipher = crypto.createDecipheriv(name, key, iv);
    const tag = cipher.getAuthTag();
    if (tag.length > 0) decipher.setAuthTag(tag);
    assertEquals(decipher.update(sealed, undefined, "utf8") + decipher.final("utf8"), "a message of some length", name);
  }
});

test("a message, a tag or additional data that was changed is refused", () => {
  const [key, iv] = [Buffer.alloc(32, 1), Buffer.alloc(12, 2)];
  const cipher = crypto.createCipheriv("aes-256-gcm", key, iv).setAAD(Buffer.from("aad"));
  const sealed = Buffer.concat([cipher.update("message", "utf8"), cipher.final()]);
  const tag = cipher.getAuthTag();
  const open = (message, aad, expected) => {
    const decipher = crypto.createDecipheriv("aes-256-gcm", key, iv).setAAD(Buffer.from(aad)).setAuthTag(expected);
    return decipher.update(message, undefined, "utf8") + decipher.final("utf8");
  };
  assertEquals(open(sealed, "aad", tag), "message");
  const flipped = (bytes) => Buffer.from(bytes.map((byte, index) => (index === 0 ? byte ^ 1 : byte)));
  for (const wrong of [[flipped(sealed), "aad", tag], [sealed, "add", tag], [sealed, "aad", flipped(tag)]]) {
    assertEquals(assertThrows(() => open(...wrong)).message, "Authentication failed");
  }
});

test("old ciphers and MD4 give what their standards say", () => {
  // FIPS 81 (ECB), RFC 6229 (the stream of RC4 begins with b2396305…) and RFC 1320.
  const des = crypto.createCipheriv("des-ecb", Buffer.from("0123456789abcdef", "hex"), "");
  assertEquals(des.update("Now is the time for all ", "utf8", "hex"), "3fa40e8a984d48156a271787ab8883f9893d51ec4b563b53");
  const rc4 = crypto.createCipheriv("rc4", Buffer.from("0102030405", "hex"), "");
  assertEquals(rc4.update("000000", "hex", "hex") + rc4.update("00", "hex", "hex") + rc4.final("hex"), "b2396305");
  assertThrows(() => crypto.createCipheriv("rc4", "", ""), Error, "Invalid key length");
  assertEquals(crypto.createHash("MD4").update("ab").update("c").digest("hex"), "a448017aaf21d8525fc10ae87aa6729d");
  // Two keys are three of which the last is the first.
  const [k, l] = [Buffer.alloc(8, 1), Buffer.alloc(8, 2)];
  const sealed = (name, key) => {
    const cipher = crypto.createCipheriv(name, key, Buffer.alloc(8, 3));
    return cipher.update("a message", "utf8", "hex") + cipher.final("hex");
  };
  assertEquals(sealed("des-ede-cbc", Buffer.concat([k, l])), sealed("des-ede3-cbc", Buffer.concat([k, l, k])));
});

test("AES-GCM-SIV takes a message in one piece, and refuses another tag before it gives anything", () => {
  // A system's OpenSSL before 3.2, which OPENSSL_NO_VENDOR takes, does not have it, and it is not listed then.
  if (!crypto.getCiphers().includes("aes-128-gcm-siv")) {
    assertEquals(crypto.getCipherInfo("aes-128-gcm-siv"), undefined);
    return;
  }
  const [key, iv] = [Buffer.from("01000000000000000000000000000000", "hex"), Buffer.from("030000000000000000000000", "hex")];
  // RFC 8452, C.1.
  const cipher = crypto.createCipheriv("aes-128-gcm-siv", key, iv);
  const sealed = cipher.update("0100000000000000", "hex");
  assertThrows(() => cipher.update("01", "hex"), Error, "update() can only be invoked once on an AEAD");
  assertEquals(cipher.final("hex"), "");
  assertEquals(sealed.toString("hex") + cipher.getAuthTag().toString("hex"), "b5d839330ac7b786578782fff6013b815b287c22493a364c");
  const open = (tag) => crypto.createDecipheriv("aes-128-gcm-siv", key, iv).setAuthTag(tag).update(sealed, undefined, "hex");
  assertEquals(open(cipher.getAuthTag()), "0100000000000000");
  assertEquals(assertThrows(() => open(Buffer.alloc(16))).name, "OperationError");
});

test("an empty key of HMAC is a key", () => {
  const expected = "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad";
  assertEquals(crypto.createHmac("sha256", "").digest("hex"), expected);
});

test("a key object shows nothing of the secret, and classes cannot be constructed", () => {
  for (const name of ["KeyObject", "SecretKeyObject", "PublicKeyObject", "PrivateKeyObject"]) {
    assertThrows(() => new crypto[name](), Error);
  }
  assertEquals(Reflect.ownKeys(crypto.createSecretKey("secret")), []);
  assert(crypto.CryptoKey === CryptoKey);
});

test("what is not here says so by name", () => {
  for (const name of ["createCipher", "createDecipher", "setEngine", "setFips"]) {
    const error = assertThrows(() => namespace[name]());
    assertEquals([error.code, error.message], ["ERR_METHOD_NOT_IMPLEMENTED", `The ${name} method is not implemented`]);
  }
});
