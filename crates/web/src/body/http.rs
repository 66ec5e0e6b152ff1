//! Bodies as hyper takes and gives them.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use futures_core::Stream;
use futures_util::StreamExt;
use http_body::{Body as HttpBody, Frame, SizeHint};
use hyper::body::Incoming;

use super::{Body, BodyError, BodyStream};

/// Sends the bytes as they are held: a body must be in the coding that its headers name ([`Body::recoded`]).
impl HttpBody for Body {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        match &mut *self {
            Self::Empty => Poll::Ready(None),
            Self::Bytes(_) => match std::mem::take(&mut *self) {
                Self::Bytes(bytes) => Poll::Ready(Some(Ok(Frame::data(bytes)))),
                other => unreachable!("matched Bytes, took {other:?}"),
            },
            Self::Stream(stream) => {
                let next = ready!(stream.poll_next_unpin(cx));
                Poll::Ready(next.map(|chunk| chunk.map(Frame::data)))
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        match self {
            Self::Empty => true,
            Self::Bytes(bytes) => bytes.is_empty(),
            // A stream may still fail, which must not be missed.
            Self::Stream(_) => false,
        }
    }

    fn size_hint(&self) -> SizeHint {
        self.known_length()
            .map_or_else(SizeHint::default, SizeHint::with_exact)
    }
}

/// A body that arrives over a connection. Trailers are dropped: no Web API shows them.
struct Arriving(Incoming);

impl Stream for Arriving {
    type Item = Result<Bytes, BodyError>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            return match ready!(Pin::new(&mut self.0).poll_frame(cx)) {
                None => Poll::Ready(None),
                Some(Err(_)) => Poll::Ready(Some(Err(BodyError::ConnectionLost))),
                Some(Ok(frame)) => match frame.into_data() {
                    Ok(data) if data.is_empty() => continue,
                    Ok(data) => Poll::Ready(Some(Ok(data))),
                    Err(_trailers) => continue,
                },
            };
        }
    }
}

impl From<Incoming> for Body {
    fn from(incoming: Incoming) -> Self {
        if incoming.is_end_stream() {
            return Self::Empty;
        }
        let length = incoming.size_hint().exact();
        let stream = BodyStream::new(Arriving(incoming));
        Self::Stream(match length {
            Some(length) => stream.with_length(length),
            None => stream,
        })
    }
}
