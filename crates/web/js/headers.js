// Headers (https://fetch.spec.whatwg.org/#headers-class).
//
// A header list is one flat array, [name, value, name, value, …], names in lower case, in the order they were added.
// Requests and responses keep only such a list (or the host's handle of one) until somebody asks for their `headers`:
// `HeaderSource` below is what they hold.
//
// As in Workers, values are strings whose UTF-8 goes over the wire (not byte strings), there is no guard but "immutable", and
// iterators work on a snapshot.

import { op_headers_read } from "holdfast:ops";
import { SymbolIterator } from "./primordials.js";
import { argumentError, constructorArgumentError, sequenceError } from "./type_errors.js";
import { defineInterface, isObject, sequence, sequenceFrom } from "./webidl.js";

const SET_COOKIE = "set-cookie";
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
// A value that needs a closer look: forbidden characters, or whitespace at an end.
const UNUSUAL_VALUE = /[\0\n\r]|^[\t ]|[\t ]$/;

// Programs use few different names; the bound keeps hostile ones from filling memory.
const KNOWN_NAMES_MAX = 1024;
const knownNames = new Map();

function normalizeName(name) {
  const known = knownNames.get(name);
  if (known !== undefined) return known;
  const text = `${name}`;
  if (!TOKEN.test(text)) throw new TypeError("Invalid header name.");
  const lower = text.toLowerCase();
  if (knownNames.size < KNOWN_NAMES_MAX) knownNames.set(text, lower);
  return lower;
}

function isWhitespace(unit) {
  return unit === 0x20 || unit === 0x09 || unit === 0x0a || unit === 0x0d;
}

// https://fetch.spec.whatwg.org/#concept-header-value-normalize
function normalizeValue(value) {
  const text = typeof value === "string" ? value : `${value}`;
  if (!UNUSUAL_VALUE.test(text)) return text;
  let start = 0;
  let end = text.length;
  while (start < end && isWhitespace(text.charCodeAt(start))) start++;
  while (end > start && isWhitespace(text.charCodeAt(end - 1))) end--;
  const trimmed = text.slice(start, end);
  if (/[\0\n\r]/.test(trimmed)) throw new TypeError("Invalid header value.");
  return trimmed;
}

/** The first value of lower-case `name`, or undefined. */
export function listFirst(list, name) {
  for (let i = 0; i < list.length; i += 2) {
    if (list[i] === name) return list[i + 1];
  }
  return undefined;
}

/** All values of lower-case `name` joined by ", ", or null: "get a header" of the specification. */
export function listGet(list, name) {
  let value = null;
  for (let i = 0; i < list.length; i += 2) {
    if (list[i] === name) value = value === null ? list[i + 1] : `${value}, ${list[i + 1]}`;
  }
  return value;
}

/** Removes lower-case `name`, in place. */
export function listDelete(list, name) {
  let to = 0;
  for (let from = 0; from < list.length; from += 2) {
    if (list[from] === name) continue;
    list[to] = list[from];
    list[to + 1] = list[from + 1];
    to += 2;
  }
  list.length = to;
}

// "set": the first of that name takes the value, the others go.
function listSet(list, name, value) {
  let to = 0;
  let found = false;
  for (let from = 0; from < list.length; from += 2) {
    const same = list[from] === name;
    if (same && found) continue;
    list[to] = list[from];
    list[to + 1] = same ? value : list[from + 1];
    found ||= same;
    to += 2;
  }
  list.length = to;
  if (!found) list.push(name, value);
}

/** "Sort and combine": [name, value] pairs; only Set-Cookie may occur more than once. */
function sortedPairs(list) {
  const pairs = [];
  const indexOf = new Map();
  for (let i = 0; i < list.length; i += 2) {
    const name = list[i];
    const at = name === SET_COOKIE ? undefined : indexOf.get(name);
    if (at === undefined) {
      indexOf.set(name, pairs.length);
      pairs.push([name, list[i + 1]]);
    } else {
      pairs[at][1] += `, ${list[i + 1]}`;
    }
  }
  return pairs.sort((a, b) => (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0));
}

let listOf, isHeaders, freeze, copy, wrapList;
const WRAP = Symbol("list");

/**
 * A header list from a HeadersInit; `wrongType()` makes the error for values that are none.
 * The result is the caller's own.
 */
export function headerListFrom(init, wrongType) {
  if (isHeaders(init)) return listOf(init).slice();
  if (!isObject(init)) throw wrongType();
  const list = [];
  const iterate = init[SymbolIterator];
  if (iterate !== undefined && iterate !== null) {
    sequenceFrom(init, iterate, (pair) => {
      const both = sequence(pair);
      if (both === undefined) throw sequenceError();
      if (both.length !== 2) {
        throw new TypeError(
          "To initialize a Headers object from a sequence, each inner sequence must have exactly two elements.",
        );
      }
      list.push(normalizeName(both[0]), normalizeValue(both[1]));
    });
    return list;
  }
  // A record: own enumerable properties. Object.keys is what Web IDL's record conversion observes, but for symbols, which
  // it would refuse and Workers ignore.
  const names = Object.keys(init);
  for (let i = 0; i < names.length; i++) {
    const value = init[names[i]];
    list.push(normalizeName(names[i]), normalizeValue(value));
  }
  return list;
}

