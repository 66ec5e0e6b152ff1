//! Calls of objects.

use std::rc::Rc;

use holdfast_engine::{Args, Extension, JsResult, Local, Scope, Thrown};
use holdfast_web::body::{Body, body_from_js};
use holdfast_web::fetch::headers_from_js;
use http::header::{CONTENT_LENGTH, TRANSFER_ENCODING};
use http::{HeaderMap, HeaderValue, Method};

use super::{context, core};
use crate::calls::{CallBy, Waiting, failure_to_js};
use crate::instance::Output;
use crate::message::{Call, CallKind, CallRef, FetchCall, ObjectKey};
use crate::stub::Stub;

pub(super) fn register(extension: Extension) -> Extension {
    extension
        .op("op_stub_open", 3, open)
        .op("op_call_method", 3, call_method)
        .op("op_call_fetch", 6, call_fetch)
}

/// `(class, hex, name | undefined)` → channel
fn open<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let context = context(scope)?;
    let class = scope.to_number(args.get(0))? as usize;
    let hex = scope.to_string(args.get(1))?;
    let name = match args.get(2) {
        name if name.is_undefined() => None,
        name => Some(scope.to_string(name)?),
    };
    let class = &context.program.plan.classes[class];
    match class.namespace.parse(&hex) {
        Ok(id) => scope.wrap(Rc::new(Stub::new(
            ObjectKey {
                class: class.id,
                id,
            },
            name,
        ))),
        Err(error) => Err(scope.throw_type_error(&error.to_string())),
    }
}

/// `(channel, path, args | undefined)` → promise for the result
fn call_method<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let path = args.get(1);
    let count = scope.length(path)?;
    let mut names = Vec::with_capacity(count as usize);
    for index in 0..count {
        let name = scope.get_index(path, index)?;
        names.push(scope.to_string(name)?);
    }
    let list = args.get(2);
    let serialized = if list.is_undefined() {
        Ok(None)
    } else {
        scope.serialize(list).map(Some)
    };
    let args_bytes = match serialized {
        Ok(bytes) => bytes,
        // A call never throws: what cannot be sent rejects.
        Err(Thrown) => {
            let Some(error) = scope.try_take_exception() else {
                return Err(Thrown);
            };
            return scope.promise_reject(error);
        }
    };
    if let Some(bytes) = args_bytes
        .as_ref()
        .map(Vec::len)
        .filter(|&bytes| bytes > MESSAGE_BYTES_MAX)
    {
        let error = too_large(scope, bytes)?;
        return scope.promise_reject(error);
    }
    send(
        scope,
        args.get(0),
        CallKind::Method {
            path: names,
            args: args_bytes,
        },
    )
}

/// Largest serialised arguments or result (semantics §7.3).
pub(super) const MESSAGE_BYTES_MAX: usize = 32 << 20;

pub(super) fn too_large<'s>(scope: &mut Scope<'s>, bytes: usize) -> JsResult<'s> {
    scope.new_error(
        "Error",
        &format!(
            "Serialized RPC arguments or return values are limited to 32MiB, but the size of this value \
             was: {bytes} bytes."
        ),
    )
}

/// `(channel, method, url, headers, body, cf | undefined)` → promise for the parts of a response
fn call_fetch<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let method = scope.to_string(args.get(1))?;
    let Ok(method) = Method::from_bytes(method.as_bytes()) else {
        return Err(scope.throw_type_error(&format!("Invalid HTTP method string: {method}")));
    };
    let url = scope.to_string(args.get(2))?;
    let mut headers = headers_from_js(scope, args.get(3))?;
    let body = match args.get(4) {
        body if body.is_nullish() => None,
        body => Some(body_from_js(scope, body)?),
    };
    if let Some(body) = &body {
        announce(body, &mut headers);
    }
    let cf = match args.get(5) {
        cf if cf.is_undefined() => None,
        cf => Some(scope.to_string(cf)?),
    };
    let fetch = FetchCall {
        method,
        url,
        headers,
        body,
        cf,
    };
    send(scope, args.get(0), CallKind::Fetch(Box::new(fetch)))
}

/// The object sees a body announced as if the request had gone over the network.
fn announce(body: &Body, headers: &mut HeaderMap) {
    if headers.contains_key(CONTENT_LENGTH) {
        return;
    }
    match body.known_length() {
        Some(length) => headers.insert(CONTENT_LENGTH, HeaderValue::from(length)),
        None => headers.insert(TRANSFER_ENCODING, HeaderValue::from_static("chunked")),
    };
}

fn send<'s>(scope: &mut Scope<'s>, channel: Local<'s>, kind: CallKind) -> JsResult<'s> {
    let context = context(scope)?;
    let core = core(scope);
    let stub = scope.unwrap::<Stub>(channel)?;
    let by = match &kind {
        CallKind::Method { .. } => CallBy::Method,
        CallKind::Fetch(_) => CallBy::Fetch,
    };
    let broken = stub.broken.borrow().clone();
    if let Some(failure) = broken {
        let error = failure_to_js(scope, &context.program, &failure, by)?;
        return scope.promise_reject(error);
    }
    let (promise, resolver) = scope.promise()?;
    let section = context
        .instance()
        .map_or(holdfast_object::Section::ROOT, |i| i.section());
    let id = core.add_call(|serial| Waiting {
        serial,
        context: Rc::clone(&context),
        section,
        resolver,
        stub: Rc::clone(&stub),
        by,
    });
    context.call_began(id);
    let call = Call {
        key: stub.key,
        name: stub.name.clone(),
        kind,
        from: CallRef {
            shard: core.index,
            call: id,
        },
        bound: stub.bound.get(),
    };
    core.send_from(&context, Output::Call(call));
    Ok(promise)
}
