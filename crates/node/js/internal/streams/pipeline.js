// stream.pipeline(): streams, generators and functions, one after the other, that end together.

import {
  AbortError, aggregateTwoErrors, ERR_INVALID_ARG_TYPE, ERR_INVALID_RETURN_VALUE, ERR_MISSING_ARGS,
  ERR_STREAM_DESTROYED, ERR_STREAM_PREMATURE_CLOSE,
} from "../errors.js";
import { validateAbortSignal, validateFunction } from "../validators.js";
import { nextTick } from "../process/next_tick.js";
import { iterateReadable } from "./async_iterator.js";
import { destroyStream } from "./destroy.js";
import { Duplex } from "./duplex.js";
import { onceFinished } from "./end_of_stream.js";
import {
  isIterable, isNodeStream, isReadable, isReadableFinished, isReadableNodeStream, isReadableStream,
  isTransformStream, isWebStream,
} from "./kinds.js";
import { PassThrough } from "./passthrough.js";
import { Readable } from "./readable.js";

const PREMATURE_CLOSE = "ERR_STREAM_PREMATURE_CLOSE";

export function pipeline(...streams) {
  const callback = streams.pop();
  validateFunction(callback, "streams[stream.length - 1]");
  return runPipeline(streams, callback);
}

/** @param {{signal?: AbortSignal, end?: boolean}} [options] `end` false leaves the last stream open */
export function runPipeline(streams, callback, options) {
  if (streams.length === 1 && Array.isArray(streams[0])) [streams] = streams;
  if (streams.length < 2) throw new ERR_MISSING_ARGS("streams");
  validateAbortSignal(options?.signal, "options.signal");
  return new Pipeline(streams, callback, options).run();
}

class Pipeline {
  #streams;
  #callback;
  #outerSignal;
  /** Whether the last stream is ended, too */
  #end;
  #abortController = new AbortController();
  #error;
  #value;
  /** Pumps and ends of streams that are still awaited */
  #open = 0;
  #destroyers = [];
  /** What takes our listeners off the last stream, which others may go on reading */
  #cleanups = [];

  constructor(streams, callback, options) {
    this.#streams = streams;
    this.#callback = callback;
    this.#outerSignal = options?.signal;
    this.#end = options?.end !== false;
  }

  run() {
    const signal = this.#outerSignal;
    signal?.addEventListener("abort", this.#abort, { once: true });
    const last = this.#streams.length - 1;
    let flow;
    this.#streams.forEach((stream, index) => {
      const step = { stream, index, isFirst: index === 0, isLast: index === last };
      if (isNodeStream(stream)) this.#guard(step);
      flow = step.isFirst ? this.#source(stream) : this.#connect(flow, step);
    });
    if (this.#abortController.signal.aborted || signal?.aborted) nextTick(this.#abort);
    return flow;
  }

  // --- the end -----------------------------------------------------------------------------------

  #abort = () => this.#settle(new AbortError(undefined, { cause: this.#outerSignal?.reason }), false);

  /** One of those that were awaited is over. */
  #done = (error) => this.#settle(error, --this.#open === 0);

  #fail = (error) => this.#settle(error, false);

