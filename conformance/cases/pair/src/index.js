// Two Workers: what the first finds in the second, and the second in the first.

import { DurableObject, WorkerEntrypoint } from "cloudflare:workers";
import { outcome, outcomes, show } from "../../core/src/harness.js";

globalThis.mark = "first";

export class Room extends DurableObject {
  whose() {
    return [this.env.WHOSE, globalThis.mark, this.ctx.id.name];
  }
  idText() {
    return this.ctx.id.toString();
  }
  add(by) {
    const sum = (this.ctx.storage.kv.get("sum") ?? 0) + by;
    this.ctx.storage.kv.put("sum", sum);
    return sum;
  }
  /** Calls of the other Worker's object from an object. */
  async viaTheirs(name, method, ...args) {
    return await this.env.THEIRS.getByName(name)[method](...args);
  }
}

export class Back extends WorkerEntrypoint {
  async echo(value) {
    return [this.env.WHOSE, typeof value === "function" ? await value("called back") : value];
  }
}

class Special extends Error {
  name = "Special";
  code = 5;
}

/** Opens a WebSocket through `target`, and gives what answers one message. */
async function ask(target, url, message) {
  const { status, webSocket } = await target.fetch(url, { headers: { upgrade: "websocket" } });
  webSocket.accept();
  const answer = new Promise((resolve) => webSocket.addEventListener("message", ({ data }) => resolve(data)));
  webSocket.send(message);
  const data = await answer;
  webSocket.close(1000, "done");
  return [status, data];
}

/** Calls until it gives something else than undefined. */
async function eventually(act) {
  for (;;) {
    const value = await act();
    if (value !== undefined) return value;
    await scheduler.wait(10);
  }
}

