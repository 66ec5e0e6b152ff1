// AbortController and AbortSignal (https://dom.spec.whatwg.org/#aborting-ongoing-activities).

import { DOMException } from "./dom_exception.js";
import { Event } from "./event.js";
import { dispatchTrusted, EventTarget, listenerCount, observeListeners, setSignalHooks } from "./event_target.js";
import { startPlatformTimer } from "./timers.js";
import { argumentError, fieldError } from "./type_errors.js";
import { defineInterface, illegalConstructor, internalToken } from "./webidl.js";


let isSignal, isAborted, signalAbort, addAlgorithm, removeAlgorithm, follow, becomeAborted;

/** A reason of the platform's own. As in Workers it says, like a lost connection, that a retry may succeed. */
function disconnected(message, name) {
  const reason = new DOMException(message, name);
  reason.retryable = true;
  return reason;
}

export class AbortSignal extends EventTarget {
  #aborted = false;
  #reason;
  #onabort = null;
  /** @type {Set<() => void> | null} what the platform does when this signal aborts, in order of arrival */
  #algorithms = null;

  // A dependent signal (AbortSignal.any, a request's signal) holds its sources. A source holds a dependent only while
  // somebody would notice its abort (a listener or an algorithm); otherwise a signal that lives as long as its object
  // would collect one dependent for each request it was combined into.
  /** @type {Array<AbortSignal> | null} never dependent themselves */
  #sources = null;
  /** @type {WeakDependents | null} all dependents, in order of their creation */
  #dependents = null;
  /** @type {Set<AbortSignal> | null} */
  #watched = null;

  constructor() {
    if (arguments[0] !== internalToken) throw illegalConstructor();
    super();
  }

  static abort(reason = undefined) {
    const signal = createSignal();
    becomeAborted(signal, reason);
    return signal;
  }

  static timeout(milliseconds) {
    if (arguments.length === 0) throw argumentError("timeout", "AbortSignal", 1, "number");
    const delay = Number(milliseconds);
    const signal = createSignal();
    startPlatformTimer(delay, () => {
      signalAbort(signal, disconnected("The operation was aborted due to timeout", "TimeoutError"));
    });
    return signal;
  }

  static any(signals) {
    if (arguments.length === 0) throw argumentError("any", "AbortSignal", 1, "Array");
    const sources = [...signals];
    for (let i = 0; i < sources.length; i++) {
      if (!isSignal(sources[i])) {
        throw new TypeError(
          `Incorrect type for array element ${i}: the provided value is not of type 'AbortSignal'.`,
        );
      }
    }
    return createDependentSignal(sources);
  }

  get aborted() {
    return this.#aborted;
  }

  get reason() {
    return this.#reason;
  }

