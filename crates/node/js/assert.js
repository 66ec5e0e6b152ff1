// node:assert (https://nodejs.org/docs/latest/api/assert.html). As in workerd, the comparisons are always those of the
// strict mode.

import * as throwing from "./internal/assert_throws.js";
import { describeStrictInequality } from "./internal/assert_messages.js";
import { AssertionError } from "./internal/assertion_error.js";
import { isDeepStrictEqual, isPartiallyDeepStrictEqual } from "./internal/deep_equal.js";
import { ERR_INVALID_ARG_TYPE, ERR_MISSING_ARGS } from "./internal/errors.js";
import { inspect } from "./internal/inspect.js";
import { isRegExp } from "./util/types.js";

function fail(options) {
  throw new AssertionError(options);
}

// One argument passes, as in workerd: what is expected is then undefined.
function requireTwo(given) {
  if (given.length === 0) throw new ERR_MISSING_ARGS("actual", "expected");
}

// --- truth ---------------------------------------------------------------------------------------

function assertTruth(given, value, message, stackStartFn) {
  if (given === 0) {
    fail({ message: "No value argument passed to `assert.ok()`", stackStartFn });
  }
  if (value) return;
  fail({ message, actual: value, expected: true, operator: "==", stackStartFn });
}

function assert(value, message) {
  assertTruth(arguments.length, value, message, assert);
}

function strict(value, message) {
  assertTruth(arguments.length, value, message, strict);
}

// --- equality ------------------------------------------------------------------------------------

function equal(actual, expected, message) {
  requireTwo(arguments);
  compareStrictly(actual, expected, message, equal);
}

function strictEqual(actual, expected, message) {
  requireTwo(arguments);
  compareStrictly(actual, expected, message, strictEqual);
}

function compareStrictly(actual, expected, message, stackStartFn) {
  if (Object.is(actual, expected)) return;
  fail({
    message: message || describeStrictInequality(actual, expected), actual, expected, operator: "strictEqual", stackStartFn,
  });
}

function notEqual(actual, expected, message) {
  requireTwo(arguments);
  compareUnequal(actual, expected, message, notEqual);
}

function notStrictEqual(actual, expected, message) {
  requireTwo(arguments);
  compareUnequal(actual, expected, message, notStrictEqual);
}

function compareUnequal(actual, expected, message, stackStartFn) {
  if (!Object.is(actual, expected)) return;
  fail({
    message: message || "Expected actual to be strictly unequal to expected",
    actual, expected, operator: "notStrictEqual", stackStartFn,
  });
}

function deepEqual(actual, expected, message) {
  requireTwo(arguments);
  compareDeeply(actual, expected, message, deepEqual);
}

function deepStrictEqual(actual, expected, message) {
  requireTwo(arguments);
  compareDeeply(actual, expected, message, deepStrictEqual);
}

function compareDeeply(actual, expected, message, stackStartFn) {
  if (isDeepStrictEqual(actual, expected)) return;
  fail({ message, actual, expected, operator: "deepStrictEqual", stackStartFn });
}

function notDeepEqual(actual, expected, message) {
  requireTwo(arguments);
  compareDeeplyUnequal(actual, expected, message, notDeepEqual);
}

function notDeepStrictEqual(actual, expected, message) {
  requireTwo(arguments);
  compareDeeplyUnequal(actual, expected, message, notDeepStrictEqual);
}

function compareDeeplyUnequal(actual, expected, message, stackStartFn) {
  if (!isDeepStrictEqual(actual, expected)) return;
  fail({
    message: message || "Expected actual to not be deeply strictly equal to expected",
    actual, expected, operator: "notDeepStrictEqual", stackStartFn,
  });
}

function partialDeepStrictEqual(actual, expected, message) {
  if (arguments.length < 2) throw new ERR_MISSING_ARGS("actual", "expected");
  if (isPartiallyDeepStrictEqual(actual, expected)) return;
  fail({
    message: message || "Expected actual to be partially deeply strictly equal to expected",
    actual, expected, operator: "partialDeepStrictEqual", stackStartFn: partialDeepStrictEqual,
  });
}

// --- texts ---------------------------------------------------------------------------------------

function match(actual, expected, message) {
  requireRegExp(expected);
  if (expected.test(actual)) return;
  fail({
    message: message || `actual: "${actual}" expected to match: "${expected}"`,
    actual, expected, operator: "match", stackStartFn: match,
  });
}

function doesNotMatch(string, regexp, message) {
  requireRegExp(regexp);
  const isText = typeof string === "string";
  if (isText && !regexp.test(string)) return;
  const text = isText
    ? `actual: "${string}" expected to not match: "${regexp}"`
    : new ERR_INVALID_ARG_TYPE("string", "string", string).message;
  fail({
    message: message || text, actual: string, expected: regexp, operator: "doesNotMatch", stackStartFn: doesNotMatch,
  });
}

function requireRegExp(regexp) {
  if (!isRegExp(regexp)) throw new ERR_INVALID_ARG_TYPE("regexp", "RegExp", regexp);
}

// --- errors --------------------------------------------------------------------------------------

function failNow(message) {
  if (message instanceof Error) throw message;
  if (typeof message === "string" || message === undefined) {
    const error = new AssertionError({ message: message ?? "Failed", operator: "fail", stackStartFn: failNow });
    error.generatedMessage = message === undefined;
    throw error;
  }
  throw message;
}

Object.defineProperty(failNow, "name", { value: "fail", configurable: true });

function ifError(value) {
  if (value === null || value === undefined) return;
  const text = typeof value === "object" && typeof value.message === "string"
    ? value.message === "" && value.constructor ? value.constructor.name : value.message
    : inspect(value);
  const error = new AssertionError({
    message: `ifError got unwanted exception: ${text}`, actual: value, expected: null, operator: "ifError",
    stackStartFn: ifError,
  });
  error.generatedMessage = false;
  throw error;
}

function throws(fn, error, message) {
  throwing.throws(throws, fn, error, message);
}

function doesNotThrow(fn, error, message) {
  throwing.doesNotThrow(doesNotThrow, fn, error, message);
}

function rejects(promiseFn, error, message) {
  return throwing.rejects(rejects, promiseFn, error, message);
}

function doesNotReject(promiseFn, error, message) {
  return throwing.doesNotReject(doesNotReject, promiseFn, error, message);
}

// --- exports -------------------------------------------------------------------------------------

Object.assign(assert, {
  AssertionError, deepEqual, deepStrictEqual, doesNotMatch, doesNotReject, doesNotThrow, equal, fail: failNow, ifError,
  match, notDeepEqual, notDeepStrictEqual, notEqual, notStrictEqual, ok: assert, partialDeepStrictEqual, rejects, strict,
  strictEqual, throws,
});

Object.assign(strict, assert, {
  deepEqual: deepStrictEqual, equal: strictEqual, notDeepEqual: notDeepStrictEqual, notEqual: notStrictEqual,
});

export {
  AssertionError,
  deepEqual,
  deepStrictEqual,
  doesNotMatch,
  doesNotReject,
  doesNotThrow,
  equal,
  failNow as fail,
  ifError,
  match,
  notDeepEqual,
  notDeepStrictEqual,
  notEqual,
  notStrictEqual,
  assert as ok,
  partialDeepStrictEqual,
  rejects,
  strict,
  strictEqual,
  throws,
};

export default assert;
