//! What the shard sees.

use std::cell::RefCell;
use std::rc::Rc;

use futures_util::FutureExt;
use holdfast_runtime::IncomingRequest;
use holdfast_web::body::Body;
use http::{Method, StatusCode};

use crate::harness::{Server, run, text, with_body};

/// The request that the shard gets for these bytes.
async fn seen(bytes: &str) -> IncomingRequest {
    let seen = Rc::new(RefCell::new(None));
    let sink = Rc::clone(&seen);
    let server = Server::start(move |request| {
        *sink.borrow_mut() = Some(request);
        text("ok")
    });
    let answer = server.exchange(bytes).await;
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    seen.take().expect("the shard was asked")
}

#[test]
fn method_url_and_headers_arrive() {
    run(async {
        let request = seen(
            "PROPFIND /a%20b?q=1&r HTTP/1.1\r\nHost: example.com:8787\r\nX-Two: a\r\nX-Two: b\r\nConnection: close\r\n\r\n",
        )
        .await;
        assert_eq!(request.method, Method::from_bytes(b"PROPFIND").unwrap());
        assert_eq!(request.url, "http://example.com:8787/a%20b?q=1&r");
        let values: Vec<_> = request.headers.get_all("x-two").iter().collect();
        assert_eq!(values, ["a", "b"]);
        assert!(request.body.is_none());
    });
}

#[test]
fn a_body_is_there_when_the_headers_say_so() {
    run(async {
        let none = seen("POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").await;
        assert!(none.body.is_none());
        let empty =
            seen("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
                .await;
        assert!(matches!(empty.body, Some(Body::Empty)), "{:?}", empty.body);
    });
}

/// Answers with the body of the request, once it is there as a whole.
fn echo_whole() -> Server {
    Server::start(|request| {
        async move {
            let body = request.body.expect("a body");
            let length = body.known_length();
            let bytes = body.collect(1 << 20).await.unwrap();
            with_body(format!(
                "{length:?} {}",
                std::str::from_utf8(&bytes).unwrap()
            ))
        }
        .boxed_local()
    })
}

#[test]
fn bodies_of_known_and_unknown_length_arrive() {
    run(async {
        let server = echo_whole();
        let sized = server
            .exchange(
                "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello",
            )
            .await;
        assert!(sized.ends_with("\r\n\r\nSome(5) hello"), "{sized}");
        let chunked = server
            .exchange("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n")
            .await;
        assert!(chunked.ends_with("\r\n\r\nNone hello"), "{chunked}");
    });
}

#[test]
fn a_client_that_waits_for_permission_gets_it_when_the_body_is_read() {
    run(async {
        let server = echo_whole();
        let mut client = server.connect().await;
        client
            .send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n")
            .await;
        client.until("HTTP/1.1 100 Continue\r\n\r\n").await;
        client.send("ok").await;
        client.until("\r\n\r\nSome(2) ok").await;
    });
}

#[test]
fn codings_of_the_transfer_that_nobody_undoes_are_refused() {
    run(async {
        let server = Server::start(|_| panic!("must not reach the shard"));
        for coding in [
            "Transfer-Encoding: gzip, chunked",
            "Transfer-Encoding: chunked, chunked",
            "Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked",
        ] {
            let answer = server
                .exchange(&format!(
                    "POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n{coding}\r\n\r\n0\r\n\r\n"
                ))
                .await;
            assert!(
                answer.starts_with("HTTP/1.1 501 Not Implemented\r\n"),
                "{coding}: {answer}"
            );
            assert!(answer.contains("only Transfer-Encoding"), "{answer}");
        }
    });
}

#[test]
fn what_is_not_a_request_is_refused_and_says_why() {
    run(async {
        let server = Server::start(|_| panic!("must not reach the shard"));
        for (request, reason) in [
            (
                "GET / HTTP/1.1\r\nConnection: close\r\n\r\n",
                "the Host header is missing",
            ),
            (
                "GET / HTTP/1.1\r\nHost: a/b\r\nConnection: close\r\n\r\n",
                "not a host name",
            ),
            (
                "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\nConnection: close\r\n\r\n",
                "more than one Host",
            ),
            (
                "OPTIONS * HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
                "has no path",
            ),
        ] {
            let answer = server.exchange(request).await;
            assert!(
                answer.starts_with("HTTP/1.1 400 Bad Request\r\n"),
                "{answer}"
            );
            assert!(answer.contains(reason), "{answer}");
        }
        let answer = server.exchange("nonsense\r\n\r\n").await;
        assert!(
            answer.starts_with("HTTP/1.1 400 Bad Request\r\n"),
            "{answer}"
        );
        let statuses: Vec<_> = server
            .log
            .lines()
            .into_iter()
            .map(|(_, _, status)| status)
            .collect();
        assert_eq!(
            statuses,
            [Some(StatusCode::BAD_REQUEST); 4],
            "what hyper refuses was never a request"
        );
    });
}
