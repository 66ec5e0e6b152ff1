// Values as arguments and results: what arrives, seen from both sides.

import { engineOutcome, outcome, outcomes, show } from "./harness.js";

/** What the callee saw of each value, and what came back. */
async function roundTrip({ env, name }, values) {
  const stub = env.TARGET.getByName(name);
  const results = {};
  for (const [key, value] of Object.entries(values)) {
    results[key] = await outcome(async () => ({
      there: JSON.parse(await stub.inspect(value))[0],
      back: show(await stub.echo(value)),
    }));
  }
  return results;
}

const trip = (make) => (at) => roundTrip(at, make());

export default {
  primitives: trip(() => ({
    undefined: undefined,
    null: null,
    true: true,
    zero: 0,
    negativeZero: -0,
    nan: NaN,
    infinity: -Infinity,
    big: 2 ** 53,
    fraction: 0.1,
    empty: "",
    text: "añ🐢",
    lone: "\ud800",
    nul: "a\0b",
    bigint: 2n ** 70n,
    negativeBigint: -1n,
  })),
  boxed: trip(() => ({
    number: new Number(1),
    string: new String("s"),
    boolean: new Boolean(false),
    bigint: Object(5n),
  })),
  "dates-and-patterns": trip(() => ({
    date: new Date(0),
    invalid: new Date(NaN),
    pattern: /a.b/giu,
    empty: new RegExp(""),
  })),
  collections: trip(() => ({
    map: new Map([
      [{ k: 1 }, [1]],
      ["b", new Map()],
    ]),
    set: new Set([1, "1", { a: 1 }]),
    array: [1, [2, [3]]],
    sparse: [1, , 3],
    trailing: new Array(3),
    withProperty: Object.assign([1], { extra: "x" }),
  })),
  objects: trip(() => ({
    empty: {},
    nested: { a: { b: { c: 1 } } },
    order: { z: 1, a: 2, 5: 3, 1: 4 },
    undefinedValue: { a: undefined },
    getter: {
      get a() {
        return "computed";
      },
    },
    proto: JSON.parse('{"__proto__": 1}'),
    symbolKey: { a: 1, [Symbol("s")]: 2 },
    hidden: Object.defineProperty({ a: 1 }, "b", { value: 2, enumerable: false }),
    frozen: Object.freeze({ a: 1 }),
  })),
  bytes: trip(() => {
    const buffer = new Uint8Array([1, 2, 3, 4, 5, 6, 7, 8]).buffer;
    return {
      buffer,
      u8: new Uint8Array([1, 2]),
      clamped: new Uint8ClampedArray([300]),
      i8: new Int8Array([-1]),
      u16: new Uint16Array([258]),
      i32: new Int32Array([-2]),
      f32: new Float32Array([1.5]),
      f64: new Float64Array([0.1]),
      big: new BigInt64Array([-1n]),
      view: new DataView(buffer, 2, 3),
      window: new Uint8Array(buffer, 3, 2),
      empty: new ArrayBuffer(0),
    };
  }),
  "shared-window": async ({ env, name }) => {
    const back = await env.TARGET.getByName(name).echo(new Uint8Array(new ArrayBuffer(16), 4, 2));
    return { length: back.length, offset: back.byteOffset, buffer: back.buffer.byteLength };
  },
  "errors-as-values": trip(() => ({
    error: new Error("e"),
    type: new TypeError("t"),
    range: new RangeError("r"),
    custom: Object.assign(new Error("c"), { name: "Custom" }),
    extra: Object.assign(new Error("x"), { code: 5 }),
    cause: new Error("outer", { cause: new RangeError("inner") }),
    dom: new DOMException("d", "AbortError"),
  })),
  cycle: async ({ env, name }) => {
    const a = { name: "a", list: [] };
    a.self = a;
    a.list.push(a);
    const back = await env.TARGET.getByName(name).echo(a);
    return { self: back.self === back, list: back.list[0] === back, shown: show(back) };
  },
  "shared-reference": async ({ env, name }) => {
    const shared = { x: 1 };
    const back = await env.TARGET.getByName(name).echo({ a: shared, b: shared, c: [shared] });
    return { ab: back.a === back.b, ac: back.a === back.c[0], copy: back.a !== shared };
  },
  "not-serializable-arguments": ({ env, name }) => {
    const stub = env.TARGET.getByName(name);
    class Point {
      x = 1;
    }
    return outcomes({
      symbol: () => stub.echo(Symbol("s")),
      weakMap: () => stub.echo(new WeakMap()),
      weakSet: () => stub.echo(new WeakSet()),
      promise: () => stub.echo({ p: Promise.resolve(1) }),
      promiseItself: () => stub.echo(Promise.resolve(1)),
      classInstance: () => stub.echo(new Point()),
      nestedInstance: () => stub.echo({ a: [new Point()] }),
      nullPrototype: () => stub.echo(Object.create(null)),
      url: () => stub.echo(new URL("http://x/")),
      params: () => stub.echo(new URLSearchParams("a=1")),
      formData: () => stub.echo(new FormData()),
      encoder: () => stub.echo(new TextEncoder()),
      abortSignal: () => stub.echo(new AbortController().signal),
      webSocket: () => stub.echo(new WebSocketPair()[0]),
      namespace: () => stub.echo(env.TARGET),
      id: () => stub.echo(env.TARGET.idFromName("x")),
      generator: () => stub.echo((function* () {})()),
      rpcPromise: () => stub.echo({ p: stub.sum(1) }),
      rpcProperty: () => stub.echo({ p: stub.getter }),
      event: () => stub.echo(new Event("x")),
    });
  },
  "not-serializable-results": ({ env, name }) => {
    const stub = env.TARGET.getByName(name);
    return outcomes(
      Object.fromEntries(
        ["symbol", "weak", "class", "nested", "promise", "url", "id", "nullProto"].map((what) => [
          what,
          () => stub.returnUnserializable(what),
        ]),
      ),
    );
  },
  "too-large": ({ env, name }) => {
    const stub = env.TARGET.getByName(name);
    return outcomes({
      fits: async () => (await stub.echo(new Uint8Array(8 << 20))).length,
      tooLarge: () => stub.args(new Uint8Array((32 << 20) + 1)),
    });
  },
  request: async ({ env, name }) => {
    const request = new Request("http://host/path?q=1", { method: "POST", body: "sent", headers: { "x-a": "1" } });
    return env.TARGET.getByName(name).readRequest(request);
  },
  response: async ({ env, name }) => {
    const response = await env.TARGET.getByName(name).response();
    return {
      class: response.constructor.name,
      status: response.status,
      header: response.headers.get("x-a"),
      body: await response.text(),
    };
  },
  headers: async ({ env, name }) => {
    const stub = env.TARGET.getByName(name);
    const headers = await stub.headers();
    return {
      class: headers.constructor.name,
      entries: [...headers],
      back: [...(await stub.echo(new Headers({ "x-c": "3" })))],
    };
  },
  streams: async ({ env, name }) => {
    const stub = env.TARGET.getByName(name);
    return {
      down: await new Response(await stub.stream()).text(),
      up: await stub.readStream(new Blob(["up it goes"]).stream()),
    };
  },
  "locked-stream": ({ env, name }) => {
    const stream = new Response("x").body;
    stream.getReader();
    return outcome(() => env.TARGET.getByName(name).readStream(stream));
  },
  blob: async ({ env, name }) => {
    const blob = await env.TARGET.getByName(name).echo(new Blob(["bytes"], { type: "text/x" }));
    return { class: blob.constructor.name, size: blob.size, type: blob.type, text: await blob.text() };
  },
  "errors-that-hold-what-is-no-data": async ({ env, name }) => {
    const echo = async (error) => (await env.TARGET.getByName(name).echo({ error })).error;
    const withField = (field) => Object.assign(new RangeError("m"), { field });
    return outcomes({
      function: async () => (await echo(withField((x) => x + 1))).field(1),
      stream: async () => new Response((await echo(withField(new Response("text").body))).field).text(),
      nested: async () => {
        const back = await echo(withField({ list: [withField((x) => x + 2)] }));
        return [back.field.list[0].message, await back.field.list[0].field(1)];
      },
      unsupported: () => echo(withField(new AbortController())),
      symbol: () => engineOutcome(() => echo(withField(Symbol("s")))),
    });
  },
  "many-values": async ({ env, name }) => {
    const list = Array.from({ length: 20_000 }, (_, i) => ({ i, text: `item ${i}` }));
    const back = await env.TARGET.getByName(name).echo(list);
    return { length: back.length, last: back.at(-1) };
  },
};
