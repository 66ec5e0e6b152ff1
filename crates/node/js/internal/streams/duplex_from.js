// Duplex.from(): anything that can be read, written or called as a Duplex.

import { AbortError, ERR_INVALID_ARG_TYPE, ERR_INVALID_RETURN_VALUE } from "../errors.js";
import { nextTick } from "../process/next_tick.js";
import { destroyStream } from "./destroy.js";
import { Duplex } from "./duplex.js";
import { onceFinished } from "./end_of_stream.js";
import { readableFrom } from "./from.js";
import {
  isDuplexNodeStream, isIterable, isNodeStream, isReadable, isReadableNodeStream, isReadableStream,
  isWritable, isWritableNodeStream, isWritableStream,
} from "./kinds.js";
import { Readable } from "./readable.js";
import { Writable } from "./writable.js";

const KINDS = [
  "Blob", "ReadableStream", "WritableStream", "Stream", "Iterable", "AsyncIterable", "Function",
  "{ readable, writable } pair", "Promise",
];

export function duplexFrom(body, name) {
  if (isDuplexNodeStream(body)) return body;
  if (isReadableNodeStream(body)) return joinSides({ readable: body });
  if (isWritableNodeStream(body)) return joinSides({ writable: body });
  if (isNodeStream(body)) return joinSides({ writable: false, readable: false });
  if (isReadableStream(body)) return joinSides({ readable: Readable.fromWeb(body) });
  if (isWritableStream(body)) return joinSides({ writable: Writable.fromWeb(body) });
  if (typeof body === "function") return fromFunction(body, name);
  if (body instanceof Blob) return duplexFrom(body.arrayBuffer(), name);
  if (isIterable(body)) return readOnly(body);
  if (isReadableStream(body?.readable) && isWritableStream(body?.writable)) return Duplex.fromWeb(body);
  if (typeof body?.writable === "object" || typeof body?.readable === "object") {
    const side = (part, is) => (part ? (is(part) ? part : duplexFrom(part, name)) : undefined);
    return joinSides({
      readable: side(body.readable, isReadableNodeStream),
      writable: side(body.writable, isWritableNodeStream),
    });
  }
  if (typeof body?.then === "function") return fromPromise(body);
  throw new ERR_INVALID_ARG_TYPE(name, KINDS, body);
}

function readOnly(iterable) {
  return readableFrom(Duplex, iterable, { objectMode: true, writable: false });
}

function fromPromise(promise) {
  const duplex = new Duplex({ objectMode: true, writable: false, read() {} });
  promise.then(
    (value) => {
      if (value !== null && value !== undefined) duplex.push(value);
      duplex.push(null);
    },
    (error) => destroyStream(duplex, error),
  );
  return duplex;
}

// A generator function transforms; any other async function takes all that is written and gives nothing.
function fromFunction(body, name) {
  const input = new Input();
  const value = body(input.chunks(), { signal: input.signal });
  const write = (chunk, encoding, callback) => input.give({ chunk, done: false, callback });
  const destroy = (error, callback) => {
    input.abort();
    callback(error);
  };
  if (isIterable(value)) {
    const final = (callback) => input.give({ done: true, callback });
    return readableFrom(Duplex, value, { objectMode: true, write, final, destroy });
  }
  if (typeof value?.then !== "function") {
    throw new ERR_INVALID_RETURN_VALUE("Iterable, AsyncIterable or AsyncFunction", name, value);
  }
  const settled = value.then(
    (result) => {
      if (result !== null && result !== undefined) throw new ERR_INVALID_RETURN_VALUE("nully", "body", result);
    },
    (error) => destroyStream(duplex, error),
  );
  // Its failure is the stream's, when that comes to its end.
  settled.catch(() => {});
  const duplex = new Duplex({
    objectMode: true,
    readable: false,
    write,
    final(callback) {
      const done = async () => {
        try {
          await settled;
          nextTick(callback, null);
        } catch (error) {
          nextTick(callback, error);
        }
      };
      input.give({ done: true, callback: done });
    },
    destroy,
  });
  return duplex;
}

