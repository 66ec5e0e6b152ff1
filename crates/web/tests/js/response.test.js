import { assert, assertEquals, assertRejects, assertThrows, test } from "holdfast:test";
import { Blob } from "holdfast:web/blob";
import { Body } from "holdfast:web/body";
import { FormData } from "holdfast:web/form_data";
import { Headers } from "holdfast:web/headers";
import { Response, responseFromHost, responseToHost } from "holdfast:web/response";
import { ReadableStream } from "holdfast:web/streams/index";
import { URLSearchParams } from "holdfast:web/url_search_params";

const RANGE = "Responses may only be constructed with status codes in the range 200 to 599, inclusive.";
const NULL_BODY = "Response with null body status (101, 204, 205, or 304) cannot have a body.";

test("defaults", () => {
  const response = new Response();
  assertEquals(
    [response.status, response.statusText, response.ok, response.redirected, response.url, response.webSocket],
    [200, "OK", true, false, "", null],
  );
  assertEquals([404, 299, 599].map((status) => new Response(null, { status }).statusText), [
    "Not Found", "Successful", "Server Error",
  ]);
  assertEquals(new Response(null, { status: 404, statusText: "" }).statusText, "");
  assertEquals([response.cf, response.type, response.body, response.bodyUsed], [undefined, "default", null, false]);
  assertEquals([...response.headers], []);
  assert(response.headers === response.headers);
  assertEquals(new Response(undefined).body, null);
});

test("init", () => {
  const init = { status: "404", statusText: "Not Here", headers: { A: "b" }, cf: { x: 1 } };
  const response = new Response("x", init);
  assertEquals([response.status, response.statusText, response.ok], [404, "Not Here", false]);
  assertEquals([...response.headers], [["a", "b"], ["content-type", "text/plain;charset=UTF-8"]]);
  assertEquals(response.cf, { x: 1 });
  assert(response.cf !== init.cf);
  init.headers.A = "changed";
  assertEquals(response.headers.get("a"), "b");
  assertEquals([new Response("a", null).status, new Response("", { status: 200.7 }).status], [200, 200]);
  assertEquals(new Response(null, { statusText: null }).statusText, "null");
  const copy = new Response("b", new Response("a", { status: 201, headers: { x: "y" } }));
  assertEquals([copy.status, [...copy.headers]], [201, [["content-type", "text/plain;charset=UTF-8"], ["x", "y"]]]);
});

test("refused init", () => {
  for (const status of [199, 600, 101, 0, -1, NaN, "abc", null, true]) {
    assertThrows(() => new Response(null, { status }), RangeError, RANGE);
  }
  const wrong = "Failed to construct 'Response': constructor parameter 2 is not of type 'InitializerDict or Response'.";
  assertThrows(() => new Response("a", 3), TypeError, wrong);
  assertThrows(() => new Response("", { statusText: "a\nb" }), TypeError, "Invalid statusText");
  assertThrows(() => new Response("", { encodeBody: "foo" }), TypeError, "encodeBody: unexpected value: foo");
  assertThrows(() => new Response("", { encodeBody: null }), TypeError, "encodeBody: unexpected value: null");
  const field = (name, type) => `Incorrect type for the '${name}' field on 'InitializerDict': the provided value is not of type '${type}'.`;
  assertThrows(() => new Response(null, { webSocket: {} }), TypeError, field("webSocket", "WebSocket"));
  assertThrows(() => new Response(null, { cf: 3 }), TypeError, field("cf", "Object"));
  assertThrows(() => new Response(null, { headers: null }), TypeError, field("headers", "Headers or Sequence or object"));
  assertThrows(() => Response("x"), TypeError);
});

