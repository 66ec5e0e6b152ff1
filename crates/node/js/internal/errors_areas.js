// Node's errors of single areas: sockets, TLS, HTTP, DNS, files, compression, cryptography. See errors.js.

import { define, NodeError, NodeRangeError, NodeSyntaxError, NodeTypeError } from "./errors.js";

// --- sockets and TLS -----------------------------------------------------------------------------

export const EPIPE = define(NodeError, "EPIPE", () => "This socket has been ended by the other party");
export const ERR_SOCKET_BAD_PORT = define(NodeError, "ERR_SOCKET_BAD_PORT", (name, port, allowZero) =>
  `${name} should be ${allowZero ? ">=" : ">"} 0 and < 65536. Received ${typeof port}.`,
);
export const ERR_SOCKET_CLOSED = define(NodeError, "ERR_SOCKET_CLOSED", () => "Socket is closed");
export const ERR_SOCKET_CLOSED_BEFORE_CONNECTION = define(
  NodeError, "ERR_SOCKET_CLOSED_BEFORE_CONNECTION", () => "Socket closed before connection established",
);
export const ERR_SOCKET_CONNECTING = define(
  NodeError, "ERR_SOCKET_CONNECTING", () => "Socket is already connecting",
);
export const ERR_INVALID_IP_ADDRESS = define(
  NodeTypeError, "ERR_INVALID_IP_ADDRESS", (address) => `Invalid IP address: ${address}`,
);
export const ERR_TLS_HANDSHAKE_TIMEOUT = define(
  NodeError, "ERR_TLS_HANDSHAKE_TIMEOUT", () => "TLS handshake timeout",
);
export const ERR_TLS_INVALID_CONTEXT = define(
  NodeTypeError, "ERR_TLS_INVALID_CONTEXT", (field) => `${field} must be a SecureContext`,
);
export const ERR_TLS_CERT_ALTNAME_INVALID = define(
  NodeError, "ERR_TLS_CERT_ALTNAME_INVALID", (reason) => reason,
  (error, reason, host, cert) => Object.assign(error, { reason, host, cert }),
);
export const ERR_TLS_CERT_ALTNAME_FORMAT = define(
  NodeSyntaxError, "ERR_TLS_CERT_ALTNAME_FORMAT", () => "Invalid subject alternative name string",
);

export class ConnResetException extends NodeError {
  constructor(message) {
    super("ECONNRESET", message);
  }
}

export class DnsError extends NodeError {
  constructor(hostname, code, syscall) {
    super(code, `${syscall} ${code} ${hostname}`);
    this.errno = undefined;
    this.hostname = hostname;
    this.syscall = syscall;
  }
}

// --- HTTP ----------------------------------------------------------------------------------------

export const ERR_INVALID_HTTP_TOKEN = define(
  NodeTypeError, "ERR_INVALID_HTTP_TOKEN", (label, name) => `${label} must be a valid HTTP token ["${name}"]`,
);
export const ERR_HTTP_INVALID_HEADER_VALUE = define(
  NodeTypeError, "ERR_HTTP_INVALID_HEADER_VALUE", (value, header) => `Invalid value "${value}" for header "${header}"`,
);
export const ERR_INVALID_CHAR = define(NodeTypeError, "ERR_INVALID_CHAR", (name, field) =>
  `Invalid character in ${name}${field === undefined ? "" : ` ["${field}"]`}`,
);
export const ERR_HTTP_HEADERS_SENT = define(
  NodeError, "ERR_HTTP_HEADERS_SENT", (action) => `Cannot ${action} headers after they are sent to the client`,
);
export const ERR_HTTP_CONTENT_LENGTH_MISMATCH = define(
  NodeError, "ERR_HTTP_CONTENT_LENGTH_MISMATCH", (actual, expected) =>
    `Request body length does not match content-length header. Expected: ${expected}, Actual: ${actual}`,
);
export const ERR_HTTP_BODY_NOT_ALLOWED = define(
  NodeError, "ERR_HTTP_BODY_NOT_ALLOWED", () => "Request with GET/HEAD method cannot have body",
);
export const ERR_HTTP_TRAILER_INVALID = define(
  NodeError, "ERR_HTTP_TRAILER_INVALID", () => "Trailers are invalid with this transfer encoding",
);
export const ERR_INVALID_PROTOCOL = define(
  NodeTypeError, "ERR_INVALID_PROTOCOL", (actual, expected) =>
    `Protocol "${actual}" not supported. Expected "${expected}"`,
);
export const ERR_UNESCAPED_CHARACTERS = define(
  NodeTypeError, "ERR_UNESCAPED_CHARACTERS", (field) => `${field} contains unescaped characters`,
);

