// Readable.from(): a stream of what an iterable gives.

import { Buffer } from "../../buffer.js";
import { ERR_INVALID_ARG_TYPE, ERR_STREAM_NULL_VALUES } from "../errors.js";
import { nextTick } from "../process/next_tick.js";

/** @param Readable the class, or a subclass of it */
export function readableFrom(Readable, iterable, options) {
  // A string is one chunk and not its characters.
  if (typeof iterable === "string" || iterable instanceof Buffer) {
    return new Readable({
      objectMode: true,
      ...options,
      read() {
        this.push(iterable);
        this.push(null);
      },
    });
  }
  const asyncMethod = iterable?.[Symbol.asyncIterator];
  const method = asyncMethod ?? iterable?.[Symbol.iterator];
  if (!method) throw new ERR_INVALID_ARG_TYPE("iterable", ["Iterable"], iterable);
  const source = new Source(method.call(iterable), Boolean(asyncMethod));

  const stream = new Readable({ objectMode: true, highWaterMark: 1, ...options });
  stream._read = () => source.run(stream);
  const inherited = stream._destroy;
  stream._destroy = function (error, callback) {
    inherited.call(this, error, (inheritedError) => {
      source.close(error).then(
        // Later, so that an exception of the callback is nobody's rejection.
        () => nextTick(callback, inheritedError || error),
        (closeError) => nextTick(callback, closeError || error),
      );
    });
  };
  return stream;
}

class Source {
  #iterator;
  #isAsync;
  #running = false;

  constructor(iterator, isAsync) {
    this.#iterator = iterator;
    this.#isAsync = isAsync;
  }

  /** Pushes until the stream has enough. */
  run(stream) {
    if (this.#running) return;
    this.#running = true;
    if (this.#isAsync) this.#push(stream);
    else this.#pushNow(stream);
  }

  // Values that are there are pushed without a promise in between; the first that is a promise ends that.
  #pushNow(stream) {
    for (;;) {
      try {
        const { value, done } = this.#iterator.next();
        if (done) {
          stream.push(null);
          return;
        }
        if (typeof value?.then === "function") {
          this.#pushLater(stream, value);
          return;
        }
        if (!this.#pushValue(stream, value)) return;
      } catch (error) {
        stream.destroy(error);
        return;
      }
    }
  }

  async #pushLater(stream, promise) {
    try {
      if (this.#pushValue(stream, await promise)) this.#pushNow(stream);
    } catch (error) {
      stream.destroy(error);
    }
  }

  async #push(stream) {
    for (;;) {
      try {
        const { value, done } = await this.#iterator.next();
        if (done) {
          stream.push(null);
          return;
        }
        if (!this.#pushValue(stream, value)) return;
      } catch (error) {
        stream.destroy(error);
        return;
      }
    }
  }

  #pushValue(stream, value) {
    if (value === null) {
      this.#running = false;
      throw new ERR_STREAM_NULL_VALUES();
    }
    if (stream.push(value)) return true;
    this.#running = false;
    return false;
  }

  /** Lets a generator run its `finally` blocks, or throws the error into it. */
  async close(error) {
    const iterator = this.#iterator;
    if (error !== undefined && error !== null && typeof iterator.throw === "function") {
      const { value, done } = await iterator.throw(error);
      await value;
      if (done) return;
    }
    if (typeof iterator.return === "function") {
      const { value } = await iterator.return();
      await value;
    }
  }
}
