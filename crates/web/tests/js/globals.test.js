import { test, assert, assertEquals } from "holdfast:test";

test("the global object is an event target for bare calls and for its own", () => {
  const log = [];
  const listener = (event) => log.push(event.type, event.target === globalThis);
  addEventListener("x", listener);
  globalThis.dispatchEvent(new Event("x"));
  dispatchEvent(new CustomEvent("x"));
  removeEventListener("x", listener);
  dispatchEvent(new Event("x"));
  assertEquals(log, ["x", true, "x", true]);
});

test("interfaces refer to each other by what is on the global object", () => {
  assert(new URL("http://h/?a").searchParams instanceof URLSearchParams);
  assert(AbortSignal.abort().reason instanceof DOMException);
  assert(new AbortController().signal instanceof EventTarget);
  assert(crypto.subtle instanceof SubtleCrypto);
  assertEquals(new TextDecoder().decode(new TextEncoder().encode("é")), "é");
});

test("a structured clone that fails throws the realm's DOMException", () => {
  let error;
  try {
    structuredClone(() => {});
  } catch (e) {
    error = e;
  }
  assert(error instanceof DOMException);
  assertEquals(error.name, "DataCloneError");
});

test("replacing built-ins does not reach the platform", () => {
  const { then } = Promise.prototype;
  const { apply } = Reflect;
  Promise.prototype.then = () => {
    throw new Error("hijacked");
  };
  Reflect.apply = undefined;
  try {
    const target = new EventTarget();
    let calls = 0;
    target.addEventListener("x", () => calls++);
    target.dispatchEvent(new Event("x"));
    queueMicrotask(() => {});
    clearTimeout(setTimeout(() => {}, 5));
    assertEquals([calls, new URL("http://h").href, btoa("a")], [1, "http://h/", "YQ=="]);
  } finally {
    Promise.prototype.then = then;
    Reflect.apply = apply;
  }
});

test("interfaces and functions are on the prototype of the global object", () => {
  assert(globalThis instanceof ServiceWorkerGlobalScope && globalThis instanceof WorkerGlobalScope);
  const { prototype } = ServiceWorkerGlobalScope;
  assertEquals([prototype.URL === URL, prototype.fetch === fetch, Object.keys(globalThis).includes("URL")], [true, true, false]);
  assertEquals(String(globalThis), "[object ServiceWorkerGlobalScope]");
  globalThis.fetch = 5;
  assertEquals(fetch, 5);
  delete globalThis.fetch;
  assertEquals(typeof fetch, "function");
});

test("events of the older kind of worker are named and cannot be made", () => {
  for (const Class of [ExtendableEvent, FetchEvent, ScheduledEvent, TailEvent]) {
    let error;
    try {
      new Class("x");
    } catch (e) {
      error = e;
    }
    assertEquals([error?.name, error?.message], ["TypeError", "Illegal constructor"]);
    assert(Class.prototype instanceof Event);
  }
  assert(TraceEvent === TailEvent);
});
