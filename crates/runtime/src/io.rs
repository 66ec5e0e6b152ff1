//! The platform's view of a shard: [`holdfast_web::io::Io`].

use std::rc::{Rc, Weak};

use futures_util::future::{LocalBoxFuture, ready};
use holdfast_engine::{Scope, Thrown};
use holdfast_web::body::OpenBodies;
use holdfast_web::io::{Completion, Io, Level, Task};
use holdfast_web::ops::Timers;
use holdfast_web::websocket::{HostSocket, OpenSockets, Outgoing};
use tokio::sync::oneshot;

use crate::context::{Context, Kind};
use crate::core::Core;
use crate::facets::FacetRole;
use crate::instance::Output;
use crate::message::ObjectKey;
use crate::program::Program;

pub(crate) struct ShardIo(pub(crate) Weak<Core>);

impl ShardIo {
    fn core(&self) -> Rc<Core> {
        self.0
            .upgrade()
            .expect("JavaScript runs only while its shard lives")
    }

    fn context(&self) -> Option<Rc<Context>> {
        self.0.upgrade()?.reader.get::<Context>()
    }
}

/// How a line of output is labelled.
pub(crate) fn source_of(context: Option<&Context>) -> String {
    match context.map(|context| (&context.kind, context)) {
        Some((Kind::Object(instance), context)) => {
            let name = instance.name.as_deref();
            match &instance.facet {
                None => object_source(Some(&context.program), &instance.key, name),
                Some(role) => facet_source(&context.program, role),
            }
        }
        Some((Kind::Event { .. }, context)) if context.program.plan.has_neighbours => {
            context.program.plan.name().to_owned()
        }
        _ => "worker".to_owned(),
    }
}

/// How a line about an object is labelled. `program` is the one with its class, if there is one.
pub(crate) fn object_source(
    program: Option<&Program>,
    key: &ObjectKey,
    name: Option<&str>,
) -> String {
    let plan = program.map(|program| &program.plan);
    let class = plan.and_then(|plan| plan.class(key.class));
    let class = class.map_or("object", |(_, class)| class.name.as_str());
    let worker = match plan.filter(|plan| plan.has_neighbours) {
        Some(plan) => format!("{} ", plan.name()),
        None => String::new(),
    };
    match name {
        Some(name) => format!("{worker}{class}({name})"),
        None => format!("{worker}{class}({:.8}…)", key.id.to_hex()),
    }
}

/// As for an object, with the names that lead to the facet.
fn facet_source(program: &Program, role: &FacetRole) -> String {
    let worker = match program.plan.has_neighbours {
        true => format!("{} ", program.plan.name()),
        false => String::new(),
    };
    let (class, path) = (&role.startup.class, &role.facet.path);
    let names = path.names().join("/");
    format!("{worker}{class}({:.8}…/{names})", path.root_id().to_hex())
}

impl Io for ShardIo {
    fn require_context(&self, scope: &mut Scope<'_>) -> Result<(), Thrown> {
        if self.context().is_some() {
            return Ok(());
        }
        Err(scope.throw_error(
            "Disallowed operation called within global scope. Asynchronous I/O (ex: fetch() or connect()), \
             setting a timeout, and generating random values are not allowed within global scope. To fix this \
             error, perform this operation within a handler. \
             https://developers.cloudflare.com/workers/runtime-apis/handlers/",
        ))
    }

    fn spawn(&self, work: LocalBoxFuture<'static, Completion>) -> Task {
        crate::work::spawn(&self.core(), work)
    }

    fn compute(&self, work: LocalBoxFuture<'static, Completion>) -> Task {
        crate::work::compute(&self.core(), work)
    }

    fn output_gate(&self) -> LocalBoxFuture<'static, ()> {
        let Some(context) = self.context() else {
            return Box::pin(ready(()));
        };
        let Some(instance) = context.instance() else {
            return Box::pin(ready(()));
        };
        let (sender, receiver) = oneshot::channel();
        if instance
            .send(Output::Wake(sender), self.core().now_ms())
            .is_some()
        {
            return Box::pin(ready(()));
        }
        Box::pin(async move {
            if receiver.await.is_err() {
                // The object broke: what waited for its writes must never happen.
                std::future::pending::<()>().await;
            }
        })
    }

    fn console(&self, level: Level, text: &str) {
        let source = source_of(self.context().as_deref());
        self.core().log.console(level, &source, text);
    }

    fn now_ms(&self) -> f64 {
        self.core().now_ms() as f64
    }

    fn timers(&self) -> Rc<Timers> {
        self.context()
            .map(|context| Rc::clone(&context.timers))
            .unwrap_or_default()
    }

    fn sockets(&self) -> Rc<OpenSockets> {
        self.context()
            .map(|context| Rc::clone(&context.sockets))
            .unwrap_or_default()
    }

    fn send_frame(&self, socket: &Rc<HostSocket>, what: Outgoing) {
        let Some(context) = self.context() else {
            return;
        };
        socket.hold();
        let frame = Output::Frame(Rc::clone(socket), what);
        self.core().send_from(&context, frame);
    }

    fn bodies(&self) -> Rc<OpenBodies> {
        self.context()
            .map(|context| Rc::clone(&context.bodies))
            .unwrap_or_default()
    }
}
