// The methods of Readable that work as those of arrays: map, filter, reduce and so on.

import { AbortError, ERR_INVALID_ARG_TYPE, ERR_MISSING_ARGS, ERR_OUT_OF_RANGE } from "../errors.js";
import { validateAbortSignal, validateInteger, validateObject } from "../validators.js";
import { finished } from "./promises.js";

// In place of results: that there are no more, and that one is left out.
const END = Symbol("end");
const SKIP = Symbol("skip");

function checkFunction(fn, name = "fn") {
  if (typeof fn !== "function") throw new ERR_INVALID_ARG_TYPE(name, ["Function", "AsyncFunction"], fn);
}

function checkOptions(options) {
  if (options !== undefined && options !== null) validateObject(options, "options");
  if (options?.signal !== undefined && options.signal !== null) {
    validateAbortSignal(options.signal, "options.signal");
  }
}

function throwIfAborted(signal) {
  if (signal?.aborted) throw new AbortError(undefined, { cause: signal.reason });
}

// --- those that give a stream --------------------------------------------------------------------

/** @param {{concurrency?: number, signal?: AbortSignal}} [options] `concurrency`: how many calls run at a time */
function map(fn, options) {
  checkFunction(fn);
  checkOptions(options);
  const concurrency = options?.concurrency != null ? Math.floor(options.concurrency) : 1;
  validateInteger(concurrency, "concurrency", 1);
  return mapped(this, fn, concurrency, options?.signal);
}

/** Results in the order of their chunks. One counts as running until the reader has taken it. */
async function* mapped(stream, fn, concurrency, outerSignal) {
  const abort = new AbortController();
  const { signal } = abort;
  const onAbort = () => abort.abort();
  if (outerSignal?.aborted) onAbort();
  outerSignal?.addEventListener("abort", onAbort);
  const queue = [];
  let isOver = false;
  let wakeReader = null;
  let wakeSource = null;

  const failed = () => {
    isOver = true;
  };
  const arrived = () => {
    const wake = wakeReader;
    wakeReader = null;
    wake?.();
  };
  const taken = () => {
    const wake = wakeSource;
    wakeSource = null;
    wake?.();
  };

  async function run() {
    try {
      for await (const chunk of stream) {
        if (isOver) return;
        if (signal.aborted) throw new AbortError();
        let result;
        try {
          result = fn(chunk, { signal });
        } catch (error) {
          result = Promise.reject(error);
        }
        if (typeof result?.catch === "function") result.catch(failed);
        queue.push(result);
        arrived();
        if (!isOver && queue.length >= concurrency) {
          await new Promise((resolve) => {
            wakeSource = resolve;
          });
        }
      }
      queue.push(END);
    } catch (error) {
      const rejection = Promise.reject(error);
      rejection.catch(failed);
      queue.push(rejection);
    } finally {
      isOver = true;
      arrived();
      outerSignal?.removeEventListener("abort", onAbort);
    }
  }
  run();

  try {
    for (;;) {
      while (queue.length > 0) {
        const result = await queue[0];
        if (result === END) return;
        if (signal.aborted) throw new AbortError();
        if (result !== SKIP) yield result;
        queue.shift();
        taken();
      }
      await new Promise((resolve) => {
        wakeReader = resolve;
      });
    }
  } finally {
    abort.abort();
    isOver = true;
    taken();
  }
}

function filter(fn, options) {
  checkFunction(fn);
  async function keepOrSkip(value, fnOptions) {
    return (await fn(value, fnOptions)) ? value : SKIP;
  }
  return map.call(this, keepOrSkip, options);
}

function flatMap(fn, options) {
  const values = map.call(this, fn, options);
  return (async function* () {
    for await (const value of values) yield* value;
  })();
}

function asIndexedPairs(options) {
  checkOptions(options);
  const stream = this;
  return (async function* () {
    let index = 0;
    for await (const value of stream) {
      throwIfAborted(options?.signal);
      yield [index++, value];
    }
  })();
}

// A count of chunks; what is no number is none.
function count(number) {
  const value = Number(number);
  if (Number.isNaN(value)) return 0;
  if (value < 0) throw new ERR_OUT_OF_RANGE("number", ">= 0", value);
  return value;
}

function drop(number, options) {
  checkOptions(options);
  let rest = count(number);
  const stream = this;
  return (async function* () {
    throwIfAborted(options?.signal);
    for await (const value of stream) {
      throwIfAborted(options?.signal);
      if (rest-- <= 0) yield value;
    }
  })();
}

function take(number, options) {
  checkOptions(options);
  let rest = count(number);
  const stream = this;
  return (async function* () {
    throwIfAborted(options?.signal);
    for await (const value of stream) {
      throwIfAborted(options?.signal);
      if (rest-- > 0) yield value;
      // Not one chunk more than asked for is waited for.
      if (rest <= 0) return;
    }
  })();
}

// --- those that give a promise -------------------------------------------------------------------

async function forEach(fn, options) {
  checkFunction(fn);
  async function callAndForget(value, fnOptions) {
    await fn(value, fnOptions);
    return SKIP;
  }
  for await (const _ of map.call(this, callAndForget, options));
}

async function some(fn, options) {
  for await (const _ of filter.call(this, fn, options)) return true;
  return false;
}

async function every(fn, options) {
  checkFunction(fn);
  return !(await some.call(this, async (...args) => !(await fn(...args)), options));
}

async function find(fn, options) {
  for await (const value of filter.call(this, fn, options)) return value;
  return undefined;
}

async function reduce(reducer, initialValue, options) {
  checkFunction(reducer, "reducer");
  checkOptions(options);
  let hasValue = arguments.length > 1;
  if (options?.signal?.aborted) {
    const error = new AbortError(undefined, { cause: options.signal.reason });
    this.once("error", () => {});
    this.destroy(error);
    await finished(this, { cleanup: true });
    throw error;
  }
  const abort = new AbortController();
  const { signal } = abort;
  const onAbort = () => abort.abort();
  options?.signal?.addEventListener("abort", onAbort, { once: true });
  let isEmpty = true;
  try {
    for await (const value of this) {
      isEmpty = false;
      throwIfAborted(options?.signal);
      if (hasValue) {
        initialValue = await reducer(initialValue, value, { signal });
      } else {
        initialValue = value;
        hasValue = true;
      }
    }
    if (isEmpty && !hasValue) throw emptyReduce();
  } finally {
    abort.abort();
    options?.signal?.removeEventListener("abort", onAbort);
  }
  return initialValue;
}

function emptyReduce() {
  const error = new ERR_MISSING_ARGS("reduce");
  error.message = "Reduce of an empty stream requires an initial value";
  return error;
}

async function toArray(options) {
  checkOptions(options);
  const values = [];
  for await (const value of this) {
    if (options?.signal?.aborted) throw new AbortError(undefined, { cause: options.signal.reason });
    values.push(value);
  }
  return values;
}

/** Iterables: the methods of Readable make streams of them. */
export const streamOperators = { asIndexedPairs, drop, filter, flatMap, map, take };
export const promiseOperators = { every, forEach, reduce, toArray, some, find };
