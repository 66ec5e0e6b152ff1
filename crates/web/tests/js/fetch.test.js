import { assert, assertEquals, assertRejects, test } from "holdfast:test";
import { AbortController, AbortSignal } from "holdfast:web/abort";
import { Blob } from "holdfast:web/blob";
import { fetch, fetchThrough } from "holdfast:web/fetch";
import { Request } from "holdfast:web/request";
import { Response, responseToHost } from "holdfast:web/response";

// A transport that answers by a function of the request and keeps what it was asked.
function transport(answer) {
  const requests = [];
  const send = async (request) => {
    requests.push({ method: request.method, url: request.url, headers: request.headers.slice(), body: request.body });
    return { status: 200, statusText: "OK", headers: [], body: null, ...(await answer(request, requests.length)) };
  };
  const run = (input, init) => fetchThrough(send, "Fetcher", input, init);
  return { requests, run };
}

const redirectTo = (status, location) => ({ status, headers: ["location", location] });

test("what does not reach the network", async () => {
  for (const url of ["ftp://a/b", "about:blank", "blob:http://a/b", "data:nocomma"]) {
    await assertRejects(fetch(url), TypeError, `Fetch API cannot load: ${url}`);
  }
  await assertRejects(fetch("/b"), TypeError, "Invalid URL: /b");
  const missing = "Failed to execute 'fetch' on 'ServiceWorkerGlobalScope': parameter 1 is not of type 'Request or string'.";
  await assertRejects(fetch(), TypeError, missing);
  const wrong = "Failed to execute 'fetch' on 'ServiceWorkerGlobalScope': parameter 2 is not of type 'RequestInitializerDict or Request'.";
  await assertRejects(fetch("http://a/", 3), TypeError, wrong);
  const used = new Request("http://a/", { method: "POST", body: "x" });
  await used.text();
  await assertRejects(fetch(used), TypeError, "Cannot reconstruct a Request with a used body.");
  await assertRejects(fetch("http://a/", { signal: AbortSignal.abort() }), "AbortError", "The operation was aborted");
  const reason = { not: "an error" };
  await assertRejects(fetch("http://a/", { signal: AbortSignal.abort(reason) }), reason);
  assertEquals(fetch.name, "fetch");
});

test("data: URLs", async () => {
  const response = await fetch("data:text/x,hi%20x");
  assertEquals(
    [response.status, response.statusText, response.url, [...response.headers], await response.text()],
    [200, "OK", "", [["content-type", "text/x"]], "hi x"],
  );
  assertEquals(await (await fetch("data:;base64,aGk=")).text(), "hi");
});

test("a request and its response", async () => {
  const { requests, run } = transport(() => ({ status: 201, headers: ["a", "b"], body: "hello" }));
  const response = await run("http://a/x?y#z", { method: "post", body: "data", headers: { A: "1" } });
  assertEquals(requests, [{
    method: "POST", url: "http://a/x?y", headers: ["a", "1", "content-type", "text/plain;charset=UTF-8"], body: "data",
  }]);
  assertEquals(
    [response.status, response.url, response.redirected, response.headers.get("a"), await response.text()],
    [201, "http://a/x?y", false, "b", "hello"],
  );
});

test("a Request is used up", async () => {
  const { run } = transport(() => ({}));
  const request = new Request("http://a/", { method: "POST", body: "x" });
  await run(request);
  assert(request.bodyUsed);
  await assertRejects(run(request), TypeError, "Cannot reconstruct a Request with a used body.");
});

test("methods and bodies after a redirect", async () => {
  const cases = [
    [301, "POST", "GET", null], [302, "POST", "GET", null], [303, "POST", "GET", null], [303, "PUT", "GET", null],
    [302, "PUT", "PUT", "x"], [307, "POST", "POST", "x"], [308, "POST", "POST", "x"],
  ];
  for (const [status, method, then, body] of cases) {
    const { requests, run } = transport((_, count) => (count === 1 ? redirectTo(status, "../c#d") : {}));
    const response = await run("http://a/b/x", { method, body: "x", headers: { k: "v" } });
    const second = requests[1];
    assertEquals([second.method, second.body, second.url], [then, body, "http://a/c"], `${status} ${method}`);
    assertEquals(second.headers, ["k", "v", "content-type", "text/plain;charset=UTF-8"]);
    assertEquals([response.url, response.redirected], ["http://a/c", true]);
  }
  const { requests, run } = transport((_, count) => (count === 1 ? redirectTo(303, "/c") : {}));
  await run("http://a/", { method: "HEAD" });
  assertEquals(requests[1].method, "HEAD");
});

