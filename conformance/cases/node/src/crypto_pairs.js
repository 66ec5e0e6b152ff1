// node:crypto: keys, signatures, encryption with pairs, shared secrets.

import { Buffer } from "node:buffer";
import crypto, { diffieHellman } from "node:crypto";
import { keys } from "./crypto_keys.js";
import { attempt, attemptAsync, table } from "./tools.js";

const data = Buffer.from("data");
const privateKey = (name) => crypto.createPrivateKey(keys[name]);
const publicKey = (name) => crypto.createPublicKey(keys[name]);
const secret = () => crypto.createSecretKey("secret", "utf8");
const PAIRS = ["rsa", "ec", "ed", "x"];
const called = (start) => new Promise((resolve) => start((...args) => resolve(args)));

/** Without the members that are undefined. */
const jwk = (key) => JSON.parse(JSON.stringify(key.export({ format: "jwk" })));

export default {
  "secret-keys": () => table([
    () => secret().type, () => secret().symmetricKeySize, () => secret().export(), () => secret().export({ format: "jwk" }), () => secret().export({ format: "x" }), () => secret().asymmetricKeyType, () => crypto.createSecretKey(new Uint8Array(0)).symmetricKeySize, () => crypto.createSecretKey("6162", "hex").export(),
    () => crypto.createSecretKey(5), () => secret().equals(crypto.createSecretKey("secret")), () => secret().equals(crypto.createSecretKey("other!")), () => secret().equals(publicKey("ec")), () => Object.prototype.toString.call(secret()), () => secret() instanceof crypto.KeyObject, () => secret().export(5),
  ]),
  classes: () => table([
    () => new crypto.KeyObject(), () => new crypto.SecretKeyObject(), () => crypto.KeyObject.from(5), () => Object.getOwnPropertyNames(crypto.KeyObject.prototype), () => Object.getOwnPropertyNames(crypto.SecretKeyObject.prototype), () => Object.getOwnPropertyNames(crypto.PublicKeyObject.prototype),
    () => Object.getOwnPropertyNames(Object.getPrototypeOf(crypto.PublicKeyObject.prototype)), () => publicKey("ec").toCryptoKey(), () => publicKey("ec").constructor.name,
  ]),
  "from-crypto-keys": async () => {
    const pair = await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, true, ["sign", "verify"]);
    const hmac = await crypto.subtle.importKey("raw", data, { name: "HMAC", hash: "SHA-256" }, true, ["sign"]);
    return [pair.publicKey, pair.privateKey, hmac].map((key) => crypto.KeyObject.from(key)).map((key) => [key.type, key.asymmetricKeyType]);
  },
  details: () => PAIRS.map((name) => [privateKey(name), publicKey(name)].map((key) => [key.type, key.asymmetricKeyType, key.asymmetricKeyDetails.modulusLength, key.asymmetricKeyDetails.publicExponent, key.asymmetricKeyDetails.namedCurve])),
  "export-jwk": () => PAIRS.map((name) => [jwk(privateKey(name)), jwk(publicKey(name))]),
  "export-pem": () => PAIRS.map((name) => [privateKey(name).export({ format: "pem", type: "pkcs8" }), publicKey(name).export({ format: "pem", type: "spki" })]),
  "export-old": () => table([
    () => privateKey("rsa").export({ format: "pem", type: "pkcs1" }), () => publicKey("rsa").export({ format: "pem", type: "pkcs1" }), () => privateKey("ec").export({ format: "pem", type: "sec1" }), () => publicKey("rsa").export({ format: "der", type: "pkcs1" }),
    () => privateKey("rsa").export({ format: "pem", type: "sec1" }), () => privateKey("ec").export({ format: "pem", type: "pkcs1" }), () => publicKey("ec").export({ format: "pem", type: "pkcs1" }), () => publicKey("ec").export({ format: "pem", type: "pkcs8" }),
  ]),
  "export-errors": () => table([
    () => publicKey("ec").export(), () => publicKey("ec").export({ format: "pem" }), () => publicKey("ec").export({ type: "spki" }), () => publicKey("ec").export({ format: "x", type: "spki" }), () => publicKey("ec").export({ format: "pem", type: "x" }), () => privateKey("ec").export({ format: "pem", type: "spki" }),
    () => publicKey("ec").export({ format: 5 }), () => publicKey("ec").export({ type: 5 }), () => privateKey("ec").export({ format: "pem", type: "pkcs8", cipher: "aes-256-cbc" }), () => privateKey("ec").export({ format: "pem", type: "pkcs8", cipher: "nope", passphrase: "x" }), () => privateKey("ec").export({ format: "pem", type: "pkcs8", cipher: 5 }),
  ]),
  "encrypted-older": () => [["rsa", "pkcs1"], ["ec", "sec1"]].flatMap(([name, type]) => ["pem", "der"].flatMap((format) => ["aes-128-cbc", "AES-256-CBC", "des-ede3-cbc", "aes-128-gcm", "nope"].map((cipher) => table([() => {
    const key = privateKey(name).export({ type, format, cipher, passphrase: "secret" });
    return [typeof key === "string" ? key.replace(/,[0-9A-F]+\n[^]*/, "") : key, crypto.createPrivateKey({ key, format, type, passphrase: "secret" }).equals(privateKey(name)), ...(format === "pem" ? table([() => crypto.createPrivateKey({ key, passphrase: "other" }), () => crypto.createPrivateKey(key)]) : [])];
  }])))),
  "secp224r1": () => table([
    () => crypto.getCurves(), ...["secp224r1", "P-224"].flatMap((namedCurve) => [() => crypto.generateKeyPairSync("ec", { namedCurve }).publicKey.asymmetricKeyDetails.namedCurve, () => crypto.generateKeyPairSync("ec", { namedCurve }).publicKey.export({ format: "der", type: "spki" }).length]),
    () => { const ecdh = crypto.createECDH("secp224r1"); ecdh.setPrivateKey(Buffer.alloc(28, 1)); return [ecdh.getPublicKey("hex"), ecdh.computeSecret(ecdh.getPublicKey(), null, "hex"), ecdh.getPublicKey("hex", "compressed")]; }, () => crypto.createECDH("P-224"),
    () => { const pair = crypto.generateKeyPairSync("ec", { namedCurve: "P-224" }); return crypto.verify("sha256", data, pair.publicKey, crypto.sign("sha256", data, pair.privateKey)); }, () => { const { crv, x, y } = crypto.generateKeyPairSync("ec", { namedCurve: "P-224" }).publicKey.export({ format: "jwk" }); return [crv, x.length, y.length]; },
  ]),
  encrypted: () => table([
    () => crypto.createPrivateKey({ key: keys.encrypted, passphrase: "secret" }).equals(privateKey("ed")), () => crypto.createPrivateKey({ key: keys.encrypted, passphrase: Buffer.from("secret") }).type, () => crypto.createPrivateKey({ key: keys.encrypted, passphrase: "other" }), () => crypto.createPrivateKey(keys.encrypted),
    () => crypto.createPrivateKey({ key: keys.encrypted, passphrase: 5 }),
    () => { const pem = privateKey("ec").export({ format: "pem", type: "pkcs8", cipher: "aes-256-cbc", passphrase: "p" }); return [pem.slice(0, 37), crypto.createPrivateKey({ key: pem, passphrase: "p" }).equals(privateKey("ec"))]; },
  ]),
  "read-back": () => PAIRS.map((name) => table([
    () => crypto.createPrivateKey({ key: privateKey(name).export({ format: "der", type: "pkcs8" }), format: "der", type: "pkcs8" }).equals(privateKey(name)), () => crypto.createPublicKey({ key: publicKey(name).export({ format: "der", type: "spki" }), format: "der", type: "spki" }).equals(publicKey(name)),
    () => crypto.createPrivateKey({ key: privateKey(name).export({ format: "jwk" }), format: "jwk" }).equals(privateKey(name)), () => crypto.createPublicKey({ key: publicKey(name).export({ format: "jwk" }), format: "jwk" }).equals(publicKey(name)), () => crypto.createPublicKey(privateKey(name)).equals(publicKey(name)),
    () => crypto.createPublicKey({ key: privateKey(name).export({ format: "jwk" }), format: "jwk" }).type, () => publicKey(name).equals(privateKey(name)),
  ])),
  "read-errors": () => table([
    ...[undefined, null, 5, "x", {}, { key: "x" }, { key: 5 }, Buffer.from([1]), { key: Buffer.from([1]), format: "der", type: "pkcs8" }, { key: "x", format: "zz" }, { key: "x", format: "der", type: "spki" }, { key: {}, format: "jwk" }, { key: { kty: "oct", k: "AA" }, format: "jwk" }].flatMap((key) => [() => crypto.createPrivateKey(key), () => crypto.createPublicKey(key)]),
    () => crypto.createPublicKey(publicKey("ec")), () => crypto.createPublicKey(secret()), () => crypto.createPrivateKey(privateKey("ec")), () => crypto.createPublicKey({ key: privateKey("ec") }), () => crypto.createPrivateKey(publicKey("ec").export({ format: "pem", type: "spki" })),
  ]),
  "jwk-errors": () => table([{ kty: "EC" }, { kty: "EC", crv: "P-256" }, { kty: "EC", crv: "P-256", x: "AA" }, { kty: "EC", crv: "P-256", x: "AA", y: "AA" }, { kty: "RSA" }, { kty: "RSA", n: "AA" }, { kty: "OKP" }, { kty: "OKP", crv: "Ed25519" }].map((key) => () => crypto.createPublicKey({ key, format: "jwk" }))),
  "generate-pairs": () => table([
    () => Object.entries(crypto.generateKeyPairSync("rsa", { modulusLength: 1024 })).map(([name, key]) => [name, key.type, key.asymmetricKeyDetails.modulusLength, key.asymmetricKeyDetails.publicExponent]), () => crypto.generateKeyPairSync("rsa", { modulusLength: 1024, publicExponent: 3 }).publicKey.asymmetricKeyDetails.publicExponent,
    ...["P-256", "prime256v1", "secp384r1", "secp521r1"].map((namedCurve) => () => crypto.generateKeyPairSync("ec", { namedCurve }).publicKey.asymmetricKeyDetails.namedCurve), () => crypto.generateKeyPairSync("ed25519").privateKey.asymmetricKeyType, () => crypto.generateKeyPairSync("x25519").publicKey.asymmetricKeyType,
    () => Object.values(crypto.generateKeyPairSync("ec", { namedCurve: "P-256", publicKeyEncoding: { format: "pem", type: "spki" }, privateKeyEncoding: { format: "pem", type: "pkcs8" } })).map((pem) => pem.slice(0, 30)), () => crypto.generateKeyPairSync("ed25519", { publicKeyEncoding: { format: "jwk" } }).publicKey.kty, () => Buffer.isBuffer(crypto.generateKeyPairSync("ed25519", { privateKeyEncoding: { format: "der", type: "pkcs8" } }).privateKey),
  ]),
  "generate-pairs-errors": () => table([
    ["nope"], [5], ["rsa"], ["rsa", {}], ["rsa", { modulusLength: "x" }], ["rsa", { modulusLength: 100 }], ["rsa", { modulusLength: 1024, publicExponent: "x" }], ["rsa", { modulusLength: 1024, publicKeyEncoding: 5 }], ["rsa", 5], ["ec", {}], ["ec", { namedCurve: "nope" }], ["ec", { namedCurve: "secp256r1" }], ["ec", { namedCurve: "P-256", paramEncoding: "x" }], ["rsa-pss", {}], ["ed448"],
  ].map((args) => () => crypto.generateKeyPairSync(...args))),
  "generate-pairs-callback": async () => [(await called((done) => crypto.generateKeyPair("rsa", { modulusLength: 1024 }, done))).map((key) => key?.type ?? key), (await called((done) => crypto.generateKeyPair("ed25519", {}, done))).map((key) => key?.asymmetricKeyType ?? key), attempt(() => crypto.generateKeyPair("rsa", { modulusLength: 1024 }))],
  "generate-secrets": () => table([["hmac", { length: 64 }], ["hmac", { length: 7 }], ["hmac", { length: 12 }], ["hmac", { length: "x" }], ["aes", { length: 256 }], ["aes", { length: 64 }], ["aes", { length: "128" }], ["nope", { length: 64 }], ["hmac"]].map((args) => () => crypto.generateKeySync(...args).symmetricKeySize)),
  "generate-secrets-callback": async () => (await called((done) => crypto.generateKey("aes", { length: 128 }, done))).map((key) => key?.symmetricKeySize ?? key),
  "sign-rsa": () => [crypto.sign("sha256", data, keys.rsa), crypto.createSign("RSA-SHA256").update("da").update(Buffer.from("ta")).sign(keys.rsa, "hex"), crypto.createSign("sha1").update("data").sign(privateKey("rsa"), "base64")],
  "sign-edwards": () => [crypto.sign(null, data, keys.ed), crypto.sign(undefined, data, privateKey("ed"))],
  "sign-lengths": () => table([
    () => crypto.createSign("sha256").sign({ key: keys.rsa, padding: crypto.constants.RSA_PKCS1_PSS_PADDING }).length, () => crypto.createSign("sha256").sign({ key: keys.rsa, padding: 6, saltLength: -1 }).length, () => crypto.createSign("sha256").sign({ key: keys.rsa, padding: 9 }), () => crypto.sign("sha256", data, { key: keys.ec, dsaEncoding: "ieee-p1363" }).length, () => crypto.createSign("sha256").update("x").sign({ key: keys.ec, dsaEncoding: "ieee-p1363" }).length,
  ]),
  // workerd signs with PKCS #1 whatever the padding is that sign() is given.
  "sign-pss-at-once": () => crypto.createVerify("sha256").update(data).verify({ key: keys.rsa, padding: 6, saltLength: 32 }, crypto.sign("sha256", data, { key: keys.rsa, padding: 6, saltLength: 32 })),
  "sign-errors": () => table([
    () => crypto.sign("sha256", data, privateKey("ed")), () => crypto.sign("nope", data, keys.rsa), () => crypto.sign("sha256", "x", keys.rsa), () => crypto.sign("sha256", data, publicKey("rsa")), () => crypto.sign("sha256", data), () => crypto.sign("sha256", data, secret()), () => crypto.sign(5, data, keys.rsa), () => crypto.sign("sha256", data, { key: privateKey("rsa") }),
    () => crypto.sign("sha256", data, { key: keys.rsa, padding: "x" }), () => crypto.sign("sha256", data, { key: keys.ec, dsaEncoding: "x" }), () => crypto.createSign("nope"), () => crypto.createSign(5), () => crypto.createSign("sha256").update(5), () => crypto.createSign("sha256").sign(),
    () => { const sign = crypto.createSign("sha256").update("x"); sign.sign(keys.rsa); return sign.sign(keys.rsa); }, () => { const sign = crypto.createSign("sha256").update("x"); sign.sign(keys.rsa); return sign.update("x"); },
  ]),
  verify: () => table([
    () => crypto.verify("sha256", data, keys.rsa, crypto.sign("sha256", data, keys.rsa)), () => crypto.verify("sha256", data, publicKey("rsa"), Buffer.alloc(3)), ...["sha256", "sha1"].flatMap((hash) => [6, 1].map((padding) => () => crypto.createVerify(hash).update(data).verify({ key: keys.rsa, padding, saltLength: 32 }, keys.rsaPss, "base64"))),
    () => crypto.verify("sha256", data, publicKey("ec"), Buffer.from(keys.ecDer, "base64")), () => crypto.verify("sha256", data, privateKey("ec"), Buffer.from(keys.ecDer, "base64")), () => crypto.verify("sha256", data, { key: keys.ec, dsaEncoding: "ieee-p1363" }, Buffer.from(keys.ecRaw, "base64")), () => crypto.verify("sha256", data, publicKey("ec"), Buffer.from(keys.ecRaw, "base64")), () => crypto.verify("sha256", data, publicKey("ec"), Buffer.alloc(64)),
    () => crypto.verify(null, data, publicKey("ed"), crypto.sign(null, data, keys.ed)), () => crypto.verify(null, Buffer.from("other"), publicKey("ed"), crypto.sign(null, data, keys.ed)), () => crypto.createVerify("sha256").update("data").verify(publicKey("ec"), keys.ecDer, "base64"), () => crypto.createVerify("sha256").update("other").verify(publicKey("ec"), keys.ecDer, "base64"),
    () => crypto.verify("sha256", data, publicKey("rsa"), "x"), () => crypto.verify("sha256", data, secret(), data), () => crypto.verify("sha256", data), () => crypto.createVerify("sha256").verify(), () => crypto.createVerify("sha256").verify(publicKey("rsa"), 5),
  ]),
  "sign-callback": async () => [await called((done) => crypto.sign("sha256", data, keys.rsa, done)), await called((done) => crypto.verify("sha256", data, publicKey("ec"), Buffer.from(keys.ecDer, "base64"), done)), (await called((done) => crypto.sign("nope", data, keys.rsa, done))).map(String)],
  "sign-shape": () => [Object.getOwnPropertyNames(crypto.Sign.prototype), Object.getOwnPropertyNames(crypto.Verify.prototype), Object.getOwnPropertyNames(crypto.Cipheriv.prototype), Object.getOwnPropertyNames(crypto.Decipheriv.prototype), Object.getOwnPropertyNames(crypto.ECDH.prototype)],
  "public-encrypt": () => table([
    () => crypto.privateDecrypt({ key: keys.rsa, padding: 4, oaepHash: "sha256" }, Buffer.from(keys.sealed, "base64")).toString(), ...[{}, { padding: 1 }, { padding: 4 }, { padding: 4, oaepHash: "sha1", oaepLabel: "label" }].map((options) => () => crypto.privateDecrypt({ key: keys.rsa, ...options }, crypto.publicEncrypt({ key: keys.rsa, ...options }, data)).toString()),
    () => crypto.publicDecrypt(publicKey("rsa"), crypto.privateEncrypt(privateKey("rsa"), data)).toString(), () => crypto.privateEncrypt(keys.rsa, data).toString("hex"), () => crypto.publicEncrypt(publicKey("rsa"), "text").length,
  ]),
  "public-encrypt-errors": () => table([
    () => crypto.publicEncrypt(), () => crypto.publicEncrypt(publicKey("rsa")), () => crypto.publicEncrypt(publicKey("rsa"), 5), () => crypto.publicEncrypt(publicKey("rsa"), Buffer.alloc(300)), () => crypto.publicEncrypt(publicKey("ec"), data), () => crypto.privateDecrypt(publicKey("rsa"), data), () => crypto.publicEncrypt(privateKey("rsa"), data), () => crypto.privateDecrypt(keys.rsa, data), () => crypto.publicDecrypt(keys.rsa, Buffer.alloc(128)),
    () => crypto.publicEncrypt({ key: keys.rsa, padding: 9 }, data), () => crypto.publicEncrypt({ key: keys.rsa, padding: "x" }, data), () => crypto.publicEncrypt({ key: keys.rsa, padding: 4, oaepHash: "nope" }, data), () => crypto.publicEncrypt({ key: keys.rsa, padding: 4, oaepLabel: 5 }, data),
  ]),
  ecdh: () => {
    const known = crypto.createECDH("prime256v1");
    known.setPrivateKey(Buffer.alloc(32, 1));
    const other = crypto.createECDH("prime256v1");
    other.setPrivateKey("02".repeat(32), "hex");
    return table([
      () => [undefined, "compressed", "hybrid"].map((format) => known.getPublicKey("hex", format)), () => known.getPrivateKey("hex"), () => known.computeSecret(other.getPublicKey()), () => other.computeSecret(known.getPublicKey("base64", "compressed"), "base64", "hex"), () => known.computeSecret(Buffer.alloc(5)), () => known.setPrivateKey(Buffer.alloc(32)), () => known.getPublicKey("hex", "x"),
      () => crypto.createECDH("secp384r1").generateKeys().length, () => crypto.createECDH("prime256v1").generateKeys("hex", "compressed").length, () => crypto.createECDH("nope"), () => crypto.createECDH(5), () => crypto.createECDH("prime256v1").getPublicKey(), () => crypto.createECDH("prime256v1").getPrivateKey(), () => crypto.createECDH("prime256v1").computeSecret(data),
      () => crypto.ECDH.convertKey(known.getPublicKey(), "prime256v1", undefined, "hex", "compressed"), () => crypto.ECDH.convertKey(Buffer.alloc(3), "prime256v1"), () => crypto.ECDH.convertKey(Buffer.alloc(3), "nope"),
    ]);
  },
  "diffie-hellman": () => table([
    () => diffieHellman({ publicKey: publicKey("x"), privateKey: privateKey("x") }).length, () => diffieHellman({ publicKey: publicKey("ec"), privateKey: privateKey("x") }), () => diffieHellman({}), () => diffieHellman(), () => diffieHellman({ publicKey: privateKey("ec"), privateKey: privateKey("ec") }),
  ]),
};
