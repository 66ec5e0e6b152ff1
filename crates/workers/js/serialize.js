// What may pass between objects by value.
//
// The engine's structured clone takes every plain object and copies its own properties, also those of class
// instances. Between objects that would lose the class silently, so such values are refused as Workers do.
//
// Of an error the engine's clone keeps the type, the message, the stack and the cause. What else belongs to it travels
// beside the value: see `Parcel`.

import { DOMException, isDOMException, makeDOMException } from "../web/dom_exception.js";

const { defineProperty, getOwnPropertyDescriptors, getPrototypeOf, keys: ObjectKeys } = Object;
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
const ITERATOR_TAG = /^(?:Async)?Generator$|^(?:Array|Map|Set|String|RegExp String) Iterator$/;

function notSupported(value) {
  for (const Class of NEVER_CLONED) {
    if (value instanceof Class) return dataCloneError(`#<${Class.name}> could not be cloned.`);
  }
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

/** Own properties of errors that the engine's clone keeps, or that say where in this program it was made. */
const NOT_COPIED = new Set(["message", "stack", "cause", "errors", "fileName", "lineNumber", "columnNumber"]);
/** Errors of these names are of the class of that name at the other end. */
const ERROR_NAMES = new Set([
  "Error", "AggregateError", "EvalError", "RangeError", "ReferenceError", "SyntaxError", "TypeError", "URIError",
]);

/** The errors met in one value, and what their clones lack. */
class Errors {
  found = [];
  details = [];

  add(error, seen) {
    if (isDOMException(error)) {
      this.#push(error, { dom: true, name: error.name, message: error.message, properties: undefined });
      return;
    }
    const descriptors = getOwnPropertyDescriptors(error);
    const properties = {};
    let count = 0;
    for (const key of ObjectKeys(descriptors)) {
      if (!("value" in descriptors[key])) continue;
      const { value } = descriptors[key];
      if (isReference(value)) visit(value, seen, this);
      if (NOT_COPIED.has(key) || (key === "name" && ERROR_NAMES.has(value))) continue;
      properties[key] = value;
      count++;
    }
    if (count > 0) this.#push(error, { dom: false, name: undefined, message: undefined, properties });
  }

  #push(error, detail) {
    this.found.push(error);
    this.details.push(detail);
  }
}

/**
 * A value together with its errors. The clone of `found` holds the very objects that are in the clone of `value`, so that
 * `openParcel` can complete them in place.
 */
class Parcel {
  constructor(value, { found, details }) {
    this.value = value;
    this.found = found;
    this.details = details;
  }
}

/**
 * Throws a DataCloneError if `value` holds something that cannot be sent by value.
 * @returns {Parcel | undefined} what to send in place of `value`, and to open with `openParcel`
 */
export function pack(value) {
  if (!isReference(value)) return undefined;
  const errors = new Errors();
  visit(value, new Set(), errors);
  return errors.found.length === 0 ? undefined : new Parcel(value, errors);
}

/** The value of a parcel that arrived. */
export function openParcel({ value, found, details }) {
  for (let i = 0; i < found.length; i++) {
    const { dom, name, message, properties } = details[i];
    if (dom) makeDOMException(found[i], name, message);
    else {
      for (const key of ObjectKeys(properties)) {
        defineProperty(found[i], key, { value: properties[key], configurable: true, enumerable: true, writable: true });
      }
    }
  }
  return value;
}

function visit(value, seen, errors) {
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
  if (seen.has(value)) return;
  seen.add(value);
  if (Array.isArray(value)) {
    for (const item of value) if (isReference(item)) visit(item, seen, errors);
    return;
  }
  if (prototype === Object.prototype) {
    for (const key of ObjectKeys(value)) {
      const item = value[key];
      if (isReference(item)) visit(item, seen, errors);
    }
    return;
  }
  if (value instanceof Map) {
    for (const [key, item] of value) {
      visit(key, seen, errors);
      visit(item, seen, errors);
    }
    return;
  }
  if (value instanceof Set) {
    for (const item of value) visit(item, seen, errors);
    return;
  }
  if (Error.isError(value)) {
    errors.add(value, seen);
    return;
  }
  throw notSupported(value);
}

function isReference(value) {
  const type = typeof value;
  return (type === "object" && value !== null) || type === "function" || type === "symbol";
}
