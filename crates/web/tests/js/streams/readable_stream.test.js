// ReadableStream with a default controller, and its reader.

import { assert, assertEquals, assertRejects, assertThrows, test } from "holdfast:test";
import {
  ReadableStream,
  ReadableStreamDefaultController,
  ReadableStreamDefaultReader,
} from "holdfast:web/streams/index";
import { settle } from "./helpers.js";

function controlled(source = {}, strategy = undefined) {
  let controller;
  const stream = new ReadableStream({ start(c) { controller = c; }, ...source }, strategy);
  return { stream, controller };
}

test("a stream can be made without arguments", () => {
  const stream = new ReadableStream();
  assertEquals(stream.locked, false);
});

test("an explicit undefined source and strategy are accepted", () => {
  new ReadableStream(undefined, undefined);
  new ReadableStream({}, null);
});

test("a null source is refused", () => {
  assertThrows(() => new ReadableStream(null), TypeError, /constructor parameter 1 is not of type 'UnderlyingSource'/);
});

test("a primitive source or strategy is refused", () => {
  assertThrows(() => new ReadableStream(1), TypeError);
  assertThrows(() => new ReadableStream({}, 1), TypeError);
});

test("the constructor needs new", () => {
  assertThrows(() => ReadableStream(), TypeError);
});

test("source callbacks must be functions", () => {
  for (const name of ["start", "pull", "cancel"]) {
    assertThrows(
      () => new ReadableStream({ [name]: 1 }),
      TypeError,
      `Incorrect type for the '${name}' field on 'UnderlyingSource': the provided value is not of type 'function'.`,
    );
    assertThrows(() => new ReadableStream({ [name]: null }), TypeError);
  }
});

test("source members are read in lexicographic order, after the strategy's", () => {
  const seen = [];
  const spy = (label) => new Proxy({}, { get(_, name) { seen.push(`${label}.${String(name)}`); } });
  new ReadableStream(spy("source"), spy("strategy"));
  assertEquals(seen, [
    "strategy.highWaterMark", "strategy.size",
    "source.autoAllocateChunkSize", "source.cancel", "source.pull", "source.start", "source.type",
  ]);
});

test("an unknown type is refused", () => {
  assertThrows(() => new ReadableStream({ type: "text" }), TypeError, '"text" is not a valid type of ReadableStream.');
  assertThrows(() => new ReadableStream({ type: null }), TypeError);
});

test("a bad high water mark is a RangeError", () => {
  for (const highWaterMark of [-1, -Infinity, NaN, "x", {}]) {
    assertThrows(() => new ReadableStream({}, { highWaterMark }), RangeError);
  }
});

test("an infinite high water mark is fine", () => {
  const { controller } = controlled({}, { highWaterMark: Infinity });
  assertEquals(controller.desiredSize, Infinity);
});

test("start is called at once with the controller, as a method of the source", () => {
  const calls = [];
  const source = { start(...args) { calls.push([this, args]); } };
  new ReadableStream(source);
  assertEquals(calls.length, 1);
  assert(calls[0][0] === source);
  assertEquals(calls[0][1].length, 1);
  assert(calls[0][1][0] instanceof ReadableStreamDefaultController);
});

test("an exception of start leaves the constructor", () => {
  const error = new Error("no");
  let thrown;
  try {
    new ReadableStream({ start() { throw error; } });
  } catch (e) {
    thrown = e;
  }
  assert(thrown === error);
});

test("a rejected start promise fails the stream", async () => {
  const error = new Error("late");
  const reader = new ReadableStream({ start: () => Promise.reject(error) }).getReader();
  assert(await assertRejects(() => reader.read(), Error, "late") === error);
  await assertRejects(() => reader.closed, Error, "late");
});

test("the controller is the same object for start and pull", async () => {
  const seen = [];
  new ReadableStream({ start(c) { seen.push(c); }, pull(c) { seen.push(c); } });
  await settle();
  assertEquals(seen.length, 2);
  assert(seen[0] === seen[1]);
});

test("pull waits for the start promise", async () => {
  let started;
  let pulls = 0;
  new ReadableStream({ start: () => new Promise((resolve) => { started = resolve; }), pull() { pulls += 1; } });
  await settle();
  assertEquals(pulls, 0);
  started();
  await settle();
  assertEquals(pulls, 1);
});

test("pull is not called synchronously by the constructor", async () => {
  let pulls = 0;
  new ReadableStream({ pull() { pulls += 1; } });
  assertEquals(pulls, 0);
  await settle();
  assertEquals(pulls, 1);
});

