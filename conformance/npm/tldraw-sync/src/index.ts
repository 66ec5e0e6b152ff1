import { DurableObject } from "cloudflare:workers";
import { DurableObjectSqliteSyncWrapper, getTlsyncProtocolVersion, SQLiteSyncStorage, TLSocketRoom } from "@tldraw/sync-core";
import { createTLSchema, PageRecordType, type TLRecord } from "@tldraw/tlschema";
import { project } from "../../serve.js";
import { connect } from "../../sockets.js";

const schema = createTLSchema();

/** A whiteboard that several people draw on, as tldraw's template for Durable Objects keeps it. */
export class Room extends DurableObject {
  room: TLSocketRoom<TLRecord, void>;

  constructor(ctx: DurableObjectState, env: object) {
    super(ctx, env);
    const sql = new DurableObjectSqliteSyncWrapper(ctx.storage, { tablePrefix: "tldraw_" });
    this.room = new TLSocketRoom({ schema, storage: new SQLiteSyncStorage({ sql }) });
  }

  fetch(request: Request) {
    const [client, server] = Object.values(new WebSocketPair());
    server.accept();
    this.room.handleSocketConnect({ sessionId: new URL(request.url).searchParams.get("session")!, socket: server });
    return new Response(null, { status: 101, webSocket: client });
  }

  sessions() {
    return this.room.getNumActiveSessions();
  }
  rows() {
    return this.ctx.storage.sql.exec("SELECT id FROM tldraw_documents ORDER BY id").toArray();
  }
  reset() {
    this.ctx.abort("restart");
  }
}

type Message = { type: string; [key: string]: unknown };

async function join(room: DurableObjectStub<Room>, session: string) {
  const { socket, json, closed } = await connect(room, `https://draw.example/?session=${session}`);
  socket.send(
    JSON.stringify({
      type: "connect",
      connectRequestId: session,
      lastServerClock: 0,
      protocolVersion: getTlsyncProtocolVersion(),
      schema: schema.serialize(),
    }),
  );
  await json(1);
  const push = (clientClock: number, diff: object) => socket.send(JSON.stringify({ type: "push", clientClock, diff }));
  return { closed, json: json as (count: number) => Promise<Message[]>, push };
}

const page = (name: string) => PageRecordType.create({ id: PageRecordType.createId(name), name, index: "a2" as never });
const known = ({ type, hydrationType, isReadonly, diff, data }: Message) => ({ type, hydrationType, isReadonly, diff, data });

const cases = {
  connect: async ({ env }) => {
    const ada = await join(env.ROOM.getByName("connect"), "ada");
    return (await ada.json(1)).map(known);
  },
  "two-draw": async ({ env }) => {
    const room = env.ROOM.getByName("draw");
    const [ada, bob] = [await join(room, "ada"), await join(room, "bob")];
    ada.push(1, { "page:one": ["put", page("one")] });
    const seen = [(await ada.json(2))[1], (await bob.json(2))[1]].map(known);
    bob.push(1, { "page:one": ["patch", { name: ["put", "renamed"] }] });
    return [...seen, known((await ada.json(3))[2]), await room.sessions(), await room.rows()];
  },
  "what-is-no-record": async ({ env }) => {
    const ada = await join(env.ROOM.getByName("invalid"), "ada");
    ada.push(1, { "page:one": ["put", { id: "page:one", typeName: "page", name: 3 }] });
    return ada.closed;
  },
  "comes-back": async ({ env }) => {
    const room = env.ROOM.getByName("back");
    const ada = await join(room, "ada");
    ada.push(1, { "page:kept": ["put", page("kept")] });
    await ada.json(2);
    await room.reset().catch(() => {});
    const bob = await join(env.ROOM.getByName("back"), "bob");
    return Object.keys((await bob.json(1))[0].diff as object).sort();
  },
};

const { Box, worker } = project(cases);
export { Box };
export default worker;
