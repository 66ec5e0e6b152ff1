// Ed25519 and X25519 (https://w3c.github.io/webcrypto/#ed25519, #x25519), and NODE-ED25519, the name that Workers gave
// the former before it had one.

import {
  op_curve_agree, op_curve_from_numbers, op_curve_from_raw, op_curve_generate, op_curve_numbers, op_curve_raw,
  op_key_kind, op_sign, op_verify,
} from "holdfast:ops";
import { bytesOfBuffer } from "../blob.js";
import { TypedArrayPrototypeGetByteLength, uncurryThis } from "../primordials.js";
import { firstBits, requirePeer } from "./agreement.js";
import {
  checkPublicUsages, exportAsymmetric, importAsymmetric, makePair, requirePrivate, requirePublic,
} from "./asymmetric.js";
import { dataError, missingField, notSupportedError, operationError } from "./errors.js";
import { decodeMember } from "./jwk.js";
import { checkUsages } from "./usages.js";

const toLowerCase = uncurryThis(String.prototype.toLowerCase);

const KEY_BYTES = 32;
const SIGNATURE_BYTES = 64;
const SECRET_BITS = 256;

const common = {
  __proto__: null,
  curve: "Ed25519",

  /** `algorithm` of a key. */
  describe() {
    return { name: this.name };
  },

  checkCurve() {},

  generateKey(algorithm, extractable, usages) {
    const checked = checkUsages(this.name, "generate", usages, this.usages);
    this.checkCurve(algorithm);
    return makePair(this, op_curve_generate(this.curve), this.describe(), extractable, checked);
  },

  importKey(format, data, algorithm, extractable, usages) {
    this.checkCurve(algorithm);
    const imported =
      format === "raw"
        ? this.importRaw(data, usages)
        : importAsymmetric(this, format, data, undefined, extractable, usages);
    if (op_key_kind(imported.handle) !== toLowerCase(this.curve)) {
      throw dataError(`Input was not an ${this.curve} key.`);
    }
    return { ...imported, extractable, algorithm: this.describe(), family: this };
  },

  importRaw(data, usages) {
    const checked = checkPublicUsages(this, "raw", usages);
    const bytes = bytesOfBuffer(data);
    const length = TypedArrayPrototypeGetByteLength(bytes);
    if (length !== KEY_BYTES) {
      throw dataError(`${this.curve} raw keys must be exactly 32-bytes (provided ${length}).`);
    }
    return { handle: op_curve_from_raw(this.curve, bytes), type: "public", usages: checked };
  },

  readJwk(jwk) {
    const { curve } = this;
    if (jwk.kty !== "OKP") {
      throw dataError(
        `${curve} "jwk" key imports requires a JSON Web Key with Key Type parameter "kty" ("${jwk.kty}") ` +
          'equal to "OKP".',
      );
    }
    if (jwk.crv === undefined) throw dataError(`Missing field "crv" for ${curve} key.`);
    if (jwk.crv !== curve) throw notSupportedError(`Only ${curve} is supported but "${jwk.crv}" was requested.`);
    if (curve === "Ed25519" && jwk.alg !== undefined && jwk.alg !== "EdDSA") {
      throw dataError(
        `JSON Web Key Algorithm parameter "alg" ("${jwk.alg}") does not match requested Ed25519 curve.`,
      );
    }
    const x = decodeMember(
      jwk.x,
      `Invalid ${curve} key in JSON WebKey; missing or invalid public key component ("x").`,
    );
    if (TypedArrayPrototypeGetByteLength(x) !== KEY_BYTES) {
      throw dataError(`Invalid length ${TypedArrayPrototypeGetByteLength(x)} for public key`);
    }
    if (jwk.d === undefined) return op_curve_from_numbers(curve, x);
    const d = decodeMember(
      jwk.d,
      `Invalid ${curve} key in JSON Web Key; missing or invalid private key component ("d").`,
    );
    if (TypedArrayPrototypeGetByteLength(d) !== KEY_BYTES) {
      throw dataError(`Invalid length ${TypedArrayPrototypeGetByteLength(d)} for private key`);
    }
    return op_curve_from_numbers(curve, x, undefined, d);
  },

  exportKey(key, format) {
    return exportAsymmetric(this, key, format);
  },

  exportRaw(key) {
    requirePublic(key, `Raw export of ${this.name} keys is only allowed for public keys.`);
    return op_curve_raw(key.handle);
  },

  jwkMembers(key) {
    const numbers = op_curve_numbers(key.handle);
    return { kty: "OKP", crv: this.curve, x: numbers[0], d: numbers[2], alg: this.jwkAlgorithm };
  },
};

const ed25519 = {
  __proto__: common,
  name: "Ed25519",
  usages: ["sign", "verify"],
  jwkAlgorithm: "EdDSA",

  sign(key, _algorithm, data) {
    requirePrivate(key, "Asymmetric signing requires a private key.");
    return op_sign(key.handle, "Ed25519", undefined, undefined, data);
  },

  verify(key, _algorithm, signature, data) {
    requirePublic(key, "Asymmetric verification requires a public key.");
    const length = TypedArrayPrototypeGetByteLength(bytesOfBuffer(signature));
    if (length !== SIGNATURE_BYTES) throw operationError(`Invalid ${this.name} signature length ${length}`);
    return op_verify(key.handle, "Ed25519", undefined, undefined, signature, data) === true;
  },
};

const nodeEd25519 = {
  __proto__: ed25519,
  name: "NODE-ED25519",
  jwkAlgorithm: undefined,

  describe() {
    return { name: this.name, namedCurve: this.name };
  },

  checkCurve({ namedCurve }) {
    if (namedCurve === undefined) throw missingField("namedCurve");
    if (namedCurve !== this.name) throw notSupportedError(`EDDSA curve "${namedCurve}" isn't supported.`);
  },
};

const x25519 = {
  __proto__: common,
  name: "X25519",
  curve: "X25519",
  usages: ["deriveKey", "deriveBits"],
  jwkAlgorithm: undefined,

  deriveBits(key, algorithm, length) {
    const peer = requirePeer(key, algorithm);
    const secret = op_curve_agree(key.handle, peer.handle);
    // OpenSSL refuses points of small order, whose secret would be all zeros.
    if (secret === undefined) {
      throw operationError("Failed to derive EDDH key: public key routines INVALID_PEER_KEY.");
    }
    return firstBits(secret, length, SECRET_BITS);
  },
};

export const edwards = [ed25519, nodeEd25519, x25519];
