// node:crypto: Diffie-Hellman over prime numbers.

import { Buffer } from "node:buffer";
import crypto, { diffieHellman } from "node:crypto";
import { describeProperties, table } from "./tools.js";

const { createDiffieHellman: make, getDiffieHellman } = crypto;
// Oakley group 1 (RFC 2409).
const prime = Buffer.from(
  "ffffffffffffffffc90fdaa22168c234c4c6628b80dc1cd129024e088a67cc74020bbea63b139b22514a08798e3404ddef9519b3cd3a43" +
    "1b302b0a6df25f14374fe1356d6d51c245e485b576625e7ec6f44c42e9a63a3620ffffffffffffffff",
  "hex",
);
const number = (...bytes) => Buffer.from(bytes);
const lessOne = Buffer.from(prime);
lessOne[95]--;
const pairOf = (options) => crypto.generateKeyPairSync("dh", options);

export default {
  shape: () => {
    make(prime);
    getDiffieHellman("modp14");
    return [describeProperties(crypto.DiffieHellman.prototype), describeProperties(crypto.DiffieHellmanGroup.prototype), Object.keys(make(prime)), crypto.DiffieHellman(prime) instanceof crypto.DiffieHellman, getDiffieHellman("modp14") instanceof crypto.DiffieHellmanGroup];
  },
  groups: () => table(["modp1", "modp2", "modp5", "MODP14", "modp14x", "modp149", "x", 5, undefined, ""].map((name) => () => {
    const made = getDiffieHellman(name);
    return [made.getPrime("hex"), made.getGenerator("hex"), made.setPrivateKey];
  })),
  agree: () => {
    const [a, b] = [getDiffieHellman("modp14"), getDiffieHellman("modp14")];
    const open = a.generateKeys();
    const other = b.generateKeys("hex");
    return [open.length, other.length, a.computeSecret(other, "hex", "hex") === b.computeSecret(open).toString("hex"), a.computeSecret(other, "hex").length, a.getPublicKey("hex") === open.toString("hex")];
  },
  known: () => {
    const pair = make(prime, 2);
    pair.setPrivateKey(Buffer.from("1234567890abcdef", "hex"));
    return table([() => pair.getPrivateKey("hex"), () => pair.getPublicKey("hex"), () => pair.generateKeys("hex"), () => pair.computeSecret(Buffer.from("0500000000000001", "hex"), null, "hex"), () => pair.getGenerator("hex"), () => pair.getPrime("base64"), () => pair.getPrime("buffer").length, () => pair.getPrime("nope"), () => pair.getPrime(5), () => pair.getPrime(null).length]);
  },
  small: () => {
    const pair = make(number(23), 5);
    pair.setPrivateKey(number(6));
    return [pair.generateKeys("hex"), pair.computeSecret(number(19), null, "hex"), pair.verifyError];
  },
  halves: () => {
    const pair = make(prime, 2);
    return table([
      () => pair.getPublicKey(), () => pair.getPrivateKey(), () => pair.computeSecret(number(5)), () => pair.setPublicKey(number(0xaa)) === pair, () => pair.getPublicKey("hex"), () => pair.setPrivateKey("03", "hex") === pair, () => pair.getPrivateKey("hex"), () => pair.getPublicKey("hex"),
      () => pair.generateKeys("hex"), () => pair.setPrivateKey("04", "hex") === pair, () => pair.getPublicKey("hex"), () => pair.generateKeys("hex"), () => pair.setPrivateKey("5").getPrivateKey("hex"), () => pair.setPrivateKey("").getPrivateKey("hex"), () => pair.generateKeys("hex"), () => pair.computeSecret(number(5)),
    ]);
  },
  refused: () => {
    const pair = make(prime, 2);
    pair.generateKeys();
    const numbers = [number(0), number(1), number(2), prime, lessOne, Buffer.concat([prime, prime]), number(0, 0, 5), Buffer.alloc(0), 5, undefined, "zz"];
    return numbers.map((value) => table([() => pair.computeSecret(value).length, () => pair.setPublicKey(value).getPublicKey().length, () => pair.setPrivateKey(value).getPrivateKey().length]));
  },
  arguments: () => table([
    [], [null], [{}], [1.5], [2 ** 40], [-1], [0], [1], [10001], [512, 1], [512, -5], [512, "02", "hex"], [512, number(2)], [512, {}], [512, 1.5], [prime, "buffer", 2], ["17", "hex"], [prime.toString("hex"), "hex", 5], [prime.toString("hex"), "hex", "05", "hex"], [prime.toString("hex"), "hex", number(7)], [prime, "05", "hex"],
    ["abc"], ["abd"], [""], [prime, 1], [prime, 0], [prime, -5], [prime, number(1)], [prime, number(0)], [prime, Buffer.alloc(0)], [prime, prime], [number(22), 2], [Buffer.alloc(1251, 255)], [prime, {}], [prime, 2, {}], [prime, "hex", true], [new Uint16Array([23])],
  ].map((args) => () => [make(...args).getPrime("hex"), make(...args).getGenerator("hex")])),
  "verify-errors": () => [[23, 2], [21, 2], [13, 2], [3, 2], [23, 5], [23, 7], [47, 5], [11, 2], [83, 2]].map(([p, g]) => make(number(p), g).verifyError),
  searched: () => [[64, 2], [64, 5], [64, 3], [32, undefined]].map(([bits, generator]) => {
    const pair = make(bits, generator);
    return [pair.getPrime().length, pair.getGenerator("hex"), pair.verifyError];
  }),
  pairs: () => table([{ group: "modp14" }, { group: "modp5" }, { group: "MODP14" }, { prime }, { prime, generator: 2 }, { prime: prime.buffer.slice(prime.byteOffset, prime.byteOffset + 96) }, {}, { group: "modp1" }, { group: "x" }, { group: 5 }, { group: "modp14", prime }, { group: "modp14", primeLength: 5 }, { group: "modp14", generator: 5 }, { primeLength: 64 }, { primeLength: "x" }, { prime: 5 }, { prime, primeLength: 5 }, { prime, generator: "x" }, { prime, generator: 0 }].map((options) => () => {
    const { publicKey, privateKey } = pairOf(options);
    return [publicKey.asymmetricKeyType, privateKey.type, publicKey.equals(publicKey), crypto.createPublicKey(privateKey).equals(publicKey)];
  })),
  "diffie-hellman": () => {
    const [a, b, other] = [pairOf({ group: "modp14" }), pairOf({ group: "modp14" }), pairOf({ prime })];
    return table([
      () => diffieHellman({ publicKey: a.publicKey, privateKey: b.privateKey }).equals(diffieHellman({ publicKey: b.publicKey, privateKey: a.privateKey })), () => diffieHellman({ publicKey: a.publicKey, privateKey: b.privateKey }).length,
      () => diffieHellman({ publicKey: a.publicKey, privateKey: other.privateKey }), () => a.publicKey.equals(b.publicKey), () => crypto.sign("sha256", prime, a.privateKey),
    ]);
  },
};
