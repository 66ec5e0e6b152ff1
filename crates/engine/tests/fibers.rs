//! Functions that stop in the middle.

mod support;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;

use holdfast_engine::{Fiber, suspend};
use support::World;

/// Enough for a panic that writes down its backtrace.
const STACK: usize = 1 << 20;

fn counter(step: u32) -> Fiber<u32, u32> {
    Fiber::new(STACK, move |mut given| {
        while given != 0 {
            given = suspend::<u32, u32>(given * step);
        }
        1000
    })
    .unwrap()
}

#[test]
fn values_go_in_and_out() {
    let mut fiber = counter(2);
    assert_eq!([fiber.resume(1), fiber.resume(5)], [2, 10]);
    assert!(!fiber.is_over());
    assert_eq!(fiber.resume(0), 1000);
    assert!(fiber.is_over());
}

#[test]
fn fibers_take_turns_and_may_be_resumed_on_one_another() {
    let (mut a, mut b) = (counter(2), counter(3));
    assert_eq!(
        [a.resume(1), b.resume(1), a.resume(2), b.resume(2)],
        [2, 3, 4, 6]
    );
    let mut inner = counter(5);
    let mut outer: Fiber<u32, u32> = Fiber::new(STACK, move |first| {
        let second = suspend::<u32, u32>(inner.resume(first));
        // The inner one has stopped in between, and the outer one is the current one again.
        suspend::<u32, u32>(inner.resume(second) + 1)
    })
    .unwrap();
    assert_eq!(
        [outer.resume(1), outer.resume(2), outer.resume(7)],
        [5, 11, 7]
    );
}

#[test]
fn one_that_is_dropped_drops_what_it_holds() {
    let held = Rc::new(());
    let watch = Rc::clone(&held);
    let mut fiber: Fiber<(), ()> = Fiber::new(STACK, move |()| {
        let _held = held;
        suspend::<(), ()>(());
        unreachable!("it is never resumed again");
    })
    .unwrap();
    fiber.resume(());
    assert_eq!(Rc::strong_count(&watch), 2);
    drop(fiber);
    assert_eq!(Rc::strong_count(&watch), 1);
    let unstarted: Fiber<(), ()> = {
        let held = Rc::clone(&watch);
        Fiber::new(STACK, move |()| drop(held)).unwrap()
    };
    drop(unstarted);
    assert_eq!(Rc::strong_count(&watch), 1);
}

#[test]
fn a_panic_reaches_who_resumed_it() {
    let mut fiber: Fiber<(), ()> = Fiber::new(STACK, |()| panic!("inside")).unwrap();
    assert!(catch_unwind(AssertUnwindSafe(|| fiber.resume(()))).is_err());
    assert!(fiber.is_over());
    // The thread is on no fiber any more.
    assert!(catch_unwind(|| suspend::<(), ()>(())).is_err());
}

#[test]
fn stopping_with_other_types_is_refused() {
    let mut fiber: Fiber<u32, u32> = Fiber::new(STACK, |_| {
        u32::from(catch_unwind(|| suspend::<u8, u8>(1)).is_err())
    })
    .unwrap();
    assert_eq!(fiber.resume(0), 1);
}

#[test]
fn the_engine_is_shut_while_one_runs() {
    let world = Rc::new(World::new(Vec::new()));
    let inside = Rc::clone(&world);
    let mut fiber: Fiber<(), bool> = Fiber::new(STACK, move |()| {
        catch_unwind(AssertUnwindSafe(|| inside.enter(|_| ()))).is_err()
    })
    .unwrap();
    assert!(fiber.resume(()));
    world.enter(|_| ());
}
