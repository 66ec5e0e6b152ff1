// node:stream's Readable. The orders of events are those that workerd shows; see conformance/cases/node.

import { assert, assertEquals, assertRejects, assertThrows, test } from "holdfast:test";
import { Buffer } from "holdfast:node/buffer";
import { EventEmitter } from "holdfast:node/events";
import { finished, PassThrough, Readable, Writable } from "holdfast:node/stream";

const source = (chunks, options) => {
  const rest = [...chunks];
  return new Readable({
    ...options,
    read() {
      this.push(rest.length > 0 ? rest.shift() : null);
    },
  });
};

const event = (emitter, name) => new Promise((resolve) => emitter.once(name, resolve));

// Lets microtasks pass and counts the turns between the entries of a log.
async function turns(log, count) {
  for (let turn = 0; turn < count; turn++) {
    log.push(turn);
    await null;
  }
  return log.join(" ");
}

function watch(stream, names, log = []) {
  for (const name of names) stream.on(name, () => log.push(name));
  return log;
}

test("a flowing stream gives data, then end and close", async () => {
  const log = watch(source([]), ["data", "end", "close"]);
  assertEquals(await turns(log, 6), "0 1 end 2 close 3 4 5");
});

test("data comes in order and once", async () => {
  const stream = source(["a", "b", "c"]);
  const seen = [];
  stream.on("data", (chunk) => seen.push(String(chunk)));
  await event(stream, "end");
  assertEquals(seen, ["a", "b", "c"]);
});

test("pause keeps what comes, resume gives it", async () => {
  const stream = new Readable({ read() {} });
  const seen = [];
  stream.on("data", (chunk) => seen.push(String(chunk)));
  stream.pause();
  stream.push("a");
  await null;
  assertEquals(seen, []);
  assert(stream.isPaused());
  stream.resume();
  await event(stream, "resume");
  assertEquals(seen, ["a"]);
});

test("readableFlowing has three states", () => {
  const stream = source(["a"]);
  assertEquals(stream.readableFlowing, null);
  stream.pause();
  assertEquals(stream.readableFlowing, false);
  stream.resume();
  assertEquals(stream.readableFlowing, true);
});

test("read takes exactly what is asked for, or nothing", async () => {
  const stream = source(["abc", "def"]);
  await event(stream, "readable");
  assertEquals(String(stream.read(2)), "ab");
  assertEquals(String(stream.read(3)), "cde");
  assertEquals(String(stream.read()), "f");
  assertEquals(stream.read(), null);
});

test("reading more than the high water mark raises it", () => {
  const stream = new Readable({ read() {}, highWaterMark: 4 });
  stream.read(1000);
  assertEquals(stream.readableHighWaterMark, 1024);
  assertThrows(() => stream.read(2 ** 31), RangeError);
});

test("push tells when the buffer is full", () => {
  const stream = new Readable({ read() {}, highWaterMark: 4 });
  assertEquals([stream.push("ab"), stream.push("cd"), stream.push(null)], [true, false, false]);
});

test("a character that is split between chunks is decoded whole", async () => {
  const stream = new Readable({ read() {}, encoding: "utf8" });
  stream.push(Buffer.from([0xe2, 0x82]));
  stream.push(Buffer.from([0xac]));
  stream.push(null);
  assertEquals(await stream.toArray(), ["€"]);
});

test("setEncoding decodes what waits", async () => {
  const stream = new Readable({ read() {} });
  stream.push(Buffer.from("é"));
  stream.setEncoding("latin1");
  stream.push(null);
  assertEquals((await stream.toArray()).join(""), "Ã©");
});

test("unshift puts a chunk before the others", async () => {
  const stream = new Readable({ read() {} });
  stream.push("b");
  stream.unshift("a");
  stream.push(null);
  assertEquals((await stream.toArray()).map(String).join(""), "ab");
});

test("push after the end is an error", async () => {
  const stream = new Readable({ read() {} });
  stream.push(null);
  stream.push("a");
  assertEquals((await event(stream, "error")).code, "ERR_STREAM_PUSH_AFTER_EOF");
});

test("an exception of _read destroys the stream", async () => {
  const mistake = new Error("in read");
  const stream = new Readable({
    read() {
      throw mistake;
    },
  });
  stream.resume();
  assertEquals(await event(stream, "error"), mistake);
  assert(stream.destroyed);
});

test("destroy emits error before close, each once", async () => {
  const stream = source(["a"]);
  const log = watch(stream, ["error", "close"]);
  stream.destroy(new Error("one"));
  stream.destroy(new Error("two"));
  await event(stream, "close");
  assertEquals(log, ["error", "close"]);
  assertEquals(stream.errored.message, "one");
});

test("nothing is read before _construct has answered", async () => {
  const log = [];
  let ready;
  const stream = new Readable({
    construct(callback) {
      ready = callback;
    },
    read() {
      log.push("read");
      this.push(null);
    },
  });
  stream.resume();
  await null;
  await null;
  assertEquals(log, []);
  ready();
  await event(stream, "close");
  assertEquals(log, ["read"]);
});

test("for await reads all and destroys; leaving early destroys, too", async () => {
  const all = source(["a", "b"]);
  const seen = [];
  for await (const chunk of all) seen.push(String(chunk));
  assertEquals(seen, ["a", "b"]);
  assert(all.destroyed);
  const early = source(["a", "b"]);
  for await (const _ of early) break;
  assert(early.destroyed);
  const kept = source(["a", "b"], { highWaterMark: 1 });
  for await (const _ of kept.iterator({ destroyOnReturn: false })) break;
  assert(!kept.destroyed);
});

