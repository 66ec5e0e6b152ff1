// What cases start as facets. None of these classes has a namespace, but for what the other files bring.

import { DurableObject, RpcTarget } from "cloudflare:workers";
import { outcome, outcomes, show } from "./harness.js";

class Tally extends RpcTarget {
  #sum = 0;
  add(n) {
    return (this.#sum += n);
  }
}

/** What objects and facets of one program can see of each other. */
export const shared = {};

export class Facet extends DurableObject {
  count = 0;

  next() {
    return ++this.count;
  }
  whoAmI() {
    const { id } = this.ctx;
    return { id: id.toString(), name: show(id.name), class: id.constructor.name };
  }
  props() {
    return JSON.stringify(show(this.ctx.props));
  }
  members() {
    const { ctx } = this;
    return { class: ctx.constructor.name, own: Object.keys(ctx).sort(), facets: ctx.facets.constructor.name };
  }
  async put(key, value) {
    await this.ctx.storage.put(key, value);
  }
  async get(key) {
    return JSON.stringify(show(await this.ctx.storage.get(key)));
  }
  async keys() {
    return [...(await this.ctx.storage.list()).keys()];
  }
  deleteAll() {
    return this.ctx.storage.deleteAll();
  }
  sql(text, ...bindings) {
    return this.ctx.storage.sql.exec(text, ...bindings).toArray();
  }
  fail(message) {
    throw Object.assign(new RangeError(message), { detail: 1 });
  }
  abort(reason) {
    this.ctx.abort(reason);
  }
  async breakGate(message) {
    await this.ctx.blockConcurrencyWhile(async () => {
      throw new RangeError(message);
    });
  }
  async blocked() {
    const order = [];
    await this.ctx.blockConcurrencyWhile(async () => {
      await scheduler.wait(10);
      order.push("block");
    });
    order.push("after");
    return order;
  }
  async alarms() {
    const { storage } = this.ctx;
    return JSON.stringify(await outcomes({ get: () => storage.getAlarm(), delete: () => storage.deleteAlarm() }));
  }
  async setAlarm() {
    return JSON.stringify(await outcome(() => this.ctx.storage.setAlarm(Date.now() + 60_000)));
  }
  alarm() {}
  /** Never answers. */
  hang() {
    return new Promise(() => {});
  }
  async callMe(f, ...args) {
    return await f(...args);
  }
  tally() {
    return new Tally();
  }
  async transact(fails) {
    return JSON.stringify(
      await outcome(() =>
        this.ctx.storage.transaction(async (txn) => {
          await txn.put("inside", 1);
          if (fails) throw new Error("rolled back");
        }),
      ),
    );
  }
  leak() {
    shared.leaked = this.ctx;
  }
  /** What another object has left in a variable of the program. */
  async useLeaked() {
    const { facets, stub } = shared.leaked;
    return JSON.stringify(
      await outcomes({
        get: () => facets.get("x", () => ({})),
        abort: () => facets.abort("x", new Error("x")),
        delete: () => facets.delete("x"),
        call: () => stub.next(),
      }),
    );
  }
  /** Runs `method` of a facet of this one. */
  inner(name, method, ...args) {
    return this.ctx.facets.get(name, () => ({ class: this.ctx.exports.Facet }))[method](...args);
  }
  innerAbort(name, message) {
    this.ctx.facets.abort(name, new Error(message));
  }
  innerStub(name) {
    return this.ctx.facets.get(name, () => ({ class: this.ctx.exports.Facet }));
  }
  /** How deep facets can be nested below this one. */
  async depth(so_far) {
    const next = await outcome(() => this.inner("deeper", "depth", so_far + 1));
    return next.threw === undefined ? next.returned : { depth: so_far, then: next.threw };
  }
  /** Calls the root by its own id. */
  async callRoot(namespace, value) {
    const { env, ctx } = this;
    return await env[namespace].get(ctx.id).echo(value);
  }
  async fetch(request) {
    if (request.headers.get("upgrade") === "websocket") {
      const { 0: client, 1: server } = new WebSocketPair();
      this.ctx.acceptWebSocket(server, ["tag"]);
      return new Response(null, { status: 101, webSocket: client });
    }
    return Response.json({ method: request.method, url: request.url, body: await request.text() });
  }
  webSocketMessage(ws, message) {
    ws.send(`${message} to ${this.ctx.getWebSockets("tag").length}`);
  }
  sockets() {
    return this.ctx.getWebSockets().length;
  }
}

/** Another class for the same storage. */
export class OtherFacet extends DurableObject {
  whichClass() {
    return "OtherFacet";
  }
  async get(key) {
    return JSON.stringify(show(await this.ctx.storage.get(key)));
  }
}

export class FacetThatFails extends DurableObject {
  constructor(ctx, env) {
    super(ctx, env);
    throw new RangeError("the facet's constructor failed");
  }
  hello() {}
}

/** A class that extends nothing. */
export class PlainFacet {
  constructor(ctx) {
    this.ctx = ctx;
  }
  hello() {
    return "hello";
  }
  fetch() {
    return new Response("fetched");
  }
}
