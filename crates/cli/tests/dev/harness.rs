//! Starts the binary, reads what it prints line by line, and speaks HTTP to it.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::{Duration, Instant};

/// How long anything here may take. Long, since a loaded machine is no reason to fail.
pub(crate) const DEADLINE: Duration = Duration::from_secs(60);

/// A project in a folder of its own.
pub(crate) struct Project {
    folder: tempfile::TempDir,
}

impl Project {
    /// With these files: path and contents.
    pub(crate) fn new(files: &[(&str, &str)]) -> Project {
        let project = Project {
            folder: tempfile::tempdir().unwrap(),
        };
        for (path, text) in files {
            project.write(path, text);
        }
        project
    }

    /// A Worker whose entry module is this JavaScript.
    pub(crate) fn worker(code: &str) -> Project {
        Project::new(&[("wrangler.jsonc", &wrangler("")), ("src/index.js", code)])
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn write(&self, path: &str, text: &str) {
        let path = self.folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// Saves a file in one step, as careful editors do.
    pub(crate) fn replace(&self, path: &str, text: &str) {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(text.as_bytes()).unwrap();
        file.persist(self.folder.path().join(path)).unwrap();
    }
}

/// A configuration with `more` in it: further properties, each followed by a comma.
pub(crate) fn wrangler(more: &str) -> String {
    format!(
        r#"{{ {more} "name": "sample", "main": "src/index.js", "compatibility_date": "2026-04-01" }}"#
    )
}

pub(crate) fn example(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../examples")
        .join(name)
        .canonicalize()
        .unwrap()
}

/// A line, and whether it came on standard error.
type Line = (bool, String);

/// A running `holdfast`, ended with the test.
pub(crate) struct Holdfast {
    child: Child,
    lines: Receiver<Line>,
    /// All lines so far, for messages.
    seen: Vec<Line>,
}

impl Holdfast {
    /// `holdfast` with these arguments.
    pub(crate) fn spawn<'a>(args: impl IntoIterator<Item = &'a str>) -> Holdfast {
        Holdfast::run(env!("CARGO_BIN_EXE_holdfast"), args)
    }

    /// Another program, which runs `holdfast` in the end.
    pub(crate) fn run<'a>(program: &str, args: impl IntoIterator<Item = &'a str>) -> Holdfast {
        let mut command = Command::new(program);
        command
            .args(args)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let (sender, lines) = mpsc::channel();
        let streams: [(bool, Box<dyn Read + Send>); 2] = [
            (false, Box::new(child.stdout.take().unwrap())),
            (true, Box::new(child.stderr.take().unwrap())),
        ];
        for (is_error, stream) in streams {
            let sender = sender.clone();
            thread::spawn(move || {
                for line in BufReader::new(stream).lines() {
                    // Ends when the test no longer listens, or with what is not text.
                    if line.is_ok_and(|line| sender.send((is_error, line)).is_ok()) {
                        continue;
                    }
                    break;
                }
            });
        }
        Holdfast {
            child,
            lines,
            seen: Vec::new(),
        }
    }

    /// `holdfast dev` with data in `data`, on a free port unless `more` has one.
    pub(crate) fn dev(project: &Path, data: &Path, more: &[&str]) -> Holdfast {
        let port = if more.contains(&"--port") {
            &[][..]
        } else {
            &["--port", "0"]
        };
        let fixed = [
            "dev",
            project.to_str().unwrap(),
            "--data",
            data.to_str().unwrap(),
        ];
        Holdfast::spawn(fixed.iter().chain(port).chain(more).copied())
    }

    /// The next line that contains `text`; panics with everything printed when it does not come.
    pub(crate) fn expect(&mut self, text: &str) -> String {
        self.find(text, |_, line| line.contains(text))
    }

    /// Like [`Holdfast::expect`], on standard error.
    pub(crate) fn expect_error(&mut self, text: &str) -> String {
        self.find(text, |is_error, line| is_error && line.contains(text))
    }

    fn find(&mut self, what: &str, wanted: impl Fn(bool, &str) -> bool) -> String {
        let until = Instant::now() + DEADLINE;
        loop {
            let left = until.saturating_duration_since(Instant::now());
            let Ok((is_error, line)) = self.lines.recv_timeout(left) else {
                panic!("{what:?} was not printed; this was:\n{}", self.printed());
            };
            self.seen.push((is_error, line.clone()));
            if wanted(is_error, &line) {
                return line;
            }
        }
    }

    /// What has been printed up to the last line that was waited for.
    pub(crate) fn printed(&self) -> String {
        self.seen
            .iter()
            .map(|(_, line)| format!("{line}\n"))
            .collect()
    }

