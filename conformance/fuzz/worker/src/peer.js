// The other end of calls: an object that does what the program says.

import { DurableObject, RpcStub, RpcTarget } from "cloudflare:workers";
import { Machine } from "./machine.js";
import { observe } from "./observe.js";

export class Peer extends DurableObject {
  #machine = new Machine();
  #scope = Object.assign(Object.create(null), { RpcTarget, RpcStub, kept: [] });

  /** Evaluates a quoted expression here, with the given arguments as the variables a0, a1 … */
  eval(quoted, ...args) {
    const scope = Object.create(this.#scope);
    for (const [i, arg] of args.entries()) scope[`a${i}`] = arg;
    return this.#machine.evaluate(JSON.parse(quoted), scope);
  }

  /** As `eval`, and the value stays as the variable of that name. */
  keep(name, quoted, ...args) {
    const value = this.eval(quoted, ...args);
    this.#scope[name] = value;
  }

  echo(value) {
    return value;
  }

  /** What a value looks like here. */
  look(...values) {
    return JSON.stringify(values.map(observe));
  }

  /** What was logged here since it was asked last. */
  takeLog() {
    return JSON.stringify(this.#machine.log.splice(0));
  }

  get property() {
    return { name: "property", deep: { er: (x) => x } };
  }

  async fetch(request) {
    return new Response(`${request.method} ${new URL(request.url).pathname} ${await request.text()}`);
  }
}
