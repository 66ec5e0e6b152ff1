//! Hibernatable sockets under all short, and many long, stories; and their limits.

use holdfast_object::sockets::{Arrival, SOCKETS_MAX, Tags};
use holdfast_object::{Generation, Sockets};
use proptest::prelude::*;

use crate::choices::{Choices, explore};
use crate::sockets_world::run;

#[test]
fn through_all_short_stories() {
    let runs = explore(|choices| run(Sockets::default(), 4, choices)).unwrap();
    assert!(runs > 2_000, "only {runs} stories");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3_000))]
    #[test]
    fn through_long_random_stories(tape in prop::collection::vec(any::<u8>(), 0..300)) {
        let verdict = run(Sockets::default(), tape.len() / 2, &mut Choices::random(&tape));
        prop_assert!(verdict.is_ok(), "{}", verdict.unwrap_err());
    }
}

#[test]
fn there_is_a_bound_on_sockets() {
    let mut sockets = Sockets::default();
    for n in 0..SOCKETS_MAX {
        let accepted = sockets.accept(n, Tags::default(), Generation(1));
        assert!(accepted.is_ok());
    }
    let error = sockets
        .accept(0, Tags::default(), Generation(1))
        .expect_err("one too many");
    assert_eq!(
        error.to_string(),
        "only 32768 websockets can be accepted on a single Durable Object instance"
    );
    let first = sockets.list(None)[0];
    sockets.finished(first);
    assert!(sockets.accept(0, Tags::default(), Generation(1)).is_ok());
}

#[test]
fn automatic_responses_have_a_bound_on_either_side() {
    let mut sockets: Sockets<()> = Sockets::default();
    let of = |request: usize, response: usize| Some(("x".repeat(request), "y".repeat(response)));
    let mut refusal = |pair| sockets.set_auto_response(pair).map_err(|e| e.to_string());
    assert_eq!(refusal(of(2048, 2048)), Ok(()));
    assert_eq!(
        refusal(of(2049, 9999)),
        Err(
            "Request cannot be larger than 2048 bytes. A request of size 2049 was provided."
                .to_owned()
        )
    );
    assert_eq!(
        refusal(of(1, 3000)),
        Err(
            "Response cannot be larger than 2048 bytes. A response of size 3000 was provided."
                .to_owned()
        )
    );
    assert_eq!(
        sockets.auto_response().map(|(request, _)| request.len()),
        Some(2048),
        "the one before stays"
    );
}

#[test]
fn the_time_of_an_event_has_a_bound_and_zero_takes_it_away() {
    let mut sockets: Sockets<()> = Sockets::default();
    assert_eq!(sockets.event_timeout_ms(), None);
    sockets.set_event_timeout(604_800_000).expect("seven days");
    let error = sockets.set_event_timeout(604_800_001).expect_err("longer");
    assert_eq!(
        error.to_string(),
        "Event timeout should not exceed 604800000 ms."
    );
    assert_eq!(sockets.event_timeout_ms(), Some(604_800_000));
    sockets.set_event_timeout(0).expect("no bound");
    assert_eq!(sockets.event_timeout_ms(), None);
}

#[test]
#[should_panic(expected = "one after another")]
fn two_events_of_one_socket_at_a_time_are_a_mistake_of_the_driver() {
    let mut sockets = Sockets::default();
    let id = sockets
        .accept((), Tags::default(), Generation(1))
        .expect("there is room");
    for _ in 0..2 {
        sockets.arrived(id, Arrival::Binary, false, 0);
    }
}
