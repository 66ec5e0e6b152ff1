//! Promises, jobs, async context, rejections, limits.

mod support;
use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use holdfast_engine::{Extension, RuntimeOptions, Thrown};
use support::World;

#[test]
fn promises_are_settled_from_rust() {
    let world = World::new(vec![]);
    world.module("m", "globalThis.log = []; export default (p) => p.then((v) => log.push('ok ' + v), (e) => log.push('no ' + e))");
    let (first, second) = world.enter(|scope| {
        let f = support::import(scope, "m").unwrap();
        let (p1, r1) = scope.promise().unwrap();
        let (p2, r2) = scope.promise().unwrap();
        scope.call(f, f, &[p1]).unwrap();
        scope.call(f, f, &[p2]).unwrap();
        (r1, r2)
    });
    world.enter(|scope| {
        let one = scope.int(1);
        let two = scope.int(2);
        second.reject(scope, two).unwrap();
        first.resolve(scope, one).unwrap();
        support::drain(scope).unwrap();
        let global = scope.global();
        let log = scope.get(global, "log").unwrap();
        assert_eq!(scope.display(log), "no 2,ok 1");
    });
}

#[test]
fn jobs_run_in_the_context_of_their_reaction() {
    let seen = Rc::new(RefCell::new(Vec::<String>::new()));
    let extension = Extension::new("t").op("op_who", 0, |scope, _| {
        let seen = scope.state::<RefCell<Vec<String>>>();
        let who = scope.context::<String>().map_or("nobody".to_owned(), |who| (*who).clone());
        seen.borrow_mut().push(who);
        Ok(scope.undefined())
    }).module("t/m", "import { op_who } from 'holdfast:ops'; export default async (p) => { op_who(); await p; op_who(); await null; op_who(); }");
    let world = World::new(vec![extension]);
    world.runtime.put_state(Rc::clone(&seen));
    world.enter(|scope| {
        let f = support::import(scope, "holdfast:t/m").unwrap();
        let (promise, resolver) = scope.promise().unwrap();
        for name in ["ann", "bob"] {
            let context = scope.new_context(Rc::new(name.to_owned())).unwrap();
            scope.in_context(&context, |scope| scope.call(f, f, &[promise]).unwrap());
        }
        scope.call(f, f, &[promise]).unwrap();
        let value = scope.undefined();
        // Settled by a third party: the continuations still belong to who awaited, and nobody's to
        // whoever settled them.
        let other = scope.new_context(Rc::new("other".to_owned())).unwrap();
        scope
            .in_context(&other, |scope| resolver.resolve(scope, value))
            .unwrap();
        support::drain(scope).unwrap();
        assert!(scope.context::<String>().is_none());
    });
    assert_eq!(
        *seen.borrow(),
        [
            "ann", "bob", "nobody", "ann", "bob", "other", "ann", "bob", "other"
        ]
    );
}

/// Notes the name that the context carries and what the program says.
fn log_extension(program: &'static str) -> (Extension, Rc<RefCell<Vec<String>>>) {
    let seen = Rc::new(RefCell::new(Vec::<String>::new()));
    let extension = Extension::new("t")
        .op("op_log", 1, |scope, args| {
            let who = scope
                .context::<String>()
                .map_or("nobody".to_owned(), |who| (*who).clone());
            let what = scope.display(args.get(0));
            let seen = scope.state::<RefCell<Vec<String>>>();
            seen.borrow_mut().push(format!("{who} {what}"));
            Ok(scope.undefined())
        })
        .module("t/m", program);
    (extension, seen)
}

#[test]
fn awaits_of_what_is_settled_need_no_jobs_when_nothing_else_waits() {
    let (extension, seen) = log_extension(
        "import { op_log } from 'holdfast:ops';
        const one = async () => 1;
        export default async () => {
            let sum = 0;
            for (let i = 0; i < 100; i++) sum += (await one()) + (await 1) + (await Promise.resolve(1));
            op_log(sum);
        };",
    );
    let world = World::new(vec![extension]);
    world.runtime.put_state(Rc::clone(&seen));
    world.enter(|scope| {
        let f = support::import(scope, "holdfast:t/m").unwrap();
        let ann = scope.new_context(Rc::new("ann".to_owned())).unwrap();
        scope.in_context(&ann, |scope| scope.call(f, f, &[]).unwrap());
        let report = scope.run_jobs(&mut |_| panic!("a job threw"));
        assert!(!report.terminated);
        assert!(report.ran < 10, "{} jobs", report.ran);
    });
    assert_eq!(*seen.borrow(), ["ann 300"]);
}

