//! Carrying calls to where they are answered, and hearing that nobody refers to an export any more.

use std::rc::Rc;
use std::sync::Arc;

use holdfast_engine::Global;
use holdfast_object::lifecycle::Event as Life;
use holdfast_object::{Activity, Cause, Flags, Section};
use holdfast_web::io::Completion;
use holdfast_workers::failure::Failure;

use super::capability::{Export, ExportAt};
use super::context::Exported;
use super::message::{MethodCall, Outgoing, Pipelined, TargetCall};
use crate::context::{Context, Kind};
use crate::core::{Core, EventTurn};
use crate::instance::Event;
use crate::message::{CallId, CallRef, Message};
use crate::reply::{Reply, ReplyTo};

/// Calls of its exports that a request to the Worker may have under way.
const SERVING_MAX: usize = 10_000;

const HOST_GONE: &str = "The execution context which hosts this callback is no longer running.";
const CANCELED: &str = "The execution context responding to this call was canceled.";

/// An error that the runtime itself tells a caller.
fn told(message: &str) -> Failure {
    Failure::with_message(message, Flags::default())
}

impl Core {
    // --- sending ----------------------------------------------------------------------------------

    /// A call that its gate has let out. While a turn runs it waits for the turn's end: what the program calls on
    /// its result meanwhile goes with it.
    pub(crate) fn send_call(&self, call: Outgoing) {
        if self.is_turning() {
            self.rpc.outbox.borrow_mut().push(call);
        } else {
            self.dispatch(call);
        }
    }

    /// The turn is over.
    pub(crate) fn flush_outbox(&self) {
        if self.rpc.outbox.borrow().is_empty() {
            return;
        }
        let calls = std::mem::take(&mut *self.rpc.outbox.borrow_mut());
        for call in calls {
            self.dispatch(call);
        }
    }

    fn dispatch(&self, mut call: Outgoing) {
        let from = call.from().call;
        let then = self.take_pipelined(from);
        if let Some(method) = call.method() {
            method.then = then;
        }
        match call {
            Outgoing::Object(call) => self.route(call),
            Outgoing::Service(call) => self.inbox_local(Message::Service(call)),
            Outgoing::Target(call) => {
                let shard = call.to.at.shard;
                self.send_message(shard, Message::Target(call));
            }
        }
    }

    /// The calls of the result of `call` and of their results; none can be added any more.
    fn take_pipelined(&self, call: CallId) -> Vec<Pipelined> {
        let mut then = {
            let mut calls = self.calls.borrow_mut();
            match calls.get_mut(call.slot) {
                Some(waiting) if waiting.serial == call.serial => {
                    waiting.sent = true;
                    std::mem::take(&mut waiting.then)
                }
                // The caller ended before its call left.
                _ => return Vec::new(),
            }
        };
        for next in &mut then {
            next.call.then = self.take_pipelined(next.from.call);
        }
        then
    }

    // --- exports ----------------------------------------------------------------------------------

    /// Gives `target` a number by which others can call it.
    pub(crate) fn export(
        &self,
        context: &Rc<Context>,
        target: Global,
        disposes: bool,
    ) -> Arc<Export> {
        let section = context.instance().map_or(Section::ROOT, |i| i.section());
        let number = context.rpc.exports.borrow_mut().add(Exported {
            target,
            section,
            disposes,
        });
        let at = ExportAt {
            shard: self.index,
            context: self.rpc.id_of(context),
            number,
        };
        Export::new(at, self.shards[self.index].clone())
    }

    /// Nobody refers to an export any more.
    pub(crate) fn released(self: &Rc<Self>, at: ExportAt) {
        let Some(context) = self.rpc.find(at.context) else {
            return;
        };
        let released = context.rpc.exports.borrow_mut().release(at.number);
        let Some(exported) = released else { return };
        if exported.disposes {
            let section = exported.section;
            let owner = Rc::clone(&context);
            let done: Completion = Box::new(move |scope| {
                let target = scope.local(&exported.target);
                let function = scope.local(&owner.program.entries.release_target);
                let nothing = scope.undefined();
                scope.call(function, nothing, &[target]).map(drop)
            });
            self.complete(context, section, done);
        } else {
            match &context.kind {
                Kind::Object(_) => self.report_activity(&context),
                Kind::Event { .. } => self.settle(&context),
            }
        }
    }

    // --- serving ----------------------------------------------------------------------------------

