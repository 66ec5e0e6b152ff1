import { test, assert, assertEquals, assertRejects, assertThrows } from "holdfast:test";
import { assertRefused, hex, subtle, utf8 } from "./helpers.js";

const HMAC = { name: "HMAC", hash: "SHA-256" };
const generate = (usages = ["sign"], extractable = true) => subtle.generateKey(HMAC, extractable, usages);

test("a key shows what it is, and nothing of its bytes", async () => {
  const key = await generate(["verify", "sign", "sign"], false);
  assertEquals([key.type, key.extractable, key.usages], ["secret", false, ["sign", "verify"]]);
  assertEquals(key.algorithm, { name: "HMAC", hash: { name: "SHA-256" }, length: 512 });
  assertEquals(Reflect.ownKeys(key), []);
  assertEquals(String(key), "[object CryptoKey]");
  assert(key instanceof CryptoKey);
  assertThrows(() => structuredClone(key), "DataCloneError", 'Could not serialize object of type "CryptoKey". This type does not support serialization.');
  assertThrows(() => Object.getOwnPropertyDescriptor(CryptoKey.prototype, "type").get.call({}), TypeError);
});

test("a key that may not leave does not", async () => {
  const key = await generate(["sign"], false);
  for (const format of ["raw", "jwk"]) {
    await assertRefused(() => subtle.exportKey(format, key), "InvalidAccessError", "Attempt to export non-extractable HMAC key.");
  }
  const wrapping = await subtle.generateKey({ name: "AES-KW", length: 128 }, false, ["wrapKey"]);
  await assertRefused(() => subtle.wrapKey("raw", key, wrapping, "AES-KW"), "InvalidAccessError");
});

test("a key does what its usages say, with its own algorithm", async () => {
  const key = await generate(["verify"]);
  await assertRefused(() => subtle.sign("HMAC", key, utf8("m")), "InvalidAccessError");
  await assertRefused(() => subtle.verify("ECDSA", key, utf8("s"), utf8("m")), "InvalidAccessError");
  await assertRefused(() => generate([]), "SyntaxError");
  await assertRefused(() => generate(["encrypt"]), "SyntaxError");
  const pair = await subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, true, ["sign", "verify"]);
  assertEquals([pair.privateKey.usages, pair.publicKey.usages], [["sign"], ["verify"]]);
  await assertRefused(() => subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, true, ["verify"]), "SyntaxError");
});

test("unknown names are refused by name", async () => {
  const bytes = new Uint8Array(16);
  await assertRefused(() => subtle.importKey("raw", bytes, "nope", true, ["sign"]), "NotSupportedError",
    'Unrecognized key import algorithm "nope" requested.');
  await assertRefused(() => subtle.generateKey("HKDF", true, ["deriveBits"]), "NotSupportedError",
    'Unrecognized key generation algorithm "HKDF" requested.');
  await assertRefused(() => subtle.importKey("der", bytes, "AES-CBC", true, ["encrypt"]), "NotSupportedError",
    'Unrecognized key import format "der".');
});

test("arguments are converted in order, and wrong ones reject", async () => {
  for (const method of ["encrypt", "decrypt", "sign", "verify", "generateKey", "deriveKey", "deriveBits"]) {
    await assertRejects(() => subtle[method](), TypeError, new RegExp(`^Failed to execute '${method}' on 'SubtleCrypto': parameter 1 `));
  }
  const read = [];
  const algorithm = new Proxy(HMAC, { get: (target, name) => (read.push(name), target[name]) });
  await subtle.importKey("raw", utf8("k"), algorithm, true, ["sign"]);
  assertEquals(read, ["name", "hash", "length", "namedCurve", "compressed"]);
  await assertRejects(() => subtle.importKey("raw", utf8("k"), HMAC, true, "sign"), TypeError,
    "Failed to execute 'importKey' on 'SubtleCrypto': parameter 5 is not of type 'Array'.");
});

