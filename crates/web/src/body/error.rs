use std::sync::Arc;

use super::Coding;
use crate::compression::CodecError;

/// Why a body could not be read to its end.
///
/// The texts are what a Worker sees.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BodyError {
    /// The peer went away, or the connection failed, before the end of the body.
    #[error("Network connection lost.")]
    ConnectionLost,
    /// The side that makes the body failed with this message.
    #[error("{0}")]
    Failed(String),
    /// JavaScript that makes the body failed.
    #[error("{text}")]
    Thrown {
        /// What it failed with, for whoever is not JavaScript.
        text: String,
        /// The same as `js/sent_errors.js` has packed it, serialized.
        packed: Arc<[u8]>,
    },
    /// The bytes are not what their `Content-Encoding` says.
    #[error("{} decompression failed.", .0.title())]
    Undecodable(Coding),
    /// The bytes are not what a `DecompressionStream` on their way takes.
    #[error("{0}")]
    Codec(#[from] CodecError),
    /// Not as many bytes as a `FixedLengthStream` on their way takes.
    #[error("{0}")]
    WrongLength(&'static str),
    /// More bytes than the reader takes.
    #[error("The body is larger than the limit of {limit} bytes.")]
    TooLarge {
        /// In bytes.
        limit: usize,
    },
    /// The body may not be read any more, for the reason in the text (the response was sent, the client has gone, …).
    #[error("{0}")]
    Revoked(&'static str),
}

impl BodyError {
    /// Whether a Worker gets it as a `TypeError` (otherwise: an `Error`).
    pub fn is_type_error(&self) -> bool {
        matches!(
            self,
            Self::Undecodable(_) | Self::Codec(_) | Self::WrongLength(_) | Self::Revoked(_)
        )
    }
}
