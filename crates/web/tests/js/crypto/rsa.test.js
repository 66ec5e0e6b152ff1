// The signature is that of RFC 7515, A.2.

import { test, assert, assertEquals } from "holdfast:test";
import { assertRefused, hex, subtle, utf8 } from "./helpers.js";

const params = (name, changes = {}) => ({
  name, hash: "SHA-256", modulusLength: 1024, publicExponent: new Uint8Array([1, 0, 1]), ...changes,
});

test("RSASSA-PKCS1-v1_5 verifies a known signature", async () => {
  const jwk = {
    kty: "RSA",
    n:
      "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMs" +
      "D1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdV" +
      "MTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ",
    e: "AQAB",
  };
  const message =
    "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";
  const signature =
    "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZ" +
    "cAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-e" +
    "OkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw";
  const bytes = Uint8Array.fromBase64(signature, { alphabet: "base64url" });
  const key = await subtle.importKey("jwk", jwk, { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" }, true, ["verify"]);
  assertEquals(key.algorithm, {
    name: "RSASSA-PKCS1-v1_5", modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]), hash: { name: "SHA-256" },
  });
  assert(await subtle.verify("RSASSA-PKCS1-v1_5", key, bytes, utf8(message)));
  assert(!(await subtle.verify("RSASSA-PKCS1-v1_5", key, bytes, utf8(`${message}.`))));
  const exported = await subtle.exportKey("jwk", key);
  assertEquals([exported.n, exported.e, exported.alg], [jwk.n, jwk.e, "RS256"]);
});

test("both kinds of signatures", async () => {
  for (const [name, rest] of [["RSASSA-PKCS1-v1_5", {}], ["RSA-PSS", { saltLength: 32 }], ["RSA-PSS", { saltLength: 0 }]]) {
    const { privateKey, publicKey } = await subtle.generateKey(params(name), true, ["sign", "verify"]);
    const signature = await subtle.sign({ name, ...rest }, privateKey, utf8("message"));
    assertEquals(signature.byteLength, 128);
    assert(await subtle.verify({ name, ...rest }, publicKey, signature, utf8("message")));
    assert(!(await subtle.verify({ name, ...rest }, publicKey, signature, utf8("other"))));
    assert(!(await subtle.verify({ name, ...rest }, publicKey, signature.slice(1), utf8("message"))));
    if (name === "RSA-PSS") {
      assert(!(await subtle.verify({ name, saltLength: rest.saltLength + 1 }, publicKey, signature, utf8("message"))));
    }
    for (const format of ["jwk", "pkcs8"]) {
      const again = await subtle.importKey(format, await subtle.exportKey(format, privateKey), params(name), false, ["sign"]);
      assert(await subtle.verify({ name, ...rest }, publicKey, await subtle.sign({ name, ...rest }, again, utf8("m")), utf8("m")));
    }
  }
});

test("RSA-OAEP, with and without a label", async () => {
  for (const hash of ["SHA-1", "SHA-256"]) {
    const usages = ["encrypt", "decrypt"];
    const { privateKey, publicKey } = await subtle.generateKey(params("RSA-OAEP", { hash }), true, usages);
    assertEquals([publicKey.usages, privateKey.usages], [["encrypt"], ["decrypt"]]);
    for (const label of [undefined, utf8("label"), new Uint8Array()]) {
      const algorithm = { name: "RSA-OAEP", label };
      const sealed = await subtle.encrypt(algorithm, publicKey, utf8("secret"));
      assertEquals(hex(await subtle.decrypt(algorithm, privateKey, sealed)), hex(utf8("secret")));
      const other = { name: "RSA-OAEP", label: utf8("other") };
      await assertRefused(() => subtle.decrypt(other, privateKey, sealed), "OperationError");
    }
    const room = 128 - 2 * (hash === "SHA-1" ? 20 : 32) - 2;
    assertEquals((await subtle.encrypt("RSA-OAEP", publicKey, new Uint8Array(room))).byteLength, 128);
    await assertRefused(() => subtle.encrypt("RSA-OAEP", publicKey, new Uint8Array(room + 1)), "OperationError");
    assertEquals((await subtle.exportKey("jwk", publicKey)).alg, hash === "SHA-1" ? "RSA-OAEP" : "RSA-OAEP-256");
  }
});

test("a private key without its factors signs", async () => {
  const name = "RSASSA-PKCS1-v1_5";
  const { privateKey, publicKey } = await subtle.generateKey(params(name), true, ["sign", "verify"]);
  const { n, e, d } = await subtle.exportKey("jwk", privateKey);
  const key = await subtle.importKey("jwk", { kty: "RSA", n, e, d }, params(name), true, ["sign"]);
  assert(await subtle.verify(name, publicKey, await subtle.sign(name, key, utf8("m")), utf8("m")));
});

test("RSA-RAW signs numbers as they are", async () => {
  const { privateKey, publicKey } = await subtle.generateKey(params("RSA-PSS"), true, ["sign", "verify"]);
  const raw = await subtle.importKey("pkcs8", await subtle.exportKey("pkcs8", privateKey), "RSA-RAW", false, ["sign"]);
  const signature = await subtle.sign("RSA-RAW", raw, new Uint8Array(128));
  assertEquals(hex(signature), "00".repeat(128));
  await assertRefused(() => subtle.sign("RSA-RAW", raw, new Uint8Array(128).fill(255)), "DataError");
  await assertRefused(() => subtle.sign("RSA-RAW", raw, new Uint8Array(127)), "OperationError");
  const spki = await subtle.exportKey("spki", publicKey);
  await assertRefused(() => subtle.importKey("spki", spki, "RSA-RAW", false, ["verify"]), "DataError");
});

test("what a key is asked to be", async () => {
  const generate = (changes) => subtle.generateKey(params("RSA-PSS", changes), true, ["sign"]);
  for (const modulusLength of [0, 100, 1000, 1025, 16_392]) {
    await assertRefused(() => generate({ modulusLength }), "OperationError");
  }
  for (const exponent of [[5], [], [1, 0, 0, 0, 0, 1]]) {
    await assertRefused(() => generate({ publicExponent: new Uint8Array(exponent) }), "OperationError");
  }
  const pair = await generate({ publicExponent: new Uint8Array([3]) });
  assertEquals(pair.publicKey.algorithm.publicExponent, new Uint8Array([3]));
});

test("nobody can change what a key says of itself", async () => {
  const exponent = new Uint8Array([1, 0, 1]);
  const pending = subtle.generateKey(params("RSA-PSS", { publicExponent: exponent }), true, ["sign"]);
  exponent[0] = 9;
  const { publicKey } = await pending;
  publicKey.algorithm.publicExponent[0] = 7;
  publicKey.algorithm.name = "x";
  publicKey.usages.push("sign");
  assertEquals(publicKey.algorithm.publicExponent, new Uint8Array([1, 0, 1]));
  assertEquals([publicKey.algorithm.name, publicKey.usages], ["RSA-PSS", []]);
});
