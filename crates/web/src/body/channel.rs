//! A body whose bytes somebody sends: JavaScript's streams, and other shards.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use futures_core::Stream;
use futures_util::FutureExt;
use tokio::sync::{mpsc, oneshot};

use super::{Body, BodyError, BodyStream};

/// A body of unknown length and the side that feeds it; at most `bound` chunks are under way.
///
/// # Panics
/// If `bound` is zero.
pub fn channel(bound: usize) -> (BodySender, Body) {
    let (sender, receiver) = pair(bound);
    (sender, Body::Stream(BodyStream::new(receiver)))
}

/// Like [`channel`], of a body that says it has `length` bytes.
pub fn channel_of_length(bound: usize, length: u64) -> (BodySender, Body) {
    let (sender, receiver) = pair(bound);
    (
        sender,
        Body::Stream(BodyStream::new(receiver).with_length(length)),
    )
}

fn pair(bound: usize) -> (BodySender, Receiver) {
    let (chunk_sender, chunks) = mpsc::channel(bound);
    let (outcome_sender, outcome) = oneshot::channel();
    (
        BodySender {
            chunks: chunk_sender,
            outcome: outcome_sender,
        },
        Receiver {
            chunks,
            outcome,
            ended: false,
        },
    )
}

/// Feeds a body. Dropped without [`BodySender::finish`], its reader fails with [`BodyError::ConnectionLost`].
#[derive(Debug)]
pub struct BodySender {
    chunks: mpsc::Sender<Bytes>,
    outcome: oneshot::Sender<Result<(), BodyError>>,
}

impl BodySender {
    /// Waits until there is room for `chunk` and sends it. False: nobody reads any more.
    pub async fn send(&self, chunk: Bytes) -> bool {
        self.chunks.send(chunk).await.is_ok()
    }

    /// Like [`BodySender::send`], with nothing borrowed from the sender while it waits.
    pub fn send_owned(&self, chunk: Bytes) -> impl Future<Output = bool> + Send + use<> {
        let chunks = self.chunks.clone();
        async move { chunks.send(chunk).await.is_ok() }
    }

    /// Resolves when nobody reads any more.
    pub fn closed(&self) -> impl Future<Output = ()> + Send + use<> {
        let chunks = self.chunks.clone();
        async move { chunks.closed().await }
    }

    /// The body ends here.
    pub fn finish(self) {
        // Fails where nobody reads; then nobody waits for the outcome either.
        self.outcome.send(Ok(())).ok();
    }

    /// The reader gets what was sent, then `error`.
    pub fn fail(self, error: BodyError) {
        self.outcome.send(Err(error)).ok();
    }
}

struct Receiver {
    chunks: mpsc::Receiver<Bytes>,
    outcome: oneshot::Receiver<Result<(), BodyError>>,
    ended: bool,
}

impl Stream for Receiver {
    type Item = Result<Bytes, BodyError>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if self.ended {
            return Poll::Ready(None);
        }
        // `closed` and `send_owned` keep the channel of chunks open a little longer than the sender lives, so the
        // outcome is asked as well; chunks that were sent before it come first.
        let outcome = match self.chunks.poll_recv(cx) {
            Poll::Ready(Some(chunk)) => return Poll::Ready(Some(Ok(chunk))),
            Poll::Ready(None) | Poll::Pending => ready!(self.outcome.poll_unpin(cx)),
        };
        // A chunk may have come between the two questions.
        if let Ok(chunk) = self.chunks.try_recv() {
            // The outcome is settled and would not be told twice: keep it for the next call.
            let (sender, receiver) = oneshot::channel();
            sender
                .send(outcome.unwrap_or(Err(BodyError::ConnectionLost)))
                .ok();
            self.outcome = receiver;
            return Poll::Ready(Some(Ok(chunk)));
        }
        self.ended = true;
        match outcome {
            Ok(Ok(())) => Poll::Ready(None),
            Ok(Err(error)) => Poll::Ready(Some(Err(error))),
            Err(_dropped) => Poll::Ready(Some(Err(BodyError::ConnectionLost))),
        }
    }
}
