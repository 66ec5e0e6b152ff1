// node:console: the global console, which gets some more members when this module is loaded. There are no others.

import { op_node_module } from "holdfast:ops";
import { fails } from "./internal/missing.js";
import { notImplemented } from "./internal/unsupported.js";

const { console } = globalThis;

const names = [
  "log", "info", "debug", "warn", "error", "dir", "time", "timeEnd", "timeLog", "trace", "assert", "clear", "count",
  "countReset", "group", "groupEnd", "table", "dirxml", "groupCollapsed", "profile", "profileEnd", "timeStamp",
];

function Console(_options) {
  throw notImplemented("Console");
}

const context = fails("Console.context");
const createTask = fails("Console.createTask");

for (const name of names) Console.prototype[name] = console[name].bind(console);
Object.assign(Console.prototype, { context, createTask });

const noop = () => {};

Object.assign(console, {
  context,
  _times: new Map(),
  _ignoreErrors: true,
  _stderrErrorHandler: noop,
  _stdoutErrorHandler: noop,
});
for (const name of ["stderr", "stdout"]) {
  Object.defineProperty(console, `_${name}`, {
    get: () => op_node_module("internal/process/object").process[name],
    enumerable: true,
    configurable: true,
  });
}
Object.assign(console, { Console, createTask });

export const {
  assert, clear, count, countReset, debug, dir, dirxml, error, group, groupCollapsed, groupEnd, info, log, profile,
  profileEnd, table, time, timeEnd, timeLog, timeStamp, trace, warn,
} = Console.prototype;
export { Console, context, createTask };
export default console;
