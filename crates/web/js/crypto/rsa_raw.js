// RSA-RAW, which only Workers have: the private operation of RSA by itself, for blind signatures.

import { op_rsa_raw_sign } from "holdfast:ops";
import { bytesOfBuffer } from "../blob.js";
import { TypedArrayPrototypeGetByteLength } from "../primordials.js";
import { importAsymmetric } from "./asymmetric.js";
import { dataError, notSupportedError, operationError } from "./errors.js";
import { common, importedRecord, modulusBytes, readMembers } from "./rsa.js";

export const rsaRaw = {
  __proto__: common,
  name: "RSA-RAW",
  generateKey: undefined,

  importKey(format, data, algorithm, extractable, usages) {
    const imported = importAsymmetric(this, format, data, algorithm, extractable, usages);
    if (imported.type !== "private") {
      throw dataError(`RSA-RAW only supports private keys but requested "${imported.type}".`);
    }
    return importedRecord(this, imported, undefined, extractable);
  },

  readJwk(jwk) {
    if (jwk.kty !== "RSA") {
      throw dataError(
        'RSA-RAW "jwk" key import requires a JSON Web Key with Key Type parameter "kty" ' +
          `("${jwk.kty}") equal to "RSA".`,
      );
    }
    switch (jwk.alg) {
      case undefined: case "RS1": case "RS256": case "RS384": case "RS512": break;
      default:
        throw notSupportedError(
          `Unrecognized or unimplemented algorithm "${jwk.alg}" listed in JSON Web Key Algorithm parameter.`,
        );
    }
    return readMembers(jwk);
  },

  jwkMembers() {
    throw notSupportedError("JWK export not supported for RSA-RAW.");
  },

  async sign(key, _algorithm, data) {
    const given = TypedArrayPrototypeGetByteLength(bytesOfBuffer(data));
    const size = modulusBytes(key);
    if (given > size) {
      throw dataError(
        `Blind Signing requires presigned data (${given} bytes) to be smaller than the key (${size} bytes).`,
      );
    }
    if (given < size) throw operationError("Invalid RSA signature.");
    const signature = await op_rsa_raw_sign(key.handle, data);
    if (signature === undefined) {
      throw dataError(
        "Blind Signing requires presigned data value to be strictly smaller than RSA key" +
          "modulus, consider using a larger key size.",
      );
    }
    return signature;
  },
};
