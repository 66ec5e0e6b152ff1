import { test, assert, assertEquals, assertThrows } from "holdfast:test";
import { DOMException, isDOMException } from "holdfast:web/dom_exception";

test("defaults: empty message, name Error, code 0", () => {
  const e = new DOMException();
  assertEquals([e.message, e.name, e.code], ["", "Error", 0]);
});

test("legacy codes follow the name, and names without one have 0", () => {
  const codes = ["IndexSizeError", "NotSupportedError", "AbortError", "QuotaExceededError", "DataCloneError", "EncodingError"]
    .map((name) => new DOMException("", name).code);
  assertEquals(codes, [1, 9, 20, 22, 25, 0]);
});

test("a name of Object.prototype has no code", () => {
  assertEquals(new DOMException("", "toString").code, 0);
  assertEquals(new DOMException("", "__proto__").code, 0);
});

test("constants stand on class and prototype, read-only", () => {
  for (const holder of [DOMException, DOMException.prototype]) {
    assertEquals(Object.getOwnPropertyDescriptor(holder, "DATA_CLONE_ERR"), {
      value: 25, writable: false, enumerable: true, configurable: true,
    });
    assertEquals(holder.INDEX_SIZE_ERR, 1);
    assertEquals(holder.VALIDATION_ERR, 16);
  }
});

test("inherits as Web IDL says: prototype from Error.prototype, class from Function.prototype", () => {
  assert(Object.getPrototypeOf(DOMException) === Function.prototype);
  assert(Object.getPrototypeOf(DOMException.prototype) === Error.prototype);
  const e = new DOMException("m", "AbortError");
  assert(e instanceof Error && e instanceof DOMException);
  assert(Error.isError(e));
  assertEquals(String(e), "AbortError: m");
  assertEquals(Object.prototype.toString.call(e), "[object DOMException]");
  assertEquals(DOMException.length, 0);
});

test("name, message and code are read-only attributes of the prototype", () => {
  const e = new DOMException("m", "AbortError");
  assertEquals(Object.hasOwn(e, "message"), false);
  assertThrows(() => {
    "use strict";
    e.name = "Other";
  }, TypeError);
  assertEquals(e.name, "AbortError");
  const descriptor = Object.getOwnPropertyDescriptor(DOMException.prototype, "code");
  assertEquals([descriptor.enumerable, typeof descriptor.get, descriptor.set], [true, "function", undefined]);
});

test("options may stand in place of the name", () => {
  const cause = new Error("why");
  const e = new DOMException("m", { name: "TimeoutError", cause });
  assertEquals([e.name, e.code], ["TimeoutError", 23]);
  assert(e.cause === cause);
  assertEquals(Object.getOwnPropertyDescriptor(e, "cause").enumerable, false);
  assertEquals("cause" in new DOMException("m", { name: "X" }), false);
  assertEquals(new DOMException("m", {}).name, "Error");
});

test("has a stack that starts with its name", () => {
  function makes() {
    return new DOMException("went wrong", "DataCloneError");
  }
  const { stack } = makes();
  assert(/^DataCloneError: went wrong\n {4}at makes \(.*dom_exception\.test\.js:\d+:\d+\)/.test(stack), stack);
});

test("arguments are converted to strings, in order", () => {
  const log = [];
  const e = new DOMException({ toString: () => (log.push("message"), "m") }, "N");
  assertEquals([e.message, log], ["m", ["message"]]);
  assertThrows(() => new DOMException(Symbol()), TypeError);
});

test("is a class to extend, and checks its brand", () => {
  class Sub extends DOMException {}
  const e = new Sub("m", "AbortError");
  assert(e instanceof Sub);
  assertEquals([e.name, e.code, isDOMException(e)], ["AbortError", 20, true]);
  assertThrows(() => DOMException.prototype.name, TypeError);
  assertThrows(() => Reflect.get(DOMException.prototype, "code", new Error()), TypeError);
  assertEquals(isDOMException(new Error()), false);
});
