import { assert, assertEquals, assertRejects, assertThrows, test } from "holdfast:test";
import { Blob } from "holdfast:web/blob";
import { Response } from "holdfast:web/response";
import { ReadableStream } from "holdfast:web/streams/index";

const USED = "Body has already been used. It can only be used once. Use tee() first if you need to read it twice.";
const LOCKED = "This ReadableStream is currently locked to a reader.";
const MAKERS = {
  string: () => "{\"a\":1}",
  bytes: () => new TextEncoder().encode("{\"a\":1}"),
  blob: () => new Blob(["{\"a\":1}"]),
  stream: () => new Blob(["{\"a\":1}"]).stream(),
};

test("each way to read, from each kind of body", async () => {
  for (const [kind, make] of Object.entries(MAKERS)) {
    const response = () => new Response(make());
    assertEquals(await response().text(), "{\"a\":1}", kind);
    assertEquals(await response().json(), { a: 1 }, kind);
    assertEquals(await response().bytes(), new TextEncoder().encode("{\"a\":1}"), kind);
    assertEquals((await response().arrayBuffer()).byteLength, 7, kind);
    assertEquals((await response().blob()).size, 7, kind);
    const chunks = [];
    for await (const chunk of response().body) chunks.push(...chunk);
    assertEquals(String.fromCharCode(...chunks), "{\"a\":1}", kind);
  }
});

test("a body is read once", async () => {
  for (const [kind, make] of Object.entries(MAKERS)) {
    for (const first of ["text", "json", "bytes", "arrayBuffer", "blob"]) {
      const response = new Response(make());
      assert(!response.bodyUsed);
      const reading = response[first]();
      assert(response.bodyUsed, `${kind} ${first}: used from the call on`);
      await reading;
      for (const second of ["text", "json", "bytes", "arrayBuffer", "blob"]) {
        await assertRejects(response[second](), TypeError, USED);
      }
      assert(response.body !== null);
      assert(response.body === response.body);
      assert(response.bodyUsed);
    }
  }
});

test("reading the stream uses the body", async () => {
  const response = new Response("x");
  const reader = response.body.getReader();
  assert(!response.bodyUsed);
  await assertRejects(response.text(), TypeError, LOCKED);
  await reader.read();
  assert(response.bodyUsed);
  reader.releaseLock();
  await assertRejects(response.text(), TypeError, USED);
  const cancelled = new Response("x");
  await cancelled.body.cancel();
  assert(cancelled.bodyUsed);
  await assertRejects(cancelled.text(), TypeError, USED);
});

test("looking at the stream does not use the body", async () => {
  const response = new Response("x");
  assert(response.body === response.body);
  assertEquals([response.bodyUsed, await response.text()], [false, "x"]);
  const stream = new ReadableStream();
  assert(new Response(stream).body === stream);
});

test("streams that cannot be a body", async () => {
  const locked = new ReadableStream();
  locked.getReader();
  const lockedText = "This ReadableStream is locked to a reader, and cannot be used as a body.";
  assertThrows(() => new Response(locked), TypeError, lockedText);
  const used = new Blob(["x"]).stream();
  for await (const _ of used);
  const usedText = "This ReadableStream is disturbed (has already been read from), and cannot be used as a body.";
  assertThrows(() => new Response(used), TypeError, usedText);
});

test("no body can be read again and again", async () => {
  const response = new Response();
  assertEquals([await response.text(), await response.text(), response.bodyUsed], ["", "", false]);
  assertEquals([(await response.bytes()).length, (await response.blob()).size], [0, 0]);
  await assertRejects(response.json(), SyntaxError);
});

test("text is decoded as UTF-8 without a byte order mark", async () => {
  assertEquals(await new Response("\ufeffx").text(), "x");
  assertEquals(await new Response("\ud800x").text(), "\ufffdx");
  assertEquals(await new Response("\ufeff1").json(), 1);
  assertEquals(await new Response(new Uint8Array([0xef, 0xbb, 0xbf, 0x61, 0xff])).text(), "a\ufffd");
  assertEquals([...(await new Response("\ud800").bytes())], [0xef, 0xbf, 0xbd]);
});

test("what is read belongs to the reader", async () => {
  const blob = new Blob(["abc"]);
  const response = new Response(blob);
  const clone = response.clone();
  (await response.bytes()).fill(0);
  (await clone.arrayBuffer()).transfer();
  assertEquals(await blob.text(), "abc");
  for await (const chunk of new Response(blob).body) chunk.fill(0);
  assertEquals(await blob.text(), "abc");
});

test("blob takes the normalised type", async () => {
  const type = async (value) => (await new Response("x", { headers: { "content-type": value } }).blob()).type;
  assertEquals(await Promise.all(["A/B; C=D", "garbage", "", "a/b;;c=d ;e=\"f g\""].map(type)), [
    "a/b;c=D", "", "", "a/b;c=d;e=\"f g\"",
  ]);
  assertEquals((await new Response("x").blob()).type, "text/plain;charset=UTF-8");
});

test("errors of the stream are the errors of the body", async () => {
  const error = new RangeError("boom");
  const stream = new ReadableStream({ start: (controller) => controller.error(error) });
  await assertRejects(new Response(stream).text(), error);
  const wrong = new ReadableStream({ start: (controller) => controller.enqueue("text") });
  await assertRejects(new Response(wrong).text(), TypeError, "This ReadableStream did not return bytes.");
  await assertRejects(new Response("{x").json(), SyntaxError);
});

test("methods reject rather than throw", async () => {
  for (const method of ["text", "json", "bytes", "arrayBuffer", "blob", "formData"]) {
    await assertRejects(Response.prototype[method].call({}), TypeError);
  }
});
