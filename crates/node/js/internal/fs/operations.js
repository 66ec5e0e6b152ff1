// The functions of node:fs whose names end in Sync. The other two forms are made of them (forms.js).

import { Buffer } from "../../buffer.js";
import { ERR_UNSUPPORTED_OPERATION } from "../errors.js";
import { validateInteger, validateString } from "../validators.js";
import {
  checkBooleans, checkMode, dataOf, encoded, encodedName, flagsOf, isDescriptor, pathOf, timeOf, withEncoding,
} from "./arguments.js";
import { constants } from "./constants.js";
import { fileAt, openFile } from "./descriptors.js";
import { ERR_EEXIST, ERR_ENOENT, fsError } from "./errors.js";
import { Directory, File, Link } from "./nodes.js";
import { Dir, direntOf, statsOf } from "./stats.js";
import { currentTree, namesOf, walk } from "./tree.js";

export { closeSync, openSync, readSync, readvSync, writeSync, writevSync } from "./descriptors.js";

const { COPYFILE_EXCL, O_APPEND, W_OK, X_OK } = constants;

// --- whole files ---------------------------------------------------------------------------------

export function readFileSync(path, options) {
  const { encoding } = withEncoding(options);
  if (isDescriptor(path)) {
    const file = openFile(path, "fread");
    return encoded(Buffer.from(file.read(Infinity, 0).buffer), encoding);
  }
  const absolute = pathOf(path);
  const node = walk(absolute, "readAll")?.node;
  if (node === undefined || node instanceof Link) throw fsError("ENOENT", "readAll", absolute);
  if (node instanceof Directory) throw fsError("EISDIR", "readAll");
  // A device would give bytes for ever.
  const length = node instanceof File ? node.size : 0;
  return encoded(Buffer.from(node.read(0, length).buffer), encoding);
}

/** Gives the number of bytes. */
export function writeFileSync(path, data, options) {
  const { encoding, flag = "w", mode } = withEncoding(options, "utf8");
  const flags = flagsOf(flag);
  checkMode(mode, "options.mode");
  const target = isDescriptor(path) ? path : pathOf(path);
  const bytes = dataOf(data, encoding);
  if (isDescriptor(target)) {
    const { node } = openFile(target, "fwrite");
    node.truncate(0, "fwrite");
    return node.write(bytes, 0, "fwrite");
  }
  const node = fileAt(target, flags, "writeAll", false);
  return node.write(bytes, flags & O_APPEND ? node.size : 0, "writeAll");
}

export function appendFileSync(path, data, options) {
  if (isDescriptor(path)) {
    const { encoding } = withEncoding(options, "utf8");
    const { node } = openFile(path, "fwrite");
    return node.write(dataOf(data, encoding), node.size, "fwrite");
  }
  return writeFileSync(path, data, { flag: "a", ...withEncoding(options, "utf8") });
}

function truncate(node, length, syscall) {
  const size = length ?? 0;
  validateInteger(size, "len", 0);
  node.truncate(size, syscall);
}

export function truncateSync(path, length = 0) {
  validateInteger(length, "len", 0);
  const node = walk(pathOf(path), "truncate")?.node;
  if (node === undefined) return;
  if (node instanceof Directory) throw fsError("EISDIR", "ftruncate");
  if (!node.isWritable) throw fsError("EPERM", "ftruncate");
  truncate(node, length, "ftruncate");
}

export function ftruncateSync(fd, length = 0) {
  truncate(openFile(fd, "ftruncate").node, length, "ftruncate");
}

export function copyFileSync(source, destination, mode = 0) {
  const from = pathOf(source, "src");
  const to = pathOf(destination, "dest");
  validateInteger(mode, "mode", 0, 7);
  const node = walk(from, "copy")?.node;
  if (node === undefined) throw fsError("ENOENT", "copy", from);
  if (node instanceof Directory) throw fsError("EISDIR", "copy");
  if (mode & COPYFILE_EXCL && walk(to, "copyFile")?.node !== undefined) throw new ERR_EEXIST("copyFile", to);
  const target = fileAt(to, flagsOf("w"), "copyFile", false);
  target.write(node.read(0, node.size), 0, "copyFile");
}

// --- what there is -------------------------------------------------------------------------------

export function existsSync(path) {
  try {
    return find(pathOf(path), "exists") !== undefined;
  } catch {
    return false;
  }
}

// The node at a path, links followed.
function find(path, syscall, follow = true) {
  const node = walk(path, syscall, follow)?.node;
  return follow && node instanceof Link ? undefined : node;
}

