// Open files.

import { Buffer } from "../../buffer.js";
import { ERR_INVALID_ARG_TYPE } from "../errors.js";
import { validateInteger } from "../validators.js";
import { dataOf, flagsOf, isDescriptor, pathOf } from "./arguments.js";
import { constants } from "./constants.js";
import { fsError } from "./errors.js";
import { Directory, File, Link } from "./nodes.js";
import { currentTree, walk } from "./tree.js";

const { O_APPEND, O_EXCL, O_RDWR, O_TRUNC, O_WRONLY } = constants;

/** A descriptor's file, with the place that reads and writes go on from. */
class OpenFile {
  position = 0;

  constructor(node, flags) {
    this.node = node;
    this.appends = Boolean(flags & O_APPEND);
    this.reads = (flags & 3) !== O_WRONLY;
    this.writes = (flags & (O_WRONLY | O_RDWR)) !== 0;
  }

  read(length, position) {
    const bytes = this.node.read(position ?? this.position, length);
    if (position === null) this.position += bytes.length;
    return bytes;
  }

  write(bytes, position, syscall) {
    const at = this.appends ? this.node.size : (position ?? this.position);
    const written = this.node.write(bytes, at, syscall);
    if (position === null) this.position = at + written;
    return written;
  }
}

/** Opens a path, making the file and the directories on the way to it if they are missing. A number. */
export function openSync(path, flags = "r", mode = 0o666) {
  const absolute = pathOf(path);
  return openAbsolute(absolute, flagsOf(flags), "open", mode);
}

function openAbsolute(path, flags, syscall) {
  const tree = currentTree();
  const node = fileAt(path, flags, syscall, true);
  const descriptor = tree.nextDescriptor++;
  tree.open.set(descriptor, new OpenFile(node, flags));
  return descriptor;
}

/** The file or device at a path, made if it may be. `makesParents` makes the directories, too. */
export function fileAt(path, flags, syscall, makesParents) {
  let place = walk(path, syscall);
  if (place === undefined && makesParents) {
    makeParents(path, syscall);
    place = walk(path, syscall);
  }
  if (place === undefined) throw fsError("ENOENT", syscall, path);
  const { parent, name } = place;
  let { node } = place;
  if (node instanceof Link) throw fsError("ENOENT", syscall, path);
  if (node === undefined) {
    if (!parent.isWritable) throw fsError("EPERM", syscall);
    node = new File(currentTree().space);
    parent.entries.set(name, node);
    return node;
  }
  if (flags & O_EXCL) throw fsError("EEXIST", syscall);
  if (node instanceof Directory) throw fsError("EISDIR", syscall);
  const changes = flags & (O_WRONLY | O_RDWR);
  if (changes && !node.isWritable) throw fsError("EPERM", syscall);
  if (flags & O_TRUNC) node.truncate(0, syscall);
  return node;
}

export function makeParents(path, syscall) {
  const parts = path.split("/").slice(0, -1);
  for (let i = 1; i <= parts.length; i++) {
    const place = walk(parts.slice(0, i).join("/"), syscall);
    if (place?.node !== undefined || place === undefined) continue;
    if (!place.parent.isWritable) throw fsError("EPERM", syscall);
    place.parent.entries.set(place.name, new Directory(true));
  }
}

/** The open file; EBADF if there is none. */
export function openFile(descriptor, syscall) {
  if (!isDescriptor(descriptor)) {
    if (typeof descriptor !== "number") throw new ERR_INVALID_ARG_TYPE("fd", "number", descriptor);
    validateInteger(descriptor, "fd", 0, 0x7fffffff);
  }
  const file = currentTree().open.get(descriptor);
  if (file === undefined) throw fsError("EBADF", syscall);
  return file;
}

/** Closing what is not open does no harm here. */
export function closeSync(fd) {
  validateInteger(fd, "fd", 0, 0x7fffffff);
  currentTree().open.delete(fd);
}

// --- reading and writing -------------------------------------------------------------------------

/** `(buffer, offset, length, position)`, `(buffer, options)` or `(options)` → the same by name. */
export function readArguments(buffer, offsetOrOptions, length, position) {
  let offset = offsetOrOptions;
  if (buffer !== null && typeof buffer === "object" && !ArrayBuffer.isView(buffer)) {
    ({ buffer, offset, length, position } = buffer);
  } else if (offsetOrOptions !== null && typeof offsetOrOptions === "object") {
    ({ offset, length, position } = offsetOrOptions);
  }
  buffer ??= Buffer.alloc(16384);
  if (!ArrayBuffer.isView(buffer)) {
    throw new ERR_INVALID_ARG_TYPE("buffer", ["Buffer", "TypedArray", "DataView"], buffer);
  }
  offset ??= 0;
  validateInteger(offset, "offset", 0, buffer.byteLength);
  length ??= buffer.byteLength - offset;
  validateInteger(length, "length", 0, buffer.byteLength - offset);
  return { buffer, offset, length, position: positionOf(position) };
}

// null: where the last read or write ended.
function positionOf(position) {
  if (position === undefined || position === null || position === -1) return null;
  if (typeof position === "bigint") position = Number(position);
  validateInteger(position, "position", 0);
  return position;
}

export function readSync(fd, ...rest) {
  const { buffer, offset, length, position } = readArguments(...rest);
  const file = openFile(fd, "read");
  if (!file.reads) throw fsError("EBADF", "read");
  const bytes = file.read(length, position);
  new Uint8Array(buffer.buffer, buffer.byteOffset + offset, length).set(bytes);
  return bytes.length;
}

/** `(buffer, offset?, length?, position?)`, `(buffer, options?)` or `(string, position?, encoding?)` → bytes and place. */
export function writeArguments(data, offsetOrOptions, lengthOrEncoding, position) {
  if (typeof data === "string") {
    return { bytes: dataOf(data, lengthOrEncoding), position: positionOf(offsetOrOptions) };
  }
  let offset = offsetOrOptions;
  let length = lengthOrEncoding;
  if (offsetOrOptions !== null && typeof offsetOrOptions === "object") ({ offset, length, position } = offsetOrOptions);
  const bytes = dataOf(data, undefined, "buffer");
  offset ??= 0;
  validateInteger(offset, "offset", 0, bytes.length);
  length ??= bytes.length - offset;
  validateInteger(length, "length", 0, bytes.length - offset);
  return { bytes: bytes.subarray(offset, offset + length), position: positionOf(position) };
}

export function writeSync(fd, ...rest) {
  const { bytes, position } = writeArguments(...rest);
  const file = openFile(fd, "write");
  if (!file.writes) throw fsError("EBADF", "write");
  return file.write(bytes, position, "write");
}

/** Calls `one(buffer, position)` for each of a list, one after the other; the sum of what it gives. */
function vectored(buffers, position, one) {
  if (!Array.isArray(buffers)) throw new ERR_INVALID_ARG_TYPE("buffers", "ArrayBufferView[]", buffers);
  let at = positionOf(position);
  let total = 0;
  for (const buffer of buffers) {
    const count = one(buffer, at);
    total += count;
    if (at !== null) at += count;
    if (count < buffer.byteLength) break;
  }
  return total;
}

export function readvSync(fd, buffers, position = null) {
  return vectored(buffers, position, (buffer, at) => readSync(fd, buffer, { position: at }));
}

export function writevSync(fd, buffers, position = null) {
  return vectored(buffers, position, (buffer, at) => writeSync(fd, buffer, { position: at }));
}
