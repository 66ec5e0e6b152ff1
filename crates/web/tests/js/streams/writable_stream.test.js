// WritableStream, its writer and its controller.

import { assert, assertEquals, assertRejects, assertThrows, test } from "holdfast:test";
import {
  CountQueuingStrategy,
  WritableStream,
  WritableStreamDefaultController,
  WritableStreamDefaultWriter,
} from "holdfast:web/streams/index";
import { gate, settle, stateOf } from "./helpers.js";

test("write: a stream can be made without arguments and swallows chunks", async () => {
  const writer = new WritableStream().getWriter();
  assertEquals(await writer.write("x"), undefined);
  await writer.close();
  await writer.closed;
});

test("write: constructor arguments are checked", () => {
  assertThrows(() => new WritableStream(null), TypeError);
  assertThrows(() => new WritableStream(1), TypeError);
  assertThrows(() => new WritableStream({}, 1), TypeError);
  assertThrows(() => new WritableStream({ type: "bytes" }), RangeError);
  assertThrows(() => new WritableStream({}, { highWaterMark: -1 }), RangeError);
  for (const name of ["start", "write", "close", "abort"]) {
    assertThrows(() => new WritableStream({ [name]: {} }), TypeError, new RegExp(`'${name}' field on 'UnderlyingSink'`));
  }
});

test("write: sink members are read in lexicographic order", () => {
  const seen = [];
  new WritableStream(new Proxy({}, { get(_, name) { seen.push(name); } }));
  assertEquals(seen, ["abort", "close", "start", "type", "write"]);
});

test("write: the sink sees start, chunks with the controller, close; all as methods", async () => {
  const calls = [];
  const sink = {
    start(...args) { calls.push(["start", this === sink, args.length]); },
    write(...args) { calls.push(["write", this === sink, args[0], args[1] instanceof WritableStreamDefaultController]); },
    close(...args) { calls.push(["close", this === sink, args.length]); },
  };
  const writer = new WritableStream(sink).getWriter();
  writer.write("a");
  writer.write("b");
  await writer.close();
  assertEquals(calls, [
    ["start", true, 1], ["write", true, "a", true], ["write", true, "b", true], ["close", true, 0],
  ]);
});

test("write: nothing is written before start is over", async () => {
  const start = gate();
  const calls = [];
  const writer = new WritableStream({ start: () => start.promise, write(c) { calls.push(c); } }).getWriter();
  const written = writer.write("a");
  await settle();
  assertEquals(calls, []);
  start.resolve();
  await written;
  assertEquals(calls, ["a"]);
});

test("write: an exception of start leaves the constructor, a rejection fails the stream", async () => {
  assertThrows(() => new WritableStream({ start() { throw new Error("s"); } }), Error, "s");
  const writer = new WritableStream({ start: () => Promise.reject(new Error("late")) }).getWriter();
  const written = writer.write("a");
  await assertRejects(() => written, Error, "late");
  await assertRejects(() => writer.closed, Error, "late");
});

test("write: one write at a time", async () => {
  const gates = [gate(), gate()];
  const calls = [];
  const writer = new WritableStream({ write(i) { calls.push(i); return gates[i].promise; } }).getWriter();
  writer.write(0);
  const second = writer.write(1);
  await settle();
  assertEquals(calls, [0]);
  gates[0].resolve();
  await settle();
  assertEquals(calls, [0, 1]);
  gates[1].resolve();
  await second;
});

test("write: promises are fulfilled in order", async () => {
  const order = [];
  const writer = new WritableStream().getWriter();
  writer.write(1).then(() => order.push("w1"));
  writer.write(2).then(() => order.push("w2"));
  writer.closed.then(() => order.push(/closed/));
  await writer.close().then(() => order.push("close"));
  await settle();
  assertEquals(order, ["w1", "w2", "close", /closed/]);
});

test("write: desiredSize counts what is queued and under way", async () => {
  const hold = gate();
  const writer = new WritableStream({ write: () => hold.promise }, { highWaterMark: 3 }).getWriter();
  assertEquals(writer.desiredSize, 3);
  writer.write(1);
  const last = writer.write(2);
  assertEquals(writer.desiredSize, 1);
  hold.resolve();
  await last;
  await settle();
  assertEquals(writer.desiredSize, 3);
});

