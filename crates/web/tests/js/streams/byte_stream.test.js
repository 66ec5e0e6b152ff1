// Readable byte streams: ReadableByteStreamController, ReadableStreamBYOBReader, ReadableStreamBYOBRequest.

import { assert, assertEquals, assertRejects, assertThrows, test } from "holdfast:test";
import {
  ReadableByteStreamController,
  ReadableStream,
  ReadableStreamBYOBReader,
  ReadableStreamBYOBRequest,
} from "holdfast:web/streams/index";
import { bytes, settle } from "./helpers.js";

function controlled(source = {}, strategy = undefined) {
  let controller;
  const stream = new ReadableStream({ type: "bytes", start(c) { controller = c; }, ...source }, strategy);
  return { stream, controller };
}

const list = (view) => Array.from(new Uint8Array(view.buffer, view.byteOffset, view.byteLength));

test("byte: the controller is a ReadableByteStreamController with a high water mark of 0", () => {
  const { controller } = controlled();
  assert(controller instanceof ReadableByteStreamController);
  assertEquals(controller.desiredSize, 0);
  assertEquals(controller.byobRequest, null);
});

test("byte: the type is converted to a string", () => {
  const { controller } = controlled({ type: { toString: () => "bytes" } });
  assert(controller instanceof ReadableByteStreamController);
});

test("byte: a size function is a RangeError", () => {
  assertThrows(() => new ReadableStream({ type: "bytes" }, { size: () => 1 }), RangeError);
});

test("byte: autoAllocateChunkSize must be a positive integer", () => {
  assertThrows(
    () => new ReadableStream({ type: "bytes", autoAllocateChunkSize: 0 }),
    TypeError,
    "The autoAllocateChunkSize option cannot be zero.",
  );
  for (const autoAllocateChunkSize of [-1, NaN, Infinity]) {
    assertThrows(() => new ReadableStream({ type: "bytes", autoAllocateChunkSize }), TypeError);
  }
});

test("byte: a default reader gets Uint8Arrays", async () => {
  const { stream, controller } = controlled();
  controller.enqueue(new Uint16Array([0x0201]));
  controller.close();
  const reader = stream.getReader();
  const { value } = await reader.read();
  assert(value instanceof Uint8Array);
  assertEquals(list(value), [1, 2]);
  assertEquals(await reader.read(), { value: undefined, done: true });
});

test("byte: enqueue takes the buffer away", () => {
  const { controller } = controlled();
  const chunk = bytes(1, 2);
  controller.enqueue(chunk);
  assertEquals(chunk.byteLength, 0);
  assertEquals(chunk.buffer.byteLength, 0);
});

test("byte: enqueue keeps to the window of the view", async () => {
  const { stream, controller } = controlled();
  controller.enqueue(new Uint8Array([0, 1, 2, 3, 4]).subarray(1, 3));
  controller.enqueue(new DataView(bytes(5, 6, 7).buffer, 1, 1));
  const reader = stream.getReader();
  assertEquals(list((await reader.read()).value), [1, 2]);
  assertEquals(list((await reader.read()).value), [6]);
});

test("byte: enqueue takes an ArrayBuffer as Workers do", async () => {
  const { stream, controller } = controlled();
  controller.enqueue(bytes(8, 9).buffer);
  assertEquals(list((await stream.getReader().read()).value), [8, 9]);
});

test("byte: enqueue refuses what is not bytes", () => {
  const { controller } = controlled();
  const message =
    "Failed to execute 'enqueue' on 'ReadableByteStreamController': parameter 1 is not of type 'BufferSource'.";
  for (const chunk of ["a", 1, undefined, null, {}, [1]]) {
    assertThrows(() => controller.enqueue(chunk), TypeError, message);
  }
});

test("byte: enqueue refuses empty and detached views", () => {
  const { controller } = controlled();
  const detached = bytes(1);
  detached.buffer.transfer();
  for (const chunk of [new Uint8Array(0), new ArrayBuffer(0), detached, new Uint8Array(new ArrayBuffer(4), 4)]) {
    assertThrows(() => controller.enqueue(chunk), TypeError, "Cannot enqueue a zero-length ArrayBuffer.");
  }
});

