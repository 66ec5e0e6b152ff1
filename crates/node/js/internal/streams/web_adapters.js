// Node's streams as the Web's, and the other way round.

import { Buffer } from "../../buffer.js";
import { AbortError, ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE } from "../errors.js";
import { validateBoolean, validateObject } from "../validators.js";
import { nextTick } from "../process/next_tick.js";
import { destroyStream } from "./destroy.js";
import { Duplex } from "./duplex.js";
import { onceFinished } from "./end_of_stream.js";
import {
  isDestroyed, isReadable, isReadableStream, isWritable,
  isWritableStream,
} from "./kinds.js";
import { Readable } from "./readable.js";
import { Writable } from "./writable.js";

// Taken when this module is loaded, so that programs that replace the globals do not change what is made here.
const { ReadableStream, WritableStream, CountQueuingStrategy, TextEncoder } = globalThis;
const encoder = new TextEncoder();

function noop() {}

// --- to the Web ----------------------------------------------------------------------------------

function prematureClose(error) {
  return error?.code === "ERR_STREAM_PREMATURE_CLOSE" ? new AbortError(undefined, { cause: error }) : error;
}

/** @param {{strategy?: QueuingStrategy}} [options] */
export function readableToWeb(readable, options = {}) {
  if (typeof readable?._readableState !== "object") {
    throw new ERR_INVALID_ARG_TYPE("streamReadable", "stream.Readable", readable);
  }
  if (isDestroyed(readable) || !isReadable(readable)) {
    const empty = new ReadableStream();
    empty.cancel();
    return empty;
  }
  const isObjects = readable.readableObjectMode;
  let controller;
  let isCancelled = false;

  readable.pause();
  const cleanup = onceFinished(readable, { writable: false }, (error) => {
    error = prematureClose(error);
    cleanup();
    // Errors that come later are nobody's.
    readable.on("error", noop);
    if (isCancelled) return;
    if (error) controller.error(error);
    else controller.close();
  });
  readable.on("data", (chunk) => {
    if (isCancelled) return;
    controller.enqueue(isObjects ? chunk : bytesOf(chunk));
    if (controller.desiredSize <= 0) readable.pause();
  });

  return new ReadableStream(
    {
      start(c) {
        controller = c;
      },
      pull() {
        readable.resume();
      },
      cancel(reason) {
        isCancelled = true;
        destroyStream(readable, reason);
      },
    },
    options.strategy ?? webStrategy(isObjects, readable.readableHighWaterMark),
  );
}

// Text stays text only in object mode.
function bytesOf(chunk) {
  if (typeof chunk === "string") return encoder.encode(chunk);
  return new Uint8Array(chunk);
}

function webStrategy(isObjects, highWaterMark) {
  if (isObjects) return new CountQueuingStrategy({ highWaterMark });
  return { highWaterMark, size: (chunk) => chunk.byteLength };
}

export function writableToWeb(writable) {
  if (typeof writable?._writableState !== "object") {
    throw new ERR_INVALID_ARG_TYPE("streamWritable", "stream.Writable", writable);
  }
  if (isDestroyed(writable) || !isWritable(writable)) {
    const closed = new WritableStream();
    closed.close();
    return closed;
  }
  const { writableHighWaterMark: highWaterMark } = writable;
  let controller;
  // Promises of a write and of the end that are under way
  let room = null;
  let end = null;

  const settle = (error) => {
    error = prematureClose(error);
    cleanup();
    writable.on("error", noop);
    if (!error) {
      end?.resolve();
      end = null;
      room?.resolve();
      return;
    }
    room?.reject(error);
    // The stream has its error from the promise or from here.
    if (end !== null) end.reject(error);
    else controller.error(error);
    end = null;
  };
  const drained = async () => {
    room = Promise.withResolvers();
    try {
      await room.promise;
    } finally {
      room = null;
    }
  };
  const cleanup = onceFinished(writable, { readable: false }, settle);
  writable.on("drain", () => room?.resolve());

  return new WritableStream(
    {
      start(c) {
        controller = c;
      },
      async write(chunk) {
        if (writable.writableNeedDrain) await drained();
        if (!writable.write(webChunk(writable, chunk))) await drained();
      },
      abort(reason) {
        destroyStream(writable, reason);
      },
      close() {
        if (end === null && !writable.writableFinished) {
          end = Promise.withResolvers();
          const { promise } = end;
          writable.end();
          return promise;
        }
        return undefined;
      },
    },
    writable.writableObjectMode ? new CountQueuingStrategy({ highWaterMark }) : { highWaterMark },
  );
}

