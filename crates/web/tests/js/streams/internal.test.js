// What the rest of the platform uses: streams made, read and passed on without users noticing.

import { assert, assertEquals, assertRejects, assertThrows, test } from "holdfast:test";
import {
  cancelStream,
  createReadableByteStream,
  createReadableStream,
  createTransform,
  createWritableStream,
  expectedLength,
  getInternalReader,
  getInternalWriter,
  IdentityTransformStream,
  isReadableStream,
  isWritableStream,
  nativeSource,
  readableStreamFromIterable,
  readableStreamIsDisturbed,
  readableStreamIsLocked,
  readAllBytes,
  ReadableStream,
  setNativeSource,
  teeForBody,
  TransformStream,
  writableStreamIsLocked,
  WritableStream,
} from "holdfast:web/streams/index";
import { internalToken } from "holdfast:web/webidl";
import { bytes, settle } from "./helpers.js";

function sourceOf(chunks) {
  let at = 0;
  return { pull: () => (at < chunks.length ? chunks[at++] : null) };
}

test("createReadableByteStream: chunks, then the end", async () => {
  const stream = createReadableByteStream(sourceOf([bytes(1), bytes(2, 3)]));
  assert(stream instanceof ReadableStream);
  const reader = stream.getReader();
  assertEquals(await reader.read(), { value: bytes(1), done: false });
  assertEquals(await reader.read(), { value: bytes(2, 3), done: false });
  assertEquals(await reader.read(), { value: undefined, done: true });
  await reader.closed;
});

test("createReadableByteStream: promises, and empty chunks which are passed over", async () => {
  const chunks = [Promise.resolve(bytes(1)), new Uint8Array(0), Promise.resolve(new Uint8Array(0)), bytes(2)];
  assertEquals(await readAllBytes(createReadableByteStream(sourceOf(chunks))), bytes(1, 2));
});

test("createReadableByteStream: nothing is pulled before somebody reads, then one at a time", async () => {
  let pulls = 0;
  let finish;
  const stream = createReadableByteStream({ pull() { pulls += 1; return new Promise((resolve) => { finish = resolve; }); } });
  await settle();
  assertEquals(pulls, 0);
  const reader = stream.getReader();
  const reads = [reader.read(), reader.read()];
  await settle();
  assertEquals(pulls, 1);
  finish(bytes(1));
  await reads[0];
  await settle();
  assertEquals(pulls, 2);
  finish(null);
  assertEquals((await reads[1]).done, true);
});

test("createReadableByteStream: what pull throws or rejects with is the stream's error", async () => {
  for (const pull of [() => { throw new Error("p"); }, () => Promise.reject(new Error("p"))]) {
    const reader = createReadableByteStream({ pull }).getReader();
    await assertRejects(() => reader.read(), Error, "p");
    await assertRejects(() => reader.closed, Error, "p");
  }
});

test("createReadableByteStream: BYOB reads get parts, and empty views at the end", async () => {
  const reader = createReadableByteStream(sourceOf([bytes(1, 2, 3)])).getReader({ mode: "byob" });
  assertEquals((await reader.read(new Uint8Array(2))).value, bytes(1, 2));
  assertEquals((await reader.read(new Uint8Array(2))).value, bytes(3));
  const { value, done } = await reader.read(new Uint8Array(2));
  assertEquals([value.byteLength, done], [0, true]);
});

test("createReadableByteStream: a BYOB read with a minimum gives what is left at the end", async () => {
  const reader = createReadableByteStream(sourceOf([bytes(1), bytes(2, 3)])).getReader({ mode: "byob" });
  const { value, done } = await reader.read(new Uint8Array(8), { min: 5 });
  assertEquals([Array.from(value), done], [[1, 2, 3], false]);
  assertEquals((await reader.read(new Uint8Array(8), { min: 5 })).done, true);
});

test("createReadableByteStream: cancel and length", async () => {
  let reason;
  const stream = createReadableByteStream({ pull: () => null, cancel(r) { reason = r; }, length: 12 });
  assertEquals(expectedLength(stream), 12);
  await stream.cancel("why");
  assertEquals(reason, "why");
  assertEquals(expectedLength(new ReadableStream()), undefined);
});

test("createReadableByteStream: options on Object.prototype are not options", async () => {
  Object.prototype.cancel = () => { throw new Error("called"); };
  try {
    await createReadableByteStream({ pull: () => null }).cancel();
  } finally {
    delete Object.prototype.cancel;
  }
});

