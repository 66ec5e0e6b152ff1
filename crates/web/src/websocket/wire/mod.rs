//! The WebSocket protocol without I/O: RFC 6455, and RFC 7692 (permessage-deflate).
//!
//! Written out here rather than taken from a crate because an object may go on sending after it has received a
//! close frame and decides itself when to answer it, which libraries do not allow; and because connections
//! that hibernate must cost little: compression keeps no state between messages, so that one compressor serves a thread.

mod decoder;
mod deflate;
mod encoder;
mod frame;
mod handshake;

#[cfg(test)]
mod tests;

pub use decoder::{Decoder, Event};
pub use deflate::{Agreed, Deflate};
pub use encoder::Encoder;
pub use frame::{ProtocolError, is_close_code};
pub(crate) use handshake::has_token;
pub use handshake::{HandshakeError, accept_key, check_request, key_matches};

/// Which side of the connection this is: clients mask what they send.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// It connected.
    Client,
    /// It was connected to.
    Server,
}
