import { assert, assertEquals, assertThrows, nextTurn, storageTest } from "holdfast:storage_test";

const numbers = (sql, n) =>
  sql.exec("WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE x < ?) SELECT x FROM c", n);
const one = (sql, value) => sql.exec("SELECT ? AS value, typeof(?1) AS type", value).one();

storageTest("bindings", ({ sql }) => {
  const cases = [
    [null, null, "null"],
    [undefined, null, "null"],
    [5, 5, "real"],
    [-7, -7, "real"],
    [1.5, 1.5, "real"],
    [NaN, null, "null"],
    [Infinity, Infinity, "real"],
    [2 ** 53, 2 ** 53, "real"],
    ["é🐢", "é🐢", "text"],
    ["latin é", "latin é", "text"],
    ["", "", "text"],
    ["a\0b", "a\0b", "text"],
    ["a\ud800b", "a\ufffdb", "text"],
    [true, "true", "text"],
    [false, "false", "text"],
    [[1, 2], "1,2", "text"],
    [{}, "[object Object]", "text"],
    [new Number(5), "5", "text"],
    [new String("s"), "s", "text"],
    [{ valueOf: () => 5 }, "[object Object]", "text"],
    [{ toString: () => "mine" }, "mine", "text"],
  ];
  for (const [bound, value, type] of cases) assertEquals(one(sql, bound), { value, type }, String(bound));
  assertEquals(one(sql, new Date(0)).type, "text");
  const f = function f() {};
  assertEquals(one(sql, f).value, String(f));
});

storageTest("bytes as bindings and results", ({ sql }) => {
  const bytes = new Uint8Array([0, 1, 2, 255]);
  const cases = [
    [bytes, [0, 1, 2, 255]],
    [bytes.buffer, [0, 1, 2, 255]],
    [bytes.subarray(1, 3), [1, 2]],
    [new DataView(bytes.buffer, 2), [2, 255]],
    [new Uint16Array([258]), [2, 1]],
    [new ArrayBuffer(0), []],
  ];
  for (const [bound, expected] of cases) {
    const { value, type } = one(sql, bound);
    assert(value instanceof ArrayBuffer);
    assertEquals([[...new Uint8Array(value)], type], [expected, "blob"]);
  }
  const detached = new ArrayBuffer(3);
  structuredClone(detached, { transfer: [detached] });
  assertEquals(one(sql, detached).value.byteLength, 0);
  const { value } = one(sql, bytes);
  bytes[0] = 9;
  assertEquals(new Uint8Array(value)[0], 0);
});

storageTest("binding errors come before the statement is looked at", ({ sql }) => {
  assertThrows(() => sql.exec("SELECT ?", 5n), TypeError, "Cannot convert a BigInt value to a number");
  assertThrows(() => sql.exec("nope", 5n), TypeError);
  assertThrows(() => sql.exec("SELECT ?", Symbol("s")), TypeError);
  assertThrows(() => sql.exec("SELECT ?", Object.create(null)), TypeError);
  assertThrows(() => sql.exec("SELECT ?", { toString() { throw new RangeError("mine"); } }), RangeError, "mine");
  const wrong = "Wrong number of parameter bindings for SQL query.";
  assertThrows(() => sql.exec("SELECT ?, ?", 1), Error, wrong);
  assertThrows(() => sql.exec("SELECT ?", 1, 2), Error, wrong);
  assertThrows(() => sql.exec("SELECT 1", 1), Error, wrong);
  assertThrows(
    () => sql.exec("SELECT ?; SELECT ?", 1, 2),
    Error,
    "When executing multiple SQL statements in a single call, only the last statement can have parameters.",
  );
});

storageTest("a binding's conversion may use the database", ({ sql }) => {
  sql.exec("CREATE TABLE t (x)");
  const value = { toString: () => (sql.exec("INSERT INTO t VALUES (1)"), "mine") };
  assertEquals(sql.exec("SELECT ? AS v, (SELECT count(*) FROM t) AS n", value).one(), { v: "mine", n: 1 });
});

