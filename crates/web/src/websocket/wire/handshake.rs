//! The opening handshake, the server's half (RFC 6455, section 4.2), and what both halves share.

use base64_simd::STANDARD;
use http::header::{CONNECTION, SEC_WEBSOCKET_KEY, SEC_WEBSOCKET_VERSION, UPGRADE};
use http::{HeaderMap, HeaderName, Method};

use crate::crypto::hash::{Hash, HashAlgorithm};

const ACCEPT_SUFFIX: &[u8] = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/// The value of `Sec-WebSocket-Accept` that answers a key.
pub fn accept_key(key: &[u8]) -> String {
    let mut hash = Hash::new(HashAlgorithm::Sha1);
    hash.update(key);
    hash.update(ACCEPT_SUFFIX);
    STANDARD.encode_to_string(hash.finish())
}

/// Whether a server's answer fits a client's key. Base64 has upper and lower case.
pub fn key_matches(key: &str, accept: &[u8]) -> bool {
    accept_key(key.as_bytes()).as_bytes() == accept
}

/// Why a request cannot become a WebSocket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HandshakeError {
    /// It does not ask for one.
    NotAsked,
    /// It speaks another version than 13: it is to be told which one is spoken here.
    Version,
    /// It lacks a key, or has one of the wrong length.
    Key,
}

/// Checks a request and gives the value of `Sec-WebSocket-Accept`.
///
/// # Errors
/// See [`HandshakeError`].
pub fn check_request(method: &Method, headers: &HeaderMap) -> Result<String, HandshakeError> {
    if method != Method::GET
        || !has_token(headers, &UPGRADE, "websocket")
        || !has_token(headers, &CONNECTION, "upgrade")
    {
        return Err(HandshakeError::NotAsked);
    }
    let one = |name: HeaderName| {
        let mut values = headers.get_all(name).iter();
        match (values.next(), values.next()) {
            (Some(value), None) => Some(value.as_bytes()),
            _ => None,
        }
    };
    if one(SEC_WEBSOCKET_VERSION) != Some(b"13") {
        return Err(HandshakeError::Version);
    }
    let key = one(SEC_WEBSOCKET_KEY).ok_or(HandshakeError::Key)?;
    match STANDARD.decode_to_vec(key) {
        Ok(nonce) if nonce.len() == 16 => Ok(accept_key(key)),
        _ => Err(HandshakeError::Key),
    }
}

/// Whether a header with a list of tokens has this one, in whatever case.
pub(crate) fn has_token(headers: &HeaderMap, name: &HeaderName, token: &str) -> bool {
    headers
        .get_all(name)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|part| part.trim().eq_ignore_ascii_case(token))
}
