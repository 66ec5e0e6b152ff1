// Several requests in one object at a time: which events come in which order while some wait for storage, timers, other
// objects and sections that let nothing else in.

import { apply, async_, call, Labels, v } from "../program/forms.mjs";

export function gates(random) {
  const labels = new Labels();
  const count = random.int(2, 4);
  // What comes from outside the object comes when it comes: then only results are compared.
  const io = random.chance(0.3);

  const storage = () =>
    random.one([
      [3, () => call(v("storage"), "put", random.pick(["a", "b"]), random.int(0, 9))],
      [3, () => call(v("storage"), "get", random.pick(["a", "b"]))],
      [1, () => call(v("storage"), "list")],
      [1, () => call(v("storage"), "delete", "a")],
      [io ? 1 : 0, () => call(v("storage"), "sync")],
      [1, () => call(v("kv"), "put", "a", random.int(0, 9))],
      [1, () => call(v("kv"), "get", "a")],
    ]);
  const statement = (depth) =>
    random.one([
      [5, () => ["await", labels.next(), storage()]],
      [2, () => ["do", labels.next(), storage()]],
      [1, () => ["ticks", random.int(1, 3)]],
      [1.5, () => ["do", labels.next(), ["note", labels.next("n"), "here"]]],
      [1.5, () => ["await", labels.next(), apply(v("turn"))]],
      [depth > 0 ? 1.5 : 0, () => ["await", labels.next(), call(v("ctx"), "blockConcurrencyWhile", section(depth - 1))]],
      [depth > 0 ? 0.7 : 0, () => ["do", labels.next(), call(v("ctx"), "blockConcurrencyWhile", section(depth - 1))]],
      [depth > 0 ? 1.5 : 0, () => ["await", labels.next(), call(v("storage"), "transaction", section(depth - 1))]],
      [depth > 0 ? 0.5 : 0, () => ["do", labels.next(), call(v("storage"), "transaction", section(depth - 1))]],
      [io ? 1.5 : 0, () => ["await", labels.next(), call(v("peer"), "echo", random.int(0, 9))]],
      [io ? 0.7 : 0, () => ["do", labels.next(), call(v("peer"), "echo", random.int(0, 9))]],
      [depth > 0 ? 0.6 : 0, () => ["do", labels.next(), call(v("ctx"), "waitUntil", apply(section(depth - 1)))]],
    ]);
  const section = (depth) => async_([], ...random.some(1, 4, () => statement(depth)), ...(random.chance(0.5) ? [["return", random.int(0, 9)]] : []));

  const request = () => ["request", random.some(1, 5, () => statement(2))];
  return { place: "requests", ordered: io ? "none" : "all", body: Array.from({ length: count }, request) };
}
