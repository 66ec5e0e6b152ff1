//! Operations that need a shard: ids, calls, answers, alarms, critical sections, modules.

mod alarms;
mod calls;
mod facets;
mod ids;
mod modules;
mod replies;
mod rpc;
mod sections;
mod sockets;

use std::rc::{Rc, Weak};
use std::sync::Arc;

use holdfast_engine::{Extension, Scope, Thrown};

use crate::context::Context;
use crate::core::Core;
use crate::program::Plan;

pub(crate) use facets::FacetManager;
pub(crate) use modules::CurrentLoader;

/// The shard, as runtime state.
pub(crate) struct CoreState(pub(crate) Weak<Core>);

/// All of them.
pub(crate) fn extension() -> Extension {
    let extension = Extension::new("runtime");
    let extension = calls::register(ids::register(extension));
    let extension = facets::register(extension);
    let extension = sections::register(replies::register(extension));
    let extension = sockets::register(rpc::register(extension));
    alarms::register(modules::register(extension))
}

pub(crate) fn core(scope: &Scope<'_>) -> Rc<Core> {
    scope
        .state::<CoreState>()
        .0
        .upgrade()
        .expect("JavaScript runs only while its shard lives")
}

/// The plan of the program that asks.
fn plan(scope: &Scope<'_>) -> Arc<Plan> {
    match scope.context::<Context>() {
        Some(context) => Arc::clone(&context.program.plan),
        None => scope.state::<CurrentLoader>().plan(),
    }
}

/// The context on whose behalf the operation was called; throws at a module's top level.
fn context(scope: &mut Scope<'_>) -> Result<Rc<Context>, Thrown> {
    if let Some(context) = scope.context::<Context>() {
        return Ok(context);
    }
    let host = scope.state::<holdfast_web::io::Host>();
    host.require_context(scope)?;
    Err(Thrown)
}

/// What somebody is told who uses an I/O object of an object (or of a request) that is not the present context's.
fn stranger(of_object: bool, io_type: &str) -> String {
    let [kind, creator, user] = match of_object {
        true => [
            "Durable Object",
            "one Durable Object",
            "a different Durable Object in the same isolate",
        ],
        false => [
            "request",
            "one request handler",
            "a different request's handler",
        ],
    };
    format!(
        "Cannot perform I/O on behalf of a different {kind}. I/O objects (such as streams, request/response bodies, and \
         others) created in the context of {creator} cannot be accessed from {user}. This is a limitation of Cloudflare \
         Workers which allows us to improve overall performance. (I/O type: {io_type})"
    )
}
