//! What the client sees.

use holdfast_runtime::OutgoingResponse;
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use http_body_util::{BodyExt, Empty};
use hyper_util::rt::TokioIo;

use crate::harness::{Server, now, run, text, with_body};

const GET: &str = "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
const HEAD: &str = "HEAD / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";

fn serve(make: impl Fn() -> OutgoingResponse + 'static) -> Server {
    Server::start(move |_| now(make()))
}

fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, value) in pairs {
        headers.append(*name, HeaderValue::from_static(value));
    }
    headers
}

#[test]
fn an_ordinary_client_gets_status_headers_and_body() {
    run(async {
        let server = serve(|| OutgoingResponse {
            status: StatusCode::CREATED,
            headers: headers(&[("x-a", "1"), ("set-cookie", "a=1"), ("set-cookie", "b=2")]),
            ..with_body("made".to_owned())
        });
        let stream = tokio::net::TcpStream::connect(server.addr).await.unwrap();
        let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream))
            .await
            .unwrap();
        tokio::task::spawn_local(connection);
        for _ in 0..3 {
            let request = http::Request::get("/x")
                .header("host", "a")
                .body(Empty::<bytes::Bytes>::new());
            let response = sender.send_request(request.unwrap()).await.unwrap();
            assert_eq!(response.status(), StatusCode::CREATED);
            assert_eq!(response.headers()["x-a"], "1");
            assert_eq!(response.headers()["content-length"], "4");
            assert!(response.headers().contains_key("date"));
            let cookies: Vec<_> = response.headers().get_all("set-cookie").iter().collect();
            assert_eq!(cookies, ["a=1", "b=2"]);
            assert_eq!(
                response.into_body().collect().await.unwrap().to_bytes(),
                "made"
            );
        }
        assert_eq!(
            server.log.lines(),
            vec![(Method::GET, "/x".to_owned(), Some(StatusCode::CREATED)); 3]
        );
    });
}

#[test]
fn the_status_text_is_the_reason_phrase() {
    run(async {
        let server = serve(|| OutgoingResponse {
            status: StatusCode::from_u16(299).unwrap(),
            status_text: "Very Fine".to_owned(),
            ..with_body("x".to_owned())
        });
        assert!(
            server
                .exchange(GET)
                .await
                .starts_with("HTTP/1.1 299 Very Fine\r\n")
        );
    });
}

#[test]
fn a_worker_cannot_break_the_framing() {
    run(async {
        let server = serve(|| OutgoingResponse {
            status_text: "OK\r\nX-Smuggled: 1".to_owned(),
            headers: headers(&[
                ("content-length", "99"),
                ("transfer-encoding", "gzip"),
                ("connection", "upgrade"),
                ("keep-alive", "timeout=5"),
            ]),
            ..with_body("four".to_owned())
        });
        let answer = server.exchange(GET).await;
        assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
        assert!(answer.contains("content-length: 4\r\n"), "{answer}");
        for absent in ["99", "gzip", "upgrade", "timeout", "Smuggled"] {
            assert!(!answer.contains(absent), "{answer}");
        }
        assert!(answer.ends_with("\r\n\r\nfour"), "{answer}");
    });
}

#[test]
fn no_body_has_length_zero() {
    run(async {
        let server = serve(|| OutgoingResponse::empty(StatusCode::OK));
        assert!(server.exchange(GET).await.contains("content-length: 0\r\n"));
        let server = serve(|| OutgoingResponse::empty(StatusCode::NO_CONTENT));
        let answer = server.exchange(GET).await;
        assert!(
            !answer.contains("content-length") && !answer.contains("chunked"),
            "{answer}"
        );
    });
}

#[test]
fn the_answer_to_head_describes_the_body_and_has_none() {
    run(async {
        let server = serve(|| with_body("twelve bytes".to_owned()));
        let answer = server.exchange(HEAD).await;
        assert!(answer.contains("content-length: 12\r\n"), "{answer}");
        assert!(answer.ends_with("\r\n\r\n"), "{answer}");

        let server = serve(|| OutgoingResponse {
            headers: headers(&[("content-length", "4096")]),
            ..OutgoingResponse::empty(StatusCode::OK)
        });
        let answer = server.exchange(HEAD).await;
        assert!(answer.contains("content-length: 4096\r\n"), "{answer}");
        let answer = server.exchange(GET).await;
        assert!(
            answer.contains("content-length: 0\r\n") && !answer.contains("4096"),
            "{answer}"
        );
    });
}

#[test]
fn switching_protocols_is_refused_by_name() {
    run(async {
        let server = serve(|| OutgoingResponse::empty(StatusCode::SWITCHING_PROTOCOLS));
        let answer = server.exchange(GET).await;
        assert!(answer.starts_with("HTTP/1.1 500 "), "{answer}");
        assert!(
            answer.ends_with("Switching protocols without a WebSocket is not possible\n"),
            "{answer}"
        );
    });
}

#[test]
fn pipelined_requests_are_answered_in_order_on_one_connection() {
    run(async {
        let server = Server::start(|request| text(format!("<{}>", request.url)));
        let mut client = server.connect().await;
        client
            .send("GET /1 HTTP/1.1\r\nHost: a\r\n\r\nGET /2 HTTP/1.1\r\nHost: a\r\n\r\n")
            .await;
        client.until("<http://a/1>").await;
        client.until("<http://a/2>").await;
        client.send("GET /3 HTTP/1.1\r\nHost: a\r\n\r\n").await;
        client.until("<http://a/3>").await;
    });
}
