//! Message bodies: the bytes of a request or response on their way through a shard.
//!
//! A [`Body`] is `Send`: it is made on one thread (a connection, another object's shard) and read on another. It knows
//! nothing of JavaScript. [`HostBody`] is the handle by which JavaScript reads one; it stays on its thread.
//!
//! What holds:
//! - A stream that was cut short never looks complete: a [`BodySender`] dropped before [`BodySender::finish`] makes the
//!   reader fail.
//! - A `Body` knows in which content coding its bytes are ([`Body::coding`]). A body that only passes through keeps the bytes
//!   it came with; it is decoded when somebody reads it ([`Body::collect`], [`HostBody`]) and not before.
//! - Memory is bounded: a channel holds a fixed number of chunks, decoders produce as the reader asks, and
//!   [`Body::collect`] has a limit.

mod channel;
mod coding;
mod error;
mod host;
mod http;
mod multipart;
mod open;
mod ops;
mod pipe;
mod stream;

use bytes::{Bytes, BytesMut};
use futures_util::StreamExt;

pub use channel::{BodySender, channel, channel_of_length};
pub use coding::Coding;
pub use error::BodyError;
pub use host::{HostBody, ReadAll};
pub use multipart::{MultipartError, Part, parse as parse_multipart};
pub use open::OpenBodies;
use open::OpenHold;
pub use ops::{body_from_js, register};
pub(crate) use ops::{passage_to_js, throw_body_error};
pub(crate) use pipe::{PipeControl, pipe};
pub use stream::BodyStream;

/// The largest body that [`Body::collect`] puts together for JavaScript, in bytes: an isolate's memory on Cloudflare.
pub const COLLECT_BYTES_MAX: usize = 128 << 20;

/// The body of a request or a response.
#[derive(Debug, Default)]
pub enum Body {
    /// No body at all, or none that has bytes.
    #[default]
    Empty,
    /// All bytes are here.
    Bytes(Bytes),
    /// The bytes arrive over time.
    Stream(BodyStream),
}

impl Body {
    /// The content coding of the bytes as they are held.
    pub fn coding(&self) -> Coding {
        match self {
            Self::Empty | Self::Bytes(_) => Coding::Identity,
            Self::Stream(stream) => stream.coding(),
        }
    }

    /// The number of bytes to come, as they are held, where that is known.
    pub fn known_length(&self) -> Option<u64> {
        match self {
            Self::Empty => Some(0),
            Self::Bytes(bytes) => Some(bytes.len() as u64),
            Self::Stream(stream) => stream.known_length(),
        }
    }

    /// The same content in content coding `target`; nothing happens where it is in that coding already.
    ///
    /// A response whose `Content-Encoding` names a coding and whose body JavaScript made is sent through this, unless the
    /// Worker said `encodeBody: "manual"`.
    pub fn recoded(self, target: Coding) -> Self {
        let current = self.coding();
        if current == target {
            return self;
        }
        match self {
            Self::Empty => Self::Empty,
            Self::Bytes(bytes) => Self::Stream(BodyStream::once(bytes).encoded(target)),
            Self::Stream(stream) => Self::Stream(stream.decoded().encoded(target)),
        }
    }

    /// All bytes of the content, decoded.
    ///
    /// # Errors
    /// What the stream fails with, and [`BodyError::TooLarge`] once more than `limit` bytes have arrived.
    pub async fn collect(self, limit: usize) -> Result<Bytes, BodyError> {
        match self {
            Self::Empty => Ok(Bytes::new()),
            Self::Bytes(bytes) if bytes.len() > limit => Err(BodyError::TooLarge { limit }),
            Self::Bytes(bytes) => Ok(bytes),
            Self::Stream(stream) => {
                let mut stream = stream.decoded();
                let mut all = Gather::new(limit);
                while let Some(chunk) = stream.next().await {
                    all.push(chunk?)?;
                }
                Ok(all.finish())
            }
        }
    }

    /// The body as a stream of decoded chunks.
    pub fn into_stream(self) -> BodyStream {
        match self {
            Self::Empty => BodyStream::empty(),
            Self::Bytes(bytes) => BodyStream::once(bytes),
            Self::Stream(stream) => stream.decoded(),
        }
    }
}

impl From<Vec<u8>> for Body {
    fn from(bytes: Vec<u8>) -> Self {
        Self::from(Bytes::from(bytes))
    }
}

impl From<Bytes> for Body {
    fn from(bytes: Bytes) -> Self {
        if bytes.is_empty() {
            Self::Empty
        } else {
            Self::Bytes(bytes)
        }
    }
}

impl From<String> for Body {
    fn from(text: String) -> Self {
        Self::from(text.into_bytes())
    }
}

/// Puts chunks together; one chunk is kept as it is, without a copy.
pub(crate) struct Gather {
    limit: usize,
    first: Bytes,
    rest: BytesMut,
}

impl Gather {
    pub(crate) fn new(limit: usize) -> Self {
        Self {
            limit,
            first: Bytes::new(),
            rest: BytesMut::new(),
        }
    }

    pub(crate) fn push(&mut self, chunk: Bytes) -> Result<(), BodyError> {
        let so_far = if self.rest.is_empty() {
            self.first.len()
        } else {
            self.rest.len()
        };
        if so_far + chunk.len() > self.limit {
            return Err(BodyError::TooLarge { limit: self.limit });
        }
        if self.first.is_empty() && self.rest.is_empty() {
            self.first = chunk;
            return Ok(());
        }
        if self.rest.is_empty() {
            self.rest.reserve(self.first.len() + chunk.len());
            self.rest
                .extend_from_slice(&std::mem::take(&mut self.first));
        }
        self.rest.extend_from_slice(&chunk);
        Ok(())
    }

    pub(crate) fn finish(self) -> Bytes {
        if self.rest.is_empty() {
            self.first
        } else {
            self.rest.freeze()
        }
    }
}

#[cfg(test)]
mod tests;
