// What Web IDL asks of every interface: the shape of its prototype and the conversion of arguments.
//
// Conversions follow Web IDL section 3.2; the texts of the errors are workerd's.

import { op_is_array_buffer, op_is_shared_array_buffer } from "holdfast:ops";
import { fieldError } from "./type_errors.js";
import {
  ArrayBufferIsView,
  ArrayBufferPrototypeGetResizable,
  DataViewPrototypeGetBuffer,
  MathTrunc,
  NumberIsFinite,
  NumberIsNaN,
  ReflectApply,
  ReflectDefineProperty,
  ReflectGetOwnPropertyDescriptor,
  ReflectOwnKeys,
  StringPrototypeCharCodeAt,
  StringPrototypeToWellFormed,
  SymbolIterator,
  SymbolToStringTag,
  TypedArrayPrototypeGetBuffer,
  TypedArrayPrototypeGetToStringTag,
  uncurryThis,
} from "./primordials.js";

// --- shape ---------------------------------------------------------------------------------------

/**
 * Gives a class the property attributes that Web IDL wants (3.7.6, 3.7.7): operations and attributes
 * enumerable on the prototype, static operations enumerable on the constructor, constants not writable.
 *
 * Three things are as in Workers and not as in Web IDL: the `length` of constructors and operations is 0,
 * constants can be configured, and `Symbol.toStringTag` can be written.
 *
 * - `enumerable`: `true` for all string-named members (default), or the names to make enumerable.
 * - `static`: the names of static operations; by default all of them if `enumerable` is `true`.
 * - `toStringTag`: defaults to the name of the class.
 * - `constants`: name → value, put on constructor and prototype.
 */
export function defineInterface(Class, options = {}) {
  const { enumerable = true, toStringTag = Class.name, constants } = options;
  const { prototype } = Class;
  markEnumerable(prototype, enumerable, ["constructor"]);
  markEnumerable(Class, options.static ?? (enumerable === true || []), ["length", "name", "prototype"]);
  for (const name in constants) {
    const descriptor = { value: constants[name], enumerable: true, writable: false, configurable: true };
    ReflectDefineProperty(Class, name, descriptor);
    ReflectDefineProperty(prototype, name, descriptor);
  }
  ReflectDefineProperty(prototype, SymbolToStringTag, { value: toStringTag, writable: true, configurable: true });
  ReflectDefineProperty(Class, "length", NO_LENGTH);
  SetPrototypeAdd(interfaces, prototype);
  withoutLengths(prototype);
  withoutLengths(Class);
  return Class;
}

/** The prototypes of all interfaces. */
const interfaces = new Set();
const SetPrototypeAdd = uncurryThis(Set.prototype.add);
const SetPrototypeHas = uncurryThis(Set.prototype.has);

/** Whether an object is the prototype of an interface. */
export function isInterfacePrototype(object) {
  return SetPrototypeHas(interfaces, object);
}

const NO_LENGTH = { value: 0, configurable: true };

/** Gives all functions that are members of an object the length 0. */
export function withoutLengths(object) {
  for (const key of ReflectOwnKeys(object)) {
    const { value } = ReflectGetOwnPropertyDescriptor(object, key);
    if (typeof value === "function" && key !== "constructor") ReflectDefineProperty(value, "length", NO_LENGTH);
  }
}

// Runs while the platform starts, before user code: the array methods are still the original ones.
function markEnumerable(object, names, except) {
  const list = names === true ? ReflectOwnKeys(object) : names;
  for (const name of list) {
    if (typeof name !== "string" || except.includes(name)) continue;
    const known = ReflectGetOwnPropertyDescriptor(object, name) !== undefined;
    if (!known || !ReflectDefineProperty(object, name, { enumerable: true })) {
      throw new TypeError(`defineInterface: there is no member '${name}' to make enumerable.`);
    }
  }
}

/** Passed as first constructor argument by platform code to make objects users cannot construct. */
export const internalToken = Symbol("internal");

