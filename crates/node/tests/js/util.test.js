import { assert, assertEquals, assertRejects, assertThrows, test } from "holdfast:test";
import { Buffer } from "holdfast:node/buffer";
import util from "holdfast:node/util";
import types from "holdfast:node/util/types";

test("promisify() and callbackify() are inverse", async () => {
  const twice = (value, done) => done(null, value * 2);
  assertEquals(await util.promisify(util.callbackify(util.promisify(twice)))(4), 8);
  await assertRejects(util.promisify((done) => done(new RangeError("no")))(), RangeError, "no");
});

test("a rejection with a falsy value still is an error for a callback", async () => {
  const error = await new Promise((resolve) => util.callbackify(async () => { throw null; })((reason) => resolve(reason)));
  assertEquals([error.code, error.reason], ["ERR_FALSY_VALUE_REJECTION", null]);
});

test("deep equality looks into everything", () => {
  const make = () => ({ map: new Map([[{ k: 1 }, new Set([[1]])]]), bytes: Buffer.from("a"), date: new Date(5), list: [1, { x: NaN }] });
  assert(util.isDeepStrictEqual(make(), make()));
  for (const change of [
    (value) => value.map.clear(),
    (value) => { value.bytes[0] = 1; },
    (value) => value.date.setTime(6),
    (value) => { value.list[1].x = 0; },
    (value) => { value.list.extra = 1; },
    (value) => { value[Symbol.for("s")] = 1; },
    (value) => Object.setPrototypeOf(value, null),
  ]) {
    const other = make();
    change(other);
    assert(!util.isDeepStrictEqual(make(), other), `${change}`);
  }
});

test("members of a set that are equal are matched one to one", () => {
  assert(util.isDeepStrictEqual(new Set([{ a: 1 }, { a: 2 }]), new Set([{ a: 2 }, { a: 1 }])));
  assert(!util.isDeepStrictEqual(new Set([{ a: 1 }, { a: 1 }]), new Set([{ a: 1 }, { a: 2 }])));
});

test("values that contain themselves can be compared", () => {
  const make = () => {
    const list = [1];
    list.push({ list });
    return list;
  };
  assert(util.isDeepStrictEqual(make(), make()));
});

test("kinds are told by what an object is, not by what it claims", () => {
  const claims = { [Symbol.toStringTag]: "Map", __proto__: Map.prototype };
  assert(!types.isMap(claims));
  assert(types.isMap(Object.setPrototypeOf(new Map(), null)));
  assert(types.isProxy(new Proxy({}, {})) && !types.isProxy({}));
  assert(types.isPromise(Promise.resolve()) && !types.isPromise({ then() {} }));
});

test("asking for the kind runs nothing of the object's own", () => {
  const touched = [];
  const proxy = new Proxy({}, { get: (_, key) => touched.push(key), getPrototypeOf: () => touched.push("prototype") && null });
  for (const name of Object.keys(types)) {
    if (name === "isCryptoKey" || name === "isKeyObject") continue;
    types[name](proxy);
  }
  assertEquals(touched.filter((key) => key !== "prototype"), []);
});

test("a module's namespace is one, and no proxy", async () => {
  const namespace = await import("holdfast:node/util");
  assert(types.isModuleNamespaceObject(namespace) && !types.isProxy(namespace));
});

test("getCallSites() begins with its caller", () => {
  function here() {
    return util.getCallSites(2);
  }
  assertEquals(here().map((site) => site.functionName)[0], "here");
  assertThrows(() => util.getCallSites(0), Error, "Frame count should be between 1 and 200 inclusive.");
});

test("a MIME type's parameters come back", () => {
  const type = new util.MIMEType("Text/HTML; charset=utf-8; q=\"a \\\"b\"");
  assertEquals(String(new util.MIMEType(String(type))), String(type));
  assertEquals(new util.MIMEType(String(type)).params.get("q"), 'a "b');
});

test("what a program changes in the tables of colours shows", () => {
  const before = util.inspect.styles.number;
  util.inspect.styles.number = "red";
  try {
    assertEquals(util.inspect(1, { colors: true }), "\x1b[31m1\x1b[39m");
  } finally {
    util.inspect.styles.number = before;
  }
});
