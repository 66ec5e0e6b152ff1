//! The rules of the input gate told as short stories, and its costs.

use holdfast_object::input_gate::{GateError, Refused, SECTION_DEPTH_MAX};
use holdfast_object::{Admitted, InputGate, Section};

/// Runs the next turn to its end and tells whose it was.
fn turn(gate: &mut InputGate<&'static str>) -> Option<&'static str> {
    let token = match gate.next()? {
        Admitted::Event { token, .. }
        | Admitted::SectionStart { token, .. }
        | Admitted::SectionDone { token, .. } => token,
    };
    gate.turn_ended();
    Some(token)
}

#[test]
fn sections_of_one_turn_run_one_after_another_before_any_event() {
    let mut gate = InputGate::new();
    gate.event(Section::ROOT, "constructor").unwrap();
    gate.next().unwrap();
    gate.event(Section::ROOT, "request").unwrap();
    let first = gate.begin_section(Section::ROOT, "first").unwrap();
    let second = gate.begin_section(Section::ROOT, "second").unwrap();
    gate.turn_ended();

    assert_eq!(turn(&mut gate), Some("first"));
    assert_eq!(turn(&mut gate), None, "the first section awaits something");
    gate.event(Section::ROOT, "later request").unwrap();
    gate.event(first, "fetched in first").unwrap();
    assert_eq!(turn(&mut gate), Some("fetched in first"));
    gate.end_section(first, "after first").unwrap();
    assert_eq!(turn(&mut gate), Some("after first"));
    assert_eq!(turn(&mut gate), Some("second"));
    gate.end_section(second, "after second").unwrap();
    for token in ["after second", "request", "later request"] {
        assert_eq!(turn(&mut gate), Some(token));
    }
    assert!(gate.is_idle());
}

#[test]
fn an_inner_section_blocks_the_outer_and_may_outlive_it() {
    let mut gate = InputGate::new();
    let outer = gate.begin_section(Section::ROOT, "outer").unwrap();
    assert_eq!(turn(&mut gate), Some("outer"));
    let inner = gate.begin_section(outer, "inner").unwrap();
    gate.event(outer, "timer of outer").unwrap();
    gate.event(Section::ROOT, "request").unwrap();
    assert_eq!(turn(&mut gate), Some("inner"));
    assert_eq!(turn(&mut gate), None);

    gate.end_section(outer, "after outer").unwrap();
    assert_eq!(turn(&mut gate), Some("after outer"));
    assert_eq!(
        turn(&mut gate),
        None,
        "the inner section still runs, now in the root"
    );
    gate.event(inner, "timer of inner").unwrap();
    assert_eq!(turn(&mut gate), Some("timer of inner"));
    gate.end_section(inner, "after inner").unwrap();
    for token in ["after inner", "request", "timer of outer"] {
        assert_eq!(turn(&mut gate), Some(token));
    }
}

#[test]
fn what_an_ended_section_started_is_delivered_where_the_section_was() {
    let mut gate = InputGate::new();
    let outer = gate.begin_section(Section::ROOT, "outer").unwrap();
    turn(&mut gate);
    let inner = gate.begin_section(outer, "inner").unwrap();
    turn(&mut gate);
    gate.end_section(inner, "after inner").unwrap();
    turn(&mut gate);
    // The outer section may be awaiting this timer, so it must not wait for the section's end.
    gate.event(inner, "timer of inner").unwrap();
    let admitted = gate.next();
    let token = "timer of inner";
    assert_eq!(
        admitted,
        Some(Admitted::Event {
            token,
            section: outer
        })
    );
}

#[test]
fn the_result_of_a_held_operation_comes_before_everything_else() {
    let mut gate = InputGate::new();
    gate.event(Section::ROOT, "request").unwrap();
    gate.next().unwrap();
    let (get, list) = (gate.hold(), gate.hold());
    gate.event(Section::ROOT, "other request").unwrap();
    gate.turn_ended();
    assert_eq!(turn(&mut gate), None);
    gate.release(list, "list done").unwrap();
    assert_eq!(turn(&mut gate), Some("list done"));
    assert_eq!(
        turn(&mut gate),
        None,
        "the other operation still holds the lock"
    );
    gate.release(get, "get done").unwrap();
    assert_eq!(turn(&mut gate), Some("get done"));
    assert_eq!(turn(&mut gate), Some("other request"));
}

#[test]
fn sections_nest_64_deep_and_no_deeper() {
    let mut gate = InputGate::new();
    let mut at = Section::ROOT;
    for _ in 0..SECTION_DEPTH_MAX {
        at = gate.begin_section(at, "section").unwrap();
        turn(&mut gate);
    }
    let refused = gate.begin_section(at, "one more").unwrap_err();
    let reason = GateError::NestedTooDeeply;
    assert_eq!(
        refused,
        Refused {
            token: "one more",
            reason
        }
    );
    assert_eq!(
        refused.to_string(),
        "blockConcurrencyWhile() calls are nested too deeply."
    );
    gate.end_section(at, "done").unwrap();
    turn(&mut gate);
    gate.begin_section(at, "as deep as the one that ended")
        .unwrap();
}

#[test]
fn an_idle_gate_is_small() {
    assert!(
        size_of::<InputGate<u64>>() <= 100,
        "{} bytes",
        size_of::<InputGate<u64>>()
    );
}

#[test]
fn ten_thousand_sections_of_one_turn_run_in_call_order() {
    let mut gate = InputGate::new();
    let sections: Vec<Section> = (0..10_000)
        .map(|i| gate.begin_section(Section::ROOT, i).unwrap())
        .collect();
    for (i, section) in (0..).zip(sections) {
        assert_eq!(
            gate.next(),
            Some(Admitted::SectionStart { section, token: i })
        );
        gate.end_section(section, i).unwrap();
        gate.turn_ended();
        assert_eq!(
            gate.next(),
            Some(Admitted::SectionDone {
                token: i,
                section: Section::ROOT
            })
        );
        gate.turn_ended();
    }
    assert!(gate.is_idle());
}

#[test]
#[should_panic(expected = "one turn at a time")]
fn a_turn_inside_a_turn_is_a_drivers_mistake() {
    let mut gate = InputGate::new();
    gate.event(Section::ROOT, 1).unwrap();
    gate.next().unwrap();
    gate.next();
}