test("byte: enqueue and close after close throw", () => {
  const { controller } = controlled();
  controller.close();
  assertThrows(() => controller.enqueue(bytes(1)), TypeError, "This ReadableByteStreamController is closed.");
  assertThrows(() => controller.close(), TypeError, "This ReadableStream is closed.");
});

test("byte: desiredSize counts bytes", async () => {
  const { stream, controller } = controlled({}, { highWaterMark: 10 });
  controller.enqueue(bytes(1, 2, 3));
  assertEquals(controller.desiredSize, 7);
  await stream.getReader().read();
  assertEquals(controller.desiredSize, 10);
});

test("byte: pull is called for a read, once per pull promise", async () => {
  let pulls = 0;
  const stream = new ReadableStream({ type: "bytes", pull(c) { pulls += 1; c.enqueue(bytes(pulls)); } });
  await settle();
  assertEquals(pulls, 0);
  const reader = stream.getReader();
  assertEquals(list((await reader.read()).value), [1]);
  assertEquals(list((await reader.read()).value), [2]);
  assertEquals(pulls, 2);
});

test("byte: with autoAllocateChunkSize a default read makes a request", async () => {
  const seen = [];
  const stream = new ReadableStream({
    type: "bytes",
    autoAllocateChunkSize: 16,
    pull(c) {
      const { view } = c.byobRequest;
      seen.push(view.byteLength, view.constructor.name);
      view[0] = 42;
      c.byobRequest.respond(1);
    },
  });
  const { value, done } = await stream.getReader().read();
  assertEquals(seen, [16, "Uint8Array"]);
  assertEquals(list(value), [42]);
  assertEquals(value.buffer.byteLength, 16);
  assertEquals(done, false);
});

test("byte: with autoAllocateChunkSize, enqueue answers the read and drops the request", async () => {
  let request;
  const stream = new ReadableStream({
    type: "bytes",
    autoAllocateChunkSize: 16,
    pull(c) {
      request = c.byobRequest;
      c.enqueue(bytes(7));
    },
  });
  assertEquals(list((await stream.getReader().read()).value), [7]);
  assertEquals(request.view, null);
});

test("byob: a reader is made by mode or constructor, only for byte streams", () => {
  assert(controlled().stream.getReader({ mode: "byob" }) instanceof ReadableStreamBYOBReader);
  new ReadableStreamBYOBReader(controlled().stream);
  assertThrows(() => new ReadableStreamBYOBReader(new ReadableStream()), TypeError);
  assertThrows(() => new ReadableStreamBYOBReader({}), TypeError, /is not of type 'ReadableStream'/);
  const { stream } = controlled();
  stream.getReader();
  assertThrows(() => new ReadableStreamBYOBReader(stream), TypeError, /locked/);
});

test("byob: read checks its view", async () => {
  const reader = controlled().stream.getReader({ mode: "byob" });
  const type = "Failed to execute 'read' on 'ReadableStreamBYOBReader': parameter 1 is not of type 'ArrayBufferView'.";
  for (const view of [undefined, 1, {}, new ArrayBuffer(1)]) await assertRejects(() => reader.read(view), TypeError, type);
  const empty = 'You must call read() on a "byob" reader with a positive-sized TypedArray object.';
  await assertRejects(() => reader.read(new Uint8Array(0)), TypeError, empty);
  await assertRejects(() => reader.read(new Uint8Array(new ArrayBuffer(1), 1)), TypeError, empty);
  const detached = bytes(1);
  detached.buffer.transfer();
  await assertRejects(() => reader.read(detached), TypeError, empty);
});

test("byob: a view of a resizable buffer is refused", async () => {
  const reader = controlled().stream.getReader({ mode: "byob" });
  const view = new Uint8Array(new ArrayBuffer(1, { maxByteLength: 2 }));
  await assertRejects(() => reader.read(view), TypeError);
});

