// TransformStream and its controller.

import { assert, assertEquals, assertRejects, assertThrows, test } from "holdfast:test";
import {
  ReadableStream,
  TransformStream,
  TransformStreamDefaultController,
  WritableStream,
} from "holdfast:web/streams/index";
import { collect, settle, stateOf } from "./helpers.js";

function controlled(transformer = {}, ...strategies) {
  let controller;
  const stream = new TransformStream({ start(c) { controller = c; }, ...transformer }, ...strategies);
  return { stream, controller };
}

test("transform: without a transformer chunks pass", async () => {
  const { readable, writable } = new TransformStream();
  assert(readable instanceof ReadableStream);
  assert(writable instanceof WritableStream);
  const writer = writable.getWriter();
  writer.write("a");
  writer.write("b");
  writer.close();
  assertEquals(await collect(readable), ["a", "b"]);
});

test("transform: readable and writable stay the same objects", () => {
  const stream = new TransformStream();
  assert(stream.readable === stream.readable);
  assert(stream.writable === stream.writable);
});

test("transform: constructor arguments are checked", () => {
  assertThrows(() => new TransformStream(null), TypeError);
  assertThrows(() => new TransformStream({}, 1), TypeError);
  assertThrows(() => new TransformStream({}, {}, 1), TypeError);
  assertThrows(() => new TransformStream({ readableType: "bytes" }), RangeError, "transformer.readableType must be undefined.");
  assertThrows(() => new TransformStream({ writableType: null }), RangeError, "transformer.writableType must be undefined.");
  assertThrows(() => new TransformStream({}, { highWaterMark: -1 }), RangeError);
  assertThrows(() => new TransformStream({}, undefined, { highWaterMark: NaN }), RangeError);
  for (const name of ["start", "transform", "flush", "cancel"]) {
    assertThrows(() => new TransformStream({ [name]: 1 }), TypeError, new RegExp(`'${name}' field on 'Transformer'`));
  }
});

test("transform: members are read in lexicographic order", () => {
  const seen = [];
  new TransformStream(new Proxy({}, { get(_, name) { seen.push(name); } }));
  assertEquals(seen, ["cancel", "flush", "readableType", "start", "transform", "writableType"]);
});

test("transform: callbacks are methods of the transformer", async () => {
  const calls = [];
  const transformer = {
    start(...args) { calls.push(["start", this === transformer, args.length]); },
    transform(...args) { calls.push(["transform", this === transformer, args[0], args[1] instanceof TransformStreamDefaultController]); },
    flush(...args) { calls.push(["flush", this === transformer, args.length]); },
  };
  const { readable, writable } = new TransformStream(transformer);
  const reading = collect(readable);
  const writer = writable.getWriter();
  writer.write("x");
  await writer.close();
  await reading;
  assertEquals(calls, [["start", true, 1], ["transform", true, "x", true], ["flush", true, 1]]);
});

test("transform: one chunk may become none or many", async () => {
  const { readable, writable } = new TransformStream({
    transform(chunk, c) {
      for (let i = 0; i < chunk; i++) c.enqueue(`${chunk}.${i}`);
    },
    flush(c) { c.enqueue("end"); },
  });
  const writer = writable.getWriter();
  for (const n of [2, 0, 1]) writer.write(n);
  writer.close();
  assertEquals(await collect(readable), ["2.0", "2.1", "1.0", "end"]);
});

test("transform: it may be asynchronous, and stays in order", async () => {
  const { readable, writable } = new TransformStream({
    async transform(chunk, c) {
      for (let i = 0; i < 10 - chunk; i++) await undefined;
      c.enqueue(chunk);
    },
  });
  const writer = writable.getWriter();
  for (let i = 0; i < 5; i++) writer.write(i);
  writer.close();
  assertEquals(await collect(readable), [0, 1, 2, 3, 4]);
});

test("transform: nothing is transformed before somebody reads", async () => {
  const seen = [];
  const { readable, writable } = new TransformStream({ transform(chunk, c) { seen.push(chunk); c.enqueue(chunk); } });
  const writer = writable.getWriter();
  const written = writer.write("a");
  assertEquals(await stateOf(written), "pending");
  assertEquals(seen, []);
  assertEquals((await readable.getReader().read()).value, "a");
  await written;
});

