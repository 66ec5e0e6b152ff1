// What goes over the wire: cases that answer with a Response of their own, and what a request brings.

import { onRequest, outcome, outcomes } from "./harness.js";

/** What becomes of the body that a client has sent with its GET. */
function copiesOfGet({ request, env, name }) {
  const again = () => request.clone();
  const fetched = async (...args) => (await (await env.TARGET.getByName(name).fetch(...args)).json()).body;
  return outcomes({
    has: () => [request.method, request.body !== null],
    copy: () => new Request(again()).text(),
    otherUrl: () => new Request("http://x/", again()).text(),
    otherHeaders: () => new Request(again(), { headers: {} }).text(),
    method: () => new Request(again(), { method: "GET" }).text(),
    otherMethod: () => new Request(again(), { method: "POST" }).text(),
    body: () => new Request("http://x/", { body: again().body }).text(),
    fetched: () => fetched(new Request("http://x/echo", again())),
    fetchedBy: () => fetched("http://x/echo", again()),
  });
}

/** The request as the Worker sees it, without what depends on the client. */
async function seen({ request }) {
  const headers = Object.fromEntries(
    [...request.headers].filter(
      ([name]) => name.startsWith("x-") || name === "content-type" || name === "content-length",
    ),
  );
  const { pathname, search } = new URL(request.url);
  return {
    method: request.method,
    path: pathname + search,
    headers,
    hasBody: request.body !== null,
    bodyUsed: request.bodyUsed,
    body: await request.text(),
  };
}

