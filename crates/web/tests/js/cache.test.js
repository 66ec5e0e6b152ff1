import { op_test_console as takeConsole, op_test_gate as setGate, op_test_open_bodies as openBodies } from "holdfast:ops";
import { assert, assertEquals, assertRejects, test } from "holdfast:test";
import { Cache, caches, CacheStorage } from "holdfast:web/cache";
import { Request } from "holdfast:web/request";
import { Response, responseToHost } from "holdfast:web/response";
import { ReadableStream } from "holdfast:web/streams/index";

const cache = caches.default;
let urls = 0;
const newUrl = () => `http://cache.test/${++urls}`;
const fresh = (headers = {}) => ({ headers: { "cache-control": "max-age=60", ...headers } });
const encode = (text) => new TextEncoder().encode(text);

test("what is put is found", async () => {
  const url = newUrl();
  assertEquals(await cache.match(url), undefined);
  const init = { status: 201, statusText: "Made", headers: { "cache-control": "max-age=60", a: "é", "x-y": "1, 2" } };
  assertEquals(await cache.put(url, new Response("hello", init)), undefined);
  const hit = await cache.match(url);
  assertEquals([hit.status, hit.statusText, hit.url, await hit.text()], [201, "Made", "", "hello"]);
  assertEquals(Object.fromEntries(hit.headers), {
    a: "é",
    age: "0",
    "cache-control": "max-age=60",
    "cf-cache-status": "HIT",
    "content-length": "5",
    "content-type": "text/plain;charset=UTF-8",
    "x-y": "1, 2",
  });
  // Once more: it was not used up. A Request is as good as its URL, and fragments do not count.
  assertEquals(await (await cache.match(new Request(`${url}#part`))).text(), "hello");
  assertEquals(await cache.match(`${url}?x`), undefined);
  await cache.put(url, new Response("newer", fresh()));
  assertEquals(await (await cache.match(url)).text(), "newer");
});

test("headers of what was found are immutable, a copy of it is not", async () => {
  const url = newUrl();
  await cache.put(url, new Response("x", fresh()));
  const hit = await cache.match(url);
  let threw = false;
  try {
    hit.headers.set("a", "b");
  } catch (error) {
    threw = error instanceof TypeError;
  }
  assert(threw);
  const copy = new Response(hit.body, hit);
  copy.headers.set("a", "b");
  assertEquals([copy.headers.get("a"), await copy.text()], ["b", "x"]);
});

test("caches are apart from each other", async () => {
  const url = newUrl();
  const named = await caches.open("default");
  assert(named instanceof Cache);
  await named.put(url, new Response("named", fresh()));
  assertEquals(await cache.match(url), undefined);
  assertEquals(await (await (await caches.open("default")).match(url)).text(), "named");
  assertEquals(await (await caches.open("other")).match(url), undefined);
});

test("deleting", async () => {
  const url = newUrl();
  assertEquals(await cache.delete(url), false);
  await cache.put(url, new Response("x", fresh()));
  assertEquals([await cache.delete(url), await cache.delete(url), await cache.match(url)], [true, false, undefined]);
});

test("other methods than GET", async () => {
  const url = newUrl();
  await cache.put(url, new Response("x", fresh()));
  const post = () => new Request(url, { method: "POST" });
  assertEquals([await cache.match(post()), await cache.delete(post())], [undefined, false]);
  assertEquals(await (await cache.match(post(), { ignoreMethod: true })).text(), "x");
  assertEquals(await cache.delete(post(), { ignoreMethod: true }), true);
  await assertRejects(cache.put(post(), new Response("x")), TypeError, "Cannot cache response to non-GET request.");
});