test("what a program does to built-ins changes nothing", async () => {
  const saved = [Array.prototype.includes, String.prototype.toUpperCase, JSON.stringify, Uint8Array.prototype.slice];
  try {
    Array.prototype.includes = () => true;
    String.prototype.toUpperCase = () => "X";
    JSON.stringify = () => "leaked";
    Uint8Array.prototype.slice = () => new Uint8Array(1);
    const key = await generate(["verify"]);
    await assertRefused(() => subtle.sign("HMAC", key, utf8("m")), "InvalidAccessError");
    const wrapping = await subtle.generateKey({ name: "AES-GCM", length: 128 }, true, ["wrapKey", "decrypt"]);
    const algorithm = { name: "AES-GCM", iv: new Uint8Array(12) };
    const text = new TextDecoder().decode(await subtle.decrypt(algorithm, wrapping, await subtle.wrapKey("jwk", key, wrapping, algorithm)));
    assertEquals(JSON.parse(text).kty, "oct");
  } finally {
    [Array.prototype.includes, String.prototype.toUpperCase, JSON.stringify, Uint8Array.prototype.slice] = saved;
  }
});

test("keys are wrapped and unwrapped in every format", async () => {
  const wrapping = await subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["wrapKey", "unwrapKey"]);
  const pair = await subtle.generateKey(
    { name: "RSA-OAEP", hash: "SHA-256", modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]) }, false, ["wrapKey", "unwrapKey"],
  );
  const gcm = { name: "AES-GCM", iv: new Uint8Array(12) };
  const secret = await generate();
  const ec = await subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, true, ["sign", "verify"]);
  const cases = [
    ["raw", secret, wrapping, wrapping, gcm, HMAC, ["sign"]],
    ["jwk", secret, wrapping, wrapping, gcm, HMAC, ["sign"]],
    ["raw", secret, pair.publicKey, pair.privateKey, "RSA-OAEP", HMAC, ["sign"]],
    ["pkcs8", ec.privateKey, wrapping, wrapping, gcm, { name: "ECDSA", namedCurve: "P-256" }, ["sign"]],
    ["spki", ec.publicKey, wrapping, wrapping, gcm, { name: "ECDSA", namedCurve: "P-256" }, ["verify"]],
  ];
  for (const [format, key, wrap, unwrap, algorithm, keyAlgorithm, usages] of cases) {
    const wrapped = await subtle.wrapKey(format, key, wrap, algorithm);
    const again = await subtle.unwrapKey(format, wrapped, unwrap, algorithm, keyAlgorithm, true, usages);
    assertEquals(JSON.stringify(await subtle.exportKey("jwk", again)), JSON.stringify(await subtle.exportKey("jwk", key)), format);
  }
  const wrapped = await subtle.wrapKey("raw", secret, wrapping, gcm);
  await assertRejects(() => subtle.unwrapKey("jwk", wrapped, wrapping, gcm, HMAC, true, ["sign"]), SyntaxError);
});

test("malformed encodings are refused", async () => {
  const algorithm = { name: "ECDSA", namedCurve: "P-256" };
  const { privateKey, publicKey } = await subtle.generateKey(algorithm, true, ["sign", "verify"]);
  for (const [format, key, usages] of [["pkcs8", privateKey, ["sign"]], ["spki", publicKey, ["verify"]]]) {
    const der = new Uint8Array(await subtle.exportKey(format, key));
    const refused = (bytes, text = undefined) =>
      assertRefused(() => subtle.importKey(format, bytes, algorithm, true, usages), "DataError", text);
    for (let length = 0; length < der.length; length += 7) await refused(der.subarray(0, length));
    await refused(new Uint8Array([...der, 0, 0]), `Invalid 2 trailing bytes after ${format.toUpperCase()} input.`);
    await refused(new Uint8Array(200).fill(0x30));
    for (let index = 0; index < 30; index++) {
      const changed = der.slice();
      changed[index] ^= 0x81;
      // Some changes leave a valid key; none may do anything else than be refused.
      const outcome = await subtle.importKey(format, changed, algorithm, true, usages).then(() => "DataError", (error) => error.name);
      assertEquals(outcome, "DataError", `${format} ${index} ${hex(changed)}`);
    }
  }
});