test("byob: read takes the buffer away at once and gives it back filled", async () => {
  const { stream, controller } = controlled();
  controller.enqueue(bytes(1, 2, 3));
  const reader = stream.getReader({ mode: "byob" });
  const view = new Uint8Array(8);
  const read = reader.read(view);
  assertEquals(view.byteLength, 0);
  const { value, done } = await read;
  assertEquals(list(value), [1, 2, 3]);
  assertEquals(value.buffer.byteLength, 8);
  assertEquals(done, false);
});

test("byob: the value has the type and offset of the view", async () => {
  const { stream, controller } = controlled();
  controller.enqueue(bytes(1, 2, 3, 4, 5, 6));
  const reader = stream.getReader({ mode: "byob" });
  const first = (await reader.read(new Uint16Array(new ArrayBuffer(8), 2, 2))).value;
  assert(first instanceof Uint16Array);
  assertEquals([first.byteOffset, first.length], [2, 2]);
  assertEquals(list(first), [1, 2, 3, 4]);
  const second = (await reader.read(new DataView(new ArrayBuffer(3)))).value;
  assert(second instanceof DataView);
  assertEquals(list(second), [5, 6]);
});

test("byob: a chunk larger than the view stays for the next read", async () => {
  const { stream, controller } = controlled();
  controller.enqueue(bytes(1, 2, 3, 4, 5));
  const reader = stream.getReader({ mode: "byob" });
  assertEquals(list((await reader.read(new Uint8Array(2))).value), [1, 2]);
  assertEquals(list((await reader.read(new Uint8Array(2))).value), [3, 4]);
  assertEquals(list((await reader.read(new Uint8Array(2))).value), [5]);
});

test("byob: a view takes from several chunks", async () => {
  const { stream, controller } = controlled();
  controller.enqueue(bytes(1));
  controller.enqueue(bytes(2, 3));
  controller.enqueue(bytes(4));
  assertEquals(list((await stream.getReader({ mode: "byob" }).read(new Uint8Array(9))).value), [1, 2, 3, 4]);
});

test("byob: bytes that do not fill an element stay in the queue", async () => {
  const { stream, controller } = controlled();
  controller.enqueue(bytes(1, 2, 3));
  const reader = stream.getReader({ mode: "byob" });
  assertEquals(list((await reader.read(new Uint16Array(4))).value), [1, 2]);
  controller.enqueue(bytes(4));
  assertEquals(list((await reader.read(new Uint16Array(4))).value), [3, 4]);
});

test("byob: the request shows the room that is left, and is one object until answered", async () => {
  const { stream, controller } = controlled();
  const read = stream.getReader({ mode: "byob" }).read(new Uint16Array(new ArrayBuffer(12), 2, 4));
  const request = controller.byobRequest;
  assert(request instanceof ReadableStreamBYOBRequest);
  assert(controller.byobRequest === request);
  const { view } = request;
  assert(view instanceof Uint8Array);
  assertEquals([view.byteOffset, view.byteLength, view.buffer.byteLength], [2, 8, 12]);
  view.set([1, 2, 3, 4]);
  request.respond(4);
  assertEquals(request.view, null);
  assertEquals(list((await read).value), [1, 2, 3, 4]);
});

test("byob: respond with part of an element waits for the rest", async () => {
  const { stream, controller } = controlled();
  const read = stream.getReader({ mode: "byob" }).read(new Uint32Array(1));
  for (const byte of [1, 2, 3, 4]) {
    const { view } = controller.byobRequest;
    assertEquals(view.byteOffset, byte - 1);
    view[0] = byte;
    controller.byobRequest.respond(1);
  }
  assertEquals(list((await read).value), [1, 2, 3, 4]);
});

test("byob: respond beyond whole elements keeps the remainder", async () => {
  const { stream, controller } = controlled();
  const reader = stream.getReader({ mode: "byob" });
  const read = reader.read(new Uint16Array(4));
  controller.byobRequest.view.set([1, 2, 3]);
  controller.byobRequest.respond(3);
  assertEquals(list((await read).value), [1, 2]);
  assertEquals(list((await reader.read(new Uint8Array(4))).value), [3]);
});

