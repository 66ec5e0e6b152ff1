// The performance timeline (https://w3c.github.io/performance-timeline/): entries, and who is told of new ones.
//
// The entries are those of the program, as in Workers: all objects and requests on one thread see them, and they stay
// until the program clears them.

import { PromisePrototypeThen, PromiseResolve } from "./primordials.js";
import { reportException } from "./report_error.js";
import { argumentError, constructorArgumentError } from "./type_errors.js";
import { defineInterface, illegalConstructor, internalToken } from "./webidl.js";

const TYPES = Object.freeze(["measure", "mark"]);

/** In order of their making. */
let entries = [];

/** Observers that observe something. */
const observers = new Set();

function select(list, name, type) {
  return list.filter(
    (entry) => (name === undefined || entry.name === name) && (type === undefined || entry.entryType === type),
  );
}

/** Entries by name and type, in order of their making; `undefined` matches all. */
export function entriesOf(name, type) {
  return select(entries, name, type);
}

export function latestMark(name) {
  return entries.findLast((entry) => entry.entryType === "mark" && entry.name === name);
}

export function forgetEntries(type, name) {
  entries = entries.filter((entry) => entry.entryType !== type || (name !== undefined && entry.name !== name));
}

/** "Queue a PerformanceEntry". */
export function addEntry(entry) {
  entries.push(entry);
  for (const observer of observers) tell(observer, entry);
}

let tell;

export class PerformanceObserver {
  #callback;
  #types = new Set();
  #buffer = [];
  #scheduled = false;

  constructor(callback) {
    if (arguments.length === 0) throw constructorArgumentError("PerformanceObserver", 1, "Value");
    if (typeof callback !== "function") throw constructorArgumentError("PerformanceObserver", 1, "function");
    this.#callback = callback;
  }

  observe(options = undefined) {
    this.#callback;
    const { buffered, entryTypes, type } = options ?? {};
    if (entryTypes === undefined && type === undefined) {
      throw argumentError("observe", "PerformanceObserver", 1, "PerformanceObserverInit");
    }
    if (entryTypes !== undefined) this.#types.clear();
    for (const name of entryTypes === undefined ? [type] : entryTypes) {
      if (TYPES.includes(`${name}`)) this.#types.add(`${name}`);
    }
    if (this.#types.size === 0) return;
    observers.add(this);
    if (buffered && type !== undefined) for (const entry of entriesOf(undefined, `${type}`)) this.#add(entry);
  }

  disconnect() {
    this.#types.clear();
    this.#buffer = [];
    observers.delete(this);
  }

  takeRecords() {
    const records = this.#buffer;
    this.#buffer = [];
    return records;
  }

  #add(entry) {
    this.#buffer.push(entry);
    if (this.#scheduled) return;
    this.#scheduled = true;
    PromisePrototypeThen(PromiseResolve(undefined), () => this.#deliver());
  }

  // "Queue the PerformanceObserver task".
  #deliver() {
    this.#scheduled = false;
    const records = this.takeRecords();
    if (records.length === 0) return;
    try {
      Reflect.apply(this.#callback, this, [new PerformanceObserverEntryList(internalToken, records), this]);
    } catch (error) {
      reportException(error);
    }
  }

  static {
    tell = (observer, entry) => {
      if (observer.#types.has(entry.entryType)) observer.#add(entry);
    };
  }
}

export class PerformanceObserverEntryList {
  #entries;

  constructor() {
    if (arguments[0] !== internalToken) throw illegalConstructor();
    this.#entries = arguments[1];
  }

  getEntries() {
    return [...this.#entries];
  }

  getEntriesByType(type) {
    if (arguments.length === 0) throw argumentError("getEntriesByType", "PerformanceObserverEntryList", 1, "string");
    return select(this.#entries, undefined, `${type}`);
  }

  getEntriesByName(name, type = undefined) {
    if (arguments.length === 0) throw argumentError("getEntriesByName", "PerformanceObserverEntryList", 1, "string");
    return select(this.#entries, `${name}`, type === undefined ? undefined : `${type}`);
  }
}

/** `performance.eventCounts` (https://w3c.github.io/event-timing/#eventcounts): nothing here has such events. */
export class EventCounts {
  #map = new Map();

  constructor() {
    if (arguments[0] !== internalToken) throw illegalConstructor();
  }

  get size() {
    return this.#map.size;
  }

  get(type) {
    return this.#map.get(`${type}`);
  }

  has(type) {
    return this.#map.has(`${type}`);
  }

  entries() {
    return this.#map.entries();
  }

  keys() {
    return this.#map.keys();
  }

  values() {
    return this.#map.values();
  }

  forEach(callback, thisArg = undefined) {
    this.#map.forEach((value, key) => Reflect.apply(callback, thisArg, [value, key, this]));
  }

  [Symbol.iterator]() {
    return this.#map.entries();
  }
}

Object.defineProperty(PerformanceObserver, "supportedEntryTypes", { value: TYPES, enumerable: true, configurable: true });
for (const Class of [PerformanceObserver, PerformanceObserverEntryList, EventCounts]) defineInterface(Class);
