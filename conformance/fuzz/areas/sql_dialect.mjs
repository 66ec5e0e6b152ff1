// Random text in SQLite's dialect, over the tables that were made before.

import {
  AGGREGATES,
  BINARY,
  BROKEN,
  COLUMN_TYPES,
  LITERALS,
  PRAGMAS,
  REFUSED,
  REFUSED_FUNCTIONS,
  SCALAR_FUNCTIONS,
  WINDOWS,
} from "./sql_words.mjs";

export class Dialect {
  #random;
  #tables = [];
  #count = 0;

  constructor(random) {
    this.#random = random;
  }

  #text(text) {
    // Parameters that are written as "?" count; texts that have others name them without being counted.
    return { text, parameters: text.split("?").length - 1 };
  }

  #table() {
    return this.#tables.length === 0 || this.#random.chance(0.02)
      ? { name: "nope", columns: ["a", "b"] }
      : this.#random.pick(this.#tables);
  }

  #fill(text) {
    return text.replaceAll("#", this.#table().name);
  }

  #literal() {
    return this.#random.chance(0.35) ? "?" : this.#random.pick(LITERALS);
  }

  #column(table) {
    return this.#random.chance(0.01) ? "nope" : this.#random.pick(table.columns);
  }

  #expression(table, depth = 2) {
    const random = this.#random;
    if (depth <= 0) return random.chance(0.6) && table ? this.#column(table) : this.#literal();
    const inner = () => this.#expression(table, depth - 1);
    return random.one([
      [3, () => this.#expression(table, 0)],
      [3, () => `${inner()} ${random.pick(BINARY)} ${inner()}`],
      [3, () => this.#call(inner)],
      [1, () => `(${inner()})`],
      [0.6, () => `CASE WHEN ${inner()} THEN ${inner()} ELSE ${inner()} END`],
      [0.6, () => `CAST(${inner()} AS ${random.pick(["INTEGER", "TEXT", "REAL", "BLOB", "NUMERIC"])})`],
      [0.4, () => `${inner()} ${random.pick(["IN", "NOT IN"])} (${inner()}, ${inner()})`],
      [0.4, () => `${inner()} BETWEEN ${inner()} AND ${inner()}`],
      [0.4, () => `${random.pick(["NOT", "-", "~", "+"])} ${inner()}`],
      [0.3, () => `(SELECT ${inner()})`],
      [0.3, () => `EXISTS (SELECT 1 FROM ${this.#table().name})`],
      [
        0.3,
        () => `${inner()} ${random.pick(["LIKE", "GLOB", "NOT LIKE"])} ${random.pick(["'a%'", "'*'", "'_'", inner()])}`,
      ],
      [0.2, () => `${inner()} ${random.pick(["ISNULL", "NOTNULL", "COLLATE NOCASE"])}`],
      [0.15, () => random.pick(REFUSED_FUNCTIONS)],
    ]);
  }

  #call(inner) {
    const [name, count] = this.#random.pick(SCALAR_FUNCTIONS);
    return `${name}(${Array.from({ length: count }, inner).join(", ")})`;
  }

  table() {
    const random = this.#random;
    const name = `t${this.#count++}`;
    const columns = ["a", "b", "c", "d"].slice(0, random.int(1, 4));
    const strict = random.chance(0.1);
    const withoutRowid = random.chance(0.1);
    const parts = columns.map((column, i) => {
      const type = strict ? random.pick(["INTEGER", "TEXT", "REAL", "BLOB", "ANY", "INT"]) : random.pick(COLUMN_TYPES);
      const constraint = random.one([
        [5, () => ""],
        [i === 0 ? 3 : 0, () => ` PRIMARY KEY${random.pick(["", "", " DESC", " ON CONFLICT REPLACE"])}`],
        [i === 0 ? 0.6 : 0, () => " PRIMARY KEY AUTOINCREMENT"],
        [1, () => " NOT NULL"],
        [1, () => " UNIQUE"],
        [0.7, () => ` DEFAULT ${random.pick(["1", "'x'", "(1 + 1)", "NULL", "-1", "CURRENT_DATE IS NULL"])}`],
        [0.5, () => ` CHECK (${column} <> 3)`],
        [0.4, () => " COLLATE NOCASE"],
        [i > 0 ? 0.4 : 0, () => ` AS (a ${random.pick(["|| 'x'", "+ 1"])}) ${random.pick(["STORED", "VIRTUAL"])}`],
        [
          this.#tables.length > 0 ? 0.6 : 0,
          () =>
            ` REFERENCES ${this.#table().name}(a)${random.pick(["", " ON DELETE CASCADE", " ON UPDATE SET NULL", " DEFERRABLE INITIALLY DEFERRED"])}`,
        ],
      ]);
      return `${column} ${type}${constraint}`;
    });
    const options = [...(strict ? ["STRICT"] : []), ...(withoutRowid ? ["WITHOUT ROWID"] : [])];
    this.#tables.push({ name, columns });
    return this.#text(
      `CREATE TABLE ${random.chance(0.2) ? "IF NOT EXISTS " : ""}${name} (${parts.join(", ")})${options.length > 0 ? ` ${options.join(", ")}` : ""}`,
    );
  }

  create() {
    const random = this.#random;
    const table = this.#table();
    const name = `${random.pick(["i", "v", "g"])}${random.int(0, 2)}`;
    return this.#text(
      random.one([
        [
          2,
          () =>
            `CREATE ${random.chance(0.3) ? "UNIQUE " : ""}INDEX ${name} ON ${table.name} (${this.#column(table)}${random.pick(["", " DESC", " COLLATE NOCASE"])})${random.chance(0.2) ? ` WHERE ${this.#column(table)} > 1` : ""}`,
        ],
        [1, () => `CREATE INDEX ${name} ON ${table.name} (lower(${this.#column(table)}))`],
        [
          2,
          () =>
            `CREATE VIEW ${name} AS SELECT ${this.#column(table)} AS a, count(*) AS b FROM ${table.name} GROUP BY 1`,
        ],
        [
          2,
          () =>
            `CREATE TRIGGER ${name} ${random.pick(["AFTER", "BEFORE"])} ${random.pick(["INSERT", "DELETE", "UPDATE"])} ON ${table.name} BEGIN ${random.pick([`INSERT INTO ${this.#table().name} (a) VALUES (7);`, "SELECT RAISE(ABORT, 'stopped by a trigger');", "SELECT RAISE(IGNORE);", `UPDATE ${table.name} SET ${this.#column(table)} = 5;`, "SELECT RAISE(ROLLBACK, 'rolled back by a trigger');", "SELECT RAISE(FAIL, 'failed by a trigger');"])} END`,
        ],
        [1, () => this.table().text],
        [0.6, () => `CREATE TABLE t${this.#count++} AS SELECT * FROM ${table.name}`],
        [
          1,
          () =>
            `DROP ${random.pick(["TABLE", "VIEW", "INDEX", "TRIGGER"])} ${random.chance(0.5) ? "IF EXISTS " : ""}${random.pick([name, table.name])}`,
        ],
      ]),
    );
  }

  alter() {
    const random = this.#random;
    const table = this.#table();
    return this.#text(
      random.one([
        [
          1,
          () =>
            `ALTER TABLE ${table.name} ADD COLUMN e${random.int(0, 2)} ${random.pick(["", "TEXT DEFAULT 'new'", "INTEGER NOT NULL", "NOT NULL DEFAULT 1", "UNIQUE", "AS (a) STORED", "AS (a)"])}`,
        ],
        [1, () => `ALTER TABLE ${table.name} DROP COLUMN ${this.#column(table)}`],
        [1, () => `ALTER TABLE ${table.name} RENAME COLUMN ${this.#column(table)} TO z`],
        [0.5, () => `ALTER TABLE ${table.name} RENAME TO ${random.pick(["renamed", table.name, "t0"])}`],
      ]),
    );
  }

  insert() {
    const random = this.#random;
    const table = this.#table();
    const columns = random.chance(0.6) ? random.subset(table.columns, 0.7) : [];
    const chosen = columns.length > 0 ? columns : table.columns;
    const row = () =>
      `(${chosen.map(() => (random.chance(0.8) ? this.#literal() : this.#expression(undefined, 1))).join(", ")})`;
    const verb = random.one([
      [6, () => "INSERT"],
      [1, () => "REPLACE"],
      [1, () => `INSERT OR ${random.pick(["IGNORE", "REPLACE", "ABORT", "FAIL", "ROLLBACK"])}`],
    ]);
    const source = random.one([
      [6, () => `VALUES ${random.some(1, 3, row).join(", ")}`],
      [1, () => `SELECT ${chosen.map((column) => column).join(", ")} FROM ${table.name}`],
      [
        0.5,
        () =>
          `WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < ${random.int(1, 20)}) SELECT ${chosen.map(() => "x").join(", ")} FROM n`,
      ],
      [columns.length === 0 ? 0.5 : 0, () => "DEFAULT VALUES"],
    ]);
    const conflict = random.chance(0.2)
      ? ` ON CONFLICT${random.chance(0.5) ? ` (${this.#column(table)})` : ""} DO ${random.pick(["NOTHING", `UPDATE SET ${this.#column(table)} = excluded.${this.#column(table)}`, `UPDATE SET ${this.#column(table)} = 1 WHERE 1`])}`
      : "";
    return this.#text(
      `${verb} INTO ${table.name}${columns.length > 0 ? ` (${columns.join(", ")})` : ""} ${source}${conflict}${this.#returning(table)}`,
    );
  }

  #returning(table) {
    return this.#random.chance(0.25)
      ? ` RETURNING ${this.#random.pick(["*", this.#column(table), `${this.#column(table)} AS x, 1`, "rowid", this.#expression(table, 1)])}`
      : "";
  }

  update() {
    const random = this.#random;
    const table = this.#table();
    const where = random.chance(0.7) ? ` WHERE ${this.#expression(table, 1)}` : "";
    const from = random.chance(0.1) ? ` FROM (SELECT 1 AS one)` : "";
    return this.#text(
      `UPDATE ${random.chance(0.1) ? "OR IGNORE " : ""}${table.name} SET ${this.#column(table)} = ${this.#expression(table, 1)}${from}${where}${this.#returning(table)}`,
    );
  }

  remove() {
    const table = this.#table();
    const where = this.#random.chance(0.8) ? ` WHERE ${this.#expression(table, 1)}` : "";
    return this.#text(`DELETE FROM ${table.name}${where}${this.#returning(table)}`);
  }

  select() {
    const random = this.#random;
    const table = this.#table();
    const column = () => this.#column(table);
    const filled = (text) => text.replaceAll("#", column);
    const results = random
      .some(1, 3, () =>
        random.one([
          [5, () => this.#expression(table)],
          [2, column],
          [1, () => "*"],
          [1, () => `${this.#expression(table, 1)} AS ${random.pick(["x", "a", '"odd name"', "5"].slice(0, 3))}`],
        ]),
      )
      .join(", ");
    const where = random.chance(0.4) ? ` WHERE ${this.#expression(table)}` : "";
    const order = random.chance(0.5)
      ? ` ORDER BY ${random.pick([column(), "1", this.#expression(table, 1)])}${random.pick(["", " DESC", " NULLS LAST"])}`
      : "";
    const limit = random.chance(0.3)
      ? ` LIMIT ${random.pick(["1", "2", "?", "-1", "0"])}${random.chance(0.4) ? " OFFSET 1" : ""}`
      : "";
    return this.#text(
      random.one([
        [
          6,
          () => `SELECT ${random.chance(0.1) ? "DISTINCT " : ""}${results} FROM ${table.name}${where}${order}${limit}`,
        ],
        [2, () => `SELECT ${results.includes("*") ? "1" : this.#expression(undefined)} AS v`],
        [
          2,
          () =>
            `SELECT ${filled(random.pick(AGGREGATES))} AS x, ${filled(random.pick(AGGREGATES))} FROM ${table.name}${where}${random.chance(0.5) ? ` GROUP BY ${column()}${random.chance(0.3) ? " HAVING count(*) > 1" : ""} ORDER BY 1` : ""}`,
        ],
        [
          2,
          () =>
            `SELECT ${column()}, ${filled(random.pick(WINDOWS))} OVER (${random.chance(0.5) ? `PARTITION BY ${column()} ` : ""}ORDER BY ${column()}${random.pick(["", " ROWS BETWEEN 1 PRECEDING AND CURRENT ROW", " GROUPS UNBOUNDED PRECEDING"])}) AS w FROM ${table.name}`,
        ],
        [
          1,
          () =>
            `WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < ${random.int(1, 9)}) SELECT x, ${this.#expression({ columns: ["x"] }, 1)} AS y FROM n${limit}`,
        ],
        [
          1,
          () =>
            `SELECT * FROM ${table.name} AS l ${random.pick(["JOIN", "LEFT JOIN", "CROSS JOIN", "FULL JOIN"])} ${this.#table().name} AS r ${random.chance(0.7) ? "ON l.a = r.a" : "USING (a)"}${limit}`,
        ],
        [
          1,
          () =>
            `SELECT ${column()} FROM ${table.name} ${random.pick(["UNION", "UNION ALL", "EXCEPT", "INTERSECT"])} SELECT ${this.#literal()}${order && " ORDER BY 1"}${limit}`,
        ],
        [
          0.5,
          () =>
            `SELECT e.key, e.value, e.type FROM ${table.name}, json_each(json_array(${column()}, ${this.#literal()})) AS e`,
        ],
        [0.5, () => `SELECT * FROM ${random.pick(["v0", "v1", "v2"])}`],
      ]),
    );
  }

  pragma() {
    return this.#text(this.#fill(`PRAGMA ${this.#random.pick(PRAGMAS)}`));
  }

  refused() {
    return this.#text(this.#fill(this.#random.pick(REFUSED)));
  }

  broken() {
    return this.#text(this.#fill(this.#random.pick(BROKEN)));
  }

  several() {
    const parts = this.#random.some(2, 4, () =>
      this.#random.one([
        [3, () => this.insert()],
        [1, () => this.select()],
        [1, () => this.update()],
        [0.4, () => this.broken()],
        [0.4, () => this.create()],
        [0.3, () => this.refused()],
        [0.3, () => this.pragma()],
      ]),
    );
    // Parameters are for the last one only; most of the time they are kept to it.
    const texts = parts.map(({ text }, i) =>
      i < parts.length - 1 && this.#random.chance(0.95) ? text.replaceAll("?", "5") : text,
    );
    return this.#text(
      texts.join(this.#random.pick(["; ", ";\n", ";", " ;; "])) + this.#random.pick(["", ";", "; ", ";\n\t"]),
    );
  }

  search() {
    const random = this.#random;
    return this.#text(
      random.one([
        [
          2,
          () =>
            `CREATE VIRTUAL TABLE ${random.chance(0.5) ? "IF NOT EXISTS " : ""}f USING ${random.pick(["fts5", "FTS5"])}(title, body${random.pick(["", "", ", tokenize = 'porter'", ", prefix = '2'", ", content = ''", ", nope = 1", ", tokenize = 'trigram'"])})`,
        ],
        [
          4,
          () =>
            `INSERT INTO f VALUES (${random.pick(["'hello world'", "?", "'the quick fox'"])}, ${random.pick(["'a body of text'", "NULL", "'running foxes'"])})`,
        ],
        [
          3,
          () =>
            `SELECT rowid, title, ${random.pick(["highlight(f, 0, '[', ']')", "snippet(f, 1, '<', '>', '…', 3)", "bm25(f) < 0", "rank < 0", "body"])} AS h FROM f WHERE f MATCH ${random.pick(["'hello'", "'fox*'", "'title : quick'", "'a OR b'", "'\"the quick\"'", "'bad AND'", "?", "''"])} ORDER BY ${random.pick(["rank", "rowid"])}`,
        ],
        [
          1,
          () =>
            `INSERT INTO f(f) VALUES (${random.pick(["'optimize'", "'rebuild'", "'integrity-check'", "'nope'", "'delete-all'"])})`,
        ],
        [1, () => `SELECT * FROM f_${random.pick(["content", "data", "config", "docsize", "idx"])} LIMIT 2`],
        [1, () => `DELETE FROM f${random.pick(["", " WHERE rowid = 1", " WHERE f MATCH 'hello'"])}`],
        [0.5, () => `UPDATE f SET title = 'changed' WHERE rowid = 1`],
        [0.5, () => "DELETE FROM f_data"],
        [0.5, () => "DROP TABLE IF EXISTS f"],
      ]),
    );
  }
}
