use std::cell::RefCell;
use std::io;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncReadExt, AsyncWriteExt, ReadHalf, WriteHalf};
use tokio::net::TcpStream;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_util::sync::CancellationToken;

/// How often a read that is interrupted is given time to notice.
const YIELDS_MAX: usize = 1000;

/// The most bytes that one read gives.
const READ_MAX: usize = 64 * 1024;

enum ReadSide {
    Plain(OwnedReadHalf),
    Tls(ReadHalf<TlsStream<TcpStream>>),
}

enum WriteSide {
    Plain(OwnedWriteHalf),
    Tls(WriteHalf<TlsStream<TcpStream>>),
}

/// Why there is no connection.
#[derive(Debug)]
pub enum ConnectError {
    /// The name, the address or the handshake.
    Io(io::Error),
    /// It took too long.
    Timeout,
}

impl From<io::Error> for ConnectError {
    fn from(error: io::Error) -> Self {
        ConnectError::Io(error)
    }
}

/// A connection. A side that is missing is closed, or under way in a read or a write.
pub struct Socket {
    read: RefCell<Option<ReadSide>>,
    write: RefCell<Option<WriteSide>>,
    /// Cancelled when it is closed: reads and writes that wait end.
    closed: CancellationToken,
    /// Cancelled when TLS begins: a read that waits gives its side back.
    upgrading: CancellationToken,
}

impl Socket {
    fn plain(stream: TcpStream) -> Self {
        let (read, write) = stream.into_split();
        Self::new(ReadSide::Plain(read), WriteSide::Plain(write))
    }

    fn tls(stream: TlsStream<TcpStream>) -> Self {
        let (read, write) = tokio::io::split(stream);
        Self::new(ReadSide::Tls(read), WriteSide::Tls(write))
    }

    fn new(read: ReadSide, write: WriteSide) -> Self {
        Self {
            read: RefCell::new(Some(read)),
            write: RefCell::new(Some(write)),
            closed: CancellationToken::new(),
            upgrading: CancellationToken::new(),
        }
    }

    /// Connects to a host by name or address, with TLS if there is a configuration for it.
    ///
    /// # Errors
    /// If that fails or takes longer than `timeout`.
    pub async fn connect(
        host: String,
        port: u16,
        tls: Option<Arc<ClientConfig>>,
        timeout: Duration,
    ) -> Result<Self, ConnectError> {
        let connecting = async {
            let stream = TcpStream::connect((host.as_str(), port)).await?;
            stream.set_nodelay(true)?;
            match tls {
                None => Ok(Self::plain(stream)),
                Some(config) => handshake(stream, host.clone(), config).await,
            }
        };
        tokio::time::timeout(timeout, connecting)
            .await
            .unwrap_or(Err(ConnectError::Timeout))
    }

    /// The same connection with TLS; this socket is over then.
    ///
    /// # Errors
    /// If it is closed, a write is under way, or the handshake fails or takes longer than `timeout`.
    pub async fn start_tls(
        &self,
        host: String,
        config: Arc<ClientConfig>,
        timeout: Duration,
    ) -> Result<Self, ConnectError> {
        self.upgrading.cancel();
        // The read that waits is a task of its own, which the cancellation has woken.
        for _ in 0..YIELDS_MAX {
            if self.read.borrow().is_some() {
                break;
            }
            tokio::task::yield_now().await;
        }
        let sides = (self.read.take(), self.write.take());
        let (Some(ReadSide::Plain(read)), Some(WriteSide::Plain(write))) = sides else {
            return Err(io::Error::from(io::ErrorKind::NotConnected).into());
        };
        let stream = read.reunite(write).map_err(io::Error::other)?;
        tokio::time::timeout(timeout, handshake(stream, host, config))
            .await
            .unwrap_or(Err(ConnectError::Timeout))
    }

    /// The next bytes; `None` at the end, also when the socket is closed meanwhile.
    ///
    /// # Errors
    /// If the connection is lost.
    pub async fn read(&self) -> io::Result<Option<Vec<u8>>> {
        let Some(mut side) = self.read.take() else {
            return Ok(None);
        };
        let mut bytes = vec![0; READ_MAX];
        let reading = async {
            match &mut side {
                ReadSide::Plain(half) => half.read(&mut bytes).await,
                ReadSide::Tls(half) => half.read(&mut bytes).await,
            }
        };
        let count = tokio::select! {
            biased;
            () = self.closed.cancelled() => return Ok(None),
            () = self.upgrading.cancelled() => {
                self.read.replace(Some(side));
                return Ok(None);
            }
            count = reading => match count {
                // TLS that ends without saying so.
                Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => 0,
                count => count?,
            },
        };
        if count == 0 {
            // The side stays, so that the connection stays half open.
            self.read.replace(Some(side));
            return Ok(None);
        }
        bytes.truncate(count);
        self.read.replace(Some(side));
        Ok(Some(bytes))
    }

    /// Writes all of the bytes.
    ///
    /// # Errors
    /// If the connection is lost, or this side of it is closed.
    pub async fn write(&self, bytes: Vec<u8>) -> io::Result<()> {
        let Some(mut side) = self.write.take() else {
            return Err(io::ErrorKind::BrokenPipe.into());
        };
        let writing = async {
            match &mut side {
                WriteSide::Plain(half) => half.write_all(&bytes).await,
                WriteSide::Tls(half) => {
                    half.write_all(&bytes).await?;
                    half.flush().await
                }
            }
        };
        tokio::select! {
            biased;
            () = self.closed.cancelled() => return Err(io::ErrorKind::BrokenPipe.into()),
            result = writing => result?,
        }
        self.write.replace(Some(side));
        Ok(())
    }

    /// Says that nothing more will be written.
    ///
    /// # Errors
    /// If the connection is lost.
    pub async fn shutdown(&self) -> io::Result<()> {
        match self.write.take() {
            None => Ok(()),
            Some(WriteSide::Plain(mut half)) => half.shutdown().await,
            Some(WriteSide::Tls(mut half)) => half.shutdown().await,
        }
    }

    /// Ends the connection at once.
    pub fn close(&self) {
        self.closed.cancel();
        self.read.take();
        self.write.take();
    }

    /// Resolves when it is closed or nobody has it any more.
    pub(super) fn gone(&self) -> impl Future<Output = ()> + 'static {
        let closed = self.closed.clone();
        async move { closed.cancelled().await }
    }

    /// Closes it when it is dropped: a context that ends takes its connections with it.
    pub(super) fn guard(self: &Rc<Self>) -> Guard {
        Guard(Rc::downgrade(self))
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        self.closed.cancel();
    }
}

pub(super) struct Guard(std::rc::Weak<Socket>);

impl Drop for Guard {
    fn drop(&mut self) {
        if let Some(socket) = self.0.upgrade() {
            socket.close();
        }
    }
}

async fn handshake(
    stream: TcpStream,
    host: String,
    config: Arc<ClientConfig>,
) -> Result<Socket, ConnectError> {
    let name = ServerName::try_from(host).map_err(io::Error::other)?;
    let stream = TlsConnector::from(config).connect(name, stream).await?;
    Ok(Socket::tls(stream))
}
