import { assert, assertEquals, assertRejects, assertThrows, nextTurn, storageTest } from "holdfast:storage_test";

const keysOf = async (listing) => [...(await listing).keys()];
const fill = (storage, keys) => storage.put(Object.fromEntries(keys.map((key) => [key, `value of ${key}`])));

storageTest("put, get, delete", async ({ storage }) => {
  assertEquals(await storage.put("a", 1), undefined);
  assertEquals(await storage.get("a"), 1);
  assertEquals(await storage.delete("a"), true);
  assertEquals(await storage.delete("a"), false);
  assertEquals(await storage.get("a"), undefined);
});

storageTest("the promises are native and already settled", async ({ storage }) => {
  const order = [];
  for (const promise of [storage.put("a", 1), storage.get("a"), storage.delete("a"), storage.list()]) {
    assert(promise instanceof Promise);
  }
  const got = storage.get("a").then(() => order.push("get"));
  Promise.resolve().then(() => order.push("microtask"));
  await got;
  assertEquals(order, ["get", "microtask"], "a result takes one microtask");
});

storageTest("get of several keys gives those found in the order of keys", async ({ storage }) => {
  await fill(storage, ["c", "a", "b"]);
  assertEquals([...(await storage.get(["b", "missing", "a", "b"]))], [["a", "value of a"], ["b", "value of b"]]);
  assertEquals((await storage.get([])).size, 0);
  assertEquals([...(await storage.get([["a"]])).keys()], ["a"]);
  assertEquals(await storage.get(new Set(["a"])), undefined, "only arrays are lists");
});

storageTest("put of several entries", async ({ storage }) => {
  const entries = Object.create(
    { inherited: 1 },
    { own: { value: 2, enumerable: true }, hidden: { value: 3, enumerable: false }, none: { value: undefined, enumerable: true } },
  );
  entries[Symbol("s")] = 4;
  entries[5] = null;
  await storage.put(entries);
  assertEquals([...(await storage.list())], [["5", null], ["own", 2]]);
  await storage.put(new Map([["a", 1]]));
  await storage.put({}, null);
  assertEquals((await storage.list()).size, 2);
});

storageTest("put of several entries is all or nothing", async ({ storage }) => {
  await storage.put("a", "before");
  await assertRejects(storage.put({ a: 1, b: () => {}, c: 3 }), "DataCloneError");
  await assertRejects(storage.put({ a: 1, b: "y".repeat(9e6) }), Error, "string or blob too big: SQLITE_TOOBIG");
  assertEquals([...(await storage.list())], [["a", "before"]]);
});

storageTest("delete of several keys", async ({ storage }) => {
  await fill(storage, ["a", "b", "c"]);
  assertEquals(await storage.delete(["a", "x", "c"]), 2);
  assertEquals(await storage.delete([]), 0);
  assertEquals(await keysOf(storage.list()), ["b"]);
});

storageTest("keys are ordered by their UTF-8 bytes", async ({ storage }) => {
  await fill(storage, ["b", "a", "B", "", "é", "z", "10", "9", "🐢", "\uffee", "a\u0000"]);
  assertEquals(await keysOf(storage.list()), ["", "10", "9", "B", "a", "a\u0000", "b", "z", "é", "\uffee", "🐢"]);
});

storageTest("keys are converted to text", async ({ storage }) => {
  await storage.put(5, "five");
  await storage.put(null, "null");
  await storage.put(undefined, "undefined");
  await storage.put(["x", "y"], "list");
  await storage.put("\ud800", "lone");
  assertEquals(await keysOf(storage.list()), ["5", "null", "undefined", "x,y", "\ufffd"]);
  assertEquals(await storage.get(5), "five");
  assertEquals(await storage.get("\udfff"), "lone");
  assertEquals(await storage.get({ toString: () => "null" }), "null");
  assertEquals(await storage.delete(undefined), true);
  for (const method of ["get", "put"]) await assertRejects(() => storage[method](Symbol("s"), 1), TypeError);
  assertThrows(() => storage.delete(Symbol("s")), TypeError);
});

