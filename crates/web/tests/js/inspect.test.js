import { test, assert, assertEquals } from "holdfast:test";
import { AbortController } from "holdfast:web/abort";
import { DOMException } from "holdfast:web/dom_exception";
import { CustomEvent } from "holdfast:web/custom_event";
import { customInspect, inspect } from "holdfast:web/inspect";
import { URL } from "holdfast:web/url";
import { URLSearchParams } from "holdfast:web/url_search_params";

class Foo {
  a = 1;
  #hidden = 2;
  get b() {
    return this.#hidden;
  }
}

function checkAll(cases) {
  for (const [value, text, options] of cases) {
    const actual = inspect(value, options);
    assert(actual === text, `\nactual ${JSON.stringify(actual)}\nexpect ${JSON.stringify(text)}`);
  }
}

test("primitives", () =>
  checkAll([
    [undefined, "undefined"], [null, "null"], [true, "true"], [-0, "-0"], [1e21, "1e+21"], [10n, "10n"],
    [Symbol("s"), "Symbol(s)"], [Symbol(), "Symbol()"], [Symbol("a\nb"), "Symbol(a\nb)"],
  ]));

test("strings are quoted with what needs least escaping", () =>
  checkAll([
    ["plain", "'plain'"], ["it's", '"it\'s"'], [`a'b"c`, "`a'b\"c`"], ["a'b\"c`", "'a\\'b\"c`'"],
    ["nl\n\t\\", "'nl\\n\\t\\\\'"], ["\0\x7f\ud800😀", "'\\x00\\x7F\\ud800😀'"],
  ]));

test("objects: keys, nesting, accessors, symbols", () =>
  checkAll([
    [{}, "{}"], [{ a: 1, "b-c": "x", 5: null }, "{ '5': null, a: 1, 'b-c': 'x' }"],
    [{ a: { b: { c: { d: 1 } } } }, "{ a: { b: { c: [Object] } } }"],
    [{ a: { b: { c: {} } }, d: [[[]]] }, "{ a: { b: { c: {} } }, d: [ [ [] ] ] }"],
    [{ get a() { return 1; }, set a(_) {}, get b() { return 1; }, set c(_) {} }, "{ a: [Getter/Setter], b: [Getter], c: [Setter] }"],
    [{ [Symbol("k")]: 1, u: undefined }, "{ u: undefined, Symbol(k): 1 }"],
    [Object.create(null), "[Object: null prototype] {}"],
    [Object.defineProperty({}, "hidden", { value: 1 }), "{}"],
    [Object.defineProperty({}, "hidden", { value: 1 }), "{ [hidden]: 1 }", { showHidden: true }],
  ]));

test("classes and functions", () =>
  checkAll([
    [new Foo(), "Foo { a: 1 }"], [Foo, "[class Foo]"], [class Bar extends Foo {}, "[class Bar extends Foo]"],
    [(() => class {})(), "[class (anonymous)]"], [() => {}, "[Function (anonymous)]"], [function named() {}, "[Function: named]"],
    [async () => {}, "[AsyncFunction (anonymous)]"], [function* g() {}, "[GeneratorFunction: g]"],
    [async function* ag() {}, "[AsyncGeneratorFunction: ag]"], [Object.assign(() => {}, { x: 1 }), "[Function (anonymous)] { x: 1 }"],
    [new (class extends Foo {})(), "Foo { a: 1 }"],
    [new (class T { get [Symbol.toStringTag]() { return "Tag"; } })(), "T [Tag] {}"],
  ]));

