// ECDSA and ECDH on the curves of NIST (https://w3c.github.io/webcrypto/#ecdsa, #ecdh).

import {
  op_curve_agree, op_curve_from_numbers, op_curve_from_raw, op_curve_generate, op_curve_numbers, op_curve_raw,
  op_key_kind, op_sign, op_verify,
} from "holdfast:ops";
import { bytesOfBuffer } from "../blob.js";
import { uncurryThis } from "../primordials.js";
import {
  checkPublicUsages, exportAsymmetric, importAsymmetric, makePair, requirePrivate, requirePublic,
} from "./asymmetric.js";
import { firstBits, requirePeer } from "./agreement.js";
import { dataError, missingField, notSupportedError, operationError } from "./errors.js";
import { requiredHash } from "./hashes.js";
import { decodeMember } from "./jwk.js";
import { checkUsages } from "./usages.js";

const toUpperCase = uncurryThis(String.prototype.toUpperCase);

// Name of a curve → length of a secret that two keys agree on, in bits, and the name of its signatures.
const CURVES = {
  __proto__: null,
  "P-256": [256, "ES256"],
  "P-384": [384, "ES384"],
  "P-521": [528, "ES512"],
};

/** The normal form of the name of a curve, which may be in any case. */
function curveName({ namedCurve }) {
  if (namedCurve === undefined) throw missingField("namedCurve");
  const curve = toUpperCase(namedCurve);
  if (CURVES[curve] === undefined) {
    throw notSupportedError(`Unrecognized or unimplemented EC curve "${namedCurve}" requested.`);
  }
  return curve;
}

/** What workerd tells of OpenSSL's reasons, with its two full stops; nothing of others. */
function told(reason) {
  switch (reason) {
    case "invalid encoding": return ": Invalid point encoding..";
    case "invalid compressed point": return ": Invalid compressed point..";
    case "point is not on curve": return ": Point is not on curve..";
    default: return ".";
  }
}

function importRaw(family, curve, data, usages) {
  const checked = checkPublicUsages(family, "raw", usages);
  const handle = op_curve_from_raw(curve, bytesOfBuffer(data));
  if (typeof handle === "string") throw dataError(`Failed to import raw EC key data${told(handle)}`);
  return { handle, type: "public", usages: checked };
}

function checkJwkAlgorithm(alg, curve) {
  let found;
  for (const name in CURVES) {
    if (CURVES[name][1] === alg) found = name;
  }
  if (found === undefined) {
    throw notSupportedError(
      `Unrecognized or unimplemented algorithm "${alg}" listed in JSON Web Key Algorithm parameter.`,
    );
  }
  if (found !== curve) {
    throw dataError(`JSON Web Key Algorithm parameter "alg" ("${alg}") does not match requested curve.`);
  }
}

const common = {
  __proto__: null,

  generateKey(algorithm, extractable, usages) {
    const { name } = this;
    const checked = checkUsages(name, "generate", usages, this.usages);
    const namedCurve = curveName(algorithm);
    return makePair(this, op_curve_generate(namedCurve), { name, namedCurve }, extractable, checked);
  },

  importKey(format, data, algorithm, extractable, usages) {
    const curve = curveName(algorithm);
    const imported =
      format === "raw"
        ? importRaw(this, curve, data, usages)
        : importAsymmetric(this, format, data, { curve }, extractable, usages);
    const kind = op_key_kind(imported.handle);
    if (kind !== "ec" && kind !== "secp256k1" && CURVES[kind] === undefined) throw dataError(this.otherKey);
    if (kind !== curve) {
      throw dataError(
        `"algorithm.namedCurve" "${algorithm.namedCurve}"${this.comma} does not match the curve specified by the ` +
          "input key data.",
      );
    }
    return { ...imported, extractable, algorithm: { name: this.name, namedCurve: curve }, family: this };
  },

  readJwk(jwk, { curve }) {
    if (jwk.kty !== "EC") {
      throw dataError(
        'Elliptic curve "jwk" key import requires a JSON Web Key with Key Type parameter "kty" ' +
          `("${jwk.kty}") equal to "EC".`,
      );
    }
    if (this.name === "ECDSA" && jwk.alg !== undefined) checkJwkAlgorithm(jwk.alg, curve);
    const x = decodeMember(jwk.x, 'Invalid EC key in JSON Web Key; missing "x".');
    const y = decodeMember(jwk.y, 'Invalid EC key in JSON Web Key; missing "y".');
    let handle = op_curve_from_numbers(curve, x, y);
    if (typeof handle === "string") {
      throw operationError(`Invalid EC key; public key coordinates "x" and "y" are invalid${told(handle)}`);
    }
    if (jwk.d !== undefined) {
      const message = 'Invalid EC key in JSON Web Key; missing or invalid private key component ("d").';
      handle = op_curve_from_numbers(curve, x, y, decodeMember(jwk.d, message));
      if (handle === "private key is out of range") {
        throw operationError('Invalid EC key; private key component "d" is invalid.');
      }
      if (typeof handle === "string") throw dataError("Invalid EC key in JSON Web Key.");
    }
    return handle;
  },

  exportKey(key, format) {
    return exportAsymmetric(this, key, format);
  },

  exportRaw(key) {
    requirePublic(key, "Raw export of elliptic curve keys is only allowed for public keys.");
    return op_curve_raw(key.handle);
  },

  jwkMembers(key) {
    const numbers = op_curve_numbers(key.handle);
    return { kty: "EC", crv: key.algorithm.namedCurve, x: numbers[0], y: numbers[1], d: numbers[2] };
  },
};

const ecdsa = {
  __proto__: common,
  name: "ECDSA",
  usages: ["sign", "verify"],
  otherKey: "Input was not an EC key.",
  comma: "",

  sign(key, algorithm, data) {
    requirePrivate(key, "Asymmetric signing requires a private key.");
    return op_sign(key.handle, "ECDSA", callHash(algorithm), undefined, data);
  },

  verify(key, algorithm, signature, data) {
    requirePublic(key, "Asymmetric verification requires a public key.");
    return op_verify(key.handle, "ECDSA", callHash(algorithm), undefined, signature, data) === true;
  },
};

/** The hash, which ECDSA takes with the call and not with the key. */
function callHash(algorithm) {
  if (algorithm.hash === undefined) {
    throw new TypeError(
      'Missing "hash" in AlgorithmIdentifier. (ECDSA requires that the hash algorithm be specified at call time ' +
        "rather than on the key. This differs from other WebCrypto algorithms for historical reasons.)",
    );
  }
  return requiredHash(algorithm);
}

const ecdh = {
  __proto__: common,
  name: "ECDH",
  usages: ["deriveKey", "deriveBits"],
  otherKey: "Input was not an EC public key nor a DH key.",
  comma: ",",

  deriveBits(key, algorithm, length) {
    const peer = requirePeer(key, algorithm);
    const secret = op_curve_agree(key.handle, peer.handle);
    if (secret === undefined) throw operationError("Failed to generate shared ECDH secret.");
    return firstBits(secret, length, CURVES[key.algorithm.namedCurve][0]);
  },
};

export const elliptic = [ecdsa, ecdh];
