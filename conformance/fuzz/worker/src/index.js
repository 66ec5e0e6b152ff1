// The Worker that runs programs: POST /run with {"name", "program"} answers with the program's log. A program
// comes as JSON, since neither runtime makes code of text; `machine.js` says what it may contain.

import { DurableObject, RpcStub, RpcTarget } from "cloudflare:workers";
import { Machine, runProgram } from "./machine.js";
import { describeError, observe } from "./observe.js";

export { Peer } from "./peer.js";

/** The object that a program runs in. Its answer is text: how values cross is not the means of a test. */
export class Lab extends DurableObject {
  /** What all requests of a program of several write into. */
  #machine = new Machine();

  async run(name, text) {
    return JSON.stringify(await runProgram(JSON.parse(text), this.#names(name)));
  }

  async request(name, text) {
    await runProgram({ body: JSON.parse(text), lastTurns: 0 }, this.#names(name), this.#machine);
  }

  takeLog() {
    return JSON.stringify(this.#machine.log);
  }

  #names(name) {
    const { ctx, env } = this;
    return {
      ctx,
      env,
      storage: ctx.storage,
      sql: ctx.storage.sql,
      kv: ctx.storage.kv,
      peer: env.PEER.getByName(name),
      self: env.LAB.getByName(name),
    };
  }

  alarm() {}
}

export default {
  async fetch(request, env, ctx) {
    const { pathname } = new URL(request.url);
    if (pathname !== "/run") return new Response(`${request.method} ${pathname} ${await request.text()}`);
    const { name, program } = await request.json();
    let log;
    try {
      log = await run(name, program, env, ctx);
    } catch (error) {
      // The program's object came to an end, or a bare statement failed.
      log = JSON.stringify([["failed", describeError(error)]]);
    }
    return new Response(log, { headers: { "content-type": "application/json" } });
  },
};

async function run(name, program, env, ctx) {
  if (program.place === "object") return env.LAB.getByName(name).run(name, JSON.stringify(program));
  if (program.place === "requests") {
    const lab = env.LAB.getByName(name);
    const ends = await Promise.allSettled(program.body.map(([, body]) => lab.request(name, JSON.stringify(body))));
    await new Promise((resolve) => setTimeout(resolve, program.lastMs ?? 60));
    const log = JSON.parse(await lab.takeLog());
    return JSON.stringify([...log, ...ends.map(({ reason }, i) => [`end ${i}`, observe(reason)])]);
  }
  const names = { env, ctx, peer: env.PEER.getByName(name), RpcStub, RpcTarget };
  return JSON.stringify(await runProgram(program, names));
}
