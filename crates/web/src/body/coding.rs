//! Content codings: gzip and br, as on Cloudflare. `deflate` and others are never touched: such bytes reach the Worker as
//! they are.

use std::io;

use async_compression::Level;
use async_compression::tokio::bufread::{BrotliDecoder, BrotliEncoder, GzipDecoder, GzipEncoder};
use bytes::Bytes;
use futures_util::StreamExt;
use http::HeaderMap;
use http::header::CONTENT_ENCODING;
use tokio::io::AsyncRead;
use tokio_util::io::{ReaderStream, StreamReader};

use super::{BodyError, BodyStream};

/// The largest chunk that a decoder or encoder gives, in bytes.
const CHUNK_BYTES: usize = 16 << 10;

/// A way in which content is written down as bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Coding {
    /// The content itself.
    #[default]
    Identity,
    /// RFC 1952; several members in a row are one content.
    Gzip,
    /// Brotli, RFC 7932.
    Brotli,
}

impl Coding {
    /// What the `Content-Encoding` value says; a coding that is not known, or a list of them, leaves the bytes alone.
    pub fn named(content_encoding: &str) -> Self {
        let name = content_encoding.trim();
        if name.eq_ignore_ascii_case("gzip") {
            Self::Gzip
        } else if name.eq_ignore_ascii_case("br") {
            Self::Brotli
        } else {
            Self::Identity
        }
    }

    /// What these headers say of their body.
    pub fn of(headers: &HeaderMap) -> Self {
        let mut values = headers.get_all(CONTENT_ENCODING).iter();
        match (values.next(), values.next()) {
            (Some(value), None) => value.to_str().map_or(Self::Identity, Self::named),
            _ => Self::Identity,
        }
    }

    /// As an error message begins.
    pub(crate) fn title(self) -> &'static str {
        match self {
            Self::Identity => "Identity",
            Self::Gzip => "Gzip",
            Self::Brotli => "Brotli",
        }
    }
}

/// What an `AsyncRead` over a body fails with, so that the reason survives the trip through `io::Error`.
fn into_io(error: BodyError) -> io::Error {
    io::Error::other(error)
}

/// A failure that did not come from the stream below is the codec's.
fn from_io(error: &io::Error, coding: Coding) -> BodyError {
    error
        .get_ref()
        .and_then(|inner| inner.downcast_ref::<BodyError>())
        .cloned()
        .unwrap_or(BodyError::Undecodable(coding))
}

type Source = StreamReader<IoChunks, Bytes>;
type IoChunks =
    futures_util::stream::Map<BodyStream, fn(Result<Bytes, BodyError>) -> io::Result<Bytes>>;

fn source(stream: BodyStream) -> Source {
    let chunks: IoChunks = stream.map(|chunk| chunk.map_err(into_io));
    StreamReader::new(chunks)
}

fn chunks(reader: impl AsyncRead + Send + 'static, coding: Coding) -> BodyStream {
    let stream = ReaderStream::with_capacity(reader, CHUNK_BYTES);
    BodyStream::new(stream.map(move |chunk| chunk.map_err(|error| from_io(&error, coding))))
}

pub(super) fn decode(stream: BodyStream, coding: Coding) -> BodyStream {
    match coding {
        Coding::Identity => stream,
        Coding::Gzip => {
            let mut decoder = GzipDecoder::new(source(stream));
            decoder.multiple_members(true);
            chunks(decoder, coding)
        }
        Coding::Brotli => chunks(BrotliDecoder::new(source(stream)), coding),
    }
}

pub(super) fn encode(stream: BodyStream, coding: Coding) -> BodyStream {
    match coding {
        Coding::Identity => stream,
        Coding::Gzip => chunks(GzipEncoder::new(source(stream)), coding).with_coding(coding),
        // Brotli's default is its slowest level, meant for files that are written once.
        Coding::Brotli => chunks(
            BrotliEncoder::with_quality(source(stream), Level::Precise(4)),
            coding,
        )
        .with_coding(coding),
    }
}
