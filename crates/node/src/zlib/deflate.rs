//! Deflate, with a header of zlib or gzip or without any.

use zlib_rs::adler32::adler32;
use zlib_rs::crc32::crc32;
use zlib_rs::{Deflate, DeflateConfig, DeflateError, DeflateFlush, Method, Status, Strategy};

use super::{BUF_ERROR, Codec, DATA_ERROR, Failure, MEM_ERROR, Progress, STREAM_ERROR};

/// What goes around the compressed data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wrapper {
    Zlib,
    Gzip,
    None,
}

pub(super) struct Compressor {
    deflate: Deflate,
    settings: Settings,
    /// What of the past is needed to go on with other settings; none where nobody can ask for that.
    past: Option<Past>,
    /// Whether settings were changed on the way. Then `deflate` makes bare blocks, and the end is for us to write.
    is_spliced: bool,
    /// What remains to be given when all blocks are out.
    trailer: Option<Vec<u8>>,
}

#[derive(Clone)]
pub(super) struct Settings {
    pub(super) wrapper: Wrapper,
    pub(super) level: i32,
    pub(super) window_bits: i32,
    pub(super) mem_level: i32,
    pub(super) strategy: i32,
    /// Not for gzip, which has none; empty for none.
    pub(super) dictionary: Vec<u8>,
    /// Whether level and strategy may change on the way.
    pub(super) may_change: bool,
}

/// The input so far.
struct Past {
    /// Its checksum, of the kind that the wrapper ends with.
    sum: u32,
    /// Its length, modulo 2^32.
    length: u32,
    /// Its last bytes, at most [`WINDOW_BYTES`].
    window: Vec<u8>,
}

/// The largest window of the format.
const WINDOW_BYTES: usize = 32 << 10;

impl Past {
    fn new(wrapper: Wrapper) -> Self {
        Self {
            // Adler-32 begins with 1, CRC-32 with 0.
            sum: u32::from(wrapper == Wrapper::Zlib),
            length: 0,
            window: Vec::new(),
        }
    }

    fn add(&mut self, input: &[u8], wrapper: Wrapper) {
        self.sum = match wrapper {
            Wrapper::Zlib => adler32(self.sum, input),
            Wrapper::Gzip => crc32(self.sum, input),
            Wrapper::None => 0,
        };
        // Input comes in pieces that are far shorter.
        self.length = self.length.wrapping_add(input.len() as u32);
        let kept = input.len().min(WINDOW_BYTES);
        let excess = (self.window.len() + kept).saturating_sub(WINDOW_BYTES);
        self.window.drain(..excess);
        self.window.extend_from_slice(&input[input.len() - kept..]);
    }

    fn trailer(&self, wrapper: Wrapper) -> Vec<u8> {
        match wrapper {
            Wrapper::Zlib => self.sum.to_be_bytes().to_vec(),
            Wrapper::Gzip => [self.sum.to_le_bytes(), self.length.to_le_bytes()].concat(),
            Wrapper::None => Vec::new(),
        }
    }
}

impl Compressor {
    pub(super) fn new(settings: Settings) -> Result<Self, Failure> {
        let deflate = deflate(&settings, settings.wrapper, &settings.dictionary)?;
        let past = settings.may_change.then(|| Past::new(settings.wrapper));
        Ok(Self {
            deflate,
            settings,
            past,
            is_spliced: false,
            trailer: None,
        })
    }

    /// One call of deflate.
    fn deflate(
        &mut self,
        input: &[u8],
        output: &mut [u8],
        flush: DeflateFlush,
    ) -> (Progress, Result<Status, DeflateError>) {
        let (before_in, before_out) = (self.deflate.total_in(), self.deflate.total_out());
        let status = self.deflate.compress(input, output, flush);
        // Both differences are at most the lengths of slices.
        let progress = Progress {
            taken: (self.deflate.total_in() - before_in) as usize,
            made: (self.deflate.total_out() - before_out) as usize,
        };
        if let Some(past) = &mut self.past {
            past.add(&input[..progress.taken], self.settings.wrapper);
        }
        (progress, status)
    }
}

