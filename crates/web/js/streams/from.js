// ReadableStream.from() (https://streams.spec.whatwg.org/#abstract-opdef-readablestreamfromiterable).

import { PromisePrototypeThen, PromiseReject, PromiseResolve, ReflectApply, SymbolAsyncIterator, SymbolIterator }
  from "../primordials.js";
import { argumentError } from "../type_errors.js";
import { isObject } from "../webidl.js";
import { RESOLVED } from "./promises.js";
import { ReadableRecord } from "./readable_core.js";
import { DefaultController, startController } from "./readable_default_controller.js";

/** A stream record that gives what the (async) iterable gives. TypeError if the value is not iterable. */
export function readableFrom(iterable) {
  const source = new IteratorSource(getIterator(iterable));
  const stream = new ReadableRecord();
  startController(new DefaultController(stream, source, 0, undefined), RESOLVED);
  return stream;
}

// GetIterator(value, async)
function getIterator(value) {
  if (value === undefined || value === null) throw notIterable();
  const asyncMethod = value[SymbolAsyncIterator];
  const isAsync = asyncMethod !== undefined && asyncMethod !== null;
  const method = isAsync ? asyncMethod : value[SymbolIterator];
  if (typeof method !== "function") throw notIterable();
  const iterator = ReflectApply(method, value, []);
  if (!isObject(iterator)) throw new TypeError("The iterator method did not return an object.");
  return { iterator, next: iterator.next, isAsync };
}

function notIterable() {
  return argumentError("from", "ReadableStream", 1, "AsyncGenerator");
}

class IteratorSource {
  #iterator;
  #next;
  #isAsync;

  constructor({ iterator, next, isAsync }) {
    this.#iterator = iterator;
    this.#next = next;
    this.#isAsync = isAsync;
  }

  pull(controller) {
    let result;
    try {
      result = ReflectApply(this.#next, this.#iterator, []);
      if (!this.#isAsync) return this.#takeSync(controller, result);
      result = PromiseResolve(result);
    } catch (error) {
      return PromiseReject(error);
    }
    return PromisePrototypeThen(result, (value) => {
      if (!isObject(value)) throw new TypeError("The promise of the iterator's next() did not give an object.");
      if (value.done) controller.close();
      else controller.enqueue(value.value);
    });
  }

  // What %AsyncFromSyncIteratorPrototype%.next does: the value of a result may be a promise.
  #takeSync(controller, result) {
    if (!isObject(result)) throw new TypeError("The iterator's next() did not return an object.");
    const { done, value } = result;
    return PromisePrototypeThen(
      PromiseResolve(value),
      (settled) => {
        if (done) controller.close();
        else controller.enqueue(settled);
      },
      (error) => {
        if (!done) this.#closeAfterFailure();
        throw error;
      },
    );
  }

  // AsyncIteratorClose on a throw completion: what return() does is of no interest.
  #closeAfterFailure() {
    try {
      const method = this.#iterator.return;
      if (method !== undefined && method !== null) ReflectApply(method, this.#iterator, []);
    } catch {
      // The rejection of the value is the error to report.
    }
  }

  cancel(reason) {
    let result;
    try {
      const method = this.#iterator.return;
      if (method === undefined || method === null) return undefined;
      result = ReflectApply(method, this.#iterator, [reason]);
      if (!this.#isAsync) {
        if (!isObject(result)) throw new TypeError("The iterator's return() did not return an object.");
        return PromiseResolve(result.value);
      }
      result = PromiseResolve(result);
    } catch (error) {
      return PromiseReject(error);
    }
    return PromisePrototypeThen(result, (value) => {
      if (!isObject(value)) throw new TypeError("The promise of the iterator's return() did not give an object.");
    });
  }
}