test("transform: a readable high water mark lets chunks through", async () => {
  const { writable } = new TransformStream(undefined, undefined, { highWaterMark: 2 });
  const writer = writable.getWriter();
  await writer.write(1);
  await writer.write(2);
  assertEquals(await stateOf(writer.write(3)), "pending");
});

test("transform: start may enqueue and delays both sides", async () => {
  let finish;
  const { readable, writable } = new TransformStream({
    start(c) {
      c.enqueue("first");
      return new Promise((resolve) => { finish = resolve; });
    },
    transform(chunk, c) { c.enqueue(chunk.toUpperCase()); },
  });
  const reader = readable.getReader();
  assertEquals((await reader.read()).value, "first");
  const written = writable.getWriter().write("x");
  const read = reader.read();
  assertEquals(await stateOf(read), "pending");
  finish();
  assertEquals((await read).value, "X");
  await written;
});

test("transform: an exception of start leaves the constructor, a rejection fails both sides", async () => {
  assertThrows(() => new TransformStream({ start() { throw new Error("s"); } }), Error, "s");
  const { readable, writable } = new TransformStream({ start: () => Promise.reject(new Error("late")) });
  await assertRejects(() => readable.getReader().closed, Error, "late");
  await assertRejects(() => writable.getWriter().closed, Error, "late");
});

test("transform: an exception fails both sides", async () => {
  const error = new Error("t");
  for (const transform of [() => { throw error; }, () => Promise.reject(error)]) {
    const { readable, writable } = new TransformStream({ transform });
    const reader = readable.getReader();
    const writer = writable.getWriter();
    const read = reader.read();
    assert(await assertRejects(() => writer.write(1), Error) === error);
    assert(await assertRejects(() => read, Error) === error);
    assert(await assertRejects(() => writer.closed, Error) === error);
    assert(await assertRejects(() => reader.closed, Error) === error);
  }
});

test("transform: an exception of flush fails close and the readable side", async () => {
  const { readable, writable } = new TransformStream({ flush() { throw new Error("f"); } });
  const reader = readable.getReader();
  await assertRejects(() => writable.getWriter().close(), Error, "f");
  await assertRejects(() => reader.closed, Error, "f");
});

test("transform: flush is waited for", async () => {
  let finish;
  const { readable, writable } = new TransformStream({ flush: () => new Promise((resolve) => { finish = resolve; }) });
  const closing = writable.getWriter().close();
  const { closed } = readable.getReader();
  assertEquals(await stateOf(closing), "pending");
  assertEquals(await stateOf(closed), "pending");
  finish();
  await closing;
  await closed;
});

test("transform: close needs no reader", async () => {
  const { writable } = new TransformStream();
  await writable.close();
});

test("transform: aborting the writable fails the readable with the reason", async () => {
  const { readable, writable } = new TransformStream();
  const { closed } = readable.getReader();
  await writable.abort("why");
  assertEquals((await Promise.allSettled([closed]))[0].reason, "why");
});

test("transform: cancelling the readable fails the writable with the reason", async () => {
  const { readable, writable } = new TransformStream();
  const writer = writable.getWriter();
  const written = writer.write("x");
  await readable.cancel("why");
  const results = await Promise.allSettled([writer.closed, writer.ready, written, writer.write("y")]);
  assertEquals(results.map((r) => r.reason), ["why", "why", "why", "why"]);
});

test("transform: cancel of the transformer is called for abort and for cancel, once", async () => {
  for (const end of [(s) => s.readable.cancel("r"), (s) => s.writable.abort("r")]) {
    const calls = [];
    const stream = new TransformStream({ cancel(...args) { calls.push(args); }, flush() { calls.push("flush"); } });
    await end(stream);
    assertEquals(calls, [["r"]]);
  }
});

test("transform: an exception of cancel is what cancel and abort reject with", async () => {
  const cancelled = new TransformStream({ cancel() { throw new Error("c"); } });
  const writer = cancelled.writable.getWriter();
  await assertRejects(() => cancelled.readable.cancel("r"), Error, "c");
  await assertRejects(() => writer.closed, Error, "c");
  const aborted = new TransformStream({ cancel() { throw new Error("c"); } });
  const reader = aborted.readable.getReader();
  await assertRejects(() => aborted.writable.abort("r"), Error, "c");
  await assertRejects(() => reader.closed, Error, "c");
});

