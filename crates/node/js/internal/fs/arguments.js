// What programs may pass to functions of the file system.

import { Buffer } from "../../buffer.js";
import { ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE } from "../errors.js";
import { parseFileMode, validateBoolean, validateInteger, validateObject } from "../validators.js";
import { constants } from "./constants.js";

const { O_APPEND, O_CREAT, O_EXCL, O_RDONLY, O_RDWR, O_SYNC, O_TRUNC, O_WRONLY } = constants;

/** An absolute path; what is relative begins at the current directory. */
export function pathOf(path, name = "path") {
  let text;
  if (typeof path === "string") text = path;
  else if (path instanceof URL) text = pathOfUrl(path);
  else if (path instanceof Uint8Array) text = Buffer.from(path).toString();
  else throw new ERR_INVALID_ARG_TYPE(name, ["string", "Buffer", "URL"], path);
  if (text.includes("\0")) throw new ERR_INVALID_ARG_VALUE(name, text, "must not contain null bytes");
  if (text.startsWith("/")) return text;
  return `${globalThis.process?.cwd?.() ?? "/bundle"}/${text}`;
}

function pathOfUrl(url) {
  if (url.protocol !== "file:") throw new TypeError("File path must be a file: URL");
  return decodeURIComponent(url.pathname);
}

export function isDescriptor(value) {
  return typeof value === "number" && Number.isInteger(value) && value >= 0;
}

/** Options that may be given as nothing but an encoding. */
export function withEncoding(options, fallback = undefined) {
  if (options === undefined || options === null) return { encoding: fallback };
  if (typeof options === "string") options = { encoding: options };
  validateObject(options, "options");
  const { encoding = fallback } = options;
  if (encoding !== undefined && encoding !== null && encoding !== "buffer" && !Buffer.isEncoding(encoding)) {
    throw new ERR_INVALID_ARG_VALUE("options.encoding", encoding);
  }
  return { ...options, encoding };
}

/** Bytes or a name, in the encoding that was asked for. */
export function encoded(bytes, encoding) {
  return encoding === undefined || encoding === null || encoding === "buffer" ? bytes : bytes.toString(encoding);
}

export function encodedName(name, encoding) {
  if (encoding === "buffer") return Buffer.from(name);
  return encoding === undefined || encoding === "utf8" || encoding === "utf-8" ? name : Buffer.from(name).toString(encoding);
}

/** What is to be written, as bytes. */
export function dataOf(data, encoding, name = "data") {
  if (typeof data === "string") return Buffer.from(data, encoding ?? "utf8");
  if (ArrayBuffer.isView(data)) return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  throw new ERR_INVALID_ARG_TYPE(name, ["string", "Buffer", "TypedArray", "DataView"], data);
}

const FLAGS = {
  __proto__: null,
  r: O_RDONLY,
  rs: O_RDONLY | O_SYNC,
  sr: O_RDONLY | O_SYNC,
  "r+": O_RDWR,
  "rs+": O_RDWR | O_SYNC,
  "sr+": O_RDWR | O_SYNC,
  w: O_TRUNC | O_CREAT | O_WRONLY,
  wx: O_TRUNC | O_CREAT | O_WRONLY | O_EXCL,
  xw: O_TRUNC | O_CREAT | O_WRONLY | O_EXCL,
  "w+": O_TRUNC | O_CREAT | O_RDWR,
  "wx+": O_TRUNC | O_CREAT | O_RDWR | O_EXCL,
  "xw+": O_TRUNC | O_CREAT | O_RDWR | O_EXCL,
  a: O_APPEND | O_CREAT | O_WRONLY,
  ax: O_APPEND | O_CREAT | O_WRONLY | O_EXCL,
  xa: O_APPEND | O_CREAT | O_WRONLY | O_EXCL,
  as: O_APPEND | O_CREAT | O_WRONLY | O_SYNC,
  sa: O_APPEND | O_CREAT | O_WRONLY | O_SYNC,
  "a+": O_APPEND | O_CREAT | O_RDWR,
  "ax+": O_APPEND | O_CREAT | O_RDWR | O_EXCL,
  "xa+": O_APPEND | O_CREAT | O_RDWR | O_EXCL,
  "as+": O_APPEND | O_CREAT | O_RDWR | O_SYNC,
  "sa+": O_APPEND | O_CREAT | O_RDWR | O_SYNC,
};

/** Flags of open() as a number. */
export function flagsOf(flags, name = "flags") {
  if (flags === undefined || flags === null) return O_RDONLY;
  if (typeof flags === "number") {
    validateInteger(flags, name, 0);
    return flags;
  }
  const known = FLAGS[flags];
  if (known === undefined) throw new ERR_INVALID_ARG_VALUE(name, flags);
  return known;
}

export function checkMode(mode, name = "mode") {
  return parseFileMode(mode, name, 0o666);
}

/** `recursive`, `force` and the like. */
export function checkBooleans(options, names) {
  if (options === undefined || options === null) return {};
  validateObject(options, "options");
  for (const name of names) {
    if (options[name] !== undefined) validateBoolean(options[name], `options.${name}`);
  }
  return options;
}

/** A time as milliseconds: numbers are taken as they are. */
export function timeOf(time, name) {
  if (time instanceof Date) return time.getTime();
  if (typeof time === "string" && time !== "" && !Number.isNaN(Number(time))) return Number(time);
  if (typeof time === "number" && Number.isFinite(time)) return time;
  throw new ERR_INVALID_ARG_TYPE(name, ["Date", "Time in seconds"], time);
}