export function accessSync(path, mode = 0) {
  const absolute = pathOf(path);
  validateInteger(mode, "mode", 0, 7);
  const node = find(absolute, "access");
  // Nothing can be run, and what cannot be written is as good as not there.
  if (node === undefined || mode & X_OK || (mode & W_OK && !node.isWritable)) throw new ERR_ENOENT("access", absolute);
}

function stat(path, options, follow) {
  const absolute = pathOf(path);
  const { bigint = false, throwIfNoEntry = true } = checkBooleans(options, ["bigint", "throwIfNoEntry"]);
  const node = find(absolute, "stat", follow);
  if (node !== undefined) return statsOf(node, bigint);
  if (throwIfNoEntry) throw new ERR_ENOENT(follow ? "stat" : "lstat", absolute);
  return undefined;
}

export function statSync(path, options) {
  return stat(path, options, true);
}

export function lstatSync(path, options) {
  return stat(path, options, false);
}

export function fstatSync(fd, options) {
  const { bigint = false } = checkBooleans(options, ["bigint"]);
  return statsOf(openFile(fd, "fstat").node, bigint);
}

/** Nothing is known of the room there is. */
export function statfsSync(path, options) {
  pathOf(path);
  const { bigint = false } = checkBooleans(options, ["bigint"]);
  const zero = bigint ? 0n : 0;
  return { type: zero, bsize: zero, blocks: zero, bfree: zero, bavail: zero, files: zero, ffree: zero };
}

export function realpathSync(path, options) {
  const absolute = pathOf(path);
  const { encoding } = withEncoding(options, "utf8");
  const place = walk(absolute, "readlink");
  if (place?.node === undefined) throw fsError("ENOENT", "readlink", absolute);
  return encodedName(place.path, encoding);
}

export function readlinkSync(path, options) {
  const absolute = pathOf(path);
  const { encoding } = withEncoding(options, "utf8");
  const node = find(absolute, "readlink", false);
  if (node === undefined) throw fsError("ENOENT", "readlink", absolute);
  if (!(node instanceof Link)) throw fsError("EINVAL", "readlink");
  return encodedName(node.target, encoding);
}

// --- directories ---------------------------------------------------------------------------------

function directoryAt(path, syscall) {
  const node = find(path, syscall);
  if (node === undefined) throw fsError("ENOENT", syscall, path);
  if (!(node instanceof Directory)) throw fsError("ENOTDIR", syscall, path);
  return node;
}

export function readdirSync(path, options) {
  const absolute = pathOf(path);
  const { encoding, withFileTypes = false, recursive = false } = withEncoding(options, "utf8");
  checkBooleans({ withFileTypes, recursive }, ["withFileTypes", "recursive"]);
  const result = [];
  const list = (directory, directoryPath) => {
    for (const [name, node] of directory.entries) {
      if (withFileTypes) result.push(direntOf(name, node, `/${directoryPath.join("/")}`));
      else result.push(encodedName(recursive ? [...directoryPath, name].join("/") : name, encoding));
      if (recursive && node instanceof Directory) list(node, [...directoryPath, name]);
    }
  };
  list(directoryAt(absolute, "readdir"), namesOf(absolute));
  return result;
}

/** With `recursive` the first directory that was made, if any was. A directory that exists is no error. */
export function mkdirSync(path, options) {
  const absolute = pathOf(path);
  if (typeof options === "number" || typeof options === "string") options = { mode: options };
  const { recursive = false, mode } = checkBooleans(options, ["recursive"]);
  checkMode(mode, "options.mode");
  const names = namesOf(absolute);
  let first;
  for (let count = recursive ? 1 : names.length; count <= names.length; count++) {
    const place = walk(`/${names.slice(0, count).join("/")}`, "mkdir");
    if (place === undefined) throw fsError("ENOENT", "mkdir", names.at(-1));
    if (place.node instanceof Directory) continue;
    if (place.node !== undefined) throw fsError("EEXIST", "mkdir", absolute);
    if (!place.parent.isWritable) throw fsError("EPERM", "mkdir");
    place.parent.entries.set(place.name, new Directory(true));
    first ??= place.path;
  }
  return recursive ? first : undefined;
}

export function mkdtempSync(prefix, options) {
  const start = pathOf(prefix, "prefix");
  const { encoding } = withEncoding(options, "utf8");
  // Nobody else can see these files, so a number is as good as anything random.
  let number = 0;
  while (existsSync(`${start}${number}`)) number++;
  mkdirSync(`${start}${number}`);
  return encodedName(`${start}${number}`, encoding);
}

export function opendirSync(path, options) {
  const absolute = pathOf(path);
  const { encoding, recursive = false } = withEncoding(options, "utf8");
  return new Dir(readdirSync(absolute, { encoding, recursive, withFileTypes: true }), absolute);
}

