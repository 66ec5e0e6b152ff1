//! Requests to the stateless Worker.

mod support;
use support::World;

#[test]
fn a_handler_answers() {
    let world = World::new(
        "export class Thing {} export default { fetch(request, env) { return new Response(env.GREETING + ' ' + new URL(request.url).pathname) } }",
    );
    assert_eq!(world.text("/a"), "hello /a");
    assert_eq!(world.get_on(1, "/b").body, "hello /b");
}

#[test]
fn an_async_handler_with_timers_and_streams_answers() {
    let world = World::new(
        "export class Thing {} export default { async fetch() { await scheduler.wait(1); const s = new ReadableStream({ async start(c) { for (const part of ['a', 'b', 'c']) { await scheduler.wait(1); c.enqueue(new TextEncoder().encode(part)); } c.close(); } }); return new Response(s); } }",
    );
    assert_eq!(world.text("/"), "abc");
}

#[test]
fn an_exception_is_status_500_and_logged_with_its_place() {
    let world = World::new(
        "export class Thing {}\nexport default {\n  fetch() {\n    throw new RangeError('no luck');\n  },\n};",
    );
    let reply = world.get("/");
    assert_eq!(
        (reply.status, reply.body.as_str()),
        (500, "Internal Server Error")
    );
    let log = world.log();
    assert!(
        log.contains("RangeError: no luck") && log.contains("index.js:4:11"),
        "{log}"
    );
}

#[test]
fn an_endless_loop_ends_that_request_only() {
    let world = World::new(
        "export class Thing {} export default { fetch(request) { if (request.url.endsWith('/loop')) for (;;); return new Response('fine') } }",
    );
    let looping = world.send(0, "/loop");
    let other = world.send(0, "/ok");
    assert_eq!(world.wait(looping).status, 500);
    assert_eq!(world.wait(other).body, "fine");
    assert!(
        world.log().contains("exceeded CPU time limit"),
        "{}",
        world.log()
    );
}

#[test]
fn an_endless_loop_of_microtasks_ends_too() {
    let world = World::new(
        "export class Thing {} export default { async fetch(request) { if (request.url.endsWith('/loop')) for (;;) await null; return new Response('fine') } }",
    );
    assert_eq!(world.get("/loop").status, 500);
    assert_eq!(world.text("/ok"), "fine");
}

#[test]
fn a_huge_allocation_ends_that_request_only() {
    let world = World::new(
        "export class Thing {} export default { fetch(request) { if (request.url.endsWith('/eat')) { const all = []; for (;;) all.push(new Array(1000).fill(all.length)); } return new Response('fine') } }",
    );
    assert_eq!(world.get("/eat").status, 500);
    assert_eq!(world.text("/ok"), "fine");
    assert!(
        world.log().contains("exceeded memory limit") || world.log().contains("out of memory"),
        "{}",
        world.log()
    );
}

#[test]
fn a_handler_that_can_never_answer_is_told_so() {
    let world = World::new(
        "export class Thing {} export default { fetch() { return new Promise(() => {}) } }",
    );
    assert_eq!(world.get("/").status, 500);
    assert!(world.log().contains("had hung"), "{}", world.log());
}

#[test]
fn io_at_the_top_level_is_refused() {
    let error = match World::start(
        &[(
            "index.js",
            "setTimeout(() => {}, 1); export class Thing {} export default {}",
        )],
        1,
    ) {
        Ok(_) => panic!("it started"),
        Err(error) => error.to_string(),
    };
    assert!(
        error.contains("Disallowed operation called within global scope")
            && error.contains("index.js:1:1"),
        "{error}"
    );
}

#[test]
fn console_and_unhandled_rejections_are_logged() {
    let world = World::new(
        "export class Thing {} export default { fetch() { console.warn('careful', { a: 1 }); Promise.reject(new Error('nobody')); return new Response('x') } }",
    );
    world.text("/");
    let log = world.log();
    assert!(log.contains("Warn worker: careful { a: 1 }"), "{log}");
    assert!(log.contains("Uncaught (in promise) Error: nobody"), "{log}");
}

#[test]
fn wait_until_goes_on_after_the_answer() {
    let world = World::new(
        "let done = 'no'; export class Thing {} export default { fetch(request, env, ctx) { if (request.url.endsWith('/start')) ctx.waitUntil((async () => { await scheduler.wait(5); done = 'yes' })()); return new Response(done) } }",
    );
    assert_eq!(world.text("/start"), "no");
    let deadline = std::time::Instant::now() + support::PATIENCE;
    while world.text("/") != "yes" {
        assert!(std::time::Instant::now() < deadline, "waitUntil never ran");
    }
}

#[test]
fn a_reload_runs_the_new_program_and_a_broken_one_changes_nothing() {
    let world = World::new(
        "export class Thing {} export default { fetch() { return new Response('one') } }",
    );
    assert_eq!(world.text("/"), "one");
    world
        .rewrite("export class Thing {} export default { fetch() { return new Response('two') } }")
        .unwrap();
    assert_eq!(world.text("/"), "two");
    let error = world
        .rewrite("export class Thing {} export default nowhere;")
        .unwrap_err();
    assert!(
        error.to_string().contains("nowhere is not defined"),
        "{error}"
    );
    assert_eq!(world.text("/"), "two");
}

#[test]
fn commonjs_json_and_text_modules_are_imported() {
    let files = [
        (
            "index.js",
            "import cjs, { twice } from './lib.cjs'; import data from './data.json'; import text from './page.txt'; export class Thing {} export default { fetch() { return Response.json([twice(4), cjs.name, data.list, text]) } }",
        ),
        (
            "lib.cjs",
            "const data = require('./data.json'); exports.twice = (n) => n * 2; exports.name = data.list.join('-') + typeof require + __filename;",
        ),
        ("data.json", "{\"list\": [1, 2]}"),
        ("page.txt", "some text"),
    ];
    let world = World::start(&files, 1).unwrap();
    assert_eq!(
        world.text("/"),
        r#"[8,"1-2function/lib.cjs",[1,2],"some text"]"#
    );
}