test("byob: respond checks its number", async () => {
  const { stream, controller } = controlled();
  const read = stream.getReader({ mode: "byob" }).read(new Uint8Array(2));
  const request = controller.byobRequest;
  assertThrows(() => request.respond(), TypeError);
  assertThrows(() => request.respond(-1), TypeError);
  assertThrows(() => request.respond(NaN), TypeError);
  assertThrows(() => request.respond(0), TypeError, "The bytesWritten must be more than zero while the stream is open.");
  assertThrows(() => request.respond(3), RangeError, "Too many bytes [3] in response to a BYOB read request.");
  request.respond(2);
  assertThrows(() => request.respond(1), TypeError, "This ReadableStreamBYOBRequest has been invalidated.");
  assertThrows(() => request.respondWithNewView(bytes(1)), TypeError, /invalidated/);
  await read;
});

test("byob: respond refuses when the view's buffer is gone", async () => {
  const { stream, controller } = controlled();
  stream.getReader({ mode: "byob" }).read(new Uint8Array(2));
  controller.byobRequest.view.buffer.transfer();
  assertThrows(() => controller.byobRequest.respond(1), TypeError, /detached/);
});

test("byob: respondWithNewView takes a transferred buffer", async () => {
  const { stream, controller } = controlled();
  const read = stream.getReader({ mode: "byob" }).read(new Uint8Array(4));
  const moved = controller.byobRequest.view.buffer.transfer();
  const view = new Uint8Array(moved, 0, 2);
  view.set([9, 8]);
  controller.byobRequest.respondWithNewView(view);
  assertEquals(view.byteLength, 0);
  assertEquals(list((await read).value), [9, 8]);
});

test("byob: respondWithNewView checks where the view lies", async () => {
  const { stream, controller } = controlled();
  const read = stream.getReader({ mode: "byob" }).read(new Uint8Array(4));
  const request = controller.byobRequest;
  assertThrows(() => request.respondWithNewView({}), TypeError, /is not of type 'ArrayBufferView'/);
  assertThrows(() => request.respondWithNewView(new Uint8Array(new ArrayBuffer(4), 1)), RangeError);
  assertThrows(
    () => request.respondWithNewView(bytes(1)),
    RangeError,
    "The underlying ArrayBuffer is not the correct length.",
  );
  assertThrows(() => request.respondWithNewView(new Uint8Array(new ArrayBuffer(4), 0, 0)), TypeError);
  request.respond(1);
  await read;
});

test("byob: enqueue answers reads that wait and invalidates the request", async () => {
  const { stream, controller } = controlled();
  const reader = stream.getReader({ mode: "byob" });
  const reads = [reader.read(new Uint8Array(2)), reader.read(new Uint8Array(2))];
  const request = controller.byobRequest;
  controller.enqueue(bytes(1, 2, 3));
  assertEquals(request.view, null);
  assertEquals(list((await reads[0]).value), [1, 2]);
  assertEquals(list((await reads[1]).value), [3]);
});

test("byob: reads that wait get their views back, empty, when a closed stream is responded to", async () => {
  const { stream, controller } = controlled();
  const reader = stream.getReader({ mode: "byob" });
  const reads = [reader.read(new Uint8Array(3)), reader.read(new Uint16Array(3))];
  controller.close();
  assertThrows(() => controller.byobRequest.respond(1), TypeError);
  controller.byobRequest.respond(0);
  const results = await Promise.all(reads);
  assertEquals(results.map((r) => [r.done, r.value.byteLength, r.value.constructor.name, r.value.buffer.byteLength]), [
    [true, 0, "Uint8Array", 3],
    [true, 0, "Uint16Array", 6],
  ]);
});

test("byob: a closed stream gives the view back empty", async () => {
  const { stream, controller } = controlled();
  controller.close();
  const { value, done } = await stream.getReader({ mode: "byob" }).read(new Uint8Array(5));
  assertEquals([done, value.byteLength, value.buffer.byteLength], [true, 0, 5]);
});

