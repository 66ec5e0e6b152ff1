//! The operations by which `js/host_body.js` and `js/multipart.js` reach bodies.

use std::cell::RefCell;
use std::rc::Rc;

use bytes::Bytes;
use holdfast_engine::{Args, Extension, JsResult, Local, Scope, Thrown};

use super::{Body, BodyError, BodySender, HostBody, channel, channel_of_length, parse_multipart};
use crate::io::{Host, promise_from};

/// How many chunks of a JavaScript stream may be under way to a body's reader.
const CHANNEL_CHUNKS: usize = 4;

/// Adds the operations and modules of bodies, forms and blobs.
pub fn register(extension: Extension) -> Extension {
    extension
        .op("op_body_read", 1, op_body_read)
        .op("op_body_collect", 1, op_body_collect)
        .op("op_body_text", 1, op_body_text)
        .op("op_body_length", 1, op_body_length)
        .op("op_body_cancel", 1, op_body_cancel)
        .op("op_body_fail", 2, op_body_fail)
        .op("op_body_channel", 1, op_body_channel)
        .op("op_body_send", 2, op_body_send)
        .op("op_body_closed", 1, op_body_closed)
        .op("op_body_finish", 1, op_body_finish)
        .op("op_body_sender_fail", 2, op_body_sender_fail)
        .op("op_multipart_boundary", 0, op_multipart_boundary)
        .op("op_multipart_parse", 2, op_multipart_parse)
        .module("web/mime", include_str!("../../js/mime.js"))
        .module("web/blob", include_str!("../../js/blob.js"))
        .module("web/file", include_str!("../../js/file.js"))
        .module("web/form_data", include_str!("../../js/form_data.js"))
        .module("web/multipart", include_str!("../../js/multipart.js"))
        .module("web/host_body", include_str!("../../js/host_body.js"))
        .module("web/body", include_str!("../../js/body.js"))
}

/// The body in what `bodyToHost` (js/body.js) gives: null, a string, a Uint8Array or a handle, which is taken from.
///
/// # Errors
/// A TypeError if a handle has been read from, or for any other value.
pub fn body_from_js<'s>(scope: &mut Scope<'s>, value: Local<'s>) -> Result<Body, Thrown> {
    if value.is_nullish() {
        return Ok(Body::Empty);
    }
    if value.is_string() {
        return Ok(Body::from(scope.to_string(value)?));
    }
    if let Some(bytes) = scope.bytes(value) {
        return Ok(Body::from(bytes));
    }
    let handle = scope.unwrap::<HostBody>(value)?;
    handle.take().ok_or_else(|| {
        scope.throw_type_error(
            "Body has already been used. It can only be used once. Use tee() first if you need to read it twice.",
        )
    })
}

/// Throws what a Worker sees when a body fails.
pub(crate) fn throw_body_error(scope: &mut Scope<'_>, error: &BodyError) -> Thrown {
    let text = error.to_string();
    if error.is_type_error() {
        scope.throw_type_error(&text)
    } else {
        scope.throw_error(&text)
    }
}

fn settle_bytes<'s>(scope: &mut Scope<'s>, result: Result<Bytes, BodyError>) -> JsResult<'s> {
    match result {
        Ok(bytes) => scope.uint8_array(bytes),
        Err(error) => Err(throw_body_error(scope, &error)),
    }
}

/// `(body) → Promise<Uint8Array | null>`
fn op_body_read<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let body = scope.unwrap::<HostBody>(args.get(0))?;
    let reading = body.read();
    promise_from(scope, reading, |scope, result| match result {
        Ok(Some(chunk)) => scope.uint8_array(chunk),
        Ok(None) => Ok(scope.null()),
        Err(error) => Err(throw_body_error(scope, &error)),
    })
}

/// `(body) → Promise<Uint8Array>`
fn op_body_collect<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let body = scope.unwrap::<HostBody>(args.get(0))?;
    let collecting = body.collect();
    promise_from(scope, collecting, settle_bytes)
}

/// `(body) → Promise<string>`: the content as UTF-8, without a byte order mark.
fn op_body_text<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let body = scope.unwrap::<HostBody>(args.get(0))?;
    let collecting = body.collect();
    promise_from(scope, collecting, |scope, result| match result {
        Ok(bytes) if bytes.is_ascii() => scope.latin1(&bytes),
        Ok(bytes) => {
            let (text, _malformed) = encoding_rs::UTF_8.decode_with_bom_removal(&bytes);
            scope.string(&text)
        }
        Err(error) => Err(throw_body_error(scope, &error)),
    })
}