storageTest("names of parameters", ({ sql }) => {
  assertEquals(sql.exec("SELECT ?2 AS a, ?1 AS b", "one", "two").one(), { a: "two", b: "one" });
  assertEquals(sql.exec("SELECT :x AS a, @y AS b, $z AS c", 1, 2, 3).one(), { a: 1, b: 2, c: 3 });
});

storageTest("column affinity makes integers", ({ sql }) => {
  sql.exec("CREATE TABLE t (i INTEGER, r REAL, t TEXT, b BLOB, any)");
  sql.exec("INSERT INTO t VALUES (?, ?, ?, ?, ?)", 5, 5, 5, 5, 5);
  const row = sql.exec("SELECT *, typeof(i) ti, typeof(r) tr, typeof(b) tb, typeof(any) ta FROM t").one();
  assertEquals(row, { i: 5, r: 5, t: "5.0", b: 5, any: 5, ti: "integer", tr: "real", tb: "real", ta: "real" });
});

storageTest("results", ({ sql }) => {
  const row = sql
    .exec(
      "SELECT 1 AS i, 9007199254740993 AS big, -9223372036854775808 AS least, 1.5 AS r, 1e400 AS inf, 'text' AS t, " +
        "'é' AS l, '🐢' AS w, x'00ff' AS b, NULL AS n, '' AS e, CAST(x'61ff62' AS TEXT) AS bad, -0.0 AS z",
    )
    .one();
  assertEquals(new Uint8Array(row.b), new Uint8Array([0, 255]));
  delete row.b;
  assertEquals(row, {
    i: 1, big: 9007199254740992, least: -9223372036854775808, r: 1.5, inf: Infinity, t: "text",
    l: "é", w: "🐢", n: null, e: "", bad: "a\ufffdb", z: -0,
  });
});

storageTest("row objects are plain, with the columns in order", ({ sql }) => {
  const row = sql.exec("SELECT 1 AS z, 2 AS a, 3 AS z2").one();
  assertEquals(Object.keys(row), ["z", "a", "z2"]);
  assert(Object.getPrototypeOf(row) === Object.prototype);
  assertEquals(sql.exec("SELECT 1 AS a, 2 AS a").one(), { a: 2 });
  assertEquals(sql.exec("SELECT 1 AS a, 2 AS a").raw().toArray(), [[1, 2]]);
  assertEquals(Object.keys(sql.exec(`SELECT 1 AS b, 2 AS "5", 3 AS "1", 4 AS ""`).one()), ["1", "5", "b", ""]);
  const odd = sql.exec(`SELECT NULL AS "__proto__", 2 AS a`).one();
  assertEquals([Object.getOwnPropertyNames(odd), Object.getPrototypeOf(odd) === Object.prototype], [["a"], true]);
});

storageTest("column names", ({ sql }) => {
  sql.exec("CREATE TABLE t (a, b)");
  const names = (query) => sql.exec(query).columnNames;
  assertEquals(names("SELECT * FROM t"), ["a", "b"]);
  assertEquals(names("SELECT 1, 1 + 1, count(*), a AS x FROM t"), ["1", "1 + 1", "count(*)", "x"]);
  assertEquals(names("SELECT a, b AS a FROM t"), ["a", "a"]);
  assertEquals(names("INSERT INTO t VALUES (1, 2)"), []);
  assertEquals(names("INSERT INTO t VALUES (1, 2) RETURNING b"), ["b"]);
  assertEquals(names(`SELECT 1 AS "__proto__", 5 AS ""`), ["__proto__", ""]);
  const cursor = sql.exec("SELECT * FROM t");
  assert(cursor.columnNames === cursor.columnNames);
  cursor.columnNames.push("mine");
  cursor.toArray();
  assertEquals(cursor.columnNames, ["a", "b", "mine"]);
  assertEquals(names("SELECT * FROM t"), ["a", "b"], "other cursors have their own");
  sql.exec("ALTER TABLE t ADD COLUMN c DEFAULT 5");
  const after = sql.exec("SELECT * FROM t");
  assertEquals(after.columnNames, ["a", "b", "c"]);
  assertEquals(after.next().value, { a: 1, b: 2, c: 5 });
});

