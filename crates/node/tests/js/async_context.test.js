// Stores follow code through everything that is asynchronous: first each kind alone, then random interleavings of all
// of them, compared with a model.

import { assert, assertEquals, test } from "holdfast:test";
import { AsyncLocalStorage, AsyncResource } from "holdfast:node/async_hooks";
import EventEmitter from "holdfast:node/events";
import timers from "holdfast:node/timers";
import timersPromises from "holdfast:node/timers/promises";
import { nextTick } from "holdfast:node/internal/process/next_tick";

const storage = new AsyncLocalStorage();
const get = () => storage.getStore();
const later = (start) => new Promise((resolve) => storage.run("set", () => start(() => resolve(get()))));

test("awaits and reactions of promises", async () => {
  await storage.run("a", async () => {
    await null;
    assertEquals(get(), "a");
    await new Promise((resolve) => setTimeout(resolve, 0));
    assertEquals(get(), "a");
    const { promise, resolve } = Promise.withResolvers();
    const seen = promise.then(get);
    storage.run("b", resolve);
    assertEquals(await seen, "a");
    assertEquals(get(), "a");
  });
  assertEquals(get(), undefined);
});

test("a reaction has the context in which it was added, not that of who settles", async () => {
  const settled = Promise.resolve();
  const [a, b] = [storage.run("a", () => settled.then(get)), storage.run("b", () => settled.then(get))];
  assertEquals([await a, await b, await settled.then(get)], ["a", "b", undefined]);
  const rejected = storage.run("c", () => Promise.reject(1));
  assertEquals(await storage.run("d", () => rejected.catch(get)), "d");
});

test("thenables", async () => {
  const thenable = { then: (resolve) => resolve(get()) };
  assertEquals(await storage.run("a", async () => [await thenable, get()]), ["a", "a"]);
});

test("async generators have the context of who asks", async () => {
  async function* generate() {
    for (;;) {
      await null;
      yield get();
    }
  }
  const iterator = storage.run("made", generate);
  assertEquals((await storage.run("a", () => iterator.next())).value, "a");
  assertEquals((await storage.run("b", () => iterator.next())).value, "b");
});

test("timers of the Web and of Node", async () => {
  assertEquals(await later((done) => setTimeout(done, 1)), "set");
  assertEquals(await later((done) => timers.setTimeout(done, 1)), "set");
  assertEquals(await later((done) => setImmediate(done)), "set");
  assertEquals(await later((done) => {
    const timer = setInterval(() => {
      clearInterval(timer);
      done();
    }, 1);
  }), "set");
  assertEquals(await later((done) => timersPromises.setTimeout(1).then(done)), "set");
  assertEquals(await later((done) => scheduler.wait(1).then(done)), "set");
});

test("a timer set in a timer has the inner context", async () => {
  const seen = await new Promise((resolve) => {
    storage.run("outer", () => setTimeout(() => {
      storage.run("inner", () => setTimeout(() => resolve(get()), 0));
    }, 0));
  });
  assertEquals(seen, "inner");
});

test("an interval keeps its context from one time to the next", async () => {
  const seen = [];
  await new Promise((resolve) => {
    storage.run("a", () => {
      const timer = setInterval(() => {
        seen.push(get());
        if (seen.length < 3) return;
        clearInterval(timer);
        resolve();
      }, 1);
    });
  });
  assertEquals(seen, ["a", "a", "a"]);
});

test("microtasks and ticks", async () => {
  assertEquals(await later((done) => queueMicrotask(done)), "set");
  assertEquals(await later((done) => nextTick(done)), "set");
});

test("listeners of events have the context of the event", () => {
  const seen = [];
  const emitter = new EventEmitter();
  const target = new EventTarget();
  const controller = new AbortController();
  storage.run("listening", () => {
    emitter.on("x", () => seen.push(get()));
    target.addEventListener("x", () => seen.push(get()));
    controller.signal.addEventListener("abort", () => seen.push(get()));
  });
  storage.run("emitting", () => {
    emitter.emit("x");
    target.dispatchEvent(new Event("x"));
    controller.abort();
  });
  assertEquals(seen, ["emitting", "emitting", "emitting"]);
});

test("a timeout of the platform has no context of the program", async () => {
  const seen = await new Promise((resolve) => {
    storage.run("a", () => AbortSignal.timeout(1).addEventListener("abort", () => resolve([get()])));
  });
  assertEquals(seen, [undefined]);
});

test("streams", async () => {
  const seen = [];
  const stream = storage.run("made", () => new ReadableStream({
    start: () => void seen.push(`start ${get()}`),
    cancel: () => void seen.push(`cancel ${get()}`),
    pull: (controller) => controller.enqueue(1),
  }));
  const reader = stream.getReader();
  await storage.run("reading", async () => {
    await reader.read();
    seen.push(`read ${get()}`);
    await reader.cancel();
  });
  assertEquals(seen, ["start made", "read reading", "cancel reading"]);
});

