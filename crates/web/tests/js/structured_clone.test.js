import { test, assert, assertEquals, assertThrows } from "holdfast:test";
import { AbortController } from "holdfast:web/abort";
import { Blob } from "holdfast:web/blob";
import { DOMException } from "holdfast:web/dom_exception";
import { File } from "holdfast:web/file";
import { FormData } from "holdfast:web/form_data";
import { Headers } from "holdfast:web/headers";
import { Request } from "holdfast:web/request";
import { Response } from "holdfast:web/response";
import { structuredClone } from "holdfast:web/structured_clone";
import { URL } from "holdfast:web/url";

test("primitives and their wrappers", () => {
  for (const value of [undefined, null, true, -0, NaN, 1e300, "text\ud800", 12345678901234567890n]) {
    assert(Object.is(structuredClone(value), value));
  }
  for (const value of [1, "s", true, 5n]) {
    const copy = structuredClone(Object(value));
    assertEquals([typeof copy, copy.valueOf()], ["object", value]);
  }
});

test("dates, regular expressions, maps, sets, arrays, buffers", () => {
  const date = structuredClone(new Date(5));
  assert(date instanceof Date && date.getTime() === 5);
  const regexp = /a+/giu;
  regexp.lastIndex = 3;
  const copy = structuredClone(regexp);
  assertEquals([copy.source, copy.flags, copy.lastIndex], ["a+", "giu", 0]);
  const map = structuredClone(new Map([[{ k: 1 }, new Set([1, [2]])]]));
  assertEquals([...map].map(([key, value]) => [key, [...value]]), [[{ k: 1 }, [1, [2]]]]);
  const sparse = structuredClone(Object.assign([1, , 3], { extra: "x" }));
  assertEquals([sparse.length, 1 in sparse, sparse.extra], [3, false, "x"]);
  const views = structuredClone({ a: new Uint8Array([1, 2, 3]).subarray(1), f: new Float64Array([1.5]), d: new DataView(new ArrayBuffer(2)) });
  assertEquals([[...views.a], views.a.byteOffset, [...views.f], views.d.byteLength], [[2, 3], 1, [1.5], 2]);
});

test("cycles and shared references keep their shape", () => {
  const shared = { s: 1 };
  const root = { a: shared, b: [shared] };
  root.self = root;
  const copy = structuredClone(root);
  assert(copy.self === copy && copy.a === copy.b[0] && copy.a !== shared);
  const buffer = new ArrayBuffer(4);
  const views = structuredClone([new Uint8Array(buffer), new Uint16Array(buffer)]);
  assert(views[0].buffer === views[1].buffer);
});

test("own enumerable string keys only; getters are read, prototypes lost", () => {
  class Point {
    constructor() {
      this.x = 1;
    }
    get y() {
      return 2;
    }
  }
  const copy = structuredClone(new Point());
  assertEquals([Object.getPrototypeOf(copy) === Object.prototype, Object.keys(copy)], [true, ["x"]]);
  const source = { get g() { return 5; }, [Symbol("s")]: 1 };
  Object.defineProperty(source, "hidden", { value: 1 });
  assertEquals(structuredClone(source), { g: 5 });
  const failure = new RangeError("in a getter");
  assert(assertThrows(() => structuredClone({ get g() { throw failure; } }), RangeError) === failure);
});

test("errors keep type, message and cause", () => {
  const copy = structuredClone(new RangeError("wrong", { cause: new TypeError("deep") }));
  assert(copy instanceof RangeError && copy.cause instanceof TypeError);
  assertEquals([copy.name, copy.message, copy.cause.message], ["RangeError", "wrong", "deep"]);
});

test("what cannot be cloned is a DataCloneError that names it", () => {
  for (const value of [() => {}, Symbol("x"), { a: { f() {} } }, [new WeakMap()], Promise.resolve(), new WeakRef({})]) {
    const error = assertThrows(() => structuredClone(value), DOMException, /could not be cloned\.$/);
    assertEquals([error.name, error.code], ["DataCloneError", 25]);
  }
  assertEquals(assertThrows(() => structuredClone(Symbol("x")), DOMException).message, "Symbol(x) could not be cloned.");
});

test("a copy of shared memory is the same memory", () => {
  const shared = new SharedArrayBuffer(4);
  const copy = structuredClone(shared);
  assert(copy instanceof SharedArrayBuffer && copy !== shared);
  new Uint8Array(copy)[1] = 7;
  assertEquals([...new Uint8Array(shared)], [0, 7, 0, 0]);
  const { view, list } = structuredClone({ view: new Uint8Array(shared, 1, 2), list: [shared, shared] });
  assertEquals([[...view], view.byteOffset], [[7, 0], 1]);
  view[0] = 8;
  assert(new Uint8Array(shared)[1] === 8 && list[0] === list[1]);
  assertThrows(() => structuredClone(shared, { transfer: [shared] }));
});

test("a buffer that is transferred beside shared memory moves all the same", () => {
  const [shared, { buffer }] = [new SharedArrayBuffer(1), new Uint8Array([1, 2])];
  const copy = structuredClone([shared, buffer], { transfer: [buffer] });
  assertEquals([buffer.detached, [...new Uint8Array(copy[1])], copy[0].byteLength], [true, [1, 2], 1]);
});