#[test]
fn jobs_keep_their_order_and_context_between_awaits_that_need_none() {
    let (extension, seen) = log_extension(
        "import { op_log } from 'holdfast:ops';
        export const main = async (p) => {
            await null; await null; op_log(1);
            Promise.resolve().then(() => op_log(2));
            await null; op_log(3);
            await null; op_log(4);
            const other = (async () => { op_log(5); await null; op_log(7); await null; op_log(9); })();
            op_log(6); await null; op_log(8); await null; op_log(10);
            await other; op_log(11);
            await null; op_log(12);
            try { await Promise.reject(13); } catch (e) { op_log(e); }
            await { then(f) { op_log(14); f(); } }; op_log(15);
            await p; op_log('p'); await null; op_log('end');
        };
        export const bystander = async (p) => {
            await p; op_log('p'); await null; op_log('after'); await null; op_log('end');
        };",
    );
    let world = World::new(vec![extension]);
    world.runtime.put_state(Rc::clone(&seen));
    world.enter(|scope| {
        let (namespace, _) = scope.import("holdfast:t/m").unwrap();
        let main = scope.get(namespace, "main").unwrap();
        let bystander = scope.get(namespace, "bystander").unwrap();
        let (promise, resolver) = scope.promise().unwrap();
        let ann = scope.new_context(Rc::new("ann".to_owned())).unwrap();
        let bob = scope.new_context(Rc::new("bob".to_owned())).unwrap();
        scope.in_context(&ann, |scope| scope.call(main, main, &[promise]).unwrap());
        scope.run_jobs(&mut |_| panic!("a job threw"));
        let alone: Vec<String> = (1..=15).map(|step| format!("ann {step}")).collect();
        assert_eq!(*seen.borrow(), alone);
        seen.borrow_mut().clear();
        scope.in_context(&bob, |scope| {
            scope.call(bystander, bystander, &[promise]).unwrap()
        });
        let value = scope.undefined();
        resolver.resolve(scope, value).unwrap();
        scope.run_jobs(&mut |_| panic!("a job threw"));
        assert!(scope.context::<String>().is_none());
    });
    assert_eq!(
        *seen.borrow(),
        ["ann p", "bob p", "ann end", "bob after", "bob end"]
    );
}

#[test]
fn what_is_no_job_queues_its_awaits_also_after_a_drain() {
    let (extension, seen) = log_extension(
        "import { op_log } from 'holdfast:ops';
        export default async (what) => { op_log(what); await null; op_log(what); await null; op_log(what); };",
    );
    let world = World::new(vec![extension]);
    world.runtime.put_state(Rc::clone(&seen));
    world.enter(|scope| {
        let f = support::import(scope, "holdfast:t/m").unwrap();
        let ann = scope.new_context(Rc::new("ann".to_owned())).unwrap();
        for _ in 0..2 {
            scope.in_context(&ann, |scope| {
                for what in [1, 2] {
                    let what = scope.int(what);
                    scope.call(f, f, &[what]).unwrap();
                }
            });
            scope.run_jobs(&mut |_| panic!("a job threw"));
        }
    });
    let round = ["ann 1", "ann 2"];
    assert_eq!(*seen.borrow(), [round; 6].concat());
}

#[test]
fn context_values_nest_and_come_back() {
    let world = World::new(vec![]);
    world.enter(|scope| {
        assert!(scope.context_value().is_undefined());
        let one = scope.int(1);
        let inner = scope
            .with_context_value(one, |scope| {
                let two = scope.int(2);
                let deep = scope
                    .with_context_value(two, |scope| scope.context_value().as_int())
                    .unwrap();
                (deep, scope.context_value().as_int())
            })
            .unwrap();
        assert_eq!(inner, (Some(2), Some(1)));
        assert!(scope.context_value().is_undefined());
    });
}

