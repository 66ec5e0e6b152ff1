// node:util and node:util/types.

import util from "node:util";
import types from "node:util/types";
import { attempt, attemptAsync, attemptEngine, describeProperties, table } from "./tools.js";

const values = () => ({
  array: [], object: {}, null: null, undefined, number: 1, text: "a", symbol: Symbol("s"), arrow: () => 1, date: new Date(0),
  regexp: /x/, error: new Error("e"), boolean: true, buffer: Buffer.alloc(1), likeError: Object.create(Error.prototype),
});

const objects = () => [
  new ArrayBuffer(1), (function () { return arguments; })(), async () => 1, function* () {}, (function* () {})(),
  new Map().keys(), new Set().keys(), new Map(), new Set(), new WeakMap(), new WeakSet(), Promise.resolve(), new Proxy({}, {}),
  /x/, new Date(), new Error(), Object(1), Object("a"), Object(true), Object(1n), Object(Symbol()),
  new DataView(new ArrayBuffer(1)), new Uint8Array(1), new Uint8ClampedArray(1), new Int8Array(1), new Uint16Array(1),
  new Int16Array(1), new Uint32Array(1), new Int32Array(1), new Float32Array(1), new Float64Array(1), new BigInt64Array(1),
  new BigUint64Array(1), Buffer.alloc(1), {}, null, undefined, 5, async function* () {}, [].keys(), util,
  Object.create(Error.prototype), new (class X extends Error {})(), Object.create(Map.prototype), new Proxy(() => 1, {}),
];

const callback = (act) => new Promise((resolve, reject) => act((error, value) => (error ? reject(error) : resolve(value))));

