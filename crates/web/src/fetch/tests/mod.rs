//! The client against servers on this machine.

mod failures;
mod server;
mod websocket;

use std::time::Duration;

use bytes::Bytes;
use futures_util::StreamExt;
use http::header::{
    AUTHORIZATION, CONNECTION, CONTENT_ENCODING, CONTENT_LENGTH, COOKIE, HOST, TRANSFER_ENCODING,
    UPGRADE,
};
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use hyper::body::Incoming;
use url::Url;

use self::server::{Answer, Server};
use super::{Client, ClientOptions, Request, Response, Roots};
use crate::body::{Body, BodyError, Coding, channel, channel_of_length};

const LIMIT: usize = 64 << 20;

fn client() -> Client {
    client_with(ClientOptions::default())
}

fn client_with(options: ClientOptions) -> Client {
    // The system's store takes time to read and is not what these tests are about.
    let roots = match options.roots {
        Roots::System => Roots::Custom(rustls::RootCertStore::empty()),
        custom => custom,
    };
    Client::new(ClientOptions { roots, ..options }).expect("TLS can be set up")
}

fn get(url: &str) -> Request {
    request(Method::GET, url, Body::Empty)
}

fn request(method: Method, url: &str, body: Body) -> Request {
    Request {
        method,
        url: Url::parse(url).expect("a URL"),
        headers: HeaderMap::new(),
        body,
    }
}

fn answer(body: impl Into<Body>) -> Answer {
    http::Response::new(body.into())
}

async fn text(response: Response) -> Result<String, BodyError> {
    let bytes = response.body.unwrap_or_default().collect(LIMIT).await?;
    Ok(String::from_utf8(bytes.into()).expect("the tests use text"))
}

/// Answers with the request: its first line, its headers in order of their names, its body.
async fn echo(request: http::Request<Incoming>) -> Answer {
    let (parts, body) = request.into_parts();
    let mut lines: Vec<String> = parts
        .headers
        .iter()
        .map(|(name, value)| format!("{name}: {}", String::from_utf8_lossy(value.as_bytes())))
        .collect();
    lines.sort();
    lines.insert(0, format!("{} {}", parts.method, parts.uri));
    let body = Body::from(body)
        .collect(LIMIT)
        .await
        .expect("the body arrives");
    lines.push(String::from_utf8_lossy(&body).into_owned());
    answer(lines.join("\n"))
}

#[tokio::test]
async fn a_get_sends_only_what_it_must() {
    let server = Server::http(echo).await;
    let url = format!("http://user:secret@{}/a%20b?c=d#e", server.address);
    let response = client().send(get(&url)).await.unwrap();
    assert_eq!(
        (response.status, response.status_text.as_str()),
        (StatusCode::OK, "OK")
    );
    assert_eq!(
        text(response).await.unwrap(),
        format!("GET /a%20b?c=d\nhost: {}\n", server.address)
    );
}

#[tokio::test]
async fn connection_headers_are_the_clients() {
    let server = Server::http(echo).await;
    let mut request = get(&server.url("/"));
    for (name, value) in [
        (HOST, "elsewhere"),
        (CONTENT_LENGTH, "77"),
        (TRANSFER_ENCODING, "chunked"),
        (CONNECTION, "close"),
        (UPGRADE, "h2c"),
        (COOKIE, "a=b"),
        (AUTHORIZATION, "secret"),
    ] {
        request
            .headers
            .insert(name, HeaderValue::from_static(value));
    }
    let response = client().send(request).await.unwrap();
    let expected = format!(
        "GET /\nauthorization: secret\ncookie: a=b\nhost: {}\n",
        server.address
    );
    assert_eq!(text(response).await.unwrap(), expected);
}

#[tokio::test]
async fn bodies_of_known_length_say_so_and_others_are_chunked() {
    let server = Server::http(echo).await;
    let client = client();
    let host = server.address;
    let post = |body| client.send(request(Method::POST, &server.url("/"), body));

    let sent = text(post(Body::from("héllo".to_owned())).await.unwrap())
        .await
        .unwrap();
    assert_eq!(
        sent,
        format!("POST /\ncontent-length: 6\nhost: {host}\nhéllo")
    );

    let sent = text(post(Body::Empty).await.unwrap()).await.unwrap();
    assert_eq!(sent, format!("POST /\ncontent-length: 0\nhost: {host}\n"));

    let (sender, body) = channel_of_length(2, 3);
    assert!(sender.send("abc".into()).await);
    sender.finish();
    let sent = text(post(body).await.unwrap()).await.unwrap();
    assert_eq!(
        sent,
        format!("POST /\ncontent-length: 3\nhost: {host}\nabc")
    );

    let (sender, body) = channel(2);
    assert!(sender.send("ab".into()).await);
    assert!(sender.send("c".into()).await);
    sender.finish();
    let sent = text(post(body).await.unwrap()).await.unwrap();
    assert_eq!(
        sent,
        format!("POST /\nhost: {host}\ntransfer-encoding: chunked\nabc")
    );
}