storageTest("list options", async ({ storage }) => {
  await fill(storage, ["a1", "a2", "a3", "b1", "b2", "c1"]);
  const cases = [
    [undefined, "a1 a2 a3 b1 b2 c1"],
    [null, "a1 a2 a3 b1 b2 c1"],
    [{}, "a1 a2 a3 b1 b2 c1"],
    [() => {}, "a1 a2 a3 b1 b2 c1"],
    [{ prefix: "a" }, "a1 a2 a3"],
    [{ prefix: "" }, "a1 a2 a3 b1 b2 c1"],
    [{ prefix: "\uffff" }, ""],
    [{ start: "a3" }, "a3 b1 b2 c1"],
    [{ startAfter: "a3" }, "b1 b2 c1"],
    [{ start: undefined, startAfter: "b2" }, "c1"],
    [{ end: "b1" }, "a1 a2 a3"],
    [{ limit: 2 }, "a1 a2"],
    [{ limit: 1.9 }, "a1"],
    [{ limit: "2" }, "a1 a2"],
    [{ limit: undefined }, "a1 a2 a3 b1 b2 c1"],
    [{ reverse: true }, "c1 b2 b1 a3 a2 a1"],
    [{ reverse: "false", limit: 2 }, "c1 b2"],
    [{ reverse: 0, limit: 2 }, "a1 a2"],
    [{ start: "a2", end: "b2", reverse: true }, "b1 a3 a2"],
    [{ startAfter: "a2", end: "b2", reverse: true, limit: 1 }, "b1"],
    [{ prefix: "a", start: "a2" }, "a2 a3"],
    [{ prefix: "b", end: "b2" }, "b1"],
    [{ prefix: "a", startAfter: "a1", end: "a3", reverse: true }, "a2"],
    [{ start: "b", end: "a" }, ""],
    [{ prefix: "a", start: "b" }, ""],
    [{ noCache: true, allowConcurrency: true, nope: 1 }, "a1 a2 a3 b1 b2 c1"],
    [{ start: { toString: () => "c" } }, "c1"],
    [{ end: null }, "a1 a2 a3 b1 b2 c1"],
    [{ start: null }, ""],
  ];
  for (const [options, expected] of cases) {
    assertEquals((await keysOf(storage.list(options))).join(" "), expected, JSON.stringify(options));
  }
});

storageTest("list errors are rejections", async ({ storage }) => {
  const range = "Value out of range. Must be between -2147483648 and 2147483647 (inclusive).";
  const cases = [
    [{ limit: 0 }, "List limit must be positive."],
    [{ limit: -1 }, "List limit must be positive."],
    [{ limit: NaN }, "List limit must be positive."],
    [{ limit: Infinity }, "List limit must be positive."],
    [{ limit: null }, "List limit must be positive."],
    [{ limit: 0.5 }, "List limit must be positive."],
    [{ limit: "x" }, "List limit must be positive."],
    [{ limit: 2 ** 31 }, range],
    [{ limit: -(2 ** 31) - 1 }, range],
    [{ limit: 5n }, "Cannot convert a BigInt value to a number"],
    [{ start: "a", startAfter: "b" }, "list() cannot be called with both start and startAfter values."],
    ["a", "Failed to execute 'list' on 'DurableObjectStorage': parameter 1 is not of type 'ListOptions'."],
    [5, "Failed to execute 'list' on 'DurableObjectStorage': parameter 1 is not of type 'ListOptions'."],
  ];
  for (const [options, message] of cases) await assertRejects(storage.list(options), TypeError, message);
  await assertRejects(storage.list({ prefix: Symbol("s") }), TypeError);
});

storageTest("argument errors", async ({ storage }) => {
  const parameter = (method, n, type) =>
    `Failed to execute '${method}' on 'DurableObjectStorage': parameter ${n} is not of type '${type}'.`;
  const neither =
    "put() may only be called with a single key-value pair and optional options as put(key, value, options) " +
    "or with multiple key-value pairs and optional options as put(entries, options)";
  const undefinedValue = "put() called with undefined value.";
  const rejects = [
    [() => storage.get(), parameter("get", 1, "string or Array")],
    [() => storage.get("a", 5), parameter("get", 2, "GetOptions")],
    [() => storage.get(["a"], "x"), parameter("get", 2, "GetOptions")],
    [() => storage.put(), parameter("put", 1, "string or object")],
    [() => storage.put("a"), undefinedValue],
    [() => storage.put("a", undefined), undefinedValue],
    [() => storage.put(null), undefinedValue],
    [() => storage.put(5), undefinedValue],
    [() => storage.put(["a"]), undefinedValue],
    [() => storage.put("a", 1, 5), parameter("put", 3, "PutOptions")],
    [() => storage.put({ a: 1 }, {}, 5), parameter("put", 3, "PutOptions")],
    [() => storage.put({ a: 1 }, "x"), neither],
    [() => storage.put(() => {}, 1), neither],
    [() => storage.put(new Date(), 1), neither],
  ];
  for (const [run, message] of rejects) await assertRejects(run(), TypeError, message);
  assertThrows(() => storage.delete(), TypeError, parameter("delete", 1, "string or Array"));
  assertThrows(() => storage.delete("a", 5), TypeError, parameter("delete", 2, "PutOptions"));
  assertEquals(await storage.get("a", null), undefined);
  await storage.put({ a: 1 }, () => {});
  assertEquals(await storage.get("a"), 1);
});

storageTest("own writes are seen at once", async ({ storage }) => {
  storage.put("a", 1);
  storage.put("b", 2);
  const listed = storage.list();
  storage.delete("a");
  assertEquals([...(await listed)], [["a", 1], ["b", 2]]);
  assertEquals(await storage.get("a"), undefined);
});

