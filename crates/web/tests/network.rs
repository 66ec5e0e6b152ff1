//! `fetch()` of JavaScript against a server on this machine: `tests/network/*.js`, which learn its address from the text
//! `http://SERVER`.

mod support;

use holdfast_engine::Extension;
use std::convert::Infallible;
use std::io::Write;
use std::net::SocketAddr;
use std::path::Path;

use bytes::Bytes;
use holdfast_web::body::{Body, Coding};
use holdfast_web::websocket::wire::{Deflate, Role, check_request};
use holdfast_web::websocket::{Endpoint, Frame, Received, pair, pump};
use http::header::{
    CONNECTION, CONTENT_ENCODING, LOCATION, SEC_WEBSOCKET_ACCEPT, SEC_WEBSOCKET_EXTENSIONS,
    SEC_WEBSOCKET_PROTOCOL, SET_COOKIE, UPGRADE,
};
use http::{HeaderValue, Request, Response, StatusCode};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use libtest_mimic::{Arguments, Trial};
use tokio::net::TcpListener;
use tokio::task::LocalSet;

fn main() -> std::process::ExitCode {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/network");
    let server = start_server();
    let files = std::fs::read_dir(folder).expect("the folder can be read");
    let trials = files
        .map(|entry| {
            let path = entry.expect("the folder can be read").path();
            let name = path
                .file_name()
                .expect("a file")
                .to_string_lossy()
                .into_owned();
            Trial::test(name, move || run(&path, server).map_err(Into::into))
        })
        .collect();
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}

fn run(path: &Path, server: SocketAddr) -> Result<(), String> {
    let text = std::fs::read_to_string(path).map_err(|error| error.to_string())?;
    let mut file = tempfile::Builder::new()
        .suffix(".js")
        .tempfile()
        .map_err(|error| error.to_string())?;
    file.write_all(text.replace("SERVER", &server.to_string()).as_bytes())
        .map_err(|error| error.to_string())?;
    support::run_file(file.path(), Extension::new("none"), &["holdfast:web/main"])
}

/// A server on a thread of its own, for as long as the process lives.
fn start_server() -> SocketAddr {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener
        .local_addr()
        .expect("a bound socket has an address");
    listener.set_nonblocking(true).expect("a socket");
    std::thread::spawn(move || {
        let tokio = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .expect("tokio");
        LocalSet::new().block_on(&tokio, accept(listener));
    });
    address
}

async fn accept(listener: std::net::TcpListener) {
    let listener = TcpListener::from_std(listener).expect("a socket");
    loop {
        let (stream, _peer) = listener.accept().await.expect("the listener stays open");
        let service =
            service_fn(|request| async move { Ok::<_, Infallible>(answer(request).await) });
        // Clients that hang up in the middle are part of the tests.
        tokio::task::spawn_local(async move {
            http1::Builder::new()
                .serve_connection(TokioIo::new(stream), service)
                .with_upgrades()
                .await
                .ok()
        });
    }
}

async fn answer(mut request: Request<Incoming>) -> Response<Body> {
    let builder = Response::builder();
    let response = match request.uri().path() {
        "/socket" => return switch(&mut request),
        "/gzip" => builder
            .header(CONTENT_ENCODING, "gzip")
            .body(Body::from("unpacked ".repeat(1000)).recoded(Coding::Gzip)),
        "/not-gzip" => builder
            .header(CONTENT_ENCODING, "gzip")
            .body(Body::from("plain".to_owned())),
        "/headers" => builder
            .header(SET_COOKIE, "a=1")
            .header(SET_COOKIE, "b=2")
            .header(
                "x-latin",
                HeaderValue::from_bytes(b"\xe9").expect("a header value"),
            )
            .header("x-utf8", "é")
            .body(Body::Empty),
        "/redirect" => builder
            .status(StatusCode::FOUND)
            .header(LOCATION, "/echo?redirected")
            .body(Body::Empty),
        "/none" => builder.status(StatusCode::NO_CONTENT).body(Body::Empty),
        // For ever: until the client has gone.
        "/hang" => std::future::pending().await,
        // Gives back what it gets, as it gets it.
        "/pipe" => builder.body(Body::from(request.into_body())),
        _ => builder.body(Body::from(echo(request).await)),
    };
    response.expect("the parts above are well formed")
}

/// Becomes a WebSocket that gives back what it gets, and speaks the last of the subprotocols that were asked for.
/// The text "bye" is answered by a close frame, "vanish" by the end of the connection.
fn switch(request: &mut Request<Incoming>) -> Response<Body> {
    let Ok(accept) = check_request(request.method(), request.headers()) else {
        let mut refused = Response::new(Body::Empty);
        *refused.status_mut() = StatusCode::BAD_REQUEST;
        return refused;
    };
    let offers = request.headers().get_all(SEC_WEBSOCKET_EXTENSIONS);
    let agreed = Deflate::answer(offers.iter().filter_map(|value| value.to_str().ok()));
    let mut response = Response::builder()
        .status(StatusCode::SWITCHING_PROTOCOLS)
        .header(CONNECTION, "upgrade")
        .header(UPGRADE, "websocket")
        .header(SEC_WEBSOCKET_ACCEPT, accept);
    if let Some(agreed) = &agreed {
        response = response.header(SEC_WEBSOCKET_EXTENSIONS, &agreed.header);
    }
    let protocols = request.headers().get(SEC_WEBSOCKET_PROTOCOL);
    if let Some(protocols) = protocols.and_then(|value| value.to_str().ok()) {
        let last = protocols.rsplit(',').next().unwrap_or_default().trim();
        response = response.header(SEC_WEBSOCKET_PROTOCOL, last);
    }
    let upgrade = hyper::upgrade::on(request);
    tokio::task::spawn_local(async move {
        let stream = upgrade.await.expect("the client stays");
        let (ours, theirs) = pair();
        tokio::task::spawn_local(converse(ours));
        let deflate = agreed.map(|agreed| agreed.deflate);
        let never = std::future::pending();
        pump(
            TokioIo::new(stream),
            Bytes::new(),
            theirs,
            Role::Server,
            deflate,
            never,
        )
        .await;
    });
    response
        .body(Body::Empty)
        .expect("the parts above are well formed")
}

async fn converse(end: Endpoint) {
    loop {
        let answer = match end.receiver.next().await {
            Received::Frame(Frame::Text(text)) if text == "bye" => Frame::Close {
                code: 3001,
                reason: "as asked".to_owned(),
            },
            Received::Frame(Frame::Text(text)) if text == "vanish" => return,
            Received::Frame(frame) => frame,
            Received::Lost | Received::Failed(_) => return,
        };
        end.sender.push(answer).expect("there is room");
    }
}

/// The request as text: its first line, its headers in order of their names, its body.
async fn echo(request: Request<Incoming>) -> String {
    let (parts, body) = request.into_parts();
    let mut lines: Vec<String> = parts
        .headers
        .iter()
        .filter(|(name, _)| *name != http::header::HOST)
        .map(|(name, value)| format!("{name}: {}", String::from_utf8_lossy(value.as_bytes())))
        .collect();
    lines.sort();
    lines.insert(0, format!("{} {}", parts.method, parts.uri));
    let body = Body::from(body)
        .collect(1 << 20)
        .await
        .expect("the body arrives");
    lines.push(String::from_utf8_lossy(&body).into_owned());
    lines.join("\n")
}
