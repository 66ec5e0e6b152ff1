import { test, assert, assertEquals, assertRejects, assertThrows } from "holdfast:test";
import { Crypto, crypto, CryptoKey, SubtleCrypto } from "holdfast:web/crypto/crypto";
import { DOMException } from "holdfast:web/dom_exception";

const hex = (buffer) => new Uint8Array(buffer).toHex();
const ascii = (text) => Uint8Array.from(text, (character) => character.charCodeAt(0));

test("randomUUID gives version 4 UUIDs, all different", () => {
  const ids = Array.from({ length: 100 }, () => crypto.randomUUID());
  for (const id of ids) assert(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(id), id);
  assertEquals(new Set(ids).size, 100);
});

test("getRandomValues fills integer views in place and returns them", () => {
  for (const View of [Int8Array, Uint8Array, Uint8ClampedArray, Int16Array, Uint16Array, Int32Array, Uint32Array, BigInt64Array, BigUint64Array]) {
    const view = new View(new ArrayBuffer(64), 16, 2);
    assert(crypto.getRandomValues(view) === view);
    const all = new Uint8Array(view.buffer);
    const outside = [...all.subarray(0, 16), ...all.subarray(16 + view.byteLength)];
    assert(outside.every((byte) => byte === 0), "only the window is written");
  }
  assert(crypto.getRandomValues(new Uint8Array(32)).some((byte) => byte !== 0));
  assertEquals(crypto.getRandomValues(new Uint8Array(0)).length, 0);
  assertEquals(crypto.getRandomValues(new Uint8Array(65_536)).length, 65_536);
});

test("getRandomValues refuses the rest", () => {
  for (const view of [new Float32Array(1), new Float64Array(1), new DataView(new ArrayBuffer(1))]) {
    const error = assertThrows(() => crypto.getRandomValues(view), DOMException,
      "ArrayBufferView argument to getRandomValues() must be an integer-typed view.");
    assertEquals(error.name, "TypeMismatchError");
  }
  const error = assertThrows(() => crypto.getRandomValues(new Uint16Array(32_769)), DOMException,
    "getRandomValues() only accepts buffers of size <= 64K but provided 65538 bytes.");
  assertEquals(error.name, "QuotaExceededError");
  for (const wrong of [{}, null, undefined, new ArrayBuffer(1), [1]]) {
    assertThrows(() => crypto.getRandomValues(wrong), TypeError, "Failed to execute 'getRandomValues' on 'Crypto': parameter 1 is not of type 'ArrayBufferView'.");
  }
});

test("digests of known texts", async () => {
  const known = {
    "SHA-1": "a9993e364706816aba3e25717850c26c9cd0d89d",
    "SHA-256": "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
    "SHA-384": "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7",
    "SHA-512": "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
    "MD5": "900150983cd24fb0d6963f7d28e17f72",
  };
  for (const [name, digest] of Object.entries(known)) {
    assertEquals(hex(await crypto.subtle.digest(name, ascii("abc"))), digest, name);
    assertEquals(hex(await crypto.subtle.digest({ name: name.toLowerCase() }, ascii("abc").buffer)), digest);
  }
  const window = new DataView(ascii("xabcx").buffer, 1, 3);
  assertEquals(hex(await crypto.subtle.digest("SHA-1", window)), known["SHA-1"]);
  const empty = await crypto.subtle.digest("SHA-256", new Uint8Array());
  assert(empty instanceof ArrayBuffer);
  assertEquals(hex(empty), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
});

test("digest rejects, and never throws", async () => {
  const error = await assertRejects(() => crypto.subtle.digest("SHA-3", new Uint8Array()), DOMException,
    "Unrecognized or unimplemented digest algorithm requested.");
  assertEquals(error.name, "NotSupportedError");
  await assertRejects(() => crypto.subtle.digest("SHA-256", "text"), TypeError,
    "Failed to execute 'digest' on 'SubtleCrypto': parameter 2 is not of type 'BufferSource'.");
  await assertRejects(() => crypto.subtle.digest({}, new Uint8Array()), "NotSupportedError");
  await assertRejects(() => crypto.subtle.digest(undefined, new Uint8Array()), TypeError,
    "Failed to execute 'digest' on 'SubtleCrypto': parameter 1 is not of type 'string or HashAlgorithm'.");
  const promise = SubtleCrypto.prototype.digest.call({}, "SHA-1", new Uint8Array());
  await assertRejects(() => promise, TypeError);
});

test("timingSafeEqual", () => {
  const { subtle } = crypto;
  assertEquals([subtle.timingSafeEqual(ascii("abc"), ascii("abc").buffer), subtle.timingSafeEqual(ascii("abc"), ascii("abd"))], [true, false]);
  assertThrows(() => subtle.timingSafeEqual(ascii("a"), ascii("ab")), TypeError, "Input buffers must have the same byte length.");
  assertThrows(() => subtle.timingSafeEqual("a", ascii("a")), TypeError);
});

test("classes have no public constructors and check their brands", () => {
  for (const Class of [Crypto, SubtleCrypto, CryptoKey]) assertThrows(() => new Class(), TypeError, "Illegal constructor");
  assertThrows(() => Crypto.prototype.subtle, TypeError);
  assertThrows(() => Crypto.prototype.randomUUID.call({}), TypeError);
  assert(crypto.subtle === crypto.subtle);
  assertEquals(String(crypto), "[object Crypto]");
});
