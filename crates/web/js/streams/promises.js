// Promises as the stream machinery uses them: made only when somebody looks, never through user-visible `then`.

import { noop, PromiseConstructor, PromisePrototypeThen, PromiseReject, PromiseResolve } from "../primordials.js";

/** A promise that is already fulfilled with undefined; shared, since nobody can tell. Never hand it to user code. */
export const RESOLVED = PromiseResolve(undefined);

let executorResolve;
let executorReject;
// One executor for all promises: `new Promise` calls it at once, so two variables are enough to get its functions out.
function executor(resolve, reject) {
  executorResolve = resolve;
  executorReject = reject;
}

/** A promise with the functions that settle it. */
export class Deferred {
  promise;
  resolve;
  reject;

  constructor() {
    this.promise = new PromiseConstructor(executor);
    this.resolve = executorResolve;
    this.reject = executorReject;
    executorResolve = executorReject = undefined;
  }
}

/**
 * The promise of an operation that may be over before it returns: then there is no pair of resolving functions to make.
 * Settle it once; call `take()` once, after the operation was started.
 */
export class PromiseOnDemand {
  #promise = undefined;
  #deferred = undefined;

  resolve(value) {
    if (this.#deferred === undefined) this.#promise = PromiseResolve(value);
    else this.#deferred.resolve(value);
  }

  reject(reason) {
    if (this.#deferred === undefined) this.#promise = PromiseReject(reason);
    else this.#deferred.reject(reason);
  }

  take() {
    if (this.#promise === undefined) {
      this.#deferred = new Deferred();
      this.#promise = this.#deferred.promise;
    }
    return this.#promise;
  }
}

/** Set [[PromiseIsHandled]] to true: a rejection of this promise is not reported as unhandled. */
export function markHandled(promise) {
  PromisePrototypeThen(promise, undefined, noop);
}

/** "Wait for all" of two promises: a promise for undefined, rejected as the first of them that is. */
export function waitForBoth(first, second) {
  const both = new Deferred();
  let waiting = 2;
  const settled = () => {
    waiting -= 1;
    if (waiting === 0) both.resolve(undefined);
  };
  PromisePrototypeThen(first, settled, both.reject);
  PromisePrototypeThen(second, settled, both.reject);
  return both.promise;
}

/** Runs `steps` in a microtask of its own. */
export function queueMicrotaskSteps(steps) {
  PromisePrototypeThen(RESOLVED, steps);
}

const PENDING = 0;
const FULFILLED = 1;
const REJECTED = 2;

/**
 * A promise slot (`closed`, `ready`) whose promise exists only once it was asked for. The promise is
 * marked as handled when it is rejected, as all promises kept in such slots are.
 */
export class LazyPromise {
  #state = PENDING;
  #reason = undefined;
  #makeReason = undefined;
  #promise = undefined;
  #deferred = undefined;

  static fulfilled() {
    const slot = new LazyPromise();
    slot.#state = FULFILLED;
    return slot;
  }

  static rejected(reason) {
    const slot = new LazyPromise();
    slot.#state = REJECTED;
    slot.#reason = reason;
    return slot;
  }

  /** Rejected with what `makeReason()` returns, called only if the promise is asked for: errors are costly to make. */
  static rejectedBy(makeReason) {
    const slot = new LazyPromise();
    slot.#state = REJECTED;
    slot.#makeReason = makeReason;
    return slot;
  }

  get isPending() {
    return this.#state === PENDING;
  }

  /** Whether somebody holds the promise. */
  get isTaken() {
    return this.#promise !== undefined;
  }

  get promise() {
    if (this.#promise === undefined) {
      if (this.#state === PENDING) {
        this.#deferred = new Deferred();
        this.#promise = this.#deferred.promise;
      } else if (this.#state === FULFILLED) {
        this.#promise = PromiseResolve(undefined);
      } else {
        this.#promise = PromiseReject(this.#makeReason === undefined ? this.#reason : this.#makeReason());
        markHandled(this.#promise);
      }
    }
    return this.#promise;
  }

  /** Fulfils with undefined; nothing happens if settled already. */
  resolve() {
    if (this.#state !== PENDING) return;
    this.#state = FULFILLED;
    if (this.#deferred !== undefined) {
      this.#deferred.resolve(undefined);
      this.#deferred = undefined;
    }
  }

  /** Nothing happens if settled already. */
  reject(reason) {
    if (this.#state !== PENDING) return;
    this.#state = REJECTED;
    this.#reason = reason;
    if (this.#deferred !== undefined) {
      markHandled(this.#promise);
      this.#deferred.reject(reason);
      this.#deferred = undefined;
    }
  }
}
