// How user-given callbacks of sources, sinks and transformers are called.

import { PromiseReject, PromiseResolve, ReflectApply } from "../primordials.js";

/** Invokes a callback whose IDL return type is a promise: whatever happens, the result is a promise. */
export function invokeForPromise(callback, receiver, args) {
  try {
    return PromiseResolve(ReflectApply(callback, receiver, args));
  } catch (error) {
    return PromiseReject(error);
  }
}
