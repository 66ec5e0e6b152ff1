//! When what nobody refers to goes.

mod support;
use std::cell::Cell;
use std::rc::Rc;

use holdfast_engine::{Args, Extension, JsResult, Scope};
use support::World;

thread_local! {
    static ALIVE: Cell<usize> = const { Cell::new(0) };
    static MOST: Cell<usize> = const { Cell::new(0) };
}

/// As large as what a request leaves behind.
struct Thing(#[expect(dead_code, reason = "it only takes room")] [u8; 1024]);

impl Drop for Thing {
    fn drop(&mut self) {
        ALIVE.set(ALIVE.get() - 1);
    }
}

fn op_thing<'s>(scope: &mut Scope<'s>, _: &Args<'s>) -> JsResult<'s> {
    ALIVE.set(ALIVE.get() + 1);
    MOST.set(MOST.get().max(ALIVE.get()));
    scope.wrap(Rc::new(Thing([0; 1024])))
}

#[test]
fn host_objects_do_not_pile_up() {
    let world = World::new(vec![
        Extension::new("t").op("op_thing", 0, op_thing).module(
            "t/main",
            "import { op_thing } from 'holdfast:ops';
         export default () => { for (let i = 0; i < 200_000; i += 1) op_thing(); };",
        ),
    ]);
    world.enter(|scope| {
        let make = support::import(scope, "holdfast:t/main").unwrap();
        let this = scope.undefined();
        scope.call(make, this, &[]).unwrap();
    });
    let most = MOST.get();
    assert!(
        most < 40_000,
        "{most} KiB were held at the same time by objects that nobody refers to"
    );
}