#[tokio::test]
async fn header_values_are_bytes_both_ways() {
    let server = Server::http(|request: http::Request<Incoming>| async move {
        let mut response = answer(Body::Empty);
        let value = request.headers()["x-word"].clone();
        response.headers_mut().append("x-back", value);
        response
            .headers_mut()
            .append("x-back", HeaderValue::from_bytes(b"\xe9").unwrap());
        response
    })
    .await;
    let mut request = get(&server.url("/"));
    request
        .headers
        .insert("x-word", HeaderValue::from_bytes("é€".as_bytes()).unwrap());
    let response = client().send(request).await.unwrap();
    let back: Vec<&[u8]> = response
        .headers
        .get_all("x-back")
        .iter()
        .map(HeaderValue::as_bytes)
        .collect();
    assert_eq!(back, ["é€".as_bytes(), b"\xe9"]);
}

#[tokio::test]
async fn status_text_is_the_servers() {
    let server = Server::raw("HTTP/1.1 299 Rather Good\r\nContent-Length: 0\r\n\r\n").await;
    let response = client().send(get(&server.url("/"))).await.unwrap();
    assert_eq!(
        (response.status.as_u16(), response.status_text.as_str()),
        (299, "Rather Good")
    );
}

#[tokio::test]
async fn redirects_are_left_to_the_caller() {
    let server = Server::http(|_| async {
        let mut response = answer(Body::Empty);
        *response.status_mut() = StatusCode::FOUND;
        response
            .headers_mut()
            .insert("location", HeaderValue::from_static("/elsewhere"));
        response
    })
    .await;
    let response = client().send(get(&server.url("/"))).await.unwrap();
    assert_eq!(response.status, StatusCode::FOUND);
    assert_eq!(response.headers["location"], "/elsewhere");
    assert_eq!(server.connections(), 1);
}

#[tokio::test]
async fn connections_are_reused_once_the_body_was_read() {
    let server = Server::http(|_| async { answer("hello".to_owned()) }).await;
    let client = client();
    for _ in 0..50 {
        let response = client.send(get(&server.url("/"))).await.unwrap();
        assert_eq!(text(response).await.unwrap(), "hello");
        tokio::task::yield_now().await;
    }
    // The connection returns to the pool in a task of its own, which may now and then lose the race to the next request.
    assert!(
        server.connections() < 10,
        "{} connections for 50 requests",
        server.connections()
    );
}

#[tokio::test]
async fn a_response_streams() {
    let (sender, body) = channel(1);
    let body = std::sync::Mutex::new(Some(body));
    let body = std::sync::Arc::new(body);
    let server = Server::http(move |_| {
        let body = body
            .lock()
            .expect("nobody panicked")
            .take()
            .expect("one request");
        async { answer(body) }
    })
    .await;
    let response = client().send(get(&server.url("/"))).await.unwrap();
    let mut chunks = response.body.expect("a body").into_stream();
    for word in ["one", "two"] {
        assert!(sender.send(word.into()).await);
        assert_eq!(chunks.next().await, Some(Ok(Bytes::from(word))));
    }
    sender.finish();
    assert_eq!(chunks.next().await, None);
}

#[tokio::test]
async fn a_slow_reader_holds_the_server_back() {
    const CHUNK: usize = 64 << 10;
    const CHUNKS_MAX: usize = 4096;
    let (sender, body) = channel(1);
    let body = std::sync::Arc::new(std::sync::Mutex::new(Some(body)));
    let server = Server::http(move |_| {
        let body = body
            .lock()
            .expect("nobody panicked")
            .take()
            .expect("one request");
        async { answer(body) }
    })
    .await;
    let response = client().send(get(&server.url("/"))).await.unwrap();
    // Nobody reads: what the kernel and hyper hold is all that goes out, far less than the whole.
    let mut sent = 0;
    while sent < CHUNKS_MAX {
        let sending = sender.send(Bytes::from(vec![0; CHUNK]));
        match tokio::time::timeout(Duration::from_millis(500), sending).await {
            Ok(taken) => assert!(taken),
            Err(_blocked) => break,
        }
        sent += 1;
    }
    assert!(
        sent < CHUNKS_MAX,
        "{} MiB were taken from the server",
        (sent * CHUNK) >> 20
    );
    sender.finish();
    // The chunk that was being sent when the time was up was never taken.
    let all = response
        .body
        .expect("a body")
        .collect(CHUNK * CHUNKS_MAX)
        .await
        .unwrap();
    assert_eq!(all.len(), sent * CHUNK);
}

