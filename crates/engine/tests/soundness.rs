//! What safe code of other crates may try: none of it may do worse than panic or throw.

mod support;
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::{Rc, Weak};
use std::sync::{Arc, Barrier};

use holdfast_engine::{
    Extension, Global, Local, ModuleLoader, ModuleSource, Runtime, RuntimeOptions, Scope,
    StencilCache, Thrown,
};
use support::{Texts, World};

/// The message of the panic that `f` ends with.
fn panics(f: impl FnOnce()) -> String {
    let panic = catch_unwind(AssertUnwindSafe(f)).expect_err("a panic");
    match panic.downcast_ref::<&str>() {
        Some(text) => (*text).to_owned(),
        None => panic.downcast_ref::<String>().expect("a message").clone(),
    }
}

#[test]
fn an_outer_scope_rests_while_an_inner_one_is_open() {
    let world = World::new(vec![]);
    world.enter(|outer| {
        let before = outer.int(1);
        let message = panics(|| {
            world.enter(|inner| {
                assert_eq!(before.as_int(), Some(1));
                inner.object().unwrap();
                outer.object().unwrap();
            });
        });
        assert!(message.contains("scope"), "{message}");
        assert!(outer.object().is_ok());
    });
}

#[test]
fn values_of_one_realm_may_be_used_in_another() {
    let mut world = World::new(vec![]);
    let other = world
        .runtime
        .new_realm(Rc::clone(&world.texts) as Rc<_>, StencilCache::new())
        .unwrap();
    world.module(
        "f",
        "export default (o) => { o.list = [o.n]; return Promise.resolve(o) }",
    );
    let f = world.enter(|scope| {
        let f = support::import(scope, "f").unwrap();
        scope.persist(f)
    });
    let kept = world.runtime.enter(&other, |scope| {
        let context = scope.new_context(Rc::new("ours".to_owned())).unwrap();
        let object = scope.object().unwrap();
        let n = scope.int(7);
        scope.set(object, "n", n).unwrap();
        let f = scope.local(&f);
        let promise = scope
            .in_context(&context, |scope| scope.call(f, f, &[object]))
            .unwrap();
        support::drain(scope).unwrap();
        let result = scope.promise_result(promise);
        scope.persist(result)
    });
    drop(f);
    world.runtime.retire_realm(&world.realm);
    world.runtime.collect_garbage();
    world.runtime.enter(&other, |scope| {
        let object = scope.local(&kept);
        let list = scope.get(object, "list").unwrap();
        assert_eq!(scope.display(list), "7");
        assert!(scope.is_array(list));
    });
}

#[test]
fn a_retired_realm_runs_on_but_imports_nothing() {
    let mut runtime = support::runtime(&RuntimeOptions::default(), vec![]);
    let texts = Rc::new(Texts(RefCell::new(HashMap::new())));
    let text = "export default () => import('x').catch((e) => e.message)";
    texts.0.borrow_mut().insert("m".to_owned(), text.to_owned());
    texts
        .0
        .borrow_mut()
        .insert("x".to_owned(), "export default 1".to_owned());
    let old = runtime
        .new_realm(Rc::clone(&texts) as Rc<_>, StencilCache::new())
        .unwrap();
    let new = runtime
        .new_realm(Rc::clone(&texts) as Rc<_>, StencilCache::new())
        .unwrap();
    let f = runtime.enter(&old, |scope| {
        let f = support::import(scope, "m").unwrap();
        scope.persist(f)
    });
    runtime.retire_realm(&old);
    runtime.retire_realm(&old);
    assert!(panics(|| runtime.enter(&old, |_| ())).contains("retired"));
    drop(old);
    assert_eq!(
        Rc::strong_count(&texts),
        2,
        "the retired realm's loader is let go"
    );
    runtime.collect_garbage();
    runtime.enter(&new, |scope| {
        let f = scope.local(&f);
        let promise = scope.call(f, f, &[]).unwrap();
        support::drain(scope).unwrap();
        let message = scope.promise_result(promise);
        assert_eq!(
            scope.display(message),
            "this program has been replaced: it imports nothing more"
        );
    });
}