test("statuses without a body", () => {
  for (const status of [204, 205, 304]) {
    assertThrows(() => new Response("x", { status }), TypeError, NULL_BODY);
    assertEquals(new Response(null, { status }).status, status);
    const empty = new Response("", { status });
    assertEquals([empty.body, [...empty.headers]], [null, []]);
    assertEquals(new Response(new Uint8Array(0), { status }).body, null);
    assertEquals(new Response(new Blob([]), { status }).body, null);
  }
  assertThrows(() => new Response(new ReadableStream(), { status: 204 }), TypeError, NULL_BODY);
  assertThrows(() => Response.json(1, { status: 204 }), TypeError, NULL_BODY);
});

test("bodies and their types", async () => {
  const form = new URLSearchParams("a=b c");
  const cases = [
    ["x", "text/plain;charset=UTF-8", "x"],
    [form, "application/x-www-form-urlencoded;charset=UTF-8", "a=b+c"],
    [new Blob(["x"], { type: "a/b" }), "a/b", "x"],
    [new Blob(["x"]), null, "x"],
    [new Uint8Array([65]), null, "A"],
    [new Uint8Array([65, 66]).buffer, null, "AB"],
    [new DataView(new Uint8Array([65, 66]).buffer, 1), null, "B"],
    [3, "text/plain;charset=UTF-8", "3"],
    [{}, "text/plain;charset=UTF-8", "[object Object]"],
    [{ toString: () => "ts" }, "text/plain;charset=UTF-8", "ts"],
    [new String("abc"), "text/plain;charset=UTF-8", "abc"],
    [new Blob(["s"]).stream(), null, "s"],
    [[new Uint8Array([65]), new Uint8Array([66])], null, "AB"],
    [(async function* () { yield new Uint8Array([67]); })(), null, "C"],
  ];
  for (const [body, type, text] of cases) {
    const response = new Response(body);
    assertEquals([response.headers.get("content-type"), await response.text()], [type, text]);
  }
  assert(new Response(new FormData()).headers.get("content-type").startsWith("multipart/form-data; boundary="));
  assertEquals([...new Response("x", { headers: { "content-type": "q" } }).headers], [["content-type", "q"]]);
  assertThrows(() => new Response(Symbol()), TypeError);
  await assertRejects(new Response(["a"]).text(), TypeError, "This ReadableStream did not return bytes.");
});

test("bytes given to a body are copied", async () => {
  const bytes = new Uint8Array([65, 66]);
  const response = new Response(bytes);
  bytes[0] = 90;
  assertEquals(await response.text(), "AB");
});

test("statics", async () => {
  const error = Response.error();
  assertEquals([error.status, error.type, error.statusText, error.ok, [...error.headers]], [0, "error", "", false, []]);
  const redirect = Response.redirect("http://A/ b");
  assertEquals([redirect.status, [...redirect.headers], redirect.body], [302, [["location", "http://a/%20b"]], null]);
  assertThrows(() => redirect.headers.set("a", "b"), TypeError, "Can't modify immutable headers.");
  assertEquals([301, 302, 303, 307, 308].map((status) => Response.redirect("http://a/", status).status), [301, 302, 303, 307, 308]);
  assertThrows(() => Response.redirect("/b"), TypeError, "Unable to parse URL: /b");
  const status = "200 is not a redirect status code. It must be one of: 301, 302, 303, 307, or 308.";
  assertThrows(() => Response.redirect("http://a/", 200), RangeError, status);
  assertThrows(() => Response.redirect(), TypeError, "Failed to execute 'redirect' on 'Response': parameter 1 is not of type 'string'.");

  const json = Response.json({ a: 1 }, { status: 201 });
  assertEquals([json.status, [...json.headers], await json.text()], [201, [["content-type", "application/json"]], '{"a":1}']);
  assertEquals([...Response.json(1, { headers: { "content-type": "x/y" } }).headers], [["content-type", "x/y"]]);
  assertEquals(await Response.json(undefined).text(), "undefined");
  assertThrows(() => Response.json(1n), TypeError);
  assertThrows(() => Response.json(1, { status: 99 }), RangeError, RANGE);
  assertThrows(() => Response.json(), TypeError, "Failed to execute 'json' on 'Response': parameter 1 is not of type 'Value'.");
});

