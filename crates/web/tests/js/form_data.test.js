import { assert, assertEquals, assertRejects, assertThrows, test } from "holdfast:test";
import { Blob } from "holdfast:web/blob";
import { File } from "holdfast:web/file";
import { FormData } from "holdfast:web/form_data";
import { Response } from "holdfast:web/response";

test("append, get, getAll, has, set, delete", () => {
  const form = new FormData();
  form.append("a", "1");
  form.append("b", 2);
  form.append("a", null);
  form.append("c", {});
  assertEquals([form.get("a"), form.getAll("a"), form.get("nope"), form.getAll("nope")], ["1", ["1", "null"], null, []]);
  assertEquals([form.has("b"), form.has("nope")], [true, false]);
  form.set("a", "x");
  form.set("d", "new");
  form.delete("b");
  assertEquals([...form], [["a", "x"], ["c", "[object Object]"], ["d", "new"]]);
  assertEquals([[...form.keys()], [...form.values()]], [["a", "c", "d"], ["x", "[object Object]", "new"]]);
  form.append("\ud800", "\udc00");
  assertEquals(form.get("\ufffd"), "\ufffd");
});

test("blobs become files named after their field", async () => {
  const form = new FormData();
  const file = new File(["x"], "n", { type: "a/b", lastModified: 3 });
  form.append("a", new Blob(["x"], { type: "a/b" }));
  form.append("b", file);
  form.append("c", file, "m");
  form.append("d", new Blob([]), "e");
  form.append("e", "text", "ignored");
  const a = form.get("a");
  assertEquals([a.constructor, a.name, a.type, await a.text()], [File, "a", "a/b", "x"]);
  assert(form.get("b") === file);
  assert(form.get("a") === a);
  const c = form.get("c");
  assertEquals([c.name, c.type, c.lastModified, form.get("d").name, form.get("e")], ["m", "a/b", 3, "e", "text"]);
});

test("iteration is live", () => {
  const form = new FormData();
  form.append("a", "1");
  const seen = [];
  for (const [name] of form) {
    seen.push(name);
    if (seen.length < 3) form.append(`n${seen.length}`, "x");
  }
  assertEquals(seen, ["a", "n1", "n2"]);
  assertEquals(Object.prototype.toString.call(form.entries()), "[object FormData Iterator]");
  const calls = [];
  form.forEach((...args) => calls.push(args));
  assertEquals(calls[0], ["1", "a", form]);
});

test("refused arguments", () => {
  const form = new FormData();
  const text = (method, parameter, type) =>
    `Failed to execute '${method}' on 'FormData': parameter ${parameter} is not of type '${type}'.`;
  assertThrows(() => form.append("a"), TypeError, text("append", 2, "File or Blob or string"));
  assertThrows(() => form.get(), TypeError, text("get", 1, "string"));
  assertThrows(() => form.forEach({}), TypeError, text("forEach", 1, "function"));
  assertThrows(() => FormData.prototype.get.call({}, "a"), TypeError);
});

async function wireFormat(form) {
  const response = new Response(form);
  const type = response.headers.get("content-type");
  assert(/^multipart\/form-data; boundary=[0-9a-f]{32}$/.test(type), type);
  return (await response.text()).replaceAll(type.split("boundary=")[1], "B");
}

test("multipart is written as on Workers", async () => {
  const form = new FormData();
  form.append('a"\n', "b\nc");
  form.append("f", new File(["x"], 'n"ame\r\n.txt', { type: "t/t" }));
  form.append("é", new Blob(["y"]), "zz");
  assertEquals(
    await wireFormat(form),
    '--B\r\nContent-Disposition: form-data; name="a%22%0A"\r\n\r\nb\nc\r\n' +
      '--B\r\nContent-Disposition: form-data; name="f"; filename="n%22ame%0A.txt"\r\nContent-Type: t/t\r\n\r\nx\r\n' +
      '--B\r\nContent-Disposition: form-data; name="é"; filename="zz"\r\nContent-Type: application/octet-stream\r\n\r\ny\r\n' +
      "--B--",
  );
  assertEquals(await wireFormat(new FormData()), "--B--");
});

test("there and back", async () => {
  const form = new FormData();
  const bytes = Uint8Array.from({ length: 1000 }, (_, i) => (i * 7) % 256);
  form.append("text", "línea 1\r\n--x\r\n");
  form.append("file", new File([bytes], "bytes.bin", { type: "x/y" }));
  form.append("empty", "");
  form.append("blob", new Blob([]), "empty.txt");
  const back = await new Response(form).formData();
  assertEquals([...back.keys()], ["text", "file", "empty", "blob"]);
  assertEquals([back.get("text"), back.get("empty")], ["línea 1\r\n--x\r\n", ""]);
  const file = back.get("file");
  assertEquals([file.name, file.type, await file.bytes()], ["bytes.bin", "x/y", bytes]);
  assertEquals([back.get("blob").name, back.get("blob").size], ["empty.txt", 0]);
});

function parse(body, type) {
  return new Response(body, { headers: { "content-type": type } }).formData();
}

test("url-encoded forms", async () => {
  const form = await parse("a=b+c&d=%20%C3%A9&&e", "Application/X-WWW-Form-Urlencoded; charset=utf-8");
  assertEquals([...form], [["a", "b c"], ["d", " é"], ["e", ""]]);
  assertEquals([...(await parse("\ufeffa=b", "application/x-www-form-urlencoded"))], [["a", "b"]]);
});

test("multipart is read", async () => {
  const body = "--x y\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n" +
    "--x y\r\ncontent-disposition: form-data; name=\"f\"; filename=\"g\"\r\nContent-Type: T/x; q=1\r\n\r\nhi\r\n--x y--";
  const form = await parse(body, 'multipart/form-data; boundary="x y"');
  assertEquals(form.get("a"), "1");
  const file = form.get("f");
  assertEquals([file.name, file.type, await file.text()], ["g", "T/x; q=1", "hi"]);
});

test("what is no form", async () => {
  const type = "multipart/form-data; boundary=x";
  await assertRejects(parse("a", "multipart/form-data"), TypeError, /^No boundary string in Content-Type header\./);
  await assertRejects(parse("a", type), TypeError, "No initial boundary string (or you have a truncated message).");
  await assertRejects(
    parse("a=b", "text/plain"),
    TypeError,
    "Unrecognized Content-Type header value. FormData can only parse the following MIME types: multipart/form-data, application/x-www-form-urlencoded",
  );
  const missing = "Parsing a Body as FormData requires a Content-Type header.";
  await assertRejects(new Response(new Uint8Array(3)).formData(), TypeError, missing);
  await assertRejects(new Response().formData(), TypeError, missing);
});
