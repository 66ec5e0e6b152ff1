//! What awaiting costs: `cargo bench -p holdfast-engine --bench awaits [-- SHAPE…]`. The engine is set up as
//! the runtime does it: in a context, with a job filter, a limit of CPU time and one of memory. The same
//! JavaScript runs in Node and workerd through `bench/awaits/run.mjs`.

use std::borrow::Cow;
use std::rc::Rc;
use std::time::{Duration, Instant};

use holdfast_engine::{
    Extension, Local, ModuleLoader, ModuleSource, PromiseState, Runtime, RuntimeOptions, Scope,
    StencilCache, Thrown,
};

const ROUNDS: usize = 60;
/// Steps in a round.
const REPEATS: u32 = 20_000;
const SHAPES: [&str; 9] = [
    "call",
    "value",
    "settled",
    "pending",
    "failing",
    "interleaved",
    "all",
    "generator",
    "chain",
];

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
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    // `cargo test --benches` and nextest ask what tests there are.
    if arguments.iter().any(|argument| argument == "--list") {
        return;
    }
    let named: Vec<&str> = arguments
        .iter()
        .map(String::as_str)
        .filter(|argument| !argument.starts_with('-'))
        .collect();
    let extension = Extension::new("bench").module("bench", include_str!("awaits.js"));
    let options = RuntimeOptions {
        heap_bytes_max: Some(256 << 20),
        ..RuntimeOptions::default()
    };
    let runtime = Runtime::new(&options, vec![extension]);
    runtime.set_job_filter(|data| data.is::<u32>());
    let realm = runtime
        .new_realm(Rc::new(NoProject), StencilCache::new())
        .expect("memory for a realm");
    runtime.enter(&realm, |scope| {
        let (namespace, _) = scope.import("holdfast:bench").expect("the program");
        let run = scope.get(namespace, "run").expect("an export");
        for shape in SHAPES {
            if !named.is_empty() && !named.contains(&shape) {
                continue;
            }
            let mut figures: Vec<f64> = (0..=ROUNDS)
                .map(|_| scope.nest(|scope| round(scope, run, shape)))
                .skip(1) // warms up
                .collect();
            figures.sort_by(f64::total_cmp);
            let (least, median, most) = (figures[0], figures[ROUNDS / 2], figures[ROUNDS - 1]);
            println!("{shape:12} {median:7.1} ns  ({least:.1} to {most:.1})");
        }
    });
}

/// Nanoseconds that one step of `shape` takes, in a context of its own.
fn round(scope: &mut Scope<'_>, run: Local<'_>, shape: &str) -> f64 {
    let context = scope.new_context(Rc::new(1_u32)).expect("a context");
    let start = Instant::now();
    scope.in_context(&context, |scope| {
        scope.with_cpu_limit(Duration::from_secs(30), |scope| {
            let name = scope.string(shape).expect("a string");
            let count = scope.number(f64::from(REPEATS));
            let promise = scope.call(run, run, &[name, count]).expect("a promise");
            scope.run_jobs(&mut |_| panic!("a job threw"));
            assert_eq!(scope.promise_state(promise), Some(PromiseState::Fulfilled));
        });
    });
    start.elapsed().as_secs_f64() * 1e9 / f64::from(REPEATS)
}
