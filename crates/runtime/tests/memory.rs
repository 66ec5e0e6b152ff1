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
    // A context leaked per request would be some kilobytes each: more than ten megabytes.
    assert!(
        grown < 6 << 20,
        "20,000 requests grew the process by {} KiB",
        grown >> 10
    );
}
