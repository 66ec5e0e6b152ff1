// node:repl. There is nobody to read from.

import { builtinModules as all } from "./internal/builtin_modules.js";
import { fails } from "./internal/missing.js";
import { notImplemented } from "./internal/unsupported.js";
import { Interface } from "./readline.js";

class REPLServer extends Interface {
  constructor() {
    super();
    throw notImplemented("REPLServer");
  }

  setupHistory(_historyConfig, _callback) {
    throw notImplemented("setupHistory");
  }

  defineCommand(_keyword, _command) {
    throw notImplemented("defineCommand");
  }

  displayPrompt(_preserveCursor) {
    throw notImplemented("displayPrompt");
  }

  clearBufferedCommand() {
    throw notImplemented("clearBufferedCommand");
  }
}

/** Says that code is not wrong but not complete. */
class Recoverable extends SyntaxError {
  constructor(error) {
    super();
    this.err = error;
  }
}

const builtinModules = all.filter((name) => !name.startsWith("_"));
const _builtinLibs = builtinModules;
const REPL_MODE_SLOPPY = Symbol("repl-sloppy");
const REPL_MODE_STRICT = Symbol("repl-strict");

const start = fails("start");
const writer = Object.assign(fails("writer"), { options: {} });

export {
  _builtinLibs, builtinModules, Recoverable, REPL_MODE_SLOPPY, REPL_MODE_STRICT, REPLServer, start, writer,
};
export default {
  writer,
  start,
  Recoverable,
  REPLServer,
  builtinModules,
  _builtinLibs,
  REPL_MODE_SLOPPY,
  REPL_MODE_STRICT,
};
