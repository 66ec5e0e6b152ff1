//! The operations by which `js/host_body.js` and `js/multipart.js` reach bodies.

use std::cell::RefCell;
use std::rc::Rc;

use bytes::Bytes;
use futures_util::FutureExt;
use holdfast_engine::{Args, Buffer, Extension, JsResult, Local, Scope, Thrown};
use tokio::sync::oneshot;

use super::pipe::PipeEnd;
use super::{
    Body, BodyError, BodySender, HostBody, OpenBodies, OpenHold, PipeControl, channel,
    channel_of_length, parse_multipart, pipe,
};
use crate::io::{Completion, Host, promise_from};

/// How many chunks of a JavaScript stream may be under way to a body's reader.
const CHANNEL_CHUNKS: usize = 4;

/// From here on the characters of a text are not copied once more to become a string.
const TEXT_UNCOPIED_BYTES_MIN: usize = 1 << 20;

/// Adds the operations of bodies, forms and blobs.
pub fn register(extension: Extension) -> Extension {
    extension
        .op("op_body_read", 1, op_body_read)
        .op("op_body_collect", 1, op_body_collect)
        .op("op_body_text", 1, op_body_text)
        .op("op_body_length", 1, op_body_length)
        .op("op_body_cancel", 1, op_body_cancel)
        .op("op_body_fail", 2, op_body_fail)
        .op("op_body_pipe", 2, op_body_pipe)
        .op("op_pipe_fail", 2, op_pipe_fail)
        .op("op_pipe_hold", 1, op_pipe_hold)
        .op("op_body_channel", 1, op_body_channel)
        .op("op_body_send", 2, op_body_send)
        .op("op_body_closed", 1, op_body_closed)
        .op("op_body_finish", 1, op_body_finish)
        .op("op_body_sender_fail", 3, op_body_sender_fail)
        .op("op_multipart_boundary", 0, op_multipart_boundary)
        .op("op_multipart_parse", 2, op_multipart_parse)
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
    if let BodyError::Thrown { packed, .. } = error {
        return match unpack(scope, packed) {
            Ok(error) => scope.throw(error),
            Err(thrown) => thrown,
        };
    }
    let text = error.to_string();
    if error.is_type_error() {
        scope.throw_type_error(&text)
    } else {
        scope.throw_error(&text)
    }
}

/// What JavaScript somewhere else threw.
fn unpack<'s>(scope: &mut Scope<'s>, packed: &[u8]) -> JsResult<'s> {
    let packed = scope.deserialize(packed)?;
    let (sent_errors, _) = scope.import("holdfast:web/sent_errors")?;
    scope.invoke(sent_errors, "unpackSentError", &[packed])
}

fn settle_bytes<'s>(scope: &mut Scope<'s>, result: Result<Buffer, BodyError>) -> JsResult<'s> {
    match result {
        Ok(bytes) => scope.uint8_array_of(bytes),
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
        Ok(bytes) if bytes.is_ascii() => match bytes.len() {
            TEXT_UNCOPIED_BYTES_MIN.. => scope.latin1_of(bytes),
            _ => scope.latin1(&bytes),
        },
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

/// What JavaScript holds of a pipe that the host runs.
struct HostPipe {
    /// None once the pipe was broken off.
    fail: RefCell<Option<oneshot::Sender<BodyError>>>,
    /// The context goes on while the pipe does.
    hold: RefCell<Option<OpenHold>>,
}

/// `(body, length | undefined) → [body, pipe, Promise<[end, error]>] | undefined`: a body with the content of one that nobody
/// has read from; undefined if somebody has, or if there are no bytes to wait for. See [`passage_to_js`].
fn op_body_pipe<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let source = scope.unwrap::<HostBody>(args.get(0))?;
    let length = args.get(1).as_number().map(|length| length as u64);
    if source.known_length() == Some(0) {
        return Ok(scope.undefined());
    }
    match source.take() {
        Some(source) => passage_to_js(scope, pipe(source, length, |stream| stream)),
        None => Ok(scope.undefined()),
    }
}

/// A pipe as `js/passage.js` takes it: the handle of the body that comes out of it, that of the pipe, and a promise of its
/// end, which is 0 if all bytes have arrived, 1 if the source failed, 2 if the transform did, and 3 if the reader has gone.
pub(crate) fn passage_to_js<'s>(
    scope: &mut Scope<'s>,
    (body, control): (Body, PipeControl),
) -> JsResult<'s> {
    let PipeControl { fail, end } = control;
    let pipe = Rc::new(HostPipe {
        fail: RefCell::new(Some(fail)),
        hold: RefCell::default(),
    });
    let held = Rc::clone(&pipe);
    let end = end.map(|end| end.unwrap_or(PipeEnd::Unread));
    let promise = promise_from(scope, end, move |scope, end| {
        held.hold.take();
        let (end, error) = match end {
            PipeEnd::Whole => (0, None),
            PipeEnd::SourceFailed(error) => (1, Some(error)),
            PipeEnd::TransformFailed(error) => (2, Some(error)),
            PipeEnd::Unread => (3, None),
        };
        let end = scope.int(end);
        let error = match error {
            Some(error) => {
                let Thrown = throw_body_error(scope, &error);
                scope.try_take_exception().ok_or(Thrown)?
            }
            None => scope.undefined(),
        };
        scope.array(&[end, error])
    })?;
    let body = scope.wrap(HostBody::new(body))?;
    let pipe = scope.wrap(pipe)?;
    scope.array(&[body, pipe, promise])
}

