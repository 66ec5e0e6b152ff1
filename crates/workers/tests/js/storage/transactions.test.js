import { assert, assertEquals, assertRejects, assertThrows, nextTurn, storageTest } from "holdfast:storage_test";

const rows = (sql) => sql.exec("SELECT x FROM t ORDER BY x").raw().toArray().flat();
const table = (sql) => sql.exec("CREATE TABLE t (x)");
const committed = (op) =>
  `Cannot call ${op} on transaction that has already committed: did you move \`txn\` outside of the closure?`;
const rolledBack = (op) => `Cannot ${op} on rolled back transaction`;

storageTest("transactionSync commits and returns", ({ storage, sql }) => {
  table(sql);
  const value = storage.transactionSync((...args) => {
    sql.exec("INSERT INTO t VALUES (1)");
    return args.length;
  });
  assertEquals([value, rows(sql)], [0, [1]]);
});

storageTest("transactionSync undoes what a throwing callback wrote", async ({ storage, sql, kv }) => {
  table(sql);
  kv.put("a", "before");
  const error = new RangeError("no");
  assertThrows(() => {
    storage.transactionSync(() => {
      sql.exec("INSERT INTO t VALUES (1)");
      kv.put("a", "within");
      storage.put("b", 1);
      storage.setAlarm(5e12);
      throw error;
    });
  }, error);
  assertEquals([rows(sql), kv.get("a"), await storage.get("b"), await storage.getAlarm()], [[], "before", undefined, null]);
});

storageTest("transactionSync undoes the schema", ({ storage, sql, kv }) => {
  assertThrows(() => storage.transactionSync(() => {
    table(sql);
    kv.put("a", 1);
    throw new Error("no");
  }));
  assertThrows(() => rows(sql), Error, "no such table: t: SQLITE_ERROR");
  assertEquals(kv.get("a"), undefined);
  kv.put("a", 2);
  assertEquals(kv.get("a"), 2);
});

storageTest("transactionSync nests", ({ storage, sql }) => {
  table(sql);
  storage.transactionSync(() => {
    sql.exec("INSERT INTO t VALUES (1)");
    assertThrows(() => storage.transactionSync(() => {
      sql.exec("INSERT INTO t VALUES (2)");
      throw new Error("inner");
    }));
    storage.transactionSync(() => storage.transactionSync(() => sql.exec("INSERT INTO t VALUES (3)")));
  });
  assertThrows(() => storage.transactionSync(() => {
    storage.transactionSync(() => sql.exec("INSERT INTO t VALUES (4)"));
    throw new Error("outer");
  }));
  assertEquals(rows(sql), [1, 3]);
});

storageTest("transactionSync does not await", async ({ storage, sql }) => {
  table(sql);
  const promise = storage.transactionSync(async () => {
    sql.exec("INSERT INTO t VALUES (1)");
    throw new Error("a rejection");
  });
  await assertRejects(promise, Error, "a rejection");
  assertEquals(rows(sql), [1]);
});

storageTest("transactionSync needs a function", ({ storage }) => {
  const message = "Failed to execute 'transactionSync' on 'DurableObjectStorage': parameter 1 is not of type 'function'.";
  assertThrows(() => storage.transactionSync(), TypeError, message);
  assertThrows(() => storage.transactionSync("x"), TypeError, message);
});

storageTest("transactionSync with deleteAll inside is an internal error", async ({ storage, kv }) => {
  kv.put("a", 1);
  assertThrows(() => storage.transactionSync(() => void storage.deleteAll()), Error, /^internal error; reference = /);
  assertEquals(kv.get("a"), undefined);
  kv.put("b", 2);
  await nextTurn();
  assertEquals(kv.get("b"), 2);
});

storageTest("transactionSync needs SQLite", ({ storage }) => {
  assertThrows(() => storage.transactionSync(() => {}), Error, "Durable Object is not backed by SQL.");
}, { sql: false });