/** What is written to a stream as an async iterable: a write is answered when its chunk is taken. */
class Input {
  #abortController = new AbortController();
  #arrival = Promise.withResolvers();

  get signal() {
    return this.#abortController.signal;
  }

  /** @param {{chunk?: any, done: boolean, callback: Function}} arrival the stream gives one after the other */
  give(arrival) {
    this.#arrival.resolve(arrival);
  }

  abort() {
    this.#abortController.abort();
  }

  async *chunks() {
    for (;;) {
      const { chunk, done, callback } = await this.#arrival.promise;
      // The next may arrive as soon as this one is answered.
      this.#arrival = Promise.withResolvers();
      nextTick(callback);
      if (done) return;
      if (this.signal.aborted) throw new AbortError(undefined, { cause: this.signal.reason });
      yield chunk;
    }
  }
}

// --- two streams as one --------------------------------------------------------------------------

/** A side that is missing is not there; one that is `false` neither. */
function joinSides(sides) {
  return new Joined(sides).duplex;
}

class Joined {
  #reader;
  #writer;
  #readable;
  #writable;
  #onDrain = null;
  #onFinish = null;
  #onReadable = null;
  #onClose;

  constructor({ readable, writable }) {
    const isOldStyle = readable && typeof readable.read !== "function";
    this.#reader = isOldStyle ? Readable.wrap(readable) : readable;
    this.#writer = writable;
    this.#readable = Boolean(isReadable(this.#reader));
    this.#writable = Boolean(isWritable(this.#writer));
    this.duplex = new Duplex({
      readableObjectMode: Boolean(this.#reader?.readableObjectMode),
      writableObjectMode: Boolean(this.#writer?.writableObjectMode),
      readable: this.#readable,
      writable: this.#writable,
    });
    if (this.#writable) this.#joinWriter();
    if (this.#readable) this.#joinReader();
    this.duplex._destroy = (error, callback) => this.#destroy(error, callback);
  }

  #joinWriter() {
    const writer = this.#writer;
    onceFinished(writer, {}, (error) => {
      this.#writable = false;
      if (error) destroyStream(this.#reader, error);
      this.#finished(error);
    });
    this.duplex._write = (chunk, encoding, callback) => {
      if (writer.write(chunk, encoding)) callback();
      else this.#onDrain = callback;
    };
    this.duplex._final = (callback) => {
      writer.end();
      this.#onFinish = callback;
    };
    writer.on("drain", () => {
      const callback = this.#onDrain;
      this.#onDrain = null;
      callback?.();
    });
    writer.on("finish", () => {
      const callback = this.#onFinish;
      this.#onFinish = null;
      callback?.();
    });
  }

  #joinReader() {
    const reader = this.#reader;
    onceFinished(reader, {}, (error) => {
      this.#readable = false;
      if (error) destroyStream(reader, error);
      this.#finished(error);
    });
    reader.on("readable", () => {
      const read = this.#onReadable;
      this.#onReadable = null;
      read?.();
    });
    reader.on("end", () => this.duplex.push(null));
    this.duplex._read = () => {
      for (;;) {
        const chunk = reader.read();
        if (chunk === null) {
          this.#onReadable = this.duplex._read;
          return;
        }
        if (!this.duplex.push(chunk)) return;
      }
    };
  }

  #finished(error) {
    const callback = this.#onClose;
    this.#onClose = null;
    if (callback) callback(error);
    else if (error) this.duplex.destroy(error);
    else if (!this.#readable && !this.#writable) this.duplex.destroy();
  }

  #destroy(error, callback) {
    const isOver = this.#onClose === null;
    if (!error && !isOver) error = new AbortError();
    this.#onReadable = this.#onDrain = this.#onFinish = null;
    if (isOver) {
      callback(error);
      return;
    }
    this.#onClose = callback;
    destroyStream(this.#writer, error);
    destroyStream(this.#reader, error);
  }
}
