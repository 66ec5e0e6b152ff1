// Values that are more than data: streams, messages, proxies, stubs, errors.

import { RpcStub, RpcTarget } from "cloudflare:workers";
import { outcome, outcomes, show, until } from "./harness.js";
import { Wide } from "./rpc_targets.js";

const encode = (text) => new TextEncoder().encode(text);
const textStream = (...chunks) =>
  new ReadableStream({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(chunk);
      controller.close();
    },
  });

export default {
  responses: async ({ env, name }) => {
    const stub = env.RPC.getByName(name);
    const describe = async (kind) => {
      const response = await stub.response(kind);
      return {
        class: response.constructor.name,
        status: response.status,
        text: response.statusText,
        type: response.type,
        headers: [...response.headers],
        body: response.body === null ? null : await response.text(),
      };
    };
    return outcomes({
      plain: () => describe("plain"),
      empty: () => describe("empty"),
      json: () => describe("json"),
      redirect: () => describe("redirect"),
      error: async () => (await stub.response("error")).type,
      nested: async () => Promise.all((await stub.response("nested")).list.map((r) => r.text())),
      mutable: async () => {
        const response = await stub.response("plain");
        response.headers.set("x-new", "1");
        return response.headers.get("x-new");
      },
      sent: () => stub.describeResponse(new Response("body", { status: 299, headers: { "x-b": "2" } })),
      used: async () => {
        const response = new Response("x");
        await response.text();
        return stub.describeResponse(response);
      },
    });
  },
  requests: ({ env, name }) => {
    const stub = env.RPC.getByName(name);
    return outcomes({
      get: () => stub.describeRequest(new Request("http://h/p?q", { headers: { "x-a": "1" } })),
      post: () => stub.describeRequest(new Request("http://h/", { method: "POST", body: "text" })),
      bytes: () => stub.describeRequest(new Request("http://h/", { method: "PUT", body: encode("bytes") })),
      form: () => stub.describeRequest(new Request("http://h/", { method: "POST", body: new URLSearchParams("a=1") })),
      manual: () => stub.describeRequest(new Request("http://h/", { redirect: "manual" })),
      stream: () => stub.describeRequest(new Request("http://h/", { method: "POST", body: textStream(encode("a"), encode("b")) })),
      used: async () => {
        const request = new Request("http://h/", { method: "POST", body: "x" });
        await request.text();
        return stub.describeRequest(request);
      },
      body: async () => {
        const request = new Request("http://h/", { method: "POST", body: "x" });
        await stub.describeRequest(request);
        return request.bodyUsed;
      },
    });
  },
  "headers-more": async ({ env, name }) => {
    const stub = env.RPC.getByName(name);
    const headers = new Headers([["x-a", "1"], ["x-a", "2"], ["set-cookie", "a"], ["set-cookie", "b"]]);
    return { there: await stub.headerList(headers), here: [...headers], back: [...(await stub.echo(headers))], empty: [...(await stub.echo(new Headers()))] };
  },
  "readable-streams": async ({ env, name }) => {
    const stub = env.RPC.getByName(name);
    const text = async (stream) => new Response(stream).text();
    return outcomes({
      down: async () => text(await stub.countingStream(20)),
      none: async () => text(await stub.countingStream(0)),
      up: () => stub.readAll(textStream(encode("one "), encode("two"))),
      strings: () => stub.readAll(textStream("text")),
      notBytes: async () => {
        const result = await stub.readAll(textStream(encode("a"), 5));
        return "threw" in result ? "threw" : result;
      },
      failing: async () => {
        for await (const chunk of await stub.failingStream()) void chunk;
      },
      nested: async () => text((await stub.echo({ a: [textStream(encode("nested"))] })).a[0]),
      there: async () => text(await stub.echo(textStream(encode("there and back")))),
      two: async () => {
        const { a, b } = await stub.echo({ a: textStream(encode("a")), b: textStream(encode("b")) });
        return [await text(b), await text(a)];
      },
      identity: async () => {
        const { readable, writable } = new IdentityTransformStream();
        const reading = stub.readAll(readable);
        const writer = writable.getWriter();
        await writer.write(encode("through"));
        await writer.close();
        return reading;
      },
      byob: async () => {
        const reader = (await stub.countingStream(3)).getReader({ mode: "byob" });
        return new TextDecoder().decode((await reader.read(new Uint8Array(2))).value);
      },
    });
  },
  "stream-that-was-sent": async ({ env, name }) => {
    const stub = env.RPC.getByName(name);
    const stream = textStream(encode("x"));
    const first = await stub.readAll(stream);
    return { first, locked: stream.locked, again: (await outcome(() => stub.readAll(stream))).threw?.name };
  },
  "cancelled-stream": async ({ env, name }) => {
    let cancelled;
    const stream = new ReadableStream({
      pull(controller) {
        controller.enqueue(encode("chunk"));
      },
      cancel() {
        cancelled = true;
      },
    });
    const first = await env.RPC.getByName(name).readFirst(stream);
    await until(() => cancelled !== undefined);
    return { first: first.startsWith("chunk"), cancelled };
  },
  "writable-streams": async ({ env, name }) => {
    const stub = env.RPC.getByName(name);
    const collect = () => {
      const got = [];
      const stream = new WritableStream({
        write(chunk) {
          got.push(chunk instanceof ArrayBuffer ? new TextDecoder().decode(chunk) : show(chunk));
        },
        close() {
          got.push("closed");
        },
        abort() {
          got.push("aborted");
        },
      });
      return { got, stream };
    };
    const settled = async (got, last) => {
      await until(() => got.includes(last));
      return got;
    };
    return outcomes({
      up: async () => {
        const { got, stream } = collect();
        const result = await stub.writeTo(stream, encode("a"), encode("b"));
        return { result, got: (await settled(got, "closed")).join("") };
      },
      strings: async () => {
        const { got, stream } = collect();
        const result = await stub.writeTo(stream, "text");
        return { result: "threw" in result ? "threw" : result, got };
      },
      locked: () => {
        const { stream } = collect();
        stream.getWriter();
        return stub.writeTo(stream);
      },
      isLocked: async () => {
        const { stream } = collect();
        await stub.writeTo(stream, encode("a"));
        return stream.locked;
      },
      down: async () => {
        const sink = await stub.sink();
        const writer = sink.getWriter();
        await writer.write(encode("x"));
        await writer.close();
        return { class: sink.constructor.name, log: await stub.waitForLog(2) };
      },
    });
  },
  blobs: ({ env, name }) => {
    const stub = env.RPC.getByName(name);
    return outcomes({
      blob: () => stub.describeBlob(new Blob(["a", "b"], { type: "text/x" })),
      slice: () => stub.describeBlob(new Blob(["abcdef"]).slice(1, 3)),
      empty: () => stub.describeBlob(new Blob([])),
      file: () => stub.describeBlob(new File(["f"], "name.txt")),
    });
  },
  proxies: ({ env, name }) => {
    const stub = env.RPC.getByName(name);
    return outcomes({
      plain: async () => stub.typeOf(new Proxy({ a: 1 }, {})),
      plainProperty: () => stub.readProperty(new Proxy({ a: 1 }, {}), "a"),
      nested: async () => stub.readProperty({ p: new Proxy({ a: 2 }, {}) }, "p", "a"),
      function: () => stub.call(new Proxy((x) => x + 1, {}), 1),
      target: () => stub.callMethod(new Proxy(new Wide(), {}), "inherited"),
      wildcard: () => stub.callMethod(new Proxy(new RpcTarget(), { get: (_, key) => () => `called ${String(key)}` }), "anything"),
      map: () => stub.echo(new Proxy(new Map(), {})),
      array: () => stub.echo(new Proxy([1], {})),
      date: () => stub.echo(new Proxy(new Date(0), {})),
      instance: () => stub.echo(new Proxy(new (class Point {})(), {})),
      local: () => new RpcStub(new Proxy({ a: 5 }, {})).a,
    });
  },
  "stubs-inside-values": async ({ env, name }) => {
    const stub = env.RPC.getByName(name);
    return outcomes({
      map: async () => (await stub.echo(new Map([["f", () => 1]]))).get("f")(),
      set: async () => [...(await stub.echo(new Set([() => 2])))][0](),
      array: async () => (await stub.echo([1, () => 3, [() => 4]]))[2][0](),
      shared: async () => {
        const f = () => 5;
        const back = await stub.echo({ a: f, b: f });
        return [await back.a(), await back.b(), back.a === back.b];
      },
      cycle: async () => {
        const a = { f: () => 6 };
        a.self = a;
        const back = await stub.echo(a);
        return [back.self === back, await back.self.self.f()];
      },
      key: async () => [...(await stub.echo(new Map([[() => 7, 1]]))).keys()][0](),
      sparse: async () => {
        const list = [1];
        list[3] = () => 8;
        const back = await stub.echo(list);
        return [back.length, 2 in back, await back[3]()];
      },
      withData: async () => show((({ f, ...rest }) => rest)(await stub.echo({ f() {}, d: new Date(0), b: encode("x"), e: new RangeError("r") }))),
      headersAndFunction: async () => {
        const back = await stub.echo({ h: new Headers({ a: "1" }), f: () => 9 });
        return [back.h.get("a"), await back.f()];
      },
      methodShorthand: async () => (await stub.echo({ m() { return "m"; } })).m(),
      getter: async () => stub.echo({ get g() { return () => 1; } }).g(),
      object: async () => (await stub.echo({ s: stub })).s.echo("through"),
      objectShape: async () => {
        const back = await stub.echo(stub);
        return [back.constructor.name, typeof back, Object.keys(back), typeof back.id, typeof back.fetch];
      },
      objectFetch: async () => (await (await stub.echo(stub)).fetch("http://x/path")).text(),
      service: async () => (await stub.echo(env.SELF_ENTRY)).add(3, 4),
      errorWithFunction: async () => stub.echo(Object.assign(new Error("e"), { f() {} })),
    });
  },
  "refused-values": ({ env, name }) => {
    const stub = env.RPC.getByName(name);
    return outcomes({
      rpcPromise: () => stub.echo(stub.echo(1)),
      rpcProperty: () => stub.echo(stub.x),
      deepPromise: () => stub.echo({ f: () => 1, p: Promise.resolve() }),
      instanceBesideFunction: () => stub.echo([() => 1, new (class Odd {})()]),
      symbolBesideFunction: () => stub.echo([() => 1, Symbol("s")]),
      abortController: () => stub.echo(new AbortController()),
      textDecoder: () => stub.echo(new TextDecoder()),
      reader: () => stub.echo(new Response("x").body.getReader()),
      transform: () => stub.echo(new TransformStream()),
      arrayIterator: () => stub.echo([1].values()),
      weakRef: () => stub.echo(new WeakRef({})),
      file: () => stub.echo(new File([], "x")),
    });
  },
  "clone-elsewhere": async ({ env, name }) => {
    const stub = env.RPC.getByName(name);
    return outcomes({
      stub: () => structuredClone(new RpcStub(() => 1)),
      service: () => structuredClone(env.SELF_ENTRY),
      object: () => structuredClone(stub),
      target: () => structuredClone(new Wide()),
      readable: () => structuredClone(new ReadableStream()),
      writable: () => structuredClone(new WritableStream()),
      promise: () => structuredClone(stub.echo(1)),
      property: () => structuredClone(stub.x),
    });
  },
  "thrown-values": ({ env, name }) => {
    const stub = env.RPC.getByName(name);
    const kinds = ["props", "named", "subclass", "causes", "fn", "target", "string", "nothing", "object", "dom", "symbol"];
    return outcomes(Object.fromEntries(kinds.map((kind) => [kind, () => stub.failWith(kind)])));
  },
  "thrown-properties": async ({ env, name }) => {
    try {
      await env.RPC.getByName(name).failWith("props");
    } catch (error) {
      return { code: error.code, nested: error.nested, keys: Object.keys(error).sort() };
    }
  },
  "thrown-by-a-callback": ({ env, name }) => {
    const stub = env.RPC.getByName(name);
    return outcomes({
      type: () =>
        stub.call(() => {
          throw new TypeError("callback");
        }),
      string: () =>
        stub.call(() => {
          throw "text";
        }),
      props: async () => {
        try {
          await stub.call(() => {
            throw Object.assign(new Error("p"), { code: 5 });
          });
        } catch (error) {
          return [error.message, error.code, error.remote];
        }
      },
    });
  },
  "too-large-results": async ({ env, name }) => {
    const stub = env.RPC.getByName(name);
    const result = await outcome(() => stub.call(() => new Uint8Array((32 << 20) + 1)));
    return result.threw.message.replace(/\d+ bytes/, "n bytes");
  },
};
