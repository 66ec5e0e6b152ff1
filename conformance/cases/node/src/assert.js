// node:assert.

import assert from "node:assert";
import strict from "node:assert/strict";
import util from "node:util";

class Mine extends Error {}

/** What an assertion throws, without stacks. */
function thrown(error) {
  if (!(error instanceof Error)) return { thrown: util.inspect(error) };
  if (error.code !== "ERR_ASSERTION") return { other: String(error), code: error.code };
  const shown = (value) => (value instanceof Error ? String(value) : util.inspect(value));
  const { message, operator, generatedMessage, name, actual, expected } = error;
  return { message, operator, generatedMessage, name, actual: shown(actual), expected: shown(expected), keys: Object.keys(error) };
}

function all(acts) {
  return Object.fromEntries(Object.entries(acts).map(([name, act]) => {
    try {
      return [name, { returned: util.inspect(act()) }];
    } catch (error) {
      return [name, thrown(error)];
    }
  }));
}

async function allAsync(acts) {
  const answers = {};
  for (const [name, act] of Object.entries(acts)) {
    try {
      answers[name] = { returned: util.inspect(await act()) };
    } catch (error) {
      answers[name] = thrown(error);
    }
  }
  return answers;
}

const fails = (error) => () => {
  throw error;
};

export default {
  truth: () =>
    all({
      zero: () => assert(0),
      text: () => assert("x"),
      message: () => assert.ok(false, "msg"),
      error: () => assert(false, new Mine("x")),
      nothing: () => assert(),
      null: () => assert.ok(null),
      strict: () => strict(0),
      strictNothing: () => strict(),
    }),
  equal: () =>
    all({
      numbers: () => assert.equal(1, 2),
      same: () => assert.equal(1, 1),
      loose: () => assert.equal(1, "1"),
      nan: () => assert.equal(NaN, NaN),
      message: () => assert.equal("a", "b", "m"),
      error: () => assert.equal(1, 2, new TypeError("t")),
      one: () => assert.equal(1),
      none: () => assert.strictEqual(),
      zeros: () => assert.strictEqual(-0, 0),
      unequal: () => assert.notEqual(1, 1),
      unequalOk: () => assert.notEqual(1, 2),
      unequalObject: () => { const object = { a: 1 }; assert.notStrictEqual(object, object); },
      strict: () => strict.equal(1, "1"),
    }),
  "strict-equal-messages": () =>
    all({
      lines: () => assert.strictEqual("line1\nline2 word\nline3", "line1\nline2 werd\nline3\nline4"),
      words: () => assert.strictEqual("a b c d", "a x c d"),
      invisible: () => assert.strictEqual("tab\there\r\n", "tab there\n"),
      empty: () => assert.strictEqual("", "a"),
      blankLines: () => assert.strictEqual("a\n\nb", "a\nb"),
      objects: () => assert.strictEqual({ a: 1, b: [1, 2, 3], c: "x".repeat(60) }, { a: 1, b: [1, 2, 4], c: "x".repeat(60) }),
      sameStructure: () => assert.strictEqual({ a: 1 }, { a: 1 }),
      sameDate: () => assert.strictEqual(new Date(0), new Date(0)),
      symbols: () => assert.strictEqual(Symbol("a"), Symbol("a")),
      kinds: () => assert.strictEqual("abc", 5),
      bigint: () => assert.strictEqual(1n, 1),
      arrays: () => assert.strictEqual([1, 2, 3], [1, 2, 4]),
      long: () => assert.strictEqual("a".repeat(100), "b".repeat(100)),
      columns: () => assert.strictEqual(Array.from({ length: 27 }, (_, i) => i), Array.from({ length: 27 }, (_, i) => (i === 26 ? 0 : i))),
    }),
  "deep-equal-messages": () =>
    all({
      same: () => assert.deepStrictEqual({ a: [1, { b: 2 }] }, { a: [1, { b: 2 }] }),
      member: () => assert.deepStrictEqual({ a: 1, b: { c: 1 } }, { a: 1, b: { c: 2 } }),
      type: () => assert.deepStrictEqual({ a: 1 }, { a: "1" }),
      dates: () => assert.deepStrictEqual(new Date(0), new Date(1)),
      sets: () => assert.deepStrictEqual(new Set([1]), new Set([2])),
      maps: () => assert.deepStrictEqual(new Map([[1, 2]]), new Map([[1, 3]])),
      length: () => assert.deepStrictEqual([1, 2, 3], [1, 2, 3, 4]),
      prototype: () => assert.deepStrictEqual({}, Object.create(null)),
      missing: () => assert.deepStrictEqual({ a: undefined }, {}),
      errors: () => assert.deepStrictEqual(new Error("a"), new Error("b")),
      deep: () => assert.deepStrictEqual([[[[[[1]]]]]], [[[[[[2]]]]]]),
      loose: () => assert.deepEqual({ a: 1 }, { a: "1" }),
      short: () => assert.deepEqual(1, 2),
      nan: () => assert.deepEqual(NaN, NaN),
      zeros: () => assert.deepEqual(-0, 0),
      null: () => assert.deepEqual(null, undefined),
      kinds: () => assert.deepEqual({}, []),
      long: () => assert.deepStrictEqual({ a: 1, b: 2, c: [1, 2, { d: 1 }], e: "x" }, { a: 1, b: 3, c: [1, 2, { d: 2 }], e: "x" }),
      lines: () => assert.deepStrictEqual({ first: "x".repeat(40), second: "y".repeat(40), third: 3 }, { first: "x".repeat(40), second: "z".repeat(40), third: 3 }),
      skipped: () => assert.deepStrictEqual(Array.from({ length: 60 }, (_, i) => i), Array.from({ length: 60 }, (_, i) => (i === 30 ? -1 : i))),
      two: () => assert.deepStrictEqual(Array.from({ length: 60 }, (_, i) => i), Array.from({ length: 60 }, (_, i) => (i === 10 || i === 40 ? -1 : i))),
      many: () => assert.deepStrictEqual(Array.from({ length: 90 }, (_, i) => i), Array.from({ length: 90 }, (_, i) => i + 1000)),
      added: () => assert.deepStrictEqual(Array.from({ length: 30 }, (_, i) => i), Array.from({ length: 33 }, (_, i) => i)),
      identical: () => assert.deepStrictEqual({ a: Symbol("x") }, { a: Symbol("x") }),
      message: () => assert.deepStrictEqual({ a: 1 }, { a: 2 }, "m"),
      notDeep: () => assert.notDeepEqual({ a: 1 }, { a: 1 }),
      notDeepStrict: () => assert.notDeepStrictEqual(1, 1),
      notDeepOk: () => assert.notDeepStrictEqual({ a: 1 }, { a: 2 }),
      strictModule: () => strict.deepEqual({ a: 1 }, { a: "1" }),
    }),
  partial: () =>
    all({
      ok: () => assert.partialDeepStrictEqual({ a: 1, b: 2 }, { a: 1 }),
      nested: () => assert.partialDeepStrictEqual({ a: { b: 1, c: 2 } }, { a: { b: 1 } }),
      differs: () => assert.partialDeepStrictEqual({ a: 1 }, { a: 2 }),
      missing: () => assert.partialDeepStrictEqual({ a: 1 }, { b: 1 }),
      sets: () => assert.partialDeepStrictEqual(new Set([1, 2]), new Set([1])),
      maps: () => assert.partialDeepStrictEqual(new Map([[1, 2], [3, 4]]), new Map([[1, 2]])),
      one: () => assert.partialDeepStrictEqual(1),
    }),
  fail: () =>
    all({
      none: () => assert.fail(),
      message: () => assert.fail("boom"),
      error: () => assert.fail(new Mine("q")),
      old: () => assert.fail(1, 2, "m", "op"),
      ifNull: () => assert.ifError(null),
      ifUndefined: () => assert.ifError(undefined),
      ifText: () => assert.ifError("s"),
      ifZero: () => assert.ifError(0),
      ifError: () => assert.ifError(new Error("z")),
    }),
  throws: () =>
    all({
      nothing: () => assert.throws(() => {}),
      nothingMessage: () => assert.throws(() => {}, "m"),
      nothingClass: () => assert.throws(() => {}, TypeError),
      nothingBoth: () => assert.throws(() => {}, /x/, "mm"),
      any: () => assert.throws(fails(new Error("a"))),
      undefined: () => assert.throws(fails(undefined)),
      regexp: () => assert.throws(fails(new Error("a")), /a/),
      otherRegexp: () => assert.throws(fails(new Error("a")), /b/),
      regexpMessage: () => assert.throws(fails(new Error("a")), /b/, "mm"),
      class: () => assert.throws(fails(new Mine("a")), Error),
      otherClass: () => assert.throws(fails(new Error("a")), TypeError),
      object: () => assert.throws(fails(new Error("a")), { message: /a/, name: "Error" }),
      otherObject: () => assert.throws(fails(new Error("a")), { message: "b" }),
      missingKey: () => assert.throws(fails(new Error("a")), { message: "a", code: 5 }),
      emptyObject: () => assert.throws(fails(new Error("a")), {}),
      errorObject: () => assert.throws(fails(new Error("a")), new Error("b")),
      objectNull: () => assert.throws(fails(null), { a: 1 }),
      check: () => assert.throws(fails(new Error("a")), () => true),
      otherCheck: () => assert.throws(fails(new Error("a")), () => false),
      text: () => assert.throws(fails("str"), /str/),
      ambiguous: () => assert.throws(fails(new Error("a")), "a"),
      badFunction: () => assert.throws("x"),
      badExpectation: () => assert.throws(fails(new Error("a")), 5),
    }),
  "does-not-throw": () =>
    all({
      ok: () => assert.doesNotThrow(() => 1),
      any: () => assert.doesNotThrow(fails(new Error("a"))),
      message: () => assert.doesNotThrow(fails(new Error("a")), "msg"),
      class: () => assert.doesNotThrow(fails(new Error("a")), Error),
      classMessage: () => assert.doesNotThrow(fails(new Mine("a")), Error, "zz"),
      otherClass: () => assert.doesNotThrow(fails(new Error("a")), TypeError),
      regexp: () => assert.doesNotThrow(fails(new Error("a")), /a/, "mm"),
      otherRegexp: () => assert.doesNotThrow(fails(new Error("a")), /x/),
      check: () => assert.doesNotThrow(fails(new Error("a")), () => true),
      number: () => assert.doesNotThrow(fails(5)),
      bad: () => assert.doesNotThrow("x"),
    }),
  match: () =>
    all({
      ok: () => assert.match("abc", /b/),
      no: () => assert.match("abc", /x/),
      message: () => assert.match("abc", /x/, "m"),
      number: () => assert.match(5, /x/),
      noRegexp: () => assert.match("abc", "x"),
      not: () => assert.doesNotMatch("abc", /b/),
      notOk: () => assert.doesNotMatch("abc", /x/),
      notNumber: () => assert.doesNotMatch(5, /b/),
      notRegexp: () => assert.doesNotMatch("a", 5),
    }),
  rejects: () =>
    allAsync({
      fulfilled: () => assert.rejects(Promise.resolve(1)),
      rejected: () => assert.rejects(async () => { throw new Error("a"); }),
      regexp: () => assert.rejects(async () => { throw new Error("a"); }, /b/),
      class: () => assert.rejects(Promise.reject(new Error("a")), TypeError),
      message: () => assert.rejects(Promise.resolve(), "m"),
      classMessage: () => assert.rejects(Promise.resolve(), TypeError, "m"),
      number: () => assert.rejects(5),
      noPromise: () => assert.rejects(() => 5),
      sync: () => assert.rejects(() => { throw new Error("sync"); }),
      notOk: () => assert.doesNotReject(async () => 1),
      not: () => assert.doesNotReject(Promise.reject(new Error("a"))),
      notMessage: () => assert.doesNotReject(Promise.reject(new Error("a")), "mm"),
      notClass: () => assert.doesNotReject(Promise.reject(new Error("a")), TypeError),
      notNumber: () => assert.doesNotReject(5),
    }),
  "assertion-error": () => ({
    made: all({
      strict: () => { throw new assert.AssertionError({ actual: 1, expected: 2, operator: "strictEqual" }); },
      strictObjects: () => { throw new assert.AssertionError({ actual: { a: 1 }, expected: { a: 2 }, operator: "strictEqual" }); },
      notStrict: () => { throw new assert.AssertionError({ actual: 1, expected: 1, operator: "notStrictEqual" }); },
      notStrictObject: () => { throw new assert.AssertionError({ actual: { abc: 1 }, expected: 1, operator: "notStrictEqual" }); },
      notDeepStrict: () => { throw new assert.AssertionError({ actual: [1, 2, 3], expected: [1, 2, 3], operator: "notDeepStrictEqual" }); },
      deep: () => { throw new assert.AssertionError({ operator: "deepEqual", actual: { a: 1 }, expected: { a: 2 } }); },
      notDeep: () => { throw new assert.AssertionError({ operator: "notDeepEqual", actual: { a: 1 }, expected: { a: 1 } }); },
      notDeepOther: () => { throw new assert.AssertionError({ operator: "notDeepEqual", actual: { a: 1 }, expected: { a: 2 } }); },
      message: () => { throw new assert.AssertionError({ message: "m" }); },
      other: () => { throw new assert.AssertionError({ actual: 1, expected: 2, operator: "foo" }); },
      none: () => { throw new assert.AssertionError({ actual: 1, expected: 2 }); },
      nothing: () => new assert.AssertionError(),
      number: () => new assert.AssertionError(5),
    }),
    text: String(new assert.AssertionError({ message: "x" })),
    prototype: Reflect.ownKeys(assert.AssertionError.prototype).map(String),
    isError: new assert.AssertionError({ message: "x" }) instanceof Error,
  }),
  relations: () => [
    strict.strict === strict, assert.strict === strict, assert.ok === assert, strict.ok === strict, strict.equal === assert.strictEqual,
    strict.deepEqual === assert.deepStrictEqual, Object.keys(assert), Object.keys(strict),
  ],
};
