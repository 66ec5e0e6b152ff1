//! Code that one runtime has compiled and another one finds.

mod support;
use std::sync::Arc;

use holdfast_engine::{CodeCache, CodeChanges, RuntimeOptions};
use support::World;

const DEPENDENCY: &str = r#"
/** All that a compiler has a form of its own for. */
export class Counter {
  #count = 1n;
  static { Counter.made = 0; }
  constructor() { Counter.made++; }
  get count() { return this.#count; }
  add(by = 2n) { this.#count += by; return this; }
  static *upTo(n) { for (let i = 0; i < n; i++) yield i; }
}
export const tagged = (parts, ...values) => parts.raw.join("|") + values.join();
export const pattern = /(?<year>\d{4})-ä/u;
export async function later(value) { await null; return value; }
export function thrower() { throw new Error("here"); }
"#;

const MAIN: &str = r#"
import { Counter, later, pattern, tagged, thrower } from "dependency";
const parts = [];
parts.push(new Counter().add().add(3n).count, Counter.made, [...Counter.upTo(3)].join());
parts.push(tagged`a${1}\n${2}b`, "2026-ä".match(pattern).groups.year, { 1: "x", ["y"]: "ü😀" }.y);
parts.push(thrower.toString(), Counter.toString().length);
try { thrower(); } catch (error) { parts.push(error.stack.split("\n").slice(0, 2).join("/")); }
export default later(parts.join(";"));
"#;

/// Runs the program in a runtime of its own, on a thread of its own.
fn run(code: &Arc<CodeCache>, main: &'static str) -> Result<String, String> {
    let code = Arc::clone(code);
    let thread = std::thread::spawn(move || {
        let options = RuntimeOptions {
            code: Some(code),
            ..RuntimeOptions::default()
        };
        let world = World::with_options(&options, vec![]);
        world.module("dependency", DEPENDENCY);
        let result = world.run(main);
        // What the world still holds is in use.
        let changes = options.code.expect("given above").take_changes();
        result.map(|text| (text, changes))
    });
    let (text, changes) = thread.join().expect("the thread ends well")?;
    CHANGES.with(|last| last.replace(changes));
    Ok(text)
}

thread_local! {
    static CHANGES: std::cell::RefCell<CodeChanges> = std::cell::RefCell::default();
}

fn changes() -> CodeChanges {
    CHANGES.with(std::cell::RefCell::take)
}

fn kept(changes: &CodeChanges) -> Arc<CodeCache> {
    let added = changes.added.iter();
    Arc::new(CodeCache::with(
        added.map(|(digest, bytes)| (*digest, bytes.to_vec())),
    ))
}

#[test]
fn a_program_runs_the_same_from_stored_code() {
    let fresh = run(&Arc::default(), MAIN).unwrap();
    let stored = changes();
    assert_eq!(stored.added.len(), 2);
    assert!(stored.unused.is_empty());
    assert!(
        fresh.starts_with("6;1;0,1,2;a|\\n|b1,2;2026;ü😀;function thrower()"),
        "{fresh}"
    );

    let again = run(&kept(&stored), MAIN).unwrap();
    assert_eq!(again, fresh);
    assert_eq!(changes(), CodeChanges::default(), "all was found");
}

#[test]
fn what_a_program_does_not_use_any_more_goes() {
    run(&Arc::default(), MAIN).unwrap();
    let stored = changes();
    let text = run(
        &kept(&stored),
        "export default import('dependency').then(() => 'other')",
    );
    assert_eq!(text.as_deref(), Ok("other"));
    let after = changes();
    assert_eq!(after.added.len(), 1, "the new main module");
    assert_eq!(after.unused.len(), 1, "the old one");
    assert!(
        stored
            .added
            .iter()
            .any(|(digest, _)| *digest == after.unused[0])
    );
}

#[test]
fn damaged_code_is_compiled_again() {
    let fresh = run(&Arc::default(), MAIN).unwrap();
    let stored = changes();
    // Each byte counts; some of every part of it.
    for step in 0..40 {
        let damaged = CodeChanges {
            added: stored
                .added
                .iter()
                .map(|(digest, bytes)| {
                    let mut bytes = bytes.to_vec();
                    let at = step * bytes.len() / 40;
                    bytes[at] ^= 0x10;
                    (*digest, bytes.into())
                })
                .collect(),
            unused: Vec::new(),
        };
        assert_eq!(run(&kept(&damaged), MAIN).unwrap(), fresh);
        assert_eq!(changes().added.len(), 2);
    }
}

#[test]
fn a_program_that_does_not_compile_leaves_nothing() {
    let code = Arc::default();
    let error = run(&code, "export default (").unwrap_err();
    assert!(error.contains("SyntaxError"), "{error}");
    assert_eq!(code.take_changes(), CodeChanges::default());
}

#[test]
fn a_module_that_stays_is_compiled_once() {
    let code: Arc<CodeCache> = Arc::default();
    let options = || RuntimeOptions {
        code: Some(Arc::clone(&code)),
        ..RuntimeOptions::default()
    };
    let world = World::with_options(&options(), vec![]);
    world.module("dependency", DEPENDENCY);
    world.run(MAIN).unwrap();
    assert_eq!(code.take_changes().added.len(), 2);
    let other = std::thread::spawn({
        let options = options();
        move || {
            let world = World::with_options(&options, vec![]);
            world.module("dependency", DEPENDENCY);
            world.run("import 'dependency'; export default 1").unwrap();
            options
                .code
                .expect("given above")
                .take_changes()
                .added
                .len()
        }
    });
    assert_eq!(other.join().expect("the thread ends well"), 1);
}
