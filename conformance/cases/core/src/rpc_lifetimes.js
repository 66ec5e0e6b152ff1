// How long stubs live: dup, dispose, and who owns what crosses a call.

import { RpcStub } from "cloudflare:workers";
import { outcome, outcomes, until } from "./harness.js";
import { Disposable } from "./rpc_targets.js";

/** Resolves when a log of disposals has so many entries, and what else is on its way from an object is here, too. */
async function logged(log, count, stub) {
  await until(() => log.length >= count);
  await stub.echo("a call that comes later");
}

export default {
  "argument-is-disposed-after-the-call": async ({ env, name }) => {
    const log = [];
    const stub = env.RPC.getByName(name);
    const result = await stub.callMethod(new Disposable(log), "hello");
    await logged(log, 1, stub);
    return { result, log };
  },
  "argument-is-disposed-when-the-call-fails": async ({ env, name }) => {
    const log = [];
    const stub = env.RPC.getByName(name);
    const result = await outcome(() => stub.callMethod(new Disposable(log), "nope"));
    await logged(log, 1, stub);
    return { result, log };
  },
  "argument-of-a-method-that-does-not-exist": async ({ env, name }) => {
    const log = [];
    const stub = env.RPC.getByName(name);
    const result = await outcome(() => stub.nope(new Disposable(log)));
    await logged(log, 1, stub);
    return { result, log };
  },
  "argument-passed-twice": async ({ env, name }) => {
    const log = [];
    const stub = env.RPC.getByName(name);
    const target = new Disposable(log);
    await stub.callMethod(target, "hello");
    await stub.callMethod(target, "hello");
    await logged(log, 2, stub);
    return log;
  },
  "same-argument-in-two-places": async ({ env, name }) => {
    const log = [];
    const target = new Disposable(log);
    const stub = env.RPC.getByName(name);
    const result = await stub.call(async (a, b) => [await a.hello(), await b.hello()], target, target);
    await logged(log, 1, stub);
    return { result, log: log.length > 0 };
  },
  "kept-argument": async ({ env, name }) => {
    const log = [];
    const stub = env.RPC.getByName(name);
    await stub.keep("t", new Disposable(log));
    await logged(log, 0, stub);
    const early = [...log];
    const used = await stub.useKeptMethod("t", "hello");
    await stub.letGo("t");
    await logged(log, 1, stub);
    return { early, used, log };
  },
  "argument-kept-without-dup": async ({ env, name }) => {
    const stub = env.RPC.getByName(name);
    await stub.keepWithoutDup("f", () => "called");
    return stub.useKept("f");
  },
  "function-kept": async ({ env, name }) => {
    const stub = env.RPC.getByName(name);
    await stub.keep("f", (x) => `called with ${x}`);
    return [await stub.useKept("f", 1), await stub.useKept("f", 2)];
  },
  "stub-as-argument-stays-usable": async ({ env, name }) => {
    const log = [];
    const target = new RpcStub(new Disposable(log));
    const stub = env.RPC.getByName(name);
    const first = await stub.callMethod(target, "hello");
    const second = await target.hello();
    await logged(log, 0, stub);
    const early = [...log];
    target[Symbol.dispose]();
    await logged(log, 1, stub);
    return { first, second, early, log };
  },
  "disposed-stub-as-argument": async ({ env, name }) => {
    const target = new RpcStub(() => 1);
    target[Symbol.dispose]();
    return outcome(() => env.RPC.getByName(name).call(target));
  },
  "dup-of-a-disposed-stub": () => {
    const target = new RpcStub(() => 1);
    target[Symbol.dispose]();
    return outcomes({ dup: () => target.dup(), call: () => target(), again: () => target[Symbol.dispose]() });
  },
  "dup-method-of-a-target": async ({ env, name }) => {
    const log = [];
    class Copied extends Disposable {
      dup() {
        log.push("dup");
        return new Copied(log, "copy");
      }
    }
    const stub = env.RPC.getByName(name);
    const result = await stub.callMethod(new Copied(log, "original"), "hello");
    await logged(log, 2, stub);
    return { result, log };
  },
  "wrong-dup-methods": async ({ env, name }) => {
    const stub = env.RPC.getByName(name);
    class Wrong extends Disposable {
      dup() {
        return {};
      }
    }
    return outcomes({
      target: () => stub.callMethod(new Wrong([]), "hello"),
      function: () => stub.call(Object.assign(() => 1, { dup: () => 5 })),
      rightFunction: () => stub.call(Object.assign(() => 1, { dup: () => () => 2 })),
    });
  },
  "result-is-disposed": async ({ env, name }) => {
    const stub = env.RPC.getByName(name);
    const target = await stub.disposable("t");
    const hello = await target.hello();
    target[Symbol.dispose]();
    return { hello, log: await stub.waitForLog(1), used: await outcome(() => target.hello()) };
  },
  "result-object-disposes-all": async ({ env, name }) => {
    const stub = env.RPC.getByName(name);
    const result = await stub.several();
    const before = [await result.a.hello(), await result.b[0].hello()];
    result[Symbol.dispose]();
    return { before, log: [...(await stub.waitForLog(2))].sort(), after: await outcome(() => result.a.hello()) };
  },
  "one-target-twice-in-a-result": async ({ env, name }) => {
    const stub = env.RPC.getByName(name);
    const result = await stub.sameTwice();
    const hello = [await result.one.hello(), await result.two.hello()];
    result[Symbol.dispose]();
    return { hello, log: (await stub.waitForLog(1)).includes("disposed same") };
  },
  "disposer-of-a-result": async ({ env, name }) => {
    const stub = env.RPC.getByName(name);
    const result = await stub.withDisposer();
    const keys = Object.keys(result);
    const early = await stub.getLog();
    result[Symbol.dispose]();
    result[Symbol.dispose]();
    return { keys, early, log: await stub.waitForLog(1) };
  },
  using: async ({ env, name }) => {
    const stub = env.RPC.getByName(name);
    const target = await stub.disposable("u");
    const disposer = target[Symbol.dispose];
    disposer.call(target);
    return stub.waitForLog(1);
  },
  "dup-of-a-result": async ({ env, name }) => {
    const stub = env.RPC.getByName(name);
    const target = await stub.disposable("d");
    const copy = target.dup();
    target[Symbol.dispose]();
    const hello = await copy.hello();
    const early = [...(await stub.getLog())];
    copy[Symbol.dispose]();
    return { hello, early, log: await stub.waitForLog(1) };
  },
  "disposed-promise-disposes-the-result": async ({ env, name }) => {
    const stub = env.RPC.getByName(name);
    stub.disposable("p")[Symbol.dispose]();
    return stub.waitForLog(1);
  },
  "disposed-promise": async ({ env, name }) => {
    const stub = env.RPC.getByName(name);
    const promise = stub.echo(5);
    promise[Symbol.dispose]();
    return outcomes({ wait: () => promise, property: () => promise.x, call: () => promise(), again: () => promise[Symbol.dispose]() });
  },
  "disposing-a-resolved-promise": async ({ env, name }) => {
    const stub = env.RPC.getByName(name);
    const promise = stub.disposable("r");
    const target = await promise;
    promise[Symbol.dispose]();
    return { log: await stub.waitForLog(1), used: await outcome(() => target.hello()) };
  },
  "call-before-dispose-completes": async ({ env, name }) => {
    const stub = env.RPC.getByName(name);
    const target = await stub.disposable("c");
    const slow = target.slow();
    target[Symbol.dispose]();
    return { slow: await outcome(() => slow), log: [...(await stub.waitForLog(2))].sort() };
  },
  "bounced-function": async ({ env, name }) => {
    const stub = env.RPC.getByName(name);
    const f = await stub.bounce((x) => x + 1);
    return { called: await f(1), type: typeof f, class: f.constructor.name };
  },
  "bounced-inside": async ({ env, name }) => {
    const stub = env.RPC.getByName(name);
    const { f } = await stub.bounceInside((x) => x * 2);
    return f(4);
  },
  "returned-stub-is-transferred": async ({ env, name }) => {
    const stub = env.RPC.getByName(name);
    await stub.keep("f", () => "kept");
    const f = await stub.giveKept("f");
    return { here: await f(), there: await stub.useKept("f") };
  },
  "stub-made-by-the-callee": async ({ env, name }) => {
    const f = await env.RPC.getByName(name).stubOf({ a: 1 });
    return { a: await f.a, class: f.constructor.name };
  },
  "callback-after-the-call": async ({ env, name }) => {
    const seen = [];
    const stub = env.RPC.getByName(name);
    const returned = await stub.callLater((x) => {
      seen.push(x);
      return "thanks";
    });
    return { returned, log: await stub.waitForLog(1), seen };
  },
  "callback-of-a-request-that-is-over": async ({ env, name }) => {
    // Each case is a request; the function belongs to a request of its own.
    const stub = env.RPC.getByName(name);
    await (await env.SELF_HANDLERS.fetch(`http://x/keep?name=${encodeURIComponent(name)}`)).text();
    return stub.useKept("gone");
  },
  "target-of-an-object-that-was-reset": async ({ env, name }) => {
    const stub = env.RPC.getByName(name);
    const target = await stub.disposable("x");
    const reset = await outcome(() => stub.abort("reset"));
    return { reset, target: await outcome(() => target.hello()), fresh: await env.RPC.getByName(name).echo("fresh") };
  },
  "pending-call-of-an-object-that-is-reset": async ({ env, name }) => {
    const stub = env.RPC.getByName(name);
    const target = await stub.disposable("x");
    const pending = outcome(() => stub.forever());
    const slow = outcome(() => target.slow());
    await outcome(() => stub.abort("reset"));
    return { pending: await pending, slow: await slow };
  },
  "plain-result-twice": async ({ env, name }) => {
    const stub = env.RPC.getByName(name);
    const result = await stub.echo({ a: 1 });
    result[Symbol.dispose]();
    result[Symbol.dispose]();
    return { result, passedOn: await stub.echo(result) };
  },
};
