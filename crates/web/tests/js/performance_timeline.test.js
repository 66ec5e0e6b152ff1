import { test, assert, assertEquals, assertThrows } from "holdfast:test";
import { Performance, performance } from "holdfast:web/performance";
import { PerformanceEntry, PerformanceMark, PerformanceMeasure } from "holdfast:web/performance_entries";
import { PerformanceObserver } from "holdfast:web/performance_timeline";

const names = (list) => list.map((entry) => `${entry.entryType} ${entry.name}`);
const empty = () => {
  performance.clearMarks();
  performance.clearMeasures();
};

test("marks and measures", () => {
  empty();
  const mark = performance.mark("a", { startTime: 10, detail: { x: 1 } });
  assert(mark instanceof PerformanceMark && mark instanceof PerformanceEntry);
  assertEquals(mark.toJSON(), { name: "a", entryType: "mark", startTime: 10, duration: 0, detail: { x: 1 } });
  performance.mark("b", { startTime: 30 });
  const measure = performance.measure("m", "a", "b");
  assert(measure instanceof PerformanceMeasure);
  assertEquals(measure.toJSON(), { name: "m", entryType: "measure", startTime: 10, duration: 20 });
  assertEquals(performance.measure("n", { start: "a", duration: 3 }).duration, 3);
  assertEquals(performance.measure("n", { end: 7, duration: 5 }).startTime, 2);
  assertEquals(performance.measure("n", "nowhere", "b").startTime, 0);
  assert(performance.mark("now").startTime > 1e12);
});

test("the timeline is asked by name and type, and cleared", () => {
  empty();
  performance.mark("a");
  performance.mark("b");
  performance.measure("a", "a");
  assertEquals(names(performance.getEntries()), ["mark a", "mark b", "measure a"]);
  assertEquals(names(performance.getEntriesByName("a")), ["mark a", "measure a"]);
  assertEquals(names(performance.getEntriesByName("a", "mark")), ["mark a"]);
  assertEquals(names(performance.getEntriesByType("measure")), ["measure a"]);
  performance.clearMarks("a");
  assertEquals(names(performance.getEntries()), ["mark b", "measure a"]);
  empty();
  assertEquals(performance.getEntries(), []);
});

test("observers are told once for all entries of a turn", async () => {
  empty();
  const seen = [];
  const observer = new PerformanceObserver((list, self) => seen.push([names(list.getEntries()), self === observer]));
  observer.observe({ entryTypes: ["mark", "navigation"] });
  performance.mark("a");
  performance.measure("m");
  performance.mark("b");
  assertEquals(seen, []);
  await undefined;
  await undefined;
  assertEquals(seen, [[["mark a", "mark b"], true]]);
  performance.mark("c");
  assertEquals(names(observer.takeRecords()), ["mark c"]);
  observer.disconnect();
  performance.mark("d");
  await undefined;
  await undefined;
  assertEquals(seen.length, 1);
});

test("an observer can ask for what was there before", async () => {
  empty();
  performance.mark("a");
  const told = new Promise((resolve) => {
    const observer = new PerformanceObserver((list) => {
      observer.disconnect();
      resolve(names(list.getEntriesByType("mark")));
    });
    observer.observe({ type: "mark", buffered: true });
  });
  assertEquals(await told, ["mark a"]);
  assertEquals(PerformanceObserver.supportedEntryTypes, ["measure", "mark"]);
});

test("arguments and brands", () => {
  assertThrows(() => performance.mark(), TypeError);
  assertThrows(() => performance.mark("a", { detail: 5 }), TypeError);
  assertThrows(() => new PerformanceEntry("a"), TypeError, "Illegal constructor");
  assertThrows(() => new PerformanceMeasure("a"), TypeError, "Illegal constructor");
  assertThrows(() => new PerformanceObserver(), TypeError);
  assertThrows(() => new PerformanceObserver(() => {}).observe({}), TypeError);
  assertThrows(() => Performance.prototype.getEntries.call({}), TypeError);
});
