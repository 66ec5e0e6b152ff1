//! One connection to the network, from its handshake to its end.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::future::poll_fn;
use std::mem::{self, MaybeUninit};
use std::pin::Pin;
use std::task::{Poll, ready};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadBuf, ReadHalf, WriteHalf};
use tokio::sync::Notify;
use tokio::time::timeout;

use super::message::{Frame, Received};
use super::pipe::{Endpoint, Receiver, Sender};
use super::wire::{Decoder, Deflate, Encoder, Event, ProtocolError, Role};

/// What one read can take. The room is on the stack, so that a connection that lies idle holds none.
const READ_BYTES: usize = 16 << 10;

/// What a connection keeps to write into.
const OUT_BYTES_KEPT: usize = 512;

/// Frames that are ready are written together up to about this many bytes.
const WRITE_BYTES: usize = 64 << 10;

/// How many pings may wait for their pongs. When there are more, the oldest go without: only the latest needs an answer
/// (section 5.5.3).
const PINGS_MAX: usize = 32;

/// How long the other side may take to answer a close frame with its own.
const CLOSE_WAIT_MAX: Duration = Duration::from_secs(60);

/// How long what the other side still sends is read and dropped after the last frame, so that it gets that frame
/// before it learns that the connection has gone.
const LINGER_MAX: Duration = Duration::from_secs(2);

/// How long the last frame may take when the server stops.
const STOP_WRITE_MAX: Duration = Duration::from_secs(1);

/// Moves frames between `stream` and `end` until one of them is over. When `stopped` resolves the other side is told
/// that we go away (1001). `early` is what was received before.
pub async fn pump<S>(
    stream: S,
    early: Bytes,
    end: Endpoint,
    role: Role,
    deflate: Option<Deflate>,
    stopped: impl Future<Output = ()>,
) where
    S: AsyncRead + AsyncWrite,
{
    let (read_half, write_half) = tokio::io::split(stream);
    let Endpoint { sender, receiver } = end;
    let shared = Shared::default();
    let mut decoder = Decoder::new(role, deflate);
    decoder.buffer().extend_from_slice(&early);
    drop(early);
    let reading = read(read_half, sender, decoder, &shared);
    let writer = Writer {
        stream: write_half,
        encoder: Encoder::new(role, deflate),
        out: Vec::new(),
        role,
        shared: &shared,
        close_sent: false,
    };
    let both = async {
        tokio::select! {
            () = writer.run(&receiver, stopped) => {}
            () = reading => {}
        }
    };
    tokio::select! {
        () = both => {}
        () = receiver.cut() => {}
    }
}

/// What the reading half has to say to the writing half.
#[derive(Default)]
struct Shared {
    /// The pings that were not answered yet, at most [`PINGS_MAX`].
    pings: RefCell<VecDeque<Bytes>>,
    /// The close frame of the other side.
    closed: RefCell<Option<Frame>>,
    failed: RefCell<Option<ProtocolError>>,
    /// The other side sends nothing any more.
    over: Cell<bool>,
    changed: Notify,
}

impl Shared {
    fn tell(&self, change: impl FnOnce(&Self)) {
        change(self);
        self.changed.notify_one();
    }

    fn add_ping(&self, payload: Bytes) {
        let mut pings = self.pings.borrow_mut();
        if pings.len() == PINGS_MAX {
            pings.pop_front();
        }
        // Not a part of the buffer that it was read into: it may wait long.
        pings.push_back(Bytes::copy_from_slice(&payload));
    }

    /// Waits for the end of what the other side sends.
    async fn wait_over(&self) {
        while !self.over.get() {
            self.changed.notified().await;
        }
    }
}

/// Reads to the end, and never returns: it is the writing half that ends a connection.
async fn read<S: AsyncRead + AsyncWrite>(
    mut stream: ReadHalf<S>,
    sender: Sender,
    mut decoder: Decoder,
    shared: &Shared,
) {
    receive(&mut stream, &sender, &mut decoder, shared).await;
    // The other end learns now, not when the writing half is done.
    drop(sender);
    drop(decoder);
    // What still comes is dropped.
    let mut waste = vec![0; 1 << 10];
    while matches!(stream.read(&mut waste).await, Ok(count) if count > 0) {}
    shared.tell(|shared| shared.over.set(true));
    std::future::pending::<()>().await;
}

/// Receives until the close frame, an error, or the loss of the connection.
async fn receive<S: AsyncRead + AsyncWrite>(
    stream: &mut ReadHalf<S>,
    sender: &Sender,
    decoder: &mut Decoder,
    shared: &Shared,
) {
    loop {
        match decoder.next_event() {
            Ok(Some(Event::Ping(payload))) => {
                shared.tell(|shared| shared.add_ping(payload));
            }
            Ok(Some(Event::Pong(_))) => {}
            Ok(Some(Event::Frame(frame))) => {
                sender.room().await;
                let close = matches!(frame, Frame::Close { .. }).then(|| frame.clone());
                if sender.push(frame).is_err() {
                    unreachable!("there is room for a largest message wherever there is any");
                }
                if close.is_some() {
                    shared.tell(|shared| drop(shared.closed.replace(close)));
                    return;
                }
            }
            Ok(None) => match read_into(stream, decoder.buffer()).await {
                Ok(count) if count > 0 => {}
                _ => {
                    shared.tell(|shared| shared.over.set(true));
                    return;
                }
            },
            Err(error) => {
                sender.fail(error.to_string());
                shared.tell(|shared| drop(shared.failed.replace(Some(error))));
                return;
            }
        }
    }
}

