// node:process and the global process.

import process_ from "node:process";
import EventEmitter from "node:events";
import { outcome } from "../../core/src/harness.js";
import { attempt, describeProperties, table } from "./tools.js";

const { process } = globalThis;
const once = (start) => new Promise(start);

export default {
  "one object": () => [
    process === process_, Object.prototype.toString.call(process), process instanceof EventEmitter,
    Object.getPrototypeOf(process) === EventEmitter.prototype,
  ],
  shape: () => describeProperties(process).filter((line) => !/^(std(in|out|err)|_eventsCount|title|exitCode):/.test(line)),
  constants: () => [
    process.version, { ...process.versions }, process.release, process.features, process.config, process.argv, process.argv0,
    process.execArgv, process.arch, process.platform, process.pid, process.ppid, process.execPath, process.debugPort,
  ],
  "what is frozen": () => [
    "features", "versions", "release", "config", "argv", "report", "finalization", "permission",
  ].map((name) => [name, Object.isFrozen(process[name])]),
  environment: () => [
    { ...process.env }, Object.keys(process.env), process.env.TEXT, process.env.LIST, "STORE_OBJECT" in process.env,
    Object.getPrototypeOf(process.env) === Object.prototype, process.env.nothing,
  ],
  "changes of the environment": () => {
    process.env.ADDED = 5;
    process.env.UNDEFINED = undefined;
    const seen = [process.env.ADDED, process.env.UNDEFINED, "ADDED" in process.env, delete process.env.ADDED];
    delete process.env.UNDEFINED;
    return [seen, "ADDED" in process.env, delete process.env.nothing];
  },
  "wrong changes of the environment": () => table({
    symbol: () => (process.env[Symbol.iterator] = 1),
    value: () => (process.env.a = Symbol.iterator),
    attributes: () => Object.defineProperty(process.env, "a", { value: 1 }),
    getter: () => Object.defineProperty(process.env, "a", { get() {} }),
    notWritable: () => Object.defineProperty(process.env, "a", { value: 1, enumerable: true, configurable: true }),
    noValue: () => Object.defineProperty(process.env, "a", { enumerable: true, configurable: true, writable: true }),
    right: () => Object.defineProperty(process.env, "a", {
      value: 1, enumerable: true, configurable: true, writable: true,
    }).a,
  }),
  hrtime: () => [
    process.hrtime().map((part) => typeof part), typeof process.hrtime.bigint(), process.hrtime(process.hrtime()),
    attempt(() => process.hrtime(5)), attempt(() => process.hrtime([1])),
    process.hrtime.bigint() / 1_000_000_000n === BigInt(process.hrtime()[0]),
  ],
  users: () => table({
    get: () => [process.getuid(), process.getgid(), process.geteuid(), process.getegid(), process.getgroups()],
    set: () => [process.setuid(0), process.setgid(0), process.seteuid(0), process.setegid(0)],
    other: () => process.setuid(1000),
    name: () => process.setgid("root"),
    groups: () => process.setgroups([0]),
    init: () => process.initgroups("root", 0),
  }),
  emitWarning: async () => {
    const warnings = [];
    const listener = (warning) => warnings.push([warning.name, warning.message, warning.code, warning.detail]);
    process.on("warning", listener);
    process.emitWarning("plain");
    process.emitWarning("typed", "Type", "CODE");
    process.emitWarning("options", { type: "T", code: "C", detail: "D" });
    process.emitWarning(new RangeError("an error"));
    process.emitWarning(new RangeError("named"), "Named");
    const immediately = warnings.length;
    await scheduler.wait(1);
    process.off("warning", listener);
    return [immediately, warnings, table({
      warning: () => process.emitWarning(5),
      options: () => process.emitWarning("a", 5),
      constructor: () => process.emitWarning("a", "b", 5),
    })];
  },
  "events of rejections": async () => {
    const unhandled = await once((done) => {
      process.once("unhandledRejection", (reason, promise) => done([reason, promise instanceof Promise]));
      Promise.reject(new RangeError("lost"));
    });
    const handled = await once((done) => {
      process.once("rejectionHandled", (promise) => done(promise instanceof Promise));
      const promise = Promise.reject(1);
      setTimeout(() => promise.catch(() => {}), 1);
    });
    return [unhandled, handled];
  },
  "emitting events": () => [process.emit("exit", 0), process.emit("SIGTERM"), process.listenerCount("newListener")],
  umask: () => table({
    get: () => process.umask(),
    set: () => [process.umask(0o77), process.umask("77"), process.umask()],
    text: () => process.umask("x"),
    negative: () => process.umask(-1),
  }),
  measures: () => [
    process.memoryUsage(), process.resourceUsage(), process.constrainedMemory(), process.availableMemory(),
    process.uptime(),
  ],
  "what cannot be done": () => table(Object.fromEntries([
    "kill", "binding", "dlopen", "getActiveResourcesInfo", "setUncaughtExceptionCaptureCallback",
    "hasUncaughtExceptionCaptureCallback", "threadCpuUsage", "cpuUsage", "execve", "_linkedBinding", "_kill",
  ].map((name) => [name, () => process[name]()]))),
  "what cannot be done deeper": () => table({
    register: () => process.finalization.register({}, () => {}),
    registerBeforeExit: () => process.finalization.registerBeforeExit({}, () => {}),
    unregister: () => process.finalization.unregister({}),
    permission: () => process.permission.has("fs"),
    report: () => process.report.writeReport(),
  }),
  "what does nothing": () => [
    process.ref({}), process.unref({}), process.send({}), process.report.getReport(), process._tickCallback(),
    process._getActiveHandles(), process._getActiveRequests(), process._fatalException(), process._rawDebug("x"),
    process.setSourceMapsEnabled(true), process.getSourceMapsSupport(), process.allowedNodeEnvironmentFlags.size,
  ],
  "title and exit code": () => {
    const before = process.exitCode;
    process.title = "mine";
    process.exitCode = 3;
    const seen = [before, process.title, process.exitCode];
    process.title = "workerd";
    process.exitCode = undefined;
    return seen;
  },
  "standard streams": async () => {
    const { stdin, stdout, stderr } = process;
    const called = await once((done) => stdout.write("written by a case\n", () => done("called")));
    return [
      [stdin, stdout, stderr].map((stream) => [
        stream.fd, stream.constructor.name, stream.isTTY, stream._type, stream._isStdio, stream.readable, stream.writable,
        stream.readyState,
      ]),
      called, stdout === process.stdout, process.openStdin() === stdin, attempt(() => stdout.write(5)),
      Object.keys(stdout).filter((key) => !key.startsWith("_")).sort(),
    ];
  },
  "exit resets an object": async ({ env, name }) => {
    const stub = env.STORE_OBJECT.getByName(name);
    const before = await stub.count();
    const failed = await outcome(() => stub.exit(4));
    return [before, failed, await env.STORE_OBJECT.getByName(name).count()];
  },
  "exit ends a call": async ({ ctx }) => [
    await outcome(() => ctx.exports.StoreEntry.exit(4)), await ctx.exports.StoreEntry.look(),
  ],
  getBuiltinModule: () => [
    process.getBuiltinModule("node:events") === EventEmitter, process.getBuiltinModule("events") === EventEmitter,
    ...["nothing", "node:nothing", "test", "node:test", "sqlite", "buffer", "node:timers/promises"]
      .map((name) => [name, typeof process.getBuiltinModule(name)]),
  ],
};
