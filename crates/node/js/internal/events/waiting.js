// events.once(), events.on() and events.addAbortListener(): waiting for events of an EventEmitter or an EventTarget.

import { AsyncIteratorPrototype, PromiseReject, PromiseResolve } from "holdfast:web/primordials";
import { queueMicrotask } from "holdfast:web/timers";
import { AbortError, ERR_INVALID_ARG_TYPE } from "../errors.js";
import { validateAbortSignal, validateFunction, validateObject } from "../validators.js";

const { asyncIterator, dispose } = Symbol;

function listen(target, name, listener, once) {
  if (typeof target.on === "function") {
    if (once) target.once(name, listener);
    else target.on(name, listener);
  } else if (typeof target.addEventListener === "function") {
    target.addEventListener(name, listener, { once });
  } else {
    throw new ERR_INVALID_ARG_TYPE("emitter", "EventEmitter", target);
  }
}

function unlisten(target, name, listener) {
  if (typeof target.removeListener === "function") target.removeListener(name, listener);
  else if (typeof target.removeEventListener === "function") target.removeEventListener(name, listener);
  else throw new ERR_INVALID_ARG_TYPE("emitter", "EventEmitter", target);
}

function signalOf(options) {
  const signal = options?.signal;
  validateAbortSignal(signal, "options.signal");
  return signal;
}

/** A promise for the arguments of the next event `name`; `error` rejects it, where that is another event. */
export async function once(emitter, name, options = {}) {
  if (options !== null) validateObject(options, "options");
  const signal = signalOf(options);
  if (signal?.aborted) throw new AbortError(undefined, { cause: signal.reason });
  return new Promise((resolve, reject) => {
    const stop = () => {
      unlisten(emitter, name, onEvent);
      // An EventTarget has no such convention about `error`.
      if (typeof emitter.removeListener === "function") emitter.removeListener("error", onError);
      if (signal) unlisten(signal, "abort", onAbort);
    };
    const onEvent = (...args) => {
      stop();
      resolve(args);
    };
    const onError = (error) => {
      stop();
      reject(error);
    };
    const onAbort = () => {
      stop();
      reject(new AbortError());
    };
    listen(emitter, name, onEvent, true);
    if (name !== "error" && typeof emitter.once === "function") emitter.once("error", onError);
    if (signal) listen(signal, "abort", onAbort, true);
  });
}

/** An async iterator over the arguments of every event `name`, which ends with `error` or when the signal fires. */
export function on(emitter, name, options = {}) {
  if (options !== null) validateObject(options, "options");
  const signal = signalOf(options);
  if (signal?.aborted) throw new AbortError();
  const events = [];
  const readers = [];
  /** What the next read gives once the events are used up; [error] until it was given. */
  let failure = null;
  let finished = false;

  const result = (value, done) => ({ value, done });
  const onEvent = (...args) => {
    const reader = readers.shift();
    if (reader === undefined) events.push(args);
    else reader.resolve(result(args, false));
  };
  const onError = (error) => {
    const reader = readers.shift();
    if (reader === undefined) failure = [error];
    else reader.reject(error);
    iterator.return();
  };
  const onAbort = () => onError(new AbortError());
  const stop = () => {
    unlisten(emitter, name, onEvent);
    unlisten(emitter, "error", onError);
  };

  const iterator = Object.setPrototypeOf({
    next() {
      if (events.length > 0) return PromiseResolve(result(events.shift(), false));
      if (failure !== null) {
        const [error] = failure;
        failure = null;
        return PromiseReject(error);
      }
      if (finished) return PromiseResolve(result(undefined, true));
      return new Promise((resolve, reject) => readers.push({ resolve, reject }));
    },

    return() {
      stop();
      if (signal) unlisten(signal, "abort", onAbort);
      finished = true;
      for (const reader of readers) reader.resolve(result(undefined, true));
      return PromiseResolve(result(undefined, true));
    },

    throw(error) {
      if (!(error instanceof Error)) throw new ERR_INVALID_ARG_TYPE("EventEmitter.AsyncIterator", "Error", error);
      failure = [error];
      stop();
    },

    [asyncIterator]() {
      return this;
    },
  }, AsyncIteratorPrototype);

  listen(emitter, name, onEvent, false);
  if (name !== "error" && typeof emitter.on === "function") emitter.on("error", onError);
  if (signal) listen(signal, "abort", onAbort, true);
  return iterator;
}

/** Calls `listener` when `signal` fires, soon if it has; the result's `[Symbol.dispose]` takes that back. */
export function addAbortListener(signal, listener) {
  if (signal === undefined) throw new ERR_INVALID_ARG_TYPE("signal", "AbortSignal", signal);
  validateAbortSignal(signal, "signal");
  validateFunction(listener, "listener");
  let remove;
  if (signal.aborted) {
    queueMicrotask(() => listener());
  } else {
    signal.addEventListener("abort", listener, { once: true });
    remove = () => signal.removeEventListener("abort", listener);
  }
  return {
    __proto__: null,
    [dispose]() {
      remove?.();
    },
  };
}
