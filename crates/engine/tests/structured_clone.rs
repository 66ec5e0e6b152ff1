//! Structured clone into bytes and back.

mod support;
use support::World;

fn round_trip(code: &str, check: &str) -> String {
    let world = World::new(vec![]);
    world.module("make", &format!("export default ({code})"));
    world.module("check", &format!("export default (v) => ({check})"));
    let bytes = world.enter(|scope| {
        let value = support::import(scope, "make").unwrap();
        scope.serialize(value).unwrap()
    });
    // Another runtime on another thread reads it.
    let check = check.to_owned();
    std::thread::spawn(move || {
        let world = World::new(vec![]);
        world.module("check", &format!("export default (v) => ({check})"));
        world.enter(|scope| {
            let check = support::import(scope, "check").unwrap();
            let value = scope.deserialize(&bytes).unwrap();
            let text = scope.call(check, check, &[value]).unwrap();
            scope.display(text)
        })
    })
    .join()
    .unwrap()
}

#[test]
fn values_of_every_kind_come_back_in_another_runtime() {
    assert_eq!(round_trip("undefined", "typeof v"), "undefined");
    assert_eq!(
        round_trip(
            "{a: 1, b: [true, null, 'é', -0]}",
            "v.a + v.b[2] + Object.is(v.b[3], -0)"
        ),
        "1étrue"
    );
    assert_eq!(
        round_trip(
            "new Map([[1, new Set(['x'])]])",
            "v instanceof Map && v.get(1).has('x')"
        ),
        "true"
    );
    assert_eq!(
        round_trip("new Date(5)", "v instanceof Date && v.getTime()"),
        "5"
    );
    assert_eq!(round_trip("/a+/giu", "v.source + v.flags"), "a+giu");
    assert_eq!(
        round_trip("12345678901234567890n", "String(v)"),
        "12345678901234567890"
    );
    assert_eq!(
        round_trip(
            "new Float32Array([1.5, 2])",
            "v.constructor.name + v.join()"
        ),
        "Float32Array1.5,2"
    );
    assert_eq!(
        round_trip(
            "new TypeError('bad')",
            "v instanceof TypeError && v.message"
        ),
        "bad"
    );
    assert_eq!(
        round_trip(
            "(() => { const o = {}; o.self = o; o.list = [o]; return o })()",
            "v.self === v && v.list[0] === v"
        ),
        "true"
    );
    assert_eq!(
        round_trip(
            "(() => { const s = {n: 1}; return [s, s] })()",
            "v[0] === v[1]"
        ),
        "true"
    );
    assert_eq!(
        round_trip("Object(new Number(3))", "typeof v + v"),
        "object3"
    );
}

#[test]
fn what_has_no_clone_is_a_data_clone_error() {
    let world = World::new(vec![]);
    for (code, message) in [
        ("() => 1", "() => 1 could not be cloned."),
        (
            "Promise.withResolvers().promise",
            "#<Promise> could not be cloned.",
        ),
        ("[new WeakMap()]", "#<WeakMap> could not be cloned."),
        ("Symbol('s')", "Symbol(s) could not be cloned."),
    ] {
        let key = format!("m{message}");
        world.module(&key, &format!("const v = {code}; export {{ v }}"));
        world.enter(|scope| {
            let (namespace, _) = scope.import(&key).unwrap();
            let value = scope.get(namespace, "v").unwrap();
            assert!(scope.serialize(value).is_err(), "{code}");
            let error = scope.take_exception();
            let name = scope.get(error, "name").unwrap();
            let text = scope.get(error, "message").unwrap();
            assert_eq!(scope.display(name), "DataCloneError");
            assert_eq!(scope.display(text), message);
        });
    }
}

#[test]
fn a_throwing_getter_passes_its_own_exception() {
    let world = World::new(vec![]);
    world.module(
        "g",
        "export default { get x() { throw new RangeError('mine') } }",
    );
    world.enter(|scope| {
        let value = support::import(scope, "g").unwrap();
        assert!(scope.serialize(value).is_err());
        let error = scope.take_exception();
        assert_eq!(scope.display(error), "RangeError: mine");
    });
}

#[test]
fn damaged_bytes_are_refused_not_trusted() {
    let world = World::new(vec![]);
    world.module(
        "v",
        "export default { list: [1, 'two', { three: 3n }], when: new Date(1) }",
    );
    let bytes = world.enter(|scope| {
        let value = support::import(scope, "v").unwrap();
        scope.serialize(value).unwrap()
    });
    world.enter(|scope| {
        for cut in 0..bytes.len() {
            if scope.nest(|scope| scope.deserialize(&bytes[..cut]).is_err()) {
                scope.take_exception();
            }
        }
        for position in 0..bytes.len() {
            let mut damaged = bytes.clone();
            damaged[position] ^= 0xff;
            if scope.nest(|scope| scope.deserialize(&damaged).is_err()) {
                scope.take_exception();
            }
        }
        // Whatever happened above, the runtime is sound and the intact bytes still read.
        assert!(scope.deserialize(&bytes).is_ok());
    });
}

#[test]
fn transferred_buffers_are_detached() {
    let world = World::new(vec![]);
    world.module(
        "b",
        "export const buffer = new Uint8Array([1, 2, 3]).buffer; export default { buffer }",
    );
    world.enter(|scope| {
        let (namespace, _) = scope.import("b").unwrap();
        let value = scope.get(namespace, "default").unwrap();
        let buffer = scope.get(namespace, "buffer").unwrap();
        let list = scope.array(&[buffer]).unwrap();
        let copy = scope.structured_clone(value, list, false).unwrap();
        assert_eq!(scope.bytes(buffer).unwrap(), []);
        let moved = scope.get(copy, "buffer").unwrap();
        assert_eq!(scope.bytes(moved).unwrap(), [1, 2, 3]);
    });
}
