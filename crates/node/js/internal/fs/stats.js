// fs.Stats, fs.Dirent and fs.Dir.

import { ERR_DIR_CLOSED } from "../errors_areas.js";
import { validateFunction } from "../validators.js";
import { nextTick } from "../process/next_tick.js";
import { constants } from "./constants.js";

const { S_IFBLK, S_IFCHR, S_IFDIR, S_IFIFO, S_IFLNK, S_IFMT, S_IFREG, S_IFSOCK } = constants;
const token = Symbol();

// Nothing here has a number, an owner or another time than that of its last change by hand.
const ZEROES = ["dev", "ino"];

export class Stats {
  constructor(given, node, bigint) {
    if (given !== token) throw new TypeError("Illegal constructor");
    const number = bigint ? BigInt : (value) => value;
    const ms = Math.trunc(node.modifiedMs);
    for (const name of ZEROES) this[name] = number(0);
    this.mode = number(node.mode);
    this.nlink = number(1);
    for (const name of ["uid", "gid", "rdev"]) this[name] = number(0);
    this.size = number(node.size);
    this.blksize = number(0);
    this.blocks = number(0);
    this.atimeMs = number(0);
    this.mtimeMs = number(ms);
    this.ctimeMs = number(ms);
    this.birthtimeMs = number(0);
    // Only those who ask for big integers get nanoseconds.
    const ns = (value) => (bigint ? BigInt(value) * 1_000_000n : undefined);
    this.atimeNs = ns(0);
    this.mtimeNs = ns(ms);
    this.ctimeNs = ns(ms);
    this.birthtimeNs = ns(0);
    this.atime = new Date(0);
    this.mtime = new Date(ms);
    this.ctime = new Date(ms);
    this.birthtime = new Date(0);
  }

  #is(kind) {
    return (Number(this.mode) & S_IFMT) === kind;
  }

  isBlockDevice() {
    return this.#is(S_IFBLK);
  }

  isCharacterDevice() {
    return this.#is(S_IFCHR);
  }

  isDirectory() {
    return this.#is(S_IFDIR);
  }

  isFIFO() {
    return this.#is(S_IFIFO);
  }

  isFile() {
    return this.#is(S_IFREG);
  }

  isSocket() {
    return this.#is(S_IFSOCK);
  }

  isSymbolicLink() {
    return this.#is(S_IFLNK);
  }
}

export function statsOf(node, bigint = false) {
  return new Stats(token, node, bigint);
}

const { UV_DIRENT_BLOCK, UV_DIRENT_CHAR, UV_DIRENT_DIR, UV_DIRENT_FIFO, UV_DIRENT_FILE, UV_DIRENT_LINK, UV_DIRENT_SOCKET } =
  constants;

export class Dirent {
  #type;

  constructor(name, type, parentPath) {
    this.name = name;
    this.parentPath = parentPath;
    this.#type = type;
  }

  isDirectory() {
    return this.#type === UV_DIRENT_DIR;
  }

  isFile() {
    return this.#type === UV_DIRENT_FILE;
  }

  isBlockDevice() {
    return this.#type === UV_DIRENT_BLOCK;
  }

  isCharacterDevice() {
    return this.#type === UV_DIRENT_CHAR;
  }

  isSymbolicLink() {
    return this.#type === UV_DIRENT_LINK;
  }

  isFIFO() {
    return this.#type === UV_DIRENT_FIFO;
  }

  isSocket() {
    return this.#type === UV_DIRENT_SOCKET;
  }
}

const TYPES = new Map([
  [S_IFDIR, UV_DIRENT_DIR],
  [S_IFREG, UV_DIRENT_FILE],
  [S_IFLNK, UV_DIRENT_LINK],
  [S_IFCHR, UV_DIRENT_CHAR],
]);

export function direntOf(name, node, parentPath) {
  return new Dirent(name, TYPES.get(node.kind), parentPath);
}

export class Dir {
  #entries;
  #path;
  #closed = false;

  constructor(entries, path) {
    if (!Array.isArray(entries)) throw new TypeError("Illegal constructor");
    this.#entries = entries;
    this.#path = path;
  }

  get path() {
    return this.#path;
  }

  read(callback) {
    if (callback === undefined) return new Promise((resolve) => resolve(this.readSync()));
    validateFunction(callback, "callback");
    const entry = this.readSync();
    nextTick(callback, null, entry);
    return undefined;
  }

  /** The next entry, or null. */
  readSync() {
    if (this.#closed) throw new ERR_DIR_CLOSED();
    return this.#entries.shift() ?? null;
  }

  close(callback) {
    if (callback === undefined) return new Promise((resolve) => resolve(this.closeSync()));
    validateFunction(callback, "callback");
    this.closeSync();
    nextTick(callback, null);
    return undefined;
  }

  closeSync() {
    if (this.#closed) throw new ERR_DIR_CLOSED();
    this.#closed = true;
  }

  async *entries() {
    try {
      for (let entry; (entry = this.readSync()) !== null; ) yield entry;
    } finally {
      this.closeSync();
    }
  }

  [Symbol.asyncIterator]() {
    return this.entries();
  }

  [Symbol.dispose]() {
    this.closeSync();
  }

  async [Symbol.asyncDispose]() {
    this.closeSync();
  }
}
