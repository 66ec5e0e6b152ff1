import { assert, assertEquals, assertThrows, test } from "holdfast:test";
import { Headers } from "holdfast:web/headers";

test("made from nothing, objects, pairs, maps and headers", () => {
  assertEquals([...new Headers()], []);
  assertEquals([...new Headers(undefined)], []);
  assertEquals([...new Headers({ B: "2", a: 1, c: null, d: undefined, e: ["x", "y"] })], [
    ["a", "1"], ["b", "2"], ["c", "null"], ["d", "undefined"], ["e", "x,y"],
  ]);
  assertEquals([...new Headers([["a", "1"], new Set(["b", "2"])])], [["a", "1"], ["b", "2"]]);
  assertEquals([...new Headers(new Map([["a", "b"]]))], [["a", "b"]]);
  assertEquals([...new Headers(new Headers([["set-cookie", "a"], ["set-cookie", "b"]]))], [
    ["set-cookie", "a"], ["set-cookie", "b"],
  ]);
  assertEquals([...new Headers({ [Symbol("ignored")]: 1, A: "1", a: "2" })], [["a", "1, 2"]]);
  assertEquals([...new Headers(Object.create({ inherited: "no" }))], []);
});

test("a copy is independent", () => {
  const original = new Headers({ a: "1" });
  const copy = new Headers(original);
  copy.set("a", "2");
  original.append("b", "3");
  assertEquals([[...original], [...copy]], [[["a", "1"], ["b", "3"]], [["a", "2"]]]);
});

test("refused initialisers", () => {
  const text = "Failed to construct 'Headers': constructor parameter 1 is not of type 'Headers or Sequence or object'.";
  for (const init of [null, 3, "abc", true, Symbol()]) assertThrows(() => new Headers(init), TypeError, text);
  const pairs = "To initialize a Headers object from a sequence, each inner sequence must have exactly two elements.";
  assertThrows(() => new Headers([["a"]]), TypeError, pairs);
  assertThrows(() => new Headers([["a", "b", "c"]]), TypeError, pairs);
  assertThrows(() => new Headers(["ab"]), TypeError);
  assertThrows(() => new Headers({ a: Symbol() }), TypeError);
});

test("names", () => {
  for (const name of ["a b", "", "a\n", "é", "a:b", "(a)"]) {
    assertThrows(() => new Headers({ [name]: "x" }), TypeError, "Invalid header name.");
    assertThrows(() => new Headers().get(name), TypeError, "Invalid header name.");
    assertThrows(() => new Headers().has(name), TypeError, "Invalid header name.");
    assertThrows(() => new Headers().set(name, "x"), TypeError, "Invalid header name.");
    assertThrows(() => new Headers().append(name, "x"), TypeError, "Invalid header name.");
    assertThrows(() => new Headers().delete(name), TypeError, "Invalid header name.");
  }
  assertEquals(new Headers({ "!#$%&'*+-.^_`|~aZ09": "ok" }).get("!#$%&'*+-.^_`|~Az09"), "ok");
});

test("values", () => {
  for (const value of ["a\nb", "a\rb", "a\0b"]) {
    assertThrows(() => new Headers({ a: value }), TypeError, "Invalid header value.");
    assertThrows(() => new Headers().append("a", value), TypeError, "Invalid header value.");
  }
  const headers = new Headers({ a: " \t\r\n x y \n", b: "", c: "   ", d: "é€\x01" });
  assertEquals([headers.get("a"), headers.get("b"), headers.get("c"), headers.get("d")], ["x y", "", "", "é€\x01"]);
});

test("get joins, has and delete see every value, set keeps the first place", () => {
  const headers = new Headers([["a", "1"], ["b", "2"], ["A", "3"]]);
  assertEquals([headers.get("a"), headers.get("B"), headers.get("c")], ["1, 3", "2", null]);
  assertEquals([headers.has("A"), headers.has("c")], [true, false]);
  headers.set("A", "x");
  assertEquals([...headers], [["a", "x"], ["b", "2"]]);
  headers.delete("a");
  headers.delete("never");
  assertEquals([...headers], [["b", "2"]]);
  headers.set("new", "y");
  assertEquals(headers.get("new"), "y");
});

test("Set-Cookie is never joined in iteration", () => {
  const headers = new Headers([["Set-Cookie", "x"], ["b", "1"], ["set-cookie", "y"], ["b", "2"]]);
  assertEquals([...headers], [["b", "1, 2"], ["set-cookie", "x"], ["set-cookie", "y"]]);
  assertEquals(headers.get("set-cookie"), "x, y");
  assertEquals(headers.getSetCookie(), ["x", "y"]);
  assertEquals(headers.getAll("SET-COOKIE"), ["x", "y"]);
  assertEquals(new Headers().getSetCookie(), []);
  const text = 'getAll() can only be used with the header name "Set-Cookie".';
  assertThrows(() => headers.getAll("b"), TypeError, text);
});

test("iteration is sorted and works on a snapshot", () => {
  const headers = new Headers({ b: "1", a: "2" });
  const seen = [];
  for (const [name] of headers) {
    seen.push(name);
    headers.delete("b");
    headers.set("c", "1");
  }
  assertEquals(seen, ["a", "b"]);
  assertEquals([[...headers.keys()], [...headers.values()]], [["a", "c"], ["2", "1"]]);
  const iterator = headers.entries();
  assert(iterator[Symbol.iterator]() === iterator);
  assertEquals(Object.prototype.toString.call(iterator), "[object Headers Iterator]");
  assertEquals([iterator.next().value, iterator.next().done, iterator.next()], [["a", "2"], false, {
    value: undefined, done: true,
  }]);
});

test("forEach", () => {
  const calls = [];
  const headers = new Headers({ a: "1" });
  headers.forEach(function (...args) {
    calls.push([String(this), ...args]);
  }, "this");
  assertEquals(calls, [["this", "1", "a", headers]]);
  const text = "Failed to execute 'forEach' on 'Headers': parameter 1 is not of type 'function'.";
  assertThrows(() => headers.forEach(3), TypeError, text);
});

test("missing arguments", () => {
  const text = (method, parameter) =>
    `Failed to execute '${method}' on 'Headers': parameter ${parameter} is not of type 'string'.`;
  assertThrows(() => new Headers().get(), TypeError, text("get", 1));
  assertThrows(() => new Headers().append("a"), TypeError, text("append", 2));
  assertThrows(() => new Headers().set(), TypeError, text("set", 1));
});

test("shape", () => {
  assertEquals(Object.keys(Headers.prototype).sort(), [
    "append", "delete", "entries", "forEach", "get", "getAll", "getSetCookie", "has", "keys", "set", "values",
  ]);
  assertEquals(String(new Headers()), "[object Headers]");
  assertEquals([Headers.length, Headers.prototype.append.length, Headers.prototype.forEach.length], [0, 0, 0]);
  assert(Headers.prototype[Symbol.iterator] === Headers.prototype.entries);
  assertThrows(() => Headers(), TypeError);
  assertThrows(() => Headers.prototype.get.call({}, "a"), TypeError);
});
