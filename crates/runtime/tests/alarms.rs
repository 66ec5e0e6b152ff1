//! Alarms: when they ring, what their handlers see, and what becomes of them.

mod support;
use std::sync::Arc;
use std::time::Duration;

use holdfast_object::NamespaceKey;
use holdfast_storage::{Database, Location, ObjectRef, Options, Store};
use support::{World, options};

/// An object whose handler does what the test says, and writes down each run. The Worker calls `/<name>/<method>/<args>`.
const PROGRAM: &str = r#"
import { DurableObject } from "cloudflare:workers";
globalThis.built ??= [];
const FAR = 3_600_000;
const acts = {
  nothing: () => {},
  getAlarm: (thing) => thing.ctx.storage.getAlarm(),
  name: (thing) => thing.ctx.id.name,
  later: (thing) => thing.ctx.storage.setAlarm(Date.now() + FAR),
  again: (thing) => { if (thing.runs() < 3) thing.ctx.storage.setAlarm(Date.now()); },
  delete: (thing) => { thing.ctx.storage.deleteAlarm(); throw new Error("after deleting"); },
  throwOnce: (thing) => { if (thing.runs() === 1) throw new Error("once"); },
  setAndThrow: (thing) => { if (thing.runs() === 1) { thing.ctx.storage.setAlarm(Date.now() + 1); throw new Error("after setting"); } },
  rolledBack: async (thing) => {
    const { storage } = thing.ctx;
    await storage.transaction(async (txn) => { await txn.setAlarm(Date.now() + FAR); await scheduler.wait(1); txn.rollback(); });
    return storage.getAlarm();
  },
  inTransaction: async (thing) => { await thing.ctx.storage.transaction(async (txn) => { await scheduler.wait(1); await txn.setAlarm(Date.now() + FAR); }); },
  abortOnce: (thing) => { if (thing.runs() === 1) return thing.ctx.storage.sync().then(() => { thing.ctx.storage.kv.put("lost", 1); thing.ctx.abort("on purpose"); }); },
  abortForGood: (thing) => thing.ctx.storage.sync().then(() => thing.ctx.abort("for good", { retryAlarm: false })),
  loopOnce: (thing) => { if (thing.runs() === 1) return thing.ctx.storage.sync().then(() => { for (;;); }); },
  // Another event's transaction settles the handler's promise, and is undone.
  settledByOthers: (thing) => new Promise((resolve) => { thing.settle = resolve; }),
  slow: (thing) => { thing.running = (thing.running ?? 0) + 1; thing.most = Math.max(thing.most ?? 0, thing.running); return new Promise((resolve) => { thing.release = () => { thing.running -= 1; resolve(); }; }); },
};
export class Thing extends DurableObject {
  constructor(ctx, env) {
    super(ctx, env);
    globalThis.built.push(ctx.id.name);
    if (ctx.storage.kv.get("broken")) throw new Error("broken constructor");
  }
  async alarm(info) {
    const { kv } = this.ctx.storage;
    kv.put("runs", this.runs() + 1);
    const entry = [info.retryCount, info.isRetry, info.scheduledTime === kv.get("time"), Date.now() >= info.scheduledTime];
    kv.put("log", [...this.log(), entry]);
    const result = await acts[kv.get("act")](this, info);
    if (result !== undefined) kv.put("result", result);
  }
  runs() { return this.ctx.storage.kv.get("runs") ?? 0; }
  log() { return this.ctx.storage.kv.get("log") ?? []; }
  stored(key) { return this.ctx.storage.kv.get(key) ?? null; }
  async plan(act, delay = 0) {
    await this.ctx.storage.setAlarm(Date.now() + +delay);
    const time = await this.ctx.storage.getAlarm();
    this.ctx.storage.kv.put("time", time);
    this.ctx.storage.kv.put("act", act);
    return time;
  }
  async set(delay) { await this.ctx.storage.setAlarm(Date.now() + +delay); }
  async remove() { await this.ctx.storage.deleteAlarm(); }
  async at() { return this.ctx.storage.getAlarm(); }
  break() { this.ctx.storage.kv.put("broken", true); }
  async undone() {
    await this.ctx.storage.transaction(async (txn) => { await txn.setAlarm(Date.now()); throw new Error("no"); }).catch(() => {});
  }
  async settleAndUndo() {
    await this.ctx.storage.transaction(async (txn) => {
      this.settle();
      await scheduler.wait(1);
      txn.rollback();
    });
    return this.at();
  }
  let() { this.release(); return this.most; }
  async reset() { this.ctx.abort("reset"); }
}
// Asked from outside, so that nothing else goes on in the object, and of a new stub each time.
const waits = {
  async runs(get, n) { while ((await get().log()).length < n) await scheduler.wait(5); return get().log(); },
  async done(get, n) { await waits.runs(get, n); while ((await get().at()) !== null) await scheduler.wait(5); return get().log(); },
  async cleared(get) { for (;;) { try { if ((await get().at()) === null) return "cleared"; } catch {} await scheduler.wait(20); } },
  async count(get, n) { while (globalThis.built.length < n) await scheduler.wait(5); return globalThis.built.length; },
  async built() { return globalThis.built; },
};
export default {
  async fetch(request, env) {
    const [, name, method, ...args] = new URL(request.url).pathname.split("/");
    const get = () => env.THING.getByName(name);
    const run = waits[method] ?? ((get, ...args) => get()[method](...args));
    try { return Response.json((await run(get, ...args)) ?? null); } catch (e) { return Response.json(`${e.name}: ${e.message}`); }
  },
};
"#;

