// stream.compose(): several streams as one Duplex, written to at the first and read from the last.

import { AbortError, ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE, ERR_MISSING_ARGS } from "../errors.js";
import { destroyStream } from "./destroy.js";
import { Duplex } from "./duplex.js";
import { onceFinished } from "./end_of_stream.js";
import {
  isNodeStream, isReadable, isReadableStream, isTransformStream, isWebStream, isWritable,
  isWritableNodeStream, isWritableStream,
} from "./kinds.js";
import { runPipeline } from "./pipeline.js";

export function compose(...streams) {
  if (streams.length === 0) throw new ERR_MISSING_ARGS("streams");
  if (streams.length === 1) return Duplex.from(streams[0]);
  const given = [...streams];
  if (typeof streams[0] === "function") streams[0] = Duplex.from(streams[0]);
  const last = streams.length - 1;
  if (typeof streams[last] === "function") streams[last] = Duplex.from(streams[last]);
  check(streams, given);
  return new Composition(streams).stream;
}

function check(streams, given) {
  streams.forEach((stream, index) => {
    if (!isNodeStream(stream) && !isWebStream(stream)) return;
    const isLast = index === streams.length - 1;
    const gives = isReadable(stream) || isReadableStream(stream) || isTransformStream(stream);
    const takes = isWritable(stream) || isWritableStream(stream) || isTransformStream(stream);
    if (!isLast && !gives) throw new ERR_INVALID_ARG_VALUE(`streams[${index}]`, given[index], "must be readable");
    if (index > 0 && !takes) throw new ERR_INVALID_ARG_VALUE(`streams[${index}]`, given[index], "must be writable");
  });
}

class Composition {
  #head;
  #tail;
  /** Callbacks of the outer stream that wait for the inner ones */
  #onDrain = null;
  #onFinish = null;
  #onReadable = null;
  #onClose = null;
  /** Whether the pipeline of the inner streams is over */
  #isOver = false;
  #readable;
  #writable;

  constructor(streams) {
    this.#head = streams[0];
    this.#tail = runPipeline(streams, (error) => this.#finished(error));
    const tail = this.#tail;
    const writable = this.#writable = Boolean(
      isWritable(this.#head) || isWritableStream(this.#head) || isTransformStream(this.#head),
    );
    const readable = this.#readable = Boolean(isReadable(tail) || isReadableStream(tail) || isTransformStream(tail));
    this.stream = new Duplex({
      writableObjectMode: Boolean(this.#head?.writableObjectMode),
      readableObjectMode: Boolean(tail?.readableObjectMode),
      writable,
      readable,
    });
    if (writable) {
      if (isNodeStream(this.#head)) this.#writeToNode();
      else this.#writeToWeb();
    }
    if (readable) {
      if (isNodeStream(tail)) this.#readFromNode();
      else this.#readFromWeb();
    }
    this.stream._destroy = (error, callback) => this.#destroy(error, callback);
  }

  #finished(error) {
    const callback = this.#onClose;
    this.#onClose = null;
    this.#isOver = true;
    if (callback) callback(error);
    else if (error) this.stream.destroy(error);
    else if (!this.#readable && !this.#writable) this.stream.destroy();
  }

  #writeToNode() {
    const head = this.#head;
    this.stream._write = (chunk, encoding, callback) => {
      if (head.write(chunk, encoding)) callback();
      else this.#onDrain = callback;
    };
    this.stream._final = (callback) => {
      head.end();
      this.#onFinish = callback;
    };
    head.on("drain", () => {
      const callback = this.#onDrain;
      this.#onDrain = null;
      callback?.();
    });
    // The outer stream is finished when the inner ones have given all that came of it.
    const tail = isTransformStream(this.#tail) ? this.#tail.readable : this.#tail;
    onceFinished(tail, {}, () => {
      const callback = this.#onFinish;
      this.#onFinish = null;
      callback?.();
    });
  }

  #writeToWeb() {
    const writer = (isTransformStream(this.#head) ? this.#head.writable : this.#head).getWriter();
    this.stream._write = async (chunk, encoding, callback) => {
      try {
        await writer.ready;
        writer.write(chunk).catch(() => {});
        callback();
      } catch (error) {
        callback(error);
      }
    };
    this.stream._final = async (callback) => {
      try {
        await writer.ready;
        writer.close().catch(() => {});
        this.#onFinish = callback;
      } catch (error) {
        callback(error);
      }
    };
    writer.closed.then(
      () => {
        const callback = this.#onFinish;
        this.#onFinish = null;
        callback?.();
      },
      () => {},
    );
  }

  #readFromNode() {
    const tail = this.#tail;
    tail.on("readable", () => {
      const read = this.#onReadable;
      this.#onReadable = null;
      read?.();
    });
    tail.on("end", () => this.stream.push(null));
    this.stream._read = () => {
      for (;;) {
        const chunk = tail.read();
        if (chunk === null) {
          this.#onReadable = this.stream._read;
          return;
        }
        if (!this.stream.push(chunk)) return;
      }
    };
  }

  #readFromWeb() {
    const reader = (isTransformStream(this.#tail) ? this.#tail.readable : this.#tail).getReader();
    this.stream._read = async () => {
      for (;;) {
        try {
          const { value, done } = await reader.read();
          if (done) {
            this.stream.push(null);
            return;
          }
          if (!this.stream.push(value)) return;
        } catch {
          // The pipeline reports it.
          return;
        }
      }
    };
  }

  // Ends the inner streams first; what comes of that is the outcome.
  #destroy(error, callback) {
    if (!error && !this.#isOver) error = new AbortError();
    this.#onReadable = this.#onDrain = this.#onFinish = null;
    if (isNodeStream(this.#tail)) destroyStream(this.#tail, error);
    if (this.#isOver) callback(error);
    else this.#onClose = callback;
  }
}

/** The method `compose` of Readable. */
export function composeWith(stream, options) {
  if (isNodeStream(stream) && !isWritableNodeStream(stream)) {
    throw new ERR_INVALID_ARG_VALUE("stream", stream, "must be writable");
  }
  const composed = compose(this, stream);
  const signal = options?.signal;
  if (signal) {
    if (!("aborted" in signal)) throw new ERR_INVALID_ARG_TYPE("options.signal", "AbortSignal", signal);
    const abort = () => destroyStream(composed, new AbortError(undefined, { cause: signal.reason }));
    if (signal.aborted) abort();
    else signal.addEventListener("abort", abort, { once: true });
  }
  return composed;
}