#[test]
fn a_context_with_another_value_belongs_to_whom_the_first_one_does() {
    let seen = Rc::new(RefCell::new(Vec::<String>::new()));
    let extension = Extension::new("t")
        .op("op_with", 2, |scope, args| {
            scope.with_context_value(args.get(0), |scope| {
                let nothing = scope.undefined();
                scope.call(args.get(1), nothing, &[])
            })?
        })
        .op("op_note", 0, |scope, _| {
            let who = scope
                .context::<String>()
                .map_or("nobody".to_owned(), |who| (*who).clone());
            let data = scope.context_data().is_some();
            let value = scope.context_value();
            let value = scope.display(value);
            let seen = scope.state::<RefCell<Vec<String>>>();
            seen.borrow_mut().push(format!("{who} {data} {value}"));
            Ok(scope.undefined())
        })
        .module(
            "t/m",
            "import { op_note, op_with } from 'holdfast:ops';
             export default (p) => op_with({ toString: () => 'outer' }, async () => {
                 op_note();
                 op_with('inner', () => p.then(op_note));
                 for (let i = 0; i < 100; i++) op_with({}, async () => { await p; });
                 await p;
                 op_note();
                 await null;
                 op_note();
             })",
        );
    let mut world = World::new(vec![extension]);
    world.runtime.put_state(Rc::clone(&seen));
    let (resolver, kept) = world.enter(|scope| {
        let f = support::import(scope, "holdfast:t/m").unwrap();
        let (promise, resolver) = scope.promise().unwrap();
        let ann = scope.new_context(Rc::new("ann".to_owned())).unwrap();
        scope.in_context(&ann, |scope| scope.call(f, f, &[promise]).unwrap());
        scope.call(f, f, &[promise]).unwrap();
        // A handle on such a context, kept across a collection.
        let kept = scope.in_context(&ann, |scope| {
            let three = scope.int(3);
            scope
                .with_context_value(three, |scope| scope.current_context())
                .unwrap()
        });
        (resolver, kept.unwrap())
    });
    world.runtime.collect_garbage();
    world.enter(|scope| {
        let value = scope.undefined();
        resolver.resolve(scope, value).unwrap();
        support::drain(scope).unwrap();
        let (who, value) = scope.in_context(&kept, |scope| {
            (scope.context::<String>(), scope.context_value().as_int())
        });
        assert_eq!((who.unwrap().as_str(), value), ("ann", Some(3)));
    });
    let expected: Vec<String> = [
        "ann true outer",
        "nobody false outer",
        "ann true inner",
        "ann true outer",
        "nobody false inner",
        "nobody false outer",
        "ann true outer",
        "nobody false outer",
    ]
    .map(str::to_owned)
    .into();
    assert_eq!(*seen.borrow(), expected);
}

#[test]
fn unhandled_rejections_are_reported_once() {
    let world = World::new(vec![]);
    world.run("globalThis.p = Promise.reject(new Error('lost')); Promise.reject(1).catch(() => {}); export default 1").unwrap();
    world.enter(|scope| {
        let events = scope.take_rejections();
        assert_eq!(events.len(), 1);
        assert!(!events[0].handled);
        let promise = scope.local(&events[0].promise);
        let reason = scope.promise_result(promise);
        assert_eq!(scope.display(reason), "Error: lost");
    });
    world.run("p.catch(() => {}); export default 1").unwrap();
    world.enter(|scope| {
        let events = scope.take_rejections();
        assert_eq!(
            events.iter().map(|event| event.handled).collect::<Vec<_>>(),
            [true]
        );
    });
}

#[test]
fn a_runaway_loop_ends_at_its_cpu_limit_and_the_realm_goes_on() {
    let world = World::new(vec![]);
    world.module("loop", "export default () => { try { for (;;) {} } catch { globalThis.caught = 1 } finally { globalThis.finallyRan = 1 } }");
    world.enter(|scope| {
        let f = support::import(scope, "loop").unwrap();
        let ended = scope.with_cpu_limit(Duration::from_millis(50), |scope| {
            scope.call(f, f, &[]).map(|_| ())
        });
        assert_eq!(ended, Err(Thrown));
        assert!(
            scope.try_take_exception().is_none(),
            "a termination is not an exception"
        );
        assert!(scope.take_cpu_overrun());
    });
    assert_eq!(
        world
            .run("export default String([globalThis.caught, globalThis.finallyRan])")
            .unwrap(),
        ","
    );
}

