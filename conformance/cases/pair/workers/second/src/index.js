// The Worker that the first one calls.

import { DurableObject, RpcTarget, WorkerEntrypoint } from "cloudflare:workers";

globalThis.mark = "second";

class Counter extends RpcTarget {
  #count = 0;
  next() {
    return ++this.#count;
  }
}

class Special extends Error {
  name = "Special";
  code = 5;
}

export class Entry extends WorkerEntrypoint {
  whose() {
    return [this.env.WHOSE, globalThis.mark, this.ctx.props];
  }
  add(a, b) {
    return a + b;
  }
  counter() {
    return new Counter();
  }
  async call(callback, ...args) {
    return await callback(...args);
  }
  async callMethod(stub, method, ...args) {
    return await stub[method](...args);
  }
  fail(kind) {
    throw {
      error: () => new Error("plain"),
      type: () => new TypeError("type"),
      props: () => Object.assign(new RangeError("range"), { code: 1 }),
      special: () => new Special("special"),
      named: () => Object.assign(new Error("named"), { name: "Odd" }),
      cause: () => new Error("outer", { cause: new Error("inner") }),
      dom: () => new DOMException("dom", "AbortError"),
      string: () => "text",
      object: () => ({ a: 1 }),
    }[kind]();
  }
  /** What an error is that the caller's callback throws. */
  async catch(callback) {
    try {
      return await callback();
    } catch (error) {
      const { name, message, code, remote, constructor } = error;
      return { name, message, code, remote, class: constructor.name };
    }
  }
  room(name) {
    return this.env.ROOM.getByName(name);
  }
  async firstRoom(name) {
    return await this.env.FIRST_ROOM.getByName(name).whose();
  }
  idOf(name) {
    return [this.env.ROOM.idFromName(name).toString(), this.env.FIRST_ROOM.idFromName(name).toString()];
  }
  async back(...args) {
    return await this.env.BACK.echo(...args);
  }
  stream() {
    return new Response("streamed").body;
  }
  async read(stream) {
    return await new Response(stream).text();
  }
  async fetch(request) {
    if (request.url.endsWith("/throw")) throw new RangeError("thrown");
    const headers = { "x-whose": this.env.WHOSE, "x-props": JSON.stringify(this.ctx.props) };
    return new Response(`${request.method} ${request.url} ${await request.text()}`, { headers, status: 201 });
  }
}

export const handlers = {
  fetch(request, env) {
    return new Response(`handlers of ${env.WHOSE}`);
  },
  one(value, env) {
    return [value, env.WHOSE];
  },
};

export class Room extends DurableObject {
  #instance = crypto.randomUUID();

  whose() {
    return [this.env.WHOSE, globalThis.mark, this.ctx.id.name];
  }
  idText() {
    return this.ctx.id.toString();
  }
  instance() {
    return this.#instance;
  }
  add(by) {
    const sum = (this.ctx.storage.kv.get("sum") ?? 0) + by;
    this.ctx.storage.kv.put("sum", sum);
    return sum;
  }
  counter() {
    return new Counter();
  }
  fail() {
    throw new TypeError("from the room");
  }
  abort() {
    this.ctx.abort("ended by itself");
  }
  async ring() {
    await this.ctx.storage.setAlarm(Date.now());
  }
  alarm() {
    this.ctx.storage.kv.put("rang", this.env.WHOSE);
  }
  rang() {
    return this.ctx.storage.kv.get("rang");
  }
  fetch(request) {
    if (request.headers.get("upgrade") === "websocket") {
      const [client, server] = Object.values(new WebSocketPair());
      this.ctx.acceptWebSocket(server, ["second"]);
      return new Response(null, { status: 101, webSocket: client });
    }
    return new Response(`room of ${this.env.WHOSE}`);
  }
  webSocketMessage(socket, message) {
    socket.send(`${this.env.WHOSE} ${this.ctx.getTags(socket)} ${message}`);
  }
}

export default {
  async fetch(request, env) {
    const { pathname } = new URL(request.url);
    if (pathname === "/socket") return env.ROOM.getByName("sockets").fetch(request);
    return new Response(`second got ${request.method} ${pathname}`, { headers: { "x-mark": globalThis.mark } });
  },
};
