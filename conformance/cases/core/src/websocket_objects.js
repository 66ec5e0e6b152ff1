// WebSockets of objects: through fetch(), hibernatable ones, tags, attachments, automatic responses.

import { allInObjects, until } from "./harness.js";
import { arrived, attempt, connect, fence, watch } from "./websocket_tools.js";

const fresh = (env) => env.SOCKETS.getByName(`sockets-${crypto.randomUUID()}`);
const upgrade = { headers: { upgrade: "websocket" } };

const fromWorker = {
  "fetch-gives-a-socket": async ({ env }) => {
    const { response, socket } = await connect(fresh(env));
    return { status: response.status, body: response.body, readyState: socket.readyState, about: [socket.url, socket.protocol, socket.extensions] };
  },
  "fetch-without-upgrade": async ({ env }) => {
    const stub = fresh(env);
    return [await stub.fetch("http://o/hibernate").catch((e) => `${e.name}: ${e.message} ${e.remote}`), await stub.fetch("http://o/hibernate", { headers: { upgrade: "h2c" } }).catch((e) => e.message)];
  },
  "response-headers": async ({ env }) => {
    const { response } = await connect(fresh(env), "/headers");
    return [response.statusText, response.headers.get("x-a"), response.headers.get("sec-websocket-protocol")];
  },
  "accepted-echo": async ({ env }) => {
    const { socket, events } = await connect(fresh(env), "/accept");
    socket.send("one");
    socket.send(new Uint8Array([1]));
    await arrived(events, 2);
    return events;
  },
  "hibernatable-echo": async ({ env }) => {
    const { socket, events } = await connect(fresh(env));
    socket.send("one");
    socket.send("two");
    await arrived(events, 2);
    return events;
  },
  "hibernatable-buffers": async ({ env }) => {
    const { socket, events } = await connect(fresh(env));
    socket.binaryType = "arraybuffer";
    socket.send(new Uint8Array([1, 2, 3]));
    await arrived(events, 1);
    return events;
  },
  "through-another-object": async ({ env }) => {
    const { socket, events } = await connect(fresh(env), `/pass?to=${crypto.randomUUID()}`);
    socket.send("one");
    await arrived(events, 1);
    return events;
  },
  "socket-used-twice": async ({ env }) => {
    const response = await fresh(env).fetch("http://o/hibernate", upgrade);
    const { webSocket } = response;
    const again = new Response(null, { status: 101, webSocket });
    webSocket.accept();
    return [again.webSocket === webSocket, attempt(() => webSocket.accept())];
  },
  "accepted-in-response": async ({ env }) => fresh(env).fetch("http://o/accepted-client", upgrade).then((r) => r.status, (e) => `${e.name}: ${e.message}`),
  "close-from-client": async ({ env }) => {
    const stub = fresh(env);
    const { socket, events } = await connect(stub);
    socket.close(3000, "bye");
    await arrived(events, 1);
    await until(async () => (await stub.count()) === 0);
    return { events, log: await stub.logged(2), left: await stub.count() };
  },
  "close-from-object": async ({ env }) => {
    const stub = fresh(env);
    const { socket, events } = await connect(stub);
    socket.send("close me");
    await arrived(events, 1);
    return { events, log: await stub.logged(3), state: socket.readyState };
  },
  "close-of-accepted": async ({ env }) => {
    const stub = fresh(env);
    const { socket, events } = await connect(stub, "/accept");
    socket.close(3000, "bye");
    await arrived(events, 1);
    return { events, log: await stub.logged(1) };
  },
  "handler-throws": async ({ env }) => {
    const { socket, events } = await connect(fresh(env));
    socket.send("throw");
    socket.send("reject");
    socket.send("after");
    await arrived(events, 1);
    return events;
  },
  "object-without-handlers": async ({ env }) => {
    const stub = env.PLAIN_SOCKETS.getByName(crypto.randomUUID());
    const { socket, events } = await connect(stub);
    socket.send("into nothing");
    // An answer would be here before the way to the object and back is made once more.
    await connect(stub);
    await fence();
    return [events, socket.readyState];
  },
  "tags-and-order": async ({ env }) => {
    const stub = fresh(env);
    for (const tags of ["?tag=a", "?tag=b&tag=a", "", "?tag=b"]) await connect(stub, `/hibernate${tags}`);
    return stub.lists();
  },
  "attachment-in-handler": async ({ env }) => {
    const { socket, events } = await connect(fresh(env), "/hibernate?tag=x");
    socket.send("attach");
    socket.send("attached");
    await arrived(events, 1);
    return events;
  },
  "same-object-each-time": async ({ env }) => {
    const { socket, events } = await connect(fresh(env));
    socket.send("same");
    socket.send("same");
    await arrived(events, 2);
    return events;
  },
  "broadcast": async ({ env }) => {
    const stub = fresh(env);
    const sockets = await Promise.all([connect(stub), connect(stub), connect(stub)]);
    sockets[1].socket.send("all");
    for (const { events } of sockets) await arrived(events, 1);
    return sockets.map(({ events }) => events);
  },
  "automatic-response": async ({ env }) => {
    const stub = fresh(env);
    const { socket, events } = await connect(stub);
    socket.send("stamp");
    await arrived(events, 1);
    await stub.respond("ping", "pong");
    socket.send("ping");
    socket.send("Ping");
    socket.send(new TextEncoder().encode("ping"));
    await arrived(events, 4);
    socket.send("stamp");
    await arrived(events, 5);
    await stub.respond();
    socket.send("ping");
    await arrived(events, 6);
    return { events, log: await stub.log() };
  },
  "order-with-responses": async ({ env }) => {
    const stub = fresh(env);
    await stub.respond("ping", "pong");
    const { socket, events } = await connect(stub);
    for (const text of ["1", "ping", "2", "ping", "3"]) socket.send(text);
    await arrived(events, 5);
    // Automatic responses may overtake what handlers send; each kind keeps its own order.
    return [events.filter(([, text]) => text !== "pong"), events.filter(([, text]) => text === "pong").length];
  },
  "writes-before-sends": async ({ env }) => {
    const stub = fresh(env);
    const { socket, events } = await connect(stub);
    socket.send("write");
    await arrived(events, 3);
    return { events, stored: await stub.stored() };
  },
  "abort-disconnects": async ({ env }) => {
    const stub = fresh(env);
    const { socket, events } = await connect(stub);
    socket.send("abort");
    await arrived(events, 1);
    return events;
  },
  "events-in-turns": async ({ env }) => {
    const stub = fresh(env);
    const { socket } = await connect(stub);
    socket.send("slow 1");
    socket.send("slow 2");
    await until(async () => (await stub.waiting()) === 2);
    await stub.goOn();
    return stub.logged(4);
  },
  "section-holds-messages": async ({ env }) => {
    const stub = fresh(env);
    const { socket } = await connect(stub);
    await stub.section(async () => {
      socket.send("during");
      // It would be heard before the way to another object and back is made.
      await connect(fresh(env));
      await fence();
    });
    return stub.logged(3);
  },
  "remote-methods-are-reserved": async ({ env }) => {
    const stub = fresh(env);
    return Promise.all(["webSocketMessage", "webSocketClose", "webSocketError"].map((name) => stub[name]().catch((e) => e.message)));
  },
};