#[test]
fn the_memory_of_retired_realms_is_collected_and_not_asked_about() {
    let options = RuntimeOptions {
        heap_bytes_max: Some(64 << 20),
        ..RuntimeOptions::default()
    };
    let mut world = World::with_options(&options, vec![]);
    let owned = Rc::new(());
    for _ in 0..3 {
        world.enter(|scope| {
            let host = scope.wrap(Rc::clone(&owned)).unwrap();
            let global = scope.global();
            scope.set(global, "host", host).unwrap();
        });
        world.runtime.retire_realm(&world.realm);
        world.runtime.collect_garbage();
        assert_eq!(
            Rc::strong_count(&owned),
            1,
            "what the retired realm held is collected"
        );
        let loader = Rc::clone(&world.texts) as Rc<_>;
        world.realm = world
            .runtime
            .new_realm(loader, StencilCache::new())
            .unwrap();
        assert_eq!(
            world
                .run("let a; for (let i = 0; i < 1000; i++) a = [i]; export default 'fine'")
                .unwrap(),
            "fine"
        );
        world.runtime.collect_garbage(); // the nursery too, after which memory is looked at
    }
}

#[test]
fn bytes_in_view_cannot_be_pulled_away() {
    let world = World::new(vec![]);
    world.enter(|scope| {
        let buffer = scope.array_buffer([1, 2, 3]).unwrap();
        let message = panics(|| {
            scope.with_bytes(buffer, |bytes| {
                world.enter(|scope| scope.object().map(|_| ())).unwrap();
                bytes.len()
            });
        });
        assert!(
            message.contains("entered from where it cannot be"),
            "{message}"
        );
        assert_eq!(scope.bytes(buffer).unwrap(), [1, 2, 3]);
    });
    world.enter(|scope| assert!(scope.object().is_ok()));
}

struct EntersWhenDropped(Weak<World>, Rc<Cell<bool>>);

impl Drop for EntersWhenDropped {
    fn drop(&mut self) {
        self.1.set(true);
        if let Some(world) = self.0.upgrade() {
            world.enter(|scope| scope.object().map(|_| ())).unwrap();
        }
    }
}

#[test]
fn a_collection_cannot_be_entered_and_a_panic_in_it_ends_the_turn() {
    let world = Rc::new(World::new(vec![]));
    world.module(
        "busy",
        "export default () => { let a; for (let i = 0; i < 100; i++) a = [i, a && a[0]]; }",
    );
    let dropped = Rc::new(Cell::new(false));
    world.enter(|scope| {
        let busy = support::import(scope, "busy").unwrap();
        let host = EntersWhenDropped(Rc::downgrade(&world), Rc::clone(&dropped));
        scope
            .nest(|scope| scope.wrap(Rc::new(host)).map(|_| ()))
            .unwrap();
        let mut rounds = 0;
        let ended = loop {
            // Told that each weighs something, the collector comes round soon.
            scope
                .nest(|scope| (0..4000).try_for_each(|_| scope.wrap(Rc::new(0)).map(|_| ())))
                .unwrap();
            let result = scope.nest(|scope| scope.call(busy, busy, &[]).map(|_| ()));
            rounds += 1;
            assert!(rounds < 1000, "the collector never came");
            if result.is_err() {
                break result;
            }
        };
        assert_eq!(ended, Err(Thrown));
        assert!(dropped.get());
        assert!(scope.try_take_exception().is_none());
        assert!(
            scope
                .take_panic()
                .unwrap()
                .contains("entered from where it cannot be")
        );
        assert!(scope.call(busy, busy, &[]).is_ok());
    });
}

