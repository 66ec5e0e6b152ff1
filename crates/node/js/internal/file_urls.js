// url.fileURLToPath() and pathToFileURL() (https://nodejs.org/docs/latest/api/url.html).

import { URL } from "holdfast:web/url";
import { domainToUnicode } from "./domains.js";
import {
  ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE, ERR_INVALID_FILE_URL_HOST, ERR_INVALID_FILE_URL_PATH,
  ERR_INVALID_URL_SCHEME,
} from "./errors.js";
import { posix, win32 } from "./path.js";
import { validateString } from "./validators.js";

export function isURL(value) {
  return Boolean(value?.href && value.protocol && value.auth === undefined && value.path === undefined);
}

export function fileURLToPath(path, options) {
  let url = path;
  if (typeof path === "string") url = new URL(path);
  else if (!isURL(path)) throw new ERR_INVALID_ARG_TYPE("path", ["string", "URL"], path);
  if (url.protocol !== "file:") throw new ERR_INVALID_URL_SCHEME("file");
  return options?.windows ? windowsPath(url) : posixPath(url);
}

function posixPath({ hostname, pathname }) {
  if (hostname !== "") throw new ERR_INVALID_FILE_URL_HOST("linux");
  if (/%2f/i.test(pathname)) throw new ERR_INVALID_FILE_URL_PATH("must not include encoded / characters");
  return decodeURIComponent(pathname);
}

function windowsPath({ hostname, pathname }) {
  if (/%2f|%5c/i.test(pathname)) throw new ERR_INVALID_FILE_URL_PATH("must not include encoded \\ or / characters");
  const path = decodeURIComponent(pathname.replaceAll("/", "\\"));
  if (hostname !== "") return `\\\\${domainToUnicode(hostname)}${path}`;
  if (!/^\\[A-Za-z]:/.test(path)) throw new ERR_INVALID_FILE_URL_PATH("must be absolute");
  return path.slice(1);
}

// What a path may contain and the parser of URLs would take for something else.
const ESCAPES = { "%": "%25", "\\": "%5C", "\n": "%0A", "\r": "%0D", "\t": "%09", "?": "%3F", "#": "%23" };

function escapePath(path, isWindows) {
  return path.replace(isWindows ? /[%\n\r\t?#]/g : /[%\\\n\r\t?#]/g, (character) => ESCAPES[character]);
}

export function pathToFileURL(filepath, options) {
  validateString(filepath, "filepath");
  const isWindows = Boolean(options?.windows);
  if (isWindows && filepath.startsWith("\\\\")) return shareURL(filepath);
  let resolved = (isWindows ? win32 : posix).resolve(filepath);
  // resolve() drops what a directory ends in.
  const endsInSeparator = filepath.endsWith("/") || (isWindows && filepath.endsWith("\\"));
  if (endsInSeparator && !/[\\/]$/.test(resolved)) resolved += "/";
  const url = new URL("file://");
  url.pathname = escapePath(resolved, isWindows);
  return url;
}

function shareURL(filepath) {
  const [server, ...rest] = filepath.slice(2).split("\\");
  if (rest.length === 0) throw new ERR_INVALID_ARG_VALUE("path", filepath, "Missing UNC resource path");
  if (server === "") throw new ERR_INVALID_ARG_VALUE("path", filepath, "Empty UNC servername");
  const url = new URL("file://");
  url.hostname = server;
  url.pathname = escapePath(rest.join("/"), true);
  return url;
}

/** The path of a file URL; anything else as it is. */
export function toPathIfFileURL(fileURLOrPath) {
  return isURL(fileURLOrPath) ? fileURLToPath(fileURLOrPath) : fileURLOrPath;
}