test("pull is not called again until its promise is fulfilled", async () => {
  let pulls = 0;
  let resume;
  const stream = new ReadableStream({ pull(c) {
    pulls += 1;
    c.enqueue(pulls);
    return new Promise((resolve) => { resume = resolve; });
  } }, { highWaterMark: 5 });
  await settle();
  assertEquals(pulls, 1);
  resume();
  await settle();
  assertEquals(pulls, 2);
  const reader = stream.getReader();
  assertEquals(await reader.read(), { value: 1, done: false });
  await settle();
  assertEquals(pulls, 2);
});

test("pull is called until the queue is full", async () => {
  let pulls = 0;
  new ReadableStream({ pull(c) { c.enqueue(++pulls); } }, { highWaterMark: 4 });
  await settle();
  assertEquals(pulls, 4);
});

test("with a high water mark of 0 only a read pulls", async () => {
  let pulls = 0;
  const stream = new ReadableStream({ pull(c) { c.enqueue(++pulls); } }, { highWaterMark: 0 });
  await settle();
  assertEquals(pulls, 0);
  assertEquals(await stream.getReader().read(), { value: 1, done: false });
  await settle();
  assertEquals(pulls, 1);
});

test("pull is not called again if it neither enqueues nor is read from", async () => {
  let pulls = 0;
  new ReadableStream({ pull() { pulls += 1; } });
  await settle();
  assertEquals(pulls, 1);
});

test("an exception or rejection of pull fails the stream", async () => {
  for (const pull of [() => { throw new Error("p"); }, () => Promise.reject(new Error("p"))]) {
    await assertRejects(() => new ReadableStream({ pull }).getReader().read(), Error, "p");
  }
});

test("a rejection of pull after close changes nothing", async () => {
  const reader = new ReadableStream({ pull(c) { c.close(); throw new Error("ignored"); } }).getReader();
  assertEquals(await reader.read(), { value: undefined, done: true });
  await reader.closed;
});

test("chunks are read in order, then done", async () => {
  const { stream, controller } = controlled();
  controller.enqueue("a");
  controller.enqueue("b");
  controller.close();
  const reader = stream.getReader();
  assertEquals(await reader.read(), { value: "a", done: false });
  assertEquals(await reader.read(), { value: "b", done: false });
  assertEquals(await reader.read(), { value: undefined, done: true });
  assertEquals(await reader.read(), { value: undefined, done: true });
});

test("results are ordinary objects with value before done", async () => {
  const { stream, controller } = controlled();
  controller.enqueue(1);
  const result = await stream.getReader().read();
  assert(Object.getPrototypeOf(result) === Object.prototype);
  assertEquals(Object.keys(result), ["value", "done"]);
});

test("more than one read can wait; each gets its chunk", async () => {
  const { stream, controller } = controlled();
  const reader = stream.getReader();
  const reads = [reader.read(), reader.read(), reader.read()];
  controller.enqueue(1);
  controller.enqueue(2);
  controller.close();
  const results = await Promise.all(reads);
  assertEquals(results.map((r) => r.value), [1, 2, undefined]);
  assertEquals(results.map((r) => r.done), [false, false, true]);
});

test("many queued chunks come in order (the queue grows and wraps)", async () => {
  const { stream, controller } = controlled();
  const reader = stream.getReader();
  const seen = [];
  let next = 0;
  for (let round = 0; round < 10; round++) {
    for (let i = 0; i < 7 + round * 3; i++) controller.enqueue(next++);
    for (let i = 0; i < 5 + round * 3; i++) seen.push((await reader.read()).value);
  }
  controller.close();
  for (let r = await reader.read(); !r.done; r = await reader.read()) seen.push(r.value);
  assertEquals(seen, Array.from({ length: next }, (_, i) => i));
});

test("undefined is a chunk like any other", async () => {
  const { stream, controller } = controlled();
  controller.enqueue();
  assertEquals(await stream.getReader().read(), { value: undefined, done: false });
});

test("desiredSize follows the queue", async () => {
  const { stream, controller } = controlled({}, { highWaterMark: 2 });
  assertEquals(controller.desiredSize, 2);
  controller.enqueue("x");
  assertEquals(controller.desiredSize, 1);
  controller.enqueue("y");
  controller.enqueue("z");
  assertEquals(controller.desiredSize, -1);
  await stream.getReader().read();
  assertEquals(controller.desiredSize, 0);
});

test("desiredSize is 0 when closed and null when failed", () => {
  const closed = controlled();
  closed.controller.close();
  assertEquals(closed.controller.desiredSize, 0);
  const failed = controlled();
  failed.controller.error(new Error("x"));
  assertEquals(failed.controller.desiredSize, null);
});

test("the size function decides how much a chunk counts", () => {
  const { controller } = controlled({}, { highWaterMark: 10, size: (chunk) => chunk.length });
  controller.enqueue("abc");
  assertEquals(controller.desiredSize, 7);
});