const cases = {
  "pair.entry": ({ env }) =>
    outcomes({
      whose: () => env.ENTRY.whose(),
      add: () => env.ENTRY.add(1, 2),
      missing: () => env.ENTRY.nope(),
      props: () => env.PROPS.whose(),
      value: () => env.ENTRY.ctx,
    }),
  "pair.entry-fetch": ({ env }) =>
    outcomes({
      post: async () => {
        const response = await env.ENTRY.fetch("http://x/path", { method: "POST", body: "b" });
        return [response.status, response.headers.get("x-whose"), await response.text()];
      },
      props: async () => (await env.PROPS.fetch("http://x/", { method: "POST", body: "b" })).headers.get("x-props"),
      throws: () => env.ENTRY.fetch("http://x/throw"),
      default: async () => {
        const response = await env.SECOND.fetch("http://x/there");
        return [await response.text(), response.headers.get("x-mark")];
      },
    }),
  "pair.handlers": ({ env }) =>
    outcomes({
      fetch: async () => (await env.HANDLERS.fetch("http://x/")).text(),
      one: () => env.HANDLERS.one("x"),
      missing: () => env.HANDLERS.nope(1),
    }),
  "pair.by-reference": ({ env }) =>
    outcomes({
      callback: () => env.ENTRY.call((x) => [x, globalThis.mark], 4),
      counter: async () => {
        using counter = await env.ENTRY.counter();
        return [await counter.next(), await counter.next()];
      },
      pipelined: () => env.ENTRY.counter().next(),
      thereAndBack: () => env.ENTRY.back((text) => `${text} in ${globalThis.mark}`),
      stream: async () => new Response(await env.ENTRY.stream()).text(),
      read: () => env.ENTRY.read(new Response("sent").body),
      throwing: () => env.ENTRY.call(() => { throw new SyntaxError("in the callback"); }),
    }),
  "pair.stubs-that-pass": ({ env, name }) =>
    outcomes({
      theirsFromThem: async () => (await env.ENTRY.room(`${name}-a`)).whose(),
      pipelined: () => env.ENTRY.room(`${name}-b`).whose(),
      oursToThem: () => env.ENTRY.callMethod(env.OWN.getByName(`${name}-c`), "whose"),
      theirsToThem: () => env.ENTRY.callMethod(env.THEIRS.getByName(`${name}-d`), "whose"),
      serviceToThem: () => env.ENTRY.callMethod(env.PROPS, "whose"),
      serviceToTheirObject: async () => {
        const stub = env.THEIRS.getByName(`${name}-e`);
        return [await env.ENTRY.callMethod(stub, "add", 2), await stub.add(3)];
      },
    }),
  "pair.errors": ({ env, name }) => {
    const kinds = ["error", "type", "props", "special", "named", "cause", "dom", "string", "object"];
    return outcomes({
      ...Object.fromEntries(kinds.map((kind) => [kind, () => env.ENTRY.fail(kind)])),
      room: () => env.THEIRS.getByName(name).fail(),
      callback: () => env.ENTRY.call(() => { throw Object.assign(new Error("ours"), { code: 7 }); }),
    });
  },
  // The Worker that gets an error decides by its date what is left of it.
  "pair.errors-of-ours": ({ env }) => {
    const thrown = {
      error: () => new Error("plain"),
      props: () => Object.assign(new RangeError("range"), { code: 1 }),
      special: () => new Special("special"),
      named: () => Object.assign(new Error("named"), { name: "Odd" }),
      dom: () => new DOMException("dom", "AbortError"),
      string: () => "text",
      object: () => ({ a: 1 }),
    };
    const caught = (make) => () => env.ENTRY.catch(() => { throw make(); });
    return outcomes(Object.fromEntries(Object.entries(thrown).map(([name, make]) => [name, caught(make)])));
  },
  "pair.their-class": async ({ env, name }) => {
    const stub = env.THEIRS.getByName(name);
    return {
      ...(await outcomes({
        whose: () => stub.whose(),
        idIsTheirs: async () => [
          (await stub.idText()) === env.THEIRS.idFromName(name).toString(),
          (await env.ENTRY.idOf(name))[0] === env.THEIRS.idFromName(name).toString(),
          (await env.ENTRY.idOf(name))[1] === env.OWN.idFromName(name).toString(),
          env.OWN.idFromName(name).equals(env.THEIRS.idFromName(name)),
        ],
        ids: () => [env.THEIRS.idFromName("fixed").toString(), env.OWN.idFromName("fixed").toString()],
        name: () => [stub.name, stub.id.name],
        wrongText: () => env.THEIRS.idFromString(env.OWN.idFromName(name).toString()),
        unique: async () => (await env.THEIRS.get(env.THEIRS.newUniqueId()).whose())[0],
        fetch: async () => (await stub.fetch("http://x/")).text(),
        counter: () => stub.counter().next(),
        missing: () => stub.nope(),
      })),
    };
  },
  "pair.one-object-from-both-sides": async ({ env, name }) => [
    await env.THEIRS.getByName(name).add(1),
    await env.ENTRY.room(name).add(10),
    await env.OWN.getByName(name).viaTheirs(name, "add", 100),
    await env.OWN.getByName(name).add(1000),
  ],
  "pair.their-use-of-ours": ({ env, name }) => env.ENTRY.firstRoom(name),
  "pair.their-object-ends": async ({ env, name }) => {
    const stub = env.THEIRS.getByName(name);
    const first = await stub.instance();
    const ended = await outcome(() => stub.abort());
    const after = await outcome(() => stub.add(1));
    const again = env.THEIRS.getByName(name);
    return { ended, after, another: (await again.instance()) !== first, add: await again.add(1) };
  },
  "pair.their-alarm": async ({ env, name }) => {
    const stub = env.THEIRS.getByName(name);
    await stub.ring();
    return await eventually(() => stub.rang());
  },
  "pair.sockets": ({ env, name }) =>
    outcomes({
      object: () => ask(env.THEIRS.getByName(name), "http://x/", "hello"),
      service: () => ask(env.SECOND, "http://x/socket", "through both"),
    }),
  "pair.exports-are-ones-own": ({ ctx }) => Object.keys(ctx.exports).sort(),
  "pair.kinds": ({ env }) => show([env.ENTRY, env.THEIRS].map((binding) => binding.constructor.name)),
};

export default {
  async fetch(request, env, ctx) {
    const { pathname } = new URL(request.url);
    if (pathname === "/cases") return Response.json(Object.keys(cases).map((name) => ({ name })));
    const name = decodeURIComponent(pathname.slice("/case/".length));
    return Response.json(await outcome(() => cases[name]({ env, ctx, name })));
  },
};
