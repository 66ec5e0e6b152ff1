// Mocked functions of node:test: a function that stands for another and remembers its calls.

import { validateFunction, validateInteger } from "./validators.js";

const { apply, construct } = Reflect;

let record, implementationFor;

/** What a mocked function knows of its calls; its property `mock`. */
export class MockFunctionContext {
  #calls = [];
  #implementation;
  /** What is put back: `{ object, methodName, descriptor }` for a method, `{ original }` for a function. */
  #restore;
  /** After so many calls it is put back by itself. */
  #times;
  /** Number of a call → what does that one alone. */
  #once = new Map();

  constructor(implementation, restore, times) {
    this.#implementation = implementation;
    this.#restore = restore;
    this.#times = times;
  }

  get calls() {
    return this.#calls.slice();
  }

  callCount() {
    return this.#calls.length;
  }

  mockImplementation(implementation) {
    validateFunction(implementation, "implementation");
    this.#implementation = implementation;
  }

  mockImplementationOnce(implementation, onCall) {
    validateFunction(implementation, "implementation");
    const next = this.#calls.length;
    validateInteger(onCall ?? next, "onCall", next);
    this.#once.set(onCall ?? next, implementation);
  }

  restore() {
    const { object, methodName, descriptor, original } = this.#restore;
    if (methodName === undefined) this.#implementation = original;
    else Object.defineProperty(object, methodName, descriptor);
  }

  resetCalls() {
    this.#calls = [];
  }

  static {
    record = (context, call) => context.#calls.push(call);

    implementationFor = (context) => {
      const number = context.#calls.length;
      const once = context.#once.get(number);
      const implementation = once ?? context.#implementation;
      context.#once.delete(number);
      if (number + 1 === context.#times) context.restore();
      return implementation;
    };
  }
}

/** Runs `call` and notes what came of it. `described` gives target and receiver once there is a result, or none. */
function observe(context, args, call, described) {
  let result, error;
  const stack = new Error();
  try {
    result = call(implementationFor(context));
    return result;
  } catch (thrown) {
    error = thrown;
    throw thrown;
  } finally {
    record(context, { arguments: args, error, result, stack, ...described(result) });
  }
}

/** `original` behind a proxy whose calls `context` decides about and remembers. */
export function mockFunction(original, context) {
  return new Proxy(original, {
    apply(_target, receiver, args) {
      const call = (implementation) => apply(implementation, receiver, args);
      return observe(context, args, call, () => ({ target: undefined, this: receiver }));
    },

    construct(target, args, newTarget) {
      const call = (implementation) => construct(implementation, args, newTarget);
      return observe(context, args, call, (result) => ({ target, this: result }));
    },

    get(target, name, receiver) {
      return name === "mock" ? context : Reflect.get(target, name, receiver);
    },
  });
}