test("byob: cancel answers reads that wait without a view", async () => {
  const { stream } = controlled();
  const reader = stream.getReader({ mode: "byob" });
  const read = reader.read(new Uint8Array(1));
  await reader.cancel();
  assertEquals(await read, { value: undefined, done: true });
});

test("byob: an error rejects reads that wait and later ones", async () => {
  const { stream, controller } = controlled();
  const reader = stream.getReader({ mode: "byob" });
  const read = reader.read(new Uint8Array(1));
  controller.error(new Error("bad"));
  await assertRejects(() => read, Error, "bad");
  await assertRejects(() => reader.read(new Uint8Array(1)), Error, "bad");
  await assertRejects(() => reader.closed, Error, "bad");
});

test("byob: closing inside an element is an error", async () => {
  const { stream, controller } = controlled();
  const reader = stream.getReader({ mode: "byob" });
  const read = reader.read(new Uint16Array(1));
  controller.enqueue(bytes(1));
  const message = "This ReadableStream was closed with a partial read pending.";
  assertThrows(() => controller.close(), TypeError, message);
  await assertRejects(() => read, TypeError, message);
});

test("byob: reading a whole element from a stream that ends inside one is an error", async () => {
  const { stream, controller } = controlled();
  controller.enqueue(bytes(1));
  controller.close();
  await assertRejects(() => stream.getReader({ mode: "byob" }).read(new Uint16Array(1)), TypeError);
});

test("byob: a released reader rejects its reads, and the bytes go to the next reader", async () => {
  const { stream, controller } = controlled();
  const first = stream.getReader({ mode: "byob" });
  const lost = first.read(new Uint8Array(4));
  const request = controller.byobRequest;
  first.releaseLock();
  await assertRejects(() => lost, TypeError, /released/);
  await assertRejects(() => first.read(new Uint8Array(1)), TypeError, /released/);
  const second = stream.getReader();
  const read = second.read();
  request.view.set([5, 6]);
  request.respond(2);
  assertEquals(list((await read).value), [5, 6]);
});

test("byob: the stream goes from default to BYOB reader and back", async () => {
  const { stream, controller } = controlled();
  controller.enqueue(bytes(1, 2, 3, 4));
  const byob = stream.getReader({ mode: "byob" });
  assertEquals(list((await byob.read(new Uint8Array(1))).value), [1]);
  byob.releaseLock();
  assertEquals(list((await stream.getReader().read()).value), [2, 3, 4]);
});

test("byob min: a read waits for its minimum", async () => {
  const { stream, controller } = controlled();
  let done = false;
  const read = stream.getReader({ mode: "byob" }).read(new Uint8Array(6), { min: 3 });
  read.then(() => { done = true; });
  controller.enqueue(bytes(1, 2));
  await settle();
  assert(!done);
  controller.enqueue(bytes(3, 4));
  assertEquals(list((await read).value), [1, 2, 3, 4]);
});

test("byob min: it counts elements", async () => {
  const { stream, controller } = controlled();
  let done = false;
  const read = stream.getReader({ mode: "byob" }).read(new Uint16Array(3), { min: 2 });
  read.then(() => { done = true; });
  controller.enqueue(bytes(1, 2, 3));
  await settle();
  assert(!done);
  controller.enqueue(bytes(4));
  assertEquals(list((await read).value), [1, 2, 3, 4]);
});

test("byob min: the range is checked", async () => {
  const reader = controlled().stream.getReader({ mode: "byob" });
  await assertRejects(
    () => reader.read(new Uint8Array(1), { min: 0 }),
    TypeError,
    "Requested invalid minimum number of bytes to read (0).",
  );
  await assertRejects(() => reader.read(new Uint8Array(1), { min: -1 }), TypeError);
  await assertRejects(() => reader.read(new Uint8Array(1), { min: 2 }), TypeError, /exceeds size of buffer \(1\)/);
  await assertRejects(() => reader.read(new Uint16Array(2), { min: 3 }), TypeError);
  await assertRejects(() => reader.read(new DataView(new ArrayBuffer(2)), { min: 3 }), TypeError);
  await assertRejects(() => reader.read(new Uint8Array(1), 1), TypeError);
});

