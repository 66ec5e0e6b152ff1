//! Being told to stop, and being killed.

use crate::harness::{Holdfast, Project, example};

#[test]
fn what_was_confirmed_survives_kill_9() {
    let data = tempfile::tempdir().unwrap();
    let chat = example("chat");
    let mut holdfast = Holdfast::dev(&chat, data.path(), &[]);
    let server = holdfast.ready();
    for text in ["first", "second", "third"] {
        let body = format!(r#"{{"author":"Ada","text":"{text}"}}"#);
        let posted = server.post("/api/rooms/kept/messages", &body);
        assert_eq!(posted.status, 201, "{posted:?}");
    }
    let before = server.get("/api/rooms/kept/messages").body;
    holdfast.signal("KILL");
    assert!(!holdfast.end().status.success());

    let mut holdfast = Holdfast::dev(&chat, data.path(), &[]);
    let server = holdfast.ready();
    let after = server.get("/api/rooms/kept/messages").body;
    assert_eq!(after, before);
    assert!(after.contains("third"), "{after}");
}

#[test]
fn a_polite_signal_ends_it_with_0() {
    for signal in ["TERM", "INT"] {
        let project = Project::worker("export default { fetch: () => new Response('ok') };");
        let data = tempfile::tempdir().unwrap();
        let mut holdfast = Holdfast::dev(project.path(), data.path(), &[]);
        holdfast.ready();
        holdfast.signal(signal);
        let ended = holdfast.end();
        assert_eq!(
            ended.status.code(),
            Some(0),
            "SIG{signal}: {}{}",
            ended.stdout,
            ended.stderr
        );
        assert_eq!(ended.stderr, "");
    }
}

#[test]
fn a_request_under_way_is_finished() {
    let project = Project::worker(
        "export default { async fetch(request) {
            console.log('begun');
            return new Response(`got ${await request.text()}`);
        } };",
    );
    let data = tempfile::tempdir().unwrap();
    let mut holdfast = Holdfast::dev(project.path(), data.path(), &[]);
    let server = holdfast.ready();
    let exchange = server.begin("POST", "/", 4);
    holdfast.expect("begun");
    holdfast.signal("TERM");
    holdfast.expect("stopping");
    assert_eq!(exchange.finish("late").body, "got late");
    assert_eq!(holdfast.end().status.code(), Some(0));
}

#[test]
fn a_second_signal_does_not_wait() {
    let project = Project::worker(
        "export default { async fetch(request) { console.log('begun'); return new Response(await request.text()); } };",
    );
    let data = tempfile::tempdir().unwrap();
    let mut holdfast = Holdfast::dev(project.path(), data.path(), &[]);
    let server = holdfast.ready();
    let _never_finished = server.begin("POST", "/", 4);
    holdfast.expect("begun");
    holdfast.signal("INT");
    holdfast.expect("stopping");
    holdfast.signal("INT");
    assert_eq!(holdfast.end().status.code(), Some(130));
}