/** The error of `new X()` for an interface without a public constructor. */
export function illegalConstructor() {
  return new TypeError("Illegal constructor");
}

/** The error of a method or accessor called on an object of another class. */
export function illegalInvocation() {
  return new TypeError(
    "Illegal invocation: function called with incorrect `this` reference. See " +
      "https://developers.cloudflare.com/workers/observability/errors/#illegal-invocation-errors for details.",
  );
}

// --- errors --------------------------------------------------------------------------------------

/**
 * Throws if fewer than `required` arguments were given.
 * `context` says what failed: "Failed to execute 'append' on 'Headers'".
 */
export function requireArguments(required, given, context) {
  if (given < required) {
    const noun = required === 1 ? "argument" : "arguments";
    throw new TypeError(`${context}: ${required} ${noun} required, but only ${given} present.`);
  }
}

// --- types ---------------------------------------------------------------------------------------

/** Whether the value is an object in the sense of the language (functions included). */
export function isObject(value) {
  return (typeof value === "object" && value !== null) || typeof value === "function";
}

/** Whether the value is an ArrayBuffer of any realm; a SharedArrayBuffer is not. */
export function isArrayBuffer(value) {
  // To try a getter would cost an error for each value that is none.
  return typeof value === "object" && op_is_array_buffer(value);
}

/** Whether the value is a SharedArrayBuffer of any realm. */
export function isSharedArrayBuffer(value) {
  return typeof value === "object" && op_is_shared_array_buffer(value);
}

/** The buffer behind a typed array or DataView, without looking at user-visible properties. */
export function viewBuffer(view) {
  return TypedArrayPrototypeGetToStringTag(view) === undefined
    ? DataViewPrototypeGetBuffer(view)
    : TypedArrayPrototypeGetBuffer(view);
}

/**
 * Whether the value converts to an IDL `ArrayBufferView` without `[AllowShared]` and
 * `[AllowResizable]`: a view of an ArrayBuffer of fixed length.
 */
export function isArrayBufferView(value) {
  if (!ArrayBufferIsView(value)) return false;
  const buffer = viewBuffer(value);
  return isArrayBuffer(buffer) && !ArrayBufferPrototypeGetResizable(buffer);
}

// --- conversions ---------------------------------------------------------------------------------

export function toBoolean(value) {
  return !!value;
}

/** `DOMString` */
export function DOMString(value) {
  return typeof value === "string" ? value : `${value}`;
}

/** `USVString`: lone surrogates become U+FFFD. */
export function USVString(value) {
  return StringPrototypeToWellFormed(DOMString(value));
}

/** `ByteString`: every code unit must be below 256. `context` names the place for the error. */
export function ByteString(value, context = "Value") {
  const string = DOMString(value);
  for (let i = 0; i < string.length; i++) {
    const unit = StringPrototypeCharCodeAt(string, i);
    if (unit > 255) {
      throw new TypeError(
        `${context} cannot be converted to a ByteString: the character at index ${i} has the value ${unit}, ` +
          "which is greater than 255.",
      );
    }
  }
  return string;
}

/** `unrestricted double` */
export function toUnrestrictedDouble(value) {
  return +value;
}

/** `double`: not NaN, not infinite. */
export function toDouble(value) {
  const number = +value;
  if (!NumberIsFinite(number)) throw new TypeError("The value cannot be converted because it is not a finite number.");
  return number;
}