test("byob min: pull is called until the minimum is there, with a request for the rest", async () => {
  const requests = [];
  const stream = new ReadableStream({ type: "bytes", pull(c) {
    requests.push([c.byobRequest.view.byteOffset, c.byobRequest.atLeast]);
    c.byobRequest.view[0] = requests.length;
    c.byobRequest.respond(1);
  } });
  const { value } = await stream.getReader({ mode: "byob" }).read(new Uint8Array(5), { min: 3 });
  assertEquals(list(value), [1, 2, 3]);
  assertEquals(requests, [[0, 3], [1, 2], [2, 1]]);
});

test("byob min: a stream of the user that ends before is an error", async () => {
  const { stream, controller } = controlled();
  controller.enqueue(bytes(1));
  controller.close();
  await assertRejects(() => stream.getReader({ mode: "byob" }).read(new Uint8Array(4), { min: 2 }), TypeError);
});

test("byob min: closing while a read waits gives the part with done", async () => {
  const { stream, controller } = controlled();
  const read = stream.getReader({ mode: "byob" }).read(new Uint8Array(4), { min: 3 });
  controller.enqueue(bytes(1));
  controller.close();
  controller.byobRequest.respond(0);
  const { value, done } = await read;
  assertEquals([list(value), done], [[1], true]);
});

test("readAtLeast: waits for the minimum", async () => {
  const { stream, controller } = controlled();
  const read = stream.getReader({ mode: "byob" }).readAtLeast(3, new Uint8Array(5));
  controller.enqueue(bytes(1, 2));
  controller.enqueue(bytes(3));
  assertEquals(list((await read).value), [1, 2, 3]);
});

test("readAtLeast: the end of the stream gives what there is", async () => {
  const queued = controlled();
  queued.controller.enqueue(bytes(1, 2));
  queued.controller.close();
  let reader = queued.stream.getReader({ mode: "byob" });
  let result = await reader.readAtLeast(4, new Uint8Array(8));
  assertEquals([list(result.value), result.done], [[1, 2], false]);
  result = await reader.readAtLeast(4, new Uint8Array(8));
  assertEquals([result.value.byteLength, result.done], [0, true]);

  const waiting = controlled();
  reader = waiting.stream.getReader({ mode: "byob" });
  const read = reader.readAtLeast(4, new Uint8Array(8));
  waiting.controller.enqueue(bytes(1, 2));
  waiting.controller.close();
  result = await read;
  assertEquals([list(result.value), result.done], [[1, 2], false]);
});

test("readAtLeast: arguments are checked", async () => {
  const reader = controlled().stream.getReader({ mode: "byob" });
  await assertRejects(() => reader.readAtLeast(0, new Uint8Array(1)), TypeError, /minimum number of bytes/);
  await assertRejects(
    () => reader.readAtLeast(3, new Uint8Array(1)),
    TypeError,
    "Minimum bytes to read (3) exceeds size of buffer (1).",
  );
  await assertRejects(
    () => reader.readAtLeast(1),
    TypeError,
    "Failed to execute 'readAtLeast' on 'ReadableStreamBYOBReader': parameter 2 is not of type 'ArrayBufferView'.",
  );
});

test("byte: cancel reaches the source and drops the queue", async () => {
  let reason;
  const { stream, controller } = controlled({ cancel(r) { reason = r; } });
  controller.enqueue(bytes(1));
  await stream.cancel("why");
  assertEquals(reason, "why");
  assertEquals((await stream.getReader().read()).done, true);
});

test("byte: pull that throws fails the stream", async () => {
  const stream = new ReadableStream({ type: "bytes", pull() { throw new Error("p"); } });
  await assertRejects(() => stream.getReader().read(), Error, "p");
});
