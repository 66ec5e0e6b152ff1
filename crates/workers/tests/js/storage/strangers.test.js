// Storage used by someone whom it does not belong to. The texts were recorded from workerd.

import { assertEquals, assertRejects, assertThrows, nextTurn, storageTest } from "holdfast:storage_test";

const TEXTS = {
  "other object": (type) =>
    "Cannot perform I/O on behalf of a different Durable Object. I/O objects (such as streams, request/response " +
    "bodies, and others) created in the context of one Durable Object cannot be accessed from a different Durable " +
    "Object in the same isolate. This is a limitation of Cloudflare Workers which allows us to improve overall " +
    `performance. (I/O type: ${type})`,
  request: (type) =>
    "Cannot perform I/O on behalf of a different request. I/O objects (such as streams, request/response bodies, and " +
    "others) created in the context of one request handler cannot be accessed from a different request's handler. " +
    "This is a limitation of Cloudflare Workers which allows us to improve overall performance. " +
    `(I/O type: ${type})`,
};

for (const [who, text] of Object.entries(TEXTS)) {
  storageTest(`${who}: every operation is refused and changes nothing`, async ({ storage, sql, kv, setCaller }) => {
    kv.put("a", 1);
    kv.put("b", 2);
    const cursor = sql.exec("SELECT value FROM json_each('[1,2,3]')");
    cursor.next();
    const listing = kv.list()[Symbol.iterator]();
    listing.next();
    await nextTurn();
    let transaction;
    const running = storage.transaction(async (inner) => {
      transaction = inner;
      await nextTurn();
      await nextTurn();
      await nextTurn();
    });
    while (!transaction) await nextTurn();
    const thrown = (type, use) => assertEquals(assertThrows(use, Error).message, text(type));
    const rejected = async (use) => {
      assertEquals((await assertRejects(use, Error)).message, text("ActorCacheInterface"));
    };

    setCaller(who);
    const promises = [
      () => storage.get("a"),
      () => storage.put("a", 9),
      () => storage.put({ a: 9 }),
      () => storage.delete("a"),
      () => storage.list(),
      () => storage.deleteAll(),
      () => storage.getAlarm(),
      () => storage.setAlarm(2_000_000),
      () => storage.deleteAlarm(),
      () => storage.sync(),
    ].map((use) => {
      try {
        return use();
      } catch (error) {
        return Promise.reject(error);
      }
    });
    thrown("ActorCacheInterface", () => sql.exec("SELECT 1"));
    thrown("ActorCacheInterface", () => sql.databaseSize);
    thrown("ActorCacheInterface", () => kv.get("a"));
    thrown("ActorCacheInterface", () => kv.put("a", 9));
    thrown("ActorCacheInterface", () => kv.delete("a"));
    thrown("ActorCacheInterface", () => kv.list());
    thrown("ActorCacheInterface", () => storage.transactionSync(() => {}));
    thrown("State", () => cursor.next());
    thrown("State", () => cursor.toArray());
    thrown("State", () => cursor.rowsRead);
    thrown("State", () => cursor.rowsWritten);
    thrown("ListCursor", () => listing.next());
    thrown("Transaction", () => transaction.rollback());
    assertEquals(cursor.columnNames, ["value"]);
    setCaller("owner");

    for (const promise of promises) await rejected(promise);
    await running;
    assertEquals(cursor.toArray(), [{ value: 2 }, { value: 3 }]);
    assertEquals(listing.next().value, ["b", 2]);
    assertEquals([kv.get("a"), await storage.getAlarm()], [1, null]);
  });

  storageTest(`${who}: a transaction cannot begin`, async ({ storage, setCaller }) => {
    setCaller(who);
    const refused = storage.transaction(() => {
      throw new Error("called");
    });
    const error = await assertRejects(refused, Error);
    assertEquals(error.message, text("ActorCacheInterface"));
    setCaller("owner");
    assertEquals(await storage.transaction(() => 5), 5);
  });
}
