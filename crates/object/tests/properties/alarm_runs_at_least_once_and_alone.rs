//! The alarm under all short, and many long, interleavings, and its retry schedule.

use holdfast_object::Alarm;
use holdfast_object::alarm::{AfterFailure, Due, Invocation, Jitter, RUN_MS_MAX, RunFailure};
use proptest::prelude::*;

use crate::alarm_world::run;
use crate::choices::{Choices, explore};

const COUNTED: RunFailure = RunFailure {
    counted: true,
    retry: true,
};
const UNCOUNTED: RunFailure = RunFailure {
    counted: false,
    retry: true,
};

#[test]
fn through_all_short_stories() {
    let runs = explore(|choices| run(Alarm::new, 6, choices)).unwrap();
    assert!(runs > 100_000, "only {runs} stories");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3_000))]
    #[test]
    fn through_long_random_stories(tape in prop::collection::vec(any::<u8>(), 0..300)) {
        let verdict = run(Alarm::new, tape.len(), &mut Choices::random(&tape));
        prop_assert!(verdict.is_ok(), "{}", verdict.unwrap_err());
    }
}

/// Delivers and begins the alarm at its deadline, lets it fail at once, and gives the delay and the retry count.
fn fail(
    alarm: &mut Alarm,
    now: &mut u64,
    failure: RunFailure,
    jitter: u64,
) -> (AfterFailure, u64, u8) {
    *now = alarm.deadline_ms().unwrap();
    assert_eq!(alarm.tick(*now), Some(Due::Deliver));
    let Invocation {
        scheduled_ms,
        retry_count,
    } = alarm.begin(*now).unwrap();
    assert_eq!(scheduled_ms, 5_000);
    let after = alarm.failed(failure, Some(5_000), *now, Jitter(jitter));
    (
        after,
        alarm.deadline_ms().map_or(0, |next| next - *now),
        retry_count,
    )
}

#[test]
fn six_counted_retries_with_doubling_delays_then_no_more() {
    let (mut alarm, mut now) = (Alarm::new(Some(5_000)), 0);
    for (retry_count, delay) in [2_000, 4_000, 8_000, 16_000, 32_000, 64_000]
        .into_iter()
        .enumerate()
    {
        let retry_count = u8::try_from(retry_count).unwrap();
        let expected = (AfterFailure::Retry, delay, retry_count);
        assert_eq!(fail(&mut alarm, &mut now, COUNTED, 0), expected);
    }
    let abandoned = AfterFailure::Abandoned {
        scheduled_ms: 5_000,
    };
    assert_eq!(fail(&mut alarm, &mut now, UNCOUNTED, 0), (abandoned, 0, 6));
    assert_eq!(alarm.deadline_ms(), None);
}

#[test]
fn uncounted_failures_retry_for_ever_up_to_1024_s_and_the_first_counted_one_starts_low() {
    let (mut alarm, mut now) = (Alarm::new(Some(5_000)), 0);
    for n in 0..30 {
        let delay = 2_000 << n.min(9);
        assert_eq!(
            fail(&mut alarm, &mut now, UNCOUNTED, 0),
            (AfterFailure::Retry, delay, 0)
        );
    }
    assert_eq!(
        fail(&mut alarm, &mut now, COUNTED, 0),
        (AfterFailure::Retry, 2_000, 0)
    );
    assert_eq!(
        fail(&mut alarm, &mut now, UNCOUNTED, 0),
        (AfterFailure::Retry, 4_000, 1)
    );
    assert_eq!(
        fail(&mut alarm, &mut now, COUNTED, 0),
        (AfterFailure::Retry, 2_000, 1)
    );
}

#[test]
fn jitter_is_at_most_a_quarter_of_the_delay() {
    for (entropy, jitter) in [
        (0, 0),
        (499, 499),
        (500, 500),
        (501, 0),
        (u64::MAX, u64::MAX % 501),
    ] {
        let (mut alarm, mut now) = (Alarm::new(Some(5_000)), 0);
        let (_, delay, _) = fail(&mut alarm, &mut now, COUNTED, entropy);
        assert_eq!(delay, 2_000 + jitter, "{entropy}");
    }
}

#[test]
fn an_alarm_set_by_a_handler_that_fails_replaces_the_retry() {
    let mut alarm = Alarm::new(Some(5_000));
    alarm.tick(5_000);
    alarm.begin(5_000);
    alarm.row_written();
    assert!(!alarm.hides_row(), "the handler sees the alarm that it set");
    alarm.changed(Some(9_000));
    assert_eq!(
        alarm.failed(COUNTED, Some(9_000), 6_000, Jitter(0)),
        AfterFailure::Replaced
    );
    assert_eq!(alarm.deadline_ms(), Some(9_000));
}

#[test]
fn an_alarm_that_moved_or_vanished_on_its_way_is_not_run() {
    for (stored, next) in [(Some(8_000), Some(8_000)), (None, None)] {
        let mut alarm = Alarm::new(Some(5_000));
        alarm.tick(5_000);
        alarm.changed(stored);
        assert_eq!(alarm.begin(5_001), None);
        assert_eq!(alarm.deadline_ms(), next);
    }
}

#[test]
fn a_handler_may_take_15_minutes() {
    let mut alarm = Alarm::new(Some(5_000));
    alarm.tick(5_000);
    alarm.begin(6_000);
    assert_eq!(alarm.deadline_ms(), Some(6_000 + RUN_MS_MAX));
    assert_eq!(alarm.tick(5_999 + RUN_MS_MAX), None);
    assert_eq!(alarm.tick(6_000 + RUN_MS_MAX), Some(Due::TimedOut));
}
