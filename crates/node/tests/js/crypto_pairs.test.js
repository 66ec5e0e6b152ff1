// node:crypto: pairs of keys, signatures, encryption, shared secrets.

import { assert, assertEquals, assertThrows, test } from "holdfast:test";
import { Buffer } from "holdfast:node/buffer";
import crypto, { diffieHellman } from "holdfast:node/crypto";

const called = (start) => new Promise((resolve) => start((...args) => resolve(args)));
const data = Buffer.from("data");
const pairs = {
  rsa: crypto.generateKeyPairSync("rsa", { modulusLength: 1024 }),
  ec: crypto.generateKeyPairSync("ec", { namedCurve: "P-384" }),
  ed25519: crypto.generateKeyPairSync("ed25519"),
  x25519: crypto.generateKeyPairSync("x25519"),
};

test("keys survive PEM, DER and JWK", () => {
  for (const { publicKey, privateKey } of Object.values(pairs)) {
    for (const format of ["pem", "der", "jwk"]) {
      const secret = privateKey.export({ format, type: "pkcs8" });
      assert(crypto.createPrivateKey({ key: secret, format, type: "pkcs8" }).equals(privateKey));
      const open = publicKey.export({ format, type: "spki" });
      assert(crypto.createPublicKey({ key: open, format, type: "spki" }).equals(publicKey));
    }
    assert(crypto.createPublicKey(privateKey).equals(publicKey));
    assert(!publicKey.equals(privateKey));
  }
  assert(!pairs.rsa.privateKey.equals(pairs.ec.privateKey));
});

test("an encrypted key needs its passphrase", () => {
  const { privateKey } = pairs.ec;
  const key = privateKey.export({ format: "pem", type: "pkcs8", cipher: "aes-256-cbc", passphrase: "secret" });
  assert(crypto.createPrivateKey({ key, passphrase: "secret" }).equals(privateKey));
  assertThrows(() => crypto.createPrivateKey({ key, passphrase: "other" }), Error);
  assertThrows(() => crypto.createPrivateKey(key), Error);
});

test("the older PEM of one algorithm is encrypted, too, and its DER is not", () => {
  for (const [{ privateKey }, type, label] of [[pairs.rsa, "pkcs1", "RSA"], [pairs.ec, "sec1", "EC"]]) {
    const options = { type, cipher: "aes-256-cbc", passphrase: "secret" };
    const key = privateKey.export({ ...options, format: "pem" });
    assert(key.startsWith(`-----BEGIN ${label} PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,`));
    assert(crypto.createPrivateKey({ key, passphrase: "secret" }).equals(privateKey));
    assertThrows(() => crypto.createPrivateKey({ key, passphrase: "other" }), Error);
    assertThrows(() => crypto.createPrivateKey(key), Error);
    const plain = privateKey.export({ ...options, format: "der" });
    assert(crypto.createPrivateKey({ key: plain, format: "der", type }).equals(privateKey));
    assertThrows(() => privateKey.export({ ...options, format: "pem", cipher: "aes-128-gcm" }), Error, "Failed to export key");
  }
});

test("a signature holds for its message and no other", () => {
  const schemes = [
    ["sha256", "rsa", {}],
    ["sha256", "rsa", { padding: crypto.constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 }],
    ["sha384", "ec", {}],
    ["sha384", "ec", { dsaEncoding: "ieee-p1363" }],
    [null, "ed25519", {}],
  ];
  for (const [hash, name, options] of schemes) {
    const key = pairs[name].privateKey.export({ format: "pem", type: "pkcs8" });
    const verifying = pairs[name].publicKey.export({ format: "pem", type: "spki" });
    const signature = crypto.sign(hash, data, { key, ...options });
    assert(crypto.verify(hash, data, { key: verifying, ...options }, signature));
    assert(!crypto.verify(hash, Buffer.from("other"), { key: verifying, ...options }, signature));
    assert(!crypto.verify(hash, data, { key: verifying, ...options }, signature.subarray(1)));
    if (hash === null) continue;
    const inPieces = crypto.createVerify(hash).update("da").update("ta");
    assert(inPieces.verify({ key: verifying, ...options }, signature));
  }
});

