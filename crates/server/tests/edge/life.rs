//! Connections from their beginning to their end.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use futures_util::FutureExt;
use http::{Method, StatusCode};
use tokio::io::AsyncWriteExt;
use tokio::sync::oneshot;
use tokio::task::LocalSet;

use crate::harness::{DEADLINE, Server, run, text, with_body};

const GET: &str = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

/// A server whose requests wait: each gives the test a sender that answers it, and tells when it is
/// dropped.
fn waiting() -> (
    Server,
    tokio::sync::mpsc::UnboundedReceiver<oneshot::Sender<String>>,
) {
    let (ask, asked) = tokio::sync::mpsc::unbounded_channel();
    let server = Server::start(move |_| {
        let (answer, answered) = oneshot::channel();
        ask.send(answer).unwrap();
        async move { with_body(answered.await.unwrap()) }.boxed_local()
    });
    (server, asked)
}

#[test]
fn a_client_that_leaves_drops_the_request() {
    run(async {
        let (server, mut asked) = waiting();
        let mut client = server.connect().await;
        client.send(GET).await;
        let mut answer = asked.recv().await.unwrap();
        client.reset();
        answer.closed().await;
        assert_eq!(server.log.lines(), [(Method::GET, "/".to_owned(), None)]);
    });
}

#[test]
fn a_client_that_closes_its_half_gets_all_its_answers() {
    run(async {
        let (server, mut asked) = waiting();
        let mut client = server.connect().await;
        client.send(format!("{GET}{GET}")).await;
        client.stream.shutdown().await.unwrap();
        for answer in ["first", "second"] {
            asked.recv().await.unwrap().send(answer.to_owned()).unwrap();
            client.until(answer).await;
        }
        assert_eq!(client.rest().await.unwrap(), "");
        let line = (Method::GET, "/".to_owned(), Some(StatusCode::OK));
        assert_eq!(server.log.lines(), [line.clone(), line]);
    });
}

#[test]
fn a_client_that_closed_its_half_and_then_leaves_drops_the_request() {
    run(async {
        let (server, mut asked) = waiting();
        let mut client = server.connect().await;
        client.send(GET).await;
        client.stream.shutdown().await.unwrap();
        let mut answer = asked.recv().await.unwrap();
        client.reset();
        answer.closed().await;
    });
}

#[test]
fn stopping_finishes_the_request_under_way_and_closes_the_idle_ones() {
    run(async {
        let (server, mut asked) = waiting();
        let mut idle = server.connect().await;
        idle.send(GET).await;
        asked.recv().await.unwrap().send("done".to_owned()).unwrap();
        idle.until("done").await;
        let mut busy = server.connect().await;
        busy.send(GET).await;
        let answer = asked.recv().await.unwrap();
        let mut silent = server.connect().await;

        server.stop();
        assert_eq!(idle.rest().await.unwrap(), "");
        // Whether it was accepted before the stop or not, it ends.
        silent.rest().await.ok();
        let refused = tokio::net::TcpStream::connect(server.addr).await.map(drop);
        assert_eq!(
            refused.unwrap_err().kind(),
            std::io::ErrorKind::ConnectionRefused
        );
        assert!(!server.running.is_finished());

        answer.send("late".to_owned()).unwrap();
        let text = busy.rest().await.unwrap();
        assert!(text.contains("connection: close\r\n"), "{text}");
        assert!(text.ends_with("late"), "{text}");
        server.running.await.unwrap();
    });
}

#[test]
fn dropping_the_edge_cuts_its_connections() {
    run(async {
        let (server, mut asked) = waiting();
        let mut client = server.connect().await;
        client.send(GET).await;
        let mut answer = asked.recv().await.unwrap();
        server.running.abort();
        answer.closed().await;
        assert_eq!(client.rest().await.unwrap(), "");
    });
}

#[test]
fn a_panic_ends_its_connection_and_no_other() {
    run(async {
        let first = Cell::new(true);
        let server = Server::start(move |_| {
            assert!(!first.replace(false), "this panic is part of the test");
            text("fine")
        });
        assert_eq!(server.exchange(GET).await, "");
        let mut client = server.connect().await;
        client.send(GET).await;
        client.until("fine").await;
        assert_eq!(server.log.lines()[1].2, Some(StatusCode::OK));
    });
}

#[test]
fn slow_headers_and_idle_connections_time_out() {
    // With paused time the clock jumps to the next timer whenever nothing else can happen.
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .start_paused(true)
        .build()
        .unwrap();
    LocalSet::new().block_on(&runtime, async {
        let asked = Rc::new(RefCell::new(0));
        let count = Rc::clone(&asked);
        let server = Server::start(move |_| {
            *count.borrow_mut() += 1;
            text("fine")
        });
        let begun = tokio::time::Instant::now();
        let mut slow = server.connect().await;
        slow.send("GET / HTTP/1.1\r\nHost: a\r\nX-Slow: ").await;
        assert_eq!(slow.rest().await.unwrap(), "");
        assert!(
            begun.elapsed() >= DEADLINE,
            "closed after {:?}",
            begun.elapsed()
        );
        assert_eq!(*asked.borrow(), 0);

        let mut idle = server.connect().await;
        idle.send(GET).await;
        idle.until("fine").await;
        let begun = tokio::time::Instant::now();
        assert_eq!(idle.rest().await.unwrap(), "");
        assert!(
            begun.elapsed() >= DEADLINE,
            "closed after {:?}",
            begun.elapsed()
        );
    });
}
