//! What programs throw, however broken, reaches whoever waits; nobody is left without an answer.

mod support;
use support::World;

const PROGRAM: &str = r#"
import { DurableObject } from "cloudflare:workers";
function revoked() { const { proxy, revoke } = Proxy.revocable({}, {}); revoke(); return proxy; }
function trap(error, ...keys) {
  for (const key of keys) Object.defineProperty(error, key, { get() { throw new Error("a trap"); }, enumerable: true });
  return error;
}
const thrown = {
  revoked,
  name: () => trap(new TypeError("still here"), "name"),
  message: () => trap(new TypeError(), "message"),
  stack: () => trap(new TypeError("still here"), "stack"),
  flags: () => trap(new TypeError("still here"), "retryable", "overloaded", "cause"),
  all: () => trap(new Error(), "name", "message", "stack", "retryable", "toString"),
  prototype: () => Object.setPrototypeOf(new Error("still here"), revoked()),
  text: () => ({ toString() { throw new Error("a trap"); }, call() {} }),
  value: () => trap({}, "retryable", "x"),
  inherited: () => Object.assign(new Error("still here"), { name: "toString" }),
};
const BAD = { headers: { "x-bad": "a\x01b" } };
function endless(onCancel) {
  return new ReadableStream({ start(c) { c.enqueue(new TextEncoder().encode("first")); }, cancel: onCancel });
}
export class Thing extends DurableObject {
  constructor(ctx, env) {
    super(ctx, env);
    const [where, kind] = ctx.id.name.split(" ");
    if (where === "constructor") throw thrown[kind]();
  }
  method(kind) { throw thrown[kind](); }
  async later(kind) { await null; throw thrown[kind](); }
  async section(kind) { await this.ctx.blockConcurrencyWhile(async () => { throw thrown[kind](); }); }
  strange() {
    let reads = 0;
    const promise = Promise.resolve(1);
    Object.defineProperty(promise, "constructor", { get() { if (reads++ > 0) throw new Error("a trap"); return Promise; } });
    return promise;
  }
  abort() { this.ctx.abort("gone"); }
  fetch(request) {
    const kind = new URL(request.url).pathname.slice(1);
    if (kind === "header") return new Response("x", BAD);
    if (kind === "stream") return new Response(endless(() => { this.cancelled = true; }), BAD);
    if (kind === "endless") return new Response(endless());
    throw thrown[kind]();
  }
  get wasCancelled() { return this.cancelled === true; }
}
async function outcome(run) {
  try { return await run(); } catch (e) { return `${e.name}: ${e.message}`; }
}
export default {
  async fetch(request, env) {
    const [, where, kind] = new URL(request.url).pathname.split("/");
    if (where === "worker") throw thrown[kind]();
    if (where === "header") return new Response("x", BAD);
    const thing = env.THING.getByName(`${where} ${kind}`);
    if (where === "strange") return new Response(await outcome(() => thing.strange()));
    if (where === "cancelled") {
      const failure = await outcome(() => thing.fetch("http://o/stream"));
      while (!(await thing.wasCancelled)) await scheduler.wait(1);
      return new Response(failure);
    }
    if (where === "cut") {
      const reader = (await thing.fetch("http://o/endless")).body.getReader();
      const { value } = await reader.read();
      await thing.abort().catch(() => {});
      return new Response(new TextDecoder().decode(value) + " " + await outcome(async () => JSON.stringify(await reader.read())));
    }
    const calls = {
      method: () => thing.method(kind), later: () => thing.later(kind), section: () => thing.section(kind),
      constructor: () => thing.method(kind), fetch: () => thing.fetch(`http://o/${kind}`),
    };
    return new Response(await outcome(calls[where]));
  },
};
"#;

const UNREADABLE: &str = "Error: (an error that cannot be read)";

/// What is thrown, and what its caller sees.
const THROWN: [(&str, &str); 10] = [
    ("revoked", UNREADABLE),
    ("name", "Error: still here"),
    ("message", UNREADABLE),
    ("stack", "TypeError: still here"),
    ("flags", "TypeError: still here"),
    ("all", UNREADABLE),
    ("prototype", "Error: still here"),
    ("text", "Error: [object Object]"),
    ("value", "Error: #<Object>"),
    ("inherited", "toString: still here"),
];

fn each(wheres: &[&str]) {
    let world = World::new(PROGRAM);
    for place in wheres {
        for (kind, expected) in THROWN {
            let got = world.text(&format!("/{place}/{kind}"));
            assert_eq!(got, expected, "{place} {kind}\n{}", world.log());
        }
    }
}

#[test]
fn calls_are_answered_whatever_is_thrown() {
    each(&["method", "later", "fetch"]);
}

#[test]
fn constructors_and_sections_may_throw_anything() {
    each(&["constructor", "section"]);
}

#[test]
fn a_client_is_answered_whatever_the_worker_throws() {
    let world = World::new(PROGRAM);
    for (kind, _) in THROWN {
        assert_eq!(world.get(&format!("/worker/{kind}")).status, 500, "{kind}");
    }
}

#[test]
fn a_header_that_http_cannot_carry_fails_the_response() {
    let world = World::new(PROGRAM);
    assert_eq!(world.get("/header").status, 500);
    let log = world.log();
    assert!(log.contains("\"x-bad\" has a control character"), "{log}");
    let refused = "TypeError: The value of the header \"x-bad\" has a control character, which HTTP cannot carry.";
    assert_eq!(world.text("/fetch/header"), refused);
    // Its body has no reader any more, and the source of the body learns so.
    assert_eq!(world.text("/cancelled/"), refused);
}

#[test]
fn a_promise_that_cannot_be_waited_for_is_a_failure() {
    let world = World::new(PROGRAM);
    assert_eq!(world.text("/strange/"), "Error: a trap");
}

#[test]
fn the_body_of_an_object_that_was_reset_breaks_off() {
    let world = World::new(PROGRAM);
    assert_eq!(world.text("/cut/"), "first Error: Network connection lost.");
}
