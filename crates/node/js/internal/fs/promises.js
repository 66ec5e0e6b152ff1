// node:fs/promises.

import { ERR_UNSUPPORTED_OPERATION } from "../errors.js";
import { constants } from "./constants.js";
import { FileHandle, openHandle } from "./file_handle.js";
import { promiseForm } from "./forms.js";
import * as operations from "./operations.js";

const NAMES = [
  "access", "appendFile", "chmod", "chown", "copyFile", "cp", "link", "lstat", "lutimes", "mkdir", "mkdtemp", "opendir",
  "readdir", "readlink", "realpath", "rename", "rm", "rmdir", "stat", "statfs", "symlink", "truncate", "unlink", "utimes",
];

const forms = Object.fromEntries(NAMES.map((name) => [name, promiseForm(name, operations[`${name}Sync`])]));

// A FileHandle is a path for these.
const byHandle = (name, sync) =>
  promiseForm(name, function (path, ...rest) {
    return sync(path instanceof FileHandle ? path.fd : path, ...rest);
  });
const readFile = byHandle("readFile", operations.readFileSync);
const writeFile = byHandle("writeFile", operations.writeFileSync);
const appendFile = byHandle("appendFile", operations.appendFileSync);

async function* glob(pattern, options) {
  yield* operations.globSync(pattern, options);
}

/** Files change by nobody's hand but the program's: there is nothing to watch. */
async function* watch() {
  throw new ERR_UNSUPPORTED_OPERATION();
}

export const promises = {
  FileHandle,
  ...forms,
  appendFile,
  constants,
  glob,
  lchmod: promiseForm("lchmod", operations.chmodSync),
  lchown: promiseForm("lchown", operations.chownSync),
  open: openHandle,
  readFile,
  watch,
  writeFile,
};
