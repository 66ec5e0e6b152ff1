// node:net: addresses, and connections to the outside (internal/net/socket.js).

import { ERR_INVALID_ARG_VALUE } from "./internal/errors.js";
import { isIP, isIPv4, isIPv6 } from "./internal/net/addresses.js";
import { BlockList, SocketAddress } from "./internal/net/block_list.js";
import { _normalizeArgs, connect, Socket } from "./internal/net/socket.js";
import { validateInt32 } from "./internal/validators.js";

let selectsFamily = false;
let selectionTimeout = 10;
const TIMEOUT_MIN = 10;

function getDefaultAutoSelectFamily() {
  return selectsFamily;
}

function setDefaultAutoSelectFamily(value) {
  if (typeof value !== "boolean") throw new ERR_INVALID_ARG_VALUE("val", value);
  selectsFamily = value;
}

function getDefaultAutoSelectFamilyAttemptTimeout() {
  return selectionTimeout;
}

function setDefaultAutoSelectFamilyAttemptTimeout(value) {
  validateInt32(value, "val", 1);
  selectionTimeout = Math.max(value, TIMEOUT_MIN);
}

// Nothing outside can reach a port of a Worker.
function Server() {
  throw new Error("Server is not implemented");
}

function createServer() {
  throw new Error("createServer() is not implemented");
}

const createConnection = connect;
const Stream = Socket;

export {
  _normalizeArgs, BlockList, connect, createConnection, createServer, getDefaultAutoSelectFamily,
  getDefaultAutoSelectFamilyAttemptTimeout, isIP, isIPv4, isIPv6, Server, setDefaultAutoSelectFamily,
  setDefaultAutoSelectFamilyAttemptTimeout, Socket, SocketAddress, Stream,
};
export default {
  BlockList,
  SocketAddress,
  Stream,
  Server,
  Socket,
  connect,
  createConnection,
  createServer,
  getDefaultAutoSelectFamily,
  getDefaultAutoSelectFamilyAttemptTimeout,
  isIP,
  isIPv4,
  isIPv6,
  setDefaultAutoSelectFamily,
  setDefaultAutoSelectFamilyAttemptTimeout,
  _normalizeArgs,
};