function webChunk(writable, chunk) {
  if (writable.writableObjectMode) return chunk;
  return chunk instanceof ArrayBuffer ? new Uint8Array(chunk) : chunk;
}

export function duplexToWeb(duplex) {
  if (typeof duplex?._writableState !== "object" || typeof duplex?._readableState !== "object") {
    throw new ERR_INVALID_ARG_TYPE("duplex", "stream.Duplex", duplex);
  }
  const writable = isWritable(duplex) ? writableToWeb(duplex) : closedWritable();
  const readable = isReadable(duplex) ? readableToWeb(duplex) : cancelledReadable();
  return { writable, readable };
}

function closedWritable() {
  const stream = new WritableStream();
  stream.close();
  return stream;
}

function cancelledReadable() {
  const stream = new ReadableStream();
  stream.cancel();
  return stream;
}

// --- from the Web --------------------------------------------------------------------------------

/** Emits "error" where the promise that carries it is nobody's. */
function reportLater(stream, error) {
  nextTick(() => destroyStream(stream, error));
}

/** Reads one chunk after the other into `stream`. */
class WebReader {
  #reader;
  closed = false;

  constructor(readableStream, stream) {
    this.#reader = readableStream.getReader();
    this.#reader.closed.then(
      () => {
        this.closed = true;
      },
      (error) => {
        this.closed = true;
        reportLater(stream(), error);
      },
    );
  }

  read(stream) {
    this.#reader.read().then(
      ({ done, value }) => stream.push(done ? null : value),
      (error) => reportLater(stream, error),
    );
  }

  /** A promise of the end of it, which is never rejected. */
  cancel(reason) {
    if (this.closed) return Promise.resolve();
    return this.#reader.cancel(reason).catch(noop);
  }
}

/** Gives `_write`, `_writev` and `_final` of a stream that writes to one of the Web. */
class WebWriter {
  #writer;
  closed = false;

