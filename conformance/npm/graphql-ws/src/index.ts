import { DurableObject } from "cloudflare:workers";
import { GraphQLError, GraphQLInt, GraphQLList, GraphQLNonNull, GraphQLObjectType, GraphQLSchema, GraphQLString } from "graphql";
import { createClient, type SubscribePayload } from "graphql-ws";
import { CloseCode, GRAPHQL_TRANSPORT_WS_PROTOCOL, handleProtocols, makeServer } from "graphql-ws";
import { project } from "../../serve.js";
import { connect } from "../../sockets.js";

type Context = { feed: Feed; user: string };

const schema = new GraphQLSchema({
  query: new GraphQLObjectType<unknown, Context>({
    name: "Query",
    fields: { said: { type: new GraphQLList(GraphQLString), resolve: (_, __, { feed }) => feed.said } },
  }),
  mutation: new GraphQLObjectType<unknown, Context>({
    name: "Mutation",
    fields: {
      say: {
        type: GraphQLInt,
        args: { text: { type: new GraphQLNonNull(GraphQLString) } },
        resolve: (_, { text }, { feed, user }) => feed.say(`${user}: ${text}`),
      },
    },
  }),
  subscription: new GraphQLObjectType<unknown, Context>({
    name: "Subscription",
    fields: {
      lines: { type: GraphQLString, subscribe: (_, __, { feed }) => feed.follow(), resolve: (line) => line },
      countdown: {
        type: GraphQLInt,
        args: { from: { type: GraphQLInt } },
        subscribe: async function* (_, { from }) {
          for (let n = from; n >= 0; n--) {
            if (n === 13) throw new GraphQLError("unlucky");
            yield { countdown: n };
          }
        },
      },
    },
  }),
});

/** A feed that is followed over GraphQL's WebSocket protocol. */
export class Feed extends DurableObject {
  said: string[] = [];
  followers = new Set<ReadableStreamDefaultController<string>>();

  server = makeServer<{ user?: string }, { protocol: string }>({
    schema,
    context: ({ connectionParams }) => ({ feed: this, user: connectionParams?.user ?? "nobody" }),
    onConnect: ({ connectionParams }) => connectionParams?.user !== "mallory",
  });

  say(line: string) {
    this.said.push(line);
    for (const follower of this.followers) follower.enqueue(line);
    return this.said.length;
  }

  follow() {
    let own: ReadableStreamDefaultController<string>;
    return new ReadableStream<string>({
      start: (controller) => void this.followers.add((own = controller)),
      cancel: () => void this.followers.delete(own),
    }).values();
  }

  following() {
    return this.followers.size;
  }

  fetch(request: Request) {
    const protocol = handleProtocols(request.headers.get("Sec-WebSocket-Protocol") ?? "");
    if (!protocol) return new Response("another protocol", { status: 400 });
    const [client, socket] = Object.values(new WebSocketPair());
    socket.accept();
    const closed = this.server.opened(
      {
        protocol,
        send: (data) => socket.send(data),
        close: (code, reason) => socket.close(code, reason),
        onMessage: (receive) => socket.addEventListener("message", ({ data }) => receive(String(data))),
      },
      { protocol },
    );
    socket.addEventListener("close", ({ code, reason }) => closed(code, reason));
    return new Response(null, { status: 101, webSocket: client, headers: { "Sec-WebSocket-Protocol": protocol } });
  }
}

/** The package's own client, with a socket to the object in place of one to a server. */
function follow(feed: DurableObjectStub<Feed>, user: string) {
  class Socket extends EventTarget {
    static CONNECTING = 0;
    static OPEN = 1;
    static CLOSING = 2;
    static CLOSED = 3;
    inner?: WebSocket;
    protocol = GRAPHQL_TRANSPORT_WS_PROTOCOL;
    onopen?: (event: Event) => void;
    onclose?: (event: object) => void;
    onmessage?: (event: object) => void;
    constructor(_: string, protocol: string) {
      super();
      feed.fetch("https://feed.example/", { headers: { Upgrade: "websocket", "Sec-WebSocket-Protocol": protocol } }).then(({ webSocket }) => {
        this.inner = webSocket!;
        this.inner.accept();
        this.inner.addEventListener("message", (event) => this.onmessage?.(event));
        this.inner.addEventListener("close", ({ code, reason, wasClean }) => this.onclose?.({ code, reason, wasClean }));
        this.onopen?.(new Event("open"));
      });
    }
    get readyState() {
      return this.inner?.readyState ?? Socket.CONNECTING;
    }
    send(data: string) {
      this.inner!.send(data);
    }
    close(code?: number, reason?: string) {
      this.inner!.close(code, reason);
    }
  }
  return createClient({ url: "wss://feed.example/", webSocketImpl: Socket, connectionParams: { user }, retryAttempts: 0, isFatalConnectionProblem: () => true, shouldRetry: () => false });
}

const all = async (client: ReturnType<typeof follow>, payload: SubscribePayload, count = Infinity) => {
  const results: unknown[] = [];
  for await (const result of client.iterate(payload)) if (results.push(result) >= count) break;
  return results;
};

const cases = {
  "query-and-mutation": async ({ env }) => {
    const client = follow(env.FEED.getByName("query"), "ada");
    await all(client, { query: 'mutation { say(text: "hello") }' });
    return all(client, { query: "{ said }" });
  },
  subscription: async ({ env }) => {
    const stub = env.FEED.getByName("subscription");
    const [ada, bob] = [follow(stub, "ada"), follow(stub, "bob")];
    const lines = all(ada, { query: "subscription { lines }" }, 2);
    while ((await stub.following()) === 0);
    await all(bob, { query: "mutation ($t: String!) { say(text: $t) }", variables: { t: "one" } });
    await all(bob, { query: "mutation ($t: String!) { say(text: $t) }", variables: { t: "two" } });
    return [await lines, await stub.following()];
  },
  generator: async ({ env }) => all(follow(env.FEED.getByName("countdown"), "ada"), { query: "subscription { countdown(from: 3) }" }),
  "generator-fails": async ({ env }) => {
    const results = all(follow(env.FEED.getByName("fails"), "ada"), { query: "subscription { countdown(from: 14) }" });
    return results.catch((error) => (Array.isArray(error) ? error.map(({ message }) => message) : String(error.reason ?? error.message)));
  },
  "unknown-field": async ({ env }) => {
    const results = all(follow(env.FEED.getByName("unknown"), "ada"), { query: "{ sad }" });
    return results.catch((errors) => errors);
  },
  forbidden: async ({ env }) => {
    const results = all(follow(env.FEED.getByName("forbidden"), "mallory"), { query: "{ said }" });
    return results.catch(({ code, reason }) => ({ code, reason, expected: CloseCode.Forbidden }));
  },
  "by-hand": async ({ env }) => {
    const headers = { "Sec-WebSocket-Protocol": GRAPHQL_TRANSPORT_WS_PROTOCOL };
    const { socket, json, closed } = await connect(env.FEED.getByName("hand"), "https://feed.example/", headers);
    socket.send('{"type":"connection_init"}');
    await json(1);
    socket.send('{"type":"ping","payload":{"a":1}}');
    await json(2);
    socket.send('{"type":"nonsense"}');
    return [await json(2), await closed];
  },
};

const { Box, worker } = project(cases);
export { Box };
export default worker;
