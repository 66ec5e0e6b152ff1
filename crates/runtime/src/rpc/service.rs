//! Calls of entries of the Worker: each is an event of its own, in a context of its own.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use super::message::ServiceCall;
use crate::context::{Context, Kind};
use crate::core::Core;
use crate::message::CallKind;
use crate::reply::{Reply, ReplyTo};

impl Core {
    /// A call of an entry has arrived.
    pub(crate) fn start_service(self: &Rc<Self>, call: ServiceCall) {
        let ServiceCall { to, kind, from } = call;
        let context = Context::new(
            self.current_program(),
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