#[test]
fn a_runaway_job_ends_too_and_leaves_the_other_jobs() {
    let world = World::new(vec![]);
    world.module("m", "export default () => { Promise.resolve().then(() => { for (;;) {} }); Promise.resolve().then(() => { globalThis.after = 1 }); }");
    world.enter(|scope| {
        let f = support::import(scope, "m").unwrap();
        scope.call(f, f, &[]).unwrap();
        let report = scope.with_cpu_limit(Duration::from_millis(50), |scope| {
            scope.run_jobs(&mut |_| {})
        });
        assert!(report.terminated);
        assert_eq!(scope.discard_jobs(), 1);
    });
    assert_eq!(
        world.run("export default typeof globalThis.after").unwrap(),
        "undefined"
    );
}

#[test]
fn another_thread_can_terminate() {
    let world = World::new(vec![]);
    world.module("loop", "export default () => { for (;;) {} }");
    let termination = world.runtime.termination();
    world.enter(|scope| {
        let f = support::import(scope, "loop").unwrap();
        let thread = std::thread::spawn(move || termination.terminate());
        assert!(scope.call(f, f, &[]).is_err());
        thread.join().unwrap();
        assert!(!scope.take_cpu_overrun());
    });
}

#[test]
fn a_panic_in_an_operation_is_not_catchable_and_is_told() {
    let extension = Extension::new("t").op("op_panic", 0, |_, _| panic!("a bug in the host"))
        .module("t/m", "import { op_panic } from 'holdfast:ops'; export default () => { try { op_panic() } catch { globalThis.caught = 1 } }");
    let world = World::new(vec![extension]);
    world.enter(|scope| {
        let f = support::import(scope, "holdfast:t/m").unwrap();
        assert!(scope.call(f, f, &[]).is_err());
        assert!(scope.try_take_exception().is_none());
        assert_eq!(scope.take_panic().as_deref(), Some("a bug in the host"));
    });
    assert_eq!(
        world
            .run("export default typeof globalThis.caught")
            .unwrap(),
        "undefined"
    );
}

#[test]
fn a_heap_limit_stops_a_hungry_script_and_the_realm_goes_on() {
    let options = RuntimeOptions {
        heap_bytes_max: Some(64 << 20),
        ..RuntimeOptions::default()
    };
    let world = World::with_options(&options, vec![]);
    let error = world.run("const all = []; for (;;) all.push({ a: [1, 2, 3], b: 'x' + all.length }); export default 1").unwrap_err();
    assert_eq!(error, "terminated");
    world.enter(|scope| assert!(scope.take_memory_overrun()));
    let error = world
        .run("const all = []; for (;;) all.push(new Uint8Array(1 << 20).fill(1)); export default 1")
        .unwrap_err();
    assert_eq!(error, "terminated");
    assert_eq!(world.run("export default 'alive'").unwrap(), "alive");
}

#[test]
fn deep_recursion_is_a_range_error_not_a_crash() {
    let world = World::new(vec![]);
    let result = world.run("function f() { return f() + 1 } let r; try { f() } catch (e) { r = e.constructor.name } export default r").unwrap();
    assert!(
        result == "InternalError" || result == "RangeError",
        "{result}"
    );
}

#[test]
fn a_runtime_that_was_shrunk_goes_on() {
    let world = World::new(vec![]);
    world
        .run("globalThis.kept = [1, 2, { three: 3 }]; export default 1")
        .unwrap();
    let kept = world.enter(|scope| {
        let global = scope.global();
        let kept = scope.get(global, "kept").unwrap();
        scope.persist(kept)
    });
    world.runtime.shrink();
    world.enter(|scope| {
        let kept = scope.local(&kept);
        let third = scope.get(kept, "2").unwrap();
        let three = scope.get(third, "three").unwrap();
        assert_eq!(three.as_int(), Some(3));
    });
    assert_eq!(
        world
            .run("export default JSON.stringify(kept) + (() => 1)()")
            .unwrap(),
        "[1,2,{\"three\":3}]1"
    );
}
