import { outcomes, show } from "./harness.js";

const bytes = (s) => new TextEncoder().encode(s);
const hex = (buffer) => [...new Uint8Array(buffer)].map((b) => b.toString(16).padStart(2, "0")).join("");

export default {
  digests: () =>
    outcomes(
      Object.fromEntries(
        ["SHA-1", "SHA-256", "SHA-384", "SHA-512", "MD5", "sha-256", "nope"].map((name) => [
          name,
          async () => hex(await crypto.subtle.digest(name, bytes("abc"))),
        ]),
      ),
    ),
  "digest-forms": () =>
    outcomes({
      object: async () => hex(await crypto.subtle.digest({ name: "SHA-256" }, bytes(""))),
      text: () => crypto.subtle.digest("SHA-256", "abc"),
    }),
  random: () =>
    outcomes({
      values: () => {
        const a = new Uint8Array(8);
        return crypto.getRandomValues(a) === a && a.some((x) => x !== 0);
      },
      uuid: () => /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(crypto.randomUUID()),
      float: () => crypto.getRandomValues(new Float64Array(1)),
      tooLarge: () => crypto.getRandomValues(new Uint8Array(65_537)),
      largest: () => crypto.getRandomValues(new Uint8Array(65_536)).length,
    }),
  hmac: async () => {
    const key = await crypto.subtle.importKey("raw", bytes("key"), { name: "HMAC", hash: "SHA-256" }, false, [
      "sign",
      "verify",
    ]);
    const signature = await crypto.subtle.sign("HMAC", key, bytes("message"));
    return {
      signature: hex(signature),
      good: await crypto.subtle.verify("HMAC", key, signature, bytes("message")),
      bad: await crypto.subtle.verify("HMAC", key, signature, bytes("other")),
      key: { type: key.type, extractable: key.extractable, usages: key.usages, algorithm: show(key.algorithm) },
    };
  },
  "aes-gcm": async () => {
    const key = await crypto.subtle.importKey("raw", new Uint8Array(16), "AES-GCM", true, ["encrypt", "decrypt"]);
    const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv: new Uint8Array(12) }, key, bytes("secret"));
    return {
      sealed: hex(sealed),
      opened: new TextDecoder().decode(
        await crypto.subtle.decrypt({ name: "AES-GCM", iv: new Uint8Array(12) }, key, sealed),
      ),
      jwk: (await crypto.subtle.exportKey("jwk", key)).k,
    };
  },
  pbkdf2: async () => {
    const key = await crypto.subtle.importKey("raw", bytes("password"), "PBKDF2", false, ["deriveBits"]);
    return hex(
      await crypto.subtle.deriveBits(
        { name: "PBKDF2", hash: "SHA-256", salt: bytes("salt"), iterations: 1000 },
        key,
        256,
      ),
    );
  },
  ecdsa: async () => {
    const pair = await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, true, ["sign", "verify"]);
    const signature = await crypto.subtle.sign({ name: "ECDSA", hash: "SHA-256" }, pair.privateKey, bytes("m"));
    return {
      length: signature.byteLength,
      good: await crypto.subtle.verify({ name: "ECDSA", hash: "SHA-256" }, pair.publicKey, signature, bytes("m")),
      crv: (await crypto.subtle.exportKey("jwk", pair.publicKey)).crv,
    };
  },
  ed25519: async () => {
    const pair = await crypto.subtle.generateKey("Ed25519", true, ["sign", "verify"]);
    const signature = await crypto.subtle.sign("Ed25519", pair.privateKey, bytes("m"));
    return {
      length: signature.byteLength,
      good: await crypto.subtle.verify("Ed25519", pair.publicKey, signature, bytes("m")),
    };
  },
  "timing-safe-equal": () =>
    outcomes({
      same: () => crypto.subtle.timingSafeEqual(bytes("abc"), bytes("abc")),
      other: () => crypto.subtle.timingSafeEqual(bytes("abc"), bytes("abd")),
      length: () => crypto.subtle.timingSafeEqual(bytes("abc"), bytes("ab")),
    }),
  "digest-stream": async () => {
    const stream = new crypto.DigestStream("SHA-256");
    const writer = stream.getWriter();
    await writer.write(bytes("ab"));
    await writer.write(bytes("c"));
    await writer.close();
    return { digest: hex(await stream.digest), written: Number(stream.bytesWritten) };
  },
  "key-errors": () =>
    outcomes({
      usage: async () => {
        const key = await crypto.subtle.importKey("raw", bytes("k"), { name: "HMAC", hash: "SHA-256" }, false, [
          "sign",
        ]);
        return crypto.subtle.exportKey("raw", key);
      },
      length: () => crypto.subtle.importKey("raw", new Uint8Array(5), "AES-GCM", true, ["encrypt"]),
      algorithm: () => crypto.subtle.importKey("raw", bytes("k"), "nope", true, ["sign"]),
      usages: () => crypto.subtle.importKey("raw", new Uint8Array(16), "AES-GCM", true, ["sign"]),
    }),
};
