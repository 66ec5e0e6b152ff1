// node:util/types: what kind of object a value is, by its internal slots
// (https://nodejs.org/docs/latest/api/util.html#utiltypes).

import { op_is_proxy, op_promise_details } from "holdfast:ops";
import { CryptoKey } from "holdfast:web/crypto/key";
import { TypedArrayPrototypeGetToStringTag, uncurryThis } from "holdfast:web/primordials";
import { bound } from "../internal/bound.js";
import { registry } from "../internal/registry.js";
import * as buffers from "../internal/types.js";

const { getOwnPropertyDescriptor, getPrototypeOf } = Reflect;
const objectText = uncurryThis(Object.prototype.toString);

function isObject(value) {
  return typeof value === "object" && value !== null;
}

// --- by a method of the kind that accepts nothing else -------------------------------------------

function kind(method, ...args) {
  return (value) => {
    if (!isObject(value)) return false;
    try {
      Reflect.apply(method, value, args);
      return true;
    } catch {
      return false;
    }
  };
}

const getter = (object, name) => getOwnPropertyDescriptor(object, name).get;
const isBigIntObjectSlot = kind(BigInt.prototype.valueOf);
const isBooleanObjectSlot = kind(Boolean.prototype.valueOf);
const isDataViewSlot = kind(getter(DataView.prototype, "byteOffset"));
const isDateSlot = kind(Date.prototype.valueOf);
const isMapSlot = kind(getter(Map.prototype, "size"));
const isNumberObjectSlot = kind(Number.prototype.valueOf);
const isRegExpSlot = kind(getter(RegExp.prototype, "source"));
const isSetSlot = kind(getter(Set.prototype, "size"));
const isStringObjectSlot = kind(String.prototype.valueOf);
const isSymbolObjectSlot = kind(Symbol.prototype.valueOf);
const isWeakMapSlot = kind(WeakMap.prototype.has, {});
const isWeakSetSlot = kind(WeakSet.prototype.has, {});

// --- by what the language calls it ---------------------------------------------------------------

function called(name) {
  return (value) => (isObject(value) || typeof value === "function") && !op_is_proxy(value) && objectText(value) === name;
}

function inherits(prototype) {
  return (value) => isObject(value) && !op_is_proxy(value) && getPrototypeOf(value) === prototype;
}

const isAsyncGeneratorFunction = called("[object AsyncGeneratorFunction]");
const isPlainAsyncFunction = called("[object AsyncFunction]");
const isPlainGeneratorFunction = called("[object GeneratorFunction]");
const isPlainGenerator = called("[object Generator]");
const isPlainAsyncGenerator = called("[object AsyncGenerator]");
const isArguments = called("[object Arguments]");
const isMapIteratorObject = inherits(getPrototypeOf(new Map().keys()));
const isSetIteratorObject = inherits(getPrototypeOf(new Set().keys()));

// For the engine a module's namespace is a proxy, too.
function isNamespace(value) {
  if (!isObject(value) || !op_is_proxy(value)) return false;
  try {
    const tag = getOwnPropertyDescriptor(value, Symbol.toStringTag);
    return tag?.value === "Module" && !tag.writable && !tag.configurable && getPrototypeOf(value) === null;
  } catch {
    // A trap of a real proxy.
    return false;
  }
}

// --- the functions -------------------------------------------------------------------------------

function typedArray(name) {
  return (value) => TypedArrayPrototypeGetToStringTag(value) === name;
}

function isCryptoKey(value) {
  return value instanceof CryptoKey;
}

function isKeyObject(value) {
  // Set by node:crypto, whose class it is: without that module there is no such object.
  return registry.KeyObject !== undefined && value instanceof registry.KeyObject;
}

function isBoxed(value) {
  return [isNumberObjectSlot, isStringObjectSlot, isBooleanObjectSlot, isBigIntObjectSlot, isSymbolObjectSlot]
    .some((is) => is(value));
}

const checks = {
  isAsyncFunction: (value) => isPlainAsyncFunction(value) || isAsyncGeneratorFunction(value),
  isGeneratorFunction: (value) => isPlainGeneratorFunction(value) || isAsyncGeneratorFunction(value),
  isGeneratorObject: (value) => isPlainGenerator(value) || isPlainAsyncGenerator(value),
  isAnyArrayBuffer: buffers.isAnyArrayBuffer,
  isArrayBuffer: buffers.isArrayBuffer,
  isArgumentsObject: isArguments,
  isBoxedPrimitive: isBoxed,
  isDataView: isDataViewSlot,
  isMap: isMapSlot,
  isMapIterator: isMapIteratorObject,
  isModuleNamespaceObject: isNamespace,
  isNativeError: Error.isError,
  isPromise: (value) => isObject(value) && op_promise_details(value) !== undefined,
  isProxy: (value) => (isObject(value) || typeof value === "function") && op_is_proxy(value) && !isNamespace(value),
  isSet: isSetSlot,
  isSetIterator: isSetIteratorObject,
  isSharedArrayBuffer: buffers.isSharedArrayBuffer,
  isWeakMap: isWeakMapSlot,
  isWeakSet: isWeakSetSlot,
  isRegExp: (value) => value !== RegExp.prototype && isRegExpSlot(value),
  isDate: isDateSlot,
  isStringObject: isStringObjectSlot,
  isSymbolObject: isSymbolObjectSlot,
  isNumberObject: isNumberObjectSlot,
  isBooleanObject: isBooleanObjectSlot,
  isBigIntObject: isBigIntObjectSlot,
  isArrayBufferView: ArrayBuffer.isView,
  isBigInt64Array: typedArray("BigInt64Array"),
  isBigUint64Array: typedArray("BigUint64Array"),
  isFloat16Array: typedArray("Float16Array"),
  isFloat32Array: typedArray("Float32Array"),
  isFloat64Array: typedArray("Float64Array"),
  isInt8Array: typedArray("Int8Array"),
  isInt16Array: typedArray("Int16Array"),
  isInt32Array: typedArray("Int32Array"),
  isTypedArray: (value) => TypedArrayPrototypeGetToStringTag(value) !== undefined,
  isUint8Array: buffers.isUint8Array,
  isUint8ClampedArray: typedArray("Uint8ClampedArray"),
  isUint16Array: typedArray("Uint16Array"),
  isUint32Array: typedArray("Uint32Array"),
  // Node's objects of native add-ons.
  isExternal: () => false,
};

const types = { isCryptoKey, isKeyObject };
for (const [name, check] of Object.entries(checks)) {
  const { [name]: named } = { [name]: (value) => check(value) };
  types[name] = bound(named);
}

export const {
  isAnyArrayBuffer,
  isArgumentsObject,
  isArrayBuffer,
  isArrayBufferView,
  isAsyncFunction,
  isBigInt64Array,
  isBigIntObject,
  isBigUint64Array,
  isBooleanObject,
  isBoxedPrimitive,
  isDataView,
  isDate,
  isExternal,
  isFloat16Array,
  isFloat32Array,
  isFloat64Array,
  isGeneratorFunction,
  isGeneratorObject,
  isInt16Array,
  isInt32Array,
  isInt8Array,
  isMap,
  isMapIterator,
  isModuleNamespaceObject,
  isNativeError,
  isNumberObject,
  isPromise,
  isProxy,
  isRegExp,
  isSet,
  isSetIterator,
  isSharedArrayBuffer,
  isStringObject,
  isSymbolObject,
  isTypedArray,
  isUint16Array,
  isUint32Array,
  isUint8Array,
  isUint8ClampedArray,
  isWeakMap,
  isWeakSet,
} = types;

export { isCryptoKey, isKeyObject };

export default types;
