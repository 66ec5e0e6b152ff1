//! As much of HTTP/1.1 as a client of one known program needs: it reads an answer and gives its body. Whatever
//! else a server could send is an error, not a guess.

use std::error::Error;
use std::fmt;
use std::io::ErrorKind;

use anyhow::{Context, bail, ensure};
use tokio::io::{AsyncRead, AsyncReadExt};

/// How many headers an answer may have.
const HEADERS_MAX: usize = 32;
/// How large a head may be, and how much of an answer is kept.
const KEPT_BYTES_MAX: usize = 64 << 10;
/// How large an answer may be.
const ANSWER_BYTES_MAX: u64 = 64 << 20;

/// The server closed a connection instead of answering.
#[derive(Debug)]
pub(crate) struct Closed;

impl fmt::Display for Closed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the server closed a connection instead of answering")
    }
}

impl Error for Closed {}

/// The body of an answer.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Body<'a> {
    /// How it begins, which is all of it if it is not long.
    pub(crate) bytes: &'a [u8],
    pub(crate) length: u64,
}

impl Body<'_> {
    /// All of one.
    pub(crate) fn whole(bytes: &[u8]) -> Body<'_> {
        Body {
            bytes,
            length: bytes.len() as u64,
        }
    }
}

/// Reads answers, one after the other.
#[derive(Debug)]
pub(crate) struct Reader {
    buffer: Box<[u8]>,
    kept: Vec<u8>,
}

impl Reader {
    pub(crate) fn new() -> Reader {
        Reader {
            buffer: vec![0; KEPT_BYTES_MAX].into(),
            kept: Vec::new(),
        }
    }

    /// Reads the answer to one request; gives the length of its body.
    ///
    /// # Errors
    /// The connection broke or was closed; the answer is not one with status 200 and a length or chunks; or more
    /// came than was asked for.
    pub(crate) async fn answer(
        &mut self,
        from: &mut (impl AsyncRead + Unpin),
    ) -> anyhow::Result<u64> {
        let mut filled = 0;
        let (head, mut framing) = loop {
            ensure!(
                filled < self.buffer.len(),
                "an answer's head exceeds {KEPT_BYTES_MAX} bytes"
            );
            let count = read(from, &mut self.buffer[filled..]).await?;
            ensure!(count > 0 || filled > 0, Closed);
            ensure!(count > 0, BROKEN_OFF);
            filled += count;
            if let Some(head) = head(&self.buffer[..filled])? {
                break head;
            }
        };
        self.kept.clear();
        let mut length = 0;
        let mut unread = head..filled;
        loop {
            let mut keep = |bytes: &[u8]| {
                length += bytes.len() as u64;
                let room = KEPT_BYTES_MAX - self.kept.len();
                self.kept.extend_from_slice(&bytes[..room.min(bytes.len())]);
            };
            let is_over = framing.take(&self.buffer[unread], &mut keep)?;
            ensure!(
                length <= ANSWER_BYTES_MAX,
                "an answer exceeds {ANSWER_BYTES_MAX} bytes"
            );
            if is_over {
                return Ok(length);
            }
            let count = read(from, &mut self.buffer).await?;
            ensure!(count > 0, BROKEN_OFF);
            unread = 0..count;
        }
    }

    /// The body of the last answer, which had this length.
    pub(crate) fn body(&self, length: u64) -> Body<'_> {
        Body {
            bytes: &self.kept,
            length,
        }
    }
}

const BROKEN_OFF: &str = "the server closed a connection within an answer";

/// How much came; nothing once the connection is closed.
async fn read(from: &mut (impl AsyncRead + Unpin), room: &mut [u8]) -> anyhow::Result<usize> {
    match from.read(room).await {
        Err(error) if error.kind() == ErrorKind::ConnectionReset => Ok(0),
        count => count.context("cannot read an answer"),
    }
}

/// Where an answer's body ends.
#[derive(Debug)]
enum Framing {
    /// After so many more bytes.
    Length(u64),
    Chunked(Chunked),
}

/// What comes next of a body in chunks.
#[derive(Debug)]
enum Chunked {
    /// The line that tells a chunk's size, of which this much has come.
    Size(Vec<u8>),
    /// So many bytes of a chunk, and the line end after them.
    Data(u64),
    /// The empty line at the end.
    End(usize),
}

const LINE_END: &[u8] = b"\r\n";
/// How long the line of a chunk's size may be.
const SIZE_BYTES_MAX: usize = 20;

