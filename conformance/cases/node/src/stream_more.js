import stream, {
  addAbortSignal, compose, destroy, Duplex, duplexPair, getDefaultHighWaterMark, isDestroyed, isDisturbed, isErrored,
  isReadable, isWritable, PassThrough, Readable, setDefaultHighWaterMark, Stream, Transform, Writable,
} from "node:stream";
import promises from "node:stream/promises";
import * as consumers from "node:stream/consumers";
import { EventEmitter } from "node:events";
import { called, event, Log, result, text } from "./stream_tools.js";

const upper = () =>
  new Transform({
    transform(chunk, encoding, callback) {
      callback(null, String(chunk).toUpperCase());
    },
  });

export default {
  "shape": () => ({
    isStream: stream === Stream && stream.Stream === Stream,
    promises: stream.promises === promises,
    parents: [Readable, Writable, Duplex, Transform, PassThrough].map((Class) => Object.getPrototypeOf(Class).name),
    emitter: new Readable() instanceof EventEmitter,
    lengths: [stream.pipeline, stream.finished, stream.compose, stream.addAbortSignal, stream.destroy].map((f) => f.length),
    keys: Object.keys(stream).sort(),
    methods: ["Readable", "Writable", "Duplex", "Transform"].map((name) => Object.keys(stream[name].prototype).sort()),
  }),
  "high-water-marks": async () => {
    const before = [getDefaultHighWaterMark(false), getDefaultHighWaterMark(true)];
    setDefaultHighWaterMark(false, 100);
    const changed = new Readable().readableHighWaterMark;
    setDefaultHighWaterMark(false, before[0]);
    return [before, changed, await result(() => setDefaultHighWaterMark(true, "a")), await result(() => setDefaultHighWaterMark(true, -1))];
  },
  "states-of-streams": async () => {
    const open = new PassThrough();
    const ended = new PassThrough();
    ended.end();
    const failed = new PassThrough().on("error", () => {}).destroy(new Error("x"));
    const read = Readable.from(["a"]);
    await read.toArray();
    const ask = (s) => [isReadable(s), isWritable(s), isErrored(s), isDisturbed(s), isDestroyed(s)];
    return [open, ended, failed, read, null, {}, 5].map(ask);
  },
  "destroy-function": async () => {
    const one = new PassThrough();
    const error = event(one, "error");
    destroy(one, new Error("x"));
    const two = new PassThrough();
    const aborted = event(two, "error");
    destroy(two);
    return [text(await error), text(await aborted), await result(() => destroy(null))];
  },
  "add-abort-signal": async () => {
    const abort = new AbortController();
    const one = addAbortSignal(abort.signal, new PassThrough());
    const error = event(one, "error");
    abort.abort(new Error("reason"));
    const seen = await error;
    return {
      seen: [text(seen), text(seen.cause)],
      noSignal: await result(() => addAbortSignal({}, one)),
      noStream: await result(() => addAbortSignal(abort.signal, {})),
    };
  },
  "compose-streams": async () => {
    const both = compose(upper(), new PassThrough());
    both.write("a");
    both.end("b");
    return Buffer.concat(await both.toArray()).toString();
  },
  "compose-wrong": async () => ({
    none: await result(() => compose()),
  }),
  "duplex-pair": async () => {
    const [a, b] = duplexPair();
    a.write("to b");
    b.end("to a");
    a.end();
    return [Buffer.concat(await a.toArray()).toString(), Buffer.concat(await b.toArray()).toString(), a.constructor.name];
  },
  "duplex-from-sides": async () => {
    const readable = new PassThrough();
    const writable = new PassThrough();
    const both = Duplex.from({ readable, writable });
    both.end("in");
    readable.end("out");
    return [String(await both.toArray()), String(await writable.toArray())];
  },
  "duplex-from-async-function": async () => {
    const seen = [];
    const sink = Duplex.from(async (source) => {
      for await (const chunk of source) seen.push(String(chunk));
    });
    sink.write("a");
    sink.end("b");
    await event(sink, "finish");
    return [seen, sink.readable];
  },
  "duplex-from-wrong": async () => [
    await result(() => Duplex.from(5)),
    await result(() => Duplex.from(() => 5)),
    await result(() => Readable.from(5)),
  ],
  "legacy-pipe": async () => {
    const log = new Log();
    const old = new Stream();
    const through = log.watch(new PassThrough(), ["pipe", "data", "end", "close"]);
    old.pipe(through);
    old.emit("data", "a");
    old.emit("end");
    await event(through, "close");
    return log.toString();
  },
  "legacy-pipe-error": async () => {
    const old = new Stream();
    old.pipe(new PassThrough());
    return result(() => old.emit("error", new Error("unheard")));
  },
  "readable-to-web": async () => {
    const read = async (readable) => {
      const chunks = [];
      for await (const chunk of Readable.toWeb(readable)) chunks.push(chunk);
      return chunks;
    };
    return {
      objects: await read(Readable.from(["a", { b: 1 }])),
      bytes: await read(new Readable({ read() { this.push("é"); this.push(null); } })),
      fails: await result(() => read(new Readable({ read() { this.destroy(new Error("bad")); } }))),
      wrong: await result(() => Readable.toWeb({})),
    };
  },
  "readable-from-web": async () => {
    const web = (...chunks) =>
      new ReadableStream({
        start(controller) {
          for (const chunk of chunks) controller.enqueue(chunk);
          controller.close();
        },
      });
    return {
      objects: await Readable.fromWeb(web("a", 1), { objectMode: true }).toArray(),
      text: await Readable.fromWeb(web(new Uint8Array([0xc3, 0xa9])), { encoding: "utf8" }).toArray(),
      fails: await result(() => Readable.fromWeb(new ReadableStream({ start(c) { c.error(new Error("bad")); } })).toArray()),
      wrong: await result(() => Readable.fromWeb({})),
      encoding: await result(() => Readable.fromWeb(web(), { encoding: "none" })),
    };
  },
  "readable-from-web-destroyed": async () => {
    let reason;
    const stream = Readable.fromWeb(new ReadableStream({ cancel(r) { reason = r; } }));
    stream.on("error", () => {});
    stream.destroy(new Error("enough"));
    await event(stream, "close");
    return text(reason);
  },
  "writable-from-web": async () => {
    const seen = [];
    const stream = Writable.fromWeb(
      new WritableStream({
        write(chunk) {
          seen.push(chunk.constructor.name, chunk.length);
        },
        close() {
          seen.push("close");
        },
      }),
    );
    stream.write("abc");
    stream.end(new Uint8Array(2));
    await event(stream, "close");
    return [seen, await result(() => Writable.fromWeb({}))];
  },
  "writable-from-web-fails": async () => {
    const stream = Writable.fromWeb(
      new WritableStream({
        write() {
          throw new Error("sink");
        },
      }),
    );
    const error = event(stream, "error");
    stream.write("a");
    return text(await error);
  },
  "duplex-to-and-from-web": async () => {
    const { readable, writable } = Duplex.toWeb(upper());
    const writer = writable.getWriter();
    writer.write(new TextEncoder().encode("abc"));
    writer.close();
    const through = Duplex.fromWeb(new TransformStream({ transform(chunk, c) { c.enqueue(`${chunk}!`); } }), { objectMode: true });
    through.end("x");
    return [await new Response(readable).text(), await through.toArray()];
  },
  "consumers": async () => {
    const source = () => Readable.from(["{\"a\":", "\"é\"}"]);
    return {
      text: await consumers.text(source()),
      json: await consumers.json(source()),
      buffer: (await consumers.buffer(source())).length,
      arrayBuffer: (await consumers.arrayBuffer(source())).byteLength,
      blob: (await consumers.blob(source())).size,
      web: await consumers.text(new Response("abc").body),
    };
  },
  "capture-rejections": async () => {
    const stream = new Writable({
      captureRejections: true,
      write(chunk, encoding, callback) {
        callback();
      },
    });
    stream.on("drain", async () => {
      throw new Error("rejected");
    });
    const error = event(stream, "error");
    stream.emit("drain");
    return [text(await error), stream.destroyed];
  },
  "inherit-with-util": async () => {
    const { inherits } = await import("node:util");
    function Old(options) {
      Transform.call(this, options);
    }
    inherits(Old, Transform);
    Old.prototype._transform = function (chunk, encoding, callback) {
      callback(null, `<${chunk}>`);
    };
    const old = new Old();
    old.end("a");
    return [Buffer.concat(await old.toArray()).toString(), old instanceof Writable];
  },
  "subclass": async () => {
    class Counter extends Readable {
      #n = 0;
      _read() {
        this.push(this.#n < 3 ? String(this.#n++) : null);
      }
    }
    return (await new Counter().toArray()).map(String);
  },
  "callback-once": () =>
    called((done) => {
      stream.pipeline(Readable.from(["a"]), new PassThrough().resume(), (...args) => done(...args, "once"));
    }),
};
