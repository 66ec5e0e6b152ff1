// Asynchronous iteration of a ReadableStream, and ReadableStream.from.

import { assert, assertEquals, assertRejects, assertThrows, test } from "holdfast:test";
import { ReadableStream } from "holdfast:web/streams/index";
import { collect, settle } from "./helpers.js";

function controlled(source = {}) {
  let controller;
  const calls = [];
  const stream = new ReadableStream({
    start(c) { controller = c; },
    cancel(...args) { calls.push(args); },
    ...source,
  });
  return { stream, controller, calls };
}

test("iteration: for await gives all chunks and unlocks at the end", async () => {
  const { stream, controller } = controlled();
  controller.enqueue(1);
  controller.enqueue(2);
  controller.close();
  assertEquals(await collect(stream), [1, 2]);
  assertEquals(stream.locked, false);
});

test("iteration: values is the iterator method", () => {
  assert(ReadableStream.prototype[Symbol.asyncIterator] === ReadableStream.prototype.values);
  assertEquals(ReadableStream.prototype.values.length, 0);
});

test("iteration: the stream is locked meanwhile", () => {
  const stream = new ReadableStream();
  stream.values();
  assertEquals(stream.locked, true);
  assertThrows(() => stream.values(), TypeError, "This ReadableStream is currently locked to a reader.");
});

test("iteration: the shape of the iterator", () => {
  const iterator = new ReadableStream().values();
  const prototype = Object.getPrototypeOf(iterator);
  const base = Object.getPrototypeOf(Object.getPrototypeOf(async function* () {}.prototype));
  assert(Object.getPrototypeOf(prototype) === base);
  assertEquals(Object.keys(prototype), ["next", "return"]);
  assertEquals([prototype.next.length, prototype.return.length], [0, 1]);
  assertEquals(Object.prototype.toString.call(iterator), "[object ReadableStreamAsyncIterator]");
  assertEquals(Object.getOwnPropertyNames(iterator), []);
  assert(Object.getPrototypeOf(new ReadableStream().values()) === prototype);
});

test("iteration: methods on another object reject", async () => {
  const { next, return: end } = Object.getPrototypeOf(new ReadableStream().values());
  await assertRejects(() => next.call({}), TypeError, /Illegal invocation/);
  await assertRejects(() => end.call(new ReadableStream().values), TypeError, /Illegal invocation/);
});

test("iteration: break cancels with undefined and unlocks", async () => {
  const { stream, controller, calls } = controlled();
  controller.enqueue(1);
  for await (const chunk of stream) {
    assertEquals(chunk, 1);
    break;
  }
  assertEquals(calls, [[undefined]]);
  assertEquals(stream.locked, false);
});

test("iteration: an exception in the loop cancels and goes on", async () => {
  const { stream, controller, calls } = controlled();
  controller.enqueue(1);
  await assertRejects(async () => {
    for await (const _ of stream) throw new Error("loop");
  }, Error, "loop");
  assertEquals(calls.length, 1);
});

test("iteration: preventCancel only unlocks", async () => {
  const { stream, controller, calls } = controlled();
  controller.enqueue(1);
  controller.enqueue(2);
  for await (const _ of stream.values({ preventCancel: true })) break;
  assertEquals(calls, []);
  assertEquals(stream.locked, false);
  assertEquals((await stream.getReader().read()).value, 2);
});

test("iteration: options must be an object", () => {
  assertThrows(() => new ReadableStream().values(1), TypeError);
  new ReadableStream().values(null);
});

test("iteration: an error is thrown once, then it is done", async () => {
  const { stream, controller } = controlled();
  const iterator = stream.values();
  controller.error(new Error("bad"));
  await assertRejects(() => iterator.next(), Error, "bad");
  assertEquals(await iterator.next(), { value: undefined, done: true });
  assertEquals(stream.locked, false);
});

test("iteration: several next() at once are answered in order", async () => {
  const { stream, controller } = controlled();
  const iterator = stream.values();
  const nexts = [iterator.next(), iterator.next(), iterator.next()];
  controller.enqueue("a");
  controller.enqueue("b");
  controller.close();
  const results = await Promise.all(nexts);
  assertEquals(results.map((r) => [r.value, r.done]), [["a", false], ["b", false], [undefined, true]]);
});

test("iteration: return() waits for the next() before it", async () => {
  const order = [];
  const { stream, controller, calls } = controlled();
  const iterator = stream.values();
  iterator.next().then((r) => order.push(r.value));
  const returned = iterator.return("end").then((r) => { order.push("return"); return r; });
  await settle();
  assertEquals(calls, []);
  controller.enqueue("a");
  assertEquals(await returned, { value: "end", done: true });
  assertEquals(order, ["a", "return"]);
  assertEquals(calls, [["end"]]);
});

test("iteration: next() after return() is done; return() twice gives its value", async () => {
  const { stream } = controlled();
  const iterator = stream.values();
  assertEquals(await iterator.return(1), { value: 1, done: true });
  assertEquals(await iterator.next(), { value: undefined, done: true });
  assertEquals(await iterator.return(2), { value: 2, done: true });
});

