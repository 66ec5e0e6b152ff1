// util.promisify(), callbackify() and aborted().

import { ERR_FALSY_VALUE_REJECTION, ERR_INVALID_ARG_TYPE } from "./errors.js";
import { kValidateObjectAllowObjects, validateAbortSignal, validateFunction, validateObject } from "./validators.js";

const kCustomPromisify = Symbol.for("nodejs.util.promisify.custom");
/** Names for the results of functions whose callback takes several: the promise is for an object of them. */
export const kCustomPromisifyArgs = Symbol("customPromisifyArgs");

export function promisify(original) {
  validateFunction(original, "original");
  const custom = original[kCustomPromisify];
  if (custom) {
    validateFunction(custom, "util.promisify.custom");
    return Object.defineProperty(custom, kCustomPromisify, { value: custom, configurable: true });
  }
  const names = original[kCustomPromisifyArgs];
  function fn(...args) {
    return new Promise((resolve, reject) => {
      Reflect.apply(original, this, [...args, (error, ...values) => {
        if (error) reject(error);
        else if (names !== undefined && values.length > 1) {
          resolve(Object.fromEntries(names.map((name, i) => [name, values[i]])));
        } else resolve(values[0]);
      }]);
    });
  }
  Object.setPrototypeOf(fn, Object.getPrototypeOf(original));
  Object.defineProperty(fn, kCustomPromisify, { value: fn, configurable: true });
  return Object.defineProperties(fn, Object.getOwnPropertyDescriptors(original));
}

promisify.custom = kCustomPromisify;

export function callbackify(original) {
  validateFunction(original, "original");
  function callbackified(...args) {
    const callback = args.pop();
    validateFunction(callback, "last argument");
    // Outside of the promise's reaction, so that what the callback throws is nobody's rejection.
    const answer = (...results) => queueMicrotask(() => Reflect.apply(callback, this, results));
    Reflect.apply(original, this, args).then(
      (value) => answer(null, value),
      (reason) => answer(reason || new ERR_FALSY_VALUE_REJECTION(reason)),
    );
  }
  const descriptors = Object.getOwnPropertyDescriptors(original);
  if (typeof descriptors.length.value === "number") descriptors.length.value++;
  if (typeof descriptors.name.value === "string") descriptors.name.value += "Callbackified";
  return Object.defineProperties(callbackified, descriptors);
}

/** Fulfilled when the signal is aborted; `resource` stands for what the waiting belongs to. */
export async function aborted(signal, resource) {
  if (signal === undefined) throw new ERR_INVALID_ARG_TYPE("signal", "AbortSignal", signal);
  validateAbortSignal(signal, "signal");
  validateObject(resource, "resource", kValidateObjectAllowObjects);
  if (signal.aborted) return undefined;
  return new Promise((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
}
