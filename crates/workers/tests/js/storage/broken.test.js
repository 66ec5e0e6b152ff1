import { assertEquals, assertRejects, assertThrows, nextTurn, storageTest } from "holdfast:storage_test";

storageTest("a transaction that SQLite undid breaks the object at the commit", async ({ sql, kv, told }) => {
  sql.exec("CREATE TABLE t (x PRIMARY KEY); INSERT INTO t VALUES (1)");
  await nextTurn();
  kv.put("a", 1);
  assertThrows(() => sql.exec("INSERT OR ROLLBACK INTO t VALUES (1)"), Error, /^UNIQUE constraint failed/);
  await nextTurn();
  assertThrows(() => kv.get("a"), Error, /ROLLBACK/);
  assertEquals(told().length, 1);
});

storageTest("an outer transaction that ends before a nested one ends the object", async ({ storage, told }) => {
  let inner;
  const outer = storage.transaction(async () => {
    await new Promise((began) => {
      inner = storage.transaction(async () => {
        began();
        await nextTurn();
        await nextTurn();
      });
      inner.catch(() => {});
    });
  });
  await assertRejects(outer, Error, /^internal error; reference = /);
  assertEquals(told().map((line) => line.split(":")[0]), ["broken"]);
});
