use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use futures_core::Stream;
use futures_util::{StreamExt, stream};

use super::{BodyError, Coding, coding};

type Chunks = Pin<Box<dyn Stream<Item = Result<Bytes, BodyError>> + Send>>;

/// The bytes of a body that arrive over time.
///
/// Read as a `Stream` it gives the bytes as they are held; [`BodyStream::decoded`] gives the content.
/// After an error nothing more comes.
pub struct BodyStream {
    chunks: Chunks,
    length: Option<u64>,
    coding: Coding,
}

impl BodyStream {
    /// A body of unknown length.
    pub fn new(chunks: impl Stream<Item = Result<Bytes, BodyError>> + Send + 'static) -> Self {
        Self {
            chunks: Box::pin(chunks),
            length: None,
            coding: Coding::Identity,
        }
    }

    pub(crate) fn empty() -> Self {
        Self::new(stream::empty()).with_length(0)
    }

    pub(crate) fn once(bytes: Bytes) -> Self {
        let length = bytes.len() as u64;
        Self::new(stream::iter(Some(Ok(bytes)))).with_length(length)
    }

    /// States how many bytes will come, as they are held.
    #[must_use]
    pub fn with_length(mut self, length: u64) -> Self {
        self.length = Some(length);
        self
    }

    /// States in which coding the bytes are held.
    #[must_use]
    pub fn with_coding(mut self, coding: Coding) -> Self {
        self.coding = coding;
        self
    }

    /// The coding of the bytes that this stream gives.
    pub fn coding(&self) -> Coding {
        self.coding
    }

    /// How many bytes this stream will give from its beginning, where that is known.
    pub fn known_length(&self) -> Option<u64> {
        self.length
    }

    /// The content itself.
    #[must_use]
    pub fn decoded(self) -> Self {
        match self.coding {
            Coding::Identity => self,
            coding => coding::decode(self, coding),
        }
    }

    /// This content in `target`.
    pub(crate) fn encoded(self, target: Coding) -> Self {
        debug_assert_eq!(
            self.coding,
            Coding::Identity,
            "only plain content can be encoded"
        );
        match target {
            Coding::Identity => self,
            coding => coding::encode(self, coding),
        }
    }
}

impl Stream for BodyStream {
    type Item = Result<Bytes, BodyError>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.chunks.poll_next_unpin(cx)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.chunks.size_hint()
    }
}

impl fmt::Debug for BodyStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BodyStream")
            .field("length", &self.length)
            .field("coding", &self.coding)
            .finish_non_exhaustive()
    }
}
