// CompressionStream and DecompressionStream.

import { op_body_channel, op_body_finish, op_body_send, op_body_sender_fail, op_body_text } from "holdfast:ops";
import { assert, assertEquals, assertRejects, assertThrows, test } from "holdfast:test";
import { setEnabled } from "holdfast:web/compat";
import { failHostBody, streamOfHost, streamToHost } from "holdfast:web/host_body";
import { nativeSource } from "holdfast:web/streams/index";

const FORMATS = ["deflate", "deflate-raw", "gzip"];
const text = "hello world ".repeat(1000);
const encoder = new TextEncoder();

const INCOMPLETE = "Called close() on a decompression stream with incomplete data";
const TRAILING = "Trailing bytes after end of compressed data";
const CORRUPT = "Decompression failed.";

function bytesOf(stream) {
  return new Response(stream).bytes();
}

function compress(format, data) {
  return bytesOf(new Response(data).body.pipeThrough(new CompressionStream(format)));
}

/** What a decompression gives by hand: chunks are written one after the other, then it is closed. */
async function decompress(format, ...chunks) {
  const { readable, writable } = new DecompressionStream(format);
  const writer = writable.getWriter();
  for (const chunk of chunks) await writer.write(chunk);
  await writer.close();
  return new TextDecoder().decode(await bytesOf(readable));
}

