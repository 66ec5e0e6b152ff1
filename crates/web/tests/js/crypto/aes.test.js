// Values are those of NIST SP 800-38A, of the GCM specification by McGrew and Viega, and of RFC 3394.

import { test, assertEquals } from "holdfast:test";
import { assertRefused, hex, subtle, unhex, utf8 } from "./helpers.js";

const importKey = (name, text) =>
  subtle.importKey("raw", unhex(text), name, true, name === "AES-KW" ? ["wrapKey", "unwrapKey"] : ["encrypt", "decrypt"]);

test("AES-CBC", async () => {
  const known = [
    ["2b7e151628aed2a6abf7158809cf4f3c", "7649abac8119b246cee98e9b12e9197d"],
    ["8e73b0f7da0e6452c810f32b809079e562f8ead2522c6b7b", "4f021db243bc633d7178183a9fa071e8"],
    ["603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4", "f58c4c04d6e5f1ba779eabfb5f7bfbd6"],
  ];
  const iv = unhex("000102030405060708090a0b0c0d0e0f");
  const message = unhex("6bc1bee22e409f96e93d7e117393172a");
  for (const [text, sealed] of known) {
    const key = await importKey("AES-CBC", text);
    const output = await subtle.encrypt({ name: "AES-CBC", iv }, key, message);
    assertEquals(output.byteLength, 32, "a whole block of padding");
    assertEquals(hex(output.slice(0, 16)), sealed);
    assertEquals(hex(await subtle.decrypt({ name: "AES-CBC", iv }, key, output)), hex(message));
    await assertRefused(() => subtle.decrypt({ name: "AES-CBC", iv }, key, output.slice(0, 16)), "OperationError");
    await assertRefused(() => subtle.decrypt({ name: "AES-CBC", iv }, key, output.slice(1)), "OperationError");
  }
});

test("AES-CTR", async () => {
  const key = await importKey("AES-CTR", "2b7e151628aed2a6abf7158809cf4f3c");
  const algorithm = { name: "AES-CTR", counter: unhex("f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff"), length: 128 };
  const message = unhex(
    "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51" +
      "30c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710",
  );
  const sealed = await subtle.encrypt(algorithm, key, message);
  assertEquals(
    hex(sealed),
    "874d6191b620e3261bef6864990db6ce9806f66b7970fdff8617187bb9fffdff" +
      "5ae4df3edbd5d35e5b4f09020db03eab1e031dda2fbe03d1792170a0f3009cee",
  );
  assertEquals(hex(await subtle.decrypt(algorithm, key, sealed)), hex(message));
});

test("AES-CTR: only the counting bits wrap, and no value comes twice", async () => {
  const key = await importKey("AES-CTR", "2b7e151628aed2a6abf7158809cf4f3c");
  const block = (counter, length, blocks) =>
    subtle.encrypt({ name: "AES-CTR", counter: unhex(counter), length }, key, new Uint8Array(16 * blocks));
  const whole = hex(await block("000102030405060708090a0b0c0d0eff", 4, 3));
  const parts = [
    await block("000102030405060708090a0b0c0d0eff", 128, 1),
    await block("000102030405060708090a0b0c0d0ef0", 128, 2),
  ];
  assertEquals(whole, parts.map(hex).join(""));
  assertEquals((await block("00000000000000000000000000000001", 2, 4)).byteLength, 64);
  await assertRefused(() => block("00000000000000000000000000000001", 2, 5), "OperationError", "Counter block values will repeat.");
});

const GCM_MESSAGE =
  "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72" +
  "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39";