/// `(body) → number | undefined`
fn op_body_length<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let body = scope.unwrap::<HostBody>(args.get(0))?;
    Ok(match body.known_length() {
        // Exact below 2^53; a longer body never ends within a lifetime.
        Some(length) => scope.number(length as f64),
        None => scope.undefined(),
    })
}

fn op_body_cancel<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let body = scope.unwrap::<HostBody>(args.get(0))?;
    body.cancel();
    Ok(scope.undefined())
}

/// `(body, message)`
fn op_body_fail<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let body = scope.unwrap::<HostBody>(args.get(0))?;
    let message = scope.to_string(args.get(1))?;
    body.fail(BodyError::Failed(message));
    Ok(scope.undefined())
}

/// The side of a channel that JavaScript feeds; `None` once it has finished or failed.
struct HostSender(RefCell<Option<BodySender>>);

/// `(length | undefined) → [sender, body]`
fn op_body_channel<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let length = args.get(0).as_number();
    let (sender, body) = match length {
        Some(length) if length >= 0.0 => channel_of_length(CHANNEL_CHUNKS, length as u64),
        _ => channel(CHANNEL_CHUNKS),
    };
    let sender = scope.wrap(Rc::new(HostSender(RefCell::new(Some(sender)))))?;
    let body = scope.wrap(HostBody::new(body))?;
    scope.array(&[sender, body])
}

/// `(sender, bytes) → Promise<boolean>`: false when nobody reads any more. Waits for the output gate, then for room.
fn op_body_send<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let sender = scope.unwrap::<HostSender>(args.get(0))?;
    let Some(bytes) = scope.bytes(args.get(1)) else {
        return Err(scope.throw_type_error(
            "op_body_send: the second argument is neither a buffer nor a view.",
        ));
    };
    let Some(sending) = sender
        .0
        .borrow()
        .as_ref()
        .map(|sender| sender.send_owned(bytes.into()))
    else {
        return Err(scope.throw_error("op_body_send: the body has ended."));
    };
    let gate = scope.state::<Host>().output_gate();
    promise_from(
        scope,
        async move {
            gate.await;
            sending.await
        },
        |scope, taken| Ok(scope.bool(taken)),
    )
}

/// `(sender) → Promise<undefined>`: resolves when nobody reads any more.
fn op_body_closed<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let sender = scope.unwrap::<HostSender>(args.get(0))?;
    let Some(closed) = sender.0.borrow().as_ref().map(BodySender::closed) else {
        return Err(scope.throw_error("op_body_closed: the body has ended."));
    };
    promise_from(scope, closed, |scope, ()| Ok(scope.undefined()))
}

fn op_body_finish<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let sender = scope.unwrap::<HostSender>(args.get(0))?;
    if let Some(sender) = sender.0.take() {
        sender.finish();
    }
    Ok(scope.undefined())
}

/// `(sender, message)`
fn op_body_sender_fail<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let sender = scope.unwrap::<HostSender>(args.get(0))?;
    let message = scope.to_string(args.get(1))?;
    if let Some(sender) = sender.0.take() {
        sender.fail(BodyError::Failed(message));
    }
    Ok(scope.undefined())
}

/// A boundary that does not occur in the form, as nobody can guess it: 128 random bits in hexadecimal.
fn op_multipart_boundary<'s>(scope: &mut Scope<'s>, _args: &Args<'s>) -> JsResult<'s> {
    let mut random = [0; 16];
    getrandom::fill(&mut random).expect("the operating system gives random bytes");
    let boundary = format!("{:032x}", u128::from_be_bytes(random));
    scope.latin1(boundary.as_bytes())
}

/// `(bytes, boundary) → [name, file name | undefined, content type | undefined, string | Uint8Array, …]`
fn op_multipart_parse<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let bytes = scope.bytes(args.get(0)).unwrap_or_default();
    let boundary = scope.to_string(args.get(1))?;
    let parts = match parse_multipart(&bytes, &boundary) {
        Ok(parts) => parts,
        Err(error) => return Err(scope.throw_type_error(&error.to_string())),
    };
    let mut flat = Vec::with_capacity(parts.len() * 4);
    for part in parts {
        let is_file = part.filename.is_some();
        flat.push(scope.string(&part.name)?);
        flat.push(optional_string(scope, part.filename.as_deref())?);
        flat.push(optional_string(scope, part.content_type.as_deref())?);
        flat.push(if is_file {
            scope.uint8_array(part.value)?
        } else {
            scope.string(&String::from_utf8_lossy(part.value))?
        });
    }
    scope.array(&flat)
}

fn optional_string<'s>(scope: &mut Scope<'s>, text: Option<&str>) -> JsResult<'s> {
    match text {
        Some(text) => scope.string(text),
        None => Ok(scope.undefined()),
    }
}
