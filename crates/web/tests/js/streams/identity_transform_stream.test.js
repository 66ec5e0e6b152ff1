// IdentityTransformStream and FixedLengthStream.

import { assert, assertEquals, assertRejects, assertThrows, test } from "holdfast:test";
import {
  expectedLength,
  FixedLengthStream,
  IdentityTransformStream,
  ReadableStream,
  TransformStream,
  WritableStream,
} from "holdfast:web/streams/index";
import { bytes, settle, stateOf } from "./helpers.js";

test("identity: classes and shape", () => {
  const stream = new IdentityTransformStream();
  assert(stream instanceof TransformStream);
  assert(new FixedLengthStream(1) instanceof IdentityTransformStream);
  assert(stream.readable instanceof ReadableStream);
  assert(stream.writable instanceof WritableStream);
  assertEquals(Object.prototype.toString.call(stream), "[object IdentityTransformStream]");
  assertEquals(Object.getOwnPropertyNames(IdentityTransformStream.prototype), ["constructor"]);
});

test("identity: a write waits for its read", async () => {
  const { readable, writable } = new IdentityTransformStream();
  const written = writable.getWriter().write(bytes(1, 2));
  assertEquals(await stateOf(written), "pending");
  assertEquals(await readable.getReader().read(), { value: bytes(1, 2), done: false });
  assertEquals(await written, undefined);
});

test("identity: a read waits for its write", async () => {
  const { readable, writable } = new IdentityTransformStream();
  const read = readable.getReader().read();
  await writable.getWriter().write(bytes(3));
  assertEquals((await read).value, bytes(3));
});

test("identity: writes are not joined and stay in order", async () => {
  const { readable, writable } = new IdentityTransformStream();
  const writer = writable.getWriter();
  writer.write(bytes(1));
  writer.write(bytes(2, 3));
  writer.close();
  const seen = [];
  for await (const chunk of readable) seen.push(Array.from(chunk));
  assertEquals(seen, [[1], [2, 3]]);
});

test("identity: buffers, views of all kinds and text are bytes", async () => {
  const chunks = [bytes(1).buffer, new DataView(bytes(0, 2).buffer, 1), new Uint16Array([0x0403]), "é"];
  const { readable, writable } = new IdentityTransformStream();
  const writer = writable.getWriter();
  for (const chunk of chunks) writer.write(chunk);
  writer.close();
  const seen = [];
  for await (const chunk of readable) seen.push(Array.from(chunk));
  assertEquals(seen, [[1], [2], [3, 4], [0xc3, 0xa9]]);
});

test("identity: anything else is refused, and the stream goes on", async () => {
  const { readable, writable } = new IdentityTransformStream();
  const message =
    "This TransformStream is being used as a byte stream, but received an object of non-ArrayBuffer/ArrayBufferView type on its writable side.";
  const writer = writable.getWriter();
  for (const chunk of [1, null, {}]) await assertRejects(() => writer.write(chunk), TypeError, message);
  await writer.write(undefined);
  writer.write(bytes(1));
  assertEquals((await readable.getReader().read()).value, bytes(1));
});

test("identity: anything else from a pipe fails both sides", async () => {
  const { readable, writable } = new IdentityTransformStream();
  const message = "This WritableStream only supports writing byte types.";
  await assertRejects(ReadableStream.from([1]).pipeTo(writable), TypeError, message);
  await assertRejects(() => readable.getReader().read(), TypeError, message);
});

test("identity: a reason that is no object arrives as an error", async () => {
  for (const reason of ["why", 5, null]) {
    const cancelled = new IdentityTransformStream();
    await cancelled.readable.cancel(reason);
    await assertRejects(() => cancelled.writable.getWriter().write("a"), Error, String(reason));
    const aborted = new IdentityTransformStream();
    const writer = aborted.writable.getWriter();
    await writer.abort(reason);
    await assertRejects(() => aborted.readable.getReader().read(), Error, String(reason));
    assertEquals(await writer.closed.catch((error) => error), reason);
  }
  const reason = new RangeError("why");
  const { readable, writable } = new IdentityTransformStream();
  await readable.cancel(reason);
  await assertRejects(() => writable.getWriter().write("a"), reason);
});

