//! That calls leave nothing behind, however they end: the tables of each shard, what the engine keeps and the process's
//! memory are after many calls what they were before.
//!
//! `HOLDFAST_SOAK_CALLS=1000000 cargo test --release -p holdfast-runtime --test soak -- --nocapture` makes a million.

mod support;

use std::time::{Duration, Instant};

use holdfast_runtime::Census;
use support::{PATIENCE, World, options};

const PROGRAM: &str = r#"
import { DurableObject, RpcStub, RpcTarget, WorkerEntrypoint } from "cloudflare:workers";
class Counter extends RpcTarget {
  n = 0;
  add(n) { return (this.n += n); }
  get value() { return this.n; }
  self() { return this; }
  fail() { throw new Error("as asked"); }
}
const fails = () => { throw new Error("as asked"); };
const caught = (call) => call.then(() => { throw new Error("it did not fail"); }, () => {});

// Each calls an object, or an entry of the Worker, in one way and says how many calls that were.
const ways = {
  async plain(thing) { await thing.echo({ a: [1, new Map([[1, 2]])] }); return 1; },
  async disposed(thing) { using c = await thing.counter(); await c.add(1); await c.value; return 3; },
  async forgotten(thing) { const c = await thing.counter(); await c.add(1); return 2; },
  async several(thing) { using r = await thing.counters(); await Promise.all([r.a.add(1), r.b[0].add(1)]); return 3; },
  async forgottenTogether(thing) { await thing.counters(); return 1; },
  async callback(thing) { await thing.call((x) => x + 1, 1); return 2; },
  async functions(thing) { const f = await thing.maker(); const { g } = await f(1); await g(); return 3; },
  async kept(thing) { await thing.keep((x) => x); await thing.useKept(1); return 3; },
  async keptForEver(thing) { await thing.keepAndForget((x) => x); return 1; },
  async chain(thing) { await thing.counter().self().self().add(1); return 4; },
  async notAwaited(thing) { thing.counter().self(); thing.call(() => 1); await thing.echo(1); return 5; },
  async failing(thing) {
    await caught(thing.fail());
    await caught(thing.missing());
    await caught(thing.call(fails));
    await caught(thing.counter().fail().self());
    using c = await thing.counter();
    await caught(c.fail());
    return 9;
  },
  async streams(thing) { await new Response(await thing.stream(3)).text(); await thing.read(new Response("text").body); return 2; },
  async unread(thing) { await thing.stream(3); await (await thing.stream(3)).cancel(); return 2; },
  async sink(thing) { await thing.write(new WritableStream({ write() {} }), 2); return 1; },
  async stubs(thing) {
    const s = new RpcStub(new Counter());
    const d = s.dup();
    await d.add(1);
    await thing.call((x) => d.add(x), 1);
    s[Symbol.dispose]();
    return 4;
  },
  async session(thing, { Entry }) { const next = await Entry.counter(); await next(); using other = await Entry.counter(); await other(); return 4; },
  async passedOn(thing) { using c = await thing.counter(); using e = await thing.echo(c); await e.add(1); return 3; },
};
async function go(thing, exports, rounds) {
  let calls = 0;
  for (let i = 0; i < rounds; i++) for (const way of Object.values(ways)) calls += await way(thing, exports);
  return calls;
}
export class Entry extends WorkerEntrypoint {
  counter() { let n = 0; return () => ++n; }
}
export class Thing extends DurableObject {
  echo(value) { return value; }
  fail() { fails(); }
  counter() { return new Counter(); }
  counters() { return { a: new Counter(), b: [new Counter()] }; }
  maker() { return (x) => ({ g: () => x }); }
  async call(f, ...args) { return await f(...args); }
  keep(f) { this.kept = f.dup(); }
  async useKept(x) { using f = this.kept; return await f(x); }
  keepAndForget(f) { f.dup(); }
  stream(n) { let i = 0; return new ReadableStream({ pull(c) { if (i++ < n) c.enqueue(new Uint8Array(100)); else c.close(); } }); }
  async read(stream) { return (await new Response(stream).text()).length; }
  async write(stream, n) { const w = stream.getWriter(); for (let i = 0; i < n; i++) await w.write(new Uint8Array(100)); await w.close(); }
  waiting = [];
  async waits(f) { await f(); await new Promise((goOn) => this.waiting.push(goOn)); }
  goOn() { for (const goOn of this.waiting.splice(0)) goOn(); }
  abort() { this.ctx.abort("as asked"); }
  async drive(to, rounds) { return 1 + (await go(this.env.THING.getByName(to), this.ctx.exports, rounds)); }
}
export default {
  async fetch(request, env, { exports }) {
    const { pathname, searchParams } = new URL(request.url);
    const name = searchParams.get("thing");
    const thing = env.THING.getByName(name);
    const rounds = Number(searchParams.get("rounds"));
    switch (pathname) {
      case "/request": return new Response(String(await go(thing, exports, rounds)));
      case "/object": return new Response(String(await thing.drive(`${name} other`, rounds)));
      // The caller ends before it is answered. Whoever did so before is answered now, too late.
      case "/leave": {
        await thing.goOn();
        await new Promise((called) => thing.waits(called).catch(() => {}));
        thing.counter().self().add(1);
        thing.stream(3);
        return new Response("7");
      }
      case "/goOn": return new Response(await thing.goOn() ?? "1");
      // What is called ends before it has answered, with what it has exported.
      case "/reset": {
        const fragile = env.THING.getByName(`${name} fragile`);
        const c = await fragile.counter();
        const waiting = new Promise((called) => fragile.waits(called).catch(called));
        await waiting;
        await caught(fragile.abort());
        await caught(c.add(1));
        return new Response("5");
      }
    }
  },
};
"#;

