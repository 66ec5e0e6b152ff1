//! The border with whoever brings requests: the HTTP server, or a test.

use std::rc::Rc;

use futures_util::future::LocalBoxFuture;
use holdfast_web::body::Body;
use holdfast_web::websocket::Endpoint;
use http::{HeaderMap, Method, StatusCode};

/// A request for the Worker's default export.
#[derive(Debug)]
pub struct IncomingRequest {
    /// Any method.
    pub method: Method,
    /// The absolute URL as the Worker sees it, `http://host/path?query`.
    pub url: String,
    /// As received.
    pub headers: HeaderMap,
    /// The body; `None` where the request has none.
    pub body: Option<Body>,
}

/// What the Worker answers.
#[derive(Debug)]
pub struct OutgoingResponse {
    /// The status code.
    pub status: StatusCode,
    /// The text after it; empty for the usual one.
    pub status_text: String,
    /// As the Worker set them.
    pub headers: HeaderMap,
    /// The body, arriving perhaps; `None` where there is none.
    pub body: Option<Body>,
    /// The connection becomes a WebSocket; the status is then 101.
    pub web_socket: Option<AnsweredSocket>,
}

/// The Worker's end of a connection that becomes a WebSocket.
#[derive(Debug)]
pub struct AnsweredSocket {
    /// To be connected with the client.
    pub end: Endpoint,
    /// Compression may be agreed on.
    pub compression: bool,
}

impl OutgoingResponse {
    /// A response without anything but a status.
    pub fn empty(status: StatusCode) -> OutgoingResponse {
        OutgoingResponse {
            status,
            status_text: String::new(),
            headers: HeaderMap::new(),
            body: None,
            web_socket: None,
        }
    }

    /// The answer to a request that the Worker has none for. It says no more than the status does, as in workerd: why is
    /// for the log.
    pub(crate) fn failed(status: StatusCode) -> OutgoingResponse {
        let text = status.canonical_reason().unwrap_or_default().to_owned();
        OutgoingResponse {
            body: Some(Body::from(text)),
            ..OutgoingResponse::empty(status)
        }
    }
}

/// One shard, as those see it who run on its thread.
pub trait Shard {
    /// Its number, from 0.
    fn index(&self) -> usize;

    /// Handles a request in the Worker. An exception that the Worker lets escape is logged and
    /// answered with status 500 (503 if it says that something is overloaded). Dropping the future
    /// tells the Worker that the client is gone; its JavaScript runs on.
    fn fetch(&self, request: IncomingRequest) -> LocalBoxFuture<'static, OutgoingResponse>;
}

/// What brings requests to shards. Made once; `run` is called on each shard's thread, inside its
/// tokio runtime and `LocalSet`, and ends when `stop` resolves (new requests are then refused, those
/// under way finish).
pub trait Edge: Send + Sync + 'static {
    /// Serves until told to stop.
    fn run(
        &self,
        shard: Rc<dyn Shard>,
        stop: LocalBoxFuture<'static, ()>,
    ) -> LocalBoxFuture<'static, ()>;
}
