import { test, assert, assertEquals } from "holdfast:test";
import { console, makeConsole } from "holdfast:web/console";
import { format } from "holdfast:web/format";

function recorded() {
  const lines = [];
  return { lines, console: makeConsole((level, text) => lines.push([level, text])) };
}

test("format: what each code makes of its argument", () => {
  class Named {
    toString() {
      return "named";
    }
  }
  const cycle = {};
  cycle.self = cycle;
  const cases = [
    [["%s %s %s", "a", 1, null], "a 1 null"], [["%s", { a: { b: 1 } }], "{ a: [Object] }"], [["%s", new Named()], "named"],
    [["%s %s %s", -0, 5n, Symbol("q")], "-0 5n Symbol(q)"], [["%s", () => 1], "() => 1"],
    [["%d %d %d %d", "42.5", 5n, {}, Symbol()], "42.5 5n NaN NaN"], [["%i %i", 42.9, "7x"], "42 7"], [["%f %f", "1.5y", Symbol()], "1.5 NaN"],
    [["%j", { a: [1] }], '{"a":[1]}'], [["%j", cycle], "[Circular]"], [["%j", undefined], "undefined"],
    [["%O", { a: { b: { c: { d: 1 } } } }], "{ a: { b: { c: [Object] } } }"], [["%o", [1]], "[ 1, [length]: 1 ]"],
    [["%cred%c plain", "color: red", ""], "red plain"],
  ];
  for (const [args, text] of cases) assertEquals(format(...args), text, JSON.stringify(text));
});

test("format: percent signs and arguments left over", () => {
  const cases = [
    [[], ""], [["%s"], "%s"], [["%%"], "%%"], [["%% %s", "a"], "% a"], [["100%", 5], "100% 5"], [["%x", 1], "%x 1"],
    [["%s", "a", "b", { c: 1 }], "a b { c: 1 }"], [["%s %s", "a"], "a %s"], [[1, "%s", "x"], "1 %s x"], [["a", "b"], "a b"],
    [["%s", "%s", "x"], "%s x"],
  ];
  for (const [args, text] of cases) assertEquals(format(...args), text, JSON.stringify(args));
});

test("levels", () => {
  const { lines, console } = recorded();
  console.debug(1);
  console.info("%s!", "two");
  console.log({ three: 3 });
  console.warn([4]);
  console.error("five", 5);
  console.log();
  assertEquals(lines, [["debug", "1"], ["info", "two!"], ["log", "{ three: 3 }"], ["warn", "[ 4 ]"], ["error", "five 5"], ["log", ""]]);
});

test("methods do not need a receiver", () => {
  const { lines, console: { log, group, groupEnd } } = recorded();
  group("G");
  log("in\nside");
  groupEnd();
  log("out");
  assertEquals(lines, [["log", "G"], ["log", "  in\n  side"], ["log", "out"]]);
});

test("groups nest, and ending too many is harmless", () => {
  const { lines, console } = recorded();
  console.group();
  console.groupCollapsed("inner", 1);
  console.warn("deep");
  for (let i = 0; i < 5; i++) console.groupEnd();
  console.log("flat");
  assertEquals(lines, [["log", "  inner 1"], ["warn", "    deep"], ["log", "flat"]]);
});

test("assert", () => {
  const { lines, console } = recorded();
  console.assert(true, "silent");
  console.assert(1, "silent");
  console.assert();
  console.assert(false, "a %s", "b");
  console.assert(0, { a: 1 });
  assertEquals(lines, [["error", "Assertion failed"], ["error", "Assertion failed: a b"], ["error", "Assertion failed { a: 1 }"]]);
});

test("count", () => {
  const { lines, console } = recorded();
  console.count();
  console.count("x");
  console.count(undefined);
  console.countReset();
  console.count();
  console.countReset("none");
  assertEquals(lines, [["log", "default: 1"], ["log", "x: 1"], ["log", "default: 2"], ["log", "default: 1"], ["warn", "Count for 'none' does not exist"]]);
});

test("time", () => {
  const { lines, console } = recorded();
  console.time("t");
  console.time("t");
  console.timeLog("t", "so far", { a: 1 });
  console.timeEnd("t");
  console.timeEnd("t");
  const [exists, log, end, gone] = lines;
  assertEquals([exists, gone], [["warn", "Label 't' already exists for console.time()"], ["warn", "No such label 't' for console.timeEnd()"]]);
  assert(/^t: [\d.]+m?s so far \{ a: 1 \}$/.test(log[1]), log[1]);
  assert(/^t: [\d.]+m?s$/.test(end[1]), end[1]);
});

test("trace shows where it was called", () => {
  const { lines, console } = recorded();
  function caller() {
    console.trace("at %d", 5);
  }
  caller();
  assertEquals(lines[0][0], "error");
  assert(/^Trace: at 5\n {4}at caller \(.*console\.test\.js:\d+:\d+\)/.test(lines[0][1]), lines[0][1]);
});

test("dir takes options, dirxml is log", () => {
  const { lines, console } = recorded();
  console.dir({ a: { b: 1 } }, { depth: 0 });
  console.dirxml("%s", "x");
  assertEquals(lines, [["log", "{ a: [Object] }"], ["log", "x"]]);
});

test("tables", () => {
  const { lines, console } = recorded();
  const frame = (...rows) => rows.join("\n");
  console.table([{ a: 1, b: "x" }, { a: 3 }, 7]);
  console.table({ row: { a: 1, b: 2 } }, ["b"]);
  console.table(new Map([["k", 1]]));
  console.table(new Set(["v"]));
  console.table(5);
  assertEquals(lines.map(([, text]) => text), [
    frame(
      "┌─────────┬───┬─────┬────────┐",
      "│ (index) │ a │ b   │ Values │",
      "├─────────┼───┼─────┼────────┤",
      "│ 0       │ 1 │ 'x' │        │",
      "│ 1       │ 3 │     │        │",
      "│ 2       │   │     │ 7      │",
      "└─────────┴───┴─────┴────────┘",
    ),
    frame("┌─────────┬───┐", "│ (index) │ b │", "├─────────┼───┤", "│ row     │ 2 │", "└─────────┴───┘"),
    frame("┌───────────────────┬─────┬────────┐", "│ (iteration index) │ Key │ Values │", "├───────────────────┼─────┼────────┤",
      "│ 0                 │ 'k' │ 1      │", "└───────────────────┴─────┴────────┘"),
    frame("┌───────────────────┬────────┐", "│ (iteration index) │ Values │", "├───────────────────┼────────┤",
      "│ 0                 │ 'v'    │", "└───────────────────┴────────┘"),
    "5",
  ]);
});

test("shape of the namespace object", () => {
  assertEquals(String(console), "[object console]");
  assert(Object.getPrototypeOf(Object.getPrototypeOf(console)) === Object.prototype);
  assertEquals(Object.keys(Object.getPrototypeOf(console)), []);
  for (const name of ["log", "table", "profile", "profileEnd", "timeStamp", "clear"]) assertEquals(typeof console[name], "function");
});
