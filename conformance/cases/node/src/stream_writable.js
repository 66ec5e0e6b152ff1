import { Duplex, PassThrough, Readable, Transform, Writable, finished, pipeline } from "node:stream";
import { finished as finishedPromise, pipeline as pipelinePromise } from "node:stream/promises";
import { called, event, Log, result, text, WRITABLE } from "./stream_tools.js";

const events = WRITABLE.filter((name) => name !== "pipe" && name !== "unpipe");

// A writer that answers at once, or after a moment.
const writer = (log, { later = false, ...options } = {}) =>
  new Writable({
    ...options,
    write(chunk, encoding, callback) {
      log.add("write", chunk, encoding);
      if (later) setTimeout(callback, 1);
      else callback();
    },
  });

export default {
  "end": () => {
    const log = new Log();
    const stream = log.watch(writer(log), events);
    stream.write("a", () => log.add("written"));
    stream.end("b", () => log.add("ended"));
    log.add(stream.writableEnded, stream.writableFinished);
    return log.turns(6);
  },
  "end-later": async () => {
    const log = new Log();
    const stream = log.watch(writer(log, { later: true }), events);
    stream.write("a", () => log.add("written-a"));
    stream.write("b", () => log.add("written-b"));
    stream.end(() => log.add("ended"));
    await event(stream, "close");
    return log.toString();
  },
  "callbacks-in-order": () => {
    const log = new Log();
    const stream = writer(log);
    const same = () => log.add("same");
    stream.write("a", same);
    stream.write("b", same);
    stream.write("c", () => log.add("other"));
    stream.write("d", same);
    stream.write("e");
    return log.turns(6);
  },
  "callback-arguments": async () => {
    const log = new Log();
    return {
      now: await called((done) => writer(log).write("a", done)),
      later: await called((done) => writer(log, { later: true }).write("a", done)),
      end: await called((done) => writer(log).end("a", done)),
      endAgain: await called(async (done) => {
        const stream = writer(log).end();
        await event(stream, "finish");
        stream.on("error", () => {}).end(done);
      }),
      writeAfterEnd: await called((done) => writer(log).on("error", () => {}).end().write("a", done)),
      destroyed: await called((done) => writer(log).on("error", () => {}).destroy().write("a", done)),
    };
  },
  "drain": async () => {
    const log = new Log();
    const stream = log.watch(writer(log, { highWaterMark: 3, later: true }), events);
    log.add(stream.write("a"), stream.write("b"), stream.write("c"), stream.writableNeedDrain, stream.writableLength);
    await event(stream, "drain");
    log.add(stream.writableNeedDrain, stream.writableLength, stream.write("long"));
    stream.end();
    await event(stream, "close");
    return log.toString();
  },
  "drain-sync": () => {
    const log = new Log();
    const stream = log.watch(writer(log, { highWaterMark: 1 }), events);
    log.add(stream.write("a"), stream.write("b", () => log.add("callback")));
    return log.turns(4);
  },
  "cork": () => {
    const log = new Log();
    const stream = new Writable({
      write(chunk, encoding, callback) {
        log.add("write", chunk);
        callback();
      },
      writev(chunks, callback) {
        log.add("writev", chunks.map(({ chunk, encoding }) => `${chunk}/${encoding}`), chunks.allBuffers);
        callback();
      },
    });
    stream.cork();
    stream.cork();
    stream.write("a");
    stream.write("b", () => log.add("written-b"));
    stream.uncork();
    log.add(stream.writableCorked, stream.writableLength);
    stream.uncork();
    stream.write("c");
    stream.cork();
    stream.write("d");
    stream.end();
    log.watch(stream, ["finish", "close"]);
    return log.turns(6);
  },
  "only-writev": async () => {
    const log = new Log();
    const stream = new Writable({
      decodeStrings: false,
      writev(chunks, callback) {
        log.add("writev", chunks.map(({ chunk, encoding }) => `${typeof chunk}/${chunk}/${encoding}`), chunks.allBuffers);
        setTimeout(callback, 1);
      },
    });
    for (const chunk of ["a", "b", "c"]) stream.write(chunk);
    stream.end();
    await event(stream, "close");
    return log.toString();
  },
  "decode-strings": async () => {
    const log = new Log();
    const plain = writer(log, { decodeStrings: false });
    plain.write("é");
    plain.write("6869", "hex");
    plain.write(new Uint8Array([65]));
    const decoded = writer(log, { defaultEncoding: "latin1" });
    decoded.write("é");
    decoded.setDefaultEncoding("hex");
    decoded.write("6869");
    return log.toString();
  },
  "object-mode": async () => {
    const seen = [];
    const stream = new Writable({
      objectMode: true,
      write(chunk, encoding, callback) {
        seen.push([chunk, encoding]);
        callback();
      },
    });
    for (const chunk of [1, "a", undefined, { b: 2 }, false]) stream.write(chunk);
    return [seen, stream.writableHighWaterMark, stream.writableObjectMode, await result(() => stream.write(null))];
  },
  "wrong-chunks": async () => {
    const stream = writer(new Log());
    return {
      null: await result(() => stream.write(null)),
      number: await result(() => stream.write(1)),
      object: await result(() => stream.write({})),
      undefined: await result(() => stream.write()),
      encoding: await result(() => stream.write("a", "none")),
      default: await result(() => stream.setDefaultEncoding("none")),
        mark: await result(() => new Writable({ highWaterMark: -1 })),
      endWith: await result(() => stream.end(5)),
    };
  },
  "write-fails": async () => {
    const log = new Log();
    const stream = new Writable({
      write(chunk, encoding, callback) {
        log.add("write", chunk);
        callback(new Error("failed"));
      },
    });
    log.watch(stream, events);
    stream.write("a", (error) => log.add("a", error));
    stream.write("b", (error) => log.add("b", error));
    log.add(stream.writable, stream.errored, stream.destroyed);
    return log.turns(5);
  },
  "write-fails-later": async () => {
    const log = new Log();
    const stream = new Writable({
      write(chunk, encoding, callback) {
        setTimeout(callback, 1, new Error("failed"));
      },
    });
    log.watch(stream, events);
    stream.write("a", (error) => log.add("a", error));
    stream.write("b", (error) => log.add("b", error));
    stream.end((error) => log.add("end", error));
    await event(stream, "close");
    return log.toString();
  },
  "write-throws": async () => {
    const stream = new Writable({
      write() {
        throw new Error("thrown");
      },
    });
    return [await result(() => stream.write("a")), stream.destroyed];
  },
  "callback-twice": async () => {
    const stream = new Writable({
      write(chunk, encoding, callback) {
        callback();
        callback();
      },
    });
    const error = event(stream, "error");
    stream.write("a");
    return text(await error);
  },
  "write-after-end": () => {
    const log = new Log();
    const stream = log.watch(writer(log), events);
    stream.end();
    log.add(stream.write("a", (error) => log.add("callback", error)));
    return log.turns(5);
  },
  "write-after-destroy": () => {
    const log = new Log();
    const stream = log.watch(writer(log), events);
    stream.destroy();
    log.add(stream.write("a", (error) => log.add("callback", error)), stream.writable, stream.writableAborted);
    return log.turns(4);
  },
  "destroy-with-waiting-writes": async () => {
    const log = new Log();
    const stream = log.watch(writer(log, { later: true }), events);
    for (const name of ["a", "b", "c"]) stream.write(name, (error) => log.add(name, error));
    stream.end((error) => log.add("end", error));
    stream.destroy(new Error("away"));
    await event(stream, "close");
    await new Promise((resolve) => setTimeout(resolve, 3));
    return log.toString();
  },
  "final": () => {
    const log = new Log();
    const stream = new Writable({
      write(chunk, encoding, callback) {
        log.add("write", chunk);
        callback();
      },
      final(callback) {
        log.add("final");
        callback();
      },
    });
    log.watch(stream, events);
    stream.end("a", () => log.add("ended"));
    return log.turns(6);
  },
  "final-later": async () => {
    const log = new Log();
    const stream = new Writable({
      write(chunk, encoding, callback) {
        setTimeout(callback, 1);
      },
      final(callback) {
        log.add("final");
        setTimeout(callback, 1);
      },
    });
    log.watch(stream, events);
    stream.end("a");
    await event(stream, "close");
    return log.toString();
  },
  "final-fails": () => {
    const log = new Log();
    const stream = new Writable({
      write() {},
      final(callback) {
        callback(new Error("not final"));
      },
    });
    log.watch(stream, events);
    stream.end((error) => log.add("end", error));
    return log.turns(5);
  },
  "final-throws": () => {
    const log = new Log();
    const stream = new Writable({
      write() {},
      final() {
        throw new Error("thrown");
      },
    });
    log.watch(stream, events);
    stream.end((error) => log.add("end", error));
    return log.turns(5);
  },
  "construct": async () => {
    const log = new Log();
    const stream = new Writable({
      construct(callback) {
        log.add("construct");
        setTimeout(callback, 1);
      },
      write(chunk, encoding, callback) {
        log.add("write", chunk);
        callback();
      },
    });
    log.watch(stream, events);
    stream.write("a", () => log.add("written"));
    stream.end("b");
    await event(stream, "close");
    return log.toString();
  },
  "auto-destroy-off": async () => {
    const log = new Log();
    const stream = log.watch(writer(log, { autoDestroy: false }), events);
    stream.end("a");
    await event(stream, "finish");
    return [await log.turns(3), stream.destroyed, stream.closed];
  },
  "pipe-from-it": async () => {
    const stream = writer(new Log());
    const error = event(stream, "error");
    stream.pipe(new PassThrough());
    return text(await error);
  },
  "properties": () => {
    const stream = writer(new Log());
    const names = ["writable", "writableFinished", "writableObjectMode", "writableEnded", "writableNeedDrain",
      "writableHighWaterMark", "writableCorked", "writableLength", "errored", "closed", "destroyed", "writableAborted"];
    return Object.fromEntries(names.map((name) => [name, stream[name]]));
  },
  "duplex-sides": async () => {
    const log = new Log();
    const stream = new Duplex({
      read() {
        this.push("r");
        this.push(null);
      },
      write(chunk, encoding, callback) {
        log.add("write", chunk);
        callback();
      },
      readableObjectMode: true,
      writableHighWaterMark: 5,
    });
    log.watch(stream, ["data", "end", "finish", "close"]);
    log.add(stream.readableObjectMode, stream.writableObjectMode, stream.readableHighWaterMark, stream.writableHighWaterMark);
    stream.end("w");
    return log.turns(10);
  },
  "duplex-half-open": async () => {
    const log = new Log();
    const make = (allowHalfOpen) => {
      const stream = new Duplex({
        allowHalfOpen,
        read() {
          this.push(null);
        },
        write(chunk, encoding, callback) {
          callback();
        },
      });
      log.watch(stream, ["end", "finish", "close"], `${allowHalfOpen}-`);
      stream.resume();
      return stream;
    };
    make(true);
    make(false);
    return log.turns(10);
  },
  "duplex-one-side": () => {
    const readOnly = new Duplex({ writable: false, read() {} });
    const writeOnly = new Duplex({ readable: false, write() {} });
    const show = (stream) => [stream.readable, stream.writable, stream.writableEnded, stream.writableFinished, stream.readableEnded];
    return [show(readOnly), show(writeOnly), readOnly instanceof Writable, new Readable() instanceof Writable];
  },
  "transform": async () => {
    const log = new Log();
    const stream = new Transform({
      transform(chunk, encoding, callback) {
        log.add("transform", chunk);
        callback(null, String(chunk).toUpperCase());
      },
      flush(callback) {
        log.add("flush");
        callback(null, "!");
      },
    });
    log.watch(stream, ["data", "end", "prefinish", "finish", "close"]);
    stream.write("a", () => log.add("written"));
    stream.end("b");
    return log.turns(12);
  },
  "transform-holds-back": async () => {
    const log = new Log();
    const stream = new Transform({
      readableHighWaterMark: 1,
      writableHighWaterMark: 1,
      transform(chunk, encoding, callback) {
        log.add("transform", chunk);
        callback(null, chunk);
      },
    });
    for (const chunk of ["a", "b", "c"]) log.add(stream.write(chunk));
    await null;
    log.add("read", stream.read());
    await new Promise((resolve) => setTimeout(resolve, 1));
    log.add(stream.readableLength, stream.writableLength);
    return log.toString();
  },
  "transform-fails": () => {
    const log = new Log();
    const stream = new Transform({
      transform(chunk, encoding, callback) {
        callback(new Error("no"));
      },
    });
    log.watch(stream, ["data", "end", "finish", "error", "close"]);
    stream.write("a", (error) => log.add("written", error));
    return log.turns(5);
  },
  "transform-flush-fails": () => {
    const log = new Log();
    const stream = new Transform({
      transform() {},
      flush(callback) {
        callback(new Error("no flush"));
      },
    });
    log.watch(stream, ["end", "finish", "error", "close"]);
    stream.end();
    stream.resume();
    return log.turns(6);
  },
  "transform-many": async () => {
    const stream = new Transform({
      objectMode: true,
      transform(chunk, encoding, callback) {
        for (let i = 0; i < chunk; i++) this.push(i);
        callback();
      },
    });
    stream.write(3);
    stream.write(0);
    stream.end(2);
    return stream.toArray();
  },
  "transform-without-method": async () => {
    const stream = new Transform();
    return result(() => stream.write("a"));
  },
  "pass-through": () => {
    const log = new Log();
    const stream = log.watch(new PassThrough(), ["data", "end", "prefinish", "finish", "close"]);
    stream.end("a");
    return log.turns(10);
  },
  "pipeline": () => {
    const log = new Log();
    const from = log.watch(Readable.from(["a", "b"]), ["end", "close"], "from-");
    const through = log.watch(new PassThrough(), ["end", "finish", "close"], "through-");
    const to = log.watch(writer(log), ["finish", "close"], "to-");
    log.add(pipeline(from, through, to, (error) => log.add("done", error)) === to);
    return log.turns(25);
  },
  "pipeline-error-in-the-middle": async () => {
    const log = new Log();
    const from = log.watch(new Readable({ read() { this.push("a"); } }), ["error", "close"], "from-");
    const bad = new Transform({
      transform(chunk, encoding, callback) {
        callback(new Error("middle"));
      },
    });
    log.watch(bad, ["error", "close"], "bad-");
    const to = log.watch(writer(log), ["error", "close"], "to-");
    const done = called((callback) => pipeline(from, bad, to, callback));
    log.add(...(await done));
    await new Promise((resolve) => setTimeout(resolve, 1));
    log.add(from.destroyed, bad.destroyed, to.destroyed);
    return log.toString();
  },
  "pipeline-functions": async () => {
    const seen = [];
    const value = await pipelinePromise(
      async function* () {
        yield "a";
        yield "b";
      },
      async function* (source) {
        for await (const chunk of source) yield chunk.toUpperCase();
      },
      async (source) => {
        for await (const chunk of source) seen.push(chunk);
        return "value";
      },
    );
    return [seen, value];
  },
  "pipeline-iterable-to-node": async () => {
    const seen = [];
    await pipelinePromise(["x", "y"], new Writable({
      write(chunk, encoding, callback) {
        seen.push(String(chunk));
        callback();
      },
    }));
    return seen;
  },
  "pipeline-web": async () => {
    const seen = [];
    await pipelinePromise(
      new ReadableStream({
        start(controller) {
          controller.enqueue("a");
          controller.close();
        },
      }),
      new Writable({
        write(chunk, encoding, callback) {
          seen.push(String(chunk));
          callback();
        },
      }),
    );
    return seen;
  },
  "pipeline-aborted": async () => {
    const abort = new AbortController();
    const from = new Readable({ read() {} });
    const to = writer(new Log());
    const promise = pipelinePromise(from, to, { signal: abort.signal });
    abort.abort(new Error("reason"));
    return [await result(() => promise), from.destroyed, to.destroyed];
  },
  "pipeline-leaves-open": async () => {
    const to = new PassThrough();
    await pipelinePromise(Readable.from(["a"]), to, { end: false });
    const { writable } = to;
    to.end("b");
    return [writable, Buffer.concat(await to.toArray()).toString()];
  },
  "pipeline-premature-close": async () => {
    const from = new Readable({ read() {} });
    const to = new PassThrough();
    setTimeout(() => to.destroy(), 1);
    return called((done) => pipeline(from, to, done));
  },
  "pipeline-wrong": async () => ({
    none: await result(() => pipeline()),
    one: await result(() => pipeline(new PassThrough(), () => {})),
    noCallback: await result(() => pipeline(new PassThrough(), new PassThrough())),
    source: await result(() => pipeline(() => 1, new PassThrough(), () => {})),
    middle: await result(() => pipeline(["a"], () => 1, new PassThrough(), () => {})),
    last: await result(() => pipeline(["a"], () => 1, () => {})),
    promise: await result(() => pipelinePromise(new PassThrough())),
  }),
  "finished": async () => ({
    finishes: await called((done) => {
      const stream = writer(new Log());
      finished(stream, done);
      stream.end("a");
    }),
    destroyed: await called((done) => {
      const stream = writer(new Log());
      finished(stream, done);
      stream.destroy();
    }),
    fails: await called((done) => {
      const stream = writer(new Log());
      finished(stream, done);
      stream.destroy(new Error("x"));
    }),
    readableOnly: await called((done) => {
      const stream = new PassThrough();
      finished(stream, { writable: false }, done);
      stream.resume().end();
    }),
    aborted: await called((done) => {
      finished(writer(new Log()), { signal: AbortSignal.abort() }, done);
    }),
    promise: await result(() => finishedPromise(writer(new Log()).destroy(new Error("gone")).on("error", () => {}))),
    noStream: await result(() => finished({}, () => {})),
    noCallback: await result(() => finished(new PassThrough())),
  }),
  "finished-cleanup": async () => {
    const stream = new PassThrough();
    const count = () => ["end", "finish", "error", "close"].map((name) => stream.listenerCount(name));
    const before = count();
    const cleanup = finished(stream, () => {});
    const during = count();
    cleanup();
    return [before, during, count()];
  },
};