#[tokio::test]
async fn dropping_the_body_ends_the_transfer() {
    let (sender, body) = channel(1);
    let body = std::sync::Arc::new(std::sync::Mutex::new(Some(body)));
    let server = Server::http(move |_| {
        let body = body
            .lock()
            .expect("nobody panicked")
            .take()
            .expect("one request");
        async { answer(body) }
    })
    .await;
    let response = client().send(get(&server.url("/"))).await.unwrap();
    drop(response);
    while sender.send(Bytes::from_static(&[0; 4096])).await {}
}

#[tokio::test]
async fn dropping_the_request_aborts_it() {
    let (seen_sender, mut seen) = tokio::sync::mpsc::channel(1);
    let server = Server::http(move |request: http::Request<Incoming>| {
        let seen = seen_sender.clone();
        async move {
            let mut body = Body::from(request.into_body()).into_stream();
            seen.send(body.next().await).await.expect("the test waits");
            // Ends when the client hangs up.
            seen.send(body.next().await).await.expect("the test waits");
            answer(Body::Empty)
        }
    })
    .await;
    let (sender, body) = channel(1);
    let client = client();
    assert!(sender.send("begun".into()).await);
    {
        let mut sending =
            std::pin::pin!(client.send(request(Method::POST, &server.url("/"), body)));
        tokio::select! {
            _ = &mut sending => panic!("the server does not answer"),
            first = seen.recv() => assert_eq!(first, Some(Some(Ok("begun".into())))),
        }
    }
    assert_eq!(
        seen.recv().await,
        Some(Some(Err(BodyError::ConnectionLost)))
    );
    sender.closed().await;
}

#[tokio::test]
async fn a_failing_request_body_is_the_error() {
    let server = Server::http(echo).await;
    let (sender, body) = channel(1);
    sender.fail(BodyError::Failed("RangeError: boom".to_owned()));
    let error = client()
        .send(request(Method::POST, &server.url("/"), body))
        .await
        .unwrap_err();
    assert_eq!(error.to_string(), "RangeError: boom");
}

#[tokio::test]
async fn coded_bodies_are_decoded_when_read_and_pass_through_as_they_are() {
    for (name, coding) in [("gzip", Coding::Gzip), ("br", Coding::Brotli)] {
        let server = Server::http(move |_| async move {
            let mut response = answer(Body::from("hello ".repeat(100)).recoded(coding));
            response
                .headers_mut()
                .insert(CONTENT_ENCODING, HeaderValue::from_static(name));
            response
        })
        .await;
        let client = client();
        let response = client.send(get(&server.url("/"))).await.unwrap();
        assert_eq!(response.headers[CONTENT_ENCODING], name);
        assert_eq!(text(response).await.unwrap(), "hello ".repeat(100));
        let response = client.send(get(&server.url("/"))).await.unwrap();
        let body = response.body.expect("a body");
        assert_eq!(body.coding(), coding);
        let raw = http_body_util::BodyExt::collect(body)
            .await
            .unwrap()
            .to_bytes();
        assert!(raw.len() < 100, "{} bytes", raw.len());
    }
}

#[tokio::test]
async fn null_bodies() {
    let server = Server::http(|request: http::Request<Incoming>| async move {
        let mut response = answer(Body::Empty);
        if request.method() == Method::HEAD {
            response
                .headers_mut()
                .insert(CONTENT_LENGTH, HeaderValue::from_static("5"));
        }
        *response.status_mut() = match request.uri().path() {
            "/204" => StatusCode::NO_CONTENT,
            "/304" => StatusCode::NOT_MODIFIED,
            _ => StatusCode::OK,
        };
        response
    })
    .await;
    let client = client();
    let head = client
        .send(request(Method::HEAD, &server.url("/"), Body::Empty))
        .await
        .unwrap();
    assert_eq!(head.headers[CONTENT_LENGTH], "5");
    assert!(head.body.is_none());
    assert!(
        client
            .send(get(&server.url("/204")))
            .await
            .unwrap()
            .body
            .is_none()
    );
    assert!(
        client
            .send(get(&server.url("/304")))
            .await
            .unwrap()
            .body
            .is_none()
    );
    assert!(matches!(
        client.send(get(&server.url("/"))).await.unwrap().body,
        Some(Body::Empty)
    ));
}

mod data_urls {
    use super::super::data_url::process;

    #[test]
    fn processed() {
        for (url, mime_type, content) in [
            ("data:text/plain,hi%20x", "text/plain", "hi x"),
            ("data:;base64,aGk=", "text/plain;charset=US-ASCII", "hi"),
            ("data:,", "text/plain;charset=US-ASCII", ""),
            ("data:text/html;base64,%%%", "text/html", ""),
        ] {
            assert_eq!(
                process(url),
                Some((mime_type.to_owned(), content.as_bytes().to_vec())),
                "{url}"
            );
        }
        assert_eq!(process("data:nocomma"), None);
    }
}
