// Objects that cases call.

import { DurableObject, RpcTarget } from "cloudflare:workers";
import { outcome, show } from "./harness.js";

export class Counter extends RpcTarget {
  #value = 0;
  own = "instance property";

  get value() {
    return this.#value;
  }
  get later() {
    return Promise.resolve(this.#value);
  }
  get nested() {
    return { add: (n) => this.add(n), deep: { er: { value: 7 } } };
  }
  add(n = 1) {
    return (this.#value += n);
  }
  self() {
    return this;
  }
  fail(message) {
    throw new Error(message);
  }
}

export class CustomError extends Error {
  name = "CustomError";
  constructor(message) {
    super(message);
    this.code = "E_CUSTOM";
    this.detail = { list: [1, 2] };
  }
}

/** What is thrown by name: not everything can be sent. */
const MADE = {
  response: () => new Response(null, { status: 404, headers: { a: "b" } }),
  responseWithBody: () => new Response("x"),
  request: () => new Request("http://x/y", { method: "PUT" }),
  headers: () => new Headers({ a: "b" }),
  blob: () => new Blob(["x"], { type: "text/x" }),
  url: () => new URL("http://x/"),
  stream: () => new ReadableStream(),
  signal: () => AbortSignal.abort(),
  target: () => new (class Session extends RpcTarget {})(),
  withFunction: () => ({ f() {} }),
  arrayWithFunction: () => [1, () => 1],
  mapWithFunction: () => new Map([[1, () => 1]]),
  promise: () => Promise.resolve(1),
  withToString: () => ({ f() {}, toString: () => "own text" }),
  error: () => new RangeError("plain"),
  custom: () => new CustomError("mine"),
  dom: () => new DOMException("stopped", "AbortError"),
  errorWithHeaders: () => Object.assign(new Error("h"), { headers: new Headers({ a: "b" }) }),
  errorWithResponse: () => Object.assign(new Error("r"), { response: new Response(null, { status: 409 }), code: 7 }),
  errorWithResponseBody: () => Object.assign(new Error("b"), { response: new Response("x"), code: 7 }),
  errorBecauseOfDom: () => new Error("d", { cause: new DOMException("stopped", "AbortError") }),
  string: () => "text",
};

/** Two bytes, and then `error`. */
function failingStream(error) {
  return new ReadableStream({
    start(controller) {
      controller.enqueue(new TextEncoder().encode("ab"));
    },
    async pull(controller) {
      await scheduler.wait(1);
      controller.error(error);
    },
  });
}

/** The target of RPC and fetch cases. */
export class Target extends DurableObject {
  field = "instance property";
  count = 0;
  log = [];

  get getter() {
    return "from a getter";
  }
  get asyncGetter() {
    return Promise.resolve("from an async getter");
  }
  get object() {
    return { a: 1, f: (x) => x * 2, inner: { g: () => "g" } };
  }

  /** Counts around a computation that takes its time. */
  async countAroundKey() {
    const before = this.count;
    const publicExponent = new Uint8Array([1, 0, 1]);
    await crypto.subtle.generateKey({ name: "RSA-PSS", hash: "SHA-1", modulusLength: 1024, publicExponent }, false, ["sign"]);
    this.count = before + 1;
    return this.count;
  }

  echo(value) {
    return value;
  }
  async echoLater(value) {
    return value;
  }
  args(...args) {
    return args.length;
  }
  /** What arrived, as the callee sees it. */
  inspect(...args) {
    return JSON.stringify(args.map((arg) => show(arg)));
  }
  sum(...numbers) {
    return numbers.reduce((a, b) => a + b, 0);
  }
  nothing() {}
  whoAmI() {
    return { id: this.ctx.id.toString(), name: this.ctx.id.name };
  }
  nameIs() {
    return this.ctx.id.name;
  }
  nextCount() {
    return ++this.count;
  }
  note(x) {
    this.log.push(x);
    return this.log.length;
  }
  notes() {
    return this.log;
  }
  counter() {
    return new Counter();
  }
  counters() {
    return { first: new Counter(), second: new Counter(), plain: 3 };
  }
  doubler() {
    return (x) => x * 2;
  }
  adder(a) {
    const f = (b) => a + b;
    f.tag = "adder";
    return f;
  }
  async callMe(f, ...args) {
    return await f(...args);
  }
  async callTwice(f) {
    return [await f(1), await f(2)];
  }
  async useCounter(counter) {
    await counter.add(2);
    await counter.add(3);
    return await counter.value;
  }
  map() {
    return new Map([["a", 1]]);
  }

  throwError(kind, message) {
    throw new { Error, TypeError, RangeError, SyntaxError, ReferenceError, EvalError, URIError }[kind](message);
  }
  throwDom(name, message) {
    throw new DOMException(message, name);
  }
  throwCustom(message) {
    throw new CustomError(message);
  }
  throwValue(value) {
    throw value;
  }
  throwMade(kind) {
    throw MADE[kind]();
  }
  throwingFunction() {
    return () => {
      throw new Error("from a function");
    };
  }
  throwWithCause() {
    throw new Error("outer", { cause: new TypeError("inner") });
  }
  throwAggregate() {
    throw new AggregateError([new Error("one"), new RangeError("two")], "several");
  }
  throwUnserializable() {
    throw Object.assign(new Error("has a function"), { f() {} });
  }
  async rejectLater(message) {
    throw new RangeError(message);
  }
  returnUnserializable(what) {
    return {
      symbol: () => Symbol("s"),
      weak: () => new WeakMap(),
      class: () =>
        new (class Point {
          x = 1;
        })(),
      nested: () => ({ a: [new (class Point {})()] }),
      promise: () => ({ p: Promise.resolve(1) }),
      url: () => new URL("http://x/"),
      id: () => this.ctx.id,
      nullProto: () => Object.create(null),
    }[what]();
  }
  returnError(message) {
    return new RangeError(message);
  }

  async relay(otherName, method, ...args) {
    return await this.env.OTHER.getByName(otherName)[method](...args);
  }
  async tryRelay(otherName, method, ...args) {
    return outcome(() => this.env.OTHER.getByName(otherName)[method](...args));
  }

  abort(reason) {
    this.ctx.abort(reason);
  }
  async breakGate(message) {
    await this.ctx.blockConcurrencyWhile(async () => {
      throw new RangeError(message);
    });
  }
  async put(key, value) {
    await this.ctx.storage.put(key, value);
  }
  async get(key) {
    return this.ctx.storage.get(key);
  }
  async putThenAbort(key, value) {
    this.ctx.storage.put(key, value);
    this.ctx.abort("gone");
  }
  async putThenThrow(key, value) {
    this.ctx.storage.put(key, value);
    throw new Error("after a put");
  }

  /** Fails: this class has no alarm handler. */
  async setAlarm() {
    await this.ctx.storage.setAlarm(Date.now() + 60_000);
  }

  response() {
    return new Response("a body", { status: 201, headers: { "x-a": "1" } });
  }
  async readRequest(request) {
    return { method: request.method, url: request.url, header: request.headers.get("x-a"), body: await request.text() };
  }
  headers() {
    return new Headers([
      ["x-a", "1"],
      ["x-b", "2"],
    ]);
  }
  stream() {
    return new Response("streamed").body;
  }
  async readStream(stream) {
    return new Response(stream).text();
  }

  async fetch(request) {
    const url = new URL(request.url);
    switch (url.pathname) {
      case "/failing-body":
        return new Response(failingStream(MADE[url.searchParams.get("kind")]()));
      case "/echo":
        return Response.json({
          method: request.method,
          url: request.url,
          headers: Object.fromEntries(request.headers),
          body: await request.text(),
        });
      case "/throw":
        throw new TypeError("from fetch");
      case "/not-a-response":
        return "a string";
      case "/undefined":
        return undefined;
      case "/redirect":
        return new Response(null, { status: 302, headers: { location: "/echo" } });
      case "/empty":
        return new Response(null, { status: 204 });
      default:
        return new Response(`path ${url.pathname}`, { status: 404, statusText: "Nothing Here" });
    }
  }
}

/** A second class, for calls from object to object. */
export class Other extends DurableObject {
  echo(value) {
    return value;
  }
  fail(message) {
    throw new TypeError(message);
  }
  whoAmI() {
    return this.ctx.id.name;
  }
}

/** A class that extends nothing and has no fetch. */
export class Plain {
  hello() {
    return "hello";
  }
}

/** Its constructor throws unless the name says otherwise. */
export class FailsToStart extends DurableObject {
  static starts = 0;

  constructor(ctx, env) {
    super(ctx, env);
    const [kind] = ctx.id.name.split(":");
    if (kind === "throws") throw new RangeError("the constructor failed");
    if (kind === "rejects")
      ctx.blockConcurrencyWhile(async () => {
        throw new RangeError("blockConcurrencyWhile failed");
      });
    if (kind === "slow") {
      this.order = ["constructed"];
      ctx.blockConcurrencyWhile(async () => {
        this.order.push("began");
        await scheduler.wait(20);
        this.order.push("ended");
      });
      this.order.push("returned");
    }
  }
  hello() {
    return "hello";
  }
  getOrder() {
    return [...this.order, "called"];
  }
  fetch() {
    return new Response("hello");
  }
}
