//! Calls by reference, within a shard and between shards.

mod support;
use std::time::Duration;

use support::{World, options};

const PROGRAM: &str = r#"
import { DurableObject, RpcStub, RpcTarget, WorkerEntrypoint } from "cloudflare:workers";
class Counter extends RpcTarget {
  constructor(log) { super(); this.log = log; this.n = 0; }
  add(n) { this.log?.push("add " + n); return this.n += n; }
  get value() { return this.n; }
  self() { return this; }
  [Symbol.dispose]() { this.log?.push("disposed"); }
}
let made = 0;
export class Thing extends DurableObject {
  log = [];
  made = ++made;
  echo(value) { return value; }
  number() { return this.made; }
  note(text) { this.log.push(text); }
  notes() { return this.log; }
  async logged(n) { while (this.log.length < n) await scheduler.wait(1); return this.log; }
  counter() { this.log.push("made"); return new Counter(this.log); }
  maker() { return (x) => ({ g: () => x }); }
  counters() { return { a: new Counter(), b: [new Counter()] }; }
  async call(f, ...args) { return await f(...args); }
  keep(f) { this.kept = f.dup(); }
  async useKept(...args) { try { return await this.kept(...args); } catch (e) { return e.message; } }
  stream(n) { let i = 0; return new ReadableStream({ pull(c) { if (i++ < n) c.enqueue(new Uint8Array(1000).fill(65)); else c.close(); } }); }
  async read(stream) { return (await new Response(stream).text()).length; }
  async write(stream, n) { const w = stream.getWriter(); for (let i = 0; i < n; i++) await w.write(new Uint8Array(1000)); await w.close(); }
  async violate(f) {
    const { sql } = this.ctx.storage;
    sql.exec("CREATE TABLE IF NOT EXISTS parent (id INTEGER PRIMARY KEY); CREATE TABLE IF NOT EXISTS child (id INTEGER REFERENCES parent (id) DEFERRABLE INITIALLY DEFERRED)");
    await scheduler.wait(1);
    sql.exec("INSERT INTO child VALUES (99)");
    f("leaked");
    return "leaked";
  }
  async reset() { this.ctx.abort("reset"); }
  async section(f) { return this.ctx.blockConcurrencyWhile(() => f((x) => x + 1)); }
}
export class Entry extends WorkerEntrypoint {
  counter() { let n = 0; return () => ++n; }
  async later(f) { this.ctx.waitUntil(scheduler.wait(5).then(() => f.dup)); return "now"; }
}
const until = async (condition) => { while (!(await condition())) await scheduler.wait(1); };
const caught = async (promise) => { try { return await promise; } catch (e) { return e.message; } };
const cases = {
  async targets(thing) { using c = await thing.counter(); return [await c.add(2), await c.add(3), await c.value, await (await c.self()).value]; },
  async callbacks(thing) { const seen = []; const r = await thing.call((x) => { seen.push(x); return x * 2; }, 21); return [r, seen]; },
  async both(thing, env, name) { const other = env.THING.getByName(name + " other"); return other.call(async (x) => (await thing.call((y) => y + 1, x)) + 1, 1); },
  async pipeline(thing) {
    const counter = thing.counter();
    const later = counter.then(() => thing.note("later"));
    const added = counter.add(1);
    return [await added, await later ?? null, await thing.notes()];
  },
  async chain(thing) { return [await thing.counter().self().self().add(4), await thing.maker()(5).g()]; },
  async failure(thing) { return [await caught(thing.nope().a.b(1)), await caught(thing.echo(5).a)]; },
  async disposal(thing) { const c = await thing.counter(); c[Symbol.dispose](); c[Symbol.dispose](); return [await thing.logged(2), await caught(c.add(1))]; },
  async results(thing) { const r = await thing.counters(); const v = [await r.a.add(1), await r.b[0].add(2)]; r[Symbol.dispose](); return [v, await caught(r.b[0].add(1))]; },
  async streams(thing) { return [(await new Response(await thing.stream(50)).text()).length, await thing.read(new Response("x".repeat(100000)).body)]; },
  async sink(thing) { let got = 0; let closed = false; await thing.write(new WritableStream({ write(c) { got += c.byteLength; }, close() { closed = true; } }), 20); return [got, closed]; },
  async messages(thing) {
    const request = await thing.echo(new Request("http://h/p", { method: "POST", body: "b", headers: { a: "1" } }));
    const response = await thing.echo(new Response("c", { status: 201 }));
    return [request.method, request.headers.get("a"), await request.text(), response.status, await response.text()];
  },
  async gate(thing, env, name) {
    const seen = [];
    const message = await caught(thing.violate((x) => seen.push(x)));
    const fresh = env.THING.getByName(name);
    await fresh.echo(1);
    return [message.includes("FOREIGN KEY"), seen];
  },
  async gone(thing) { const c = await thing.counter(); await caught(thing.reset()); return caught(c.add(1)); },
  async section(thing) { return thing.section(async (inside) => inside(await inside(1))); },
  async keep(thing) { await thing.keep((x) => "called with " + x); return thing.useKept(1); },
  async useKept(thing, env) { return env.THING.getByName("keep").useKept(2); },
  async held(thing, env, name) {
    const c = await thing.counter();
    await c.add(1);
    // Longer than another object, of which nothing is held, stays in memory. Asking it keeps it there for a while more.
    const other = env.THING.getByName(name + " other");
    const first = await other.number();
    for (let pause = 200; (await other.number()) === first; pause *= 2) await scheduler.wait(pause);
    return [await c.add(1), await thing.notes()];
  },
  async service(thing, env, name, ctx) { const next = await ctx.exports.Entry.counter(); return [await next(), await next(), await ctx.exports.Entry.counter()(), await ctx.exports.Entry.later(() => 1)]; },
  async local() { const c = new RpcStub(new Counter([])); const d = c.dup(); const v = [await c.add(1), await d.add(1)]; c[Symbol.dispose](); return [v, await caught(c.add(1)), await d.add(1)]; },
  async many(thing) {
    for (let i = 0; i < 50; i++) {
      using c = await thing.counter();
      await Promise.all([c.add(1), thing.call(() => i), c.self().add(1)]);
    }
    return "done";
  },
};
export default {
  async fetch(request, env, ctx) {
    const name = decodeURIComponent(new URL(request.url).pathname.slice(1));
    const [key] = name.split("@");
    return Response.json(await cases[key](env.THING.getByName(name), env, name, ctx));
  },
};
"#;