const inObjects = allInObjects({
  "ctx-empty": ({ ctx }) => [ctx.getWebSockets(), ctx.getWebSockets("x"), ctx.getWebSocketAutoResponse(), ctx.getHibernatableWebSocketEventTimeout()],
  "ctx-arguments": ({ ctx }) => {
    const socket = new WebSocketPair()[0];
    return [
      attempt(() => ctx.acceptWebSocket()),
      attempt(() => ctx.acceptWebSocket({})),
      attempt(() => ctx.acceptWebSocket(socket, "tag")),
      attempt(() => ctx.acceptWebSocket(socket, {})),
      attempt(() => ctx.getTags()),
      attempt(() => ctx.getTags({})),
      attempt(() => ctx.getWebSocketAutoResponseTimestamp({})),
      attempt(() => ctx.setWebSocketAutoResponse({})),
      attempt(() => ctx.setWebSocketAutoResponse(null)),
      attempt(() => ctx.getWebSockets(null).length),
      attempt(() => ctx.getWebSockets(7).length),
    ];
  },
  "accept-states": ({ ctx }) => {
    const hibernating = new WebSocketPair();
    const listening = new WebSocketPair();
    listening[0].accept();
    return [
      attempt(() => ctx.acceptWebSocket(hibernating[0])),
      attempt(() => ctx.acceptWebSocket(hibernating[0])),
      attempt(() => ctx.acceptWebSocket(hibernating[1])),
      attempt(() => hibernating[0].accept()),
      attempt(() => hibernating[1].accept()),
      attempt(() => ctx.acceptWebSocket(listening[0])),
      attempt(() => ctx.acceptWebSocket(listening[1])),
      attempt(() => ctx.getTags(listening[0])),
      attempt(() => ctx.getTags(listening[1])),
      attempt(() => ctx.getTags(hibernating[0])),
      attempt(() => ctx.getWebSocketAutoResponseTimestamp(listening[0])),
      ctx.getWebSockets().length,
    ];
  },
  "tag-limits": ({ ctx }) => {
    const accept = (...tags) => attempt(() => ctx.acceptWebSocket(new WebSocketPair()[0], tags));
    const ten = Array.from({ length: 10 }, (_, i) => `t${i}`);
    return [
      accept(...ten),
      accept(...ten, "t0"),
      accept(...ten, "more"),
      accept(...ten.slice(1), "t1", "t2", "t3"),
      accept("x".repeat(256)),
      accept("x".repeat(257)),
      accept("é".repeat(129)),
      accept("", 7, null),
      ctx.getWebSockets().map((socket) => ctx.getTags(socket).map((tag) => tag.slice(0, 5))),
      ctx.getWebSockets("").length,
      ctx.getWebSockets("7").length,
      ctx.getWebSockets("null").length,
    ];
  },
  "auto-response-limits": ({ ctx }) => {
    const set = (request, response) => attempt(() => ctx.setWebSocketAutoResponse(new WebSocketRequestResponsePair(request, response)));
    return [
      set("x".repeat(2048), "y".repeat(2048)),
      set("x".repeat(2049), "y"),
      set("x", "y".repeat(2049)),
      set("é".repeat(1025), "y"),
      ctx.getWebSocketAutoResponse().request.length,
      ctx.getWebSocketAutoResponse() === ctx.getWebSocketAutoResponse(),
      attempt(() => ctx.setWebSocketAutoResponse()),
      ctx.getWebSocketAutoResponse(),
    ];
  },
  "event-timeout": ({ ctx }) =>
    [5, 0, 7, undefined, null, 604_800_000, 604_800_001, -1, 1.9, NaN, Infinity, "12", 2 ** 32].map((value) =>
      attempt(() => {
        ctx.setHibernatableWebSocketEventTimeout(value);
        return String(ctx.getHibernatableWebSocketEventTimeout());
      }),
    ),
  "event-timeout-unset": ({ ctx }) => {
    ctx.setHibernatableWebSocketEventTimeout(9);
    ctx.setHibernatableWebSocketEventTimeout();
    return ctx.getHibernatableWebSocketEventTimeout();
  },
  "listeners-of-hibernatable": async ({ ctx }) => {
    const { 0: client, 1: server } = new WebSocketPair();
    const heard = [];
    server.addEventListener("message", () => heard.push("listener"));
    server.onmessage = () => heard.push("property");
    ctx.acceptWebSocket(server);
    client.accept();
    client.send("x");
    await fence();
    return heard;
  },
  "closed-sockets-listed": async ({ ctx }) => {
    const { 0: client, 1: server } = new WebSocketPair();
    ctx.acceptWebSocket(server, ["t"]);
    const events = watch(client);
    client.accept();
    const before = [ctx.getWebSockets().length, ctx.getWebSockets("t").length];
    server.close(3000);
    const closing = [ctx.getWebSockets().length, server.readyState, attempt(() => server.send("x"))];
    await arrived(events, 1);
    await until(() => ctx.getWebSockets().length === 0);
    return { before, closing, after: [ctx.getWebSockets().length, server.readyState] };
  },
});

export default { ...fromWorker, ...inObjects };
