// X509Certificate (https://nodejs.org/api/crypto.html#class-x509certificate), with what Workers have of it.

import {
  op_node_ec_point, op_node_key_type, op_node_key_write, op_node_x509_check_email, op_node_x509_check_host,
  op_node_x509_check_ip, op_node_x509_check_issued, op_node_x509_check_private_key, op_node_x509_fingerprint,
  op_node_x509_is_ca, op_node_x509_key_usage, op_node_x509_name, op_node_x509_parse, op_node_x509_public_key,
  op_node_x509_raw, op_node_x509_text, op_node_x509_verify, op_rsa_details, op_rsa_numbers,
} from "holdfast:ops";
import { Buffer } from "../buffer.js";
import { ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE } from "../errors.js";
import { isArrayBufferView } from "../types.js";
import { validateBoolean, validateObject, validateString } from "../validators.js";
import { handleOf, isKeyObject, makeKeyObject, PrivateKeyObject, PublicKeyObject } from "./key_object.js";

const CHECKED_OPTIONS = ["multiLabelWildcards", "partialWildcards", "singleLabelSubdomains", "wildcards"];
const SUBJECT_OPTIONS = ["default", "always", "never"];

/**
 * What the options say. A wildcard is always a whole label, and the subject's name counts only where there are no other
 * names, whatever they say, as in workerd.
 */
function checkOptions(options) {
  if (options === undefined || options === null) return { wildcards: true, bySubject: true };
  validateObject(options, "options");
  for (const name of CHECKED_OPTIONS) {
    if (options[name] !== undefined) validateBoolean(options[name], `options.${name}`);
  }
  const { wildcards = true, subject } = options;
  if (subject !== undefined) validateString(subject, "options.subject");
  if (subject !== undefined && !SUBJECT_OPTIONS.includes(subject)) throw new Error("Invalid subject option");
  return { wildcards, bySubject: subject !== "never" };
}

function requireName(name) {
  if (name.includes("\0")) throw new Error("Invalid name");
}

export class X509Certificate {
  #handle;
  /** What was asked for is the same the next time. */
  #known = new Map();

  /** @param buffer PEM or DER */
  constructor(buffer) {
    if (typeof buffer === "string") buffer = Buffer.from(buffer);
    if (!isArrayBufferView(buffer)) {
      throw new ERR_INVALID_ARG_TYPE("buffer", ["string", "Buffer", "TypedArray", "DataView"], buffer);
    }
    this.#handle = op_node_x509_parse(buffer);
    if (this.#handle === undefined) throw new ERR_INVALID_ARG_VALUE("buffer", buffer, "is not a valid certificate");
  }

  #once(name, find) {
    if (!this.#known.has(name)) this.#known.set(name, find());
    return this.#known.get(name);
  }

  #text(name) {
    return this.#once(name, () => op_node_x509_text(this.#handle, name));
  }

