// What holds for all keys of WebCrypto: arguments, names, usages; and DigestStream.

import { outcomes, timing } from "./harness.js";
import { about, bytes, hex, subtle } from "./web_crypto_tools.js";

const HMAC = { name: "HMAC", hash: "SHA-256" };
const METHODS = [
  "encrypt", "decrypt", "sign", "verify", "digest", "generateKey", "deriveKey", "deriveBits", "importKey", "exportKey",
  "wrapKey", "unwrapKey", "timingSafeEqual",
];
const hmacKey = (usages = ["sign", "verify"], extractable = true) =>
  subtle.importKey("raw", bytes("key"), HMAC, extractable, usages);
const gcmKey = () => subtle.importKey("raw", new Uint8Array(16), "AES-GCM", true, ["encrypt", "decrypt"]);

/** A dictionary that notes which members are read. */
function noting(members) {
  const read = [];
  const get = (target, name) => {
    read.push(String(name));
    return target[name];
  };
  return [new Proxy(members, { get }), read];
}

async function digest(algorithm, chunks) {
  const stream = new crypto.DigestStream(algorithm);
  const writer = stream.getWriter();
  for (const chunk of chunks) await writer.write(chunk);
  await writer.close();
  return [hex(await stream.digest), stream.bytesWritten];
}

