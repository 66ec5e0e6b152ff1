// ReadableStream.tee for both kinds of streams.

import { assert, assertEquals, assertRejects, assertThrows, test } from "holdfast:test";
import { ReadableByteStreamController, ReadableStream } from "holdfast:web/streams/index";
import { bytes, collect, settle } from "./helpers.js";

function controlled(source = {}, strategy = undefined) {
  let controller;
  const stream = new ReadableStream({ start(c) { controller = c; }, ...source }, strategy);
  return { stream, controller };
}

test("tee: both branches get every chunk, the same objects", async () => {
  const chunk = { a: 1 };
  const [one, two] = ReadableStream.from([chunk, 2, 3]).tee();
  assert(one instanceof ReadableStream && two instanceof ReadableStream);
  const [first, second] = await Promise.all([collect(one), collect(two)]);
  assert(first[0] === chunk && second[0] === chunk);
  assertEquals(first.slice(1), [2, 3]);
  assertEquals(second.slice(1), [2, 3]);
});

test("tee: the original is locked; a locked stream cannot be split", () => {
  const stream = new ReadableStream();
  stream.tee();
  assertEquals(stream.locked, true);
  assertThrows(() => stream.tee(), TypeError, /This ReadableStream is currently locked to a reader/);
});

test("tee: one branch can be read long after the other", async () => {
  const [one, two] = ReadableStream.from([1, 2, 3]).tee();
  assertEquals(await collect(one), [1, 2, 3]);
  assertEquals(await collect(two), [1, 2, 3]);
});

test("tee: the original is pulled only as far as a branch wants", async () => {
  let pulls = 0;
  const stream = new ReadableStream({ pull(c) { c.enqueue(++pulls); } }, { highWaterMark: 0 });
  const [one] = stream.tee();
  await settle();
  assertEquals(pulls, 1); // each branch reads one chunk ahead
  await one.getReader().read();
  await settle();
  assertEquals(pulls, 2);
});

test("tee: an error reaches both branches", async () => {
  const { stream, controller } = controlled();
  const [one, two] = stream.tee();
  controller.error("bad");
  const results = await Promise.allSettled([one.getReader().closed, two.getReader().read()]);
  assertEquals(results.map((r) => r.reason), ["bad", "bad"]);
});

test("tee: chunks before an error can be read, if they were taken before it", async () => {
  const { stream, controller } = controlled();
  const [one] = stream.tee();
  const reader = one.getReader();
  controller.enqueue("a");
  assertEquals((await reader.read()).value, "a");
  controller.error(new Error("bad"));
  await assertRejects(() => reader.read(), Error, "bad");
});

test("tee: cancelling one branch leaves the other alone", async () => {
  let cancelled = false;
  const { stream, controller } = controlled({ cancel() { cancelled = true; } });
  const [one, two] = stream.tee();
  one.cancel("r");
  controller.enqueue("x");
  controller.close();
  assertEquals(await collect(two), ["x"]);
  assert(!cancelled);
});

test("tee: cancelling both cancels the original with both reasons, in order of the branches", async () => {
  let reasons;
  const { stream } = controlled({ cancel(r) { reasons = r; } });
  const [one, two] = stream.tee();
  const second = two.cancel("two");
  const first = one.cancel("one");
  assertEquals([await first, await second], [undefined, undefined]);
  assertEquals(reasons, ["one", "two"]);
});

test("tee: a failing cancel of the original rejects both", async () => {
  const { stream } = controlled({ cancel() { throw new Error("c"); } });
  const [one, two] = stream.tee();
  const results = await Promise.allSettled([one.cancel(), two.cancel()]);
  assertEquals(results.map((r) => r.reason.message), ["c", "c"]);
});

test("tee: cancelling one branch settles when the original ends or fails", async () => {
  for (const end of ["close", "error"]) {
    const { stream, controller } = controlled();
    const [one, two] = stream.tee();
    const cancelled = one.cancel();
    two.getReader().closed.catch(() => {});
    controller[end]();
    assertEquals(await cancelled, undefined);
  }
});

test("tee: branches can be split again", async () => {
  const [one, rest] = ReadableStream.from([1, 2]).tee();
  const [two, three] = rest.tee();
  assertEquals(await Promise.all([collect(one), collect(two), collect(three)]), [[1, 2], [1, 2], [1, 2]]);
});

