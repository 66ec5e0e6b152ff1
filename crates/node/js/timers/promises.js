// node:timers/promises (https://nodejs.org/api/timers.html#timers-promises-api).

import {
  clearTimeout, scheduler as platform, setInterval as startInterval, setTimeout as startTimeout,
} from "holdfast:web/timers";
import { AbortError } from "../internal/errors.js";
import { validateAbortSignal, validateBoolean, validateNumber, validateObject } from "../internal/validators.js";

const aborted = (signal) => new AbortError(undefined, { cause: signal.reason });

/** The signal of `options`, which are checked; throws if it has fired. */
function signalOf(options) {
  validateObject(options, "options");
  const { signal, ref = true } = options;
  validateAbortSignal(signal, "options.signal");
  validateBoolean(ref, "options.ref");
  if (signal?.aborted) throw aborted(signal);
  return signal;
}

// A promise for `value` after `delay` milliseconds.
function after(delay, value, signal) {
  return new Promise((resolve, reject) => {
    const onAbort = () => {
      clearTimeout(timer);
      reject(aborted(signal));
    };
    const timer = startTimeout(() => {
      signal?.removeEventListener("abort", onAbort);
      resolve(value);
    }, delay);
    signal?.addEventListener("abort", onAbort, { once: true });
  });
}

async function setTimeout(delay, value, options = {}) {
  if (delay !== undefined) validateNumber(delay, "delay");
  return after(delay, value, signalOf(options));
}

async function setImmediate(value, options = {}) {
  return after(0, value, signalOf(options));
}

/** Gives `value` every `delay` milliseconds; times that passed while nobody read are made up for. */
async function* setInterval(delay, value, options = {}) {
  if (delay !== undefined) validateNumber(delay, "delay");
  const signal = signalOf(options);
  let due = 0;
  let wake;
  const timer = startInterval(() => {
    due++;
    wake?.();
  }, delay);
  const onAbort = () => wake?.();
  signal?.addEventListener("abort", onAbort, { once: true });
  try {
    for (;;) {
      if (signal?.aborted) throw aborted(signal);
      if (due === 0) {
        await new Promise((resolve) => (wake = resolve));
        continue;
      }
      due--;
      yield value;
    }
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", onAbort);
  }
}

const kScheduler = Symbol("kScheduler");

class Scheduler {
  [kScheduler] = true;

  yield() {
    return setImmediate();
  }

  wait(delay, options) {
    return platform.wait(delay, { signal: options?.signal });
  }
}

const scheduler = new Scheduler();

export { scheduler, setImmediate, setInterval, setTimeout };
export default { setTimeout, setImmediate, setInterval, scheduler };
