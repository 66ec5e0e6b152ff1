// Several requests in one object at a time: which events come in which order while some wait for storage, timers, other
// objects and sections that let nothing else in.

import { apply, async_, call, Labels, v } from "../program/forms.mjs";

export function gates(random) {
  const labels = new Labels();
  const count = random.int(2, 4);
  // What comes from outside the object comes when it comes: then only results are compared, and each request has a key
  // of its own.
  const io = random.chance(0.3);
  // Sections inside sections that nobody waits for: workerd sometimes deadlocks on them.
  const loose = random.chance(0.05);

  let current = 0;
  const key = () => (io ? `of request ${current}` : random.pick(["a", "b"]));

  const storage = () =>
    random.one([
      [3, () => call(v("storage"), "put", key(), random.int(0, 9))],
      [3, () => call(v("storage"), "get", key())],
      [io ? 0 : 1, () => call(v("storage"), "list")],
      [1, () => call(v("storage"), "delete", key())],
      [io ? 1 : 0, () => call(v("storage"), "sync")],
      [1, () => call(v("kv"), "put", key(), random.int(0, 9))],
      [1, () => call(v("kv"), "get", key())],
    ]);
  const statement = (depth) =>
    random.one([
      [5, () => ["await", labels.next(), storage()]],
      // How many microtasks a result takes is nobody's promise.
      [io ? 2 : 0, () => ["do", labels.next(), storage()]],
      [1.5, () => ["do", labels.next(), ["note", labels.next("n"), "here"]]],
      [1.5, () => ["await", labels.next(), apply(v("turn"))]],
      [
        depth > 0 ? 1.5 : 0,
        () => ["await", labels.next(), call(v("ctx"), "blockConcurrencyWhile", section(depth - 1))],
      ],
      [
        depth > 1 || (loose && depth > 0) ? 0.7 : 0,
        () => ["do", labels.next(), call(v("ctx"), "blockConcurrencyWhile", section(depth - 1))],
      ],
      [depth > 0 ? 1.5 : 0, () => ["await", labels.next(), call(v("storage"), "transaction", section(depth - 1))]],
      [
        depth > 1 || (loose && depth > 0) ? 0.5 : 0,
        () => ["do", labels.next(), call(v("storage"), "transaction", section(depth - 1))],
      ],
      [io ? 1.5 : 0, () => ["await", labels.next(), call(v("peer"), "echo", random.int(0, 9))]],
      [io ? 0.7 : 0, () => ["do", labels.next(), call(v("peer"), "echo", random.int(0, 9))]],
      [depth > 0 ? 0.6 : 0, () => ["do", labels.next(), call(v("ctx"), "waitUntil", apply(section(depth - 1)))]],
    ]);
  const section = (depth) =>
    async_(
      [],
      ...random.some(1, 4, () => statement(depth)),
      ...(random.chance(0.5) ? [["return", random.int(0, 9)]] : []),
    );

  const request = (_, i) => {
    current = i;
    return ["request", random.some(1, 5, () => statement(2))];
  };
  return { place: "requests", ordered: io ? "none" : "all", body: Array.from({ length: count }, request) };
}
