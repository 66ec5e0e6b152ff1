//! Calls this shard has made and waits for.

use std::rc::Rc;

use holdfast_engine::{JsResult, Resolver, Scope, Thrown};
use holdfast_object::Section;
use holdfast_web::body::HostBody;
use holdfast_web::fetch::HostHeaders;
use holdfast_workers::failure::{Failure, Payload};

use crate::context::Context;
use crate::message::{Answer, FetchAnswer};
use crate::program::Program;
use crate::stub::Stub;

/// The caller's side of a call under way.
pub(crate) struct Waiting {
    pub(crate) serial: u64,
    pub(crate) context: Rc<Context>,
    /// Where in the caller the answer belongs.
    pub(crate) section: Section,
    pub(crate) resolver: Resolver,
    pub(crate) stub: Rc<Stub>,
    pub(crate) by: CallBy,
}

/// By what an object was called.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum CallBy {
    Method,
    Fetch,
}

impl Waiting {
    /// Settles the caller's promise.
    pub(crate) fn settle(self, scope: &mut Scope<'_>, answer: Answer) -> Result<(), Thrown> {
        let program = Rc::clone(&self.context.program);
        let result = match answer {
            Answer::Value {
                bytes,
                parcel: false,
            } => scope.deserialize(&bytes),
            Answer::Value {
                bytes,
                parcel: true,
            } => open_parcel(scope, &program, &bytes),
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
    } = response;
    let object = scope.object()?;
    let status = scope.int(i32::from(status.as_u16()));
    scope.define(object, "status", status)?;
    let text = scope.string(&status_text)?;
    scope.define(object, "statusText", text)?;
    let headers = scope.wrap(Rc::new(HostHeaders(headers)))?;
    scope.define(object, "headers", headers)?;
    let body = match body {
        Some(body) => scope.wrap(HostBody::new(body))?,
        None => scope.null(),
    };
    scope.define(object, "body", body)?;
    Ok(object)
}

fn open_parcel<'s>(scope: &mut Scope<'s>, program: &Program, bytes: &[u8]) -> JsResult<'s> {
    let parcel = scope.deserialize(bytes)?;
    let function = scope.local(&program.entries.open_parcel);
    let nothing = scope.undefined();
    scope.call(function, nothing, &[parcel])
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
