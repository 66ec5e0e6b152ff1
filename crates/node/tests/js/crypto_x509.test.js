// node:crypto: X509Certificate, and Certificate for signed public keys.

import { assert, assertEquals, assertThrows, test } from "holdfast:test";
import { Buffer } from "holdfast:node/buffer";
import crypto from "holdfast:node/crypto";

// A certificate with names of every kind, signed by `CA`; one with names in its subject only. Valid until 2081.
const CA = `-----BEGIN CERTIFICATE-----
MIIBnzCCAUSgAwIBAgICEjQwCgYIKoZIzj0EAwIwNTELMAkGA1UEBhMCREUxFzAV
BgNVBAoMDkhvbGRmYXN0IFRlc3RzMQ0wCwYDVQQDDARSb290MCAXDTI2MTEyODIz
MTQ1NVoYDzIwODEwODMxMjMxNDU1WjA1MQswCQYDVQQGEwJERTEXMBUGA1UECgwO
SG9sZGZhc3QgVGVzdHMxDTALBgNVBAMMBFJvb3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAAT1PkCyEmsnbOIKZrlsY3lht3ay6C1eVQSwnPN0FEqRLROeQSvqkoeI
HlMVZnF1UaGwRecJQu2EGVunIg6T2mPjo0IwQDAPBgNVHRMBAf8EBTADAQH/MA4G
A1UdDwEB/wQEAwIBBjAdBgNVHQ4EFgQUWa+kNXxyr7tSGvrDechymh02c6IwCgYI
KoZIzj0EAwIDSQAwRgIhALW0CCRxxkx66KyEor1uyfrJOMpL4V76rMhIVax3detV
AiEAzkpZI6iNQI4+7C6D6QJUd3V4z3vJn8DHG0SEA6mT4PE=
-----END CERTIFICATE-----
`;
const LEAF = `-----BEGIN CERTIFICATE-----
MIIEEDCCA7egAwIBAgIUAPHSw7Sllod4aVpLPC0eDwECAwQwCgYIKoZIzj0EAwIw
NTELMAkGA1UEBhMCREUxFzAVBgNVBAoMDkhvbGRmYXN0IFRlc3RzMQ0wCwYDVQQD
DARSb290MCAXDTI2MTEyODIzMTQ1NVoYDzIwODEwODMxMjMxNDU1WjCBnjELMAkG
A1UEBhMCREUxDzANBgNVBAgMBkJheWVybjERMA8GA1UEBwwITcO8bmNoZW4xGDAW
BgNVBAoMD0EsIEIgKyBDIHF1b3RlZDEMMAoGA1UECwwDb25lMQwwCgYDVQQLDAN0
d28xFTATBgNVBAMMDGxlYWYuZXhhbXBsZTEeMBwGCSqGSIb3DQEJARYPd2hvQGV4
YW1wbGUuY29tMIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDbe58Ws1hz1o8z
COmDYeI1iFo5dvKM1F7TN0JGriD03RH0guVKZ+Vu4w0PiPAnz+zl0qpz9rfUPGGq
iHGv/gCJUzKYvetLP+nmyMVrNi1eOH5OvFVdRXLidedfXfgqGz4UROic9shIoooq
G1dmI1HAO6i1Dg/JM6UwNfANwuBJzwIDAQABo4IB8DCCAewwCQYDVR0TBAIwADAL
BgNVHQ8EBAMCBaAwIwYDVR0lBBwwGgYIKwYBBQUHAwEGCCsGAQUFBwMCBgQqAwQF
MIH6BgNVHREEgfIwge+CC2V4YW1wbGUuY29tgg4qLndpbGQuZXhhbXBsZYIQYSpi
LnBhcnQuZXhhbXBsZYcEfwAAAYcQAAAAAAAAAAAAAAAAAAAAAYcQIAENuAAAAAAA
CAgAIAxBeoETU29tZW9uZUBFeGFtcGxlLmNvbYYXaHR0cHM6Ly91cmkuZXhhbXBs
ZS9hLGKIAyoDBKQ2MDQxCzAJBgNVBAYTAlVTMREwDwYDVQQKDAhPcmcsIEluYzES
MBAGA1UEAwwJZGlyZWN0b3J5oA4GAyoDBKAHDAVvdGhlcoIZZm9vYmFyJywgRE5T
OmV2aWwuZXhhbXBsZTBwBggrBgEFBQcBAQRkMGIwIAYIKwYBBQUHMAGGFGh0dHA6
Ly9vY3NwLmV4YW1wbGUvMCQGCCsGAQUFBzAChhhodHRwOi8vY2EuZXhhbXBsZS9j
YS5jcnQwGAYIKwYBBQUHMAWCDHJlcG8uZXhhbXBsZTAfBgNVHSMEGDAWgBRZr6Q1
fHKvu1Ia+sN5yHKaHTZzojAdBgNVHQ4EFgQUDKQxVDZvNFhXhCP764b+OPfWGlsw
CgYIKoZIzj0EAwIDRwAwRAIgdARl7yRYowLV9dY/BalIOt7rCApIkU809xA3CGlU
a4ECIAbJ3IExJU5cghIp7r2QnPEpprCAZNA9gjxoRSiReMSt
-----END CERTIFICATE-----
`;
const COMMON = `-----BEGIN CERTIFICATE-----
MIIBIzCB1gIBBTAFBgMrZXAwPTEZMBcGA1UEAwwQKi5jb21tb24uZXhhbXBsZTEg
MB4GCSqGSIb3DQEJARYRY25AY29tbW9uLmV4YW1wbGUwIBcNMjYxMTI4MjMxNDU2
WhgPMjA4MTA4MzEyMzE0NTZaMD0xGTAXBgNVBAMMECouY29tbW9uLmV4YW1wbGUx
IDAeBgkqhkiG9w0BCQEWEWNuQGNvbW1vbi5leGFtcGxlMCowBQYDK2VwAyEAuu2v
cuqNpQZBPPVsEwEiiGVzbcl3rYg5t1ygo7/FLqUwBQYDK2VwA0EAKhcm2HvSdzGz
5esWz5gkEI/9OqL4j3pfo11moOki2VV3iB6W9ZtudwLZ2x4PJU8uTjofXhvaJHb0
RWG8pesGBQ==
-----END CERTIFICATE-----
`;
const LEAF_KEY = `-----BEGIN PRIVATE KEY-----
MIICdwIBADANBgkqhkiG9w0BAQEFAASCAmEwggJdAgEAAoGBANt7nxazWHPWjzMI
6YNh4jWIWjl28ozUXtM3QkauIPTdEfSC5Upn5W7jDQ+I8CfP7OXSqnP2t9Q8YaqI
ca/+AIlTMpi960s/6ebIxWs2LV44fk68VV1FcuJ1519d+CobPhRE6Jz2yEiiiiob
V2YjUcA7qLUOD8kzpTA18A3C4EnPAgMBAAECgYEA1K83m5TRavcIrwi81967iOqH
m9Xi9os5FG4g4EMOlpm/M3TAYljJoKmO13X4WmwHgTGikVsMCjM05T7xA/0cYCqZ
Os8ROhVm/3JNtv/siWld3Z4vu5EjKGaP/+eO/URte/E+V+ddaUnBznNTboeFla8w
tf1mCcoUaSj0h+t2mRkCQQD3U0178+A04wlmlCmsxixieOo8kEw0xcB5Wlv3eVq9
IwxlJORM72ZOoFxW41d2QgtKf6MJHkaj8x/2zpZezS3FAkEA4y5TO+MzqXV7QixR
FgEHxLLSESDLUw6GW1frHXUICdl7/2g6XBU57xefuFxUxayrzO6I5guXFDIHOkhZ
s8ZGgwJBAI2tVIea7madX/c5DJ6Cb06BgXzsFBtu5JEfp+sdw1LxTtppxbYktXB5
ACxt0t5Veu5UK2q/wyuLzFWvhggMdRkCQE4l0Vv4e/z+/Ld2py36jMGNAdYCge7A
QFeLlsU7TNiWh6EEKY8jfhpQ9hBlMoQNMcv9AfqgYggAbZwO50yAGCECQBablx5L
ULELCcL63BVM+Pbez87cLCJdhPabmca3SZw8wgha3rY1qdqDMW195Q5s+UTvJaiy
qi6LubjXhkWe/yM=
-----END PRIVATE KEY-----
`;
const SPKAC = [
  "MIIBPzCBqTCBnzANBgkqhkiG9w0BAQEFAAOBjQAwgYkCgYEA2g3oksGiqlSmdZ3CmA6fdXHYWAdVsP94xhj2SJ1gnBj6H0097T65",
  "xpcsJ6UMVbsFKuKsaYmhXqnrKa6TqXsOLhfbkKHOVUO8MjoicEU/AM9dmP7n2cqank/cf5OcRbrjX+v18TA41DQl6ZW6FqwEJq/m",
  "6wpARd3LNacECP+MITMCAwEAARYFaGVsbG8wDQYJKoZIhvcNAQEEBQADgYEAze6ZMKQjI4OzdGr/mY/0tKq/3TYFvTmnavosJRdL",
  "agwcVwbUTR7FMNJf4vmHhYU2DAqb7AHtcvrOPw9WZwyZX4VUwsKQ/AVdogFHzHfAyO5wzj+CAg64AYfoTK0XjaWFut27XM2bJ8ae",
  "jdNQHebMXraISyOHW8iViGpAelXS/W8=",
].join("");

