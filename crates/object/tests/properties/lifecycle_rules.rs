//! The rules of the lifecycle told as short stories, with the times of the specification.

use holdfast_object::lifecycle::{Activity, Decision, Ending, Event, Patience, Phase, Refusal};
use holdfast_object::{Generation, Lifecycle};

type Life = Lifecycle<&'static str, &'static str>;

const FIRST: Generation = Generation(1);

fn handle(
    life: &mut Life,
    now_s: u64,
    event: Event<&'static str, &'static str>,
) -> Vec<Decision<&'static str, &'static str>> {
    let mut out = Vec::new();
    life.handle(event, now_s * 1_000, &mut out);
    out
}

fn arrived(token: &'static str) -> Event<&'static str, &'static str> {
    Event::Arrived { token, bound: None }
}

fn began(activity: Activity) -> Event<&'static str, &'static str> {
    Event::Began {
        generation: FIRST,
        activity,
    }
}

fn ended(activity: Activity) -> Event<&'static str, &'static str> {
    Event::Ended {
        generation: FIRST,
        activity,
    }
}

fn running() -> Life {
    let mut life = Life::new(Patience::default(), Generation(0));
    handle(&mut life, 0, arrived("request"));
    handle(&mut life, 0, Event::Constructed { generation: FIRST });
    life
}

fn destroyed(why: Ending<&'static str>) -> Vec<Decision<&'static str, &'static str>> {
    vec![Decision::Destroy {
        generation: FIRST,
        why,
    }]
}

#[test]
fn the_first_arrival_builds_an_instance_and_all_wait_for_its_constructor() {
    let mut life = Life::new(Patience::default(), Generation(7));
    let generation = Generation(8);
    assert_eq!(
        handle(&mut life, 0, arrived("a")),
        [Decision::Activate { generation }]
    );
    assert_eq!(handle(&mut life, 0, arrived("b")), []);
    let admit = |token| Decision::Admit { generation, token };
    assert_eq!(
        handle(&mut life, 0, Event::Constructed { generation }),
        [admit("a"), admit("b")]
    );
    assert_eq!(handle(&mut life, 0, arrived("c")), [admit("c")]);
}

#[test]
fn an_interval_cleared_after_15_s_lets_the_object_go_at_25_s() {
    let mut life = running();
    handle(&mut life, 0, began(Activity::Background));
    handle(&mut life, 0, ended(Activity::Request));
    handle(&mut life, 15, ended(Activity::Background));
    assert_eq!(life.deadline_ms(), Some(25_000));
    assert_eq!(handle(&mut life, 24, Event::Tick), []);
    assert_eq!(handle(&mut life, 25, Event::Tick), destroyed(Ending::Idle));
}

#[test]
fn an_endless_interval_without_clients_lives_70_s() {
    let mut life = running();
    handle(&mut life, 0, began(Activity::Background));
    handle(&mut life, 5, ended(Activity::Request));
    assert_eq!(handle(&mut life, 74, Event::Tick), []);
    assert_eq!(
        handle(&mut life, 75, Event::Tick),
        destroyed(Ending::Clientless)
    );
}

#[test]
fn sockets_that_hibernate_let_the_instance_go_and_sockets_that_do_not_keep_it() {
    for (socket, deadline) in [
        (Activity::HibernatableSocket, Some(10_000)),
        (Activity::Socket, None),
    ] {
        let mut life = running();
        handle(&mut life, 0, began(socket));
        handle(&mut life, 0, ended(Activity::Request));
        assert_eq!(life.deadline_ms(), deadline, "{socket:?}");
    }
}

#[test]
fn an_arrival_during_eviction_waits_and_builds_the_next_instance() {
    let mut life = running();
    handle(&mut life, 0, ended(Activity::Request));
    handle(&mut life, 10, Event::Tick);
    // The stub was used before: an eviction does not break it.
    let event = Event::Arrived {
        token: "late",
        bound: Some(FIRST),
    };
    assert_eq!(handle(&mut life, 10, event), []);
    assert_eq!(
        handle(&mut life, 11, Event::Released { generation: FIRST }),
        [Decision::Activate {
            generation: Generation(2)
        }]
    );
}

#[test]
fn a_constructor_that_throws_fails_all_that_waited_but_not_what_comes_later() {
    let mut life = Life::new(Patience::default(), Generation(0));
    handle(&mut life, 0, arrived("a"));
    handle(&mut life, 0, arrived("b"));
    let failure = "it threw";
    let refuse = |token| Decision::Refuse {
        token,
        refusal: Refusal::Broken(failure),
    };
    let mut expected = destroyed(Ending::Broken(failure));
    expected.extend([refuse("a"), refuse("b")]);
    assert_eq!(
        handle(
            &mut life,
            0,
            Event::Failed {
                generation: FIRST,
                failure
            }
        ),
        expected
    );
    assert_eq!(
        handle(&mut life, 0, arrived("c")),
        [],
        "it waits for the next instance"
    );
    let event = Event::Arrived {
        token: "old stub",
        bound: Some(FIRST),
    };
    assert_eq!(handle(&mut life, 0, event), [refuse("old stub")]);
    let activate = Decision::Activate {
        generation: Generation(2),
    };
    assert_eq!(
        handle(&mut life, 0, Event::Released { generation: FIRST }),
        [activate]
    );
}

#[test]
fn a_retired_object_sends_its_callers_elsewhere() {
    let mut life = running();
    assert_eq!(
        handle(&mut life, 0, Event::Retire),
        destroyed(Ending::Retired)
    );
    let refuse = Decision::Refuse {
        token: "late",
        refusal: Refusal::Retired,
    };
    assert_eq!(handle(&mut life, 0, arrived("late")), [refuse]);
    assert_eq!(
        handle(&mut life, 0, Event::Released { generation: FIRST }),
        []
    );
    assert_eq!(life.phase(), Phase::Retired);
    assert!(life.may_be_forgotten());
}

#[test]
fn without_eviction_an_instance_stays() {
    let mut life = Life::new(Patience::ENDLESS, Generation(0));
    handle(&mut life, 0, arrived("request"));
    handle(&mut life, 0, Event::Constructed { generation: FIRST });
    handle(&mut life, 0, ended(Activity::Request));
    assert_eq!(life.deadline_ms(), None);
    assert_eq!(handle(&mut life, 1_000_000, Event::Tick), []);
}
