import { test, assert, assertEquals, assertThrows } from "holdfast:test";

// The frames of a stack without the places in lines and columns.
const names = (stack) => stack.split("\n").slice(1).map((line) => line.trim().replace(/:\d+:\d+/, "").replace(/\(.*\//, "("));
const FILE = "error_stack.test.js";

function inner() {
  return new Error("text");
}
function outer() {
  return inner();
}

test("header, then frames with name and place", () => {
  const lines = outer().stack.split("\n");
  assertEquals(lines[0], "Error: text");
  assert(/^ {4}at inner \(.*error_stack\.test\.js:8:10\)$/.test(lines[1]), lines[1]);
  assert(/^ {4}at outer \(.*error_stack\.test\.js:11:10\)$/.test(lines[2]), lines[2]);
});

test("frames of the platform are left out", () => {
  assert(!outer().stack.includes("holdfast:"));
});

test("functions without a name have a place only", () => {
  const stack = [1].map(() => new Error("x"))[0].stack;
  assert(/\n {4}at [^()]*error_stack\.test\.js:\d+:\d+\n/.test(`${stack}\n`), stack);
  assert(!stack.includes("<"), stack);
});

test("messages of several lines, and messages that look like stacks", () => {
  const first = new Error("a\nb");
  assert(first.stack.startsWith("Error: a\nb\n    at "));
  const second = new TypeError(first.stack);
  assert(second.stack.startsWith(`TypeError: ${first.stack}\n    at `));
  assertEquals(new Error("").stack.split("\n")[0], "Error");
});

test("errors of the engine and of subclasses have stacks too", () => {
  class Custom extends TypeError {
    name = "Custom";
  }
  assert(new Custom("m").stack.startsWith("Custom: m\n    at "));
  const error = assertThrows(() => null.x, TypeError);
  assert(error.stack.startsWith("TypeError: ") && error.stack.includes(FILE));
});

test("stackTraceLimit", () => {
  function deep(n) {
    return n === 0 ? new Error("deep") : deep(n - 1);
  }
  const frames = () => deep(30).stack.split("\n").length - 1;
  assertEquals([Error.stackTraceLimit, frames()], [10, 10]);
  Error.stackTraceLimit = 3;
  try {
    assertEquals(frames(), 3);
    Error.stackTraceLimit = 0;
    assertEquals(deep(1).stack, "Error: deep");
    Error.stackTraceLimit = "none";
    assertEquals(deep(1).stack, undefined);
    Error.stackTraceLimit = 25;
    assertEquals(frames(), 25);
  } finally {
    Error.stackTraceLimit = 10;
  }
});

test("the text is made once", () => {
  const error = new Error("before");
  const { stack } = error;
  error.message = "after";
  assert(error.stack === stack && stack.startsWith("Error: before"));
});

test("assigning makes an own property that is not enumerable", () => {
  const error = new Error("x");
  error.stack = "mine";
  assertEquals(Object.getOwnPropertyDescriptor(error, "stack"), { value: "mine", writable: true, enumerable: false, configurable: true });
  assertEquals(error.stack, "mine");
  error.stack += "!";
  assertEquals(error.stack, "mine!");
});

test("objects that are no errors have no stack, those made from an error inherit it", () => {
  assertEquals(Object.create(Error.prototype).stack, undefined);
  assertEquals(Error.prototype.stack, undefined);
  const error = new Error("x");
  assertEquals(Object.create(error).stack, error.stack);
  const plain = Object.create(Error.prototype);
  plain.stack = "own";
  assertEquals(Object.keys(plain), ["stack"]);
});

test("prepareStackTrace gets the error and its call sites", () => {
  let seen;
  Error.prepareStackTrace = function (error, sites) {
    seen = { self: this, error, sites };
    return { prepared: true };
  };
  let error;
  try {
    error = outer();
    assertEquals(error.stack, { prepared: true });
  } finally {
    delete Error.prepareStackTrace;
  }
  assert(seen.self === Error && seen.error === error);
  assert(error.stack.prepared, "kept after the function is gone");
  const [first, second] = seen.sites;
  assertEquals([first.getFunctionName(), second.getFunctionName()], ["inner", "outer"]);
  assert(first.getFileName().endsWith(FILE));
  assertEquals([first.getLineNumber(), first.getColumnNumber(), first.isEval(), first.isNative(), first.isAsync()], [8, 10, false, false, false]);
  assert(/^inner \(.*error_stack\.test\.js:8:10\)$/.test(first.toString()), first.toString());
  assertEquals([first.getThis(), first.getFunction(), first.isToplevel(), first.isConstructor()], [undefined, undefined, true, false]);
});

test("prepareStackTrace may read the stack it prepares, and may throw", () => {
  Error.prepareStackTrace = (error) => `prepared <${error.stack.split("\n")[0]}>`;
  try {
    const error = new Error("x");
    assertEquals(error.stack, "prepared <Error: x>");
    Error.prepareStackTrace = () => {
      throw new RangeError("in prepare");
    };
    assertThrows(() => new Error("y").stack, RangeError, "in prepare");
  } finally {
    delete Error.prepareStackTrace;
  }
});

test("captureStackTrace: header from the object, frames from the caller", () => {
  const object = { name: "Name", message: "message" };
  (function capturing() {
    Error.captureStackTrace(object);
  })();
  const descriptor = Object.getOwnPropertyDescriptor(object, "stack");
  assertEquals([descriptor.enumerable, descriptor.configurable], [false, true]);
  assert(object.stack.startsWith("Name: message\n    at capturing ("), object.stack);
  const bare = {};
  Error.captureStackTrace(bare);
  assert(bare.stack.startsWith("Error\n    at "), bare.stack);
});

test("captureStackTrace leaves out the frames above the function given", () => {
  class HttpError extends Error {
    constructor(message) {
      super(message);
      Error.captureStackTrace(this, HttpError);
    }
  }
  function thrower() {
    return new HttpError("404");
  }
  const { stack } = thrower();
  assertEquals(stack.split("\n")[0], "Error: 404");
  assertEquals(names(stack)[0].split(" ")[1], "thrower");
  const object = {};
  Error.captureStackTrace(object, function neverCalled() {});
  assertEquals(object.stack, "Error");
});

test("captureStackTrace: own property can be assigned, and only objects are taken", () => {
  const object = {};
  Error.captureStackTrace(object);
  object.stack = 5;
  assertEquals(object.stack, 5);
  for (const wrong of [undefined, null, 1, "x"]) assertThrows(() => Error.captureStackTrace(wrong), TypeError);
  assertThrows(() => Error.captureStackTrace(Object.freeze({})), TypeError);
});

test("the way packages look for their caller works", () => {
  function callerFile() {
    const { prepareStackTrace } = Error;
    Error.prepareStackTrace = (_, sites) => sites;
    const holder = {};
    Error.captureStackTrace(holder, callerFile);
    const sites = holder.stack;
    Error.prepareStackTrace = prepareStackTrace;
    return sites[0].getFileName();
  }
  assert(callerFile().endsWith(FILE));
});