test("clone", async () => {
  for (const make of [() => "body", () => new Uint8Array([98, 111, 100, 121]), () => new Blob(["body"]).stream()]) {
    const response = new Response(make(), { status: 201, statusText: "T", headers: { a: "b" }, cf: { x: 1 } });
    const clone = response.clone();
    assertEquals([clone.status, clone.statusText, clone.headers.get("a"), clone.cf], [201, "T", "b", { x: 1 }]);
    assert(clone.cf !== response.cf);
    clone.headers.set("a", "c");
    assertEquals(response.headers.get("a"), "b");
    assertEquals([await response.text(), await clone.text()], ["body", "body"]);
  }
  assertEquals(new Response().clone().body, null);
  const used = new Response("x");
  await used.text();
  assertThrows(() => used.clone(), TypeError, /^This ReadableStream is currently locked to a reader/);
  const locked = new Response("x");
  locked.body.getReader();
  assertThrows(() => locked.clone(), TypeError, /^This ReadableStream is currently locked to a reader/);
});

test("to the host: strings and bytes as they are, no stream", async () => {
  const init = { status: 201, statusText: "T", headers: { B: "1", a: "2" }, encodeBody: "manual", cf: { c: 1 } };
  assertEquals(responseToHost(new Response("text", init)), {
    status: 201, statusText: "T", headers: ["b", "1", "a", "2", "content-type", "text/plain;charset=UTF-8"], body: "text",
    webSocket: null, cf: { c: 1 }, encodeBody: "manual",
  });
  const response = new Response("text");
  const sent = responseToHost(response);
  assertEquals([sent.body, sent.encodeBody, response.bodyUsed], ["text", "automatic", true]);
  assertThrows(() => responseToHost(response), TypeError);
  assertEquals([...responseToHost(new Response(new Blob(["AB"]).slice(1))).body], [66]);
  assertEquals(responseToHost(new Response()).body, null);
  assertEquals(responseToHost(Response.error()).status, 0);
  const touched = new Response(null, { headers: { a: "1" } });
  touched.headers.append("b", "2");
  assertEquals(responseToHost(touched).headers, ["a", "1", "b", "2"]);
});

test("from the host", async () => {
  const response = responseFromHost({
    status: 200, statusText: "OK", headers: ["a", "1"], body: "text", url: "http://u/", redirected: true, webSocket: null,
  });
  assertEquals(
    [response.url, response.redirected, response.statusText, response.type, [...response.headers]],
    ["http://u/", true, "OK", "default", [["a", "1"]]],
  );
  assertThrows(() => response.headers.set("a", "b"), TypeError, "Can't modify immutable headers.");
  assertThrows(() => response.clone().headers.delete("a"), TypeError, "Can't modify immutable headers.");
  const remade = new Response(response.body, response);
  remade.headers.set("a", "b");
  assertEquals([remade.url, remade.redirected, remade.headers.get("a"), response.headers.get("a")], ["", false, "b", "1"]);
  assertEquals([await remade.text(), response.bodyUsed], ["text", true]);
});

test("a stream to the host and back", async () => {
  const chunks = ["one ", new Uint8Array([116, 119, 111]), new Uint8Array([32]).buffer, new Uint8Array(0), "drei"];
  const stream = ReadableStream.from(chunks);
  const sent = responseToHost(new Response(stream));
  assert(stream.locked);
  const received = responseFromHost({ status: 200, headers: [], body: sent.body });
  assertEquals(await received.text(), "one two drei");
  assert(received.bodyUsed);
});

