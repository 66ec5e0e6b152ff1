// Values that hold what the engine's structured clone cannot carry: they are copied with an empty object in each such
// place, the engine clones the copy, and at the other end the places are filled.

import { op_proxy_target } from "holdfast:ops";
import { errorDetails } from "./error_details.js";
import { isObject } from "./webidl.js";

const { defineProperty, getPrototypeOf, hasOwn, keys: ObjectKeys } = Object;
const { isArray } = Array;
const { isView } = ArrayBuffer;
const AggregateErrorConstructor = AggregateError;
const MapConstructor = Map;
const ObjectPrototype = Object.prototype;
const SetConstructor = Set;

/**
 * @param value a value that `holdsPlatformObjects` (clonable.js)
 * @param {(object: object) => object | undefined} describe what is to be noted of an object that gets a place
 * @returns {{ parcel: object, made: object[] }} what to clone, and what was noted of each of its places
 */
export function copyWithPlaces(value, describe) {
  const copy = new Copy(describe);
  const copied = copy.of(value);
  const { errors, made, places, properties } = copy;
  return { parcel: { value: copied, places, errors, properties }, made };
}

/** The value of a clone of such a parcel, with these objects in its places. */
export function openPlaces(parcel, objects) {
  const revived = new MapConstructor(parcel.places.map((place, i) => [place, objects[i]]));
  fillPlaces(parcel, revived);
  for (let i = 0; i < parcel.errors.length; i++) restore(parcel.errors[i], parcel.properties[i]);
  return parcel.value;
}

// Errors go through the engine as they are; the copies of what they hold come after them.
function restore(error, properties) {
  for (const key of ObjectKeys(properties)) {
    const enumerable = key !== "cause" && !(key === "errors" && error instanceof AggregateErrorConstructor);
    defineProperty(error, key, { value: properties[key], writable: true, configurable: true, enumerable });
  }
}

class Copy {
  places = [];
  made = [];
  errors = [];
  properties = [];
  #describe;
  #copies = new MapConstructor();

  constructor(describe) {
    this.#describe = describe;
  }

  of(value) {
    if (!isObject(value) || isView(value)) return value;
    const known = this.#copies.get(value);
    if (known !== undefined) return known;
    const made = this.#describe(value);
    if (made !== undefined) return this.#place(value, made);
    if (isArray(value) && op_proxy_target(value) === undefined) return this.#properties(value, new Array(value.length));
    if (value instanceof MapConstructor) return this.#map(value);
    if (value instanceof SetConstructor) return this.#set(value);
    if (Error.isError(value)) return this.#error(value);
    // The engine is to refuse these, not their copies.
    if (isNative(value) || op_proxy_target(value) !== undefined) return value;
    return this.#properties(value, {});
  }

  #place(value, made) {
    const place = {};
    this.#copies.set(value, place);
    this.places.push(place);
    this.made.push(made);
    return place;
  }

  #properties(value, copy) {
    this.#copies.set(value, copy);
    for (const key of ObjectKeys(value)) set(copy, key, this.of(value[key]));
    return copy;
  }

  #map(value) {
    const copy = new MapConstructor();
    this.#copies.set(value, copy);
    for (const [key, item] of value) copy.set(this.of(key), this.of(item));
    return copy;
  }

  #set(value) {
    const copy = new SetConstructor();
    this.#copies.set(value, copy);
    for (const item of value) copy.add(this.of(item));
    return copy;
  }

  #error(error) {
    this.#copies.set(error, error);
    const properties = {};
    for (const key of errorDetails(error)) set(properties, key, this.of(error[key]));
    // What the engine copies by itself, it copies without knowing of places.
    for (const key of ["cause", "errors"]) {
      if (hasOwn(error, key) && isObject(error[key])) properties[key] = this.of(error[key]);
    }
    this.errors.push(error);
    this.properties.push(properties);
    return error;
  }
}

function set(object, key, value) {
  if (key !== "__proto__") object[key] = value;
  else defineProperty(object, key, { value, configurable: true, enumerable: true, writable: true });
}

const IteratorPrototype = getPrototypeOf(getPrototypeOf([].values()));
const AsyncIteratorPrototype = getPrototypeOf(getPrototypeOf(async function* () {}).prototype);

/** Prototypes of what the engine clones by what is inside it, and of what it refuses; not by its properties. */
const NATIVE = new SetConstructor([
  Boolean, Number, String, BigInt, Symbol, Date, RegExp, ArrayBuffer, Promise, WeakMap, WeakSet, WeakRef,
  FinalizationRegistry, Function, WebAssembly.Module, WebAssembly.Instance, WebAssembly.Memory, WebAssembly.Table,
].map((Class) => Class.prototype));
NATIVE.add(IteratorPrototype).add(AsyncIteratorPrototype);

function isNative(value) {
  for (let prototype = getPrototypeOf(value); prototype !== null; prototype = getPrototypeOf(prototype)) {
    if (NATIVE.has(prototype)) return true;
  }
  return false;
}

/**
 * Puts what was made anew into its places.
 * @param {object} value what came out of the clone
 * @param {Map<object, object>} revived by the empty object that is there in its place
 */
export function fillPlaces(value, revived) {
  return fill(value, revived, new SetConstructor());
}

// Only containers are looked into: nothing else has places.
function fill(container, revived, seen) {
  if (seen.has(container) || isView(container)) return container;
  seen.add(container);
  const look = (item) => {
    if (typeof item !== "object" || item === null) return item;
    return revived.get(item) ?? fill(item, revived, seen);
  };
  if (isArray(container) || getPrototypeOf(container) === ObjectPrototype) {
    for (const key of ObjectKeys(container)) {
      const item = container[key];
      const filled = look(item);
      if (filled !== item) container[key] = filled;
    }
  } else if (container instanceof MapConstructor) {
    const entries = [...container];
    container.clear();
    for (const [key, item] of entries) container.set(look(key), look(item));
  } else if (container instanceof SetConstructor) {
    const members = [...container];
    container.clear();
    for (const member of members) container.add(look(member));
  }
  return container;
}