test("transfer moves buffers", () => {
  const buffer = new Uint8Array([1, 2, 3]).buffer;
  const copy = structuredClone({ buffer }, { transfer: [buffer] });
  assertEquals([buffer.detached, buffer.byteLength, [...new Uint8Array(copy.buffer)]], [true, 0, [1, 2, 3]]);
});

test("what cannot be transferred is refused, and nothing is moved", () => {
  const buffer = new ArrayBuffer(1);
  assertThrows(() => structuredClone(1, { transfer: [buffer, {}] }));
  assertEquals(buffer.detached, false);
  assertThrows(() => structuredClone(1, { transfer: [buffer, buffer] }));
  assertThrows(() => structuredClone(1, { transfer: 5 }), TypeError);
});

test("arguments", () => {
  assertThrows(() => structuredClone(), TypeError,
    "Failed to execute 'structuredClone' on 'ServiceWorkerGlobalScope': parameter 1 is not of type 'Value'.");
  assertThrows(() => structuredClone(1, 5), TypeError);
  assertEquals(structuredClone(1, null), 1);
});

test("platform objects are copied, wherever they are", async () => {
  const headers = new Headers({ a: "1" });
  const value = { headers, list: [headers], map: new Map([[headers, new Set([headers])]]), date: new Date(5), n: 1 };
  value.self = value;
  const copy = structuredClone(value);
  assert(copy.headers instanceof Headers && copy.headers !== headers && copy.headers.get("a") === "1");
  assert(copy.list[0] === copy.headers && copy.self === copy);
  const [[key, set]] = copy.map;
  assert(key === copy.headers && set.has(copy.headers));
  assertEquals([copy.date.getTime(), copy.n], [5, 1]);
  const blob = structuredClone(new Blob(["abc"], { type: "t/x" }).slice(1, 3, "t/y"));
  assertEquals([await blob.text(), blob.type], ["bc", "t/y"]);
  const exception = structuredClone(new DOMException("m", "DataError"));
  assert(exception instanceof DOMException);
  assertEquals([exception.name, exception.message, exception.code], ["DataError", "m", 0]);
});

test("messages without bodies are copied; bodies, signals and sockets are refused", () => {
  const request = structuredClone(new Request("http://h/", { method: "PUT", headers: { a: "b" }, redirect: "manual" }));
  assertEquals([request.url, request.method, [...request.headers], request.redirect], ["http://h/", "PUT", [["a", "b"]], "manual"]);
  const response = structuredClone(new Response(null, { status: 201, headers: { a: "b" } }));
  assertEquals([response.status, [...response.headers]], [201, [["a", "b"]]]);
  const refused = [
    new Request("http://h/", { method: "POST", body: "x" }),
    new Request("http://h/", { signal: new AbortController().signal }),
    new Response("x"), new File(["x"], "n"), new URL("http://h/"), new FormData(), { deep: [new URL("http://h/")] },
  ];
  for (const value of refused) assertThrows(() => structuredClone(value), "DataCloneError");
});

test("platform objects inside errors", () => {
  const copy = structuredClone(Object.assign(new TypeError("t", { cause: new Headers({ a: "1" }) }), { h: new Headers() }));
  assert(copy instanceof TypeError && copy.cause.get("a") === "1" && copy.h instanceof Headers);
  const deep = structuredClone(new Error("e", { cause: new RangeError("r", { cause: { list: [new Headers({ b: "2" })] } }) }));
  assert(deep.cause instanceof RangeError && deep.cause.cause.list[0].get("b") === "2");
});

test("errors keep their own properties and names", () => {
  const inner = { a: 1 };
  class Custom extends RangeError {
    code = inner;
  }
  const error = Object.assign(new Custom("m", { cause: new Custom("cause") }), { name: "Own", list: [inner] });
  Object.defineProperty(error, "hidden", { value: 2 });
  const copy = structuredClone(error);
  assert(Error.isError(copy) && copy !== error);
  assertEquals([copy.name, copy.message, copy.code, copy.list, copy.hidden], ["Own", "m", { a: 1 }, [{ a: 1 }], 2]);
  assert(copy.code === copy.list[0] && copy.code !== inner);
  assert(copy.cause instanceof RangeError && copy.cause.code === copy.code);
  assertEquals(Object.keys(copy), ["name", "code", "list", "hidden"]);
  const many = structuredClone(new AggregateError([Object.assign(new Error("x"), { n: 1 })], "m"));
  assertEquals([many.errors[0].n, Object.keys(many)], [1, []]);
  assertEquals(structuredClone(Object.assign(new Error("e"), { errors: [1] })).errors, [1]);
});

test("what has no copy is refused beside errors that have properties", () => {
  const error = Object.assign(new Error("e"), { code: 1 });
  const refused = [
    Object.assign(new Error("e"), { f() {} }),
    Object.assign(new Error("e"), { g: (function* () {})() }),
    new Proxy({ error }, {}),
    { error, proxy: new Proxy([], {}) },
    { error, iterator: [].values() },
    new Proxy([new DOMException("m")], {}),
  ];
  for (const value of refused) assertThrows(() => structuredClone(value), "DataCloneError");
});

test("only objects can be transferred", () => {
  for (const item of [undefined, null, 5, "text"]) assertThrows(() => structuredClone(1, { transfer: [item] }), TypeError);
});
