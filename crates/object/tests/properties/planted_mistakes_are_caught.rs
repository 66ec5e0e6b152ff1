//! The worlds notice every planted mistake: by the short stories, and in the words that fit.

use holdfast_object::{Alarm, InputGate, Lifecycle, OutputGate, Sabotage, Sockets};

use crate::choices::{Choices, Verdict, explore};
use crate::{alarm_world, input_gate_world, lifecycle_world, output_gate_world, sockets_world};

fn caught(mistake: Sabotage, complaint: &str, world: impl FnMut(&mut Choices) -> Verdict) {
    match explore(world) {
        Ok(runs) => panic!("{mistake:?} passed {runs} stories unnoticed"),
        Err(why) => assert!(why.contains(complaint), "{mistake:?} led to: {why}"),
    }
}

#[test]
fn in_the_input_gate() {
    for (mistake, complaint) in [
        (Sabotage::AdmitOutsider, "runs inside section"),
        (Sabotage::ReorderEvents, "is admitted, though"),
        (Sabotage::EventsBeforeSections, "is admitted, though"),
        (Sabotage::LoseLeftovers, "wait, not"),
    ] {
        caught(mistake, complaint, |choices| {
            input_gate_world::run(InputGate::sabotaged(mistake), 8, false, choices)
        });
    }
    let mistake = Sabotage::AdmitWhileBroken;
    caught(mistake, "a broken gate takes an event in", |choices| {
        input_gate_world::run(InputGate::sabotaged(mistake), 3, true, choices)
    });
}

#[test]
fn in_the_output_gate() {
    for (mistake, complaint) in [
        (Sabotage::ReleaseEarly, "and leaves at"),
        (Sabotage::OvertakeOutput, "leaves at once, before"),
    ] {
        caught(mistake, complaint, |choices| {
            output_gate_world::run(OutputGate::sabotaged(mistake), 6, choices)
        });
    }
}

#[test]
fn in_the_lifecycle() {
    for (mistake, complaint) in [
        (Sabotage::TwoInstances, "is built beside"),
        (Sabotage::BelieveStale, "stale "),
    ] {
        caught(mistake, complaint, |choices| {
            let new = |patience, last| Lifecycle::sabotaged(patience, last, mistake);
            lifecycle_world::run(new, 6, choices)
        });
    }
}

#[test]
fn in_the_alarm() {
    let forgets = |stored| Alarm::sabotaged(stored, Sabotage::ForgetAlarm);
    caught(Sabotage::ForgetAlarm, "the row is", |choices| {
        alarm_world::run(forgets, 6, choices)
    });
    let overlaps = |stored| Alarm::sabotaged(stored, Sabotage::OverlapAlarms);
    caught(Sabotage::OverlapAlarms, "while a run is", |choices| {
        alarm_world::run(overlaps, 6, choices)
    });
}

#[test]
fn in_the_sockets() {
    let mistake = Sabotage::KeepListed;
    caught(mistake, "by tag", |choices| {
        sockets_world::run(Sockets::sabotaged(mistake), 4, choices)
    });
}