test("createReadableStream: start, pull and cancel get the controller and may throw", async () => {
  const calls = [];
  const stream = createReadableStream({
    start(c) { c.enqueue("a"); },
    pull(c) { calls.push("pull"); c.enqueue("b"); c.close(); },
    cancel() {},
    highWaterMark: 0,
  });
  const reader = getInternalReader(stream);
  assertEquals([(await reader.read()).value, calls.length], ["a", 0]);
  assertEquals((await reader.read()).value, "b");
  assertEquals((await reader.read()).done, true);
  const failing = createReadableStream({ pull() { throw new Error("p"); } });
  await assertRejects(() => failing.getReader().read(), Error, "p");
});

test("createWritableStream and getInternalWriter", async () => {
  const calls = [];
  const stream = createWritableStream({
    write(chunk) { calls.push(chunk); },
    close() { calls.push("close"); },
    abort(reason) { calls.push(["abort", reason]); },
  });
  assert(stream instanceof WritableStream);
  const writer = getInternalWriter(stream);
  assertEquals(writableStreamIsLocked(stream), true);
  await writer.ready;
  await writer.write("a");
  await writer.close();
  await writer.closed;
  assertEquals(calls, ["a", "close"]);
  writer.releaseLock();
  assertEquals(writableStreamIsLocked(stream), false);
});

test("createTransform: the base of transform streams of the platform", async () => {
  class Doubling extends TransformStream {
    constructor() {
      super(internalToken, createTransform({
        transform(chunk, stream) { stream.enqueue(chunk); stream.enqueue(chunk); },
        flush(stream) { stream.enqueue("end"); },
        cancel() {},
      }));
    }
  }
  const seen = [];
  for await (const chunk of ReadableStream.from([1, 2]).pipeThrough(new Doubling())) seen.push(chunk);
  assertEquals(seen, [1, 1, 2, 2, "end"]);
});

test("createTransform: a transformer may throw", async () => {
  class Failing extends TransformStream {
    constructor() {
      super(internalToken, createTransform({ transform() { throw new Error("t"); }, flush() {}, cancel() {} }));
    }
  }
  const { readable, writable } = new Failing();
  const read = readable.getReader().read();
  await assertRejects(() => writable.getWriter().write(1), Error, "t");
  await assertRejects(() => read, Error, "t");
});

test("brands", () => {
  assert(isReadableStream(new ReadableStream()) && !isReadableStream({ __proto__: ReadableStream.prototype }));
  assert(isWritableStream(new WritableStream()) && !isWritableStream(null) && !isWritableStream(new ReadableStream()));
});

test("locked and disturbed", async () => {
  const stream = readableStreamFromIterable(["a"]);
  assertEquals([readableStreamIsLocked(stream), readableStreamIsDisturbed(stream)], [false, false]);
  const reader = stream.getReader();
  assertEquals([readableStreamIsLocked(stream), readableStreamIsDisturbed(stream)], [true, false]);
  await reader.read();
  reader.releaseLock();
  assertEquals([readableStreamIsLocked(stream), readableStreamIsDisturbed(stream)], [false, true]);
  const cancelled = new ReadableStream();
  cancelled.cancel();
  assertEquals(readableStreamIsDisturbed(cancelled), true);
});

test("nativeSource: only of a stream nobody has touched", async () => {
  const handle = {};
  const make = () => {
    const stream = createReadableByteStream(sourceOf([bytes(1)]));
    setNativeSource(stream, handle);
    return stream;
  };
  assert(nativeSource(make()) === handle);
  assertEquals(nativeSource(new ReadableStream()), undefined);
  const locked = make();
  const reader = locked.getReader();
  assertEquals(nativeSource(locked), undefined);
  reader.releaseLock();
  assert(nativeSource(locked) === handle);
  const read = make();
  const second = read.getReader();
  await second.read();
  second.releaseLock();
  assertEquals(nativeSource(read), undefined);
  const split = make();
  split.tee();
  assertEquals(nativeSource(split), undefined);
});

test("getInternalReader: read, cancel, and a lock of its own", async () => {
  let reason;
  const stream = new ReadableStream({ start(c) { c.enqueue("a"); }, cancel(r) { reason = r; } });
  const reader = getInternalReader(stream);
  assertEquals(stream.locked, true);
  assertThrows(() => getInternalReader(stream), TypeError, /locked/);
  const result = await reader.read();
  assertEquals([result.value, result.done, Object.getPrototypeOf(result)], ["a", false, null]);
  await reader.cancel("why");
  assertEquals(reason, "why");
  assertEquals((await reader.read()).done, true);
  reader.releaseLock();
  assertEquals(stream.locked, false);
});

