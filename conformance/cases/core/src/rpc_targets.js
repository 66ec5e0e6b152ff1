// What RPC cases call: an object, an entry of the Worker, and handlers that are no class.

import { DurableObject, RpcStub, RpcTarget, WorkerEntrypoint } from "cloudflare:workers";
import { outcome, outcomes, show, until } from "./harness.js";

/** Says when it is disposed of. */
export class Disposable extends RpcTarget {
  constructor(log, name = "target") {
    super();
    this.log = log;
    this.name_ = name;
  }
  hello() {
    return "hello";
  }
  add(a, b) {
    return a + b;
  }
  async slow() {
    await scheduler.wait(5);
    this.log.push("slow done");
    return "slow";
  }
  [Symbol.dispose]() {
    this.log.push(`disposed ${this.name_}`);
  }
}

class Base extends RpcTarget {
  inherited() {
    return "inherited";
  }
  get inheritedGetter() {
    return "inherited getter";
  }
}

export class Wide extends Base {
  #secret = "secret";
  static fixed = "static";
  arrow = () => "arrow";
  ["with space"]() {
    return "space";
  }
  method() {
    return this.#secret;
  }
  thisIs() {
    return this instanceof Wide;
  }
  fetch(x) {
    return `fetch ${x}`;
  }
  alarm() {
    return "alarm";
  }
  toString() {
    return "own toString";
  }
  async *generator() {
    yield 1;
  }
  set onlySetter(value) {}
  get throwing() {
    throw new RangeError("from a getter");
  }
  get undefinedGetter() {
    return undefined;
  }
  get promised() {
    return Promise.resolve({ x: 1, f: () => "f" });
  }
  get fn() {
    return (x) => x + 1;
  }
  get plain() {
    return { a: { b: { c: 5, f: () => "deep" } }, list: [1, 2], nothing: null };
  }
}

/** The object of RPC cases. */
export class Rpc extends DurableObject {
  log = [];
  kept = {};

  getLog() {
    return this.log;
  }
  async waitForLog(length) {
    await until(() => this.log.length >= length);
    return this.log;
  }
  echo(value) {
    return value;
  }
  show(...values) {
    return JSON.stringify(values.map((value) => show(value)));
  }
  typeOf(value) {
    return [typeof value, value?.constructor?.name, value instanceof RpcStub];
  }
  wide() {
    return new Wide();
  }
  disposable(name) {
    return new Disposable(this.log, name);
  }
  several() {
    return { a: new Disposable(this.log, "a"), b: [new Disposable(this.log, "b")], c: 5 };
  }
  sameTwice() {
    const one = new Disposable(this.log, "same");
    return { one, two: one };
  }
  withDisposer() {
    const { log } = this;
    return {
      x: 1,
      [Symbol.dispose]() {
        log.push(`result disposed ${this.x}`);
      },
    };
  }
  keep(name, stub) {
    this.kept[name] = stub.dup();
  }
  keepWithoutDup(name, stub) {
    this.kept[name] = stub;
  }
  useKept(name, ...args) {
    return outcome(() => this.kept[name](...args));
  }
  useKeptMethod(name, method, ...args) {
    return outcome(() => this.kept[name][method](...args));
  }
  letGo(name) {
    this.kept[name][Symbol.dispose]();
    delete this.kept[name];
  }
  giveKept(name) {
    return this.kept[name];
  }
  async call(f, ...args) {
    return await f(...args);
  }
  async callLater(f) {
    this.kept.later = f.dup();
    this.ctx.waitUntil(
      (async () => {
        await scheduler.wait(5);
        this.log.push(await outcome(() => this.kept.later("later")));
      })(),
    );
    return "returned";
  }
  async callMethod(target, method, ...args) {
    return await target[method](...args);
  }
  async readProperty(target, ...path) {
    return await path.reduce((at, name) => at[name], target);
  }
  async chain(target) {
    return await target.plain.a.b.f();
  }
  bounce(f) {
    return f;
  }
  bounceInside(f) {
    return { f };
  }
  stubOf(value) {
    return new RpcStub(value);
  }
  thenable() {
    return { then: (resolve) => resolve("from a thenable") };
  }
  rejectingThenable() {
    return { then: (_, reject) => reject(new TypeError("from a thenable")) };
  }
  fail() {
    throw new RangeError("failed");
  }
  failWith(kind) {
    throw {
      props: () => Object.assign(new Error("with props"), { code: "E1", nested: { a: [1] } }),
      named: () => Object.assign(new Error("named"), { name: "Odd" }),
      subclass: () =>
        new (class Special extends TypeError {
          extra = 1;
        })("special"),
      causes: () => new Error("outer", { cause: { why: "inner" } }),
      fn: () => Object.assign(new Error("fn"), { f() {} }),
      target: () => Object.assign(new Error("target"), { t: new Wide() }),
      string: () => "a string",
      nothing: () => undefined,
      object: () => ({ a: 1 }),
      dom: () => new DOMException("dom", "TimeoutError"),
      symbol: () => Symbol("thrown"),
    }[kind]();
  }
  forever() {
    return new Promise(() => {});
  }
  abort(reason) {
    this.ctx.abort(reason);
  }
  async fire(f) {
    f();
    return "fired";
  }

