//! From a request that became a WebSocket to the connection that serves it.

use bytes::Bytes;
use holdfast_runtime::{AnsweredSocket, OutgoingResponse};
use holdfast_web::body::Body;
use holdfast_web::websocket::wire::{Deflate, HandshakeError, Role, check_request};
use holdfast_web::websocket::{Endpoint, pump};
use http::header::{
    CONNECTION, HeaderValue, SEC_WEBSOCKET_ACCEPT, SEC_WEBSOCKET_EXTENSIONS, SEC_WEBSOCKET_VERSION,
    UPGRADE,
};
use http::{HeaderMap, Method, Request, StatusCode};
use hyper::upgrade::{OnUpgrade, Parts, Upgraded};
use hyper_util::rt::TokioIo;

use crate::response::{self, Outgoing};
use crate::stream::Stream;

/// What a request says about becoming a WebSocket, kept until the Worker has answered.
pub(crate) struct Handshake {
    accept: Result<String, HandshakeError>,
    extensions: Vec<HeaderValue>,
    upgrade: Option<OnUpgrade>,
}

impl Handshake {
    /// Looks at a request that asks for an upgrade; `None` for all others.
    pub(crate) fn of<B>(request: &mut Request<B>) -> Option<Handshake> {
        if !request.headers().contains_key(UPGRADE) {
            return None;
        }
        let accept = check_request(request.method(), request.headers());
        let extensions = request.headers().get_all(SEC_WEBSOCKET_EXTENSIONS);
        Some(Handshake {
            accept,
            extensions: extensions.iter().cloned().collect(),
            upgrade: Some(hyper::upgrade::on(request)),
        })
    }
}

/// A connection that leaves HTTP.
pub(crate) struct Socket {
    upgrade: OnUpgrade,
    end: Endpoint,
    deflate: Option<Deflate>,
}

/// The answer to a request for which the Worker returned a WebSocket, and the connection to be served after it; or
/// the refusal of a request that cannot become one.
pub(crate) fn answer(
    handshake: Option<Handshake>,
    mut answer: OutgoingResponse,
    socket: AnsweredSocket,
    method: &Method,
) -> (Outgoing, Option<Socket>) {
    let refused = |error| (refuse(error, method), None);
    let Some(mut handshake) = handshake else {
        return refused(HandshakeError::NotAsked);
    };
    let accept = match handshake.accept {
        Ok(accept) => accept,
        Err(error) => return refused(error),
    };
    let Some(upgrade) = handshake.upgrade.take() else {
        return refused(HandshakeError::NotAsked);
    };
    let agreed = if socket.compression {
        let offers = handshake.extensions.iter();
        Deflate::answer(offers.filter_map(|value| value.to_str().ok()))
    } else {
        None
    };
    answer.body = None;
    let mut response = response::outgoing(answer, method);
    let headers = response.headers_mut();
    headers.insert(CONNECTION, HeaderValue::from_static("Upgrade"));
    headers.insert(UPGRADE, HeaderValue::from_static("websocket"));
    // Extensions are a matter of the connection, whatever the Worker says.
    headers.remove(SEC_WEBSOCKET_EXTENSIONS);
    set(headers, SEC_WEBSOCKET_ACCEPT, accept);
    let deflate = agreed.map(|agreed| {
        set(headers, SEC_WEBSOCKET_EXTENSIONS, agreed.header);
        agreed.deflate
    });
    let socket = Socket {
        upgrade,
        end: socket.end,
        deflate,
    };
    (response, Some(socket))
}

fn set(headers: &mut HeaderMap, name: http::HeaderName, value: String) {
    let value = HeaderValue::from_maybe_shared(Bytes::from(value));
    headers.insert(name, value.expect("made of visible ASCII"));
}

fn refuse(error: HandshakeError, method: &Method) -> Outgoing {
    let (status, text) = match error {
        HandshakeError::NotAsked => (
            StatusCode::BAD_REQUEST,
            "Bad request: this is not a WebSocket handshake\n",
        ),
        HandshakeError::Version => (
            StatusCode::UPGRADE_REQUIRED,
            "Bad request: only version 13 of the WebSocket protocol is spoken here\n",
        ),
        HandshakeError::Key => (
            StatusCode::BAD_REQUEST,
            "Bad request: Sec-WebSocket-Key is missing or is not the base64 of 16 bytes\n",
        ),
    };
    let mut answer = OutgoingResponse::empty(status);
    answer.body = Some(Body::from(text.to_owned()));
    if error == HandshakeError::Version {
        let version = HeaderValue::from_static("13");
        answer.headers.insert(SEC_WEBSOCKET_VERSION, version);
    }
    response::outgoing(answer, method)
}

impl Socket {
    /// Serves the connection until it ends. Dropped, it cuts it.
    pub(crate) async fn serve(self, stopped: impl Future<Output = ()>) {
        let Socket {
            upgrade,
            end,
            deflate,
        } = self;
        let upgraded: Upgraded = match upgrade.await {
            Ok(upgraded) => upgraded,
            Err(error) => {
                tracing::debug!(%error, "the client left before its WebSocket was open");
                return;
            }
        };
        // Without what served HTTP, and its buffer.
        match upgraded.downcast::<TokioIo<Stream>>() {
            Ok(Parts { io, read_buf, .. }) => {
                pump(
                    io.into_inner(),
                    read_buf,
                    end,
                    Role::Server,
                    deflate,
                    stopped,
                )
                .await;
            }
            Err(_) => unreachable!("connections are served over streams of this kind"),
        }
    }
}
