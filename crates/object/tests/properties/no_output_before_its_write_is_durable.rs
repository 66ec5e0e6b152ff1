//! The output gate under all short, and many long, interleavings; and its end.

use holdfast_object::{OutputGate, Position, Sent, Ticket};
use proptest::prelude::*;

use crate::choices::{Choices, explore};
use crate::output_gate_world::run;

#[test]
fn through_all_short_stories() {
    let runs = explore(|choices| run(OutputGate::new(), 6, choices)).unwrap();
    assert!(runs > 100_000, "only {runs} stories");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]
    #[test]
    fn through_long_random_stories(tape in prop::collection::vec(any::<u8>(), 0..300)) {
        let verdict = run(OutputGate::new(), tape.len(), &mut Choices::random(&tape));
        prop_assert!(verdict.is_ok(), "{}", verdict.unwrap_err());
    }
}

#[test]
fn a_broken_gate_gives_back_what_waits_and_lets_nothing_out() {
    let mut gate = OutputGate::new();
    assert_eq!(gate.send("early"), Sent::Leave("early"));
    gate.lock(Position(1), 0);
    assert_eq!(gate.send("reply"), Sent::Held);
    gate.write(0);
    assert_eq!(gate.send("message"), Sent::Held);
    assert_eq!(gate.break_gate(), ["reply", "message"]);
    assert_eq!(gate.advance(Position(9)).next(), None);
    assert_eq!(gate.send("late"), Sent::Refused("late"));
    assert_eq!((gate.deadline_ms(), gate.waiting()), (None, 0));
}

#[test]
fn output_within_a_turn_waits_only_for_writes_before_it() {
    let mut gate = OutputGate::new();
    assert_eq!(
        gate.send("before the write"),
        Sent::Leave("before the write")
    );
    gate.write(0);
    assert_eq!(gate.ticket(), Ticket::AfterCommit);
    assert_eq!(gate.send("after the write"), Sent::Held);
    assert_eq!(
        gate.advance(Position(5)).next(),
        None,
        "its position is not known yet"
    );
    gate.lock(Position(6), 0);
    assert_eq!(gate.advance(Position(5)).next(), None);
    assert_eq!(
        gate.advance(Position(6)).collect::<Vec<_>>(),
        ["after the write"]
    );
}

#[test]
#[should_panic(expected = "positions grow")]
fn positions_never_go_back() {
    let mut gate = OutputGate::<u8>::new();
    gate.lock(Position(2), 0);
    gate.lock(Position(2), 0);
}