// --- removing and renaming -----------------------------------------------------------------------

function removable(path, syscall) {
  const place = walk(path, syscall, false);
  const names = namesOf(path);
  if (place?.node === undefined) return undefined;
  if (names.length === 0 || !place.parent.isWritable) throw fsError("EPERM", syscall);
  return place;
}

function discard(node) {
  if (node instanceof File && !isReachable(node)) node.discard();
  if (node instanceof Directory) for (const inner of node.entries.values()) discard(inner);
}

// Whether a name or a descriptor still leads to a file.
function isReachable(file) {
  const { open, root } = currentTree();
  for (const { node } of open.values()) if (node === file) return true;
  const within = (directory) =>
    directory.entries.values().some((node) => node === file || (node instanceof Directory && within(node)));
  return within(root);
}

function remove({ parent, name, node }) {
  parent.entries.delete(name);
  discard(node);
}

export function unlinkSync(path) {
  const absolute = pathOf(path);
  const place = removable(absolute, "unlink");
  if (place === undefined) throw fsError("ENOENT", "unlink", namesOf(absolute).at(-1), "File not found");
  if (place.node instanceof Directory) throw fsError("EISDIR", "unlink", undefined, "Cannot unlink a directory");
  remove(place);
}

export function rmdirSync(path, options) {
  const absolute = pathOf(path);
  const { recursive = false } = checkBooleans(options, ["recursive"]);
  const place = removable(absolute, "rm");
  if (place === undefined) throw fsError("ENOENT", "rm", namesOf(absolute).at(-1));
  if (!(place.node instanceof Directory)) throw fsError("ENOTDIR", "rm");
  if (place.node.entries.size > 0 && !recursive) throw fsError("ENOTEMPTY", "rm", place.name);
  remove(place);
}

/** What is not there need not be removed, `force` or not. */
export function rmSync(path, options) {
  const absolute = pathOf(path);
  const { recursive = false } = checkBooleans(options, ["recursive", "force"]);
  const place = removable(absolute, "rm");
  if (place === undefined) return;
  const isFull = place.node instanceof Directory && place.node.entries.size > 0;
  if (isFull && !recursive) throw fsError("ENOTEMPTY", "rm", place.name);
  remove(place);
}

export function renameSync(oldPath, newPath) {
  const from = pathOf(oldPath, "oldPath");
  const to = pathOf(newPath, "newPath");
  const source = removable(from, "rename");
  if (source === undefined) throw fsError("ENOENT", "rename", from);
  const target = walk(to, "rename", false);
  if (target === undefined) throw fsError("ENOENT", "rename", to);
  if (target.parent === undefined || !target.parent.isWritable) throw fsError("EPERM", "rename");
  if (target.node === source.node) return;
  // A directory cannot become a part of itself.
  if (source.node instanceof Directory && `${target.path}/`.startsWith(`${source.path}/`)) {
    throw fsError("EINVAL", "rename");
  }
  if (target.node instanceof Directory) {
    if (!(source.node instanceof Directory)) throw fsError("EISDIR", "rename");
    if (target.node.entries.size > 0) throw fsError("ENOTEMPTY", "rename", to);
  }
  source.parent.entries.delete(source.name);
  target.parent.entries.set(target.name, source.node);
  if (target.node !== undefined) discard(target.node);
}

export function cpSync(source, destination, options) {
  const from = pathOf(source, "src");
  const to = pathOf(destination, "dest");
  const { recursive = false, force = true, errorOnExist = false, filter } =
    checkBooleans(options, ["recursive", "force", "errorOnExist", "dereference", "preserveTimestamps"]);
  const copy = (fromPath, toPath) => {
    if (filter && !filter(fromPath, toPath)) return;
    const node = find(fromPath, "cp");
    if (node === undefined) throw fsError("ENOENT", "cp", fromPath);
    if (node instanceof Directory) {
      if (!recursive) throw isDirectoryError();
      mkdirSync(toPath, { recursive: true });
      for (const name of [...node.entries.keys()]) copy(`${fromPath}/${name}`, `${toPath}/${name}`);
    } else if (find(toPath, "cp") === undefined || force) {
      copyFileSync(fromPath, toPath);
    } else if (errorOnExist) {
      throw fsError("EEXIST", "cp", toPath);
    }
  };
  copy(from, to);
}

function isDirectoryError() {
  const error = new Error("Expected a file but found a directory");
  error.code = "ERR_FS_EISDIR";
  return error;
}

// --- links ---------------------------------------------------------------------------------------

