// Request, Response and bodies as objects.

import { engineOutcome, outcome, outcomes, show } from "./harness.js";

export default {
  "request-defaults": () => {
    const r = new Request("http://example.com/a?b#c");
    return {
      url: r.url,
      method: r.method,
      body: r.body,
      used: r.bodyUsed,
      redirect: r.redirect,
      headers: [...r.headers],
      signal: typeof r.signal,
      integrity: r.integrity,
      keepalive: r.keepalive,
      cache: show(r.cache),
      cf: show(r.cf),
    };
  },
  "request-methods": () =>
    outcomes(
      Object.fromEntries(
        ["get", "Post", "put", "PATCH", "patch", "delete", "FOO", "", "BAD METHOD", "TRACE", "CONNECT"].map(
          (method) => [method || "empty", () => new Request("http://x/", { method }).method],
        ),
      ),
    ),
  "request-url-errors": () =>
    outcomes({
      relative: () => new Request("/a").url,
      empty: () => new Request("").url,
      none: () => new Request(),
      spaces: () => new Request(" http://x/a b ").url,
      credentials: () => new Request("http://u:p@x/").url,
      scheme: () => new Request("foo:bar").url,
    }),
  "request-init-errors": () =>
    outcomes({
      getBody: () => new Request("http://x/", { body: "x" }),
      headBody: () => new Request("http://x/", { method: "HEAD", body: "x" }),
      redirect: () => new Request("http://x/", { redirect: "sometimes" }),
      error: () => new Request("http://x/", { redirect: "error" }).redirect,
      cache: () => new Request("http://x/", { cache: "no-store" }).cache,
      badCache: () => new Request("http://x/", { cache: "sometimes" }),
      headers: () => new Request("http://x/", { headers: { "a b": "c" } }),
      signal: () => new Request("http://x/", { signal: "x" }),
    }),
  "request-copy": async () => {
    const a = new Request("http://x/", { method: "POST", body: "b", headers: { "x-a": "1" } });
    const b = new Request(a, { headers: { "x-b": "2" } });
    return {
      method: b.method,
      headers: [...b.headers].filter(([k]) => k !== "content-type"),
      usedBefore: a.bodyUsed,
      body: await b.text(),
      usedAfter: a.bodyUsed,
      again: await outcome(() => new Request(a).text()),
    };
  },
  "request-body-types": async () => {
    const type = async (body) => {
      const r = new Request("http://x/", { method: "POST", body });
      return [r.headers.get("content-type"), await r.text()];
    };
    return outcomes({
      text: () => type("x"),
      bytes: () => type(new Uint8Array([65])),
      params: () => type(new URLSearchParams("a=1&b=é")),
      blob: () => type(new Blob(["x"], { type: "text/q" })),
      blobNoType: () => type(new Blob(["x"])),
      number: () => type(5),
      object: () => type({}),
      null: () => type(null),
      undefined: () => type(undefined),
      array: () => type([1, 2]),
    });
  },
  "form-data-body": async () => {
    const form = new FormData();
    form.append("a", "1");
    form.append("f", new File(["text"], "n.txt", { type: "text/plain" }));
    const r = new Request("http://x/", { method: "POST", body: form });
    const type = r.headers.get("content-type");
    const back = await r.formData();
    return {
      type: type.replace(/boundary=.*/, "boundary=…"),
      a: back.get("a"),
      file: [back.get("f").name, back.get("f").type, await back.get("f").text()],
    };
  },
  "response-defaults": () => {
    const r = new Response();
    return {
      status: r.status,
      text: r.statusText,
      ok: r.ok,
      url: r.url,
      redirected: r.redirected,
      type: r.type,
      body: r.body,
      used: r.bodyUsed,
      headers: [...r.headers],
      webSocket: show(r.webSocket),
      cf: show(r.cf),
    };
  },
  "response-status": () =>
    outcomes(
      Object.fromEntries(
        [100, 101, 199, 200, 299, 599, 600, 0, "201", NaN, 200.7].map((status) => [
          `${status}`,
          () => {
            const r = new Response(null, { status });
            return [r.status, r.ok, r.statusText];
          },
        ]),
      ),
    ),
  "response-null-body-statuses": () =>
    outcomes(
      Object.fromEntries(
        [204, 205, 304].flatMap((status) => [
          [`${status}`, () => new Response(null, { status }).status],
          [`${status} text`, () => new Response("x", { status }).status],
          [`${status} empty`, () => new Response("", { status }).status],
        ]),
      ),
    ),
  "response-status-text": () =>
    outcomes({
      given: () => new Response(null, { statusText: "Fine" }).statusText,
      none: () => new Response(null, { status: 404 }).statusText,
      bad: () => new Response(null, { statusText: "a\nb" }).statusText,
    }),
  "response-json": async () =>
    outcomes({
      value: async () => {
        const r = Response.json({ a: 1 });
        return [r.status, [...r.headers], await r.text()];
      },
      status: () => Response.json(null, { status: 201 }).status,
      undefined: () => Response.json(undefined),
      none: () => Response.json(),
      string: () => Response.json("x").text(),
      toJSON: () => Response.json({ toJSON: () => 5 }).text(),
      bigint: () => engineOutcome(() => Response.json(1n)),
    }),
  "response-redirect": () =>
    outcomes({
      302: () => {
        const r = Response.redirect("http://x/a b");
        return [r.status, r.headers.get("location")];
      },
      301: () => Response.redirect("http://x/", 301).status,
      200: () => Response.redirect("http://x/", 200),
      relative: () => Response.redirect("/x"),
      immutable: () => Response.redirect("http://x/").headers.set("a", "b"),
    }),
  "response-error": () => {
    const r = Response.error();
    return { status: r.status, type: r.type, ok: r.ok, body: r.body };
  },
  "response-init": () =>
    outcomes({
      otherResponse: () => {
        const r = new Response("x", new Response("y", { status: 202, headers: { a: "b" } }));
        return [r.status, r.headers.get("a")];
      },
      nullInit: () => new Response("x", null).status,
      encode: () => new Response("x", { encodeBody: "sometimes" }),
      webSocket: () => new Response(null, { webSocket: new WebSocketPair()[0] }),
      number: () => new Response(5).text(),
    }),
  "body-readers": async () =>
    outcomes({
      text: () => new Response("é").text(),
      json: () => new Response('{"a":[1]}').json(),
      buffer: () => new Response("é").arrayBuffer(),
      bytes: () => new Response("é").bytes(),
      blob: async () => {
        const b = await new Response("é", { headers: { "content-type": "text/q" } }).blob();
        return [b.size, b.type];
      },
      form: async () => [...(await new Response(new URLSearchParams("a=1&b=2")).formData())],
      empty: () => new Response().text(),
      emptyBuffer: () => new Response().arrayBuffer(),
      bom: () => new Response("\ufeffx").text(),
      invalid: () => new Response(new Uint8Array([0xff, 65])).text(),
    }),
  "body-reader-errors": () =>
    outcomes({
      json: () => engineOutcome(() => new Response("{").json()),
      emptyJson: () => engineOutcome(() => new Response("").json()),
      formType: () => new Response("x").formData(),
      formNoBoundary: () => new Response("x", { headers: { "content-type": "multipart/form-data" } }).formData(),
      twice: async () => {
        const r = new Response("x");
        await r.text();
        return r.text();
      },
      locked: () => {
        const r = new Response("x");
        r.body.getReader();
        return r.text();
      },
      cloneUsed: async () => {
        const r = new Response("x");
        await r.text();
        return r.clone();
      },
      bodyUsed: async () => {
        const r = new Response("x");
        const before = r.bodyUsed;
        await r.text();
        return [before, r.bodyUsed];
      },
    }),
  clone: async () => {
    const r = new Response("body", { status: 203, headers: { a: "b" } });
    const c = r.clone();
    c.headers.set("a", "changed");
    return {
      texts: [await r.text(), await c.text()],
      status: c.status,
      headers: [r.headers.get("a"), c.headers.get("a")],
    };
  },
  "body-is-a-stream": async () => {
    const r = new Response("abc");
    const same = r.body === r.body;
    const reader = r.body.getReader();
    const first = await reader.read();
    const end = await reader.read();
    return { same, first: show(first), end: show(end), locked: r.body.locked, used: r.bodyUsed };
  },
  abort: async () => {
    const controller = new AbortController();
    const events = [];
    controller.signal.addEventListener("abort", (event) => events.push(event.type));
    const before = controller.signal.aborted;
    controller.abort();
    return {
      before,
      after: controller.signal.aborted,
      events,
      reason: show(controller.signal.reason),
      static: show(AbortSignal.abort("why").reason),
      throws: await outcome(() => controller.signal.throwIfAborted()),
    };
  },
  "abort-fetch": ({ env, name }) =>
    outcomes({
      already: () => env.TARGET.getByName(name).fetch("http://x/", { signal: AbortSignal.abort() }),
      reason: () =>
        env.TARGET.getByName(name).fetch("http://x/", { signal: AbortSignal.abort(new RangeError("mine")) }),
    }),
  "global-fetch-errors": () =>
    outcomes({ relative: () => fetch("/x"), scheme: () => fetch("foo://x"), none: () => fetch() }),
  "websocket-pair": () => {
    const pair = new WebSocketPair();
    return {
      keys: Object.keys(pair),
      both: [...Object.values(pair)].map((w) => w.constructor.name),
      state: pair[0].readyState,
      constants: [WebSocket.OPEN, WebSocket.READY_STATE_OPEN, WebSocket.CLOSED],
    };
  },
};