/// How many objects are called at the same time.
const OBJECTS: usize = 8;

/// What may change between two times of rest: a buffer that has grown, a list that was never so long.
const HEAP_GROWTH_MAX: usize = 256 << 10;
const RESIDENT_GROWTH_MAX: usize = 24 << 20;

/// Makes at least so many calls.
fn calls(world: &World, count: usize) -> usize {
    let mut made = 0;
    while made < count {
        let waiting: Vec<_> = (0..OBJECTS)
            .flat_map(|thing| {
                ["request", "object", "leave", "reset"].map(|kind| {
                    let path = format!("/{kind}?thing={thing}&rounds=5");
                    world.send(thing % 2, &path)
                })
            })
            .collect();
        for receiver in waiting {
            let reply = world.wait(receiver);
            assert_eq!(reply.status, 200, "{}\n{}", reply.body, world.log());
            made += reply.body.parse::<usize>().expect("a number");
        }
    }
    made
}

/// The shards' counts when nothing is under way, and a further collection finds nothing: what Rust keeps for something
/// dead is found dead only by the collection after.
fn at_rest(world: &World) -> Vec<Census> {
    for thing in 0..OBJECTS {
        world.text(&format!("/goOn?thing={thing}"));
    }
    let admin = world.node.as_ref().expect("it runs").admin();
    let began = Instant::now();
    let kept = |census: &[Census]| -> Vec<_> {
        let engines = census.iter().map(|shard| shard.engine);
        engines
            .map(|engine| (engine.globals, engine.host_objects))
            .collect()
    };
    let mut before = Vec::new();
    loop {
        let census = admin.census();
        let settled = before == kept(&census);
        before = kept(&census);
        let busy = census.iter().any(|shard| {
            shard.events + shard.exports + shard.imports + shard.calls + shard.serving > 0
                || shard.contexts > shard.instances
        });
        if !busy && settled {
            return census;
        }
        assert!(
            began.elapsed() < PATIENCE,
            "something is left behind: {census:#?}"
        );
    }
}

fn resident() -> usize {
    let text = std::fs::read_to_string("/proc/self/statm").unwrap();
    let pages: usize = text.split_whitespace().nth(1).unwrap().parse().unwrap();
    pages * 4096
}

#[test]
fn nothing_is_left_of_calls_however_they_end() {
    let wanted = std::env::var("HOLDFAST_SOAK_CALLS")
        .map_or(20_000, |calls| calls.parse().expect("a number of calls"));
    let world = World::start_with(&[("index.js", PROGRAM)], |folder| {
        let mut options = options(folder, 2);
        // Whether an object is in memory must not depend on time.
        options.idle = Duration::from_secs(100_000);
        options.cpu_limit = Duration::from_secs(30);
        options
    })
    .expect("the node starts");
    calls(&world, 10_000);
    let before = at_rest(&world);
    let resident_before = resident();
    let began = Instant::now();
    let made = calls(&world, wanted);
    let took = began.elapsed();
    let after = at_rest(&world);
    let resident_after = resident();
    println!("{made} calls in {took:?}; resident {resident_before} → {resident_after} bytes");
    for (before, after) in before.iter().zip(&after) {
        println!("before {before:?}\nafter  {after:?}");
        let (mut expected, mut found) = (*before, *after);
        let grown = after
            .engine
            .heap_bytes
            .saturating_sub(before.engine.heap_bytes);
        assert!(
            grown < HEAP_GROWTH_MAX,
            "the heap has grown by {grown} bytes"
        );
        expected.engine.heap_bytes = 0;
        found.engine.heap_bytes = 0;
        assert_eq!(expected, found, "after {made} calls");
    }
    let grown = resident_after.saturating_sub(resident_before);
    assert!(
        grown < RESIDENT_GROWTH_MAX,
        "the process has grown by {grown} bytes"
    );
}