// --- files ---------------------------------------------------------------------------------------

export const ERR_DIR_CLOSED = define(NodeError, "ERR_DIR_CLOSED", () => "Directory is closed");

export class NodeSyscallError extends NodeError {
  constructor(code, message, syscall) {
    super(code, message);
    this.syscall = syscall;
  }
}

function syscallError(code, errno, message) {
  const { [`ERR_${code}`]: Class } = {
    [`ERR_${code}`]: class extends NodeSyscallError {
      constructor({ syscall }) {
        super(code, message, syscall);
        this.errno = errno;
      }
    },
  };
  return Class;
}

export const ERR_EBADF = syscallError("EBADF", -9, "Bad file descriptor");
export const ERR_EEXIST = syscallError("EEXIST", -17, "file already exists");
export const ERR_EINVAL = syscallError("EINVAL", -22, "Invalid argument");

export class ERR_ENOENT extends NodeSyscallError {
  constructor(path, { syscall }) {
    super("ENOENT", `No such file or directory: ${path}`, syscall);
    this.path = path;
    this.errno = -2;
  }
}

// --- compression and cryptography ----------------------------------------------------------------

export const ERR_BROTLI_INVALID_PARAM = define(
  NodeRangeError, "ERR_BROTLI_INVALID_PARAM", (value) => `${value} is not a valid Brotli parameter`,
);
export const ERR_ZLIB_INITIALIZATION_FAILED = define(
  NodeError, "ERR_ZLIB_INITIALIZATION_FAILED", () => "Initialization failed",
);
export const ERR_CRYPTO_ECDH_INVALID_PUBLIC_KEY = define(
  NodeError, "ERR_CRYPTO_ECDH_INVALID_PUBLIC_KEY", () => "Public key is not valid for specified curve",
);
export const ERR_CRYPTO_HASH_FINALIZED = define(
  NodeError, "ERR_CRYPTO_HASH_FINALIZED", () => "Digest already called",
);
export const ERR_CRYPTO_HASH_UPDATE_FAILED = define(
  NodeError, "ERR_CRYPTO_HASH_UPDATE_FAILED", () => "Hash update failed",
);
export const ERR_CRYPTO_INCOMPATIBLE_KEY = define(
  NodeError, "ERR_CRYPTO_INCOMPATIBLE_KEY", (name, text) => `Incompatible ${name}: ${text}`,
);
export const ERR_CRYPTO_INCOMPATIBLE_KEY_OPTIONS = define(
  NodeError, "ERR_CRYPTO_INCOMPATIBLE_KEY_OPTIONS", (kind, problem) =>
    `The selected key encoding ${kind} ${problem}.`,
);
export const ERR_CRYPTO_INVALID_JWK = define(
  NodeTypeError, "ERR_CRYPTO_INVALID_JWK", () => "Invalid JWK data",
);
export const ERR_CRYPTO_INVALID_KEY_OBJECT_TYPE = define(
  NodeError, "ERR_CRYPTO_INVALID_KEY_OBJECT_TYPE", (actual, expected) =>
    `Invalid key object type ${actual}, expected ${expected}.`,
);
export const ERR_CRYPTO_SIGN_KEY_REQUIRED = define(
  NodeError, "ERR_CRYPTO_SIGN_KEY_REQUIRED", () => "No key provided to sign",
);
