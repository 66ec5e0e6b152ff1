import { PassThrough, Readable, Writable, finished } from "node:stream";
import { called, event, Log, READABLE, result, text } from "./stream_tools.js";

// A source of the given chunks, one for each call of _read.
const source = (chunks, options) => {
  const rest = [...chunks];
  return new Readable({
    ...options,
    read() {
      this.push(rest.length > 0 ? rest.shift() : null);
    },
  });
};
const flowing = READABLE.filter((name) => name !== "readable");

export default {
  "flow": () => {
    const log = new Log();
    log.watch(source(["a", "b"]), flowing);
    return log.turns(12);
  },
  "flow-with-readable": () => {
    const log = new Log();
    const stream = source(["a", "b"]);
    stream.on("readable", () => {
      for (let chunk; (chunk = stream.read()) !== null; ) log.add("read", chunk);
      log.add("null");
    });
    log.watch(stream, ["end", "close"]);
    return log.turns(12);
  },
  "async-source": async () => {
    const log = new Log();
    let n = 0;
    const stream = new Readable({
      read() {
        setTimeout(() => this.push(n < 3 ? String(n++) : null), 1);
      },
    });
    log.watch(stream, READABLE.filter((name) => name !== "data"));
    stream.on("readable", () => log.add(stream.read()));
    await event(stream, "close");
    return log.toString();
  },
  "resume-without-listener": () => {
    const log = new Log();
    const stream = log.watch(source(["a", "b"]), ["pause", "resume", "end", "close"]);
    stream.resume();
    return log.turns(10);
  },
  "pause-and-resume": async () => {
    const log = new Log();
    const stream = source(["a", "b", "c"]);
    stream.on("data", (chunk) => {
      log.add(chunk, stream.readableFlowing, stream.isPaused());
      stream.pause();
      queueMicrotask(() => stream.resume());
    });
    log.watch(stream, ["pause", "resume", "end", "close"]);
    return log.turns(25);
  },
  "flowing-states": () => {
    const stream = source(["a"]);
    const states = [stream.readableFlowing];
    stream.pause();
    states.push(stream.readableFlowing, stream.isPaused());
    stream.on("data", () => {});
    states.push(stream.readableFlowing);
    stream.resume();
    states.push(stream.readableFlowing, stream.isPaused());
    stream.on("readable", () => {});
    states.push(stream.readableFlowing, stream.isPaused());
    return states;
  },
  "data-listener-after-readable-is-removed": async () => {
    const log = new Log();
    const stream = source(["a", "b"]);
    const listener = () => log.add("readable");
    stream.on("readable", listener);
    log.watch(stream, ["data", "end", "close"]);
    stream.off("readable", listener);
    return log.turns(12);
  },
  "read-sizes": async () => {
    const stream = source(["abc", "defgh", "ij"], { highWaterMark: 20 });
    await event(stream, "readable");
    const read = (n) => stream.read(n)?.toString() ?? null;
    return [read(0), read(2), read(4), stream.readableLength, read(100), read(), read(), stream.readableLength];
  },
  "read-more-than-the-mark": async () => {
    const stream = source(["abc"], { highWaterMark: 4 });
    const before = stream.readableHighWaterMark;
    stream.read(1000);
    return [before, stream.readableHighWaterMark, await result(() => stream.read(2 ** 31))];
  },
  "read-objects": async () => {
    const stream = source([1, "two", { three: 3 }, ""], { objectMode: true });
    const all = [];
    for await (const chunk of stream) all.push(chunk);
    return [all, stream.readableObjectMode, stream.readableHighWaterMark, stream.readableEnded];
  },
  "empty-chunks": async () => {
    const log = new Log();
    let calls = 0;
    const stream = new Readable({
      read() {
        log.add("read");
        calls++;
        this.push(calls === 3 ? null : "");
      },
    });
    log.watch(stream, flowing);
    return log.turns(10);
  },
  "push-tells-when-it-is-full": () => {
    const stream = new Readable({ read() {}, highWaterMark: 4 });
    return [stream.push("ab"), stream.push("c"), stream.push("d"), stream.push("e"), stream.readableLength, stream.push(null)];
  },
  "push-with-encoding": async () => {
    const stream = new Readable({ read() {}, encoding: "hex" });
    stream.push("616263", "hex");
    stream.push("abc");
    stream.push(Buffer.from("z"));
    stream.push(null);
    const all = [];
    for await (const chunk of stream) all.push(chunk);
    return [all, stream.readableEncoding];
  },
  "set-encoding": async () => {
    const stream = new Readable({ read() {} });
    stream.push(Buffer.from([0xe2, 0x82]));
    stream.push(Buffer.from([0xac, 0x41]));
    stream.setEncoding("utf8");
    stream.push(Buffer.from([0xc3]));
    stream.push(null);
    const all = [];
    for await (const chunk of stream) all.push(chunk);
    return [all, stream.readableEncoding];
  },
  "unshift": async () => {
    const stream = new Readable({ read() {} });
    stream.push("b");
    stream.unshift("a");
    stream.push(null);
    stream.unshift("0");
    return (await stream.toArray()).map(String);
  },
  "unshift-after-end": async () => {
    const stream = source([]);
    stream.resume();
    await event(stream, "end");
    const error = event(stream, "error");
    stream.unshift("a");
    return Promise.race([error.then(text), new Promise((resolve) => setTimeout(resolve, 5, "no error"))]);
  },
  "push-after-end": async () => {
    const stream = new Readable({ read() {} });
    stream.push(null);
    const error = event(stream, "error");
    const pushed = stream.push("a");
    return [pushed, text(await error), stream.destroyed];
  },
  "push-of-a-wrong-type": async () => {
    const stream = new Readable({ read() {} });
    const error = event(stream, "error");
    return [stream.push({}), text(await error), stream.readable, stream.readableAborted];
  },
  "views": async () => {
    const stream = new Readable({ read() {} });
    stream.push(new Uint16Array([0x4142]));
    stream.push(new DataView(new ArrayBuffer(2)));
    stream.push(null);
    const chunks = await stream.toArray();
    return chunks.map((chunk) => [chunk.constructor.name, chunk.length]);
  },
  "read-throws": async () => {
    const log = new Log();
    const stream = new Readable({
      read() {
        throw new Error("in read");
      },
    });
    log.watch(stream, flowing);
    return log.turns(8);
  },
  "no-read-method": async () => {
    const stream = new Readable();
    const error = event(stream, "error");
    stream.read();
    return text(await error);
  },
  "destroy": () => {
    const log = new Log();
    const stream = log.watch(source(["a"]), READABLE.filter((name) => name !== "readable" && name !== "data"));
    stream.destroy();
    log.add(stream.destroyed, stream.closed, stream.readable, stream.readableAborted);
    return log.turns(5);
  },
  "destroy-with-error": () => {
    const log = new Log();
    const stream = log.watch(source(["a"]), ["error", "close", "end"]);
    stream.destroy(new Error("why"));
    stream.destroy(new Error("again"));
    log.add(stream.destroyed, stream.errored);
    return log.turns(5);
  },
  "destroy-callback": async () => {
    const log = new Log();
    const stream = new Readable({
      read() {},
      destroy(error, callback) {
        log.add("destroy", error);
        setTimeout(() => callback(new Error("in destroy")), 1);
      },
    });
    log.watch(stream, ["error", "close"]);
    stream.destroy(null, (error) => log.add("callback", error));
    await event(stream, "close");
    return log.toString();
  },
  "destroy-throws": async () => {
    const stream = new Readable({
      destroy() {
        throw new Error("thrown");
      },
    });
    const error = event(stream, "error");
    stream.destroy();
    return [text(await error), stream.closed];
  },
  "auto-destroy-off": async () => {
    const log = new Log();
    const stream = log.watch(source(["a"], { autoDestroy: false }), ["end", "close"]);
    stream.resume();
    const turns = await log.turns(8);
    return [turns, stream.destroyed];
  },
  "emit-close-off": async () => {
    const log = new Log();
    const stream = log.watch(source(["a"], { emitClose: false }), ["end", "close"]);
    stream.resume();
    return [await log.turns(8), stream.destroyed, stream.closed];
  },
  "construct": async () => {
    const log = new Log();
    const stream = new Readable({
      construct(callback) {
        log.add("construct");
        setTimeout(() => {
          log.add("constructed");
          callback();
        }, 1);
      },
      read() {
        log.add("read");
        this.push(null);
      },
    });
    log.watch(stream, ["end", "close"]);
    stream.resume();
    await event(stream, "close");
    return log.toString();
  },
  "construct-fails": async () => {
    const log = new Log();
    const stream = new Readable({
      construct(callback) {
        callback(new Error("not built"));
      },
      read() {
        log.add("read");
      },
    });
    log.watch(stream, ["end", "error", "close"]);
    stream.resume();
    return log.turns(8);
  },
  "destroy-before-construct": async () => {
    const log = new Log();
    const stream = new Readable({
      construct(callback) {
        log.add("construct");
        callback();
      },
      destroy(error, callback) {
        log.add("destroy", error);
        callback(error);
      },
    });
    log.watch(stream, ["error", "close"]);
    stream.destroy(new Error("early"));
    return log.turns(8);
  },
  "async-iterator": async () => {
    const log = new Log();
    const stream = log.watch(source(["a", "b"]), ["end", "close"]);
    for await (const chunk of stream) log.add(chunk);
    log.add("done", stream.destroyed);
    return log.toString();
  },
  "async-iterator-break": async () => {
    const log = new Log();
    const stream = log.watch(source(["a", "b"], { highWaterMark: 1 }), ["end", "error", "close"]);
    for await (const chunk of stream) {
      log.add(chunk);
      break;
    }
    log.add(stream.destroyed);
    return log.turns(5);
  },
  "iterator-without-destroy": async () => {
    const stream = source(["a", "b"], { highWaterMark: 1 });
    for await (const _ of stream.iterator({ destroyOnReturn: false })) break;
    return [stream.destroyed, (await stream.toArray()).map(String)];
  },
  "async-iterator-error": async () => {
    const log = new Log();
    const stream = new Readable({
      read() {
        this.push("a");
        this.destroy(new Error("cut"));
      },
    });
    log.add(
      await result(async () => {
        for await (const chunk of stream) log.add(chunk);
      }),
    );
    return log.toString();
  },
  "async-iterator-premature-close": async () => {
    const stream = new Readable({ read() {} });
    setTimeout(() => stream.destroy(), 1);
    return result(async () => {
      for await (const _ of stream);
      return "ended";
    });
  },
  "from-generator": async () => {
    const log = new Log();
    async function* generate() {
      try {
        yield 1;
        yield 2;
      } finally {
        log.add("finally");
      }
    }
    const stream = Readable.from(generate());
    for await (const value of stream) {
      log.add(value);
      break;
    }
    await null;
    return log.turns(6);
  },
  "from-values": async () => ({
    array: await Readable.from(["a", 1, Promise.resolve("p")]).toArray(),
    string: await Readable.from("text").toArray(),
    set: await Readable.from(new Set([1, 2])).toArray(),
    null: await result(() => Readable.from([1, null]).toArray()),
    rejected: await result(() => Readable.from([1, Promise.reject(new Error("no"))]).toArray()),
    marks: [Readable.from([]).readableHighWaterMark, Readable.from("a").readableHighWaterMark],
  }),
  "from-turns": () => {
    const log = new Log();
    log.watch(Readable.from(["a", "b"]), ["data", "end", "close"]);
    return log.turns(14);
  },
  "from-async-turns": () => {
    const log = new Log();
    async function* generate() {
      yield "a";
      yield "b";
    }
    log.watch(Readable.from(generate()), ["data", "end", "close"]);
    return log.turns(20);
  },
  "wrap": async () => {
    const { EventEmitter } = await import("node:events");
    const old = new EventEmitter();
    const log = new Log();
    old.pause = () => log.add("pause");
    old.resume = () => log.add("resume");
    const stream = new Readable({ highWaterMark: 2 }).wrap(old);
    old.emit("data", "abc");
    old.emit("data", "d");
    old.emit("end");
    const chunks = (await stream.toArray()).map(String);
    return [chunks, log.toString()];
  },
  "aborted-by-signal": async () => {
    const abort = new AbortController();
    const stream = new Readable({ read() {}, signal: abort.signal });
    const error = event(stream, "error");
    abort.abort(new Error("reason"));
    const seen = await error;
    return [text(seen), text(seen.cause), stream.destroyed];
  },
  "without-new": () => {
    function Old() {
      Readable.call(this, { read() {} });
    }
    Object.setPrototypeOf(Old.prototype, Readable.prototype);
    const old = new Old();
    return [Readable() instanceof Readable, old instanceof Readable, old.readable];
  },
  "listeners-may-change": async () => {
    const log = new Log();
    const stream = source(["a", "b", "c"]);
    stream.once("data", (chunk) => {
      log.add("once", chunk);
      stream.on("data", (next) => log.add("on", next));
    });
    await event(stream, "end");
    return log.toString();
  },
  "operators": async () => {
    const numbers = () => Readable.from([1, 2, 3, 4]);
    return {
      map: await numbers().map((x) => x * 2).toArray(),
      asyncMap: await numbers().map(async (x) => x * 2, { concurrency: 2 }).toArray(),
      filter: await numbers().filter((x) => x % 2).toArray(),
      flatMap: await numbers().flatMap((x) => [x, x]).toArray(),
      take: await numbers().take(2).toArray(),
      drop: await numbers().drop(3).toArray(),
      some: [await numbers().some((x) => x > 3), await numbers().some((x) => x > 4)],
      every: [await numbers().every((x) => x > 0), await numbers().every((x) => x > 1)],
      find: [await numbers().find((x) => x > 2), await numbers().find((x) => x > 9)],
      reduce: [await numbers().reduce((a, b) => a + b), await numbers().reduce((a, b) => a + b, 10)],
      pairs: await numbers().asIndexedPairs().toArray(),
    };
  },
  "operators-wrong": async () => ({
    map: await result(() => Readable.from([1]).map(1)),
    concurrency: await result(() => Readable.from([1]).map((x) => x, { concurrency: 0 })),
    concurrencyType: await result(() => Readable.from([1]).map((x) => x, { concurrency: "x" })),
    take: await result(() => Readable.from([1]).take(-1)),
    drop: await result(() => Readable.from([1]).drop("x").toArray()),
    forEach: await result(() => Readable.from([1]).forEach()),
    reduce: await result(() => Readable.from([]).reduce((a) => a)),
    reducer: await result(() => Readable.from([]).reduce()),
    throws: await result(() => Readable.from([1]).map(() => { throw new Error("bad"); }).toArray()),
    rejects: await result(() => Readable.from([1, 2]).filter(async () => { throw new Error("bad"); }).toArray()),
    aborted: await result(() => Readable.from([1]).toArray({ signal: AbortSignal.abort() })),
    signal: await result(() => Readable.from([1]).toArray({ signal: 1 })),
    options: await result(() => Readable.from([1]).map((x) => x, 5)),
  }),
  "operator-map-is-lazy": async () => {
    const log = new Log();
    const stream = Readable.from([1, 2, 3, 4, 5, 6]).map((x) => {
      log.add("map", x);
      return x;
    });
    await null;
    log.add("waiting");
    for await (const value of stream) {
      log.add(value);
      if (value === 2) break;
    }
    return log.toString();
  },
  "piped-to-a-slow-writer": async () => {
    const log = new Log();
    const stream = source(["aa", "bb", "cc"], { highWaterMark: 2 });
    const slow = new Writable({
      highWaterMark: 2,
      write(chunk, encoding, callback) {
        log.add("write", chunk);
        setTimeout(callback, 1);
      },
    });
    log.watch(stream, ["pause", "resume", "end", "close"]);
    log.watch(slow, ["drain", "pipe", "unpipe", "finish", "close"], "w-");
    stream.pipe(slow);
    await event(slow, "close");
    return log.toString();
  },
  "piped-to-two": async () => {
    const stream = source(["a", "b", "c"]);
    const one = new PassThrough({ highWaterMark: 1 });
    const two = new PassThrough();
    stream.pipe(one);
    stream.pipe(two);
    const [first, second] = await Promise.all([one.toArray(), two.toArray()]);
    return [Buffer.concat(first).toString(), Buffer.concat(second).toString()];
  },
  "unpipe": async () => {
    const log = new Log();
    const stream = new Readable({ read() {} });
    const through = log.watch(new PassThrough(), ["pipe", "unpipe"]);
    stream.pipe(through);
    log.add(stream.readableFlowing, stream._readableState.pipes.length);
    stream.unpipe(through);
    log.add(stream.readableFlowing, stream._readableState.pipes.length);
    stream.unpipe();
    return log.turns(3);
  },
  "pipe-leaves-open": async () => {
    const through = new PassThrough();
    const stream = source(["a"]);
    stream.pipe(through, { end: false });
    await event(stream, "end");
    const writable = through.writable;
    through.end("b");
    return [writable, Buffer.concat(await through.toArray()).toString()];
  },
  "pipe-of-an-ended-stream": async () => {
    const stream = source([]);
    stream.resume();
    await event(stream, "end");
    const through = stream.pipe(new PassThrough());
    await event(through, "finish");
    return through.writableEnded;
  },
  "pipe-and-a-failing-writer": async () => {
    const log = new Log();
    const stream = log.watch(source(["a", "b"]), ["end", "close"]);
    const bad = new Writable({
      write(chunk, encoding, callback) {
        callback(new Error("no room"));
      },
    });
    log.watch(bad, ["unpipe", "error", "close"], "w-");
    stream.pipe(bad);
    await event(bad, "close");
    log.add(stream.destroyed, stream.readableFlowing);
    return log.toString();
  },
  "finished": async () => ({
    ends: await called((done) => finished(source(["a"]).resume(), done)),
    destroyed: await called((done) => finished(source(["a"]).destroy(), done)),
    fails: await called((done) => finished(source(["a"]).on("error", () => {}).destroy(new Error("x")), done)),
    afterwards: await called(async (done) => {
      const stream = source([]).resume();
      await event(stream, "close");
      finished(stream, done);
    }),
  }),
  "properties": () => {
    const stream = source(["a"]);
    const names = ["readable", "readableDidRead", "readableAborted", "readableHighWaterMark", "readableFlowing", "readableLength",
      "readableObjectMode", "readableEncoding", "errored", "closed", "destroyed", "readableEnded"];
    return Object.fromEntries(names.map((name) => [name, stream[name]]));
  },
  "dispose": async () => {
    const stream = source(["a"]);
    const errors = [];
    stream.on("error", (error) => errors.push(text(error)));
    await stream[Symbol.asyncDispose]();
    return [stream.destroyed, errors];
  },
};