test("tee: a start on Object.prototype is not called for the branches", () => {
  let called = false;
  Object.prototype.start = () => { called = true; };
  try {
    new ReadableStream({ start: undefined }).tee();
  } finally {
    delete Object.prototype.start;
  }
  assert(!called);
});

test("tee bytes: branches are byte streams with bytes of their own", async () => {
  const stream = new ReadableStream({ type: "bytes", start(c) { c.enqueue(bytes(1, 2)); c.close(); } });
  const [one, two] = stream.tee();
  one.getReader({ mode: "byob" }).releaseLock();
  const [a] = await collect(one);
  const [b] = await collect(two);
  assertEquals([Array.from(a), Array.from(b)], [[1, 2], [1, 2]]);
  assert(a.buffer !== b.buffer);
});

test("tee bytes: nothing is read ahead", async () => {
  let pulls = 0;
  const stream = new ReadableStream({ type: "bytes", pull(c) { c.enqueue(bytes(++pulls)); } });
  const [one, two] = stream.tee();
  await settle();
  assertEquals(pulls, 0);
  assertEquals(Array.from((await one.getReader().read()).value), [1]);
  assertEquals(Array.from((await two.getReader().read()).value), [1]);
  assertEquals(pulls, 1);
});

test("tee bytes: a BYOB read of a branch reaches the source as a request", async () => {
  const sizes = [];
  const stream = new ReadableStream({ type: "bytes", pull(c) {
    assert(c instanceof ReadableByteStreamController);
    sizes.push(c.byobRequest?.view.byteLength);
    c.byobRequest.view[0] = 7;
    c.byobRequest.respond(1);
  } });
  const [one, two] = stream.tee();
  const { value } = await one.getReader({ mode: "byob" }).read(new Uint8Array(5));
  assertEquals(Array.from(value), [7]);
  assertEquals(value.buffer.byteLength, 5);
  assertEquals(Array.from((await two.getReader().read()).value), [7]);
  assertEquals(sizes, [5]);
});

test("tee bytes: BYOB reads of both branches", async () => {
  let next = 0;
  const stream = new ReadableStream({ type: "bytes", pull(c) { c.enqueue(bytes(++next, ++next)); } });
  const [one, two] = stream.tee();
  const reader1 = one.getReader({ mode: "byob" });
  const reader2 = two.getReader({ mode: "byob" });
  const [a, b] = await Promise.all([reader1.read(new Uint8Array(2)), reader2.read(new Uint8Array(1))]);
  assertEquals([Array.from(a.value), Array.from(b.value)], [[1, 2], [1]]);
  assertEquals(Array.from((await reader2.read(new Uint8Array(9))).value), [2]);
});

test("tee bytes: closing answers reads of both kinds", async () => {
  let controller;
  const stream = new ReadableStream({ type: "bytes", start(c) { controller = c; } });
  const [one, two] = stream.tee();
  const read1 = one.getReader({ mode: "byob" }).read(new Uint8Array(3));
  const read2 = two.getReader().read();
  await settle();
  controller.close();
  controller.byobRequest?.respond(0);
  const [a, b] = await Promise.all([read1, read2]);
  assertEquals([a.done, a.value.byteLength, b.done], [true, 0, true]);
});

test("tee bytes: an error reaches both, also after the kind of reader changed", async () => {
  let controller;
  const stream = new ReadableStream({ type: "bytes", start(c) { controller = c; } });
  const [one, two] = stream.tee();
  const read = one.getReader({ mode: "byob" }).read(new Uint8Array(3));
  await settle();
  controller.error("bad");
  const results = await Promise.allSettled([read, two.getReader().closed]);
  assertEquals(results.map((r) => r.reason), ["bad", "bad"]);
});

test("tee bytes: cancel works as for other streams", async () => {
  let reasons;
  const stream = new ReadableStream({ type: "bytes", cancel(r) { reasons = r; } });
  const [one, two] = stream.tee();
  await Promise.all([one.cancel(1), two.cancel(2)]);
  assertEquals(reasons, [1, 2]);
});

test("tee bytes: with one branch cancelled the other goes on", async () => {
  let next = 0;
  const stream = new ReadableStream({ type: "bytes", pull(c) { c.enqueue(bytes(++next)); } });
  const [one, two] = stream.tee();
  two.cancel();
  const reader = one.getReader({ mode: "byob" });
  assertEquals(Array.from((await reader.read(new Uint8Array(4))).value), [1]);
  assertEquals(Array.from((await reader.read(new Uint8Array(4))).value), [2]);
});
