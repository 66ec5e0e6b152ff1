//! Whether a server confirms writes only after a flush to disk: `strace` watches it.

use std::ffi::OsString;
use std::fs;
use std::io::ErrorKind;
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Command, Stdio};
use std::rc::Rc;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use serde::Serialize;

use crate::args::Plan;
use crate::load::Load;
use crate::scenario::{Scenario, Script};
use crate::server::{Kind, Server};

/// How many writes are confirmed one after the other while each is watched.
const WATCHED: usize = 100;
/// How long all connections write afterwards, to see how many writes share a flush.
const LOADED: Duration = Duration::from_secs(1);
/// How long `strace` may take to end after the server has.
const TRACE_END_MAX: Duration = Duration::from_secs(30);
const TRACE_POLL: Duration = Duration::from_millis(50);

/// Calls that reach the disk, and calls by which an answer can leave.
const FLUSHES: [&str; 3] = ["fsync", "fdatasync", "syncfs"];
const TRACED: &str = "trace=fsync,fdatasync,syncfs,write,writev,sendto,sendmsg";
/// An answer, as far as `strace` is asked to show it.
const ANSWER: &str = "HTTP/1.1 200 OK";

/// What was seen of one server under one scenario.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Flushes {
    /// Answers to writes that were asked one by one.
    pub(crate) answers: usize,
    /// How many of them left after a flush had ended that had not ended when the answer before left.
    pub(crate) flushed_before: usize,
    /// All flushes meanwhile.
    pub(crate) flushes: usize,
    /// The same under load from all connections. `strace` slows calls down, so read it as a tendency.
    pub(crate) loaded_answers: usize,
    pub(crate) loaded_flushes: usize,
}

/// Whether `strace` is there.
pub(crate) fn can_watch() -> Result<bool> {
    let mut strace = Command::new("strace");
    strace.arg("-V").stdout(Stdio::null()).stderr(Stdio::null());
    match strace.status() {
        Ok(status) => Ok(status.success()),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error).context("cannot run strace"),
    }
}

/// Runs a server under `strace`.
///
/// # Errors
/// The server confirmed a write without a flush, or something went wrong.
pub(crate) async fn watch(plan: &Plan, kind: &Kind, scenario: &Scenario) -> Result<Flushes> {
    let folder = tempfile::tempdir()?;
    let trace = folder.path().join("trace");
    // With -D it is strace that becomes the grandchild, and the child process is the server.
    let mut before: Vec<OsString> = ["strace", "-D", "-f", "-q", "-s", "16", "-e", TRACED, "-o"]
        .map(OsString::from)
        .into();
    before.push(trace.clone().into());
    let server = Server::start(kind, &plan.data, &before)?;
    let host = server.addr.to_string();
    let script = Rc::new(Script::new(scenario, &host));
    let asked = ask(server.addr, plan.connections, script).await;
    asked.map_err(|error| server.explain(error))?;
    let pid = server.pid();
    server.stop()?;
    let seen = count(&ended(&trace, pid)?)?;
    ensure!(
        seen.flushed_before == seen.answers,
        "{} confirmed {} of {} writes of \"{}\" before a flush to disk: the runtimes do not promise the same",
        kind.name(),
        seen.answers - seen.flushed_before,
        seen.answers,
        scenario.name
    );
    Ok(seen)
}

async fn ask(addr: SocketAddr, connections: usize, script: Rc<Script>) -> Result<()> {
    let mut load = Load::connect(addr, connections, script).await?;
    // The first write makes the object, with flushes of its own.
    for _ in 0..=WATCHED {
        load.once().await?;
    }
    load.run(LOADED).await?;
    Ok(())
}

/// The trace, when the line that tells of the server's end is in it.
fn ended(trace: &Path, pid: u32) -> Result<String> {
    let until = Instant::now() + TRACE_END_MAX;
    let process = pid.to_string();
    let ends = |line: &str| {
        line.split_once(' ')
            .is_some_and(|(id, what)| id == process && what.trim_start().starts_with("+++ "))
    };
    loop {
        let text = fs::read_to_string(trace)?;
        if text.lines().rev().any(ends) {
            return Ok(text);
        }
        ensure!(
            Instant::now() < until,
            "strace goes on for {TRACE_END_MAX:?} after the server's end"
        );
        thread::sleep(TRACE_POLL);
    }
}

