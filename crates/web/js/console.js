// console (https://console.spec.whatwg.org/), with the text of Node's.
//
// Groups, counters and timers belong to a console, hence to the realm, which the objects of a script share, as they share
// an isolate on Workers.

import { op_console } from "holdfast:ops";
import { table } from "./console_table.js";
import { formatWithOptions } from "./format.js";
import { inspect } from "./inspect.js";

const { now } = Date;

const INDENT = "  ";
const LINE_WIDTH = 80;
const LINE_WIDTH_MIN = 20;

function durationText(ms) {
  if (ms < 1000) return `${ms}ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(3)}s`;
  const seconds = Math.floor(ms / 1000);
  const clock = [Math.floor(seconds / 60) % 60, seconds % 60].map((part) => `${part}`.padStart(2, "0")).join(":");
  return seconds < 3600 ? `${clock} (m:ss)` : `${Math.floor(seconds / 3600)}:${clock} (h:mm:ss)`;
}

/**
 * A console whose output goes to `write`.
 *
 * @param {(level: "debug" | "info" | "log" | "warn" | "error", text: string) => void} write
 */
export function makeConsole(write) {
  let indentation = "";
  const counts = new Map();
  const timers = new Map();

  function print(level, text) {
    write(level, indentation === "" ? text : indentation + text.replaceAll("\n", `\n${indentation}`));
  }

  // Lines within a group have less room.
  function log(level, args) {
    const breakLength = Math.max(LINE_WIDTH - indentation.length, LINE_WIDTH_MIN);
    print(level, formatWithOptions({ breakLength }, args));
  }

  function logTimer(label, method, args) {
    const name = `${label}`;
    const start = timers.get(name);
    if (start === undefined) {
      print("warn", `No such label '${name}' for console.${method}()`);
      return;
    }
    log("log", ["%s", `${name}: ${durationText(now() - start)}`, ...args]);
  }

  const methods = {
    log(...args) {
      log("log", args);
    },

    debug(...args) {
      log("debug", args);
    },

    info(...args) {
      log("info", args);
    },

    warn(...args) {
      log("warn", args);
    },

    error(...args) {
      log("error", args);
    },

    dir(value = undefined, options = undefined) {
      print("log", inspect(value, { customInspect: false, ...options }));
    },

    dirxml(...args) {
      log("log", args);
    },

    table(data = undefined, columns = undefined) {
      const text = table(data, columns);
      if (text === undefined) log("log", [data]);
      else print("log", text);
    },

    /** Prints where it was called from; the frames of the platform are not part of a stack. */
    trace(...args) {
      const error = new Error(formatWithOptions(undefined, args));
      error.name = "Trace";
      print("error", error.stack);
    },

    group(...args) {
      if (args.length > 0) log("log", args);
      indentation += INDENT;
    },

    groupCollapsed(...args) {
      methods.group(...args);
    },

    groupEnd() {
      indentation = indentation.slice(INDENT.length);
    },

    clear() {
      indentation = "";
    },

    count(label = "default") {
      const name = `${label}`;
      const count = (counts.get(name) ?? 0) + 1;
      counts.set(name, count);
      print("log", `${name}: ${count}`);
    },

    countReset(label = "default") {
      const name = `${label}`;
      if (!counts.delete(name)) print("warn", `Count for '${name}' does not exist`);
    },

    assert(condition = false, ...args) {
      if (condition) return;
      if (typeof args[0] === "string") log("error", [`Assertion failed: ${args[0]}`, ...args.slice(1)]);
      else log("error", ["Assertion failed", ...args]);
    },

    time(label = "default") {
      const name = `${label}`;
      if (timers.has(name)) print("warn", `Label '${name}' already exists for console.time()`);
      else timers.set(name, now());
    },

    timeLog(label = "default", ...args) {
      logTimer(label, "timeLog", args);
    },

    timeEnd(label = "default") {
      logTimer(label, "timeEnd", []);
      timers.delete(`${label}`);
    },

    // For a profiler or a timeline, of which there is none to write to.
    profile(_label = undefined) {},
    profileEnd(_label = undefined) {},
    timeStamp(_label = undefined) {},
  };

  // A namespace object: its prototype is an empty object that inherits from Object.prototype.
  const console = Object.create({}, Object.getOwnPropertyDescriptors(methods));
  return Object.defineProperty(console, Symbol.toStringTag, { value: "console", configurable: true });
}

export const console = makeConsole(op_console);
