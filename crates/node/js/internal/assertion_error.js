// assert.AssertionError.

import { describeAssertion } from "./assert_messages.js";
import { ERR_INVALID_ARG_TYPE } from "./errors.js";
import { inspect } from "./inspect.js";

// An error without its stack, so that two of them can be compared.
function withoutStack(error) {
  const copy = Object.create(Object.getPrototypeOf(error));
  for (const key of Object.keys(error)) {
    Object.defineProperty(copy, key, Object.getOwnPropertyDescriptor(error, key));
  }
  return Object.defineProperty(copy, "message", { value: error.message });
}

export class AssertionError extends Error {
  constructor(options) {
    if (typeof options !== "object" || options === null) throw new ERR_INVALID_ARG_TYPE("options", "Object", options);
    const { message, operator, stackStartFn, stackStartFunction, details } = options;
    let { actual, expected } = options;
    if (message !== undefined && message !== null) {
      super(String(message));
    } else {
      if (Error.isError(actual) && Error.isError(expected)) {
        actual = withoutStack(actual);
        expected = withoutStack(expected);
      }
      super(describeAssertion(actual, expected, operator));
    }
    this.generatedMessage = !message;
    // The stack begins with the code.
    Object.defineProperty(this, "name", {
      value: "AssertionError [ERR_ASSERTION]", enumerable: false, writable: true, configurable: true,
    });
    this.code = "ERR_ASSERTION";
    if (details) {
      this.actual = undefined;
      this.expected = undefined;
      this.operator = undefined;
      for (const [i, detail] of details.entries()) {
        this[`message ${i}`] = detail.message;
        this[`actual ${i}`] = detail.actual;
        this[`expected ${i}`] = detail.expected;
        this[`operator ${i}`] = detail.operator;
        this[`stack trace ${i}`] = detail.stack;
      }
    } else {
      this.actual = actual;
      this.expected = expected;
      this.operator = operator;
    }
    Error.captureStackTrace(this, stackStartFn || stackStartFunction);
    this.stack;
    this.name = "AssertionError";
  }

  toString() {
    return `${this.name} [${this.code}]: ${this.message}`;
  }

  [inspect.custom](_recurseTimes, context) {
    return inspect(this, { ...context, customInspect: false, depth: 0 });
  }
}
