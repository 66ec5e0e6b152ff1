//! Memory that must not grow.

mod support;
use support::World;

/// Resident memory of this process, in bytes.
fn resident() -> usize {
    let text = std::fs::read_to_string("/proc/self/statm").unwrap();
    let pages: usize = text.split_whitespace().nth(1).unwrap().parse().unwrap();
    pages * 4096
}

#[test]
fn requests_and_calls_leave_nothing_behind() {
    let world = World::start(
        &[("index.js", "import { DurableObject } from 'cloudflare:workers'; export class Thing extends DurableObject { n = 0; add() { return ++this.n } } export default { async fetch(request, env) { return new Response(String(await env.THING.getByName('a').add())) } }")],
        1,
    )
    .unwrap();
    let run = |count: usize| {
        for _ in 0..count {
            assert_eq!(world.get("/").status, 200);
        }
    };
    // Long enough for the collector to have found its rhythm.
    run(20_000);
    let before = resident();
    run(20_000);
    let grown = resident().saturating_sub(before);
    // A context leaked per request would be some kilobytes each: some tens of megabytes.
    assert!(
        grown < 12 << 20,
        "20,000 requests grew the process by {} KiB",
        grown >> 10
    );
}

/// Each request passes callbacks and gets targets, disposes of some and forgets others.
const REFERENCES: &str = r#"
import { DurableObject, RpcTarget } from "cloudflare:workers";
class Counter extends RpcTarget { n = 0; add(n) { return this.n += n; } [Symbol.dispose]() { disposed++; } }
let disposed = 0;
export class Thing extends DurableObject {
  counter() { return new Counter(); }
  async ask(f, n) { return await f(n); }
  read(stream) { return new Response(stream).text(); }
  disposed() { return disposed; }
}
export default {
  async fetch(request, env) {
    const thing = env.THING.getByName("a");
    const { pathname } = new URL(request.url);
    if (pathname === "/disposed") return new Response(String(await thing.disposed()));
    using counter = await thing.counter();
    let sum = 0;
    for (let i = 1; i <= 5; i++) sum = await counter.add(await thing.ask((x) => x, i));
    sum += await thing.counter().add(1);
    await thing.counter();
    sum += (await thing.read(new Response("text").body)).length;
    return new Response(String(sum));
  },
};
"#;

#[test]
fn calls_by_reference_leave_nothing_behind() {
    let world = World::start(&[("index.js", REFERENCES)], 1).unwrap();
    let run = |count: usize| {
        for _ in 0..count {
            assert_eq!(world.text("/"), "20");
        }
    };
    run(2_000);
    let before = resident();
    run(2_000);
    let grown = resident().saturating_sub(before);
    // The collector's own rhythm is worth a dozen megabytes here (it takes minutes to settle: `bench --soak 400
    // references`). Each request makes some twenty calls: a kilobyte left of each would be forty.
    assert!(
        grown < 24 << 20,
        "40,000 calls grew the process by {} KiB",
        grown >> 10
    );
    // Three targets a request, also those that were forgotten: their request has ended. That the last are not referred to
    // any more is news on its way.
    let deadline = std::time::Instant::now() + support::PATIENCE;
    while world.text("/disposed") != "12000" {
        assert!(
            std::time::Instant::now() < deadline,
            "only {} targets were disposed of",
            world.text("/disposed")
        );
    }
}
