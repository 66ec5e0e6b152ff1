// URLSearchParams (https://url.spec.whatwg.org/#interface-urlsearchparams).

import { op_percent_decode } from "holdfast:ops";
import { argumentError, sequenceError } from "./type_errors.js";
import { defineInterface } from "./webidl.js";

const { getOwnPropertyDescriptor, ownKeys } = Reflect;
const decode = decodeURIComponent;
const encode = encodeURIComponent;

// "Percent-decode" a name or value after `+` became a space.
function decodeComponent(text) {
  if (text.includes("+")) text = text.replaceAll("+", " ");
  if (!text.includes("%")) return text;
  try {
    return decode(text);
  } catch {
    // A lone `%` stays as it is and bytes that are not UTF-8 become U+FFFD; decodeURIComponent accepts neither.
    return op_percent_decode(text);
  }
}

/** The application/x-www-form-urlencoded parser: names and values alternate in the list that it returns. */
export function parseForm(text) {
  const list = [];
  if (text === "") return list;
  for (const sequence of text.split("&")) {
    if (sequence === "") continue;
    const equals = sequence.indexOf("=");
    if (equals < 0) list.push(decodeComponent(sequence), "");
    else list.push(decodeComponent(sequence.slice(0, equals)), decodeComponent(sequence.slice(equals + 1)));
  }
  return list;
}

