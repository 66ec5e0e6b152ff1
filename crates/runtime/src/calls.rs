//! Calls this shard has made and waits for.

use std::rc::Rc;

use holdfast_engine::{JsResult, Local, Resolver, Scope, Thrown};
use holdfast_object::Section;
use holdfast_web::body::HostBody;
use holdfast_web::fetch::HostHeaders;
use holdfast_web::io::Host;
use holdfast_web::websocket::HostSocket;
use holdfast_workers::failure::{Failure, Payload};

use crate::context::Context;
use crate::message::{Answer, FetchAnswer};
use crate::program::Program;
use crate::rpc::{Channel, External, Parcel, Pipelined};

/// The caller's side of a call under way.
pub(crate) struct Waiting {
    pub(crate) serial: u64,
    pub(crate) context: Rc<Context>,
    /// Where in the caller the answer belongs.
    pub(crate) section: Section,
    pub(crate) resolver: Resolver,
    /// What was called, if it was called through a channel and not as the result of another call.
    pub(crate) channel: Option<Rc<Channel>>,
    pub(crate) by: CallBy,
    /// Calls of the result that leave together with this call.
    pub(crate) then: Vec<Pipelined>,
    /// The turn in which it was made, and whether the output gate held it.
    pub(crate) turn: u64,
    pub(crate) held: bool,
    /// It has left: nothing can be added to it.
    pub(crate) sent: bool,
}

/// By what an object was called.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum CallBy {
    Method,
    /// A method of something that an object exported.
    Reference,
    Fetch,
}

impl Waiting {
    /// Settles the caller's promise.
    pub(crate) fn settle(self, scope: &mut Scope<'_>, answer: Answer) -> Result<(), Thrown> {
        let program = Rc::clone(&self.context.program);
        let result = match answer {
            Answer::Value(parcel) => result_to_js(scope, &self.context, parcel),
            Answer::Response(response) => response_to_js(scope, *response),
            Answer::Failed(failure) => match failure_to_js(scope, &program, &failure, self.by) {
                Ok(error) => return self.resolver.reject(scope, error),
                Err(thrown) => Err(thrown),
            },
        };
        self.resolver.settle(scope, result)
    }
}

/// What `responseFromHost` of `web/js/response.js` takes.
fn response_to_js<'s>(scope: &mut Scope<'s>, response: FetchAnswer) -> JsResult<'s> {
    let FetchAnswer {
        status,
        status_text,
        headers,
        body,
        web_socket,
    } = response;
    let object = scope.object()?;
    let status = scope.int(i32::from(status.as_u16()));
    scope.define(object, "status", status)?;
    let text = scope.string(&status_text)?;
    scope.define(object, "statusText", text)?;
    let headers = scope.wrap(Rc::new(HostHeaders::new(headers)))?;
    scope.define(object, "headers", headers)?;
    let body = match body {
        Some(body) => scope.wrap(HostBody::new(body))?,
        None => scope.null(),
    };
    scope.define(object, "body", body)?;
    if let Some(end) = web_socket {
        let socket = HostSocket::from_endpoint(end);
        scope.state::<Host>().sockets().add(&socket);
        let socket = scope.wrap(socket)?;
        scope.define(object, "webSocket", socket)?;
    }
    Ok(object)
}

/// The result of a call, with its disposer if it is an object.
fn result_to_js<'s>(scope: &mut Scope<'s>, context: &Rc<Context>, parcel: Parcel) -> JsResult<'s> {
    let packed = parcel.packed;
    let (value, handles) = parcel_to_js(scope, context, parcel)?;
    if !packed && !value.is_object() {
        return Ok(value);
    }
    let entries = &context.program.entries;
    let nothing = scope.undefined();
    if packed {
        let function = scope.local(&entries.open_result);
        scope.call(function, nothing, &[value, handles])
    } else {
        let function = scope.local(&entries.finish_result);
        scope.call(function, nothing, &[value])
    }
}

/// A value as it was serialised, and the handles that it refers to (an array, or undefined).
pub(crate) fn parcel_to_js<'s>(
    scope: &mut Scope<'s>,
    context: &Rc<Context>,
    parcel: Parcel,
) -> Result<(Local<'s>, Local<'s>), Thrown> {
    let value = scope.deserialize(&parcel.bytes)?;
    if parcel.externals.is_empty() {
        return Ok((value, scope.undefined()));
    }
    let core = crate::ops::core(scope);
    let mut handles = Vec::with_capacity(parcel.externals.len());
    for external in parcel.externals {
        handles.push(match external {
            External::Capability(to) => scope.wrap(Channel::open(&core, context, to))?,
            External::Body(body) => scope.wrap(HostBody::new(body))?,
        });
    }
    Ok((value, scope.array(&handles)?))
}

/// The error that the caller sees.
pub(crate) fn failure_to_js<'s>(
    scope: &mut Scope<'s>,
    program: &Program,
    failure: &Failure,
    by: CallBy,
) -> JsResult<'s> {
    let packed = match &failure.payload {
        Payload::Packed(bytes) => scope.deserialize(bytes)?,
        Payload::Message(message) => {
            let error = scope.new_error("Error", message)?;
            let function = scope.local(&program.entries.pack_thrown);
            let nothing = scope.undefined();
            scope.call(function, nothing, &[error])?
        }
    };
    let mut failure = failure.clone();
    // That an object was reset is no exception of its own making. A method call tells the two apart; a
    // fetch marks everything that comes from an object.
    if by == CallBy::Method && failure.flags.durable_object_reset {
        failure.flags.remote = false;
    }
    let flags = scope.int(failure.flag_bits());
    let function = scope.local(&program.entries.unpack_error);
    let nothing = scope.undefined();
    scope.call(function, nothing, &[packed, flags])
}
