//! permessage-deflate (RFC 7692), without context takeover.
//!
//! A message is compressed by itself, so that neither side keeps a window (some 300 KiB) for a connection that lies idle:
//! the compressor and the decompressor belong to the thread. A server may always ask for that, and a client that
//! offers it gets it or no compression at all.

use std::cell::RefCell;

use bytes::Bytes;
use flate2::{Compress, Compression, Decompress, FlushCompress, FlushDecompress, Status};

use super::frame::ProtocolError;

/// The name of the extension.
const NAME: &str = "permessage-deflate";

/// What ends every compressed message and is left out on the wire (section 7.2.1).
const TAIL: [u8; 4] = [0, 0, 0xff, 0xff];

/// The window of a compressor that was not asked for a smaller one.
const WINDOW_BITS_MAX: u8 = 15;
/// The smallest window that the compressor can be given; the protocol knows 8, too.
const WINDOW_BITS_MIN: u8 = 9;

thread_local! {
    static COMPRESS: RefCell<Compress> = RefCell::new(compressor(WINDOW_BITS_MAX));
    static DECOMPRESS: RefCell<Decompress> = RefCell::new(Decompress::new(false));
}

fn compressor(window_bits: u8) -> Compress {
    Compress::new_with_window_bits(Compression::fast(), false, window_bits)
}

/// What was agreed for one connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deflate {
    /// Of what we send.
    window_bits: u8,
}

/// What a server agrees to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Agreed {
    /// The value of `Sec-WebSocket-Extensions` that says so.
    pub header: String,
    /// What it means for the server.
    pub deflate: Deflate,
}

impl Deflate {
    /// What a client offers.
    pub fn offer() -> &'static str {
        "permessage-deflate; server_no_context_takeover"
    }

    /// A server's answer to the values of `Sec-WebSocket-Extensions`; `None`: no compression.
    pub fn answer<'h>(offers: impl IntoIterator<Item = &'h str>) -> Option<Agreed> {
        offers
            .into_iter()
            .flat_map(|value| value.split(','))
            .find_map(Self::answer_one)
    }

    fn answer_one(offer: &str) -> Option<Agreed> {
        let parameters = Parameters::parse(offer)?;
        let window_bits = match parameters.server_max_window_bits {
            None => WINDOW_BITS_MAX,
            Some(bits) => bits.filter(|bits| *bits >= WINDOW_BITS_MIN)?,
        };
        let mut header = format!("{NAME}; server_no_context_takeover; client_no_context_takeover");
        if parameters.server_max_window_bits.is_some() {
            header.push_str(&format!("; server_max_window_bits={window_bits}"));
        }
        Some(Agreed {
            header,
            deflate: Deflate { window_bits },
        })
    }

    /// What a server's answer to [`Deflate::offer`] means.
    ///
    /// # Errors
    /// The server agreed to what was not offered.
    pub fn accepted(answer: &str) -> Result<Deflate, &'static str> {
        let parameters = Parameters::parse(answer)
            .ok_or("the server chose an extension that was not offered")?;
        if !parameters.server_no_context_takeover {
            return Err("the server wants to keep its compression context, which was not offered");
        }
        match parameters.client_max_window_bits {
            None => Ok(Deflate {
                window_bits: WINDOW_BITS_MAX,
            }),
            Some(_) => Err("the server limits the compression window, which was not offered"),
        }
    }

    /// Compresses one message.
    pub(super) fn compress(&mut self, payload: &[u8]) -> Vec<u8> {
        if self.window_bits == WINDOW_BITS_MAX {
            COMPRESS.with_borrow_mut(|compress| compress_with(compress, payload))
        } else {
            // Few ask for this; they pay for it themselves.
            compress_with(&mut compressor(self.window_bits), payload)
        }
    }

    /// Decompresses one message of at most `limit` bytes.
    pub(super) fn decompress(
        &mut self,
        payload: &[u8],
        limit: usize,
    ) -> Result<Bytes, ProtocolError> {
        DECOMPRESS.with_borrow_mut(|decompress| {
            decompress.reset(false);
            let mut out = Vec::new();
            for part in [payload, &TAIL] {
                inflate(decompress, part, &mut out, limit)?;
            }
            Ok(out.into())
        })
    }
}

