// The performance timeline.

import { outcome, outcomes, show } from "./harness.js";

const describe = ({ name, entryType, startTime, duration, detail }) => ({
  name,
  entryType,
  startTime: startTime > 1e12 ? "now" : startTime,
  duration: duration > 1e12 ? "now" : duration,
  detail: show(detail),
});

/** Runs on an empty timeline. */
const fresh = (run) => () => {
  performance.clearMarks();
  performance.clearMeasures();
  return run();
};

export default {
  marks: fresh(() =>
    outcomes({
      plain: () => describe(performance.mark("a")),
      started: () => describe(performance.mark("b", { startTime: 5, detail: { x: 1 } })),
      sameDetail: () => {
        const detail = {};
        return performance.mark("c", { detail }).detail === detail;
      },
      number: () => performance.mark("d", { detail: 5 }),
      none: () => performance.mark(),
      made: () => describe(new PerformanceMark("e", { startTime: 3 })),
      json: () => JSON.stringify(new PerformanceMark("f", { startTime: 3, detail: { y: 1 } })),
      listed: () => performance.getEntries().map((entry) => entry.name),
    }),
  ),
  measures: fresh(() => {
    performance.mark("one", { startTime: 10 });
    performance.mark("two", { startTime: 30 });
    return outcomes({
      marks: () => describe(performance.measure("m", "one", "two")),
      fromMark: () => describe(performance.measure("m", "one")),
      whole: () => describe(performance.measure("m")),
      numbers: () => describe(performance.measure("m", { start: 1, end: 5 })),
      duration: () => describe(performance.measure("m", { start: 1, duration: 5 })),
      unknown: () => describe(performance.measure("m", "nowhere", "two")),
      detail: () => describe(performance.measure("m", { start: 1, end: 2, detail: { z: 1 } })),
      none: () => performance.measure(),
    });
  }),
  queries: fresh(() => {
    performance.mark("a", { startTime: 1 });
    performance.mark("b", { startTime: 2 });
    performance.measure("a", { start: 1, end: 2 });
    const names = (list) => list.map((entry) => `${entry.entryType} ${entry.name}`);
    return outcomes({
      all: () => names(performance.getEntries()),
      byName: () => names(performance.getEntriesByName("a")),
      byNameAndType: () => names(performance.getEntriesByName("a", "measure")),
      byType: () => names(performance.getEntriesByType("mark")),
      cleared: () => {
        performance.clearMarks("a");
        return names(performance.getEntries());
      },
      clearedAll: () => {
        performance.clearMeasures();
        performance.clearMarks();
        return names(performance.getEntries());
      },
    });
  }),
  classes: () =>
    outcomes({
      entry: () => new PerformanceEntry(),
      measure: () => new PerformanceMeasure(),
      timing: () => new PerformanceResourceTiming(),
      list: () => new PerformanceObserverEntryList(),
      observer: () => new PerformanceObserver(),
      supported: () => PerformanceObserver.supportedEntryTypes,
      counts: () => [String(performance.eventCounts), performance.eventCounts.size],
      json: () => JSON.stringify(performance),
    }),
  // The clock stands still while JavaScript runs.
  clock: async () => ({
    origin: performance.timeOrigin,
    same: performance.now() === Date.now(),
    later: await outcome(async () => {
      const before = performance.now();
      await scheduler.wait(5);
      return performance.now() > before;
    }),
  }),
};