test("iteration: a failing cancel makes return() reject", async () => {
  const { stream } = controlled({ cancel() { throw new Error("c"); } });
  await assertRejects(() => stream.values().return(), Error, "c");
  assertEquals(stream.locked, false);
});

test("iteration: reading by the methods of the class may be replaced", async () => {
  const { getReader } = ReadableStream.prototype;
  ReadableStream.prototype.getReader = () => { throw new Error("called"); };
  try {
    assertEquals(await collect(ReadableStream.from([1])), [1]);
  } finally {
    ReadableStream.prototype.getReader = getReader;
  }
});

test("from: arrays, sets, strings and generators", async () => {
  assertEquals(await collect(ReadableStream.from([1, 2])), [1, 2]);
  assertEquals(await collect(ReadableStream.from(new Set(["a"]))), ["a"]);
  assertEquals(await collect(ReadableStream.from("ab")), ["a", "b"]);
  assertEquals(await collect(ReadableStream.from(function* () { yield 1; yield 2; }())), [1, 2]);
  assertEquals(await collect(ReadableStream.from(async function* () { yield 1; yield 2; }())), [1, 2]);
});

test("from: another stream", async () => {
  assertEquals(await collect(ReadableStream.from(ReadableStream.from([1, 2]))), [1, 2]);
});

test("from: promises in an array are awaited", async () => {
  assertEquals(await collect(ReadableStream.from([Promise.resolve(1), 2])), [1, 2]);
});

test("from: what is not iterable is refused", () => {
  const message = "Failed to execute 'from' on 'ReadableStream': parameter 1 is not of type 'AsyncGenerator'.";
  for (const value of [undefined, null, 1, {}, () => {}, { [Symbol.iterator]: 1 }]) {
    assertThrows(() => ReadableStream.from(value), TypeError, message);
  }
});

test("from: an iterator method that gives no object is refused", () => {
  assertThrows(() => ReadableStream.from({ [Symbol.iterator]: () => 1 }), TypeError);
  assertThrows(() => ReadableStream.from({ [Symbol.asyncIterator]: () => null }), TypeError);
});

test("from: Symbol.asyncIterator is preferred, null falls back", async () => {
  const both = { async *[Symbol.asyncIterator]() { yield "async"; }, *[Symbol.iterator]() { yield "sync"; } };
  assertEquals(await collect(ReadableStream.from(both)), ["async"]);
  const sync = { [Symbol.asyncIterator]: null, *[Symbol.iterator]() { yield "sync"; } };
  assertEquals(await collect(ReadableStream.from(sync)), ["sync"]);
});

test("from: nothing is taken before somebody reads, next is looked up once", async () => {
  let lookups = 0;
  let calls = 0;
  const iterator = { get next() { lookups += 1; return async () => ({ done: ++calls > 2, value: calls }); } };
  const stream = ReadableStream.from({ [Symbol.asyncIterator]: () => iterator });
  await settle();
  assertEquals([lookups, calls], [1, 0]);
  assertEquals(await collect(stream), [1, 2]);
  assertEquals(lookups, 1);
});

test("from: next() that throws, rejects or gives no object fails the stream", async () => {
  const from = (next) => ReadableStream.from({ [Symbol.asyncIterator]: () => ({ next }) }).getReader();
  await assertRejects(() => from(() => { throw new Error("n"); }).read(), Error, "n");
  await assertRejects(() => from(() => Promise.reject(new Error("n"))).read(), Error, "n");
  await assertRejects(() => from(() => 1).read(), TypeError);
  const sync = { [Symbol.iterator]: () => ({ next: () => 1 }) };
  await assertRejects(() => ReadableStream.from(sync).getReader().read(), TypeError);
});

test("from: a rejected promise in a synchronous iterable fails the stream", async () => {
  await assertRejects(() => ReadableStream.from([Promise.reject(new Error("v"))]).getReader().read(), Error, "v");
});

test("from: cancel calls return with the reason and waits for it", async () => {
  const calls = [];
  let finish;
  const iterator = {
    next: async () => ({ done: false, value: 1 }),
    return(...args) { calls.push(args); return new Promise((resolve) => { finish = resolve; }); },
  };
  const cancelled = ReadableStream.from({ [Symbol.asyncIterator]: () => iterator }).cancel("why");
  assertEquals(calls, [["why"]]);
  finish({});
  assertEquals(await cancelled, undefined);
});

test("from: cancel without return is fine; a bad return rejects", async () => {
  const from = (end) => ReadableStream.from({ [Symbol.asyncIterator]: () => ({ next() {}, return: end }) });
  await from(undefined).cancel();
  await from(null).cancel();
  await assertRejects(() => from(() => { throw new Error("r"); }).cancel(), Error, "r");
  await assertRejects(() => from(async () => 1).cancel(), TypeError);
});

test("from: breaking out of a loop runs the finally of a generator", async () => {
  let cleaned = false;
  async function* source() {
    try {
      yield 1;
      yield 2;
    } finally {
      cleaned = true;
    }
  }
  for await (const _ of ReadableStream.from(source())) break;
  assert(cleaned);
});
