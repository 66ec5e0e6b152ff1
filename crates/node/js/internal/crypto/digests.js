// The hash functions that Workers know, by Node's names in any case.

const KNOWN = {
  __proto__: null,
  md5: "md5",
  sha1: "sha1",
  sha224: "sha224",
  sha256: "sha256",
  sha384: "sha384",
  sha512: "sha512",
  "sha512-256": "sha512-256",
  "md5-sha1": "md5-sha1",
  "rsa-md5": "md5",
  "rsa-sha1": "sha1",
  "rsa-sha224": "sha224",
  "rsa-sha256": "sha256",
  "rsa-sha384": "sha384",
  "rsa-sha512": "sha512",
  "dsa-sha": "sha1",
  "dsa-sha1": "sha1",
  "ecdsa-with-sha1": "sha1",
};

/** The name that operations know; undefined for others. */
export function digestOf(name) {
  return KNOWN[name.toLowerCase()];
}

export function getHashes() {
  return [
    "md4", "md5", "sha1", "sha224", "sha256", "sha384", "sha512", "md5-sha1", "RSA-MD5", "RSA-SHA1",
    "RSA-SHA224", "RSA-SHA256", "RSA-SHA384", "RSA-SHA512", "DSA-SHA", "DSA-SHA1", "ecdsa-with-SHA1",
  ];
}

/** The name that operations know, or workerd's error. */
export function knownDigest(name) {
  const digest = digestOf(name);
  if (digest === undefined) throw new Error("Digest method not supported");
  return digest;
}

/** The same for digests alone, of which there is one more. */
export function knownHash(name) {
  return name.toLowerCase() === "md4" ? "md4" : knownDigest(name);
}
