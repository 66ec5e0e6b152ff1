//! Rust → JavaScript: what each kind of turn calls in `workers/js/dispatch.js`.

use std::rc::Rc;

use holdfast_engine::{Local, Scope, Thrown};
use holdfast_object::Cause;
use holdfast_object::alarm::Invocation;
use holdfast_web::body::{Body, HostBody};
use holdfast_web::fetch::HostHeaders;
use holdfast_web::websocket::received_to_js;
use holdfast_workers::failure::{Failure, Payload};
use http::{HeaderMap, Method};

use crate::alarms::{AlarmRun, HandlerEnd};
use crate::calls::parcel_to_js;
use crate::context::Context;
use crate::edge::IncomingRequest;
use crate::facets::{FacetStart, ShownId};
use crate::message::CallKind;
use crate::ops::FacetManager;
use crate::program::error_text;
use crate::reply::Reply;
use crate::rpc::{MethodCall, Service};
use crate::section::SectionCall;

type Turn = Result<(), Thrown>;

/// The Worker's `fetch`.
pub(crate) fn worker_fetch(
    scope: &mut Scope<'_>,
    context: &Context,
    reply: Rc<Reply>,
    request: IncomingRequest,
) -> Turn {
    let IncomingRequest {
        method,
        url,
        headers,
        body,
    } = request;
    let reply = scope.wrap(reply)?;
    let parts = request_parts(scope, &method, &url, headers, body)?;
    let function = scope.local(&context.program.entries.worker_fetch);
    let nothing = scope.undefined();
    let [method, url, headers, body] = parts;
    scope
        .call(function, nothing, &[reply, method, url, headers, body])
        .map(drop)
}

fn request_parts<'s>(
    scope: &mut Scope<'s>,
    method: &Method,
    url: &str,
    headers: HeaderMap,
    body: Option<Body>,
) -> Result<[Local<'s>; 4], Thrown> {
    let method = scope.string(method.as_str())?;
    let url = scope.string(url)?;
    let headers = scope.wrap(Rc::new(HostHeaders::new(headers)))?;
    let body = match body {
        Some(body) => scope.wrap(HostBody::new(body))?,
        None => scope.null(),
    };
    Ok([method, url, headers, body])
}

/// Runs the class's constructor. What it throws breaks the instance.
pub(crate) fn construct(scope: &mut Scope<'_>, context: &Rc<Context>) -> Turn {
    let instance = context.instance().expect("an object's context");
    let (id, name, is_text) = match instance.shown_id() {
        ShownId::Object { hex, name } => (hex, name, false),
        ShownId::Text(text) => (text, None, true),
    };
    let id = scope.string(&id)?;
    let name = match name {
        Some(name) => scope.string(&name)?,
        None => scope.undefined(),
    };
    let handle = instance
        .storage
        .get()
        .expect("storage comes before the constructor");
    let storage = scope.wrap(Rc::clone(handle))?;
    let facets = scope.wrap(Rc::new(FacetManager(Rc::downgrade(context))))?;
    let entries = &context.program.entries;
    let nothing = scope.undefined();
    let constructed = match &instance.facet {
        None => {
            let plan = &context.program.plan;
            let (index, _) = plan
                .class(instance.key.class)
                .expect("looked up before the constructor");
            let class = scope.number(index as f64);
            let function = scope.local(&entries.construct);
            scope.call(function, nothing, &[class, id, name, storage, facets])
        }
        Some(role) => {
            let class = scope.string(&role.startup.class)?;
            let props = match &role.startup.props {
                Some(bytes) => scope.deserialize(bytes)?,
                None => scope.undefined(),
            };
            let is_text = scope.bool(is_text);
            let function = scope.local(&entries.construct_facet);
            let values = [class, id, name, is_text, props, storage, facets];
            scope.call(function, nothing, &values)
        }
    };
    match constructed {
        Ok(target) => {
            let alarm = scope.get(target, "alarm")?;
            handle.set_has_alarm_handler(!alarm.is_undefined());
            let target = scope.persist(target);
            instance.target.replace(Some(target));
            Ok(())
        }
        Err(Thrown) => {
            let Some(error) = scope.try_take_exception() else {
                return Err(Thrown);
            };
            let failure = thrown(scope, context, error, Cause::ConstructorThrew)?;
            instance.doom(failure);
            Ok(())
        }
    }
}

