//! Answers, and work that goes on behind them.

use std::cell::Cell;
use std::rc::Rc;

use holdfast_engine::{Args, Extension, JsResult, Local, Scope, Thrown};
use holdfast_web::body::{Body, body_from_js};
use holdfast_web::fetch::headers_from_js;
use holdfast_web::websocket::{Endpoint, HostSocket};
use holdfast_workers::failure::{Failure, Payload};
use http::StatusCode;

use super::calls::{MESSAGE_BYTES_MAX, take_externals, too_large};
use super::{context, core};
use crate::context::Context;
use crate::message::{Answer, FetchAnswer};
use crate::reply::Reply;
use crate::rpc::Parcel;
use crate::turn::thrown_flags;

pub(super) fn register(extension: Extension) -> Extension {
    extension
        .op("op_reply_value", 4, value)
        .op("op_reply_response", 7, response)
        .op("op_reply_error", 4, error)
        .op("op_background_begin", 0, background_begin)
        .op("op_background_end", 1, background_end)
}

/// `(reply, value or parcel, handles | undefined, whether it is a parcel)`; throws what serialising throws, and has then not answered
fn value<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let reply = scope.unwrap::<Reply>(args.get(0))?;
    let bytes = scope.serialize(args.get(1))?;
    if bytes.len() > MESSAGE_BYTES_MAX {
        let error = too_large(scope, bytes.len())?;
        return Err(scope.throw(error));
    }
    let parcel = Parcel {
        bytes,
        packed: args.get(3).as_bool() == Some(true),
        externals: take_externals(scope, args.get(2))?,
    };
    reply.answer(&core(scope), Answer::Value(parcel));
    Ok(scope.undefined())
}

/// `(reply, status, status text, headers, body, encoded already, socket | null)`; throws where the socket cannot be
/// returned, and has then not answered
fn response<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let reply = scope.unwrap::<Reply>(args.get(0))?;
    let status = scope.to_number(args.get(1))?;
    let Ok(status) = StatusCode::from_u16(status as u16) else {
        return Err(scope.throw_range_error(&format!("{status} is not an HTTP status")));
    };
    let status_text = scope.to_string(args.get(2))?;
    let headers = headers_from_js(scope, args.get(3))?;
    let body = match args.get(4) {
        body if body.is_nullish() => None,
        body => Some(body_from_js(scope, body)?),
    };
    let encoded = args.get(5).as_bool() == Some(true);
    let body = body.map(|body| {
        if encoded {
            body
        } else {
            encode(body, &headers)
        }
    });
    let web_socket = match args.get(6) {
        socket if socket.is_nullish() => None,
        socket => Some(release(scope, &reply, socket)?),
    };
    let answer = FetchAnswer {
        status,
        status_text,
        headers,
        body,
        web_socket,
    };
    reply.answer(&core(scope), Answer::Response(Box::new(answer)));
    Ok(scope.undefined())
}

/// Takes the connection of a socket that goes out with a response.
fn release<'s>(
    scope: &mut Scope<'s>,
    reply: &Reply,
    socket: Local<'s>,
) -> Result<Endpoint, Thrown> {
    let socket = scope.unwrap::<HostSocket>(socket)?;
    if !reply.wants_socket() {
        return Err(scope.throw_type_error(
            "Worker tried to return a WebSocket in a response to a request which did not contain the \
             header \"Upgrade: websocket\".",
        ));
    }
    match socket.release() {
        Ok(end) => Ok(end),
        Err(message) => Err(scope.throw_type_error(message)),
    }
}

/// A body whose headers promise a coding that it does not have yet is given it.
fn encode(body: Body, headers: &http::HeaderMap) -> Body {
    body.recoded(holdfast_web::body::Coding::of(headers))
}

/// `(reply, packed error, text, flag bits)` → `false` if the packed error cannot be serialised, and then
/// the reply is still open
fn error<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let reply = scope.unwrap::<Reply>(args.get(0))?;
    let packed = match scope.serialize(args.get(1)) {
        Ok(packed) => packed,
        Err(Thrown) => {
            if scope.try_take_exception().is_none() {
                return Err(Thrown);
            }
            return Ok(scope.bool(false));
        }
    };
    let text = scope.to_string(args.get(2))?;
    let bits = scope.to_int32(args.get(3))?;
    let failure = Failure {
        payload: Payload::Packed(packed.into()),
        text: text.into(),
        flags: thrown_flags(bits),
        cause: None,
    };
    reply.answer(&core(scope), Answer::Failed(failure));
    Ok(scope.bool(true))
}

/// Work under way behind an answer; ends once.
struct Background {
    context: Rc<Context>,
    ended: Cell<bool>,
}

/// `()` → handle
fn background_begin<'s>(scope: &mut Scope<'s>, _args: &Args<'s>) -> JsResult<'s> {
    let context = context(scope)?;
    context.background_began();
    scope.wrap(Rc::new(Background {
        context,
        ended: Cell::new(false),
    }))
}

/// `(handle)`
fn background_end<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let background = scope.unwrap::<Background>(args.get(0))?;
    if !background.ended.replace(true) {
        background.context.background_ended();
    }
    Ok(scope.undefined())
}
