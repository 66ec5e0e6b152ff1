//! WebSockets of one client.

use std::net::SocketAddr;

use anyhow::{Context, Result, bail};
use futures_util::{SinkExt, StreamExt};
use tokio::net::TcpStream;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;

/// What one read can take. The default is cleared for every read and would cost more than what is measured.
const READ_BYTES: usize = 4 << 10;

/// Sockets that all get what the first of them sends.
pub(crate) struct Sockets(Vec<WebSocketStream<TcpStream>>);

impl std::fmt::Debug for Sockets {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{} sockets", self.0.len())
    }
}

impl Sockets {
    pub(crate) async fn connect(addr: SocketAddr, path: &str, count: usize) -> Result<Sockets> {
        let url = format!("ws://{addr}{path}");
        let mut sockets = Vec::with_capacity(count);
        for _ in 0..count {
            let stream = TcpStream::connect(addr)
                .await
                .with_context(|| format!("cannot connect to {addr}"))?;
            stream.set_nodelay(true)?;
            // On the loopback this client would do the server's part of an acknowledgement, too, for each message.
            stream.set_quickack(false)?;
            let config = WebSocketConfig::default().read_buffer_size(READ_BYTES);
            let (socket, _) =
                tokio_tungstenite::client_async_with_config(&url, stream, Some(config))
                    .await
                    .with_context(|| format!("no WebSocket at {url}"))?;
            sockets.push(socket);
        }
        Ok(Sockets(sockets))
    }

    /// Sends a text on the first, and waits until each has got its answer, which goes to `accept`.
    pub(crate) async fn ask(
        &mut self,
        text: &[u8],
        accept: impl Fn(&[u8]) -> Result<()>,
    ) -> Result<()> {
        let text = str::from_utf8(text).context("a message is text")?;
        self.0[0].send(Message::text(text)).await?;
        // When the last has got it most others have, and this client need not sleep and be woken for each.
        for socket in self.0.iter_mut().rev() {
            match socket.next().await {
                Some(Ok(Message::Text(text))) => accept(text.as_bytes())?,
                Some(Ok(other)) => bail!("{other:?} instead of a text"),
                Some(Err(error)) => return Err(error).context("a WebSocket"),
                None => bail!("the server has closed a WebSocket"),
            }
        }
        Ok(())
    }
}