/// `(pipe, message)`: whoever reads what comes out of it fails with `message`.
fn op_pipe_fail<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let pipe = scope.unwrap::<HostPipe>(args.get(0))?;
    let message = scope.to_string(args.get(1))?;
    if let Some(fail) = pipe.fail.take() {
        // Fails where the pipe is over.
        fail.send(BodyError::Failed(message)).ok();
    }
    Ok(scope.undefined())
}

/// `(pipe)`: what comes out of it is sent, and the context goes on until that is done.
fn op_pipe_hold<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let pipe = scope.unwrap::<HostPipe>(args.get(0))?;
    let hold = OpenBodies::hold(&scope.state::<Host>().bodies());
    pipe.hold.replace(Some(hold));
    Ok(scope.undefined())
}

/// The side of a channel that JavaScript feeds.
struct HostSender {
    bodies: Rc<OpenBodies>,
    key: u64,
    /// Resolves when the send before is over.
    before: RefCell<Option<oneshot::Receiver<()>>>,
}

impl HostSender {
    /// A place behind everything sent so far. What takes it keeps the other side until it is over itself.
    fn line_up(&self) -> (impl Future<Output = ()> + use<>, oneshot::Sender<()>) {
        let (over, next) = oneshot::channel();
        let before = self.before.replace(Some(next));
        let place = async move {
            if let Some(before) = before {
                // Nothing is ever sent here: dropping the other side is the signal.
                before.await.ok();
            }
        };
        (place, over)
    }

    /// Ends the body once everything that the context wrote before is durable, behind what was sent before. A context
    /// that ends meanwhile takes `end` with it, and the reader sees a body that breaks off.
    fn end(&self, scope: &Scope<'_>, end: impl FnOnce(BodySender) + 'static) {
        let Some(sender) = self.bodies.take(self.key) else {
            return;
        };
        let host = scope.state::<Host>();
        let gate = host.output_gate();
        let (place, _) = self.line_up();
        let mut ending = Box::pin(async move {
            gate.await;
            place.await;
            end(sender);
        });
        // Mostly nothing is to be waited for, and then no turn is either.
        if (&mut ending).now_or_never().is_some() {
            return;
        }
        host.spawn(Box::pin(async move {
            ending.await;
            let completion: Completion = Box::new(|_| Ok(()));
            completion
        }));
    }
}

impl Drop for HostSender {
    fn drop(&mut self) {
        // Nobody can end the body any more.
        self.bodies.take(self.key);
    }
}

/// `(length | undefined) → [sender, body]`
fn op_body_channel<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let length = args.get(0).as_number();
    let (sender, body) = match length {
        Some(length) if length >= 0.0 => channel_of_length(CHANNEL_CHUNKS, length as u64),
        _ => channel(CHANNEL_CHUNKS),
    };
    let bodies = scope.state::<Host>().bodies();
    let key = bodies.add(sender);
    let sender = scope.wrap(Rc::new(HostSender {
        bodies,
        key,
        before: RefCell::default(),
    }))?;
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
    let bytes = Bytes::from(bytes);
    let sending = sender.bodies.with(sender.key, |s| s.send_owned(bytes));
    let Some(sending) = sending else {
        return Err(scope.throw_error("op_body_send: the body has ended."));
    };
    let gate = scope.state::<Host>().output_gate();
    let (place, over) = sender.line_up();
    promise_from(
        scope,
        async move {
            gate.await;
            place.await;
            let taken = sending.await;
            drop(over);
            taken
        },
        |scope, taken| Ok(scope.bool(taken)),
    )
}

/// `(sender) → Promise<undefined>`: resolves when nobody reads any more.
fn op_body_closed<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let sender = scope.unwrap::<HostSender>(args.get(0))?;
    let Some(closed) = sender.bodies.with(sender.key, BodySender::closed) else {
        return Err(scope.throw_error("op_body_closed: the body has ended."));
    };
    promise_from(scope, closed, |scope, ()| Ok(scope.undefined()))
}

/// `(sender)`: what was sent is all. Waits for the output gate.
fn op_body_finish<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let sender = scope.unwrap::<HostSender>(args.get(0))?;
    sender.end(scope, BodySender::finish);
    Ok(scope.undefined())
}

/// `(sender, message, packed error | undefined)`: the reader fails after what was sent, with `message` if it is not
/// JavaScript, or if there is nothing else. Waits for the output gate.
fn op_body_sender_fail<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let sender = scope.unwrap::<HostSender>(args.get(0))?;
    let text = scope.to_string(args.get(1))?;
    let error = match args.get(2) {
        none if none.is_undefined() => BodyError::Failed(text),
        packed => match scope.serialize(packed) {
            Ok(packed) => BodyError::Thrown {
                text,
                packed: packed.into(),
            },
            Err(thrown) => {
                // Something in it has no clone.
                scope.try_take_exception().ok_or(thrown)?;
                BodyError::Failed(text)
            }
        },
    };
    sender.end(scope, |sender| sender.fail(error));
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
