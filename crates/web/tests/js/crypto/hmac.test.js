// Values are those of RFC 2202 and RFC 4231.

import { test, assert, assertEquals } from "holdfast:test";
import { assertRefused, hex, subtle, unhex, utf8 } from "./helpers.js";

const importKey = (bytes, hash = "SHA-256", usages = ["sign", "verify"], extractable = true, length = undefined) =>
  subtle.importKey("raw", bytes, { name: "HMAC", hash, length }, extractable, usages);

test("codes of known messages", async () => {
  const known = {
    "SHA-1": "b617318655057264e28bc0b6fb378c8ef146be00",
    "SHA-256": "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
    "SHA-384":
      "afd03944d84895626b0825f4ab46907f15f9dadbe4101ec682aa034c7cebc59cfaea9ea9076ede7f4af152e8b2fa9cb6",
    "SHA-512":
      "87aa7cdea5ef619d4ff0b4241a1d6cb02379f4e2ce4ec2787ad0b30545e17cdedaa833b7d6b8a702038b274eaea3f4e4be9d914eeb61f1702e696c203a126854",
  };
  for (const [hash, code] of Object.entries(known)) {
    const key = await importKey(new Uint8Array(20).fill(0x0b), hash);
    assertEquals(hex(await subtle.sign("HMAC", key, utf8("Hi There"))), code, hash);
    assert(await subtle.verify("HMAC", key, unhex(code), utf8("Hi There")));
    assert(!(await subtle.verify("HMAC", key, unhex(code), utf8("Hi there"))));
    assert(!(await subtle.verify("HMAC", key, unhex(code).subarray(1), utf8("Hi There"))));
  }
  const short = await importKey(utf8("Jefe"));
  const code = await subtle.sign({ name: "hmac" }, short, utf8("what do ya want for nothing?"));
  assertEquals(hex(code), "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
});

test("a key keeps the bits that it was imported with", async () => {
  const key = await importKey(new Uint8Array([0xff, 0xff]), "SHA-1", ["sign"], true, 11);
  assertEquals(key.algorithm, { name: "HMAC", hash: { name: "SHA-1" }, length: 11 });
  assertEquals(hex(await subtle.exportKey("raw", key)), "ffe0");
  for (const length of [0, 8, 17, -1]) {
    await assertRefused(() => importKey(new Uint8Array(2), "SHA-1", ["sign"], true, length), "DataError");
  }
});

test("generated keys are as long as a block, or as asked for", async () => {
  for (const [hash, bits] of [["SHA-1", 512], ["SHA-256", 512], ["SHA-384", 1024], ["SHA-512", 1024]]) {
    const key = await subtle.generateKey({ name: "HMAC", hash }, true, ["sign"]);
    assertEquals([key.algorithm.length, (await subtle.exportKey("raw", key)).byteLength], [bits, bits / 8]);
  }
  const key = await subtle.generateKey({ name: "HMAC", hash: "SHA-1", length: 5 }, true, ["verify"]);
  const [byte] = new Uint8Array(await subtle.exportKey("raw", key));
  assertEquals([key.algorithm.length, byte & 7], [5, 0]);
});

test("JSON Web Keys", async () => {
  const key = await importKey(utf8("key"), "SHA-512");
  const jwk = await subtle.exportKey("jwk", key);
  assertEquals(JSON.parse(JSON.stringify(jwk)), {
    kty: "oct", key_ops: ["sign", "verify"], alg: "HS512", ext: true, k: "a2V5",
  });
  const again = await subtle.importKey("jwk", jwk, { name: "HMAC", hash: "SHA-512" }, false, ["sign"]);
  assertEquals(await subtle.sign("HMAC", again, utf8("m")), await subtle.sign("HMAC", key, utf8("m")));
  await assertRefused(() => subtle.importKey("jwk", jwk, { name: "HMAC", hash: "SHA-1" }, false, ["sign"]), "DataError");
});
