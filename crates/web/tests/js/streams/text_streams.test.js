// TextEncoderStream and TextDecoderStream.

import { assert, assertEquals, assertRejects, assertThrows, test } from "holdfast:test";
import { ReadableStream, TextDecoderStream, TextEncoderStream, WritableStream } from "holdfast:web/streams/index";

async function encode(...chunks) {
  const bytes = [];
  for await (const chunk of ReadableStream.from(chunks).pipeThrough(new TextEncoderStream())) bytes.push(Array.from(chunk));
  return bytes;
}

async function decode(stream, ...chunks) {
  const text = [];
  const source = new ReadableStream({
    start(c) {
      for (const chunk of chunks) c.enqueue(new Uint8Array(chunk));
      c.close();
    },
  });
  for await (const chunk of source.pipeThrough(stream)) text.push(chunk);
  return text;
}

test("encoder: attributes", () => {
  const stream = new TextEncoderStream();
  assertEquals(stream.encoding, "utf-8");
  assert(stream.readable instanceof ReadableStream && stream.writable instanceof WritableStream);
});

test("encoder: text becomes UTF-8, chunk by chunk, without empty chunks", async () => {
  assertEquals(await encode("a", "", "é"), [[0x61], [0xc3, 0xa9]]);
});

test("encoder: values are converted to text", async () => {
  assertEquals(await encode(1, null, undefined, { toString: () => "x" }), [
    [0x31], [0x6e, 0x75, 0x6c, 0x6c], [0x75, 0x6e, 0x64, 0x65, 0x66, 0x69, 0x6e, 0x65, 0x64], [0x78],
  ]);
});

test("encoder: what cannot be converted fails the stream", async () => {
  await assertRejects(() => encode(Symbol("s")), TypeError);
});

test("encoder: a surrogate pair may be split between chunks", async () => {
  assertEquals(await encode("\ud83d", "\ude00"), [[0xf0, 0x9f, 0x98, 0x80]]);
  assertEquals(await encode("a\ud83d", "", "\ude00b"), [[0x61], [0xf0, 0x9f, 0x98, 0x80, 0x62]]);
});

test("encoder: lone surrogates become U+FFFD", async () => {
  const replacement = [0xef, 0xbf, 0xbd];
  assertEquals(await encode("\ude00"), [replacement]);
  assertEquals(await encode("\ud83d"), [replacement]);
  assertEquals(await encode("\ud83d", "x"), [[...replacement, 0x78]]);
  assertEquals(await encode("\ud83d", "\ud83d"), [replacement, replacement]);
});

test("decoder: attributes", () => {
  const stream = new TextDecoderStream("UTF8", { fatal: true, ignoreBOM: true });
  assertEquals([stream.encoding, stream.fatal, stream.ignoreBOM], ["utf-8", true, true]);
  const plain = new TextDecoderStream();
  assertEquals([plain.encoding, plain.fatal, plain.ignoreBOM], ["utf-8", false, false]);
});

test("decoder: an unknown label is a RangeError", () => {
  assertThrows(() => new TextDecoderStream("nope"), RangeError, '"nope" is not a valid encoding.');
});

test("decoder: a character may be split between chunks", async () => {
  assertEquals(await decode(new TextDecoderStream(), [0x61, 0xc3], [0xa9], [0x62]), ["a", "é", "b"]);
});

test("decoder: the end completes or replaces what is open", async () => {
  assertEquals(await decode(new TextDecoderStream(), [0x61, 0xf0, 0x9f]), ["a", "\ufffd"]);
  await assertRejects(() => decode(new TextDecoderStream("utf-8", { fatal: true }), [0xf0]), TypeError);
});

test("decoder: with fatal, wrong bytes fail the stream", async () => {
  await assertRejects(() => decode(new TextDecoderStream("utf-8", { fatal: true }), [0xff]), TypeError, "Failed to decode input.");
});

test("decoder: buffers and views are taken, text is not", async () => {
  const { readable, writable } = new TextDecoderStream();
  const reader = readable.getReader();
  const writer = writable.getWriter();
  writer.write(new Uint8Array([0x61]).buffer);
  writer.write(new DataView(new Uint8Array([0x62]).buffer));
  assertEquals([(await reader.read()).value, (await reader.read()).value], ["a", "b"]);
  const read = reader.read();
  await assertRejects(
    () => writer.write("c"),
    TypeError,
    "This TransformStream is being used as a byte stream, but received a value that is not a BufferSource.",
  );
  await assertRejects(() => read, TypeError);
});

test("text streams: one after the other give the text back", async () => {
  const text = ["h\u00e9", "\ud83d", "\ude00", "!"];
  let joined = "";
  const source = ReadableStream.from(text).pipeThrough(new TextEncoderStream()).pipeThrough(new TextDecoderStream());
  for await (const chunk of source) joined += chunk;
  assertEquals(joined, text.join(""));
});

test("text streams: accessors check their receiver", () => {
  for (const [Class, names] of [[TextEncoderStream, ["encoding"]], [TextDecoderStream, ["encoding", "fatal", "ignoreBOM"]]]) {
    for (const name of names) {
      const { get } = Object.getOwnPropertyDescriptor(Class.prototype, name);
      assertThrows(() => get.call({}), TypeError, /Illegal invocation/);
    }
  }
});
