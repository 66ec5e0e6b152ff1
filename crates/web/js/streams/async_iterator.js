// Asynchronous iteration of a ReadableStream (https://streams.spec.whatwg.org/#rs-asynciterator) with the rules of Web
// IDL for asynchronous iterators (https://webidl.spec.whatwg.org/#es-asynchronous-iterable).

import { AsyncIteratorPrototype, ObjectCreate, PromisePrototypeThen, PromiseReject, PromiseResolve,
  ReflectDefineProperty, SymbolToStringTag } from "../primordials.js";
import { illegalInvocation } from "../webidl.js";
import { PromiseOnDemand } from "./promises.js";
import { cancelByReader, releaseReader } from "./readable_core.js";
import { acquireDefaultReader, readFromReader } from "./readable_default_reader.js";

/** The read request of one `next()`; the iteration ends with the stream. */
class NextRequest extends PromiseOnDemand {
  isAnswered = false;
  #iteration;

  constructor(iteration) {
    super();
    this.#iteration = iteration;
  }

  chunkSteps(chunk) {
    this.isAnswered = true;
    this.#iteration.readIsAnswered(this);
    this.resolve({ value: chunk, done: false });
  }

  closeSteps() {
    this.isAnswered = true;
    this.#iteration.readIsAnswered(this);
    this.#iteration.finish();
    this.resolve({ value: undefined, done: true });
  }

  errorSteps(error) {
    this.isAnswered = true;
    this.#iteration.readIsAnswered(this);
    this.#iteration.finish();
    this.reject(error);
  }
}

/** The state of one iteration. A call waits for the one before it to settle; if there is none it starts at once. */
class Iteration {
  #reader;
  #preventCancel;
  /** The promise of the last call ("ongoing promise"), undefined once it is settled */
  #ongoing = undefined;
  /** The read that the ongoing promise belongs to, if it belongs to one directly */
  #ongoingRead = undefined;
  #isFinished = false;

  constructor(reader, preventCancel) {
    this.#reader = reader;
    this.#preventCancel = preventCancel;
  }

  next() {
    if (this.#ongoing !== undefined) return this.#afterOngoing(() => this.#read().take());
    const request = this.#read();
    const promise = request.take();
    if (!request.isAnswered) {
      this.#ongoing = promise;
      this.#ongoingRead = request;
    }
    return promise;
  }

  return(value) {
    if (this.#ongoing !== undefined) return this.#afterOngoing(() => this.#return(value));
    const promise = this.#return(value);
    this.#setOngoing(promise);
    return promise;
  }

  readIsAnswered(request) {
    if (this.#ongoingRead !== request) return;
    this.#ongoingRead = undefined;
    this.#ongoing = undefined;
  }

  /** The stream has ended: the lock is given back. */
  finish() {
    this.#isFinished = true;
    releaseReader(this.#reader);
  }

  #afterOngoing(steps) {
    const promise = PromisePrototypeThen(this.#ongoing, steps, steps);
    this.#setOngoing(promise);
    return promise;
  }

  #setOngoing(promise) {
    this.#ongoingRead = undefined;
    this.#ongoing = promise;
    const settled = () => {
      if (this.#ongoing === promise) this.#ongoing = undefined;
    };
    PromisePrototypeThen(promise, settled, settled);
  }

  #read() {
    const request = new NextRequest(this);
    if (this.#isFinished) {
      request.isAnswered = true;
      request.resolve({ value: undefined, done: true });
    } else {
      readFromReader(this.#reader, request);
    }
    return request;
  }

  #return(value) {
    if (this.#isFinished) return PromiseResolve({ value, done: true });
    this.#isFinished = true;
    if (this.#preventCancel) {
      releaseReader(this.#reader);
      return PromiseResolve({ value, done: true });
    }
    const canceled = cancelByReader(this.#reader, value);
    releaseReader(this.#reader);
    return PromisePrototypeThen(canceled, () => ({ value, done: true }));
  }
}

class ReturnArgument {
  constructor(object) {
    return object;
  }
}

/** Puts a private field on iterator objects, whose prototype Web IDL prescribes. */
class Iterator extends ReturnArgument {
  #iteration;

  constructor(iteration) {
    super(ObjectCreate(iteratorPrototype));
    this.#iteration = iteration;
  }

  static iterationOf(value) {
    return typeof value === "object" && value !== null && #iteration in value ? value.#iteration : undefined;
  }
}

// %ReadableStreamAsyncIteratorPrototype%
const iteratorPrototype = {
  __proto__: AsyncIteratorPrototype,

  next() {
    const iteration = Iterator.iterationOf(this);
    return iteration === undefined ? PromiseReject(illegalInvocation()) : iteration.next();
  },

  return(value) {
    const iteration = Iterator.iterationOf(this);
    return iteration === undefined ? PromiseReject(illegalInvocation()) : iteration.return(value);
  },
};
ReflectDefineProperty(iteratorPrototype, SymbolToStringTag, {
  value: "ReadableStreamAsyncIterator",
  configurable: true,
});

/** The asynchronous iterator of a stream record; TypeError if it is locked. */
export function iterateReadable(stream, preventCancel) {
  return new Iterator(new Iteration(acquireDefaultReader(stream), preventCancel));
}
