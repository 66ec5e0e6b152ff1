// Values are those of RFC 8032, section 7.1, and RFC 7748, section 6.1.

import { test, assert, assertEquals } from "holdfast:test";
import { assertRefused, base64url, hex, subtle, unhex, utf8 } from "./helpers.js";

const SECRET = "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb";
const PUBLIC = "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c";
const SIGNATURE =
  "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da" +
  "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00";
const MESSAGE = new Uint8Array([0x72]);

const jwk = { kty: "OKP", crv: "Ed25519", x: base64url(PUBLIC), d: base64url(SECRET) };

test("Ed25519 signs and verifies", async () => {
  const privateKey = await subtle.importKey("jwk", jwk, "Ed25519", true, ["sign"]);
  const publicKey = await subtle.importKey("raw", unhex(PUBLIC), "Ed25519", true, ["verify"]);
  assertEquals(hex(await subtle.sign("Ed25519", privateKey, MESSAGE)), SIGNATURE);
  assert(await subtle.verify("Ed25519", publicKey, unhex(SIGNATURE), MESSAGE));
  assert(!(await subtle.verify("Ed25519", publicKey, unhex(SIGNATURE), new Uint8Array([0x73]))));
  const changed = unhex(SIGNATURE);
  changed[0] ^= 1;
  assert(!(await subtle.verify("Ed25519", publicKey, changed, MESSAGE)));
  await assertRefused(() => subtle.verify("Ed25519", publicKey, changed.subarray(1), MESSAGE), "OperationError");
});

test("keys survive every format", async () => {
  for (const [name, usages] of [["Ed25519", [["sign"], ["verify"]]], ["X25519", [["deriveBits"], []]]]) {
    const pair = await subtle.generateKey(name, true, usages.flat());
    for (const [key, formats, allowed] of [
      [pair.privateKey, ["jwk", "pkcs8"], usages[0]],
      [pair.publicKey, ["jwk", "spki", "raw"], usages[1]],
    ]) {
      const first = JSON.stringify(await subtle.exportKey("jwk", key));
      for (const format of formats) {
        const again = await subtle.importKey(format, await subtle.exportKey(format, key), name, true, allowed);
        assertEquals(JSON.stringify(await subtle.exportKey("jwk", again)), first, `${name} ${format}`);
        assertEquals(again.type, key.type);
      }
    }
  }
});

test("the encodings are those of RFC 8410", async () => {
  const privateKey = await subtle.importKey("jwk", jwk, "Ed25519", true, ["sign"]);
  assertEquals(hex(await subtle.exportKey("pkcs8", privateKey)), `302e020100300506032b657004220420${SECRET}`);
  const publicKey = await subtle.importKey("raw", unhex(PUBLIC), "Ed25519", true, ["verify"]);
  assertEquals(hex(await subtle.exportKey("spki", publicKey)), `302a300506032b6570032100${PUBLIC}`);
  // A key of the other kind in the same wrapping.
  const other = unhex(`302a300506032b656e032100${PUBLIC}`);
  await assertRefused(() => subtle.importKey("spki", other, "Ed25519", true, ["verify"]), "DataError");
});

test("NODE-ED25519 is the same under another name", async () => {
  const algorithm = { name: "NODE-ED25519", namedCurve: "NODE-ED25519" };
  const publicKey = await subtle.importKey("raw", unhex(PUBLIC), algorithm, true, ["verify"]);
  assertEquals(publicKey.algorithm, algorithm);
  assert(await subtle.verify("NODE-ED25519", publicKey, unhex(SIGNATURE), MESSAGE));
  await assertRefused(() => subtle.verify("Ed25519", publicKey, unhex(SIGNATURE), MESSAGE), "InvalidAccessError");
});

test("X25519 agrees", async () => {
  const bob = "5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb";
  const alice = "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a";
  const own = "de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f";
  const secret = "4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742";
  const privateKey = await subtle.importKey(
    "jwk", { kty: "OKP", crv: "X25519", x: base64url(own), d: base64url(bob) }, "X25519", false, ["deriveBits"],
  );
  const publicKey = await subtle.importKey("raw", unhex(alice), "X25519", true, []);
  const algorithm = { name: "X25519", public: publicKey };
  assertEquals(hex(await subtle.deriveBits(algorithm, privateKey)), secret);
  assertEquals(hex(await subtle.deriveBits(algorithm, privateKey, 16)), secret.slice(0, 4));
  assertEquals(hex(await subtle.deriveBits(algorithm, privateKey, 12)), "4a50");
  const zero = await subtle.importKey("raw", new Uint8Array(32), "X25519", true, []);
  await assertRefused(() => subtle.deriveBits({ name: "X25519", public: zero }, privateKey, 256), "OperationError");
});

test("the public key of a JSON Web Key with a private one is not believed", async () => {
  const wrong = { ...jwk, x: base64url(SECRET) };
  const key = await subtle.importKey("jwk", wrong, "Ed25519", true, ["sign"]);
  assertEquals((await subtle.exportKey("jwk", key)).x, jwk.x);
  assertEquals(hex(await subtle.sign("Ed25519", key, MESSAGE)), SIGNATURE);
  assertEquals((await subtle.sign("Ed25519", key, utf8(""))).byteLength, 64);
});