function joined(...parts) {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

async function stateOf(promise) {
  let state = "pending";
  promise.then(() => (state = "fulfilled"), () => (state = "rejected"));
  for (let i = 0; i < 20; i++) await undefined;
  return state;
}

test("shape", () => {
  for (const Class of [CompressionStream, DecompressionStream]) {
    const stream = new Class("gzip");
    assert(stream instanceof TransformStream);
    assertEquals(Object.prototype.toString.call(stream), `[object ${Class.name}]`);
    assertEquals(Object.getOwnPropertyNames(Class.prototype), ["constructor"]);
    assertEquals(Class.length, 0);
    assert(stream.readable.getReader({ mode: "byob" }) instanceof ReadableStreamBYOBReader);
  }
});

test("formats", () => {
  for (const Class of [CompressionStream, DecompressionStream]) {
    for (const format of FORMATS) new Class(format);
    new Class({ toString: () => "gzip" });
    const text = "The compression format must be either 'deflate', 'deflate-raw' or 'gzip'.";
    for (const format of ["br", "zstd", "GZIP", "", null, undefined]) {
      assertThrows(() => new Class(format), TypeError, text);
    }
    const missing = `Failed to construct '${Class.name}': constructor parameter 1 is not of type 'string'.`;
    assertThrows(() => new Class(), TypeError, missing);
  }
});

test("what is compressed comes back, in any chunks", async () => {
  for (const format of FORMATS) {
    const packed = await compress(format, text);
    assert(packed.length < 200, `${packed.length} bytes`);
    assertEquals(await decompress(format, packed), text);
    assertEquals(await decompress(format, ...[...packed].map((byte) => Uint8Array.of(byte))), text);
  }
});

test("the formats are those that they say", async () => {
  assertEquals([...(await compress("gzip", "a")).subarray(0, 4)], [0x1f, 0x8b, 8, 0]);
  assertEquals([...(await compress("deflate", "a")).subarray(0, 2)], [0x78, 0x9c]);
  assertEquals([...(await compress("deflate-raw", ""))], [3, 0]);
});

test("chunks may be buffers, views of all kinds and text; others are refused", async () => {
  const { readable, writable } = new CompressionStream("gzip");
  const writer = writable.getWriter();
  for (const chunk of [encoder.encode("a").buffer, new DataView(encoder.encode("xb").buffer, 1), "é", new Uint8Array(0)]) {
    writer.write(chunk);
  }
  writer.write(new Uint16Array([0x6463]));
  writer.close();
  assertEquals(await decompress("gzip", await bytesOf(readable)), "abécd");
  const refusing = new CompressionStream("gzip");
  const other = refusing.writable.getWriter();
  for (const chunk of [5, null, {}, []]) {
    await assertRejects(other.write(chunk), TypeError, /^This TransformStream is being used as a byte stream/);
  }
  await other.write(undefined);
  await other.write("good");
  await other.close();
  assertEquals(await decompress("gzip", await bytesOf(refusing.readable)), "good");
  const piped = new CompressionStream("gzip");
  const message = "This WritableStream only supports writing byte types.";
  await assertRejects(ReadableStream.from([5]).pipeTo(piped.writable), TypeError, message);
  await assertRejects(piped.readable.getReader().read(), TypeError, message);
});

test("the writer may change its buffer as soon as write() has returned", async () => {
  const { readable, writable } = new CompressionStream("deflate");
  const writer = writable.getWriter();
  const chunk = encoder.encode("before");
  writer.write(chunk);
  chunk.fill(0);
  writer.close();
  assertEquals(await decompress("deflate", await bytesOf(readable)), "before");
});

test("everything may be written before anybody reads", async () => {
  const { readable, writable } = new CompressionStream("gzip");
  const writer = writable.getWriter();
  const noise = new Uint8Array(60_000);
  for (let i = 0; i < 20; i++) {
    crypto.getRandomValues(noise);
    await writer.write(noise);
    assertEquals(writer.desiredSize, 1);
  }
  await writer.close();
  assert((await bytesOf(readable)).length > 20 * 60_000);
});

test("a pipe waits for its reader", async () => {
  let pulled = 0;
  const noise = crypto.getRandomValues(new Uint8Array(32 << 10));
  const source = new ReadableStream({
    pull(controller) {
      pulled += 1;
      if (pulled <= 100) controller.enqueue(noise);
      else controller.close();
    },
  }, { highWaterMark: 0 });
  const readable = source.pipeThrough(new CompressionStream("gzip"));
  for (let i = 0; i < 1000; i++) await undefined;
  assert(pulled > 0 && pulled < 10, `${pulled} chunks were read ahead`);
  assert((await bytesOf(readable)).length > 100 * noise.length);
  assertEquals(pulled, 101);
});

test("a large chunk lets other turns run", async () => {
  const { readable, writable } = new CompressionStream("gzip");
  const writer = writable.getWriter();
  let turns = 0;
  const timer = setInterval(() => (turns += 1), 1);
  await writer.write(new Uint8Array(8 << 20));
  clearInterval(timer);
  writer.close();
  assert(turns > 0, "no timer ran");
  assert((await bytesOf(readable)).length < 100_000);
});

test("damaged input fails both sides", async () => {
  for (const format of FORMATS) {
    const packed = await compress(format, text);
    const cases = [
      [INCOMPLETE, packed.subarray(0, -1)],
      [INCOMPLETE, packed.subarray(0, 5)],
      [INCOMPLETE],
      [TRAILING, joined(packed, encoder.encode("xyz"))],
      [TRAILING, packed, encoder.encode("x")],
      [TRAILING, packed, packed],
      [CORRUPT, new Uint8Array(50).fill(0xff)],
    ];
    for (const [message, ...chunks] of cases) {
      const { readable, writable } = new DecompressionStream(format);
      const writer = writable.getWriter();
      const writing = chunks.map((chunk) => writer.write(chunk));
      writing.push(writer.close());
      const results = await Promise.allSettled(writing);
      const failed = results.find(({ status }) => status === "rejected");
      assertEquals(failed?.reason.message, message, format);
      assert(failed.reason instanceof TypeError);
      await assertRejects(writer.closed, TypeError, message);
      await assertRejects(readable.getReader().read(), TypeError, message);
    }
  }
});

test("without strict_compression_checks the end is not checked", async () => {
  setEnabled([]);
  try {
    for (const format of FORMATS) {
      const packed = await compress(format, text);
      const cut = await decompress(format, packed.subarray(0, -1));
      assert(cut.length > text.length / 2 && text.startsWith(cut), `${format}: ${cut.length} characters`);
      assertEquals(await decompress(format), "");
      assertEquals(await decompress(format, packed, encoder.encode("x"), packed), text);
      await assertRejects(decompress(format, new Uint8Array(50).fill(0xff)), TypeError, CORRUPT);
    }
  } finally {
    setEnabled(["strict_compression_checks"]);
  }
});

test("an abort fails the reader, a cancellation the writer", async () => {
  const aborted = new CompressionStream("gzip");
  const writer = aborted.writable.getWriter();
  const reading = aborted.readable.getReader().read();
  const reason = new Error("stop");
  await writer.abort(reason);
  await assertRejects(reading, reason);
  await assertRejects(writer.closed, reason);

  const cancelled = new CompressionStream("gzip");
  await cancelled.readable.cancel(reason);
  await assertRejects(cancelled.writable.getWriter().write("a"), reason);

  const plain = new CompressionStream("gzip");
  await plain.readable.cancel();
  await assertRejects(plain.writable.getWriter().write("a"), Error, "Stream was cancelled.");
});

test("reads wait for output, BYOB reads too", async () => {
  const { readable, writable } = new DecompressionStream("deflate");
  const reader = readable.getReader({ mode: "byob" });
  const reading = reader.read(new Uint8Array(5));
  assertEquals(await stateOf(reading), "pending");
  const writer = writable.getWriter();
  writer.write(await compress("deflate", "hello world"));
  writer.close();
  assertEquals(new TextDecoder().decode((await reading).value), "hello");
  assertEquals(new TextDecoder().decode((await reader.read(new Uint8Array(20))).value), " world");
  assert((await reader.read(new Uint8Array(5))).done);
});

// --- bodies that only pass through --------------------------------------------------------------------

function nativeBody() {
  const [sender, handle] = op_body_channel();
  return { sender, stream: streamOfHost(handle), handle };
}

test("a native body passes through without JavaScript", async () => {
  const { sender, stream } = nativeBody();
  const packed = stream.pipeThrough(new CompressionStream("gzip"));
  const unpacked = packed.pipeThrough(new DecompressionStream("gzip"));
  assert(stream.locked && packed.locked);
  const handle = streamToHost(unpacked);
  assertEquals(handle, nativeSource(unpacked) ?? handle);
  await op_body_send(sender, encoder.encode("hello "));
  await op_body_send(sender, encoder.encode("world"));
  op_body_finish(sender);
  assertEquals(await op_body_text(handle), "hello world");
});

test("what the host pipes can be read, cancelled and fail like any other", async () => {
  const read = nativeBody();
  const packed = bytesOf(read.stream.pipeThrough(new CompressionStream("deflate")));
  await op_body_send(read.sender, encoder.encode(text));
  op_body_finish(read.sender);
  assertEquals(await decompress("deflate", await packed), text);

  const failing = nativeBody();
  const reading = bytesOf(failing.stream.pipeThrough(new CompressionStream("deflate")));
  await op_body_send(failing.sender, encoder.encode(text));
  op_body_sender_fail(failing.sender, "It broke.");
  await assertRejects(reading, Error, "It broke.");

  const garbled = nativeBody();
  const reader = garbled.stream.pipeThrough(new DecompressionStream("gzip")).getReader();
  await op_body_send(garbled.sender, encoder.encode("this is not gzip"));
  await assertRejects(reader.read(), TypeError, CORRUPT);

  const cut = nativeBody();
  const cutReader = cut.stream.pipeThrough(new DecompressionStream("gzip")).getReader();
  op_body_finish(cut.sender);
  await assertRejects(cutReader.read(), TypeError, INCOMPLETE);

  const cancelled = nativeBody();
  await cancelled.stream.pipeThrough(new CompressionStream("gzip")).cancel();
  assertEquals(await op_body_send(cancelled.sender, encoder.encode("x")), false);
});

test("an abort of the source reaches what the host pipes", async () => {
  const { stream, handle } = nativeBody();
  const reader = stream.pipeThrough(new CompressionStream("gzip")).getReader();
  const reading = reader.read();
  const reason = new Error("aborted");
  failHostBody(handle, reason);
  await assertRejects(reading, reason);
});

test("the host does not pipe where somebody has an eye on it", async () => {
  const wrote = new CompressionStream("gzip");
  const writer = wrote.writable.getWriter();
  await writer.write("first ");
  writer.releaseLock();
  const { sender, stream } = nativeBody();
  const packed = stream.pipeThrough(wrote);
  await op_body_send(sender, encoder.encode("second"));
  op_body_finish(sender);
  assertEquals(await decompress("gzip", await bytesOf(packed)), "first second");

  const controlled = nativeBody();
  const controller = new AbortController();
  const reading = bytesOf(controlled.stream.pipeThrough(new CompressionStream("gzip"), { signal: controller.signal }));
  const reason = new Error("by signal");
  controller.abort(reason);
  await assertRejects(reading, reason);
});
