import { DurableObject } from "cloudflare:workers";
import { defineHooks, type Peer } from "crossws";
import crossws from "crossws/adapters/cloudflare";
import { defineWebSocketHandler, H3, HTTPError, readBody, getQuery, createEventStream } from "h3";
import { project } from "../../serve.js";
import { connect } from "../../sockets.js";

const user = (peer: Peer) => new URL(peer.request.url).searchParams.get("user");

const hooks = defineHooks({
  upgrade(request) {
    const { searchParams } = new URL(request.url);
    if (searchParams.has("refused")) return new Response("not you", { status: 403 });
    return { namespace: searchParams.get("room") ?? "", headers: { "x-room": "yes" } };
  },
  open(peer) {
    peer.subscribe("room");
    peer.send(`welcome ${user(peer)}`);
  },
  message(peer, message) {
    if (message.text() === "who") return peer.send({ topics: [...peer.topics], peers: peer.peers.size });
    if (message.rawData instanceof ArrayBuffer) return peer.send(message.uint8Array().map((byte) => byte + 1));
    peer.publish("room", `${user(peer)}: ${message.text()}`);
  },
  close(peer, details) {
    peer.publish("room", `left ${details.code} ${details.reason}`);
  },
});
const ws = crossws({ hooks });

/** The object that the adapter keeps its sockets in. */
export class Rooms extends DurableObject {
  constructor(ctx: DurableObjectState, env: object) {
    super(ctx, env);
    ws.handleDurableInit(this, ctx, env);
  }
  fetch(request: Request) {
    return ws.handleDurableUpgrade(this, request);
  }
  webSocketMessage(socket: WebSocket, message: ArrayBuffer | string) {
    return ws.handleDurableMessage(this, socket, message);
  }
  webSocketPublish(topic: string, data: unknown, options: unknown) {
    return ws.handleDurablePublish(this, topic, data, options);
  }
  webSocketClose(socket: WebSocket, code: number, reason: string, wasClean: boolean) {
    return ws.handleDurableClose(this, socket, code, reason, wasClean);
  }
}

const upgrade = (env: object) => ({
  fetch: (url: string, init: RequestInit) =>
    ws.handleUpgrade(new Request(url, init), env, { waitUntil() {}, passThroughOnException() {} } as never),
});

const app = new H3()
  .get("/hello/:name", (event) => `hello ${event.context.params!.name} ${getQuery(event).q}`)
  .post("/echo", async (event) => ({ got: await readBody(event) }))
  .get("/teapot", () => {
    throw new HTTPError({ status: 418, message: "short and stout", data: { spout: true } });
  })
  .get("/events", (event) => {
    const stream = createEventStream(event);
    void (async () => {
      for (const data of ["one", "two"]) await stream.push({ data, id: data });
      await stream.close();
    })();
    return stream.send();
  })
  .get("/ws", defineWebSocketHandler(hooks));

const answer = async (response: Response) => ({
  status: response.status,
  type: response.headers.get("content-type"),
  body: await response.text(),
});

const cases = {
  "join-and-talk": async ({ env }) => {
    const ada = await connect(upgrade(env) as never, "https://room.example/?user=ada");
    const bob = await connect(upgrade(env) as never, "https://room.example/?user=bob");
    await bob.until(1);
    ada.socket.send("who");
    await ada.until(2);
    bob.socket.send("hello");
    await ada.until(3);
    bob.socket.send(new Uint8Array([1, 2, 3]));
    await bob.until(2);
    bob.socket.close(4001, "enough");
    return [await ada.until(4), await bob.until(2)];
  },
  refused: async ({ env }) =>
    answer(await upgrade(env).fetch("https://room.example/?refused", { headers: { Upgrade: "websocket" } })),
  routes: async () => [
    await answer(await app.request("/hello/ada?q=1")),
    await answer(await app.request("/echo", { method: "POST", body: '{"a":[1]}', headers: { "content-type": "application/json" } })),
    await answer(await app.request("/teapot")),
    await answer(await app.request("/nowhere")),
  ],
  "event-stream": async () => answer(await app.request("/events")),
};

const { Box, worker } = project(cases);
export { Box };
export default worker;
