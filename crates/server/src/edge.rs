//! Listeners, one per shard, and the loop that accepts.

use std::io;
use std::net::{SocketAddr, TcpListener as StdListener};
use std::rc::Rc;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::future::LocalBoxFuture;
use holdfast_runtime::{Edge, Shard};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::{JoinError, JoinSet};
use tokio::time::Instant;

use crate::connection::{self, Connections};
use crate::listen;
use crate::log::RequestLog;

/// How long to wait before accepting again when the process is out of file descriptors or memory.
const ACCEPT_RETRY: Duration = Duration::from_millis(50);

/// How often it is said that this is so.
const ACCEPT_TOLD_EVERY: Duration = Duration::from_secs(30);

/// HTTP/1.1 on one address, for all shards of a node.
pub struct HttpEdge {
    addr: SocketAddr,
    /// By shard; taken when that shard begins to serve.
    listeners: Mutex<Vec<Option<StdListener>>>,
    log: Option<Arc<dyn RequestLog>>,
}

impl HttpEdge {
    /// Takes the address for `shards` shards. From now on clients can connect; they are served when the
    /// shards run. With port 0 a free port is chosen: see [`HttpEdge::local_addr`]. `log` hears of every
    /// request.
    ///
    /// # Errors
    /// The address cannot be used, for example because another process listens on it.
    ///
    /// # Panics
    /// If `shards` is zero.
    pub fn bind(
        addr: SocketAddr,
        shards: usize,
        log: Option<Arc<dyn RequestLog>>,
    ) -> io::Result<HttpEdge> {
        assert!(shards > 0, "an edge needs a shard to bring requests to");
        let (listeners, addr) = listen::bind(addr, shards)?;
        let listeners = Mutex::new(listeners.into_iter().map(Some).collect());
        Ok(HttpEdge {
            addr,
            listeners,
            log,
        })
    }

    /// The address that clients connect to.
    pub fn local_addr(&self) -> SocketAddr {
        self.addr
    }

    fn take_listener(&self, shard: usize) -> StdListener {
        let mut listeners = self
            .listeners
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let count = listeners.len();
        listeners
            .get_mut(shard)
            .unwrap_or_else(|| {
                panic!("the edge was bound for {count} shards, and shard {shard} runs it")
            })
            .take()
            .unwrap_or_else(|| panic!("shard {shard} runs the edge twice"))
    }
}

impl Edge for HttpEdge {
    /// # Panics
    /// If the shard's number is not below the count that the edge was bound for, or it runs the edge twice.
    fn run(
        &self,
        shard: Rc<dyn Shard>,
        stop: LocalBoxFuture<'static, ()>,
    ) -> LocalBoxFuture<'static, ()> {
        let listener = self.take_listener(shard.index());
        let log = self.log.clone();
        Box::pin(async move {
            match TcpListener::from_std(listener) {
                Ok(listener) => serve(listener, Connections::new(shard, log), stop).await,
                Err(error) => tracing::error!(%error, "a shard cannot use its listener"),
            }
        })
    }
}

/// Accepts until told to stop, then waits for the requests under way. Dropped, it cuts all connections.
async fn serve(
    listener: TcpListener,
    connections: Connections,
    mut stop: LocalBoxFuture<'static, ()>,
) {
    let (stopping, stopped) = watch::channel(());
    let mut open = JoinSet::new();
    let mut told = None;
    loop {
        tokio::select! {
            biased;
            () = &mut stop => break,
            Some(ended) = open.join_next() => report_panic(ended),
            stream = accept(&listener, &mut told) => {
                open.spawn_local(connection::serve(stream, connections.clone(), stopped.clone()));
            }
        }
    }
    drop(listener);
    drop(stopping);
    while let Some(ended) = open.join_next().await {
        report_panic(ended);
    }
}

/// The next connection. What goes wrong with one of them does not end the listener. `told` is when it was last said
/// that there can be none for the moment.
async fn accept(listener: &TcpListener, told: &mut Option<Instant>) -> TcpStream {
    loop {
        match listener.accept().await {
            Ok((stream, _)) => return stream,
            Err(error) if concerns_one_connection(&error) => {}
            Err(error) => {
                if told.is_none_or(|told| told.elapsed() >= ACCEPT_TOLD_EVERY) {
                    *told = Some(Instant::now());
                    tracing::error!(
                        %error,
                        "cannot accept connections, and tries again until it can; who connects waits meanwhile. Where \
                         too many files are open, raise the limit (ulimit -n, or LimitNOFILE= of a systemd unit)"
                    );
                }
                tokio::time::sleep(ACCEPT_RETRY).await;
            }
        }
    }
}

fn concerns_one_connection(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset, Interrupted};
    matches!(
        error.kind(),
        ConnectionAborted | ConnectionRefused | ConnectionReset | Interrupted
    )
}

fn report_panic(ended: Result<(), JoinError>) {
    if let Err(error) = ended {
        tracing::error!(%error, "serving a connection failed");
    }
}
