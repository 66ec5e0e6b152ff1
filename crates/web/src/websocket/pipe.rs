//! Two ends that a WebSocket's frames pass between: from object to object, and between an object and the network.
//!
//! An [`Endpoint`] is `Send`: it travels with a response from shard to shard, and whoever holds it in the end is
//! connected straight to the other one. Nothing pumps frames from hop to hop.
//!
//! What holds:
//! - Frames arrive in the order in which they were sent; nothing arrives after a close frame.
//! - A lane holds a bounded number of bytes. The network side waits for room ([`Sender::room`]); JavaScript cannot wait,
//!   and a frame for which there is no room is given back ([`Sender::push`]).
//! - An end that is dropped is noticed by the other one, after what it had sent.

use std::collections::VecDeque;
use std::future::poll_fn;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use super::message::{Frame, Received};

/// Bytes that may wait in one direction when JavaScript sends: one largest message, and as much again.
pub const QUEUE_BYTES_MAX: usize = 64 << 20;

/// Bytes that wait in one direction before the network is not read any more.
pub(super) const QUEUE_BYTES_ROOM: usize = 256 << 10;

/// One end: what it sends by and what it receives from.
#[derive(Debug)]
pub struct Endpoint {
    /// To the other end.
    pub sender: Sender,
    /// From the other end.
    pub receiver: Receiver,
}

/// Two ends that are connected to each other.
pub fn pair() -> (Endpoint, Endpoint) {
    let (left_sender, right_receiver) = lane();
    let (right_sender, left_receiver) = lane();
    (
        Endpoint {
            sender: left_sender,
            receiver: left_receiver,
        },
        Endpoint {
            sender: right_sender,
            receiver: right_receiver,
        },
    )
}

fn lane() -> (Sender, Receiver) {
    let lane = Arc::new(Lane::default());
    (Sender(Arc::clone(&lane)), Receiver(lane))
}

#[derive(Debug, Default)]
struct Lane(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    queue: VecDeque<Frame>,
    bytes: usize,
    /// How the lane ends, once it is empty.
    end: Option<Received>,
    /// Nobody receives any more.
    deaf: bool,
    /// What waits is of no use any more: the receiver must not go on delivering it.
    cut: bool,
    reader: Option<Waker>,
    writer: Option<Waker>,
    cutter: Option<Waker>,
}

impl State {
    /// Who waits for room, if there is some now.
    fn writer_with_room(&mut self) -> Option<Waker> {
        if self.bytes <= QUEUE_BYTES_ROOM {
            self.writer.take()
        } else {
            None
        }
    }
}

impl Lane {
    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing panics while it holds the lock; were it so, the queue would still be whole.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn end(&self, how: Received) {
        let reader = {
            let mut state = self.state();
            state.end.get_or_insert(how);
            state.reader.take()
        };
        wake(reader);
    }
}

fn wake(waker: Option<Waker>) {
    if let Some(waker) = waker {
        waker.wake();
    }
}

/// The sending half of one direction. Dropped, the receiver gets what was sent and then [`Received::Lost`].
#[derive(Debug)]
pub struct Sender(Arc<Lane>);

impl Sender {
    /// Sends a frame. What nobody receives any more, or comes after the end, is dropped.
    ///
    /// # Errors
    /// The frame, where more than [`QUEUE_BYTES_MAX`] bytes would wait. A close frame always has room.
    pub fn push(&self, frame: Frame) -> Result<(), Frame> {
        let reader = {
            let mut state = self.0.state();
            if state.deaf || state.end.is_some() {
                return Ok(());
            }
            let weight = frame.weight();
            let is_close = matches!(frame, Frame::Close { .. });
            if !is_close && !state.queue.is_empty() && state.bytes + weight > QUEUE_BYTES_MAX {
                return Err(frame);
            }
            state.bytes += weight;
            state.queue.push_back(frame);
            state.reader.take()
        };
        wake(reader);
        Ok(())
    }

    /// Waits until few enough bytes wait, or nobody receives any more.
    pub async fn room(&self) {
        poll_fn(|cx| {
            let mut state = self.0.state();
            if state.deaf || state.bytes <= QUEUE_BYTES_ROOM {
                return Poll::Ready(());
            }
            state.writer = Some(cx.waker().clone());
            Poll::Pending
        })
        .await;
    }

    /// The receiver gets what was sent, and then the news that the connection failed.
    pub fn fail(&self, why: String) {
        self.0.end(Received::Failed(why));
    }

    /// The receiver gets nothing of what still waits: it must give up at once ([`Receiver::cut`]).
    pub fn cut(&self) {
        let (reader, cutter) = {
            let mut state = self.0.state();
            state.cut = true;
            state.queue.clear();
            state.bytes = 0;
            state.end.get_or_insert(Received::Lost);
            (state.reader.take(), state.cutter.take())
        };
        wake(reader);
        wake(cutter);
    }
}

impl Drop for Sender {
    fn drop(&mut self) {
        self.0.end(Received::Lost);
    }
}

/// The receiving half of one direction.
#[derive(Debug)]
pub struct Receiver(Arc<Lane>);

