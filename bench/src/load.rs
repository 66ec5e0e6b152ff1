//! The load: connections that ask, wait for the answer, check it, and ask again (a closed loop).

use std::cell::RefCell;
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use hdrhistogram::Histogram;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::task::{JoinSet, LocalSet};
use tokio::time::timeout;

use crate::http1::Reader;
use crate::scenario::Script;

/// How long the last answers may take before the server counts as stuck.
const ANSWER_WAIT_MAX: Duration = Duration::from_secs(30);
/// Latencies keep so many significant digits.
const LATENCY_DIGITS: u8 = 3;

/// Connections to one server, all idle between two calls of [`Load::run`].
#[derive(Debug)]
pub(crate) struct Load {
    connections: Vec<Connection>,
    script: Rc<Script>,
}

#[derive(Debug)]
struct Connection {
    stream: TcpStream,
    reader: Reader,
}

/// What a stretch of load came to.
#[derive(Debug)]
pub(crate) struct Measured {
    /// From the first request to the last answer.
    pub(crate) elapsed: Duration,
    /// Of each answered request, in microseconds.
    pub(crate) latencies: Histogram<u64>,
}

impl Load {
    pub(crate) async fn connect(addr: SocketAddr, count: usize, script: Script) -> Result<Load> {
        let mut connections = Vec::with_capacity(count);
        for _ in 0..count {
            let stream = TcpStream::connect(addr)
                .await
                .with_context(|| format!("cannot connect to {addr}"))?;
            stream.set_nodelay(true)?;
            connections.push(Connection {
                stream,
                reader: Reader::new(),
            });
        }
        Ok(Load {
            connections,
            script: Rc::new(script),
        })
    }

    /// Lets every connection ask for the given time, but at least once, and makes sure that the answers add
    /// up. After an error the connections are closed.
    ///
    /// # Errors
    /// An answer is wrong, missing or late, or an object's account does not balance.
    pub(crate) async fn run(&mut self, time: Duration) -> Result<Measured> {
        let connections = self.connections.len();
        self.run_on(connections, time).await
    }

    /// Asks a single time, on one connection.
    ///
    /// # Errors
    /// As for [`Load::run`].
    pub(crate) async fn once(&mut self) -> Result<Measured> {
        self.run_on(1, Duration::ZERO).await
    }

    async fn run_on(&mut self, connections: usize, time: Duration) -> Result<Measured> {
        let latencies = Rc::new(RefCell::new(Histogram::new(LATENCY_DIGITS)?));
        let begun = Instant::now();
        let mut working = JoinSet::new();
        let tasks = LocalSet::new();
        for connection in self.connections.drain(..connections) {
            let (script, latencies) = (self.script.clone(), latencies.clone());
            let work = connection.work(script, begun + time, latencies);
            working.spawn_local_on(work, &tasks);
        }
        let idle = async {
            let mut idle = Vec::with_capacity(working.len());
            while let Some(done) = working.join_next().await {
                idle.push(done.context("a connection")??);
            }
            Result::<_>::Ok(idle)
        };
        let idle = timeout(time + ANSWER_WAIT_MAX, tasks.run_until(idle))
            .await
            .with_context(|| format!("no answer for {ANSWER_WAIT_MAX:?}"))??;
        let elapsed = begun.elapsed();
        self.connections.extend(idle);
        self.script.audit()?;
        let latencies = latencies.borrow().clone();
        Ok(Measured { elapsed, latencies })
    }
}

impl Connection {
    /// Gives itself back when the time is over.
    async fn work(
        mut self,
        script: Rc<Script>,
        until: Instant,
        latencies: Rc<RefCell<Histogram<u64>>>,
    ) -> Result<Connection> {
        let mut asked = Instant::now();
        loop {
            let (object, request) = script.next();
            self.stream
                .write_all(request)
                .await
                .context("cannot send a request")?;
            let body = self.reader.answer(&mut self.stream).await?;
            let answered = Instant::now();
            script.accept(object, body)?;
            let latency = u64::try_from((answered - asked).as_micros())?;
            latencies.borrow_mut().record(latency)?;
            if answered >= until {
                return Ok(self);
            }
            asked = answered;
        }
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
