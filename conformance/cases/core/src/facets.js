// ctx.facets: objects inside an object.

import { shared } from "./facet_targets.js";
import { allInObjects, describeError, engineOutcome, outcome, outcomes, show, timing } from "./harness.js";

/** A facet of the class that most cases use. */
const start = (ctx, name = "child", extra = {}) =>
  ctx.facets.get(name, () => ({ class: ctx.exports.Facet, ...extra }));

/** What the callback of get() may give: [as is, by a promise]. */
const started = (ctx, name, give) => outcome(() => ctx.facets.get(name, give).next());

export default allInObjects({
  interface: ({ ctx }) => {
    const { facets } = ctx;
    const methods = ["get", "abort", "delete", "clone"];
    return {
      class: facets.constructor.name,
      text: String(facets),
      same: ctx.facets === facets,
      own: Object.keys(facets),
      methods: methods.map((name) => [typeof facets[name], facets[name]?.length]),
    };
  },
  "argument-errors": ({ ctx }) => {
    const { facets } = ctx;
    return outcomes({
      getNothing: () => timing(() => facets.get()),
      getNoCallback: () => timing(() => facets.get("a")),
      getObject: () => timing(() => facets.get("a", { class: ctx.exports.Facet })),
      abortNothing: () => timing(() => facets.abort()),
      abortNoReason: () => timing(() => facets.abort("a")),
      deleteNothing: () => timing(() => facets.delete()),
      detached: () => timing(() => facets.get.call({}, "a", () => ({}))),
    });
  },
  "name-lengths": ({ ctx }) =>
    outcomes({
      fits: () => start(ctx, "x".repeat(256)).next(),
      tooLong: () => timing(() => start(ctx, "x".repeat(257))),
      bytes: () => timing(() => start(ctx, "é".repeat(129))),
      number: async () => [await start(ctx, 7).next(), await start(ctx, "7").next()],
      slash: () => start(ctx, "../a/b\0c").next(),
      abortTooLong: () => timing(() => ctx.facets.abort("x".repeat(257), new Error("x"))),
      deleteTooLong: () => timing(() => ctx.facets.delete("x".repeat(257))),
    }),
  "empty-name": async ({ ctx }) => [await start(ctx, "").next(), await start(ctx, "").next()],
  "starts-at-the-first-call": async ({ ctx }) => {
    const order = [];
    const stub = ctx.facets.get("child", () => {
      order.push("callback");
      return { class: ctx.exports.Facet };
    });
    order.push("got");
    await scheduler.wait(5);
    order.push("waited");
    const call = stub.next();
    order.push("called");
    await call;
    order.push("answered");
    await stub.next();
    await start(ctx).next();
    return order;
  },
  stub: async ({ ctx }) => {
    const stub = start(ctx);
    return {
      class: stub.constructor.name,
      type: typeof stub,
      keys: Object.keys(stub),
      id: await outcome(() => stub.id),
      awaited: (await stub) === stub,
    };
  },
  "one-instance": async ({ ctx }) => {
    const first = start(ctx);
    return [await first.next(), await first.next(), await start(ctx).next(), await start(ctx, "another").next()];
  },
  "storage-of-its-own": async ({ ctx, storage }) => {
    await storage.put("key", "root");
    await start(ctx).put("key", "child");
    await start(ctx, "another").put("other", 1);
    return {
      root: [...(await storage.list())],
      child: [await start(ctx).keys(), await start(ctx).get("key")],
      another: await start(ctx, "another").keys(),
    };
  },
  sql: async ({ ctx, sql }) => {
    sql.exec("CREATE TABLE t (x)");
    const child = start(ctx);
    await child.sql("CREATE TABLE t (x INTEGER PRIMARY KEY, y TEXT)");
    await child.sql("INSERT INTO t VALUES (1, ?), (2, ?)", "one", "two");
    return [await child.sql("SELECT * FROM t"), sql.exec("SELECT * FROM t").toArray()];
  },
  ids: async ({ ctx, env, name }) => {
    const same = (who) => ({ ...who, id: who.id === ctx.id.toString() });
    const other = env.OTHER.idFromName("someone");
    const given = (await start(ctx, "c", { id: other }).whoAmI()).id;
    return {
      inherited: same(await start(ctx, "a").whoAmI()),
      text: await start(ctx, "b", { id: "any text" }).whoAmI(),
      ofAnother: given === other.toString(),
      nameOfAnother: (await start(ctx, "d", { id: other }).whoAmI()).name,
      unique: (await start(ctx, "e", { id: env.OTHER.newUniqueId() }).whoAmI()).name,
      undefined: same(await start(ctx, "f", { id: undefined }).whoAmI()),
      inner: same(await start(ctx, "a").inner("x", "whoAmI")),
      innerOfText: await start(ctx, "b").inner("x", "whoAmI"),
      name: name === ctx.id.name,
    };
  },
  "id-errors": ({ ctx }) =>
    outcomes({
      null: () => start(ctx, "a", { id: null }).whoAmI(),
      number: () => start(ctx, "b", { id: 7 }).whoAmI(),
      object: () => start(ctx, "c", { id: {} }).whoAmI(),
      empty: () => start(ctx, "d", { id: "" }).whoAmI(),
    }),
  "options-by-promise": ({ ctx }) => {
    const Class = ctx.exports.Facet;
    return outcomes({
      promise: () => started(ctx, "a", () => Promise.resolve({ class: Class })),
      async: () => started(ctx, "b", async () => (await scheduler.wait(2), { class: Class })),
      storage: () => started(ctx, "c", async () => (await ctx.storage.get("nothing"), { class: Class })),
      thenable: () => started(ctx, "d", () => ({ then: (f) => f({ class: Class }) })),
      classByPromise: () => started(ctx, "e", () => ({ class: Promise.resolve(Class) })),
    });
  },
  "options-errors": ({ ctx, env }) =>
    outcomes({
      throws: () => started(ctx, "a", () => {
        throw new RangeError("no options");
      }),
      rejects: () => started(ctx, "b", async () => {
        throw Object.assign(new RangeError("no options"), { detail: 1 });
      }),
      throwsText: () => started(ctx, "c", () => {
        throw "text";
      }),
      number: () => started(ctx, "k", () => 5),
      numberLater: () => started(ctx, "l", async () => 5),
      array: () => started(ctx, "m", () => []),
      getter: () => started(ctx, "n", () => ({
        get class() {
          throw new Error("from a getter");
        },
      })),
      empty: () => started(ctx, "e", () => ({})),
      null: () => started(ctx, "f", () => ({ class: null })),
      plainClass: () => started(ctx, "g", () => ({ class: class {} })),
      entry: () => started(ctx, "h", () => ({ class: ctx.exports.Entry })),
      namespace: () => started(ctx, "i", () => ({ class: env.TARGET })),
      text: () => started(ctx, "j", () => ({ class: "Facet" })),
    }),
  "options-missing": ({ ctx }) =>
    outcomes({
      undefined: () => started(ctx, "a", () => undefined),
      null: () => started(ctx, "b", async () => null),
    }),
  "this-of-the-callback": async ({ ctx }) => {
    let seen;
    await ctx.facets
      .get("child", function (...args) {
        seen = [this === globalThis, args.length];
        return { class: ctx.exports.Facet };
      })
      .next();
    return seen;
  },
  "failed-start": async ({ ctx }) => {
    let calls = 0;
    const get = (fails) =>
      ctx.facets.get("child", () => {
        calls++;
        if (fails) throw new Error("not yet");
        return { class: ctx.exports.Facet };
      });
    const first = await outcome(() => get(true).next());
    const again = await outcome(() => get(false).next());
    ctx.facets.abort("child", new Error("the reason"));
    return { first, again, aborted: await outcome(() => get(false).next()), calls };
  },
  "failed-start-and-delete": async ({ ctx }) => {
    const stub = ctx.facets.get("child", async () => {
      throw new Error("not yet");
    });
    const first = await outcome(() => stub.next());
    const sameStub = await outcome(() => stub.next());
    ctx.facets.delete("child");
    return { first, sameStub, newStub: await outcome(() => start(ctx).next()) };
  },
  "class-of-a-namespace": async ({ ctx, env }) => {
    const facet = ctx.facets.get("child", () => ({ class: ctx.exports.Target }));
    const object = env.TARGET.getByName("not a facet");
    await object.put("key", "of the object");
    await facet.put("key", "of the facet");
    return [await facet.get("key"), await object.get("key"), (await facet.whoAmI()).id === ctx.id.toString()];
  },
  "class-that-extends-nothing": async ({ ctx }) => {
    const facet = ctx.facets.get("child", () => ({ class: ctx.exports.Plain }));
    const plain = ctx.facets.get("other", () => ({ class: ctx.exports.PlainFacet }));
    return outcomes({
      call: () => facet.hello(),
      type: () => typeof ctx.exports.PlainFacet,
      plainCall: () => plain.hello(),
      plainFetch: async () => (await plain.fetch("http://x/")).text(),
    });
  },
  "class-binding": ({ ctx }) => {
    const Class = ctx.exports.Facet;
    return outcomes({
      type: () => [typeof Class, Class.constructor.name, Object.keys(Class)],
      called: () => {
        const called = Class({ props: { a: 1 } });
        return [typeof called, called.constructor.name, Object.keys(called)];
      },
      calledWithout: () => Class().constructor.name,
      calledUndefined: () => Class(undefined).constructor.name,
      calledNumber: () => Class(5),
      calledEmpty: () => Class({}).constructor.name,
      cloneCalled: () => structuredClone(Class({})),
      store: () => ctx.storage.put("class", Class),
      newIt: () => typeof new Class(),
      ownNames: () => [Class.name, Class.length],
      keys: () => Object.keys(ctx.exports).filter((name) => name.includes("Facet")).sort(),
      cloneType: async () => (await engineOutcome(() => structuredClone(Class))).threwType,
    });
  },
  "class-of-a-namespace-binding": ({ ctx, env }) => {
    const Class = ctx.exports.Target;
    return outcomes({
      type: () => [typeof Class, Class.constructor.name, Object.keys(Class), String(Class)],
      called: () => Class({ props: {} }).constructor.name,
      calledWithout: () => Class(),
      newIt: () => typeof new Class({}),
      ids: () => Class.idFromName("a").equals(env.TARGET.idFromName("a")),
      fromString: () => Class.idFromString(env.TARGET.idFromName("a").toString()).equals(Class.idFromName("a")),
      get: () => Class.get(Class.idFromName("a")).echo(1),
      getByName: () => Class.getByName("a").echo(2),
    });
  },
  "class-sent-elsewhere": async ({ ctx, env, name }) => {
    const Class = ctx.exports.Facet;
    const other = env.TARGET.getByName(`class-${name}`);
    return outcomes({
      binding: () => other.echo(Class),
      namespace: () => other.echo(ctx.exports.Target),
      class: async () => (await other.echo({ inside: Class({}) })).inside.constructor.name,
      used: async () => {
        const back = await other.echo(Class({ props: { a: 1 } }));
        return ctx.facets.get("child", () => ({ class: back })).props();
      },
    });
  },
  props: async ({ ctx }) => {
    const of = (Class, name) => ctx.facets.get(name, () => ({ class: Class })).props();
    const { Facet } = ctx.exports;
    return outcomes({
      none: () => of(Facet, "a"),
      given: () => of(Facet({ props: { list: [1, new Date(0)], text: "x" } }), "b"),
      empty: () => of(Facet({}), "c"),
      number: () => of(Facet({ props: 7 }), "d"),
      null: () => Facet({ props: null }),
      badType: async () => (await engineOutcome(() => Facet({ props: { f() {} } }))).threwType,
      service: () => of(Facet({ props: { to: ctx.exports.Entry } }), "f"),
    });
  },
  members: ({ ctx }) => start(ctx).members(),
  fetch: async ({ ctx }) => {
    const stub = start(ctx);
    return outcomes({
      get: async () => (await stub.fetch("http://facet/path?x=1")).json(),
      post: async () => (await stub.fetch("http://facet/", { method: "POST", body: "text" })).json(),
      relative: () => stub.fetch("/path"),
    });
  },
  calls: async ({ ctx }) => {
    const stub = start(ctx);
    return outcomes({
      missing: () => stub.nope(),
      throws: async () => {
        try {
          await stub.fail("failed");
        } catch (error) {
          return { ...describeError(error), detail: error.detail };
        }
      },
      alive: () => stub.next(),
      callback: () => stub.callMe((a, b) => a + b, 2, 3),
      property: () => stub.count,
      pipelined: () => stub.tally().add(5),
      target: async () => {
        using tally = await stub.tally();
        await tally.add(1);
        return tally.add(2);
      },
    });
  },
  abort: async ({ ctx }) => {
    const stub = start(ctx);
    await stub.put("key", "stays");
    await stub.next();
    const hanging = outcome(() => stub.hang());
    await scheduler.wait(5);
    const returned = show(ctx.facets.abort("child", Object.assign(new TypeError("the reason"), { detail: 1 })));
    return {
      returned,
      hanging: await hanging,
      sameStub: await outcome(() => stub.next()),
      newStub: await outcome(() => start(ctx).next()),
      kept: await start(ctx).get("key"),
    };
  },
  "abort-reasons": async ({ ctx }) => {
    const abort = async (name, reason) => {
      const stub = start(ctx, name);
      await stub.next();
      const hanging = outcome(() => stub.hang());
      await scheduler.wait(5);
      ctx.facets.abort(name, reason);
      return [await hanging, await outcome(() => stub.next())];
    };
    return outcomes({
      text: () => abort("a", "text"),
      undefined: () => abort("b", undefined),
      object: () => abort("c", { a: 1 }),
      dom: () => abort("d", new DOMException("dom", "AbortError")),
    });
  },
  "abort-what-does-not-run": async ({ ctx }) => {
    const never = start(ctx, "never called");
    return outcomes({
      unknown: () => ctx.facets.abort("unknown", new Error("x")),
      notStarted: () => ctx.facets.abort("never called", new Error("x")),
      then: () => never.next(),
    });
  },
  "abort-is-for-all-below": async ({ ctx }) => {
    const child = start(ctx);
    await child.inner("grandchild", "next");
    await child.inner("grandchild", "put", "key", 1);
    const hanging = outcome(() => child.inner("grandchild", "hang"));
    await scheduler.wait(5);
    ctx.facets.abort("child", new Error("the reason"));
    return {
      hanging: await hanging,
      again: await outcome(() => start(ctx).inner("grandchild", "next")),
      kept: await start(ctx).inner("grandchild", "get", "key"),
    };
  },
  "abort-of-an-inner-one": async ({ ctx }) => {
    const child = start(ctx);
    await child.next();
    const hanging = outcome(() => child.inner("grandchild", "hang"));
    await scheduler.wait(5);
    await child.innerAbort("grandchild", "inner reason");
    return { hanging: await hanging, child: await child.next(), inner: await child.inner("grandchild", "next") };
  },
  "abort-while-it-starts": async ({ ctx }) => {
    const stub = ctx.facets.get("child", async () => {
      await scheduler.wait(10);
      return { class: ctx.exports.Facet };
    });
    const call = outcome(() => stub.next());
    await scheduler.wait(2);
    ctx.facets.abort("child", new Error("the reason"));
    return { call: await call, again: await outcome(() => start(ctx).next()) };
  },
  "abort-and-call-at-once": async ({ ctx }) => {
    const stub = start(ctx);
    const before = outcome(() => stub.next());
    ctx.facets.abort("child", new Error("the reason"));
    const sameStub = outcome(() => stub.next());
    const after = outcome(() => start(ctx).next());
    return [await before, await sameStub, await after];
  },
  "abort-by-itself": async ({ ctx }) => {
    let calls = 0;
    const get = () => ctx.facets.get("child", () => (calls++, { class: ctx.exports.Facet }));
    const stub = get();
    await stub.next();
    return {
      call: await outcome(() => stub.abort("by itself")),
      sameStub: await outcome(() => stub.next()),
      newStub: await outcome(() => get().next()),
      root: await ctx.storage.get("nothing") === undefined,
      calls,
    };
  },
  delete: async ({ ctx }) => {
    const stub = start(ctx);
    await stub.put("key", "goes");
    await start(ctx, "another").put("key", "stays");
    const hanging = outcome(() => stub.hang());
    await scheduler.wait(5);
    const returned = show(ctx.facets.delete("child"));
    return {
      returned,
      hanging: await hanging,
      sameStub: await outcome(() => stub.next()),
      newStub: await outcome(() => start(ctx).next()),
      keys: await start(ctx).keys(),
      another: await start(ctx, "another").keys(),
      unknown: await outcome(() => ctx.facets.delete("unknown")),
    };
  },
  "delete-while-it-starts": async ({ ctx }) => {
    const stub = ctx.facets.get("child", async () => {
      await scheduler.wait(10);
      return { class: ctx.exports.Facet };
    });
    const call = outcome(() => stub.next());
    await scheduler.wait(1);
    ctx.facets.delete("child");
    return [await call, await outcome(() => start(ctx).next())];
  },
  "delete-with-what-is-below": async ({ ctx }) => {
    await start(ctx).inner("grandchild", "put", "key", 1);
    await start(ctx).put("key", 1);
    ctx.facets.delete("child");
    return [await start(ctx).keys(), await start(ctx).inner("grandchild", "keys")];
  },
  "delete-what-does-not-run": async ({ ctx }) => {
    await start(ctx).put("key", 1);
    ctx.facets.abort("child", new Error("stops"));
    ctx.facets.delete("child");
    return start(ctx).keys();
  },
  "delete-all-of-the-root": async ({ ctx, storage }) => {
    await storage.put("key", 1);
    const stub = start(ctx);
    await stub.put("key", 1);
    await storage.deleteAll();
    return { root: [...(await storage.list())], running: await stub.keys(), next: await stub.next() };
  },
  "delete-all-of-a-facet": async ({ ctx, storage }) => {
    await storage.put("key", 1);
    const stub = start(ctx);
    await stub.put("key", 1);
    await stub.inner("grandchild", "put", "key", 1);
    await start(ctx, "another").put("key", 1);
    await stub.deleteAll();
    return [
      (await storage.list()).size,
      await stub.keys(),
      await stub.inner("grandchild", "keys"),
      await start(ctx, "another").keys(),
    ];
  },
  "clone-edges": async ({ ctx }) => {
    const { facets } = ctx;
    const stub = start(ctx, "a");
    await stub.put("key", 1);
    return outcomes({
      noTarget: () => timing(() => facets.clone("a")),
      nothing: () => timing(() => facets.clone()),
      longSource: () => timing(() => facets.clone("x".repeat(257), "a")),
      longTarget: () => timing(() => facets.clone("a", "x".repeat(257))),
      itself: () => facets.clone("a", "a"),
      itselfStub: () => stub.next(),
      itselfKeys: () => start(ctx, "a").keys(),
      running: async () => {
        const source = start(ctx, "a");
        await source.next();
        facets.clone("a", "b");
        return [await source.next(), await start(ctx, "b").keys()];
      },
      ofNobody: () => facets.clone("nobody", "b"),
      emptied: () => start(ctx, "b").keys(),
    });
  },
  clone: async ({ ctx }) => {
    await start(ctx, "source").put("key", 1);
    await start(ctx, "source").inner("grandchild", "put", "key", 2);
    await start(ctx, "target").put("other", 1);
    const target = start(ctx, "target");
    const hanging = outcome(() => target.hang());
    await scheduler.wait(5);
    const cloned = await outcome(() => ctx.facets.clone("source", "target"));
    if (cloned.threw) return cloned;
    return {
      cloned,
      hanging: await hanging,
      keys: await start(ctx, "target").keys(),
      inner: await start(ctx, "target").inner("grandchild", "get", "key"),
    };
  },
  alarms: async ({ ctx }) => ({
    others: await outcome(() => start(ctx).alarms()),
    set: await outcome(() => start(ctx).setAlarm()),
    after: await outcome(() => start(ctx).next()),
  }),
  "constructor-that-throws": async ({ ctx }) => {
    const stub = ctx.facets.get("child", () => ({ class: ctx.exports.FacetThatFails }));
    return {
      call: await outcome(() => stub.hello()),
      sameStub: await outcome(() => stub.hello()),
      otherClass: await outcome(() => start(ctx).next()),
    };
  },
  "another-class": async ({ ctx }) => {
    const other = () => ctx.facets.get("child", () => ({ class: ctx.exports.OtherFacet }));
    await start(ctx).put("key", "value");
    const running = await outcome(() => other().whichClass());
    ctx.facets.abort("child", new Error("stops"));
    return { running, then: await other().whichClass(), key: await other().get("key") };
  },
  "block-concurrency": async ({ ctx }) => ({
    order: await start(ctx).blocked(),
    fails: await outcome(() => start(ctx).breakGate("broke")),
    after: await outcome(() => start(ctx).next()),
  }),
  "root-in-a-critical-section": async ({ ctx }) => {
    const stub = start(ctx);
    await stub.next();
    return ctx.blockConcurrencyWhile(() => stub.next());
  },
  transactions: async ({ ctx, storage }) => {
    const stub = start(ctx);
    await stub.next();
    const rolledBack = await outcome(() =>
      storage.transaction(async (txn) => {
        await txn.put("root", 1);
        await stub.put("child", 1);
        throw new Error("rolled back");
      }),
    );
    return { rolledBack, root: (await storage.list()).size, child: await stub.keys(), own: await stub.transact(true), after: await stub.keys() };
  },
  order: async ({ ctx }) => {
    const log = [];
    const note = (value) => log.push(value);
    const stub = ctx.facets.get("child", async () => {
      note("callback");
      await scheduler.wait(5);
      note("callback ends");
      return { class: ctx.exports.Facet };
    });
    const another = ctx.facets.get("child", () => note("never"));
    await Promise.all([stub.callMe(note, 1), stub.callMe(note, 2), another.callMe(note, 3), stub.callMe(note, 4)]);
    return log;
  },
  // An object and its facets share their variables.
  strangers: async ({ ctx }) => {
    await start(ctx).leak();
    const { leaked } = shared;
    const inner = await timing(() => leaked.facets.get("x", () => ({})));
    shared.leaked = { facets: ctx.facets, stub: start(ctx, "another") };
    await shared.leaked.stub.next();
    return { inner, outer: JSON.parse(await start(ctx).useLeaked()) };
  },
  depth: ({ ctx }) => start(ctx).depth(1),
  "calls-of-the-root": ({ ctx }) => outcome(() => start(ctx).callRoot("LAB", "to the root")),
  "stub-is-no-data": async ({ ctx, storage }) => {
    const stub = start(ctx);
    return outcomes({
      clone: () => structuredClone(stub),
      put: () => storage.put("stub", stub),
    });
  },
  "stub-sent-elsewhere": async ({ ctx, env, name }) => {
    const other = env.TARGET.getByName(`facet-${name}`);
    const stub = start(ctx);
    return outcomes({
      stub: () => other.echo(stub),
      inner: async () => {
        const inner = await start(ctx).innerStub("grandchild");
        return [inner.constructor.name, await inner.next(), await start(ctx).inner("grandchild", "next")];
      },
    });
  },
  sockets: async ({ ctx }) => {
    const stub = start(ctx);
    const { webSocket } = await stub.fetch("http://facet/", { headers: { upgrade: "websocket" } });
    webSocket.accept();
    const answer = new Promise((resolve) => webSocket.addEventListener("message", ({ data }) => resolve(data)));
    webSocket.send("hello");
    const seen = [await answer, await stub.sockets(), ctx.getWebSockets().length];
    const closed = new Promise((resolve) => webSocket.addEventListener("close", ({ code }) => resolve(code)));
    ctx.facets.abort("child", new Error("stops"));
    return [...seen, await closed];
  },
});
