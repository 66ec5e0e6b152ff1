// Node's modules as they were before the dates of their own flags: which there were, and what they were like.

import * as process_ from "node:process";
import { channel } from "node:diagnostics_channel";
import timers from "node:timers";
import { outcome } from "../../core/src/harness.js";

/** What kind the default export is, or why there is none. */
const reach = async (load) => {
  try {
    return typeof (await load()).default;
  } catch (error) {
    return `${error}`;
  }
};

const cases = {
  "modules with a flag": async () => ({
    child_process: await reach(() => import("node:child_process")),
    cluster: await reach(() => import("node:cluster")),
    console: await reach(() => import("node:console")),
    domain: await reach(() => import("node:domain")),
    inspector: await reach(() => import("node:inspector")),
    "inspector/promises": await reach(() => import("node:inspector/promises")),
    perf_hooks: await reach(() => import("node:perf_hooks")),
    readline: await reach(() => import("node:readline")),
    "readline/promises": await reach(() => import("node:readline/promises")),
    repl: await reach(() => import("node:repl")),
    sqlite: await reach(() => import("node:sqlite")),
    trace_events: await reach(() => import("node:trace_events")),
    tty: await reach(() => import("node:tty")),
    v8: await reach(() => import("node:v8")),
    vm: await reach(() => import("node:vm")),
    wasi: await reach(() => import("node:wasi")),
    worker_threads: await reach(() => import("node:worker_threads")),
  }),
  "modules without a flag": async () => ({
    async_hooks: await reach(() => import("node:async_hooks")),
    diagnostics_channel: await reach(() => import("node:diagnostics_channel")),
    events: await reach(() => import("node:events")),
    module: await reach(() => import("node:module")),
    process: await reach(() => import("node:process")),
    test: await reach(() => import("node:test")),
    timers: await reach(() => import("node:timers")),
    "timers/promises": await reach(() => import("node:timers/promises")),
  }),
  getBuiltinModule: () => ["os", "node:vm", "vm", "v8", "events", "node:tty"]
    .map((name) => [name, typeof process_.getBuiltinModule(name)]),
  process: () => [
    Object.keys(process_), Object.keys(process_.default), process === process_.default,
    Object.prototype.toString.call(process), process.env, process.platform, typeof process.versions,
  ],
  timers: () => {
    const timer = setTimeout(() => {}, 1);
    clearTimeout(timer);
    return [typeof timer, typeof timers.setTimeout(() => {}, 1), typeof setImmediate(() => {})];
  },
  "hasSubscribers is a method": () => [typeof channel("x").hasSubscribers, channel("x").hasSubscribers()],
};

export default {
  async fetch(request) {
    const { pathname } = new URL(request.url);
    if (pathname === "/cases") return Response.json(Object.keys(cases).map((name) => ({ name })));
    const run = cases[decodeURIComponent(pathname.slice("/case/".length))];
    if (run === undefined) return Response.json({ error: "no such case" }, { status: 404 });
    return Response.json(await outcome(() => run()));
  },
};