test("arrays", () =>
  checkAll([
    [[], "[]"], [[1, , 3], "[ 1, <1 empty item>, 3 ]"], [[, ,], "[ <2 empty items> ]"], [[[[[1]]]], "[ [ [ [Array] ] ] ]"],
    [Object.assign([1], { x: 2 }), "[ 1, x: 2 ]"], [new (class List extends Array {})(1, 2), "List(2) [ 1, 2 ]"],
    [[1, 2, 3, 4, 5, 6, 7], "[\n  1, 2, 3, 4,\n  5, 6, 7\n]"],
    [["apple", "banana", "cherry", "date", "elderberry", "fig", "grape"],
      "[\n  'apple',\n  'banana',\n  'cherry',\n  'date',\n  'elderberry',\n  'fig',\n  'grape'\n]", { breakLength: 60 }],
    [[5, 6, 7], "[ 5, 6, ... 1 more item ]", { maxArrayLength: 2 }],
  ]));

test("a long array of short items stands in columns and ends with what was left out", () => {
  const text = inspect(Array(120).fill(7));
  assertEquals(text.split("\n").slice(0, 3), ["[", "  7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7,", "  7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7,"]);
  assert(text.endsWith("  7, 7, 7, 7,\n  ... 20 more items\n]"), text);
});

test("maps, sets, weak collections", () =>
  checkAll([
    [new Map(), "Map(0) {}"], [new Map([[1, { a: 2 }], ["k", []]]), "Map(2) { 1 => { a: 2 }, 'k' => [] }"],
    [new Set([1, "a", [2]]), "Set(3) { 1, 'a', [ 2 ] }"], [new (class M extends Map {})(), "M(0) [Map] {}"],
    [new WeakMap(), "WeakMap { <items unknown> }"], [new WeakSet(), "WeakSet { <items unknown> }"],
    [new Set([1, 2, 3]), "Set(3) { 1, ... 2 more items }", { maxArrayLength: 1 }],
  ]));

test("dates, regular expressions, boxes, arguments, buffers", () =>
  checkAll([
    [new Date(0), "1970-01-01T00:00:00.000Z"], [new Date(NaN), "Invalid Date"], [/a/gi, "/a/gi"],
    [Object.assign(/a/, { x: 1 }), "/a/ { x: 1 }"], [Object(1), "[Number: 1]"], [Object("ab"), "[String: 'ab']"], [Object(1n), "[BigInt: 1n]"],
    [(function () { return arguments; })(1, "x"), "[Arguments] { '0': 1, '1': 'x' }"],
    [new Uint8Array([1, 2]), "Uint8Array(2) [ 1, 2 ]"], [new Float32Array(0), "Float32Array(0) []"],
    [new BigInt64Array(1), "BigInt64Array(1) [ 0n ]"],
    [new Uint8Array([1, 255]).buffer, "ArrayBuffer { [Uint8Contents]: <01 ff>, byteLength: 2 }"],
    [new DataView(new ArrayBuffer(1)),
      "DataView {\n  byteLength: 1,\n  byteOffset: 0,\n  buffer: ArrayBuffer { [Uint8Contents]: <00>, byteLength: 1 }\n}"],
  ]));

