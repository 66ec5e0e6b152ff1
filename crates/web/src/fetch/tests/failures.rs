//! Connections that fail, and TLS, which decides whether they do.

use std::time::Duration;

use super::server::Server;
use super::{client, client_with, echo, get, text};
use crate::body::BodyError;
use crate::fetch::{ClientOptions, FetchError, Roots};

#[tokio::test]
async fn broken_responses() {
    for reply in ["", "garbage\r\n\r\n"] {
        let server = Server::raw(reply).await;
        let error = client().send(get(&server.url("/"))).await.unwrap_err();
        assert_eq!(error.to_string(), "Network connection lost.", "{reply:?}");
        assert!(
            error
                .detail()
                .expect("a detail")
                .starts_with(&server.address.to_string())
        );
    }
    for reply in [
        "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nab",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",
    ] {
        let server = Server::raw(reply).await;
        let response = client()
            .send(get(&server.url("/")))
            .await
            .unwrap_or_else(|error| panic!("{reply:?}: {error:?}"));
        assert_eq!(
            text(response).await,
            Err(BodyError::ConnectionLost),
            "{reply:?}"
        );
    }
}

#[tokio::test]
async fn refused_connections_name_the_address_in_their_detail() {
    // A port that was free a moment ago and is closed again.
    let address = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .unwrap()
        .local_addr()
        .unwrap();
    let error = client()
        .send(get(&format!("http://{address}/")))
        .await
        .unwrap_err();
    assert_eq!(error.to_string(), "Network connection lost.");
    let detail = error.detail().expect("a detail");
    assert!(detail.starts_with(&format!("{address}: ")), "{detail}");
    assert!(detail.to_lowercase().contains("refused"), "{detail}");
}

#[tokio::test]
async fn unknown_names_are_named() {
    let error = client()
        .send(get("http://nonexistent.invalid/"))
        .await
        .unwrap_err();
    assert!(
        matches!(&error, FetchError::Dns { host, .. } if host == "nonexistent.invalid"),
        "{error:?}"
    );
}

#[tokio::test]
async fn a_connection_that_takes_too_long() {
    // Accepts TCP and never answers the TLS handshake.
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let client = client_with(ClientOptions {
        connect_timeout: Duration::from_millis(50),
        ..ClientOptions::default()
    });
    let error = client
        .send(get(&format!("https://{address}/")))
        .await
        .unwrap_err();
    assert!(
        matches!(&error, FetchError::ConnectTimeout { authority, .. } if *authority == address.to_string()),
        "{error:?}"
    );
}

#[tokio::test]
async fn other_schemes_are_refused() {
    let error = client().send(get("ftp://localhost/x")).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "Fetch API cannot load: ftp://localhost/x"
    );
    assert!(error.is_type_error());
}

#[tokio::test]
async fn https_with_a_trusted_certificate() {
    let (server, roots) = Server::https(echo).await;
    let client = client_with(ClientOptions {
        roots: Roots::Custom(roots),
        ..ClientOptions::default()
    });
    let url = format!("https://localhost:{}/s", server.address.port());
    let response = client.send(get(&url)).await.unwrap();
    assert_eq!(
        text(response).await.unwrap(),
        format!("GET /s\nhost: localhost:{}\n", server.address.port())
    );
}

#[tokio::test]
async fn https_with_another_certificate() {
    let (server, _roots) = Server::https(echo).await;
    let (_other, roots) = Server::https(echo).await;
    let client = client_with(ClientOptions {
        roots: Roots::Custom(roots),
        ..ClientOptions::default()
    });
    let url = format!("https://localhost:{}/", server.address.port());
    let error = client.send(get(&url)).await.unwrap_err();
    assert!(matches!(error, FetchError::Tls { .. }), "{error:?}");
    assert!(error.to_string().starts_with(&format!(
        "TLS connection to localhost:{} failed: ",
        server.address.port()
    )));
}