test("identity: the writer keeps its buffer and may change it at once", async () => {
  const { readable, writable } = new IdentityTransformStream();
  const writer = writable.getWriter();
  await writer.ready;
  await settle();
  const chunk = bytes(1, 2);
  writer.write(chunk);
  chunk[0] = 9;
  assertEquals((await readable.getReader().read()).value, bytes(1, 2));
  assertEquals(chunk.byteLength, 2);
});

test("identity: an empty write is over at once", async () => {
  const { writable } = new IdentityTransformStream();
  await writable.getWriter().write(new Uint8Array(0));
});

test("identity: closing needs no reader", async () => {
  const { readable, writable } = new IdentityTransformStream();
  await writable.close();
  assertEquals((await readable.getReader().read()).done, true);
});

test("identity: a BYOB read takes part of a write, which waits for the rest", async () => {
  const { readable, writable } = new IdentityTransformStream();
  const written = writable.getWriter().write(bytes(1, 2, 3, 4, 5));
  const reader = readable.getReader({ mode: "byob" });
  assertEquals((await reader.read(new Uint8Array(2))).value, bytes(1, 2));
  assertEquals(await stateOf(written), "pending");
  assertEquals((await reader.read(new Uint8Array(9))).value, bytes(3, 4, 5));
  await written;
});

test("identity: readAtLeast and min collect several writes", async () => {
  for (const read of [(r) => r.readAtLeast(4, new Uint8Array(8)), (r) => r.read(new Uint8Array(8), { min: 4 })]) {
    const { readable, writable } = new IdentityTransformStream();
    const result = read(readable.getReader({ mode: "byob" }));
    const writer = writable.getWriter();
    await writer.write(bytes(1, 2, 3));
    assertEquals(await stateOf(result), "pending");
    await writer.write(bytes(4, 5));
    assertEquals((await result).value, bytes(1, 2, 3, 4, 5));
  }
});

test("identity: at the end a BYOB read gives what there is, then an empty view", async () => {
  const { readable, writable } = new IdentityTransformStream();
  const reader = readable.getReader({ mode: "byob" });
  const read = reader.read(new Uint8Array(8), { min: 4 });
  const writer = writable.getWriter();
  await writer.write(bytes(1));
  await writer.close();
  const { value, done } = await read;
  assertEquals([Array.from(value), done], [[1], false]);
  const end = await reader.read(new Uint8Array(8));
  assertEquals([end.value.byteLength, end.done], [0, true]);
});

test("identity: without a limit there is no backpressure", async () => {
  const writer = new IdentityTransformStream().writable.getWriter();
  assertEquals(writer.desiredSize, 1);
  writer.write(bytes(1, 2, 3));
  assertEquals(writer.desiredSize, 1);
  await writer.ready;
});

test("identity: a limit counts bytes", async () => {
  const { readable, writable } = new IdentityTransformStream({ highWaterMark: 10 });
  const writer = writable.getWriter();
  const { ready } = writer;
  writer.write(bytes(1, 2, 3, 4));
  assertEquals(writer.desiredSize, 6);
  writer.write(new Uint8Array(8));
  assertEquals(writer.desiredSize, -2);
  assert(writer.ready !== ready);
  await readable.getReader().read();
  await settle();
  assertEquals(writer.desiredSize, 2);
});

test("identity: a bad limit is refused", () => {
  assertThrows(() => new IdentityTransformStream({ highWaterMark: -1 }), RangeError);
  assertThrows(() => new IdentityTransformStream(1), TypeError);
});

test("identity: abort fails the readable side and the write that waits", async () => {
  const { readable, writable } = new IdentityTransformStream();
  const writer = writable.getWriter();
  const written = writer.write(bytes(1));
  await settle();
  const error = new Error("boo");
  await writer.abort(error);
  assert(await assertRejects(() => written, Error) === error);
  assert(await assertRejects(() => readable.getReader().read(), Error) === error);
});

