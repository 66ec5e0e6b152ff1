//! Several Workers in one node: what is each one's own, and what they are to each other.

mod support;
use support::World;

const FIRST: &str = r#"{
  "name": "first", "main": "index.js", "compatibility_date": "2026-04-30",
  "vars": { "WHOSE": "first" },
  "durable_objects": { "bindings": [
    { "name": "OWN", "class_name": "Thing" },
    { "name": "THEIRS", "class_name": "Thing", "script_name": "second" }
  ] },
  "services": [
    { "binding": "SECOND", "service": "second" },
    { "binding": "ENTRY", "service": "second", "entrypoint": "Entry" }
  ],
  "migrations": [{ "tag": "v1", "new_sqlite_classes": ["Thing"] }]
}"#;

const SECOND: &str = r#"{
  "name": "second", "main": "index.js", "compatibility_date": "2026-04-30",
  "vars": { "WHOSE": "second" },
  "durable_objects": { "bindings": [{ "name": "OWN", "class_name": "Thing" }] },
  "migrations": [{ "tag": "v1", "new_sqlite_classes": ["Thing"] }],
  "limits": { "cpu_ms": 20000 }
}"#;

/// The class of both Workers: it counts in memory and in storage, and does mischief on demand.
const THING: &str = r#"
import { DurableObject, WorkerEntrypoint } from "cloudflare:workers";
let realm = 0;
const kept = [];
const eat = () => { for (;;) kept.push(new Array(1000).fill(kept.length)); };
const spin = (rounds) => { for (let n = 0; n < rounds; n++); return "spun"; };
export class Thing extends DurableObject {
  memory = 0;
  instance = crypto.randomUUID();
  add() {
    const stored = (this.ctx.storage.kv.get("stored") ?? 0) + 1;
    this.ctx.storage.kv.put("stored", stored);
    return [this.env.WHOSE, ++this.memory, stored, ++realm].join();
  }
  eat() { eat(); }
  spin(rounds) { return spin(rounds); }
  async ring(after) { await this.ctx.storage.setAlarm(Date.now() + after); }
  alarm() { this.ctx.storage.kv.put("rang", this.env.WHOSE); }
  rang() { return this.ctx.storage.kv.get("rang") ?? "not yet"; }
  fetch() {
    const [client, server] = Object.values(new WebSocketPair());
    this.ctx.acceptWebSocket(server);
    return new Response(null, { status: 101, webSocket: client });
  }
  webSocketMessage(socket, message) { socket.send(`${this.env.WHOSE} ${message} ${this.instance}`); }
}
export class Entry extends WorkerEntrypoint {
  eat() { eat(); }
  version() { return VERSION; }
}
"#;

const WORKER: &str = r#"
export default { async fetch(request, env) {
  const { pathname, searchParams } = new URL(request.url);
  const [, whose, method] = pathname.split("/");
  if (whose === "entry") {
    const result = env.ENTRY[method]().catch((error) => error.message);
    return new Response(await result);
  }
  const stub = (whose === "own" ? env.OWN : env.THEIRS).getByName(searchParams.get("name") ?? "a");
  if (method === "socket") return stub.fetch(request);
  const result = stub[method](...searchParams.getAll("arg").map(Number)).catch((error) => error.message);
  return new Response(await result);
} };
"#;

fn code(version: &str) -> String {
    format!("const VERSION = {version:?};\n{THING}\n{WORKER}")
}

fn start(make: impl Fn(&std::path::Path) -> support::NodeOptions) -> World {
    let script = code("one");
    let files = [
        ("wrangler.jsonc", FIRST),
        ("index.js", &*script),
        ("second/wrangler.jsonc", SECOND),
        ("second/index.js", &*script),
    ];
    World::start_together(&files, &["second"], make).expect("the node starts")
}

fn pair() -> World {
    start(|folder| support::options(folder, 2))
}

#[test]
fn each_has_its_realm_its_environment_and_its_objects() {
    let world = start(|folder| support::options(folder, 1));
    assert_eq!(world.text("/own/add"), "first,1,1,1");
    assert_eq!(world.text("/theirs/add"), "second,1,1,1");
    assert_eq!(world.text("/theirs/add"), "second,2,2,2");
    assert_eq!(world.text("/own/add"), "first,2,2,2");
}

#[test]
fn what_was_stored_is_found_again_by_its_worker() {
    let mut world = pair();
    for count in 1..=3 {
        assert!(world.text("/theirs/add").contains(&format!(",{count},")));
    }
    world.text("/own/add");
    world.restart();
    assert!(world.text("/theirs/add").starts_with("second,1,4,"));
    assert!(world.text("/own/add").starts_with("first,1,2,"));
}