/// Asks the program for the class of a facet.
pub(crate) fn facet(scope: &mut Scope<'_>, context: &Context, start: Rc<FacetStart>) -> Turn {
    let callback = scope.local(&start.callback);
    let start = scope.wrap(start)?;
    let function = scope.local(&context.program.entries.start_facet);
    let nothing = scope.undefined();
    scope.call(function, nothing, &[start, callback]).map(drop)
}

/// A failure from what the program threw.
pub(crate) fn thrown(
    scope: &mut Scope<'_>,
    context: &Context,
    error: Local<'_>,
    cause: Cause,
) -> Result<Failure, Thrown> {
    let text = error_text(scope, error);
    let function = scope.local(&context.program.entries.pack_thrown);
    let nothing = scope.undefined();
    let packed = scope
        .call(function, nothing, &[error])
        .and_then(|packed| scope.serialize(packed));
    let bytes = match packed {
        Ok(bytes) => bytes,
        Err(Thrown) => {
            if scope.try_take_exception().is_none() {
                return Err(Thrown);
            }
            return Ok(Failure::with_message(&text, cause.flags()));
        }
    };
    Ok(Failure {
        payload: Payload::Packed(bytes.into()),
        text: text.into(),
        flags: cause.flags(),
        cause: Some(cause),
    })
}

/// A call of an object: its `fetch`, a method or a property.
pub(crate) fn object_call(
    scope: &mut Scope<'_>,
    context: &Rc<Context>,
    reply: Rc<Reply>,
    kind: CallKind,
) -> Turn {
    let instance = context.instance().expect("an object's context");
    let target = {
        let target = instance.target.borrow();
        scope.local(target.as_ref().expect("calls come after the constructor"))
    };
    let reply = scope.wrap(reply)?;
    let started = start_call(scope, context, reply, target, kind);
    answered(scope, context, reply, started)
}

/// Whatever went wrong before the program got the call, its caller must have an answer.
fn answered<'s>(scope: &mut Scope<'s>, context: &Context, reply: Local<'s>, started: Turn) -> Turn {
    if started.is_err()
        && let Some(error) = scope.try_take_exception()
    {
        let nothing = scope.undefined();
        let function = scope.local(&context.program.entries.reply_error);
        return scope.call(function, nothing, &[reply, error]).map(drop);
    }
    started
}

fn start_call<'s>(
    scope: &mut Scope<'s>,
    context: &Rc<Context>,
    reply: Local<'s>,
    target: Local<'s>,
    kind: CallKind,
) -> Turn {
    let nothing = scope.undefined();
    match kind {
        CallKind::Method(call) => {
            let function = scope.local(&context.program.entries.object_call);
            method_call(scope, context, reply, &[target], function, call)
        }
        CallKind::Fetch(fetch) => {
            let crate::message::FetchCall {
                method,
                url,
                headers,
                body,
                cf,
            } = *fetch;
            let [method, url, headers, body] = request_parts(scope, &method, &url, headers, body)?;
            let cf = match cf {
                Some(cf) => scope.string(&cf)?,
                None => scope.undefined(),
            };
            let function = scope.local(&context.program.entries.object_fetch);
            scope
                .call(
                    function,
                    nothing,
                    &[reply, target, method, url, headers, body, cf],
                )
                .map(drop)
        }
        CallKind::Socket(event) => {
            let crate::sockets::SocketEvent {
                id,
                received,
                delivered: _held_to_the_end,
            } = *event;
            let id = scope.number(id.0 as f64);
            let [kind, first, second] = received_to_js(scope, received)?;
            let function = scope.local(&context.program.entries.socket_event);
            scope
                .call(function, nothing, &[reply, target, id, kind, first, second])
                .map(drop)
        }
    }
}

/// The alarm handler. Whatever happens, `run` learns of an end, unless the turn is ended before its time.
pub(crate) fn object_alarm(
    scope: &mut Scope<'_>,
    context: &Rc<Context>,
    run: Rc<AlarmRun>,
    invocation: Invocation,
) -> Turn {
    let instance = context.instance().expect("an object's context");
    let target = {
        let target = instance.target.borrow();
        scope.local(target.as_ref().expect("alarms come after the constructor"))
    };
    let handle = scope.wrap(Rc::clone(&run))?;
    let scheduled = scope.number(invocation.scheduled_ms as f64);
    let count = scope.int(i32::from(invocation.retry_count));
    let function = scope.local(&context.program.entries.object_alarm);
    let nothing = scope.undefined();
    let called = scope.call(function, nothing, &[handle, target, scheduled, count]);
    if called.is_err()
        && let Some(error) = scope.try_take_exception()
    {
        let text = error_text(scope, error);
        run.end(&crate::ops::core(scope), HandlerEnd::Threw(text));
        return Ok(());
    }
    called.map(drop)
}

