// The life of an object: gates, abort, what survives it.

import { DurableObject } from "cloudflare:workers";
import { allInObjects, outcome, outcomes, show, timing } from "./harness.js";

const inObjects = allInObjects({
  "ctx-members": ({ ctx }) => ({
    class: ctx.constructor.name,
    own: Object.keys(ctx).sort(),
    types: Object.fromEntries(
      [
        "id",
        "storage",
        "exports",
        "props",
        "facets",
        "container",
        "waitUntil",
        "blockConcurrencyWhile",
        "abort",
        "acceptWebSocket",
        "getWebSockets",
        "getTags",
        "setWebSocketAutoResponse",
      ].map((key) => [key, typeof ctx[key]]),
    ),
  }),
  "ctx-wrapped": ({ ctx, env }) => {
    const make = (state) => {
      const made = new DurableObject(state, env);
      return [made.ctx === state, made.env === env, String(made.ctx.id) === String(ctx.id), made.ctx.storage === ctx.storage];
    };
    return outcomes({
      itself: () => make(ctx),
      inherited: () => make(Object.create(ctx, { extra: { value: 1 } })),
      "inherited twice": () => make(Object.create(Object.create(ctx))),
      proxy: () => make(new Proxy(ctx, {})),
      prototype: () => make(Object.getPrototypeOf(ctx)),
      other: () => make({}),
      "no object": () => make(1),
    });
  },
  "ctx-props": ({ ctx }) => show(ctx.props),
  "env-values": ({ env }) => ({ text: env.TEXT, number: env.NUMBER, list: env.LIST, keys: Object.keys(env).sort() }),
  "block-value": ({ ctx }) => ctx.blockConcurrencyWhile(async () => "the result"),
  "block-sync-callback": ({ ctx }) => ctx.blockConcurrencyWhile(() => 7),
  "block-starts-later": async ({ ctx }) => {
    const order = [];
    const done = ctx.blockConcurrencyWhile(async () => {
      order.push("inside");
    });
    order.push("after the call");
    await done;
    return order;
  },
  "block-nested": ({ ctx }) => ctx.blockConcurrencyWhile(() => ctx.blockConcurrencyWhile(async () => "inner")),
  "block-too-deep": async ({ ctx }) => {
    const dive = (depth) => ctx.blockConcurrencyWhile(() => (depth === 1 ? depth : dive(depth - 1)));
    let deepest;
    const probe = (depth) =>
      ctx.blockConcurrencyWhile(async () => {
        try {
          await probe(depth + 1);
        } catch (error) {
          deepest ??= { depth: depth + 1, message: error.message };
        }
      });
    const fits = await dive(64);
    await probe(1);
    return { fits, deepest };
  },
  "block-argument-errors": ({ ctx }) =>
    outcomes({
      missing: () => timing(() => ctx.blockConcurrencyWhile()),
      string: () => timing(() => ctx.blockConcurrencyWhile("x")),
    }),
  "block-keeps-others-out": async ({ ctx, env, name }) => {
    const order = [];
    const blocked = ctx.blockConcurrencyWhile(async () => {
      order.push("block began");
      // The call would come in before this one, which is made later, is answered.
      await env.LAB.getByName(`${name} other`).echo("later");
      order.push("block ended");
    });
    const call = env.LAB.getByName(name)
      .echo("call")
      .then(() => order.push("call returned"));
    await Promise.all([blocked, call]);
    return order;
  },
  "storage-does-not-let-others-in": async ({ storage }) => {
    const order = [];
    const timer = scheduler.wait(0).then(() => order.push("timer"));
    for (let i = 0; i < 20; i++) await storage.put(`k${i}`, i);
    order.push("twenty puts");
    await timer;
    return order;
  },
  "wait-until": async ({ ctx }) => ({
    returns: show(ctx.waitUntil(Promise.resolve())),
    nonPromise: await outcome(() => ctx.waitUntil(5)),
  }),
  "web-sockets-none": ({ ctx }) => ({
    all: ctx.getWebSockets(),
    tagged: ctx.getWebSockets("x"),
    auto: ctx.getWebSocketAutoResponse(),
    timeout: ctx.getHibernatableWebSocketEventTimeout(),
  }),
  "auto-response": ({ ctx }) => {
    ctx.setWebSocketAutoResponse(new WebSocketRequestResponsePair("ping", "pong"));
    const { request, response } = ctx.getWebSocketAutoResponse();
    ctx.setWebSocketAutoResponse();
    return { request, response, unset: ctx.getWebSocketAutoResponse() };
  },
  "auto-response-errors": ({ ctx }) =>
    outcomes({
      request: () => ctx.setWebSocketAutoResponse(new WebSocketRequestResponsePair("x".repeat(2049), "y")),
      response: () => ctx.setWebSocketAutoResponse(new WebSocketRequestResponsePair("x", "é".repeat(1025))),
      fits: () => ctx.setWebSocketAutoResponse(new WebSocketRequestResponsePair("x".repeat(2048), "y".repeat(2048))),
      wrongType: () => ctx.setWebSocketAutoResponse({ request: "a", response: "b" }),
    }),
  "event-timeout": ({ ctx }) =>
    outcomes({
      set: () => {
        ctx.setHibernatableWebSocketEventTimeout(500);
        return ctx.getHibernatableWebSocketEventTimeout();
      },
      unset: () => {
        ctx.setHibernatableWebSocketEventTimeout();
        return ctx.getHibernatableWebSocketEventTimeout();
      },
      tooLong: () => ctx.setHibernatableWebSocketEventTimeout(604_800_001),
    }),
  "alarm-times": async ({ storage }) => {
    const far = Date.now() + 3_600_000;
    const none = await storage.getAlarm();
    await storage.setAlarm(far);
    const number = await storage.getAlarm();
    await storage.setAlarm(new Date(far + 1));
    const date = await storage.getAlarm();
    await storage.deleteAlarm();
    return {
      none,
      number: number === far,
      date: date === far + 1,
      deleted: await storage.getAlarm(),
      returns: show(await storage.deleteAlarm()),
    };
  },
  "alarm-errors": ({ storage }) =>
    outcomes({
      zero: () => timing(() => storage.setAlarm(0)),
      negative: () => timing(() => storage.setAlarm(-5)),
      nan: () => timing(() => storage.setAlarm(NaN)),
      invalidDate: () => timing(() => storage.setAlarm(new Date(NaN))),
      text: () => timing(() => storage.setAlarm("soon")),
      missing: () => timing(() => storage.setAlarm()),
    }),
});

