//! As much of HTTP/1.1 as a client of one known program needs: it reads an answer and gives its body. Whatever
//! else a server could send is an error, not a guess.

use std::error::Error;
use std::fmt;
use std::io::ErrorKind;
use std::ops::Range;

use anyhow::{Context, bail, ensure};
use tokio::io::{AsyncRead, AsyncReadExt};

/// How many headers an answer may have.
const HEADERS_MAX: usize = 32;
/// How large an answer may be, headers and all.
const ANSWER_BYTES_MAX: usize = 16 << 10;

/// The server closed a connection instead of answering.
#[derive(Debug)]
pub(crate) struct Closed;

impl fmt::Display for Closed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the server closed a connection instead of answering")
    }
}

impl Error for Closed {}

/// The bytes that came and have not been taken yet.
#[derive(Debug)]
pub(crate) struct Reader {
    buffer: Box<[u8]>,
    filled: usize,
}

impl Reader {
    pub(crate) fn new() -> Reader {
        Reader {
            buffer: vec![0; ANSWER_BYTES_MAX].into(),
            filled: 0,
        }
    }

    /// Reads the answer to one request; says where its body is, for [`Reader::body`].
    ///
    /// # Errors
    /// The connection broke or was closed; the answer is not one with status 200 and a Content-Length; or more
    /// came than was asked for.
    pub(crate) async fn answer(
        &mut self,
        from: &mut (impl AsyncRead + Unpin),
    ) -> anyhow::Result<Range<usize>> {
        self.filled = 0;
        let mut length = None;
        loop {
            let room = &mut self.buffer[self.filled..];
            ensure!(
                !room.is_empty(),
                "an answer exceeds {ANSWER_BYTES_MAX} bytes"
            );
            let count = match from.read(room).await {
                Ok(count) => count,
                Err(error) if error.kind() == ErrorKind::ConnectionReset => 0,
                Err(error) => return Err(error).context("cannot read an answer"),
            };
            ensure!(count > 0 || self.filled > 0, Closed);
            ensure!(count > 0, "the server closed a connection within an answer");
            self.filled += count;
            if length.is_none() {
                length = head(&self.buffer[..self.filled])?;
            }
            if let Some((head, body)) = length
                && self.filled >= head + body
            {
                ensure!(self.filled == head + body, "more came than the answer");
                return Ok(head..head + body);
            }
        }
    }

    pub(crate) fn body(&self, range: Range<usize>) -> &[u8] {
        &self.buffer[range]
    }
}

/// The lengths of the answer's head and body, once the head is complete.
fn head(bytes: &[u8]) -> anyhow::Result<Option<(usize, usize)>> {
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
    let length = answer
        .headers
        .iter()
        .find(|header| header.name.eq_ignore_ascii_case("content-length"))
        .context("an answer has no Content-Length")?;
    let length = str::from_utf8(length.value)?
        .parse()
        .context("Content-Length")?;
    ensure!(length <= ANSWER_BYTES_MAX, "an answer has {length} bytes");
    Ok(Some((head, length)))
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn read(pieces: &[&str]) -> anyhow::Result<String> {
        let (mut server, mut client) = tokio::io::duplex(ANSWER_BYTES_MAX * 2);
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
        Ok(String::from_utf8(reader.body(received?).to_vec())?)
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
            let whole = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nHello";
            assert_eq!(read(&[whole]).await.unwrap(), "Hello");
            for at in 1..whole.len() {
                let (first, rest) = whole.split_at(at);
                assert_eq!(read(&[first, rest]).await.unwrap(), "Hello");
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
                (
                    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                    "Content-Length",
                ),
                (
                    "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n12",
                    "more came",
                ),
                ("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n1", "closed"),
                (
                    "HTTP/1.1 200 OK\r\nContent-Length: 1234567\r\n\r\n",
                    "1234567",
                ),
            ] {
                let error = format!("{:#}", read(&[answer]).await.unwrap_err());
                assert!(error.contains(part), "{error}");
            }
        });
    }
}
