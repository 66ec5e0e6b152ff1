//! Inflate, of data in zlib's format or gzip's, of whichever of the two it turns out to be, or without a header.

use zlib_rs::{Inflate, InflateError, InflateFlush, Status};

use super::{BUF_ERROR, Codec, DATA_ERROR, Failure, MEM_ERROR, NEED_DICT, Progress, STREAM_ERROR};

/// The first byte of a gzip member.
const GZIP_MAGIC: u8 = 0x1f;

/// What the data is wrapped in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wrapping {
    Zlib,
    Gzip,
    /// One of the two; the first byte says which.
    Either,
    None,
}

pub(super) struct Decompressor {
    inflate: Inflate,
    wrapping: Wrapping,
    /// What the data is, where `wrapping` leaves that open and its first byte was seen.
    found: Wrapping,
    window_bits: u8,
    dictionary: Vec<u8>,
}

impl Decompressor {
    /// `window_bits` 0 takes the size of the window from the header.
    pub(super) fn new(
        wrapping: Wrapping,
        window_bits: i32,
        dictionary: Vec<u8>,
    ) -> Result<Self, Failure> {
        let fits =
            (8..=15).contains(&window_bits) || (window_bits == 0 && wrapping != Wrapping::None);
        let (true, Ok(window_bits)) = (fits, u8::try_from(window_bits)) else {
            return Err(Failure::zlib(STREAM_ERROR, "Zlib error"));
        };
        let mut decompressor = Self {
            inflate: fresh(wrapping, window_bits),
            wrapping,
            found: wrapping,
            window_bits,
            dictionary,
        };
        decompressor.use_raw_dictionary()?;
        Ok(decompressor)
    }

    /// Without a header nothing asks for the dictionary.
    fn use_raw_dictionary(&mut self) -> Result<(), Failure> {
        if self.wrapping != Wrapping::None || self.dictionary.is_empty() {
            return Ok(());
        }
        match self.inflate.set_dictionary(&self.dictionary) {
            Ok(_checksum) => Ok(()),
            Err(error) => Err(self.failure(error, "Failed to set dictionary")),
        }
    }

    fn failure(&self, error: InflateError, message: &'static str) -> Failure {
        let result = match error {
            InflateError::NeedDict { .. } => NEED_DICT,
            InflateError::StreamError => STREAM_ERROR,
            InflateError::DataError => DATA_ERROR,
            InflateError::MemError => MEM_ERROR,
        };
        Failure::zlib(result, self.inflate.error_message().unwrap_or(message))
    }

    /// One call of inflate, which counts in `progress`.
    fn inflate(
        &mut self,
        input: &[u8],
        output: &mut [u8],
        flush: InflateFlush,
        progress: &mut Progress,
    ) -> Result<Status, InflateError> {
        let (before_in, before_out) = (self.inflate.total_in(), self.inflate.total_out());
        let result = self.inflate.decompress(
            &input[progress.taken..],
            &mut output[progress.made..],
            flush,
        );
        // Both differences are at most the lengths of slices.
        progress.taken += (self.inflate.total_in() - before_in) as usize;
        progress.made += (self.inflate.total_out() - before_out) as usize;
        result
    }
}

fn fresh(wrapping: Wrapping, window_bits: u8) -> Inflate {
    match wrapping {
        Wrapping::Zlib => Inflate::new(true, window_bits),
        Wrapping::Gzip => Inflate::new(true, window_bits + 16),
        Wrapping::Either => Inflate::new(true, window_bits + 32),
        Wrapping::None => Inflate::new(false, window_bits),
    }
}

impl Codec for Decompressor {
    fn run(&mut self, input: &[u8], output: &mut [u8], flush: u32) -> Result<Progress, Failure> {
        // Inflate makes all output that it can, however it is asked. Z_PARTIAL_FLUSH and Z_FULL_FLUSH are for deflate.
        let mode = match flush {
            0..=3 => InflateFlush::NoFlush,
            4 => InflateFlush::Finish,
            5 => InflateFlush::Block,
            6 => InflateFlush::Trees,
            _ => return Err(Failure::zlib(STREAM_ERROR, "Zlib error")),
        };
        if let (Wrapping::Either, Some(first)) = (self.found, input.first()) {
            self.found = match *first {
                GZIP_MAGIC => Wrapping::Gzip,
                _ => Wrapping::Zlib,
            };
        }
        let mut progress = Progress::default();
        loop {
            let mut result = self.inflate(input, output, mode, &mut progress);
            if matches!(result, Err(InflateError::NeedDict { .. })) {
                if self.dictionary.is_empty() {
                    return Err(Failure::zlib(NEED_DICT, "Missing dictionary"));
                }
                let dictionary = std::mem::take(&mut self.dictionary);
                let set = self.inflate.set_dictionary(&dictionary);
                self.dictionary = dictionary;
                if set.is_err() {
                    return Err(Failure::zlib(NEED_DICT, "Bad dictionary"));
                }
                result = self.inflate(input, output, mode, &mut progress);
            }
            match result {
                Err(error) => return Err(self.failure(error, "Zlib error")),
                Ok(Status::StreamEnd) => {
                    // Another member may follow; zeros that fill up the last block of a tape do not count.
                    let is_next = input.get(progress.taken).is_some_and(|first| *first != 0);
                    if self.found != Wrapping::Gzip || !is_next {
                        return Ok(progress);
                    }
                    self.inflate = fresh(Wrapping::Gzip, self.window_bits);
                    if progress.made == output.len() {
                        return Ok(progress);
                    }
                }
                Ok(Status::Ok | Status::BufError) => {
                    if mode == InflateFlush::Finish && progress.made < output.len() {
                        return Err(Failure::zlib(BUF_ERROR, "unexpected end of file"));
                    }
                    return Ok(progress);
                }
            }
        }
    }

    fn reset(&mut self) -> Result<(), Failure> {
        self.inflate = fresh(self.wrapping, self.window_bits);
        self.found = self.wrapping;
        self.use_raw_dictionary()
    }
}
