import { collab, getSyncedVersion, receiveUpdates, rebaseUpdates, sendableUpdates, type Update } from "@codemirror/collab";
import { ChangeSet, EditorState as CodeState, Text } from "@codemirror/state";
import jsonpatch from "fast-json-patch";
import DiffMatchPatch from "diff-match-patch";
import * as jsondiffpatch from "jsondiffpatch";
import { $createParagraphNode, $createTextNode, $getRoot, createEditor } from "lexical";
import { collab as proseCollab, getVersion, receiveTransaction, sendableSteps } from "prosemirror-collab";
import { Node, Schema } from "prosemirror-model";
import { EditorState } from "prosemirror-state";
import { Step } from "prosemirror-transform";
import { createEditor as createSlate, Editor, Node as SlateNode, Transforms } from "slate";
import { project } from "../../serve.js";

const schema = new Schema({
  nodes: { doc: { content: "paragraph+" }, paragraph: { content: "text*", toDOM: () => ["p", 0] }, text: {} },
  marks: { strong: { toDOM: () => ["b", 0] } },
});

/** ProseMirror's authority: the list of steps, kept in the object's database. */
class Authority {
  constructor(readonly sql: SqlStorage) {
    sql.exec("CREATE TABLE steps (version INTEGER PRIMARY KEY AUTOINCREMENT, step TEXT, client TEXT)");
  }
  get version() {
    return this.sql.exec("SELECT count(*) AS n FROM steps").one().n as number;
  }
  receive(version: number, steps: readonly Step[], client: string) {
    if (version !== this.version) return false;
    for (const step of steps) this.sql.exec("INSERT INTO steps (step, client) VALUES (?, ?)", JSON.stringify(step), client);
    return true;
  }
  since(version: number) {
    return this.sql.exec("SELECT step, client FROM steps WHERE version > ? ORDER BY version", version).toArray();
  }
}

const cases = {
  prosemirror: ({ storage }) => {
    const authority = new Authority(storage.sql);
    const doc = schema.node("doc", null, [schema.node("paragraph", null, [schema.text("hello")])]);
    const open = (clientID: string) => EditorState.create({ doc, plugins: [proseCollab({ clientID })] });
    let [ada, bob] = [open("ada"), open("bob")];
    const sync = (state: EditorState, id: string): EditorState => {
      const news = authority.since(getVersion(state));
      const steps = news.map(({ step }) => Step.fromJSON(schema, JSON.parse(step as string)));
      const caughtUp = state.apply(receiveTransaction(state, steps, news.map(({ client }) => client as string)));
      const mine = sendableSteps(caughtUp);
      if (mine && authority.receive(mine.version, mine.steps, id)) return sync(caughtUp, id);
      return caughtUp;
    };
    ada = ada.apply(ada.tr.insertText("Ada says ", 1));
    bob = bob.apply(bob.tr.insertText(" world", 6).addMark(1, 6, schema.mark("strong")));
    ada = sync(ada, "ada");
    bob = sync(bob, "bob");
    ada = sync(ada, "ada");
    return [ada.doc.toJSON(), ada.doc.eq(bob.doc), authority.version, Node.fromJSON(schema, ada.doc.toJSON()).textContent];
  },
  codemirror: ({ storage }) => {
    const updates: Update[] = [];
    let doc = Text.of(["line one", "line two"]);
    const push = (version: number, mine: readonly Update[]) => {
      const received = version === updates.length ? mine : rebaseUpdates(mine, updates.slice(version));
      for (const update of received) {
        const changes = ChangeSet.fromJSON(JSON.parse(JSON.stringify(update.changes)));
        updates.push({ changes, clientID: update.clientID });
        doc = changes.apply(doc);
      }
    };
    const open = (clientID: string) => CodeState.create({ doc, extensions: [collab({ clientID })] });
    const pull = (state: CodeState) => state.update(receiveUpdates(state, updates.slice(getSyncedVersion(state)))).state;
    let [ada, bob] = [open("ada"), open("bob")];
    ada = ada.update({ changes: { from: 0, insert: "> " } }).state;
    bob = bob.update({ changes: [{ from: 9, to: 13, insert: "LINE" }, { from: 17, insert: "!" }] }).state;
    push(getSyncedVersion(ada), sendableUpdates(ada));
    push(getSyncedVersion(bob), sendableUpdates(bob));
    [ada, bob] = [pull(ada), pull(bob)];
    storage.kv.put("doc", ada.doc.toJSON());
    return [storage.kv.get("doc"), ada.doc.eq(bob.doc), ada.doc.eq(doc), updates.length];
  },
  slate: () => {
    const editor = createSlate();
    editor.children = [{ type: "p", children: [{ text: "one two" }] }] as never;
    const operations: string[] = [];
    const { apply } = editor;
    editor.apply = (operation) => {
      operations.push(operation.type);
      apply(operation);
    };
    Transforms.insertText(editor, "three ", { at: { path: [0, 0], offset: 4 } });
    Transforms.splitNodes(editor, { at: { path: [0, 0], offset: 4 } });
    Transforms.setNodes(editor, { bold: true } as never, { at: [1, 0] });
    Editor.normalize(editor, { force: true });
    return [operations, editor.children, SlateNode.string(editor)];
  },
  "lexical-headless": async () => {
    const editor = createEditor({ namespace: "test", onError: (error) => { throw error; } });
    await new Promise<void>((resolve) => {
      editor.registerUpdateListener(() => resolve());
      editor.update(() => {
        const paragraph = $createParagraphNode();
        paragraph.append($createTextNode("hello "), $createTextNode("world").toggleFormat("bold"));
        $getRoot().append(paragraph);
      }, { discrete: true });
    });
    const json = editor.getEditorState().toJSON();
    return [editor.getEditorState().read(() => $getRoot().getTextContent()), JSON.stringify(json.root.children).includes('"format":1'), editor.parseEditorState(JSON.stringify(json)).toJSON().root.children.length];
  },
  "json-patch": () => {
    const before = { a: [1, 2, { b: 3 }], c: "x", gone: true };
    const after = { a: [1, { b: 4 }, 5], c: "y", new: null };
    const patch = jsonpatch.compare(before, after);
    const applied = jsonpatch.applyPatch(structuredClone(before), patch).newDocument;
    const refused = jsonpatch.validate([{ op: "remove", path: "/nowhere" }], before);
    return [patch, applied, refused?.name];
  },
  jsondiffpatch: () => {
    const differ = jsondiffpatch.create({ objectHash: (item) => (item as { id: number }).id });
    const before = { list: [{ id: 1, n: "a" }, { id: 2, n: "b" }, { id: 3, n: "c" }] };
    const after = { list: [{ id: 3, n: "c" }, { id: 1, n: "A" }], more: [1] };
    const delta = differ.diff(before, after);
    const patched = differ.patch(structuredClone(before), differ.clone(delta) as never);
    return [delta, patched, differ.unpatch(structuredClone(after), delta)];
  },
  "diff-match-patch": () => {
    const dmp = new DiffMatchPatch();
    const diffs = dmp.diff_main("The quick brown fox", "A quick red fox!");
    dmp.diff_cleanupSemantic(diffs);
    const patches = dmp.patch_make("The quick brown fox", diffs);
    return [diffs, dmp.patch_toText(patches), dmp.patch_apply(patches, "Well: The quick brown foxes"), dmp.diff_levenshtein(diffs)];
  },
};

const { Box, worker } = project(cases);
export { Box };
export default worker;