export default {
  "no-arguments": async () =>
    Object.fromEntries(await Promise.all(METHODS.map(async (name) => [name, await timing(() => subtle[name]())]))),
  arguments: async () => {
    const key = await gcmKey();
    return outcomes({
      emptyAlgorithm: () => subtle.encrypt({}, key, bytes("x")),
      number: () => subtle.encrypt(5, key, bytes("x")),
      noKey: () => subtle.encrypt("AES-GCM", {}, bytes("x")),
      text: () => subtle.encrypt("AES-GCM", key, "x"),
      noExtractable: () => subtle.importKey("raw", bytes("x"), HMAC),
      noUsages: () => subtle.importKey("raw", bytes("x"), HMAC, true),
      arrayLike: () => subtle.importKey("raw", bytes("x"), HMAC, true, { length: 1, 0: "sign" }),
      extractableText: async () => about(await subtle.importKey("raw", bytes("x"), HMAC, "no", ["sign"])),
      keyText: () => subtle.importKey("raw", "text", HMAC, true, ["sign"]),
      keyObject: () => subtle.importKey("raw", {}, HMAC, true, ["sign"]),
      jwkBytes: () => subtle.importKey("jwk", bytes("x"), HMAC, true, ["sign"]),
      format: () => subtle.importKey("der", bytes("x"), HMAC, true, ["sign"]),
      upperFormat: () => subtle.importKey("RAW", bytes("x"), HMAC, true, ["sign"]),
      algorithm: () => subtle.importKey("raw", bytes("x"), "nope", true, ["sign"]),
      generated: () => subtle.generateKey("nope", true, ["sign"]),
      exported: () => subtle.exportKey("raw", {}),
    });
  },
  "order-of-members": async () => {
    const results = {};
    const run = async (name, members, act) => {
      const [algorithm, read] = noting(members);
      await act(algorithm);
      results[name] = read;
    };
    await run("encrypt", { name: "AES-GCM", iv: new Uint8Array(12) }, async (a) => subtle.encrypt(a, await gcmKey(), bytes("")));
    await run("sign", { name: "HMAC" }, async (a) => subtle.sign(a, await hmacKey(), bytes("")));
    await run("generate", HMAC, (a) => subtle.generateKey(a, true, ["sign"]));
    await run("import", HMAC, (a) => subtle.importKey("raw", bytes("k"), a, true, ["sign"]));
    await run("jwk", { kty: "oct", k: "AAAA" }, (a) => subtle.importKey("jwk", a, HMAC, true, ["sign"]));
    await run("derive", { name: "HKDF", hash: "SHA-1", salt: bytes(""), info: bytes("") }, async (a) =>
      subtle.deriveBits(a, await subtle.importKey("raw", bytes("k"), "HKDF", false, ["deriveBits"]), 8));
    return results;
  },
  permissions: async () =>
    outcomes({
      usage: async () => subtle.sign("HMAC", await hmacKey(["verify"]), bytes("x")),
      algorithm: async () => subtle.sign("ECDSA", await hmacKey(), bytes("x")),
      lowerCase: async () => hex(await subtle.sign("hmac", await hmacKey(), bytes("x"))),
      extractable: async () => subtle.exportKey("raw", await hmacKey(["sign"], false)),
      format: async () => subtle.exportKey("spki", await hmacKey()),
    }),
  "key-object": async () => {
    const key = await hmacKey(["verify", "sign"]);
    key.algorithm.name = "x";
    key.usages.push("encrypt");
    return {
      about: about(key),
      text: String(key),
      isKey: key instanceof CryptoKey,
      ...(await outcomes({
        construct: () => new CryptoKey(),
        clone: () => structuredClone(key),
        cloneInside: () => structuredClone({ inner: [key] }),
      })),
    };
  },
  "key-errors-first": async () => {
    // Which of several mistakes is told.
    const jwk = { kty: "EC", ext: false };
    return outcomes({
      formatBeforeAlgorithm: () => subtle.importKey("x", bytes("x"), "nope", true, ["sign"]),
      extBeforeAlgorithm: () => subtle.importKey("jwk", jwk, "nope", true, ["sign"]),
      usagesBeforeData: () => subtle.importKey("raw", bytes("x"), "AES-GCM", true, ["sign"]),
      dataBeforeNoUsages: () => subtle.importKey("raw", bytes("x"), "AES-GCM", true, []),
      hashBeforeUsages: () => subtle.generateKey({ name: "HMAC", hash: "x" }, true, ["fly"]),
      usagesBeforeLength: () => subtle.generateKey({ name: "AES-GCM", length: 1 }, true, ["fly"]),
    });
  },
  "in-an-object": ({ env, name }) =>
    // Nothing else happens to an object while it waits for a computation.
    Promise.all(Array.from({ length: 5 }, () => env.TARGET.getByName(name).countAroundKey())),
  "digest-stream-kinds": () =>
    outcomes({
      crc32: () => digest("crc32", ["123456789"]),
      crc32c: () => digest("crc32c", ["12345", bytes("6789")]),
      crc64nvme: () => digest("crc64nvme", ["123456789"]),
      upperCrc: () => digest("CRC32", []),
      md5: () => digest("md5", [bytes("a"), "bé", new Uint16Array([1]), new DataView(new ArrayBuffer(2)), new ArrayBuffer(1), ""]),
      object: () => digest({ name: "SHA-512" }, []),
      unknown: () => digest("x", []),
      none: () => new crypto.DigestStream(),
      number: () => digest("SHA-1", [5]),
      nothing: () => digest("SHA-1", [null]),
    }),
  "digest-stream-ends": () =>
    outcomes({
      aborted: async () => {
        const stream = new crypto.DigestStream("SHA-1");
        await stream.abort(new RangeError("enough"));
        return stream.digest;
      },
      disposed: async () => {
        const stream = new crypto.DigestStream("SHA-1");
        stream[Symbol.dispose]();
        const writer = stream.getWriter();
        return outcomes({ digest: () => stream.digest, write: () => writer.write(bytes("x")) });
      },
      disposedLate: async () => {
        const stream = new crypto.DigestStream("SHA-1");
        await stream.close();
        stream[Symbol.dispose]();
        return hex(await stream.digest);
      },
      piped: async () => {
        const stream = new crypto.DigestStream("SHA-256");
        await new Response("hello").body.pipeTo(stream);
        return [hex(await stream.digest), stream.bytesWritten, stream.digest === stream.digest, stream.locked];
      },
    }),
};