export default {
  ...inObjects,
  "constructor-blocks-the-first-call": ({ env }) => env.FAILS.getByName("slow:1").getOrder(),
  "one-instance": async ({ env, name }) => {
    const counts = await Promise.all(Array.from({ length: 10 }, () => env.TARGET.getByName(name).nextCount()));
    return counts.sort((a, b) => a - b);
  },
  "alarm-needs-a-handler": ({ env, name }) => outcome(() => env.TARGET.getByName(name).setAlarm()),
  "abort-with-a-reason": async ({ env, name }) => {
    const stub = env.TARGET.getByName(name);
    await stub.nextCount();
    const aborted = await outcome(() => stub.abort("because"));
    return {
      aborted,
      oldStub: await outcome(() => stub.nextCount()),
      newStub: await outcome(() => env.TARGET.getByName(name).nextCount()),
    };
  },
  "abort-without-a-reason": ({ env, name }) => outcome(() => env.TARGET.getByName(name).abort()),
  "abort-undoes-the-turn": async ({ env, name }) => {
    await env.TARGET.getByName(name).put("a", "kept");
    const aborted = await outcome(() => env.TARGET.getByName(name).putThenAbort("a", "lost"));
    return { aborted, stored: await env.TARGET.getByName(name).get("a") };
  },
  "throwing-keeps-the-writes": async ({ env, name }) => {
    const thrown = await outcome(() => env.TARGET.getByName(name).putThenThrow("a", "kept"));
    return { thrown, stored: await env.TARGET.getByName(name).get("a") };
  },
  "broken-gate": async ({ env, name }) => {
    const stub = env.TARGET.getByName(name);
    await stub.nextCount();
    const broken = await outcome(() => stub.breakGate("inside the section"));
    return {
      broken,
      oldStub: await outcome(() => stub.nextCount()),
      newStub: await outcome(() => env.TARGET.getByName(name).nextCount()),
    };
  },
};
