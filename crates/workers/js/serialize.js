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

function notSupported(value) {
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
  // The engine says in its own words why a promise or a weak map has no clone.
  if (value instanceof Promise) throw dataCloneError("#<Promise> could not be cloned.");
  throw notSupported(value);
}

function isReference(value) {
  const type = typeof value;
  return (type === "object" && value !== null) || type === "function" || type === "symbol";
}
