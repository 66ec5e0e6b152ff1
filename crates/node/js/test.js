// node:test: of the test runner only what mocks functions.

import { ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE } from "./internal/errors.js";
import { mockFunction, MockFunctionContext } from "./internal/mock_function.js";
import { validateBoolean, validateFunction, validateInteger, validateObject } from "./internal/validators.js";

/** The descriptor of `object[name]`, wherever on its chain it is. */
function findDescriptor(object, name) {
  for (let holder = object; holder !== null; holder = Object.getPrototypeOf(holder)) {
    const descriptor = Object.getOwnPropertyDescriptor(holder, name);
    if (descriptor !== undefined) return descriptor;
  }
  return undefined;
}

function requireTimes({ times = Infinity }) {
  if (times !== Infinity) validateInteger(times, "options.times", 1);
  return times;
}

class MockTracker {
  #mocks = [];

  #mock(original, implementation, restore, times) {
    const context = new MockFunctionContext(implementation, { original, ...restore }, times);
    this.#mocks.push(context);
    return mockFunction(original, context);
  }

  /** `(original, implementation, options)`, where either function may be left out. */
  fn(...[original = function () {}, implementation = original, options = {}]) {
    if (original !== null && typeof original === "object") {
      options = original;
      original = function () {};
      implementation = original;
    } else if (implementation !== null && typeof implementation === "object") {
      options = implementation;
      implementation = original;
    }
    validateFunction(original, "original");
    validateFunction(implementation, "implementation");
    validateObject(options, "options");
    return this.#mock(original, implementation, {}, requireTimes(options));
  }

  /** `(object, methodName, implementation, options)`: puts a mocked function in the place of a method. */
  method(object, methodName, ...[implementation, options]) {
    if (typeof methodName !== "string" && typeof methodName !== "symbol") {
      throw new ERR_INVALID_ARG_TYPE("methodName", ["string", "symbol"], methodName);
    }
    if (typeof object !== "function") validateObject(object, "object");
    if (implementation !== null && typeof implementation === "object") {
      options = implementation;
      implementation = undefined;
    }
    options ??= {};
    validateObject(options, "options");
    const { getter = false, setter = false } = options;
    validateBoolean(getter, "options.getter");
    validateBoolean(setter, "options.setter");
    if (getter && setter) {
      throw new ERR_INVALID_ARG_VALUE("options.setter", setter, "cannot be used with 'options.getter'");
    }
    const descriptor = findDescriptor(object, methodName);
    const part = getter ? "get" : setter ? "set" : "value";
    const original = descriptor?.[part];
    if (typeof original !== "function") {
      throw new ERR_INVALID_ARG_VALUE("methodName", original, "must be a method");
    }
    implementation ??= original;
    validateFunction(implementation, "implementation");
    const mocked = this.#mock(original, implementation, { object, methodName, descriptor }, requireTimes(options));
    Object.defineProperty(object, methodName, { ...descriptor, configurable: true, [part]: mocked });
    return mocked;
  }

  getter(object, methodName, ...[implementation = undefined, options = {}]) {
    return this.#accessor("getter", object, methodName, implementation, options);
  }

  setter(object, methodName, ...[implementation = undefined, options = {}]) {
    return this.#accessor("setter", object, methodName, implementation, options);
  }

  #accessor(kind, object, methodName, implementation, options) {
    if (implementation !== null && typeof implementation === "object") {
      options = implementation;
      implementation = undefined;
    }
    validateObject(options, "options");
    if (options[kind] === false) throw new ERR_INVALID_ARG_VALUE(`options.${kind}`, false, "cannot be false");
    return this.method(object, methodName, implementation, { ...options, [kind]: true });
  }

  /** Restores them all and forgets them. */
  reset() {
    this.restoreAll();
    this.#mocks = [];
  }

  restoreAll() {
    for (const context of this.#mocks) context.restore();
  }
}

const mock = new MockTracker();

export { mock, MockFunctionContext, MockTracker };
export default { mock, MockFunctionContext, MockTracker };
