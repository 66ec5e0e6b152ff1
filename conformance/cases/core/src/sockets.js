// Objects with WebSockets, for the cases about them.

import { DurableObject } from "cloudflare:workers";
import { arrived } from "./websocket_tools.js";

const switching = (webSocket, headers = {}) => new Response(null, { status: 101, webSocket, headers });

export class Sockets extends DurableObject {
  #log = [];
  #seen = new Set();
  #slow = [];

  async fetch(request) {
    const url = new URL(request.url);
    const { 0: client, 1: server } = new WebSocketPair();
    switch (url.pathname) {
      case "/accept":
        server.accept();
        server.addEventListener("message", ({ data }) => server.send(typeof data === "string" ? `echo ${data}` : data));
        server.addEventListener("close", ({ code, reason, wasClean }) =>
          this.#log.push(["close", code, reason, wasClean, server.readyState]),
        );
        return switching(client);
      case "/accepted-client":
        client.accept();
        return switching(client);
      case "/headers":
        server.accept();
        return switching(client, { "x-a": "1", "sec-websocket-protocol": "chat" });
      case "/pass":
        return this.env.SOCKETS.getByName(url.searchParams.get("to")).fetch("http://object/hibernate", request);
      default:
        this.ctx.acceptWebSocket(server, url.searchParams.getAll("tag"));
        server.serializeAttachment(null);
        return switching(client);
    }
  }

  async webSocketMessage(ws, message) {
    this.#log.push(["message", typeof message === "string" ? message : message.constructor.name]);
    if (typeof message !== "string") return ws.send(message);
    const [word, argument] = message.split(" ");
    switch (word) {
      case "close":
        return ws.close(3001, "as asked");
      case "throw":
      case "reject":
        if (word === "reject") await null;
        throw new Error("from a handler");
      case "attach":
        return ws.serializeAttachment({ attached: true, tags: this.ctx.getTags(ws) });
      case "attached":
        return ws.send(JSON.stringify(ws.deserializeAttachment()));
      case "same":
        ws.send(`${this.#seen.has(ws)} ${this.ctx.getWebSockets()[0] === ws}`);
        this.#seen.add(ws);
        return;
      case "all":
        for (const socket of this.ctx.getWebSockets()) socket.send("to all");
        return;
      case "stamp": {
        const at = this.ctx.getWebSocketAutoResponseTimestamp(ws);
        return ws.send(at === null ? "never" : `${at instanceof Date} ${Math.abs(Date.now() - at) < 5000}`);
      }
      case "write":
        ws.send("before");
        await this.ctx.storage.put("written", 1);
        ws.send("between");
        this.ctx.storage.sql.exec("CREATE TABLE t (x)");
        ws.send("after");
        return;
      case "abort":
        return this.ctx.abort("as asked");
      case "slow":
        await new Promise((goOn) => this.#slow.push(goOn));
        this.#log.push(["slow done", argument]);
        return;
      default:
        ws.send(`echo ${message}`);
    }
  }

  async webSocketClose(ws, code, reason, wasClean) {
    this.#log.push(["close", code, reason, wasClean, ws.readyState, this.ctx.getWebSockets().length]);
    ws.close(code === 1005 ? 1000 : code, "answered");
    this.#log.push(["state", ws.readyState]);
  }

  count() {
    return this.ctx.getWebSockets().length;
  }
  log() {
    return this.#log;
  }
  /** The log when it has so many entries. */
  async logged(count) {
    await arrived(this.#log, count);
    return this.#log;
  }
  /** How many messages wait for `goOn`. */
  waiting() {
    return this.#slow.length;
  }
  goOn() {
    for (const goOn of this.#slow.splice(0)) goOn();
  }
  lists() {
    const tags = (socket) => this.ctx.getTags(socket).join("+");
    return [undefined, "a", "b", "none"].map((tag) => this.ctx.getWebSockets(tag).map(tags));
  }
  respond(request, response) {
    this.ctx.setWebSocketAutoResponse(request === undefined ? undefined : new WebSocketRequestResponsePair(request, response));
  }
  stored() {
    return this.ctx.storage.get("written");
  }
  async section(meanwhile) {
    await this.ctx.blockConcurrencyWhile(async () => {
      this.#log.push(["section begins"]);
      await meanwhile();
      this.#log.push(["section ends"]);
    });
  }
}

/** Accepts sockets and has no handlers. */
export class PlainSockets extends DurableObject {
  fetch() {
    const { 0: client, 1: server } = new WebSocketPair();
    this.ctx.acceptWebSocket(server);
    return switching(client);
  }
}
