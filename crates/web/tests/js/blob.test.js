import { assert, assertEquals, assertRejects, assertThrows, test } from "holdfast:test";
import { Blob } from "holdfast:web/blob";
import { File } from "holdfast:web/file";

test("parts of every kind", async () => {
  const blob = new Blob(["é", new Uint8Array([1]), new Blob(["z"]), new Uint8Array([9, 8, 7]).subarray(1, 2), 5, null]);
  assertEquals([...(await blob.bytes())], [195, 169, 1, 122, 8, 53, 110, 117, 108, 108]);
  assertEquals(new Blob([new DataView(new ArrayBuffer(5)), new Uint16Array(2), new ArrayBuffer(1)]).size, 10);
  assertEquals([new Blob().size, new Blob(undefined).size, new Blob([]).size, new Blob(["abc"], null).size], [0, 0, 0, 3]);
  assertEquals([...(await new Blob(["\ud800"]).bytes())], [0xef, 0xbf, 0xbd]);
});

test("parts are copied", async () => {
  const bytes = new Uint8Array([1, 2]);
  const blob = new Blob([bytes]);
  bytes[0] = 9;
  const first = await blob.bytes();
  first[1] = 9;
  assertEquals([...(await blob.bytes())], [1, 2]);
  (await blob.arrayBuffer()).transfer();
  assertEquals(blob.size, 2);
});

test("refused arguments", async () => {
  const text = "Failed to construct 'Blob': constructor parameter 1 is not of type 'Array'.";
  for (const parts of ["abc", null, 3, new Set(["a"])]) assertThrows(() => new Blob(parts), TypeError, text);
  assertThrows(() => new Blob([], 3), TypeError);
  assertThrows(() => new Blob([], { endings: "native" }), Error, "The 'endings' field on 'Options' is not implemented.");
  assertThrows(() => Blob(), TypeError);
  await assertRejects(() => Blob.prototype.text.call({}), TypeError);
});

test("types", () => {
  const type = (value) => new Blob([], { type: value }).type;
  assertEquals(["Text/PLAIN", "é", "a\nb", "", undefined, null, "TEXT/html; Charset=UTF-8"].map(type), [
    "text/plain", "", "", "", "", "null", "text/html; charset=utf-8",
  ]);
});

test("slices", async () => {
  const blob = new Blob(["abcdef"], { type: "a/b" });
  const slice = async (...args) => (await blob.slice(...args).text());
  assertEquals(await slice(), "abcdef");
  assertEquals(await slice(2), "cdef");
  assertEquals(await slice(1, 3), "bc");
  assertEquals(await slice(-2), "ef");
  assertEquals(await slice(-3, -1), "de");
  assertEquals(await slice(4, 2), "");
  assertEquals(await slice(-100, 100), "abcdef");
  assertEquals(await slice(NaN, Infinity), "abcdef");
  assertEquals(await slice("1", 2.9), "b");
  assertEquals([blob.slice(0, 1).type, blob.slice(0, 1, "X/Y").type, blob.slice(1).slice(1, 2).size], ["", "x/y", 1]);
});

test("text keeps a byte order mark and replaces malformed bytes", async () => {
  assertEquals(await new Blob(["\ufeffx"]).text(), "\ufeffx");
  assertEquals(await new Blob([new Uint8Array([0x61, 0xff])]).text(), "a\ufffd");
});

test("stream", async () => {
  const large = new Uint8Array(100_000).fill(7);
  const sizes = [];
  for await (const chunk of new Blob([large]).stream()) sizes.push(chunk.length);
  assertEquals(sizes, [65536, 34464]);
  const reader = new Blob(["abc"]).stream().getReader({ mode: "byob" });
  assertEquals([...(await reader.read(new Uint8Array(2))).value], [97, 98]);
  for await (const _ of new Blob([]).stream()) throw new Error("an empty blob has no chunk");
});

test("files", async () => {
  const file = new File(["a"], "n\ud800", { lastModified: 5, type: "X/y" });
  assertEquals([file.name, file.lastModified, file.type, file.size, await file.text()], ["n\ufffd", 5, "x/y", 1, "a"]);
  assert(file instanceof Blob);
  assertEquals(Object.prototype.toString.call(file), "[object File]");
  assertEquals(Object.getPrototypeOf(file.slice(0)), Blob.prototype);
  assertEquals(new File([], "n", { lastModified: new Date(9) }).lastModified, 9);
  const before = Date.now();
  const now = new File([], "n").lastModified;
  assert(now >= before && now <= Date.now());
  const text = "Failed to construct 'File': constructor parameter 2 is not of type 'string'.";
  assertThrows(() => new File(["a"]), TypeError, text);
  assertThrows(() => new File(), TypeError, text);
  assertThrows(() => new File("a", "n"), TypeError, "Failed to construct 'File': constructor parameter 1 is not of type 'Array'.");
});

test("shape", () => {
  assertEquals(Object.keys(Blob.prototype).sort(), ["arrayBuffer", "bytes", "size", "slice", "stream", "text", "type"]);
  assertEquals(Object.keys(File.prototype).sort(), ["lastModified", "name"]);
  assertEquals([Blob.length, File.length, String(new Blob())], [0, 0, "[object Blob]"]);
});
