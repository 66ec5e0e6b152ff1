import { ed25519 } from "@noble/curves/ed25519.js";
import { secp256k1 } from "@noble/curves/secp256k1.js";
import { argon2id } from "@noble/hashes/argon2.js";
import { blake3 } from "@noble/hashes/blake3.js";
import { hmac } from "@noble/hashes/hmac.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";
import bcrypt from "bcryptjs";
import nacl from "tweetnacl";
import { project } from "../../serve.js";

const text = utf8ToBytes("hold fast");
const cases = {
  sha256: () => bytesToHex(sha256(text)),
  blake3: () => bytesToHex(blake3(text)),
  hmac: () => bytesToHex(hmac(sha256, utf8ToBytes("key"), text)),
  argon2: () => bytesToHex(argon2id("password", "somesalt", { t: 1, m: 64, p: 1 })),
  "agrees-with-subtle": async () => bytesToHex(new Uint8Array(await crypto.subtle.digest("SHA-256", text))) === bytesToHex(sha256(text)),
  ed25519: () => {
    const key = new Uint8Array(32).fill(7);
    const signature = ed25519.sign(text, key);
    return [bytesToHex(signature), ed25519.verify(signature, text, ed25519.getPublicKey(key))];
  },
  secp256k1: () => {
    const key = new Uint8Array(32).fill(9);
    return [bytesToHex(secp256k1.getPublicKey(key)), bytesToHex(secp256k1.sign(sha256(text), key, { prehash: false }))];
  },
  bcrypt: async () => {
    const hash = await bcrypt.hash("secret", "$2b$04$abcdefghijklmnopqrstuu");
    return [hash, await bcrypt.compare("secret", hash), bcrypt.compareSync("wrong", hash)];
  },
  "bcrypt-random-salt": async () => (await bcrypt.genSalt(4)).slice(0, 7),
  tweetnacl: () => {
    const pair = nacl.box.keyPair.fromSecretKey(new Uint8Array(32).fill(3));
    const nonce = new Uint8Array(24);
    const sealed = nacl.box(text, nonce, pair.publicKey, pair.secretKey);
    return [bytesToHex(sealed), nacl.randomBytes(8).length, nacl.box.open(sealed, nonce, pair.publicKey, pair.secretKey)];
  },
};

const { Box, worker } = project(cases);
export { Box };
export default worker;
