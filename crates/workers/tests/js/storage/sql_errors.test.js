import { assertEquals, assertThrows, storageTest } from "holdfast:storage_test";

const list = (n, of) => Array.from({ length: n }, (_, i) => of(i)).join(", ");

storageTest("errors of SQLite are plain errors with its words", ({ sql }) => {
  sql.exec("CREATE TABLE t (a INTEGER PRIMARY KEY, b UNIQUE); INSERT INTO t VALUES (1, 1)");
  const cases = [
    ["SELEC 1", 'near "SELEC": syntax error at offset 0: SQLITE_ERROR'],
    ["SELECT * FROM nope", "no such table: nope: SQLITE_ERROR"],
    ["SELECT nope", "no such column: nope at offset 7: SQLITE_ERROR"],
    ["INSERT INTO t VALUES (2, 1)", "UNIQUE constraint failed: t.b: SQLITE_CONSTRAINT (extended: SQLITE_CONSTRAINT_UNIQUE)"],
    ["INSERT INTO t VALUES ('x', 2)", "datatype mismatch: SQLITE_MISMATCH"],
    ["SELECT abs(-9223372036854775808)", "integer overflow: SQLITE_ERROR"],
    ["", "SQL code did not contain a statement."],
    [";", "SQL code did not contain a statement."],
    ["SELECT 1; -- after", "SQL code did not contain a statement."],
    ["SELECT * FROM _cf_KV", "no such table: _cf_KV: SQLITE_ERROR"],
    ["CREATE TABLE _cf_mine (x)", "not authorized: SQLITE_AUTH"],
  ];
  for (const [query, message] of cases) {
    const error = assertThrows(() => sql.exec(query).toArray(), Error, message);
    assertEquals(error.constructor, Error);
  }
  assertThrows(() => sql.exec("BEGIN"), Error, /^To execute a transaction, please use the state\.storage\.transaction\(\)/);
});

storageTest("queries are converted to text", ({ sql }) => {
  assertThrows(() => sql.exec(), TypeError, "Failed to execute 'exec' on 'SqlStorage': parameter 1 is not of type 'String'.");
  assertThrows(() => sql.exec(null), Error, 'near "null": syntax error at offset 0: SQLITE_ERROR');
  assertThrows(() => sql.exec({}), Error, 'near "[object Object]": syntax error at offset 0: SQLITE_ERROR');
  assertThrows(() => sql.exec(Symbol("s")), TypeError);
  assertEquals(sql.exec({ toString: () => "SELECT 1 AS a" }).one(), { a: 1 });
});

storageTest("limits", ({ sql }) => {
  sql.exec(`CREATE TABLE a (${list(100, (i) => `c${i}`)})`);
  assertThrows(() => sql.exec(`CREATE TABLE b (${list(101, (i) => `c${i}`)})`), Error, /too many columns/);
  assertEquals(sql.exec(`SELECT ${list(100, () => "?")}`, ...Array(100).fill(1)).raw().toArray(), [Array(100).fill(1)]);
  assertThrows(() => sql.exec(`SELECT 1 IN (${list(101, () => "?")})`, ...Array(101).fill(1)), Error, /too many SQL variables/);
  assertThrows(() => sql.exec("SELECT 'x' LIKE ?", "x".repeat(51)), Error, /LIKE or GLOB pattern too complex/);
  assertThrows(() => sql.exec("SELECT ?", "y".repeat(9e6)), Error, "string or blob too big: SQLITE_TOOBIG");
  assertThrows(() => sql.exec(`SELECT '${"x".repeat(100_001)}'`), Error);
});

storageTest("an error in the midst of rows", ({ sql }) => {
  const query =
    "SELECT abs(x) AS a FROM (SELECT 1 AS x UNION ALL SELECT 2 UNION ALL SELECT -9223372036854775808 UNION ALL SELECT 4)";
  const cursor = sql.exec(query);
  assertEquals(cursor.next().value, { a: 1 });
  assertThrows(() => cursor.next(), Error, "integer overflow: SQLITE_ERROR");
  assertEquals(cursor.next(), { done: true, value: undefined });
  assertThrows(() => sql.exec(query).toArray(), Error, "integer overflow: SQLITE_ERROR");
  assertThrows(() => sql.exec(query).one(), Error, "integer overflow: SQLITE_ERROR");
});

storageTest("a statement that fails undoes itself only", ({ sql }) => {
  sql.exec("CREATE TABLE t (x PRIMARY KEY); INSERT INTO t VALUES (1)");
  assertThrows(() => sql.exec("INSERT INTO t VALUES (2), (1)"), Error, /^UNIQUE constraint failed/);
  assertEquals(sql.exec("SELECT x FROM t").toArray(), [{ x: 1 }]);
});

storageTest(
  "a class without SQLite has no SQL, and says so when it is used",
  ({ sql }) => {
    assertThrows(() => sql.exec("SELECT 1"), Error, /^SQL is not enabled for this Durable Object class\. .* directly,set `enableSql/);
    assertThrows(() => sql.databaseSize, Error, /^SQL is not enabled/);
  },
  { sql: false },
);