test("identity: abort fails a read that waits", async () => {
  const { readable, writable } = new IdentityTransformStream();
  const read = readable.getReader().read();
  await settle();
  await writable.abort(new Error("boo"));
  await assertRejects(() => read, Error, "boo");
});

test("identity: cancel fails the writer, also the write that waits", async () => {
  const { readable, writable } = new IdentityTransformStream();
  const writer = writable.getWriter();
  const written = writer.write(bytes(1));
  await settle();
  await readable.cancel(new Error("boo"));
  await assertRejects(() => written, Error, "boo");
  await assertRejects(() => writer.write(bytes(1)), Error, "boo");
});

test("identity: cancel without a reason", async () => {
  const { readable, writable } = new IdentityTransformStream();
  await readable.cancel();
  await assertRejects(() => writable.getWriter().write(bytes(1)), Error, "Stream was cancelled.");
});

test("identity: tee and pipe", async () => {
  const { readable, writable } = new IdentityTransformStream();
  const [one, two] = readable.tee();
  const source = new ReadableStream({ start(c) { c.enqueue(bytes(1, 2)); c.close(); } });
  source.pipeTo(writable);
  const [a, b] = await Promise.all([one.getReader().read(), two.getReader().read()]);
  assertEquals([Array.from(a.value), Array.from(b.value)], [[1, 2], [1, 2]]);
});

test("fixed: the exact number of bytes passes and is announced", async () => {
  const { readable, writable } = new FixedLengthStream(3);
  assertEquals(expectedLength(readable), 3);
  const writer = writable.getWriter();
  writer.write(bytes(1, 2));
  writer.write(bytes(3));
  const closing = writer.close();
  const seen = [];
  for await (const chunk of readable) seen.push(...chunk);
  await closing;
  assertEquals(seen, [1, 2, 3]);
});

test("fixed: closing early fails both sides", async () => {
  const { readable, writable } = new FixedLengthStream(3);
  const reader = readable.getReader();
  const writer = writable.getWriter();
  const read = reader.read();
  await writer.write(bytes(1));
  await read;
  const rest = reader.read();
  const message = "FixedLengthStream did not see all expected bytes before close().";
  await assertRejects(() => writer.close(), TypeError, message);
  await assertRejects(() => rest, TypeError, message);
});

test("fixed: writing too much fails both sides", async () => {
  const { readable, writable } = new FixedLengthStream(3);
  const reader = readable.getReader();
  const writer = writable.getWriter();
  const read = reader.read();
  await writer.write(bytes(1, 2));
  await read;
  const rest = reader.read();
  const message = "Attempt to write too many bytes through a FixedLengthStream.";
  await assertRejects(() => writer.write(bytes(3, 4)), TypeError, message);
  await assertRejects(() => rest, TypeError, message);
});

test("fixed: a length of 0 may only be closed", async () => {
  await new FixedLengthStream(0).writable.close();
  const { writable } = new FixedLengthStream(0);
  await assertRejects(() => writable.getWriter().write(bytes(1)), TypeError, /too many bytes/);
});

test("fixed: the length is a number or bigint in range", () => {
  assertEquals(expectedLength(new FixedLengthStream(5n).readable), 5);
  assertEquals(expectedLength(new FixedLengthStream("6").readable), 6);
  assertEquals(expectedLength(new FixedLengthStream(1.5).readable), 1);
  const cases = [
    [undefined, "Failed to construct 'FixedLengthStream': constructor parameter 1 is not of type 'bigint'."],
    [-1, "The value cannot be converted because it is negative and this API expects a positive bigint."],
    [-1n, /negative/],
    [NaN, "The value cannot be converted because it is not an integer."],
    [2 ** 53, "FixedLengthStream requires an integer expected length less than 2^53."],
    [2n ** 64n, /less than 2\^53/],
  ];
  for (const [length, message] of cases) assertThrows(() => new FixedLengthStream(length), TypeError, message);
});
