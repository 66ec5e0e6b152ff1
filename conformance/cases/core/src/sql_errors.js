// What SQL refuses, and in which words.

import { allInObjects, engineOutcome, outcome, outcomes } from "./harness.js";

/** The outcome of each statement by itself. */
const refused = (sql, statements) =>
  outcomes(
    Object.fromEntries(Object.entries(statements).map(([name, text]) => [name, () => sql.exec(text).toArray()])),
  );

export default allInObjects({
  syntax: ({ sql }) =>
    refused(sql, {
      typo: "SELEC 1",
      middle: "SELECT 1 FRM t",
      unfinished: "SELECT (1",
      token: "SELECT @",
      empty: "",
      blank: "  \n",
      semicolon: ";",
      comment: "-- nothing",
      trailingComment: "SELECT 1; -- after",
      quote: "SELECT 'abc",
    }),
  "missing-things": ({ sql }) =>
    refused(sql, {
      table: "SELECT * FROM nope",
      column: "SELECT nope",
      function: "SELECT nope(1)",
      index: "DROP INDEX nope",
      collation: "SELECT 1 ORDER BY 1 COLLATE nope",
      aggregate: "SELECT abs(1, 2)",
    }),
  "query-types": ({ sql }) =>
    outcomes({
      none: () => sql.exec(),
      number: () => sql.exec(5),
      null: () => sql.exec(null),
      symbol: () => engineOutcome(() => sql.exec(Symbol("s"))),
      object: () => sql.exec({}),
    }),
  constraints: ({ sql }) => {
    sql.exec(
      "CREATE TABLE p (id INTEGER PRIMARY KEY); CREATE TABLE t (a INTEGER PRIMARY KEY, b TEXT UNIQUE, c NOT NULL, d CHECK (d > 0), e REFERENCES p (id))",
    );
    sql.exec("INSERT INTO t VALUES (1, 'x', 1, 1, NULL)");
    return refused(sql, {
      primary: "INSERT INTO t VALUES (1, 'y', 1, 1, NULL)",
      unique: "INSERT INTO t VALUES (2, 'x', 1, 1, NULL)",
      notNull: "INSERT INTO t VALUES (2, 'y', NULL, 1, NULL)",
      check: "INSERT INTO t VALUES (2, 'y', 1, 0, NULL)",
      foreign: "INSERT INTO t VALUES (2, 'y', 1, 1, 99)",
      rowid: "INSERT INTO p VALUES (1), (1)",
    });
  },
  types: ({ sql }) => {
    sql.exec("CREATE TABLE p (id INTEGER PRIMARY KEY); CREATE TABLE s (a INTEGER) STRICT");
    return refused(sql, {
      mismatch: "INSERT INTO p VALUES ('x')",
      strict: "INSERT INTO s VALUES ('x')",
      overflow: "SELECT abs(-9223372036854775808)",
      json: "SELECT json('{')",
    });
  },
  transactions: ({ sql }) =>
    refused(sql, {
      begin: "BEGIN",
      commit: "COMMIT",
      rollback: "ROLLBACK",
      savepoint: "SAVEPOINT a",
      release: "RELEASE a",
      end: "END",
      lower: "begin immediate",
    }),
  "internal-names": ({ sql, kv }) => {
    kv.put("a", 1);
    return refused(sql, {
      read: "SELECT * FROM _cf_KV",
      count: "SELECT count(*) FROM _cf_KV",
      write: "INSERT INTO _cf_KV VALUES ('a', x'00')",
      drop: "DROP TABLE _cf_KV",
      create: "CREATE TABLE _cf_mine (x)",
      upper: "CREATE TABLE _CF_mine (x)",
      index: "CREATE INDEX i ON _cf_KV (value)",
      view: "CREATE VIEW _cf_v AS SELECT 1",
      viewBelow: "CREATE VIEW v AS SELECT * FROM _cf_KV",
      readView: "SELECT * FROM v",
      metadata: "SELECT * FROM _cf_METADATA",
    });
  },
  "rename-to-internal": ({ sql }) => {
    sql.exec("CREATE TABLE t (x)");
    return refused(sql, { rename: "ALTER TABLE t RENAME TO _cf_t", fine: "ALTER TABLE t RENAME TO u" });
  },
  "not-allowed": ({ sql }) =>
    refused(sql, {
      attach: "ATTACH ':memory:' AS other",
      detach: "DETACH main",
      vacuum: "VACUUM",
      tempTable: "CREATE TEMP TABLE t (x)",
      tempView: "CREATE TEMP VIEW v AS SELECT 1",
      version: "SELECT sqlite_version()",
      loadExtension: "SELECT load_extension('x')",
      pragmaWrite: "PRAGMA journal_mode = DELETE",
      pragmaPageSize: "PRAGMA page_size = 512",
      pragmaUser: "PRAGMA user_version",
      pragmaUnknown: "PRAGMA nope",
      schema: "DELETE FROM sqlite_schema",
      writableSchema: "PRAGMA writable_schema = 1",
      virtual: "CREATE VIRTUAL TABLE x USING csv(filename='y')",
      ceiling: "SELECT ceiling(1.5)",
    }),
  limits: ({ sql }) => {
    const list = (n, of) => Array.from({ length: n }, (_, i) => of(i)).join(", ");
    return outcomes({
      text: () => sql.exec(`SELECT '${"x".repeat(100_001)}'`),
      columns100: () => sql.exec(`CREATE TABLE a (${list(100, (i) => `c${i}`)})`).toArray(),
      columns101: () => sql.exec(`CREATE TABLE b (${list(101, (i) => `c${i}`)})`),
      bindings100: () => sql.exec(`SELECT ${list(100, () => "?")}`, ...Array(100).fill(1)).columnNames.length,
      bindings101: () => sql.exec(`SELECT 1 WHERE 1 IN (${list(101, () => "?")})`, ...Array(101).fill(1)),
      like: () => sql.exec("SELECT 'x' LIKE ?", "x".repeat(51)).toArray(),
      compound: () => sql.exec(Array(6).fill("SELECT 1").join(" UNION ALL ")).toArray(),
      compound5: () => sql.exec(Array(5).fill("SELECT 1 AS a").join(" UNION ALL ")).toArray(),
      blob: () => sql.exec("SELECT length(zeroblob(5000000)) AS n").toArray(),
      blobFits: () => sql.exec("SELECT length(zeroblob(4000000)) AS n").one(),
      depth: () => sql.exec(`SELECT 1${" + 1".repeat(101)}`).toArray(),
      values500: () => {
        sql.exec("CREATE TABLE v (x)");
        sql.exec(`INSERT INTO v VALUES ${list(500, (i) => `(${i})`)}`);
        return sql.exec("SELECT count(*) AS n FROM v").one();
      },
    });
  },
  "several-statements": ({ sql }) =>
    outcomes({
      earlyBinding: () => sql.exec("CREATE TABLE a (x); INSERT INTO a VALUES (?); SELECT ?", 1, 2),
      failsInBetween: () => sql.exec("CREATE TABLE b (x); INSERT INTO nope VALUES (1); CREATE TABLE c (x)"),
      whatIsLeft: () => sql.exec("SELECT name FROM sqlite_master ORDER BY name").toArray(),
    }),
  "error-keeps-nothing-open": async ({ sql }) => {
    sql.exec("CREATE TABLE t (x PRIMARY KEY); INSERT INTO t VALUES (1)");
    const failed = await outcome(() => sql.exec("INSERT INTO t VALUES (2), (1)"));
    return { failed, left: sql.exec("SELECT x FROM t").toArray() };
  },
  "error-while-iterating": ({ sql }) =>
    outcome(() => {
      const cursor = sql.exec(
        "SELECT abs(x) AS a FROM (SELECT 1 AS x UNION ALL SELECT 2 UNION ALL SELECT -9223372036854775808)",
      );
      return cursor.toArray();
    }),
  "not-constructible": ({ sql }) =>
    outcomes({
      sql: () => new sql.constructor(),
      cursor: () => new (sql.exec("SELECT 1").constructor)(),
      detached: () => {
        const { exec } = sql;
        return exec("SELECT 1");
      },
    }),
  "places-in-several-statements": ({ sql }) =>
    refused(sql, {
      spaces: "SELECT 1;   SELEC 1",
      lines: "SELECT 1;\n\tSELECT 2; \n\v\f SELEC 1",
      comment: "SELECT 1; -- one\n SELEC 1",
      first: "  SELEC 1",
    }),
  "cursor-and-delete-all": async ({ sql, storage }) => {
    sql.exec("CREATE TABLE t (x); INSERT INTO t VALUES (1), (2), (3)");
    const cursor = sql.exec("SELECT x FROM t");
    cursor.next();
    await storage.deleteAll();
    return outcome(() => cursor.toArray());
  },
});
