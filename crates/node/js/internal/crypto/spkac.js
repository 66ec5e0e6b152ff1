// Certificate (https://nodejs.org/api/crypto.html#class-certificate): signed public keys and challenges (SPKAC).

import { op_node_spkac_challenge, op_node_spkac_public_key, op_node_spkac_verify } from "holdfast:ops";
import { Buffer } from "../buffer.js";
import { bytesOrText } from "./bytes.js";

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** The bytes that the text in Base64 stands for; none if it is no such text. */
function decode(spkac, encoding) {
  const text = Buffer.from(bytesOrText(spkac, "spkac", encoding)).toString("latin1").trimEnd();
  return Buffer.from(BASE64.test(text) ? text : "", "base64");
}

export function verifySpkac(spkac, encoding) {
  return op_node_spkac_verify(decode(spkac, encoding));
}

export function exportPublicKey(spkac, encoding) {
  return Buffer.from(op_node_spkac_public_key(decode(spkac, encoding)) ?? []);
}

export function exportChallenge(spkac, encoding) {
  return Buffer.from(op_node_spkac_challenge(decode(spkac, encoding)) ?? []);
}

export function Certificate() {
  if (!(this instanceof Certificate)) return new Certificate();
}

Object.assign(Certificate.prototype, { verifySpkac, exportPublicKey, exportChallenge });
Object.assign(Certificate, { exportChallenge, exportPublicKey, verifySpkac });
