//! The operations by which `js/internal/zlib_codec.js` reaches codecs.

use std::cell::RefCell;
use std::rc::Rc;

use holdfast_engine::{Args, Extension, JsResult, Local, Scope, Thrown};

use super::deflate::{Settings, Wrapper};
use super::inflate::Wrapping;
use super::{Codec, Failure, Next, Stream, brotli, deflate, inflate, zstd};

pub(crate) fn register(extension: Extension) -> Extension {
    extension
        .op("op_zlib_new", 4, new)
        .op("op_zlib_step", 5, step)
        .op("op_zlib_reset", 1, reset)
        .op("op_zlib_params", 3, params)
        .op("op_zlib_close", 1, close)
        .op("op_zlib_crc32", 2, crc32)
}

/// A codec as JavaScript holds it; none once it is closed, for its tables are large.
struct Handle(RefCell<Option<Stream>>);

// The modes of `constants` in js/internal/zlib_constants.js.
const DEFLATE: i32 = 1;
const INFLATE: i32 = 2;
const GZIP: i32 = 3;
const GUNZIP: i32 = 4;
const DEFLATE_RAW: i32 = 5;
const INFLATE_RAW: i32 = 6;
const UNZIP: i32 = 7;
const BROTLI_DECODE: i32 = 8;
const BROTLI_ENCODE: i32 = 9;
const ZSTD_ENCODE: i32 = 10;
const ZSTD_DECODE: i32 = 11;

/// `(mode, numbers, dictionary | undefined, pledgedSize | undefined)` → handle or failure. The numbers are window bits,
/// level, memory level, strategy and whether the second and the last may change for zlib's formats, parameters and their
/// values in turn for the others.
fn new<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let mode = scope.to_int32(args.get(0))?;
    let numbers = numbers_of(scope, args.get(1))?;
    let dictionary = scope.bytes(args.get(2)).unwrap_or_default();
    // Exact below 2^53, and nothing larger is ever compressed.
    let pledged_size = args.get(3).as_number().map(|size| size as u64);
    match codec(mode, &numbers, dictionary, pledged_size) {
        Ok(codec) => {
            let handle = Handle(RefCell::new(Some(Stream(codec))));
            scope.wrap(Rc::new(handle))
        }
        Err(failure) => failure_to_js(scope, &failure),
    }
}

fn numbers_of<'s>(scope: &mut Scope<'s>, list: Local<'s>) -> Result<Vec<i32>, Thrown> {
    let mut numbers = Vec::new();
    for index in 0..scope.length(list)? {
        let value = scope.get_index(list, index)?;
        numbers.push(scope.to_int32(value)?);
    }
    Ok(numbers)
}

fn codec(
    mode: i32,
    numbers: &[i32],
    dictionary: Vec<u8>,
    pledged_size: Option<u64>,
) -> Result<Box<dyn Codec>, Failure> {
    let number = |index: usize| numbers.get(index).copied().unwrap_or(0);
    let pairs = || numbers.chunks_exact(2);
    let deflate = |wrapper| Settings {
        wrapper,
        window_bits: number(0),
        level: number(1),
        mem_level: number(2),
        strategy: number(3),
        may_change: number(4) != 0,
        dictionary: dictionary.clone(),
    };
    let inflate = |wrapping| inflate::Decompressor::new(wrapping, number(0), dictionary.clone());
    // Parameters of Brotli are unsigned there: a negative one comes out as too large.
    let brotli = || {
        pairs()
            .map(|pair| (pair[0] as u32, pair[1] as u32))
            .collect()
    };
    let zstd = || {
        pairs()
            .map(|pair| (pair[0] as u32, pair[1]))
            .collect::<Vec<_>>()
    };
    Ok(match mode {
        DEFLATE => Box::new(deflate::Compressor::new(deflate(Wrapper::Zlib))?),
        GZIP => Box::new(deflate::Compressor::new(deflate(Wrapper::Gzip))?),
        DEFLATE_RAW => Box::new(deflate::Compressor::new(deflate(Wrapper::None))?),
        INFLATE => Box::new(inflate(Wrapping::Zlib)?),
        GUNZIP => Box::new(inflate(Wrapping::Gzip)?),
        INFLATE_RAW => Box::new(inflate(Wrapping::None)?),
        UNZIP => Box::new(inflate(Wrapping::Either)?),
        BROTLI_ENCODE => Box::new(brotli::Compressor::new(brotli())?),
        BROTLI_DECODE => Box::new(brotli::Decompressor::new(brotli())?),
        ZSTD_ENCODE => Box::new(zstd::Compressor::new(&zstd(), pledged_size, &dictionary)?),
        ZSTD_DECODE => Box::new(zstd::Decompressor::new(&zstd(), &dictionary)?),
        _ => return Err(Failure::initialization("Bad argument")),
    })
}

