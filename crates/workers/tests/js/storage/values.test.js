import { assert, assertEquals, assertRejects, storageTest, assertThrows } from "holdfast:storage_test";

const VALUES = {
  null: null,
  true: true,
  false: false,
  zero: 0,
  negativeZero: -0,
  integer: 2 ** 40,
  fraction: 1.5,
  nan: NaN,
  infinity: -Infinity,
  empty: "",
  ascii: "text",
  latin1: "é\u0000ÿ",
  wide: "é🐢",
  lone: "\ud800",
  long: "x".repeat(100_000),
  bigint: 2n ** 65n,
  negativeBigint: -1n,
  date: new Date(5),
  invalidDate: new Date(NaN),
  pattern: /x/gi,
  map: new Map([[1, { a: new Set([2]) }]]),
  set: new Set([1, "a"]),
  array: [1, "a", null, undefined],
  object: { a: [{ b: null }], c: undefined },
  u8: new Uint8Array([1, 2]),
  clamped: new Uint8ClampedArray([5]),
  i16: new Int16Array([-1, 2]),
  f32: new Float32Array([1.5]),
  f64: new Float64Array([NaN, 2]),
  bi64: new BigInt64Array([5n]),
  buffer: new Uint8Array([3]).buffer,
  view: new DataView(new ArrayBuffer(2)),
  error: new RangeError("r"),
};

storageTest("values of every kind come back", async ({ storage, kv }) => {
  for (const [key, value] of Object.entries(VALUES)) {
    await storage.put(key, value);
    assertEquals(await storage.get(key), value, key);
    kv.put(key, [value]);
    assertEquals(kv.get(key), [value], `${key} in a list`);
  }
  await storage.put(VALUES);
  assertEquals(Object.fromEntries(await storage.list()), VALUES);
});

storageTest("boxed values, sparse arrays and undefined", async ({ kv }) => {
  const round = (value) => (kv.put("a", value), kv.get("a"));
  for (const value of [new Number(3), new String("s"), new Boolean(false), Object(5n)]) {
    const back = round(value);
    assertEquals([typeof back, back.constructor, back.valueOf()], ["object", value.constructor, value.valueOf()]);
  }
  const sparse = round([1, , 2]);
  assertEquals([sparse.length, 1 in sparse], [3, false]);
  assertEquals(round(undefined), undefined);
  assertEquals([...kv.list()], [["a", undefined]]);
  const far = [];
  far[4_000_000_000] = { x: 1 };
  assertEquals(round(far)[4_000_000_000], { x: 1 });
});

storageTest("cycles and shared references stay", async ({ kv }) => {
  const a = { list: [], map: new Map() };
  a.self = a;
  a.list.push(a.list);
  a.map.set(a, a.map);
  kv.put("a", a);
  const back = kv.get("a");
  assert(back.self === back && back.list[0] === back.list && back.map.get(back) === back.map);
});

storageTest("values are copied at the call, and at each get", async ({ storage }) => {
  const value = { n: 1 };
  const put = storage.put("a", value);
  value.n = 2;
  await put;
  const [one, two] = [await storage.get("a"), await storage.get("a")];
  assertEquals([one.n, one === two], [1, false]);
  const bytes = new Uint8Array(3);
  const putBytes = storage.put("b", bytes);
  bytes[0] = 9;
  await putBytes;
  assertEquals(await storage.get("b"), new Uint8Array(3));
});

storageTest("instances of a program's classes become plain objects", async ({ kv }) => {
  class Point {
    x = 1;
    #hidden = 2;
    get y() {
      return this.#hidden;
    }
  }
  kv.put("a", new Point());
  assertEquals(kv.get("a"), { x: 1 });
  kv.put("a", Object.assign(Object.create(null), { a: 1 }));
  assertEquals(kv.get("a"), { a: 1 });
  class Tagged {
    b = 2;
    get [Symbol.toStringTag]() {
      return "Map";
    }
  }
  kv.put("a", new Tagged());
  assertEquals(kv.get("a"), { b: 2 });
  kv.put("a", { get b() { return [5]; }, [Symbol("s")]: 1 });
  assertEquals(kv.get("a"), { b: [5] });
});

storageTest("errors keep their message and cause", async ({ kv }) => {
  kv.put("a", new Error("m", { cause: "c" }));
  const error = kv.get("a");
  assertEquals([error instanceof Error, error.message, error.cause], [true, "m", "c"]);
});

storageTest("what has no clone is refused", async ({ storage, kv }) => {
  const cases = {
    function: () => {},
    symbol: Symbol("s"),
    promise: Promise.resolve(),
    weakMap: new WeakMap(),
    nested: { a: [() => {}] },
  };
  for (const [name, value] of Object.entries(cases)) {
    const error = await assertRejects(storage.put("a", value), "DataCloneError");
    assert(error instanceof DOMException && error.code === 25, name);
    assertThrows(() => kv.put("a", value), "DataCloneError");
  }
  await assertRejects(storage.put("a", Symbol("s")), "DataCloneError", "Symbol(s) could not be cloned.");
  await assertRejects(storage.put("a", Promise.resolve()), "DataCloneError", "#<Promise> could not be cloned.");
  await assertRejects(storage.put("a", { get x() { throw new RangeError("mine"); } }), RangeError, "mine");
  assertEquals(await storage.get("a"), undefined);
});

