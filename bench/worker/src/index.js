// What the benchmark measures, written as any Worker would be. Each answer can be checked by who asked.

import { DurableObject } from "cloudflare:workers";

/** Never touches its storage: what is left is the way to an object and back. */
export class Greeter extends DurableObject {
  greet(name) {
    return `Hello, ${name}`;
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
      case "/rpc": {
        const name = searchParams.get("o");
        return new Response(await env.GREETERS.getByName(name).greet(name));
      }
      case "/insert":
        return new Response(await env.JOURNALS.getByName(searchParams.get("o")).append("an entry"));
      case "/kv":
        return new Response(await env.TALLIES.getByName(searchParams.get("o")).increment());
      default:
        return new Response("not found", { status: 404 });
    }
  },
};

/** Awaits `n` calls of an async function: 1 + 2 + … + n. */
async function sumOfAwaited(n) {
  let sum = 0;
  for (let i = 1; i <= n; i += 1) sum += await identity(i);
  return sum;
}

const identity = async (value) => value;
