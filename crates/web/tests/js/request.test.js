import { assert, assertEquals, assertRejects, assertThrows, test } from "holdfast:test";
import { AbortController, AbortSignal } from "holdfast:web/abort";
import { Blob } from "holdfast:web/blob";
import { Request, requestFromHost, requestToHost } from "holdfast:web/request";
import { responseToHost, Response } from "holdfast:web/response";
import { URL } from "holdfast:web/url";

const U = "http://a/b";
const USED = "Cannot reconstruct a Request with a used body.";

test("defaults", () => {
  const request = new Request("http://A/b/../c#d");
  assertEquals(
    [request.method, request.url, request.redirect, request.cf, request.integrity, request.keepalive, request.cache],
    ["GET", "http://a/c#d", "follow", undefined, "", false, undefined],
  );
  assertEquals([request.body, request.bodyUsed, request.fetcher, [...request.headers]], [null, false, null, []]);
  assert(request.signal instanceof AbortSignal && request.signal === request.signal && !request.signal.aborted);
});

test("urls", () => {
  assertEquals(new Request(new URL(U)).url, U);
  assertEquals(new Request({ toString: () => "http://a/" }).url, "http://a/");
  assertEquals(new Request("http://u:p@a/b").url, "http://u:p@a/b");
  assertEquals(new Request("ftp://a/b").url, "ftp://a/b");
  assertThrows(() => new Request("/b"), TypeError, "Invalid URL: /b");
  assertThrows(() => new Request(3), TypeError, "Invalid URL: 3");
  const missing = "Failed to construct 'Request': constructor parameter 1 is not of type 'Request or string'.";
  assertThrows(() => new Request(), TypeError, missing);
});

test("methods", () => {
  const method = (value) => new Request(U, { method: value }).method;
  assertEquals(["get", "patch", "PosT", "propfind", "MSEARCH", "TRACE"].map(method), [
    "GET", "PATCH", "POST", "PROPFIND", "MSEARCH", "TRACE",
  ]);
  for (const value of ["Foo", "a b", "CONNECT", "m-search", ""]) {
    assertThrows(() => method(value), TypeError, `Invalid HTTP method string: ${value}`);
  }
});

test("other members of init", () => {
  assertEquals(["follow", "manual"].map((redirect) => new Request(U, { redirect }).redirect), ["follow", "manual"]);
  for (const redirect of ["x", "error"]) {
    assertThrows(() => new Request(U, { redirect }), TypeError, /^Invalid redirect value, must be one of "follow" or "manual"/);
  }
  assertEquals(["no-store", "no-cache"].map((cache) => new Request(U, { cache }).cache), ["no-store", "no-cache"]);
  assertThrows(() => new Request(U, { cache: "reload" }), TypeError, "Unsupported cache mode: reload");
  assertThrows(() => new Request(U, { integrity: "x" }), TypeError, /^Subrequest integrity checking is not implemented/);
  assertEquals(new Request(U, { integrity: "" }).integrity, "");
  const field = (name, type) =>
    `Incorrect type for the '${name}' field on 'RequestInitializerDict': the provided value is not of type '${type}'.`;
  assertThrows(() => new Request(U, { signal: 3 }), TypeError, field("signal", "AbortSignal"));
  assertThrows(() => new Request(U, { cf: null }), TypeError, field("cf", "Object"));
  assertThrows(() => new Request(U, { fetcher: 3 }), TypeError, field("fetcher", "Fetcher"));
  assertThrows(() => new Request(U, { headers: null }), TypeError, field("headers", "Headers or Sequence or object"));
  assertEquals(new Request(U, { fetcher: null }).fetcher, null);
  const wrong = "Failed to construct 'Request': constructor parameter 2 is not of type 'RequestInitializerDict or Request'.";
  assertThrows(() => new Request(U, 3), TypeError, wrong);
  assertEquals(new Request(U, null).method, "GET");
  new Request(U, { mode: "cors", credentials: "include", referrer: "x", duplex: "half", keepalive: true });
});

test("cf is copied as data", () => {
  const cf = { f() {}, d: new Date(0), n: { x: undefined } };
  const request = new Request(U, { cf });
  assertEquals(request.cf, { d: "1970-01-01T00:00:00.000Z", n: {} });
  assert(request.clone().cf !== request.cf);
  assertEquals(new Request(request).cf, request.cf);
});

test("bodies", async () => {
  const text = "Request with a GET or HEAD method cannot have a body.";
  assertThrows(() => new Request(U, { body: "x" }), TypeError, text);
  assertThrows(() => new Request(U, { body: "", method: "HEAD" }), TypeError, text);
  const request = new Request(U, { method: "POST", body: "x" });
  assert(request.body === request.body);
  assertEquals([request.headers.get("content-type"), await request.text()], ["text/plain;charset=UTF-8", "x"]);
  assertEquals(new Request(U, { method: "POST", body: null }).body, null);
  assertEquals(await new Request(U, { method: "POST", body: "" }).text(), "");
});

test("signals", () => {
  const controller = new AbortController();
  const request = new Request(U, { signal: controller.signal });
  assert(request.signal === controller.signal);
  assert(request.clone().signal === controller.signal);
  assert(new Request(request).signal === controller.signal);
  assert(new Request(request, { signal: null }).signal !== controller.signal);
  const own = new Request(U);
  assert(own.clone().signal === own.signal);
  assert(new Request(U, { signal: AbortSignal.abort() }).signal.aborted);
});

