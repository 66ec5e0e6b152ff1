// What may pass between objects by value.
//
// The engine's structured clone takes every plain object and copies its own properties, also those of class
// instances. Between objects that would lose the class silently, so such values are refused as Workers do.

const { getPrototypeOf } = Object;
const { isView } = ArrayBuffer;

function dataCloneError(message) {
  return new DOMException(message, "DataCloneError");
}

function typeName(value) {
  const { constructor } = value;
  return typeof constructor === "function" && constructor.name !== "" ? constructor.name : "Object";
}

/** Built-in classes whose instances no structured clone takes. */
const NEVER_CLONED = [Promise, WeakMap, WeakSet, WeakRef, FinalizationRegistry];
/** The tags of the language's own iterators, generators among them. */
const ITERATOR_TAG = /^(?:Async)?Generator$| Iterator$/;

function notSupported(value) {
  for (const Class of NEVER_CLONED) {
    if (value instanceof Class) return dataCloneError(`#<${Class.name}> could not be cloned.`);
  }
  // Generators and the iterators of collections.
  const tag = value[Symbol.toStringTag];
  if (ITERATOR_TAG.test(tag)) return dataCloneError(`[object ${tag}] could not be cloned.`);
  if (value instanceof AbortSignal) return dataCloneError("AbortSignal serialization is not enabled.");
  return dataCloneError(
    `Could not serialize object of type "${typeName(value)}". This type does not support serialization.`,
  );
}

const BUILT_IN = new Set([
  Boolean.prototype, Number.prototype, String.prototype, BigInt.prototype, Date.prototype, RegExp.prototype,
  ArrayBuffer.prototype,
]);

/**
 * Throws a DataCloneError if `value` holds something that cannot be sent by value.
 */
export function checkClonable(value, seen = undefined) {
  switch (typeof value) {
    case "function":
      throw dataCloneError(
        `${value.name === "" ? "A function" : `The function "${value.name}"`} cannot be sent to another object: ` +
          "functions and RpcTargets as arguments or results are not supported by Holdfast yet.",
      );
    case "symbol":
      throw dataCloneError(`${String(value)} could not be cloned.`);
    case "object":
      break;
    default:
      return;
  }
  if (value === null) return;
  const prototype = getPrototypeOf(value);
  if (BUILT_IN.has(prototype) || isView(value)) return;
  if (seen === undefined) seen = new Set();
  else if (seen.has(value)) return;
  seen.add(value);
  if (Array.isArray(value)) {
    for (const item of value) if (isReference(item)) checkClonable(item, seen);
    return;
  }
  if (prototype === Object.prototype) {
    for (const key of Object.keys(value)) {
      const item = value[key];
      if (isReference(item)) checkClonable(item, seen);
    }
    return;
  }
  if (value instanceof Map) {
    for (const [key, item] of value) {
      checkClonable(key, seen);
      checkClonable(item, seen);
    }
    return;
  }
  if (value instanceof Set) {
    for (const item of value) checkClonable(item, seen);
    return;
  }
  if (Error.isError(value)) return;
  throw notSupported(value);
}

function isReference(value) {
  const type = typeof value;
  return (type === "object" && value !== null) || type === "function" || type === "symbol";
}
