// What those modules do with arguments.

import childProcess from "node:child_process";
import console_ from "node:console";
import domain from "node:domain";
import EventEmitter from "node:events";
import module_ from "node:module";
import perfHooks from "node:perf_hooks";
import readline from "node:readline";
import readlinePromises from "node:readline/promises";
import traceEvents from "node:trace_events";
import v8 from "node:v8";
import vm from "node:vm";
import workerThreads from "node:worker_threads";
import { describeProperties, table } from "./tools.js";

export default {
  "module: createRequire": () => {
    const require = module_.createRequire("/x.js");
    return [
      require("events") === EventEmitter, require("node:events") === EventEmitter, require.length, require.name,
      table({
        relative: () => module_.createRequire("x.js"),
        number: () => module_.createRequire(5),
        http: () => module_.createRequire("http://x/y"),
        fileUrl: () => typeof module_.createRequire("file:///a/b.js"),
        urlObject: () => typeof module_.createRequire(new URL("file:///a/b.js")),
        unknown: () => require("nothing-like-it"),
      }),
    ];
  },
  "module: isBuiltin": () => [
    "fs", "node:fs", "node:test", "test", "node:sqlite", "sqlite", "nothing", "sys", "wasi", "_http_agent",
    "cloudflare:workers", "fs/promises",
  ].map((name) => [name, module_.isBuiltin(name)]),
  "module: lists": () => [
    module_.builtinModules, Object.isFrozen(module_.builtinModules), module_.constants, module_.getSourceMapsSupport(),
  ],
  "vm: contexts": () => table({
    make: () => {
      const context = vm.createContext({ a: 1 });
      return [describeProperties(context), vm.isContext(context), vm.isContext({}), vm.createContext(context) === context];
    },
    run: () => vm.runInContext("1", vm.createContext()),
    runInNone: () => vm.runInContext("1", {}),
    runNew: () => vm.runInNewContext("1"),
    runThis: () => vm.runInThisContext("1"),
    compile: () => vm.compileFunction("return 1"),
    script: () => new vm.Script("1").runInContext(vm.createContext()),
    scriptInNone: () => new vm.Script("1").runInContext({}),
    scriptOptions: () => new vm.Script("1", 5),
    notAnObject: () => vm.createContext(5),
    isContext: () => vm.isContext(5),
  }),
  "trace_events": () => table({
    use: () => {
      const tracing = traceEvents.createTracing({ categories: ["a", "b"] });
      return [
        tracing.categories, tracing.enabled, tracing.enable(), tracing.enabled, tracing.disable(), tracing.enabled,
        traceEvents.getEnabledCategories(), describeProperties(tracing),
      ];
    },
    none: () => traceEvents.createTracing({}),
    empty: () => traceEvents.createTracing({ categories: [] }),
    wrong: () => traceEvents.createTracing({ categories: [5] }),
  }),
  "child_process: arguments": () => table({
    exec: () => childProcess.exec("ls"),
    execCommand: () => childProcess.exec(5),
    execOptions: () => childProcess.exec("ls", 5),
    execArray: () => childProcess.exec("ls", []),
    spawnSync: () => childProcess.spawnSync("ls"),
    spawnSyncCommand: () => childProcess.spawnSync(5),
    fork: () => childProcess.fork("x"),
    forkArguments: () => childProcess.fork("x", 5),
    execFile: () => childProcess.execFile(5),
  }),
  "worker_threads: values": () => {
    workerThreads.setEnvironmentData("key", 5);
    const seen = [workerThreads.getEnvironmentData("key")];
    workerThreads.setEnvironmentData("key", undefined);
    const marked = {};
    workerThreads.markAsUntransferable(marked);
    return [
      seen, workerThreads.getEnvironmentData("key"), workerThreads.isMarkedAsUntransferable(marked),
      workerThreads.isMainThread, workerThreads.threadId, workerThreads.parentPort, workerThreads.workerData,
      workerThreads.resourceLimits, String(workerThreads.SHARE_ENV), workerThreads.MessageChannel === globalThis.MessageChannel,
    ];
  },
  "readline: interfaces": async () => {
    const log = [];
    const face = readline.createInterface({});
    face.on("close", () => log.push("close"));
    face.question("?", (answer) => log.push(["answer", answer]));
    face.question("?", {}, (answer) => log.push(["answer", answer]));
    face.setPrompt("p");
    log.push(face.getPrompt(), face.terminal, face.line, face.cursor, face.getCursorPos(), face.pause() === face);
    for await (const line of face) log.push(line);
    const promised = readlinePromises.createInterface({});
    return [log, await promised.question("?"), promised instanceof readline.Interface];
  },
  domain: () => {
    const made = domain.createDomain();
    const log = [];
    made.on("error", (error) => log.push(String(error)));
    const emitter = new EventEmitter();
    made.add(emitter);
    const f = () => {};
    return [
      made.run((...args) => [args, process.domain === made, domain.active === made], 1, 2), made.bind(f) === f,
      made.intercept(f) === f, emitter.domain, made.enter(), made.exit(), log,
      table({ run: () => made.run(() => {
        throw new RangeError("z");
      }) }),
    ];
  },
  "v8: arguments": () => table({
    flags: () => v8.setFlagsFromString("--x"),
    query: () => v8.queryObjects(Object),
    limit: () => v8.setHeapSnapshotNearHeapLimit(5),
    oneByte: () => v8.isStringOneByteRepresentation("a"),
    statistics: () => v8.getHeapStatistics(),
    code: () => v8.getHeapCodeStatistics(),
    cpp: () => v8.getCppHeapStatistics(),
    snapshot: () => v8.startupSnapshot.isBuildingSnapshot(),
  }),
  "console: members": () => [
    console_ === globalThis.console, Object.keys(console_).sort(),
    Reflect.ownKeys(console_.Console.prototype).map(String).sort(), console_._stdout === process.stdout,
    table({ new: () => new console_.Console({}), call: () => console_.Console({}), context: () => console_.context() }),
  ],
  "perf_hooks: performance": () => [
    perfHooks.performance === performance, perfHooks.Performance === globalThis.Performance,
    perfHooks.timerify(describeProperties) === describeProperties, perfHooks.constants,
  ],
};
