//! Bodies that take their time, and those that never arrive.

use std::cell::Cell;

use bytes::Bytes;
use futures_util::FutureExt;
use holdfast_web::body::{BodyError, BodySender, channel, channel_of_length};
use tokio::sync::oneshot;

use crate::harness::{Server, now, run, with_body};

const GET: &str = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

/// A server whose one answer is fed by the test.
fn fed_by_test(length: Option<u64>) -> (Server, BodySender) {
    let (sender, body) = match length {
        Some(length) => channel_of_length(1, length),
        None => channel(1),
    };
    let body = Cell::new(Some(body));
    (
        Server::start(move |_| now(with_body(body.take().expect("one request")))),
        sender,
    )
}

#[test]
fn chunks_reach_the_client_as_they_are_made() {
    run(async {
        let (server, sender) = fed_by_test(None);
        let mut client = server.connect().await;
        client.send(GET).await;
        let head = client.until("\r\n\r\n").await;
        assert!(head.contains("transfer-encoding: chunked\r\n"), "{head}");
        for text in ["first", "other"] {
            assert!(sender.send(Bytes::from_static(text.as_bytes())).await);
            assert_eq!(
                client.until(&format!("{text}\r\n")).await,
                format!("5\r\n{text}\r\n")
            );
        }
        sender.finish();
        client.until("0\r\n\r\n").await;
    });
}

#[test]
fn a_stream_of_known_length_says_so() {
    run(async {
        let (server, sender) = fed_by_test(Some(4));
        let mut client = server.connect().await;
        client.send(GET).await;
        let head = client.until("\r\n\r\n").await;
        assert!(head.contains("content-length: 4\r\n"), "{head}");
        sender.send(Bytes::from_static(b"four")).await;
        sender.finish();
        client.until("four").await;
    });
}

#[test]
fn a_chunked_body_that_fails_has_no_end() {
    run(async {
        for fail in [
            BodySender::fail as fn(BodySender, BodyError),
            |sender, _| drop(sender),
        ] {
            let (server, sender) = fed_by_test(None);
            let mut client = server.connect().await;
            client.send(GET).await;
            sender.send(Bytes::from_static(b"half")).await;
            client.until("half\r\n").await;
            fail(sender, BodyError::Failed("the Worker threw".to_owned()));
            assert_eq!(client.rest().await.unwrap(), "", "no last chunk");
        }
    });
}

#[test]
fn a_body_that_fails_is_not_shorter_for_a_client_that_knows_no_chunks() {
    run(async {
        let (server, sender) = fed_by_test(None);
        let mut client = server.connect().await;
        client.send("GET / HTTP/1.0\r\nHost: a\r\n\r\n").await;
        sender.send(Bytes::from_static(b"half")).await;
        client.until("half").await;
        sender.fail(BodyError::ConnectionLost);
        let error = client
            .rest()
            .await
            .expect_err("a clean end would look like the end of the body");
        assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset);
    });
}

#[test]
fn a_body_with_too_few_bytes_is_cut() {
    run(async {
        let (server, sender) = fed_by_test(Some(10));
        let mut client = server.connect().await;
        client.send(GET).await;
        sender.send(Bytes::from_static(b"half")).await;
        client.until("half").await;
        sender.finish();
        assert_eq!(client.rest().await.unwrap(), "", "the connection ends");
    });
}

/// Whether the chunk is taken, when the single thread gives the connection every chance to do so.
async fn is_taken(sender: &BodySender, chunk: Bytes) -> bool {
    const CHANCES: usize = 200;
    let mut send = std::pin::pin!(sender.send(chunk));
    for _ in 0..CHANCES {
        if let Some(reader_is_there) = send.as_mut().now_or_never() {
            assert!(reader_is_there);
            return true;
        }
        tokio::task::yield_now().await;
    }
    false
}

#[test]
fn a_client_that_does_not_read_holds_the_body_back() {
    /// Together far more than the buffers of two sockets.
    const CHUNKS: usize = 256;
    const CHUNK_BYTES: usize = 256 << 10;
    run(async {
        let (server, sender) = fed_by_test(None);
        let mut client = server.connect().await;
        client.send(GET).await;
        client.until("\r\n\r\n").await;
        let chunk = Bytes::from(vec![b'x'; CHUNK_BYTES]);
        let mut taken = 0;
        while taken < CHUNKS && is_taken(&sender, chunk.clone()).await {
            taken += 1;
        }
        assert!(
            taken < CHUNKS,
            "all {CHUNKS} chunks were taken though nobody reads"
        );
        sender.finish();
        client.until("0\r\n\r\n").await;
    });
}

#[test]
fn a_client_that_leaves_ends_the_body() {
    run(async {
        let (server, sender) = fed_by_test(None);
        let mut client = server.connect().await;
        client.send(GET).await;
        client.until("\r\n\r\n").await;
        client.reset();
        sender.closed().await;
    });
}

#[test]
fn an_upload_cut_short_fails_for_the_reader() {
    run(async {
        let (tell, told) = oneshot::channel();
        let tell = Cell::new(Some(tell));
        let server = Server::start(move |request| {
            let tell = tell.take().expect("one request");
            // The client's end of the connection is also the end of this request: read elsewhere.
            tokio::task::spawn_local(async move {
                tell.send(request.body.expect("a body").collect(1 << 20).await)
                    .unwrap();
            });
            std::future::pending().boxed_local()
        });
        let mut client = server.connect().await;
        client
            .send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhalf")
            .await;
        drop(client);
        assert_eq!(told.await.unwrap(), Err(BodyError::ConnectionLost));
    });
}

#[test]
fn request_and_response_flow_at_the_same_time() {
    run(async {
        let server = Server::start(|request| now(with_body(request.body.expect("a body"))));
        let mut client = server.connect().await;
        client
            .send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
            .await;
        client.until("\r\n\r\n").await;
        for text in ["ping", "pong"] {
            client.send(format!("4\r\n{text}\r\n")).await;
            client.until(&format!("4\r\n{text}\r\n")).await;
        }
        client.send("0\r\n\r\n").await;
        client.until("0\r\n\r\n").await;
    });
}