storageTest("deferred foreign keys may be violated meanwhile", async ({ storage, sql }) => {
  sql.exec("CREATE TABLE p (id INTEGER PRIMARY KEY); CREATE TABLE c (p REFERENCES p (id) DEFERRABLE INITIALLY DEFERRED)");
  storage.transactionSync(() => {
    sql.exec("INSERT INTO c VALUES (1)");
    sql.exec("INSERT INTO p VALUES (1)");
  });
  await nextTurn();
  assertEquals(sql.exec("SELECT p FROM c").toArray(), [{ p: 1 }]);
});

storageTest("constraints violated at the end of the turn end the object", async ({ storage, sql, told }) => {
  sql.exec("CREATE TABLE p (id INTEGER PRIMARY KEY); CREATE TABLE c (p REFERENCES p (id) DEFERRABLE INITIALLY DEFERRED)");
  await nextTurn();
  sql.exec("INSERT INTO c VALUES (1)");
  await nextTurn();
  const text = /^Durable Object was reset and rolled back to its last known good state because the application left the database in a state where constraints were violated: FOREIGN KEY constraint failed/;
  assert(text.test(told()[0].replace("not committed: ", "")));
  assertThrows(() => sql.exec("SELECT 1"), Error, text);
  await assertRejects(storage.get("a"), Error, text);
});

storageTest("transaction commits and returns", async ({ storage, told }) => {
  const value = await storage.transaction(async (txn) => {
    await txn.put("a", 1);
    assertEquals(String(txn), "[object DurableObjectTransaction]");
    assertEquals(Object.keys(txn), []);
    return txn.get("a");
  });
  assertEquals([value, await storage.get("a"), told()], [1, 1, ["committed"]]);
  assertEquals(await storage.transaction(() => "not a promise", {}), "not a promise");
  assertEquals(await storage.transaction(() => ({ then: (resolve) => resolve(5) })), 5);
});

storageTest("transaction undoes everything when its callback fails", async ({ storage, sql, kv, told }) => {
  table(sql);
  await storage.put("a", "before");
  const error = new RangeError("no");
  const promise = storage.transaction(async (txn) => {
    await txn.put("a", "within");
    await storage.put("b", 1);
    kv.put("c", 1);
    sql.exec("INSERT INTO t VALUES (1)");
    await txn.setAlarm(5e12);
    await nextTurn();
    await txn.put("d", 1);
    throw error;
  });
  await assertRejects(promise, error);
  assertEquals([...(await storage.list())], [["a", "before"]]);
  assertEquals([rows(sql), await storage.getAlarm()], [[], null]);
  await assertRejects(storage.transaction(() => { throw error; }), error);
  assert(!told().includes("committed"));
});

storageTest("transaction lasts for several turns", async ({ storage, sql }) => {
  table(sql);
  await storage.transaction(async () => {
    storage.transactionSync(() => sql.exec("INSERT INTO t VALUES (1)"));
    await nextTurn();
    sql.exec("INSERT INTO t VALUES (2)");
    await nextTurn();
  });
  assertEquals(rows(sql), [1, 2]);
});

storageTest("transactions nest", async ({ storage }) => {
  await storage.transaction(async (outer) => {
    await outer.put("a", 1);
    await assertRejects(storage.transaction(async (inner) => {
      await inner.put("b", 2);
      throw new Error("inner");
    }));
    await storage.transaction(async (inner) => {
      await inner.put("c", 3);
      assertThrows(
        () => outer.rollback(),
        Error,
        "Cannot roll back an outer transaction while a nested transaction is still running.",
      );
      assertEquals(await outer.get("c"), 3);
    });
  });
  assertEquals([...(await storage.list())], [["a", 1], ["c", 3]]);
  await assertRejects(storage.transaction(async () => {
    await storage.transaction(async (inner) => inner.put("d", 4));
    throw new Error("outer");
  }), Error, "outer");
  assertEquals(await storage.get("d"), undefined);
});

const operations = (txn) => ({
  "get()": () => txn.get("a"),
  "list()": () => txn.list(),
  "put()": () => txn.put("a", 1),
  "getAlarm()": () => txn.getAlarm(),
  "setAlarm()": () => txn.setAlarm(5e12),
  "deleteAlarm()": () => txn.deleteAlarm(),
});

