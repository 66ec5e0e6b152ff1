//! Brotli.

use brotli::enc::StandardAlloc;
use brotli::enc::encode::{
    BrotliEncoderOperation, BrotliEncoderParameter as Parameter, BrotliEncoderStateStruct,
};
use brotli::{BrotliDecompressStream, BrotliResult, BrotliState};

use super::{BUF_ERROR, Codec, Failure, Progress};

const OPERATION_FINISH: u32 = 2;

/// Parameters by their numbers, with values.
pub(super) type Params = Vec<(u32, u32)>;

pub(super) struct Compressor {
    encoder: BrotliEncoderStateStruct<StandardAlloc>,
    params: Params,
}

impl Compressor {
    pub(super) fn new(params: Params) -> Result<Self, Failure> {
        let encoder = encoder(&params)?;
        Ok(Self { encoder, params })
    }
}

fn encoder(params: &[(u32, u32)]) -> Result<BrotliEncoderStateStruct<StandardAlloc>, Failure> {
    let mut encoder = BrotliEncoderStateStruct::new(StandardAlloc::default());
    for &(number, value) in params {
        let known = match number {
            0 => Parameter::BROTLI_PARAM_MODE,
            1 => Parameter::BROTLI_PARAM_QUALITY,
            2 => Parameter::BROTLI_PARAM_LGWIN,
            3 => Parameter::BROTLI_PARAM_LGBLOCK,
            4 => Parameter::BROTLI_PARAM_DISABLE_LITERAL_CONTEXT_MODELING,
            5 => Parameter::BROTLI_PARAM_SIZE_HINT,
            6 => Parameter::BROTLI_PARAM_LARGE_WINDOW,
            // These two have no name there. What does not fit together is left out when the encoder begins.
            7 => {
                encoder.params.dist.distance_postfix_bits = value;
                continue;
            }
            8 => {
                encoder.params.dist.num_direct_distance_codes = value;
                continue;
            }
            _ => return Err(Failure::initialization("Setting parameter failed")),
        };
        if !encoder.set_parameter(known, value) {
            return Err(Failure::initialization("Setting parameter failed"));
        }
    }
    Ok(encoder)
}

impl Codec for Compressor {
    fn run(&mut self, input: &[u8], output: &mut [u8], flush: u32) -> Result<Progress, Failure> {
        let operation = match flush {
            0 => BrotliEncoderOperation::BROTLI_OPERATION_PROCESS,
            1 => BrotliEncoderOperation::BROTLI_OPERATION_FLUSH,
            OPERATION_FINISH => BrotliEncoderOperation::BROTLI_OPERATION_FINISH,
            3 => BrotliEncoderOperation::BROTLI_OPERATION_EMIT_METADATA,
            _ => return Err(compression_failed()),
        };
        let (mut input_left, mut output_left) = (input.len(), output.len());
        let mut progress = Progress::default();
        let is_good = self.encoder.compress_stream(
            operation,
            &mut input_left,
            input,
            &mut progress.taken,
            &mut output_left,
            output,
            &mut progress.made,
            &mut None,
            &mut |_, _, _, _| {},
        );
        match is_good {
            true => Ok(progress),
            false => Err(compression_failed()),
        }
    }

    fn reset(&mut self) -> Result<(), Failure> {
        self.encoder = encoder(&self.params)?;
        Ok(())
    }
}

fn compression_failed() -> Failure {
    Failure::new("Compression failed", "ERR_BROTLI_COMPRESSION_FAILED", -1)
}

type Decoder = BrotliState<StandardAlloc, StandardAlloc, StandardAlloc>;

pub(super) struct Decompressor {
    decoder: Box<Decoder>,
    params: Params,
}

impl Decompressor {
    pub(super) fn new(params: Params) -> Result<Self, Failure> {
        let decoder = decoder(&params)?;
        Ok(Self { decoder, params })
    }
}

fn decoder(params: &[(u32, u32)]) -> Result<Box<Decoder>, Failure> {
    let alloc = StandardAlloc::default;
    let mut decoder = Box::new(BrotliState::new_strict(alloc(), alloc(), alloc()));
    for &(number, value) in params {
        match number {
            // All of the ring buffer at once, or growing.
            0 => {
                let size = if value == 0 { 0 } else { u32::MAX };
                decoder.set_initial_ring_buffer_size(size);
            }
            1 => decoder.large_window = value != 0,
            _ => return Err(Failure::initialization("Setting parameter failed")),
        }
    }
    Ok(decoder)
}

impl Codec for Decompressor {
    fn run(&mut self, input: &[u8], output: &mut [u8], flush: u32) -> Result<Progress, Failure> {
        let (mut input_left, mut output_left) = (input.len(), output.len());
        let mut progress = Progress::default();
        let mut total = 0;
        let result = BrotliDecompressStream(
            &mut input_left,
            &mut progress.taken,
            input,
            &mut output_left,
            &mut progress.made,
            output,
            &mut total,
            &mut self.decoder,
        );
        match result {
            BrotliResult::NeedsMoreInput if flush == OPERATION_FINISH => {
                Err(Failure::zlib(BUF_ERROR, "Unexpected end of file"))
            }
            BrotliResult::ResultFailure => {
                // In the library's words, whose name is left out: "ERR_" and "_ERROR_FORMAT_PADDING_1".
                let name = format!("{:?}", self.decoder.error_code);
                let name = name.strip_prefix("BROTLI_DECODER").unwrap_or(&name);
                Err(Failure::new(
                    "Compression failed",
                    format!("ERR_{name}"),
                    -1,
                ))
            }
            _ => Ok(progress),
        }
    }

    fn reset(&mut self) -> Result<(), Failure> {
        self.decoder = decoder(&self.params)?;
        Ok(())
    }
}
