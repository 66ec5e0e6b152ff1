//! An edge on a free port, and a client that sees every byte.

use std::cell::RefCell;
use std::net::SocketAddr;
use std::rc::Rc;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::LocalBoxFuture;
use holdfast_runtime::{Edge, IncomingRequest, OutgoingResponse, Shard};
use holdfast_server::{HttpEdge, RequestLog};
use holdfast_web::body::Body;
use http::{Method, StatusCode};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tokio::task::{JoinHandle, LocalSet};

/// Longer than anything here takes; a test that waits this long has failed.
pub(crate) const DEADLINE: Duration = Duration::from_secs(20);

pub(crate) type Answer = LocalBoxFuture<'static, OutgoingResponse>;

struct TestShard<F>(F);

impl<F: Fn(IncomingRequest) -> Answer> Shard for TestShard<F> {
    fn index(&self) -> usize {
        0
    }

    fn fetch(&self, request: IncomingRequest) -> Answer {
        (self.0)(request)
    }
}

/// Method, path, status.
pub(crate) type Logged = (Method, String, Option<StatusCode>);

#[derive(Default)]
pub(crate) struct Log(pub(crate) Mutex<Vec<Logged>>);

impl Log {
    pub(crate) fn lines(&self) -> Vec<Logged> {
        self.0.lock().unwrap().clone()
    }
}

impl RequestLog for Log {
    fn request(&self, method: &Method, path: &str, status: Option<StatusCode>, _took: Duration) {
        self.0
            .lock()
            .unwrap()
            .push((method.clone(), path.to_owned(), status));
    }
}

pub(crate) struct Server {
    pub(crate) addr: SocketAddr,
    pub(crate) log: Arc<Log>,
    pub(crate) running: JoinHandle<()>,
    stop: RefCell<Option<oneshot::Sender<()>>>,
}

impl Server {
    pub(crate) fn start(fetch: impl Fn(IncomingRequest) -> Answer + 'static) -> Server {
        let log = Arc::new(Log::default());
        let edge = HttpEdge::bind(([127, 0, 0, 1], 0).into(), 1, Some(log.clone())).unwrap();
        let (stop, stopped) = oneshot::channel();
        let running = edge.run(Rc::new(TestShard(fetch)), stopped.map(drop).boxed_local());
        let running = tokio::task::spawn_local(running);
        Server {
            addr: edge.local_addr(),
            log,
            running,
            stop: RefCell::new(Some(stop)),
        }
    }

    pub(crate) async fn connect(&self) -> Client {
        Client {
            stream: TcpStream::connect(self.addr).await.unwrap(),
            read: Vec::new(),
        }
    }

    pub(crate) fn stop(&self) {
        self.stop
            .take()
            .expect("stopped twice")
            .send(())
            .expect("the edge has ended by itself");
    }

    /// One request on a connection of its own; the whole answer, as text.
    pub(crate) async fn exchange(&self, request: &str) -> String {
        let mut client = self.connect().await;
        client.send(request).await;
        client.rest().await.unwrap()
    }
}

pub(crate) struct Client {
    pub(crate) stream: TcpStream,
    read: Vec<u8>,
}

impl Client {
    pub(crate) async fn send(&mut self, text: impl AsRef<[u8]>) {
        self.stream.write_all(text.as_ref()).await.unwrap();
    }

    /// Everything up to and including `end`; what comes after it is kept for the next call.
    pub(crate) async fn until(&mut self, end: &str) -> String {
        loop {
            let found = self
                .read
                .windows(end.len())
                .position(|window| window == end.as_bytes());
            if let Some(at) = found {
                let text = self.read.drain(..at + end.len()).collect();
                return String::from_utf8(text).unwrap();
            }
            let count = self.stream.read_buf(&mut self.read).await.unwrap();
            let so_far = String::from_utf8_lossy(&self.read);
            assert_ne!(
                count, 0,
                "the connection ended before {end:?}; it had sent {so_far:?}"
            );
        }
    }

    /// Closes the connection in a way that cannot be taken for having nothing more to send.
    pub(crate) fn reset(self) {
        self.stream.set_zero_linger().unwrap();
    }

    /// What was read and not asked for.
    pub(crate) fn take_read(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.read)
    }

    /// Everything to the end of the connection.
    pub(crate) async fn rest(&mut self) -> std::io::Result<String> {
        while self.stream.read_buf(&mut self.read).await? != 0 {}
        Ok(String::from_utf8(std::mem::take(&mut self.read)).unwrap())
    }
}

/// Runs a test on a single thread, as a shard would, and fails it after [`DEADLINE`].
pub(crate) fn run(test: impl Future<Output = ()>) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let test = async {
        tokio::time::timeout(DEADLINE, test)
            .await
            .expect("the test hangs")
    };
    LocalSet::new().block_on(&runtime, test);
}

/// An answer that is there at once.
pub(crate) fn now(response: OutgoingResponse) -> Answer {
    std::future::ready(response).boxed_local()
}

pub(crate) fn with_body(body: impl Into<Body>) -> OutgoingResponse {
    OutgoingResponse {
        body: Some(body.into()),
        ..OutgoingResponse::empty(StatusCode::OK)
    }
}

pub(crate) fn text(text: impl Into<String>) -> Answer {
    now(with_body(text.into()))
}