  throwIfAborted() {
    if (this.#aborted) throw this.#reason;
  }

  get onabort() {
    return this.#onabort;
  }

  set onabort(handler) {
    this.#onabort = typeof handler === "function" ? handler : null;
    this.#watch();
  }

  // Keeps the sources' strong references in step with whether an abort of this signal would be noticed.
  #watch() {
    if (this.#sources === null) return;
    const noticed = !this.#aborted &&
      (this.#onabort !== null || (this.#algorithms?.size ?? 0) > 0 || listenerCount(this, "abort") > 0);
    for (const source of this.#sources) {
      if (noticed) (source.#watched ??= new Set()).add(this);
      else source.#watched?.delete(this);
    }
  }

  // "Run the abort steps".
  #runAbortSteps() {
    const algorithms = this.#algorithms;
    this.#algorithms = null;
    this.#watch();
    if (algorithms !== null) {
      for (const algorithm of algorithms) algorithm();
    }
    dispatchTrusted(this, new Event("abort"));
  }

  static {
    isSignal = (value) => typeof value === "object" && value !== null && #aborted in value;
    isAborted = (signal) => signal.#aborted;

    becomeAborted = (signal, reason) => {
      signal.#reason = reason === undefined ? disconnected("The operation was aborted", "AbortError") : reason;
      signal.#aborted = true;
    };

    // "Signal abort". Every dependent has its reason before any code of the user runs.
    signalAbort = (signal, reason = undefined) => {
      if (signal.#aborted) return;
      becomeAborted(signal, reason);
      const toAbort = [signal];
      if (signal.#dependents !== null) {
        for (const dependent of signal.#dependents.live()) {
          if (dependent.#aborted) continue;
          becomeAborted(dependent, signal.#reason);
          toAbort.push(dependent);
        }
        signal.#dependents = null;
      }
      let failed = false;
      let failure;
      for (const each of toAbort) {
        try {
          each.#runAbortSteps();
        } catch (error) {
          // One listener's exception must not leave other signals half aborted; the caller still gets the first.
          if (!failed) failure = error;
          failed = true;
        }
      }
      signal.#watched = null;
      if (failed) throw failure;
    };

    addAlgorithm = (signal, algorithm) => {
      if (signal.#aborted) return;
      (signal.#algorithms ??= new Set()).add(algorithm);
      signal.#watch();
    };

    removeAlgorithm = (signal, algorithm) => {
      if (signal.#algorithms?.delete(algorithm)) signal.#watch();
    };

    follow = (dependent, sources) => {
      const roots = new Set();
      for (const source of sources) {
        // A dependent source stands for its own sources, so that chains do not grow.
        if (source.#sources === null) roots.add(source);
        else for (const root of source.#sources) roots.add(root);
      }
      if (roots.size === 0) return;
      dependent.#sources = [...roots];
      for (const root of roots) (root.#dependents ??= new WeakDependents()).add(dependent);
      observeListeners(dependent, () => dependent.#watch());
    };
  }
}

/** Weakly held signals, in order; entries of collected ones are dropped as the list grows. */
class WeakDependents {
  #references = [];
  #sweepAt = 16;

  add(signal) {
    if (this.#references.length >= this.#sweepAt) {
      this.#references = this.#references.filter((reference) => reference.deref() !== undefined);
      this.#sweepAt = Math.max(16, this.#references.length * 2);
    }
    this.#references.push(new WeakRef(signal));
  }

  live() {
    return this.#references.map((reference) => reference.deref()).filter((signal) => signal !== undefined);
  }
}

export class AbortController {
  #signal = createSignal();

  get signal() {
    return this.#signal;
  }

  abort(reason = undefined) {
    signalAbort(this.#signal, reason);
  }
}

defineInterface(AbortSignal);
defineInterface(AbortController);

/** A new signal that is not aborted; `signalAbort` aborts it. */
export function createSignal() {
  return new AbortSignal(internalToken);
}

/**
 * "Create a dependent abort signal": it aborts when the first of `sources` does, with the same reason.
 * @param {Array<AbortSignal>} sources
 */
export function createDependentSignal(sources) {
  const signal = createSignal();
  for (const source of sources) {
    if (isAborted(source)) {
      becomeAborted(signal, source.reason);
      return signal;
    }
  }
  follow(signal, sources);
  return signal;
}

/**
 * Reads the member `signal` of an options dictionary.
 * @param {string} dictionary the name of the dictionary, for the error
 * @returns {AbortSignal | undefined}
 */
export function signalOption(options, dictionary) {
  const signal = options?.signal;
  if (signal === undefined || signal === null) return undefined;
  if (!isSignal(signal)) throw fieldError("signal", dictionary, "AbortSignal");
  return signal;
}

export {
  /** `addAlgorithm(signal, algorithm)`: runs before the listeners when `signal` aborts; must not throw. No effect once aborted. */
  addAlgorithm,
  /** `isSignal(value)`: the brand check. */
  isSignal,
  removeAlgorithm,
  /** `signalAbort(signal, reason?)`: throws what the first failing listener throws, after every listener has had its turn. */
  signalAbort,
};

setSignalHooks({ isSignal, isAborted, onAbort: addAlgorithm });