const leaf = new crypto.X509Certificate(LEAF);
const ca = new crypto.X509Certificate(Buffer.from(CA));
const common = new crypto.X509Certificate(COMMON);

test("what a certificate says", () => {
  assertEquals(leaf.subject.split("\n"), [
    "C=DE", "ST=Bayern", "L=München", "O=A\\, B \\+ C quoted", "OU=one", "OU=two", "CN=leaf.example",
    "emailAddress=who@example.com",
  ]);
  assertEquals(leaf.issuer, "C=DE\nO=Holdfast Tests\nCN=Root");
  assertEquals(leaf.serialNumber, "F1D2C3B4A5968778695A4B3C2D1E0F01020304");
  assertEquals([leaf.validFrom, leaf.validTo], ["Nov 28 23:14:55 2026 GMT", "Aug 31 23:14:55 2081 GMT"]);
  assertEquals(leaf.keyUsage, ["1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2", "1.2.3.4.5"]);
  assertEquals(leaf.fingerprint, crypto.hash("sha1", leaf.raw).toUpperCase().match(/../g).join(":"));
  assertEquals(leaf.fingerprint512.length, 191);
  assertEquals(leaf.infoAccess.split("\n"), [
    "OCSP - URI:http://ocsp.example/", "CA Issuers - URI:http://ca.example/ca.crt", "CA Repository - DNS:repo.example", "",
  ]);
  assertEquals([ca.subjectAltName, ca.infoAccess, ca.keyUsage, ca.issuerCertificate], [undefined, undefined, undefined, undefined]);
  assertEquals([leaf.ca, ca.ca], [false, true]);
});