  constructor(writableStream, stream) {
    this.#writer = writableStream.getWriter();
    this.#writer.closed.then(
      () => {
        this.closed = true;
      },
      (error) => {
        this.closed = true;
        reportLater(stream(), error);
      },
    );
  }

  /** Writes when there is room; `callback` is called when the chunks were taken. */
  write(chunks, stream, callback) {
    const done = (error) => {
      try {
        callback(error);
      } catch (thrown) {
        // An exception of the callback is not the failure of a promise of ours.
        reportLater(stream, thrown);
      }
    };
    this.#writer.ready
      .then(() => Promise.all(chunks.map((chunk) => this.#writer.write(chunk))))
      .then(
        () => done(),
        (error) => done(error),
      );
  }

  final(callback) {
    if (this.closed) {
      callback();
      return;
    }
    this.#writer.close().then(
      () => nextTick(callback),
      (error) => nextTick(callback, error),
    );
  }

  /** With an error what waits is thrown away; without one it is written. */
  end(error) {
    if (this.closed) return Promise.resolve();
    return (error ? this.#writer.abort(error) : this.#writer.close()).catch(noop);
  }
}

// Text is decoded for sinks of bytes, and left alone for those of objects.
function forWeb(chunk, encoding, decodeStrings, objectMode) {
  if (typeof chunk !== "string" || !decodeStrings || objectMode) return chunk;
  const bytes = Buffer.from(chunk, encoding);
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function writerMethods(writer, stream, { decodeStrings, objectMode }) {
  return {
    write(chunk, encoding, callback) {
      writer.write([forWeb(chunk, encoding, decodeStrings, objectMode)], stream(), callback);
    },
    writev(chunks, callback) {
      const all = chunks.map(({ chunk, encoding }) => forWeb(chunk, encoding, decodeStrings, objectMode));
      writer.write(all, stream(), callback);
    },
    final(callback) {
      writer.final(callback);
    },
  };
}

/** @param {{highWaterMark?, encoding?, objectMode?, signal?}} [options] of the Readable */
export function readableFromWeb(readableStream, options = {}) {
  if (!isReadableStream(readableStream)) {
    throw new ERR_INVALID_ARG_TYPE("readableStream", "ReadableStream", readableStream);
  }
  validateObject(options, "options");
  const { highWaterMark, encoding, objectMode = false, signal } = options;
  if (encoding !== undefined && !Buffer.isEncoding(encoding)) {
    throw new ERR_INVALID_ARG_VALUE("options.encoding", encoding);
  }
  validateBoolean(objectMode, "options.objectMode");
  const reader = new WebReader(readableStream, () => readable);
  const readable = new Readable({
    objectMode, highWaterMark, encoding, signal,
    read() {
      reader.read(this);
    },
    destroy(error, callback) {
      reader.cancel(error).then(() => nextTick(callback, error));
    },
  });
  return readable;
}

/** @param {{highWaterMark?, decodeStrings?, objectMode?, signal?}} [options] of the Writable */
export function writableFromWeb(writableStream, options = {}) {
  if (!isWritableStream(writableStream)) {
    throw new ERR_INVALID_ARG_TYPE("writableStream", "WritableStream", writableStream);
  }
  validateObject(options, "options");
  const { highWaterMark, decodeStrings = true, objectMode = false, signal } = options;
  validateBoolean(objectMode, "options.objectMode");
  validateBoolean(decodeStrings, "options.decodeStrings");
  const writer = new WebWriter(writableStream, () => writable);
  const writable = new Writable({
    objectMode, highWaterMark, decodeStrings, signal,
    ...writerMethods(writer, () => writable, { decodeStrings, objectMode }),
    destroy(error, callback) {
      writer.end(error).then(() => nextTick(callback, error));
    },
  });
  return writable;
}

/** @param {{allowHalfOpen?, objectMode?, encoding?, decodeStrings?, highWaterMark?, signal?}} [options] */
export function duplexFromWeb(pair, options = {}) {
  validateObject(pair, "pair");
  const { readable: readableStream, writable: writableStream } = pair;
  if (!isReadableStream(readableStream)) {
    throw new ERR_INVALID_ARG_TYPE("pair.readable", "ReadableStream", readableStream);
  }
  if (!isWritableStream(writableStream)) {
    throw new ERR_INVALID_ARG_TYPE("pair.writable", "WritableStream", writableStream);
  }
  validateObject(options, "options");
  const { allowHalfOpen = false, objectMode = false, encoding, decodeStrings = true, highWaterMark, signal } = options;
  validateBoolean(objectMode, "options.objectMode");
  if (encoding !== undefined && !Buffer.isEncoding(encoding)) {
    throw new ERR_INVALID_ARG_VALUE("options.encoding", encoding);
  }
  const reader = new WebReader(readableStream, () => duplex);
  const writer = new WebWriter(writableStream, () => duplex);
  const duplex = new Duplex({
    allowHalfOpen, highWaterMark, objectMode, encoding, decodeStrings, signal,
    ...writerMethods(writer, () => duplex, { decodeStrings, objectMode }),
    read() {
      reader.read(this);
    },
    destroy(error, callback) {
      Promise.all([writer.end(error), reader.cancel(error)]).then(() => nextTick(callback, error));
    },
  });
  return duplex;
}