  #settle(error, isLast) {
    // What broke a stream says more than that it closed too early.
    if (error && (!this.#error || this.#error.code === PREMATURE_CLOSE)) this.#error = error;
    if (!this.#error && !isLast) return;
    while (this.#destroyers.length > 0) this.#destroyers.shift()(this.#error);
    this.#outerSignal?.removeEventListener("abort", this.#abort);
    this.#abortController.abort();
    if (!isLast) return;
    if (!this.#error) for (const cleanup of this.#cleanups) cleanup();
    nextTick(this.#callback, this.#error, this.#value);
  }

  // Makes the stream end with the others, and hears of its errors.
  #guard({ stream, isFirst, isLast }) {
    const staysReadable = isLast && isReadable(stream);
    if (!isLast || this.#end) this.#destroyLater(stream, !isLast, !isFirst, staysReadable);
    const onError = (error) => {
      if (error && error.name !== "AbortError" && error.code !== PREMATURE_CLOSE) this.#fail(error);
    };
    stream.on("error", onError);
    if (staysReadable) this.#cleanups.push(() => stream.removeListener("error", onError));
  }

  #destroyLater(stream, readable, writable, isLast) {
    let isOver = false;
    stream.on("close", () => {
      isOver = true;
    });
    const cleanup = onceFinished(stream, { readable, writable }, (error) => {
      isOver = !error;
    });
    this.#destroyers.push((error) => {
      if (isOver) return;
      isOver = true;
      destroyStream(stream, error || new ERR_STREAM_DESTROYED("pipe"));
    });
    if (isLast) this.#cleanups.push(cleanup);
  }

  // --- the streams -------------------------------------------------------------------------------

  #source(stream) {
    if (typeof stream === "function") {
      const made = stream({ signal: this.#abortController.signal });
      if (!isIterable(made)) throw new ERR_INVALID_RETURN_VALUE("Iterable, AsyncIterable or Stream", "source", made);
      return made;
    }
    if (isIterable(stream) || isReadableNodeStream(stream) || isTransformStream(stream)) return stream;
    return Duplex.from(stream);
  }

  /** Leads `flow` into the stream; gives what comes out of it. */
  #connect(flow, step) {
    const { stream, isLast } = step;
    const end = !isLast || this.#end;
    if (typeof stream === "function") return this.#call(flow, step);
    if (isNodeStream(stream)) {
      if (isReadableNodeStream(flow)) {
        this.#open += 2;
        const cleanup = this.#pipe(flow, stream, end);
        if (isLast && isReadable(stream)) this.#cleanups.push(cleanup);
      } else {
        this.#pump(readableSide(flow), stream, end);
      }
    } else if (isWebStream(stream)) {
      if (!isReadableNodeStream(flow) && !isReadableStream(flow) && !isTransformStream(flow) && !isIterable(flow)) {
        throw invalidFlow(flow);
      }
      this.#open++;
      pumpToWeb(iterate(readableSide(flow)), stream, this.#done, end);
    } else {
      return Duplex.from(stream);
    }
    return stream;
  }

  #call(flow, { stream: transform, index, isLast }) {
    const made = transform(iterate(readableSide(flow)), { signal: this.#abortController.signal });
    if (!isLast) {
      if (!isIterable(made, true)) {
        throw new ERR_INVALID_RETURN_VALUE("AsyncIterable", `transform[${index - 1}]`, made);
      }
      return made;
    }
    // The last function's result can be read, and its value goes to the callback.
    const output = new PassThrough({ objectMode: true });
    if (typeof made?.then === "function") {
      this.#open++;
      made.then(
        (value) => {
          this.#value = value;
          if (value !== null && value !== undefined) output.write(value);
          if (this.#end) output.end();
          nextTick(this.#done);
        },
        (error) => {
          output.destroy(error);
          nextTick(this.#done, error);
        },
      );
    } else if (isIterable(made, true) || isReadableStream(made) || isTransformStream(made)) {
      this.#pump(readableSide(made), output, this.#end);
    } else {
      throw new ERR_INVALID_RETURN_VALUE("AsyncIterable or Promise", "destination", made);
    }
    this.#destroyLater(output, false, true, true);
    return output;
  }

  #pump(flow, stream, end) {
    if (!isIterable(flow)) throw invalidFlow(flow);
    this.#open++;
    pumpToNode(flow, stream, this.#done, end);
  }

  // Two things are awaited: the end of the source, and that of the destination.
  #pipe(source, destination, end) {
    let isEnded = false;
    destination.on("close", () => {
      if (!isEnded) this.#fail(new ERR_STREAM_PREMATURE_CLOSE());
    });
    // The end comes by hand, so that we know of it.
    source.pipe(destination, { end: false });
    if (end) {
      const endDestination = () => {
        isEnded = true;
        destination.end();
      };
      if (isReadableFinished(source)) nextTick(endDestination);
      else source.once("end", endDestination);
    } else {
      this.#done();
    }
    onceFinished(source, { readable: true, writable: false }, (error) => {
      const state = source._readableState;
      if (error?.code === PREMATURE_CLOSE && state?.ended && !state.errored && !state.errorEmitted) {
        // It closed before its end was taken: its data is here, and the end will be.
        source.once("end", this.#done).once("error", this.#done);
      } else {
        this.#done(error);
      }
    });
    return onceFinished(destination, { readable: false, writable: true }, this.#done);
  }
}

function invalidFlow(flow) {
  const expected = ["Readable", "Iterable", "AsyncIterable", "ReadableStream", "TransformStream"];
  return new ERR_INVALID_ARG_TYPE("val", expected, flow);
}

function readableSide(flow) {
  return isTransformStream(flow) ? flow.readable : flow;
}

function iterate(flow) {
  if (isIterable(flow)) return flow;
  if (isReadableNodeStream(flow)) return iterateOldStyle(flow);
  throw new ERR_INVALID_ARG_TYPE("val", ["Readable", "Iterable", "AsyncIterable"], flow);
}

async function* iterateOldStyle(stream) {
  yield* iterateReadable(typeof stream.read === "function" ? stream : Readable.wrap(stream, { objectMode: true }));
}

async function pumpToNode(iterable, stream, done, end) {
  let failure;
  let wake = null;
  const resume = (error) => {
    if (error) failure = error;
    const waiting = wake;
    wake = null;
    waiting?.();
  };
  const wait = () =>
    new Promise((resolve, reject) => {
      if (failure) {
        reject(failure);
        return;
      }
      wake = () => (failure ? reject(failure) : resolve());
    });
  stream.on("drain", resume);
  const cleanup = onceFinished(stream, { readable: false }, resume);
  try {
    if (stream.writableNeedDrain) await wait();
    for await (const chunk of iterable) {
      if (!stream.write(chunk)) await wait();
    }
    if (end) {
      stream.end();
      await wait();
    }
    done();
  } catch (error) {
    done(failure === error ? error : aggregateTwoErrors(failure, error));
  } finally {
    cleanup();
    stream.off("drain", resume);
  }
}

async function pumpToWeb(iterable, stream, done, end) {
  const writer = (isTransformStream(stream) ? stream.writable : stream).getWriter();
  try {
    for await (const chunk of iterable) {
      await writer.ready;
      // A failure is found by whatever is awaited next.
      writer.write(chunk).catch(() => {});
    }
    await writer.ready;
    if (end) await writer.close();
    done();
  } catch (error) {
    try {
      await writer.abort(error);
      done(error);
    } catch (abortError) {
      done(abortError);
    }
  }
}