impl Framing {
    /// Takes what came, gives the body's part of it to `keep`, and tells whether the body is over.
    fn take(&mut self, mut bytes: &[u8], keep: &mut impl FnMut(&[u8])) -> anyhow::Result<bool> {
        let chunked = match self {
            Framing::Length(left) => {
                ensure!(bytes.len() as u64 <= *left, "more came than the answer");
                keep(bytes);
                *left -= bytes.len() as u64;
                return Ok(*left == 0);
            }
            Framing::Chunked(chunked) => chunked,
        };
        while let Some((&first, rest)) = bytes.split_first() {
            match chunked {
                Chunked::Size(line) => {
                    line.push(first);
                    bytes = rest;
                    ensure!(line.len() <= SIZE_BYTES_MAX, "a chunk has no size");
                    if let Some(digits) = line.strip_suffix(LINE_END) {
                        let size = u64::from_str_radix(str::from_utf8(digits)?, 16)
                            .context("a chunk's size")?;
                        *chunked = match size {
                            0 => Chunked::End(0),
                            size => Chunked::Data(size + LINE_END.len() as u64),
                        };
                    }
                }
                Chunked::Data(left) => {
                    let line_end = LINE_END.len() as u64;
                    let data = left.saturating_sub(line_end).min(bytes.len() as u64);
                    if data == 0 {
                        let expected = LINE_END[(line_end - *left) as usize];
                        ensure!(first == expected, "a chunk is longer than its size");
                        bytes = rest;
                        *left -= 1;
                    } else {
                        let (data, rest) = bytes.split_at(data as usize);
                        keep(data);
                        bytes = rest;
                        *left -= data.len() as u64;
                    }
                    if *left == 0 {
                        *chunked = Chunked::Size(Vec::new());
                    }
                }
                Chunked::End(at) => {
                    ensure!(
                        LINE_END.get(*at) == Some(&first),
                        "more came than the answer"
                    );
                    *at += 1;
                    bytes = rest;
                }
            }
        }
        Ok(matches!(chunked, Chunked::End(2)))
    }
}

/// The length of the answer's head, once that is complete, and where its body ends.
fn head(bytes: &[u8]) -> anyhow::Result<Option<(usize, Framing)>> {
    let mut headers = [httparse::EMPTY_HEADER; HEADERS_MAX];
    let mut answer = httparse::Response::new(&mut headers);
    let httparse::Status::Complete(head) = answer.parse(bytes).context("not an HTTP answer")?
    else {
        return Ok(None);
    };
    let status = answer.code.unwrap_or_default();
    if status != 200 {
        bail!(
            "status {status}: {}",
            String::from_utf8_lossy(&bytes[head..])
        );
    }
    let value = |name: &str| {
        let header = answer.headers.iter();
        let mut named = header.filter(|header| header.name.eq_ignore_ascii_case(name));
        named.next().map(|header| header.value)
    };
    if let Some(coding) = value("transfer-encoding") {
        ensure!(
            coding == b"chunked",
            "an answer is neither chunked nor of known length"
        );
        return Ok(Some((head, Framing::Chunked(Chunked::Size(Vec::new())))));
    }
    let length = value("content-length").context("an answer has no Content-Length")?;
    let length = str::from_utf8(length)?.parse().context("Content-Length")?;
    ensure!(length <= ANSWER_BYTES_MAX, "an answer has {length} bytes");
    Ok(Some((head, Framing::Length(length))))
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn read(pieces: &[&str]) -> anyhow::Result<String> {
        let (mut server, mut client) = tokio::io::duplex(KEPT_BYTES_MAX * 2);
        let mut reader = Reader::new();
        let send = async {
            for piece in pieces {
                tokio::io::AsyncWriteExt::write_all(&mut server, piece.as_bytes()).await?;
                tokio::task::yield_now().await;
            }
            drop(server);
            std::io::Result::Ok(())
        };
        let receive = reader.answer(&mut client);
        let (sent, received) = tokio::join!(send, receive);
        sent.unwrap();
        let body = reader.body(received?);
        assert_eq!(body.length, body.bytes.len() as u64);
        Ok(String::from_utf8(body.bytes.to_vec())?)
    }

    fn block_on<T>(future: impl Future<Output = T>) -> T {
        tokio::runtime::Builder::new_current_thread()
            .build()
            .unwrap()
            .block_on(future)
    }

    #[test]
    fn answers_come_in_pieces() {
        block_on(async {
            for whole in [
                "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nHello",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nHell\r\n1\r\no\r\n0\r\n\r\n",
            ] {
                assert_eq!(read(&[whole]).await.unwrap(), "Hello");
                for at in 1..whole.len() {
                    let (first, rest) = whole.split_at(at);
                    assert_eq!(read(&[first, rest]).await.unwrap(), "Hello");
                }
            }
        });
    }

    #[test]
    fn closing_instead_of_answering_can_be_told_apart() {
        block_on(async {
            assert!(read(&[]).await.unwrap_err().is::<Closed>());
            assert!(!read(&["HTTP/1.1"]).await.unwrap_err().is::<Closed>());
        });
    }

    #[test]
    fn what_was_not_expected_is_an_error() {
        block_on(async {
            for (answer, part) in [
                ("HTTP/1.1 500 No\r\nContent-Length: 4\r\n\r\nouch", "ouch"),
                ("HTTP/1.1 200 OK\r\n\r\nHello", "Content-Length"),
                (
                    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n12\r\n0\r\n\r\n",
                    "longer than its size",
                ),
                (
                    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n1\r\n0\r\n\r\nx",
                    "more came",
                ),
                (
                    "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n12",
                    "more came",
                ),
                ("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n1", "closed"),
                (
                    "HTTP/1.1 200 OK\r\nContent-Length: 123456789\r\n\r\n",
                    "123456789",
                ),
            ] {
                let error = format!("{:#}", read(&[answer]).await.unwrap_err());
                assert!(error.contains(part), "{error}");
            }
        });
    }
}
