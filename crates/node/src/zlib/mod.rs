//! The codecs behind `node:zlib` (`js/zlib.js`): zlib's formats, Brotli, Zstandard.
//!
//! A codec has no I/O; JavaScript drives it in bounded steps, so that time limits hold and other objects of the shard get
//! their turns. What workerd's codecs answer to damaged input, and the texts and codes of it, is the behaviour.

mod brotli;
mod deflate;
mod inflate;
mod ops;
#[cfg(test)]
mod tests;
mod zstd;

use std::borrow::Cow;

pub(crate) use ops::register;

/// The most input that one step takes, in bytes.
const STEP_INPUT_BYTES: usize = 64 << 10;

/// The most output that one step gives, in bytes.
const STEP_OUTPUT_BYTES: usize = 256 << 10;

/// A compression or decompression under way.
trait Codec {
    /// Takes from `input` and fills `output`. `flush` is one of the codec's own flush values.
    fn run(&mut self, input: &[u8], output: &mut [u8], flush: u32) -> Result<Progress, Failure>;

    /// Begins anew with the same settings.
    fn reset(&mut self) -> Result<(), Failure>;

    /// Changes level and strategy for what comes (zlib's compressors).
    fn set_params(&mut self, _level: i32, _strategy: i32) -> Result<(), Failure> {
        Err(Failure::zlib(STREAM_ERROR, "Failed to set parameters"))
    }
}

/// What one call of [`Codec::run`] did.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
struct Progress {
    taken: usize,
    made: usize,
}

/// An error as Node's have it.
#[derive(Debug, PartialEq, Eq)]
struct Failure {
    message: Cow<'static, str>,
    code: Cow<'static, str>,
    errno: i32,
}

const NEED_DICT: i32 = 2;
const STREAM_ERROR: i32 = -2;
const DATA_ERROR: i32 = -3;
const MEM_ERROR: i32 = -4;
const BUF_ERROR: i32 = -5;

impl Failure {
    fn new(
        message: impl Into<Cow<'static, str>>,
        code: impl Into<Cow<'static, str>>,
        errno: i32,
    ) -> Self {
        Self {
            message: message.into(),
            code: code.into(),
            errno,
        }
    }

    /// With the name of a result of zlib's as code.
    fn zlib(result: i32, message: impl Into<Cow<'static, str>>) -> Self {
        let code = match result {
            NEED_DICT => "Z_NEED_DICT",
            DATA_ERROR => "Z_DATA_ERROR",
            MEM_ERROR => "Z_MEM_ERROR",
            BUF_ERROR => "Z_BUF_ERROR",
            _ => "Z_STREAM_ERROR",
        };
        Self::new(message, code, result)
    }

    fn initialization(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(message, "ERR_ZLIB_INITIALIZATION_FAILED", -1)
    }
}

/// What a step of a [`Stream`] did.
#[derive(Debug, PartialEq, Eq)]
struct Step {
    taken: usize,
    output: Vec<u8>,
    next: Next,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Next {
    /// All of the input was taken and all of the output given.
    Done,
    /// There is more to take or to give.
    Again,
    /// What remains of the input does not belong to the compressed data.
    Trailing,
}

/// A codec, driven by steps.
struct Stream(Box<dyn Codec>);

impl Stream {
    /// One step on `input`, of which the rest comes again; it gives at most `room` bytes.
    fn step(&mut self, input: &[u8], room: usize, flush: u32) -> Result<Step, Failure> {
        let piece = &input[..input.len().min(STEP_INPUT_BYTES)];
        let is_last = piece.len() == input.len();
        // Flushing is for the end of the input. In each codec 0 is "go on".
        let flush = if is_last { flush } else { 0 };
        let mut output = vec![0; room.clamp(1, STEP_OUTPUT_BYTES)];
        let Progress { taken, made } = self.0.run(piece, &mut output, flush)?;
        let next = if made == output.len() {
            Next::Again
        } else if taken < piece.len() {
            Next::Trailing
        } else if is_last {
            Next::Done
        } else {
            Next::Again
        };
        output.truncate(made);
        Ok(Step {
            taken,
            output,
            next,
        })
    }
}
