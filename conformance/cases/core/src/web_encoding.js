// Text, base64, cloning, events and timers.

import { engineOutcome, outcome, outcomes, show } from "./harness.js";

/** The smallest WebAssembly module. */
const EMPTY_MODULE = new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);

// Code may be made from text and bytes while the program starts.
const atStart = [eval("1 + 1"), new Function("return 2")()];
const startModule = new WebAssembly.Module(EMPTY_MODULE);
const wasmAtStart = String(startModule);

export default {
  "text-encoder": () => ({
    bytes: show(new TextEncoder().encode("aé🐢\ud800")),
    none: show(new TextEncoder().encode()),
    into: new TextEncoder().encodeInto("é🐢", new Uint8Array(4)),
    encoding: new TextEncoder().encoding,
  }),
  "text-decoder": () =>
    outcomes({
      utf8: () => new TextDecoder().decode(new Uint8Array([0xef, 0xbb, 0xbf, 65, 0xc3, 0xa9])),
      keepBom: () => new TextDecoder("utf-8", { ignoreBOM: true }).decode(new Uint8Array([0xef, 0xbb, 0xbf, 65])),
      replaced: () => new TextDecoder().decode(new Uint8Array([0xff, 0xf0, 0x9f, 65])),
      fatal: () => new TextDecoder("utf-8", { fatal: true }).decode(new Uint8Array([0xff])),
      streamed: () => {
        const d = new TextDecoder();
        return [
          d.decode(new Uint8Array([0xc3]), { stream: true }),
          d.decode(new Uint8Array([0xa9]), { stream: true }),
          d.decode(),
        ];
      },
      utf16: () => new TextDecoder("utf-16le").decode(new Uint8Array([65, 0, 0xe9, 0])),
      latin1: () => {
        const d = new TextDecoder("latin1");
        return [d.encoding, d.decode(new Uint8Array([0xe9, 0x80]))];
      },
      shiftJis: () => new TextDecoder("shift_jis").decode(new Uint8Array([0x93, 0xfa])),
      unknown: () => new TextDecoder("nope"),
      none: () => new TextDecoder().decode(),
      label: () => new TextDecoder(" UTF8 ").encoding,
    }),
  base64: () =>
    outcomes({
      encode: () => btoa("hello\u00ff"),
      wide: () => btoa("é🐢"),
      decode: () => atob("aGVsbG8="),
      spaces: () => atob(" aGVs bG8 "),
      noPadding: () => atob("aGVsbG8"),
      bad: () => atob("a"),
      badChar: () => atob("aGV!"),
      none: () => btoa(),
      null: () => btoa(null),
    }),
  "structured-clone": () =>
    outcomes({
      values: () =>
        structuredClone({
          a: [1, new Date(0), new Map([[1, new Set([2])]]), /x/g, 5n, undefined, new Uint8Array([1])],
        }),
      error: () => {
        const e = structuredClone(new RangeError("r", { cause: 5 }));
        return [e instanceof RangeError, e.message, e.cause];
      },
      instance: () =>
        structuredClone(
          new (class Point {
            x = 1;
          })(),
        ),
      function: () => engineOutcome(() => structuredClone(() => {})),
      symbol: () => outcome(() => structuredClone(Symbol("s"))),
      transfer: () => {
        const b = new ArrayBuffer(4);
        const c = structuredClone(b, { transfer: [b] });
        return [b.byteLength, c.byteLength];
      },
      headers: () => structuredClone(new Headers()),
      none: () => structuredClone(),
    }),
  "clone-platform-objects": () =>
    outcomes({
      headers: () => [...structuredClone(new Headers({ a: "b" }))],
      headersOnly: () => structuredClone(Object.assign(new Headers(), { extra: 1 })).extra,
      subclass: () => structuredClone(new (class Mine extends Headers {})()).constructor.name,
      request: () => {
        const init = { method: "PUT", headers: { a: "b" }, redirect: "manual", cf: { x: 1 } };
        const { url, method, headers, redirect, cf, body } = structuredClone(new Request("http://x/", init));
        return [url, method, [...headers], redirect, cf, body];
      },
      requestWithBody: () => structuredClone(new Request("http://x/", { method: "POST", body: "x" })),
      requestWithSignal: () => structuredClone(new Request("http://x/", { signal: new AbortController().signal })),
      response: () => {
        const init = { status: 201, statusText: "S", headers: { "set-cookie": "a=1" }, cf: { y: 2 } };
        const { status, statusText, headers, cf, type } = structuredClone(new Response(null, init));
        return [status, statusText, [...headers], cf, type];
      },
      responseError: () => structuredClone(Response.error()).type,
      responseWithBody: () => structuredClone(new Response("x")),
      responseWithSocket: () =>
        structuredClone(new Response(null, { status: 101, webSocket: new WebSocketPair()[0] })),
      blob: async () => {
        const copy = structuredClone(new Blob(["abcd"]).slice(1, 3, "t/x"));
        return [copy.size, copy.type, await copy.text()];
      },
      file: () => structuredClone(new File(["a"], "n")),
      formData: () => structuredClone(new FormData()),
      searchParams: () => structuredClone(new URLSearchParams()),
      event: () => structuredClone(new Event("x")),
      signal: () => structuredClone(AbortSignal.abort()),
      stream: () => structuredClone(new ReadableStream()),
      exception: () => {
        const original = new DOMException("m", "DataError");
        const copy = structuredClone(original);
        return [copy instanceof DOMException, copy.name, copy.message, copy.code, copy.stack === original.stack];
      },
      instance: () => {
        const copy = structuredClone(
          new (class Holder {
            h = new Headers({ a: "1" });
            n = 2;
          })(),
        );
        return [copy.constructor.name, [...copy.h], copy.n];
      },
      map: () => {
        const headers = new Headers({ a: "1" });
        const [[key, value]] = structuredClone(new Map([[headers, headers]]));
        return [key === value, [...key]];
      },
      set: () => [...[...structuredClone(new Set([new Headers({ a: "1" })]))][0]],
      cause: () => structuredClone(new Error("e", { cause: new Headers() })).cause.constructor.name,
      property: () => structuredClone(Object.assign(new Error("e"), { h: new Headers() })).h.constructor.name,
      cycle: () => {
        const value = { h: new Headers(), date: new Date(0), bytes: new Uint8Array([1]), text: /x/g };
        value.self = value;
        const copy = structuredClone(value);
        return [copy.self === copy, copy.h.constructor.name, show(copy.date), show(copy.bytes), show(copy.text)];
      },
      transfer: () => {
        const buffer = new ArrayBuffer(3);
        const [moved, headers] = structuredClone([buffer, new Headers()], { transfer: [buffer] });
        return [buffer.byteLength, moved.byteLength, headers.constructor.name];
      },
    }),
  "dom-exception": () => {
    const e = new DOMException("message", "AbortError");
    return {
      e: show(e),
      instance: e instanceof Error,
      code: DOMException.ABORT_ERR,
      defaults: show(new DOMException()),
      text: String(e),
      tag: Object.prototype.toString.call(e),
    };
  },
  events: () => {
    const target = new EventTarget();
    const log = [];
    const listener = (event) => log.push(`${event.type} ${event.detail ?? ""}`.trim());
    target.addEventListener("a", listener);
    target.addEventListener("a", listener);
    target.addEventListener("a", () => log.push("once"), { once: true });
    target.addEventListener("b", { handleEvent: () => log.push("object") });
    target.addEventListener("c", (event) => event.preventDefault());
    target.dispatchEvent(new Event("a"));
    target.dispatchEvent(new CustomEvent("a", { detail: "detail" }));
    target.dispatchEvent(new Event("b"));
    target.removeEventListener("a", listener);
    target.dispatchEvent(new Event("a"));
    return {
      log,
      prevented: target.dispatchEvent(new Event("c", { cancelable: true })),
      notCancelable: target.dispatchEvent(new Event("c")),
    };
  },
  timers: async () => {
    const order = [];
    const done = new Promise((resolve) =>
      setTimeout(() => {
        order.push("20");
        resolve();
      }, 20),
    );
    setTimeout((...args) => order.push(`5 ${args}`), 5, "a", "b");
    clearTimeout(setTimeout(() => order.push("cleared"), 1));
    const interval = setInterval(() => {
      order.push("interval");
      clearInterval(interval);
    }, 2);
    queueMicrotask(() => order.push("microtask"));
    setTimeout(() => order.push("0"), 0);
    Promise.resolve().then(() => order.push("promise"));
    order.push(typeof interval);
    await done;
    return order;
  },
  "scheduler-wait": async () => ({
    value: show(await scheduler.wait(1)),
    aborted: await outcome(() => scheduler.wait(1000, { signal: AbortSignal.abort() })),
  }),
  "abort-signals": async () => {
    const [a, b] = [new AbortController(), new AbortController()];
    const any = AbortSignal.any([a.signal, b.signal]);
    b.abort("b's reason");
    const timeout = AbortSignal.timeout(2);
    await scheduler.wait(10);
    return { any: [any.aborted, any.reason], timeout: [timeout.aborted, show(timeout.reason)] };
  },
  globals: () =>
    Object.fromEntries(
      [
        "self",
        "globalThis",
        "caches",
        "crypto",
        "navigator",
        "performance",
        "scheduler",
        "console",
        "Cloudflare",
        "process",
        "Buffer",
        "global",
        "require",
        "window",
        "document",
        "location",
        "localStorage",
        "XMLHttpRequest",
        "Worker",
        "setImmediate",
        "gc",
        "Intl",
        "WebAssembly",
        "SharedArrayBuffer",
        "Atomics",
        "AbortSignal",
        "Blob",
        "File",
        "FormData",
        "CompressionStream",
        "HTMLRewriter",
        "EventSource",
        "MessageChannel",
        "BroadcastChannel",
        "WebSocket",
        "WebSocketPair",
        "URLPattern",
        "reportError",
        "structuredClone",
        "FixedLengthStream",
        "TextDecoderStream",
      ].map((name) => [name, typeof globalThis[name]]),
    ),
  "eval-is-off": () =>
    outcomes({
      eval: () => (0, eval)("1 + 1"),
      directEval: () => eval("1 + 1"),
      Function: () => new Function("return 1")(),
      asyncFunction: () => new (async () => {}).constructor("await 1")(),
      generator: () => new (function* () {}).constructor("yield 1")(),
      atStart: () => atStart,
    }),
  "wasm-from-bytes": () =>
    outcomes({
      module: () => new WebAssembly.Module(EMPTY_MODULE),
      compile: () => WebAssembly.compile(EMPTY_MODULE),
      instantiate: () => WebAssembly.instantiate(EMPTY_MODULE),
      validate: () => WebAssembly.validate(EMPTY_MODULE),
      atStart: () => wasmAtStart,
      instanceOfModule: async () => {
        const instance = await WebAssembly.instantiate(startModule);
        return [Object.keys(instance.exports), Object.keys(new WebAssembly.Instance(startModule).exports)];
      },
    }),
  navigator: () => ({
    userAgent: navigator.userAgent,
    language: show(navigator.language),
    cores: show(navigator.hardwareConcurrency),
  }),
  disposables: () => ({
    dispose: typeof Symbol.dispose,
    asyncDispose: typeof Symbol.asyncDispose,
    stack: typeof DisposableStack,
  }),
  blob: async () => {
    const b = new Blob(["ab", new Uint8Array([99]), new Blob(["d"])], { type: "Text/X" });
    return {
      size: b.size,
      type: b.type,
      text: await b.text(),
      slice: await b.slice(1, -1, "t/y").text(),
      bytes: show(await b.bytes()),
      file: (() => {
        const f = new File(["x"], "n", { lastModified: 5 });
        return [f.name, f.lastModified, f.size];
      })(),
    };
  },
  "form-data": () => {
    const f = new FormData();
    f.append("a", "1");
    f.append("a", 2);
    f.set("b", new Blob(["x"]));
    return {
      get: f.get("a"),
      all: f.getAll("a"),
      b: [f.get("b").constructor.name, f.get("b").name],
      has: f.has("c"),
      missing: show(f.get("c")),
      keys: [...f.keys()],
    };
  },
};
