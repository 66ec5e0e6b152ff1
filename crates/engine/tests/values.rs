//! Values across the border: strings, buffers, objects, errors, host objects, globals.

mod support;
use std::cell::Cell;
use std::rc::Rc;

use holdfast_engine::{Buffer, Extension, Thrown};
use support::World;

#[test]
fn strings_round_trip() {
    let world = World::new(vec![]);
    for text in ["", "ascii", "Zürich", "Ω≈ç√", "🦀 crab", "a\0b"] {
        world.enter(|scope| {
            let value = scope.string(text).unwrap();
            assert_eq!(scope.to_string(value).unwrap(), text);
        });
    }
}

#[test]
fn lone_surrogates_are_replaced_only_where_asked() {
    let world = World::new(vec![]);
    world.enter(|scope| {
        let value = scope.utf16(&[0x61, 0xd800, 0x62]).unwrap();
        assert_eq!(scope.to_string(value).unwrap(), "a\u{fffd}b");
        assert_eq!(scope.string_utf16(value).unwrap(), [0x61, 0xd800, 0x62]);
    });
}

#[test]
fn numbers_keep_their_sign_and_fraction() {
    let world = World::new(vec![]);
    world.enter(|scope| {
        for n in [
            0.0,
            1.0,
            -1.0,
            0.5,
            2_147_483_647.0,
            2_147_483_648.0,
            f64::MAX,
            f64::INFINITY,
        ] {
            assert_eq!(scope.number(n).as_number(), Some(n));
        }
        assert!(scope.number(-0.0).as_number().unwrap().is_sign_negative());
        assert!(scope.number(f64::NAN).as_number().unwrap().is_nan());
    });
}

#[test]
fn buffers_and_views_show_their_windows() {
    let world = World::new(vec![]);
    world.module(
        "v",
        "export default new Uint8Array([1,2,3,4,5]).subarray(1, 4)",
    );
    world.enter(|scope| {
        let view = support::import(scope, "v").unwrap();
        assert_eq!(scope.bytes(view).unwrap(), [2, 3, 4]);
        assert!(scope.write_bytes(view, &[9, 9]));
        assert!(!scope.write_bytes(view, &[0; 4]));
        assert_eq!(scope.bytes(view).unwrap(), [9, 9, 4]);
        let fresh = scope.uint8_array([7u8; 3]).unwrap();
        assert_eq!(scope.bytes(fresh).unwrap(), [7, 7, 7]);
        let number = scope.int(1);
        assert_eq!(scope.bytes(number), None);
        let empty = scope.array_buffer([]).unwrap();
        assert_eq!(scope.bytes(empty).unwrap(), []);
    });
}

#[test]
fn memory_becomes_buffers_and_strings() {
    let world = World::new(vec![]);
    world.enter(|scope| {
        for length in [0, 1, 100, 5000, 1 << 20] {
            let bytes = vec![b'x'; length];
            let mut buffer = Buffer::with_capacity(length / 2);
            buffer.extend(&bytes);
            let array = scope.uint8_array_of(buffer).unwrap();
            assert_eq!(scope.bytes(array).unwrap(), bytes);
            let copied = scope.uint8_array(&bytes).unwrap();
            assert_eq!(scope.bytes(copied).unwrap(), bytes);
            for _ in 0..2 {
                let text = scope.latin1_of(Buffer::from(&*bytes)).unwrap();
                assert_eq!(scope.to_string(text).unwrap().into_bytes(), bytes);
            }
        }
        let text = scope.latin1_of(Buffer::from(&[0xe4; 5000][..])).unwrap();
        assert_eq!(scope.to_string(text).unwrap(), "ä".repeat(5000));
    });
}

#[test]
fn strings_keep_their_text_in_whatever_width() {
    let world = World::new(vec![]);
    world.enter(|scope| {
        for text in [
            "",
            "plain",
            "\u{e4}\u{ff}",
            "\u{20ac}uro",
            "\u{1f600} smile \u{e4}",
        ] {
            for count in [1, 1000] {
                let text = text.repeat(count);
                let value = scope.string(&text).unwrap();
                assert_eq!(scope.to_string(value).unwrap(), text);
                let units: Vec<u16> = text.encode_utf16().collect();
                assert_eq!(scope.string_utf16(value).unwrap(), units);
            }
        }
        let lone = scope.utf16(&[0x61, 0xd83d, 0x62]).unwrap();
        assert_eq!(scope.to_string(lone).unwrap(), "a\u{fffd}b");
    });
}

#[test]
fn exceptions_carry_their_class_and_message() {
    let extension = Extension::new("t").op("op_fail", 0, |scope, _| Err(scope.throw_type_error("no good")))
        .module("t/m", "import { op_fail } from 'holdfast:ops'; let r; try { op_fail() } catch (e) { r = e.constructor.name + ': ' + e.message } export default r;");
    let world = World::new(vec![extension]);
    world.enter(|scope| {
        let value = support::import(scope, "holdfast:t/m").unwrap();
        assert_eq!(scope.to_string(value).unwrap(), "TypeError: no good");
    });
}

struct Dropped(Rc<Cell<u32>>);
impl Drop for Dropped {
    fn drop(&mut self) {
        self.0.set(self.0.get() + 1);
    }
}