export class Headers {
  #list;
  #immutable = false;

  constructor(init = undefined) {
    if (init === WRAP) {
      this.#list = arguments[1];
      this.#immutable = arguments[2];
    } else if (init === undefined) {
      this.#list = [];
    } else {
      this.#list = headerListFrom(init, () => constructorArgumentError("Headers", 1, "Headers or Sequence or object"));
    }
  }

  get(name) {
    if (arguments.length < 1) throw argumentError("get", "Headers", 1, "string");
    return listGet(this.#list, normalizeName(name));
  }

  // Not in the standard: from the time before getSetCookie().
  getAll(name) {
    if (arguments.length < 1) throw argumentError("getAll", "Headers", 1, "string");
    if (`${name}`.toLowerCase() !== SET_COOKIE) {
      throw new TypeError('getAll() can only be used with the header name "Set-Cookie".');
    }
    return this.getSetCookie();
  }

  getSetCookie() {
    const list = this.#list;
    const values = [];
    for (let i = 0; i < list.length; i += 2) {
      if (list[i] === SET_COOKIE) values.push(list[i + 1]);
    }
    return values;
  }

  has(name) {
    if (arguments.length < 1) throw argumentError("has", "Headers", 1, "string");
    return listFirst(this.#list, normalizeName(name)) !== undefined;
  }

  set(name, value) {
    if (arguments.length < 2) throw argumentError("set", "Headers", arguments.length + 1, "string");
    const list = this.#list;
    const key = normalizeName(name);
    const text = normalizeValue(value);
    this.#mustBeMutable();
    listSet(list, key, text);
  }

  append(name, value) {
    if (arguments.length < 2) throw argumentError("append", "Headers", arguments.length + 1, "string");
    const list = this.#list;
    const key = normalizeName(name);
    const text = normalizeValue(value);
    this.#mustBeMutable();
    list.push(key, text);
  }

  delete(name) {
    if (arguments.length < 1) throw argumentError("delete", "Headers", 1, "string");
    const list = this.#list;
    const key = normalizeName(name);
    this.#mustBeMutable();
    listDelete(list, key);
  }

  forEach(callback, thisArg = undefined) {
    const list = this.#list;
    if (typeof callback !== "function") throw argumentError("forEach", "Headers", 1, "function");
    const pairs = sortedPairs(list);
    for (let i = 0; i < pairs.length; i++) callback.call(thisArg, pairs[i][1], pairs[i][0], this);
  }

  entries() {
    return new HeadersIterator(sortedPairs(this.#list), undefined);
  }

  keys() {
    return new HeadersIterator(sortedPairs(this.#list), 0);
  }

  values() {
    return new HeadersIterator(sortedPairs(this.#list), 1);
  }

  #mustBeMutable() {
    if (this.#immutable) throw new TypeError("Can't modify immutable headers.");
  }

  static {
    isHeaders = (value) => typeof value === "object" && value !== null && #list in value;
    listOf = (headers) => headers.#list;
    wrapList = (list, immutable) => new Headers(WRAP, list, immutable);
    copy = (headers) => new Headers(WRAP, headers.#list.slice(), headers.#immutable);
    freeze = (headers) => {
      headers.#immutable = true;
    };
  }
}

Object.defineProperty(Headers.prototype, SymbolIterator, {
  value: Headers.prototype.entries,
  writable: true,
  configurable: true,
});
defineInterface(Headers);

const IteratorPrototype = Object.getPrototypeOf(Object.getPrototypeOf([][SymbolIterator]()));

class HeadersIterator {
  #pairs;
  #index = 0;
  #part;

  constructor(pairs, part) {
    this.#pairs = pairs;
    this.#part = part;
  }

  next() {
    const pairs = this.#pairs;
    if (this.#index >= pairs.length) return { value: undefined, done: true };
    const pair = pairs[this.#index++];
    return { value: this.#part === undefined ? pair : pair[this.#part], done: false };
  }
}

Object.setPrototypeOf(HeadersIterator.prototype, IteratorPrototype);
delete HeadersIterator.prototype.constructor;
defineInterface(HeadersIterator, { enumerable: ["next"], toStringTag: "Headers Iterator" });

// --- what requests and responses hold ------------------------------------------------------------

/**
 * Headers that may still be asleep. A HeaderSource is one of
 * - an array: a header list of its own;
 * - the host's handle of a list (`op_headers_read`);
 * - a Headers object, once somebody has asked for it.
 *
 * @typedef {Array<string> | object | Headers} HeaderSource
 */

/** The list behind a source, to be read only; a handle is read anew each time, so store what `awake` returns instead. */
export function sourceList(source) {
  if (Array.isArray(source)) return source;
  if (isHeaders(source)) return listOf(source);
  return op_headers_read(source);
}

/** The Headers object of a source; the caller stores it in place of the source. */
export function awake(source, immutable) {
  if (isHeaders(source)) return source;
  return wrapList(sourceList(source), immutable);
}

/** Whether the source is a host handle that nobody has touched. */
export function isHeaderHandle(source) {
  return !Array.isArray(source) && !isHeaders(source);
}

export { copy as copyHeaders, freeze as freezeHeaders, isHeaders, listOf as headerListOf };