#[test]
fn a_client_that_goes_leaves_nothing_that_a_stop_waits_for() {
    let mut world = World::new(
        "export class Thing {} export default { async fetch() { await scheduler.wait(300); return new Response('late') } }",
    );
    drop(world.send(0, "/"));
    assert_eq!(world.text("/"), "late");
    let begun = std::time::Instant::now();
    world.restart();
    assert!(
        begun.elapsed() < support::PATIENCE / 2,
        "the stop waited for a client that has gone"
    );
}

#[test]
fn a_program_that_never_finishes_loading_is_refused() {
    let world = World::new(
        "export class Thing {} export default { fetch() { return new Response('one') } }",
    );
    let error = world
        .rewrite("for (;;); export class Thing {} export default {}")
        .unwrap_err();
    assert!(
        error.to_string().contains("CPU time while it was loaded"),
        "{error}"
    );
    assert_eq!(world.text("/"), "one");
}

#[test]
fn timers_beside_an_answered_request_end_with_it() {
    let world = World::new(
        "let fired = 0; export class Thing {} export default { fetch(request) { if (request.url.endsWith('/start')) setInterval(() => { fired += 1 }, 1); return new Response(String(fired)) } }",
    );
    assert_eq!(world.text("/start"), "0");
    for _ in 0..20 {
        assert_eq!(world.text("/"), "0");
    }
}

#[test]
fn a_leak_that_fills_the_heap_costs_a_new_realm_and_not_the_shard() {
    // However slow the machine is, the memory must be the first to end.
    let patient = |folder: &std::path::Path| support::NodeOptions {
        cpu_limit: support::PATIENCE,
        ..support::options(folder, 1)
    };
    let world = World::start_with(
        &[("index.js", "const kept = []; export class Thing {} export default { fetch(request) { if (request.url.endsWith('/leak')) for (let n = 0; n < 100000; n++) kept.push(new Array(100).fill(n)); return new Response(String(kept.length)) } }")],
        patient,
    )
    .unwrap();
    let deadline = std::time::Instant::now() + support::PATIENCE;
    while world.get("/leak").status == 200 {
        assert!(
            std::time::Instant::now() < deadline,
            "the heap never filled"
        );
    }
    assert_eq!(world.text("/"), "0", "the realm is new");
    assert_eq!(world.get("/").status, 200);
}

#[test]
fn what_belongs_to_a_worker_that_does_not_run_fails_and_says_so() {
    let config = r#"{ "name": "test", "main": "index.js", "compatibility_date": "2026-04-30",
      "durable_objects": { "bindings": [{ "name": "THING", "class_name": "Thing" },
        { "name": "FAR", "class_name": "Thing", "script_name": "elsewhere" }] },
      "services": [{ "binding": "AWAY", "service": "elsewhere", "entrypoint": "Entry" }],
      "migrations": [{ "tag": "v1", "new_sqlite_classes": ["Thing"] }] }"#;
    let script = r#"
      import { DurableObject } from "cloudflare:workers";
      export class Thing extends DurableObject { hello() { return "ours" } }
      const failure = (promise) => promise.then(() => "nothing failed", (error) => `${error.name}: ${error.message}`);
      export default { async fetch(request, { THING, FAR, AWAY }) {
        const far = FAR.getByName("a");
        return Response.json([
          await THING.getByName("a").hello(),
          FAR.idFromName("a").equals(THING.idFromName("a")),
          await failure(far.hello()), await failure(far.fetch("http://x/")),
          await failure(AWAY.hello()), await failure(AWAY.fetch("http://x/")), await failure(AWAY.hello().further()),
        ]);
      } };"#;
    let world = World::start(&[("wrangler.jsonc", config), ("index.js", script)], 1).unwrap();
    let text = world.text("/");
    let failure = "\"Error: Worker \\\"elsewhere\\\" not found. Make sure it is running locally";
    assert!(text.starts_with("[\"ours\",false,"), "{text}");
    assert_eq!(text.matches(failure).count(), 5, "{text}");
}

#[test]
fn a_file_that_is_no_webassembly_is_named() {
    let files = [
        (
            "index.js",
            "import broken from './broken.wasm'; export class Thing {} export default {}",
        ),
        ("broken.wasm", "some text"),
    ];
    let error = match World::start(&files, 1) {
        Ok(_) => panic!("it started"),
        Err(error) => error.to_string(),
    };
    assert!(
        error.contains("CompileError: broken.wasm is not a WebAssembly module:"),
        "{error}"
    );
}

#[test]
fn code_is_made_while_the_program_starts_and_then_no_more() {
    let world = World::new(
        r#"
        const atStart = eval("1 + 1") + new Function("return 3")();
        const tries = [() => eval("1"), () => new Function("return 1"), () => new WebAssembly.Module(new Uint8Array(8))];
        const outcome = (run) => { try { return run(); } catch (e) { return `${e.name}: ${e.message}`; } };
        export class Thing {}
        export default { fetch: () => Response.json([atStart, ...tries.map(outcome)]) };
        "#,
    );
    assert_eq!(
        world.text("/"),
        r#"[5,"EvalError: Code generation from strings disallowed for this context","EvalError: Code generation from strings disallowed for this context","CompileError: WebAssembly.Module(): Wasm code generation disallowed by embedder"]"#
    );
}