/// Reads what there is; 0 at the end.
async fn read_into<S: AsyncRead>(
    stream: &mut ReadHalf<S>,
    buffer: &mut BytesMut,
) -> std::io::Result<usize> {
    poll_fn(|cx| {
        let mut room = [MaybeUninit::uninit(); READ_BYTES];
        let mut room = ReadBuf::uninit(&mut room);
        ready!(Pin::new(&mut *stream).poll_read(cx, &mut room))?;
        buffer.extend_from_slice(room.filled());
        Poll::Ready(Ok(room.filled().len()))
    })
    .await
}

struct Writer<'c, S> {
    stream: WriteHalf<S>,
    encoder: Encoder,
    out: Vec<u8>,
    role: Role,
    shared: &'c Shared,
    close_sent: bool,
}

/// What is to be done next.
enum Next {
    Frame(Frame),
    /// Our end is gone.
    Gone,
    /// The reading half has something to say.
    Look,
    Stop,
}

impl<S: AsyncRead + AsyncWrite> Writer<'_, S> {
    async fn run(mut self, receiver: &Receiver, stopped: impl Future<Output = ()>) {
        let mut stopped = std::pin::pin!(stopped);
        loop {
            let next = tokio::select! {
                biased;
                () = &mut stopped => Next::Stop,
                () = self.shared.changed.notified() => Next::Look,
                received = receiver.next() => match received {
                    Received::Frame(frame) => Next::Frame(frame),
                    Received::Lost | Received::Failed(_) => Next::Gone,
                },
            };
            match next {
                Next::Frame(frame) => {
                    self.add(&frame);
                    while self.out.len() < WRITE_BYTES && !self.close_sent {
                        match receiver.try_next() {
                            Some(Received::Frame(frame)) => self.add(&frame),
                            _ => break,
                        }
                    }
                    if !self.flush().await {
                        return;
                    }
                    if self.close_sent {
                        return self.closing().await;
                    }
                }
                Next::Look => {
                    let failed = self.shared.failed.take();
                    if let Some(error) = failed {
                        return self
                            .say_goodbye(Frame::Close {
                                code: error.code,
                                reason: error.reason,
                            })
                            .await;
                    }
                    if !self.answer_pings().await || self.shared.over.get() {
                        return;
                    }
                }
                Next::Gone => {
                    let closed = self.shared.closed.take();
                    // The program has seen the close frame and has left the answer to us.
                    if let Some(frame) = closed {
                        self.say_goodbye(frame).await;
                    }
                    return;
                }
                Next::Stop => {
                    let frame = Frame::Close {
                        code: 1001,
                        reason: "the server is going away".to_owned(),
                    };
                    // A peer that does not read does not keep the server from stopping.
                    let _ = timeout(STOP_WRITE_MAX, self.say_goodbye(frame)).await;
                    return;
                }
            }
        }
    }

    fn add(&mut self, frame: &Frame) {
        self.encoder.frame(frame, &mut self.out);
        self.close_sent = matches!(frame, Frame::Close { .. });
    }

    /// Writes what was added; false: the connection is lost.
    async fn flush(&mut self) -> bool {
        let written = self.stream.write_all(&self.out).await.is_ok();
        if self.out.capacity() > OUT_BYTES_KEPT {
            self.out = Vec::new();
        } else {
            self.out.clear();
        }
        written && self.stream.flush().await.is_ok()
    }

    async fn answer_pings(&mut self) -> bool {
        let pings = mem::take(&mut *self.shared.pings.borrow_mut());
        if pings.is_empty() {
            return true;
        }
        for payload in &pings {
            self.encoder.pong(payload, &mut self.out);
        }
        self.flush().await
    }

    /// Our close frame is out: the connection ends when that of the other side is here. Until then it may go on sending.
    async fn closing(mut self) {
        let waiting = async {
            loop {
                let heard = self.shared.closed.borrow().is_some()
                    || self.shared.failed.borrow().is_some()
                    || self.shared.over.get();
                if heard || !self.answer_pings().await {
                    return;
                }
                self.shared.changed.notified().await;
            }
        };
        // Whether it answers or not, the connection ends.
        let _ = timeout(CLOSE_WAIT_MAX, waiting).await;
        self.end().await;
    }

    async fn say_goodbye(mut self, frame: Frame) {
        self.add(&frame);
        if self.flush().await {
            self.end().await;
        }
    }

    /// Both close frames are out. The server ends the connection (section 7.1.1); whoever does so reads what is still on
    /// its way, lest the other side lose our last frame to a reset.
    async fn end(&mut self) {
        if self.role == Role::Server && self.stream.shutdown().await.is_err() {
            return;
        }
        // It has had its time.
        let _ = timeout(LINGER_MAX, self.shared.wait_over()).await;
    }
}
