// node:crypto: Diffie-Hellman over prime numbers.

import { assert, assertEquals, assertThrows, test } from "holdfast:test";
import { Buffer } from "holdfast:node/buffer";
import crypto, { diffieHellman } from "holdfast:node/crypto";

const called = (start) => new Promise((resolve) => start((...args) => resolve(args)));
// Oakley group 1 (RFC 2409).
const PRIME = Buffer.from(
  "ffffffffffffffffc90fdaa22168c234c4c6628b80dc1cd129024e088a67cc74020bbea63b139b22514a08798e3404ddef9519b3cd3a43" +
    "1b302b0a6df25f14374fe1356d6d51c245e485b576625e7ec6f44c42e9a63a3620ffffffffffffffff",
  "hex",
);

test("both parties of a group have the same secret", () => {
  const [a, b] = [crypto.getDiffieHellman("modp14"), crypto.createDiffieHellmanGroup("MODP14")];
  const open = a.generateKeys();
  const other = b.generateKeys("hex");
  assertEquals(a.computeSecret(other, "hex", "hex"), b.computeSecret(open).toString("hex"));
  assertEquals([a.getPrime().length, a.getGenerator("hex"), a.computeSecret(other, "hex").length], [256, "02", 256]);
  assertEquals([typeof a.setPrivateKey, a.verifyError], ["undefined", 8]);
  for (const name of ["modp1", "modp5", "x", undefined]) assertThrows(() => crypto.getDiffieHellman(name), Error, /invalid group/);
});

test("the numbers of a pair that is known", () => {
  // 5 to the power of 6, of 15 and of 90, modulo 23.
  const [a, b] = [crypto.createDiffieHellman(Buffer.from([23]), 5), crypto.createDiffieHellman(Buffer.from([23]), 5)];
  a.setPrivateKey(Buffer.from([6]));
  b.setPrivateKey("0f", "hex");
  assertEquals([a.generateKeys("hex"), b.generateKeys("hex")], ["08", "13"]);
  assertEquals([a.computeSecret("13", "hex", "hex"), b.computeSecret(Buffer.from([8]), null, "hex")], ["02", "02"]);
  assertEquals(a.verifyError, 0);
});

test("a private key stays, and its public one is made anew", () => {
  const pair = crypto.createDiffieHellman(PRIME, 2);
  assertThrows(() => pair.getPublicKey(), Error, "No public key");
  assertThrows(() => pair.getPrivateKey(), Error, "No private key");
  assertEquals(pair.setPrivateKey("03", "hex"), pair);
  assertEquals(pair.generateKeys("hex"), "08");
  pair.setPrivateKey("04", "hex");
  assertEquals([pair.getPublicKey("hex"), pair.generateKeys("hex"), pair.getPrivateKey("hex")], ["08", "10", "04"]);
});

test("numbers that give the secret away are refused", () => {
  const pair = crypto.createDiffieHellman(PRIME, 2);
  pair.generateKeys();
  const lessOne = Buffer.from(PRIME);
  lessOne[95]--;
  for (const number of [Buffer.from([0]), Buffer.from([1])]) {
    assertThrows(() => pair.computeSecret(number), RangeError, "DiffieHellman computeSecret() failed: Supplied key is too small");
  }
  for (const number of [lessOne, PRIME, Buffer.concat([PRIME, PRIME])]) {
    assertThrows(() => pair.computeSecret(number), RangeError, "DiffieHellman computeSecret() failed: Supplied key is too large");
    assertThrows(() => pair.setPublicKey(number), RangeError, "DiffieHellman setPublicKey() failed: key is too large");
  }
});

test("a safe prime is found for every generator", () => {
  for (const [bits, generator, error] of [[64, undefined, 0], [128, 5, 0], [32, 3, 4], [4, 2, 0]]) {
    const pair = crypto.createDiffieHellman(bits, generator);
    const prime = BigInt(`0x${pair.getPrime("hex")}`);
    assert(crypto.checkPrimeSync(prime) && crypto.checkPrimeSync((prime - 1n) / 2n), `${prime}`);
    assertEquals(pair.verifyError, error);
  }
  for (const bits of [-1, 0, 1]) assertThrows(() => crypto.createDiffieHellman(bits), Error, /could not generate/);
  assertThrows(() => crypto.createDiffieHellman(10001), RangeError, /too large/);
});

test("what is wrong with a prime", () => {
  const errors = [21, 13, 23].map((prime) => crypto.createDiffieHellman(Buffer.from([prime]), 2).verifyError);
  assertEquals(errors, [1 | 8, 2 | 8, 8]);
  assertThrows(() => crypto.createDiffieHellman(Buffer.from([22]), 2), Error, /Invalid DH prime/);
  assertThrows(() => crypto.createDiffieHellman(PRIME, PRIME), Error, /Invalid DH prime/);
  assertThrows(() => crypto.createDiffieHellman(PRIME, 1), RangeError, /generator too small/);
});

test("pairs of key objects", async () => {
  const a = crypto.generateKeyPairSync("dh", { group: "modp14" });
  const [error, publicKey, privateKey] = await called((done) => crypto.generateKeyPair("dh", { group: "modp14" }, done));
  assertEquals([error, publicKey.asymmetricKeyType, privateKey.type], [null, "dh", "private"]);
  const secret = diffieHellman({ publicKey, privateKey: a.privateKey });
  assertEquals(secret.length, 256);
  assert(secret.equals(diffieHellman({ publicKey: a.publicKey, privateKey })));
  const other = crypto.generateKeyPairSync("dh", { prime: PRIME, generator: 2 });
  assertThrows(() => diffieHellman({ publicKey, privateKey: other.privateKey }), Error);
  assertEquals(assertThrows(() => crypto.generateKeyPairSync("dh", {})).code, "ERR_MISSING_OPTION");
  assertEquals(assertThrows(() => crypto.generateKeyPairSync("dh", { group: "modp14", prime: PRIME })).code, "ERR_INCOMPATIBLE_OPTION_PAIR");
});
