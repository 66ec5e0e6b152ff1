//! What the engine's basic steps cost: `cargo bench -p holdfast-engine`. Each figure is the median of
//! several rounds; compare figures of one machine only.

use std::borrow::Cow;
use std::rc::Rc;
use std::time::Instant;

use holdfast_engine::{
    Extension, Local, ModuleLoader, ModuleSource, PromiseState, Realm, Runtime, RuntimeOptions,
    Scope, StencilCache, Thrown,
};

const ROUNDS: usize = 15;
/// Calls, jobs or promises in a round.
const REPEATS: u32 = 100_000;
/// Realms held at once when their memory is measured.
const REALMS: usize = 200;

const PROGRAM: &str = "
import { op_nothing } from 'holdfast:ops';
export const callOps = (n) => { for (let i = 0; i < n; i++) op_nothing(i); };
export const one = (x) => x + 1;
export const awaits = async (n) => { for (let i = 0; i < n; i++) await null; };
export { op_nothing };
";

struct NoProject;

impl ModuleLoader for NoProject {
    fn resolve(&self, _: &str, specifier: &str) -> Result<String, String> {
        Err(format!("no module {specifier}"))
    }

    fn load(&self, key: &str) -> Result<ModuleSource, String> {
        Ok(ModuleSource {
            code: Cow::Borrowed(""),
            file: key.to_owned(),
        })
    }

    fn meta(&self, _: &mut Scope<'_>, _: &str, _: Local<'_>) -> Result<(), Thrown> {
        Ok(())
    }
}

fn main() {
    // `cargo test --benches` and nextest ask what tests there are.
    if std::env::args().any(|argument| argument == "--list") {
        return;
    }
    report("runtime: create and destroy", "ms", || {
        // A runtime belongs to its thread; the thread's own cost is a hundredth of this.
        let thread = std::thread::spawn(|| timed(|| drop(new_runtime())));
        thread.join().expect("the thread ends well") * 1e3
    });

    let runtime = new_runtime();
    report("realm: create, bare", "µs", || {
        let mut realm = None;
        let seconds = timed(|| realm = Some(new_realm(&runtime)));
        runtime.retire_realm(&realm.expect("a realm"));
        seconds * 1e6
    });
    drop(runtime);
    report("realm: memory, bare", "KiB", || {
        let thread = std::thread::spawn(|| {
            let runtime = new_runtime();
            let before = resident_bytes();
            let realms: Vec<Realm> = (0..REALMS).map(|_| new_realm(&runtime)).collect();
            (resident_bytes() - before) / realms.len() as f64 / 1024.0
        });
        thread.join().expect("the thread ends well")
    });

    let runtime = new_runtime();
    let realm = new_realm(&runtime);
    let exported = |scope: &mut Scope<'_>, name: &str| {
        let (namespace, _) = scope.import("holdfast:bench").expect("the program");
        let function = scope.get(namespace, name).expect("an export");
        scope.persist(function)
    };
    let call_ops = runtime.enter(&realm, |scope| exported(scope, "callOps"));
    report("call: JavaScript to an operation", "ns", || {
        runtime.enter(&realm, |scope| {
            let call_ops = scope.local(&call_ops);
            let count = scope.int(REPEATS as i32);
            each(|| {
                _ = scope
                    .call(call_ops, call_ops, &[count])
                    .expect("it returns")
            })
        })
    });
    for (what, name) in [
        ("call: Rust to an operation", "op_nothing"),
        ("call: Rust to a JavaScript function", "one"),
    ] {
        let function = runtime.enter(&realm, |scope| exported(scope, name));
        report(what, "ns", || {
            runtime.enter(&realm, |scope| {
                let function = scope.local(&function);
                each(|| {
                    for n in 0..REPEATS {
                        scope.nest(|scope| {
                            let n = scope.int(n as i32);
                            _ = scope.call(function, function, &[n]).expect("it returns");
                        });
                    }
                })
            })
        });
    }
    report("enter a realm and leave it", "ns", || {
        each(|| (0..REPEATS).for_each(|_| runtime.enter(&realm, |_| ())))
    });
    let awaits = runtime.enter(&realm, |scope| exported(scope, "awaits"));
    report("microtask: one await", "ns", || {
        runtime.enter(&realm, |scope| {
            let awaits = scope.local(&awaits);
            let count = scope.int(REPEATS as i32);
            each(|| {
                let promise = scope.call(awaits, awaits, &[count]).expect("a promise");
                scope.run_jobs(&mut |_| panic!("a job threw"));
                assert_eq!(scope.promise_state(promise), Some(PromiseState::Fulfilled));
            })
        })
    });
    report("promise: make and settle from Rust", "ns", || {
        runtime.enter(&realm, |scope| {
            each(|| {
                for n in 0..REPEATS {
                    scope.nest(|scope| {
                        let (_, resolver) = scope.promise().expect("a promise");
                        let n = scope.int(n as i32);
                        resolver.resolve(scope, n).expect("it is settled");
                    });
                }
            })
        })
    });
}

fn new_runtime() -> Runtime {
    let extension = Extension::new("bench")
        .op("op_nothing", 1, |_, args| Ok(args.get(0)))
        .module("bench", PROGRAM);
    Runtime::new(&RuntimeOptions::default(), vec![extension])
}

fn new_realm(runtime: &Runtime) -> Realm {
    runtime
        .new_realm(Rc::new(NoProject), StencilCache::new())
        .expect("memory for a realm")
}

/// Seconds that `f` takes.
fn timed(f: impl FnOnce()) -> f64 {
    let start = Instant::now();
    f();
    start.elapsed().as_secs_f64()
}

/// Nanoseconds that one of the `REPEATS` steps of `f` takes.
fn each(f: impl FnOnce()) -> f64 {
    timed(f) * 1e9 / f64::from(REPEATS)
}

/// Prints the median and the extremes of what `round` measures; the first round warms up.
fn report(what: &str, unit: &str, mut round: impl FnMut() -> f64) {
    round();
    let mut figures: Vec<f64> = (0..ROUNDS).map(|_| round()).collect();
    figures.sort_by(f64::total_cmp);
    let (least, median, most) = (figures[0], figures[ROUNDS / 2], figures[ROUNDS - 1]);
    println!("{what:36} {median:9.2} {unit:3}  ({least:.2} to {most:.2})");
}

/// Memory of the process that is in RAM.
fn resident_bytes() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("Linux tells about a process");
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))
        .expect("a VmRSS line");
    let kib: f64 = line
        .trim()
        .trim_end_matches(" kB")
        .parse()
        .expect("a number of KiB");
    kib * 1024.0
}
