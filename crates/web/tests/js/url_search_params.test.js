import { test, assert, assertEquals, assertThrows } from "holdfast:test";
import { URLSearchParams } from "holdfast:web/url_search_params";

const entries = (init) => [...new URLSearchParams(init)];

test("strings: plus, percent, empty parts, a leading question mark", () => {
  const cases = [
    ["", []],
    ["?", []],
    ["a=b&c=d", [["a", "b"], ["c", "d"]]],
    ["?a=1", [["a", "1"]]],
    ["??a=1", [["?a", "1"]]],
    ["&&a&=&=x&", [["a", ""], ["", ""], ["", "x"]]],
    ["a=b=c", [["a", "b=c"]]],
    ["a+b=c+d", [["a b", "c d"]]],
    ["%61=%2B%20", [["a", "+ "]]],
    ["a=%e4%bd%a0", [["a", "你"]]],
    ["a=%", [["a", "%"]]],
    ["a=%zz%41%4", [["a", "%zzA%4"]]],
    ["a=%ff%41", [["a", "\ufffdA"]]],
    ["a=%EF%BB%BFx", [["a", "\ufeffx"]]],
    ["a=\ud800", [["a", "\ufffd"]]],
    ["a=é%20", [["a", "é "]]],
    ["a%00b", [["a\0b", ""]]],
  ];
  for (const [text, expected] of cases) assertEquals(entries(text), expected, text);
});

test("sequences and records", () => {
  assertEquals(entries([["a", 1], ["a", null]]), [["a", "1"], ["a", "null"]]);
  assertEquals(entries(new Map([["x", "y"]])), [["x", "y"]]);
  assertEquals(entries([new Set(["k", "v"])]), [["k", "v"]]);
  assertEquals(entries({ b: 1, a: undefined }), [["b", "1"], ["a", "undefined"]]);
  assertEquals(entries({ "\ud800": "1", "\ufffd": "2" }), [["\ufffd", "2"]]);
  assertEquals(entries(Object.create({ inherited: 1 }, { hidden: { value: 1 }, own: { value: 2, enumerable: true } })), [["own", "2"]]);
  assertEquals(entries(null), [["null", ""]]);
  assertEquals(entries(undefined), []);
  assertEquals(entries(5), [["5", ""]]);
});

test("wrong sequences and records", () => {
  assertThrows(() => new URLSearchParams([[1]]), TypeError, "Invalid URL search params sequence.");
  assertThrows(() => new URLSearchParams([[1, 2, 3]]), TypeError, "Invalid URL search params sequence.");
  assertThrows(() => new URLSearchParams([1]), TypeError, "Incorrect type: the provided value is not of type 'Sequence'.");
  assertThrows(() => new URLSearchParams({ [Symbol("s")]: 1 }), TypeError);
  assertThrows(() => new URLSearchParams({ [Symbol.iterator]: 5 }), TypeError);
});

test("copies follow the iterator that the other has", () => {
  const original = new URLSearchParams("a=1&a=2");
  const copy = new URLSearchParams(original);
  copy.append("b", "3");
  assertEquals([`${original}`, `${copy}`], ["a=1&a=2", "a=1&a=2&b=3"]);
  original[Symbol.iterator] = function* () {
    yield ["x", "y"];
  };
  assertEquals(entries(original), [["x", "y"]]);
});

test("serialisation", () => {
  const cases = [
    [[["a b", "c&d=e"]], "a+b=c%26d%3De"],
    [[["*-._", "!'()~"]], "*-._=%21%27%28%29%7E"],
    [[["a", "é\0你😀"]], "a=%C3%A9%00%E4%BD%A0%F0%9F%98%80"],
    [[["", ""]], "="],
    [[["a", "+%"]], "a=%2B%25"],
    [[["a", "\udc00"]], "a=%EF%BF%BD"],
    [[], ""],
  ];
  for (const [list, text] of cases) assertEquals(String(new URLSearchParams(list)), text);
});

test("append, get, getAll, has, delete, set, size", () => {
  const params = new URLSearchParams("a=1&b=2&a=3");
  assertEquals([params.size, params.get("a"), params.get("none"), params.getAll("a"), params.getAll("none")],
    [3, "1", null, ["1", "3"], []]);
  assertEquals([params.has("a"), params.has("a", "3"), params.has("a", "2"), params.has("a", undefined)], [true, true, false, true]);
  params.delete("a", "3");
  assertEquals(`${params}`, "a=1&b=2");
  params.append("a", 4);
  params.set("a", "x");
  assertEquals(`${params}`, "a=x&b=2");
  params.set("new", null);
  params.delete("a", undefined);
  assertEquals([`${params}`, params.size], ["b=2&new=null", 2]);
});

test("methods want their arguments", () => {
  const params = new URLSearchParams();
  assertThrows(() => params.get(), TypeError, "Failed to execute 'get' on 'URLSearchParams': parameter 1 is not of type 'USVString'.");
  assertThrows(() => params.append("a"), TypeError, /parameter 2/);
  assertThrows(() => params.forEach(5), TypeError);
  assertThrows(() => URLSearchParams.prototype.size, TypeError);
});

test("sort is stable and goes by code units", () => {
  const params = new URLSearchParams("\ufb03=1&\ud83c\udf08=2&z=3&a=4&z=0&ﬃ=5");
  params.sort();
  assertEquals([...params].map(([name, value]) => `${name}${value}`), ["a4", "z3", "z0", "🌈2", "ﬃ1", "ﬃ5"]);
});

test("iteration is live", () => {
  const params = new URLSearchParams("a=1&b=2&c=3");
  const seen = [];
  for (const [name] of params) {
    seen.push(name);
    if (name === "a") params.delete("b");
    if (name === "c" && seen.length < 5) params.append("d", "4");
  }
  assertEquals(seen, ["a", "c", "d"]);
  const log = [];
  params.forEach(function (value, name, all) {
    log.push(this === log, name, value, all === params);
    if (name === "a") params.delete("d");
  }, log);
  assertEquals(log, [true, "a", "1", true, true, "c", "3", true]);
});

test("iterators", () => {
  const params = new URLSearchParams("a=1&b=2");
  assertEquals([[...params.keys()], [...params.values()], [...params.entries()]], [["a", "b"], ["1", "2"], [["a", "1"], ["b", "2"]]]);
  assert(URLSearchParams.prototype[Symbol.iterator] === URLSearchParams.prototype.entries);
  const iterator = params.keys();
  assertEquals(Object.prototype.toString.call(iterator), "[object URLSearchParams Iterator]");
  assert(iterator[Symbol.iterator]() === iterator);
  assertEquals([...iterator.take(1)], ["a"]);
  assert(Object.getPrototypeOf(iterator) === Object.getPrototypeOf(params.entries()));
});