test("promises show their state", () => {
  const rejected = Promise.reject(new RangeError("no"));
  rejected.catch(() => {});
  checkAll([
    [Promise.resolve({ a: 1 }), "Promise { { a: 1 } }"], [new Promise(() => {}), "Promise { <pending> }"],
    [Promise.resolve(undefined), "Promise { undefined }"],
  ]);
  assert(/^Promise \{\n {2}<rejected> RangeError: no\n {6}at /.test(inspect(rejected)), inspect(rejected));
});

test("circular references are numbered", () => {
  const a = { name: "a" };
  a.self = a;
  a.list = [a];
  const b = { inner: {} };
  b.inner.up = b.inner;
  checkAll([
    [a, "<ref *1> { name: 'a', self: [Circular *1], list: [ [Circular *1] ] }"],
    [b, "{ inner: <ref *1> { up: [Circular *1] } }"],
  ]);
});

test("lines break at about eighty columns", () => {
  const user = { id: 1, name: "Ann", tags: ["a", "b"] };
  checkAll([
    [{ users: [user, user], total: 2, next: null },
      "{\n  users: [\n    { id: 1, name: 'Ann', tags: [Array] },\n    { id: 1, name: 'Ann', tags: [Array] }\n  ],\n  total: 2,\n  next: null\n}"],
    [{ text: "y\n".repeat(40).trimEnd() }, "{\n  text: 'y\\n' +\n" + "    'y\\n' +\n".repeat(38) + "    'y'\n}"],
    [{ a: 1, b: [1, 2] }, "{\n  a: 1,\n  b: [\n    1,\n    2\n  ]\n}", { compact: false }],
  ]);
});

test("errors: stack, own properties, cause, class", () => {
  const at = "\n    at f (file.js:1:2)";
  const make = (error, header) => Object.defineProperty(error, "stack", { value: header + at, configurable: true, writable: true });
  const plain = make(new Error("m"), "Error: m");
  const indented = at.replaceAll("\n", "\n  ");
  class Oops extends Error {}
  checkAll([
    [plain, `Error: m${at}`],
    [{ e: plain }, `{\n  e: Error: m${indented}\n}`],
    [make(Object.assign(new Error("m"), { code: "E" }), "Error: m"), `Error: m${at} {\n  code: 'E'\n}`],
    [make(new Error("m", { cause: make(new TypeError("c"), "TypeError: c") }), "Error: m"),
      `Error: m${at} {\n  [cause]: TypeError: c${indented}\n}`],
    [make(new AggregateError([1, "x"], "all"), "AggregateError: all"), `AggregateError: all${at} {\n  [errors]: [ 1, 'x' ]\n}`],
    [make(new Oops("m"), "Error: m"), `Oops [Error]: m${at}`],
    [make(new DOMException("m", "AbortError"), "AbortError: m"), `DOMException [AbortError]: m${at}`],
    [Object.defineProperty(new Error("m"), "stack", { value: undefined }), "[Error: m]"],
    [Object.defineProperty(new Error("m"), "stack", { value: "no frames" }), "[no frames]"],
  ]);
});

test("interfaces of the platform show their attributes, iterable ones their entries", () =>
  checkAll([
    [new URLSearchParams("a=1&b=2"), "URLSearchParams(2) { 'a' => '1', 'b' => '2' }"],
    [new URLSearchParams(), "URLSearchParams(0) {}"],
    [new AbortController(), "AbortController {\n  signal: AbortSignal { aborted: false, reason: undefined, onabort: null }\n}"],
    [new URL("http://h/?a=1").searchParams, "URLSearchParams(1) { 'a' => '1' }"],
  ]));

test("an event shows the attributes of its class before the inherited ones", () => {
  const lines = inspect(new CustomEvent("x", { detail: 5 })).split("\n");
  assertEquals(lines.slice(0, 3), ["CustomEvent {", "  detail: 5,", "  type: 'x',"]);
  assert(lines.includes("  isTrusted: false,"));
  // The prototype object is no event: its attributes have no value.
  assert(inspect(CustomEvent.prototype).startsWith("Event [CustomEvent] {"), inspect(CustomEvent.prototype));
});

test("objects may print themselves", () => {
  const self = { [customInspect]: (depth, options, inspectAgain) => `<${depth} ${typeof options.stylize} ${inspectAgain("x")}>\nsecond` };
  checkAll([
    [self, "<2 function 'x'>\nsecond"], [{ a: self }, "{\n  a: <1 function 'x'>\n  second\n}"],
    [{ [customInspect]: () => ({ replaced: true }) }, "{ replaced: true }"],
    [{ [customInspect]: 5 }, "{ Symbol(nodejs.util.inspect.custom): 5 }"],
  ]);
  const off = inspect(self, { customInspect: false });
  assert(off.startsWith("{\n  Symbol(nodejs.util.inspect.custom): [Function: "), off);
});

test("what throws while it is looked at does not escape", () => {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  assertEquals(inspect([1, proxy]), "[ 1, <Revoked Proxy> ]");
  const text = inspect({ [customInspect]() { throw new RangeError("mine"); } });
  assert(text.includes("RangeError: mine") || text.includes("interrupted"), text);
  let deep = {};
  for (let i = 0; i < 100_000; i++) deep = { deep };
  assert(inspect(deep, { depth: Infinity }).length > 0);
});

test("options", () => {
  checkAll([
    [{ a: { b: 1 } }, "{ a: [Object] }", { depth: 0 }],
    [{ a: { b: { c: { d: { e: 1 } } } } }, "{\n  a: {\n    b: { c: { d: { e: 1 } } }\n  }\n}", { depth: null }],
    [{ b: 1, a: 2 }, "{ a: 2, b: 1 }", { sorted: true }],
    [{ a: "x", n: 1 }, "{ a: \x1b[32m'x'\x1b[39m, n: \x1b[33m1\x1b[39m }", { colors: true }],
    ["abcdef", "'abc'... 3 more characters", { maxStringLength: 3 }],
    [{ get a() { return { b: 1 }; } }, "{ a: [Getter] { b: 1 } }", { getters: true }],
  ]);
});

test("proxies are told from what they stand for, and no trap is asked", () => {
  const throwing = { get() { throw new Error("asked"); }, ownKeys() { throw new Error("asked"); } };
  const nested = new Proxy(new Proxy({ a: 1 }, {}), {});
  const all = { showProxy: true };
  checkAll([
    [new Proxy({ a: 1 }, throwing), "Proxy({ a: 1 })"],
    [nested, "Proxy(Proxy({ a: 1 }))"],
    [nested, "Proxy [ Proxy [ { a: 1 }, {} ], {} ]", all],
    [new Proxy([1, 2], { get: throwing.get }), "Proxy [ [ 1, 2 ], { get: [Function: get] } ]", all],
    [new Proxy(class A {}, {}), "Proxy [ [class A], {} ]", all],
    [{ a: { b: { c: new Proxy({}, {}) } } }, "{ a: { b: { c: Proxy [Array] } } }", all],
    [new Proxy({ a: 1 }, {}), "Proxy [ [Object], {} ]", { ...all, depth: 0 }],
  ]);
});

test("iterators of Maps and Sets show what is left in them, and stay where they are", () => {
  const entries = new Map([[1, { a: 2 }], ["x", [3]]]).entries();
  entries.next();
  const values = new Set([1, 2, 3, 4]);
  const rest = values.values();
  rest.next();
  rest.next();
  values.delete(1);
  values.add(5);
  const done = new Set([1]).values();
  done.next();
  done.next();
  checkAll([
    [entries, "[Map Entries] { [ 'x', [ 3 ] ] }"],
    [entries, "[Map Entries] { [ 'x', [ 3 ] ] }"],
    [rest, "[Set Iterator] { 3, 4, 5 }"],
    [done, "[Set Iterator] {  }"],
    [new Map([[1, 2]]).keys(), "[Map Iterator] { 1 }"],
    [new Map([[1, 2]]).values(), "[Map Iterator] { 2 }"],
    [new Set([1]).entries(), "[Set Entries] { [ 1, 1 ] }"],
    [new Map([[1, 1], [2, 2], [3, 3]]).keys(), "[Map Iterator] { 1, ... 2 more items }", { maxArrayLength: 1 }],
    [Object.assign(new Set([1]).values(), { q: 1 }), "[Set Iterator] { 1, q: 1 }"],
    [new Map().keys(), "[Object [Map Iterator]]", { depth: -1 }],
    [[][Symbol.iterator](), "Object [Array Iterator] {}"],
  ]);
  assertEquals([...entries], [["x", [3]]]);
  assertEquals([...rest], [3, 4, 5]);
});

test("shared memory is printed like any other", () => {
  const shared = new SharedArrayBuffer(2);
  new Uint8Array(shared)[1] = 255;
  checkAll([
    [shared, "SharedArrayBuffer { [Uint8Contents]: <00 ff>, byteLength: 2 }"],
    [new Uint8Array(shared), "Uint8Array(2) [ 0, 255 ]"],
  ]);
});
