// What calls can reach, and what pipelining does.

import { RpcPromise, RpcProperty, RpcStub, RpcTarget, ServiceStub } from "cloudflare:workers";
import { outcome, outcomes, show, timing, until } from "./harness.js";
import { Wide } from "./rpc_targets.js";

export default {
  "members-of-a-target": async ({ env, name }) => {
    const wide = await env.RPC.getByName(name).wide();
    return outcomes({
      inherited: () => wide.inherited(),
      inheritedGetter: () => wide.inheritedGetter,
      method: () => wide.method(),
      thisIs: () => wide.thisIs(),
      space: () => wide["with space"](),
      arrow: () => wide.arrow(),
      fetch: () => wide.fetch("x"),
      alarm: () => wide.alarm(),
      static: () => wide.fixed,
      onlySetter: () => wide.onlySetter,
      throwing: () => wide.throwing,
      promised: () => wide.promised,
      throughPromise: () => wide.promised.x,
      callThroughPromise: () => wide.promised.f(),
      fn: () => wide.fn(1),
      readFn: async () => (await wide.fn)(2),
      deep: () => wide.plain.a.b.c,
      deepCall: () => wide.plain.a.b.f(),
      list: () => wide.plain.list,
      listItem: () => wide.plain.list[0],
      ofNull: () => wide.plain.nothing.x,
      null: () => wide.plain.nothing,
      hasOwn: () => wide.plain.hasOwnProperty,
      generator: () => wide.generator(),
      method_: () => wide.method.name,
      callMethod: () => wide.method.call(null),
      dup: () => typeof wide.dup,
      nestedDup: () => wide.plain.dup(),
      nestedConstructor: () => wide.plain.a.constructor.name,
      undefinedOfPlain: () => env.RPC.getByName(name).echo({ a: undefined }).a,
      undefinedGetter: () => wide.undefinedGetter,
      deepMissing: () => wide.plain.nope.x,
      throughNumber: () => wide.plain.a.b.c.d,
      throughArray: () => wide.plain.list.length,
      notAFunction: () => wide.plain.a.b.c(),
    });
  },
  "own-tostring": async ({ env, name }) => {
    const wide = await env.RPC.getByName(name).wide();
    return outcomes({ toString: () => typeof wide.toString(), valueOf: () => typeof wide.valueOf() });
  },
  "reserved-on-a-target": ({ env, name }) =>
    outcomes({
      dup: () => env.RPC.getByName(name).wide().dup(),
      constructor: () => env.RPC.getByName(name).wide().constructor.name,
    }),
  "shapes-of-stubs": async ({ env, name }) => {
    const wide = await env.RPC.getByName(name).wide();
    const f = await env.RPC.getByName(name).stubOf(() => 1);
    const shape = (x) => ({
      type: typeof x,
      class: x.constructor.name,
      stub: x instanceof RpcStub,
      target: x instanceof RpcTarget,
      keys: Object.keys(x),
      then: typeof x.then,
      dispose: typeof x[Symbol.dispose],
      tag: Object.prototype.toString.call(x),
      json: JSON.stringify({ x }),
    });
    return { wide: shape(wide), f: shape(f) };
  },
  "instanceof": ({ env, name }) => {
    const stub = env.RPC.getByName(name);
    const promise = stub.echo(1);
    return {
      object: [stub instanceof ServiceStub, stub instanceof RpcStub],
      promise: [promise instanceof RpcPromise, promise instanceof Promise],
      property: [stub.x instanceof RpcProperty, stub.x.y instanceof RpcProperty, promise.x instanceof RpcProperty],
      service: [env.SELF_ENTRY instanceof ServiceStub, env.SELF_ENTRY instanceof RpcStub, env.SELF_ENTRY.constructor.name],
    };
  },
  "constructors": () =>
    outcomes({
      promise: () => new RpcPromise(),
      property: () => new RpcProperty(),
      service: () => new ServiceStub(),
    }),
  "depth": ({ env, name }) => {
    const chain = (from, depth) => {
      let at = from;
      for (let i = 0; i < depth; i++) at = at.x;
      return at;
    };
    const stub = env.RPC.getByName(name);
    return outcomes({
      read63: () => timing(() => chain(stub, 63)),
      read64: () => timing(() => chain(stub, 64)),
      read65: () => timing(() => chain(stub, 65)),
      read66: () => timing(() => chain(stub, 66)),
      read67: () => timing(() => chain(stub, 67)),
      call64: () => timing(() => chain(stub, 64)()),
      call65: () => timing(() => chain(stub, 65)()),
      call66: () => timing(() => chain(stub, 66)()),
      make100: () => typeof chain(stub, 100),
      promise64: () => timing(() => chain(stub.echo(1), 64)),
      promise65: () => timing(() => chain(stub.echo(1), 65)),
      promise66: () => timing(() => chain(stub.echo(1), 66)),
    });
  },
  "pipelining-more": async ({ env, name }) => {
    const stub = env.RPC.getByName(name);
    return outcomes({
      chain: () => stub.wide().plain.a.b.f(),
      twoOfOne: async () => {
        const wide = stub.wide();
        return Promise.all([wide.method(), wide.inherited(), wide.plain.a.b.c]);
      },
      threeDeep: () => stub.echo({ f: () => 1 }).f(),
      resultOfResult: () => stub.stubOf(() => ({ g: () => "g" }))().g(),
      throughEcho: () => stub.bounce((x) => x + 1)(5),
      intoArguments: async () => {
        const wide = stub.wide();
        return stub.callMethod(await wide, "method");
      },
      property: () => stub.wide().plain,
      array: () => stub.echo([1, 2])[1],
      date: () => stub.echo(new Date(0)).getTime(),
      missing: () => stub.wide().nope(),
      afterFailure: () => stub.fail().a.b(),
      onNull: () => stub.echo(null).x,
      callObject: () => stub.echo({})(),
      callNumber: () => stub.echo(1)(),
      service: () => stub.echo(env.SELF_ENTRY).add(1, 2),
    });
  },
  "pipelining-after-the-result": async ({ env, name }) => {
    const stub = env.RPC.getByName(name);
    const object = stub.echo({ a: 1, f: (x) => x * 2, n: { m: 3 } });
    const wide = stub.wide();
    const number = stub.echo(5);
    const failed = stub.fail();
    await Promise.allSettled([object, wide, number, failed]);
    return outcomes({
      a: () => object.a,
      f: () => object.f(4),
      m: () => object.n.m,
      nope: () => object.nope,
      method: () => wide.method(),
      number: () => number.x,
      failed: () => failed.x,
      again: async () => (await object).a,
    });
  },
  "pipelining-in-a-later-turn": async ({ env, name }) => {
    const stub = env.RPC.getByName(name);
    let goOn;
    const told = new Promise((resolve) => (goOn = resolve));
    const slow = stub.call(async () => {
      await told;
      return { a: 1, f: (x) => x + 1 };
    });
    await stub.echo("in the meantime");
    const [a, f] = [slow.a, slow.f(1)];
    goOn();
    return outcomes({ a: () => a, f: () => f, whole: async () => Object.keys(await slow) });
  },
  "failing-promise-nobody-waits-for": async ({ env, name }) => {
    const stub = env.RPC.getByName(name);
    stub.fail();
    const value = await outcome(() => stub.fail().x.y());
    return { value, alive: await stub.echo(1) };
  },
  "order-with-pipelining": async ({ env, name }) => {
    const stub = env.RPC.getByName(name);
    const seen = [];
    const note = (x) => seen.push(x);
    await Promise.all([stub.call(note, "a"), stub.call(note, "b"), stub.call(note, "c")]);
    return seen;
  },
  thenables: ({ env, name }) => {
    const stub = env.RPC.getByName(name);
    return outcomes({ thenable: () => stub.thenable(), rejecting: () => stub.rejectingThenable(), nested: () => stub.echo({ a: 1 }).then((x) => x.a) });
  },
  "promise-returned-by-the-callee": ({ env, name }) => {
    const stub = env.RPC.getByName(name);
    return outcomes({
      property: () => stub.readProperty({ a: { b: 5 } }, "a", "b"),
      stubProperty: () => stub.readProperty(new Wide(), "plain", "a", "b", "c"),
      chain: () => stub.chain(new Wide()),
    });
  },
  "fired-and-forgotten": async ({ env, name }) => {
    let called = 0;
    const fired = await env.RPC.getByName(name).fire(() => {
      called += 1;
    });
    await until(() => called > 0);
    return { fired, called };
  },
  "catch-and-finally-of-properties": async ({ env, name }) => {
    const stub = env.RPC.getByName(name);
    let ran = 0;
    return {
      caught: await stub.nope.catch((e) => e.message),
      finally: await stub.wide().plain.finally(() => {
        ran += 1;
      }),
      ran,
      race: await Promise.race([stub.echo("first")]),
      all: await Promise.all([stub.echo(1), stub.wide().method(), 3]),
      resolved: await Promise.resolve(stub.echo("x")),
    };
  },
  "names-that-functions-have": ({ env, name }) => {
    const stub = env.RPC.getByName(name);
    return outcomes({
      name: async () => typeof (await outcome(() => stub.wide().name)),
      nameOf: () => stub.wide().name,
      length: () => stub.wide().length,
      prototype: () => stub.wide().prototype,
      arguments: () => stub.wide().arguments,
      apply: () => stub.wide().apply(),
      bind: () => stub.wide().bind(),
    });
  },
  "functions-have-own-properties-only": async ({ env, name }) => {
    const f = Object.assign(() => 1, { a: 2, inner: { b: 3 }, g: (x) => x });
    const stub = env.RPC.getByName(name);
    return outcomes({
      a: () => stub.readProperty(f, "a"),
      b: () => stub.readProperty(f, "inner", "b"),
      g: () => stub.callMethod(f, "g", 9),
      call: () => stub.callMethod(f, "call"),
      name: () => stub.readProperty(f, "name"),
      prototype: () => stub.readProperty(function () {}, "prototype"),
    });
  },
  "local-stub-more": async () => {
    const seen = [];
    const stub = new RpcStub({
      self: (x) => x,
      note: (x) => {
        seen.push(typeof x);
      },
    });
    const sync = [];
    const pending = stub.note(1);
    sync.push(seen.length);
    await pending;
    const object = { x: 1 };
    return {
      sync,
      seen,
      copied: (await stub.self(object)) !== object,
      functionStub: typeof (await stub.self(() => 1)),
      nestedStub: await (await stub.self(new RpcStub(() => "inner")))(),
    };
  },
  "classes-as-values": ({ env, name }) => {
    const stub = env.RPC.getByName(name);
    class Thing {}
    return outcomes({
      klass: () => stub.typeOf(Thing),
      construct: async () => (await outcome(() => stub.call(Thing))).threw.name,
    });
  },
  "setting-properties": async ({ env, name }) => {
    const wide = await env.RPC.getByName(name).wide();
    return outcomes({
      set: () => {
        wide.method = () => "mine";
        return wide.method();
      },
      in: () => ["method" in wide, "nope" in wide, "dup" in wide],
    });
  },
  "what-a-callback-gets": async ({ env, name }) => {
    const stub = env.RPC.getByName(name);
    let seen;
    await stub.call((...args) => {
      seen = show(args);
    }, 1, { a: [1] }, undefined, new Date(0), new Map([[1, 2]]));
    return seen;
  },
};
