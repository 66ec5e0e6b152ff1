//! The lifecycle under all short, and many long, interleavings.

use holdfast_object::Lifecycle;
use proptest::prelude::*;

use crate::choices::{Choices, explore};
use crate::lifecycle_world::run;

#[test]
fn through_all_short_stories() {
    let runs = explore(|choices| run(Lifecycle::new, 5, choices)).unwrap();
    assert!(runs > 20_000, "only {runs} stories");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3_000))]
    #[test]
    fn through_long_random_stories(tape in prop::collection::vec(any::<u8>(), 0..300)) {
        let verdict = run(Lifecycle::new, tape.len() / 2, &mut Choices::random(&tape));
        prop_assert!(verdict.is_ok(), "{}", verdict.unwrap_err());
    }
}
