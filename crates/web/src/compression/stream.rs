//! A body that passes through a codec on its way, without JavaScript.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use futures_core::Stream;
use futures_util::StreamExt;

use super::codec::{Codec, Step};
use crate::body::{BodyError, BodyStream};

/// After so many steps without output (1 MiB of input) others on the thread get their turn.
const STEPS_MAX: usize = 64;

/// The bytes of a body, coded.
pub(super) struct Coded {
    source: BodyStream,
    codec: Codec,
    /// Whether the source was read to its end.
    is_finished: bool,
    /// Nothing more comes, for good or after an error.
    is_over: bool,
}

impl Coded {
    pub(super) fn new(source: BodyStream, codec: Codec) -> Self {
        Self {
            source,
            codec,
            is_finished: false,
            is_over: false,
        }
    }

    fn poll_chunk(&mut self, cx: &mut Context<'_>) -> Poll<Result<Option<Bytes>, BodyError>> {
        for _ in 0..STEPS_MAX {
            match self.codec.step()? {
                Step::Output(bytes) => return Poll::Ready(Ok(Some(bytes))),
                Step::Again => {}
                Step::Idle if self.is_finished => return Poll::Ready(Ok(None)),
                Step::Idle => match ready!(self.source.poll_next_unpin(cx)) {
                    Some(chunk) => self.codec.write(chunk?),
                    None => {
                        self.is_finished = true;
                        self.codec.finish();
                    }
                },
            }
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    }
}

impl Stream for Coded {
    type Item = Result<Bytes, BodyError>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if self.is_over {
            return Poll::Ready(None);
        }
        let next = ready!(self.poll_chunk(cx)).transpose();
        self.is_over = !matches!(next, Some(Ok(_)));
        Poll::Ready(next)
    }
}
