// SQL: values, cursors and what the database can do.

import { allInObjects, engineOutcome, outcome, outcomes, show } from "./harness.js";

const numbers = (sql, n) =>
  sql.exec("WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE x < ?) SELECT x FROM c", n);

export default allInObjects({
  shape: ({ sql }) => {
    const cursor = sql.exec("SELECT 1 AS a");
    return {
      sql: sql.constructor.name,
      cursor: cursor.constructor.name,
      own: Object.keys(sql),
      cursorOwn: Object.keys(cursor),
      types: Object.fromEntries(
        ["next", "toArray", "one", "raw", "columnNames", "rowsRead", "rowsWritten"].map((key) => [
          key,
          typeof cursor[key],
        ]),
      ),
      iterable: typeof cursor[Symbol.iterator],
    };
  },
  bindings: ({ sql }) => {
    const values = {
      null: null,
      undefined: undefined,
      integer: 5,
      negative: -7,
      fraction: 1.5,
      nan: NaN,
      infinity: Infinity,
      text: "é🐢",
      empty: "",
      true: true,
      false: false,
      array: [1, 2],
      object: {},
      date: new Date(0),
      nul: "a\0b",
      bigNumber: 2 ** 53,
    };
    return outcomes(
      Object.fromEntries(
        Object.entries(values).map(([key, value]) => [
          key,
          () => sql.exec("SELECT ? AS value, typeof(?) AS type", value, value).one(),
        ]),
      ),
    );
  },
  "binding-bytes": ({ sql }) => {
    const bytes = new Uint8Array([0, 1, 2, 255]);
    return outcomes(
      Object.fromEntries(
        Object.entries({
          u8: bytes,
          buffer: bytes.buffer,
          window: bytes.subarray(1, 3),
          view: new DataView(bytes.buffer, 2),
          u16: new Uint16Array([258]),
          empty: new ArrayBuffer(0),
        }).map(([key, value]) => [
          key,
          () => sql.exec("SELECT ? AS value, hex(?) AS hex, typeof(?) AS type", value, value, value).one(),
        ]),
      ),
    );
  },
  "binding-errors": ({ sql }) =>
    outcomes({
      bigint: () => engineOutcome(() => sql.exec("SELECT ?", 5n)),
      symbol: () => engineOutcome(() => sql.exec("SELECT ?", Symbol("s"))),
      tooFew: () => sql.exec("SELECT ?, ?", 1),
      tooMany: () => sql.exec("SELECT ?", 1, 2),
      none: () => sql.exec("SELECT 1", 1),
    }),
  "binding-names": ({ sql }) =>
    outcomes({
      numbered: () => sql.exec("SELECT ?2 AS a, ?1 AS b", "one", "two").one(),
      repeated: () => sql.exec("SELECT ?1 AS a, ?1 AS b", "one").one(),
      named: () => sql.exec("SELECT :x AS a, @y AS b, $z AS c", 1, 2, 3).one(),
    }),
  "column-affinity": ({ sql }) => {
    sql.exec("CREATE TABLE t (i INTEGER, r REAL, t TEXT, b BLOB, n NUMERIC, any)");
    sql.exec("INSERT INTO t VALUES (?, ?, ?, ?, ?, ?)", 5, 5, 5, 5, "5", 5);
    return sql
      .exec("SELECT *, typeof(i) ti, typeof(r) tr, typeof(t) tt, typeof(b) tb, typeof(n) tn, typeof(any) ta FROM t")
      .one();
  },
  results: ({ sql }) =>
    sql
      .exec(
        "SELECT 1 AS i, 9007199254740993 AS big, -9223372036854775808 AS least, 1.5 AS r, 1e400 AS inf, 'text' AS t, x'00ff' AS b, NULL AS n, '' AS e",
      )
      .toArray()
      .map((row) => show(row)),
  "row-objects": ({ sql }) => {
    const row = sql.exec("SELECT 1 AS z, 2 AS a, 3 AS z2").one();
    return { keys: Object.keys(row), plain: Object.getPrototypeOf(row) === Object.prototype };
  },
  "column-names": ({ sql }) => {
    sql.exec("CREATE TABLE t (a, b)");
    const names = (query) => {
      const cursor = sql.exec(query);
      cursor.toArray();
      return cursor.columnNames;
    };
    return {
      star: names("SELECT * FROM t"),
      expression: names("SELECT 1, 1 + 1, count(*), a AS x FROM t"),
      twice: names("SELECT a, a, b AS a FROM t"),
      none: names("CREATE TABLE u (x)"),
      insert: names("INSERT INTO t VALUES (1, 2)"),
      returning: names("INSERT INTO t VALUES (1, 2) RETURNING b"),
    };
  },
  "duplicate-columns": ({ sql }) => ({
    row: sql.exec("SELECT 1 AS a, 2 AS a").one(),
    raw: [...sql.exec("SELECT 1 AS a, 2 AS a").raw()],
  }),
  "odd-column-names": ({ sql }) =>
    sql.exec(`SELECT 1 AS "__proto__", 2 AS "constructor", 3 AS "5", 4 AS "1", 5 AS ""`).columnNames,
  next: ({ sql }) => {
    const cursor = sql.exec("SELECT 1 AS a UNION ALL SELECT 2");
    return [1, 2, 3, 4].map(() => {
      const step = cursor.next();
      return { step: show(step), keys: Object.keys(step) };
    });
  },
  "to-array-takes-the-rest": ({ sql }) => {
    const cursor = numbers(sql, 4);
    return { first: cursor.next().value, rest: cursor.toArray(), again: cursor.toArray() };
  },
  one: ({ sql }) =>
    outcomes({
      row: () => sql.exec("SELECT 1 AS a").one(),
      none: () => sql.exec("SELECT 1 AS a WHERE 0").one(),
      many: () => numbers(sql, 3).one(),
      lastOfTwo: () => {
        const cursor = numbers(sql, 2);
        cursor.next();
        return cursor.one();
      },
      afterTheEnd: () => {
        const cursor = numbers(sql, 1);
        cursor.toArray();
        return cursor.one();
      },
      twice: () => {
        const cursor = numbers(sql, 1);
        cursor.one();
        return cursor.one();
      },
      manyThenRest: () => {
        const cursor = numbers(sql, 4);
        try {
          cursor.one();
        } catch {
          return cursor.toArray();
        }
      },
    }),
  raw: ({ sql }) => {
    const cursor = sql.exec("SELECT x AS a, x * 2 AS b FROM (SELECT 1 AS x UNION ALL SELECT 2 UNION ALL SELECT 3)");
    const raw = cursor.raw();
    return {
      first: show(raw.next()),
      object: cursor.next().value,
      rest: [...raw],
      self: raw[Symbol.iterator]() === raw,
      array: numbers(sql, 2).raw().toArray(),
    };
  },
  iteration: ({ sql }) => {
    const cursor = numbers(sql, 5);
    const seen = [];
    for (const { x } of cursor) {
      seen.push(x);
      if (x === 2) break;
    }
    return { seen, rest: [...cursor], iteratorHelpers: [...numbers(sql, 5)].map(({ x }) => x) };
  },
  "rows-read-and-written": ({ sql }) => {
    const count = (query, ...bindings) => {
      const cursor = sql.exec(query, ...bindings);
      cursor.toArray();
      return [cursor.rowsRead, cursor.rowsWritten];
    };
    return {
      create: count("CREATE TABLE t (id INTEGER PRIMARY KEY, a, b)"),
      insert: count("INSERT INTO t (a, b) VALUES (1, 2)"),
      many: count("INSERT INTO t (a, b) VALUES (3, 4), (5, 6), (7, 8)"),
      select: count("SELECT * FROM t"),
      byKey: count("SELECT * FROM t WHERE id = 2"),
      scan: count("SELECT * FROM t WHERE a = 5"),
      index: count("CREATE INDEX i ON t (a)"),
      indexed: count("SELECT * FROM t WHERE a = 5"),
      insertIndexed: count("INSERT INTO t (a, b) VALUES (9, 10)"),
      update: count("UPDATE t SET b = 0 WHERE id = 1"),
      updateIndexed: count("UPDATE t SET a = 0"),
      count: count("SELECT count(*) FROM t"),
      delete: count("DELETE FROM t WHERE id = 1"),
      deleteNone: count("DELETE FROM t WHERE id = 99"),
      deleteAll: count("DELETE FROM t"),
      constant: count("SELECT 1"),
    };
  },
  "rows-read-while-iterating": ({ sql }) => {
    sql.exec("CREATE TABLE t (x); INSERT INTO t VALUES (1), (2), (3)");
    const cursor = sql.exec("SELECT x FROM t");
    const seen = [cursor.rowsRead];
    for (const _ of cursor) seen.push(cursor.rowsRead);
    return seen;
  },
  returning: ({ sql }) => {
    sql.exec("CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, a)");
    return {
      insert: sql.exec("INSERT INTO t (a) VALUES (?), (?) RETURNING *", "x", "y").toArray(),
      update: sql.exec("UPDATE t SET a = a || '!' RETURNING id, a").toArray(),
      delete: sql.exec("DELETE FROM t WHERE id = 1 RETURNING a").one(),
      upsert: sql.exec("INSERT INTO t VALUES (2, 'z') ON CONFLICT (id) DO UPDATE SET a = excluded.a RETURNING *").one(),
    };
  },
  "runs-without-being-read": ({ sql }) => {
    sql.exec("CREATE TABLE t (x)");
    sql.exec("INSERT INTO t VALUES (1), (2)");
    sql.exec("CREATE INDEX i ON t (x)");
    return sql.exec("SELECT count(*) AS n FROM t").one().n;
  },
  "several-statements": ({ sql }) => ({
    last: sql.exec("CREATE TABLE t (x); INSERT INTO t VALUES (1); INSERT INTO t VALUES (2); SELECT x FROM t").toArray(),
    bound: sql.exec("INSERT INTO t VALUES (3); SELECT x FROM t WHERE x > ?", 1).toArray(),
    spaces: sql.exec("  SELECT 1 AS a ;  \n ").toArray(),
    comments: sql.exec("-- before\nSELECT /* within */ 1 AS a").toArray(),
  }),
  "two-cursors-of-one-query": ({ sql }) => {
    const [a, b] = [numbers(sql, 3), numbers(sql, 3)];
    return [a.next().value.x, b.next().value.x, a.next().value.x, b.next().value.x, a.toArray(), b.toArray()];
  },
  "cursor-across-an-await": async ({ sql }) => {
    sql.exec("CREATE TABLE t (x); INSERT INTO t VALUES (1), (2), (3)");
    const cursor = sql.exec("SELECT x FROM t");
    const first = cursor.next().value;
    await scheduler.wait(1);
    return [first, ...cursor];
  },
  "writes-below-a-cursor": ({ sql }) => {
    sql.exec("CREATE TABLE t (x INTEGER PRIMARY KEY); INSERT INTO t VALUES (1), (2), (3)");
    const seen = [];
    for (const { x } of sql.exec("SELECT x FROM t ORDER BY x")) {
      seen.push(x);
      if (x === 1) sql.exec("INSERT INTO t VALUES (10)");
    }
    return seen;
  },
  "database-size": ({ sql }) => {
    const before = sql.databaseSize;
    sql.exec("CREATE TABLE t (x); INSERT INTO t VALUES (zeroblob(100000))");
    const grown = sql.databaseSize - before;
    return { grown: grown > 100_000 && grown < 120_000, wholePages: sql.databaseSize % 4096 === 0 };
  },
  json: ({ sql }) => ({
    extract: sql
      .exec(
        `SELECT json_extract('{"a":[1,{"b":"x"}]}', '$.a[1].b') AS v, '{"a":5}' ->> '$.a' AS arrow, json_array(1, 'x', NULL) AS arr`,
      )
      .one(),
    each: sql.exec("SELECT key, value, type FROM json_each('[1,\"x\",null]')").toArray(),
    group: sql.exec("SELECT json_group_array(x) AS a FROM (SELECT 1 AS x UNION ALL SELECT 2)").one(),
  }),
  "full-text-search": ({ sql }) => {
    sql.exec("CREATE VIRTUAL TABLE docs USING fts5(title, body)");
    sql.exec("INSERT INTO docs VALUES ('Rooms', 'a chat room is an object'), ('Seats', 'a seat is booked once')");
    return sql
      .exec("SELECT title, highlight(docs, 1, '[', ']') AS hit FROM docs WHERE docs MATCH ? ORDER BY rank", "seat")
      .toArray();
  },
  functions: ({ sql }) =>
    sql
      .exec(
        "SELECT upper('ä') AS u, lower('ABC') AS l, length('🐢') AS n, hex('é') AS h, round(2.5) AS r, coalesce(NULL, 3) AS c, iif(1, 'y', 'n') AS i, printf('%05.2f', 3.14159) AS p, instr('hello', 'll') AS s, sqrt(2) AS q, pow(2, 10) AS w, unixepoch('2026-01-01') AS d, strftime('%Y-%m', '2026-05-06') AS f, concat('a', 1, NULL) AS k",
      )
      .one(),
  "windows-and-recursion": ({ sql }) => {
    sql.exec("CREATE TABLE t (x); INSERT INTO t VALUES (3), (1), (2)");
    return sql
      .exec("SELECT x, row_number() OVER (ORDER BY x) AS n, sum(x) OVER (ORDER BY x) AS total FROM t ORDER BY x")
      .toArray();
  },
  "triggers-and-views": ({ sql }) => {
    sql.exec(
      "CREATE TABLE t (x); CREATE TABLE log (x); CREATE VIEW v AS SELECT x * 10 AS y FROM t; CREATE TRIGGER tr AFTER INSERT ON t BEGIN INSERT INTO log VALUES (new.x); END",
    );
    sql.exec("INSERT INTO t VALUES (1), (2)");
    return { log: sql.exec("SELECT x FROM log").toArray(), view: sql.exec("SELECT y FROM v").toArray() };
  },
  "strict-and-generated": ({ sql }) => {
    sql.exec("CREATE TABLE t (a INTEGER, b INTEGER GENERATED ALWAYS AS (a * 2) STORED) STRICT");
    sql.exec("INSERT INTO t (a) VALUES (?)", 4);
    return sql.exec("SELECT * FROM t").one();
  },
  "double-quoted-text": ({ sql }) => sql.exec('SELECT "just text" AS a').one(),
  "update-with-limit": ({ sql }) => {
    sql.exec("CREATE TABLE t (x); INSERT INTO t VALUES (1), (2), (3)");
    sql.exec("DELETE FROM t ORDER BY x DESC LIMIT 1");
    return sql.exec("SELECT x FROM t").toArray();
  },
  "one-of-several-written-rows": async ({ sql }) => {
    sql.exec("CREATE TABLE t (a); INSERT INTO t VALUES (1), (2), (3), (4)");
    const one = await outcome(() => sql.exec("DELETE FROM t WHERE a < 4 RETURNING a").one());
    // Past the commit, which a statement that still writes would hold up.
    await new Promise((resolve) => setTimeout(resolve, 0));
    return { one, left: sql.exec("SELECT a FROM t").toArray() };
  },
  "drop-and-rename-columns": ({ sql }) => {
    sql.exec("CREATE TABLE t (a, b, c, d); INSERT INTO t VALUES (1, 2, 3, 4)");
    return outcomes({
      drop: () => sql.exec("ALTER TABLE t DROP COLUMN b").toArray(),
      rename: () => sql.exec("ALTER TABLE t RENAME COLUMN c TO main").toArray(),
      dropAgain: () => sql.exec("ALTER TABLE t DROP COLUMN main").toArray(),
      left: () => sql.exec("SELECT * FROM t").toArray(),
      internal: () => {
        sql.exec("CREATE TABLE u (a)");
        return sql.exec("ALTER TABLE _cf_KV DROP COLUMN value");
      },
    });
  },
  "update-with-limit-forms": ({ sql }) => {
    sql.exec("CREATE TABLE t (id INTEGER PRIMARY KEY, x INTEGER, y TEXT)");
    sql.exec("CREATE TABLE pair (a TEXT, b INTEGER, n INTEGER, PRIMARY KEY (a, b)) WITHOUT ROWID");
    sql.exec('CREATE TABLE named (rowid TEXT, "odd name" INTEGER)');
    const all = (table) => sql.exec(`SELECT * FROM ${table} ORDER BY 1, 2`).raw().toArray();
    const fill = () => {
      for (const table of ["t", "pair", "named"]) sql.exec(`DELETE FROM ${table}`);
      sql.exec("INSERT INTO t VALUES (1, 30, 'c'), (2, 10, 'a'), (3, 20, 'b'), (4, 10, 'd')");
      sql.exec("INSERT INTO pair VALUES ('p', 2, 7), ('p', 1, 8), ('q', 1, 9)");
      sql.exec("INSERT INTO named VALUES ('same', 1), ('same', 2), ('same', 3)");
    };
    const run = (table, text, ...bindings) => {
      fill();
      const cursor = sql.exec(text, ...bindings);
      return { rows: cursor.raw().toArray(), columns: cursor.columnNames, left: all(table) };
    };
    return outcomes({
      deleteAny: () => run("t", "DELETE FROM t LIMIT 0"),
      deleteWhere: () => run("t", "DELETE FROM t WHERE x < 25 ORDER BY x, id DESC LIMIT 2"),
      offset: () => run("t", "DELETE FROM t ORDER BY id LIMIT 1 OFFSET 2"),
      comma: () => run("t", "delete from t order by id limit 1, 2;"),
      negative: () => run("t", "DELETE FROM t LIMIT -1"),
      update: () => run("t", "UPDATE t SET x = x + 1, y = 'z' ORDER BY x DESC LIMIT 1"),
      updateWhere: () => run("t", "UPDATE t AS u SET x = 0 WHERE u.x = 10 ORDER BY u.id DESC LIMIT 1"),
      bindings: () => run("t", "UPDATE t SET y = ? WHERE x >= ? ORDER BY id LIMIT ?", "new", 20, 1),
      numbered: () => run("t", "UPDATE t SET y = ?2 WHERE x >= ?1 ORDER BY id LIMIT ?3", 20, "new", 1),
      returning: () => run("t", "DELETE FROM t RETURNING id, x * ? AS twice ORDER BY id DESC LIMIT ?", 2, 2),
      updateReturning: () => run("t", "UPDATE t SET x = ? WHERE y > ? RETURNING y, ? AS n ORDER BY y LIMIT ?", 5, "a", 6, 2),
      withoutRowid: () => run("pair", "DELETE FROM pair ORDER BY n DESC LIMIT 2"),
      withoutRowidUpdate: () => run("pair", "UPDATE pair SET n = 0 WHERE a = 'p' ORDER BY b LIMIT 1 RETURNING b"),
      withoutRowidWhere: () => run("pair", "UPDATE pair SET n = 0 WHERE a = 'p' RETURNING b ORDER BY b LIMIT 1"),
      columnNamedRowid: () => run("named", 'DELETE FROM named ORDER BY "odd name" DESC LIMIT 2'),
      common: () => run("t", "WITH w AS (SELECT 10 AS v) DELETE FROM t WHERE x IN (SELECT v FROM w) ORDER BY id LIMIT 1"),
      commonOfThatName: () => run("t", "WITH t AS (SELECT 1 AS id, 2 AS x) DELETE FROM t ORDER BY x LIMIT 1"),
      subquery: () =>
        run("t", "DELETE FROM t WHERE x = (SELECT max(x) FROM t AS u LIMIT 1) ORDER BY (SELECT 1 LIMIT 1) LIMIT 1"),
      distinct: () => run("t", "DELETE FROM t WHERE x IS NOT DISTINCT FROM 10 LIMIT 1 OFFSET 1"),
      schema: () => run("t", 'DELETE FROM main."t" NOT INDEXED LIMIT 3 -- LIMIT 1'),
      several: () => run("t", "DELETE FROM t ORDER BY id LIMIT 1; SELECT count(*) AS n FROM t"),
      twice: () => run("t", "DELETE FROM t ORDER BY id LIMIT 1; UPDATE t SET x = ? ORDER BY id LIMIT 1", 99),
      changes: () => {
        fill();
        sql.exec("DELETE FROM t ORDER BY id LIMIT 2");
        return sql.exec("SELECT changes() AS n").one();
      },
      orReplace: () => run("t", "UPDATE OR REPLACE t SET id = 2 WHERE id = 1 LIMIT 1"),
      noLimit: () => run("t", "DELETE FROM t ORDER BY id"),
      noLimitUpdate: () => run("t", "UPDATE t SET x = 1 ORDER BY id"),
      noTable: () => run("t", "DELETE FROM no_table ORDER BY id LIMIT 1"),
      noColumn: () => run("t", "DELETE FROM t WHERE wrong = 1 ORDER BY id LIMIT 1"),
      noColumnInOrder: () => run("t", "DELETE FROM t ORDER BY wrong LIMIT 1"),
      noColumnReturned: () => run("t", "DELETE FROM t RETURNING wrong LIMIT 1"),
      reserved: () => run("t", "DELETE FROM _cf_KV LIMIT 1"),
      returningLast: () => run("t", "DELETE FROM t ORDER BY id LIMIT 1 RETURNING id"),
      limitFirst: () => run("t", "DELETE FROM t LIMIT 1 ORDER BY id"),
      nothingBehind: () => run("t", "DELETE FROM t LIMIT"),
      textBehind: () => run("t", "DELETE FROM t LIMIT 1 1"),
      inTrigger: () => run("t", "CREATE TRIGGER g AFTER INSERT ON t BEGIN DELETE FROM t LIMIT 1; END"),
      nothingBeforeNext: () => run("t", "DELETE FROM t LIMIT ; SELECT 1"),
      missingBinding: () => run("t", "DELETE FROM t WHERE x = ? LIMIT ?", 1),
    });
  },
  "update-from-with-limit": ({ sql }) => {
    sql.exec("CREATE TABLE t (x); INSERT INTO t VALUES (1), (2); CREATE TABLE u (x); INSERT INTO u VALUES (2), (2)");
    sql.exec("UPDATE t SET x = 3 FROM u WHERE u.x = t.x LIMIT 1");
    return sql.exec("SELECT x FROM t").toArray();
  },
  "last-insert-rowid-and-changes": ({ sql }) => {
    sql.exec("CREATE TABLE t (x); INSERT INTO t VALUES (1), (2), (3)");
    return sql.exec("SELECT last_insert_rowid() AS id, changes() AS n").one();
  },
  pragmas: ({ sql }) =>
    outcomes({
      tableList: () => {
        sql.exec("CREATE TABLE t (a INTEGER PRIMARY KEY, b TEXT NOT NULL DEFAULT 'x')");
        return sql
          .exec("PRAGMA table_list")
          .toArray()
          .filter(({ name }) => name === "t");
      },
      tableInfo: () => sql.exec("PRAGMA table_info(t)").toArray(),
      foreignKeys: () => sql.exec("PRAGMA foreign_keys").toArray(),
      pageSize: () => sql.exec("PRAGMA page_size").toArray(),
      function: () => sql.exec("SELECT name FROM pragma_table_info('t')").toArray(),
      optimize: () => sql.exec("PRAGMA optimize").toArray(),
      quickCheck: () => sql.exec("PRAGMA quick_check").toArray(),
    }),
});