    /// A call of an export of this shard has arrived.
    pub(crate) fn arrive_target(self: &Rc<Self>, call: TargetCall) {
        let at = call.to.at;
        let context = self.rpc.find(at.context);
        let section = context.as_ref().and_then(|context| {
            let exports = context.rpc.exports.borrow();
            exports.get(at.number).map(|exported| exported.section)
        });
        let (Some(context), Some(section)) = (context, section) else {
            self.refuse_target(call, told(HOST_GONE));
            return;
        };
        let Some(instance) = context.instance() else {
            if context.rpc.serving.borrow().len() >= SERVING_MAX {
                let overload = Failure::with_message(
                    "Too many calls of one request's functions are under way.",
                    Flags {
                        remote: true,
                        overloaded: true,
                        ..Flags::default()
                    },
                );
                self.refuse_target(call, overload);
                return;
            }
            self.make_event_ready(&context, EventTurn::Target(call));
            return;
        };
        let object = self.object(&instance.key);
        let entered = object.enter(call.call.bytes());
        if let Err(overload) = entered {
            self.refuse_target(call, Failure::of(Cause::Overloaded(overload)));
            return;
        }
        let began = Life::Began {
            generation: instance.generation,
            activity: Activity::Request,
        };
        self.live(&instance.key, &object, began);
        let queued = instance
            .gate
            .borrow_mut()
            .event(section, Event::Target(call));
        match queued {
            Ok(()) => self.make_ready(&context),
            Err(refused) => {
                if let Event::Target(call) = refused.token {
                    object.leave(call.call.bytes());
                    self.refuse_target(call, told(HOST_GONE));
                }
            }
        }
    }

    /// Answers a call of an export, and the calls of its result, with `failure`.
    pub(crate) fn refuse_target(&self, call: TargetCall, failure: Failure) {
        let mut from = vec![call.from];
        super::message::callers(call.call.then, &mut from);
        for from in from {
            self.fail_call(from, failure.clone(), None);
        }
    }

    /// The first turn of a call of an export.
    pub(crate) fn serve_target(self: &Rc<Self>, context: &Rc<Context>, call: TargetCall) {
        let TargetCall { to, call, from } = call;
        let reply = match context.instance() {
            Some(instance) => {
                self.object(&instance.key).leave(call.bytes());
                let mut calls = instance.calls.borrow_mut();
                let entry = calls.vacant_entry();
                let reply = Reply::new(context, ReplyTo::Caller(from, entry.key()), false);
                entry.insert(Rc::clone(&reply));
                reply
            }
            None => {
                let mut serving = context.rpc.serving.borrow_mut();
                let entry = serving.vacant_entry();
                let reply = Reply::new(context, ReplyTo::Target(from, entry.key()), false);
                entry.insert(Rc::clone(&reply));
                reply
            }
        };
        let number = to.at.number;
        reply.hold(to);
        self.turn(context, |scope| {
            crate::start::target_call(scope, context, reply, number, call)
        });
    }

    /// The result of a call is known: the calls of it that came with the call become events of their own.
    pub(crate) fn pipeline(&self, to: &Arc<Export>, then: Vec<Pipelined>) {
        for Pipelined { call, from } in then {
            let to = Arc::clone(to);
            self.inbox_local(Message::Target(TargetCall { to, call, from }));
        }
    }

    // --- the end of a context ---------------------------------------------------------------------

    /// A call that a context was made for will not be answered, for this reason.
    pub(crate) fn fail_session(&self, context: &Context, message: &str) {
        let Kind::Event { reply, .. } = &context.kind else {
            return;
        };
        let reply = reply.borrow().clone();
        for from in reply.iter().flat_map(|reply| reply.take_callers()) {
            self.fail_call(from, told(message), None);
        }
    }

    /// A context has ended: whoever waits for it learns so.
    pub(crate) fn close_rpc(&self, context: &Context) {
        let unanswered = context.rpc.close();
        self.rpc.forget(context);
        self.fail_session(context, CANCELED);
        for reply in unanswered {
            for from in reply.take_callers() {
                self.fail_call(from, told(CANCELED), None);
            }
        }
    }

    /// A call that came too late for its context.
    pub(crate) fn missed(&self, turn: EventTurn) {
        if let EventTurn::Target(call) = turn {
            self.refuse_target(call, told(CANCELED));
        }
    }
}

/// A call of a chain, as it is made before it is sent.
pub(crate) fn pipelined(
    path: Vec<String>,
    args: Option<super::Parcel>,
    from: CallRef,
) -> Pipelined {
    Pipelined {
        call: MethodCall {
            path,
            args,
            then: Vec::new(),
        },
        from,
    }
}