test("write: size decides how much a chunk counts", async () => {
  const writer = new WritableStream({}, { highWaterMark: 10, size: (chunk) => chunk.length }).getWriter();
  const written = writer.write("abc");
  assertEquals(writer.desiredSize, 7);
  await written;
});

test("write: a size that throws or is bad fails the stream", async () => {
  for (const size of [() => { throw new RangeError("size"); }, () => -1, () => NaN, () => Infinity]) {
    const writer = new WritableStream({}, { size }).getWriter();
    await assertRejects(() => writer.write("x"), RangeError);
    await assertRejects(() => writer.closed, RangeError);
  }
});

test("write: ready is pending under backpressure and a new promise each time", async () => {
  const writer = new WritableStream().getWriter();
  const first = writer.ready;
  assertEquals(await first, undefined);
  const written = writer.write("x");
  const second = writer.ready;
  assert(second !== first);
  assertEquals(await stateOf(second), "fulfilled");
  await written;
  assert(writer.ready === second);
});

test("write: ready waits until there is room again", async () => {
  const hold = gate();
  const writer = new WritableStream({ write: () => hold.promise }).getWriter();
  writer.write("x");
  const { ready } = writer;
  assertEquals(await stateOf(ready), "pending");
  hold.resolve();
  await ready;
  assertEquals(writer.desiredSize, 1);
});

test("write: with a high water mark of 0 ready never comes", async () => {
  const writer = new WritableStream({}, { highWaterMark: 0 }).getWriter();
  assertEquals(writer.desiredSize, 0);
  assertEquals(await stateOf(writer.ready), "pending");
});

test("write: closing makes ready fulfilled although there is backpressure", async () => {
  const hold = gate();
  const writer = new WritableStream({ write: () => hold.promise }).getWriter();
  writer.write("x");
  const { ready } = writer;
  const closed = writer.close();
  await ready;
  hold.resolve();
  await closed;
});

test("write: a failing write fails the stream and everything queued", async () => {
  const error = new Error("w");
  const writer = new WritableStream({ write() { throw error; } }).getWriter();
  const writes = [writer.write(1), writer.write(2)];
  const closing = writer.close();
  const results = await Promise.allSettled([...writes, closing, writer.closed, writer.ready, writer.write(3)]);
  // close() had made `ready` fulfilled; after the failure it is a rejected one.
  assertEquals(results.map((r) => r.status), ["rejected", "rejected", "rejected", "rejected", "fulfilled", "rejected"]);
  assert(results[0].reason === error);
  await assertRejects(() => writer.ready, Error, "w");
  assertEquals(writer.desiredSize, null);
});

test("write: after close writes are refused", async () => {
  const writer = new WritableStream().getWriter();
  const closing = writer.close();
  const message = "This WritableStream has been closed.";
  await assertRejects(() => writer.write(1), TypeError, message);
  await assertRejects(() => writer.close(), TypeError, message);
  await closing;
  await assertRejects(() => writer.write(1), TypeError, message);
  await assertRejects(() => writer.close(), TypeError, message);
  assertEquals(writer.desiredSize, 0);
});

test("write: close waits for queued writes", async () => {
  const calls = [];
  const hold = gate();
  const writer = new WritableStream({
    write(c) { calls.push(c); return hold.promise; },
    close() { calls.push("close"); },
  }).getWriter();
  writer.write(1);
  const closing = writer.close();
  await settle();
  assertEquals(calls, [1]);
  hold.resolve();
  await closing;
  assertEquals(calls, [1, "close"]);
});

test("write: a failing close rejects close and closed", async () => {
  const writer = new WritableStream({ close() { throw new Error("c"); } }).getWriter();
  await assertRejects(() => writer.close(), Error, "c");
  await assertRejects(() => writer.closed, Error, "c");
});

test("write: closing a failed stream is a TypeError that names the failure as its cause", async () => {
  const error = new Error("w");
  const writer = new WritableStream({ write() { throw error; } }).getWriter();
  await assertRejects(() => writer.write(1), Error, "w");
  const refused = await assertRejects(() => writer.close(), TypeError, "This WritableStream has failed.");
  assert(refused.cause === error);
});

test("write: close of the stream itself", async () => {
  let closed = false;
  const stream = new WritableStream({ close() { closed = true; } });
  await stream.close();
  assert(closed);
  await assertRejects(() => stream.close(), TypeError, /has been closed/);
});

