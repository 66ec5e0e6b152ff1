import { YServer } from "y-partyserver";
import * as decoding from "lib0/decoding";
import * as encoding from "lib0/encoding";
import * as sync from "y-protocols/sync";
import * as Y from "yjs";
import { project } from "../../serve.js";
import { connect } from "../../sockets.js";

const SYNC = 0;

/** A document that is edited together and kept in the object's database. */
export class Document extends YServer {
  static options = { hibernate: true };
  static callbackOptions = { debounceWait: 1, debounceMaxWait: 5 };

  saving = Promise.withResolvers<void>();

  async onStart() {
    this.ctx.storage.sql.exec("CREATE TABLE IF NOT EXISTS documents (id TEXT PRIMARY KEY, content BLOB)");
    await super.onStart();
  }

  async onLoad() {
    const [row] = this.ctx.storage.sql.exec("SELECT content FROM documents WHERE id = ?", this.name).toArray();
    if (row) Y.applyUpdate(this.document, new Uint8Array(row.content as ArrayBuffer));
  }

  async onSave() {
    const update = Y.encodeStateAsUpdate(this.document);
    this.ctx.storage.sql.exec("INSERT OR REPLACE INTO documents (id, content) VALUES (?, ?)", this.name, update);
    this.saving.resolve();
  }

  isReadOnly(connection: { uri: string | null }) {
    return connection.uri?.includes("readonly") ?? false;
  }

  onCustomMessage(connection: never, message: string) {
    this.sendCustomMessage(connection, JSON.stringify({ answerTo: JSON.parse(message) }));
    this.broadcastCustomMessage(JSON.stringify({ said: message }), connection);
  }

  async saved() {
    await this.saving.promise;
  }

  reset() {
    this.ctx.abort("restart");
  }
}

/** One who edits: a document that follows the object's by the protocol of y-protocols. */
async function join(stub: DurableObjectStub<Document>, user: string, query = "") {
  const url = `https://docs.example/parties/document/x?_pk=${user}${query}`;
  const { socket } = await connect(stub as never, url, { "x-partykit-room": stub.name! });
  const doc = new Y.Doc();
  const told: string[] = [];
  let changed = () => {};
  socket.addEventListener("message", ({ data }: MessageEvent) => {
    if (typeof data === "string") {
      told.push(data);
    } else {
      const decoder = decoding.createDecoder(new Uint8Array(data));
      if (decoding.readVarUint(decoder) !== SYNC) return;
      const answer = encoding.createEncoder();
      encoding.writeVarUint(answer, SYNC);
      sync.readSyncMessage(decoder, answer, doc, "remote");
      if (encoding.length(answer) > 1) socket.send(encoding.toUint8Array(answer));
    }
    changed();
  });
  const send = (write: (encoder: encoding.Encoder) => void) => {
    const message = encoding.createEncoder();
    encoding.writeVarUint(message, SYNC);
    write(message);
    socket.send(encoding.toUint8Array(message));
  };
  doc.on("update", (update: Uint8Array, origin: unknown) => {
    if (origin !== "remote") send((to) => sync.writeUpdate(to, update));
  });
  send((to) => sync.writeSyncStep1(to, doc));
  const until = async (test: () => boolean) => {
    while (!test()) await new Promise<void>((resolve) => (changed = resolve));
  };
  return { socket, text: doc.getText("t"), told, until };
}

const cases = {
  "edit-together": async ({ env }) => {
    const stub = env.DOC.getByName("together");
    const [ada, bob] = [await join(stub, "ada"), await join(stub, "bob")];
    ada.text.insert(0, "hello");
    await bob.until(() => bob.text.toString() === "hello");
    bob.text.insert(5, " world");
    await ada.until(() => ada.text.length === 11);
    return [ada.text.toString(), bob.text.toString()];
  },
  "kept-and-loaded": async ({ env }) => {
    const ada = await join(env.DOC.getByName("kept"), "ada");
    ada.text.insert(0, "kept");
    const stub = env.DOC.getByName("kept");
    await stub.saved();
    await stub.reset().catch(() => {});
    const bob = await join(env.DOC.getByName("kept"), "bob");
    await bob.until(() => bob.text.length > 0);
    return bob.text.toString();
  },
  "read-only": async ({ env }) => {
    const stub = env.DOC.getByName("readonly");
    const [ada, bob] = [await join(stub, "ada", "&readonly=1"), await join(stub, "bob")];
    ada.text.insert(0, "not taken");
    ada.socket.send("__YPS:{}");
    await bob.until(() => bob.told.length > 0);
    return bob.text.toString();
  },
  "custom-messages": async ({ env }) => {
    const stub = env.DOC.getByName("custom");
    const [ada, bob] = [await join(stub, "ada"), await join(stub, "bob")];
    ada.socket.send('__YPS:{"n":1}');
    await ada.until(() => ada.told.length > 0);
    await bob.until(() => bob.told.length > 0);
    return [ada.told, bob.told];
  },
};

const { Box, worker } = project(cases);
export { Box };
export default worker;
