// node:tls (internal/net/tls.js).

import { ERR_METHOD_NOT_IMPLEMENTED } from "./internal/errors.js";
import {
  checkServerIdentity, connect, convertALPNProtocols, createSecureContext, SecureContext, TLSSocket,
} from "./internal/net/tls.js";

const CLIENT_RENEG_LIMIT = 3;
const CLIENT_RENEG_WINDOW = 600;
const DEFAULT_CIPHERS = "";
const DEFAULT_ECDH_CURVE = "auto";
const DEFAULT_MAX_VERSION = "TLSv1.3";
const DEFAULT_MIN_VERSION = "TLSv1.2";
const rootCertificates = [];

function Server() {
  throw new Error("Not implemented");
}

function createServer() {
  throw new Error("Not implemented");
}

function getCiphers() {
  throw new Error("Not implemented");
}

function createSecurePair() {
  throw new ERR_METHOD_NOT_IMPLEMENTED("createSecurePair");
}

export {
  checkServerIdentity, CLIENT_RENEG_LIMIT, CLIENT_RENEG_WINDOW, connect, convertALPNProtocols, createSecureContext,
  createSecurePair, createServer, DEFAULT_CIPHERS, DEFAULT_ECDH_CURVE, DEFAULT_MAX_VERSION, DEFAULT_MIN_VERSION,
  getCiphers, rootCertificates, SecureContext, Server, TLSSocket,
};
export default {
  CLIENT_RENEG_LIMIT,
  CLIENT_RENEG_WINDOW,
  DEFAULT_CIPHERS,
  DEFAULT_ECDH_CURVE,
  DEFAULT_MAX_VERSION,
  DEFAULT_MIN_VERSION,
  SecureContext,
  Server,
  TLSSocket,
  checkServerIdentity,
  connect,
  convertALPNProtocols,
  createSecureContext,
  createSecurePair,
  createServer,
  getCiphers,
  rootCertificates,
};
