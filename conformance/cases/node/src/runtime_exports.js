// What the modules about the runtime itself export.

import * as asyncHooks from "node:async_hooks";
import * as childProcess from "node:child_process";
import * as cluster from "node:cluster";
import * as console_ from "node:console";
import * as diagnosticsChannel from "node:diagnostics_channel";
import * as domain from "node:domain";
import * as events from "node:events";
import * as inspector from "node:inspector";
import * as inspectorPromises from "node:inspector/promises";
import * as module_ from "node:module";
import * as perfHooks from "node:perf_hooks";
import * as process_ from "node:process";
import * as readline from "node:readline";
import * as readlinePromises from "node:readline/promises";
import * as repl from "node:repl";
import * as sqlite from "node:sqlite";
import * as test from "node:test";
import * as timers from "node:timers";
import * as timersPromises from "node:timers/promises";
import * as traceEvents from "node:trace_events";
import * as tty from "node:tty";
import * as v8 from "node:v8";
import * as vm from "node:vm";
import * as wasi from "node:wasi";
import * as workerThreads from "node:worker_threads";
import { describeExports } from "./exports.js";

const modules = {
  async_hooks: asyncHooks,
  child_process: childProcess,
  cluster,
  console: console_,
  diagnostics_channel: diagnosticsChannel,
  domain,
  events,
  inspector,
  "inspector/promises": inspectorPromises,
  module: module_,
  perf_hooks: perfHooks,
  process: process_,
  readline,
  "readline/promises": readlinePromises,
  repl,
  sqlite,
  test,
  timers,
  "timers/promises": timersPromises,
  trace_events: traceEvents,
  tty,
  v8,
  vm,
  wasi,
  worker_threads: workerThreads,
};

export default Object.fromEntries(
  Object.entries(modules).map(([name, namespace]) => [name, () => describeExports(namespace)]),
);
