// Performance (https://w3c.github.io/hr-time/, https://w3c.github.io/user-timing/, https://w3c.github.io/performance-timeline/).
//
// As in Workers the time origin is the Unix epoch, so now() is Date.now(): the time at which the current turn began.
// Everything but the clock is there only with the compatibility flag `enable_global_performance_classes`.

import { EventTarget } from "./event_target.js";
import { addEntry, entriesOf, EventCounts, forgetEntries, latestMark } from "./performance_timeline.js";
import { makeMark, makeMeasure, optionsOf } from "./performance_entries.js";
import { argumentError } from "./type_errors.js";
import { defineInterface, illegalConstructor, internalToken } from "./webidl.js";

const { now } = Date;

export class Performance extends EventTarget {
  #timeOrigin = 0;
  #eventCounts;

  constructor() {
    if (arguments[0] !== internalToken) throw illegalConstructor();
    super();
  }

  get timeOrigin() {
    return this.#timeOrigin;
  }

  now() {
    return now() - this.#timeOrigin;
  }

  get eventCounts() {
    return (this.#eventCounts ??= new EventCounts(internalToken));
  }

  clearMarks(name = undefined) {
    this.#timeOrigin;
    forgetEntries("mark", name === undefined ? undefined : `${name}`);
  }

  clearMeasures(name = undefined) {
    this.#timeOrigin;
    forgetEntries("measure", name === undefined ? undefined : `${name}`);
  }

  // Requests leave no entries, so there are none to clear and no buffer to size.
  clearResourceTimings() {
    this.#timeOrigin;
  }

  setResourceTimingBufferSize(size) {
    this.#timeOrigin;
    if (arguments.length === 0) throw argumentError("setResourceTimingBufferSize", "Performance", 1, "number");
  }

  getEntries() {
    this.#timeOrigin;
    return entriesOf(undefined, undefined);
  }

  getEntriesByName(name, type = undefined) {
    this.#timeOrigin;
    if (arguments.length === 0) throw argumentError("getEntriesByName", "Performance", 1, "string");
    return entriesOf(`${name}`, type === undefined ? undefined : `${type}`);
  }

  getEntriesByType(type) {
    this.#timeOrigin;
    if (arguments.length === 0) throw argumentError("getEntriesByType", "Performance", 1, "string");
    return entriesOf(undefined, `${type}`);
  }

  mark(name, options = undefined) {
    this.#timeOrigin;
    if (arguments.length === 0) throw argumentError("mark", "Performance", 1, "string");
    const mark = makeMark(`${name}`, optionsOf(options, "mark", "PerformanceMarkOptions"), this.now());
    addEntry(mark);
    return mark;
  }

  /** "Measure", but for a mark that does not exist: Workers take the time origin then, and do not throw. */
  measure(name, startOrOptions = undefined, endMark = undefined) {
    this.#timeOrigin;
    if (arguments.length === 0) throw argumentError("measure", "Performance", 1, "string");
    const isDictionary = typeof startOrOptions === "object" && startOrOptions !== null;
    const { start, end, duration, detail } = isDictionary
      ? optionsOf(startOrOptions, "measure", "PerformanceMeasureOptions")
      : { start: startOrOptions ?? undefined };
    const last = endMark ?? end;
    const endTime = last !== undefined
      ? timeOf(last)
      : start !== undefined && duration !== undefined
        ? timeOf(start) + Number(duration)
        : this.now();
    const startTime = start !== undefined
      ? timeOf(start)
      : duration !== undefined && last !== undefined
        ? endTime - Number(duration)
        : 0;
    const measure = makeMeasure(`${name}`, startTime, endTime - startTime, detail);
    addEntry(measure);
    return measure;
  }

  toJSON() {
    return { timeOrigin: this.#timeOrigin };
  }
}

/** "Convert a mark to a timestamp": a number is one already. */
function timeOf(mark) {
  return typeof mark === "number" ? mark : (latestMark(`${mark}`)?.startTime ?? 0);
}

defineInterface(Performance);

/** Takes away what is there only with the flag. */
export function keepClockOnly() {
  const { prototype } = Performance;
  for (const name of Object.getOwnPropertyNames(prototype)) {
    if (!["constructor", "timeOrigin", "now"].includes(name)) delete prototype[name];
  }
  Object.setPrototypeOf(prototype, Object.prototype);
}

export const performance = new Performance(internalToken);
