// What two parties agree on, for ECDH and X25519.

import { ArrayBufferConstructor, Uint8ArrayConstructor, uncurryThis } from "../primordials.js";
import { invalidAccessError, missingField, operationError } from "./errors.js";
import { keyRecord } from "./key.js";
import { requirePrivate } from "./asymmetric.js";

const sliceBuffer = uncurryThis(ArrayBufferConstructor.prototype.slice);

/** The other party's key, which must fit. */
export function requirePeer(key, algorithm) {
  requirePrivate(key, `The deriveBits operation is only valid for a private key, not "${key.type}".`);
  if (algorithm.public === undefined) throw missingField("public", "derivedKeyParams");
  const peer = keyRecord(algorithm.public);
  if (peer.type !== "public") {
    throw invalidAccessError(`The provided key has type "${peer.type}", not "public"`);
  }
  const [own, other] = [key.algorithm, peer.algorithm];
  if (shape(own) !== shape(other)) {
    throw invalidAccessError(
      `Base ${own.name} private key cannot be used to derive a key from a peer ${other.name} public key`,
    );
  }
  if (own.name !== other.name) {
    throw invalidAccessError(
      `Private key for derivation is using "${own.name}" while public key is using "${other.name}".`,
    );
  }
  if (own.namedCurve !== other.namedCurve) {
    throw invalidAccessError(
      `Private key for derivation is using curve "${own.namedCurve}" while public key is using ` +
        `"${other.namedCurve}".`,
    );
  }
  return peer;
}

/** Which dictionary describes the algorithm: keys are told apart by that first. */
function shape({ namedCurve, modulusLength }) {
  if (modulusLength !== undefined) return "RsaKeyAlgorithm";
  return namedCurve === undefined ? "KeyAlgorithm" : "EllipticKeyAlgorithm";
}

/** The first `length` bits of a secret that has `bits` of them, or all of it; the rest of the last byte is 0. */
export function firstBits(secret, asked, bits) {
  const length = asked ?? bits;
  if (length > bits) {
    throw operationError(`Derived key length (${length} bits) is too long (should be at most ${bits} bits).`);
  }
  const bytes = (length + 7) >>> 3;
  const result = sliceBuffer(secret, 0, bytes);
  if (length % 8 !== 0) {
    const view = new Uint8ArrayConstructor(result);
    view[bytes - 1] &= 0xff << (8 - (length % 8));
  }
  return result;
}