struct Holds(#[expect(dead_code, reason = "held to be dropped")] Global);

#[test]
fn host_objects_may_hold_globals_to_the_end() {
    let mut world = World::new(vec![]);
    world.enter(|scope| {
        for n in 0..500 {
            scope.nest(|scope| {
                let object = scope.object().unwrap();
                let held = Rc::new(Holds(scope.persist(object)));
                let host = scope.wrap(held).unwrap();
                // A third stays reachable until the runtime ends.
                if n % 3 == 0 {
                    let global = scope.global();
                    scope.set(global, &format!("kept{n}"), host).unwrap();
                }
            });
        }
    });
    world.runtime.collect_garbage();
    world.enter(|scope| assert!(scope.object().is_ok()));
}

#[test]
fn no_number_is_taken_for_a_pointer() {
    let world = World::new(vec![]);
    world.enter(|scope| {
        for bits in [
            u64::MAX,
            0xfffe_0000_dead_bee8,
            0xfff9_0000_0000_0001,
            0x7ff0_0000_0000_0001,
        ] {
            let value = scope.number(f64::from_bits(bits));
            assert!(value.is_number() && value.as_number().unwrap().is_nan());
        }
    });
}

#[test]
fn wrong_kinds_of_objects_are_refused() {
    let world = World::new(vec![]);
    world.module("f", "export default () => {}");
    world.enter(|scope| {
        let f = support::import(scope, "f").unwrap();
        let object = scope.object().unwrap();
        let kept = scope.persist(object);
        assert!(panics(|| scope.in_context(&kept, |_| ())).contains("not a context"));
        assert!(panics(|| _ = scope.on_settled(object, f, f)).contains("promise"));
        let (promise, _resolver) = scope.promise().unwrap();
        assert!(panics(|| _ = scope.on_settled(promise, f, object)).contains("function"));
        assert!(scope.on_settled(promise, f, f).is_ok());
        assert_eq!(scope.try_unwrap::<String>(promise), None);
    });
}

#[test]
fn a_thread_has_one_runtime_and_enough_stack() {
    let world = World::new(vec![]);
    let options = RuntimeOptions::default();
    assert!(panics(|| drop(Runtime::new(&options, vec![]))).contains("already"));
    assert_eq!(world.run("export default 1").unwrap(), "1");
    let thread = std::thread::Builder::new()
        .stack_size(1 << 20)
        .spawn(move || panics(|| drop(Runtime::new(&options, vec![]))));
    assert!(thread.unwrap().join().unwrap().contains("stack"));
}

struct Broken;

impl ModuleLoader for Broken {
    fn resolve(&self, _: &str, specifier: &str) -> Result<String, String> {
        Ok(specifier.to_owned())
    }

    fn load(&self, key: &str) -> Result<ModuleSource, String> {
        let code = match key {
            "static" => "import 'bug'",
            "dynamic" => {
                "export default () => { try { import('bug'); for (;;) {} } catch { globalThis.caught = 1 } }"
            }
            "meta" => {
                "export default () => { try { return import.meta } catch { globalThis.caught = 1 } }"
            }
            _ => panic!("a bug in the loader"),
        };
        Ok(ModuleSource {
            code: code.into(),
            file: key.to_owned(),
        })
    }

    fn meta(&self, _: &mut Scope<'_>, _: &str, _: Local<'_>) -> Result<(), Thrown> {
        panic!("a bug in the loader")
    }
}

#[test]
fn a_panic_in_a_loader_ends_the_turn() {
    let runtime = support::runtime(&RuntimeOptions::default(), vec![]);
    let realm = runtime
        .new_realm(Rc::new(Broken), StencilCache::new())
        .unwrap();
    runtime.enter(&realm, |scope| {
        assert!(scope.import("static").is_err());
        assert!(scope.try_take_exception().is_none());
        assert_eq!(scope.take_panic().as_deref(), Some("a bug in the loader"));
        for key in ["dynamic", "meta"] {
            let f = support::import(scope, key).unwrap();
            assert!(scope.call(f, f, &[]).is_err(), "{key}");
            assert!(scope.try_take_exception().is_none(), "{key}");
            assert_eq!(
                scope.take_panic().as_deref(),
                Some("a bug in the loader"),
                "{key}"
            );
            scope.discard_jobs();
        }
        let global = scope.global();
        assert!(scope.get(global, "caught").unwrap().is_undefined());
    });
}

#[test]
fn compiled_code_is_shared_by_threads_and_outlives_runtimes() {
    let stencils = StencilCache::new();
    // Long enough for SpiderMonkey to compress the text behind the program's back.
    let body = "// a line of text to be compressed\n".repeat(200);
    let code =
        format!("export default () => {{ function deep() {{ return 42 }} {body} return deep() }}");
    for _ in 0..3 {
        let together = Arc::new(Barrier::new(4));
        let threads: Vec<_> = (0..4)
            .map(|_| {
                let (stencils, code, together) =
                    (stencils.clone(), code.clone(), Arc::clone(&together));
                std::thread::spawn(move || {
                    let mut runtime = support::runtime(&RuntimeOptions::default(), vec![]);
                    let texts =
                        Rc::new(Texts(RefCell::new(HashMap::from([("m".to_owned(), code)]))));
                    let realm = runtime.new_realm(texts, stencils).unwrap();
                    together.wait();
                    let f = runtime.enter(&realm, |scope| {
                        let f = support::import(scope, "m").unwrap();
                        scope.persist(f)
                    });
                    for _ in 0..6 {
                        runtime.collect_garbage();
                    }
                    runtime.enter(&realm, |scope| {
                        let f = scope.local(&f);
                        let result = scope.call(f, f, &[]).unwrap();
                        assert!(scope.to_string(f).unwrap().contains("to be compressed"));
                        result.as_int()
                    })
                })
            })
            .collect();
        for thread in threads {
            assert_eq!(thread.join().unwrap(), Some(42));
        }
    }
}

#[test]
fn a_termination_may_come_too_late() {
    let world = World::new(vec![]);
    let termination = world.runtime.termination();
    drop(world);
    termination.terminate();
}

#[test]
fn a_job_may_drain_the_queue() {
    let extension = Extension::new("t")
        .op("op_drain", 0, |scope, _| {
            let report = scope.run_jobs(&mut |_| ());
            Ok(scope.number(report.ran as f64))
        })
        .module("t/m", "import { op_drain } from 'holdfast:ops'; export const log = []; export default () => { \
            Promise.resolve().then(() => { log.push('a'); log.push(op_drain()); log.push('c') }); \
            Promise.resolve().then(() => log.push('b')); return log }");
    let world = World::new(vec![extension]);
    world.enter(|scope| {
        let f = support::import(scope, "holdfast:t/m").unwrap();
        let log = scope.call(f, f, &[]).unwrap();
        support::drain(scope).unwrap();
        assert!(!scope.has_jobs());
        let text = scope.display(log);
        assert!(text.starts_with("a,b,") && text.ends_with(",c"), "{text}");
    });
}

#[test]
fn property_names_are_any_text() {
    let world = World::new(vec![]);
    world.module("o", "export default { Größe: 1, '🦀': 2, 'a\\0b': 3 }");
    world.enter(|scope| {
        let object = support::import(scope, "o").unwrap();
        for (name, expected) in [("Größe", 1), ("🦀", 2), ("a\0b", 3)] {
            assert_eq!(
                scope.get(object, name).unwrap().as_int(),
                Some(expected),
                "{name}"
            );
            assert!(scope.has(object, name).unwrap());
            let copy = scope.object().unwrap();
            let value = scope.int(expected);
            scope.set(copy, name, value).unwrap();
            scope.define(copy, name, value).unwrap();
            assert_eq!(scope.own_keys(copy).unwrap(), [name]);
        }
    });
}

#[test]
fn operations_see_all_their_arguments() {
    let extension = Extension::new("t")
        .op("op_count", 0, |scope, args| {
            assert_eq!(args.get(args.len() - 1).as_int(), Some(args.len() as i32 - 1));
            assert!(args.get(args.len()).is_undefined());
            Ok(scope.number(args.len() as f64))
        })
        .module("t/m", "import { op_count } from 'holdfast:ops'; export default op_count(...Array(500).keys())");
    let world = World::new(vec![extension]);
    world.enter(|scope| {
        let count = support::import(scope, "holdfast:t/m").unwrap();
        assert_eq!(count.as_int(), Some(500));
    });
}

#[test]
fn what_a_weak_reference_was_asked_for_is_let_go_after_the_jobs() {
    let mut world = World::new(vec![]);
    world.module("w", "let o = { big: 1 }; const w = new WeakRef(o); o = undefined; export default () => typeof w.deref()");
    let f = world.enter(|scope| {
        let f = support::import(scope, "w").unwrap();
        scope.call(f, f, &[]).unwrap();
        support::drain(scope).unwrap();
        scope.persist(f)
    });
    world.runtime.collect_garbage();
    world.enter(|scope| {
        let f = scope.local(&f);
        let kind = scope.call(f, f, &[]).unwrap();
        assert_eq!(scope.display(kind), "undefined");
    });
}
