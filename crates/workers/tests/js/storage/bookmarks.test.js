import { assert, assertEquals, assertRejects, nextTurn, storageTest } from "holdfast:storage_test";

const inFile = { file: true };
const FORMAT = /^[0-9a-f]{8}-[0-9a-f]{8}-0000000[01]-[0-9a-f]{32}$/;

storageTest("an object goes back to a bookmark when it starts again", async ({ storage, kv, sql, nextSession, takeConfirmed }) => {
  sql.exec("CREATE TABLE seats (id INTEGER PRIMARY KEY); INSERT INTO seats VALUES (1), (2)");
  kv.put("name", "before");
  await storage.setAlarm(4e12);
  const before = await storage.getCurrentBookmark();
  assert(FORMAT.test(before), before);

  sql.exec("DELETE FROM seats");
  kv.put("name", "after");
  await storage.deleteAlarm();
  await nextTurn();
  takeConfirmed();
  const undo = await storage.onNextSessionRestoreBookmark(before);
  assert(FORMAT.test(undo), undo);
  assert(takeConfirmed(), "the wish is a write that output waits for");
  assertEquals(kv.get("name"), "after", "nothing happens in this session");
  kv.put("name", "later still");
  await nextTurn();

  const next = nextSession();
  assertEquals(next.told(), ["restored, alarm Some(Some(4000000000000))"]);
  assertEquals(next.kv.get("name"), "before");
  assertEquals(next.sql.exec("SELECT id FROM seats").toArray(), [{ id: 1 }, { id: 2 }]);
  assertEquals(await next.storage.getAlarm(), 4e12);
  assertEquals(await storage.getCurrentBookmark().catch((error) => error.message), "Durable Object storage is no longer accessible.");

  const third = next.nextSession();
  assertEquals(third.told(), [], "it goes back once");
  await third.storage.onNextSessionRestoreBookmark(undo);
  await nextTurn();
  const last = third.nextSession();
  assertEquals(last.told(), ["restored, alarm Some(None)"]);
  assertEquals(last.kv.get("name"), "later still");
  assertEquals(last.sql.exec("SELECT id FROM seats").toArray(), []);
}, inFile);

storageTest("the current bookmark has what was written before it", async ({ storage, kv, nextSession }) => {
  kv.put("a", 1);
  const first = storage.getCurrentBookmark();
  const bookmarks = [await first];
  kv.put("a", 2);
  bookmarks.push(await storage.getCurrentBookmark());
  assertEquals(await storage.getCurrentBookmark(), bookmarks[1], "nothing was written since");
  assert(bookmarks[0] < bookmarks[1], "bookmarks sort by time");
  let session = { storage, nextSession };
  for (const [index, bookmark] of bookmarks.entries()) {
    await session.storage.onNextSessionRestoreBookmark(bookmark);
    await nextTurn();
    session = session.nextSession();
    assertEquals(session.kv.get("a"), index + 1);
  }
}, inFile);

storageTest("a wish is part of its transaction, and the last one counts", async ({ storage, kv, nextSession }) => {
  kv.put("a", 1);
  const one = await storage.getCurrentBookmark();
  kv.put("a", 2);
  const two = await storage.getCurrentBookmark();
  kv.put("a", 3);
  await assertRejects(
    storage.transaction(async () => {
      await storage.onNextSessionRestoreBookmark(one);
      throw new Error("undone");
    }),
    Error,
    "undone",
  );
  let next = nextSession();
  assertEquals(next.kv.get("a"), 3);
  await next.storage.onNextSessionRestoreBookmark(one);
  await next.storage.onNextSessionRestoreBookmark(two);
  await nextTurn();
  next = next.nextSession();
  assertEquals(next.kv.get("a"), 2);
}, inFile);

storageTest("a wish survives deleteAll", async ({ storage, kv, nextSession }) => {
  kv.put("a", 1);
  const before = await storage.getCurrentBookmark();
  await storage.onNextSessionRestoreBookmark(before);
  await storage.deleteAll();
  assertEquals(kv.get("a"), undefined);
  await nextTurn();
  assertEquals(nextSession().kv.get("a"), 1);
}, inFile);

storageTest("bookmarks for times", async ({ storage, kv }) => {
  const now = Date.now();
  kv.put("a", 1);
  const current = await storage.getCurrentBookmark();
  const future = await storage.getBookmarkForTime(4e12);
  assert(future >= current);
  assertEquals(await storage.getBookmarkForTime(new Date(4e12)), future);
  const old = /^That time is too long ago: this server can go back to \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z\.$/;
  for (const time of [0, 5, -5, new Date(-5), 1e9]) await assertRejects(storage.getBookmarkForTime(time), Error, old);
  const parameter = (method, type) => `Failed to execute '${method}' on 'DurableObjectStorage': parameter 1 is not of type '${type}'.`;
  await assertRejects(storage.getBookmarkForTime(), TypeError, parameter("getBookmarkForTime", "date"));
  await assertRejects(storage.getBookmarkForTime("x"), TypeError, parameter("getBookmarkForTime", "date"));
  await assertRejects(storage.getBookmarkForTime(NaN), TypeError, "The value cannot be converted because it is not a valid Date.");
}, inFile);

storageTest("what is no bookmark of the object is refused", async ({ storage, kv }) => {
  kv.put("a", 1);
  const bookmark = await storage.getCurrentBookmark();
  const refused = (value, message) => assertRejects(storage.onNextSessionRestoreBookmark(value), Error, message);
  await refused("x", '"x" is not a bookmark of this storage.');
  await refused(undefined, '"undefined" is not a bookmark of this storage.');
  const other = `${bookmark.slice(0, -32)}${"f".repeat(32)}`;
  await refused(other, `The bookmark "${other}" belongs to another Durable Object.`);
  const later = `ffffffff${bookmark.slice(8)}`;
  await refused(later, `The bookmark "${later}" lies in the future.`);
  await assertRejects(
    storage.onNextSessionRestoreBookmark(),
    TypeError,
    "Failed to execute 'onNextSessionRestoreBookmark' on 'DurableObjectStorage': parameter 1 is not of type 'string'.",
  );
}, inFile);

storageTest("a database in memory cannot go back", async ({ storage, kv }) => {
  kv.put("a", 1);
  const bookmark = await storage.getCurrentBookmark();
  assert(FORMAT.test(bookmark), bookmark);
  const off = "Point-in-time recovery is switched off on this server.";
  await assertRejects(storage.onNextSessionRestoreBookmark(bookmark), Error, off);
  await assertRejects(storage.getBookmarkForTime(5), Error, off);
});
