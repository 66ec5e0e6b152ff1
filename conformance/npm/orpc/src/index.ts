import { DurableObject } from "cloudflare:workers";
import { createORPCClient, ORPCError } from "@orpc/client";
import { RPCLink } from "@orpc/client/fetch";
import { RPCLink as PortLink } from "@orpc/client/message-port";
import { RPCLink as SocketLink } from "@orpc/client/websocket";
import { createRouterClient, eventIterator, onError, os, type RouterClient } from "@orpc/server";
import { RPCHandler } from "@orpc/server/fetch";
import { encodeHibernationRPCEvent, HibernationEventIterator, HibernationPlugin } from "@orpc/server/hibernation";
import { RPCHandler as PortHandler } from "@orpc/server/message-port";
import { RPCHandler as SocketHandler } from "@orpc/server/websocket";
import { z } from "zod";
import { project } from "../../serve.js";

const base = os.$context<{ ctx: DurableObjectState; socket?: WebSocket }>();

const router = {
  send: base.input(z.object({ message: z.string().min(2) })).handler(async ({ context, input }) => {
    for (const socket of context.ctx.getWebSockets()) {
      const { id } = socket.deserializeAttachment() ?? {};
      if (id !== undefined) socket.send(encodeHibernationRPCEvent(id, { ...input, at: new Date(0) }));
    }
    return context.ctx.getWebSockets().length;
  }),
  follow: base.handler(({ context }) => {
    return new HibernationEventIterator<{ message: string; at: Date }>((id) => context.socket!.serializeAttachment({ id }));
  }),
  count: base
    .input(z.number())
    .output(eventIterator(z.number(), z.string()))
    .handler(async function* ({ input }) {
      for (let n = 0; n < input; n++) yield n;
      return "done";
    }),
  refuse: base.errors({ TEAPOT: { status: 418, data: z.object({ short: z.boolean() }) } }).handler(({ errors }) => {
    throw errors.TEAPOT({ data: { short: true } });
  }),
  types: base.handler(() => ({
    date: new Date(86_400_000),
    big: 12n,
    set: new Set([1]),
    map: new Map([["a", undefined]]),
    nan: NaN,
    url: new URL("https://a.example/b"),
    pattern: /x+/giu,
  })),
  file: base.input(z.file()).handler(async ({ input }) => new File([(await input.text()).toUpperCase()], `re-${input.name}`)),
};

type Client = RouterClient<typeof router>;

/** A chat whose followers hibernate. */
export class Chat extends DurableObject {
  handler = new SocketHandler(router, { plugins: [new HibernationPlugin()] });

  fetch() {
    const [client, server] = Object.values(new WebSocketPair());
    this.ctx.acceptWebSocket(server);
    return new Response(null, { status: 101, webSocket: client });
  }

  async webSocketMessage(socket: WebSocket, message: string | ArrayBuffer) {
    await this.handler.message(socket, message, { context: { ctx: this.ctx, socket } });
  }

  async webSocketClose(socket: WebSocket) {
    this.handler.close(socket);
  }
}

async function join(stub: DurableObjectStub): Promise<Client> {
  const { webSocket } = await stub.fetch("https://chat.example/", { headers: { Upgrade: "websocket" } });
  webSocket!.accept();
  return createORPCClient(new SocketLink({ websocket: webSocket as never }));
}

function overFetch(ctx: DurableObjectState): Client {
  const handler = new RPCHandler(router);
  const link = new RPCLink({
    url: "https://rpc.example/rpc",
    fetch: async (request, init) => {
      const { matched, response } = await handler.handle(new Request(request, init), { prefix: "/rpc", context: { ctx } });
      return matched ? response : new Response("not found", { status: 404 });
    },
  });
  return createORPCClient(link);
}

const refused = async (promise: Promise<unknown>) => {
  const error = await promise.then(
    () => undefined,
    (error) => error,
  );
  const { code, status, message, data, defined } = error as ORPCError<string, unknown>;
  return { isOrpc: error instanceof ORPCError, code, status, message, data, defined };
};

const cases = {
  types: ({ ctx }) => overFetch(ctx).types(),
  "event-iterator": async ({ ctx }) => {
    const seen: unknown[] = [];
    const iterator = await overFetch(ctx).count(3);
    for (let next = await iterator.next(); ; next = await iterator.next()) {
      seen.push(next.value);
      if (next.done) return seen;
    }
  },
  "event-iterator-left-early": async ({ ctx }) => {
    for await (const n of await overFetch(ctx).count(1_000)) if (n === 2) return n;
  },
  "typed-error": ({ ctx }) => refused(overFetch(ctx).refuse()),
  "invalid-input": ({ ctx }) => refused(overFetch(ctx).send({ message: "x" })),
  file: async ({ ctx }) => {
    const file = await overFetch(ctx).file(new File(["hello"], "a.txt", { type: "text/plain" }));
    return [file.name, file.type, await file.text()];
  },
  "message-port": async ({ ctx }) => {
    const { port1, port2 } = new MessageChannel();
    new PortHandler(router).upgrade(port2, { context: { ctx } });
    port2.start();
    port1.start();
    const client: Client = createORPCClient(new PortLink({ port: port1 }));
    const seen: number[] = [];
    for await (const n of await client.count(3)) seen.push(n);
    port1.close();
    return seen;
  },
  hibernation: async ({ env }) => {
    const stub = env.CHAT.getByName("talk");
    const [ada, bob] = [await join(stub), await join(stub)];
    const following = await ada.follow();
    const reached = await bob.send({ message: "hello" });
    await bob.send({ message: "again" });
    return [reached, (await following.next()).value, (await following.next()).value];
  },
  middleware: async () => {
    const log: string[] = [];
    const guarded = os
      .use(async ({ next, path }) => {
        log.push(`before ${path.join(".")}`);
        const result = await next({ context: { user: "ada" } });
        log.push("after");
        return result;
      })
      .use(onError((error) => log.push(`error ${(error as Error).message}`)))
      .handler(({ context }) => {
        if (log.length > 2) throw new Error("broken");
        return context.user;
      });
    const client = createRouterClient({ me: guarded });
    return [await client.me(), await refused(client.me()), log];
  },
};

const { Box, worker } = project(cases);
export { Box };
export default worker;
