//! The client's half of the WebSocket opening handshake (RFC 6455, section 4.1).

use std::cell::RefCell;

use base64_simd::STANDARD;
use http::header::{
    CONNECTION, SEC_WEBSOCKET_ACCEPT, SEC_WEBSOCKET_EXTENSIONS, SEC_WEBSOCKET_KEY,
    SEC_WEBSOCKET_PROTOCOL, SEC_WEBSOCKET_VERSION, UPGRADE,
};
use http::{HeaderMap, HeaderValue};
use hyper::upgrade::{OnUpgrade, Upgraded};
use hyper_util::rt::TokioIo;

use crate::body::BodyError;
use crate::websocket::wire::{Deflate, has_token, key_matches};

/// A connection that left HTTP, as tokio reads and writes it.
pub type UpgradedIo = TokioIo<Upgraded>;

/// A handshake under way.
pub(super) struct Handshake {
    key: String,
    /// The subprotocols that were asked for.
    protocols: Vec<String>,
}

impl Handshake {
    /// The handshake that the request asks for with `Upgrade: websocket`, if it does.
    pub(super) fn wanted(headers: &HeaderMap) -> Option<Self> {
        let upgrade = headers.get(UPGRADE)?.as_bytes();
        if !upgrade.eq_ignore_ascii_case(b"websocket") {
            return None;
        }
        let mut nonce = [0; 16];
        getrandom::fill(&mut nonce).expect("the operating system gives random bytes");
        let protocols = headers.get_all(SEC_WEBSOCKET_PROTOCOL).iter();
        let protocols = protocols
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(','))
            .map(|protocol| protocol.trim().to_owned());
        Some(Self {
            key: STANDARD.encode_to_string(nonce),
            protocols: protocols.collect(),
        })
    }

    pub(super) fn add_to(&self, headers: &mut HeaderMap) {
        headers.insert(CONNECTION, HeaderValue::from_static("Upgrade"));
        headers.insert(UPGRADE, HeaderValue::from_static("websocket"));
        headers.insert(SEC_WEBSOCKET_VERSION, HeaderValue::from_static("13"));
        let key = HeaderValue::from_str(&self.key).expect("base64 is a valid header value");
        headers.insert(SEC_WEBSOCKET_KEY, key);
        let offer = HeaderValue::from_static(Deflate::offer());
        headers.insert(SEC_WEBSOCKET_EXTENSIONS, offer);
    }

    /// Whether a 101 response completes the handshake, and with what compression; if not, what is wrong.
    pub(super) fn check(&self, headers: &HeaderMap) -> Result<Option<Deflate>, &'static str> {
        let upgraded = headers
            .get(UPGRADE)
            .is_some_and(|value| value.as_bytes().eq_ignore_ascii_case(b"websocket"));
        if !upgraded {
            return Err("the response lacks Upgrade: websocket");
        }
        if !has_token(headers, &CONNECTION, "upgrade") {
            return Err("the response lacks Connection: Upgrade");
        }
        let accepted = headers
            .get(SEC_WEBSOCKET_ACCEPT)
            .is_some_and(|accept| key_matches(&self.key, accept.as_bytes()));
        if !accepted {
            return Err("Sec-WebSocket-Accept does not match the key");
        }
        if let Some(chosen) = headers.get(SEC_WEBSOCKET_PROTOCOL)
            && !self
                .protocols
                .iter()
                .any(|protocol| protocol.as_bytes() == chosen.as_bytes())
        {
            return Err("the server chose a subprotocol that was not asked for");
        }
        let mut extensions = headers.get_all(SEC_WEBSOCKET_EXTENSIONS).iter();
        match (extensions.next(), extensions.next()) {
            (None, _) => Ok(None),
            (Some(one), None) => Deflate::accepted(one.to_str().unwrap_or_default()).map(Some),
            (Some(_), Some(_)) => Err("the server chose more extensions than were offered"),
        }
    }
}

/// The connection behind a 101 response, until a WebSocket takes it.
#[derive(Debug)]
pub struct HostUpgrade {
    pending: RefCell<Option<OnUpgrade>>,
    deflate: Option<Deflate>,
}

impl HostUpgrade {
    pub(super) fn new(pending: OnUpgrade, deflate: Option<Deflate>) -> Self {
        Self {
            pending: RefCell::new(Some(pending)),
            deflate,
        }
    }

    /// The compression that was agreed on.
    pub fn deflate(&self) -> Option<Deflate> {
        self.deflate
    }

    /// The connection, for the first who asks; bytes that came with the response are the first it gives.
    ///
    /// # Errors
    /// [`BodyError::ConnectionLost`] if the connection broke, or was given away before.
    pub async fn take(&self) -> Result<UpgradedIo, BodyError> {
        let pending = self
            .pending
            .borrow_mut()
            .take()
            .ok_or(BodyError::ConnectionLost)?;
        let upgraded = pending.await.map_err(|_| BodyError::ConnectionLost)?;
        Ok(TokioIo::new(upgraded))
    }
}
