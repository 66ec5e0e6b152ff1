// util.inspect(), which console uses too.

import assert from "node:assert";
import querystring from "node:querystring";
import url from "node:url";
import util, { inspect } from "node:util";
import { attempt, table } from "./tools.js";

const all = (list, options) => list.map((value) => attempt(() => inspect(value, options)));
const withoutFrames = (text) => text.split("\n").filter((line) => !/^\s+at /.test(line)).join("\n");

class Point {
  constructor(x, y) {
    this.x = x;
    this.y = y;
  }
}
class Named extends Map {}
class Tagged {
  get [Symbol.toStringTag]() {
    return "Tag";
  }
}

export default {
  primitives: () =>
    all([1, -0, NaN, 5n, true, null, undefined, "a", "a'b", 'a\'b"c', "a'b\"c`d", "a\nb", "\x00\x1b\x7f", "\ud800", "é😀", "", Symbol("s"), Symbol(), Symbol("a b\n")]),
  "plain-objects": () =>
    all([
      {}, { a: 1 }, { "a-b": 1, 2: 3, [Symbol("s")]: 4, é: 5, __proto__: null }, { a: { b: { c: { d: 1 } } } }, { f() {}, g: () => 1, h: class A {}, i: async () => {}, *j() {} },
      { get a() { return 1; }, set a(_v) {}, get b() { return 2; }, set c(_v) {} }, Object.create(null), Object.create({ a: 1 }), { a: undefined, b: null }, { a: [1, [2, [3, [4]]]] },
      { aaaaaaaaaaaaaaaaaaaaaaaaa: 1, bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb: 2, ccccccccccccccccccccccccc: 3 }, { a: "x".repeat(100) }, { a: { b: {} }, c: [], d: new Map() },
    ]),
  arrays: () =>
    all([
      [], [1, 2, 3], [1, , 3], [, ,], Object.assign([1], { x: 2 }), Array(5), [undefined, null], Array.from({ length: 120 }, (_, i) => i), Array.from({ length: 30 }, (_, i) => `item ${i}`),
      ["a", "bb", "ccc", "dddd", "eeeee", "ffffff", "ggggggg"], [[1, 2], [3, [4, [5, [6]]]]], [{ a: 1 }, { b: 2 }], Array.from({ length: 7 }, () => ({ a: 1 })), new (class Mine extends Array {})(3), [1.5, 22.25, 333.125, 4, 5, 6, 7],
      [-1, -22, 333, 4444, 5, 6, 7, 8], ["\n", "a".repeat(80)],
    ]),
  classes: () =>
    all([new Point(1, 2), new Named([[1, 2]]), new Tagged(), Point, class extends Point {}, class {}, Object.assign(() => 1, { a: 1 }), function named() {}, async function asynchronous() {}, function* generator() {}, async function* both() {}, Math, JSON, Object.create(Point.prototype), new (class extends Object {})(), Reflect, globalThis.Atomics === undefined ? 0 : 0, new (class A { #private = 1; visible = 2; })()]),
  collections: () =>
    all([
      new Map(), new Map([[1, { a: 1 }], ["k", new Map([[1, 2]])]]), new Set([1, "a", [2]]), new Map([[{ a: 1 }, 1]]), new WeakMap(), new WeakSet(), [1, 2][Symbol.iterator](), "ab"[Symbol.iterator](),
      Object.assign(new Map([[1, 2]]), { x: 1 }), Object.assign(new Set(), { x: 1 }), new Set(Array.from({ length: 120 }, (_, i) => i)), new Map(Array.from({ length: 30 }, (_, i) => [i, `${i}`])),
    ]),
  "binary-data": () =>
    all([new Uint8Array(3), new Float64Array([1.5, -0]), new BigInt64Array(1), new ArrayBuffer(4), new DataView(new ArrayBuffer(2)), Buffer.from("abc"), Buffer.alloc(60), Object.assign(Buffer.from("a"), { x: { y: { z: 1 } } }), Object.assign(Buffer.alloc(0), { x: 1 }), new Uint8Array(200), Object.assign(new Uint8Array(1), { a: 1 }), { nested: { deep: Buffer.from("x") } }]),
  "dates-regexps-boxes": () =>
    all([new Date(0), new Date(NaN), Object.assign(new Date(0), { a: 1 }), /a\/b/gi, Object.assign(/x/, { a: 1 }), Object(1), Object("abc"), Object(true), Object(5n), Object(Symbol("s")), Object.assign(Object("ab"), { x: 1 }), (function () { return arguments; })(1, 2), Promise.resolve(5), Promise.resolve({ a: 1 }), new Promise(() => {}), (() => { const p = Promise.reject(1); p.catch(() => {}); return p; })(), function* () {}()]),
  // What is left in an iterator is not for a program to see, nor what is behind a proxy.
  iterators: () => {
    const entries = new Map([[1, { a: 2 }], ["x", [3]]]).entries();
    entries.next();
    const values = new Set([1, 2, 3]).values();
    values.next();
    const done = new Set([1]).values();
    done.next();
    done.next();
    const many = new Map(Array.from({ length: 120 }, (_, i) => [i, i]));
    return [
      ...all([entries, entries, values, done, new Map([[1, 2]]).keys(), new Map([[1, 2]]).values(), new Set([1]).entries(), new Map().entries(), new Map([[{ b: { c: { d: {} } } }, 2]]).entries(), new Set([[1, [2, [3, [4]]]]]).values()]),
      ...all([many.keys(), Object.assign(new Set([1]).values(), { q: 1 }), [new Set([1]).values()], [][Symbol.iterator](), ""[Symbol.iterator]()]), inspect(many.entries(), { maxArrayLength: 1 }), inspect(new Map([[1, 2]]).entries(), { compact: false }), inspect(new Map([["a", 1]]).entries(), { depth: -1 }), inspect(new Set([3, 1, 2]).values(), { sorted: true }),
      [...entries], [...values],
    ];
  },
  proxies: () => {
    const proxy = new Proxy({ a: 1 }, { get: () => 5 });
    const { proxy: revoked, revoke } = Proxy.revocable({}, {});
    revoke();
    const handlers = [proxy, new Proxy(() => 1, {}), new Proxy([1, 2], {}), new Proxy(new Proxy({}, {}), {}), { a: { b: { c: new Proxy({ d: 1 }, {}) } } }, revoked];
    return [handlers.map((value) => inspect(value)), handlers.map((value) => inspect(value, { showProxy: true })), inspect(proxy, { showProxy: 1 }), inspect(proxy, { showProxy: true, depth: 0 })];
  },
  "weak-references": () => all([new WeakRef({ a: 1 })]),
  errors: () => {
    class Special extends Error {
      constructor(message, options) {
        super(message, options);
        this.code = 5;
      }
    }
    const unnamed = new Error("m");
    unnamed.name = "Other";
    const noStack = new Error("bare");
    noStack.stack = undefined;
    const ownStack = new Error("x");
    ownStack.stack = "a stack of mine";
    return [
      new Error("plain"), new TypeError("two\nlines"), new Special("s"), new Error("c", { cause: new Error("inner") }), new Error("c", { cause: "text" }), new AggregateError([new Error("a"), 1], "all"),
      Object.assign(new Error("props"), { a: 1, b: { c: 2 } }), unnamed, noStack, ownStack, Object.assign(new RangeError("r"), { name: "Renamed" }), new Error(""), { e: new Error("nested") }, [new Error("in array")],
    ].map((error) => attempt(() => withoutFrames(inspect(error))));
  },
  "errors-of-node": () => {
    const thrown = (act) => {
      try {
        return act();
      } catch (error) {
        return withoutFrames(inspect(error));
      }
    };
    return [
      thrown(() => Buffer.from(5)),
      thrown(() => Buffer.alloc(1).readInt8(5)),
      thrown(() => Buffer.alloc(3).swap16()),
      thrown(() => url.fileURLToPath("http://x")),
      thrown(() => querystring.escape("\ud800")),
      thrown(() => assert.equal(1, 2, "message")),
      thrown(() => assert.fail()),
    ];
  },
  circular: () => {
    const self = { name: "x" };
    self.self = self;
    const a = { b: {} };
    a.b.a = a;
    const map = new Map();
    map.set("map", map);
    const list = [1];
    list.push(list, [list]);
    return all([self, a, map, list, { first: self, second: self }]);
  },
  depth: () => {
    const deep = { a: { b: { c: { d: { e: {} } } } } };
    return [0, 1, 5, null, Infinity, -1].map((depth) => attempt(() => inspect(deep, { depth }))).concat(attempt(() => inspect([[[[[]]]]], false, 1)), attempt(() => inspect({ a: new Map([[1, { b: { c: {} } }]]) }, { depth: 1 })));
  },
  compact: () => {
    const value = { a: 1, b: { c: [1, 2, { d: 3 }], e: "text" }, f: new Map([[1, { g: 2 }]]) };
    return [true, false, 0, 1, 2, 5].map((compact) => attempt(() => inspect(value, { compact })));
  },
  "break-length": () => [20, 40, 120, Infinity].map((breakLength) => attempt(() => inspect({ a: 1, bbbbbbbbbb: [1, 2, 3], c: "some text that is longer", d: { e: { f: 1 } } }, { breakLength }))),
  limits: () => [
    ...[0, 1, 3, null].map((maxArrayLength) => attempt(() => inspect([1, 2, 3, 4], { maxArrayLength }))),
    ...[0, 1, 5, null].map((maxStringLength) => attempt(() => inspect("a text of some length", { maxStringLength }))),
    attempt(() => inspect(new Set([1, 2, 3]), { maxArrayLength: 2 })),
    attempt(() => inspect(new Map([[1, 2], [3, 4]]), { maxArrayLength: 1 })),
    attempt(() => inspect(new Uint8Array(4), { maxArrayLength: 2 })),
    attempt(() => inspect({ a: ["xx", "yy"] }, { maxArrayLength: 1, maxStringLength: 1 })),
    attempt(() => inspect("x".repeat(10_050)).length),
  ],
  colours: () =>
    all([1, "a", 5n, true, null, undefined, Symbol("s"), new Date(0), /x/, { a: 1, "b-c": "d", [Symbol("k")]: null }, [1, "a", [undefined]], new Map([[1, "x"]]), () => 1, class A {}, { get a() { return 1; } }, [, 1], new Error("x").name, { deep: { deep: { deep: { deep: 1 } } } }], { colors: true }),
  "colour-tables": () => ({ colors: { ...inspect.colors }, styles: { ...inspect.styles }, defaults: inspect.defaultOptions, custom: inspect.custom === Symbol.for("nodejs.util.inspect.custom"), aliases: ["grey", "blackBright", "bgGrey", "faint", "crossedout", "strikeThrough", "conceal", "swapColors", "doubleUnderline"].map((name) => inspect.colors[name]) }),
  sorted: () => [
    attempt(() => inspect({ b: 1, a: 2, c: { z: 1, y: 2 } }, { sorted: true })),
    attempt(() => inspect({ b: 1, a: 2, c: 3 }, { sorted: (x, y) => (x < y ? 1 : -1) })),
    attempt(() => inspect(new Set([3, 1, 2]), { sorted: true })),
    attempt(() => inspect(new Map([["b", 1], ["a", 2]]), { sorted: true })),
    attempt(() => inspect([3, 1, 2], { sorted: true })),
  ],
  getters: () => {
    const value = { get a() { return { b: 1 }; }, set a(_v) {}, get c() { throw new Error("no"); }, get d() { return 5; }, set e(_v) {} };
    return [true, "get", "set", false].map((getters) => attempt(() => inspect(value, { getters })));
  },
  hidden: () => all([[1, 2], Object.defineProperty({ a: 1 }, "b", { value: 2, enumerable: false }), new Map([[1, 2]]), Buffer.from("a"), new Uint8Array(2), Array.from({ length: 9 }, (_, i) => i * 1000)], { showHidden: true }),
  "oldest-layout": () =>
    all(
      [
        { first: { second: "x".repeat(60), third: [1, 2, { fourth: "y".repeat(30) }] } },
        Array.from({ length: 30 }, (_, i) => i * 1000),
        Object.assign([1], { extra: Array.from({ length: 20 }, () => "text") }),
        new Map([["key", { a: "z".repeat(70), b: 2 }]]),
      ],
      { compact: true, depth: null },
    ),
  "numeric-separator": () => all([1234567, -1234567.891234, 12345678901234567890n, 1e21, 0.0001, [1000, 999]], { numericSeparator: true }),
  "custom-inspection": () => {
    class Custom {
      [inspect.custom](depth, options, given) {
        return `<${depth} ${options.compact} ${typeof options.stylize} ${typeof given}>`;
      }
    }
    return table([
      () => inspect(new Custom()),
      () => inspect({ a: { b: new Custom() } }),
      () => inspect({ [inspect.custom]: () => ({ replaced: true }) }),
      () => inspect({ [inspect.custom]: () => 5 }),
      () => inspect({ [inspect.custom]: "no function", a: 1 }),
      () => inspect({ [inspect.custom]() { return "two\nlines"; } }),
      () => inspect({ outer: { [inspect.custom]() { return "two\nlines"; } } }),
      () => inspect(new Custom(), { customInspect: false }),
      () => inspect({ [inspect.custom](_d, options) { return options.stylize("x", "string"); } }, { colors: true }),
      () => inspect({ inspect() { return "old"; } }),
    ]);
  },
  "web-objects": () => all([new URL("https://u:p@h:8/p?q#f"), new URLSearchParams("a=1&b=2"), new AbortController().signal.aborted, new TextEncoder()]),
  options: () =>
    table([
      () => inspect({ a: { b: { c: {} } } }, true, 0),
      () => inspect({ a: 1 }, false, 2, true),
      () => inspect("x", true),
      () => inspect({ a: 1 }, null),
      () => inspect({ a: 1 }, "odd"),
      () => { inspect.defaultOptions.depth = 0; const text = inspect({ a: { b: 1 } }); inspect.defaultOptions.depth = 2; return text; },
      () => { inspect.defaultOptions = { depth: 0 }; const text = inspect({ a: { b: 1 } }); inspect.defaultOptions = { depth: 2 }; return text; },
      () => util.inspect === inspect,
    ]),
  "long-strings": () => all(["line\n".repeat(5), ["line one of it\nline two of it"], { text: "a text that is long enough to be\nsplit at its line breaks, which needs some more words" }, ["x".repeat(70), "y".repeat(70)]]),
  "class-prototypes": () => all([Point.prototype, Object.prototype, Array.prototype.slice.prototype, Map.prototype, Error.prototype, Date.prototype, RegExp.prototype, Promise.prototype, Symbol.prototype, Uint8Array.prototype]),
};