const SAFE = /^[A-Za-z0-9*\-._]*$/;
const ENCODED_BY_FORMS_ONLY = /[!'()~]|%20/g;

function encodeComponent(text) {
  if (SAFE.test(text)) return text;
  return encode(text).replace(
    ENCODED_BY_FORMS_ONLY,
    (match) => match === "%20" ? "+" : `%${match.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** The application/x-www-form-urlencoded serializer, of a list as `parseForm` makes it; well-formed strings only. */
export function serializeForm(list) {
  let output = "";
  for (let i = 0; i < list.length; i += 2) {
    if (i > 0) output += "&";
    output += `${encodeComponent(list[i])}=${encodeComponent(list[i + 1])}`;
  }
  return output;
}

function toUSVString(value) {
  return `${value}`.toWellFormed();
}

// A sequence of pairs. Each pair is an iterable of exactly two.
function listOfSequence(iterable) {
  const pairs = [];
  for (const pair of iterable) {
    if ((typeof pair !== "object" && typeof pair !== "function") || pair === null || pair[Symbol.iterator] == null) {
      throw sequenceError();
    }
    pairs.push(Array.from(pair, toUSVString));
  }
  return pairs.flatMap((pair) => {
    if (pair.length !== 2) throw new TypeError("Invalid URL search params sequence.");
    return pair;
  });
}

// A record: names that differ only before conversion to well-formed strings are one name.
function listOfRecord(record) {
  const map = new Map();
  for (const key of ownKeys(record)) {
    if (!getOwnPropertyDescriptor(record, key)?.enumerable) continue;
    const name = toUSVString(key);
    map.set(name, toUSVString(record[key]));
  }
  return [...map].flat();
}

function argument(value, count, method, parameter) {
  if (count < parameter) throw argumentError(method, "URLSearchParams", parameter, "USVString");
  return toUSVString(value);
}

let attach, reset, listOf;

export class URLSearchParams {
  #list;
  #url = null;
  #updateUrl = null;

  constructor(init = "") {
    if ((typeof init === "object" && init !== null) || typeof init === "function") {
      const method = init[Symbol.iterator];
      if (method === undefined || method === null) this.#list = listOfRecord(init);
      else this.#list = listOfSequence(init);
    } else {
      const text = toUSVString(init);
      this.#list = parseForm(text.startsWith("?") ? text.slice(1) : text);
    }
  }

  #update() {
    if (this.#url !== null) this.#updateUrl(this.#url, serializeForm(this.#list));
  }

  get size() {
    return this.#list.length / 2;
  }

  append(name, value) {
    const list = this.#list;
    name = argument(name, arguments.length, "append", 1);
    value = argument(value, arguments.length, "append", 2);
    list.push(name, value);
    this.#update();
  }

  delete(name, value = undefined) {
    const list = this.#list;
    name = argument(name, arguments.length, "delete", 1);
    if (value !== undefined) value = toUSVString(value);
    const kept = [];
    for (let i = 0; i < list.length; i += 2) {
      if (list[i] !== name || (value !== undefined && list[i + 1] !== value)) kept.push(list[i], list[i + 1]);
    }
    replace(list, kept);
    this.#update();
  }

  get(name) {
    const list = this.#list;
    name = argument(name, arguments.length, "get", 1);
    for (let i = 0; i < list.length; i += 2) {
      if (list[i] === name) return list[i + 1];
    }
    return null;
  }

  getAll(name) {
    const list = this.#list;
    name = argument(name, arguments.length, "getAll", 1);
    const values = [];
    for (let i = 0; i < list.length; i += 2) {
      if (list[i] === name) values.push(list[i + 1]);
    }
    return values;
  }

  has(name, value = undefined) {
    const list = this.#list;
    name = argument(name, arguments.length, "has", 1);
    if (value !== undefined) value = toUSVString(value);
    for (let i = 0; i < list.length; i += 2) {
      if (list[i] === name && (value === undefined || list[i + 1] === value)) return true;
    }
    return false;
  }

  set(name, value) {
    const list = this.#list;
    name = argument(name, arguments.length, "set", 1);
    value = argument(value, arguments.length, "set", 2);
    const kept = [];
    let found = false;
    for (let i = 0; i < list.length; i += 2) {
      if (list[i] !== name) {
        kept.push(list[i], list[i + 1]);
      } else if (!found) {
        kept.push(name, value);
        found = true;
      }
    }
    if (!found) kept.push(name, value);
    replace(list, kept);
    this.#update();
  }

  /** Sorts by name in order of code units, keeping the order of equal names. */
  sort() {
    const list = this.#list;
    const pairs = [];
    for (let i = 0; i < list.length; i += 2) pairs.push([list[i], list[i + 1]]);
    pairs.sort((a, b) => (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0));
    replace(list, pairs.flat());
    this.#update();
  }

  forEach(callback, thisArg = undefined) {
    const list = this.#list;
    if (typeof callback !== "function") throw argumentError("forEach", "URLSearchParams", 1, "function");
    // The list may grow or shrink under way: its length is read anew at each step.
    for (let i = 0; i < list.length; i += 2) Reflect.apply(callback, thisArg, [list[i + 1], list[i], this]);
  }

  entries() {
    return new ParamsIterator(this.#list, (list, i) => [list[i], list[i + 1]]);
  }

  keys() {
    return new ParamsIterator(this.#list, (list, i) => list[i]);
  }

  values() {
    return new ParamsIterator(this.#list, (list, i) => list[i + 1]);
  }

  toString() {
    return serializeForm(this.#list);
  }

  static {
    attach = (url, search, updateUrl) => {
      const params = new URLSearchParams(search);
      params.#url = url;
      params.#updateUrl = updateUrl;
      return params;
    };
    reset = (params, search) => replace(params.#list, parseForm(search.slice(1)));
    listOf = (value) => (typeof value === "object" && value !== null && #list in value ? value.#list : undefined);
  }
}

// The list is changed in place: iterators under way follow it.
function replace(list, items) {
  list.length = 0;
  for (let i = 0; i < items.length; i++) list[i] = items[i];
}

const IteratorPrototype = Object.getPrototypeOf(Object.getPrototypeOf([][Symbol.iterator]()));

class ParamsIterator {
  #list;
  #pick;
  #index = 0;

  constructor(list, pick) {
    this.#list = list;
    this.#pick = pick;
  }

  next() {
    const list = this.#list;
    const index = this.#index;
    if (index >= list.length) return { value: undefined, done: true };
    this.#index = index + 2;
    return { value: this.#pick(list, index), done: false };
  }
}

Object.setPrototypeOf(ParamsIterator.prototype, IteratorPrototype);
delete ParamsIterator.prototype.constructor;
Object.defineProperty(ParamsIterator.prototype, "next", { enumerable: true });
Object.defineProperty(ParamsIterator.prototype, Symbol.toStringTag, {
  value: "URLSearchParams Iterator",
  configurable: true,
});

Object.defineProperty(URLSearchParams.prototype, Symbol.iterator, {
  value: URLSearchParams.prototype.entries,
  writable: true,
  configurable: true,
});
defineInterface(URLSearchParams);

export {
  /** `attachSearchParams(url, search, update)`: parameters that call `update(url, query)` when they change. */
  attach as attachSearchParams,
  /** `searchParamsList(value)`: the name/value list of a URLSearchParams (live, not to be changed), else undefined. */
  listOf as searchParamsList,
  /** `resetSearchParams(params, search)`: what a change of the URL's query does. */
  reset as resetSearchParams,
};
