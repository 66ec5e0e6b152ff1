//! A runtime at work on `bench/worker`: a child process, its port, its folder, its end.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{BufRead, BufReader, Read};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, anyhow};
use tempfile::TempDir;

use crate::{args, holdfast, workerd};

/// How long a server may take until it listens.
const READY_MAX: Duration = Duration::from_secs(60);
/// How much of a server's last words an error quotes.
const LAST_WORDS_BYTES_MAX: usize = 4096;

/// Which runtime, and what is needed to start it.
#[derive(Debug, Clone)]
pub(crate) enum Kind {
    Holdfast {
        binary: PathBuf,
        shards: Option<u16>,
    },
    Workerd {
        binary: PathBuf,
    },
}

/// A program with its arguments, and how it says on standard output where it listens.
#[derive(Debug)]
pub(crate) struct Invocation {
    pub(crate) argv: Vec<OsString>,
    /// The port, where the line names it.
    pub(crate) port: fn(&str) -> Option<u16>,
}

impl Kind {
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Kind::Holdfast { .. } => "holdfast",
            Kind::Workerd { .. } => "workerd",
        }
    }

    fn binary(&self) -> &Path {
        match self {
            Kind::Holdfast { binary, .. } | Kind::Workerd { binary } => binary,
        }
    }

    /// What `--version` says.
    ///
    /// # Errors
    /// The binary does not run.
    pub(crate) fn version(&self) -> Result<String> {
        let binary = self.binary();
        let output = Command::new(binary)
            .arg("--version")
            .output()
            .with_context(|| format!("cannot run {}", binary.display()))?;
        Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
    }

    fn invocation(&self, folder: &Path) -> Result<Invocation> {
        match self {
            Kind::Holdfast { binary, shards } => Ok(holdfast::invocation(binary, *shards, folder)),
            Kind::Workerd { binary } => workerd::invocation(binary, folder),
        }
    }
}

/// Where the measured program is.
pub(crate) fn project() -> PathBuf {
    args::repository().join("bench/worker")
}

/// A running server. Dropping it ends the process and removes its data.
#[derive(Debug)]
pub(crate) struct Server {
    process: Child,
    pub(crate) addr: SocketAddr,
    folder: TempDir,
}

impl Server {
    /// Starts the runtime on empty data in a folder of its own below `parent`. `before` is put in front of the
    /// command; it must replace itself by the command, so that the child process is the server.
    ///
    /// # Errors
    /// It does not run, or does not listen in time.
    pub(crate) fn start(kind: &Kind, parent: &Path, before: &[OsString]) -> Result<Server> {
        let prefix = format!("holdfast-bench-{}-", kind.name());
        let folder = tempfile::Builder::new()
            .prefix(&prefix)
            .tempdir_in(parent)
            .with_context(|| format!("cannot make a folder in {}", parent.display()))?;
        let invocation = kind.invocation(folder.path())?;
        let argv: Vec<_> = before.iter().chain(&invocation.argv).collect();
        let mut process = Command::new(argv[0])
            .args(&argv[1..])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(File::create(log(&folder))?)
            .spawn()
            .with_context(|| format!("cannot run {}", Path::new(argv[0]).display()))?;
        let stdout = process.stdout.take().expect("it is piped");
        let mut server = Server {
            process,
            addr: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            folder,
        };
        let port = port(stdout, invocation.port).map_err(|error| server.explain(error))?;
        server.addr.set_port(port);
        Ok(server)
    }

    pub(crate) fn pid(&self) -> u32 {
        self.process.id()
    }

    /// Adds to an error what the server said last.
    pub(crate) fn explain(&self, error: anyhow::Error) -> anyhow::Error {
        let words = fs::read(log(&self.folder)).unwrap_or_default();
        let tail = &words[words.len().saturating_sub(LAST_WORDS_BYTES_MAX)..];
        match String::from_utf8_lossy(tail).trim() {
            "" => error,
            words => error.context(format!("the server said: {words}")),
        }
    }

    /// Ends the process at once: its data is of no use to anyone.
    ///
    /// # Errors
    /// It had ended already, by itself.
    pub(crate) fn stop(mut self) -> Result<()> {
        if let Some(status) = self.process.try_wait()? {
            return Err(self.explain(anyhow!("the server ended by itself: {status}")));
        }
        self.process.kill()?;
        self.process.wait()?;
        Ok(())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Both fail where the process has ended, and nobody is left to be told of another reason.
        self.process.kill().ok();
        self.process.wait().ok();
    }
}

fn log(folder: &TempDir) -> PathBuf {
    folder.path().join("stderr.log")
}

/// Waits for the line that names the port. What is printed later is read and dropped, so that the server never
/// waits for a reader.
fn port(stdout: ChildStdout, find: fn(&str) -> Option<u16>) -> Result<u16> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let mut lines = BufReader::new(stdout);
        let mut line = String::new();
        while lines.read_line(&mut line).is_ok_and(|count| count > 0) {
            if let Some(port) = find(&line) {
                // Fails where it came too late.
                sender.send(port).ok();
                break;
            }
            line.clear();
        }
        let mut rest = [0; 4096];
        while lines.read(&mut rest).is_ok_and(|count| count > 0) {}
    });
    receiver
        .recv_timeout(READY_MAX)
        .map_err(|error| match error {
            RecvTimeoutError::Timeout => anyhow!("the server does not listen after {READY_MAX:?}"),
            RecvTimeoutError::Disconnected => anyhow!("the server ended before it listened"),
        })
}
