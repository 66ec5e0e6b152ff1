//! What passes between the two ends of a WebSocket.

use bytes::Bytes;

/// The code of a close frame that says none (RFC 6455, section 7.1.5); it is never on the wire.
pub const NO_STATUS: u16 = 1005;

/// The code that an end sees where the other went away without a close frame; it is never on the wire.
pub const ABNORMAL: u16 = 1006;

/// The reason that goes with [`ABNORMAL`] when a connection was lost.
pub const LOST: &str = "WebSocket disconnected without sending Close frame.";

/// The largest message that is received, in bytes (semantics §8.3).
pub const MESSAGE_BYTES_MAX: usize = 32 << 20;

/// One message or the close frame: what an end sends, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Frame {
    /// A text message.
    Text(String),
    /// A binary message.
    Binary(Bytes),
    /// The sender sends nothing after this.
    Close {
        /// [`NO_STATUS`] where the frame has no body.
        code: u16,
        /// At most 123 bytes.
        reason: String,
    },
}

impl Frame {
    /// Bytes that it takes in a queue, with what keeps it there.
    pub fn weight(&self) -> usize {
        const ENTRY: usize = 64;
        ENTRY
            + match self {
                Self::Text(text) => text.len(),
                Self::Binary(bytes) => bytes.len(),
                Self::Close { reason, .. } => reason.len(),
            }
    }
}

/// What an end receives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Received {
    /// A frame.
    Frame(Frame),
    /// The other end went away without a close frame.
    Lost,
    /// The connection failed, and why.
    Failed(String),
}
