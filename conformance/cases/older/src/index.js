// What was otherwise before a compatibility date: who owns a stub that is passed, and what is left of an error.

import { DurableObject, RpcStub, RpcTarget } from "cloudflare:workers";
import { describeError, outcome, outcomes, until } from "../../core/src/harness.js";

class Tool extends RpcTarget {
  constructor(log) {
    super();
    this.log = log;
  }
  hello() {
    return "hello";
  }
  dup() {
    this.log.push("dup");
    return this;
  }
  [Symbol.dispose]() {
    this.log.push("disposed");
  }
}

class Special extends Error {
  name = "Special";
  code = 5;
}

export class Target extends DurableObject {
  async callMethod(target, method, ...args) {
    return await target[method](...args);
  }
  async call(f, ...args) {
    return await f(...args);
  }
  echo(value) {
    return value;
  }
  fail(kind) {
    throw {
      error: () => new Error("plain"),
      type: () => new TypeError("type"),
      props: () => Object.assign(new RangeError("range"), { code: 1 }),
      special: () => new Special("special"),
      named: () => Object.assign(new Error("named"), { name: "Odd" }),
      empty: () => new Special(""),
      cause: () => new Error("outer", { cause: new Error("inner") }),
      dom: () => new DOMException("dom", "AbortError"),
      string: () => "text",
    }[kind]();
  }
}

const cases = {
  "a-passed-stub-changes-hands": async ({ env, name }) => {
    const log = [];
    const stub = new RpcStub(new Tool(log));
    const first = await outcome(() => env.TARGET.getByName(name).callMethod(stub, "hello"));
    const second = await outcome(() => stub.hello());
    await until(() => log.length > 0);
    await env.TARGET.getByName(name).echo("a call that comes later");
    return { first, second, log };
  },
  "a-passed-target-is-not-duplicated": async ({ env, name }) => {
    const log = [];
    const result = await env.TARGET.getByName(name).callMethod(new Tool(log), "hello");
    await until(() => log.length > 0);
    await env.TARGET.getByName(name).echo("a call that comes later");
    return { result, log };
  },
  "a-dup-that-is-passed": async ({ env, name }) => {
    const log = [];
    const stub = new RpcStub(new Tool(log));
    const first = await env.TARGET.getByName(name).callMethod(stub.dup(), "hello");
    return { first, second: await outcome(() => stub.hello()) };
  },
  "functions-work-alike": ({ env, name }) => env.TARGET.getByName(name).call((x) => x + 1, 1),
  errors: ({ env, name }) => {
    const stub = env.TARGET.getByName(name);
    const kinds = ["error", "type", "props", "special", "named", "empty", "cause", "dom", "string"];
    return outcomes(Object.fromEntries(kinds.map((kind) => [kind, () => stub.fail(kind)])));
  },
  "own-properties-of-errors": async ({ env, name }) => {
    try {
      await env.TARGET.getByName(name).fail("props");
    } catch (error) {
      return { keys: Object.keys(error), error: describeError(error) };
    }
  },
  globals: () => ({
    later: ["MessageChannel", "MessagePort", "PerformanceEntry", "Performance"].map((name) => typeof globalThis[name]),
    performance: ["now", "mark", "toJSON"].map((name) => typeof performance[name]),
    language: typeof navigator.language,
  }),
  "compatibility-flags": () => Cloudflare.compatibilityFlags,
  "no-loopback": ({ ctx }) => typeof ctx.exports,
};

export default {
  async fetch(request, env, ctx) {
    const { pathname } = new URL(request.url);
    if (pathname === "/cases") return Response.json(Object.keys(cases).map((name) => ({ name })));
    const name = decodeURIComponent(pathname.slice("/case/".length));
    return Response.json(await outcome(() => cases[name]({ env, ctx, name })));
  },
};