test("write: a locked stream refuses getWriter, close and abort", async () => {
  const stream = new WritableStream();
  assertEquals(stream.locked, false);
  stream.getWriter();
  assertEquals(stream.locked, true);
  const message = "This WritableStream is currently locked to a writer.";
  assertThrows(() => stream.getWriter(), TypeError, message);
  assertThrows(() => new WritableStreamDefaultWriter(stream), TypeError, message);
  await assertRejects(() => stream.close(), TypeError, message);
  await assertRejects(() => stream.abort(), TypeError, message);
});

test("write: a writer needs a stream", () => {
  assertThrows(
    () => new WritableStreamDefaultWriter(1),
    TypeError,
    "Failed to construct 'WritableStreamDefaultWriter': constructor parameter 1 is not of type 'WritableStream'.",
  );
});

test("write: a released writer refuses everything; the stream goes on", async () => {
  const chunks = [];
  const stream = new WritableStream({ write(c) { chunks.push(c); } });
  const writer = stream.getWriter();
  const written = writer.write(1);
  writer.releaseLock();
  writer.releaseLock();
  const message = "This WritableStream writer has been released.";
  for (const call of [() => writer.write(2), () => writer.close(), () => writer.abort(), () => writer.closed, () => writer.ready]) {
    await assertRejects(call, TypeError, message);
  }
  assertThrows(() => writer.desiredSize, TypeError, message);
  await written;
  await stream.getWriter().write(3);
  assertEquals(chunks, [1, 3]);
});

test("write: a size function that releases the lock makes the write fail", async () => {
  let writer;
  const stream = new WritableStream({}, { size() { writer.releaseLock(); return 1; } });
  writer = stream.getWriter();
  await assertRejects(() => writer.write(1), TypeError, /released/);
});

test("write: a size function that closes the stream makes the write fail", async () => {
  let writer;
  const stream = new WritableStream({}, { size() { writer.close(); return 1; } });
  writer = stream.getWriter();
  await assertRejects(() => writer.write(1), TypeError, /closed/);
});

test("controller: error fails the stream; the sink's abort is not called", async () => {
  let controller;
  let aborted = false;
  const stream = new WritableStream({ start(c) { controller = c; }, abort() { aborted = true; } });
  const writer = stream.getWriter();
  await settle();
  controller.error(new Error("e"));
  controller.error(new Error("ignored"));
  await assertRejects(() => writer.closed, Error, "e");
  await assertRejects(() => writer.ready, Error, "e");
  await assertRejects(() => writer.write(1), Error, "e");
  assert(!aborted);
});

test("controller: an error waits for the write under way", async () => {
  const hold = gate();
  let controller;
  const writer = new WritableStream({ start(c) { controller = c; }, write: () => hold.promise }).getWriter();
  await settle();
  const written = writer.write(1);
  controller.error(new Error("e"));
  assertEquals(await stateOf(writer.closed), "pending");
  assertEquals(await stateOf(writer.ready), "rejected");
  assertEquals(writer.desiredSize, null);
  hold.resolve();
  assertEquals(await written, undefined);
  await assertRejects(() => writer.closed, Error, "e");
});

test("controller: error after close is ignored", async () => {
  let controller;
  const writer = new WritableStream({ start(c) { controller = c; } }).getWriter();
  await writer.close();
  controller.error(new Error("late"));
  await writer.closed;
});

test("abort: the sink learns the reason; queued writes are rejected with it", async () => {
  const calls = [];
  const hold = gate();
  const writer = new WritableStream({
    write(c) { calls.push(c); return hold.promise; },
    abort(...args) { calls.push(["abort", ...args]); },
  }).getWriter();
  await writer.ready;
  const first = writer.write(1);
  const second = writer.write(2);
  const aborted = writer.abort("why");
  assertEquals(await stateOf(aborted), "pending");
  hold.resolve();
  assertEquals(await aborted, undefined);
  await first;
  assertEquals((await Promise.allSettled([second, writer.closed])).map((r) => r.reason), ["why", "why"]);
  assertEquals(calls, [1, ["abort", "why"]]);
});

test("abort: without a reason it is undefined", async () => {
  const writer = new WritableStream().getWriter();
  await writer.abort();
  const [closed] = await Promise.allSettled([writer.closed]);
  assertEquals(closed, { status: "rejected", reason: undefined });
});

