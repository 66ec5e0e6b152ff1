// What all pairs of keys have in common: their encodings, and how JSON Web Keys of them are checked.

import { op_key_from_pkcs8, op_key_from_spki, op_key_to_der } from "holdfast:ops";
import { enabled } from "holdfast:web/compat";
import { dataError, invalidAccessError, notSupportedError, operationError } from "./errors.js";
import { duplicate, exportedJwk } from "./jwk.js";
import { checkUsages, includes, privateUsages, publicUsages } from "./usages.js";

const DERIVATION = ["deriveKey", "deriveBits"];

/** The usages that an imported public key may have. */
function importedPublicUsages({ name, usages }, format) {
  // The standard gives them none. Workers were lenient with JSON Web Keys and raw keys.
  if (name === "ECDH") return format !== "spki" && !enabled("strict_crypto_checks") ? DERIVATION : [];
  return publicUsages(usages);
}

export function checkPublicUsages(family, format, usages) {
  return checkUsages(family.name, "import public", usages, importedPublicUsages(family, format));
}

function checkPrivateUsages(family, usages) {
  return checkUsages(family.name, "import private", usages, privateUsages(family.usages));
}

/** What `use` of a JSON Web Key must be, and which `key_ops` go with it. */
function expectedUse(name) {
  if (name === "RSA-OAEP") return ["enc", "encrypt", "wrapKey"];
  if (name === "ECDH" || name === "X25519") return ["enc", "unused", "unused"];
  return ["sig", "sign", "verify"];
}

function checkUse({ name }, { use, key_ops }, usages) {
  const [expected, first, second] = expectedUse(name);
  if (usages.length > 0 && use !== undefined && use !== expected) {
    throw dataError(
      'Asymmetric "jwk" key import with usages requires a JSON Web Key with Public Key Use parameter "use" ' +
        `("${use}") equal to "sig".`,
    );
  }
  if (key_ops === undefined) return;
  if (duplicate(key_ops) !== undefined) {
    throw dataError('A JSON Web Key\'s Key Operations parameter ("key_ops") must not contain duplicates.');
  }
  if (use !== undefined) {
    if (use !== expected) {
      throw dataError(
        `Asymmetric "jwk" import requires a JSON Web Key with Public Key Use "use" ("${use}") equal to "${expected}".`,
      );
    }
    checkConsistency(name, [...key_ops].sort(), first, second);
  }
  for (let i = 0; i < usages.length; i++) {
    if (!includes(key_ops, usages[i])) {
      throw dataError(
        "All specified key usages must be present in the JSON Web Key's Key Operations parameter (\"key_ops\").",
      );
    }
  }
}

/** `key_ops` beside a `use` must mean the same (RFC 7517, section 4.3). */
function checkConsistency(name, ops, first, second) {
  const rule =
    'A JSON Web Key should have either a Public Key Use parameter ("use") or a Key Operations parameter ' +
    '("key_ops"); otherwise, the parameters must be consistent with each other. ';
  for (let i = 0; i < ops.length; i++) {
    if (name === "ECDH" || name === "X25519") {
      throw dataError(
        `${rule}For public ${name} keys, there are no valid usages,so keys with a non-empty "key_ops" parameter are ` +
          "not allowed.",
      );
    }
    if (ops[i] !== first && ops[i] !== second) {
      throw dataError(
        `${rule}A Public Key Use for ${name} would allow a Key Operations array with only "${first}" and/or ` +
          `"${second}" values (not "${ops[i]}").`,
      );
    }
  }
}

function importJwk(family, { jwk }, algorithm, extractable, usages) {
  const type = jwk.d === undefined ? "public" : "private";
  let checked;
  if (type === "private") {
    checked = checkPrivateUsages(family, usages);
    if (jwk.oth !== undefined) throw notSupportedError("Multi-prime private keys not supported.");
  } else {
    checked = checkPublicUsages(family, "jwk", usages);
  }
  checkUse(family, jwk, usages);
  if (extractable && jwk.ext === false) {
    throw dataError("Cannot create an extractable CryptoKey from an unextractable JSON Web Key.");
  }
  return { handle: family.readJwk(jwk, algorithm), type, usages: checked };
}

/** A key of an operation that gives the number of bytes behind it instead, or undefined. */
function parsed(result, format) {
  if (result === undefined) throw dataError(`Invalid ${format} input.`);
  if (typeof result === "number") throw dataError(`Invalid ${result} trailing bytes after ${format} input.`);
  return result;
}

/**
 * Imports a key in one of the formats "jwk", "spki" and "pkcs8".
 *
 * @returns {{handle: object, type: "private" | "public", usages: string[]}}
 */
export function importAsymmetric(family, format, data, algorithm, extractable, usages) {
  switch (format) {
    case "jwk":
      return importJwk(family, data, algorithm, extractable, usages);
    case "spki": {
      const handle = parsed(op_key_from_spki(data), "SPKI");
      return { handle, type: "public", usages: checkPublicUsages(family, "spki", usages) };
    }
    case "pkcs8": {
      const handle = parsed(op_key_from_pkcs8(data), "PKCS8");
      return { handle, type: "private", usages: checkPrivateUsages(family, usages) };
    }
    default:
      throw notSupportedError(`Unrecognized key import format "${format}".`);
  }
}

/** Exports a key in any format; the family knows `exportRaw` and `jwkMembers`. */
export function exportAsymmetric(family, key, format) {
  switch (format) {
    case "pkcs8": {
      if (key.type !== "private") {
        throw invalidAccessError(`Asymmetric pkcs8 export requires private key (not "${key.type}").`);
      }
      const der = op_key_to_der(key.handle);
      if (der === undefined) throw operationError("Private key export failed.");
      return der;
    }
    case "spki": {
      if (key.type !== "public") {
        throw invalidAccessError(`Asymmetric spki export requires public key (not "${key.type}").`);
      }
      const der = op_key_to_der(key.handle);
      if (der === undefined) throw operationError("Public key export failed.");
      return der;
    }
    case "jwk":
      return exportedJwk(key, family.jwkMembers(key));
    case "raw":
      return family.exportRaw(key);
    default:
      throw invalidAccessError(`Cannot export "${family.name}" in "${format}" format.`);
  }
}

/** Both keys of `[private, public]` handles. The public one can always be exported. */
export function makePair(family, handles, algorithm, extractable, usages) {
  const make = (type, handle, mayLeave, itsUsages) => ({
    handle,
    type,
    extractable: mayLeave,
    usages: itsUsages,
    algorithm,
    family,
  });
  return {
    publicKey: make("public", handles[1], true, publicUsages(usages)),
    privateKey: make("private", handles[0], extractable, privateUsages(usages)),
  };
}

export function requirePrivate(key, message) {
  if (key.type !== "private") throw invalidAccessError(message);
}

export function requirePublic(key, message) {
  if (key.type !== "public") throw invalidAccessError(message);
}
