// Arguments of the storage methods, converted as Workers convert them.

import { argumentError } from "../../web/type_errors.js";
import { MathTrunc, NumberIsFinite, uncurryThis } from "../../web/primordials.js";

const { isArray } = Array;
const DatePrototypeGetTime = uncurryThis(Date.prototype.getTime);

const INT32_MIN = -0x80000000;
const INT32_MAX = 0x7fffffff;
/** Times are kept as nanoseconds in 64 bits: these are the last milliseconds on either side. */
const TIME_MS_MAX = 9_223_372_036_854;

export const NO_VALUE = "put() called with undefined value.";

export function toText(value) {
  return typeof value === "string" ? value : `${value}`;
}

/** A list of texts from the program's array. */
export function toTexts(list) {
  const texts = [];
  for (let i = 0; i < list.length; i++) texts[i] = toText(list[i]);
  return texts;
}

/** Options are an object, or are not given. */
export function checkOptions(options, method, interfaceName, parameter, type) {
  if (options === undefined || options === null || typeof options === "object" || typeof options === "function") return;
  throw argumentError(method, interfaceName, parameter, type);
}

/** `options.allowUnconfirmed` of options that `checkOptions` let pass. */
export function allowsUnconfirmed(options) {
  return options !== undefined && options !== null && !!options.allowUnconfirmed;
}

/** Whether `put` was given several entries: any object but an array, which is a key like other values. */
export function isEntries(value) {
  return typeof value === "function" || (typeof value === "object" && value !== null && !isArray(value));
}

/** A number as a 32-bit integer: what is not finite is 0, fractions are cut off. */
function toInt32(value) {
  if (typeof value === "bigint") throw new TypeError("Cannot convert a BigInt value to a number");
  const number = +value;
  if (!NumberIsFinite(number)) return 0;
  const integer = MathTrunc(number);
  if (integer < INT32_MIN || integer > INT32_MAX) {
    throw new TypeError(`Value out of range. Must be between ${INT32_MIN} and ${INT32_MAX} (inclusive).`);
  }
  return integer;
}

const optional = (value, convert) => (value === undefined ? undefined : convert(value));

const EVERYTHING = { __proto__: null };

/** The options of `list`; members are undefined where not given. */
export function listOptions(options, interfaceName) {
  checkOptions(options, "list", interfaceName, 1, "ListOptions");
  if (options === undefined || options === null) return EVERYTHING;
  return {
    __proto__: null,
    start: optional(options.start, toText),
    startAfter: optional(options.startAfter, toText),
    end: optional(options.end, toText),
    prefix: optional(options.prefix, toText),
    reverse: !!options.reverse,
    limit: optional(options.limit, toInt32),
  };
}

/** Calls a listing operation with the options that `listOptions` gave. */
export function callList(operation, handle, options) {
  const { start, startAfter, end, prefix, reverse, limit } = options;
  return operation(handle, start, startAfter, end, prefix, reverse, limit);
}

/** A `Date` or a number of milliseconds since the epoch, as whole milliseconds. */
export function toTime(value, method, interfaceName) {
  let time = value;
  if (typeof value !== "number") {
    try {
      time = DatePrototypeGetTime(value);
    } catch {
      throw argumentError(method, interfaceName, 1, "date");
    }
  }
  if (!NumberIsFinite(time)) throw new TypeError("The value cannot be converted because it is not a valid Date.");
  if (time > TIME_MS_MAX) throw new TypeError("This API doesn't support dates after 2189.");
  if (time < -TIME_MS_MAX) throw new TypeError("This API doesn't support dates before 1687.");
  return MathTrunc(time);
}
