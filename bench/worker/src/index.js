// What the benchmark measures, written as any Worker would be. Each answer can be checked by who asked.

import { DurableObject, RpcTarget } from "cloudflare:workers";
import { throughJson, throughRoutes } from "./handlers.js";
import { bodyThrough, bytesThrough } from "./streams.js";

/** Never touches its storage: what is left is the way to an object and back. */
export class Greeter extends DurableObject {
  greet(name) {
    return `Hello, ${name}`;
  }
}

/** Hands out what is called by reference. */
export class Broker extends DurableObject {
  counter() {
    return new Counter();
  }

  async ask(callback, n) {
    return await callback(n);
  }
}

/** Calls another object, again and again. */
export class Caller extends DurableObject {
  async greet(name, times) {
    const greeter = this.env.GREETERS.getByName(name);
    let text;
    for (let i = 0; i < times; i += 1) text = await greeter.greet(name);
    return text;
  }
}

/** Sends back the body that it gets. */
export class Echo extends DurableObject {
  fetch(request) {
    return new Response(request.body);
  }
}

/** Sends back what it gets by WebSocket, to who sent it or to all. */
export class Room extends DurableObject {
  fetch(request) {
    const { 0: client, 1: server } = new WebSocketPair();
    this.ctx.acceptWebSocket(server, [new URL(request.url).pathname]);
    return new Response(null, { status: 101, webSocket: client });
  }

  webSocketMessage(socket, message) {
    if (this.ctx.getTags(socket)[0] === "/echo") {
      socket.send(message);
      return;
    }
    for (const each of this.ctx.getWebSockets()) each.send(message);
  }
}

class Counter extends RpcTarget {
  #n = 0;

  add(n) {
    return (this.#n += n);
  }

  fresh() {
    return new Counter();
  }
}

/** Rows in SQL, numbered from 1. */
export class Journal extends DurableObject {
  constructor(ctx, env) {
    super(ctx, env);
    ctx.storage.sql.exec("CREATE TABLE IF NOT EXISTS entries (id INTEGER PRIMARY KEY, text TEXT NOT NULL)");
  }

  append(text) {
    return this.ctx.storage.sql.exec("INSERT INTO entries (text) VALUES (?) RETURNING id", text).one().id;
  }
}

/** One number in key-value storage. */
export class Tally extends DurableObject {
  async increment() {
    const value = ((await this.ctx.storage.get("value")) ?? 0) + 1;
    await this.ctx.storage.put("value", value);
    return value;
  }
}

export default {
  async fetch(request, env) {
    const { pathname, searchParams } = new URL(request.url);
    switch (pathname) {
      case "/hello":
        return new Response("Hello");
      case "/await":
        return new Response(await sumOfAwaited(Number(searchParams.get("n"))));
      case "/json":
        return new Response(throughJson(Number(searchParams.get("n"))));
      case "/routes":
        return new Response(await throughRoutes(Number(searchParams.get("n"))));
      case "/stream":
        return new Response(await bytesThrough(searchParams.get("shape"), Number(searchParams.get("mib"))));
      case "/body":
        return bodyThrough(searchParams.get("shape"), request, env);
      case "/rpc": {
        const name = searchParams.get("o");
        return new Response(await env.GREETERS.getByName(name).greet(name));
      }
      case "/between": {
        const name = searchParams.get("o");
        return new Response(await env.CALLERS.getByName(name).greet(name, Number(searchParams.get("n"))));
      }
      case "/chain": {
        const broker = env.BROKERS.getByName(searchParams.get("o"));
        return new Response(await broker.counter().fresh().add(7));
      }
      case "/echo":
      case "/broadcast":
        return env.ROOMS.getByName(searchParams.get("o")).fetch(request);
      case "/references":
        return new Response(await sumByReference(env.BROKERS.getByName(searchParams.get("o")), Number(searchParams.get("n"))));
      case "/insert":
        return new Response(await env.JOURNALS.getByName(searchParams.get("o")).append("an entry"));
      case "/kv":
        return new Response(await env.TALLIES.getByName(searchParams.get("o")).increment());
      default:
        return new Response("not found", { status: 404 });
    }
  },
};

/** Lets a target of the object count, by `n` calls that pass a callback and `n` of the target: 1 + 2 + … + n. */
async function sumByReference(broker, n) {
  const counter = await broker.counter();
  let sum = 0;
  for (let i = 1; i <= n; i += 1) sum = await counter.add(await broker.ask((x) => x, i));
  counter[Symbol.dispose]();
  return sum;
}

/** Awaits `n` calls of an async function: 1 + 2 + … + n. */
async function sumOfAwaited(n) {
  let sum = 0;
  for (let i = 1; i <= n; i += 1) sum += await identity(i);
  return sum;
}

const identity = async (value) => value;