#[test]
fn host_objects_are_dropped_by_the_collector() {
    let drops = Rc::new(Cell::new(0));
    let mut world = World::new(vec![]);
    let kept = world.enter(|scope| {
        for _ in 0..100 {
            scope
                .nest(|scope| scope.wrap(Rc::new(Dropped(Rc::clone(&drops)))).map(|_| ()))
                .unwrap();
        }
        let kept = scope.wrap(Rc::new(Dropped(Rc::clone(&drops)))).unwrap();
        scope.persist(kept)
    });
    world.runtime.collect_garbage();
    assert_eq!(drops.get(), 100);
    world.enter(|scope| {
        let value = scope.local(&kept);
        assert!(scope.unwrap::<Dropped>(value).is_ok());
        assert_eq!(scope.unwrap::<String>(value), Err(Thrown));
        scope.take_exception();
    });
    drop(kept);
    world.runtime.collect_garbage();
    assert_eq!(drops.get(), 101);
}

#[test]
fn globals_survive_collections_and_may_outlive_the_runtime() {
    let mut world = World::new(vec![]);
    let kept: Vec<_> = world.enter(|scope| {
        (0..2000)
            .map(|n| {
                scope.nest(|scope| {
                    let value = scope.string(&format!("value {n}")).unwrap();
                    let object = scope.object().unwrap();
                    scope.set(object, "v", value).unwrap();
                    scope.persist(object)
                })
            })
            .collect()
    });
    world.runtime.collect_garbage();
    world.enter(|scope| {
        for (n, global) in kept.iter().enumerate() {
            let object = scope.local(global);
            let value = scope.get(object, "v").unwrap();
            assert_eq!(scope.to_string(value).unwrap(), format!("value {n}"));
        }
    });
    drop(world);
    drop(kept);
}

#[test]
fn calls_pass_receiver_and_arguments() {
    let world = World::new(vec![]);
    world.module(
        "f",
        "export default function (...a) { return this.x + a.join() }",
    );
    world.enter(|scope| {
        let f = support::import(scope, "f").unwrap();
        let this = scope.object().unwrap();
        let x = scope.string("x:").unwrap();
        scope.set(this, "x", x).unwrap();
        let args: Vec<_> = (0..300).map(|n| scope.int(n)).collect();
        let result = scope.call(f, this, &args).unwrap();
        let expected: Vec<String> = (0..300).map(|n: i32| n.to_string()).collect();
        assert_eq!(
            scope.to_string(result).unwrap(),
            format!("x:{}", expected.join(","))
        );
    });
}

#[test]
fn stacks_read_as_v8s() {
    let world = World::new(vec![]);
    let stack = world
        .run(
            "function inner() {\n  return new RangeError('deep');\n}\nexport default inner().stack",
        )
        .unwrap();
    let lines: Vec<&str> = stack.lines().collect();
    assert_eq!(lines[0], "RangeError: deep");
    assert_eq!(lines[1], "    at inner (main0.js:2:10)");
    assert!(
        lines[2].starts_with("    at ") && lines[2].contains("main0.js:4:16"),
        "{stack}"
    );
}

#[test]
fn locals_survive_collections_of_the_nursery() {
    let world = World::new(vec![]);
    world.enter(|scope| {
        // Far more garbage than the nursery holds, while thousands of young objects are only locals.
        let (objects, garbage) = if support::zeal() {
            (1100, 2)
        } else {
            (3000, 300)
        };
        let mut kept = Vec::new();
        for n in 0..objects {
            let text = scope.string(&format!("value {n}")).unwrap();
            let object = scope.object().unwrap();
            scope.set(object, "v", text).unwrap();
            kept.push(object);
            scope.nest(|scope| {
                for _ in 0..garbage {
                    scope.object().unwrap();
                }
            });
        }
        for (n, object) in kept.into_iter().enumerate() {
            let value = scope.get(object, "v").unwrap();
            assert_eq!(scope.to_string(value).unwrap(), format!("value {n}"));
        }
    });
}

#[test]
fn every_kind_of_value_has_a_truth() {
    let world = World::new(vec![]);
    let falsy = "undefined, null, false, 0, -0, NaN, '', 0n";
    let truthy = "true, 1, -0.5, Infinity, 'a', 1n, Symbol(), {}, [], () => {}, new Boolean(false)";
    world.module("kinds", &format!("export default [[{falsy}], [{truthy}]]"));
    world.enter(|scope| {
        let kinds = support::import(scope, "kinds").unwrap();
        for (list, expected) in [(0, false), (1, true)] {
            let values = scope.get_index(kinds, list).unwrap();
            for index in 0..scope.length(values).unwrap() {
                let value = scope.get_index(values, index).unwrap();
                assert_eq!(scope.to_bool(value), expected, "{expected} {index}");
            }
        }
    });
}

#[test]
fn lines_of_a_function_that_is_compiled_count_from_its_body() {
    let world = World::new(vec![]);
    world.enter(|scope| {
        // The second is not compiled as bytes.
        for (body, place) in [
            ("throw new Error('one');", "file.js:1:7"),
            ("\n  throw new Error('zwei, Übel');", "file.js:2:9"),
        ] {
            let function = scope
                .compile_function("file.js", &[c"a", c"b"], body)
                .unwrap();
            let nothing = scope.undefined();
            let Thrown = scope.call(function, nothing, &[]).unwrap_err();
            let error = scope.take_exception();
            let stack = scope.get(error, "stack").unwrap();
            let stack = scope.display(stack);
            assert!(stack.contains(place), "{stack}");
        }
    });
}