/// A fresh deflate with these settings, except for what goes around it.
fn deflate(settings: &Settings, wrapper: Wrapper, dictionary: &[u8]) -> Result<Deflate, Failure> {
    let &Settings {
        level,
        window_bits,
        mem_level,
        strategy,
        ..
    } = settings;
    // A window of 256 bytes is made to be one of 512, and only zlib's header can say so.
    let narrowest = if settings.wrapper == Wrapper::Zlib {
        8
    } else {
        9
    };
    let fits = (-1..=9).contains(&level)
        && (narrowest..=15).contains(&window_bits)
        && (1..=9).contains(&mem_level);
    let (true, Some(strategy)) = (fits, strategy_of(strategy)) else {
        return Err(Failure::zlib(STREAM_ERROR, "Zlib error"));
    };
    let mut deflate = Deflate::new_with_config(DeflateConfig {
        level,
        method: Method::Deflated,
        window_bits: match wrapper {
            Wrapper::Zlib => window_bits,
            Wrapper::Gzip => window_bits + 16,
            Wrapper::None => -window_bits.max(9),
        },
        mem_level,
        strategy,
    });
    if wrapper != Wrapper::Gzip && !dictionary.is_empty() {
        deflate
            .set_dictionary(dictionary)
            .map_err(|error| failure(error, "Failed to set dictionary"))?;
    }
    Ok(deflate)
}

fn strategy_of(number: i32) -> Option<Strategy> {
    Some(match number {
        0 => Strategy::Default,
        1 => Strategy::Filtered,
        2 => Strategy::HuffmanOnly,
        3 => Strategy::Rle,
        4 => Strategy::Fixed,
        _ => return None,
    })
}

fn failure(error: DeflateError, message: &'static str) -> Failure {
    let result = match error {
        DeflateError::StreamError => STREAM_ERROR,
        DeflateError::DataError => DATA_ERROR,
        DeflateError::MemError => MEM_ERROR,
    };
    Failure::zlib(result, message)
}

impl Codec for Compressor {
    fn run(&mut self, input: &[u8], output: &mut [u8], flush: u32) -> Result<Progress, Failure> {
        let flush = i32::try_from(flush)
            .ok()
            .and_then(|flush| DeflateFlush::try_from(flush).ok())
            .ok_or_else(|| Failure::zlib(STREAM_ERROR, "Zlib error"))?;
        let mut progress = Progress::default();
        if self.trailer.is_none() {
            let status;
            (progress, status) = self.deflate(input, output, flush);
            match status {
                Ok(Status::StreamEnd) => {
                    let past = self.past.as_ref().filter(|_| self.is_spliced);
                    self.trailer = past.map(|past| past.trailer(self.settings.wrapper));
                }
                Ok(Status::Ok | Status::BufError) => {
                    if flush == DeflateFlush::Finish && progress.made < output.len() {
                        return Err(Failure::zlib(BUF_ERROR, "unexpected end of file"));
                    }
                }
                Err(error) => return Err(failure(error, "Zlib error")),
            }
        }
        if let Some(trailer) = &mut self.trailer {
            let room = &mut output[progress.made..];
            let count = trailer.len().min(room.len());
            room[..count].copy_from_slice(&trailer[..count]);
            trailer.drain(..count);
            progress.made += count;
        }
        Ok(progress)
    }

    fn reset(&mut self) -> Result<(), Failure> {
        *self = Self::new(self.settings.clone())?;
        Ok(())
    }

    /// What was compressed so far must have been flushed. zlib-rs cannot change a stream on its way, so another goes on,
    /// which gets what the first has seen last as its dictionary: blocks know nothing of each other but that.
    fn set_params(&mut self, level: i32, strategy: i32) -> Result<(), Failure> {
        let settings = Settings {
            level,
            strategy,
            ..self.settings.clone()
        };
        let Some(past) = &self.past else {
            return Err(Failure::zlib(STREAM_ERROR, "Failed to set parameters"));
        };
        if !self.is_spliced && self.deflate.total_out() == 0 && past.length == 0 {
            *self = Self::new(settings)?;
            return Ok(());
        }
        self.deflate = deflate(&settings, Wrapper::None, &past.window)?;
        self.settings = settings;
        self.is_spliced = true;
        Ok(())
    }
}
