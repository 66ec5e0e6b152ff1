// assert.throws(), rejects() and their opposites.

import { AssertionError } from "./assertion_error.js";
import { isDeepStrictEqual } from "./deep_equal.js";
import {
  ERR_AMBIGUOUS_ARGUMENT, ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE, ERR_INVALID_RETURN_VALUE,
} from "./errors.js";
import { inspect } from "./inspect.js";
import { isPromise, isRegExp } from "../util/types.js";
import { validateFunction } from "./validators.js";

/** Stands for "nothing was thrown", which every value could be. */
const NOTHING = Symbol("nothing");

function isPromiseLike(value) {
  return isPromise(value) ||
    (value !== null && typeof value === "object" && typeof value.then === "function" && typeof value.catch === "function");
}

function thrownBy(fn) {
  validateFunction(fn, "fn");
  try {
    fn();
  } catch (error) {
    return error;
  }
  return NOTHING;
}

async function rejectedBy(promiseFn) {
  let promise = promiseFn;
  if (typeof promiseFn === "function") {
    promise = promiseFn();
    if (!isPromiseLike(promise)) throw new ERR_INVALID_RETURN_VALUE("instance of Promise", "promiseFn", promise);
  } else if (!isPromiseLike(promiseFn)) {
    throw new ERR_INVALID_ARG_TYPE("promiseFn", ["Function", "Promise"], promiseFn);
  }
  try {
    await promise;
  } catch (error) {
    return error;
  }
  return NOTHING;
}

// `(fn, "message")` is a message and no expectation; anything else must be an expectation of some kind.
function sortArguments(actual, error, message) {
  if (typeof error === "string") {
    const text = Error.isError(actual) || (typeof actual === "object" && actual !== null) ? actual.message : actual;
    if (text === error) {
      throw new ERR_AMBIGUOUS_ARGUMENT(
        "error/message",
        typeof actual === "object" && actual !== null
          ? `The error message "${actual.message}" is identical to the message.`
          : `The error "${actual}" is identical to the message.`,
      );
    }
    return { expectation: undefined, message: error };
  }
  if (error !== undefined && error !== null && typeof error !== "object" && typeof error !== "function") {
    throw new ERR_INVALID_ARG_TYPE("error", ["Function", "Error", "RegExp", "Object"], error);
  }
  return { expectation: error, message };
}

function expectThrown(actual, startFn, error, note, operator) {
  const { expectation, message } = sortArguments(actual, error, note);
  if (actual === NOTHING) missing(startFn, expectation, message, operator);
  // A message of the program's own only says that nothing was thrown.
  if (expectation) compare(actual, expectation, startFn, operator);
}

function missing(stackStartFn, expectation, message, operator) {
  const named = expectation?.name ? ` (${expectation.name})` : "";
  if (operator === "throws") {
    const text = `Missing expected exception${named}${message ? `: ${message}` : "."}`;
    throw new AssertionError({ message: text, actual: undefined, expected: expectation, operator, stackStartFn });
  }
  // Beside an expectation the message is not shown.
  const text = `Missing expected rejection${named}${message && !expectation ? `: ${message}` : "."}`;
  const error = new AssertionError({ message: text, operator, stackStartFn });
  error.generatedMessage = true;
  throw error;
}

export function throws(startFn, fn, error, message) {
  expectThrown(thrownBy(fn), startFn, error, message, "throws");
}

export async function rejects(startFn, promiseFn, error, message) {
  expectThrown(await rejectedBy(promiseFn), startFn, error, message, "rejects");
}

function expectNothing(actual, stackStartFn, error, note, operator) {
  if (actual === NOTHING) return;
  const message = typeof error === "string" ? error : note;
  const expectation = typeof error === "string" ? undefined : error;
  if (expectation && typeof expectation !== "function" && !isRegExp(expectation)) {
    throw new ERR_INVALID_ARG_TYPE("expected", ["Function", "RegExp"], expectation);
  }
  let text = `Got unwanted exception${message ? `: ${message}` : "."}\nActual message: "${actual?.message}"`;
  if (expectation && isErrorClass(expectation)) {
    // Other errors are none of this assertion's business.
    if (!(actual instanceof expectation)) throw actual;
    text = `Got unwanted exception: ${actual.constructor.name}${message ? ` ${message}` : ""}`;
  }
  throw new AssertionError({ message: text, operator, stackStartFn });
}

export function doesNotThrow(startFn, fn, error, message) {
  expectNothing(thrownBy(fn), startFn, error, message, "doesNotThrow");
}

export async function doesNotReject(startFn, promiseFn, error, message) {
  expectNothing(await rejectedBy(promiseFn), startFn, error, message, "doesNotReject");
}

function isErrorClass(value) {
  return value === Error || Error.isPrototypeOf(value) || (value.prototype !== undefined && Error.isError(value.prototype));
}

// --- what was thrown against what was expected ---------------------------------------------------

function compare(actual, expectation, stackStartFn, operator) {
  const fail = (message) => {
    const error = new AssertionError({ actual, expected: expectation, message, operator, stackStartFn });
    error.generatedMessage = true;
    throw error;
  };
  if (isRegExp(expectation)) {
    if (expectation.test(String(actual))) return;
    fail(`The input did not match the regular expression ${inspect(expectation)}. Input:\n\n${inspect(String(actual))}\n`);
  } else if (typeof expectation === "object") {
    compareProperties(actual, expectation, stackStartFn, fail);
  } else {
    compareByFunction(actual, expectation, fail);
  }
}

function compareProperties(actual, expectation, stackStartFn, fail) {
  if (typeof actual !== "object" || actual === null) {
    fail(`object is expected to thrown, but got ${actual === null ? "null" : typeof actual}`);
  }
  const keys = Object.keys(expectation);
  if (Error.isError(expectation)) keys.push("name", "message");
  else if (keys.length === 0) throw new ERR_INVALID_ARG_VALUE("error", expectation, "may not be an empty object");
  for (const key of keys) {
    const wanted = expectation[key];
    if (typeof actual[key] === "string" && isRegExp(wanted) && wanted.test(actual[key])) continue;
    if (!(key in actual)) fail(`A key in the expected object is missing: ${key}`);
    if (isDeepStrictEqual(actual[key], wanted)) continue;
    throw new AssertionError({ actual: actual[key], expected: wanted, operator: "deepStrictEqual", stackStartFn });
  }
}

function compareByFunction(actual, expectation, fail) {
  if (expectation.prototype !== undefined && actual instanceof expectation) return;
  if (isErrorClass(expectation)) {
    const start = `The error is expected to be an instance of "${expectation.name}". Received `;
    if (Error.isError(actual)) fail(`${start}"${actual.constructor?.name}"\n\nError message:\n\n${actual.message}`);
    fail(`${start}"${inspect(actual, { depth: -1 })}"`);
  }
  const answer = Reflect.apply(expectation, {}, [actual]);
  if (answer === true) return;
  const name = expectation.name ? `"${expectation.name}" ` : "";
  let text = `The ${name}validation function is expected to return "true". Received ${inspect(answer)}`;
  if (Error.isError(actual)) text += `\n\nCaught error:\n\n${actual}`;
  fail(text);
}
