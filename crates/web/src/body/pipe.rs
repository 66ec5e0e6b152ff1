//! A body on its way through a transform of the platform, without JavaScript, and what JavaScript learns of its end.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use futures_core::Stream;
use futures_util::{FutureExt, StreamExt};
use tokio::sync::oneshot;

use super::{Body, BodyError, BodyStream};

const TOO_MANY: BodyError =
    BodyError::WrongLength("Attempt to write too many bytes through a FixedLengthStream.");
const TOO_FEW: BodyError =
    BodyError::WrongLength("FixedLengthStream did not see all expected bytes before close().");

/// How a pipe ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum PipeEnd {
    /// All bytes of the source have arrived.
    Whole,
    /// The source failed, and the reader got that error.
    SourceFailed(BodyError),
    /// The transform failed, and the reader got that error.
    TransformFailed(BodyError),
    /// The reader has gone before the end.
    Unread,
}

/// The side of a pipe that stays with who made it.
#[derive(Debug)]
pub(crate) struct PipeControl {
    /// To break the pipe off: its reader gets the error.
    pub(crate) fail: oneshot::Sender<BodyError>,
    /// How it ended; it is [`PipeEnd::Unread`] if nothing is ever sent.
    pub(crate) end: oneshot::Receiver<PipeEnd>,
}

/// Sends the content of `source` through `transform`, into a body that has `length` bytes; fewer or more are an error of the
/// transform.
pub(crate) fn pipe(
    source: Body,
    length: Option<u64>,
    transform: impl FnOnce(BodyStream) -> BodyStream,
) -> (Body, PipeControl) {
    let source_failed = Arc::new(AtomicBool::new(false));
    let watched = Watched {
        source: source.into_stream(),
        has_failed: Arc::clone(&source_failed),
    };
    let (fail, failure) = oneshot::channel();
    let (tell, end) = oneshot::channel();
    let piped = Piped {
        stream: Some(transform(BodyStream::new(watched))),
        source_failed,
        left: length,
        failure: Some(failure),
        tell: Some(tell),
    };
    let stream = BodyStream::new(piped);
    let body = Body::Stream(match length {
        Some(length) => stream.with_length(length),
        None => stream,
    });
    (body, PipeControl { fail, end })
}

/// Takes note of an error of the source, which comes out of the transform as one of its own would.
struct Watched {
    source: BodyStream,
    has_failed: Arc<AtomicBool>,
}

impl Stream for Watched {
    type Item = Result<Bytes, BodyError>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let next = ready!(self.source.poll_next_unpin(cx));
        if matches!(next, Some(Err(_))) {
            // Both sides of the transform are polled by one task at a time.
            self.has_failed.store(true, Ordering::Relaxed);
        }
        Poll::Ready(next)
    }
}

struct Piped {
    /// None once it is over: the source is let go at once.
    stream: Option<BodyStream>,
    source_failed: Arc<AtomicBool>,
    /// How many bytes must still come, if that is fixed.
    left: Option<u64>,
    failure: Option<oneshot::Receiver<BodyError>>,
    tell: Option<oneshot::Sender<PipeEnd>>,
}

impl Piped {
    fn failed(&mut self, cx: &mut Context<'_>) -> Option<BodyError> {
        match self.failure.as_mut()?.poll_unpin(cx) {
            Poll::Pending => None,
            Poll::Ready(failure) => {
                self.failure = None;
                failure.ok()
            }
        }
    }

    /// The chunk, or its end, if it has the length that it must have.
    fn measure(&mut self, chunk: Option<Bytes>) -> Result<Option<Bytes>, BodyError> {
        match (&mut self.left, &chunk) {
            (Some(left), Some(bytes)) => match left.checked_sub(bytes.len() as u64) {
                Some(rest) => *left = rest,
                None => return Err(TOO_MANY),
            },
            (Some(1..), None) => return Err(TOO_FEW),
            _ => {}
        }
        Ok(chunk)
    }

    fn end(&mut self, end: PipeEnd) {
        self.stream = None;
        if let Some(tell) = self.tell.take() {
            // Fails where the context has ended.
            tell.send(end).ok();
        }
    }
}

impl Stream for Piped {
    type Item = Result<Bytes, BodyError>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if self.stream.is_none() {
            return Poll::Ready(None);
        }
        if let Some(error) = self.failed(cx) {
            // Who made it fail knows.
            self.end(PipeEnd::Unread);
            return Poll::Ready(Some(Err(error)));
        }
        let Some(stream) = &mut self.stream else {
            return Poll::Ready(None);
        };
        let next = ready!(stream.poll_next_unpin(cx)).transpose();
        Poll::Ready(match next.and_then(|chunk| self.measure(chunk)) {
            Ok(Some(chunk)) => Some(Ok(chunk)),
            Ok(None) => {
                self.end(PipeEnd::Whole);
                None
            }
            Err(error) => {
                let end = match self.source_failed.load(Ordering::Relaxed) {
                    true => PipeEnd::SourceFailed(error.clone()),
                    false => PipeEnd::TransformFailed(error.clone()),
                };
                self.end(end);
                Some(Err(error))
            }
        })
    }
}

impl Drop for Piped {
    fn drop(&mut self) {
        // Who writes a message of known length does not look for the end behind its last byte.
        if self.stream.is_some() && self.left == Some(0) {
            self.end(PipeEnd::Whole);
        }
    }
}
