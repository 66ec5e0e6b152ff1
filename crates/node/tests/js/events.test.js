// node:events.

import { assert, assertEquals, assertRejects, assertThrows, test } from "holdfast:test";
import EventEmitter, * as events from "holdfast:node/events";
import { AsyncLocalStorage } from "holdfast:node/async_hooks";

const { addAbortListener, EventEmitterAsyncResource, on, once } = events;

test("listeners are called in order, with the emitter as receiver", () => {
  const emitter = new EventEmitter();
  const log = [];
  emitter.on("x", function (...args) {
    log.push(["on", this === emitter, args]);
  });
  emitter.prependListener("x", () => log.push("first"));
  assertEquals(emitter.emit("x", 1, 2), true);
  assertEquals(log, ["first", ["on", true, [1, 2]]]);
  assertEquals(emitter.emit("y"), false);
});

test("a listener added or removed during an event has no part in it", () => {
  const emitter = new EventEmitter();
  const log = [];
  const late = () => log.push("late");
  const gone = () => log.push("gone");
  emitter.on("x", () => {
    log.push("a");
    emitter.on("x", late);
    emitter.off("x", gone);
  });
  emitter.on("x", gone);
  emitter.emit("x");
  assertEquals(log, ["a", "gone"]);
});

test("once listeners leave before they run, and are known by the function given", () => {
  const emitter = new EventEmitter();
  let calls = 0;
  const listener = () => {
    calls++;
    emitter.emit("x");
  };
  emitter.once("x", listener);
  assertEquals(emitter.listeners("x"), [listener]);
  assertEquals(emitter.rawListeners("x")[0].listener, listener);
  emitter.emit("x");
  assertEquals(calls, 1);
  const raw = (emitter.once("x", () => calls++), emitter.rawListeners("x")[0]);
  raw();
  raw();
  assertEquals([calls, emitter.listenerCount("x")], [2, 0]);
  emitter.prependOnceListener("x", listener);
  emitter.off("x", listener);
  assertEquals(emitter.eventNames(), []);
});

test("of a listener added twice, the last is removed", () => {
  const emitter = new EventEmitter();
  const log = [];
  const a = () => log.push("a");
  emitter.on("x", a).on("x", () => log.push("b")).on("x", a);
  emitter.off("x", a);
  emitter.emit("x");
  assertEquals(log, ["a", "b"]);
});

test("newListener comes before, removeListener after", () => {
  const emitter = new EventEmitter();
  const log = [];
  const f = () => {};
  emitter.on("newListener", (name, listener) => log.push(["+", name, listener === f, emitter.listenerCount(name)]));
  emitter.on("removeListener", (name, listener) => log.push(["-", name, listener === f]));
  emitter.once("a", f);
  emitter.emit("a");
  emitter.on("b", f);
  emitter.removeAllListeners("b");
  assertEquals(log, [
    ["+", "removeListener", false, 0], ["+", "a", true, 0], ["-", "a", true], ["+", "b", true, 0], ["-", "b", true],
  ]);
  emitter.removeAllListeners();
  assertEquals([emitter.eventNames(), emitter._eventsCount], [[], 0]);
});

test("names are strings and symbols, and none is inherited", () => {
  const emitter = new EventEmitter();
  const symbol = Symbol("s");
  emitter.on(symbol, () => {}).on("toString", () => {}).on("__proto__", () => {});
  assertEquals(emitter.eventNames(), ["toString", "__proto__", symbol]);
  assertEquals(new EventEmitter().emit("constructor"), false);
});

test("error without a listener throws", () => {
  const emitter = new EventEmitter();
  const error = new RangeError("x");
  assertThrows(() => emitter.emit("error", error), error);
  const thrown = assertThrows(() => emitter.emit("error", { a: 1 }), Error, "Unhandled error. ({ a: 1 })");
  assertEquals([thrown.code, thrown.context], ["ERR_UNHANDLED_ERROR", { a: 1 }]);
  assertThrows(() => emitter.emit("error"), Error, "Unhandled error. (undefined)");
});

test("errorMonitor sees errors and handles none", () => {
  const emitter = new EventEmitter();
  const seen = [];
  emitter.on(events.errorMonitor, (error) => seen.push(error));
  assertThrows(() => emitter.emit("error", new Error("a")), Error, "a");
  emitter.on("error", () => seen.push("handled"));
  emitter.emit("error", 2);
  assertEquals(seen.slice(1), [2, "handled"]);
});

test("rejections of listeners are captured when asked", async () => {
  const emitter = new EventEmitter({ captureRejections: true });
  const failed = once(emitter, "error").then(([error]) => error);
  emitter.on("x", async () => {
    throw new Error("late");
  });
  emitter.emit("x");
  assertEquals((await failed).message, "late");
  const own = new EventEmitter({ captureRejections: true });
  const handled = new Promise((resolve) => {
    own[EventEmitter.captureRejectionSymbol] = (...args) => resolve(args);
  });
  const reason = new Error("why");
  own.on("x", () => Promise.reject(reason));
  own.emit("x", 1);
  assertEquals(await handled, [reason, "x", 1]);
});

