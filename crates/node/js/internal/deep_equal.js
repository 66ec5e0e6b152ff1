// Deep equality as Node's assert and util define it (https://nodejs.org/docs/latest/api/assert.html#comparison-details):
// same class, same enumerable own properties, same contents; primitives by Object.is().

import { isAnyArrayBuffer } from "./types.js";
import {
  isArgumentsObject, isBoxedPrimitive, isDate, isMap, isNativeError, isNumberObject, isPromise, isRegExp, isSet,
  isStringObject, isWeakMap, isWeakSet,
} from "../util/types.js";

const { getPrototypeOf, ownKeys } = Reflect;
const { propertyIsEnumerable } = Object.prototype;
const objectText = Object.prototype.toString;

/** Pairs under comparison: a pair that is met again inside itself counts as equal. */
class Pairs {
  #of = new Map();

  enter(a, b) {
    const known = this.#of.get(a);
    if (known?.has(b)) return false;
    if (known === undefined) this.#of.set(a, new Set([b]));
    else known.add(b);
    return true;
  }

  leave(a, b) {
    this.#of.get(a).delete(b);
  }
}

export function isDeepStrictEqual(a, b) {
  return equal(a, b, new Pairs(), false);
}

/** Whether everything that `expected` has is in `actual`, too. */
export function isPartiallyDeepStrictEqual(actual, expected) {
  return equal(actual, expected, new Pairs(), true);
}

function equal(a, b, pairs, partial) {
  if (Object.is(a, b)) return true;
  const areObjects = typeof a === "object" && typeof b === "object" && a !== null && b !== null;
  if (!areObjects) return false;
  if (getPrototypeOf(a) !== getPrototypeOf(b)) return false;
  if (objectText.call(a) !== objectText.call(b)) return false;
  if (!pairs.enter(a, b)) return true;
  try {
    return sameSlots(a, b, pairs, partial) && sameProperties(a, b, pairs, partial);
  } finally {
    pairs.leave(a, b);
  }
}

// --- what is not a property ----------------------------------------------------------------------

function sameSlots(a, b, pairs, partial) {
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  if (Array.isArray(a)) return partial ? a.length >= b.length : a.length === b.length;
  if (ArrayBuffer.isView(a)) return ArrayBuffer.isView(b) && sameViews(a, b);
  if (isAnyArrayBuffer(a)) return isAnyArrayBuffer(b) && sameBytes(new Uint8Array(a), new Uint8Array(b));
  for (const [is, same] of KINDS) {
    if (is(a) || is(b)) return is(a) && is(b) && same(a, b, pairs, partial);
  }
  return true;
}

const KINDS = [
  [isDate, (a, b) => Object.is(a.getTime(), b.getTime())],
  [isRegExp, (a, b) => a.source === b.source && a.flags === b.flags && a.lastIndex === b.lastIndex],
  // Neither is enumerable.
  [isNativeError, (a, b) => a.name === b.name && a.message === b.message],
  [isMap, sameMaps],
  [isSet, sameSets],
  [isBoxedPrimitive, sameBoxes],
  [isArgumentsObject, (a, b) => a.length === b.length],
  // Nothing of these can be looked at: they equal themselves only.
  [isWeakMap, () => false],
  [isWeakSet, () => false],
  [isPromise, () => false],
];

function sameBoxes(a, b) {
  return Object.is(a.valueOf(), b.valueOf()) && isNumberObject(a) === isNumberObject(b);
}

function sameViews(a, b) {
  const isFloat = a instanceof Float32Array || a instanceof Float64Array;
  if (!isFloat) {
    return a.byteLength === b.byteLength && sameBytes(
      new Uint8Array(a.buffer, a.byteOffset, a.byteLength), new Uint8Array(b.buffer, b.byteOffset, b.byteLength),
    );
  }
  return a.length === b.length && a.every((number, i) => Object.is(number, b[i]));
}

function sameBytes(a, b) {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

function isPrimitive(value) {
  return typeof value !== "object" || value === null;
}

// Objects among the members are matched one by one; members that are found are not found twice.
function sameSets(a, b, pairs, partial) {
  if (partial ? a.size < b.size : a.size !== b.size) return false;
  const left = new Set();
  for (const item of b) {
    if (a.has(item)) continue;
    if (isPrimitive(item)) return false;
    left.add(item);
  }
  const candidates = [...a].filter((item) => !isPrimitive(item) && !b.has(item));
  return matchAll(left, candidates, (wanted, item) => equal(item, wanted, pairs, partial));
}

function sameMaps(a, b, pairs, partial) {
  if (partial ? a.size < b.size : a.size !== b.size) return false;
  const left = [];
  for (const [key, item] of b) {
    if (a.has(key)) {
      if (!equal(a.get(key), item, pairs, partial)) return false;
    } else if (isPrimitive(key)) return false;
    else left.push([key, item]);
  }
  const candidates = [...a].filter(([key]) => !isPrimitive(key) && !b.has(key));
  return matchAll(left, candidates, ([key, item], [candidate, value]) =>
    equal(candidate, key, pairs, partial) && equal(value, item, pairs, partial));
}

function matchAll(wanted, candidates, same) {
  for (const one of wanted) {
    const index = candidates.findIndex((candidate) => same(one, candidate));
    if (index < 0) return false;
    candidates.splice(index, 1);
  }
  return true;
}

// --- properties ----------------------------------------------------------------------------------

function enumerableKeys(object) {
  const skipIndices = ArrayBuffer.isView(object) || isStringObject(object);
  return ownKeys(object).filter((key) =>
    propertyIsEnumerable.call(object, key) && !(skipIndices && typeof key === "string" && /^\d+$/.test(key)));
}

function sameProperties(a, b, pairs, partial) {
  const keys = enumerableKeys(b);
  if (!partial && enumerableKeys(a).length !== keys.length) return false;
  return keys.every((key) => propertyIsEnumerable.call(a, key) && equal(a[key], b[key], pairs, partial));
}
