//! A body as JavaScript holds it.

use std::cell::RefCell;
use std::future::poll_fn;
use std::rc::Rc;
use std::task::{Context, Poll, Waker, ready};

use bytes::Bytes;
use futures_util::StreamExt;
use holdfast_engine::Buffer;

use super::{Body, BodyError, BodyStream, COLLECT_BYTES_MAX};

/// The handle by which JavaScript reads a [`Body`].
///
/// It goes one way: untouched → being read → over. While untouched, the body can be taken out whole
/// ([`HostBody::take`]) and sent on without JavaScript seeing a byte of it.
#[derive(Debug)]
pub struct HostBody {
    state: RefCell<State>,
}

#[derive(Debug)]
enum State {
    Untouched(Body),
    Reading {
        stream: BodyStream,
        /// Who waits for the next chunk, to be told when the body is cancelled meanwhile.
        reader: Option<Waker>,
    },
    /// Read to the end, taken or cancelled.
    Over,
    /// Every read fails with this.
    Failed(BodyError),
}

impl HostBody {
    /// A handle for `body`.
    pub fn new(body: Body) -> Rc<Self> {
        Rc::new(Self {
            state: RefCell::new(State::Untouched(body)),
        })
    }

    /// The whole body, in the coding it came in, if nothing of it has been read. It is over for JavaScript afterwards.
    pub fn take(&self) -> Option<Body> {
        let mut state = self.state.borrow_mut();
        match std::mem::replace(&mut *state, State::Over) {
            State::Untouched(body) => Some(body),
            other => {
                *state = other;
                None
            }
        }
    }

    /// The length of the content, where it is known and nothing has been read.
    pub fn known_length(&self) -> Option<u64> {
        match &*self.state.borrow() {
            State::Untouched(body) if body.coding() == super::Coding::Identity => {
                body.known_length()
            }
            _ => None,
        }
    }

    /// The next chunk of the content, never empty; `None` at its end.
    pub fn read(self: &Rc<Self>) -> impl Future<Output = Result<Option<Bytes>, BodyError>> + use<> {
        let body = Rc::clone(self);
        async move {
            loop {
                match poll_fn(|cx| body.poll_chunk(cx)).await {
                    Ok(Some(chunk)) if chunk.is_empty() => {}
                    other => return other,
                }
            }
        }
    }

    /// What remains of the content in one piece of at most [`COLLECT_BYTES_MAX`] bytes.
    pub fn collect(self: &Rc<Self>) -> ReadAll {
        let expected = self.known_length().unwrap_or_default();
        // From now on the body is touched, not only when the future is first polled.
        self.start();
        ReadAll {
            body: Rc::clone(self),
            // Room that is never written to costs nothing.
            gathered: Buffer::with_capacity(expected.min(COLLECT_BYTES_MAX as u64) as usize),
        }
    }

    /// Nobody wants the rest: its source is dropped at once, waiting reads see the end.
    pub fn cancel(&self) {
        self.end_with(State::Over);
    }

    /// Every read from now on, waiting ones included, fails with `error`. Nothing happens to a body that is over.
    pub fn fail(&self, error: BodyError) {
        if !matches!(*self.state.borrow(), State::Over) {
            self.end_with(State::Failed(error));
        }
    }

    fn end_with(&self, end: State) {
        let before = self.state.replace(end);
        if let State::Reading {
            reader: Some(waker),
            ..
        } = before
        {
            waker.wake();
        }
    }

    fn start(&self) {
        let mut state = self.state.borrow_mut();
        if let State::Untouched(body) = &mut *state {
            let stream = std::mem::take(body).into_stream();
            *state = State::Reading {
                stream,
                reader: None,
            };
        }
    }

    fn poll_chunk(&self, cx: &mut Context<'_>) -> Poll<Result<Option<Bytes>, BodyError>> {
        self.start();
        let mut state = self.state.borrow_mut();
        let (stream, reader) = match &mut *state {
            State::Reading { stream, reader } => (stream, reader),
            State::Over => return Poll::Ready(Ok(None)),
            State::Failed(error) => return Poll::Ready(Err(error.clone())),
            State::Untouched(_) => unreachable!("start() has just left this state"),
        };
        let next = match stream.poll_next_unpin(cx) {
            Poll::Pending => {
                *reader = Some(cx.waker().clone());
                return Poll::Pending;
            }
            Poll::Ready(next) => next,
        };
        Poll::Ready(match next {
            Some(Ok(chunk)) => Ok(Some(chunk)),
            Some(Err(error)) => {
                *state = State::Failed(error.clone());
                Err(error)
            }
            None => {
                *state = State::Over;
                Ok(None)
            }
        })
    }
}

/// Reads a [`HostBody`] to its end.
#[must_use = "futures do nothing unless polled"]
pub struct ReadAll {
    body: Rc<HostBody>,
    gathered: Buffer,
}

impl Future for ReadAll {
    type Output = Result<Buffer, BodyError>;

    fn poll(mut self: std::pin::Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        loop {
            match ready!(self.body.poll_chunk(cx)) {
                Err(error) => return Poll::Ready(Err(error)),
                Ok(None) => return Poll::Ready(Ok(std::mem::take(&mut self.gathered))),
                Ok(Some(chunk)) => {
                    if self.gathered.len() + chunk.len() > COLLECT_BYTES_MAX {
                        let error = BodyError::TooLarge {
                            limit: COLLECT_BYTES_MAX,
                        };
                        self.body.fail(error.clone());
                        return Poll::Ready(Err(error));
                    }
                    self.gathered.extend(&chunk);
                }
            }
        }
    }
}