  #fingerprint(hash) {
    return this.#once(hash, () => {
      const digits = Buffer.from(op_node_x509_fingerprint(this.#handle, hash)).toString("hex").toUpperCase();
      return digits.match(/../g).join(":");
    });
  }

  get subject() {
    return this.#text("subject");
  }

  get subjectAltName() {
    return this.#text("subjectAltName");
  }

  get issuer() {
    return this.#text("issuer");
  }

  /** Only a connection would know it. */
  get issuerCertificate() {
    return undefined;
  }

  get infoAccess() {
    return this.#text("infoAccess");
  }

  get validFrom() {
    return this.#text("validFrom");
  }

  get validTo() {
    return this.#text("validTo");
  }

  get fingerprint() {
    return this.#fingerprint("sha1");
  }

  get fingerprint256() {
    return this.#fingerprint("sha256");
  }

  get fingerprint512() {
    return this.#fingerprint("sha512");
  }

  /** Object identifiers of the extended key usage, as in Node. */
  get keyUsage() {
    return this.#once("keyUsage", () => op_node_x509_key_usage(this.#handle));
  }

  get serialNumber() {
    return this.#text("serialNumber");
  }

  get raw() {
    return this.#once("raw", () => Buffer.from(op_node_x509_raw(this.#handle)));
  }

  get publicKey() {
    return this.#once("publicKey", () => {
      const handle = op_node_x509_public_key(this.#handle);
      return handle === undefined ? undefined : makeKeyObject("public", handle);
    });
  }

  toString() {
    return this.#text("pem");
  }

  toJSON() {
    return this.toString();
  }

  get ca() {
    return op_node_x509_is_ca(this.#handle);
  }

  /** The name of the certificate that is the host's; undefined if there is none. */
  checkHost(name, options) {
    validateString(name, "name");
    const { wildcards, bySubject } = checkOptions(options);
    requireName(name);
    return op_node_x509_check_host(this.#handle, name, wildcards, bySubject);
  }

  checkEmail(email, options) {
    validateString(email, "email");
    const { bySubject } = checkOptions(options);
    requireName(email);
    return op_node_x509_check_email(this.#handle, email, bySubject) ? email : undefined;
  }

  checkIP(ip, options) {
    validateString(ip, "ip");
    checkOptions(options);
    const found = op_node_x509_check_ip(this.#handle, ip);
    if (found === undefined) throw new Error("Invalid IP");
    return found ? ip : undefined;
  }

  checkIssued(otherCert) {
    if (typeof otherCert !== "object" || otherCert === null || !(#handle in otherCert)) {
      throw new ERR_INVALID_ARG_TYPE("otherCert", "X509Certificate", otherCert);
    }
    return op_node_x509_check_issued(this.#handle, otherCert.#handle);
  }

  checkPrivateKey(pkey) {
    if (!isKeyObject(pkey) || !(pkey instanceof PrivateKeyObject)) {
      throw new ERR_INVALID_ARG_TYPE("pkey", "KeyObject", pkey);
    }
    return op_node_x509_check_private_key(this.#handle, handleOf(pkey));
  }

  verify(pkey) {
    if (!isKeyObject(pkey) || !(pkey instanceof PublicKeyObject)) {
      throw new ERR_INVALID_ARG_TYPE("pkey", "KeyObject", pkey);
    }
    return op_node_x509_verify(this.#handle, handleOf(pkey));
  }

  /** What `getPeerCertificate()` of Node's TLS sockets gives. */
  toLegacyObject() {
    return this.#once("legacy", () => ({
      subject: nameObject(op_node_x509_name(this.#handle, false)),
      subjectAltName: this.subjectAltName ?? "",
      infoAccess: infoAccessObject(this.infoAccess ?? ""),
      issuer: nameObject(op_node_x509_name(this.#handle, true)),
      ca: this.ca,
      ...keyDetails(op_node_x509_public_key(this.#handle)),
      valid_from: this.validFrom,
      valid_to: this.validTo,
      fingerprint: this.fingerprint,
      fingerprint256: this.fingerprint256,
      fingerprint512: this.fingerprint512,
      serialNumber: this.serialNumber,
      ext_key_usage: this.keyUsage,
      raw: this.raw,
    }));
  }
}

// --- the legacy object ---------------------------------------------------------------------------

function append(object, key, value) {
  if (!Object.hasOwn(object, key)) object[key] = value;
  else if (Array.isArray(object[key])) object[key].push(value);
  else object[key] = [object[key], value];
}

// `[key, value, key, value …]`
function nameObject(list) {
  if (list === undefined) return undefined;
  const object = {};
  for (let i = 0; i < list.length; i += 2) append(object, list[i], list[i + 1]);
  return object;
}

/** Lines `way:place`, in which a place that begins with a quote is JSON; a list of places for each way. */
function infoAccessObject(text) {
  const object = {};
  for (const [, key, place] of text.matchAll(/([^\n:]*):([^\n]*)(?:\n|$)/g)) {
    (object[key] ??= []).push(place.startsWith('"') ? JSON.parse(place) : place);
  }
  return object;
}

/** OpenSSL's names of curves → those of NIST. */
const NIST_CURVES = {
  __proto__: null, secp224r1: "P-224", prime256v1: "P-256", secp384r1: "P-384", secp521r1: "P-521",
};
const CURVE_BITS = {
  __proto__: null, secp224r1: 224, prime256v1: 256, secp256k1: 256, secp384r1: 384, secp521r1: 521,
};

function keyDetails(handle) {
  const details = {
    modulus: undefined, bits: undefined, exponent: undefined, pubkey: undefined, asn1Curve: undefined,
    nistCurve: undefined,
  };
  if (handle === undefined) return details;
  const [type, curve] = op_node_key_type(handle) ?? [];
  if (type === "rsa") {
    const [bits, exponent] = op_rsa_details(handle);
    const [modulus] = op_rsa_numbers(handle);
    details.modulus = Buffer.from(modulus, "base64url").toString("hex").toUpperCase();
    details.bits = bits;
    details.exponent = `0x${BigInt(`0x${Buffer.from(exponent).toString("hex")}`).toString(16)}`;
    details.pubkey = Buffer.from(op_node_key_write(handle, false, "spki"));
  } else if (type === "ec") {
    details.bits = CURVE_BITS[curve];
    details.pubkey = Buffer.from(op_node_ec_point(handle));
    details.asn1Curve = curve;
    details.nistCurve = NIST_CURVES[curve];
  }
  return details;
}