test("a request from a request", async () => {
  const post = () => new Request(U, { method: "POST", body: "x", headers: { a: "b" }, redirect: "manual", cache: "no-store" });
  const a = post();
  const b = new Request(a);
  assertEquals([a.bodyUsed, b.method, b.redirect, b.cache, [...b.headers]], [true, "POST", "manual", "no-store", [
    ["a", "b"], ["content-type", "text/plain;charset=UTF-8"],
  ]]);
  assertEquals(await b.text(), "x");
  assertThrows(() => new Request(a), TypeError, USED);

  const c = post();
  const d = new Request(c, { body: "y", method: "PUT", headers: { c: "d" }, redirect: "follow" });
  assertEquals([c.bodyUsed, d.method, await d.text(), [...d.headers], d.redirect], [false, "PUT", "y", [
    ["c", "d"], ["content-type", "text/plain;charset=UTF-8"],
  ], "follow"]);
  assertEquals([...new Request(post(), { headers: { c: "d" } }).headers], [["c", "d"]]);
  assertEquals(new Request(post(), { body: null }).body, null);
  assertThrows(() => new Request(post(), { method: "GET" }), TypeError, "Request with a GET or HEAD method cannot have a body.");

  const streamed = new Request(U, { method: "POST", body: new Blob(["s"]).stream() });
  streamed.body;
  const moved = new Request(streamed);
  assertEquals([streamed.bodyUsed, await moved.text()], [true, "s"]);
  const used = post();
  await used.text();
  assertThrows(() => new Request(used), TypeError, USED);
  assertEquals(await new Request(used, { body: "z" }).text(), "z");
});

test("a request as init", async () => {
  const a = new Request(U, { method: "POST", body: "x", headers: { a: "b" }, redirect: "manual" });
  const b = new Request("http://c/", a);
  assertEquals([b.method, b.url, b.redirect, b.headers.get("a"), await b.text()], ["POST", "http://c/", "manual", "b", "x"]);
});

test("clone", async () => {
  const request = new Request(U, { method: "POST", body: "x", headers: { a: "b" } });
  const clone = request.clone();
  clone.headers.set("a", "c");
  assertEquals([request.headers.get("a"), clone.method, await clone.text(), await request.text()], ["b", "POST", "x", "x"]);
  assertThrows(() => request.clone(), TypeError, /^This ReadableStream is currently locked to a reader/);
});

test("from the host: nothing is read before it is asked for", async () => {
  const headers = new Proxy({}, {
    get: () => {
      throw new Error("the headers were touched");
    },
  });
  const request = requestFromHost({ method: "GET", url: "http://h/x?y", headers, body: null, cf: undefined });
  assertEquals([request.method, request.url, request.redirect, request.body], ["GET", "http://h/x?y", "manual", null]);
  assertEquals(await request.text(), "");

  const { body } = responseToHost(new Response(new Blob(["streamed"]).stream()));
  const post = requestFromHost({ method: "POST", url: "http://h/", headers: ["a", "b"], body, cf: { colo: "X" } });
  assertThrows(() => post.headers.set("a", "c"), TypeError, "Can't modify immutable headers.");
  const copy = new Request(post);
  copy.headers.set("a", "c");
  assertEquals([post.bodyUsed, post.cf, copy.headers.get("a"), await copy.text()], [true, { colo: "X" }, "c", "streamed"]);
  await assertRejects(post.text(), TypeError);
});

test("to the host", () => {
  const controller = new AbortController();
  const init = { method: "PUT", body: "x", headers: { A: "b" }, cf: { c: 1 }, redirect: "manual", signal: controller.signal };
  assertEquals(requestToHost(new Request("http://a/b#c", init)), {
    method: "PUT", url: "http://a/b#c", headers: ["a", "b", "content-type", "text/plain;charset=UTF-8"], body: "x",
    cf: { c: 1 }, redirect: "manual", signal: controller.signal,
  });
  assertEquals(requestToHost(new Request(U)).signal, undefined);
  const { body } = responseToHost(new Response(new Blob(["x"]).stream()));
  assert(requestToHost(requestFromHost({ method: "POST", url: U, headers: [], body })).body === body);
});

test("shape", () => {
  assertEquals(Object.keys(Request.prototype).sort(), [
    "cache", "cf", "clone", "fetcher", "headers", "integrity", "keepalive", "method", "redirect", "signal", "url",
  ]);
  assertEquals([String(new Request(U)), Request.length], ["[object Request]", 0]);
  assertThrows(() => {
    new Request(U).url = "x";
  }, TypeError);
});

test("the cf of a request that came in from outside", () => {
  const request = requestFromHost({ method: "GET", url: "http://a/", headers: [], body: null, cf: "local" });
  const copy = new Request(request);
  const host = requestToHost(new Request(request));
  // As it travels while nobody has looked at it.
  assertEquals(host.cf, "local");
  assertEquals([request.cf.country, request.cf.httpProtocol], ["XX", "HTTP/1.1"]);
  assert(request.cf === request.cf);
  request.cf.country = "changed";
  assertEquals([request.cf.country, copy.cf.country, request.clone().cf.country], ["changed", "XX", "changed"]);
  assertEquals(new Request(request, { cf: { a: 1 } }).cf, { a: 1 });
});