test("names that could be taken for others are quoted", () => {
  assertEquals(leaf.subjectAltName, [
    "DNS:example.com", "DNS:*.wild.example", "DNS:a*b.part.example", "IP Address:127.0.0.1",
    "IP Address:0:0:0:0:0:0:0:1", "IP Address:2001:DB8:0:0:8:800:200C:417A", "email:Someone@Example.com",
    'URI:"https://uri.example/a\\u002cb"', "Registered ID:1.2.3.4",
    'DirName:"CN=directory\\u002cO=Org\\\\\\u002c Inc\\u002cC=US"', "othername:<unsupported>",
    "DNS:\"foobar'\\u002c DNS:evil.example\"",
  ].join(", "));
  assertEquals(leaf.checkHost("evil.example"), undefined);
});

test("a certificate can be written and read again", () => {
  assertEquals(leaf.toString(), LEAF);
  assertEquals(JSON.stringify([leaf]), JSON.stringify([LEAF]));
  assertEquals(new crypto.X509Certificate(leaf.raw).fingerprint256, leaf.fingerprint256);
  assertEquals(new crypto.X509Certificate(`text before\n${CA}${LEAF}`).subject, ca.subject);
  for (const bytes of ["", "x", Buffer.from([0x30, 0x03, 1, 1, 1]), LEAF.replace("MII", "MIJ"), leaf.raw.subarray(0, 100)]) {
    assertEquals(assertThrows(() => new crypto.X509Certificate(bytes)).code, "ERR_INVALID_ARG_VALUE");
  }
  assertEquals(assertThrows(() => new crypto.X509Certificate(5)).code, "ERR_INVALID_ARG_TYPE");
});