test("the size function is called as a function, with the chunk alone", () => {
  const calls = [];
  const { controller } = controlled({}, { size(...args) { calls.push([this, args]); return 1; } });
  controller.enqueue("abc");
  assertEquals(calls, [[undefined, ["abc"]]]);
});

test("a bad size throws a RangeError and fails the stream with it", async () => {
  for (const size of [-1, NaN, Infinity, undefined]) {
    const { stream, controller } = controlled({}, { size: () => size });
    const error = assertThrows(() => controller.enqueue(1), RangeError);
    assert(await assertRejects(() => stream.getReader().closed, RangeError) === error);
  }
});

test("an exception of size leaves enqueue and fails the stream", async () => {
  const error = new Error("size");
  const { stream, controller } = controlled({}, { size() { throw error; } });
  assert(assertThrows(() => controller.enqueue(1), Error, "size") === error);
  assert(await assertRejects(() => stream.getReader().read(), Error, "size") === error);
});

test("size is not asked when a read waits", async () => {
  const { stream, controller } = controlled({}, { size() { throw new Error("asked"); } });
  const read = stream.getReader().read();
  controller.enqueue("direct");
  assertEquals((await read).value, "direct");
});

test("enqueue after close throws", () => {
  const { controller } = controlled();
  controller.close();
  assertThrows(() => controller.enqueue(1), TypeError, "Unable to enqueue");
});

test("close with queued chunks refuses more, and closes when they are read", async () => {
  const { stream, controller } = controlled();
  controller.enqueue(1);
  controller.close();
  assertThrows(() => controller.enqueue(2), TypeError);
  assertThrows(() => controller.close(), TypeError, "This ReadableStream is closed.");
  const reader = stream.getReader();
  let closed = false;
  reader.closed.then(() => { closed = true; });
  await settle();
  assert(!closed);
  await reader.read();
  await settle();
  assert(closed);
});

test("enqueue and close after an error throw, error is ignored", async () => {
  const { stream, controller } = controlled();
  const error = new Error("first");
  controller.error(error);
  assertThrows(() => controller.enqueue(1), TypeError);
  assertThrows(() => controller.close(), TypeError);
  controller.error(new Error("second"));
  assert(await assertRejects(() => stream.getReader().closed, Error, "first") === error);
});

test("an error discards queued chunks", async () => {
  const { stream, controller } = controlled();
  controller.enqueue(1);
  controller.error("gone");
  let reason;
  await stream.getReader().read().catch((e) => { reason = e; });
  assertEquals(reason, "gone");
});

test("an error rejects all reads that wait", async () => {
  const { stream, controller } = controlled();
  const reader = stream.getReader();
  const reads = [reader.read(), reader.read()];
  controller.error("bad");
  assertEquals((await Promise.allSettled(reads)).map((r) => r.reason), ["bad", "bad"]);
});

test("getReader locks; a second reader is refused", () => {
  const stream = new ReadableStream();
  const reader = stream.getReader();
  assert(reader instanceof ReadableStreamDefaultReader);
  assertEquals(stream.locked, true);
  assertThrows(() => stream.getReader(), TypeError, "This ReadableStream is currently locked to a reader.");
  assertThrows(() => new ReadableStreamDefaultReader(stream), TypeError);
});

test("getReader checks its mode", () => {
  const stream = new ReadableStream();
  const message = "mode must be undefined or 'byob' in call to getReader().";
  assertThrows(() => stream.getReader({ mode: "default" }), TypeError, message);
  assertThrows(() => stream.getReader({ mode: null }), TypeError, message);
  assertThrows(() => stream.getReader({ mode: "byob" }), TypeError, "This ReadableStream does not support BYOB reads.");
  assertThrows(() => stream.getReader(1), TypeError);
  assertEquals(stream.locked, false);
  stream.getReader({ mode: undefined });
});

test("the mode is converted to a string", () => {
  const stream = new ReadableStream({ type: "bytes" });
  stream.getReader({ mode: { toString: () => "byob" } });
  assertEquals(stream.locked, true);
});

test("a reader needs a stream", () => {
  assertThrows(
    () => new ReadableStreamDefaultReader({}),
    TypeError,
    "Failed to construct 'ReadableStreamDefaultReader': constructor parameter 1 is not of type 'ReadableStream'.",
  );
});

test("releaseLock unlocks, twice does no harm, and another reader goes on", async () => {
  const { stream, controller } = controlled();
  controller.enqueue(1);
  controller.enqueue(2);
  const first = stream.getReader();
  assertEquals((await first.read()).value, 1);
  first.releaseLock();
  first.releaseLock();
  assertEquals(stream.locked, false);
  assertEquals((await stream.getReader().read()).value, 2);
});

test("a released reader rejects everything", async () => {
  const reader = new ReadableStream().getReader();
  reader.releaseLock();
  const message = "This ReadableStream reader has been released.";
  await assertRejects(() => reader.read(), TypeError, message);
  await assertRejects(() => reader.cancel(), TypeError, message);
  await assertRejects(() => reader.closed, TypeError, message);
});