test("Authorization stays with its origin, cookies do not", async () => {
  const hops = ["http://a/1", "http://u:p@a:80/2", "http://b/3", "http://a/4"];
  const { requests, run } = transport((_, count) => (count < 4 ? redirectTo(302, hops[count]) : {}));
  await run(hops[0], { headers: { authorization: "q", cookie: "c" } });
  const withAuthorization = requests.map(({ headers }) => headers.includes("authorization"));
  assertEquals(withAuthorization, [true, true, false, false]);
  assert(requests.every(({ headers }) => headers.includes("cookie")));
});

test("redirects that are not followed", async () => {
  const manual = transport(() => redirectTo(302, "/x"));
  const response = await manual.run("http://a/", { redirect: "manual" });
  assertEquals([response.status, response.headers.get("location"), manual.requests.length], [302, "/x", 1]);
  const bare = transport(() => ({ status: 302 }));
  assertEquals((await bare.run("http://a/")).status, 302);
  const other = transport(() => redirectTo(304, "/x"));
  assertEquals((await other.run("http://a/")).status, 304);
});

test("redirects that cannot be followed", async () => {
  const to = (location) => transport(() => redirectTo(302, location)).run;
  await assertRejects(to("http://[")("http://a/"), TypeError, "Invalid Location header; unable to follow redirect.");
  await assertRejects(to("ftp://x/")("http://a/"), TypeError, "Fetch API cannot load: ftp://x/");
  const once = transport(() => redirectTo(307, "/x"));
  await assertRejects(
    once.run("http://a/", { method: "POST", body: new Blob(["x"]).stream() }),
    TypeError,
    /^A request with a one-time-use body \(it was initialized from a stream, not a buffer\) encountered a redirect/,
  );
});

test("at most 20 redirects", async () => {
  const urls = Array.from({ length: 21 }, (_, i) => `http://a/${i}`);
  const enough = transport((_, count) => (count <= 20 ? redirectTo(302, `/${count}`) : {}));
  assertEquals((await enough.run("http://a/0")).url, "http://a/20");
  const tooMany = transport((_, count) => redirectTo(302, `/${count}`));
  await assertRejects(tooMany.run("http://a/0"), TypeError, `Too many redirects.${urls.join(", ")}`);
  assertEquals(tooMany.requests.length, 21);
});

test("aborting before the response", async () => {
  const controller = new AbortController();
  const { run } = transport(() => new Promise(() => {}));
  const pending = run("http://a/", { signal: controller.signal });
  controller.abort();
  await assertRejects(pending, "AbortError", "The operation was aborted");
  await assertRejects(run("http://a/", { signal: AbortSignal.timeout(5) }), "TimeoutError");
  const reason = new Error("mine");
  const other = new AbortController();
  const second = run("http://a/", { signal: other.signal });
  other.abort(reason);
  await assertRejects(second, reason);
});

// A body of the host that gives "ab" and then nothing for ever.
function hangingBody() {
  const stream = new ReadableStream({ start: (controller) => controller.enqueue(new Uint8Array([97, 98])) });
  return responseToHost(new Response(stream)).body;
}

test("aborting while the body arrives", async () => {
  for (const read of ["text", "json", "arrayBuffer", "bytes", "blob"]) {
    const controller = new AbortController();
    const { run } = transport(() => ({ body: hangingBody() }));
    const response = await run("http://a/", { signal: controller.signal });
    const reading = response[read]();
    controller.abort();
    await assertRejects(reading, "AbortError", "The operation was aborted");
  }
  const controller = new AbortController();
  const { run } = transport(() => ({ body: hangingBody() }));
  const response = await run("http://a/", { signal: controller.signal });
  const reader = response.body.getReader();
  assertEquals([...(await reader.read()).value], [97, 98]);
  const next = reader.read();
  const reason = new Error("zap");
  controller.abort(reason);
  await assertRejects(next, reason);
});

test("a body that was aborted before anybody read it", async () => {
  const controller = new AbortController();
  const { run } = transport(() => ({ body: hangingBody() }));
  const response = await run("http://a/", { signal: controller.signal });
  const reason = new Error("late");
  controller.abort(reason);
  await assertRejects(response.text(), reason);
});

test("a request's fetcher is asked instead of the network", async () => {
  const asked = [];
  const fetcher = {
    fetch(request) {
      asked.push(request.url);
      return new Response("from the fetcher");
    },
  };
  const response = await fetch("http://a/", { fetcher });
  assertEquals([asked, await response.text()], [["http://a/"], "from the fetcher"]);
});
