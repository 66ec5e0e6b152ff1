// The synchronous key-value storage, `ctx.storage.kv`.

import { allInObjects, engineOutcome, outcome, outcomes, show } from "./harness.js";

const fill = (kv, keys) => {
  for (const key of keys) kv.put(key, `value of ${key}`);
};

export default allInObjects({
  "put-get-delete": ({ kv }) => ({
    put: show(kv.put("a", { x: 1 })),
    get: kv.get("a"),
    deleted: kv.delete("a"),
    again: kv.delete("a"),
    gone: show(kv.get("a")),
  }),
  shape: ({ kv }) => ({
    class: kv.constructor.name,
    own: Object.keys(kv),
    types: ["get", "put", "delete", "list"].map((key) => typeof kv[key]),
  }),
  "undefined-is-a-value": ({ kv }) => {
    kv.put("a", undefined);
    return { value: show(kv.get("a")), listed: show([...kv.list()]), deleted: kv.delete("a") };
  },
  "shared-with-the-async-storage": async ({ kv, storage }) => {
    kv.put("a", 1);
    await storage.put("b", 2);
    return { a: await storage.get("a"), b: kv.get("b"), list: show(await storage.list()) };
  },
  list: ({ kv }) => {
    fill(kv, ["a1", "a2", "b1", "b2", "c"]);
    const keys = (options) => () => [...kv.list(options)].map(([key]) => key);
    return outcomes({
      all: keys(),
      prefix: keys({ prefix: "a" }),
      start: keys({ start: "b1" }),
      startAfter: keys({ startAfter: "b1" }),
      end: keys({ end: "b2" }),
      limit: keys({ limit: 2 }),
      reverse: keys({ reverse: true, limit: 2 }),
      zero: keys({ limit: 0 }),
      both: keys({ start: "a", startAfter: "a" }),
    });
  },
  "list-iterator": ({ kv }) => {
    fill(kv, ["a", "b"]);
    const iterator = kv.list();
    return {
      iterable: iterator[Symbol.iterator]() === iterator,
      first: show(iterator.next()),
      second: show(iterator.next()),
      end: show(iterator.next()),
      after: show(iterator.next()),
      tag: Object.prototype.toString.call(iterator),
    };
  },
  "list-empty": ({ kv }) => [...kv.list()],
  "list-is-invalidated": async ({ kv, storage }) => {
    fill(kv, ["a", "b", "c"]);
    const first = kv.list();
    first.next();
    const second = kv.list();
    const afterSecond = await outcome(() => first.next());
    const secondWorks = second.next().value[0];
    await storage.list();
    return { afterSecond, secondWorks, afterAsync: await outcome(() => second.next()) };
  },
  "write-while-listing": ({ kv }) => {
    fill(kv, ["a", "b", "c", "d"]);
    const seen = [];
    for (const [key] of kv.list()) {
      seen.push(key);
      if (key === "a") kv.delete("b");
      if (key === "c") kv.put("e", 1);
    }
    return seen;
  },
  "argument-errors": ({ kv }) =>
    outcomes({
      putNothing: () => kv.put(),
      putKeyOnly: () => show(kv.put("a")),
      getNothing: () => show(kv.get()),
      getArray: () => show(kv.get(["a"])),
      function: () => engineOutcome(() => kv.put("a", () => {})),
      limit: () => kv.list({ limit: -1 }),
    }),
  "throws-at-once": ({ kv }) => {
    try {
      kv.put("a", () => {});
    } catch (error) {
      return error.name;
    }
    return "no error";
  },
});
