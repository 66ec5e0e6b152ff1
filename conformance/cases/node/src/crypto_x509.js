// node:crypto: certificates and signed public keys.

import { Buffer } from "node:buffer";
import crypto from "node:crypto";
import { ca, caKey, common, leaf, leafKey, spkac } from "./certificates.js";
import { attempt, describeProperties, table } from "./tools.js";

const { Certificate, X509Certificate } = crypto;
const PEMS = { leaf, ca, common };
const read = (name) => new X509Certificate(PEMS[name]);
const PROPERTIES = [
  "subject", "subjectAltName", "issuer", "issuerCertificate", "infoAccess", "validFrom", "validTo", "validFromDate", "fingerprint",
  "fingerprint256", "fingerprint512", "keyUsage", "extKeyUsage", "serialNumber", "ca", "raw", "signatureAlgorithm",
];
const HOSTS = [
  "example.com", "EXAMPLE.com", "a.wild.example", "a.b.wild.example", "wild.example", "axb.part.example", "a*b.part.example", "evil.example", "leaf.example", "a.common.example", "x.y.common.example",
  ".example.com", ".wild.example", "", "example.com.", "127.0.0.1", "*.wild.example", "foobar', DNS:evil.example", "xn--a.wild.example", "a_b.wild.example", "-.wild.example", "ä.wild.example", "example.com\0",
];
const OPTIONS = [undefined, null, {}, { wildcards: false }, { partialWildcards: false }, { multiLabelWildcards: true }, { singleLabelSubdomains: true }, { subject: "always" }, { subject: "never" }, { subject: "x" }];

export default {
  properties: () => Object.keys(PEMS).map((name) => Object.fromEntries(PROPERTIES.map((property) => [property, attempt(() => read(name)[property])]))),
  shape: () => [Object.getOwnPropertyNames(X509Certificate.prototype), Object.keys(read("leaf")), Object.prototype.toString.call(read("leaf")), describeProperties(Certificate), Object.keys(Certificate.prototype)],
  texts: () => Object.keys(PEMS).map((name) => [read(name).toString() === PEMS[name], read(name).toJSON() === PEMS[name], JSON.stringify([read(name)]).length]),
  legacy: () => Object.keys(PEMS).map((name) => read(name).toLegacyObject()),
  "public-keys": () => Object.keys(PEMS).map((name) => table([() => read(name).publicKey.asymmetricKeyType, () => read(name).publicKey.type, () => read(name).publicKey.export({ format: "pem", type: "spki" })])),
  hosts: () => OPTIONS.map((options) => Object.keys(PEMS).map((name) => HOSTS.map((host) => attempt(() => read(name).checkHost(host, options))))),
  emails: () => ["Someone@Example.com", "Someone@example.com", "someone@Example.com", "who@example.com", "cn@common.example", "", "x", "Someone@Example.com\0"].map((email) => table([() => read("leaf").checkEmail(email), () => read("common").checkEmail(email), () => read("common").checkEmail(email, { subject: "never" }), () => read("leaf").checkEmail(email, { subject: "always" })])),
  addresses: () => ["127.0.0.1", "::1", "0:0:0:0:0:0:0:1", "2001:db8::8:800:200c:417a", "1.2.3.4", "x", "", "127.0.0.1 "].map((ip) => attempt(() => read("leaf").checkIP(ip))),
  issued: () => Object.keys(PEMS).map((name) => Object.keys(PEMS).map((other) => read(name).checkIssued(read(other)))),
  verify: () => Object.keys(PEMS).map((name) => Object.keys(PEMS).map((other) => read(name).verify(read(other).publicKey))),
  // workerd gives false whatever the key is, and for keys that were made of private ones.
  "own-keys": () => [read("leaf").checkPrivateKey(crypto.createPrivateKey(leafKey)), read("leaf").verify(crypto.createPublicKey(caKey))],
  "other-keys": () => [read("leaf").checkPrivateKey(crypto.createPrivateKey(caKey)), read("leaf").verify(crypto.createPublicKey(leafKey))],
  arguments: () => table([
    () => new X509Certificate(), () => new X509Certificate(5), () => new X509Certificate({}), () => new X509Certificate("x"), () => new X509Certificate(""), () => new X509Certificate(new ArrayBuffer(4)), () => new X509Certificate(Buffer.from("x")), () => new X509Certificate(leaf.replace("MII", "MIJ")).ca,
    () => new X509Certificate(`text\n${ca}${leaf}`).subject, () => new X509Certificate(read("leaf").raw).serialNumber, () => new X509Certificate(Buffer.concat([read("ca").raw, Buffer.from([0])])).serialNumber, () => new X509Certificate(Buffer.from(common)).serialNumber,
    () => read("leaf").checkHost(), () => read("leaf").checkHost(5), () => read("leaf").checkHost("x", 5), () => read("leaf").checkHost("x", { wildcards: 1 }), () => read("leaf").checkHost("x", { subject: 1 }), () => read("leaf").checkHost("x", { multiLabelWildcards: "x" }), () => read("leaf").checkEmail(5), () => read("leaf").checkIP(5),
    () => read("leaf").checkIssued(), () => read("leaf").checkIssued({}), () => read("leaf").checkPrivateKey("x"), () => read("leaf").checkPrivateKey(crypto.createPublicKey(leafKey)), () => read("leaf").checkPrivateKey(crypto.createSecretKey("x")), () => read("leaf").verify("x"), () => read("leaf").verify(crypto.createPrivateKey(leafKey)),
  ]),
  spkac: () => table([
    () => Certificate.exportChallenge(spkac), () => Certificate.exportChallenge(Buffer.from(`${spkac}\n`)).toString(), () => Certificate.exportPublicKey(spkac).toString(), () => Certificate().exportChallenge(spkac), () => new Certificate().exportPublicKey(Buffer.from(spkac).buffer.slice(0)).length,
    ...["x", "", `\n${spkac}`, "AAAA", Buffer.from(spkac, "base64"), 5, undefined, {}].flatMap((bad) => [() => Certificate.verifySpkac(bad), () => Certificate.exportChallenge(bad), () => Certificate.exportPublicKey(bad)]),
    () => Certificate.verifySpkac(spkac, "base64"), () => Certificate.verifySpkac(`${spkac.slice(0, -6)}AAAAA=`),
  ]),
  // workerd knows no MD5 there, and so no signature of this kind is ever right.
  "spkac-signature": () => Certificate.verifySpkac(spkac),
};
