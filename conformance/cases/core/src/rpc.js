// Calls: how methods are found, stubs live, and promises pipeline.

import { RpcStub, RpcTarget, DurableObject, WorkerEntrypoint } from "cloudflare:workers";
import { outcome, outcomes, timing, until } from "./harness.js";
import { Counter } from "./targets.js";

export default {
  arguments: async ({ env, name }) => {
    const stub = env.TARGET.getByName(name);
    return {
      sum: await stub.sum(1, 2, 3),
      none: await stub.sum(),
      count: await stub.args(1, undefined, null),
      nothing: await stub.nothing(),
    };
  },
  "async-method": ({ env, name }) => env.TARGET.getByName(name).echoLater("x"),
  "torn-off-method": async ({ env, name }) => {
    const { sum } = env.TARGET.getByName(name);
    return sum(1, 2);
  },
  "call-and-apply": async ({ env, name }) => {
    const stub = env.TARGET.getByName(name);
    return outcomes({
      call: () => stub.sum.call(null, 1, 2),
      apply: () => stub.sum.apply(null, [1, 2]),
      bind: () => stub.sum.bind(null, 1)(2),
    });
  },
  getters: async ({ env, name }) => {
    const stub = env.TARGET.getByName(name);
    return {
      getter: await stub.getter,
      asyncGetter: await stub.asyncGetter,
      deep: await stub.object.a,
      call: await stub.object.f(4),
      inner: await stub.object.inner.g(),
    };
  },
  "what-is-not-reachable": ({ env, name }) => {
    const stub = env.TARGET.getByName(name);
    return outcomes({
      missing: () => stub.missing(),
      missingProperty: () => stub.missing,
      instanceProperty: () => stub.field,
      instanceCall: () => stub.field(),
      ctx: () => stub.ctx,
      env: () => stub.env.TEXT,
      toString: () => stub.toString(),
      hasOwnProperty: () => stub.hasOwnProperty("x"),
      getterCalled: () => stub.getter(),
      nestedMissing: () => stub.object.nope.deeper(),
      notAFunction: () => stub.object.a(),
    });
  },
  "reserved-names": ({ env, name }) => {
    const stub = env.TARGET.getByName(name);
    return outcomes({
      alarm: () => stub.alarm(),
      webSocketMessage: () => stub.webSocketMessage(),
      webSocketClose: () => stub.webSocketClose(),
      webSocketError: () => stub.webSocketError(),
      dup: () => stub.dup(),
      constructor: () => stub.constructor.name,
    });
  },
  "plain-class-has-no-rpc": ({ env, name }) => outcome(() => env.PLAIN.getByName(name).hello()),
  "plain-class-without-fetch": ({ env, name }) => outcome(() => env.PLAIN.getByName(name).fetch("http://x/")),
  "errors-are-rejections": ({ env, name }) => {
    const stub = env.TARGET.getByName(name);
    return outcomes({
      missing: () => timing(() => stub.missing()),
      argument: () => timing(() => stub.echo(Symbol("s"))),
    });
  },
  "promise-shape": async ({ env, name }) => {
    const stub = env.TARGET.getByName(name);
    const promise = stub.sum(1);
    const shape = {
      class: promise.constructor.name,
      isPromise: promise instanceof Promise,
      then: typeof promise.then,
      catch: typeof promise.catch,
      finally: typeof promise.finally,
      dispose: typeof promise[Symbol.dispose],
      tag: Object.prototype.toString.call(promise),
      property: stub.sum.constructor.name,
      propertyTag: Object.prototype.toString.call(stub.sum),
    };
    await promise;
    return shape;
  },
  "then-catch-finally": async ({ env, name }) => {
    const stub = env.TARGET.getByName(name);
    let finished = 0;
    return {
      then: await stub.sum(1, 1).then((x) => x + 1),
      catch: await stub.throwError("Error", "oops").catch((e) => e.message),
      finally: await stub.sum(1).finally(() => {
        finished += 1;
      }),
      finished,
    };
  },
  "order-of-calls": async ({ env, name }) => {
    const stub = env.TARGET.getByName(name);
    const counts = await Promise.all(Array.from({ length: 50 }, () => stub.nextCount()));
    const notes = await Promise.all([..."abcdefgh"].map((x) => stub.note(x)));
    return { counts, notes, log: await stub.notes() };
  },
  "target-returned": async ({ env, name }) => {
    const counter = await env.TARGET.getByName(name).counter();
    return {
      class: counter.constructor.name,
      isStub: counter instanceof RpcStub,
      add: await counter.add(),
      again: await counter.add(4),
      value: await counter.value,
      later: await counter.later,
      nested: await counter.nested.deep.er.value,
      nestedCall: await counter.nested.add(10),
    };
  },
  "target-limits": async ({ env, name }) => {
    const counter = await env.TARGET.getByName(name).counter();
    return outcomes({
      own: () => counter.own,
      missing: () => counter.nope(),
      private: () => counter["#value"],
      fail: () => counter.fail("no"),
      fetch: () => counter.fetch("x"),
    });
  },
  "targets-in-an-object": async ({ env, name }) => {
    const both = await env.TARGET.getByName(name).counters();
    await both.first.add(1);
    return {
      first: await both.first.value,
      second: await both.second.value,
      plain: both.plain,
      disposable: typeof both[Symbol.dispose],
      keys: Object.keys(both),
    };
  },
  "target-self": async ({ env, name }) => {
    const counter = await env.TARGET.getByName(name).counter();
    const same = await counter.self();
    await same.add(3);
    return counter.value;
  },
  "function-returned": async ({ env, name }) => {
    const double = await env.TARGET.getByName(name).doubler();
    const add = await env.TARGET.getByName(name).adder(10);
    return { double: await double(4), type: typeof double, add: await add(5), tag: await add.tag };
  },
  "function-sent": async ({ env, name }) => {
    const seen = [];
    const stub = env.TARGET.getByName(name);
    return {
      value: await stub.callMe((x) => x * 3, 5),
      async: await stub.callMe(async (x) => `${x}!`, "a"),
      twice: await stub.callTwice((x) => {
        seen.push(x);
        return x + 1;
      }),
      seen,
    };
  },
  "function-sent-throws": ({ env, name }) =>
    outcome(() =>
      env.TARGET.getByName(name).callMe(() => {
        throw new RangeError("from the callback");
      }),
    ),
  "target-sent": ({ env, name }) => env.TARGET.getByName(name).useCounter(new Counter()),
  "stub-of-an-object-sent": async ({ env, name }) => {
    const other = env.OTHER.getByName("friend");
    return outcomes({
      method: () => env.TARGET.getByName(name).callMe(other.whoAmI),
      seen: async () => JSON.parse(await env.TARGET.getByName(name).inspect(other)),
      back: async () => (await env.TARGET.getByName(name).echo(other)).whoAmI(),
      backId: async () => (await env.TARGET.getByName(name).echo(other)).constructor.name,
    });
  },
  "local-stub": async () => {
    const counter = new Counter();
    const stub = new RpcStub(counter);
    return { add: await stub.add(2), local: counter.value, class: stub.constructor.name, is: stub instanceof RpcStub };
  },
  "local-stub-errors": () =>
    outcomes({
      number: () => new RpcStub(5),
      string: () => new RpcStub("x"),
      missing: () => new RpcStub(),
      map: () => new RpcStub(new Map()),
      classInstance: () => new RpcStub(new (class Point {})()),
    }),
  "local-stub-of-plain-things": async () => {
    const object = new RpcStub({ a: 1, f: (x) => x + 1, nested: { b: 2 } });
    const f = new RpcStub((x) => x * 2);
    return {
      a: await object.a,
      f: await object.f(1),
      nested: await object.nested.b,
      call: await f(21),
      missing: await outcome(() => object.nope()),
    };
  },
  pipelining: async ({ env, name }) => {
    const stub = env.TARGET.getByName(name);
    return {
      call: await stub.counter().add(5),
      property: await stub.counters().second.value,
      function: await stub.doubler()(4),
      deep: await stub.counter().nested.deep.er.value,
    };
  },
  "pipelining-errors": ({ env, name }) => {
    const stub = env.TARGET.getByName(name);
    return outcomes({
      onNumber: () => stub.sum(1).foo(),
      onString: () => stub.nameIs().length,
      onMap: () => stub.map().size,
      onFailure: () => stub.throwError("RangeError", "first").then_(),
      onUndefined: () => stub.nothing().x,
    });
  },
  "path-depth": ({ env, name }) => {
    const chain = (depth) => Array.from({ length: depth }).reduce((at) => at.x, env.TARGET.getByName(name));
    return outcomes({ 64: () => chain(64), 65: () => chain(65), 80: () => chain(80)() });
  },
  disposal: async ({ env, name }) => {
    const counter = await env.TARGET.getByName(name).counter();
    const copy = counter.dup();
    counter[Symbol.dispose]();
    const afterwards = await outcomes({ original: () => counter.add(), copy: () => copy.add() });
    copy[Symbol.dispose]();
    copy[Symbol.dispose]();
    return { ...afterwards, disposedCopy: await outcome(() => copy.add()) };
  },
  "disposer-runs-once": async () => {
    let disposed = 0;
    class Tool extends RpcTarget {
      [Symbol.dispose]() {
        disposed += 1;
      }
    }
    const stub = new RpcStub(new Tool());
    const copy = stub.dup();
    const other = new RpcStub(() => "a call that comes later");
    stub[Symbol.dispose]();
    await other();
    const early = disposed;
    copy[Symbol.dispose]();
    await until(() => disposed > 0);
    await other();
    return { early, late: disposed };
  },
  "disposed-promise": ({ env, name }) => {
    const promise = env.TARGET.getByName(name).counter();
    promise[Symbol.dispose]();
    return outcomes({ then: () => promise.add(1) });
  },
  "result-is-disposable": async ({ env, name }) => {
    const stub = env.TARGET.getByName(name);
    const [object, array, map, number] = [
      await stub.echo({ a: 1 }),
      await stub.echo([1]),
      await stub.map(),
      await stub.sum(1),
    ];
    return {
      object: typeof object[Symbol.dispose],
      enumerable: Object.getOwnPropertySymbols(object).map(
        (s) => Object.getOwnPropertyDescriptor(object, s).enumerable,
      ),
      array: typeof array[Symbol.dispose],
      map: typeof map[Symbol.dispose],
      number: typeof number[Symbol.dispose],
    };
  },
  "object-to-object": async ({ env, name }) => {
    const stub = env.TARGET.getByName(name);
    return { echo: await stub.relay("a", "echo", { x: [1] }), who: await stub.relay("b", "whoAmI") };
  },
  "exports-of-the-module": async () => {
    const module = await import("cloudflare:workers");
    return Object.keys(module)
      .sort()
      .map((key) => [key, typeof module[key]]);
  },
  "base-classes": () =>
    outcomes({
      target: () => new RpcTarget().constructor.name,
      durableObject: () => Object.keys(new DurableObject({ a: 1 }, { b: 2 })),
      entrypoint: () => Object.keys(new WorkerEntrypoint({ a: 1 }, { b: 2 })),
      callTarget: () => RpcTarget(),
    }),
};
