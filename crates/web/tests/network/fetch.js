import { assert, assertEquals, assertRejects, test } from "holdfast:test";
import { AbortController } from "holdfast:web/abort";
import { Blob } from "holdfast:web/blob";
import { fetch } from "holdfast:web/fetch";
import { Request } from "holdfast:web/request";
import { Response, responseToHost } from "holdfast:web/response";
import { FixedLengthStream, ReadableStream } from "holdfast:web/streams/index";

const AT = "http://SERVER";

test("a request and its response", async () => {
  const response = await fetch(`${AT}/x%20y?q=ü#z`, { headers: { "X-Foo": "é€", cookie: "a=b" } });
  assertEquals([response.status, response.statusText, response.ok, response.redirected], [200, "OK", true, false]);
  assertEquals([response.url, response.type], [`${AT}/x%20y?q=%C3%BC`, "default"]);
  assertEquals(await response.text(), "GET /x%20y?q=%C3%BC\ncookie: a=b\nx-foo: é€\n");
});

test("bodies out", async () => {
  const post = async (body) => (await fetch(`${AT}/`, { method: "POST", body })).text();
  assertEquals(await post("héllo"), "POST /\ncontent-length: 6\ncontent-type: text/plain;charset=UTF-8\nhéllo");
  assertEquals(await post(undefined), "POST /\ncontent-length: 0\n");
  assertEquals(await post(new Uint8Array([65])), "POST /\ncontent-length: 1\nA");
  const stream = ReadableStream.from(["a", new Uint8Array([66])]);
  assertEquals(await post(stream), "POST /\ntransfer-encoding: chunked\naB");
  assertEquals(await post(new Blob(["abc"]).stream()), "POST /\ncontent-length: 3\nabc");
  const { readable, writable } = new FixedLengthStream(3);
  const writer = writable.getWriter();
  writer.write(new Uint8Array([65, 66, 67]));
  writer.close();
  assertEquals(await post(readable), "POST /\ncontent-length: 3\nABC");
});

test("headers in", async () => {
  const { headers } = await fetch(`${AT}/headers`);
  assertEquals(headers.getSetCookie(), ["a=1", "b=2"]);
  assertEquals([headers.get("x-latin"), headers.get("x-utf8")], ["\ufffd", "é"]);
  assert((() => {
    try {
      headers.set("a", "b");
    } catch (error) {
      return error.message === "Can't modify immutable headers.";
    }
  })());
});

test("gzip is unpacked where it is read, and not before", async () => {
  const response = await fetch(`${AT}/gzip`);
  assertEquals([response.headers.get("content-encoding"), await response.text()], ["gzip", "unpacked ".repeat(1000)]);
  const again = await fetch(`${AT}/gzip`);
  const chunks = [];
  for await (const chunk of again.clone().body) chunks.push(...chunk);
  assertEquals([chunks.length, (await again.bytes()).length], [9000, 9000]);
  const passed = await fetch(`${AT}/gzip`);
  const remade = new Response(passed.body, passed);
  const { body, headers } = responseToHost(remade);
  assert(headers.includes("content-encoding"));
  assert(passed.body !== null && typeof body === "object");
  await assertRejects((await fetch(`${AT}/not-gzip`)).text(), TypeError, "Gzip decompression failed.");
});

test("redirects", async () => {
  const response = await fetch(`${AT}/redirect`, { method: "POST", body: "x" });
  assertEquals([response.url, response.redirected], [`${AT}/echo?redirected`, true]);
  assertEquals(await response.text(), "GET /echo?redirected\ncontent-type: text/plain;charset=UTF-8\n");
  const manual = await fetch(`${AT}/redirect`, { redirect: "manual" });
  assertEquals([manual.status, manual.headers.get("location")], [302, "/echo?redirected"]);
});

test("no body", async () => {
  const none = await fetch(`${AT}/none`);
  assertEquals([none.status, none.body, await none.text()], [204, null, ""]);
  assertEquals((await fetch(`${AT}/echo`, { method: "HEAD" })).body, null);
  assert((await fetch(`${AT}/headers`)).body !== null, "an empty body is a body");
});

test("many at once", async () => {
  const texts = await Promise.all(Array.from({ length: 50 }, async (_, i) => (await fetch(`${AT}/${i}`)).text()));
  assertEquals(texts, Array.from({ length: 50 }, (_, i) => `GET /${i}\n`));
});

test("up and down at the same time", async () => {
  let controller;
  const stream = new ReadableStream({ start: (given) => (controller = given) });
  const response = await fetch(`${AT}/pipe`, { method: "POST", body: stream });
  const reader = response.body.getReader();
  for (const byte of [1, 2, 3]) {
    controller.enqueue(new Uint8Array([byte]));
    assertEquals([...(await reader.read()).value], [byte]);
  }
  controller.close();
  assertEquals((await reader.read()).done, true);
});

test("a response's body as a request's body", async () => {
  const first = await fetch(`${AT}/one`);
  const second = await fetch(new Request(`${AT}/pipe`, { method: "POST", body: first.body }));
  assertEquals(await second.text(), "GET /one\n");
});

test("aborting", async () => {
  const early = new AbortController();
  const pending = fetch(`${AT}/hang`, { signal: early.signal });
  early.abort();
  await assertRejects(pending, "AbortError", "The operation was aborted");

  const late = new AbortController();
  const { promise: cancelled, resolve: cancel } = Promise.withResolvers();
  const upload = new ReadableStream({ start: (controller) => controller.enqueue(new Uint8Array([1])), cancel });
  const response = await fetch(`${AT}/pipe`, { method: "POST", body: upload, signal: late.signal });
  const reader = response.body.getReader();
  await reader.read();
  const reason = new Error("enough");
  late.abort(reason);
  await assertRejects(reader.read(), reason);
  assertEquals((await cancelled).message, "Network connection lost.");
});

test("a failing upload is the error", async () => {
  const stream = new ReadableStream({
    pull() {
      throw new RangeError("boom");
    },
  });
  await assertRejects(fetch(`${AT}/echo`, { method: "POST", body: stream }), Error, "RangeError: boom");
});

test("no server", async () => {
  const error = await assertRejects(fetch("http://127.0.0.1:1/"), Error, "Network connection lost.");
  assert(error.cause.message.startsWith("127.0.0.1:1: "), error.cause.message);
  assert(!Object.keys(error).includes("cause"));
  await assertRejects(fetch("http://nonexistent.invalid/"), Error, /^DNS lookup of "nonexistent\.invalid" failed: /);
  await assertRejects(fetch(`${AT}/`, { headers: { a: "\x01" } }), TypeError, /The value of the header "a"/);
});
