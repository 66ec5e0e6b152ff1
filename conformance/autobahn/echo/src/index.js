// What the Autobahn test suite talks to: objects that send every message back.

import { DurableObject } from "cloudflare:workers";

const switching = (webSocket) => new Response(null, { status: 101, webSocket });

/** With the hibernation API. */
export class Hibernating extends DurableObject {
  fetch() {
    const { 0: client, 1: server } = new WebSocketPair();
    this.ctx.acceptWebSocket(server);
    return switching(client);
  }

  webSocketMessage(ws, message) {
    ws.send(message);
  }

  webSocketClose(ws, code, reason) {
    ws.close(code, reason);
  }
}

/** With listeners. */
export class Listening extends DurableObject {
  fetch() {
    const { 0: client, 1: server } = new WebSocketPair();
    server.accept();
    server.binaryType = "arraybuffer";
    server.addEventListener("message", ({ data }) => server.send(data));
    return switching(client);
  }
}

export default {
  fetch(request, env) {
    const objects = { "/hibernating": env.HIBERNATING, "/listening": env.LISTENING }[new URL(request.url).pathname];
    if (objects === undefined) return new Response("No such object", { status: 404 });
    return objects.get(objects.newUniqueId()).fetch(request);
  },
};