test("a pull is done for the reader who waits for it, and else for who made the stream", async () => {
  const pulls = async (strategy, extra, act) => {
    const seen = [];
    const stream = storage.run("made", () => new ReadableStream({
      pull: (controller) => {
        seen.push(get());
        controller.enqueue(extra.type === "bytes" ? new Uint8Array(1) : 1);
      },
      ...extra,
    }, strategy));
    await act(stream);
    return seen;
  };
  const wait = () => new Promise((resolve) => setTimeout(resolve, 0));
  const readTwice = async (stream) => {
    const reader = stream.getReader();
    await storage.run("first", () => reader.read());
    // The first pull is over.
    await wait();
    await storage.run("second", () => reader.read());
  };
  const start = () => {};
  const empty = { highWaterMark: 0 };
  assertEquals(await pulls(empty, { start }, readTwice), ["first", "second"]);
  assertEquals(await pulls(empty, { start, type: "bytes" }, readTwice), ["first", "second"]);
  assertEquals(await pulls(empty, { start: () => Promise.resolve() }, readTwice), ["first", "second"]);
  // Nothing is to be waited for, so that the stream would have been pulled when it was made.
  assertEquals((await pulls(empty, {}, readTwice))[0], "made");
  assertEquals(await pulls({ highWaterMark: 3 }, { start }, wait), ["made", "made", "made"]);
});

// --- against a model ------------------------------------------------------------------------------

/** mulberry32 */
function random(seed) {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return (t ^ (t >>> 14)) >>> 0;
  };
}

// A step does something and goes on in another place; the model is what it hands on: the stores that code there must
// see. Gates are promises that steps anywhere open, so that the context of who settles is never that of who waits.
class Walk {
  #random;
  #storages = [new AsyncLocalStorage(), new AsyncLocalStorage(), new AsyncLocalStorage()];
  #gates = [];
  #emitter = new EventEmitter();
  #errors = [];
  steps = 0;

  constructor(seed) {
    this.#random = random(seed);
    for (let i = 0; i < 4; i++) this.#gates.push(Promise.withResolvers());
  }

  #pick(count) {
    return this.#random() % count;
  }

  #check(stores, where) {
    const seen = this.#storages.map((storage) => storage.getStore());
    if (!seen.every((store, index) => store === stores[index])) {
      this.#errors.push(`${where}: saw ${seen}, must be ${stores}`);
    }
  }

  #openGate() {
    const index = this.#pick(this.#gates.length);
    this.#gates[index].resolve();
    this.#gates[index] = Promise.withResolvers();
  }

  // Runs with `stores` set; resolves when all that came of it is done.
  async #step(stores, depth, where) {
    this.steps++;
    this.#check(stores, where);
    if (depth === 0) return;
    const work = [];
    for (let i = 0; i < 2; i++) {
      const kind = this.#pick(13);
      work.push(this.#go(kind, stores, depth - 1));
      this.#check(stores, `after starting ${kind}`);
    }
    this.#openGate();
    await Promise.all(work);
    this.#check(stores, `at the end of ${where}`);
  }

  #go(kind, stores, depth) {
    const next = (where, s = stores) => this.#step(s, depth, where);
    const index = this.#pick(this.#storages.length);
    const storage = this.#storages[index];
    const store = this.#random();
    switch (kind) {
      case 0:
        return storage.run(store, () => next("run", stores.with(index, store)));
      case 1:
        return storage.exit(() => next("exit", stores.with(index, undefined)));
      case 2:
        return new Promise((resolve) => setTimeout(() => resolve(next("timeout")), this.#pick(3)));
      case 3:
        return new Promise((resolve) => queueMicrotask(() => resolve(next("microtask"))));
      case 4:
        return new Promise((resolve) => setImmediate(() => resolve(next("immediate"))));
      case 5:
        return new Promise((resolve) => nextTick(() => resolve(next("tick"))));
      case 6:
        return (async () => {
          await this.#gates[this.#pick(this.#gates.length)].promise;
          await next("gate");
        })();
      case 7:
        return this.#gates[this.#pick(this.#gates.length)].promise.then(() => next("reaction"));
      case 8: {
        const snapshot = AsyncLocalStorage.snapshot();
        return storage.run(store, () => snapshot(() => next("snapshot")));
      }
      case 9: {
        const resource = new AsyncResource("walk");
        return storage.run(store, () => new Promise((resolve) => {
          setTimeout(() => resolve(resource.runInAsyncScope(() => next("resource"))), 0);
        }));
      }
      case 10: {
        // The listener runs in the context of the event, whoever added it.
        let done;
        storage.run(store, () => this.#emitter.once(`e${store}`, () => (done = next("event"))));
        this.#emitter.emit(`e${store}`);
        return done;
      }
      case 11:
        return (async () => {
          try {
            await storage.run(store, async () => {
              await null;
              throw new Error("expected");
            });
          } catch {
            await next("catch");
          }
        })();
      default:
        return (async () => {
          for await (const _ of (async function* () {
            yield 1;
            await null;
            yield 2;
          })()) this.#check(stores, "loop");
          await next("loop");
        })();
    }
  }

  async run() {
    // Those who wait for a gate after the last step has opened one: somebody must open them all.
    let running = true;
    const opener = (async () => {
      while (running) {
        for (let i = 0; i < this.#gates.length; i++) {
          this.#gates[i].resolve();
          this.#gates[i] = Promise.withResolvers();
        }
        await new Promise((resolve) => setTimeout(resolve, 0));
      }
    })();
    const stores = [undefined, undefined, undefined];
    await this.#step(stores, 7, "start");
    running = false;
    await opener;
    return this.#errors;
  }
}

test("random interleavings see what the model says", async () => {
  for (let seed = 1; seed <= 12; seed++) {
    const walk = new Walk(seed);
    const errors = await walk.run();
    assertEquals(errors.slice(0, 3), [], `seed ${seed}`);
    assert(walk.steps > 200, `seed ${seed} made ${walk.steps} steps only`);
  }
});
