//! The input gate under all short, and many long, interleavings.

use holdfast_object::InputGate;
use proptest::prelude::*;

use crate::choices::{Choices, explore};
use crate::input_gate_world::run;

#[test]
fn through_all_short_stories() {
    let runs = explore(|choices| run(InputGate::new(), 9, false, choices)).unwrap();
    assert!(runs > 20_000, "only {runs} stories");
}

#[test]
fn through_all_short_stories_that_may_break() {
    let runs = explore(|choices| run(InputGate::new(), 8, true, choices)).unwrap();
    assert!(runs > 20_000, "only {runs} stories");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]
    #[test]
    fn through_long_random_stories(tape in prop::collection::vec(any::<u8>(), 0..300)) {
        let mut choices = Choices::random(&tape);
        let verdict = run(InputGate::new(), tape.len(), false, &mut choices);
        prop_assert!(verdict.is_ok(), "{}", verdict.unwrap_err());
    }

    #[test]
    fn through_long_random_stories_that_may_break(tape in prop::collection::vec(any::<u8>(), 0..100)) {
        let mut choices = Choices::random(&tape);
        let verdict = run(InputGate::new(), tape.len(), true, &mut choices);
        prop_assert!(verdict.is_ok(), "{}", verdict.unwrap_err());
    }
}
