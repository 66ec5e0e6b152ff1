//! What callers see of a failure: the rows of the specification's tables.

use holdfast_object::{Cause, Flags, Overload};

fn flags(text: &str) -> Flags {
    let has = |flag| text.split(' ').any(|word| word == flag);
    Flags {
        remote: has("remote"),
        retryable: has("retryable"),
        overloaded: has("overloaded"),
        durable_object_reset: has("reset"),
    }
}

#[test]
fn flags_and_alarm_counting_follow_the_table() {
    for (cause, at_caller, counts) in [
        (Cause::ConstructorThrew, "remote reset", true),
        (Cause::SectionThrew, "remote reset", true),
        (Cause::SectionTimedOut, "remote reset overloaded", true),
        (Cause::SectionDeadlocked, "remote reset", true),
        (Cause::Aborted, "remote reset", true),
        (Cause::CommitFailed, "remote reset", true),
        (Cause::JournalFailed, "remote reset", false),
        (Cause::OutputGateTimedOut, "remote reset overloaded", true),
        (Cause::CpuExceeded, "remote reset overloaded", true),
        (Cause::MemoryExceeded, "remote reset overloaded", true),
        (Cause::AlarmTimedOut, "remote overloaded", true),
        (Cause::SocketEventTimedOut, "remote reset retryable", false),
        (Cause::Evicted, "remote reset retryable", false),
        (Cause::Retired, "remote reset retryable", false),
        (
            Cause::Overloaded(Overload::Calls),
            "remote overloaded",
            true,
        ),
        (
            Cause::Overloaded(Overload::Bytes),
            "remote overloaded",
            true,
        ),
    ] {
        assert_eq!(cause.flags(), flags(at_caller), "{cause}");
        assert_eq!(cause.counts_against_alarm(), counts, "{cause}");
        assert_eq!(
            cause.resets(),
            !matches!(cause, Cause::Overloaded(_)),
            "{cause}"
        );
    }
}

#[test]
fn messages_are_those_that_programs_look_for() {
    let message = |cause: Cause| cause.message().unwrap();
    assert_eq!(
        message(Cause::SectionTimedOut),
        "A call to blockConcurrencyWhile() in a Durable Object waited for too long. The call was canceled and the Durable Object was reset."
    );
    assert_eq!(
        message(Cause::SectionDeadlocked),
        "A critical section within this Durable Object awaited a Promise that apparently will never complete. This could happen in particular if a critical section awaits a task that was initiated outside of the critical section. Since a critical section blocks all other tasks from completing, this leads to deadlock."
    );
    assert_eq!(
        message(Cause::OutputGateTimedOut),
        "Durable Object storage operation exceeded timeout which caused object to be reset."
    );
    assert_eq!(message(Cause::Retired), "Network connection lost.");
    assert_eq!(
        Cause::ConstructorThrew.message(),
        None,
        "callers get what it threw"
    );
}
