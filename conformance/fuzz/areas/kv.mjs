// Key-value storage of one object: both interfaces, transactions, alarms, and what is not waited for.

import { array, async_, call, error, fn, get, Labels, make, num, object, undef, v } from "../program/forms.mjs";
import { scalar, value } from "./values.mjs";

const KEYS = [
  "",
  "a",
  "b",
  "c",
  "aa",
  "ab",
  "ab\u0000",
  "abc",
  "b1",
  "b2",
  "é",
  "è",
  "\uffff",
  "🐢",
  "z",
  "10",
  "9",
  "__proto__",
  "constructor",
  "_cf_KV",
  "A",
  "\u007f",
  "x".repeat(600),
];
/** Far in the future, so that none rings. */
const ALARM = 4102444800000;

export function kv(random) {
  const labels = new Labels();
  const cursors = [];

  const key = () => (random.chance(0.06) ? scalar(random) : random.pick(KEYS));
  const small = () => (random.chance(0.5) ? scalar(random) : value(random, 2, 0.06));
  const options = (names) =>
    random.chance(0.75)
      ? []
      : [object(random.subset(names).map((name) => [name, random.pick([true, false, undef, 1, null])]))];
  const listOptions = () => {
    if (random.chance(0.15)) return [];
    const fields = [];
    if (random.chance(0.35)) fields.push(["start", key()]);
    if (random.chance(0.12)) fields.push(["startAfter", key()]);
    if (random.chance(0.35)) fields.push(["end", key()]);
    if (random.chance(0.35))
      fields.push(["prefix", random.chance(0.8) ? random.pick(["", "a", "ab", "b", "é", "\uffff", "🐢", "1"]) : key()]);
    if (random.chance(0.4)) fields.push(["reverse", random.pick([true, false, undef, 1, "", null])]);
    if (random.chance(0.4))
      fields.push(["limit", random.pick([1, 2, 3, 100, 0, -1, 1.5, "2", num("NaN"), 2 ** 31, null, undef])]);
    return [object(fields)];
  };

  const asyncOperation = (on) =>
    random.one([
      [4, () => call(on, "put", key(), small(), ...options(["allowConcurrency", "allowUnconfirmed", "noCache"]))],
      [
        2,
        () =>
          call(
            on,
            "put",
            object(random.some(0, 4, () => [random.pick(KEYS), small()])),
            ...options(["allowUnconfirmed"]),
          ),
      ],
      [3, () => call(on, "get", key(), ...options(["allowConcurrency", "noCache"]))],
      [2, () => call(on, "get", array(...random.some(0, 5, key)))],
      [2, () => call(on, "delete", key(), ...options(["allowUnconfirmed"]))],
      [2, () => call(on, "delete", array(...random.some(0, 4, key)))],
      [4, () => call(on, "list", ...listOptions())],
      [1, () => call(on, "getAlarm", ...options(["allowConcurrency"]))],
      [
        1,
        () =>
          call(
            on,
            "setAlarm",
            random.pick([
              ALARM,
              ALARM + 1.5,
              make("Date", ALARM),
              num("NaN"),
              "4102444800000",
              null,
              num("Infinity"),
              make("Date", num("NaN")),
            ]),
          ),
      ],
      [0.5, () => call(on, "deleteAlarm")],
      [0.3, () => call(on, random.pick(["put", "get", "delete", "list"]), ...random.some(0, 2, () => scalar(random)))],
      [0.3, () => call(on, "deleteAll")],
    ]);
  const syncOperation = () =>
    random.one([
      [4, () => call(v("kv"), "put", key(), small())],
      [3, () => call(v("kv"), "get", key())],
      [2, () => call(v("kv"), "delete", key())],
      [3, () => ["list", call(v("kv"), "list", ...listOptions())]],
      [
        0.3,
        () => call(v("kv"), random.pick(["put", "get", "delete", "list"]), ...random.some(0, 2, () => scalar(random))),
      ],
      [
        1,
        () =>
          call(
            call(v("sql"), "exec", "INSERT INTO t VALUES (?) RETURNING (SELECT count(*) FROM t) AS n", 1),
            "toArray",
          ),
      ],
      [1, () => call(call(v("sql"), "exec", "SELECT count(*) AS n FROM t"), "one")],
    ]);
  const cursorStatement = () => {
    if (cursors.length === 0 || random.chance(0.3)) {
      const label = labels.next("c");
      cursors.push(label);
      return ["do", label, call(v("kv"), "list", ...listOptions())];
    }
    return ["do", labels.next(), call(v(random.pick(cursors)), random.pick(["next", "next", "next", "return"]))];
  };

  /** Operations that an asynchronous body may have. `on` is what they go to: the storage or a transaction. */
  const statement = (on, depth) =>
    random.one([
      [6, () => ["await", labels.next(), asyncOperation(v(on()))]],
      [3, () => ["do", labels.next(), asyncOperation(v(on()))]],
      [5, () => ["do", labels.next(), syncOperation()]],
      [1.5, cursorStatement],
      [0.5, () => ["await", labels.next(), call(v("storage"), "sync")]],
      [0.3, () => ["sleep", 0]],
      [depth > 0 ? 1.5 : 0, () => [random.chance(0.8) ? "await" : "do", labels.next(), transaction(on, depth - 1)]],
      [depth > 0 ? 1.5 : 0, () => ["do", labels.next(), transactionSync(depth - 1)]],
    ]);
  const ending = () =>
    random.one([
      [4, () => []],
      [2, () => [["return", small()]]],
      [1, () => [["throw", random.chance(0.8) ? error("rolled back") : scalar(random)]]],
    ]);
  const transaction = (outer, depth) => {
    const txn = labels.next("t");
    const on = () =>
      random.one([
        [5, () => txn],
        [2, () => "storage"],
        [0.3, outer],
      ]);
    const body = random.some(0, 5, () =>
      random.one([
        [8, () => statement(on, depth)],
        [0.7, () => ["do", labels.next(), call(v(on()), "rollback")]],
      ]),
    );
    // Where some land that use a transaction which is over.
    const kept = random.chance(0.15) ? [["raw", ["set", v("ctx"), "kept", v(txn)]]] : [];
    const callback = random.chance(0.9)
      ? async_([txn], ...body, ...kept, ...ending())
      : fn([txn], ...kept, ...ending());
    return call(v("storage"), "transaction", callback);
  };
  const transactionSync = (depth) => {
    const body = random.some(0, 5, () =>
      random.one([
        [5, () => ["do", labels.next(), syncOperation()]],
        [2, () => ["do", labels.next(), asyncOperation(v("storage"))]],
        [1, cursorStatement],
        [depth > 0 ? 1.5 : 0, () => ["do", labels.next(), transactionSync(depth - 1)]],
      ]),
    );
    return call(v("storage"), "transactionSync", fn([], ...body, ...ending()));
  };
  const onStorage = () => (random.chance(0.04) ? "kept" : "storage");

  const body = random.some(3, 14, () => statement(onStorage, 2));
  return {
    place: "object",
    ordered: "none",
    body: [
      ["raw", call(v("sql"), "exec", "CREATE TABLE t (x)")],
      ...body.map(withKept),
      ["await", "end-list", call(v("storage"), "list")],
      ["do", "end-rows", call(call(v("sql"), "exec", "SELECT count(*) AS n FROM t"), "toArray")],
      ["await", "end-alarm", call(v("storage"), "getAlarm")],
    ],
  };
}

/** `kept` is the transaction that a closure left behind. */
const withKept = (statement) =>
  JSON.parse(JSON.stringify(statement).replaceAll('["v","kept"]', '["get",["v","ctx"],"kept"]'));