storageTest("objects of the platform's classes are refused, wherever they are", async ({ storage, sql, kv }) => {
  const plain = {
    URL: new URL("http://x/"),
    URLSearchParams: new URLSearchParams("a=b"),
    FormData: new FormData(),
    TextEncoder: new TextEncoder(),
    AbortController: new AbortController(),
    Event: new Event("x"),
    EventTarget: new EventTarget(),
    TransformStream: new TransformStream(),
    Crypto: crypto,
    Performance: performance,
    DurableObjectStorage: storage,
    SqlStorage: sql,
    SyncKvStorage: kv,
    Cursor: sql.exec("SELECT 1"),
  };
  for (const [name, value] of Object.entries(plain)) {
    const message = `Could not serialize object of type "${name}". This type does not support serialization.`;
    for (const held of [value, { a: [value] }, new Map([[1, value]]), new Map([[value, 1]]), new Set([value])]) {
      await assertRejects(storage.put("a", held), "DataCloneError", message);
    }
  }
  const texts = [
    [new ReadableStream(), "ReadableStream can only be serialized for RPC."],
    [new WritableStream(), "WritableStream can only be serialized for RPC."],
    [new AbortController().signal, "AbortSignal serialization is not enabled."],
  ];
  for (const [value, message] of texts) assertThrows(() => kv.put("a", value), "DataCloneError", message);
  await assertRejects(storage.put({ a: 1, b: new URL("http://x/") }), "DataCloneError");
  assertEquals((await storage.list()).size, 0);
});

storageTest("those that can be copied are stored, and made anew", async ({ storage, kv }) => {
  class Mine extends Headers {}
  const values = {
    headers: new Headers({ a: "b" }),
    mine: new Mine({ a: "b" }),
    request: new Request("http://x/", { method: "PUT", headers: { a: "b" } }),
    response: new Response(null, { status: 201, headers: { a: "b" } }),
    blob: new Blob(["abc"], { type: "t/x" }),
    exception: new DOMException("m", "AbortError"),
    nested: { list: [new Headers({ a: "b" })], n: 1 },
    error: new Error("e", { cause: { h: new Headers({ a: "b" }) } }),
  };
  await storage.put(values);
  const read = Object.fromEntries(await storage.list());
  assert(read.headers instanceof Headers && read.headers.get("a") === "b");
  assert(Object.getPrototypeOf(read.mine) === Headers.prototype && read.mine.get("a") === "b");
  assertEquals([read.request.url, read.request.method, read.request.headers.get("a")], ["http://x/", "PUT", "b"]);
  assertEquals([read.response.status, read.response.headers.get("a")], [201, "b"]);
  assertEquals([await read.blob.text(), read.blob.type], ["abc", "t/x"]);
  assert(read.exception instanceof DOMException);
  assertEquals([read.exception.name, read.exception.message], ["AbortError", "m"]);
  assertEquals([read.nested.list[0].get("a"), read.nested.n], ["b", 1]);
  assertEquals([read.error.message, read.error.cause.h.get("a")], ["e", "b"]);
  assertEquals(kv.get("headers").get("a"), "b");
  for (const value of [new Request("http://x/", { method: "POST", body: "x" }), new Response("x"), new File([], "n")]) {
    assertThrows(() => kv.put("a", value), "DataCloneError");
  }
});

storageTest("an array of a program's own is never taken for what stands for platform objects", async ({ storage }) => {
  const mark = "holdfast: platform objects";
  for (const value of [[mark], [mark, { value: 1, places: [] }, []], [[mark]], [mark, new Headers({ a: "b" })]]) {
    await storage.put("a", value);
    const read = await storage.get("a");
    if (value[1] instanceof Headers) assertEquals([read[0], read[1].get("a")], [mark, "b"]);
    else assertEquals(read, value);
  }
});

storageTest("the platform's own state does not depend on what the program replaces", async ({ storage, kv }) => {
  const { isArray } = Array;
  const replaced = { Map: globalThis.Map, then: Promise.prototype.then };
  globalThis.Map = class {};
  Array.isArray = () => false;
  try {
    kv.put("a", [1]);
    assertEquals((await storage.list()).constructor.name, "Map");
    assertEquals((await storage.get(["a"])).size, 1);
  } finally {
    globalThis.Map = replaced.Map;
    Array.isArray = isArray;
  }
});

storageTest("damaged values say nothing but where to look", async ({ storage, kv, damage }) => {
  const internal = /^internal error; reference = [0-9a-f]{16}$/;
  for (const bytes of [[], [99, 1], [1], [1, 1, 2, 3], [3, 1], [1, ...Array(16).fill(255)]]) {
    damage("a", bytes);
    await assertRejects(storage.get("a"), Error, internal);
    await assertRejects(storage.list(), Error, internal);
    assertThrows(() => kv.get("a"), Error, internal);
    assertThrows(() => kv.list().next(), Error, internal);
  }
});

storageTest("shared memory cannot be stored", ({ kv }) => {
  const shared = new SharedArrayBuffer(4);
  for (const value of [shared, new Uint8Array(shared), { a: [shared] }]) {
    assertThrows(() => kv.put("a", value), "DataCloneError");
  }
});
