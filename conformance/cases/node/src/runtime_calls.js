// What the functions of modules that are there in name only answer when they are called without arguments, and what the
// methods of their classes answer.

import childProcess from "node:child_process";
import cluster from "node:cluster";
import domain from "node:domain";
import inspector from "node:inspector";
import inspectorPromises from "node:inspector/promises";
import module_ from "node:module";
import perfHooks from "node:perf_hooks";
import readline from "node:readline";
import readlinePromises from "node:readline/promises";
import repl from "node:repl";
import sqlite from "node:sqlite";
import traceEvents from "node:trace_events";
import tty from "node:tty";
import v8 from "node:v8";
import vm from "node:vm";
import wasi from "node:wasi";
import workerThreads from "node:worker_threads";

/** Names that are the subject of other cases. */
const elsewhere = new Set(["MessageChannel", "MessagePort", "Socket", "moveMessagePortToContext", "receiveMessageOnPort"]);

function describe(value) {
  if (value === null || typeof value !== "object") return typeof value === "function" ? "function" : String(value);
  if (value instanceof Promise) return "Promise";
  const name = value.constructor?.name ?? "null";
  return name === "Object" || name === "Array" ? JSON.stringify(value) : name;
}

/** Errors without a code are worded by the engine, except for a few of the runtime's. */
function describeFailure(error) {
  const own = error?.code !== undefined || /Illegal constructor|not implemented/.test(error?.message);
  return own ? `threw ${error.name} [${error.code}]: ${error.message}` : `threw ${error?.name ?? typeof error}`;
}

async function call(f, receiver, args = []) {
  try {
    const value = Reflect.apply(f, receiver, args);
    return value instanceof Promise ? `promise of ${describe(await value)}` : describe(value);
  } catch (error) {
    return describeFailure(error);
  }
}

const isClass = (f) => f.prototype !== undefined && Reflect.ownKeys(f.prototype).length > 1;

async function describeClass(Class) {
  const described = {};
  let object;
  try {
    object = new Class();
    described.new = Object.keys(object).map((key) => `${key}: ${describe(object[key])}`);
  } catch (error) {
    described.new = describeFailure(error);
    object = Object.create(Class.prototype);
  }
  for (const key of Reflect.ownKeys(Class.prototype)) {
    const { value } = Object.getOwnPropertyDescriptor(Class.prototype, key);
    if (key === "constructor" || typeof value !== "function") continue;
    described[`${String(key)}/${value.length}`] = await call(value, object);
  }
  return described;
}

async function describeModule(module) {
  const described = {};
  for (const name of Object.keys(module).sort()) {
    const value = module[name];
    if (elsewhere.has(name)) continue;
    if (typeof value === "function") {
      described[name] = isClass(value) ? await describeClass(value) : await call(value, module);
    } else if (value !== null && typeof value === "object" && Object.getPrototypeOf(value) === Object.prototype) {
      described[name] = Object.fromEntries(await Promise.all(Object.entries(value).map(async ([key, member]) => [
        key, typeof member === "function" ? await call(member, value) : describe(member),
      ])));
    } else {
      described[name] = describe(value);
    }
  }
  return described;
}

const modules = {
  child_process: childProcess,
  cluster,
  domain,
  inspector,
  "inspector/promises": inspectorPromises,
  module: module_,
  perf_hooks: {
    createHistogram: perfHooks.createHistogram,
    eventLoopUtilization: perfHooks.eventLoopUtilization,
    monitorEventLoopDelay: perfHooks.monitorEventLoopDelay,
    constants: perfHooks.constants,
  },
  readline,
  "readline/promises": readlinePromises,
  repl,
  sqlite,
  trace_events: traceEvents,
  tty,
  v8,
  vm,
  wasi,
  worker_threads: workerThreads,
};

export default Object.fromEntries(
  Object.entries(modules).map(([name, module]) => [name, () => describeModule(module)]),
);
