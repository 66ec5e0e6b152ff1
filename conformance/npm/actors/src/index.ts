import { Actor, type ActorConfiguration, handler, Persist } from "@cloudflare/actors";
import { project } from "../../serve.js";
import { connect } from "../../sockets.js";

/** Counts, remembers, rings and talks, by what Cloudflare's own library of actors gives. */
export class Counter extends Actor<object> {
  @Persist
  total = 0;

  @Persist
  seen: { by: string[] } = { by: [] };

  changes: string[] = [];
  rung = Promise.withResolvers<void>();

  static nameFromRequest(request: Request) {
    return Promise.resolve(new URL(request.url).searchParams.get("room") ?? undefined);
  }

  static configuration = (): ActorConfiguration => ({
    sockets: { upgradePath: "/ws", autoResponse: { ping: "ping", pong: "pong" } },
  });

  constructor(ctx: DurableObjectState, env: object) {
    super(ctx, env);
    this.storage.migrations = [
      { idMonotonicInc: 1, description: "rings", sql: "CREATE TABLE rings (text TEXT)" },
      { idMonotonicInc: 2, description: "when", sql: "ALTER TABLE rings ADD COLUMN n INTEGER" },
    ];
  }

  protected async onInit() {
    await this.storage.runMigrations();
  }

  protected onPersist(key: string, value: unknown) {
    this.changes.push(`${key}=${JSON.stringify(value)}`);
  }

  protected async onRequest(request: Request) {
    this.total += Number(new URL(request.url).searchParams.get("by") ?? 1);
    this.seen.by.push(request.method);
    return Response.json({ name: this.name, total: this.total, seen: this.seen.by, changes: this.changes });
  }

  ring({ text, n }: { text: string; n: number }) {
    this.sql`INSERT INTO rings (text, n) VALUES (${text}, ${n})`;
    this.rung.resolve();
  }

  async later() {
    const { callback, type, payload } = await this.alarms.schedule(1, "ring", { text: "soon", n: 1 });
    await this.rung.promise;
    return { callback, type, payload };
  }

  rings() {
    return this.sql`SELECT text, n FROM rings`;
  }

  protected shouldUpgradeSocket() {
    return true;
  }

  protected onWebSocketConnect(socket: WebSocket) {
    socket.send("welcome");
  }

  protected onWebSocketMessage(_: WebSocket, message: string) {
    this.sockets.message(`all: ${message}`, "*");
  }

  reset() {
    this.ctx.abort("restart");
  }
}

const worker = handler(Counter);
const ask = async (env: object, query: string, init?: RequestInit) => {
  const context = { waitUntil() {}, passThroughOnException() {} } as unknown as ExecutionContext;
  return worker.fetch(new Request(`https://actors.example/${query}`, init), env, context);
};

const cases = {
  request: async ({ env }) => [
    await (await ask(env, "?room=request&by=2")).json(),
    await (await ask(env, "?room=request&by=3", { method: "PUT" })).json(),
  ],
  "persisted-properties": async ({ env }) => {
    await ask(env, "?room=persist&by=40");
    const actor = Counter.get("persist");
    await (actor as unknown as Counter).reset().catch(() => {});
    return (await ask(env, "?room=persist&by=2")).json();
  },
  migrations: async () => {
    const actor = Counter.get("migrations") as unknown as Counter;
    await actor.ring({ text: "by hand", n: 7 });
    return actor.rings();
  },
  alarms: async () => {
    const actor = Counter.get("alarms") as unknown as Counter;
    return [await actor.later(), await actor.rings()];
  },
  sockets: async ({ env }) => {
    const to = { fetch: (url: string, init: RequestInit) => ask(env, url.slice("https://actors.example/".length), init) };
    const ada = await connect(to as never, "https://actors.example/ws?room=sockets");
    const bob = await connect(to as never, "https://actors.example/ws?room=sockets");
    ada.socket.send("ping");
    await ada.until(2);
    bob.socket.send("hello");
    return [await ada.until(3), await bob.until(2)];
  },
};

const { Box, worker: serve } = project(cases);
export { Box };
export default serve;
