//! Zstandard.

use zstd_safe::zstd_sys::ZSTD_EndDirective as Directive;
use zstd_safe::{
    CCtx, CParameter, DCtx, DParameter, InBuffer, OutBuffer, ResetDirective, SafeResult, Strategy,
    get_error_name,
};

use super::{Codec, Failure, Progress};

const E_END: u32 = 2;

/// What the library says to a number it does not know; it is not asked.
const UNKNOWN: &str = "Unsupported parameter";

fn not_set(reason: &str) -> Failure {
    Failure::initialization(format!("Setting parameter failed: {reason}"))
}

fn set(result: SafeResult) -> Result<(), Failure> {
    result
        .map(drop)
        .map_err(|code| not_set(get_error_name(code)))
}

pub(super) struct Compressor {
    context: CCtx<'static>,
    pledged_size: Option<u64>,
    /// The frame has ended. Being asked to end it again, since the output was just full, must not begin another.
    is_ended: bool,
}

impl Compressor {
    pub(super) fn new(
        params: &[(u32, i32)],
        pledged_size: Option<u64>,
        dictionary: &[u8],
    ) -> Result<Self, Failure> {
        let mut context = CCtx::create();
        for &(number, value) in params {
            set(context.set_parameter(parameter(number, value)?))?;
        }
        if !dictionary.is_empty() {
            set(context.load_dictionary(dictionary))?;
        }
        set(context.set_pledged_src_size(pledged_size))?;
        Ok(Self {
            context,
            pledged_size,
            is_ended: false,
        })
    }
}

fn parameter(number: u32, value: i32) -> Result<CParameter, Failure> {
    // No parameter but the level can be negative; what is too large is for the library to say.
    let size = u32::try_from(value).map_err(|_| not_set("Parameter is out of bound"));
    Ok(match number {
        100 => CParameter::CompressionLevel(value),
        101 => CParameter::WindowLog(size?),
        102 => CParameter::HashLog(size?),
        103 => CParameter::ChainLog(size?),
        104 => CParameter::SearchLog(size?),
        105 => CParameter::MinMatch(size?),
        106 => CParameter::TargetLength(size?),
        107 => CParameter::Strategy(strategy(value)?),
        160 => CParameter::EnableLongDistanceMatching(value != 0),
        161 => CParameter::LdmHashLog(size?),
        162 => CParameter::LdmMinMatch(size?),
        163 => CParameter::LdmBucketSizeLog(size?),
        164 => CParameter::LdmHashRateLog(size?),
        200 => CParameter::ContentSizeFlag(value != 0),
        201 => CParameter::ChecksumFlag(value != 0),
        202 => CParameter::DictIdFlag(value != 0),
        // Threads and what belongs to them are for the library to have or not.
        400 => CParameter::NbWorkers(size?),
        401 => CParameter::JobSize(size?),
        402 => CParameter::OverlapSizeLog(size?),
        _ => return Err(not_set(UNKNOWN)),
    })
}

fn strategy(value: i32) -> Result<Strategy, Failure> {
    Ok(match value {
        1 => Strategy::ZSTD_fast,
        2 => Strategy::ZSTD_dfast,
        3 => Strategy::ZSTD_greedy,
        4 => Strategy::ZSTD_lazy,
        5 => Strategy::ZSTD_lazy2,
        6 => Strategy::ZSTD_btlazy2,
        7 => Strategy::ZSTD_btopt,
        8 => Strategy::ZSTD_btultra,
        9 => Strategy::ZSTD_btultra2,
        _ => return Err(not_set("Parameter is out of bound")),
    })
}

impl Codec for Compressor {
    fn run(&mut self, input: &[u8], output: &mut [u8], flush: u32) -> Result<Progress, Failure> {
        let directive = match flush {
            0 => Directive::ZSTD_e_continue,
            1 => Directive::ZSTD_e_flush,
            _ => Directive::ZSTD_e_end,
        };
        if self.is_ended && input.is_empty() {
            return Ok(Progress::default());
        }
        let mut input = InBuffer::around(input);
        let mut output = OutBuffer::around(output);
        let result = self
            .context
            .compress_stream2(&mut output, &mut input, directive);
        match result {
            Ok(left) => {
                self.is_ended = directive == Directive::ZSTD_e_end && left == 0;
                Ok(Progress {
                    taken: input.pos(),
                    made: output.pos(),
                })
            }
            Err(code) => Err(Failure::new(
                format!("Zstd compression failed: {}", get_error_name(code)),
                "ERR_ZSTD_COMPRESSION_FAILED",
                -1,
            )),
        }
    }

    fn reset(&mut self) -> Result<(), Failure> {
        self.is_ended = false;
        set(self.context.reset(ResetDirective::SessionOnly))?;
        set(self.context.set_pledged_src_size(self.pledged_size))
    }
}

pub(super) struct Decompressor {
    context: DCtx<'static>,
    /// Between frames there is nothing to miss.
    is_in_frame: bool,
}

impl Decompressor {
    pub(super) fn new(params: &[(u32, i32)], dictionary: &[u8]) -> Result<Self, Failure> {
        let mut context = DCtx::create();
        for &(number, value) in params {
            let parameter = match number {
                100 => match u32::try_from(value) {
                    Ok(value) => DParameter::WindowLogMax(value),
                    Err(_) => return Err(not_set("Parameter is out of bound")),
                },
                _ => return Err(not_set(UNKNOWN)),
            };
            set(context.set_parameter(parameter))?;
        }
        if !dictionary.is_empty() {
            set(context.load_dictionary(dictionary))?;
        }
        Ok(Self {
            context,
            is_in_frame: false,
        })
    }
}

fn decompression_failed(message: String) -> Failure {
    Failure::new(message, "ERR_ZSTD_DECOMPRESSION_FAILED", -1)
}

impl Codec for Decompressor {
    fn run(&mut self, input: &[u8], output: &mut [u8], flush: u32) -> Result<Progress, Failure> {
        let room = output.len();
        if input.is_empty() && !self.is_in_frame {
            return Ok(Progress::default());
        }
        let mut input = InBuffer::around(input);
        let mut output = OutBuffer::around(output);
        let left = self
            .context
            .decompress_stream(&mut output, &mut input)
            .map_err(|code| {
                decompression_failed(format!(
                    "Zstd decompression failed: {}",
                    get_error_name(code)
                ))
            })?;
        self.is_in_frame = left != 0;
        let progress = Progress {
            taken: input.pos(),
            made: output.pos(),
        };
        if flush == E_END && self.is_in_frame && progress.made < room {
            return Err(decompression_failed("unexpected end of file".into()));
        }
        Ok(progress)
    }

    fn reset(&mut self) -> Result<(), Failure> {
        self.is_in_frame = false;
        set(self.context.reset(ResetDirective::SessionOnly))
    }
}