/// `[message, code, errno]`
fn failure_to_js<'s>(scope: &mut Scope<'s>, failure: &Failure) -> JsResult<'s> {
    let message = scope.string(&failure.message)?;
    let code = scope.string(&failure.code)?;
    let errno = scope.number(f64::from(failure.errno));
    scope.array(&[message, code, errno])
}

/// Undefined or a failure.
fn outcome_to_js<'s>(scope: &mut Scope<'s>, outcome: Result<(), Failure>) -> JsResult<'s> {
    match outcome {
        Ok(()) => Ok(scope.undefined()),
        Err(failure) => failure_to_js(scope, &failure),
    }
}

fn with_stream<R>(
    scope: &mut Scope<'_>,
    handle: Local<'_>,
    f: impl FnOnce(&mut Scope<'_>, &mut Stream) -> R,
) -> Result<R, Thrown> {
    let handle = scope.unwrap::<Handle>(handle)?;
    match &mut *handle.0.borrow_mut() {
        Some(stream) => Ok(f(scope, stream)),
        None => Err(scope.throw_error("zlib binding closed")),
    }
}

/// `(handle, bytes, at, room, flush)` → `[output, taken, next]` or a failure. It takes from `bytes` what stands at `at`
/// and after it, gives at most `room` bytes, and both only up to a bound. `next`: 0 all is done, 1 there is more to do,
/// 2 the rest of the input is none of the compressed data.
fn step<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let bytes = args.get(1);
    let at = args.get(2).as_number().unwrap_or(0.0) as usize;
    let room = args.get(3).as_number().unwrap_or(0.0) as usize;
    let flush = scope.to_int32(args.get(4))? as u32;
    let result = with_stream(scope, args.get(0), |scope, stream| {
        scope.with_bytes(bytes, |bytes| {
            let rest = bytes.get(at..).unwrap_or_default();
            stream.step(rest, room, flush)
        })
    })?;
    match result {
        Some(Ok(step)) => {
            let output = scope.uint8_array(&step.output)?;
            let taken = scope.number(step.taken as f64);
            let next = scope.number(match step.next {
                Next::Done => 0.0,
                Next::Again => 1.0,
                Next::Trailing => 2.0,
            });
            scope.array(&[output, taken, next])
        }
        Some(Err(failure)) => failure_to_js(scope, &failure),
        None => Err(scope.throw_type_error("A codec takes an ArrayBuffer or a view.")),
    }
}

/// `(handle)` → undefined or a failure
fn reset<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let outcome = with_stream(scope, args.get(0), |_, stream| stream.0.reset())?;
    outcome_to_js(scope, outcome)
}

/// `(handle, level, strategy)` → undefined or a failure
fn params<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let level = scope.to_int32(args.get(1))?;
    let strategy = scope.to_int32(args.get(2))?;
    let outcome = with_stream(scope, args.get(0), |_, stream| {
        stream.0.set_params(level, strategy)
    })?;
    outcome_to_js(scope, outcome)
}

fn close<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let handle = scope.unwrap::<Handle>(args.get(0))?;
    handle.0.take();
    Ok(scope.undefined())
}

/// `(bytes, start)` → the checksum of the bytes after those that `start` is the checksum of
fn crc32<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let start = args.get(1).as_number().unwrap_or(0.0) as u32;
    let sum = scope.with_bytes(args.get(0), |bytes| zlib_rs::crc32::crc32(start, bytes));
    match sum {
        Some(sum) => Ok(scope.number(f64::from(sum))),
        None => Err(scope.throw_type_error("A checksum takes an ArrayBuffer or a view.")),
    }
}