fn compress_with(compress: &mut Compress, payload: &[u8]) -> Vec<u8> {
    compress.reset();
    let mut out = Vec::with_capacity(payload.len() / 2 + 64);
    loop {
        let rest = &payload[compress.total_in() as usize..];
        let status = compress
            .compress_vec(rest, &mut out, FlushCompress::Sync)
            .expect("a compressor that is given memory does not fail");
        let all_in = compress.total_in() as usize == payload.len();
        // A flush is complete when it leaves room in the output.
        if all_in && (out.len() < out.capacity() || status == Status::StreamEnd) {
            break;
        }
        out.reserve(out.capacity().max(64));
    }
    if out.ends_with(&TAIL) {
        out.truncate(out.len() - TAIL.len());
    }
    out
}

fn inflate(
    decompress: &mut Decompress,
    mut input: &[u8],
    out: &mut Vec<u8>,
    limit: usize,
) -> Result<(), ProtocolError> {
    loop {
        if out.len() == out.capacity() {
            if out.len() > limit {
                return Err(ProtocolError::too_large(out.len() as u64, limit));
            }
            out.reserve(out.len().clamp(1 << 10, 1 << 20));
        }
        let before_in = decompress.total_in();
        let before_out = out.len();
        let status = decompress
            .decompress_vec(input, out, FlushDecompress::Sync)
            .map_err(|_| ProtocolError {
                code: 1007,
                reason: "Received a message that cannot be decompressed".to_owned(),
            })?;
        let used = (decompress.total_in() - before_in) as usize;
        input = &input[used..];
        if status == Status::StreamEnd && !input.is_empty() {
            // A block that says it is the last, and then more: a new stream (section 7.2.3.5 allows it).
            decompress.reset(false);
            continue;
        }
        let full = out.len() == out.capacity();
        if !full && (input.is_empty() || (used == 0 && out.len() == before_out)) {
            break;
        }
    }
    if out.len() > limit {
        return Err(ProtocolError::too_large(out.len() as u64, limit));
    }
    Ok(())
}

/// The parameters of one offer or answer. `Some(None)` is a parameter without a value.
#[derive(Debug, Default)]
struct Parameters {
    server_no_context_takeover: bool,
    client_no_context_takeover: bool,
    server_max_window_bits: Option<Option<u8>>,
    client_max_window_bits: Option<Option<u8>>,
}

impl Parameters {
    /// `None` where it is another extension, or anything in it is unknown, wrong or there twice.
    fn parse(text: &str) -> Option<Parameters> {
        let mut parts = text.split(';').map(str::trim);
        if !parts.next()?.eq_ignore_ascii_case(NAME) {
            return None;
        }
        let mut found = Parameters::default();
        for part in parts {
            let (name, value) = match part.split_once('=') {
                Some((name, value)) => (name.trim(), Some(value.trim().trim_matches('"'))),
                None => (part, None),
            };
            let flag =
                |seen: &mut bool| (value.is_none() && !std::mem::replace(seen, true)).then_some(());
            match name {
                "server_no_context_takeover" => flag(&mut found.server_no_context_takeover)?,
                "client_no_context_takeover" => flag(&mut found.client_no_context_takeover)?,
                "server_max_window_bits" if found.server_max_window_bits.is_none() => {
                    // A server's window has a value always.
                    found.server_max_window_bits = Some(Some(window_bits(value?)?));
                }
                "client_max_window_bits" if found.client_max_window_bits.is_none() => {
                    let bits = match value {
                        Some(value) => Some(window_bits(value)?),
                        None => None,
                    };
                    found.client_max_window_bits = Some(bits);
                }
                _ => return None,
            }
        }
        Some(found)
    }
}

fn window_bits(value: &str) -> Option<u8> {
    let plain = !value.starts_with('0') && value.bytes().all(|byte| byte.is_ascii_digit());
    let bits: u8 = value.parse().ok().filter(|_| plain)?;
    (8..=15).contains(&bits).then_some(bits)
}
