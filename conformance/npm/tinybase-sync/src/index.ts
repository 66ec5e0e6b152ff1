import { createMergeableStore, type MergeableStore } from "tinybase";
import { createDurableObjectSqlStoragePersister } from "tinybase/persisters/persister-durable-object-sql-storage";
import { createWsSynchronizer } from "tinybase/synchronizers/synchronizer-ws-client";
import { getWsServerDurableObjectFetch, WsServerDurableObject } from "tinybase/synchronizers/synchronizer-ws-server-durable-object";
import { project } from "../../serve.js";

/** A store that its clients share: the package's own object, which keeps it in its database. */
export class Room extends WsServerDurableObject<object> {
  seen: string[] = [];

  createPersister() {
    return createDurableObjectSqlStoragePersister(createMergeableStore("server"), this.ctx.storage.sql, { mode: "fragmented" } as never);
  }

  onPathId(pathId: string, addedOrRemoved: number) {
    this.seen.push(`path ${pathId} ${addedOrRemoved}`);
  }

  onClientId(_: string, __: string, addedOrRemoved: number) {
    this.seen.push(`client ${addedOrRemoved}`);
  }

  events() {
    return [this.seen, this.getPathId(), this.getClientIds().length];
  }

  reset() {
    this.ctx.abort("restart");
  }
}

const route = getWsServerDurableObjectFetch("ROOM");

/** One who shares the store at a path. */
async function join(env: object, path: string, name: string) {
  const headers = { Upgrade: "websocket", Connection: "upgrade", "Sec-WebSocket-Key": name };
  const response = (await route(new Request(`https://share.example/${path}`, { headers }), env as never)) as Response;
  const socket = response.webSocket!;
  socket.accept();
  const store = createMergeableStore(name);
  const synchronizer = await createWsSynchronizer(store, socket as never, 5);
  await synchronizer.startSync();
  return { store, synchronizer };
}

/** Waits until a store's cell has a value. */
const until = (store: MergeableStore, row: string, value: string) =>
  new Promise<void>((resolve) => {
    const look = () => store.getCell("pets", row, "name") === value && resolve();
    store.addTablesListener(look);
    look();
  });

const cases = {
  "two-share-a-store": async ({ env }) => {
    const [ada, bob] = [await join(env, "pets", "ada"), await join(env, "pets", "bob")];
    ada.store.setRow("pets", "1", { name: "fido" });
    await until(bob.store, "1", "fido");
    bob.store.setCell("pets", "1", "name", "rex").setValue("open", true);
    await until(ada.store, "1", "rex");
    const events = await env.ROOM.getByName("pets").events();
    return [ada.store.getTables(), events];
  },
  "kept-over-a-restart": async ({ env }) => {
    const ada = await join(env, "kept", "ada");
    const bob = await join(env, "kept", "bob");
    ada.store.setRow("pets", "2", { name: "felix" });
    await until(bob.store, "2", "felix");
    await ada.synchronizer.destroy();
    await bob.synchronizer.destroy();
    await env.ROOM.getByName("kept").reset().catch(() => {});
    const cyd = await join(env, "kept", "cyd");
    await until(cyd.store, "2", "felix");
    return cyd.store.getTables();
  },
  "no-upgrade": async ({ env }) => {
    const response = (await route(new Request("https://share.example/x"), env as never)) as Response;
    return [response.status, await response.text()];
  },
};

const { Box, worker } = project(cases);
export { Box };
export default worker;