storageTest("rollback", async ({ storage }) => {
  await storage.put("a", "before");
  let kept;
  const value = await storage.transaction(async (txn) => {
    kept = txn;
    await txn.put("a", "within");
    assertEquals(txn.rollback(), undefined);
    assertEquals(txn.rollback(), undefined);
    for (const [name, run] of Object.entries(operations(txn))) await assertRejects(run(), Error, rolledBack(name));
    await assertRejects(txn.put({ a: 1 }), Error, rolledBack("put()"));
    assertThrows(() => txn.delete("a"), Error, rolledBack("delete()"));
    await storage.put("b", "outside");
    await assertRejects(storage.deleteAll(), Error, "Cannot call deleteAll() within a transaction");
    return "value";
  });
  assertEquals([value, await storage.get("a"), await storage.get("b")], ["value", "before", "outside"]);
  await assertRejects(kept.get("a"), Error, rolledBack("get()"));
  kept.rollback();
  await storage.deleteAll();
});

storageTest("use after the end", async ({ storage }) => {
  let kept;
  await storage.transaction((txn) => void (kept = txn));
  for (const [name, run] of Object.entries(operations(kept))) await assertRejects(run(), Error, committed(name));
  assertThrows(() => kept.delete("a"), Error, committed("delete()"));
  assertThrows(() => kept.rollback(), Error, committed("rollback()"));
  assertThrows(() => kept.deleteAll(), Error, "Cannot call deleteAll() within a transaction");
  await assertRejects(storage.transaction((txn) => { kept = txn; throw new Error("no"); }));
  await assertRejects(kept.get("a"), Error, rolledBack("get()"));
  kept.rollback();
});

storageTest("arguments of a transaction's methods", async ({ storage }) => {
  const parameter = (method, n, type) =>
    `Failed to execute '${method}' on 'DurableObjectTransaction': parameter ${n} is not of type '${type}'.`;
  await storage.transaction(async (txn) => {
    await assertRejects(txn.get(), TypeError, parameter("get", 1, "string or Array"));
    await assertRejects(txn.get("a", 5), TypeError, parameter("get", 2, "GetOptions"));
    await assertRejects(txn.put(), TypeError, parameter("put", 1, "string or object"));
    await assertRejects(txn.put("a"), TypeError, "put() called with undefined value.");
    await assertRejects(txn.list(5), TypeError, parameter("list", 1, "ListOptions"));
    await assertRejects(txn.setAlarm(), TypeError, parameter("setAlarm", 1, "date"));
    await assertRejects(txn.getAlarm(5), TypeError, parameter("getAlarm", 1, "GetAlarmOptions"));
    assertThrows(() => txn.delete(), TypeError, parameter("delete", 1, "string or Array"));
    await txn.put({ x: 1, y: 2 });
    assertEquals([...(await txn.get(["x", "y"]))], [["x", 1], ["y", 2]]);
    assertEquals([await txn.delete("x"), (await txn.list()).size], [true, 1]);
  });
  const message = (n, type) => `Failed to execute 'transaction' on 'DurableObjectStorage': parameter ${n} is not of type '${type}'.`;
  await assertRejects(storage.transaction(), TypeError, message(1, "function"));
  await assertRejects(storage.transaction("x"), TypeError, message(1, "function"));
  await assertRejects(storage.transaction(() => 1, 5), TypeError, message(2, "TransactionOptions"));
});

storageTest("deleteAll is refused within a transaction", async ({ storage }) => {
  await storage.transaction(async (txn) => {
    assertThrows(() => txn.deleteAll(5), Error, "Cannot call deleteAll() within a transaction");
    await assertRejects(storage.deleteAll(), Error, "Cannot call deleteAll() within a transaction");
  });
  await storage.deleteAll();
});

storageTest("rolling back under a sync savepoint is refused", async ({ storage }) => {
  await assertRejects(
    storage.transaction((txn) => storage.transactionSync(() => txn.rollback())),
    Error,
    "Cannot roll back an outer transaction while a nested transaction is still running.",
  );
});