test("what is signed in pieces may change afterwards", () => {
  const piece = Buffer.from("data");
  const signing = crypto.createSign("sha256").update(piece);
  piece.fill(0);
  assert(crypto.verify("sha256", data, pairs.rsa.publicKey, signing.sign(pairs.rsa.privateKey)));
  assertThrows(() => signing.sign(pairs.rsa.privateKey), Error);
});

test("signatures that a callback is told", async () => {
  const [error, signature] = await called((done) => crypto.sign("sha256", data, pairs.rsa.privateKey, done));
  assertEquals(error, null);
  const told = await called((done) => crypto.verify("sha256", data, pairs.rsa.publicKey, signature, done));
  assertEquals(told, [null, true]);
});

test("pairs are made later, too", async () => {
  const [error, publicKey, privateKey] = await called((done) =>
    crypto.generateKeyPair("rsa", { modulusLength: 1024, publicKeyEncoding: { format: "jwk" } }, done));
  assertEquals([error, publicKey.kty, privateKey.asymmetricKeyDetails.modulusLength], [null, "RSA", 1024]);
  const [, secret] = await called((done) => crypto.generateKey("hmac", { length: 64 }, done));
  assertEquals(secret.symmetricKeySize, 8);
});

test("what one half of a pair seals the other opens", () => {
  const { publicKey, privateKey } = pairs.rsa;
  assertEquals(crypto.privateDecrypt(privateKey, crypto.publicEncrypt(publicKey, data)).toString(), "data");
  assertEquals(crypto.publicDecrypt(publicKey, crypto.privateEncrypt(privateKey, data)).toString(), "data");
  const key = privateKey.export({ format: "pem", type: "pkcs8" });
  const oaep = { key, padding: crypto.constants.RSA_PKCS1_OAEP_PADDING, oaepLabel: "label" };
  assertEquals(crypto.privateDecrypt(oaep, crypto.publicEncrypt(oaep, data)).toString(), "data");
  assertThrows(() => crypto.privateDecrypt({ ...oaep, oaepLabel: "x" }, crypto.publicEncrypt(oaep, data)), Error);
});

test("both parties have the same secret", () => {
  for (const curve of crypto.getCurves()) {
    const [a, b] = [crypto.createECDH(curve), crypto.createECDH(curve)];
    a.generateKeys();
    const point = b.generateKeys("hex", "compressed");
    assert(a.computeSecret(point, "hex").equals(b.computeSecret(a.getPublicKey())));
    assert(crypto.ECDH.convertKey(point, curve, "hex").equals(b.getPublicKey()));
  }
  const other = crypto.generateKeyPairSync("x25519");
  const mine = diffieHellman({ publicKey: other.publicKey, privateKey: pairs.x25519.privateKey });
  assert(mine.equals(diffieHellman({ publicKey: pairs.x25519.publicKey, privateKey: other.privateKey })));
});

test("key objects of crypto keys", async () => {
  const algorithm = { name: "ECDSA", namedCurve: "P-256" };
  const { publicKey } = await crypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const key = crypto.KeyObject.from(publicKey);
  assertEquals([key.type, key.asymmetricKeyDetails], ["public", { namedCurve: "prime256v1" }]);
  assertEquals(key.export({ format: "jwk" }).x, (await crypto.subtle.exportKey("jwk", publicKey)).x);
});

test("prime numbers", async () => {
  assertEquals([7n, 8n, 65537n].map((number) => crypto.checkPrimeSync(number)), [true, false, true]);
  assertEquals(await called((done) => crypto.checkPrime(8n, done)), [null, false]);
  const [, prime] = await called((done) => crypto.generatePrime(64, { bigint: true }, done));
  assert(crypto.checkPrimeSync(prime) && prime > 2n ** 63n);
  assertEquals(crypto.generatePrimeSync(32, { add: 12n, rem: 11n, bigint: true }) % 12n, 11n);
});