/// Counts what a trace shows: first [`WATCHED`] answers one by one (after one that does not count), then load.
fn count(trace: &str) -> Result<Flushes> {
    let mut seen = Flushes {
        answers: 0,
        flushed_before: 0,
        flushes: 0,
        loaded_answers: 0,
        loaded_flushes: 0,
    };
    let mut answers = 0;
    // Completed since the last answer.
    let mut flushes = 0;
    for line in trace.lines() {
        if flush_completed(line) {
            flushes += 1;
        }
        if !line.contains(ANSWER) || line.contains(" resumed>") {
            continue;
        }
        match answers {
            0 => {}
            1..=WATCHED => {
                seen.answers += 1;
                seen.flushes += flushes;
                seen.flushed_before += usize::from(flushes > 0);
            }
            _ => {
                seen.loaded_answers += 1;
                seen.loaded_flushes += flushes;
            }
        }
        answers += 1;
        flushes = 0;
    }
    ensure!(
        seen.answers == WATCHED,
        "strace saw {} of {WATCHED} answers leave: it cannot tell whether they waited for a flush",
        seen.answers
    );
    Ok(seen)
}

/// Lines are `PID fsync(3) = 0`, or two where another thread's call came between:
/// `PID fsync(3 <unfinished ...>` and later `PID <... fsync resumed>) = 0`.
fn flush_completed(line: &str) -> bool {
    let Some((_pid, call)) = line.split_once(' ') else {
        return false;
    };
    let call = call.trim_start();
    let call = call.strip_prefix("<... ").unwrap_or(call);
    let is_flush = FLUSHES.iter().any(|name| {
        call.strip_prefix(name)
            .is_some_and(|rest| rest.starts_with('(') || rest.starts_with(" resumed>"))
    });
    is_flush && call.trim_end().ends_with("= 0")
}

#[cfg(test)]
mod tests {
    use super::*;

    const WRITE: &str = "9 write(24, \"HTTP/1.1 200 OK\\r\"..., 78) = 78\n";

    fn trace(between: &str) -> String {
        WRITE.to_owned() + &format!("{between}{WRITE}").repeat(WATCHED)
    }

    #[test]
    fn each_answer_after_a_flush_counts() {
        let seen = count(&trace("8 fdatasync(3)   = 0\n8 fsync(4) = 0\n")).unwrap();
        assert_eq!((seen.answers, seen.flushed_before), (WATCHED, WATCHED));
        assert_eq!(seen.flushes, 2 * WATCHED);
    }

    #[test]
    fn a_flush_that_failed_or_is_under_way_does_not_count() {
        for between in [
            "8 fsync(3) = -1 EIO (Input/output error)\n",
            "8 fsync(3 <unfinished ...>\n",
            "8 write(3, \"fsync(3) = 0\", 12) = 12\n",
        ] {
            let seen = count(&trace(between)).unwrap();
            assert_eq!((seen.answers, seen.flushed_before), (WATCHED, 0));
        }
        let resumed =
            "8 fsync(3 <unfinished ...>\n7 write(1, \"x\", 1) = 1\n8 <... fsync resumed>) = 0\n";
        assert_eq!(count(&trace(resumed)).unwrap().flushed_before, WATCHED);
    }

    #[test]
    fn load_is_counted_apart() {
        let load = format!("8 fsync(3) = 0\n{WRITE}{WRITE}{WRITE}");
        let seen = count(&(trace("8 fsync(3) = 0\n") + &load)).unwrap();
        assert_eq!((seen.loaded_answers, seen.loaded_flushes), (3, 1));
        assert_eq!(seen.flushes, WATCHED);
    }

    #[test]
    fn a_trace_without_answers_proves_nothing() {
        count("8 fsync(3) = 0\n").unwrap_err();
    }
}
