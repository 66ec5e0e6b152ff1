// node:stream's Writable, Duplex and Transform, and the functions that join streams.

import { assert, assertEquals, assertRejects, assertThrows, test } from "holdfast:test";
import { Buffer } from "holdfast:node/buffer";
import {
  addAbortSignal, compose, Duplex, duplexPair, finished, PassThrough, pipeline, Readable, Stream, Transform, Writable,
} from "holdfast:node/stream";
import { pipeline as pipelinePromise } from "holdfast:node/stream/promises";
import { json, text } from "holdfast:node/stream/consumers";

const event = (emitter, name) => new Promise((resolve) => emitter.once(name, resolve));

async function turns(log, count) {
  for (let turn = 0; turn < count; turn++) {
    log.push(turn);
    await null;
  }
  return log.join(" ");
}

// A writer that answers at once and logs.
const writer = (log, options) =>
  new Writable({
    ...options,
    write(chunk, encoding, callback) {
      log.push(`write:${chunk}`);
      callback();
    },
  });

test("callbacks, prefinish, finish and close come in workerd's order", async () => {
  const log = [];
  const stream = writer(log);
  for (const name of ["prefinish", "finish", "close"]) stream.on(name, () => log.push(name));
  stream.write("a", () => log.push("written"));
  stream.end("b", () => log.push("ended"));
  assertEquals(await turns(log, 4), "write:a write:b prefinish 0 written 1 ended finish 2 close 3");
});

test("write tells when it is full, and drain when it is not", async () => {
  const log = [];
  const stream = writer(log, { highWaterMark: 2 });
  assertEquals([stream.write("a"), stream.write("bc")], [true, false]);
  await event(stream, "drain");
  assertEquals(stream.writableNeedDrain, false);
});

test("corked writes go out together", () => {
  const batches = [];
  const stream = new Writable({
    writev(chunks, callback) {
      batches.push(chunks.map(({ chunk }) => String(chunk)));
      callback();
    },
  });
  stream.cork();
  stream.write("a");
  stream.write("b");
  assertEquals(batches, []);
  stream.uncork();
  assertEquals(batches, [["a", "b"]]);
});

test("a write that fails fails those behind it and the stream", async () => {
  const mistake = new Error("full");
  const stream = new Writable({
    write(chunk, encoding, callback) {
      callback(mistake);
    },
  });
  const seen = [];
  stream.write("a", (error) => seen.push(error));
  stream.write("b", (error) => seen.push(error));
  assertEquals(await event(stream, "error"), mistake);
  assertEquals(seen, [mistake, mistake]);
});

test("writing after the end is an error", async () => {
  const stream = writer([]);
  stream.end();
  let seen;
  assertEquals(stream.write("a", (error) => (seen = error.code)), false);
  assertEquals((await event(stream, "error")).code, "ERR_STREAM_WRITE_AFTER_END");
  assertEquals(seen, "ERR_STREAM_WRITE_AFTER_END");
});

test("a callback that is called twice is an error", async () => {
  const stream = new Writable({
    write(chunk, encoding, callback) {
      callback();
      callback();
    },
  });
  stream.write("a");
  assertEquals((await event(stream, "error")).code, "ERR_MULTIPLE_CALLBACK");
});

test("final runs after the last write and before finish", async () => {
  const log = [];
  const stream = new Writable({
    write(chunk, encoding, callback) {
      log.push("write");
      callback();
    },
    final(callback) {
      log.push("final");
      callback();
    },
  });
  stream.on("finish", () => log.push("finish"));
  stream.end("a");
  await event(stream, "close");
  assertEquals(log, ["write", "final", "finish"]);
});

test("chunks of a wrong type are refused at once", () => {
  const stream = writer([]);
  assertThrows(() => stream.write(5), TypeError);
  assertThrows(() => stream.write(null), TypeError, "May not write null values to stream");
  assertThrows(() => stream.write("a", "none"), TypeError, "Unknown encoding: none");
});

test("a Duplex is an instance of Writable, a Readable is none", () => {
  assert(new Duplex() instanceof Writable);
  assert(!(new Readable() instanceof Writable));
});

test("a Duplex ends when both sides have", async () => {
  const stream = new PassThrough();
  const log = [];
  for (const name of ["end", "finish", "close"]) stream.on(name, () => log.push(name));
  stream.resume();
  stream.end("a");
  await event(stream, "close");
  assertEquals(log.at(-1), "close");
  assertEquals(log.toSorted(), ["close", "end", "finish"]);
});

test("allowHalfOpen false ends the writing side with the reading one", async () => {
  const stream = new Duplex({
    allowHalfOpen: false,
    read() {
      this.push(null);
    },
    write(chunk, encoding, callback) {
      callback();
    },
  });
  stream.resume();
  await event(stream, "finish");
});

test("a Transform transforms and flushes", async () => {
  const stream = new Transform({
    transform(chunk, encoding, callback) {
      callback(null, String(chunk).toUpperCase());
    },
    flush(callback) {
      callback(null, "!");
    },
  });
  stream.write("a");
  stream.end("b");
  assertEquals(Buffer.concat(await stream.toArray()).toString(), "AB!");
});

test("a Transform holds its writer back when nobody reads", () => {
  const stream = new Transform({
    readableHighWaterMark: 1,
    writableHighWaterMark: 1,
    transform(chunk, encoding, callback) {
      callback(null, chunk);
    },
  });
  stream.write("a");
  stream.write("b");
  stream.write("c");
  assertEquals([stream.readableLength, stream.writableLength], [1, 3]);
});

