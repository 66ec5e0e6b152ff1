// node:child_process. There are no other processes.

import { EventEmitter } from "./internal/events/emitter.js";
import { ERR_INVALID_ARG_TYPE } from "./internal/errors.js";
import { notImplemented } from "./internal/unsupported.js";
import { validateFunction, validateObject, validateString } from "./internal/validators.js";

const { dispose } = Symbol;

class ChildProcess extends EventEmitter {
  constructor() {
    super();
    throw notImplemented("child_process.ChildProcess");
  }

  kill(_signal) {
    return false;
  }

  send(_message, _handle, _options, _callback) {
    return false;
  }

  disconnect() {}

  unref() {}

  ref() {}

  [dispose]() {}
}

function exec(command, options, callback) {
  validateString(command, "command");
  if (typeof options === "function") callback = options;
  else if (options !== undefined && options !== null) validateObject(options, "options");
  if (callback !== undefined && callback !== null) validateFunction(callback, "callback");
  throw notImplemented("child_process.exec");
}

function execFile(_file, _args, _options, _callback) {
  throw notImplemented("child_process.execFile");
}

function execFileSync(_file, _args, _options) {
  throw notImplemented("child_process.execFileSync");
}

function execSync(_command, _options) {
  throw notImplemented("child_process.execSync");
}

function fork(_modulePath, args, _options) {
  const isOptions = typeof args === "object" && args !== null;
  if (args !== undefined && args !== null && !isOptions) throw new ERR_INVALID_ARG_TYPE("args", "Array", args);
  throw notImplemented("child_process.fork");
}

function _forkChild(_descriptor, _serialization) {
  throw notImplemented("child_process._forkChild");
}

/** `(command, args, options)` */
function spawn() {
  throw notImplemented("child_process.spawn");
}

function spawnSync(command, _args, _options) {
  validateString(command, "command");
  throw notImplemented("child_process.spawnSync");
}

export { _forkChild, ChildProcess, exec, execFile, execFileSync, execSync, fork, spawn, spawnSync };
export default { ChildProcess, _forkChild, exec, execFile, execFileSync, execSync, fork, spawn, spawnSync };