fn world() -> World {
    World::start(&[("index.js", PROGRAM)], 1).expect("the node starts")
}

/// An object's alarm, with what it does, until it has run `runs` times and no alarm is left.
fn ringing(act: &str, runs: u32) -> (World, String) {
    let world = world();
    world.text(&format!("/a/plan/{act}"));
    let log = world.text(&format!("/a/done/{runs}"));
    (world, log)
}

const FIRST: &str = "[0,false,true,true]";
const ANOTHER: &str = "[0,false,false,true]";
const RETRY: &str = "[1,true,true,true]";

/// Sets the alarm of an object that no node serves at the time.
fn set(store: &Store, name: &str, scheduled_ms: u64) {
    let unique_key = "test-Thing";
    let object = ObjectRef {
        class: Arc::from(unique_key),
        id: *NamespaceKey::new(unique_key).id_from_name(name).as_bytes(),
    };
    let location = Location::Object {
        store: store.clone(),
        object,
        name: Some(Arc::from(name)),
    };
    let database = Database::new(location, Options::default());
    database.set_alarm(Some(scheduled_ms as i64)).unwrap();
    database.commit().unwrap();
}

fn now_ms() -> u64 {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    now.unwrap().as_millis() as u64
}

#[test]
fn an_alarm_rings_once_and_is_gone() {
    let (world, log) = ringing("nothing", 1);
    assert_eq!(log, format!("[{FIRST}]"));
    assert_eq!(world.text("/a/at"), "null");
    assert_eq!(world.log(), "");
}