test("transform: cancel while flush is running waits for it and adds nothing", async () => {
  const calls = [];
  let finish;
  const { readable, writable } = new TransformStream({
    flush() { calls.push("flush"); return new Promise((resolve) => { finish = resolve; }); },
    cancel() { calls.push("cancel"); },
  });
  const closing = writable.close();
  await settle();
  const cancelling = readable.cancel("x");
  assertEquals(await stateOf(cancelling), "pending");
  finish();
  await cancelling;
  await closing;
  assertEquals(calls, ["flush"]);
});

test("transform: a write while cancel is running is rejected with the reason of the cancel", async () => {
  let finish;
  const seen = [];
  const { readable, writable } = new TransformStream({
    transform(chunk, c) { seen.push(chunk); c.enqueue(chunk); },
    cancel: () => new Promise((resolve) => { finish = resolve; }),
  }, undefined, { highWaterMark: 5 });
  const writer = writable.getWriter();
  await writer.write("before");
  const cancelling = readable.cancel("why");
  const written = writer.write("late");
  assertEquals(await stateOf(written), "pending");
  finish();
  await cancelling;
  assertEquals((await Promise.allSettled([written, writer.closed])).map((r) => r.reason), ["why", "why"]);
  assertEquals(seen, ["before"]);
});

test("transform: a controller that fails the stream in cancel makes cancel reject", async () => {
  let controller;
  const { readable } = new TransformStream({ start(c) { controller = c; }, cancel() { controller.error(new Error("mine")); } });
  await assertRejects(() => readable.cancel("x"), Error, "mine");
});

test("transform controller: desiredSize is that of the readable side", async () => {
  const { stream, controller } = controlled({}, undefined, { highWaterMark: 3 });
  assertEquals(controller.desiredSize, 3);
  controller.enqueue(1);
  assertEquals(controller.desiredSize, 2);
  await stream.readable.cancel();
  assertEquals(controller.desiredSize, 0);
});

test("transform controller: error fails both sides", async () => {
  const { stream, controller } = controlled();
  const error = new Error("e");
  controller.error(error);
  assert(await assertRejects(() => stream.readable.getReader().read(), Error) === error);
  assert(await assertRejects(() => stream.writable.getWriter().closed, Error) === error);
  assertThrows(() => controller.enqueue(1), TypeError, "The readable side of this TransformStream is no longer readable.");
});

test("transform controller: terminate closes the readable and fails the writable", async () => {
  const { stream, controller } = controlled();
  const reader = stream.readable.getReader();
  const writer = stream.writable.getWriter();
  controller.terminate();
  controller.terminate();
  assertEquals((await reader.read()).done, true);
  await assertRejects(() => writer.write(1), TypeError, "The transform stream has been terminated");
  await assertRejects(() => writer.closed, TypeError);
  assertThrows(() => controller.enqueue(1), TypeError);
});

test("transform controller: terminate lets what is queued be read", async () => {
  const { stream, controller } = controlled();
  controller.enqueue("a");
  controller.terminate();
  assertEquals(await collect(stream.readable), ["a"]);
});

test("transform controller: terminate in transform ends a pipe", async () => {
  const taken = await collect(ReadableStream.from([1, 2, 3, 4]).pipeThrough(new TransformStream({
    transform(chunk, c) {
      c.enqueue(chunk);
      if (chunk === 2) c.terminate();
    },
  })));
  assertEquals(taken, [1, 2]);
});

test("transform controller: a bad size of the readable side fails the stream", async () => {
  const { stream, controller } = controlled({}, undefined, { size: () => -1 });
  const error = assertThrows(() => controller.enqueue(1), RangeError);
  assert(await assertRejects(() => stream.writable.getWriter().closed, RangeError) === error);
});

test("transform: a chain of pipes keeps the order and closes", async () => {
  const add = (n) => new TransformStream({ transform(chunk, c) { c.enqueue(chunk + n); } });
  const source = ReadableStream.from([1, 2, 3]);
  assertEquals(await collect(source.pipeThrough(add(10)).pipeThrough(add(100)).pipeThrough(add(1000))), [1111, 1112, 1113]);
});

test("transform: an error in the middle of a chain reaches both ends", async () => {
  let reason;
  const source = new ReadableStream({ pull(c) { c.enqueue(1); }, cancel(r) { reason = r; } });
  const error = new Error("middle");
  const output = source.pipeThrough(new TransformStream()).pipeThrough(new TransformStream({ transform() { throw error; } }));
  assert(await assertRejects(() => output.getReader().read(), Error) === error);
  await settle();
  assert(reason === error);
});
