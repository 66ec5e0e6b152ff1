// Object ids, namespaces and stubs as data.

import { engineOutcome, outcome, outcomes } from "./harness.js";

export default {
  "name-gives-one-id": ({ env }) => {
    const [a, b] = [env.TARGET.idFromName("x"), env.TARGET.idFromName("x")];
    return {
      hex: a.toString(),
      same: a.toString() === b.toString(),
      equals: a.equals(b),
      identical: a === b,
      name: a.name,
    };
  },
  "names-of-many-kinds": ({ env }) =>
    ["", " ", "x", "X", "a/b", "日本語", "🐢", "a\u0000b", "n".repeat(2000)].map((name) =>
      env.TARGET.idFromName(name).toString(),
    ),
  "name-is-coerced": ({ env }) =>
    outcomes({
      number: () => env.TARGET.idFromName(12).name,
      null: () => env.TARGET.idFromName(null).name,
      undefined: () => env.TARGET.idFromName(undefined).name,
      object: () => env.TARGET.idFromName({}).name,
      symbol: () => engineOutcome(() => env.TARGET.idFromName(Symbol("s"))),
      missing: () => env.TARGET.idFromName().name,
    }),
  "namespaces-differ": ({ env }) => ({
    target: env.TARGET.idFromName("x").toString(),
    other: env.OTHER.idFromName("x").toString(),
  }),
  "unique-ids": ({ env }) => {
    const [a, b] = [env.TARGET.newUniqueId(), env.TARGET.newUniqueId()];
    return { form: /^[0-9a-f]{64}$/.test(a.toString()), equals: a.equals(b), self: a.equals(a), name: a.name };
  },
  "id-from-string": ({ env }) => {
    const id = env.TARGET.idFromName("x");
    const back = env.TARGET.idFromString(id.toString());
    return { same: back.toString() === id.toString(), equals: back.equals(id), name: back.name };
  },
  "id-from-string-upper-case": ({ env }) =>
    env.TARGET.idFromString(env.TARGET.idFromName("x").toString().toUpperCase()).toString(),
  "id-from-string-errors": ({ env }) => {
    const hex = env.TARGET.idFromName("x").toString();
    return outcomes({
      empty: () => env.TARGET.idFromString(""),
      short: () => env.TARGET.idFromString("abc"),
      long: () => env.TARGET.idFromString(hex + "00"),
      notHex: () => env.TARGET.idFromString("g".repeat(64)),
      zeros: () => env.TARGET.idFromString("0".repeat(64)),
      otherNamespace: () => env.TARGET.idFromString(env.OTHER.idFromName("x").toString()),
      flipped: () => env.TARGET.idFromString(hex.replace(/.$/, (c) => (c === "0" ? "1" : "0"))),
      missing: () => env.TARGET.idFromString(),
    });
  },
  "id-shape": ({ env }) => {
    const id = env.TARGET.idFromName("x");
    return {
      keys: Object.keys(id).sort(),
      class: id.constructor.name,
      tag: Object.prototype.toString.call(id),
      string: `${id}` === id.toString(),
      json: JSON.parse(JSON.stringify(id)),
      jurisdiction: id.jurisdiction,
      has: { name: "name" in id, jurisdiction: "jurisdiction" in id, equals: "equals" in id },
    };
  },
  "id-not-constructible": ({ env }) => outcome(() => new (env.TARGET.idFromName("x").constructor)()),
  "id-equals-errors": ({ env }) =>
    outcomes({
      string: () => env.TARGET.idFromName("x").equals("x"),
      missing: () => env.TARGET.idFromName("x").equals(),
      null: () => env.TARGET.idFromName("x").equals(null),
      otherNamespace: () => env.TARGET.idFromName("x").equals(env.OTHER.idFromName("x")),
    }),
  "id-name-is-read-only": ({ env }) => {
    const id = env.TARGET.idFromName("x");
    return engineOutcome(() => {
      id.name = "y";
      return id.name;
    });
  },
  "id-not-cloneable": ({ env }) => outcome(() => structuredClone(env.TARGET.idFromName("x"))),
  "get-errors": ({ env }) =>
    outcomes({
      string: () => env.TARGET.get("x"),
      hex: () => env.TARGET.get(env.TARGET.idFromName("x").toString()),
      missing: () => env.TARGET.get(),
      null: () => env.TARGET.get(null),
      object: () => env.TARGET.get({}),
      routing: () => env.TARGET.get(env.TARGET.idFromName("x"), { routingMode: "nearest" }),
    }),
  "get-options": ({ env }) =>
    outcomes({
      hint: () => env.TARGET.get(env.TARGET.idFromName("x"), { locationHint: "weur" }).name,
      unknownHint: () => env.TARGET.get(env.TARGET.idFromName("x"), { locationHint: "moon" }).name,
      primary: () => env.TARGET.get(env.TARGET.idFromName("x"), { routingMode: "primary-only" }).name,
      byName: () => env.TARGET.getByName("x", { locationHint: "enam" }).name,
    }),
  "stub-shape": ({ env }) => {
    const id = env.TARGET.idFromName("x");
    const stub = env.TARGET.get(id);
    return {
      keys: Object.keys(stub).sort(),
      sameId: stub.id === id,
      name: stub.name,
      class: stub.constructor.name,
      tag: Object.prototype.toString.call(stub),
      then: typeof stub.then,
      fetch: typeof stub.fetch,
      any: typeof stub.anything,
      unique: env.TARGET.get(env.TARGET.newUniqueId()).name,
    };
  },
  "stub-takes-properties": ({ env }) => {
    const stub = env.TARGET.getByName("x");
    stub.extra = () => 5;
    return stub.extra();
  },
  "stub-not-cloneable": ({ env }) => outcome(() => structuredClone(env.TARGET.getByName("x"))),
  "namespace-shape": ({ env }) => ({
    class: env.TARGET.constructor.name,
    keys: Object.keys(env.TARGET),
    tag: Object.prototype.toString.call(env.TARGET),
    methods: ["newUniqueId", "idFromName", "idFromString", "get", "getByName", "jurisdiction", "getExisting"].map(
      (name) => [name, typeof env.TARGET[name]],
    ),
  }),
  jurisdictions: ({ env }) =>
    outcomes({
      unique: () => env.TARGET.newUniqueId({ jurisdiction: "eu" }).jurisdiction,
      uniqueUndefined: () => env.TARGET.newUniqueId({ jurisdiction: undefined }).jurisdiction,
      uniqueNull: () => env.TARGET.newUniqueId({ jurisdiction: null }).jurisdiction,
      sub: () => env.TARGET.jurisdiction("eu"),
      subNull: () => env.TARGET.jurisdiction(null).idFromName("x").equals(env.TARGET.idFromName("x")),
    }),
  "id-inside-the-object": async ({ env, name }) => {
    const id = env.TARGET.idFromName(name);
    const byName = await env.TARGET.get(id).whoAmI();
    const unique = env.TARGET.newUniqueId();
    const byUnique = await env.TARGET.get(unique).whoAmI();
    return {
      byName,
      matches: byName.id === id.toString(),
      unique: byUnique.id === unique.toString(),
      uniqueName: byUnique.name,
    };
  },
  "id-name-from-string": async ({ env, name }) => {
    const id = env.TARGET.idFromString(env.TARGET.idFromName(name).toString());
    return env.TARGET.get(id).nameIs();
  },
  "id-name-long": async ({ env }) => {
    const lengths = {};
    for (const length of [1023, 1024, 1025])
      lengths[length] = (await env.TARGET.getByName("n".repeat(length)).nameIs())?.length ?? null;
    return lengths;
  },
};
