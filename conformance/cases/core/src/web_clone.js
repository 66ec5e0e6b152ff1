// Copies of errors, and what constructors of the Web's classes say of odd arguments: found by `../../../fuzz`.

import { engineOutcome, inObject, outcomes, show } from "./harness.js";

class Custom extends RangeError {
  code = { deep: [1] };
}

/** What workerd makes enumerable in copies, unlike in errors as they are made. */
const HIDDEN = ["stack", "cause", "errors"];

/** An error with everything that belongs to it, in order. */
const whole = (error) => ({
  name: error.name,
  message: error.message,
  class: error.constructor.name,
  own: Object.entries(error)
    .filter(([key]) => !HIDDEN.includes(key))
    .map(([key, value]) => [key, show(value)]),
  cause: show(error.cause),
  errors: show(error.errors),
});

const errors = () => ({
  fields: Object.assign(new Error("m"), { code: 5, list: [1] }),
  name: Object.assign(new Error("m"), { code: 5, name: "Custom" }),
  "name of another": Object.assign(new Error("m"), { name: "TypeError" }),
  "name by a getter": Object.defineProperty(new Error("m"), "name", { get: () => "Gotten" }),
  class: new Custom("m"),
  hidden: Object.defineProperty(new Error("m"), "hidden", { value: 1 }),
  symbol: Object.assign(new Error("m"), { [Symbol("s")]: 1 }),
  cause: new Error("m", { cause: Object.assign(new TypeError("inner"), { code: 6 }) }),
  errors: Object.assign(new Error("m"), { errors: [1] }),
  aggregate: Object.assign(new AggregateError([new Custom("in it")], "m"), { x: 1 }),
  nested: Object.assign(new Error("m"), { other: new Custom("n") }),
});

const each = (list, run) =>
  outcomes(Object.fromEntries(Object.entries(list).map(([name, value]) => [name, () => run(value)])));

export default {
  errors: () => each(errors(), (error) => whole(structuredClone(error))),
  "errors-share": () => {
    const shared = { a: 1 };
    const copy = structuredClone({ error: Object.assign(new Error("m"), { shared }), shared });
    return copy.error.shared === copy.shared;
  },
  "errors-with-what-has-no-copy": () =>
    outcomes({
      function: () => engineOutcome(() => structuredClone(Object.assign(new Error("m"), { f() {} }))),
      generator: () => engineOutcome(() => structuredClone(new Custom("m", { cause: (function* () {})() }))),
      proxy: () => engineOutcome(() => structuredClone(new Proxy({ error: new Custom("m") }, {}))),
      "proxy of a list": () => engineOutcome(() => structuredClone(new Proxy([new DOMException("m")], {}))),
    }),
  "errors-in-storage": inObject(async ({ storage, kv }) => {
    await storage.put("all", errors());
    kv.put("one", new Custom("m"));
    return { all: await each(await storage.get("all"), whole), one: whole(kv.get("one")) };
  }),
  "transfer-of-no-object": () =>
    outcomes({
      undefined: () => structuredClone([], { transfer: [undefined] }),
      number: () => structuredClone([], { transfer: [5] }),
    }),
  "lists-of-lists": () =>
    outcomes({
      headers: () => new Headers([1]),
      request: () => new Request("https://example.com/", { headers: [{}] }),
      response: () => new Response("", { headers: ["a"] }),
      "search params": () => new URLSearchParams([[], 5]),
      "search params of one": () => new URLSearchParams([["a"]]),
    }),
  parameters: () =>
    outcomes({
      fileOptions: () => new File([], "name", "options"),
      fileParts: () => new File(5),
      blobOptions: () => new Blob([], "options"),
      json: () => Response.json(1, 5),
    }),
  "request-method-query": () => [new Request("https://example.com/", { method: "query" }).method],
  "wait-until-nothing": inObject(({ ctx }) => outcomes({ none: () => ctx.waitUntil(), value: () => ctx.waitUntil(5) })),
  "stub-keys": ({ env }) => Object.keys(env.TARGET.getByName("x")),
};
