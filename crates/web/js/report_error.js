// Errors that nobody caught: reportError(), and the global events error, unhandledrejection and rejectionhandled
// (https://html.spec.whatwg.org/#report-the-exception, #unhandled-promise-rejections).

import { op_console } from "holdfast:ops";
import { ErrorEvent } from "./error_event.js";
import { dispatchTrusted, listenerCount } from "./event_target.js";
import { inspect } from "./inspect.js";
import { PromiseRejectionEvent } from "./promise_rejection_event.js";
import { argumentError, GLOBAL_SCOPE } from "./type_errors.js";
import { internalToken } from "./webidl.js";

// True while an error event is being dispatched: an exception in its own listener must not dispatch another.
let reporting = false;

function logUncaught(error) {
  op_console("error", `Uncaught ${inspect(error)}`);
}

// The place of an error is the first frame of its stack; `undefined` where there is none.
function placeOf(error) {
  if (!Error.isError(error)) return undefined;
  const stack = error.stack;
  const match = typeof stack === "string" ? /\n\s+at (?:.*\()?(.+?):(\d+):(\d+)\)?(?:\n|$)/.exec(stack) : null;
  return match === null ? undefined : { filename: match[1], lineno: Number(match[2]), colno: Number(match[3]) };
}

function messageOf(error) {
  try {
    return `Uncaught ${error}`;
  } catch {
    // A value without a string form (an object with a null prototype, a throwing toString).
    return `Uncaught ${typeof error}`;
  }
}

/**
 * "Report an exception": fires `error` at the global object and, unless a listener cancels it, writes the exception to
 * the console. Never throws.
 */
export function reportException(error) {
  if (reporting) {
    logUncaught(error);
    return;
  }
  reporting = true;
  let handled = false;
  try {
    const event = new ErrorEvent("error", { cancelable: true, message: messageOf(error), ...placeOf(error), error });
    handled = !dispatchTrusted(globalThis, event);
  } catch (failure) {
    logUncaught(failure);
  } finally {
    reporting = false;
  }
  if (!handled) logUncaught(error);
}

export function reportError(error) {
  if (arguments.length === 0) throw argumentError("reportError", GLOBAL_SCOPE, 1, "Value");
  reportException(error);
}

function dispatchRejection(type, reason, promise, cancelable) {
  // Nobody listens in most programs: no event is made.
  const heard = listenerCount(globalThis, type) > 0 || typeof globalThis[`on${type}`] === "function";
  if (!heard) return false;
  try {
    dispatchTrusted(globalThis, new PromiseRejectionEvent(internalToken, type, { cancelable, promise, reason }));
  } catch (error) {
    reportException(error);
  }
  return true;
}

/**
 * For the host, at the end of a turn in which `promise` was left rejected without a handler.
 * @returns {boolean} whether the program listens for it; if not, the host logs the rejection
 */
export function dispatchUnhandledRejection(reason, promise) {
  return dispatchRejection("unhandledrejection", reason, promise, true);
}

/** For the host, when a promise that was reported gets a handler after all. */
export function dispatchRejectionHandled(reason, promise) {
  dispatchRejection("rejectionhandled", reason, promise, false);
}