function placeForLink(path) {
  const place = walk(path, "link", false);
  if (place === undefined) throw fsError("ENOENT", "link", path);
  // A link that leads nowhere is in the way all the same.
  const leads = find(path, "link") !== undefined;
  if (place.node !== undefined) throw fsError("EEXIST", "link", undefined, leads ? "File already exists" : undefined);
  if (!place.parent.isWritable) throw fsError("EPERM", "link");
  return place;
}

export function symlinkSync(target, path, type) {
  if (type !== undefined && type !== null) validateString(type, "type");
  const to = typeof target === "string" ? target : pathOf(target, "target");
  const place = placeForLink(pathOf(path));
  place.parent.entries.set(place.name, new Link(to));
}

export function linkSync(existingPath, newPath) {
  const from = pathOf(existingPath, "existingPath");
  const to = pathOf(newPath, "newPath");
  const node = find(from, "link");
  if (node === undefined) return;
  if (node instanceof Directory) throw fsError("EPERM", "link");
  const place = placeForLink(to);
  place.parent.entries.set(place.name, node);
}

// --- properties ----------------------------------------------------------------------------------
//
// There are no owners and no permissions: arguments are checked, and nothing changes.

export function chmodSync(path, mode) {
  pathOf(path);
  checkMode(mode);
}

export function fchmodSync(fd, mode) {
  openFile(fd, "fchmod");
  checkMode(mode);
}

export function chownSync(path, uid, gid) {
  pathOf(path);
  validateInteger(uid, "uid", -1, 0xffffffff);
  validateInteger(gid, "gid", -1, 0xffffffff);
}

export function fchownSync(fd, uid, gid) {
  openFile(fd, "fchown");
  validateInteger(uid, "uid", -1, 0xffffffff);
  validateInteger(gid, "gid", -1, 0xffffffff);
}

function setTime(node, atime, mtime) {
  timeOf(atime, "atime");
  const modified = timeOf(mtime, "mtime");
  if (node !== undefined) node.modifiedMs = modified;
}

export function utimesSync(path, atime, mtime) {
  setTime(find(pathOf(path), "utimes"), atime, mtime);
}

export function lutimesSync(path, atime, mtime) {
  setTime(find(pathOf(path), "utimes", false), atime, mtime);
}

export function futimesSync(fd, atime, mtime) {
  setTime(openFile(fd, "futimes").node, atime, mtime);
}

export function fsyncSync(fd) {
  openFile(fd, "fsync");
}

export function fdatasyncSync(fd) {
  openFile(fd, "fdatasync");
}

// --- patterns ------------------------------------------------------------------------------------

/** Not a pattern of regular expressions, but of paths: `*`, `**`, `?`, `[…]` and `{a,b}`. */
export function globSync(pattern, options) {
  const { cwd = globalThis.process?.cwd?.() ?? "/bundle", exclude } = options ?? {};
  const root = pathOf(cwd);
  const expressions = (Array.isArray(pattern) ? pattern : [pattern]).map((one) => {
    validateString(one, "pattern");
    return globExpression(one);
  });
  const start = namesOf(root).join("/");
  if (!(find(root, "glob") instanceof Directory)) return [];
  return readdirSync(root, { recursive: true })
    .map((path) => path.slice(start.length + (start === "" ? 0 : 1)))
    .filter((path) => expressions.some((expression) => expression.test(path)) && !exclude?.(path));
}

function globExpression(pattern) {
  let source = "";
  for (let i = 0; i < pattern.length; i++) {
    const char = pattern[i];
    if (char === "*" && pattern[i + 1] === "*") {
      i++;
      if (pattern[i + 1] === "/") {
        i++;
        source += "(?:.*/)?";
      } else {
        source += ".*";
      }
    } else if (char === "*") source += "[^/]*";
    else if (char === "?") source += "[^/]";
    else if (char === "{") source += "(?:";
    else if (char === "}") source += ")";
    else if (char === ",") source += "|";
    else if (char === "[") {
      const end = pattern.indexOf("]", i);
      source += end < 0 ? "\\[" : `[${pattern.slice(i + 1, end).replace(/^!/, "^")}]`;
      if (end >= 0) i = end;
    } else source += char.replace(/[\\^$.|+()]/g, "\\$&");
  }
  return new RegExp(`^${source}$`);
}

// --- what is not there ---------------------------------------------------------------------------

export function watch() {
  throw new ERR_UNSUPPORTED_OPERATION();
}

export { watch as unwatchFile, watch as watchFile };

export function openAsBlob(path, options) {
  const bytes = readFileSync(path);
  return new Blob([bytes], { type: options?.type });
}
