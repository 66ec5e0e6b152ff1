// Timeout: what setTimeout() and setInterval() of Node give.

import {
  clearTimeout as stop, setInterval as startInterval, setTimeout as startTimeout,
} from "holdfast:web/timers";
import { validateFunction } from "../validators.js";

const { dispose, toPrimitive } = Symbol;

let stopTimeout;

export class Timeout {
  #id;
  #callback;
  #delay;
  #args;
  #repeats;
  #isReferenced = true;

  constructor(callback, ...[delay = 1, args = [], repeats = false]) {
    this.#callback = callback;
    this.#delay = delay;
    this.#args = args;
    this.#repeats = repeats;
    this.#start();
  }

  #start() {
    const start = this.#repeats ? startInterval : startTimeout;
    this.#id = start(this.#callback, this.#delay, ...this.#args);
  }

  /** Starts the time again, also of one that has fired. */
  refresh() {
    stop(this.#id);
    this.#start();
    return this;
  }

  // Nothing keeps a Worker running but its requests: these two are only remembered.
  unref() {
    this.#isReferenced = false;
    return this;
  }

  ref() {
    this.#isReferenced = true;
    return this;
  }

  hasRef() {
    return this.#isReferenced;
  }

  close() {
    stop(this.#id);
    return this;
  }

  [dispose]() {
    stop(this.#id);
  }

  /** The number by which clearTimeout() of the Web knows it, too. */
  [toPrimitive]() {
    return this.#id;
  }

  static {
    stopTimeout = (timeout) => {
      if (typeof timeout !== "object" || timeout === null || !(#id in timeout)) return false;
      stop(timeout.#id);
      return true;
    };
  }
}

export function setTimeout(callback, delay, ...args) {
  validateFunction(callback, "callback");
  return new Timeout(callback, delay, args, false);
}

export function setInterval(callback, delay, ...args) {
  validateFunction(callback, "callback");
  return new Timeout(callback, delay, args, true);
}

/** What is no timer is ignored. */
export function clearTimeout(timer) {
  if (!stopTimeout(timer) && (typeof timer === "number" || typeof timer === "string")) stop(timer);
}

export function clearInterval(timer) {
  clearTimeout(timer);
}
