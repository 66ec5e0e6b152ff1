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

/// How long an answer may take before the server counts as stuck.
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

/// What a measured stretch of load came to.
#[derive(Debug)]
pub(crate) struct Measured {
    pub(crate) requests: u64,
    /// From the first request to the last answer.
    pub(crate) elapsed: Duration,
    /// In microseconds.
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

    /// Lets every connection ask for the given time, and makes sure that the answers add up.
    ///
    /// # Errors
    /// An answer is wrong, missing or late, or the objects' accounts do not balance.
    pub(crate) async fn run(&mut self, time: Duration) -> Result<Measured> {
        let begun = Instant::now();
        let until = begun + time;
        self.all(move |asked| asked < until).await
    }

    /// Lets the connections ask so often each.
    ///
    /// # Errors
    /// As for [`Load::run`].
    pub(crate) async fn times(&mut self, count: usize) -> Result<Measured> {
        let mut all = Vec::new();
        for _ in 0..count {
            all.push(self.run(Duration::ZERO).await?);
        }
        let mut all = all.into_iter();
        let mut sum = all.next().context("nothing was asked")?;
        for measured in all {
            sum.requests += measured.requests;
            sum.elapsed += measured.elapsed;
            sum.latencies.add(&measured.latencies)?;
        }
        Ok(sum)
    }

    async fn all(&mut self, go_on: impl Fn(Instant) -> bool + Copy + 'static) -> Result<Measured> {
        let latencies = Rc::new(RefCell::new(Histogram::new(LATENCY_DIGITS)?));
        let begun = Instant::now();
        let connections = LocalSet::new()
            .run_until(async {
                let mut working = JoinSet::new();
                for connection in self.connections.drain(..) {
                    let work = connection.work(self.script.clone(), go_on, latencies.clone());
                    working.spawn_local(work);
                }
                let mut idle = Vec::with_capacity(working.len());
                while let Some(done) = working.join_next().await {
                    idle.push(done.context("a connection's task")??);
                }
                Result::<_>::Ok(idle)
            })
            .await?;
        let elapsed = begun.elapsed();
        self.connections = connections;
        self.script.audit()?;
        let latencies = latencies.take();
        Ok(Measured {
            requests: latencies.len(),
            elapsed,
            latencies,
        })
    }
}