  // values
  response(kind) {
    return {
      plain: () => new Response("text", { status: 202, statusText: "Fine", headers: [["x-a", "1"]] }),
      empty: () => new Response(null, { status: 204 }),
      json: () => Response.json({ a: 1 }),
      error: () => Response.error(),
      redirect: () => Response.redirect("http://x/y"),
      nested: () => ({ list: [new Response("one"), new Response("two")] }),
    }[kind]();
  }
  async describeRequest(request) {
    return {
      class: request.constructor.name,
      method: request.method,
      url: request.url,
      headers: [...request.headers],
      redirect: request.redirect,
      body: request.body === null ? null : await request.text(),
    };
  }
  async describeResponse(response) {
    return {
      status: response.status,
      statusText: response.statusText,
      headers: [...response.headers],
      body: await response.text(),
      type: response.type,
    };
  }
  async readAll(stream) {
    return outcome(async () => {
      let text = "";
      for await (const chunk of stream.pipeThrough(new TextDecoderStream())) text += chunk;
      return text;
    });
  }
  async readFirst(stream) {
    const reader = stream.getReader();
    const { value } = await reader.read();
    await reader.cancel("enough");
    return new TextDecoder().decode(value);
  }
  countingStream(n) {
    let i = 0;
    return new ReadableStream({
      pull(controller) {
        if (i === n) controller.close();
        else controller.enqueue(new TextEncoder().encode(`${i++},`));
      },
    });
  }
  failingStream() {
    let i = 0;
    return new ReadableStream({
      pull(controller) {
        if (i++ > 0) controller.error(new RangeError("source failed"));
        else controller.enqueue(new TextEncoder().encode("before"));
      },
    });
  }
  async writeTo(stream, ...chunks) {
    return outcome(async () => {
      const writer = stream.getWriter();
      for (const chunk of chunks) await writer.write(chunk);
      await writer.close();
      return "closed";
    });
  }
  async abortStream(stream, reason) {
    const writer = stream.getWriter();
    await writer.write(new TextEncoder().encode("a"));
    await writer.abort(new Error(reason));
    return "aborted";
  }
  sink() {
    const { log } = this;
    return new WritableStream({
      write(chunk) {
        log.push(`write ${typeof chunk === "string" ? chunk : new TextDecoder().decode(chunk)}`);
      },
      close() {
        log.push("close");
      },
      abort(reason) {
        log.push(`abort ${reason?.message}`);
      },
    });
  }
  failingSink() {
    return new WritableStream({
      write() {
        throw new RangeError("sink failed");
      },
    });
  }
  async describeBlob(blob) {
    return { class: blob.constructor.name, size: blob.size, type: blob.type, text: await blob.text() };
  }
  headerList(headers) {
    headers.append("x-added", "there");
    return [...headers];
  }

  // gates
  async putThenCall(f) {
    this.ctx.storage.put("x", 1);
    return await f();
  }
  async section(f) {
    const order = [];
    const inside = this.ctx.blockConcurrencyWhile(async () => {
      order.push("begin");
      order.push(await f(() => "called back inside"));
      order.push("end");
    });
    await inside;
    return order;
  }

  async fetch(request) {
    return new Response(`${request.method} ${new URL(request.url).pathname}`);
  }
}

/** An entry of the Worker. */
export class Entry extends WorkerEntrypoint {
  instances = Entry.count++;
  static count = 0;

  add(a, b) {
    return a + b;
  }
  get property() {
    return "a property";
  }
  props() {
    return this.ctx.props;
  }
  keys() {
    return Object.keys(this).sort();
  }
  counter() {
    let n = 0;
    return () => ++n;
  }
  target() {
    return new Wide();
  }
  async useObject(name) {
    return await this.env.RPC.getByName(name).echo("from the object");
  }
  async call(f, x) {
    return await f(x);
  }
  fail() {
    throw new TypeError("from the entry");
  }
  sameInstance() {
    this.seen = (this.seen ?? 0) + 1;
    return this.seen;
  }
  async fetch(request) {
    if (new URL(request.url).pathname === "/throw") throw new RangeError("from the entry's fetch");
    return new Response(`entry ${request.method} ${await request.text()}`, { headers: { "x-props": JSON.stringify(this.ctx.props) } });
  }
}

/** Handlers that are no class. */
export const handlers = {
  value: 5,
  async one(arg, env, ctx) {
    return [arg, typeof env.TEXT, typeof ctx.waitUntil];
  },
  four(a, b, c, d) {
    return [a, b, c, d];
  },
  nested: {
    deeper(...args) {
      return args.length;
    },
  },
  /** With a name, leaves a function of this request with the object of that name. */
  async fetch(request, env) {
    const name = new URL(request.url).searchParams.get("name");
    if (name !== null) await env.RPC.getByName(name).keep("gone", () => "called");
    return new Response("from handlers");
  },
};

export { outcome, outcomes };