/// Passes a method call to `function(reply, ...of, path, args, handles, whether calls of its result wait)`.
fn method_call<'s>(
    scope: &mut Scope<'s>,
    context: &Rc<Context>,
    reply: Local<'s>,
    of: &[Local<'s>],
    function: Local<'s>,
    call: MethodCall,
) -> Turn {
    let MethodCall { path, args, then } = call;
    let pipelined = scope.bool(!then.is_empty());
    if !then.is_empty() {
        scope.unwrap::<Reply>(reply)?.set_then(then);
    }
    let mut names = Vec::with_capacity(path.len());
    for name in &path {
        names.push(scope.string(name)?);
    }
    let path = scope.array(&names)?;
    let (args, handles) = match args {
        Some(parcel) => parcel_to_js(scope, context, parcel)?,
        None => (scope.undefined(), scope.undefined()),
    };
    let mut values = vec![reply];
    values.extend_from_slice(of);
    values.extend([path, args, handles, pipelined]);
    let nothing = scope.undefined();
    scope.call(function, nothing, &values).map(drop)
}

/// A call of something that `context` exported under `number`.
pub(crate) fn target_call(
    scope: &mut Scope<'_>,
    context: &Rc<Context>,
    reply: Rc<Reply>,
    number: u64,
    call: MethodCall,
) -> Turn {
    let reply = scope.wrap(reply)?;
    let target = {
        let exports = context.rpc.exports.borrow();
        let exported = exports.get(number).expect("a call holds what it calls");
        scope.local(&exported.target)
    };
    let function = scope.local(&context.program.entries.target_call);
    let started = method_call(scope, context, reply, &[target], function, call);
    answered(scope, context, reply, started)
}

/// A call of an entry of the Worker.
pub(crate) fn service_call(
    scope: &mut Scope<'_>,
    context: &Rc<Context>,
    reply: Rc<Reply>,
    service: &Service,
    kind: CallKind,
) -> Turn {
    let reply = scope.wrap(reply)?;
    let started = start_service(scope, context, reply, service, kind);
    answered(scope, context, reply, started)
}

fn start_service<'s>(
    scope: &mut Scope<'s>,
    context: &Rc<Context>,
    reply: Local<'s>,
    service: &Service,
    kind: CallKind,
) -> Turn {
    let entry = scope.string(&service.entry)?;
    let props = match &service.props {
        Some(bytes) => scope.deserialize(bytes)?,
        None => scope.undefined(),
    };
    match kind {
        CallKind::Method(call) => {
            let function = scope.local(&context.program.entries.service_call);
            method_call(scope, context, reply, &[entry, props], function, call)
        }
        CallKind::Fetch(fetch) => {
            let crate::message::FetchCall {
                method,
                url,
                headers,
                body,
                cf,
            } = *fetch;
            let [method, url, headers, body] = request_parts(scope, &method, &url, headers, body)?;
            let cf = match cf {
                Some(cf) => scope.string(&cf)?,
                None => scope.undefined(),
            };
            let function = scope.local(&context.program.entries.service_fetch);
            let nothing = scope.undefined();
            let values = [reply, entry, props, method, url, headers, body, cf];
            scope.call(function, nothing, &values).map(drop)
        }
        CallKind::Socket(_) => unreachable!("sockets belong to objects"),
    }
}

/// Starts the callback of a critical section.
pub(crate) fn section(
    scope: &mut Scope<'_>,
    context: &Rc<Context>,
    call: &Rc<SectionCall>,
) -> Turn {
    let handle = scope.wrap(Rc::clone(call))?;
    let callback = scope.local(&call.callback);
    let function = scope.local(&context.program.entries.run_section);
    let nothing = scope.undefined();
    let run = |scope: &mut Scope<'_>| scope.call(function, nothing, &[handle, callback]).map(drop);
    match &call.frame {
        Some(frame) => scope.in_context(frame, |scope| run(scope)),
        None => run(scope),
    }
}
