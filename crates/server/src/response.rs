//! From a Worker's answer to hyper's response.

use bytes::Bytes;
use holdfast_runtime::OutgoingResponse;
use holdfast_web::body::Body;
use http::header::{
    CONNECTION, CONTENT_LENGTH, CONTENT_TYPE, HeaderName, HeaderValue, TE, TRAILER,
    TRANSFER_ENCODING, UPGRADE,
};
use http::{HeaderMap, Method, Response, StatusCode};
use hyper::ext::ReasonPhrase;

use crate::request::Refusal;

pub(crate) type Outgoing = Response<Body>;

/// The answer to a request that does not reach the Worker.
pub(crate) fn refused(refusal: Refusal) -> OutgoingResponse {
    text(refusal.status(), refusal.to_string())
}

/// An answer that switches protocols must say to which; one that does not is a mistake of the Worker.
pub(crate) fn not_switching(answer: OutgoingResponse) -> OutgoingResponse {
    if !answer.status.is_informational() {
        return answer;
    }
    tracing::error!(status = %answer.status, "the Worker switches protocols without a WebSocket");
    text(
        StatusCode::INTERNAL_SERVER_ERROR,
        "Switching protocols without a WebSocket is not possible\n".to_owned(),
    )
}

/// The response as it goes over the wire. Headers that describe the connection are the server's: a
/// Worker's are dropped, as Cloudflare does. `Content-Length` follows from the body; only where no body can
/// follow (`HEAD`, 304) and the Worker gave none, its header says what there would have been.
///
/// A WebSocket that goes with the answer is the business of [`crate::socket`].
///
/// The body's bytes must be in the coding that `Content-Encoding` names ([`Body::recoded`]).
pub(crate) fn outgoing(answer: OutgoingResponse, request_method: &Method) -> Outgoing {
    let OutgoingResponse {
        status,
        status_text,
        headers,
        body,
        web_socket: _,
    } = answer;
    let describes_absent_body =
        body.is_none() && (*request_method == Method::HEAD || status == StatusCode::NOT_MODIFIED);
    let mut response = Response::new(body.unwrap_or_default());
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    strip(response.headers_mut(), describes_absent_body);
    if !status_text.is_empty() && status.canonical_reason() != Some(&*status_text) {
        match ReasonPhrase::try_from(Bytes::from(status_text)) {
            Ok(phrase) => drop(response.extensions_mut().insert(phrase)),
            // The phrase has no meaning; one that cannot be written is left to the usual one.
            Err(error) => tracing::debug!(%error, "statusText cannot be sent"),
        }
    }
    response
}

fn strip(headers: &mut HeaderMap, keep_length: bool) {
    // Most responses have none of these: one look at each name there is beats a search for each of these.
    let unwanted =
        |name: &HeaderName| is_of_connection(name) || (name == CONTENT_LENGTH && !keep_length);
    while let Some(name) = headers.keys().find(|name| unwanted(name)).cloned() {
        headers.remove(name);
    }
}

fn is_of_connection(name: &HeaderName) -> bool {
    [CONNECTION, TE, TRAILER, TRANSFER_ENCODING, UPGRADE].contains(name) || name == "keep-alive"
}

fn text(status: StatusCode, text: String) -> OutgoingResponse {
    let mut response = OutgoingResponse::empty(status);
    response.headers.insert(
        CONTENT_TYPE,
        HeaderValue::from_static("text/plain; charset=utf-8"),
    );
    response.body = Some(Body::from(text));
    response
}