export default {
  text: () => new Response("plain text"),
  empty: () => new Response(),
  "null-body": () => new Response(null, { status: 200 }),
  "empty-text": () => new Response(""),
  bytes: () => new Response(new Uint8Array([0, 255, 10])),
  buffer: () => new Response(new Uint8Array([65, 66]).buffer),
  blob: () => new Response(new Blob(["<p>"], { type: "text/html" })),
  params: () => new Response(new URLSearchParams({ a: "1 2", b: "é" })),
  json: () => Response.json({ a: [1, null, "é🐢"] }),
  "json-with-type": () => Response.json({}, { headers: { "content-type": "application/problem+json" }, status: 418 }),
  html: () => new Response("<p>é</p>", { headers: { "Content-Type": "text/html;charset=UTF-8" } }),
  "status-201": () => new Response("made", { status: 201, statusText: "Made Up" }),
  "status-204": () => new Response(null, { status: 204 }),
  "status-304": () => new Response(null, { status: 304, headers: { etag: '"x"' } }),
  "status-404": () => new Response("none", { status: 404 }),
  "status-599": () => new Response("odd", { status: 599 }),
  redirect: () => Response.redirect("http://example.com/a b?é", 307),
  "headers-kept": () =>
    new Response("x", { headers: { "X-Mixed-Case": "Value", "x-empty": "", "x-latin": "caf\u00e9" } }),
  "headers-repeated": () =>
    new Response("x", {
      headers: [
        ["x-a", "1"],
        ["X-A", "2"],
        ["set-cookie", "a=1"],
        ["set-cookie", "b=2; Path=/"],
      ],
    }),
  "headers-changed-later": () => {
    const response = new Response("x");
    response.headers.set("x-late", "1");
    response.headers.delete("content-type");
    return response;
  },
  stream: () =>
    new Response(
      new ReadableStream({
        start(c) {
          c.enqueue(new TextEncoder().encode("one "));
          c.enqueue(new TextEncoder().encode("two"));
          c.close();
        },
      }),
    ),
  "stream-slow": () => {
    const { readable, writable } = new TransformStream();
    const writer = writable.getWriter();
    (async () => {
      for (const word of ["a", "b", "c"]) {
        await scheduler.wait(2);
        await writer.write(new TextEncoder().encode(word));
      }
      await writer.close();
    })();
    return new Response(readable);
  },
  "fixed-length-stream": () => {
    const { readable, writable } = new FixedLengthStream(5);
    const writer = writable.getWriter();
    writer.write(new TextEncoder().encode("hello")).then(() => writer.close());
    return new Response(readable);
  },
  "from-an-object": ({ env, name }) => env.TARGET.getByName(name).fetch("http://x/unknown/path"),
  "from-an-object-json": async ({ env, name }) => {
    const response = await env.TARGET.getByName(name).fetch("http://host:1234/echo?q=1", {
      method: "PUT",
      body: "sent",
      headers: { "X-A": "1" },
    });
    return { status: response.status, type: response.headers.get("content-type"), seen: await response.json() };
  },
  "from-an-object-changed": async ({ env, name }) => {
    const response = await env.TARGET.getByName(name).fetch("http://x/");
    const immutable = await outcome(() => response.headers.set("x-a", "1"));
    const copy = new Response(response.body, response);
    copy.headers.set("x-copied", "1");
    copy.headers.set("x-immutable", immutable.threw?.message ?? "no");
    return copy;
  },
  "object-fetch-inputs": ({ env, name }) => {
    const stub = env.TARGET.getByName(name);
    return outcomes({
      url: async () => (await stub.fetch(new URL("http://x/a"))).text(),
      request: async () => (await stub.fetch(new Request("http://x/b", { method: "POST", body: "z" }))).text(),
      requestAndInit: async () =>
        (
          await (
            await stub.fetch(new Request("http://x/echo", { method: "POST", body: "z" }), {
              body: "y",
              headers: { "x-b": "2" },
            })
          ).json()
        ).body,
      relative: () => stub.fetch("/path"),
      empty: () => stub.fetch(""),
      scheme: () => stub.fetch("ftp://x/"),
      none: () => stub.fetch(),
      fragment: async () => (await (await stub.fetch("http://x/echo#frag")).json()).url,
      noContent: async () => {
        const r = await stub.fetch("http://x/empty");
        return [r.status, r.body === null, await r.text()];
      },
      redirected: async () => {
        const r = await stub.fetch("http://x/redirect");
        return [r.status, r.redirected, r.url, (await r.json()).url];
      },
      manual: async () => {
        const r = await stub.fetch("http://x/redirect", { redirect: "manual" });
        return [r.status, r.redirected, r.headers.get("location")];
      },
      getWithBody: () => stub.fetch("http://x/", { method: "GET", body: "x" }),
    });
  },
  "request-post": onRequest(
    { method: "POST", body: "hello é", headers: { "content-type": "text/plain", "x-test": "1" } },
    seen,
  ),
  "request-put-empty": onRequest({ method: "PUT", body: "" }, seen),
  "request-delete": onRequest({ method: "DELETE" }, seen),
  "request-patch-json": onRequest(
    { method: "PATCH", body: '{"a":1}', headers: { "content-type": "application/json" } },
    async ({ request }) => ({ json: await request.json(), again: await outcome(() => request.text()) }),
  ),
  "request-get-with-body": onRequest({ body: "d", headers: { "content-length": "1" } }, copiesOfGet),
  "request-get-with-empty-body": onRequest({ headers: { "content-length": "0" } }, copiesOfGet),
  "request-query": onRequest({ query: "?a=1&a=2&b=%C3%A9&c=x+y&%5B%5D=1" }, ({ request }) => [
    ...new URL(request.url).searchParams,
  ]),
  "request-raw-query": onRequest({ query: "?a=é&b=%zz&c=a%20b" }, ({ request }) => new URL(request.url).search),
  "request-form": onRequest(
    {
      method: "POST",
      body: "a=1&b=two+words&a=%C3%A9",
      headers: { "content-type": "application/x-www-form-urlencoded" },
    },
    async ({ request }) => [...(await request.formData())],
  ),
  "request-multipart": onRequest(
    {
      method: "POST",
      headers: { "content-type": "multipart/form-data; boundary=XX" },
      body: '--XX\r\nContent-Disposition: form-data; name="a"\r\n\r\nvalue\r\n--XX\r\nContent-Disposition: form-data; name="f"; filename="x.txt"\r\nContent-Type: text/plain\r\n\r\nfile text\r\n--XX--\r\n',
    },
    async ({ request }) => {
      const form = await request.formData();
      const file = form.get("f");
      return {
        a: form.get("a"),
        file: {
          class: file.constructor.name,
          name: file.name,
          type: file.type,
          size: file.size,
          text: await file.text(),
        },
      };
    },
  ),
  "request-headers-immutable": ({ request }) =>
    outcomes({
      set: () => request.headers.set("x", "1"),
      delete: () => request.headers.delete("x"),
      append: () => request.headers.append("x", "1"),
    }),
  "request-header-repeated": onRequest({ headers: { "x-a": ["1", "2"] } }, ({ request }) => request.headers.get("x-a")),
  "request-stream": onRequest({ method: "POST", body: "abcdef" }, async ({ request }) => {
    let text = "";
    for await (const chunk of request.body.pipeThrough(new TextDecoderStream())) text += chunk;
    return { text, used: request.bodyUsed };
  }),
  "request-clone": onRequest({ method: "POST", body: "twice" }, async ({ request }) => {
    const copy = request.clone();
    return [await request.text(), await copy.text()];
  }),
  "request-forwarded": onRequest(
    { method: "POST", body: "pass it on", headers: { "x-test": "1" } },
    async ({ request, env, name }) => {
      const response = await env.TARGET.getByName(name).fetch(new Request("http://object/echo", request));
      const { method, url, headers, body } = await response.json();
      return { method, url, test: headers["x-test"], body };
    },
  ),
  "request-body-unread": onRequest({ method: "POST", body: "x".repeat(100_000) }, () => "not read"),
  "request-head": onRequest({ method: "HEAD" }, () => new Response("not sent", { headers: { "x-a": "1" } })),
  "request-options": onRequest({ method: "OPTIONS" }, ({ request }) => request.method),
  "worker-throws": onRequest({}, async ({ ctx }) => {
    ctx.waitUntil(Promise.resolve());
    throw new TypeError("described by the harness");
  }),
};