export default {
  promisify: async () => ({
    value: await attemptAsync(() => util.promisify((a, done) => done(null, a + 1))(1)),
    error: await attemptAsync(() => util.promisify((done) => done(new Error("x")))()),
    several: await attemptAsync(() => util.promisify((done) => done(null, 1, 2))()),
    thrown: await attemptAsync(() => util.promisify(() => { throw new Error("sync"); })()),
    receiver: await attemptAsync(() => util.promisify(function (done) { done(null, this.x); }).call({ x: 5 })),
    bad: attempt(() => util.promisify(5)),
    custom: await attemptAsync(() => {
      const f = () => {};
      f[util.promisify.custom] = () => "custom";
      return util.promisify(f)();
    }),
    badCustom: attempt(() => {
      const f = () => {};
      f[util.promisify.custom] = 5;
      return util.promisify(f);
    }),
    shape: attempt(() => {
      function foo(_a, _b) {}
      foo.x = 1;
      const promised = util.promisify(foo);
      return [promised.name, promised.length, promised.x, promised[util.promisify.custom] === promised, util.promisify(promised) === promised];
    }),
  }),
  callbackify: async () => ({
    value: await attemptAsync(() => callback((done) => util.callbackify(async (a) => a + 1)(1, done))),
    error: await attemptAsync(() => callback((done) => util.callbackify(async () => { throw new Error("y"); })(done))),
    falsy: await attemptAsync(() => callback((done) => util.callbackify(async () => { throw null; })(done))),
    bad: attempt(() => util.callbackify(5)),
    noCallback: attempt(() => util.callbackify(async () => 1)()),
    shape: attempt(() => {
      const f = util.callbackify(async function foo(_a) {});
      return [f.name, f.length];
    }),
  }),
  "deprecate-inherits-extend": () =>
    table([
      () => util.deprecate(() => 5, "msg", "C")(),
      () => { const f = () => 5; return util.deprecate(f, "x") === f; },
      () => { function A() {} function B() {} util.inherits(A, B); return [A.super_ === B, new A() instanceof B, describeProperties(A).filter((text) => text.startsWith("super_"))]; },
      () => util.inherits(null, () => {}),
      () => util.inherits(() => {}, null),
      () => util.inherits(function () {}, () => 1),
      () => util._extend({ a: 1 }, { b: 2 }),
      () => util._extend({ a: 1 }, null),
      () => util._extend({}, 5),
    ]),
  "old-checks": () => {
    const answers = {};
    for (const name of Object.keys(util).filter((key) => /^is[A-Z]/.test(key) && key !== "isDeepStrictEqual").sort()) {
      answers[name] = Object.entries(values()).map(([kind, value]) => [kind, util[name](value)]).filter(([, is]) => is).map(([kind]) => kind);
    }
    return answers;
  },
  types: () => {
    const answers = {};
    for (const name of Object.keys(types).sort()) {
      answers[name] = objects().map((value) => (types[name](value) ? 1 : 0)).join("");
    }
    return answers;
  },
  "types-of-namespaces": async () => {
    const namespace = await import("node:util");
    return [types.isModuleNamespaceObject(namespace), types.isProxy(namespace), types.isModuleNamespaceObject({}), types.isProxy(new Proxy({}, {}))];
  },
  "deep-equality": () => {
    const circular = () => { const object = { a: 1 }; object.self = object; return object; };
    const pairs = {
      numbers: [1, 1], looseNumbers: [1, "1"], nan: [NaN, NaN], zeros: [0, -0], objects: [{ a: 1 }, { a: 1 }], nested: [{ a: { b: [1] } }, { a: { b: [1] } }],
      order: [{ a: 1, b: 2 }, { b: 2, a: 1 }], arrays: [[1, 2], [1, 2]], longer: [[1], [1, 2]], dates: [new Date(1), new Date(1)], otherDates: [new Date(1), new Date(2)],
      maps: [new Map([[1, { a: 1 }]]), new Map([[1, { a: 1 }]])], mapKeys: [new Map([[{ a: 1 }, 1]]), new Map([[{ a: 1 }, 1]])], mapOrder: [new Map([[1, 2], [3, 4]]), new Map([[3, 4], [1, 2]])],
      sets: [new Set([{ a: 1 }]), new Set([{ a: 1 }])], setsDiffer: [new Set([1]), new Set([2])], flags: [/a/g, /a/i], regexps: [/a/g, /a/g],
      errors: [new Error("a"), new Error("a")], otherErrors: [new Error("a"), new Error("b")], causes: [new Error("a", { cause: 1 }), new Error("a", { cause: 2 })], undefinedMember: [{ a: undefined }, {}],
      buffers: [Buffer.from("a"), Buffer.from("a")], typed: [new Uint8Array(1), new Int8Array(1)], floats: [new Float32Array([0]), new Float32Array([-0])], prototypes: [Object.create(null), {}],
      holes: [[1, , 2], [1, undefined, 2]], boxes: [Object(1), Object(1)], otherBoxes: [Object(1), Object(2)], strings: [Object("a"), Object("a")], symbols: [Symbol.iterator, Symbol.iterator],
      symbolKeys: [{ [Symbol.for("a")]: 1 }, { [Symbol.for("a")]: 2 }], classes: [new (class A {})(), new (class B {})()], circular: [circular(), circular()], functions: [() => 1, () => 1],
      arguments: [(function () { return arguments; })(1), [1]], arrayBuffers: [new ArrayBuffer(2), new ArrayBuffer(2)], extra: [Object.assign([1], { x: 1 }), [1]],
    };
    return Object.fromEntries(Object.entries(pairs).map(([name, [a, b]]) => [name, attempt(() => util.isDeepStrictEqual(a, b))]));
  },
  format: () => {
    const self = {};
    self.self = self;
    const calls = [
      ["%s|%s", "a", 1], ["%d|%d|%d", "5", "x", 5n], ["%i|%f", "5.7", "5.7"], ["%j", { a: 1 }], ["%o", { a: [1] }], ["%O", { a: { b: { c: { d: {} } } } }],
      ["%%|%", 1], ["%c|x", "css"], ["%s", Symbol("a")], ["%s", { a: { b: { c: 1 } } }], ["%s", -0], ["%s", 5n], ["%d", -0], ["%x", 1],
      ["a", "b", { c: 1 }], ["%s"], ["%s", null], ["%s", undefined], ["%s", new Date(0)], ["%s", new (class B { toString() { return "bb"; } })()], ["%i", 5n], ["%d", {}],
      ["%d", Symbol("x")], ["%j", self], ["%f", Symbol("a")], ["%i", {}], ["%s %s", "only"], ["%s", [1, [2, [3]]]], ["%s", Object.create(null)], ["%O", new Map([[1, 2]])],
      [1, 2, "3"], [], [{ a: 1 }, "x"], ["a\n%s", "b"], [null], ["%"], ["%s%", "x"], ["%s", "a", new Error("x").message], ["%d", "0x10"], ["%i", "12px"], ["%s", [null, undefined]],
    ];
    return calls.map((args) => attempt(() => util.format(...args)));
  },
  "format-with-options": () =>
    table([
      () => util.formatWithOptions({ colors: true }, "%s %O %o", 1, { a: 1 }, "x"),
      () => util.formatWithOptions({ compact: false }, "%O", { a: 1 }),
      () => util.formatWithOptions(5, "x"),
      () => util.formatWithOptions(null, "x"),
    ]),
  "style-text": () =>
    table([
      () => util.styleText("red", "x"),
      () => util.styleText("red", "x", { validateStream: false }),
      () => util.styleText(["red", "bold"], "x", { validateStream: false }),
      () => util.styleText("grey", "x", { validateStream: false }),
      () => util.styleText([], "x"),
      () => util.styleText("none", "x"),
      () => util.styleText("red", 5),
      () => util.styleText("nope", "x"),
      () => util.styleText(["nope"], "x"),
    ]),
  "control-characters": () =>
    table([
      () => util.stripVTControlCharacters("\x1b[31mx\x1b[0m\x1b]8;;http://a\x07b\x1b]8;;\x07"),
      () => util.stripVTControlCharacters("\u001B]0;t\u0007a"),
      () => util.stripVTControlCharacters("\u001b[1;38;5;200mx\u001b[Ky"),
      () => util.stripVTControlCharacters("\u009b4mx"),
      () => util.stripVTControlCharacters(5),
      () => util.toUSVString("a\ud800"),
    ]),
  "parse-env": () =>
    table([
      () => util.parseEnv("A=1\n#c\nB='x y' # z\nexport C=\"l\\nm\"\nD=`q`\nE = sp \nF\nG=a#b\nH=a #b\nI=\"multi\nline\"\nJ="),
      () => util.parseEnv("A='a\nb'\r\nB=\"x\" y\n  C  =  z  \nD=a=b\nE='it''s'\nF=\"unclosed\nG=1"),
      () => util.parseEnv(""),
      () => util.parseEnv(5),
    ]),
  mime: () =>
    table([
      () => String(new util.MIMEType("Text/HTML; Charset=\"utf-8\"; q=1")),
      () => { const mime = new util.MIMEType("a/b;c=d"); return [mime.type, mime.subtype, mime.essence, [...mime.params], JSON.stringify(mime)]; },
      () => { const mime = new util.MIMEType("a/b"); mime.type = "X"; mime.subtype = "Y"; mime.params.set("a", "b c"); mime.params.set("q", '"'); return String(mime); },
      () => { const mime = new util.MIMEType("a/b;c=d;e=f"); mime.params.delete("c"); return [mime.params.has("c"), mime.params.get("e"), mime.params.get("x"), [...mime.params.keys()], [...mime.params.values()]]; },
      () => new util.MIMEType("a/b; c=\"d\\\"e\"; f=; ;g=h;c=2").toString(),
      () => new util.MIMEType(" a/b ").toString(),
      () => new util.MIMEType("a/b;c=\u1234").toString(),
      ...["x", "a /b", "a/b c", "/b", "a/", ""].map((text) => () => new util.MIMEType(text)),
      () => { new util.MIMEType("a/b").type = "x y"; },
      () => { new util.MIMEType("a/b").subtype = ""; },
      () => util.inspect(new util.MIMEType("a/b;c=d")),
      () => new util.MIMEType(),
    ]),
  "call-sites": () => {
    function named() {
      return util.getCallSites(1)[0];
    }
    const site = named();
    return [
      Object.keys(site), site.functionName, typeof site.lineNumber, site.column === site.columnNumber,
      ...table([() => util.getCallSites(0), () => util.getCallSites(201), () => util.getCallSites("x"), () => util.getCallSites(1, { sourceMap: true }).length]),
    ];
  },
  "debuglog-and-aborted": async () => {
    const aborted = new AbortController();
    aborted.abort();
    const later = new AbortController();
    const waiting = util.aborted(later.signal, {});
    later.abort();
    return [
      describeProperties(util.debuglog("x")),
      util.debuglog("x").enabled,
      util.debug === util.debuglog,
      await attemptAsync(() => util.aborted(aborted.signal, {})),
      await attemptAsync(async () => { await waiting; return "done"; }),
      await attemptAsync(() => util.aborted()),
      await attemptAsync(() => util.aborted(5, {})),
      await attemptAsync(() => util.aborted(aborted.signal, 5)),
      await attemptAsync(() => util.aborted(aborted.signal)),
    ];
  },
  "not-there": () =>
    table(["_errnoException", "_exceptionWithHostPort", "getSystemErrorMap", "getSystemErrorMessage", "getSystemErrorName", "transferableAbortController", "transferableAbortSignal"]
      .map((name) => () => util[name](-2))),
  errors: () => {
    const act = () => Buffer.alloc("x");
    try {
      act();
    } catch (error) {
      const { name, code, message, constructor } = error;
      return [name, code, message, constructor.name, String(error), Object.keys(error), error instanceof TypeError];
    }
    return attemptEngine(act);
  },
};
