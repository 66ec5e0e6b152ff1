//! Hibernatable WebSockets, as `ctx` of an object knows them.

use std::rc::Rc;

use holdfast_engine::{Args, Extension, JsResult, Scope, Thrown};
use holdfast_object::SocketId;
use holdfast_object::sockets::Tags;
use holdfast_web::websocket::{HostSocket, Phase};

use super::{context, core};
use crate::context::Context;
use crate::message::Answer;
use crate::objects::Object;
use crate::reply::Reply;
use crate::rpc::Parcel;
use crate::sockets::find;

pub(super) fn register(extension: Extension) -> Extension {
    extension
        .op("op_sockets_accept", 2, accept)
        .op("op_sockets_list", 1, list)
        .op("op_sockets_handle", 1, handle)
        .op("op_sockets_tags", 1, tags)
        .op("op_sockets_responded_at", 1, responded_at)
        .op("op_sockets_auto_response", 0, auto_response)
        .op("op_sockets_set_auto_response", 2, set_auto_response)
        .op("op_sockets_timeout", 0, timeout)
        .op("op_sockets_set_timeout", 1, set_timeout)
        .op("op_socket_handled", 1, handled)
}

/// The object on whose behalf the operation was called.
fn object(scope: &mut Scope<'_>) -> Result<(Rc<Context>, Rc<Object>), Thrown> {
    let context = context(scope)?;
    let Some(instance) = context.instance() else {
        return Err(scope.throw_error("Only a Durable Object has hibernatable WebSockets."));
    };
    let object = core(scope).object(&instance.key);
    Ok((context, object))
}

/// `(handle, array of texts)` → number
fn accept<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let (context, _) = object(scope)?;
    let socket = scope.unwrap::<HostSocket>(args.get(0))?;
    if matches!(socket.phase(), Phase::Accepted | Phase::Hibernatable) {
        return Err(scope.throw_error(
            "Cannot call `acceptWebSocket()` if the WebSocket was already accepted via `accept()`",
        ));
    }
    if socket.partner_is_coupled() {
        return Err(scope.throw_error(
            "Cannot call `acceptWebSocket()` on this WebSocket because its pair has already been \
             accepted or used in a Response.",
        ));
    }
    let count = scope.length(args.get(1))?;
    let mut list = Vec::with_capacity(count as usize);
    for index in 0..count {
        let tag = scope.get_index(args.get(1), index)?;
        list.push(scope.to_string(tag)?);
    }
    let tags = match Tags::new(list) {
        Ok(tags) => tags,
        Err(error) => return Err(scope.throw_error(&error.to_string())),
    };
    if socket.phase() != Phase::Fresh {
        return Err(scope.throw_type_error(
            "Tried to make an api::WebSocket hibernatable when it was in an incompatible state.",
        ));
    }
    let accepted = core(scope).accept_socket(&context, &socket, tags);
    match accepted {
        Ok(()) => number_of(scope, &socket),
        Err(error) => Err(scope.throw_error(&error.to_string())),
    }
}

fn number_of<'s>(scope: &mut Scope<'s>, socket: &HostSocket) -> JsResult<'s> {
    Ok(match socket.number() {
        Some(number) => scope.number(number as f64),
        None => scope.undefined(),
    })
}

/// `(tag | undefined)` → numbers
fn list<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let (_, object) = object(scope)?;
    let tag = match args.get(0) {
        tag if tag.is_undefined() => None,
        tag => Some(scope.to_string(tag)?),
    };
    let ids = object.sockets.borrow().list(tag.as_deref());
    let ids: Vec<_> = ids
        .into_iter()
        .map(|id| scope.number(id.0 as f64))
        .collect();
    scope.array(&ids)
}

/// `(number)` → handle
fn handle<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let (_, object) = object(scope)?;
    let id = SocketId(scope.to_number(args.get(0))? as u64);
    match find(&object.sockets, id) {
        Some(socket) => scope.wrap(socket),
        None => Err(scope.throw_error("The WebSocket is gone.")),
    }
}

/// `(handle)` → texts
fn tags<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let (_, object) = object(scope)?;
    let socket = scope.unwrap::<HostSocket>(args.get(0))?;
    if socket.phase() == Phase::Accepted {
        return Err(scope.throw_error("only hibernatable websockets can have tags."));
    }
    let tags = socket.number().and_then(|number| {
        let sockets = object.sockets.borrow();
        sockets.tags(SocketId(number)).cloned()
    });
    let Some(tags) = tags else {
        return Err(scope.throw_error(
            "you must call 'acceptWebSocket()' before attempting to access the tags of a WebSocket.",
        ));
    };
    let tags: Vec<_> = tags
        .iter()
        .map(|tag| scope.string(tag))
        .collect::<Result<_, Thrown>>()?;
    scope.array(&tags)
}

/// `(handle)` → ms since the epoch, or null
fn responded_at<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let (_, object) = object(scope)?;
    let socket = scope.unwrap::<HostSocket>(args.get(0))?;
    let at = socket
        .number()
        .and_then(|number| object.sockets.borrow().auto_responded_ms(SocketId(number)));
    Ok(match at {
        Some(ms) => scope.number(ms as f64),
        None => scope.null(),
    })
}

/// `()` → `[request, response]` or null
fn auto_response<'s>(scope: &mut Scope<'s>, _args: &Args<'s>) -> JsResult<'s> {
    let (_, object) = object(scope)?;
    let pair = object
        .sockets
        .borrow()
        .auto_response()
        .map(|(request, response)| (request.to_owned(), response.to_owned()));
    let Some((request, response)) = pair else {
        return Ok(scope.null());
    };
    let request = scope.string(&request)?;
    let response = scope.string(&response)?;
    scope.array(&[request, response])
}

/// `(request | undefined, response)`
fn set_auto_response<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let (_, object) = object(scope)?;
    let pair = match args.get(0) {
        request if request.is_undefined() => None,
        request => Some((scope.to_string(request)?, scope.to_string(args.get(1))?)),
    };
    let set = object.sockets.borrow_mut().set_auto_response(pair);
    match set {
        Ok(()) => Ok(scope.undefined()),
        Err(error) => Err(scope.throw_range_error(&error.to_string())),
    }
}

/// `()` → ms or null
fn timeout<'s>(scope: &mut Scope<'s>, _args: &Args<'s>) -> JsResult<'s> {
    let (_, object) = object(scope)?;
    let ms = object.sockets.borrow().event_timeout_ms();
    Ok(match ms {
        Some(ms) => scope.number(f64::from(ms)),
        None => scope.null(),
    })
}

/// `(ms)`, a whole number below 2^32; 0 is none
fn set_timeout<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let (_, object) = object(scope)?;
    let ms = scope.to_number(args.get(0))? as u32;
    let set = object.sockets.borrow_mut().set_event_timeout(ms);
    match set {
        Ok(()) => Ok(scope.undefined()),
        Err(error) => Err(scope.throw_error(&error.to_string())),
    }
}

/// `(reply)`: the handler of a socket's event is done
fn handled<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let reply = scope.unwrap::<Reply>(args.get(0))?;
    let nothing = Answer::Value(Parcel {
        bytes: Vec::new(),
        packed: false,
        externals: Vec::new(),
    });
    reply.answer(&core(scope), nothing);
    Ok(scope.undefined())
}
