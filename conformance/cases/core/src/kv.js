// The asynchronous key-value storage.

import { allInObjects, engineOutcome, outcome, outcomes, show, timing } from "./harness.js";

const fill = (storage, keys) => storage.put(Object.fromEntries(keys.map((key) => [key, `value of ${key}`])));
const keysOf = async (list) => [...(await list).keys()];

export default allInObjects({
  "put-get-delete": async ({ storage }) => ({
    put: show(await storage.put("a", 1)),
    get: await storage.get("a"),
    deleted: await storage.delete("a"),
    again: await storage.delete("a"),
    gone: show(await storage.get("a")),
  }),
  "storage-members": ({ storage }) => ({
    class: storage.constructor.name,
    own: Object.keys(storage).sort(),
    types: Object.fromEntries(
      [
        "get",
        "put",
        "delete",
        "list",
        "deleteAll",
        "transaction",
        "transactionSync",
        "sync",
        "getAlarm",
        "setAlarm",
        "deleteAlarm",
        "sql",
        "kv",
        "getCurrentBookmark",
        "getBookmarkForTime",
        "onNextSessionRestoreBookmark",
      ].map((key) => [key, typeof storage[key]]),
    ),
  }),
  "get-many": async ({ storage }) => {
    await fill(storage, ["c", "a", "b"]);
    return { many: show(await storage.get(["b", "missing", "a", "b"])), none: show(await storage.get([])) };
  },
  "put-many": async ({ storage }) => {
    await storage.put({ a: 1, b: undefined, c: null, 5: "five" });
    return show(await storage.list());
  },
  "put-many-own-properties": async ({ storage }) => {
    await storage.put(
      Object.create({ inherited: 1 }, { own: { value: 2, enumerable: true }, hidden: { value: 3, enumerable: false } }),
    );
    return show(await storage.list());
  },
  "put-many-is-all-or-nothing": async ({ storage }) => ({
    put: await engineOutcome(() => storage.put({ a: 1, b: () => {}, c: 3 })),
    left: show(await storage.list()),
  }),
  "delete-many": async ({ storage }) => {
    await fill(storage, ["a", "b", "c"]);
    return {
      deleted: await storage.delete(["a", "x", "c"]),
      none: await storage.delete([]),
      left: await keysOf(storage.list()),
    };
  },
  "list-order": async ({ storage }) => {
    await fill(storage, ["b", "a", "B", "", "é", "z", "10", "9", "🐢", "\uffee", "a\u0000"]);
    return keysOf(storage.list());
  },
  "list-options": async ({ storage }) => {
    await fill(storage, ["a1", "a2", "a3", "b1", "b2", "c1"]);
    const keys = (options) => () => keysOf(storage.list(options));
    return outcomes({
      prefix: keys({ prefix: "a" }),
      start: keys({ start: "a3" }),
      startAfter: keys({ startAfter: "a3" }),
      end: keys({ end: "b1" }),
      limit: keys({ limit: 2 }),
      reverse: keys({ reverse: true }),
      reverseLimit: keys({ reverse: true, limit: 2 }),
      startReverse: keys({ start: "a2", end: "b2", reverse: true }),
      prefixStart: keys({ prefix: "a", start: "a2" }),
      prefixEnd: keys({ prefix: "b", end: "b2" }),
      emptyRange: keys({ start: "b", end: "a" }),
      apart: keys({ prefix: "a", start: "b" }),
      emptyPrefix: keys({ prefix: "" }),
      unicodePrefix: keys({ prefix: "\uffff" }),
      unknown: keys({ nope: 1 }),
      undefinedOptions: keys({ start: undefined, limit: undefined }),
    });
  },
  "list-errors": ({ storage }) =>
    outcomes({
      zero: () => timing(() => storage.list({ limit: 0 })),
      negative: () => timing(() => storage.list({ limit: -1 })),
      nan: () => timing(() => storage.list({ limit: NaN })),
      infinite: () => timing(() => storage.list({ limit: Infinity })),
      huge: () => timing(() => storage.list({ limit: 2 ** 31 })),
      fraction: () => timing(() => storage.list({ limit: 1.5 })),
      text: () => timing(() => storage.list({ limit: "2" })),
      both: () => timing(() => storage.list({ start: "a", startAfter: "b" })),
      options: () => timing(() => storage.list("a")),
    }),
  "argument-errors": ({ storage }) =>
    outcomes({
      putNothing: () => timing(() => storage.put()),
      putKeyOnly: () => timing(() => storage.put("a")),
      putUndefined: () => timing(() => storage.put("a", undefined)),
      putNumber: () => timing(() => storage.put(5)),
      putObjectText: () => timing(() => storage.put({ a: 1 }, "x")),
      putNull: () => timing(() => storage.put(null)),
      getNothing: () => timing(() => storage.get()),
      deleteNothing: () => timing(() => storage.delete()),
      getSymbol: () => engineOutcome(() => storage.get(Symbol("s"))),
      getOptions: () => timing(() => storage.get("a", 5)),
    }),
  "keys-are-coerced": async ({ storage }) => {
    await storage.put(5, "five");
    await storage.put(true, "yes");
    await storage.put(null, "nothing");
    return { keys: await keysOf(storage.list()), five: await storage.get("5"), byNumber: await storage.get(5) };
  },
  "lone-surrogate-key": async ({ storage }) => {
    await storage.put("\ud800", 1);
    return { keys: await keysOf(storage.list()), got: show(await storage.get("\ud800")) };
  },
  "long-keys": async ({ storage }) =>
    outcomes({
      2048: async () => {
        await storage.put("k".repeat(2048), 1);
        return storage.get("k".repeat(2048));
      },
      2049: async () => {
        await storage.put("k".repeat(2049), 1);
        return storage.get("k".repeat(2049));
      },
    }),
  "large-values": async ({ storage }) =>
    outcomes({
      kib128: async () => {
        await storage.put("a", "x".repeat(131_072));
        return (await storage.get("a")).length;
      },
      mib1: async () => {
        await storage.put("b", new Uint8Array(1 << 20));
        return (await storage.get("b")).length;
      },
      mib5: () => storage.put("c", new Uint8Array(5 << 20)),
    }),
  "many-keys-at-once": async ({ storage }) => {
    const keys = Array.from({ length: 300 }, (_, i) => `k${String(i).padStart(3, "0")}`);
    await fill(storage, keys);
    return outcomes({
      get: async () => (await storage.get(keys)).size,
      list: async () => (await storage.list()).size,
      delete: () => storage.delete(keys),
    });
  },
  values: async ({ storage }) => {
    const values = {
      null: null,
      false: false,
      zero: 0,
      negativeZero: -0,
      nan: NaN,
      empty: "",
      text: "é🐢",
      bigint: 2n ** 65n,
      date: new Date(5),
      pattern: /x/gi,
      map: new Map([[1, { a: new Set([2]) }]]),
      bytes: new Uint8Array([1, 2]),
      buffer: new Uint8Array([3]).buffer,
      view: new DataView(new ArrayBuffer(2)),
      sparse: [1, , 2],
      boxed: new Number(3),
      error: new RangeError("r"),
      nested: { a: [{ b: null }] },
    };
    const back = {};
    for (const [key, value] of Object.entries(values)) {
      back[key] = await outcome(async () => {
        await storage.put(key, value);
        return storage.get(key);
      });
    }
    return back;
  },
  "cyclic-value": async ({ storage }) => {
    const a = { list: [] };
    a.self = a;
    a.list.push(a.list);
    await storage.put("a", a);
    return show(await storage.get("a"));
  },
  "class-instance": async ({ storage }) => {
    class Point {
      x = 1;
      #hidden = 2;
      get y() {
        return 3;
      }
    }
    await storage.put("a", new Point());
    return show(await storage.get("a"));
  },
  "not-storable": ({ storage, env }) =>
    outcomes({
      function: () => engineOutcome(() => storage.put("a", () => {})),
      symbol: () => timing(() => storage.put("a", Symbol("s"))),
      promise: () => timing(() => storage.put("a", Promise.resolve())),
      weakMap: () => timing(() => storage.put("a", new WeakMap())),
      nested: () => engineOutcome(() => storage.put("a", { b: [() => {}] })),
      request: () => timing(() => storage.put("a", new Request("http://x/"))),
      headers: () => timing(() => storage.put("a", new Headers())),
      stub: () => timing(() => storage.put("a", env.OTHER.getByName("x"))),
      id: () => timing(() => storage.put("a", env.OTHER.idFromName("x"))),
      url: () => timing(() => storage.put("a", new URL("http://x/"))),
    }),
  // Each is put and read back.
  "platform-objects": async ({ storage }) => {
    const values = {
      headers: [new Headers({ a: "b" }), (x) => [...x]],
      request: [
        new Request("http://x/", { method: "PUT", headers: { a: "b" }, redirect: "manual", cf: { c: 1 } }),
        (x) => [x.url, x.method, [...x.headers], x.redirect, x.cf, x.body],
      ],
      requestWithBody: [new Request("http://x/", { method: "POST", body: "b" })],
      response: [new Response("x")],
      emptyResponse: [
        new Response(null, { status: 204, statusText: "S", headers: { a: "b" } }),
        (x) => [x.status, x.statusText, [...x.headers], x.body],
      ],
      blob: [new Blob(["abc"], { type: "t/x" }).slice(1, 3, "t/y"), async (x) => [x.size, x.type, await x.text()]],
      file: [new File(["ab"], "n")],
      domException: [new DOMException("m", "AbortError"), (x) => [x.name, x.message, x.code]],
      formData: [new FormData()],
      url: [new URL("http://x/")],
      nested: [
        { list: [new Headers({ a: "b" })], map: new Map([[1, new Headers({ c: "d" })]]), n: 1 },
        (x) => [[...x.list[0]], [...x.map.get(1)], x.n],
      ],
      cause: [new Error("e", { cause: new Headers({ a: "b" }) }), (x) => [x.message, [...x.cause]]],
    };
    const results = {};
    for (const [name, [value, look]] of Object.entries(values)) {
      results[name] = await outcome(async () => {
        await storage.put(name, value);
        const read = await storage.get(name);
        return [read.constructor.name, await look(read)];
      });
    }
    return results;
  },
  "platform-objects-everywhere": async ({ storage }) => {
    await storage.put({ a: new Headers({ x: "1" }), b: [new Headers({ x: "2" })], c: "plain" });
    storage.kv.put("d", new Headers({ x: "3" }));
    const text = (value) => (value instanceof Headers ? value.get("x") : Array.isArray(value) ? value.map(text) : value);
    const entries = (list) => [...list].map(([key, value]) => [key, text(value)]);
    return {
      many: entries(await storage.get(["a", "b", "c"])),
      list: entries(await storage.list()),
      sync: text(storage.kv.get("a")),
      syncList: entries(storage.kv.list()),
    };
  },
  "cloned-at-the-call": async ({ storage }) => {
    const value = { n: 1 };
    const put = storage.put("a", value);
    value.n = 2;
    await put;
    const [one, two] = [await storage.get("a"), await storage.get("a")];
    return { n: one.n, distinct: one !== two };
  },
  "own-writes-are-seen": async ({ storage }) => {
    storage.put("a", 1);
    storage.put("b", 2);
    const listed = storage.list();
    storage.delete("a");
    return { listed: show(await listed), after: show(await storage.get("a")), b: await storage.get("b") };
  },
  "options-accepted": async ({ storage }) => {
    const options = { allowConcurrency: true, allowUnconfirmed: true, noCache: true };
    await storage.put("a", 1, options);
    await storage.put({ b: 2 }, options);
    return {
      a: await storage.get("a", options),
      many: show(await storage.get(["b"], options)),
      list: show(await storage.list(options)),
      deleted: await storage.delete("a", options),
    };
  },
  "delete-all": async ({ storage, sql }) => {
    await fill(storage, ["a", "b"]);
    sql.exec("CREATE TABLE t (x)");
    await storage.setAlarm(Date.now() + 60_000);
    const returned = show(await storage.deleteAll());
    const left = {
      keys: await keysOf(storage.list()),
      tables: sql.exec("SELECT name FROM sqlite_master WHERE name NOT LIKE '\\_cf\\_%' ESCAPE '\\'").toArray(),
      alarm: await storage.getAlarm(),
    };
    await storage.put("c", 3);
    return { returned, left, works: await storage.get("c") };
  },
  sync: async ({ storage }) => {
    storage.put("a", 1);
    return show(await storage.sync());
  },
  "promises-are-native": ({ storage }) => ["get", "delete"].map((method) => storage[method]("a") instanceof Promise),
});
