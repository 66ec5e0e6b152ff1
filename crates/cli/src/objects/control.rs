//! The socket by which `holdfast objects` asks a running server: one line of JSON there, one back.
//!
//! It lies in the data folder, and only its owner may connect: whoever can read the data may ask.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use holdfast_runtime::{Admin, Replacement};
use holdfast_storage::Store;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::names::Named;
use super::request::{self, Backend, Request};
use crate::failure::Failure;

const SOCKET: &str = "control.sock";
/// Longest request: a query may have 100,000 bytes, which JSON may write with six characters each.
const REQUEST_BYTES_MAX: u64 = 1 << 20;

/// Requests that are answered at the same time.
const REQUESTS_MAX: usize = 16;

/// How long a client may take to ask, and to take the answer.
const PATIENCE: Duration = Duration::from_secs(5);

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Answer {
    Done(Value),
    Failed(String),
}

/// Answers requests until the process ends.
///
/// # Errors
/// The socket cannot be made.
pub(crate) fn serve(folder: &Path, admin: Admin) -> io::Result<()> {
    let path = folder.join(SOCKET);
    match std::fs::remove_file(&path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let listener = bind(&path)?;
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600))?;
    thread::Builder::new()
        .name("control".to_owned())
        .spawn(move || {
            let busy = Arc::new(AtomicUsize::new(0));
            for stream in listener.incoming() {
                let served = stream.and_then(|stream| serve_one(stream, admin.clone(), &busy));
                if let Err(error) = served {
                    tracing::debug!(%error, "a request to the control socket was not answered");
                }
            }
        })?;
    Ok(())
}

/// A request that is being answered, among those that are counted.
struct Counted(Arc<AtomicUsize>);

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Answers on a thread of its own: an import takes its time, and others want to look meanwhile.
fn serve_one(stream: UnixStream, admin: Admin, busy: &Arc<AtomicUsize>) -> io::Result<()> {
    let counted = Counted(Arc::clone(busy));
    if busy.fetch_add(1, Ordering::Relaxed) >= REQUESTS_MAX {
        let full = Answer::Failed("too many requests at once; try again".to_owned());
        return reply(&stream, &full);
    }
    thread::Builder::new()
        .name("control".to_owned())
        .spawn(move || {
            let _counted = counted;
            if let Err(error) = answer(&stream, &Served(&admin)) {
                tracing::debug!(%error, "a request to the control socket was not answered");
            }
        })
        .map(|_| ())
}

/// A socket's path may have some hundred bytes only; one that is longer is reached through a link to its folder.
fn bind(path: &Path) -> io::Result<UnixListener> {
    match UnixListener::bind(path) {
        Err(error) if error.kind() == io::ErrorKind::InvalidInput => {
            let (_folder, short) = shortened(path)?;
            UnixListener::bind(short)
        }
        result => result,
    }
}

fn connect(path: &Path) -> io::Result<UnixStream> {
    match UnixStream::connect(path) {
        Err(error) if error.kind() == io::ErrorKind::InvalidInput => {
            let (_folder, short) = shortened(path)?;
            UnixStream::connect(short)
        }
        result => result,
    }
}

/// The same place by way of an open folder.
fn shortened(path: &Path) -> io::Result<(std::fs::File, PathBuf)> {
    use std::os::fd::AsRawFd;
    let folder = std::fs::File::open(path.parent().unwrap_or(Path::new(".")))?;
    let short = PathBuf::from(format!("/proc/self/fd/{}/{SOCKET}", folder.as_raw_fd()));
    Ok((folder, short))
}

fn answer(stream: &UnixStream, backend: &dyn Backend) -> io::Result<()> {
    // Whoever says nothing must not keep others waiting.
    stream.set_read_timeout(Some(PATIENCE))?;
    let mut line = String::new();
    BufReader::new(stream)
        .take(REQUEST_BYTES_MAX)
        .read_line(&mut line)?;
    let answer = match serde_json::from_str::<Request>(&line) {
        Ok(request) => match request::answer(request, backend) {
            Ok(value) => Answer::Done(value),
            Err(why) => Answer::Failed(why),
        },
        Err(error) => Answer::Failed(format!(
            "the running server does not understand this request (is it of another version?): {error}"
        )),
    };
    reply(stream, &answer)
}

fn reply(mut stream: &UnixStream, answer: &Answer) -> io::Result<()> {
    stream.set_write_timeout(Some(PATIENCE))?;
    // In one piece: each write is a system call.
    let mut text = serde_json::to_vec(answer)?;
    text.push(b'\n');
    stream.write_all(&text)
}

/// Asks the server that uses `folder`.
///
/// # Errors
/// It does not answer.
pub(super) fn ask(folder: &Path, request: &Request) -> Result<Result<Value, String>, Failure> {
    let asked = (|| {
        let mut stream = connect(&folder.join(SOCKET))?;
        serde_json::to_writer(&stream, request)?;
        stream.write_all(b"\n")?;
        let mut text = String::new();
        stream.read_to_string(&mut text)?;
        Ok::<_, io::Error>(serde_json::from_str::<Answer>(&text)?)
    })();
    match asked {
        Ok(Answer::Done(value)) => Ok(Ok(value)),
        Ok(Answer::Failed(why)) => Ok(Err(why)),
        Err(error) => Err(Failure::Objects(format!(
            "the server that uses {} does not answer: {error}",
            folder.display()
        ))),
    }
}

/// A running server.
struct Served<'a>(&'a Admin);

impl Backend for Served<'_> {
    fn store(&self) -> &Store {
        self.0.store()
    }

    fn replace(&self, named: &Named, replacement: Replacement) -> Result<bool, String> {
        let name = named.name().map(Arc::from);
        self.0.replace(&named.object, name, replacement)
    }
}
