//! The load: connections that ask, wait for the answer, check it, and ask again (a closed loop).

use std::cell::{Cell, RefCell};
use std::io::ErrorKind;
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use hdrhistogram::Histogram;
use tokio::io::{AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::{JoinSet, LocalSet};
use tokio::time::timeout;

use crate::http1::{Body, Closed, Reader};
use crate::scenario::{Script, Talk};
use crate::sockets::Sockets;

/// How long no answer may come before the server counts as stuck.
const ANSWER_WAIT_MAX: Duration = Duration::from_secs(30);
/// All objects asked in this time stay in memory, well within the runtimes' ten seconds, …
const PASS_MAX: Duration = Duration::from_secs(4);
/// … and if so many passes do not reach it, it is not going to be reached.
const WARM_UP_PASSES_MAX: usize = 8;
/// How many connections a server may close instead of answering, in one stretch.
const RECONNECTS_MAX: u64 = 1000;
/// Requests up to this size are sent before the answer is looked for.
const WRITTEN_FIRST_BYTES_MAX: usize = 16 << 10;
/// Latencies keep so many significant digits.
const LATENCY_DIGITS: u8 = 3;

/// Connections to one server, all idle between two calls of [`Load::run`]. Not to be kept idle during
/// another server's turn: workerd was seen to close them meanwhile.
#[derive(Debug)]
pub(crate) struct Load {
    addr: SocketAddr,
    connections: Vec<Connection>,
    script: Rc<Script>,
}

#[derive(Debug)]
enum Connection {
    Http { stream: TcpStream, reader: Reader },
    Sockets(Sockets),
}

/// What a stretch of load came to.
#[derive(Debug)]
pub(crate) struct Measured {
    /// From the first request to the last answer.
    pub(crate) elapsed: Duration,
    /// Of each answered request, in microseconds.
    pub(crate) latencies: Histogram<u64>,
    /// How often the server closed a connection instead of answering, and was asked again on another one.
    pub(crate) reconnects: u64,
}

impl Load {
    pub(crate) async fn connect(
        addr: SocketAddr,
        count: usize,
        script: Rc<Script>,
    ) -> Result<Load> {
        let mut connections = Vec::with_capacity(count);
        for _ in 0..count {
            connections.push(match script.talk() {
                Talk::Http => Connection::Http {
                    stream: connect(addr).await?,
                    reader: Reader::new(),
                },
                Talk::Socket(path) => Connection::Sockets(Sockets::connect(addr, path, 1).await?),
                Talk::Crowd(path, count) => {
                    Connection::Sockets(Sockets::connect(addr, path, *count).await?)
                }
            });
        }
        Ok(Load {
            addr,
            connections,
            script,
        })
    }

    /// Lets every connection ask for the given time, but at least once, and makes sure that the answers add
    /// up. After an error the connections are closed.
    ///
    /// HTTP lets a server close a connection between two requests, and workerd was seen to do so while it was
    /// busy with a thousand objects that had been idle. Such a request is sent again on a new connection, as any
    /// client would, and counted in [`Measured::reconnects`]. If the server had done the write after all, it is
    /// done twice now, and the object's account does not balance.
    ///
    /// # Errors
    /// An answer is wrong, missing or late, or an object's account does not balance.
    pub(crate) async fn run(&mut self, time: Duration) -> Result<Measured> {
        self.ask(self.connections.len(), time, 0).await
    }

    /// Asks for the given time and until all objects are in memory together, as far as that can be reached. Both
    /// runtimes drop objects that are idle for ten seconds, so an object asked at the beginning of a slow pass
    /// is gone at its end, and another pass is due. Gives the first pass.
    ///
    /// # Errors
    /// As for [`Load::run`].
    pub(crate) async fn warm_up(&mut self, time: Duration) -> Result<Measured> {
        let (connections, objects) = (self.connections.len(), self.script.objects());
        let first = self.ask(connections, time, objects).await?;
        let mut last = first.elapsed;
        for _ in 1..WARM_UP_PASSES_MAX {
            if last <= time + PASS_MAX {
                break;
            }
            last = self.ask(connections, time, objects).await?.elapsed;
        }
        Ok(first)
    }

    /// Asks a single time, on one connection.
    ///
    /// # Errors
    /// As for [`Load::run`].
    pub(crate) async fn once(&mut self) -> Result<Measured> {
        self.ask(1, Duration::ZERO, 0).await
    }

    async fn ask(
        &mut self,
        connections: usize,
        time: Duration,
        requests: usize,
    ) -> Result<Measured> {
        let latencies = Rc::new(RefCell::new(Histogram::new(LATENCY_DIGITS)?));
        let reconnects = Rc::new(Cell::new(0));
        let least = self.script.asked() + requests;
        let begun = Instant::now();
        let mut working = JoinSet::new();
        let tasks = LocalSet::new();
        for connection in self.connections.drain(..connections) {
            let work = Work {
                script: self.script.clone(),
                until: begun + time,
                least,
                latencies: latencies.clone(),
                addr: self.addr,
                reconnects: reconnects.clone(),
            };
            working.spawn_local_on(connection.work(work), &tasks);
        }
        let idle = tasks.run_until(all_idle(working, &latencies)).await?;
        let elapsed = begun.elapsed();
        self.connections.extend(idle);
        self.script.audit()?;
        let latencies = latencies.borrow().clone();
        Ok(Measured {
            elapsed,
            latencies,
            reconnects: reconnects.get(),
        })
    }
}

/// Waits for all connections to finish, as long as answers keep coming.
async fn all_idle(
    mut working: JoinSet<Result<Connection>>,
    latencies: &RefCell<Histogram<u64>>,
) -> Result<Vec<Connection>> {
    let mut idle = Vec::with_capacity(working.len());
    let mut answers = 0;
    loop {
        match timeout(ANSWER_WAIT_MAX, working.join_next()).await {
            Ok(Some(done)) => idle.push(done.context("a connection")??),
            Ok(None) => return Ok(idle),
            Err(_elapsed) => {
                let count = latencies.borrow().len();
                ensure!(count > answers, "no answer for {ANSWER_WAIT_MAX:?}");
                answers = count;
            }
        }
    }
}

/// What one connection has to do.
#[derive(Debug)]
struct Work {
    script: Rc<Script>,
    /// To be busy at least so long …
    until: Instant,
    /// … and until all connections together have asked so often.
    least: usize,
    latencies: Rc<RefCell<Histogram<u64>>>,
    addr: SocketAddr,
    reconnects: Rc<Cell<u64>>,
}

async fn connect(addr: SocketAddr) -> Result<TcpStream> {
    let stream = TcpStream::connect(addr)
        .await
        .with_context(|| format!("cannot connect to {addr}"))?;
    stream.set_nodelay(true)?;
    Ok(stream)
}

impl Connection {
    /// Gives itself back when it is done.
    async fn work(mut self, work: Work) -> Result<Connection> {
        let mut asked = Instant::now();
        loop {
            let (object, request) = work.script.next();
            let answered = match &mut self {
                Connection::Sockets(sockets) => {
                    sockets
                        .ask(request, |text| {
                            work.script.accept(object, Body::whole(text))
                        })
                        .await?;
                    Instant::now()
                }
                Connection::Http { stream, reader } => {
                    let body = loop {
                        match ask(stream, reader, request).await {
                            Ok(length) => break reader.body(length),
                            Err(error) if error.is::<Closed>() => {
                                *stream = work.connect_again(error).await?;
                            }
                            Err(error) => return Err(error),
                        }
                    };
                    let answered = Instant::now();
                    work.script.accept(object, body)?;
                    answered
                }
            };
            let latency = u64::try_from((answered - asked).as_micros())?;
            work.latencies.borrow_mut().record(latency)?;
            if answered >= work.until && work.script.asked() >= work.least {
                return Ok(self);
            }
            asked = answered;
        }
    }
}

async fn ask(stream: &mut TcpStream, reader: &mut Reader, request: &[u8]) -> Result<u64> {
    if request.len() <= WRITTEN_FIRST_BYTES_MAX {
        send(stream, request).await?;
        return reader.answer(stream).await;
    }
    // A server may answer while it reads, and stop reading while nobody takes the answer.
    let (mut from, mut to) = stream.split();
    let ((), length) = tokio::try_join!(send(&mut to, request), reader.answer(&mut from))?;
    Ok(length)
}

async fn send(to: &mut (impl AsyncWrite + Unpin), request: &[u8]) -> Result<()> {
    match to.write_all(request).await {
        Err(error)
            if matches!(
                error.kind(),
                ErrorKind::BrokenPipe | ErrorKind::ConnectionReset
            ) =>
        {
            Err(Closed.into())
        }
        sent => sent.context("cannot send a request"),
    }
}

impl Work {
    /// # Errors
    /// The one given, where that was done too often.
    async fn connect_again(&self, closed: anyhow::Error) -> Result<TcpStream> {
        let count = self.reconnects.get();
        if count >= RECONNECTS_MAX {
            return Err(closed);
        }
        self.reconnects.set(count + 1);
        connect(self.addr).await
    }
}

impl Measured {
    pub(crate) fn requests(&self) -> u64 {
        self.latencies.len()
    }

    pub(crate) fn per_second(&self) -> f64 {
        self.requests() as f64 / self.elapsed.as_secs_f64()
    }
}
