// Values are those of RFC 6979, A.2.5, and RFC 5903, 8.1.

import { test, assert, assertEquals } from "holdfast:test";
import { assertRefused, base64url, hex, subtle, unhex, utf8 } from "./helpers.js";

const CURVES = ["P-256", "P-384", "P-521"];

const jwk = {
  kty: "EC",
  crv: "P-256",
  x: base64url("60fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6"),
  y: base64url("7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299"),
  d: base64url("c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721"),
};
const P256 = { name: "ECDSA", namedCurve: "P-256" };
const SHA256 = { name: "ECDSA", hash: "SHA-256" };

test("ECDSA verifies a known signature", async () => {
  const { d: _d, ...publicJwk } = jwk;
  const key = await subtle.importKey("jwk", publicJwk, P256, true, ["verify"]);
  const signature = unhex(
    "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716" +
      "f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8",
  );
  assert(await subtle.verify(SHA256, key, signature, utf8("sample")));
  assert(!(await subtle.verify(SHA256, key, signature, utf8("simple"))));
  assert(!(await subtle.verify({ name: "ECDSA", hash: "SHA-384" }, key, signature, utf8("sample"))));
  assert(!(await subtle.verify(SHA256, key, signature.subarray(1), utf8("sample"))));
  assert(!(await subtle.verify(SHA256, key, new Uint8Array(64), utf8("sample"))));
  assert(!(await subtle.verify(SHA256, key, new Uint8Array(64).fill(255), utf8("sample"))));
});

test("signatures have twice the length of a coordinate", async () => {
  for (const [namedCurve, size] of [["P-256", 64], ["P-384", 96], ["P-521", 132]]) {
    const pair = await subtle.generateKey({ name: "ECDSA", namedCurve }, false, ["sign", "verify"]);
    assertEquals(pair.privateKey.algorithm, { name: "ECDSA", namedCurve });
    assertEquals([pair.publicKey.extractable, pair.privateKey.extractable], [true, false]);
    for (const hash of ["SHA-1", "SHA-256", "SHA-384", "SHA-512"]) {
      const signature = await subtle.sign({ name: "ECDSA", hash }, pair.privateKey, utf8("message"));
      assertEquals(signature.byteLength, size);
      assert(await subtle.verify({ name: "ECDSA", hash }, pair.publicKey, signature, utf8("message")));
    }
  }
});

test("keys survive every format", async () => {
  for (const namedCurve of CURVES) {
    const algorithm = { name: "ECDSA", namedCurve };
    const { privateKey, publicKey } = await subtle.generateKey(algorithm, true, ["sign", "verify"]);
    const signature = await subtle.sign(SHA256, privateKey, utf8("m"));
    for (const format of ["jwk", "spki", "raw"]) {
      const again = await subtle.importKey(format, await subtle.exportKey(format, publicKey), algorithm, true, ["verify"]);
      assert(await subtle.verify(SHA256, again, signature, utf8("m")), `${namedCurve} ${format}`);
    }
    for (const format of ["jwk", "pkcs8"]) {
      const again = await subtle.importKey(format, await subtle.exportKey(format, privateKey), algorithm, true, ["sign"]);
      assert(await subtle.verify(SHA256, publicKey, await subtle.sign(SHA256, again, utf8("m")), utf8("m")));
    }
  }
});

test("a point may be compressed, and must be on its curve", async () => {
  const { d: _d, ...publicJwk } = jwk;
  const key = await subtle.importKey("jwk", publicJwk, P256, true, ["verify"]);
  const point = new Uint8Array(await subtle.exportKey("raw", key));
  const compressed = new Uint8Array([2 | (point[64] & 1), ...point.subarray(1, 33)]);
  const again = await subtle.importKey("raw", compressed, P256, true, ["verify"]);
  assertEquals(hex(await subtle.exportKey("raw", again)), hex(point));
  const off = point.slice();
  off[64] ^= 1;
  const refused = (bytes, curve = "P-256") =>
    assertRefused(() => subtle.importKey("raw", bytes, { name: "ECDSA", namedCurve: curve }, true, ["verify"]), "DataError");
  await refused(off);
  await refused(point, "P-384");
  await refused(new Uint8Array(0));
  await refused(new Uint8Array(65));
});

test("the halves of a JSON Web Key must belong together", async () => {
  const importPrivate = (changes) => subtle.importKey("jwk", { ...jwk, ...changes }, P256, true, ["sign"]);
  assertEquals((await subtle.exportKey("jwk", await importPrivate({}))).d, jwk.d);
  await assertRefused(() => importPrivate({ d: jwk.x }), "DataError", "Invalid EC key in JSON Web Key.");
  await assertRefused(() => importPrivate({ d: "AA" }), "OperationError");
  await assertRefused(() => importPrivate({ y: jwk.x }), "OperationError");
});

test("ECDH agrees", async () => {
  const algorithm = { name: "ECDH", namedCurve: "P-256" };
  const privateKey = await subtle.importKey(
    "jwk",
    {
      kty: "EC",
      crv: "P-256",
      x: base64url("dad0b65394221cf9b051e1feca5787d098dfe637fc90b9ef945d0c3772581180"),
      y: base64url("5271a0461cdb8252d61f1c456fa3e59ab1f45b33accf5f58389e0577b8990bb3"),
      d: base64url("c88f01f510d9ac3f70a292daa2316de544e9aab8afe84049c62a9c57862d1433"),
    },
    algorithm, false, ["deriveBits"],
  );
  const point = unhex(
    "04d12dfb5289c8d4f81208b70270398c342296970a0bccb74c736fc7554494bf63" +
      "56fbf3ca366cc23e8157854c13c58d6aac23f046ada30f8353e74f33039872ab",
  );
  const peer = await subtle.importKey("raw", point, algorithm, true, []);
  const secret = "d6840f6b42f6edafd13116e0e12565202fef8e9ece7dce03812464d04b9442de";
  const derive = (length) => subtle.deriveBits({ name: "ECDH", public: peer }, privateKey, length);
  assertEquals(hex(await derive(undefined)), secret);
  assertEquals(hex(await derive(256)), secret);
  assertEquals(hex(await derive(9)), "d680");
  await assertRefused(() => derive(257), "OperationError");
});

test("both sides derive the same key, on every curve", async () => {
  for (const namedCurve of CURVES) {
    const generate = () => subtle.generateKey({ name: "ECDH", namedCurve }, false, ["deriveKey"]);
    const [a, b] = [await generate(), await generate()];
    const derive = async (own, other) => {
      const algorithm = { name: "ECDH", public: other.publicKey };
      const key = await subtle.deriveKey(algorithm, own.privateKey, { name: "AES-CBC", length: 256 }, true, ["encrypt"]);
      return hex(await subtle.exportKey("raw", key));
    };
    assertEquals(await derive(a, b), await derive(b, a));
  }
});