test("pipeline calls back once when all are done", async () => {
  const log = [];
  const done = new Promise((resolve) => pipeline(Readable.from(["a", "b"]), new PassThrough(), writer(log), resolve));
  assertEquals(await done, undefined);
  assertEquals(log, ["write:a", "write:b"]);
});

test("pipeline destroys all with the error of one", async () => {
  const from = new Readable({ read() { this.push("a"); } });
  const bad = new Transform({
    transform(chunk, encoding, callback) {
      callback(new Error("middle"));
    },
  });
  const to = writer([]);
  const error = await new Promise((resolve) => pipeline(from, bad, to, resolve));
  assertEquals(error.message, "middle");
  assertEquals([from.destroyed, bad.destroyed, to.destroyed], [true, true, true]);
});

test("pipeline takes generators, and gives the value of the last function", async () => {
  const value = await pipelinePromise(
    ["a", "b"],
    async function* (source) {
      for await (const chunk of source) yield chunk.toUpperCase();
    },
    async (source) => {
      let all = "";
      for await (const chunk of source) all += chunk;
      return all;
    },
  );
  assertEquals(value, "AB");
});

test("pipeline joins streams of the Web", async () => {
  const seen = [];
  await pipelinePromise(
    Readable.from(["a", "b"]),
    new TransformStream({ transform: (chunk, controller) => controller.enqueue(`${chunk}?`) }),
    new WritableStream({ write: (chunk) => void seen.push(chunk) }),
  );
  assertEquals(seen, ["a?", "b?"]);
});

test("an aborted pipeline is rejected and its streams are destroyed", async () => {
  const abort = new AbortController();
  const from = new Readable({ read() {} });
  const to = writer([]);
  const promise = pipelinePromise(from, to, { signal: abort.signal });
  abort.abort();
  await assertRejects(promise, "AbortError");
  assert(from.destroyed && to.destroyed);
});

test("compose makes one stream of several", async () => {
  const stream = compose(
    async function* (source) {
      for await (const chunk of source) yield String(chunk).toUpperCase();
    },
    new PassThrough(),
  );
  stream.end("abc");
  assertEquals(Buffer.concat(await stream.toArray()).toString(), "ABC");
  assertEquals(await Readable.from([1, 2]).compose(async function* (source) {
    for await (const chunk of source) yield chunk * 2;
  }).toArray(), [2, 4]);
});

test("Duplex.from takes promises, blobs, iterables, functions and pairs", async () => {
  assertEquals(await Duplex.from(Promise.resolve("x")).toArray(), ["x"]);
  assertEquals(await Duplex.from(["a", "b"]).toArray(), ["a", "b"]);
  assertEquals((await Duplex.from(new Blob(["ab"])).toArray())[0].byteLength, 2);
  const seen = [];
  const sink = Duplex.from(async (source) => {
    for await (const chunk of source) seen.push(String(chunk));
  });
  sink.end("in");
  await event(sink, "finish");
  assertEquals(seen, ["in"]);
  const readable = new PassThrough();
  const writable = new PassThrough();
  const both = Duplex.from({ readable, writable });
  both.end("down");
  readable.end("up");
  assertEquals([String(await both.toArray()), String(await writable.toArray())], ["up", "down"]);
  assertThrows(() => Duplex.from(5), TypeError);
});

test("duplexPair joins two streams crosswise", async () => {
  const [one, other] = duplexPair();
  one.end("to other");
  other.end("to one");
  assertEquals([String(await one.toArray()), String(await other.toArray())], ["to one", "to other"]);
});

test("streams pass to the Web and back", async () => {
  assertEquals(await new Response(Readable.toWeb(new Readable({ read() { this.push("é"); this.push(null); } }))).text(), "é");
  const seen = [];
  const writing = Writable.toWeb(new Writable({ write(chunk, encoding, callback) { seen.push(String(chunk)); callback(); } })).getWriter();
  await writing.write("a");
  await writing.close();
  assertEquals(seen, ["a"]);
  assertEquals(await text(Readable.fromWeb(new Response("abc").body)), "abc");
  const through = Duplex.fromWeb(new TransformStream(), { objectMode: true });
  through.end("x");
  assertEquals(await through.toArray(), ["x"]);
});

test("cancelling a stream of the Web destroys the one behind it", async () => {
  const readable = new Readable({ read() {} });
  const closed = event(readable, "close");
  await Readable.toWeb(readable).cancel();
  await closed;
  assert(readable.destroyed);
});

test("a signal ends streams of the Web, too", async () => {
  const abort = new AbortController();
  const reader = addAbortSignal(abort.signal, new ReadableStream()).getReader();
  const writer_ = addAbortSignal(abort.signal, new WritableStream()).getWriter();
  abort.abort();
  await assertRejects(reader.read(), "AbortError");
  await assertRejects(writer_.closed, "AbortError");
});

test("the old pipe of Stream passes data and the end on", async () => {
  const old = new Stream();
  const through = new PassThrough();
  old.pipe(through);
  old.emit("data", "a");
  old.emit("end");
  assertEquals(String(await through.toArray()), "a");
  assertThrows(() => new Stream().pipe(new PassThrough()).emit("error", new Error("unheard")), Error, "unheard");
});

test("consumers gather a stream", async () => {
  assertEquals(await text(Readable.from([Buffer.from([0xc3]), Buffer.from([0xa9])])), "é");
  assertEquals(await json(Readable.from(['{"a":', "1}"])), { a: 1 });
});

test("finished takes its listeners away", () => {
  const stream = new PassThrough();
  const before = stream.listenerCount("end");
  finished(stream, () => {})();
  assertEquals(stream.listenerCount("end"), before);
});