storageTest("many keys at once", async ({ storage }) => {
  const keys = Array.from({ length: 700 }, (_, i) => `k${String(i).padStart(3, "0")}`);
  await fill(storage, keys);
  assertEquals((await storage.get(keys)).size, 700);
  const all = await storage.list();
  assertEquals([...all.keys()], keys);
  assertEquals(all.get("k699"), "value of k699");
  assertEquals(await storage.delete(keys), 700);
});

storageTest("large keys and values", async ({ storage }) => {
  await storage.put("k".repeat(5000), 1);
  assertEquals(await storage.get("k".repeat(5000)), 1);
  await storage.put("a", "x".repeat(131_072));
  assertEquals((await storage.get("a")).length, 131_072);
  await storage.put("b", new Uint8Array(1 << 20));
  assertEquals((await storage.get("b")).length, 1 << 20);
  await storage.put("c", "y".repeat(4_194_304 - 30));
  await assertRejects(storage.put("d", new Uint8Array(9 << 20)), Error, "string or blob too big: SQLITE_TOOBIG");
});

storageTest("only unconfirmed writes let the output go ahead", async ({ storage, sql, kv, takeConfirmed }) => {
  const after = (run) => {
    takeConfirmed();
    run();
    return takeConfirmed();
  };
  const unconfirmed = { allowUnconfirmed: true };
  assertEquals(after(() => storage.put("a", 1)), true);
  assertEquals(after(() => storage.put("a", 1, unconfirmed)), false);
  assertEquals(after(() => storage.put({ a: 1 }, unconfirmed)), false);
  assertEquals(after(() => storage.put({ a: 1 })), true);
  assertEquals(after(() => storage.delete("a", unconfirmed)), false);
  assertEquals(after(() => storage.delete(["a"])), true);
  assertEquals(after(() => storage.setAlarm(5, unconfirmed)), false);
  assertEquals(after(() => storage.deleteAlarm()), true);
  assertEquals(after(() => (storage.put("a", 1), storage.put("b", 1, unconfirmed))), true);
  assertEquals(after(() => kv.put("a", 1)), true);
  await nextTurn();
  assertEquals(after(() => sql.exec("SELECT 1")), false);
  assertEquals(after(() => storage.get("a")), false);
  assertEquals(after(() => sql.exec("CREATE TABLE t (x)")), true);
});

storageTest("deleteAll", async ({ storage, sql, told }) => {
  await fill(storage, ["a", "b"]);
  sql.exec("CREATE TABLE t (x); INSERT INTO t VALUES (1), (2), (3)");
  const cursor = sql.exec("SELECT x FROM t");
  cursor.next();
  await storage.setAlarm(5e12);
  assertEquals(await storage.deleteAll(), undefined);
  assertThrows(() => cursor.next(), Error, "SQLite query was canceled because the database was deleted.");
  assertEquals(await keysOf(storage.list()), []);
  assertEquals(sql.exec("SELECT name FROM sqlite_master WHERE name NOT LIKE '\\_cf\\_%' ESCAPE '\\'").toArray(), []);
  assertEquals(await storage.getAlarm(), null);
  await storage.put("c", 3);
  assertEquals(await storage.get("c"), 3);
  assertEquals(told().at(-1), "alarm");
  await storage.deleteAll(null);
  const message = "Failed to execute 'deleteAll' on 'DurableObjectStorage': parameter 1 is not of type 'PutOptions'.";
  await assertRejects(storage.deleteAll(5), TypeError, message);
});

storageTest(
  "deleteAll may keep the alarm",
  async ({ storage }) => {
    await storage.put("a", 1);
    await storage.setAlarm(5e12);
    await storage.deleteAll();
    assertEquals(await storage.getAlarm(), 5e12);
    assertEquals((await storage.list()).size, 0);
  },
  { deleteAllDeletesAlarm: false },
);

storageTest(
  "what a turn wrote is in the file afterwards",
  async ({ storage, sql, closeIfIdle }) => {
    await storage.put("a", { x: 1 });
    sql.exec("CREATE TABLE t (x); INSERT INTO t VALUES (5)");
    assertEquals(sql.exec("SELECT x FROM t").toArray(), [{ x: 5 }]);
    assertEquals(closeIfIdle(), false, "the turn is not committed");
    await nextTurn();
    assertEquals(closeIfIdle(), true);
    assertEquals(await storage.get("a"), { x: 1 });
    assertEquals(sql.exec("SELECT x FROM t").toArray(), [{ x: 5 }]);
    await storage.deleteAll();
    assertEquals(await storage.get("a"), undefined);
  },
  { file: true },
);

storageTest("sync waits for durability", async ({ storage }) => {
  storage.put("a", 1);
  assertEquals(await storage.sync(5), undefined);
});