test("for await throws the stream's error", async () => {
  const mistake = new Error("cut");
  const stream = new Readable({
    read() {
      this.destroy(mistake);
    },
  });
  await assertRejects(async () => {
    for await (const _ of stream);
  }, mistake);
});

test("Readable.from closes its generator", async () => {
  let closed = false;
  const stream = Readable.from(
    (function* () {
      try {
        yield 1;
        yield 2;
      } finally {
        closed = true;
      }
    })(),
  );
  for await (const _ of stream) break;
  await event(stream, "close");
  assert(closed);
});

test("Readable.from refuses null and what is not iterable", async () => {
  await assertRejects(() => Readable.from([null]).toArray(), TypeError, "May not write null values to stream");
  assertThrows(() => Readable.from(5), TypeError);
});

test("pipe waits for a slow writer", async () => {
  const stream = source(["a", "b", "c"], { highWaterMark: 1 });
  const pending = [];
  const seen = [];
  const slow = new Writable({
    highWaterMark: 1,
    write(chunk, encoding, callback) {
      seen.push(String(chunk));
      pending.push(callback);
    },
  });
  stream.pipe(slow);
  const done = event(slow, "finish");
  for (let turn = 0; turn < 100 && !slow.writableFinished; turn++) {
    assert(pending.length <= 1, "one write at a time");
    pending.shift()?.();
    await null;
  }
  await done;
  assertEquals(seen, ["a", "b", "c"]);
});

test("unpipe stops the flow", async () => {
  const stream = new Readable({ read() {} });
  const through = new PassThrough();
  stream.pipe(through);
  stream.unpipe(through);
  assertEquals(stream.readableFlowing, false);
  assertEquals(stream.listenerCount("data"), 0);
  assertEquals(through.listenerCount("close"), 0);
});

test("wrap reads an old-style stream and pauses it", async () => {
  const old = new EventEmitter();
  let pauses = 0;
  old.pause = () => pauses++;
  old.resume = () => {};
  const stream = new Readable({ highWaterMark: 1 }).wrap(old);
  old.emit("data", "abc");
  old.emit("end");
  assertEquals((await stream.toArray()).map(String), ["abc"]);
  assertEquals(pauses, 1);
});

test("a signal ends the stream", async () => {
  const abort = new AbortController();
  const stream = new Readable({ read() {}, signal: abort.signal });
  abort.abort();
  const error = await event(stream, "error");
  assertEquals([error.name, error.code], ["AbortError", "ABORT_ERR"]);
});

test("the constructors work without new", () => {
  function Old() {
    Readable.call(this, { read() {} });
  }
  Object.setPrototypeOf(Old.prototype, Readable.prototype);
  assert(Readable() instanceof Readable);
  assert(new Old().readable);
});

test("operators give what those of arrays give", async () => {
  const numbers = () => Readable.from([1, 2, 3, 4]);
  assertEquals(await numbers().map((x) => x * 2).filter((x) => x > 2).take(2).toArray(), [4, 6]);
  assertEquals(await numbers().flatMap((x) => [x, x]).drop(6).toArray(), [4, 4]);
  assertEquals(await numbers().reduce((a, b) => a + b), 10);
  assertEquals(await numbers().some((x) => x > 3), true);
  assertEquals(await numbers().every((x) => x > 3), false);
  assertEquals(await numbers().find((x) => x > 2), 3);
  await assertRejects(() => Readable.from([]).reduce((a) => a), TypeError, "Reduce of an empty stream requires an initial value");
});

test("map runs as many calls as concurrency says", async () => {
  let running = 0;
  let most = 0;
  const stream = Readable.from([1, 2, 3, 4, 5, 6]).map(
    async (x) => {
      most = Math.max(most, ++running);
      await null;
      await null;
      await null;
      running--;
      return x;
    },
    { concurrency: 3 },
  );
  assertEquals(await stream.toArray(), [1, 2, 3, 4, 5, 6]);
  assert(most > 1 && most <= 3, `${most}`);
});

test("finished tells of an end, an error and a premature close", async () => {
  const outcome = (stream) => new Promise((resolve) => finished(stream, (error) => resolve(error?.code ?? error?.message)));
  assertEquals(await outcome(source(["a"]).resume()), undefined);
  assertEquals(await outcome(source(["a"]).destroy()), "ERR_STREAM_PREMATURE_CLOSE");
  const failing = source(["a"]);
  const seen = outcome(failing);
  failing.destroy(new Error("bad"));
  assertEquals(await seen, "bad");
});

test("finished follows streams of the Web", async () => {
  const outcome = (stream) => new Promise((resolve) => finished(stream, (error) => resolve(error?.message ?? "well")));
  const readable = new ReadableStream({
    start(controller) {
      controller.enqueue("a");
      controller.close();
    },
  });
  const ended = outcome(readable);
  await readable.getReader().read();
  assertEquals(await ended, "well");
  const writable = new WritableStream();
  const closed = outcome(writable);
  writable.getWriter().close();
  assertEquals(await closed, "well");
  const failing = new ReadableStream({ start: (controller) => controller.error(new Error("bad")) });
  assertEquals(await outcome(failing), "bad");
});
