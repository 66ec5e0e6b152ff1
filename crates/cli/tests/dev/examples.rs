//! Every example starts and does its work.

use serde_json::Value;

use crate::harness::{Holdfast, Response, example};

fn json(response: &Response) -> Value {
    serde_json::from_str(&response.body).unwrap_or_else(|error| panic!("{error}: {response:?}"))
}

fn start(name: &str) -> (Holdfast, crate::harness::Server, tempfile::TempDir) {
    let data = tempfile::tempdir().unwrap();
    let mut holdfast = Holdfast::dev(&example(name), data.path(), &[]);
    let server = holdfast.ready();
    (holdfast, server, data)
}

#[test]
fn chat_serves_its_page_and_keeps_messages() {
    let (mut holdfast, server, _data) = start("chat");
    let banner = holdfast.printed();
    for binding in [
        "env.ROOM",
        "Durable Object",
        "Room (sqlite)",
        "env.LOBBY",
        "Lobby (sqlite)",
    ] {
        assert!(banner.contains(binding), "{binding} is not in:\n{banner}");
    }
    assert!(server.get("/").body.starts_with("<!doctype html>"));
    let posted = server.post(
        "/api/rooms/tea/messages",
        r#"{"author":"Ada","text":"hello"}"#,
    );
    assert_eq!(posted.status, 201, "{posted:?}");
    let listed = json(&server.get("/api/rooms/tea/messages"));
    assert_eq!(listed["messages"][0]["text"], "hello");
    assert_eq!(json(&server.get("/api/rooms"))["rooms"][0]["name"], "tea");
    holdfast.expect("POST /api/rooms/tea/messages 201 ");
}

#[test]
fn counter_counts() {
    let (_holdfast, server, _data) = start("counter");
    server.post("/counters/fruit/apples/increment?by=2", "");
    assert_eq!(
        json(&server.post("/counters/fruit/apples/increment", ""))["value"],
        3
    );
    assert_eq!(json(&server.post("/visits/home", ""))["visits"], 1);
}

#[test]
fn bank_is_two_workers() {
    let data = tempfile::tempdir().unwrap();
    let (front, accounts) = (example("bank"), example("bank/workers/accounts"));
    let mut holdfast = Holdfast::dev(&front, data.path(), &[accounts.to_str().unwrap()]);
    let server = holdfast.ready();
    server.post("/accounts/ada/deposits", r#"{"amount":100}"#);
    let transfer = r#"{"from":"ada","to":"bob","amount":30}"#;
    let moved = server.post("/transfers", transfer);
    assert_eq!(json(&moved), serde_json::json!({ "ada": 70, "bob": 30 }));
    let refused = server.post("/transfers", &transfer.replace("30", "71"));
    assert_eq!(refused.status, 409, "{refused:?}");
    assert_eq!(json(&server.get("/accounts/bob"))["balance"], 30);
}

#[test]
fn game_server_makes_matches() {
    let (holdfast, server, _data) = start("game-server");
    assert!(
        holdfast.printed().contains("env.MAX_PLAYERS"),
        "{}",
        holdfast.printed()
    );
    let made = server.post("/api/regions/north/matches", r#"{"name":"quick match"}"#);
    assert_eq!(made.status, 201, "{made:?}");
    let listed = json(&server.get("/api/regions/north/matches"));
    assert_eq!(
        listed["matches"].as_array().map(Vec::len),
        Some(1),
        "{listed}"
    );
}

#[test]
fn reminders_come_by_alarm() {
    let (_holdfast, server, _data) = start("reminders");
    let body = r#"{"text":"Tea is ready","in":0.2}"#;
    let set = server
        .begin("PUT", "/api/users/ann/reminders/tea", body.len())
        .finish(body);
    assert_eq!(set.status, 200, "{set:?}");
    let begun = std::time::Instant::now();
    let inbox = loop {
        let inbox = json(&server.get("/api/users/ann/inbox"));
        if inbox
            .as_array()
            .is_some_and(|messages| !messages.is_empty())
        {
            break inbox;
        }
        assert!(begun.elapsed().as_secs() < 20, "no reminder came");
    };
    assert_eq!(inbox[0]["text"], "Tea is ready", "{inbox}");
    let left = json(&server.get("/api/users/ann/reminders"));
    assert_eq!(left.as_array().map(Vec::len), Some(0), "{left}");
}

#[test]
fn seat_booking_sells_a_seat_once() {
    let (_holdfast, server, _data) = start("seat-booking");
    let opened = server
        .begin("PUT", "/api/events/opera", 26)
        .finish(r#"{"rows":4,"seatsPerRow":9}"#);
    assert_eq!(opened.status, 200, "{opened:?}");
    let booking = r#"{"holder":"Ann","seats":["A1","A2"]}"#;
    assert_eq!(
        server.post("/api/events/opera/bookings", booking).status,
        201
    );
    assert_eq!(
        server.post("/api/events/opera/bookings", booking).status,
        409
    );
}
