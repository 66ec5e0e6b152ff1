// What the file system in memory is made of: files, directories, links and devices.

import { constants } from "./constants.js";
import { fsError } from "./errors.js";

const { S_IFCHR, S_IFDIR, S_IFLNK, S_IFREG } = constants;

/** How many bytes the files of one object or request may have in all. */
export const BYTES_MAX = 128 * 1024 * 1024;

/** Counts the bytes of files that belong together. */
export class Space {
  #used = 0;

  take(bytes, syscall) {
    if (this.#used + bytes > BYTES_MAX) throw fsError("ENOSPC", syscall);
    this.#used += bytes;
  }
}

class Node {
  modifiedMs = 0;
  isWritable;

  constructor(isWritable) {
    this.isWritable = isWritable;
  }
}

export class File extends Node {
  kind = S_IFREG;
  #space;
  /** Has room for more than the file's size. */
  #bytes = new Uint8Array(0);
  size = 0;

  constructor(space, isWritable = true) {
    super(isWritable);
    this.#space = space;
  }

  get mode() {
    return S_IFREG | (this.isWritable ? 0o666 : 0o444);
  }

  /** A copy of the bytes from `start` on, at most `length`. */
  read(start, length) {
    return this.#bytes.slice(start, Math.min(this.size, start + length));
  }

  write(bytes, position, syscall) {
    const end = position + bytes.length;
    this.#reserve(end, syscall);
    if (position > this.size) this.#bytes.fill(0, this.size, position);
    this.#bytes.set(bytes, position);
    this.size = Math.max(this.size, end);
    return bytes.length;
  }

  truncate(size, syscall) {
    this.#reserve(size, syscall);
    if (size > this.size) this.#bytes.fill(0, this.size, size);
    this.size = size;
  }

  #reserve(size, syscall) {
    if (size <= this.#bytes.length) return;
    const room = size > BYTES_MAX ? size : Math.min(BYTES_MAX, Math.max(size, 2 * this.#bytes.length));
    this.#space.take(room - this.#bytes.length, syscall);
    const bytes = new Uint8Array(room);
    bytes.set(this.#bytes.subarray(0, this.size));
    this.#bytes = bytes;
  }

  /** Gives the space back when no name leads here any more. */
  discard() {
    this.#space.take(-this.#bytes.length);
    this.#bytes = new Uint8Array(0);
    this.size = 0;
  }
}

export class Directory extends Node {
  kind = S_IFDIR;
  size = 0;
  /** Name → node */
  entries = new Map();

  get mode() {
    return S_IFDIR | (this.isWritable ? 0o666 : 0o444);
  }
}

export class Link extends Node {
  kind = S_IFLNK;
  size = 0;

  constructor(target) {
    super(true);
    this.target = target;
  }

  get mode() {
    return S_IFLNK | 0o666;
  }
}

/** /dev/null, zero, full and random. */
export class Device extends Node {
  kind = S_IFCHR;
  size = 0;
  #fill;
  #takes;

  /**
   * @param {null | ((bytes: Uint8Array) => void)} fill null: nothing comes from it
   * @param {boolean} takes whether one can write to it
   */
  constructor(fill, takes) {
    super(true);
    this.#fill = fill;
    this.#takes = takes;
  }

  get mode() {
    return S_IFCHR | 0o666;
  }

  read(start, length) {
    if (this.#fill === null) return new Uint8Array(0);
    const bytes = new Uint8Array(length);
    this.#fill(bytes);
    return bytes;
  }

  write(bytes, position, syscall) {
    if (!this.#takes) throw fsError("EPERM", syscall);
    return bytes.length;
  }

  truncate() {}
}