test("releaseLock rejects reads that wait, and the stream is still good", async () => {
  const { stream, controller } = controlled();
  const reader = stream.getReader();
  const read = reader.read();
  reader.releaseLock();
  await assertRejects(() => read, TypeError, /released/);
  controller.enqueue("kept");
  assertEquals((await stream.getReader().read()).value, "kept");
});

test("closed is one promise; releasing a readable stream's reader rejects that one", async () => {
  const reader = new ReadableStream().getReader();
  const { closed } = reader;
  assert(reader.closed === closed);
  reader.releaseLock();
  assert(reader.closed === closed);
  await assertRejects(() => closed, TypeError);
});

test("releasing a closed stream's reader replaces closed", async () => {
  const { stream, controller } = controlled();
  controller.close();
  const reader = stream.getReader();
  const { closed } = reader;
  await closed;
  reader.releaseLock();
  assert(reader.closed !== closed);
  await assertRejects(() => reader.closed, TypeError);
  assertEquals(await closed, undefined);
});

test("a rejected closed that nobody looks at is not an unhandled rejection", async () => {
  const { stream, controller } = controlled();
  const reader = stream.getReader();
  reader.closed;
  controller.error(new Error("nobody cares"));
  await settle();
});

test("closed settles before reads that were made later", async () => {
  const order = [];
  const { stream, controller } = controlled();
  const reader = stream.getReader();
  reader.closed.then(() => order.push("closed"));
  reader.read().then(() => order.push("read"));
  controller.close();
  await settle();
  assertEquals(order, ["closed", "read"]);
});

test("a read is pulled for before its promise is settled", async () => {
  const order = [];
  const stream = new ReadableStream({ pull(c) { order.push("pull"); c.enqueue(0); } });
  await settle();
  order.length = 0;
  const read = stream.getReader().read().then(() => order.push("read"));
  assertEquals(order, ["pull"]);
  await read;
  assertEquals(order, ["pull", "read"]);
});

test("cancel closes, discards the queue and passes the reason", async () => {
  const calls = [];
  const source = { start(c) { c.enqueue(1); }, cancel(...args) { calls.push([this, args]); } };
  const stream = new ReadableStream(source);
  assertEquals(await stream.cancel("why"), undefined);
  assertEquals(calls.length, 1);
  assert(calls[0][0] === source);
  assertEquals(calls[0][1], ["why"]);
  assertEquals((await stream.getReader().read()).done, true);
});

test("cancel waits for the source's promise but not for its value", async () => {
  let finish;
  let done = false;
  const stream = new ReadableStream({ cancel: () => new Promise((resolve) => { finish = resolve; }) });
  const cancelled = stream.cancel().then((value) => { done = true; return value; });
  await settle();
  assert(!done);
  finish("ignored");
  assertEquals(await cancelled, undefined);
});

test("an exception of the source's cancel rejects cancel; the stream is closed all the same", async () => {
  const stream = new ReadableStream({ cancel() { throw new Error("c"); } });
  await assertRejects(() => stream.cancel(), Error, "c");
  assertEquals((await stream.getReader().read()).done, true);
});

test("cancel of a locked stream is refused, of its reader is not", async () => {
  const stream = new ReadableStream();
  const reader = stream.getReader();
  await assertRejects(() => stream.cancel(), TypeError, "This ReadableStream is currently locked to a reader.");
  await reader.cancel();
  await reader.closed;
});

test("cancel of a closed stream succeeds, of a failed one rejects with its error", async () => {
  const closed = controlled({ cancel() { throw new Error("not called"); } });
  closed.controller.close();
  assertEquals(await closed.stream.cancel(), undefined);
  const failed = controlled({ cancel() { throw new Error("not called"); } });
  failed.controller.error(new Error("was"));
  await assertRejects(() => failed.stream.cancel(), Error, "was");
});

test("cancel answers reads that wait with done", async () => {
  const stream = new ReadableStream();
  const reader = stream.getReader();
  const read = reader.read();
  await reader.cancel();
  assertEquals(await read, { value: undefined, done: true });
});

test("the controller refuses after cancel", async () => {
  const { stream, controller } = controlled();
  await stream.cancel();
  assertThrows(() => controller.enqueue(1), TypeError);
  assertThrows(() => controller.close(), TypeError);
  controller.error("ignored");
  await stream.getReader().closed;
});

test("a subclass works", async () => {
  class Mine extends ReadableStream {
    extra() { return 1; }
  }
  const stream = new Mine({ start(c) { c.enqueue("x"); } });
  assertEquals(stream.extra(), 1);
  assertEquals((await stream.getReader().read()).value, "x");
});