storageTest("many statements in turn keep their names apart", ({ sql }) => {
  for (let round = 0; round < 2; round++) {
    for (let i = 0; i < 150; i++) {
      assertEquals(sql.exec(`SELECT ${i} AS c${i}, 'x' AS d`).one(), { [`c${i}`]: i, d: "x" });
    }
  }
});

storageTest("next", ({ sql }) => {
  const cursor = sql.exec("SELECT 1 AS a UNION ALL SELECT 2");
  const steps = [1, 2, 3, 4].map(() => cursor.next());
  const end = { done: true, value: undefined };
  assertEquals(steps, [{ done: false, value: { a: 1 } }, { done: false, value: { a: 2 } }, end, end]);
  assertEquals(Object.keys(steps[2]), ["done", "value"]);
});

storageTest("toArray takes the rest, however long", ({ sql }) => {
  const cursor = numbers(sql, 4);
  assertEquals(cursor.next().value, { x: 1 });
  assertEquals(cursor.toArray(), [{ x: 2 }, { x: 3 }, { x: 4 }]);
  assertEquals(cursor.toArray(), []);
  for (const n of [253, 254, 255, 256, 1000]) {
    const rows = numbers(sql, n).toArray();
    assertEquals([rows.length, rows.every(({ x }, i) => x === i + 1)], [n, true]);
  }
  const wide = Array.from({ length: 100 }, (_, i) => `${i} AS c${i}`).join(", ");
  const rows = sql.exec(`SELECT ${wide} UNION ALL SELECT ${wide.replaceAll(/ AS c\d+/g, "")}`).toArray();
  assertEquals([rows.length, rows[1].c0, rows[1].c99], [2, 0, 99]);
});

storageTest("one", ({ sql }) => {
  const none = "Expected exactly one result from SQL query, but got no results.";
  const many = "Expected exactly one result from SQL query, but got multiple results.";
  assertEquals(numbers(sql, 1).one(), { x: 1 });
  assertThrows(() => sql.exec("SELECT 1 WHERE 0").one(), Error, none);
  assertThrows(() => sql.exec("CREATE TABLE t (x)").one(), Error, none);
  const three = numbers(sql, 3);
  assertThrows(() => three.one(), Error, many);
  assertEquals(three.toArray(), []);
  assertEquals(three.next(), { done: true, value: undefined });
  const last = numbers(sql, 2);
  last.next();
  assertEquals(last.one(), { x: 2 });
  assertThrows(() => last.one(), Error, none);
});

storageTest("rows as arrays", ({ sql }) => {
  const cursor = sql.exec("SELECT x AS a, x * 2 AS b FROM (SELECT 1 AS x UNION ALL SELECT 2 UNION ALL SELECT 3)");
  const raw = cursor.raw();
  assertEquals(raw.next(), { done: false, value: [1, 2] });
  assertEquals(cursor.next().value, { a: 2, b: 4 });
  assertEquals([...raw], [[3, 6]]);
  assertEquals(raw.next(), { done: true, value: undefined });
  assert(raw[Symbol.iterator]() === raw);
  assertEquals(numbers(sql, 2).raw().toArray(), [[1], [2]]);
});

storageTest("iteration can be broken off and taken up again", ({ sql }) => {
  const cursor = numbers(sql, 5);
  const seen = [];
  for (const { x } of cursor) {
    seen.push(x);
    if (x === 2) break;
  }
  assertEquals([seen, [...cursor]], [[1, 2], [{ x: 3 }, { x: 4 }, { x: 5 }]]);
  assertEquals([...numbers(sql, 3)[Symbol.iterator]().map(({ x }) => x)], [1, 2, 3]);
  const iterator = numbers(sql, 1)[Symbol.iterator]();
  assertEquals([typeof iterator.return, String(iterator)], ["undefined", "[object RowIterator]"]);
});

