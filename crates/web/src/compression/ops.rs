//! The operations by which `js/streams/compression_stream.js` reaches codecs.

use std::cell::RefCell;
use std::rc::Rc;

use bytes::Bytes;
use holdfast_engine::{Args, Extension, JsResult, Scope, Thrown};

use super::codec::{Codec, Format, Step};
use super::stream::Coded;
use crate::body::{BodyStream, HostBody, passage_to_js, pipe};

pub(crate) fn register(extension: Extension) -> Extension {
    extension
        .op("op_codec_new", 3, new)
        .op("op_codec_write", 2, write)
        .op("op_codec_finish", 1, finish)
        .op("op_codec_step", 1, step)
        .op("op_codec_close", 1, close)
        .op("op_codec_body", 2, body)
}

/// A codec as JavaScript holds it; none once it has failed or went to a body.
struct HostCodec(RefCell<Option<Codec>>);

impl HostCodec {
    fn with<R>(&self, scope: &mut Scope<'_>, f: impl FnOnce(&mut Codec) -> R) -> Result<R, Thrown> {
        match &mut *self.0.borrow_mut() {
            Some(codec) => Ok(f(codec)),
            None => Err(scope.throw_type_error("This codec is over.")),
        }
    }
}

/// `(format, compresses, isStrict)` → codec, or undefined if there is no such format.
fn new<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let name = scope.to_string(args.get(0))?;
    let Some(format) = Format::named(&name) else {
        return Ok(scope.undefined());
    };
    let codec = if args.get(1).as_bool() == Some(true) {
        Codec::compressor(format)
    } else {
        Codec::decompressor(format, args.get(2).as_bool() == Some(true))
    };
    scope.wrap(Rc::new(HostCodec(RefCell::new(Some(codec)))))
}

/// `(codec, bytes)`: when the last step said null.
fn write<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let codec = scope.unwrap::<HostCodec>(args.get(0))?;
    let Some(bytes) = scope.bytes(args.get(1)) else {
        return Err(scope.throw_type_error("A codec takes an ArrayBuffer or a view."));
    };
    codec.with(scope, |codec| codec.write(Bytes::from(bytes)))?;
    Ok(scope.undefined())
}

fn finish<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let codec = scope.unwrap::<HostCodec>(args.get(0))?;
    codec.with(scope, Codec::finish)?;
    Ok(scope.undefined())
}

/// `(codec) → Uint8Array | undefined | null`: bytes; nothing yet; nothing until there is more input.
fn step<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let codec = scope.unwrap::<HostCodec>(args.get(0))?;
    match codec.with(scope, Codec::step)? {
        Ok(Step::Output(bytes)) => scope.uint8_array(bytes),
        Ok(Step::Again) => Ok(scope.undefined()),
        Ok(Step::Idle) => Ok(scope.null()),
        Err(error) => {
            codec.0.take();
            Err(scope.throw_type_error(&error.to_string()))
        }
    }
}

/// Lets go of the tables of a codec that is not needed any more, which are large.
fn close<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let codec = scope.unwrap::<HostCodec>(args.get(0))?;
    codec.0.take();
    Ok(scope.undefined())
}

/// `(codec, body)` → what [`op_body_pipe`](crate::body) gives, with what the codec makes of the content of a body that nobody
/// has read from; undefined if somebody has. The codec is over for JavaScript.
fn body<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let codec = scope.unwrap::<HostCodec>(args.get(0))?;
    let source = scope.unwrap::<HostBody>(args.get(1))?;
    let Some(source) = source.take() else {
        return Ok(scope.undefined());
    };
    let Some(codec) = codec.0.take() else {
        return Err(scope.throw_type_error("This codec is over."));
    };
    let piped = pipe(source, None, |source| {
        BodyStream::new(Coded::new(source, codec))
    });
    passage_to_js(scope, piped)
}
