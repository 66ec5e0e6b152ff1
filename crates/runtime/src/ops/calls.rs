//! Calls of objects.

use std::rc::Rc;

use holdfast_engine::{Args, Extension, JsResult, Local, Scope, Thrown};
use holdfast_web::body::{Body, body_from_js};
use holdfast_web::fetch::headers_from_js;
use http::header::{CONTENT_LENGTH, TRANSFER_ENCODING};
use http::{HeaderMap, HeaderValue, Method};

use super::{context, core, stranger};
use crate::calls::{CallBy, Waiting, failure_to_js};
use crate::context::Context;
use crate::core::Core;
use crate::instance::Output;
use crate::message::{Call, CallId, CallKind, CallRef, FetchCall, ObjectKey};
use crate::rpc::{
    Capability, Channel, External, MethodCall, Outgoing, Parcel, ServiceCall, TargetCall,
    not_running,
};
use crate::stub::Stub;

pub(super) fn register(extension: Extension) -> Extension {
    extension
        .op("op_stub_open", 3, open)
        .op("op_call_method", 6, call_method)
        .op("op_call_pipelined", 6, call_pipelined)
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
        Ok(id) => scope.wrap(Rc::new(Channel::Object(Stub::new(
            ObjectKey {
                class: class.id,
                id,
            },
            name,
        )))),
        Err(error) => Err(scope.throw_type_error(&error.to_string())),
    }
}

/// `(channel, path, args | undefined, handles | undefined, packed, last try)` → promise for the result, or null if
/// something in `args` has no clone and this was not the last try
fn call_method<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    match method_call(scope, &args_of(args))? {
        Made::Call(call) => send(scope, args.get(0), CallKind::Method(call)),
        Made::Refused(answer) => Ok(answer),
    }
}

/// The arguments of `op_call_method` and `op_call_pipelined`, but for the first.
struct CallArgs<'s> {
    path: Local<'s>,
    args: Local<'s>,
    handles: Local<'s>,
    packed: bool,
    last_try: bool,
}

fn args_of<'s>(args: &Args<'s>) -> CallArgs<'s> {
    CallArgs {
        path: args.get(1),
        args: args.get(2),
        handles: args.get(3),
        packed: args.get(4).as_bool() == Some(true),
        last_try: args.get(5).as_bool() == Some(true),
    }
}

enum Made<'s> {
    Call(MethodCall),
    /// What the operation gives instead.
    Refused(Local<'s>),
}

/// A call never throws: what cannot be sent rejects.
fn method_call<'s>(scope: &mut Scope<'s>, args: &CallArgs<'s>) -> JsResult<'s, Made<'s>> {
    let count = scope.length(args.path)?;
    let mut path = Vec::with_capacity(count as usize);
    for index in 0..count {
        let name = scope.get_index(args.path, index)?;
        path.push(scope.to_string(name)?);
    }
    if args.args.is_undefined() {
        return Ok(Made::Call(MethodCall {
            path,
            args: None,
            then: Vec::new(),
        }));
    }
    let bytes = match scope.serialize(args.args) {
        Ok(bytes) => bytes,
        Err(Thrown) => {
            let Some(error) = scope.try_take_exception() else {
                return Err(Thrown);
            };
            if !args.last_try {
                return Ok(Made::Refused(scope.null()));
            }
            return scope.promise_reject(error).map(Made::Refused);
        }
    };
    if bytes.len() > MESSAGE_BYTES_MAX {
        let error = too_large(scope, bytes.len())?;
        return scope.promise_reject(error).map(Made::Refused);
    }
    let externals = take_externals(scope, args.handles)?;
    Ok(Made::Call(MethodCall {
        path,
        args: Some(Parcel {
            bytes,
            packed: args.packed,
            externals,
        }),
        then: Vec::new(),
    }))
}

/// What an array of handles stands for; the handles are used up.
pub(super) fn take_externals<'s>(
    scope: &mut Scope<'s>,
    handles: Local<'s>,
) -> Result<Vec<External>, Thrown> {
    if handles.is_undefined() {
        return Ok(Vec::new());
    }
    let count = scope.length(handles)?;
    let mut externals = Vec::with_capacity(count as usize);
    for index in 0..count {
        let handle = scope.get_index(handles, index)?;
        if let Some(channel) = scope.try_unwrap::<Channel>(handle) {
            let Some(to) = channel.capability() else {
                return Err(scope.throw_error(DISPOSED));
            };
            channel.dispose();
            externals.push(External::Capability(to));
        } else {
            externals.push(External::Body(body_from_js(scope, handle)?));
        }
    }
    Ok(externals)
}

/// `(promise of a call, path, args | undefined, handles | undefined, packed, last try)` → as `op_call_method`, or false if the
/// call has left already
fn call_pipelined<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let context = context(scope)?;
    let core = core(scope);
    let Some(parent) = open_call(scope, &core, &context, args.get(0)) else {
        return Ok(scope.bool(false));
    };
    let call = match method_call(scope, &args_of(args))? {
        Made::Call(call) => call,
        Made::Refused(answer) => return Ok(answer),
    };
    let (promise, id) = wait(scope, &core, &context, None, CallBy::Reference)?;
    let from = CallRef {
        shard: core.index,
        call: id,
    };
    let mut calls = core.calls.borrow_mut();
    let held = calls[parent.slot].held;
    if let Some(child) = calls.get_mut(id.slot) {
        child.held = held;
    }
    let next = crate::rpc::pipelined(call.path, call.args, from);
    calls[parent.slot].then.push(next);
    Ok(promise)
}

