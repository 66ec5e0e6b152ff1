import { assert, assertEquals, assertRejects, assertThrows, storageTest } from "holdfast:storage_test";

const members = (prototype) => Object.keys(prototype).sort().join(" ");

storageTest("classes and members", ({ storage, sql, kv }) => {
  const cursor = sql.exec("SELECT 1 AS a");
  const { getPrototypeOf } = Object;
  assertEquals(Object.keys(storage), ["kv", "sql"]);
  for (const object of [sql, kv, cursor]) assertEquals(Reflect.ownKeys(object), []);
  assertEquals(
    members(getPrototypeOf(storage)),
    "delete deleteAlarm deleteAll get getAlarm getBookmarkForTime getCurrentBookmark list onNextSessionRestoreBookmark put setAlarm sync transaction transactionSync",
  );
  assertEquals(members(getPrototypeOf(kv)), "delete get list put");
  assertEquals(members(getPrototypeOf(sql)), "Cursor Statement databaseSize exec");
  assertEquals(members(getPrototypeOf(cursor)), "columnNames next one raw rowsRead rowsWritten toArray");
  const names = [storage, sql, kv, cursor].map((object) => object.constructor.name);
  assertEquals(names, ["DurableObjectStorage", "SqlStorage", "SyncKvStorage", "Cursor"]);
  assertEquals([storage, sql, kv, cursor].map(String), names.map((name) => `[object ${name}]`));
  assert(sql.Cursor === cursor.constructor);
  for (const iterator of [cursor.raw(), cursor[Symbol.iterator](), kv.list()]) {
    assertEquals(members(getPrototypeOf(iterator)), "next");
    assert(getPrototypeOf(getPrototypeOf(iterator)) === Iterator.prototype);
  }
});

storageTest("nothing can be constructed", ({ storage, sql, kv }) => {
  const cursor = sql.exec("SELECT 1");
  const classes = [storage, sql, kv, cursor, cursor.raw(), cursor[Symbol.iterator](), kv.list()].map((o) => o.constructor);
  for (const Class of [...classes, sql.Statement]) assertThrows(() => new Class(), TypeError, "Illegal constructor");
});

storageTest("methods of others are refused", async ({ storage, sql, kv }) => {
  const illegal = /^Illegal invocation: function called with incorrect `this` reference\./;
  const { exec } = sql;
  assertThrows(() => exec("SELECT 1"), TypeError, illegal);
  assertThrows(() => sql.exec.call(kv, "SELECT 1"), TypeError, illegal);
  assertThrows(() => kv.get.call(storage, "a"), TypeError, illegal);
  assertThrows(() => sql.exec("SELECT 1").next.call(null), TypeError, illegal);
  assertThrows(() => Object.getPrototypeOf(sql).databaseSize, TypeError, illegal);
  for (const method of ["get", "put", "list", "getAlarm", "deleteAll", "transaction", "sync", "getCurrentBookmark"]) {
    await assertRejects(storage[method].call({}, "a", 1), TypeError, illegal);
  }
  assertThrows(() => storage.delete.call({}, "a"), TypeError, illegal);
  await storage.transaction(async (txn) => {
    await assertRejects(txn.get.call(storage, "a"), TypeError, illegal);
    assertThrows(() => txn.rollback.call(storage), TypeError, illegal);
  });
});

storageTest("sql and kv can be replaced", ({ storage }) => {
  storage.sql = 5;
  assertEquals(storage.sql, 5);
  assert(delete storage.kv);
});

storageTest("after it was shut down everything throws", async ({ storage, sql, kv, shutDown }) => {
  sql.exec("CREATE TABLE t (x); INSERT INTO t VALUES (1), (2)");
  kv.put("a", 1);
  const cursor = sql.exec("SELECT x FROM t");
  const listing = kv.list();
  let txn;
  await storage.transaction((t) => void (txn = t));
  shutDown("Durable Object storage is no longer accessible.");
  shutDown("later");
  const message = "Durable Object storage is no longer accessible.";
  const throwing = [
    () => sql.exec("SELECT 1"), () => sql.databaseSize, () => cursor.next(), () => cursor.toArray(), () => cursor.one(),
    () => cursor.raw().next(), () => listing.next(), () => kv.get("a"), () => kv.put("a", 1), () => kv.delete("a"),
    () => kv.list(), () => storage.delete("a"), () => storage.transactionSync(() => {}),
  ];
  for (const run of throwing) assertThrows(run, Error, message);
  const rejecting = [
    storage.get("a"), storage.get(["a"]), storage.put("a", 1), storage.put({ a: 1 }), storage.list(), storage.deleteAll(),
    storage.getAlarm(), storage.setAlarm(5), storage.deleteAlarm(), storage.sync(), storage.transaction(() => {}),
  ];
  for (const promise of rejecting) await assertRejects(promise, Error, message);
});

storageTest("a transaction under which the storage is shut down does not commit", async ({ storage, shutDown, told }) => {
  await assertRejects(storage.transaction(async (txn) => {
    await txn.put("a", 1);
    shutDown("ended");
  }), Error, "ended");
  assertThrows(() => storage.transactionSync(() => {}), Error, "ended");
  assertEquals(told(), []);
});

storageTest("a program cannot reach the runtime's own objects through prototypes", async ({ storage, sql }) => {
  const seen = [];
  const original = Array.prototype[Symbol.iterator];
  Array.prototype[Symbol.iterator] = function () {
    seen.push(this);
    return original.call(this);
  };
  try {
    await storage.put({ a: 1 });
    await storage.get(["a"]);
    sql.exec("SELECT ? AS a", 1).columnNames;
    sql.exec("SELECT ? AS a", 1).toArray();
  } finally {
    Array.prototype[Symbol.iterator] = original;
  }
  assertEquals(seen.length, 0);
});