test("abort: an exception of the sink rejects abort, closed keeps the reason", async () => {
  const writer = new WritableStream({ abort() { throw new Error("sink"); } }).getWriter();
  await assertRejects(() => writer.abort("why"), Error, "sink");
  assertEquals((await Promise.allSettled([writer.closed]))[0].reason, "why");
});

test("abort: twice gives the same promise and calls the sink once", async () => {
  let calls = 0;
  const writer = new WritableStream({ abort() { calls += 1; } }).getWriter();
  const first = writer.abort("a");
  const second = writer.abort("b");
  assert(first === second);
  await first;
  assertEquals(calls, 1);
});

test("abort: before start is over the sink is called afterwards", async () => {
  const start = gate();
  let aborted = false;
  const writer = new WritableStream({ start: () => start.promise, abort() { aborted = true; } }).getWriter();
  const promise = writer.abort();
  await settle();
  assert(!aborted);
  start.resolve();
  await promise;
  assert(aborted);
});

test("abort: of a closed or failed stream does nothing", async () => {
  const closed = new WritableStream({ abort() { throw new Error("called"); } });
  await closed.close();
  assertEquals(await closed.abort(), undefined);
  const failed = new WritableStream({ start(c) { c.error("x"); }, abort() { throw new Error("called"); } });
  await settle();
  assertEquals(await failed.abort(), undefined);
});

test("abort: while erroring it is rejected with the error that was first", async () => {
  const hold = gate();
  let controller;
  const writer = new WritableStream({ start(c) { controller = c; }, write: () => hold.promise }).getWriter();
  await settle();
  writer.write(1);
  controller.error(new Error("first"));
  const aborted = writer.abort("second");
  hold.resolve();
  await assertRejects(() => aborted, Error, "first");
});

test("abort: during a close that succeeds, both succeed", async () => {
  const hold = gate();
  const writer = new WritableStream({ close: () => hold.promise, abort() { throw new Error("called"); } }).getWriter();
  await writer.ready;
  const closing = writer.close();
  await settle();
  const aborting = writer.abort("x");
  hold.resolve();
  await closing;
  assertEquals(await aborting, undefined);
  await writer.closed;
});

test("abort: during a close that fails, both fail", async () => {
  const hold = gate();
  const writer = new WritableStream({ close: () => hold.promise }).getWriter();
  await writer.ready;
  const closing = writer.close();
  await settle();
  const aborting = writer.abort("x");
  hold.reject(new Error("close"));
  await assertRejects(() => closing, Error, "close");
  await assertRejects(() => aborting, Error, "close");
});

test("abort: the controller's signal is aborted with the reason, before the write under way is over", async () => {
  let controller;
  const hold = gate();
  const stream = new WritableStream({ start(c) { controller = c; }, write: () => hold.promise });
  const { signal } = controller;
  assert(controller.signal === signal);
  assertEquals(signal.aborted, false);
  const writer = stream.getWriter();
  await settle();
  writer.write(1);
  const reason = new Error("why");
  const aborted = writer.abort(reason);
  assertEquals(signal.aborted, true);
  assert(signal.reason === reason);
  hold.resolve();
  await aborted;
});

test("abort: a signal that is asked for afterwards is aborted already", async () => {
  let controller;
  const stream = new WritableStream({ start(c) { controller = c; } });
  await stream.abort("why");
  assertEquals([controller.signal.aborted, controller.signal.reason], [true, "why"]);
});

test("abort: a listener of the signal that fails the stream wins", async () => {
  let controller;
  const stream = new WritableStream({ start(c) { controller = c; } });
  await settle();
  controller.signal.addEventListener("abort", () => controller.error("mine"));
  const writer = stream.getWriter();
  await writer.abort("theirs");
  assertEquals((await Promise.allSettled([writer.closed]))[0].reason, "mine");
});

test("write: strategies of the platform work", async () => {
  const writer = new WritableStream({}, new CountQueuingStrategy({ highWaterMark: 4 })).getWriter();
  writer.write("x");
  assertEquals(writer.desiredSize, 3);
});

test("write: rejections of closed, ready and the first of two writes need not all be handled", async () => {
  const writer = new WritableStream({ write() { throw new Error("w"); } }).getWriter();
  writer.closed;
  writer.ready;
  await assertRejects(() => writer.write(1), Error, "w");
  await settle();
});
