// node:async_hooks: where stores are seen.

import async_hooks, { AsyncLocalStorage, AsyncResource } from "node:async_hooks";
import EventEmitter from "node:events";
import { kept, storage } from "./async_hooks_probe.js";
import { table } from "./tools.js";

const get = () => storage.getStore();
const set = (store, act) => storage.run(store, act);
/** What is seen in the callback that `start` is given, while it is called with a store. */
const seenBy = (start) => new Promise((resolve) => set("set", () => start(() => resolve(get()))));

const who = function () {
  return this === globalThis ? "global" : this;
};

export default {
  "run, exit, default, name": () => {
    const named = new AsyncLocalStorage({ defaultValue: 7, name: "n" });
    return [
      set(1, () => [get(), set(2, get), storage.exit(get), get()]), get(), named.getStore(), named.name,
      named.run(undefined, () => named.getStore()), named.run(1, () => named.exit(() => named.getStore())),
      new AsyncLocalStorage({ name: 5 }).name, set(1, who), storage.run(1, (...args) => args, 2, 3),
    ];
  },
  "wrong arguments": () => table({
    options: () => new AsyncLocalStorage(5),
    run: () => storage.run(),
    runWhat: () => storage.run(1, 5),
    exit: () => storage.exit(),
    bind: () => AsyncLocalStorage.bind(5),
    snapshot: () => AsyncLocalStorage.snapshot()(5),
    receiver: () => storage.getStore.call({}),
    enterWith: () => storage.enterWith(1),
    disable: () => storage.disable(),
    resourceOptions: () => new AsyncResource("x", 5),
    trigger: () => new AsyncResource("x", { triggerAsyncId: 4 }),
    resourceRun: () => new AsyncResource("x").runInAsyncScope(5),
    resourceBind: () => new AsyncResource("x").bind(5),
  }),
  "bind and snapshot": () => {
    const bound = set(1, () => AsyncLocalStorage.bind((...args) => [get(), args]));
    const snapshot = set(2, () => AsyncLocalStorage.snapshot());
    return [
      set(3, () => bound(4, 5)), set(3, () => snapshot((...args) => [get(), args], 6)), bound.name, bound.length,
      AsyncLocalStorage.bind(who).call({ a: 1 }), snapshot.call({ a: 1 }, who),
    ];
  },
  AsyncResource: () => {
    const resource = set(1, () => new AsyncResource("x"));
    const bound = resource.bind((...args) => [get(), args]);
    const made = set(2, () => AsyncResource.bind(get, "x"));
    return [
      set(3, () => resource.runInAsyncScope((...args) => [get(), args], null, 4)), set(3, () => bound(5)), made(),
      bound.asyncResource === resource, resource.runInAsyncScope(who), resource.runInAsyncScope(who, { a: 1 }),
      resource.asyncId(), resource.triggerAsyncId(), resource.emitDestroy(), new AsyncResource().asyncId(),
    ];
  },
  "hooks and ids": () => {
    const hook = async_hooks.createHook({ init() {} });
    return [
      Object.keys(hook), hook.enable() === hook, hook.disable() === hook, async_hooks.executionAsyncId(),
      async_hooks.triggerAsyncId(), async_hooks.executionAsyncResource(), async_hooks.asyncWrapProviders,
    ];
  },
  "awaits and reactions": async () => {
    const { promise, resolve } = Promise.withResolvers();
    const reaction = set("a", () => promise.then(get));
    const awaited = set("b", async () => [get(), await promise, get()]);
    set("c", () => resolve(1));
    const rejected = set("d", () => Promise.reject(1));
    return [await reaction, await awaited, await set("e", () => rejected.catch(get)), get()];
  },
  thenables: () => set("a", async () => [await { then: (resolve) => resolve(get()) }, get()]),
  generators: async () => {
    async function* generate() {
      for (;;) yield get();
    }
    const iterator = set("made", generate);
    return [(await set("a", () => iterator.next())).value, (await set("b", () => iterator.next())).value];
  },
  timers: async () => [
    await seenBy((done) => setTimeout(done, 1)),
    await seenBy((done) => setImmediate(done)),
    await seenBy((done) => queueMicrotask(done)),
    await seenBy((done) => process.nextTick(done)),
    await seenBy((done) => {
      const timer = setInterval(() => {
        clearInterval(timer);
        done();
      }, 1);
    }),
    await seenBy((done) => scheduler.wait(1).then(done)),
    await seenBy((done) => setTimeout(() => set("inner", () => setTimeout(done, 0)), 0)),
  ],
  "listeners of events": async () => {
    const seen = [];
    const emitter = new EventEmitter();
    const target = new EventTarget();
    const controller = new AbortController();
    set("listening", () => {
      emitter.on("x", () => seen.push(get()));
      target.addEventListener("x", () => seen.push(get()));
      controller.signal.addEventListener("abort", () => seen.push(get()));
      AbortSignal.any([controller.signal]).addEventListener("abort", () => seen.push(get()));
    });
    set("emitting", () => {
      emitter.emit("x");
      target.dispatchEvent(new Event("x"));
      controller.abort();
    });
    seen.push(await new Promise((resolve) => {
      set("a", () => AbortSignal.timeout(1).addEventListener("abort", () => resolve(get())));
    }));
    return seen;
  },
  "unhandled rejections": async () => {
    const seen = (type, start) => new Promise((resolve) => {
      const listener = (event) => {
        removeEventListener(type, listener);
        event.preventDefault?.();
        resolve([get(), event.reason]);
      };
      addEventListener(type, listener);
      start();
    });
    return [
      await seen("unhandledrejection", () => void set("a", () => Promise.reject(1))),
      await seen("unhandledrejection", () => void set("b", async () => {
        await null;
        throw 2;
      })),
    ];
  },
  sockets: async () => {
    const { 0: near, 1: far } = new WebSocketPair();
    const seen = [];
    set("near", () => near.accept());
    set("far", () => far.accept());
    const message = new Promise((resolve) => {
      set("listening", () => near.addEventListener("message", ({ data }) => resolve(seen.push([data, get()]))));
    });
    set("sending", () => far.send("hello"));
    await message;
    far.close(1000);
    return seen;
  },
  streams: async () => {
    const seen = [];
    const stream = set("made", () => new ReadableStream({
      start: () => void seen.push(get()),
      cancel: () => void seen.push(get()),
      pull: (controller) => controller.enqueue(1),
    }));
    const reader = stream.getReader();
    await set("reading", async () => {
      await reader.read();
      seen.push(get());
      await reader.cancel();
    });
    return seen;
  },
  "stream pulls": async () => {
    const pulls = async (strategy, extra, act) => {
      const seen = [];
      const stream = set("made", () => new ReadableStream({
        pull: (controller) => {
          seen.push(get());
          controller.enqueue(extra.type === "bytes" ? new Uint8Array(1) : 1);
        },
        ...extra,
      }, strategy));
      await act(stream);
      return seen;
    };
    const readTwice = async (stream) => {
      const reader = stream.getReader();
      await set("first", () => reader.read());
      await scheduler.wait(0);
      await set("second", () => reader.read());
    };
    const readLater = async (stream) => {
      await scheduler.wait(0);
      await readTwice(stream);
    };
    const readInto = async (stream) => {
      const reader = stream.getReader({ mode: "byob" });
      await set("first", () => reader.read(new Uint8Array(1)));
      await scheduler.wait(0);
      await set("second", () => reader.read(new Uint8Array(1)));
    };
    const start = () => {};
    return [
      await pulls({ highWaterMark: 0 }, { start }, readTwice), await pulls({ highWaterMark: 0 }, { start }, readLater),
      await pulls({ highWaterMark: 0 }, { start, type: "bytes" }, readTwice), await pulls({ highWaterMark: 0 }, { start, type: "bytes" }, readInto),
      await pulls({ highWaterMark: 3 }, { start }, () => scheduler.wait(0)), (await pulls({ highWaterMark: 2 }, {}, readTwice))[0],
    ];
  },
  "calls of other Workers": ({ ctx }) => set("caller", async () => {
    const { StoreEntry } = ctx.exports;
    return [await StoreEntry.look(), get(), await StoreEntry.callBack(() => get() ?? "nothing"), get()];
  }),
  "calls of objects": ({ env, name }) => set("caller", async () => {
    const stub = env.STORE_OBJECT.getByName(name);
    return [await stub.look(), get(), await stub.callBack(() => get() ?? "nothing"), get()];
  }),
  "inside an object": async ({ env, name }) => {
    const stub = env.STORE_OBJECT.getByName(name);
    return [await stub.blocked(), await stub.afterStorage()];
  },
  "snapshots are for the request they were made in": async ({ ctx }) => {
    kept.snapshot = set("kept", () => AsyncLocalStorage.snapshot());
    return [await ctx.exports.StoreEntry.useSnapshot(), kept.snapshot(get)];
  },
};
