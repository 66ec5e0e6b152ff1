import { assert, assertEquals, assertThrows, storageTest } from "holdfast:storage_test";

const fill = (kv, keys) => {
  for (const key of keys) kv.put(key, `value of ${key}`);
};
const INVALIDATED =
  "kv.list() iterator was invalidated because a new call to kv.list() was started. Only one kv.list() iterator can exist at a time.";

storageTest("put, get, delete", ({ kv }) => {
  assertEquals(kv.put("a", { x: 1 }), undefined);
  assertEquals(kv.get("a"), { x: 1 });
  assertEquals(kv.delete("a"), true);
  assertEquals(kv.delete("a"), false);
  assertEquals(kv.get("a"), undefined);
});

storageTest("it is the same storage as the asynchronous one", async ({ kv, storage }) => {
  kv.put("a", 1);
  await storage.put("b", 2);
  assertEquals([await storage.get("a"), kv.get("b")], [1, 2]);
});

storageTest("undefined is a value", ({ kv }) => {
  kv.put("a", undefined);
  assertEquals(kv.get("a"), undefined);
  assertEquals(kv.delete("a"), true);
});

storageTest("list options", ({ kv }) => {
  fill(kv, ["a1", "a2", "b1", "b2", "c"]);
  const cases = [
    [undefined, "a1 a2 b1 b2 c"],
    [null, "a1 a2 b1 b2 c"],
    [{ prefix: "a" }, "a1 a2"],
    [{ start: "b1" }, "b1 b2 c"],
    [{ startAfter: "b1" }, "b2 c"],
    [{ end: "b2" }, "a1 a2 b1"],
    [{ limit: "2" }, "a1 a2"],
    [{ reverse: 1, limit: 2 }, "c b2"],
    [{ start: "b", end: "a" }, ""],
  ];
  for (const [options, expected] of cases) {
    assertEquals([...kv.list(options)].map(([key]) => key).join(" "), expected, JSON.stringify(options));
  }
  assertEquals(kv.list({ prefix: "c" }).toArray(), [["c", "value of c"]]);
});

storageTest("the listing is an iterator of the language", ({ kv }) => {
  fill(kv, ["a", "b"]);
  const listing = kv.list();
  assert(listing[Symbol.iterator]() === listing);
  assertEquals(listing.next(), { done: false, value: ["a", "value of a"] });
  assertEquals(listing.next(), { done: false, value: ["b", "value of b"] });
  assertEquals(listing.next(), { done: true, value: undefined });
  assertEquals(listing.next(), { done: true, value: undefined });
  assertEquals(String(listing), "[object ListIterator]");
  assertEquals(kv.list().map(([key]) => key).toArray(), ["a", "b"]);
  assertThrows(() => listing.next.call({}), TypeError, /^Illegal invocation/);
});

storageTest("a newer listing invalidates an older one", async ({ kv, storage }) => {
  fill(kv, ["a", "b", "c"]);
  const first = kv.list();
  first.next();
  const second = kv.list();
  assertThrows(() => first.next(), Error, INVALIDATED);
  assertEquals(second.next().value[0], "a");
  assertThrows(() => kv.list({ limit: -1 }), TypeError, "List limit must be positive.");
  kv.list({ start: "b", end: "a" });
  assertEquals(second.next().value[0], "b", "neither of these lists anything");
  await storage.list();
  assertThrows(() => second.next(), Error, INVALIDATED);
});

storageTest("a listing that is through stays so", ({ kv }) => {
  fill(kv, ["a"]);
  const listing = kv.list();
  assertEquals([...listing].length, 1);
  kv.list();
  assertEquals(listing.next(), { done: true, value: undefined });
});

storageTest("a listing shows what is written ahead of it", ({ kv }) => {
  fill(kv, ["a", "b", "c", "d"]);
  const seen = [];
  for (const [key] of kv.list()) {
    seen.push(key);
    if (key === "a") kv.delete("c");
    if (key === "b") kv.put("e", 1);
  }
  assertEquals(seen, ["a", "b", "d", "e"]);
});

storageTest("argument errors are thrown at once", ({ kv }) => {
  const parameter = (method, n, type) =>
    `Failed to execute '${method}' on 'SyncKvStorage': parameter ${n} is not of type '${type}'.`;
  const cases = [
    [() => kv.get(), parameter("get", 1, "string")],
    [() => kv.put(), parameter("put", 1, "string")],
    [() => kv.put("a"), parameter("put", 2, "Value")],
    [() => kv.delete(), parameter("delete", 1, "string")],
    [() => kv.list(5), parameter("list", 1, "ListOptions")],
    [() => kv.list({ start: "a", startAfter: "a" }), "list() cannot be called with both start and startAfter values."],
  ];
  for (const [run, message] of cases) assertThrows(run, TypeError, message);
  assertThrows(() => kv.get(Symbol("s")), TypeError);
  assertEquals(kv.get(["a"]), undefined);
});

storageTest(
  "a class without SQLite has none, and says so when it is used",
  ({ kv }) => {
    for (const run of [() => kv.get("a"), () => kv.put("a", 1), () => kv.delete("a"), () => kv.list()]) {
      assertThrows(run, Error, /^The storage\.kv \(synchronous KV\) API is only available for SQLite-backed .* asyncronous /);
    }
  },
  { sql: false },
);