test("captureRejections has a default that can be set", async () => {
  assertThrows(() => (EventEmitter.captureRejections = 1), TypeError);
  assertThrows(() => new EventEmitter({ captureRejections: 1 }), TypeError);
  EventEmitter.captureRejections = true;
  const emitter = new EventEmitter();
  EventEmitter.captureRejections = false;
  emitter.on("x", () => Promise.reject(new Error("y")));
  const failed = once(emitter, "error").then(([error]) => error.message);
  emitter.emit("x");
  assertEquals(await failed, "y");
});

test("arguments are checked", () => {
  const emitter = new EventEmitter();
  const text = 'The "listener" argument must be of type function. Received type number (5)';
  for (const name of ["on", "once", "prependListener", "prependOnceListener", "off"]) {
    const error = assertThrows(() => emitter[name]("x", 5), TypeError, text);
    assertEquals(error.code, "ERR_INVALID_ARG_TYPE");
  }
  for (const n of [-1, NaN, "3"]) assertThrows(() => emitter.setMaxListeners(n), RangeError);
  assertThrows(() => (EventEmitter.defaultMaxListeners = -1), RangeError);
  assertThrows(() => events.setMaxListeners(1, {}), TypeError);
});

test("limits of listeners", () => {
  const emitter = new EventEmitter();
  assertEquals([emitter.getMaxListeners(), events.getMaxListeners(emitter)], [10, 10]);
  EventEmitter.defaultMaxListeners = 3;
  assertEquals(emitter.getMaxListeners(), 3);
  EventEmitter.defaultMaxListeners = 10;
  events.setMaxListeners(7, emitter, new EventTarget());
  assertEquals(emitter.getMaxListeners(), 7);
});

test("classes and functions become emitters", () => {
  function Old() {
    EventEmitter.call(this);
  }
  Object.setPrototypeOf(Old.prototype, EventEmitter.prototype);
  class New extends EventEmitter {}
  for (const emitter of [new Old(), new New(), Object.assign({}, EventEmitter.prototype)]) {
    let seen;
    emitter.on("x", (value) => (seen = value));
    emitter.emit("x", 4);
    assertEquals(seen, 4);
  }
  assertEquals(EventEmitter.prototype._events, undefined);
});

test("once() gives the arguments, and is rejected by error and by its signal", async () => {
  const emitter = new EventEmitter();
  const values = once(emitter, "x");
  emitter.emit("x", 1, 2);
  assertEquals(await values, [1, 2]);
  const failed = once(emitter, "x");
  emitter.emit("error", new Error("no"));
  await assertRejects(failed, Error, "no");
  const controller = new AbortController();
  const aborted = once(emitter, "x", { signal: controller.signal });
  controller.abort();
  await assertRejects(aborted, "AbortError", "The operation was aborted");
  assertEquals(emitter.eventNames(), []);
  const target = new EventTarget();
  const event = once(target, "y");
  target.dispatchEvent(new Event("y"));
  assertEquals((await event)[0].type, "y");
  await assertRejects(once({}, "x"), TypeError);
});

test("on() gives every event, and ends with error", async () => {
  const emitter = new EventEmitter();
  const iterator = on(emitter, "x");
  emitter.emit("x", 1);
  emitter.emit("x", 2);
  const got = [(await iterator.next()).value, (await iterator.next()).value];
  const third = iterator.next();
  emitter.emit("x", 3);
  got.push((await third).value);
  assertEquals(got, [[1], [2], [3]]);
  emitter.emit("error", new Error("end"));
  await assertRejects(iterator.next(), Error, "end");
  assertEquals(await iterator.next(), { value: undefined, done: true });
  assertEquals(emitter.eventNames(), []);
});

test("on() lets go of the emitter when the loop is left", async () => {
  const emitter = new EventEmitter();
  const controller = new AbortController();
  queueMicrotask(() => emitter.emit("x", 1));
  for await (const [value] of on(emitter, "x", { signal: controller.signal })) {
    assertEquals(value, 1);
    break;
  }
  assertEquals(emitter.eventNames(), []);
  const iterator = on(emitter, "x", { signal: controller.signal });
  const next = iterator.next();
  controller.abort();
  await assertRejects(next, "AbortError");
  assertThrows(() => on(emitter, "x", { signal: controller.signal }), "AbortError");
});

test("addAbortListener listens once, and not after it was disposed of", async () => {
  const controller = new AbortController();
  let calls = 0;
  addAbortListener(controller.signal, () => calls++);
  addAbortListener(controller.signal, () => calls++)[Symbol.dispose]();
  controller.abort();
  assertEquals(calls, 1);
  addAbortListener(controller.signal, () => calls++);
  await null;
  assertEquals(calls, 2);
  assertThrows(() => addAbortListener({}, () => {}), TypeError);
});

test("EventEmitterAsyncResource emits in the context in which it was made", () => {
  const storage = new AsyncLocalStorage();
  const emitter = storage.run("made", () => new EventEmitterAsyncResource());
  let seen;
  emitter.on("x", (value) => (seen = [storage.getStore(), value]));
  storage.run("other", () => emitter.emit("x", 1));
  assertEquals(seen, ["made", 1]);
  assert(emitter.asyncResource.eventEmitter === emitter);
});

test("the module is the class", () => {
  assert(events.default === EventEmitter && events.EventEmitter === EventEmitter);
  assert(EventEmitter.EventEmitter === EventEmitter && EventEmitter.once === once);
});