test("getInternalReader: request answers without a promise", () => {
  const stream = new ReadableStream({ start(c) { c.enqueue("a"); c.close(); } });
  const reader = getInternalReader(stream);
  const seen = [];
  const request = {
    chunkSteps(chunk) { seen.push(chunk); },
    closeSteps() { seen.push("end"); },
    errorSteps(error) { seen.push(error); },
  };
  reader.request(request);
  reader.request(request);
  assertEquals(seen, ["a", "end"]);
});

test("readAllBytes: joins views and buffers of every kind", async () => {
  const stream = new ReadableStream({
    start(c) {
      c.enqueue(bytes(1, 2));
      c.enqueue(bytes(3).buffer);
      c.enqueue(new DataView(bytes(0, 4, 0).buffer, 1, 1));
      c.enqueue(new Uint8Array(0));
      c.enqueue(new Uint16Array([0x0605]));
      c.close();
    },
  });
  const all = await readAllBytes(stream);
  assertEquals(all, bytes(1, 2, 3, 4, 5, 6));
  assertEquals(all.buffer.byteLength, 6);
  assertEquals(stream.locked, true);
});

test("readAllBytes: an empty stream, and a locked one", async () => {
  assertEquals(await readAllBytes(new ReadableStream({ start(c) { c.close(); } })), new Uint8Array(0));
  const locked = new ReadableStream();
  locked.getReader();
  assertThrows(() => readAllBytes(locked), TypeError, "This ReadableStream is currently locked to a reader.");
});

test("readAllBytes: a single chunk of a user is copied, one of the platform is not", async () => {
  const mine = bytes(1);
  const copied = await readAllBytes(new ReadableStream({ start(c) { c.enqueue(mine); c.close(); } }));
  assert(copied.buffer !== mine.buffer);
  const owned = bytes(1);
  const given = await readAllBytes(createReadableByteStream(sourceOf([owned])));
  assert(given.buffer === owned.buffer);
  const part = await readAllBytes(createReadableByteStream(sourceOf([bytes(1, 2, 3).subarray(1)])));
  assertEquals([Array.from(part), part.buffer.byteLength], [[2, 3], 2]);
});

test("readAllBytes: other chunks cancel the stream", async () => {
  for (const chunk of ["text", {}, 1, undefined]) {
    let reason;
    const stream = new ReadableStream({ start(c) { c.enqueue(chunk); }, cancel(r) { reason = r; } });
    const error = await assertRejects(() => readAllBytes(stream), TypeError, "This ReadableStream did not return bytes.");
    assert(reason === error);
  }
});

test("readAllBytes: the stream's error", async () => {
  const stream = new ReadableStream({ start(c) { c.enqueue(bytes(1)); }, pull(c) { c.error(new Error("e")); }}, { highWaterMark: 0 });
  await assertRejects(() => readAllBytes(stream), Error, "e");
});

test("readAllBytes: very many chunks do not exhaust the stack", async () => {
  const stream = new ReadableStream({
    start(c) {
      for (let i = 0; i < 50_000; i++) c.enqueue(bytes(i));
      c.close();
    },
  });
  assertEquals((await readAllBytes(stream)).byteLength, 50_000);
});

test("teeForBody: the second branch has bytes of its own", async () => {
  const chunk = bytes(1, 2);
  const [one, two] = teeForBody(new ReadableStream({ start(c) { c.enqueue(chunk); c.enqueue("text"); c.close(); } }));
  const first = await one.getReader().read();
  const reader = two.getReader();
  const second = await reader.read();
  assert(first.value === chunk);
  assert(second.value.buffer !== chunk.buffer);
  assertEquals(second.value, chunk);
  assertEquals((await reader.read()).value, "text");
});

test("teeForBody: the length stays known; locked streams are refused", async () => {
  const stream = createReadableByteStream({ ...sourceOf([bytes(1, 2)]), length: 2 });
  const branches = teeForBody(stream);
  assertEquals(branches.map(expectedLength), [2, 2]);
  assertEquals(await Promise.all(branches.map(readAllBytes)), [bytes(1, 2), bytes(1, 2)]);
  assertThrows(() => teeForBody(stream), TypeError);
});

test("cancelStream: its promise may be dropped", async () => {
  let reason;
  cancelStream(new ReadableStream({ cancel(r) { reason = r; throw new Error("dropped"); } }), "why");
  await settle();
  assertEquals(reason, "why");
  await assertRejects(() => cancelStream(new ReadableStream({ cancel() { throw new Error("c"); } })), Error, "c");
});

test("readAllBytes: of an identity stream that is written meanwhile", async () => {
  const { readable, writable } = new IdentityTransformStream();
  const all = readAllBytes(readable);
  const writer = writable.getWriter();
  for (let i = 0; i < 5; i++) await writer.write(bytes(i));
  await writer.close();
  assertEquals(await all, bytes(0, 1, 2, 3, 4));
});