#[test]
fn a_reload_is_that_of_one_worker() {
    let world = pair();
    world.text("/own/add");
    world.text("/theirs/add");
    assert_eq!(world.text("/entry/version"), "one");
    world.rewrite_beside(0, &code("two")).unwrap();
    assert_eq!(world.text("/entry/version"), "two");
    assert!(
        world.text("/own/add").starts_with("first,2,2,"),
        "it was not reset"
    );
    assert!(
        world.text("/theirs/add").starts_with("second,1,2,"),
        "it was reset"
    );
    world.rewrite(&code("three")).unwrap();
    assert_eq!(world.text("/entry/version"), "two");
    assert!(world.text("/own/add").starts_with("first,1,3,"));
    assert!(world.text("/theirs/add").starts_with("second,2,3,"));
}

#[test]
fn a_worker_that_does_not_load_says_whose_fault_it_is_and_changes_nothing() {
    let world = pair();
    world.text("/theirs/add");
    let failed = world.rewrite_beside(0, "throw new Error('not today');");
    let failed = failed.unwrap_err();
    assert_eq!(failed.worker, 1);
    let text = failed.to_string();
    assert!(
        text.contains("in \"second\"") && text.contains("not today"),
        "{text}"
    );
    assert_eq!(world.text("/entry/version"), "one");
    assert!(world.text("/theirs/add").starts_with("second,2,2,"));
}

#[test]
fn a_full_heap_costs_one_worker_its_objects() {
    let world = start(|folder| support::NodeOptions {
        cpu_limit: support::PATIENCE,
        ..support::options(folder, 1)
    });
    world.text("/own/add");
    world.text("/theirs/add");
    let failure = world.text("/theirs/eat?name=b");
    assert!(failure.contains("exceeded its memory limit"), "{failure}");
    assert_eq!(world.text("/theirs/add"), "second,1,2,1", "a new realm");
    assert_eq!(world.text("/own/add"), "first,2,2,2", "the same realm");
    // The request itself ends with the realm that it runs in.
    assert_eq!(world.get("/own/eat?name=b").status, 500);
    assert_eq!(world.text("/own/add"), "first,1,3,1");
    assert_eq!(world.text("/theirs/add"), "second,2,3,2");
}

#[test]
fn each_has_its_cpu_limit() {
    let world = pair();
    // More than the 200 ms of the other Worker take.
    assert_eq!(world.text("/theirs/spin?arg=1e9"), "spun");
    let failure = world.text("/own/spin?arg=Infinity");
    assert!(failure.contains("exceeded its CPU time limit"), "{failure}");
}

#[test]
fn an_alarm_wakes_the_object_of_its_worker() {
    let mut world = pair();
    world.text("/theirs/ring?name=soon&arg=0");
    // It has its turn before any call that arrives later, or soon after.
    let began = std::time::Instant::now();
    while world.text("/theirs/rang?name=soon") != "second" {
        assert!(began.elapsed() < support::PATIENCE, "it does not ring");
    }
    world.text("/theirs/ring?name=later&arg=1500");
    world.restart();
    let began = std::time::Instant::now();
    while world.text("/theirs/rang?name=later") != "second" {
        assert!(began.elapsed() < support::PATIENCE, "it does not ring");
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
}

#[test]
fn sockets_of_a_workers_objects_hibernate() {
    let world = start(|folder| support::NodeOptions {
        idle: std::time::Duration::from_millis(50),
        ..support::options(folder, 2)
    });
    let socket = world.open(0, "/theirs/socket");
    let first = socket.ask("hello");
    assert!(first.starts_with("second hello "), "{first}");
    let second = socket.ask_until_changed("hello", &first);
    assert!(second.starts_with("second hello "), "{second}");
}

#[test]
fn output_says_whose_it_is() {
    let world = pair();
    let script = "import { DurableObject, WorkerEntrypoint } from 'cloudflare:workers';
         export class Thing extends DurableObject { add() { console.log('in the object') } }
         export class Entry extends WorkerEntrypoint { version() { console.log('in the entry') } }
         export default {};";
    world.rewrite_beside(0, script).unwrap();
    world.get("/theirs/add");
    world.get("/entry/version");
    let log = world.log();
    assert!(log.contains("Log second Thing(a): in the object"), "{log}");
    assert!(log.contains("Log second: in the entry"), "{log}");
}
