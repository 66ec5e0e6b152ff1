//! The opening handshake of WebSockets.

use http::header::{CONNECTION, SEC_WEBSOCKET_ACCEPT, SEC_WEBSOCKET_KEY, UPGRADE};
use http::{HeaderValue, StatusCode};
use hyper::body::Incoming;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::server::Server;
use super::{answer, client, echo, get, text};
use crate::body::{Body, BodyError};
use crate::fetch::Request;

/// Accepts a WebSocket handshake and sends back upper case; `corrupt` falsifies the proof of the handshake.
async fn websocket_server(corrupt: bool) -> Server {
    use crate::crypto::hash::{HashAlgorithm, digest};
    use base64_simd::STANDARD;
    Server::http(move |mut request: http::Request<Incoming>| async move {
        let key = request.headers()[SEC_WEBSOCKET_KEY].clone();
        let proof = [key.as_bytes(), b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"].concat();
        let digest = digest(HashAlgorithm::Sha1, &proof);
        let upgrade = hyper::upgrade::on(&mut request);
        tokio::spawn(async move {
            let Ok(upgraded) = upgrade.await else { return };
            let mut io = hyper_util::rt::TokioIo::new(upgraded);
            let mut word = [0; 5];
            if io.read_exact(&mut word).await.is_ok() {
                io.write_all(&word.to_ascii_uppercase())
                    .await
                    .expect("the client reads");
            }
        });
        let accept = if corrupt {
            "bm90IHRoaXM=".to_owned()
        } else {
            STANDARD.encode_to_string(digest)
        };
        let mut response = answer(Body::Empty);
        *response.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
        let headers = response.headers_mut();
        headers.insert(CONNECTION, HeaderValue::from_static("upgrade"));
        headers.insert(UPGRADE, HeaderValue::from_static("WebSocket"));
        headers.insert(
            SEC_WEBSOCKET_ACCEPT,
            HeaderValue::from_str(&accept).unwrap(),
        );
        response
    })
    .await
}

fn upgrade_request(url: &str) -> Request {
    let mut request = get(url);
    request
        .headers
        .insert(UPGRADE, HeaderValue::from_static("websocket"));
    request
}

#[tokio::test]
async fn a_websocket_handshake_gives_the_connection() {
    let server = websocket_server(false).await;
    let response = client()
        .send(upgrade_request(&server.url("/")))
        .await
        .unwrap();
    assert_eq!(response.status, StatusCode::SWITCHING_PROTOCOLS);
    let upgrade = response.upgrade.expect("the connection");
    let mut io = upgrade.take().await.unwrap();
    io.write_all(b"hello").await.unwrap();
    let mut back = [0; 5];
    io.read_exact(&mut back).await.unwrap();
    assert_eq!(&back, b"HELLO");
    assert_eq!(
        upgrade.take().await.err(),
        Some(BodyError::ConnectionLost),
        "it is given once"
    );
}

#[tokio::test]
async fn a_false_websocket_handshake_is_refused() {
    let server = websocket_server(true).await;
    let error = client()
        .send(upgrade_request(&server.url("/")))
        .await
        .unwrap_err();
    assert!(
        error
            .to_string()
            .ends_with("Sec-WebSocket-Accept does not match the key"),
        "{error}"
    );
}

#[tokio::test]
async fn a_refused_upgrade_is_a_response() {
    let server = Server::http(echo).await;
    let response = client()
        .send(upgrade_request(&server.url("/")))
        .await
        .unwrap();
    assert_eq!(response.status, StatusCode::OK);
    assert!(response.upgrade.is_none());
    let sent = text(response).await.unwrap();
    assert!(
        sent.contains("connection: Upgrade\n") && sent.contains("upgrade: websocket\n"),
        "{sent}"
    );
    assert!(
        sent.contains("sec-websocket-version: 13\n") && sent.contains("sec-websocket-key: "),
        "{sent}"
    );
}
