// The object process.

import { internalToken } from "holdfast:web/webidl";
import { assert, assertEquals, assertThrows, test } from "holdfast:test";
import process from "holdfast:node/internal/process/object";
import legacy from "holdfast:node/internal/process/legacy";
import * as host from "holdfast:node/internal/process/host";
import EventEmitter from "holdfast:node/events";

test("process is an emitter with what Node tells of itself", () => {
  assert(process instanceof EventEmitter);
  assertEquals(Object.prototype.toString.call(process), "[object process]");
  assertEquals([process.version, process.versions.node, process.platform], ["v22.19.0", "22.19.0", "linux"]);
  assertEquals([process.cwd(), process.umask(), process.argv], ["/bundle", 0o22, ["workerd"]]);
});

test("values of the environment become strings", () => {
  process.env.NUMBER = 5;
  process.env.NOTHING = undefined;
  assertEquals([process.env.NUMBER, process.env.NOTHING, process.env.never], ["5", "undefined", undefined]);
  assert(delete process.env.NUMBER && !("NUMBER" in process.env));
  assertThrows(() => (process.env[Symbol.iterator] = 1), TypeError);
  assertThrows(() => (process.env.a = Symbol.iterator), TypeError);
  assertThrows(() => Object.defineProperty(process.env, "a", { value: 1 }), TypeError, /must be configurable/);
  assertThrows(() => Object.defineProperty(process.env, "a", { get() {} }), TypeError, /getter/);
});

test("hrtime counts from a time given", () => {
  const [seconds, nanoseconds] = process.hrtime();
  assert(Number.isInteger(seconds) && nanoseconds >= 0 && nanoseconds < 1e9);
  assertEquals(process.hrtime([seconds - 1, nanoseconds])[0] >= 1, true);
  const [, least] = process.hrtime([seconds - 2, 999_999_999]);
  assert(least >= 0 && least < 1e9);
  assertEquals(typeof process.hrtime.bigint(), "bigint");
  assertThrows(() => process.hrtime(5), TypeError);
  assertThrows(() => process.hrtime([1]), RangeError);
});

test("ticks are microtasks, in order", async () => {
  const log = [];
  process.nextTick((...args) => log.push(args), 1, 2);
  queueMicrotask(() => log.push("microtask"));
  process.nextTick(() => log.push("second"));
  log.push("now");
  await new Promise((resolve) => setTimeout(resolve, 0));
  assertEquals(log, ["now", [1, 2], "microtask", "second"]);
});

test("warnings are emitted soon", async () => {
  const warning = new Promise((resolve) => process.once("warning", resolve));
  process.emitWarning("text", { type: "Type", code: "CODE", detail: "more" });
  const { name, message, code, detail } = await warning;
  assertEquals([name, message, code, detail], ["Type", "text", "CODE", "more"]);
  const plain = new Promise((resolve) => process.once("warning", resolve));
  process.emitWarning("plain");
  assertEquals([(await plain).name, (await plain).message, (await plain) instanceof Error], ["Warning", "plain", true]);
  assertThrows(() => process.emitWarning(5), TypeError);
  assertThrows(() => process.emitWarning("a", "b", 5), TypeError);
});

test("only root's ids can be set", () => {
  assertEquals([process.getuid(), process.setuid(0), process.getgroups()], [0, undefined, [0]]);
  const error = assertThrows(() => process.setgid(5), Error, "operation not permitted");
  assertEquals([error.code, error.syscall], ["EPERM", "setgid"]);
});

test("built-in modules by name", () => {
  assert(process.getBuiltinModule("events") === EventEmitter);
  assert(process.getBuiltinModule("node:events") === EventEmitter);
  assertEquals(["nothing", "node:nothing", "test", "internal/errors", "node:internal/errors"]
    .map((name) => process.getBuiltinModule(name)), Array(5).fill(undefined));
  assert(process.getBuiltinModule("process") === process);
});

test("exit and abort end what is running", () => {
  const codes = [];
  const error = new Error("ended");
  host.configure({}, (code) => {
    codes.push(code);
    throw error;
  });
  for (const end of [() => process.exit(), () => process.exit(4), () => process.abort(), () => legacy.exit(5)]) {
    assertThrows(end, error);
  }
  assertThrows(() => process.exit("x"), error);
  assertEquals(codes, [0, 4, 1, 5, 0]);
});

test("what cannot be done says so", () => {
  for (const name of ["kill", "dlopen", "binding", "cpuUsage", "execve"]) {
    const error = assertThrows(() => process[name](), Error, `The process.${name} method is not implemented`);
    assertEquals(error.code, "ERR_METHOD_NOT_IMPLEMENTED");
  }
});

test("rejections are events of process, too", () => {
  const seen = [];
  process.once("unhandledRejection", (...args) => seen.push(args));
  const promise = Promise.resolve();
  const event = new PromiseRejectionEvent(internalToken, "unhandledrejection", { promise, reason: "why" });
  globalThis.dispatchEvent(event);
  assertEquals(seen[0][0], "why");
  assert(seen[0][1] === promise);
});
