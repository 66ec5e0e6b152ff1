import * as Y from "yjs";
import { Awareness, encodeAwarenessUpdate, applyAwarenessUpdate } from "y-protocols/awareness";
import * as encoding from "lib0/encoding";
import * as decoding from "lib0/decoding";
import * as sync from "y-protocols/sync";
import { project } from "../../serve.js";

const cases = {
  "two-documents-agree": () => {
    const [a, b] = [new Y.Doc(), new Y.Doc()];
    a.clientID = 1;
    b.clientID = 2;
    a.getText("t").insert(0, "hello");
    Y.applyUpdate(b, Y.encodeStateAsUpdate(a));
    b.getText("t").insert(5, " world");
    a.getText("t").delete(0, 1);
    Y.applyUpdate(a, Y.encodeStateAsUpdate(b, Y.encodeStateVector(a)));
    Y.applyUpdate(b, Y.encodeStateAsUpdate(a, Y.encodeStateVector(b)));
    return [a.getText("t").toString(), b.getText("t").toString()];
  },
  "kept-in-storage": async ({ storage }) => {
    const doc = new Y.Doc();
    doc.clientID = 7;
    storage.sql.exec("CREATE TABLE updates (id INTEGER PRIMARY KEY, data BLOB)");
    doc.on("update", (update) => storage.sql.exec("INSERT INTO updates (data) VALUES (?)", update));
    doc.getMap("m").set("a", { deep: [1, 2] });
    doc.getArray("l").push([1, "two", null]);
    const copy = new Y.Doc();
    for (const { data } of storage.sql.exec("SELECT data FROM updates ORDER BY id"))
      Y.applyUpdate(copy, new Uint8Array(data as ArrayBuffer));
    return { map: copy.getMap("m").toJSON(), list: copy.getArray("l").toJSON(), equal: [...Y.encodeStateVector(copy)] };
  },
  "sync-protocol": () => {
    const [client, server] = [new Y.Doc(), new Y.Doc()];
    server.clientID = 3;
    server.getText("t").insert(0, "from the server");
    const hello = encoding.createEncoder();
    sync.writeSyncStep1(hello, client);
    const answer = encoding.createEncoder();
    sync.readSyncMessage(decoding.createDecoder(encoding.toUint8Array(hello)), answer, server, null);
    sync.readSyncMessage(decoding.createDecoder(encoding.toUint8Array(answer)), encoding.createEncoder(), client, null);
    return client.getText("t").toString();
  },
  awareness: () => {
    const [a, b] = [new Y.Doc(), new Y.Doc()];
    a.clientID = 11;
    b.clientID = 12;
    const [from, to] = [new Awareness(a), new Awareness(b)];
    from.setLocalState({ cursor: 4 });
    applyAwarenessUpdate(to, encodeAwarenessUpdate(from, [11]), null);
    const states = [...to.getStates()].sort(([x], [y]) => x - y);
    from.destroy();
    to.destroy();
    return states;
  },
  undo: () => {
    const doc = new Y.Doc();
    const text = doc.getText("t");
    const undo = new Y.UndoManager(text);
    text.insert(0, "one");
    undo.stopCapturing();
    text.insert(3, " two");
    undo.undo();
    return text.toString();
  },
};

const { Box, worker } = project(cases);
export { Box };
export default worker;