/// The call that `promise` is the result of, if calls of its result can still leave together with it: made in this turn,
/// and with nothing written since that it does not wait for as well.
fn open_call<'s>(
    scope: &mut Scope<'s>,
    core: &Rc<Core>,
    context: &Rc<Context>,
    promise: Local<'s>,
) -> Option<CallId> {
    // A chain is mostly written in one go: the call is one of the last.
    let id = context.open_calls().into_iter().rev().find(|id| {
        let calls = core.calls.borrow();
        let waiting = calls
            .get(id.slot)
            .filter(|waiting| waiting.serial == id.serial);
        waiting.is_some_and(|waiting| {
            waiting.turn == core.turns.get() && waiting.resolver.settles(scope, promise)
        })
    })?;
    let (sent, held) = {
        let calls = core.calls.borrow();
        let waiting = &calls[id.slot];
        (waiting.sent, waiting.held)
    };
    let gate_holds = || {
        context
            .instance()
            .is_some_and(|instance| instance.holds_output(core.now_ms()))
    };
    (!sent && (held || !gate_holds())).then_some(id)
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

const DISPOSED: &str = "RPC stub used after being disposed.";

fn send<'s>(scope: &mut Scope<'s>, channel: Local<'s>, kind: CallKind) -> JsResult<'s> {
    let context = context(scope)?;
    let core = core(scope);
    let channel = scope.unwrap::<Channel>(channel)?;
    let by = match (&kind, &*channel) {
        (CallKind::Method(_), Channel::Export(_)) => CallBy::Reference,
        (CallKind::Method(_), _) => CallBy::Method,
        (CallKind::Fetch(_) | CallKind::Socket(_), _) => CallBy::Fetch,
    };
    let to = match usable(scope, &core, &context, &channel, by)? {
        Ok(to) => to,
        Err(error) => return scope.promise_reject(error),
    };
    let (promise, id) = wait(scope, &core, &context, Some(Rc::clone(&channel)), by)?;
    let from = CallRef {
        shard: core.index,
        call: id,
    };
    let bound = channel.object().and_then(|stub| stub.bound.get());
    let call = match (to, kind) {
        (Capability::Object { key, name }, kind) => Outgoing::Object(Call {
            key,
            name,
            kind,
            from,
            bound,
            to_facet: matches!(*channel, Channel::Facet(_)),
        }),
        (Capability::Service(to), kind) => Outgoing::Service(ServiceCall { to, kind, from }),
        (Capability::Export(to), CallKind::Method(call)) => {
            Outgoing::Target(TargetCall { to, call, from })
        }
        (Capability::Export(_), CallKind::Fetch(_) | CallKind::Socket(_)) => {
            unreachable!("exports have no fetch and no sockets")
        }
    };
    let held = core.send_from(&context, Output::Call(call));
    if let Some(waiting) = core.calls.borrow_mut().get_mut(id.slot) {
        waiting.held = held;
    }
    Ok(promise)
}

/// Whom to call through `channel`, or the error that the call fails with.
fn usable<'s>(
    scope: &mut Scope<'s>,
    core: &Core,
    context: &Rc<Context>,
    channel: &Channel,
    by: CallBy,
) -> JsResult<'s, Result<Capability, Local<'s>>> {
    match channel {
        Channel::Object(stub) => {
            let broken = stub.broken.borrow().clone();
            if let Some(failure) = broken {
                return failure_to_js(scope, &context.program, &failure, by).map(Err);
            }
            let owner = context.program.plan.foreign_owner(stub.key.class);
            if let Some(owner) = owner.filter(|owner| core.programs.named(owner).is_none()) {
                return scope.new_error("Error", &not_running(owner)).map(Err);
            }
        }
        Channel::Service(service) if core.programs.named(&service.worker).is_none() => {
            return scope
                .new_error("Error", &not_running(&service.worker))
                .map(Err);
        }
        Channel::Export(import) if !import.belongs_to(context) => {
            let text = stranger(import.is_of_object(), "RpcStub");
            return scope.new_error("Error", &text).map(Err);
        }
        Channel::Facet(stub) if !stub.belongs_to(context) => {
            let text = stranger(context.instance().is_some(), "OutgoingFactory");
            return scope.new_error("Error", &text).map(Err);
        }
        Channel::Facet(stub) => {
            let facet = core.connect(context, stub);
            if let Some(failure) = facet.failure() {
                return failure_to_js(scope, &context.program, &failure, by).map(Err);
            }
            let key = facet.key;
            return Ok(Ok(Capability::Object { key, name: None }));
        }
        Channel::Export(_) | Channel::Service(_) => {}
    }
    match channel.capability() {
        Some(to) => Ok(Ok(to)),
        None => scope.new_error("Error", DISPOSED).map(Err),
    }
}

/// Enters a call into the table of those that wait.
fn wait<'s>(
    scope: &mut Scope<'s>,
    core: &Rc<Core>,
    context: &Rc<Context>,
    channel: Option<Rc<Channel>>,
    by: CallBy,
) -> JsResult<'s, (Local<'s>, CallId)> {
    let (promise, resolver) = scope.promise()?;
    if by != CallBy::Fetch {
        // Whoever only calls something on the result need not look at the result itself.
        scope.mark_handled(promise)?;
    }
    let section = context
        .instance()
        .map_or(holdfast_object::Section::ROOT, |i| i.section());
    let turn = core.turns.get();
    let id = core.add_call(|serial| Waiting {
        serial,
        context: Rc::clone(context),
        section,
        resolver,
        channel,
        by,
        then: Vec::new(),
        turn,
        held: false,
        sent: false,
    });
    context.call_began(id);
    Ok((promise, id))
}
