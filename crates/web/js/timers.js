// Timers (https://html.spec.whatwg.org/#timers) and scheduler.wait().
//
// The table of active timers belongs to the context (one Worker invocation, one object), not to this realm, which many
// objects share: it lives on the native side, and so do the limit and the ids.

import { addAlgorithm, removeAlgorithm, signalOption } from "./abort.js";
import { op_timer_cancel, op_timer_start } from "holdfast:ops";
import { reportException } from "./report_error.js";
import { argumentError, GLOBAL_SCOPE } from "./type_errors.js";
import { defineInterface, illegalConstructor, internalToken } from "./webidl.js";

const { apply } = Reflect;
const NativePromise = Promise;
const { then } = Promise.prototype;
const resolved = Promise.resolve();

// A hundred years: what is longer is as good as never.
const DELAY_MS_MAX = 3_153_600_000_000;

function toDelay(value) {
  const delay = Number(value);
  // The comparison is false for NaN as well.
  if (!(delay > 0)) return 0;
  return delay > DELAY_MS_MAX ? DELAY_MS_MAX : Math.trunc(delay);
}

// What a callback throws is reported, so that an interval goes on.
function invoke(callback, args) {
  try {
    apply(callback, globalThis, args);
  } catch (error) {
    reportException(error);
  }
}

function startTimer(name, callback, delay, args, repeat) {
  if (typeof callback !== "function") throw argumentError(name, GLOBAL_SCOPE, 1, "function");
  return op_timer_start(toDelay(delay), () => invoke(callback, args), repeat, true);
}

export function setTimeout(callback, delay = undefined, ...args) {
  return startTimer("setTimeout", callback, delay, args, false);
}

export function setInterval(callback, delay = undefined, ...args) {
  return startTimer("setInterval", callback, delay, args, true);
}

// Timeouts and intervals share their ids; an id that is unknown, spent or of another context is ignored.
export function clearTimeout(id = undefined) {
  const number = Number(id);
  if (number > 0) op_timer_cancel(number);
}

export function clearInterval(id = undefined) {
  const number = Number(id);
  if (number > 0) op_timer_cancel(number);
}

/**
 * A timer of the platform itself: it does not count towards the limit of active timeouts.
 * @param {number} delay milliseconds; out of range is clamped
 * @returns {number} for `cancelPlatformTimer`
 */
export function startPlatformTimer(delay, callback) {
  return op_timer_start(toDelay(delay), () => invoke(callback, []), false, false);
}

export function cancelPlatformTimer(id) {
  op_timer_cancel(id);
}

export function queueMicrotask(callback) {
  if (typeof callback !== "function") throw argumentError("queueMicrotask", GLOBAL_SCOPE, 1, "function");
  apply(then, resolved, [() => invoke(callback, [])]);
}


export class Scheduler {
  #brand;

  constructor() {
    if (arguments[0] !== internalToken) throw illegalConstructor();
  }

  /** Resolves after `delay` milliseconds; rejects with the reason of `options.signal` when that aborts first. */
  async wait(delay, options = undefined) {
    this.#brand;
    if (arguments.length === 0) throw argumentError("wait", "Scheduler", 1, "number");
    const ms = toDelay(delay);
    const signal = signalOption(options, "WaitOptions");
    signal?.throwIfAborted();
    return new NativePromise((resolve, reject) => {
      if (signal === undefined) {
        startPlatformTimer(ms, resolve);
        return;
      }
      const onAbort = () => {
        cancelPlatformTimer(timer);
        reject(signal.reason);
      };
      const timer = startPlatformTimer(ms, () => {
        removeAlgorithm(signal, onAbort);
        resolve();
      });
      addAlgorithm(signal, onAbort);
    });
  }
}

defineInterface(Scheduler);

export const scheduler = new Scheduler(internalToken);