test("AES-GCM", async () => {
  const key = await importKey("AES-GCM", "feffe9928665731c6d6a8f9467308308");
  const additionalData = unhex("feedfacedeadbeeffeedfacedeadbeefabaddad2");
  const known = [
    [
      "cafebabefacedbaddecaf888",
      "42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e" +
        "21d514b25466931c7d8f6a5aac84aa051ba30b396a0aac973d58e091",
      "5bc94fbc3221a5db94fae95ae7121a47",
    ],
    [
      "9313225df88406e555909c5aff5269aa6a7a9538534f7da1e4c303d2a318a728" +
        "c3c0c95156809539fcf0e2429a6b525416aedbf5a0de6a57a637b39b",
      "8ce24998625615b603a033aca13fb894be9112a5c3a211a8ba262a3cca7e2ca7" +
        "01e4a9a4fba43c90ccdcb281d48c7c6fd62875d2aca417034c34aee5",
      "619cc5aefffe0bfa462af43c1699d050",
    ],
  ];
  for (const [iv, sealed, tag] of known) {
    for (const tagLength of [32, 64, 96, 104, 112, 120, 128]) {
      const algorithm = { name: "AES-GCM", iv: unhex(iv), additionalData, tagLength };
      const output = await subtle.encrypt(algorithm, key, unhex(GCM_MESSAGE));
      assertEquals(hex(output), sealed + tag.slice(0, tagLength / 4));
      assertEquals(hex(await subtle.decrypt(algorithm, key, output)), GCM_MESSAGE);
    }
  }
});

test("AES-GCM notices every change", async () => {
  const key = await importKey("AES-GCM", "feffe9928665731c6d6a8f9467308308");
  const algorithm = { name: "AES-GCM", iv: new Uint8Array(12), additionalData: utf8("a") };
  const sealed = new Uint8Array(await subtle.encrypt(algorithm, key, utf8("message")));
  const refused = (changed, bytes = sealed) =>
    assertRefused(() => subtle.decrypt({ ...algorithm, ...changed }, key, bytes), "OperationError");
  await refused({ iv: new Uint8Array(13) });
  await refused({ additionalData: utf8("b") });
  await refused({ additionalData: undefined });
  await refused({ tagLength: 120 });
  for (const index of [0, sealed.length - 1]) {
    const changed = sealed.slice();
    changed[index] ^= 1;
    await refused({}, changed);
  }
  await refused({}, sealed.subarray(0, 15));
});

test("AES-KW", async () => {
  const known = [
    ["000102030405060708090a0b0c0d0e0f", "00112233445566778899aabbccddeeff",
      "1fa68b0a8112b447aef34bd8fb5a7b829d3e862371d2cfe5"],
    ["000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
      "00112233445566778899aabbccddeeff000102030405060708090a0b0c0d0e0f",
      "28c9f404c4b810f4cbccb35cfb87f8263f5786e2d80ed326cbc7f0e71a99f43bfb988b9b7a02dd21"],
  ];
  for (const [wrapping, bytes, wrapped] of known) {
    const key = await importKey("AES-KW", wrapping);
    const inner = await subtle.importKey("raw", unhex(bytes), { name: "HMAC", hash: "SHA-1" }, true, ["sign"]);
    assertEquals(hex(await subtle.wrapKey("raw", inner, key, "AES-KW")), wrapped);
    const unwrap = (text) =>
      subtle.unwrapKey("raw", unhex(text), key, "AES-KW", { name: "HMAC", hash: "SHA-1" }, true, ["sign"]);
    assertEquals(hex(await subtle.exportKey("raw", await unwrap(wrapped))), bytes);
    await assertRefused(() => unwrap(`00${wrapped.slice(2)}`), "OperationError", "AES-KW key unwrapping failed.");
  }
});

test("keys have 128, 192 or 256 bits", async () => {
  for (const length of [128, 192, 256]) {
    const key = await subtle.generateKey({ name: "AES-CBC", length }, true, ["encrypt"]);
    assertEquals(key.algorithm, { name: "AES-CBC", length });
    const jwk = await subtle.exportKey("jwk", key);
    assertEquals([jwk.alg, jwk.kty, jwk.k.length], [`A${length}CBC`, "oct", Math.ceil(length / 6)]);
  }
  await assertRefused(() => subtle.generateKey({ name: "AES-CBC", length: 160 }, true, ["encrypt"]), "OperationError");
  await assertRefused(() => subtle.importKey("raw", new Uint8Array(20), "AES-CBC", true, ["encrypt"]), "DataError");
});