test("what must not be kept is not", async () => {
  const kept = async (init) => {
    const url = newUrl();
    await cache.put(url, new Response("x", init));
    return (await cache.match(url)) !== undefined;
  };
  const control = (value) => kept({ headers: { "cache-control": value } });
  assertEquals(
    [await control("no-store"), await control("private"), await control("no-cache"), await control("max-age=0")],
    [false, false, false, false],
  );
  assertEquals(
    [await control("s-maxage=5, max-age=0"), await kept({}), await kept({ status: 500 }), await kept({ status: 404 })],
    [true, true, false, true],
  );
  assertEquals(await kept(fresh({ "set-cookie": "a=b" })), false);
  assertEquals(await kept({ headers: { expires: new Date(Date.now() + 60_000).toUTCString() } }), true);
  assertEquals(await kept({ headers: { expires: new Date(Date.now() - 60_000).toUTCString() } }), false);
  const url = newUrl();
  const headers = { "cache-control": "private=Set-Cookie, max-age=60", "set-cookie": "a=b" };
  await cache.put(url, new Response("x", { headers }));
  assertEquals((await cache.match(url)).headers.get("set-cookie"), null);
});

test("a response that is not kept replaces nothing", async () => {
  const url = newUrl();
  await cache.put(url, new Response("old", fresh()));
  await cache.put(url, new Response("new", { headers: { "cache-control": "no-store" } }));
  assertEquals(await (await cache.match(url)).text(), "old");
});

test("conditional requests", async () => {
  const url = newUrl();
  const modified = "Tue, 14 Nov 2023 22:13:20 GMT";
  await cache.put(url, new Response("x", fresh({ etag: '"a"', "last-modified": modified })));
  const match = async (headers) => {
    const hit = await cache.match(new Request(url, { headers }));
    return [hit.status, hit.headers.get("etag"), hit.headers.get("cf-cache-status"), hit.body === null];
  };
  assertEquals(await match({ "if-none-match": 'W/"a"' }), [304, '"a"', "HIT", true]);
  assertEquals(await match({ "if-none-match": '"b"' }), [200, '"a"', "HIT", false]);
  assertEquals(await match({ "if-modified-since": modified }), [304, '"a"', "HIT", true]);
  assertEquals(await match({ "if-modified-since": "Tue, 14 Nov 2023 22:13:19 GMT" }), [200, '"a"', "HIT", false]);
});

test("ranges", async () => {
  const url = newUrl();
  await cache.put(url, new Response("0123456789", fresh()));
  const match = async (range) => {
    const hit = await cache.match(new Request(url, { headers: { range } }));
    return [hit.status, hit.headers.get("content-range"), hit.headers.get("content-length"), await hit.text()];
  };
  assertEquals(await match("bytes=2-4"), [206, "bytes 2-4/10", "3", "234"]);
  assertEquals(await match("bytes=-1"), [206, "bytes 9-9/10", "1", "9"]);
  assertEquals(await match("bytes=10-"), [416, "bytes */10", null, ""]);
  assertEquals(await match("bytes=0-1,4-5"), [200, null, "10", "0123456789"]);
});

test("bodies pass in pieces, in both directions", async () => {
  const url = newUrl();
  const chunk = encode("x".repeat(65_536));
  let left = 50;
  const source = new ReadableStream({
    type: "bytes",
    pull(controller) {
      if (left-- === 0) controller.close();
      else controller.enqueue(chunk.slice());
    },
  });
  await cache.put(url, new Response(source, fresh()));
  const hit = await cache.match(url);
  assertEquals(hit.headers.get("content-length"), String(50 * 65_536));
  let chunks = 0;
  let length = 0;
  for await (const part of hit.body) {
    chunks++;
    length += part.length;
  }
  assert(chunks > 10, `${chunks} chunks`);
  assertEquals(length, 50 * 65_536);
  const middle = await cache.match(new Request(url, { headers: { range: "bytes=100000-1500000" } }));
  assertEquals((await middle.bytes()).length, 1_400_001);
  // One that is let go of in the middle.
  const reader = (await cache.match(url)).body.getReader();
  await reader.read();
  await reader.cancel();
});

test("a body that fails is not kept", async () => {
  const url = newUrl();
  const source = new ReadableStream({
    type: "bytes",
    pull(controller) {
      controller.error(new RangeError("broken"));
    },
  });
  await assertRejects(cache.put(url, new Response(source, fresh())), Error, /broken/);
  assertEquals(await cache.match(url), undefined);
  assertEquals(openBodies(), 0);
});

