// node:async_hooks. That stores follow code through everything that is asynchronous is in async_context.test.js.

import { assert, assertEquals, assertThrows, test } from "holdfast:test";
import async_hooks, { AsyncLocalStorage, AsyncResource } from "holdfast:node/async_hooks";

test("run() sets the store for the function and what it calls", () => {
  const storage = new AsyncLocalStorage();
  const other = new AsyncLocalStorage();
  assertEquals(storage.getStore(), undefined);
  const seen = storage.run("a", (...args) => [
    args, storage.getStore(), other.run("b", () => [storage.getStore(), other.getStore()]), other.getStore(),
  ], 1, 2);
  assertEquals(seen, [[1, 2], "a", ["a", "b"], undefined]);
  assertEquals(storage.getStore(), undefined);
});

test("run() nests, and an exception restores the store outside", () => {
  const storage = new AsyncLocalStorage();
  storage.run(1, () => {
    const error = new Error("out");
    assertThrows(() => storage.run(2, () => {
      throw error;
    }), error);
    assertEquals(storage.getStore(), 1);
    assertEquals(storage.run(3, () => storage.getStore()), 3);
    assertEquals(storage.exit(() => storage.getStore()), undefined);
    assertEquals(storage.getStore(), 1);
  });
});

test("default value and name", () => {
  const storage = new AsyncLocalStorage({ defaultValue: 7, name: "n" });
  assertEquals([storage.getStore(), storage.name, new AsyncLocalStorage().name], [7, "n", ""]);
  assertEquals(storage.run(undefined, () => storage.getStore()), undefined);
});

test("bind() and snapshot() keep the stores of when they were called", () => {
  const storage = new AsyncLocalStorage();
  const [bound, snapshot] = storage.run("then", () => [
    AsyncLocalStorage.bind((...args) => [storage.getStore(), args]), AsyncLocalStorage.snapshot(),
  ]);
  assertEquals(storage.run("now", () => bound(1, 2)), ["then", [1, 2]]);
  assertEquals(storage.run("now", () => snapshot((a) => [storage.getStore(), a], 3)), ["then", 3]);
  assertThrows(() => snapshot(), TypeError, "The first argument must be a function");
});

test("AsyncResource runs functions in the context in which it was made", () => {
  const storage = new AsyncLocalStorage();
  const resource = storage.run("made", () => new AsyncResource("X"));
  function run(...args) {
    return [storage.getStore(), this.name, args];
  }
  const receiver = { name: "r" };
  assertEquals(storage.run("now", () => resource.runInAsyncScope(run, receiver, 1)), ["made", "r", [1]]);
  const bound = resource.bind(run, receiver);
  assertEquals(bound(2), ["made", "r", [2]]);
  assert(bound.asyncResource === resource);
  const made = storage.run("static", () => AsyncResource.bind(run, "X", receiver));
  assertEquals(made(), ["static", "r", []]);
  assertEquals([resource.asyncId(), resource.triggerAsyncId(), resource.emitDestroy()], [0, 0, undefined]);
});

test("what Workers do not have says so", () => {
  const storage = new AsyncLocalStorage();
  assertThrows(() => storage.enterWith(1), Error, "asyncLocalStorage.enterWith() is not implemented");
  assertThrows(() => storage.disable(), Error, "asyncLocalStorage.disable() is not implemented");
  assertThrows(() => new AsyncResource("X", { triggerAsyncId: 1 }), Error,
    "The 'triggerAsyncId' field on 'Options' is not implemented.");
});

test("arguments are checked", () => {
  const storage = new AsyncLocalStorage();
  const text = "Failed to execute 'run' on 'AsyncLocalStorage': parameter";
  assertThrows(() => storage.run(), TypeError, `${text} 1 is not of type 'Value'.`);
  assertThrows(() => storage.run(1), TypeError, `${text} 2 is not of type 'function'.`);
  assertThrows(() => AsyncLocalStorage.bind(5), TypeError);
  assertThrows(() => AsyncResource.bind(5), TypeError);
  for (const name of ["run", "exit", "getStore"]) {
    assertThrows(() => AsyncLocalStorage.prototype[name].call({}), TypeError, /Illegal invocation/);
  }
});

test("hooks and ids are there, and tell nothing", () => {
  const hook = async_hooks.createHook({ init() {} });
  assert(hook.enable() === hook && hook.disable() === hook);
  assertEquals([async_hooks.executionAsyncId(), async_hooks.triggerAsyncId()], [0, 0]);
  assertEquals(Object.keys(async_hooks.executionAsyncResource()), []);
  assertEquals(async_hooks.asyncWrapProviders.PROMISE, 0);
});

test("many storages at once", () => {
  const storages = Array.from({ length: 40 }, () => new AsyncLocalStorage());
  const within = (index) => index === storages.length
    ? storages.map((storage) => storage.getStore())
    : storages[index].run(index, () => within(index + 1));
  assertEquals(within(0), storages.map((_, index) => index));
});
