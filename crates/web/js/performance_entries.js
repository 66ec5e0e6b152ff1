// PerformanceEntry and its kinds (https://w3c.github.io/performance-timeline/#dom-performanceentry,
// https://w3c.github.io/user-timing/, https://w3c.github.io/resource-timing/).

import { argumentError, constructorArgumentError, fieldError } from "./type_errors.js";
import { defineInterface, illegalConstructor, internalToken, isObject } from "./webidl.js";

const { now } = Date;

export class PerformanceEntry {
  #name;
  #entryType;
  #startTime;
  #duration;

  constructor() {
    const { 0: token, 1: name, 2: entryType, 3: startTime, 4: duration } = arguments;
    if (token !== internalToken) throw illegalConstructor();
    this.#name = name;
    this.#entryType = entryType;
    this.#startTime = startTime;
    this.#duration = duration;
  }

  get name() {
    return this.#name;
  }

  get entryType() {
    return this.#entryType;
  }

  get startTime() {
    return this.#startTime;
  }

  get duration() {
    return this.#duration;
  }

  toJSON() {
    return { name: this.#name, entryType: this.#entryType, startTime: this.#startTime, duration: this.#duration };
  }
}

// What entries with a `detail` give to JSON.
function withDetail(entry, detail) {
  const { name, entryType, startTime, duration } = entry;
  return { name, entryType, startTime, duration, ...(detail === null ? {} : { detail }) };
}

export class PerformanceMark extends PerformanceEntry {
  #detail;

  constructor(name, options = undefined) {
    if (arguments.length === 0) throw constructorArgumentError("PerformanceMark", 1, "string");
    const { detail, startTime } = optionsOf(options, "PerformanceMark", "PerformanceMarkOptions");
    super(internalToken, `${name}`, "mark", startTime === undefined ? now() : Number(startTime), 0);
    this.#detail = detailOf(detail);
  }

  get detail() {
    return this.#detail;
  }

  toJSON() {
    return withDetail(this, this.#detail);
  }
}

export class PerformanceMeasure extends PerformanceEntry {
  #detail;

  constructor() {
    const { 0: token, 1: name, 2: startTime, 3: duration, 4: detail } = arguments;
    if (token !== internalToken) throw illegalConstructor();
    super(internalToken, name, "measure", startTime, duration);
    this.#detail = detail;
  }

  get detail() {
    return this.#detail;
  }

  toJSON() {
    return withDetail(this, this.#detail);
  }
}

/** No request leaves an entry in Workers, so that none of these is ever made. */
export class PerformanceResourceTiming extends PerformanceEntry {
  constructor() {
    throw illegalConstructor();
  }
}

const TIMINGS = [
  ..."connectEnd connectStart decodedBodySize domainLookupEnd domainLookupStart encodedBodySize fetchStart".split(" "),
  ..."initiatorType nextHopProtocol redirectEnd redirectStart requestStart responseEnd responseStart".split(" "),
  ..."responseStatus secureConnectionStart transferSize workerStart".split(" "),
];
for (const name of TIMINGS) {
  Object.defineProperty(PerformanceResourceTiming.prototype, name, {
    get() {
      throw new TypeError(`Illegal invocation: ${name} of something that is no PerformanceResourceTiming.`);
    },
    configurable: true,
  });
}

for (const Class of [PerformanceEntry, PerformanceMark, PerformanceMeasure, PerformanceResourceTiming]) {
  defineInterface(Class);
}

/** A detail must be an object, and is kept as it is: Workers do not copy it. */
function detailOf(detail) {
  if (detail === undefined || detail === null) return null;
  if (!isObject(detail)) throw fieldError("detail", "Options", "Object");
  return detail;
}

/** The dictionary that a method got. */
export function optionsOf(options, method, type) {
  if (options === undefined || options === null) return {};
  if (!isObject(options)) throw argumentError(method, "Performance", 2, type);
  return options;
}

export function makeMark(name, { detail, startTime }, time) {
  return new PerformanceMark(name, { detail, startTime: startTime === undefined ? time : startTime });
}

export function makeMeasure(name, startTime, duration, detail) {
  return new PerformanceMeasure(internalToken, name, startTime, duration, detailOf(detail));
}
