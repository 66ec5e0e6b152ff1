// node:tls over connect() of `cloudflare:sockets`: clients, whose trust is the platform's.

import { Buffer } from "../../buffer.js";
import { ERR_INVALID_ARG_TYPE, ERR_METHOD_NOT_IMPLEMENTED, ERR_OPTION_NOT_IMPLEMENTED } from "../errors.js";
import { ERR_TLS_CERT_ALTNAME_INVALID } from "../errors_areas.js";
import { nextTick } from "../process/next_tick.js";
import { inherit } from "../streams/legacy.js";
import { isIP } from "./addresses.js";
import { _normalizeArgs, Socket } from "./socket.js";

/** Keys and certificates cannot be chosen here: a context holds nothing. */
export class SecureContext {
  context = undefined;
}

export function createSecureContext() {
  return new SecureContext();
}

export function translatePeerCertificate(certificate) {
  return certificate || null;
}

export function TLSSocket(socket, options) {
  if (!(this instanceof TLSSocket)) return new TLSSocket(socket, options);
  Socket.call(this, options);
  this.encrypted = true;
  this.authorized = false;
  this.authorizationError = null;
  this.alpnProtocol = null;
  this.servername = null;
}
inherit(TLSSocket, Socket);

const METHODS = [
  "exportKeyingMaterial", "getCertificate", "getCipher", "getEphemeralKeyInfo", "getFinished", "getPeerCertificate",
  "getPeerFinished", "getPeerX509Certificate", "getProtocol", "getSession", "getSharedSigalgs", "getTLSTicket",
  "getX509Certificate", "isSessionReused", "renegotiate", "setKeyCert", "setMaxSendFragment", "setServername",
  "setSession", "enableTrace",
];
for (const name of METHODS) {
  const { [name]: method } = {
    [name]() {
      throw new ERR_METHOD_NOT_IMPLEMENTED(`TLSSocket.${name}`);
    },
  };
  TLSSocket.prototype[name] = method;
}
TLSSocket.prototype.disableRenegotiation = function disableRenegotiation() {};
TLSSocket.prototype._transport = function () {
  return { allowHalfOpen: true, secureTransport: "on" };
};

// Options that would choose whom to trust, or who one is.
const NOT_HERE = ["key", "cert", "pfx", "ca", "path", "lookup"];

/** `(options, callback?)`, `(port, host?, options?, callback?)`; `options.socket` is a connected net.Socket. */
export function connect(...args) {
  const callback = typeof args.at(-1) === "function" ? args.pop() : undefined;
  const given = args.find((arg) => typeof arg === "object" && arg !== null) ?? {};
  const [place] = _normalizeArgs(args);
  const options = { ...place, ...given };
  for (const name of NOT_HERE) {
    if (options[name] !== undefined) throw new ERR_OPTION_NOT_IMPLEMENTED(`options.${name}`);
  }
  if (options.rejectUnauthorized === false) throw new ERR_OPTION_NOT_IMPLEMENTED("options.rejectUnauthorized");

  const socket = new TLSSocket(undefined, {});
  socket.servername = options.servername ?? options.host ?? "localhost";
  if (callback) socket.once("secureConnect", callback);
  socket.once("connect", () => {
    // There is no connection with a certificate that is not good.
    socket.authorized = true;
    socket.emit("secureConnect");
  });
  if (options.socket === undefined) return Socket.prototype.connect.call(socket, { port: options.port, host: options.host });

  const plain = options.socket;
  socket.connecting = true;
  socket._host = plain._host;
  socket._port = plain._port;
  const upgrade = () => socket._open(plain._handOver().startTls({ expectedServerHostname: socket.servername }));
  plain._connected(upgrade, () => nextTick(() => socket.destroy(new Error("The socket is not connected."))));
  return socket;
}

// --- names ---------------------------------------------------------------------------------------

function splitHost(host) {
  return host.toLowerCase().replace(/\.$/, "").split(".");
}

// A pattern may have one asterisk, in its first label, and needs two labels behind it.
function matches(host, pattern) {
  const name = splitHost(host);
  const wanted = splitHost(pattern);
  if (name.length !== wanted.length || wanted.includes("")) return false;
  for (let i = name.length - 1; i > 0; i--) if (name[i] !== wanted[i]) return false;
  const [first] = wanted;
  if (!first.includes("*") || first.includes("xn--")) return name[0] === first;
  const parts = first.split("*");
  if (parts.length > 2 || wanted.length <= 2) return false;
  const [prefix, suffix] = parts;
  return name[0].length >= prefix.length + suffix.length && name[0].startsWith(prefix) && name[0].endsWith(suffix);
}

/** The error because of which the certificate is not the host's; undefined if it is. */
export function checkServerIdentity(hostname, certificate) {
  const { subject, subjectaltname } = certificate;
  const host = `${hostname}`;
  const names = [];
  const addresses = [];
  for (const entry of subjectaltname?.split(", ") ?? []) {
    if (entry.startsWith("DNS:")) names.push(entry.slice(4));
    else if (entry.startsWith("IP Address:")) addresses.push(entry.slice(11).trim());
  }
  let reason;
  if (isIP(host)) {
    if (!addresses.includes(host)) reason = `IP: ${host} is not in the cert's list: ${addresses.join(", ")}`;
  } else if (names.length > 0) {
    if (!names.some((name) => matches(host, name))) {
      reason = `Host: ${host.replace(/\.?$/, ".")} is not in the cert's altnames: ${subjectaltname}`;
    }
  } else if (subject?.CN) {
    const all = Array.isArray(subject.CN) ? subject.CN : [subject.CN];
    if (!all.some((name) => matches(host, name))) reason = `Host: ${host.replace(/\.?$/, ".")} is not cert's CN: ${all}`;
  } else {
    reason = "Cert does not contain a DNS name";
  }
  return reason === undefined ? undefined : new ERR_TLS_CERT_ALTNAME_INVALID(reason, host, certificate);
}

/** Puts the wire form of a list of protocols into `out.ALPNProtocols`. */
export function convertALPNProtocols(protocols, out) {
  if (Array.isArray(protocols)) {
    const parts = protocols.map((protocol) => {
      const name = Buffer.from(protocol);
      if (name.length > 255) throw new RangeError("The byte length of a protocol must be at most 255");
      return Buffer.concat([Buffer.from([name.length]), name]);
    });
    out.ALPNProtocols = Buffer.concat(parts);
  } else if (ArrayBuffer.isView(protocols)) {
    out.ALPNProtocols = Buffer.from(new Uint8Array(protocols.buffer, protocols.byteOffset, protocols.byteLength));
  } else if (protocols !== undefined && protocols !== null) {
    throw new ERR_INVALID_ARG_TYPE("protocols", ["Array", "TypedArray", "DataView"], protocols);
  }
}