#[test]
fn an_alarm_wakes_its_object_alone_and_knows_its_name() {
    let options = |folder: &std::path::Path| support::NodeOptions {
        idle: Duration::ZERO,
        ..options(folder, 1)
    };
    let world = World::start_with(&[("index.js", PROGRAM)], options).unwrap();
    world.text("/b/plan/nothing/1000000");
    // Long enough for the sweep to have evicted both.
    world.text("/a/plan/name/2500");
    assert_eq!(world.text("/x/count/3"), "3");
    assert_eq!(world.text("/x/built"), r#"["b","a","a"]"#);
    assert_eq!(world.text("/a/done/1"), format!("[{FIRST}]"));
    assert_eq!(world.text("/a/stored/result"), r#""a""#);
}

#[test]
fn the_alarm_that_runs_is_hidden() {
    let (world, _) = ringing("getAlarm", 1);
    assert_eq!(world.text("/a/stored/result"), "null");
    let (world, _) = ringing("rolledBack", 1);
    assert_eq!(world.text("/a/stored/result"), "null");
}

#[test]
fn an_alarm_set_within_stays() {
    for act in ["later", "inTransaction"] {
        let world = world();
        world.text(&format!("/a/plan/{act}"));
        assert_eq!(world.text("/a/runs/1"), format!("[{FIRST}]"));
        let at = || world.text("/a/at").parse::<u64>().unwrap_or(0);
        let begun = std::time::Instant::now();
        while at() < now_ms() {
            assert!(begun.elapsed() < support::PATIENCE, "{}", world.log());
        }
    }
    let (_, log) = ringing("again", 3);
    assert_eq!(log, format!("[{FIRST},{ANOTHER},{ANOTHER}]"));
}

#[test]
fn a_handler_that_throws_is_run_again() {
    let (world, log) = ringing("throwOnce", 2);
    assert_eq!(log, format!("[{FIRST},{RETRY}]"));
    assert!(
        world
            .log()
            .starts_with("Error Thing(a): Uncaught Error: once\n    at "),
        "{}",
        world.log()
    );
}

#[test]
fn a_new_time_replaces_a_retry() {
    let (_, log) = ringing("setAndThrow", 2);
    assert_eq!(log, format!("[{FIRST},{ANOTHER}]"));
    let world = world();
    world.text("/a/plan/throwOnce");
    world.text("/a/runs/1");
    world.text("/a/set/1");
    assert_eq!(world.text("/a/done/2"), format!("[{FIRST},{ANOTHER}]"));
    // Deleted within, and then failed: over.
    let (world, log) = ringing("delete", 1);
    assert_eq!(log, format!("[{FIRST}]"));
    assert_eq!(world.text("/a/at"), "null");
}

#[test]
fn a_reset_within_the_handler_is_a_failure() {
    for (act, text) in [
        ("abortOnce", "on purpose"),
        (
            "loopOnce",
            "Durable Object exceeded its CPU time limit and was reset.",
        ),
    ] {
        let (world, log) = ringing(act, 2);
        assert_eq!(
            world.log(),
            format!("Error Thing(a): Uncaught Error: {text}")
        );
        assert_eq!(log, format!("[{FIRST},{RETRY}]"), "{act}");
        assert_eq!(world.text("/a/stored/lost"), "null");
    }
}

#[test]
fn an_abort_can_give_the_alarm_up() {
    let world = world();
    world.text("/a/plan/abortForGood");
    world.text("/a/runs/1");
    assert_eq!(world.text("/a/cleared"), r#""cleared""#);
    assert_eq!(world.text("/a/log"), format!("[{FIRST}]"));
}

#[test]
fn what_is_undone_or_deleted_does_not_ring() {
    let world = world();
    world.text("/a/plan/nothing/1500");
    world.text("/a/remove");
    world.text("/b/undone");
    // An alarm that is set later than these rings after them.
    world.text("/c/plan/nothing/1700");
    world.text("/c/done/1");
    assert_eq!(world.text("/a/log"), "[]");
    assert_eq!(world.text("/b/log"), "[]");
}

#[test]
fn a_handler_settled_by_a_transaction_that_is_undone_has_succeeded() {
    let world = world();
    world.text("/a/plan/settledByOthers");
    world.text("/a/runs/1");
    assert_eq!(world.text("/a/settleAndUndo"), "null");
    assert_eq!(world.text("/a/done/1"), format!("[{FIRST}]"));
    // And its row was cleared for good.
    world.text("/a/reset");
    assert_eq!(world.text("/a/at"), "null");
}

#[test]
fn runs_never_overlap() {
    let world = world();
    world.text("/a/plan/slow");
    world.text("/a/runs/1");
    world.text("/a/set/0");
    // One that is due later has rung: the second of `a` has had its chance.
    world.text("/b/plan/nothing/20");
    world.text("/b/done/1");
    assert_eq!(world.text("/a/stored/runs"), "1");
    assert_eq!(world.text("/a/let"), "1");
    world.text("/a/runs/2");
    assert_eq!(world.text("/a/let"), "1");
    assert_eq!(world.text("/a/done/2"), format!("[{FIRST},{ANOTHER}]"));
}

#[test]
fn a_reload_keeps_alarms() {
    let world = world();
    let time: u64 = world.text("/a/plan/nothing/3000").parse().unwrap();
    world
        .rewrite(&PROGRAM.replace("class Thing", "class /* new */ Thing"))
        .unwrap();
    assert_eq!(world.text("/a/at"), time.to_string());
    assert_eq!(world.text("/a/done/1"), format!("[{FIRST}]"));
}

#[test]
fn an_alarm_without_a_handler_is_dropped_with_a_warning() {
    let world = World::start(
        &[("index.js", r#"
import { DurableObject } from "cloudflare:workers";
export class Thing extends DurableObject {
  constructor(ctx, env) { super(ctx, env); if (!ctx.storage.kv.get("set")) { ctx.storage.setAlarm(Date.now()); ctx.storage.kv.put("set", true); } }
  async refused() { try { await this.ctx.storage.setAlarm(5e12); } catch (e) { return `${e.name}: ${e.message}`; } }
  at() { return this.ctx.storage.getAlarm(); }
}
export default {
  async fetch(request, env) {
    const thing = env.THING.getByName("a");
    const refused = await thing.refused();
    while ((await thing.at()) !== null) await scheduler.wait(5);
    return new Response(refused);
  },
};"#)],
        1,
    )
    .unwrap();
    assert_eq!(
        world.text("/"),
        "TypeError: Your Durable Object class must have an alarm() handler in order to call setAlarm()"
    );
    assert_eq!(
        world.log(),
        "Warn Thing(a): Attempted to run a scheduled alarm without a handler, did you remember to export an alarm() \
         function?"
    );
}

#[test]
fn alarms_known_at_the_start_ring_by_their_rows() {
    let mut world = world();
    world.text("/overdue/plan/name/300");
    world.text("/soon/plan/nothing/1500");
    world.text("/deleted/plan/nothing/1000000");
    world.text("/deleted/remove");
    world.restart();
    // Both are built for their alarms, and nobody else is.
    assert_eq!(world.text("/overdue/done/1"), format!("[{FIRST}]"));
    assert_eq!(world.text("/overdue/stored/result"), r#""overdue""#);
    assert_eq!(world.text("/soon/done/1"), format!("[{FIRST}]"));
    assert_eq!(world.text("/x/built"), r#"["overdue","soon"]"#);
    assert_eq!(world.text("/deleted/log"), "[]");
}

#[test]
fn tens_of_thousands_may_wait() {
    let mut world = world();
    let far = now_ms() + 3_600_000;
    world.text("/a/plan/nothing/300");
    world.restart_after(|store| {
        for n in 0..20_000 {
            set(store, &n.to_string(), far + n);
        }
    });
    assert_eq!(world.text("/a/done/1"), format!("[{FIRST}]"));
    assert_eq!(world.text("/a/built"), r#"["a"]"#);
}

#[test]
fn thousands_that_are_overdue_all_get_their_turn() {
    const COUNT: u64 = 3_000;
    let mut world = world();
    world.restart_after(|store| {
        for n in 0..COUNT {
            set(store, &n.to_string(), 1 + n);
        }
    });
    assert_eq!(world.text(&format!("/a/count/{COUNT}")), COUNT.to_string());
}

#[test]
fn an_object_that_cannot_be_built_keeps_its_alarm() {
    let world = world();
    world.text("/a/plan/nothing/1500");
    world.text("/a/break");
    world.text("/a/reset");
    // The constructor fails when the alarm comes, and two seconds later again.
    assert_eq!(world.text("/x/count/3"), "3");
    let log = world.log();
    assert!(
        log.contains("Error Thing(a): Uncaught Error: broken constructor\n    at "),
        "{log}"
    );
    assert_eq!(world.text("/x/built"), r#"["a","a","a"]"#);
}
