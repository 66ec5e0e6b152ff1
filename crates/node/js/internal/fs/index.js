// All of node:fs, put together.

import { Buffer } from "../../buffer.js";
import { validateFunction } from "../validators.js";
import { nextTick } from "../process/next_tick.js";
import { constants } from "./constants.js";
import { readArguments } from "./descriptors.js";
import { callbackForm } from "./forms.js";
import * as operations from "./operations.js";
import { promises } from "./promises.js";
import { Dir, Dirent, Stats } from "./stats.js";
import { createReadStream, createWriteStream, ReadStream, WriteStream } from "./streams.js";

const { openAsBlob, unwatchFile, watch, watchFile, ...sync } = operations;
sync.lchmodSync = operations.chmodSync;
sync.lchownSync = operations.chownSync;

// Those whose callbacks hear of what was read or written, too.
const SPECIAL = new Set(["existsSync", "readSync", "writeSync", "readvSync", "writevSync"]);
const callbacks = {};
for (const [name, operation] of Object.entries(sync)) {
  if (!SPECIAL.has(name)) callbacks[name.slice(0, -4)] = callbackForm(name.slice(0, -4), operation);
}
callbacks.write = callbackForm("write", operations.writeSync, (count, [, data]) => [
  count, typeof data === "string" ? Buffer.from(data) : data,
]);
callbacks.readv = callbackForm("readv", operations.readvSync, (count, [, buffers]) => [count, buffers]);
callbacks.writev = callbackForm("writev", operations.writevSync, (count, [, buffers]) => [count, buffers]);

function read(fd, ...rest) {
  const callback = rest.pop();
  validateFunction(callback, "callback");
  const { buffer, offset, length, position } = readArguments(...rest);
  readNow(fd, buffer, offset, length, position, callback);
}
const readNow = callbackForm("read", operations.readSync, (count, [, buffer]) => [count, buffer]);

function exists(path, callback) {
  validateFunction(callback, "callback");
  nextTick(callback, operations.existsSync(path));
}

callbacks.realpath.native = callbacks.realpath;
sync.realpathSync.native = sync.realpathSync;

const custom = Symbol.for("nodejs.util.promisify.custom");
Object.defineProperty(exists, custom, { value: async (path) => operations.existsSync(path) });

export const fs = {
  ...callbacks,
  ...sync,
  Dir,
  Dirent,
  FileReadStream: ReadStream,
  FileWriteStream: WriteStream,
  ReadStream,
  Stats,
  WriteStream,
  F_OK: constants.F_OK,
  R_OK: constants.R_OK,
  W_OK: constants.W_OK,
  X_OK: constants.X_OK,
  constants,
  createReadStream,
  createWriteStream,
  exists,
  openAsBlob,
  promises,
  read,
  unwatchFile,
  watch,
  watchFile,
};
