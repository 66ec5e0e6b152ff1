// Shared Web IDL conversions and the shape of interfaces.

import { assert, assertEquals, assertThrows, test } from "holdfast:test";
import * as webidl from "holdfast:web/webidl";

test("webidl: defineInterface", () => {
  class Thing {
    static make() {}
    get a() { return 1; }
    b(_one, _two) {}
    c() {}
  }
  webidl.defineInterface(Thing, { enumerable: ["a", "b"], static: ["make"], constants: { ONE: 1 } });
  assertEquals(Object.keys(Thing.prototype), ["a", "b", "ONE"]);
  assertEquals(Object.keys(Thing), ["make", "ONE"]);
  assertEquals(Object.prototype.toString.call(new Thing()), "[object Thing]");
  const constant = { value: 1, writable: false, enumerable: true, configurable: true };
  assertEquals(Object.getOwnPropertyDescriptor(Thing, "ONE"), constant);
  assertEquals([Thing.length, Thing.prototype.b.length, Thing.make.length], [0, 0, 0]);
  assert(webidl.isInterfacePrototype(Thing.prototype) && !webidl.isInterfacePrototype(new Thing()));
});

test("webidl: defineInterface refuses a member that is not there", () => {
  assertThrows(() => webidl.defineInterface(class Thing {}, { enumerable: ["gone"] }), TypeError, /'gone'/);
});

test("webidl: integers modulo their size", () => {
  assertEquals([70000, -1, NaN, "3", 1.9].map(webidl.toUnsignedShort), [4464, 65535, 0, 3, 1]);
  assertEquals([2 ** 32 + 1, -1, Infinity].map(webidl.toUnsignedLong), [1, 2 ** 32 - 1, 0]);
  assertEquals([2 ** 31, -1.5].map(webidl.toLong), [-(2 ** 31), -1]);
  assertEquals([-1, 1.9, NaN, Infinity, 2 ** 53 - 1, -0.5].map(webidl.toUnsignedLongLong),
    [2 ** 64, 1, 0, 0, 2 ** 53 - 1, 0]);
});

test("webidl: enforceRange", () => {
  assertEquals([webidl.enforceRange("7"), webidl.enforceRange(1.9), webidl.enforceRange(-0.5)], [7, 1, 0]);
  assertEquals(webidl.enforceRange(-5, "long"), -5);
  for (const value of [NaN, Infinity, "x", undefined]) {
    assertThrows(() => webidl.enforceRange(value), TypeError, "The value cannot be converted because it is not an integer.");
  }
  assertThrows(() => webidl.enforceRange(256, "octet"), TypeError, "Value out of range. Must be between 0 and 255 (inclusive).");
  assertThrows(() => webidl.enforceRange(-1), TypeError);
  assertThrows(() => webidl.enforceRange(2 ** 53), TypeError);
});

test("webidl: clamp rounds half to even and keeps to the range", () => {
  assertEquals([0.5, 1.5, 2.5, 1.2, 1.8, 300, -3, NaN].map((value) => webidl.clamp(value, "octet")), [0, 2, 2, 1, 2, 255, 0, 0]);
  assertEquals([-0.5, -1.5, -2.5, -1.2].map((value) => webidl.clamp(value, "long")), [0, -2, -2, -1]);
});

test("webidl: doubles", () => {
  assertEquals([webidl.toDouble("1.5"), webidl.toUnrestrictedDouble("x")], [1.5, NaN]);
  assertThrows(() => webidl.toDouble(Infinity), TypeError);
});

test("webidl: strings", () => {
  assertEquals([webidl.DOMString(1), webidl.DOMString(null)], ["1", "null"]);
  assertEquals(webidl.USVString("a\ud83d"), "a\ufffd");
  assertEquals(webidl.ByteString("\xff"), "\xff");
  assertThrows(() => webidl.ByteString("a\u0100", "The name"), TypeError, /The name cannot be converted to a ByteString/);
  assertThrows(() => webidl.DOMString(Symbol("s")), TypeError);
});

test("webidl: sequence", () => {
  assertEquals(webidl.sequence(new Set([1, "2"]), Number), [1, 2]);
  assertEquals(webidl.sequence({}), undefined);
  assertEquals(webidl.sequence("text"), undefined);
  assertThrows(() => webidl.sequence({ [Symbol.iterator]: () => 1 }), TypeError);
  assertThrows(() => webidl.sequence({ [Symbol.iterator]: () => ({ next: () => 1 }) }), TypeError);
});

test("webidl: record", () => {
  const object = Object.create({ inherited: 1 }, { hidden: { value: 1, enumerable: false } });
  Object.assign(object, { b: 1, a: 2 });
  assertEquals(webidl.recordEntries(object, String, String), [["b", "1"], ["a", "2"]]);
});

test("webidl: dictionary", () => {
  const members = { __proto__: null, a: Number, b: String };
  const wrongType = () => new TypeError("not a dictionary");
  assertEquals(Object.keys(webidl.dictionary(undefined, members, wrongType)), []);
  assertEquals(Object.keys(webidl.dictionary(null, members, wrongType)), []);
  assertThrows(() => webidl.dictionary(1, members, wrongType), TypeError, "not a dictionary");
  const converted = webidl.dictionary({ b: 1, a: undefined, c: 3 }, members, wrongType);
  assertEquals([Object.keys(converted), converted.b], [["b"], "1"]);
});

test("webidl: requireArguments", () => {
  webidl.requireArguments(1, 1, "Failed to execute 'f' on 'X'");
  assertThrows(
    () => webidl.requireArguments(2, 1, "Failed to execute 'f' on 'X'"),
    TypeError,
    "Failed to execute 'f' on 'X': 2 arguments required, but only 1 present.",
  );
});

test("webidl: buffers and views", () => {
  const resizable = new ArrayBuffer(1, { maxByteLength: 2 });
  assert(webidl.isArrayBuffer(new ArrayBuffer(1)) && !webidl.isArrayBuffer(new Uint8Array(1)) && !webidl.isArrayBuffer(null));
  assert(webidl.isArrayBufferView(new Uint8Array(1)) && webidl.isArrayBufferView(new DataView(new ArrayBuffer(1))));
  assert(!webidl.isArrayBufferView(new Uint8Array(resizable)) && !webidl.isArrayBufferView(resizable));
  const view = new DataView(new ArrayBuffer(3), 1);
  assert(webidl.viewBuffer(view) === view.buffer);
});

test("webidl: objects", () => {
  assertEquals([{}, () => {}, null, 1, "x", undefined].map(webidl.isObject), [true, true, false, false, false, false]);
});
