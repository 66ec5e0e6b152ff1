//! Calls of entries of Workers: each is an event of its own, in a context of its own.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use holdfast_object::Flags;
use holdfast_workers::failure::Failure;

use super::message::{ServiceCall, callers};
use crate::context::{Context, Kind};
use crate::core::Core;
use crate::message::CallKind;
use crate::reply::{Reply, ReplyTo};

/// What a caller of something in a Worker that is not among the node's is told.
pub(crate) fn not_running(worker: &str) -> String {
    format!(
        "Worker \"{worker}\" not found. Make sure it is running locally: start its project by the same command, as in \
         \"holdfast dev . ../{worker}\"."
    )
}

impl Core {
    /// A call of an entry has arrived.
    pub(crate) fn start_service(self: &Rc<Self>, call: ServiceCall) {
        let ServiceCall { to, kind, from } = call;
        let Some(program) = self.programs.named(&to.worker) else {
            // It was there when the call was made.
            let failure = Failure::with_message(&not_running(&to.worker), Flags::default());
            let mut waiting = vec![from];
            if let CallKind::Method(method) = kind {
                callers(method.then, &mut waiting);
            }
            for from in waiting {
                self.fail_call(from, failure.clone(), None);
            }
            return;
        };
        let context = Context::new(
            program,
            Kind::Event {
                answered: Cell::new(false),
                reply: RefCell::new(None),
                key: Cell::new(None),
            },
        );
        context
            .rpc
            .is_session
            .set(matches!(kind, CallKind::Method(_)));
        let reply = Reply::new(&context, ReplyTo::Service(from), kind.asks_for_socket());
        if let Kind::Event {
            reply: kept, key, ..
        } = &context.kind
        {
            kept.replace(Some(Rc::clone(&reply)));
            key.set(Some(
                self.events.borrow_mut().insert(Rc::downgrade(&context)),
            ));
        }
        self.turn(&context, |scope| {
            crate::start::service_call(scope, &context, reply, &to, kind)
        });
    }
}