test("the body is used by put()", async () => {
  const url = newUrl();
  const response = new Response("x", fresh());
  const copy = response.clone();
  await cache.put(url, response);
  assertEquals([response.bodyUsed, await copy.text()], [true, "x"]);
  await assertRejects(cache.put(url, response), TypeError, /^Body has already been used/);
});

test("what is kept is the content, however it is encoded", async () => {
  const url = newUrl();
  await cache.put(url, new Response("plain", fresh({ "content-encoding": "gzip" })));
  const hit = await cache.match(url);
  assertEquals([hit.headers.get("content-encoding"), hit.headers.get("content-length")], ["gzip", null]);
  assertEquals([await hit.text(), responseToHost(await cache.match(url)).encodeBody], ["plain", "automatic"]);
  // gzip of "hello", which the program made itself.
  const bytes = Uint8Array.from(atob("H4sIAAAAAAAAA8tIzcnJBwCGphA2BQAAAA=="), (c) => c.charCodeAt(0));
  await cache.put(url, new Response(bytes, { ...fresh({ "content-encoding": "gzip" }), encodeBody: "manual" }));
  assertEquals(await (await cache.match(url)).text(), "hello");
});

test("everything waits for the output gate", async () => {
  const url = newUrl();
  setGate(false);
  let done = false;
  const putting = cache.put(url, new Response("x", fresh())).then(() => (done = true));
  await scheduler.wait(5);
  assert(!done);
  setGate(true);
  await putting;
  assertEquals(await (await cache.match(url)).text(), "x");
});

test("what cannot be a key or a response", async () => {
  const invalid = "Invalid URL. Cache API keys must be fully-qualified, valid URLs.";
  await assertRejects(cache.match("ftp://a/b"), TypeError, invalid);
  await assertRejects(cache.put("data:,x", new Response("x")), TypeError, invalid);
  await assertRejects(cache.match("/a"), TypeError, "Invalid URL: /a");
  await assertRejects(
    cache.put(newUrl(), new Response("x", { headers: { vary: "a, *" } })),
    TypeError,
    "Cannot cache response with 'Vary: *' header.",
  );
  await assertRejects(
    cache.put(newUrl(), new Response("x", { status: 206 })),
    TypeError,
    "Cannot cache response to a range request (206 Partial Content).",
  );
  takeConsole();
  assertEquals(await cache.put(newUrl(), new Response(null, { status: 304 })), undefined);
  assert(takeConsole()[0].startsWith("Warn Ignoring attempt to Cache.put() a 304 status response."));
});

test("responses without a body", async () => {
  const url = newUrl();
  await cache.put(url, new Response(null, { status: 204, ...fresh() }));
  const hit = await cache.match(url);
  assertEquals([hit.status, hit.body, hit.headers.get("content-length")], [204, null, null]);
  await cache.put(url, new Response(null, fresh()));
  assertEquals([(await cache.match(url)).status, await (await cache.match(url)).text()], [200, ""]);
});

test("a key of its own", async () => {
  const [a, b] = [newUrl(), newUrl()];
  const of = (url) => new Request(url, { cf: { cacheKey: "the same" } });
  await cache.put(of(a), new Response("x", fresh()));
  assertEquals(await (await cache.match(of(b))).text(), "x");
  assertEquals(await cache.match(a), undefined);
});

test("the classes", () => {
  assertEquals([`${cache}`, `${caches}`], ["[object Cache]", "[object CacheStorage]"]);
  assertEquals(Object.getOwnPropertyNames(CacheStorage.prototype).sort(), [
    "constructor", "delete", "has", "keys", "match", "open",
  ]);
  for (const act of [() => cache.keys(), () => cache.addAll([]), () => caches.has("a"), () => new Cache(), () => new CacheStorage()]) {
    let threw = false;
    try {
      act();
    } catch {
      threw = true;
    }
    assert(threw);
  }
});
