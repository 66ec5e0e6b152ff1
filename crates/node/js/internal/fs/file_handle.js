// The FileHandle of node:fs/promises.

import { Buffer } from "../../buffer.js";
import { EventEmitter } from "../../events.js";
import { ERR_EBADF } from "../errors_areas.js";
import * as operations from "./operations.js";
import { readArguments } from "./descriptors.js";
import { createReadStream, createWriteStream } from "./streams.js";

const CHUNK = 64 * 1024;
const token = Symbol();

export class FileHandle extends EventEmitter {
  #fd;

  constructor(given, fd) {
    if (given !== token) throw new TypeError("Illegal constructor");
    super();
    this.#fd = fd;
  }

  get fd() {
    return this.#fd;
  }

  #open(syscall) {
    if (this.#fd === undefined) throw new ERR_EBADF({ syscall });
    return this.#fd;
  }

  async appendFile(data, options) {
    operations.appendFileSync(this.#open("appendFile"), data, options);
  }

  async chmod(mode) {
    operations.fchmodSync(this.#open("fchmod"), mode);
  }

  async chown(uid, gid) {
    operations.fchownSync(this.#open("fchown"), uid, gid);
  }

  async datasync() {
    operations.fdatasyncSync(this.#open("fdatasync"));
  }

  async sync() {
    operations.fsyncSync(this.#open("fsync"));
  }

  async read(...args) {
    const { buffer, offset, length, position } = readArguments(...args);
    const bytesRead = operations.readSync(this.#open("read"), buffer, offset, length, position);
    return { bytesRead, buffer };
  }

  async readv(buffers, position = null) {
    return { bytesRead: operations.readvSync(this.#open("readv"), buffers, position), buffers };
  }

  async readFile(options) {
    return operations.readFileSync(this.#open("readFile"), options);
  }

  /** The lines, as an async iterable. */
  readLines(options) {
    const text = operations.readFileSync(this.#open("readLines"), options?.encoding ?? "utf8");
    const lines = text.split(/\r\n|\n|\r/);
    if (lines.at(-1) === "") lines.pop();
    return (async function* () {
      yield* lines;
    })();
  }

  async stat(options) {
    return operations.fstatSync(this.#open("stat"), options);
  }

  async truncate(length = 0) {
    operations.ftruncateSync(this.#open("ftruncate"), length);
  }

  async utimes(atime, mtime) {
    operations.futimesSync(this.#open("futimes"), atime, mtime);
  }

  async write(buffer, ...rest) {
    return { bytesWritten: operations.writeSync(this.#open("write"), buffer, ...rest), buffer };
  }

  async writev(buffers, position = null) {
    return { bytesWritten: operations.writevSync(this.#open("writev"), buffers, position), buffers };
  }

  async writeFile(data, options) {
    operations.writeFileSync(this.#open("writeFile"), data, options);
  }

  async close() {
    if (this.#fd === undefined) return;
    operations.closeSync(this.#fd);
    this.#fd = undefined;
    this.emit("close");
  }

  async [Symbol.asyncDispose]() {
    await this.close();
  }

  readableWebStream() {
    const fd = this.#open("readableWebStream");
    return new ReadableStream({
      type: "bytes",
      pull(controller) {
        const buffer = Buffer.alloc(CHUNK);
        const count = operations.readSync(fd, buffer);
        if (count > 0) controller.enqueue(new Uint8Array(buffer.buffer, 0, count));
        else controller.close();
      },
    });
  }

  createReadStream(options) {
    return createReadStream(undefined, { ...options, fd: this.#open("createReadStream") });
  }

  createWriteStream(options) {
    return createWriteStream(undefined, { ...options, fd: this.#open("createWriteStream") });
  }
}

/** An open file as a FileHandle. */
export async function openHandle(path, flags, mode) {
  return new FileHandle(token, operations.openSync(path, flags, mode));
}