    /// Waits for the banner, which ends when everything is ready; where the server is.
    pub(crate) fn ready(&mut self) -> Server {
        let line = self.expect("http://127.0.0.1:");
        let host = line
            .trim()
            .strip_prefix("http://")
            .expect("the URL stands alone")
            .to_owned();
        self.expect("Ctrl-C stops");
        Server { host }
    }

    /// Sends a signal by its name.
    pub(crate) fn signal(&self, name: &str) {
        let kill = format!("kill -{name} {}", self.child.id());
        assert!(
            Command::new("sh")
                .args(["-c", &kill])
                .status()
                .unwrap()
                .success()
        );
    }

    /// Waits for the end; everything that was printed, and the status.
    pub(crate) fn end(self) -> Ended {
        self.end_within(DEADLINE)
    }

    /// As [`Holdfast::end`], of a command that takes its time.
    pub(crate) fn end_within(mut self, patience: Duration) -> Ended {
        let until = Instant::now() + patience;
        // Both streams end with the process.
        loop {
            let left = until.saturating_duration_since(Instant::now());
            match self.lines.recv_timeout(left) {
                Ok(line) => self.seen.push(line),
                Err(mpsc::RecvTimeoutError::Disconnected) => break,
                Err(mpsc::RecvTimeoutError::Timeout) => {
                    panic!("it does not end; printed:\n{}", self.printed())
                }
            }
        }
        let status = self.child.wait().unwrap();
        let text = |error: bool| -> String {
            let lines = self.seen.iter().filter(|(is_error, _)| *is_error == error);
            lines.map(|(_, line)| format!("{line}\n")).collect()
        };
        Ended {
            status,
            stdout: text(false),
            stderr: text(true),
        }
    }
}

impl Drop for Holdfast {
    fn drop(&mut self) {
        // Fails where it has ended already.
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

pub(crate) struct Ended {
    pub(crate) status: ExitStatus,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// Where a server answers.
#[derive(Clone)]
pub(crate) struct Server {
    /// `127.0.0.1:port`.
    pub(crate) host: String,
}

#[derive(Debug)]
pub(crate) struct Response {
    pub(crate) status: u16,
    /// The status line and the headers, names in lower case.
    head: String,
    pub(crate) body: String,
}

impl Response {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut lines = self.head.lines().filter_map(|line| line.split_once(": "));
        lines.find_map(|(key, value)| (key == name).then_some(value))
    }
}

impl Server {
    pub(crate) fn port(&self) -> &str {
        self.host.split_once(':').unwrap().1
    }

    pub(crate) fn get(&self, path: &str) -> Response {
        self.begin("GET", path, 0).finish("")
    }

    pub(crate) fn post(&self, path: &str, json: &str) -> Response {
        self.begin("POST", path, json.len()).finish(json)
    }

    /// Sends the headers of a request whose JSON body has `length` bytes.
    pub(crate) fn begin(&self, method: &str, path: &str, length: usize) -> Exchange {
        let stream = TcpStream::connect(&self.host).unwrap();
        stream.set_read_timeout(Some(DEADLINE)).unwrap();
        let head = format!(
            "{method} {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n",
            self.host
        );
        let mut exchange = Exchange { stream };
        exchange.stream.write_all(head.as_bytes()).unwrap();
        exchange
    }
}

/// A request under way.
pub(crate) struct Exchange {
    stream: TcpStream,
}

impl Exchange {
    /// Sends the body and reads the answer, which must be complete.
    pub(crate) fn finish(mut self, body: &str) -> Response {
        self.stream.write_all(body.as_bytes()).unwrap();
        let mut text = String::new();
        self.stream.read_to_string(&mut text).unwrap();
        let (head, body) = text
            .split_once("\r\n\r\n")
            .unwrap_or_else(|| panic!("no answer: {text:?}"));
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        let length = head
            .lines()
            .find_map(|line| line.strip_prefix("content-length: "));
        let body = match length {
            Some(length) => {
                assert_eq!(
                    body.len(),
                    length.parse::<usize>().unwrap(),
                    "cut short: {text:?}"
                );
                body.to_owned()
            }
            None => unchunk(body),
        };
        Response {
            status,
            head: head.to_owned(),
            body,
        }
    }
}

fn unchunk(mut rest: &str) -> String {
    let mut body = String::new();
    loop {
        let (size, after) = rest.split_once("\r\n").expect("a chunk's size");
        let size = usize::from_str_radix(size, 16).unwrap();
        if size == 0 {
            return body;
        }
        body.push_str(&after[..size]);
        rest = after[size..].strip_prefix("\r\n").expect("a chunk's end");
    }
}