storageTest("a cursor sees what is written ahead of its next row", ({ sql }) => {
  sql.exec("CREATE TABLE t (x INTEGER PRIMARY KEY); INSERT INTO t VALUES (1), (2), (3)");
  const seen = [];
  for (const { x } of sql.exec("SELECT x FROM t ORDER BY x")) {
    seen.push(x);
    if (x === 1) sql.exec("INSERT INTO t VALUES (10); DELETE FROM t WHERE x = 3");
  }
  assertEquals(seen, [1, 2, 10]);
  const cursor = sql.exec("SELECT x FROM t ORDER BY x");
  sql.exec("INSERT INTO t VALUES (11)");
  assertEquals(cursor.toArray().at(-1), { x: 11 });
});

storageTest("two cursors of one query", ({ sql }) => {
  const [a, b] = [numbers(sql, 3), numbers(sql, 3)];
  assertEquals([a.next().value.x, b.next().value.x, a.next().value.x], [1, 1, 2]);
  assertEquals([a.toArray(), b.toArray()], [[{ x: 3 }], [{ x: 2 }, { x: 3 }]]);
});

storageTest("a cursor lives across turns and commits", async ({ sql }) => {
  sql.exec("CREATE TABLE t (x); INSERT INTO t VALUES (1), (2), (3)");
  const cursor = sql.exec("SELECT x FROM t");
  assertEquals(cursor.next().value, { x: 1 });
  await nextTurn();
  sql.exec("INSERT INTO t VALUES (4)");
  await nextTurn();
  assertEquals(cursor.toArray(), [{ x: 2 }, { x: 3 }, { x: 4 }]);
});

storageTest("rows read and written", ({ sql }) => {
  const count = (query, ...bindings) => {
    const cursor = sql.exec(query, ...bindings);
    cursor.toArray();
    return [cursor.rowsRead, cursor.rowsWritten];
  };
  count("CREATE TABLE t (id INTEGER PRIMARY KEY, a, b)");
  assertEquals(count("INSERT INTO t (a, b) VALUES (1, 2)"), [0, 1]);
  assertEquals(count("INSERT INTO t (a, b) VALUES (3, 4), (5, 6), (7, 8)"), [0, 3]);
  assertEquals(count("SELECT * FROM t"), [4, 0]);
  assertEquals(count("SELECT * FROM t WHERE id = 2"), [1, 0]);
  assertEquals(count("SELECT 1"), [0, 0]);
  const cursor = sql.exec("SELECT * FROM t LIMIT 3");
  const seen = [cursor.rowsRead];
  for (const _ of cursor) seen.push(cursor.rowsRead);
  assertEquals(seen, [1, 2, 3, 3]);
});

storageTest("statements run without their cursor being read", ({ sql }) => {
  sql.exec("CREATE TABLE t (x)");
  sql.exec("INSERT INTO t VALUES (1), (2)");
  sql.exec("INSERT INTO t VALUES (3) RETURNING x");
  assertEquals(sql.exec("SELECT count(*) AS n FROM t").one(), { n: 3 });
  assertEquals(sql.exec("DELETE FROM t WHERE x > 1 RETURNING x").toArray(), [{ x: 2 }, { x: 3 }]);
});

storageTest("several statements", ({ sql }) => {
  assertEquals(sql.exec("CREATE TABLE t (x); INSERT INTO t VALUES (1); SELECT x FROM t").toArray(), [{ x: 1 }]);
  assertEquals(sql.exec("INSERT INTO t VALUES (3); SELECT x FROM t WHERE x > ?", 1).toArray(), [{ x: 3 }]);
  assertEquals(sql.exec("  SELECT 1 AS a ;  \n ").toArray(), [{ a: 1 }]);
  assertThrows(() => sql.exec("INSERT INTO t VALUES (4); INSERT INTO nope VALUES (1)"), Error, /^no such table: nope/);
  assertEquals(sql.exec("SELECT count(*) AS n FROM t").one(), { n: 3 });
});

storageTest("database size", ({ sql }) => {
  const before = sql.databaseSize;
  assertEquals(before % 4096, 0);
  sql.exec("CREATE TABLE t (x); INSERT INTO t VALUES (zeroblob(100000))");
  const grown = sql.databaseSize - before;
  assert(grown > 100_000 && grown < 120_000, String(grown));
});
