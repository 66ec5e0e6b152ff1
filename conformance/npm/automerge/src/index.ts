import * as A from "@automerge/automerge";
import { project } from "../../serve.js";

type Doc = { cards: { title: string; done: boolean }[]; note: string };
const start = () =>
  A.from<Doc>({ cards: [{ title: "one", done: false }], note: "abc" }, { actor: "aa" });

const cases = {
  merge: () => {
    let a = start();
    let b = A.clone(a, { actor: "bb" });
    a = A.change(a, { time: 0 }, (doc) => void (doc.cards[0].done = true));
    b = A.change(b, { time: 0 }, (doc) => void doc.cards.push({ title: "two", done: false }));
    return A.merge(a, b);
  },
  "text-splices": () => {
    const doc = A.change(start(), { time: 0 }, (d) => A.splice(d, ["note"], 1, 1, "XYZ"));
    return doc.note;
  },
  "saved-in-storage": async ({ storage }) => {
    await storage.put("doc", A.save(start()));
    const doc = A.load<Doc>((await storage.get("doc")) as Uint8Array);
    return [doc, A.getHistory(doc).length, A.getActorId(A.clone(doc, { actor: "cc" }))];
  },
  sync: () => {
    let [left, right] = [start(), A.init<Doc>({ actor: "dd" })];
    let [toRight, toLeft] = [A.initSyncState(), A.initSyncState()];
    for (let round = 0; round < 10; round++) {
      let message;
      [toRight, message] = A.generateSyncMessage(left, toRight);
      if (message) [right, toLeft] = A.receiveSyncMessage(right, toLeft, message);
      let answer;
      [toLeft, answer] = A.generateSyncMessage(right, toLeft);
      if (answer) [left, toRight] = A.receiveSyncMessage(left, toRight, answer);
      if (!message && !answer) break;
    }
    return right;
  },
};

const { Box, worker } = project(cases);
export { Box };
export default worker;