test("an untouched body of the host passes through as its handle", async () => {
  const handle = responseToHost(new Response(new Blob(["x"]).stream())).body;
  const passed = responseToHost(responseFromHost({ status: 200, headers: [], body: handle }));
  assert(passed.body === handle);
  const inner = responseFromHost({ status: 200, headers: [], body: handle });
  const stream = inner.body;
  const outer = new Response(stream, inner);
  assert(responseToHost(outer).body === handle, "a stream that nobody read from stands for its handle");
  assert(outer.bodyUsed);
  assert(stream.locked, "nobody else may read it now");
  assertEquals(await responseFromHost({ status: 200, headers: [], body: handle }).text(), "x");
});

test("every way to read a body of the host", async () => {
  const received = (parts) => {
    const { body } = responseToHost(new Response(ReadableStream.from(parts)));
    return responseFromHost({ status: 200, headers: ["content-type", "a/b"], body });
  };
  assertEquals(await received(["{\"a\":", "1}"]).json(), { a: 1 });
  assertEquals([...(await received(["a", "é"]).bytes())], [97, 195, 169]);
  assertEquals((await received(["ab"]).arrayBuffer()).byteLength, 2);
  const blob = await received(["ab"]).blob();
  assertEquals([blob.type, await blob.text()], ["a/b", "ab"]);
  assertEquals(await received(["\ufeffa", new Uint8Array([0xff])]).text(), "a\ufffd");
  const texts = [];
  const decoder = new TextDecoder();
  for await (const chunk of received(["a", "b"]).body) texts.push(decoder.decode(chunk));
  assertEquals(texts.join(""), "ab");
  const [left, right] = [received(["ab"])].flatMap((response) => [response, response.clone()]);
  assertEquals([await left.text(), await right.text()], ["ab", "ab"]);
});

test("back-pressure and cancellation reach the stream", async () => {
  let pulls = 0;
  const { promise, resolve } = Promise.withResolvers();
  const stream = new ReadableStream({
    pull(controller) {
      pulls++;
      controller.enqueue(new Uint8Array(10));
    },
    cancel: resolve,
  }, { highWaterMark: 0 });
  const { body } = responseToHost(new Response(stream));
  const received = responseFromHost({ status: 200, headers: [], body });
  const reader = received.body.getReader();
  for (let reads = 1; reads <= 50; reads++) {
    await reader.read();
    assert(pulls <= reads + 8, `${pulls} chunks were pulled for ${reads} reads`);
  }
  await reader.cancel("enough");
  assertEquals((await promise).message, "Network connection lost.");
});

test("a stream that fails, or that gives no bytes, breaks the body off", async () => {
  const failing = new ReadableStream({
    start(controller) {
      controller.enqueue(new Uint8Array([65]));
    },
    pull() {
      throw new RangeError("boom");
    },
  });
  const body = responseToHost(new Response(failing)).body;
  await assertRejects(responseFromHost({ status: 200, headers: [], body }).text(), Error, "RangeError: boom");
  let cancelled;
  const wrong = new ReadableStream({
    start: (controller) => controller.enqueue(3),
    cancel(reason) {
      cancelled = reason;
    },
  });
  const other = responseToHost(new Response(wrong)).body;
  const text = "This ReadableStream did not return bytes.";
  await assertRejects(responseFromHost({ status: 200, headers: [], body: other }).text(), Error, text);
  assertEquals(cancelled.message, text);
});

test("shape", () => {
  assertEquals(Object.keys(Response.prototype).sort(), [
    "cf", "clone", "headers", "ok", "redirected", "status", "statusText", "type", "url", "webSocket",
  ]);
  assertEquals(Object.keys(Body.prototype).sort(), [
    "arrayBuffer", "blob", "body", "bodyUsed", "bytes", "formData", "json", "text",
  ]);
  assert(Object.getPrototypeOf(Response.prototype) === Body.prototype);
  assertThrows(() => new Body(), TypeError, "Illegal constructor");
  assertEquals([String(new Response()), Response.length], ["[object Response]", 0]);
  assertThrows(() => Object.getOwnPropertyDescriptor(Response.prototype, "status").get.call({}), TypeError);
  assertThrows(() => {
    new Response().headers = new Headers();
  }, TypeError);
});
