//! WebSockets of one client.

use std::net::SocketAddr;

use anyhow::{Context, Result, bail};
use futures_util::{SinkExt, StreamExt};
use tokio::net::TcpStream;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;

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
            let (socket, _) = tokio_tungstenite::client_async(&url, stream)
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
        for socket in &mut self.0 {
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
