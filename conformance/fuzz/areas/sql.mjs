// SQL of one object: a random schema, random statements on it, and cursors that are read in turns.

import { call, error, fn, get, Labels, v } from "../program/forms.mjs";
import { Dialect } from "./sql_dialect.mjs";
import { bytes, scalar, value } from "./values.mjs";

export function sql(random) {
  const labels = new Labels();
  const dialect = new Dialect(random);
  const cursors = [];

  const binding = () =>
    random.one([
      [5, () => random.int(-3, 9)],
      [3, () => random.pick(["a", "b", "é🐢", "", "10", "1e3", "x'00'", "nul\u0000nul", "NULL"])],
      [2, () => null],
      [1, () => random.fraction() * 100],
      [1, () => bytes(random)],
      [1, () => scalar(random)],
      [0.4, () => value(random, 2, 0.1)],
    ]);
  const bindings = (count) => {
    const list = Array.from({ length: count }, binding);
    if (random.chance(0.03)) list.push(binding());
    if (random.chance(0.03)) list.pop();
    return list;
  };
  const exec = ({ text, parameters }) => call(v("sql"), "exec", text, ...bindings(parameters));

  /** Runs to the end and tells everything of it but `rowsRead` and `rowsWritten`, which are estimates. */
  const tell = (query) => {
    const label = labels.next();
    return [
      ["do", label, exec(query)],
      ["do", `${label}names`, get(v(label), "columnNames")],
      [
        "do",
        `${label}rows`,
        random.chance(0.5)
          ? ["list", call(v(label), "raw")]
          : call(v(label), random.pick(["toArray", "toArray", "one"])),
      ],
    ];
  };
  const cursor = () => {
    if (cursors.length === 0 || random.chance(0.4)) {
      const label = labels.next("c");
      cursors.push(label);
      return [["do", label, exec(dialect.select())]];
    }
    const of = random.pick(cursors);
    return random.one([
      [6, () => [["do", labels.next(), call(v(of), "next")]]],
      [1, () => [["do", labels.next(), call(v(of), "one")]]],
      [1, () => [["do", labels.next(), call(v(of), "toArray")]]],
      [1, () => [["do", labels.next(), get(v(of), "columnNames")]]],
      [
        1,
        () => {
          const label = labels.next("c");
          cursors.push(label);
          return [["do", label, call(v(of), random.pick(["raw", "raw"]))]];
        },
      ],
    ]);
  };
  const statement = (depth) =>
    random.one([
      [5, () => tell(dialect.insert())],
      [6, () => tell(dialect.select())],
      [2, () => tell(dialect.update())],
      [1.5, () => tell(dialect.remove())],
      [1.5, () => tell(dialect.alter())],
      [1, () => tell(dialect.create())],
      [1.5, () => tell(dialect.pragma())],
      [1, () => tell(dialect.refused())],
      [1, () => tell(dialect.broken())],
      [1, () => tell(dialect.several())],
      [1.5, () => tell(dialect.search())],
      [2, cursor],
      [0.3, () => [["do", labels.next(), get(v("sql"), "databaseSize")]]],
      [0.4, () => [["await", labels.next(), call(v("storage"), "sync")]]],
      [0.3, () => [["await", labels.next(), call(v("storage"), "put", random.pick(["k", "l"]), random.int(0, 9))]]],
      [0.1, () => [["await", labels.next(), call(v("storage"), "deleteAll")]]],
      [
        depth > 0 ? 1 : 0,
        () => [
          [
            "do",
            labels.next(),
            call(
              v("storage"),
              "transactionSync",
              fn(
                [],
                ...random
                  .some(1, 4, () => statement(depth - 1))
                  .flat()
                  .filter(([kind]) => kind === "do"),
                ...ending(),
              ),
            ),
          ],
        ],
      ],
    ]);
  const ending = () => (random.chance(0.4) ? [["throw", error("rolled back")]] : []);

  const body = [
    ...random.some(1, 3, () => [["do", labels.next(), exec(dialect.table())]]).flat(),
    ...random.some(4, 16, () => statement(1)).flat(),
    [
      "do",
      "end-schema",
      call(
        call(
          v("sql"),
          "exec",
          "SELECT type, name, tbl_name, sql FROM sqlite_schema WHERE name NOT LIKE '\\_cf\\_%' ESCAPE '\\' ORDER BY name",
        ),
        "toArray",
      ),
    ],
    ["do", "end-changes", call(call(v("sql"), "exec", "SELECT last_insert_rowid() AS id"), "toArray")],
  ];
  return { place: "object", ordered: "results", body };
}
