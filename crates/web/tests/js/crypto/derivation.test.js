// Values are those of RFC 6070 and RFC 5869.

import { test, assertEquals } from "holdfast:test";
import { assertRefused, hex, subtle, unhex, utf8 } from "./helpers.js";

const importKey = (name, bytes) => subtle.importKey("raw", bytes, name, false, ["deriveBits", "deriveKey"]);

test("PBKDF2, in the turn and on another thread", async () => {
  const known = [
    ["password", "salt", 1, 160, "0c60c80f961f0e71f3a9b524af6012062fe037a6"],
    ["password", "salt", 2, 160, "ea6c014dc72d6f8ccd1ed92ace1d41f0d8de8957"],
    ["password", "salt", 4096, 160, "4b007901b765489abead49d926f721d065a429c1"],
    ["passwordPASSWORDpassword", "saltSALTsaltSALTsaltSALTsaltSALTsalt", 4096, 200,
      "3d2eec4fe41c849b80c8d83662c0e44a8b291a964cf2f07038"],
    ["pass\0word", "sa\0lt", 4096, 128, "56fa6aa75548099dcc37d7f03425e0c3"],
  ];
  for (const [password, salt, iterations, length, expected] of known) {
    const key = await importKey("PBKDF2", utf8(password));
    const bits = await subtle.deriveBits({ name: "PBKDF2", hash: "SHA-1", salt: utf8(salt), iterations }, key, length);
    assertEquals(hex(bits), expected);
  }
});

test("HKDF", async () => {
  const key = await importKey("HKDF", new Uint8Array(22).fill(0x0b));
  const algorithm = {
    name: "HKDF", hash: "SHA-256", salt: unhex("000102030405060708090a0b0c"), info: unhex("f0f1f2f3f4f5f6f7f8f9"),
  };
  assertEquals(
    hex(await subtle.deriveBits(algorithm, key, 42 * 8)),
    "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865",
  );
  const none = { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info: new Uint8Array() };
  assertEquals(
    hex(await subtle.deriveBits(none, key, 42 * 8)),
    "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8",
  );
  assertEquals((await subtle.deriveBits(none, key, 255 * 32 * 8)).byteLength, 255 * 32);
  await assertRefused(() => subtle.deriveBits(none, key, 255 * 32 * 8 + 8), "OperationError", "HKDF deriveBits failed.");
});

test("a derived key is made of the bits that would be derived", async () => {
  const base = await importKey("PBKDF2", utf8("password"));
  const algorithm = { name: "PBKDF2", hash: "SHA-256", salt: utf8("salt"), iterations: 1000 };
  const key = await subtle.deriveKey(algorithm, base, { name: "AES-GCM", length: 256 }, true, ["encrypt"]);
  assertEquals(await subtle.exportKey("raw", key), await subtle.deriveBits(algorithm, base, 256));
  const mac = await subtle.deriveKey(algorithm, base, { name: "HMAC", hash: "SHA-1" }, true, ["sign"]);
  assertEquals(mac.algorithm.length, 512);
});

test("nothing of length 0 and nothing without a length", async () => {
  for (const [name, rest] of [["PBKDF2", { iterations: 1 }], ["HKDF", { info: new Uint8Array() }]]) {
    const key = await importKey(name, utf8("key"));
    const algorithm = { name, hash: "SHA-256", salt: utf8("salt"), ...rest };
    assertEquals((await subtle.deriveBits(algorithm, key, 0)).byteLength, 0);
    for (const length of [null, undefined, 12]) {
      await assertRefused(() => subtle.deriveBits(algorithm, key, length), "OperationError");
    }
  }
});