const integerRanges = {
  octet: [0, 0xff],
  "unsigned short": [0, 0xffff],
  short: [-0x8000, 0x7fff],
  "unsigned long": [0, 0xffffffff],
  long: [-0x80000000, 0x7fffffff],
  "unsigned long long": [0, Number.MAX_SAFE_INTEGER],
  "long long": [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
};

/** `[EnforceRange] <type>`: TypeError unless the number, truncated, is in the range of the type. */
export function enforceRange(value, type = "unsigned long long") {
  const number = +value;
  if (!NumberIsFinite(number)) throw new TypeError("The value cannot be converted because it is not an integer.");
  const [low, high] = integerRanges[type];
  const integer = MathTrunc(number) + 0;
  if (integer < low || integer > high) {
    throw new TypeError(`Value out of range. Must be between ${low} and ${high} (inclusive).`);
  }
  return integer;
}

/** `[Clamp] <type>`: rounds half to even and keeps to the range of the type; NaN is 0. */
export function clamp(value, type) {
  const number = +value;
  if (NumberIsNaN(number)) return 0;
  const [low, high] = integerRanges[type];
  if (number <= low) return low;
  if (number >= high) return high;
  const floor = MathTrunc(number) - (number < MathTrunc(number) ? 1 : 0);
  const fraction = number - floor;
  const up = fraction > 0.5 || (fraction === 0.5 && floor % 2 !== 0);
  return (up ? floor + 1 : floor) + 0;
}

/** `unsigned short`, modulo 2^16. */
export function toUnsignedShort(value) {
  return +value & 0xffff;
}

/** `long`, modulo 2^32. */
export function toLong(value) {
  return +value | 0;
}

/** `unsigned long`, modulo 2^32. */
export function toUnsignedLong(value) {
  return +value >>> 0;
}

/**
 * `unsigned long long`: an integer modulo 2^64, given as a number (exact below 2^53, as Web IDL
 * values of this type are when they come back to JavaScript).
 */
export function toUnsignedLongLong(value) {
  const number = +value;
  if (!NumberIsFinite(number)) return 0;
  const integer = MathTrunc(number) + 0;
  const modulus = 0x1_0000_0000_0000_0000;
  if (integer >= 0 && integer < modulus) return integer;
  const rest = integer % modulus;
  return rest < 0 ? rest + modulus : rest + 0;
}

/**
 * `sequence<T>` by the iteration protocol; `convert(element, index)` converts each element.
 * Returns undefined if the value is not iterable, so that the caller can name the place.
 */
export function sequence(value, convert = (element) => element) {
  if (!isObject(value)) return undefined;
  const method = value[SymbolIterator];
  if (method === undefined || method === null) return undefined;
  return sequenceFrom(value, method, convert);
}

/** The same when the `Symbol.iterator` method was already read (overload resolution reads it once). */
export function sequenceFrom(value, method, convert = (element) => element) {
  const iterator = ReflectApply(method, value, []);
  if (!isObject(iterator)) throw new TypeError("The iterator method did not return an object.");
  const { next } = iterator;
  const list = [];
  for (;;) {
    const result = ReflectApply(next, iterator, []);
    if (!isObject(result)) throw new TypeError("The iterator's next() did not return an object.");
    if (result.done) return list;
    list[list.length] = convert(result.value, list.length);
  }
}

/**
 * `record<K, V>`: own enumerable string keys in order, as a list of pairs.
 */
export function recordEntries(object, convertKey, convertValue) {
  const entries = [];
  for (const key of ReflectOwnKeys(object)) {
    const descriptor = ReflectGetOwnPropertyDescriptor(object, key);
    if (descriptor === undefined || !descriptor.enumerable) continue;
    entries[entries.length] = [convertKey(key), convertValue(object[key])];
  }
  return entries;
}

/**
 * A dictionary: undefined and null mean "all members absent"; other primitives throw the error made
 * by `wrongType()`. Members are read in the order given, which must be the lexicographic one for
 * each inherited dictionary (Web IDL 3.2.17). `members` maps a name to its conversion; an undefined
 * member is absent and is not converted.
 */
export function dictionary(value, members, wrongType) {
  const result = { __proto__: null };
  if (value === undefined || value === null) return result;
  if (!isObject(value)) throw wrongType();
  for (const name in members) {
    const member = value[name];
    if (member !== undefined) result[name] = members[name](member);
  }
  return result;
}

/** A member that must be callable. */
export function callbackField(dictionaryName, field) {
  return (value) => {
    if (typeof value !== "function") throw fieldError(field, dictionaryName, "function");
    return value;
  };
}
