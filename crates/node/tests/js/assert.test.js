import { assert, assertEquals, assertRejects, assertThrows, test } from "holdfast:test";
import nodeAssert, { AssertionError } from "holdfast:node/assert";
import { diffLines } from "holdfast:node/internal/line_diff";

test("assertions that hold say nothing, others throw an AssertionError", async () => {
  nodeAssert(1);
  nodeAssert.deepEqual({ a: [1] }, { a: [1] });
  nodeAssert.throws(() => { throw new TypeError("x"); }, TypeError);
  await nodeAssert.rejects(Promise.reject(new Error("x")), /x/);
  const error = assertThrows(() => nodeAssert.deepEqual({ a: 1 }, { a: 2 }), AssertionError);
  assertEquals([error.code, error.operator, error.generatedMessage], ["ERR_ASSERTION", "deepStrictEqual", true]);
  await assertRejects(nodeAssert.rejects(Promise.resolve()), AssertionError, "Missing expected rejection.");
});

test("the stack begins with the code and with the caller", () => {
  const error = assertThrows(() => nodeAssert.equal(1, 2, "no"), AssertionError, "no");
  assertEquals(error.stack.split("\n")[0], "AssertionError [ERR_ASSERTION]: no");
  assert(error.stack.split("\n")[1].includes("assert.test.js"), error.stack);
});

test("a difference keeps every line of both sides in order", () => {
  const lists = [["a", "b", "c", "d"], ["b", "x", "d", "e"], ["a"], [], ["c", "b", "a"]];
  for (const before of lists) {
    for (const after of lists) {
      const diff = diffLines(before, after);
      const side = (kind) => diff.filter((one) => one.kind === "kept" || one.kind === kind).map((one) => one.line);
      assertEquals(side("removed"), before);
      assertEquals(side("added"), after);
    }
  }
});

test("a difference is as short as can be", () => {
  const kept = (before, after) => diffLines([...before], [...after]).filter((one) => one.kind === "kept").length;
  assertEquals([kept("abcdef", "abxdef"), kept("abcd", "bcda"), kept("abc", "xyz"), kept("aXbXc", "abc")], [5, 3, 0, 3]);
});

test("lists that are too long to compare count as different", () => {
  const long = (prefix) => Array.from({ length: 3000 }, (_, i) => `${prefix}${i}`);
  assertEquals(diffLines(long("a"), long("b")).length, 6000);
});
