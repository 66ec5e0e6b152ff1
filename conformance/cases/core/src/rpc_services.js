// Service bindings, entries of the Worker, ctx.exports, and fetch() on stubs.

import { exports } from "cloudflare:workers";
import { outcome, outcomes, show } from "./harness.js";

export default {
  "entry-methods": ({ env }) =>
    outcomes({
      add: () => env.SELF_ENTRY.add(1, 2),
      property: () => env.SELF_ENTRY.property,
      missing: () => env.SELF_ENTRY.nope(),
      own: () => env.SELF_ENTRY.instances,
      ctx: () => env.SELF_ENTRY.ctx,
      fail: () => env.SELF_ENTRY.fail(),
      keys: () => env.SELF_ENTRY.keys(),
      props: () => env.SELF_ENTRY.props(),
      object: () => env.SELF_ENTRY.useObject("services"),
      reserved: () => env.SELF_ENTRY.alarm(),
    }),
  "entry-by-reference": ({ env }) =>
    outcomes({
      callback: () => env.SELF_ENTRY.call((x) => x + 1, 4),
      counter: async () => {
        const next = await env.SELF_ENTRY.counter();
        return [await next(), await next(), await next()];
      },
      target: () => env.SELF_ENTRY.target().method(),
      pipelined: () => env.SELF_ENTRY.counter()(),
    }),
  "entry-has-an-instance-per-call": async ({ env }) => [await env.SELF_ENTRY.sameInstance(), await env.SELF_ENTRY.sameInstance()],
  "entry-fetch": ({ env }) =>
    outcomes({
      post: async () => (await env.SELF_ENTRY.fetch("http://x/", { method: "POST", body: "b" })).text(),
      props: async () => (await env.SELF_PROPS.fetch("http://x/", { method: "POST", body: "b" })).headers.get("x-props"),
      throws: () => env.SELF_ENTRY.fetch("http://x/throw"),
      relative: () => env.SELF_ENTRY.fetch("/path"),
    }),
  "entry-props": async ({ env }) => show(await env.SELF_PROPS.props()),
  "handlers-that-are-no-class": ({ env }) =>
    outcomes({
      one: () => env.SELF_HANDLERS.one("x"),
      none: () => env.SELF_HANDLERS.one(),
      two: () => env.SELF_HANDLERS.one(1, 2),
      four: () => env.SELF_HANDLERS.four(1),
      value: () => env.SELF_HANDLERS.value,
      callValue: () => env.SELF_HANDLERS.value(),
      nested: () => env.SELF_HANDLERS.nested.deeper(1),
      missing: () => env.SELF_HANDLERS.nope(1),
      toString: () => env.SELF_HANDLERS.toString(),
      fetch: async () => (await env.SELF_HANDLERS.fetch("http://x/")).text(),
    }),
  "default-entry": ({ env }) =>
    outcomes({
      fetch: async () => (await env.SELF_DEFAULT.fetch("http://x/nothing-here")).status,
      method: () => env.SELF_DEFAULT.nope(1),
    }),
  "loopback": ({ ctx }) =>
    outcomes({
      keys: () => Object.keys(ctx.exports).sort().filter((key) => ["Entry", "Rpc", "default", "handlers"].includes(key)),
      add: () => ctx.exports.Entry.add(2, 3),
      props: () => ctx.exports.Entry({ props: { a: [1] } }).props(),
      noProps: () => ctx.exports.Entry.props(),
      handlers: () => ctx.exports.handlers.one("y"),
      object: () => ctx.exports.Rpc.getByName("loopback").echo("z"),
      same: () => ctx.exports === ctx.exports,
      fetch: async () => (await ctx.exports.handlers.fetch("http://x/")).text(),
      type: () => [typeof ctx.exports.Entry, ctx.exports.Entry.constructor.name],
      noOptions: () => ctx.exports.Entry(),
      textForOptions: () => ctx.exports.Entry("x"),
      textForProps: () => ctx.exports.Entry({ props: "x" }),
      emptyOptions: () => ctx.exports.Entry({}).props(),
    }),
  "loopback-of-the-module": () =>
    outcomes({ add: () => exports.Entry.add(4, 5), missing: () => exports.Nope === undefined, has: () => "Entry" in exports }),
  "stub-fetch": async ({ env, name }) => {
    const stub = env.RPC.getByName(name);
    const text = async (...args) => (await stub.fetch(...args)).text();
    return outcomes({
      string: () => text("http://x/string"),
      url: () => text(new URL("http://x/url")),
      request: () => text(new Request("http://x/request", { method: "PUT" })),
      requestAndInit: () => text(new Request("http://x/both"), { method: "DELETE" }),
      init: () => text("http://x/init", { method: "POST", body: "x" }),
      relative: () => text("/relative"),
      noHost: () => text("path"),
      scheme: () => text("ftp://x/"),
      nothing: () => stub.fetch(),
      number: () => text(5),
      badMethod: () => text("http://x/", { method: "BAD METHOD" }),
      getWithBody: () => text("http://x/", { body: "x" }),
      tornOff: async () => {
        const { fetch } = stub;
        return (await fetch("http://x/torn")).text();
      },
    });
  },
  "service-through-an-object": async ({ env, name }) => {
    const stub = env.RPC.getByName(name);
    return outcomes({
      method: () => stub.callMethod(env.SELF_ENTRY, "add", 5, 6),
      callback: () => env.SELF_ENTRY.call(async (x) => (await stub.echo(x)) + 1, 1),
      kept: async () => outcome(() => stub.callMethod(env.SELF_ENTRY, "fail")),
    });
  },
};
