//! One compression or decompression, in bounded steps.

use bytes::{Buf, Bytes};
use flate2::{Compress, Compression, Decompress, FlushCompress, FlushDecompress, Status};

/// The most that one step takes and gives, in bytes: a step is over in well under a millisecond.
const STEP_BYTES: usize = 16 << 10;

/// The logarithm of the window's size: the largest that the formats have.
const WINDOW_BITS: u8 = 15;

/// A format of compressed data, as the specification names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    /// RFC 1950, ZLIB.
    Deflate,
    /// RFC 1951 without a header.
    DeflateRaw,
    /// RFC 1952, one member.
    Gzip,
}

impl Format {
    pub(crate) fn named(name: &str) -> Option<Self> {
        match name {
            "deflate" => Some(Self::Deflate),
            "deflate-raw" => Some(Self::DeflateRaw),
            "gzip" => Some(Self::Gzip),
            _ => None,
        }
    }
}

/// Why bytes could not be decompressed. The texts are what a Worker sees, in a `TypeError`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CodecError {
    /// They are not in the format, or a checksum is wrong.
    #[error("Decompression failed.")]
    Corrupt,
    /// There are more after the end of the compressed data.
    #[error("Trailing bytes after end of compressed data")]
    Trailing,
    /// They ended before the compressed data did.
    #[error("Called close() on a decompression stream with incomplete data")]
    Incomplete,
}

/// What a step did.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// It made these bytes, which are not none; there may be more.
    Output(Bytes),
    /// It took input and made nothing yet: go on.
    Again,
    /// It needs [`Codec::write`] or [`Codec::finish`]. After the latter: all is done.
    Idle,
}

/// A compression or decompression under way.
pub(crate) struct Codec {
    /// None once the compressed data has ended, for its tables are large.
    coder: Option<Coder>,
    /// Whether input that is cut short or goes on after the end is an error (`strict_compression_checks`).
    is_strict: bool,
    input: Bytes,
    is_finishing: bool,
    /// The last step filled all the room it had, so there may be more without any input.
    was_full: bool,
}

enum Coder {
    Compress(Compress),
    Decompress(Decompress),
}

impl Codec {
    pub(crate) fn compressor(format: Format) -> Self {
        let level = Compression::default();
        Self::new(Coder::Compress(match format {
            Format::Deflate => Compress::new(level, true),
            Format::DeflateRaw => Compress::new(level, false),
            Format::Gzip => Compress::new_gzip(level, WINDOW_BITS),
        }))
    }

    pub(crate) fn decompressor(format: Format, is_strict: bool) -> Self {
        let coder = Coder::Decompress(match format {
            Format::Deflate => Decompress::new(true),
            Format::DeflateRaw => Decompress::new(false),
            Format::Gzip => Decompress::new_gzip(WINDOW_BITS),
        });
        Self {
            is_strict,
            ..Self::new(coder)
        }
    }

    fn new(coder: Coder) -> Self {
        Self {
            coder: Some(coder),
            is_strict: true,
            input: Bytes::new(),
            is_finishing: false,
            was_full: false,
        }
    }

    /// More input. To be called when the last step was [`Step::Idle`], and before [`Self::finish`].
    pub(crate) fn write(&mut self, input: Bytes) {
        debug_assert!(
            self.input.is_empty() && !self.is_finishing,
            "write() out of turn"
        );
        self.input = input;
    }

    /// There will be no more input.
    pub(crate) fn finish(&mut self) {
        self.is_finishing = true;
    }

    /// Goes on, by a bounded amount of work. After an error the codec must not be used any more.
    pub(crate) fn step(&mut self) -> Result<Step, CodecError> {
        let Some(coder) = &mut self.coder else {
            let is_trailing = !self.input.is_empty();
            self.input.clear();
            return match is_trailing && self.is_strict {
                true => Err(CodecError::Trailing),
                false => Ok(Step::Idle),
            };
        };
        let is_last = self.input.len() <= STEP_BYTES;
        let piece = &self.input[..self.input.len().min(STEP_BYTES)];
        let must_finish = self.is_finishing && is_last;
        if piece.is_empty() && !must_finish && !self.was_full {
            return Ok(Step::Idle);
        }
        let mut output = vec![0; STEP_BYTES];
        let (taken, made, has_ended) = coder.run(piece, &mut output, must_finish)?;
        self.input.advance(taken);
        self.was_full = made == output.len();
        if has_ended {
            self.coder = None;
        } else if must_finish && self.input.is_empty() && !self.was_full {
            // Only a decompressor is not at its end when all of its input is.
            self.coder = None;
            if self.is_strict {
                return Err(CodecError::Incomplete);
            }
        }
        if made > 0 {
            output.truncate(made);
            return Ok(Step::Output(output.into()));
        }
        Ok(Step::Again)
    }
}

impl Coder {
    /// How much of `input` was taken, how much of `output` was filled, and whether the compressed data has ended.
    fn run(
        &mut self,
        input: &[u8],
        output: &mut [u8],
        must_finish: bool,
    ) -> Result<(usize, usize, bool), CodecError> {
        let (before_in, before_out) = self.totals();
        let status = match self {
            Self::Compress(coder) => {
                let flush = match must_finish {
                    true => FlushCompress::Finish,
                    false => FlushCompress::None,
                };
                coder
                    .compress(input, output, flush)
                    .expect("a compressor that was set up takes any bytes")
            }
            Self::Decompress(coder) => coder
                .decompress(input, output, FlushDecompress::None)
                .map_err(|_| CodecError::Corrupt)?,
        };
        let (after_in, after_out) = self.totals();
        // Both differences are at most the lengths of slices.
        let taken = (after_in - before_in) as usize;
        let made = (after_out - before_out) as usize;
        Ok((taken, made, status == Status::StreamEnd))
    }

    fn totals(&self) -> (u64, u64) {
        match self {
            Self::Compress(coder) => (coder.total_in(), coder.total_out()),
            Self::Decompress(coder) => (coder.total_in(), coder.total_out()),
        }
    }
}
