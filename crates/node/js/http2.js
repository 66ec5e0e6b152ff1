// node:http2: names and numbers. There is no HTTP/2 of the program's own here, and each function says so.

import { Buffer } from "./buffer.js";
import { ERR_METHOD_NOT_IMPLEMENTED } from "./internal/errors.js";
import { constants } from "./internal/http/http2_constants.js";

function notHere(name) {
  const { [name]: fail } = {
    [name]: function () {
      throw new ERR_METHOD_NOT_IMPLEMENTED(`http2.${name}`);
    },
  };
  return fail;
}

const connect = notHere("connect");
const createServer = notHere("createServer");
const createSecureServer = notHere("createSecureServer");
const Http2ServerRequest = notHere("Http2ServerRequest");
const Http2ServerResponse = notHere("Http2ServerResponse");
const performServerHandshake = notHere("performServerHandshake");
const sensitiveHeaders = Symbol("nodejs.http2.sensitiveHeaders");

function getDefaultSettings() {
  return {};
}

function getPackedSettings() {
  return Buffer.alloc(0);
}

function getUnpackedSettings() {
  return {};
}

export {
  connect, constants, createSecureServer, createServer, getDefaultSettings, getPackedSettings, getUnpackedSettings,
  Http2ServerRequest, Http2ServerResponse, performServerHandshake, sensitiveHeaders,
};
export default {
  createServer,
  createSecureServer,
  connect,
  constants,
  getDefaultSettings,
  getPackedSettings,
  getUnpackedSettings,
  performServerHandshake,
  sensitiveHeaders,
  Http2ServerRequest,
  Http2ServerResponse,
};