impl Receiver {
    /// The next frame, or how the connection ended; that again and again from then on.
    pub fn poll(&self, cx: &mut Context<'_>) -> Poll<Received> {
        let mut state = self.0.state();
        let received = Self::take(&mut state);
        if received.is_none() {
            state.reader = Some(cx.waker().clone());
        }
        let writer = state.writer_with_room();
        drop(state);
        wake(writer);
        received.map_or(Poll::Pending, Poll::Ready)
    }

    /// The same as a future.
    pub async fn next(&self) -> Received {
        poll_fn(|cx| self.poll(cx)).await
    }

    /// What is there already.
    pub fn try_next(&self) -> Option<Received> {
        let mut state = self.0.state();
        let received = Self::take(&mut state);
        let writer = state.writer_with_room();
        drop(state);
        wake(writer);
        received
    }

    fn take(state: &mut State) -> Option<Received> {
        match state.queue.pop_front() {
            Some(frame) => {
                state.bytes -= frame.weight();
                Some(Received::Frame(frame))
            }
            None => state.end.clone(),
        }
    }

    /// Ends this direction from the receiving side: what has not arrived is dropped, and `why` is received next.
    pub fn fail(&self, why: String) {
        let reader = {
            let mut state = self.0.state();
            state.queue.clear();
            state.bytes = 0;
            state.end = Some(Received::Failed(why));
            state.reader.take()
        };
        wake(reader);
    }

    /// Resolves when the sender has cut the lane.
    pub async fn cut(&self) {
        poll_fn(|cx| {
            let mut state = self.0.state();
            if state.cut {
                return Poll::Ready(());
            }
            state.cutter = Some(cx.waker().clone());
            Poll::Pending
        })
        .await;
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        let writer = {
            let mut state = self.0.state();
            state.deaf = true;
            state.queue.clear();
            state.bytes = 0;
            state.writer.take()
        };
        wake(writer);
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;

    fn text(text: &str) -> Frame {
        Frame::Text(text.to_owned())
    }

    #[test]
    fn frames_keep_their_order_and_the_end_comes_last() {
        let (left, right) = pair();
        for word in ["one", "two"] {
            left.sender.push(text(word)).expect("there is room");
        }
        drop(left);
        let received: Vec<_> = (0..4).map(|_| right.receiver.try_next()).collect();
        assert_eq!(
            received,
            [
                Some(Received::Frame(text("one"))),
                Some(Received::Frame(text("two"))),
                Some(Received::Lost),
                Some(Received::Lost),
            ]
        );
    }

    #[test]
    fn a_full_lane_gives_frames_back_but_takes_the_close_frame() {
        let (left, right) = pair();
        let half = Frame::Binary(Bytes::from(vec![0; QUEUE_BYTES_MAX / 2]));
        left.sender.push(half.clone()).expect("there is room");
        assert_eq!(left.sender.push(half.clone()), Err(half.clone()));
        let close = Frame::Close {
            code: 1000,
            reason: String::new(),
        };
        left.sender.push(close).expect("there is room for this");
        assert_eq!(
            right.receiver.try_next(),
            Some(Received::Frame(half.clone()))
        );
        left.sender.push(half).expect("there is room again");
    }

    #[test]
    fn one_message_larger_than_the_bound_passes_alone() {
        let (left, _right) = pair();
        let big = Frame::Binary(Bytes::from(vec![0; QUEUE_BYTES_MAX + 1]));
        left.sender.push(big).expect("nothing else waits");
        assert_eq!(left.sender.push(text("x")), Err(text("x")));
    }

    #[tokio::test]
    async fn the_network_side_waits_until_there_is_room() {
        let (left, right) = pair();
        let big = Frame::Binary(Bytes::from(vec![0; QUEUE_BYTES_ROOM + 1]));
        left.sender.push(big).expect("there is room");
        let waits = tokio::spawn(async move {
            left.sender.room().await;
            left
        });
        assert!(!waits.is_finished());
        right.receiver.next().await;
        waits.await.expect("there is room now");
    }

    #[tokio::test]
    async fn a_receiver_that_is_gone_lets_the_sender_go_on() {
        let (left, right) = pair();
        let big = Frame::Binary(Bytes::from(vec![0; QUEUE_BYTES_ROOM + 1]));
        left.sender.push(big).expect("there is room");
        drop(right);
        left.sender.room().await;
        left.sender.push(text("x")).expect("it goes nowhere");
        assert_eq!(left.receiver.next().await, Received::Lost);
    }

    #[tokio::test]
    async fn a_cut_drops_what_waits() {
        let (left, right) = pair();
        left.sender.push(text("x")).expect("there is room");
        left.sender.cut();
        right.receiver.cut().await;
        assert_eq!(right.receiver.next().await, Received::Lost);
    }

    #[test]
    fn a_failure_reaches_the_receiver_after_what_was_sent() {
        let (left, right) = pair();
        left.sender.push(text("x")).expect("there is room");
        left.sender.fail("why".to_owned());
        drop(left);
        assert_eq!(right.receiver.try_next(), Some(Received::Frame(text("x"))));
        assert_eq!(
            right.receiver.try_next(),
            Some(Received::Failed("why".to_owned()))
        );
    }
}
