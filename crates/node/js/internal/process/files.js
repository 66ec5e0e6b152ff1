// What process does with files.

import { op_node_module } from "holdfast:ops";
import { ERR_INVALID_ARG_VALUE } from "../errors.js";
import { notImplemented } from "../unsupported.js";
import { validateString } from "../validators.js";
import { getCwd, setCwd } from "./cwd.js";
import { env } from "./env.js";

const UMASK = 0o22;
const UINT32_END = 2 ** 32;

// node:fs is loaded when somebody needs it.
function files(method) {
  const fs = op_node_module("fs")?.default;
  if (typeof fs?.statSync !== "function") throw notImplemented(method);
  return fs;
}

function absolute(path) {
  const parts = path.startsWith("/") ? [] : getCwd().split("/");
  for (const part of path.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "." && part !== "") parts.push(part);
  }
  return `/${parts.filter((part) => part !== "").join("/")}`;
}

// The path is told as Workers' file system knows it, from its root.
function failure(code, text, syscall, path) {
  const error = new Error(`${text}, ${syscall} '${path}'`);
  error.syscall = syscall;
  error.code = code;
  error.path = path;
  return error;
}

export function chdir(directory) {
  validateString(directory, "directory");
  const path = absolute(directory);
  const stats = files("process.chdir").statSync(path, { throwIfNoEntry: false });
  const told = path.slice(1);
  if (stats === undefined) throw failure("ENOENT", "no such file or directory", "chdir", told);
  if (!stats.isDirectory()) throw failure("ENOTDIR", "not a directory", "chdir", told);
  setCwd(path);
}

/** The mask cannot be changed; what is asked for is only checked. */
export function umask(mask) {
  if (mask !== undefined) {
    const number = typeof mask === "string" && /^[0-7]+$/.test(mask) ? Number.parseInt(mask, 8) : mask;
    if (!Number.isInteger(number) || number < 0 || number >= UINT32_END) {
      throw new ERR_INVALID_ARG_VALUE("mask", mask, "must be a 32-bit unsigned integer or an octal string");
    }
  }
  return UMASK;
}

// KEY=value, `export KEY=value`; a value in quotes keeps its spaces (and, in the double ones, `\n` is a line break).
const LINE = /^\s*(?:export\s+)?([\w.-]+)\s*=\s*("(?:[^"\\]|\\.)*"|'[^']*'|`[^`]*`|[^#\n]*)/gm;

export function loadEnvFile() {
  const [path = ".env"] = arguments;
  const name = absolute(`${path}`);
  const fs = files("process.loadEnvFile");
  if (!fs.existsSync(name)) throw failure("ENOENT", "no such file or directory", "readAll", name);
  for (const [, key, raw] of fs.readFileSync(name, "utf8").matchAll(LINE)) {
    if (env[key] !== undefined) continue;
    const value = raw.trim();
    const quote = /^(["'`])(.*)\1$/s.exec(value);
    env[key] = quote === null ? value : quote[1] === '"' ? quote[2].replaceAll("\\n", "\n") : quote[2];
  }
}
