//! Loading, linking and evaluating ES modules.

mod support;
use holdfast_engine::Extension;
use support::World;

#[test]
fn a_module_evaluates_and_its_exports_are_read() {
    let world = World::new(vec![]);
    assert_eq!(world.run("export default 6 * 7").unwrap(), "42");
}

#[test]
fn static_imports_and_cycles_link() {
    let world = World::new(vec![]);
    world.module(
        "a",
        "import { b } from 'b'; export const a = 'a'; export function viaB() { return b(); }",
    );
    world.module(
        "b",
        "import { a } from 'a'; export function b() { return a + 'b'; }",
    );
    assert_eq!(
        world
            .run("import { viaB } from 'a'; export default viaB();")
            .unwrap(),
        "ab"
    );
}

#[test]
fn a_missing_module_is_an_error_that_names_it() {
    let world = World::new(vec![]);
    let error = world.run("import 'nowhere'; export default 1").unwrap_err();
    assert!(error.contains("cannot find nowhere"), "{error}");
}

#[test]
fn a_missing_export_is_a_syntax_error() {
    let world = World::new(vec![]);
    world.module("a", "export const x = 1");
    let error = world
        .run("import { y } from 'a'; export default y")
        .unwrap_err();
    assert!(
        error.starts_with("SyntaxError") && error.contains('y'),
        "{error}"
    );
}

#[test]
fn dynamic_import_loads_dependencies() {
    let world = World::new(vec![]);
    world.module("leaf", "export const leaf = 'leaf'");
    world.module(
        "mid",
        "import { leaf } from 'leaf'; export const mid = leaf + '!'",
    );
    let code = "export default import('mid').then((m) => m.mid)";
    assert_eq!(world.run(code).unwrap(), "leaf!");
}

#[test]
fn a_failed_dynamic_import_rejects() {
    let world = World::new(vec![]);
    let code = "export default import('gone').catch((e) => 'caught ' + e.message)";
    assert_eq!(
        world.run(code).unwrap(),
        "caught cannot find gone from main0"
    );
    world.module("deep", "import 'gone2'; export default 1");
    let code = "export default import('deep').catch((e) => 'caught ' + e.message)";
    assert_eq!(
        world.run(code).unwrap(),
        "caught cannot find gone2 from deep"
    );
}

#[test]
fn top_level_await_settles_before_importers_run() {
    let world = World::new(vec![]);
    world.module("slow", "export let v = 0; await null; v = 9;");
    assert_eq!(
        world
            .run("import { v } from 'slow'; export default v")
            .unwrap(),
        "9"
    );
}

#[test]
fn import_meta_is_the_loaders() {
    let world = World::new(vec![]);
    assert_eq!(
        world.run("export default import.meta.url").unwrap(),
        "file:///main0"
    );
}

#[test]
fn own_modules_import_each_other_and_the_operations() {
    let extension = Extension::new("t")
        .op("op_twice", 1, |scope, args| {
            let n = scope.to_number(args.get(0))?;
            Ok(scope.number(n * 2.0))
        })
        .module(
            "t/lib",
            "import { op_twice } from 'holdfast:ops'; export const four = op_twice(2);",
        )
        .module(
            "t/main",
            "import { four } from './lib.js'; export default four;",
        );
    let world = World::new(vec![extension]);
    let value = world.enter(|scope| {
        let value = support::import(scope, "holdfast:t/main").unwrap();
        value.as_number()
    });
    assert_eq!(value, Some(4.0));
}

#[test]
fn a_missing_operation_is_noticed_when_linking() {
    let extension = Extension::new("t").module(
        "t/main",
        "import { op_gone } from 'holdfast:ops'; export default 1;",
    );
    let world = World::new(vec![extension]);
    let message = world.enter(|scope| {
        assert!(support::import(scope, "holdfast:t/main").is_err());
        let error = scope.take_exception();
        scope.display(error)
    });
    assert!(message.contains("op_gone"), "{message}");
}

#[test]
fn a_syntax_error_names_file_and_line() {
    let world = World::new(vec![]);
    world.module("bad", "let a = 1;\nlet b = = 2;");
    world.enter(|scope| {
        assert!(support::import(scope, "bad").is_err());
        let error = scope.take_exception();
        let file = scope.get(error, "fileName").unwrap();
        let line = scope.get(error, "lineNumber").unwrap();
        assert_eq!(scope.display(file), "bad.js");
        assert_eq!(line.as_int(), Some(2));
    });
}

#[test]
fn modules_compiled_beforehand_are_imported_like_others() {
    let world = World::new(vec![]);
    world.module("good", "import { one } from 'one'; export default one + 1;");
    world.module("one", "export const one = 1;");
    world.module("bad", "let a = 1;\nlet b = = 2;");
    world.enter(|scope| {
        let keys = ["bad", "good", "one", "nowhere"].map(str::to_owned);
        scope.prepare_modules(keys).unwrap();
        let two = support::import(scope, "good").unwrap();
        assert_eq!(two.as_int(), Some(2));
        assert!(support::import(scope, "bad").is_err());
        let error = scope.take_exception();
        let line = scope.get(error, "lineNumber").unwrap();
        assert_eq!(line.as_int(), Some(2));
    });
}

#[test]
fn threads_that_load_the_same_modules_share_the_work() {
    const COUNT: usize = 200;
    let stencils = holdfast_engine::StencilCache::new();
    let threads: Vec<_> = (0..4)
        .map(|_| {
            let stencils = stencils.clone();
            std::thread::spawn(move || {
                let world = World::with_stencils(stencils);
                for i in 0..COUNT {
                    world.module(&format!("m{i}"), &format!("export default {i};"));
                }
                world.enter(|scope| {
                    let keys = (0..COUNT).map(|i| format!("m{i}"));
                    scope.prepare_modules(keys).unwrap();
                    let numbers = (0..COUNT).map(|i| {
                        let number = support::import(scope, &format!("m{i}")).unwrap();
                        number.as_int().unwrap()
                    });
                    numbers.sum::<i32>()
                })
            })
        })
        .collect();
    for thread in threads {
        let sum = thread.join().unwrap();
        assert_eq!(sum, (COUNT * (COUNT - 1) / 2) as i32);
    }
}