test("hosts that it is for", () => {
  assertEquals(leaf.checkHost("EXAMPLE.com"), "example.com");
  assertEquals(leaf.checkHost("a.wild.example"), "*.wild.example");
  for (const host of ["a.b.wild.example", "wild.example", ".wild.example", "axb.part.example", "", "127.0.0.1", "leaf.example"]) {
    assertEquals(leaf.checkHost(host), undefined, host);
  }
  assertEquals(leaf.checkHost("a.wild.example", { wildcards: false }), undefined);
  assertEquals(common.checkHost("a.common.example"), "*.common.example");
  assertEquals(common.checkHost("a.common.example", { subject: "never" }), undefined);
  assertThrows(() => leaf.checkHost("example.com\0"), Error, "Invalid name");
  assertThrows(() => leaf.checkHost("a", { subject: "x" }), Error, "Invalid subject option");
});

test("mailboxes and addresses that it is for", () => {
  assertEquals(leaf.checkEmail("Someone@example.COM"), "Someone@example.COM");
  assertEquals([leaf.checkEmail("someone@example.com"), leaf.checkEmail("who@example.com")], [undefined, undefined]);
  assertEquals(common.checkEmail("cn@common.example"), "cn@common.example");
  assertEquals(["127.0.0.1", "0::1", "10.0.0.1"].map((ip) => leaf.checkIP(ip)), ["127.0.0.1", "0::1", undefined]);
  assertThrows(() => leaf.checkIP("x"), Error, "Invalid IP");
});

test("who has signed it, and whose it is", () => {
  assertEquals([leaf.checkIssued(ca), ca.checkIssued(ca), leaf.checkIssued(leaf)], [true, true, false]);
  assertEquals([leaf.verify(ca.publicKey), ca.verify(ca.publicKey), common.verify(common.publicKey)], [true, true, true]);
  assertEquals([leaf.verify(leaf.publicKey), common.verify(ca.publicKey)], [false, false]);
  const key = crypto.createPrivateKey(LEAF_KEY);
  assertEquals([leaf.checkPrivateKey(key), ca.checkPrivateKey(key)], [true, false]);
  assert(leaf.publicKey.equals(crypto.createPublicKey(key)));
  for (const call of [() => leaf.verify(key), () => leaf.checkPrivateKey(leaf.publicKey), () => leaf.checkIssued({})]) {
    assertEquals(assertThrows(call).code, "ERR_INVALID_ARG_TYPE");
  }
});

test("the legacy object", () => {
  const legacy = leaf.toLegacyObject();
  assertEquals(legacy.subject.OU, ["one", "two"]);
  assertEquals(legacy.subject.O, "A, B + C quoted");
  assertEquals(legacy.infoAccess["CA Issuers - URI"], ["http://ca.example/ca.crt"]);
  assertEquals([legacy.bits, legacy.exponent, legacy.modulus.length], [1024, "0x10001", 256]);
  const curve = ca.toLegacyObject();
  assertEquals([curve.bits, curve.asn1Curve, curve.nistCurve, curve.pubkey.length], [256, "prime256v1", "P-256", 65]);
});

test("signed public keys", () => {
  const { Certificate } = crypto;
  for (const api of [Certificate, new Certificate(), Certificate()]) {
    assert(api.verifySpkac(SPKAC));
    assertEquals(api.exportChallenge(Buffer.from(`${SPKAC}\n`)).toString(), "hello");
    assertEquals(crypto.createPublicKey(api.exportPublicKey(SPKAC)).asymmetricKeyDetails.modulusLength, 1024);
  }
  const changed = `${SPKAC.slice(0, -6)}AAAAA=`;
  assert(!Certificate.verifySpkac(changed));
  for (const bad of ["x", "", `\n${SPKAC}`, "AAAA"]) {
    assertEquals([Certificate.verifySpkac(bad), Certificate.exportChallenge(bad).length, Certificate.exportPublicKey(bad).length], [false, 0, 0]);
  }
  assertEquals(assertThrows(() => Certificate.verifySpkac(5)).code, "ERR_INVALID_ARG_TYPE");
});
