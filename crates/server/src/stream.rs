//! The stream of a connection, which can be told how to end.

use std::io::{ErrorKind, IoSlice, Read as _, Result};
use std::net::Shutdown;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, ready};

use socket2::SockRef;
use tokio::io::{AsyncRead, AsyncWrite, Interest, ReadBuf};
use tokio::net::TcpStream;

/// The most room that is read into by [`Stream::read_to_the_end`], which has to fill it with zeros first. Bodies are read
/// into more.
const READ_TO_THE_END_MAX: usize = 16 << 10;

/// Asks a [`Stream`] to end by a reset.
#[derive(Clone, Default)]
pub(crate) struct Cut(Arc<AtomicBool>);

impl Cut {
    /// When the stream is dropped, the other side must not take that for an orderly end.
    pub(crate) fn ask(&self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Learns that the client has reset its connection, which nobody notices who neither reads nor writes.
pub(crate) struct Watch(Arc<TcpStream>);

impl Watch {
    /// Waits until the connection is broken. That the client sends no more is no sign of that: it may have closed its
    /// half only, and wait for the answer.
    pub(crate) async fn broken(&self) {
        // It fails only where the runtime goes away, which ends the connection too.
        self.0.ready(Interest::ERROR).await.ok();
    }
}

/// A connection. It moves with an upgrade, out of reach of who made it, so it takes the wish to be cut with it.
pub(crate) struct Stream {
    tcp: Arc<TcpStream>,
    cut: Cut,
}

impl Stream {
    pub(crate) fn new(tcp: TcpStream, cut: Cut) -> Stream {
        let tcp = Arc::new(tcp);
        Stream { tcp, cut }
    }

    pub(crate) fn watch(&self) -> Watch {
        Watch(Arc::clone(&self.tcp))
    }

    /// Reads, and notes that there is no more where the bytes do not fill the room: a request comes in one piece, and who
    /// then looks for more need not ask the system.
    fn read_to_the_end(&self, buf: &mut ReadBuf<'_>) -> Result<usize> {
        let room = buf.initialize_unfilled();
        let mut last = None;
        let result = self.tcp.try_io(Interest::READABLE, || {
            let count = (&*SockRef::from(&*self.tcp)).read(room)?;
            if 0 < count && count < room.len() {
                last = Some(count);
                // This is what takes the sign away that there is something to read. One that comes meanwhile stays.
                return Err(ErrorKind::WouldBlock.into());
            }
            Ok(count)
        });
        let count = match last {
            Some(count) => count,
            None => result?,
        };
        buf.advance(count);
        Ok(count)
    }

    /// Writes when the socket can take something.
    fn poll_writing(
        &self,
        cx: &mut Context<'_>,
        write: impl Fn(&TcpStream) -> Result<usize>,
    ) -> Poll<Result<usize>> {
        loop {
            ready!(self.tcp.poll_write_ready(cx))?;
            match write(&self.tcp) {
                Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                result => return Poll::Ready(result),
            }
        }
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        if self.cut.0.load(Ordering::Relaxed) {
            // Without effect where the connection is gone already.
            self.tcp.set_zero_linger().ok();
        }
    }
}

impl AsyncRead for Stream {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<Result<()>> {
        loop {
            ready!(self.tcp.poll_read_ready(cx))?;
            let result = match buf.remaining() {
                0..=READ_TO_THE_END_MAX => self.read_to_the_end(buf),
                _ => self.tcp.try_read_buf(buf),
            };
            match result {
                Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                result => return Poll::Ready(result.map(drop)),
            }
        }
    }
}

impl AsyncWrite for Stream {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<Result<usize>> {
        self.poll_writing(cx, |tcp| tcp.try_write(buf))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Result<()>> {
        // A socket has nothing to flush.
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Result<()>> {
        Poll::Ready(SockRef::from(&*self.tcp).shutdown(Shutdown::Write))
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<Result<usize>> {
        self.poll_writing(cx, |tcp| tcp.try_write_vectored(bufs))
    }

    fn is_write_vectored(&self) -> bool {
        true
    }
}