/// What a case gives from both shards, one of which has the object: within a shard and between two.
fn case(name: &str, expected: &str) {
    let world = World::new(PROGRAM);
    for shard in 0..2 {
        // An object of its own each time.
        let reply = world.get_on(shard, &format!("/{name}@a"));
        assert_eq!(
            (reply.status, &*reply.body),
            (200, expected),
            "{}",
            world.log()
        );
        let reply = world.get_on(1 - shard, &format!("/{name}@b{shard}"));
        assert_eq!(
            (reply.status, &*reply.body),
            (200, expected),
            "{}",
            world.log()
        );
        if shard == 0 {
            world
                .rewrite(PROGRAM)
                .expect("a fresh program, with fresh objects");
        }
    }
}

#[test]
fn targets_are_called_where_they_live() {
    case("targets", "[2,5,5,5]");
}

#[test]
fn functions_are_called_back() {
    case("callbacks", "[42,[21]]");
    case("both", "3");
}

#[test]
fn calls_of_a_result_travel_with_the_call_that_gives_it() {
    // The caller asks for the note before it asks for the addition, but can send it only when the counter is here: the
    // addition must have been made by then.
    case("pipeline", r#"[1,null,["made","add 1","later"]]"#);
    case("chain", "[4,5]");
}

#[test]
fn calls_of_a_result_that_failed_fail_alike() {
    case(
        "failure",
        r#"["The RPC receiver does not implement the method \"nope\".","The RPC receiver does not implement the method \"a\"."]"#,
    );
}

#[test]
fn disposing_is_heard_once_on_the_other_side() {
    case(
        "disposal",
        r#"[["made","disposed"],"RPC stub used after being disposed."]"#,
    );
    case(
        "results",
        r#"[[1,2],"RPC stub used after being disposed."]"#,
    );
}

#[test]
fn streams_and_messages_cross_in_both_directions() {
    case("streams", "[50000,100000]");
    case("sink", "[20000,true]");
    case("messages", r#"["POST","1","b",201,"c"]"#);
}

#[test]
fn no_call_leaves_an_object_before_what_it_wrote_is_durable() {
    case("gate", "[true,[]]");
}

#[test]
fn what_an_object_exported_ends_with_its_instance() {
    case(
        "gone",
        r#""The execution context which hosts this callback is no longer running.""#,
    );
}

#[test]
fn a_function_made_in_a_critical_section_can_be_called_within_it() {
    case("section", "3");
}

#[test]
fn a_function_of_a_request_ends_with_the_request() {
    let world = World::new(PROGRAM);
    for shard in 0..2 {
        assert_eq!(world.get_on(shard, "/keep").body, r#""called with 1""#);
        assert_eq!(
            world.get_on(shard, "/useKept").body,
            r#""The execution context which hosts this callback is no longer running.""#
        );
    }
}

#[test]
fn an_object_stays_in_memory_while_something_of_it_is_held() {
    let world = World::start_with(&[("index.js", PROGRAM)], |folder| {
        let mut options = options(folder, 2);
        options.idle = Duration::from_millis(50);
        options
    })
    .expect("the node starts");
    assert_eq!(world.text("/held"), r#"[2,["made","add 1","add 1"]]"#);
}

#[test]
fn entries_of_the_worker_answer_and_live_as_long_as_something_of_them_is_held() {
    case("service", r#"[1,2,1,"now"]"#);
}

#[test]
fn a_stub_of_something_local_works_like_any_other() {
    case(
        "local",
        r#"[[1,2],"RPC stub used after being disposed.",3]"#,
    );
}
