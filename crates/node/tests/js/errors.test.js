import { assert, assertEquals, assertThrows, test } from "holdfast:test";
import * as errors from "holdfast:node/internal/errors";
import * as areas from "holdfast:node/internal/errors_areas";
import * as validators from "holdfast:node/internal/validators";

test("errors have their code, Node's text and the class of the language", () => {
  const error = new errors.ERR_INVALID_ARG_TYPE("name", ["string", "Buffer", "null"], 5);
  assert(error instanceof TypeError);
  assertEquals(error.message, 'The "name" argument must be of type string or an instance of Buffer or null. Received type number (5)');
  assertEquals([error.code, error.name, String(error)], ["ERR_INVALID_ARG_TYPE", "TypeError", `TypeError [ERR_INVALID_ARG_TYPE]: ${error.message}`]);
});

test("what was received is named by its kind", () => {
  const received = (value) => new errors.ERR_INVALID_ARG_TYPE("x", "string", value).message.split("Received ")[1];
  assertEquals(
    [null, undefined, {}, Object.create(null), function f() {}, "a".repeat(40), [1], Symbol("s")].map(received),
    ["null", "undefined", "an instance of Object", "[Object: null prototype] {}", "function f", `type string ('${"a".repeat(24)}...)`, "an instance of Array", "type symbol (Symbol(s))"],
  );
});

test("numbers that are out of range are written in groups", () => {
  assertEquals(new errors.ERR_OUT_OF_RANGE("n", ">= 0", 12345678901).message, 'The value of "n" is out of range. It must be >= 0. Received 12_345_678_901');
  assert(new errors.ERR_OUT_OF_RANGE("n", ">= 0", -1).stack.startsWith("RangeError [ERR_OUT_OF_RANGE]: "));
});

test("missing arguments are listed", () => {
  assertEquals(new errors.ERR_MISSING_ARGS("a").message, 'The "a" argument must be specified');
  assertEquals(new errors.ERR_MISSING_ARGS("a", ["b", "c"], "d").message, 'The "a", "b" or "c", and "d" arguments must be specified');
});

test("every class of errors is named as its export", () => {
  for (const [name, Class] of Object.entries({ ...errors, ...areas })) {
    if (!name.startsWith("ERR_") || name.endsWith("_RANGE")) continue;
    assertEquals(Class.name, name);
  }
});

test("two errors become one", () => {
  const [inner, outer] = [new Error("inner"), new Error("outer")];
  assert(errors.aggregateTwoErrors(inner, undefined) === inner);
  assertEquals(errors.aggregateTwoErrors(inner, outer).errors, [outer, inner]);
});

test("validators let pass what fits", () => {
  validators.validateInteger(5, "n", 0, 10);
  validators.validateObject({}, "o");
  validators.validateObject(null, "o", validators.kValidateObjectAllowNullable);
  assertEquals(validators.validatePort("80"), 80);
  assertEquals(validators.parseFileMode("755", "mode"), 0o755);
  assertThrows(() => validators.validateInteger(1.5, "n"), RangeError, /must be an integer/);
  assertThrows(() => validators.validateObject([], "o"), TypeError, /must be of type object/);
  assertThrows(() => validators.validatePort(70000), Error, /should be >= 0 and < 65536/);
  assertThrows(() => validators.validateOneOf("c", "x", ["a", 1]), TypeError, /must be one of: 'a', 1/);
  assertThrows(() => validators.validateUint32(0, "n", true), RangeError, />= 1 && < 4294967296/);
});
