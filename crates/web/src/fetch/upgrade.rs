//! The client's half of the WebSocket opening handshake (RFC 6455, section 4.1).

use std::cell::RefCell;

use base64_simd::STANDARD;
use http::header::{
    CONNECTION, SEC_WEBSOCKET_ACCEPT, SEC_WEBSOCKET_KEY, SEC_WEBSOCKET_VERSION, UPGRADE,
};
use http::{HeaderMap, HeaderValue};
use hyper::upgrade::{OnUpgrade, Upgraded};
use hyper_util::rt::TokioIo;
use sha1::{Digest, Sha1};

use crate::body::BodyError;

const ACCEPT_SUFFIX: &[u8] = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/// A connection that left HTTP, as tokio reads and writes it.
pub type UpgradedIo = TokioIo<Upgraded>;

/// A handshake under way.
pub(super) struct Handshake {
    key: String,
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
        Some(Self {
            key: STANDARD.encode_to_string(nonce),
        })
    }

    pub(super) fn add_to(&self, headers: &mut HeaderMap) {
        headers.insert(CONNECTION, HeaderValue::from_static("Upgrade"));
        headers.insert(UPGRADE, HeaderValue::from_static("websocket"));
        headers.insert(SEC_WEBSOCKET_VERSION, HeaderValue::from_static("13"));
        let key = HeaderValue::from_str(&self.key).expect("base64 is a valid header value");
        headers.insert(SEC_WEBSOCKET_KEY, key);
    }

    /// Whether a 101 response completes the handshake; if not, what is wrong.
    pub(super) fn check(&self, headers: &HeaderMap) -> Result<(), &'static str> {
        let is = |name, expected: &str| {
            headers
                .get(name)
                .is_some_and(|value| value.as_bytes().eq_ignore_ascii_case(expected.as_bytes()))
        };
        if !is(UPGRADE, "websocket") {
            return Err("the response lacks Upgrade: websocket");
        }
        let upgrades = headers
            .get_all(CONNECTION)
            .iter()
            .filter_map(|value| value.to_str().ok());
        if !upgrades
            .flat_map(|value| value.split(','))
            .any(|token| token.trim().eq_ignore_ascii_case("upgrade"))
        {
            return Err("the response lacks Connection: Upgrade");
        }
        let accept = STANDARD.encode_to_string(
            Sha1::new()
                .chain_update(&self.key)
                .chain_update(ACCEPT_SUFFIX)
                .finalize(),
        );
        // Base64 has upper and lower case.
        match headers.get(SEC_WEBSOCKET_ACCEPT) {
            Some(value) if value.as_bytes() == accept.as_bytes() => Ok(()),
            _ => Err("Sec-WebSocket-Accept does not match the key"),
        }
    }
}

/// The connection behind a 101 response, until a WebSocket takes it.
#[derive(Debug)]
pub struct HostUpgrade {
    pending: RefCell<Option<OnUpgrade>>,
}

impl HostUpgrade {
    pub(super) fn new(pending: OnUpgrade) -> Self {
        Self {
            pending: RefCell::new(Some(pending)),
        }
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
