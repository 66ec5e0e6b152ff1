//! What an instance does for others: the calls that it answers, and what else it must not end for.

use std::rc::Rc;

use holdfast_object::Activity;
use holdfast_object::lifecycle::Event as Life;

use crate::context::Context;
use crate::core::Core;
use crate::message::{Call, CallKind};
use crate::reply::ReplyTo;

impl Core {
    /// The first turn of a call.
    pub(crate) fn start_call(self: &Rc<Self>, context: &Rc<Context>, call: Call) {
        let instance = context.instance().expect("an object's context");
        let object = self.object(&instance.key);
        object.backlog.borrow_mut().leave(call.kind.bytes());
        let wants_socket = call.kind.asks_for_socket();
        let timeout_ms = match &call.kind {
            CallKind::Socket(_) => object.sockets.borrow().event_timeout_ms(),
            _ => None,
        };
        let reply = {
            let mut calls = instance.calls.borrow_mut();
            let entry = calls.vacant_entry();
            let to = match &call.kind {
                CallKind::Socket(event) => ReplyTo::Socket(entry.key(), event.last_of()),
                _ => ReplyTo::Caller(call.from, entry.key()),
            };
            let reply = crate::reply::Reply::new(context, to, wants_socket);
            entry.insert(Rc::clone(&reply));
            reply
        };
        self.turn(context, |scope| {
            crate::start::object_call(scope, context, Rc::clone(&reply), call.kind)
        });
        if let Some(ms) = timeout_ms.filter(|_| reply.is_open()) {
            self.watch_handler(context, &reply, ms);
        }
    }

    /// A call was answered.
    pub(crate) fn call_answered(&self, context: &Rc<Context>, call: usize) {
        let instance = context.instance().expect("an object's context");
        instance.calls.borrow_mut().try_remove(call);
        instance.answered.set(instance.answered.get() + 1);
    }

    /// After a turn: what the lifecycle must know about calls answered and work in the background.
    pub(crate) fn report_activity(self: &Rc<Self>, context: &Rc<Context>) {
        let instance = context.instance().expect("an object's context");
        if context.has_ended() {
            return;
        }
        let (key, generation) = (instance.key, instance.generation);
        let object = self.object(&key);
        for _ in 0..instance.answered.replace(0) {
            self.live(
                &key,
                &object,
                Life::Ended {
                    generation,
                    activity: Activity::Request,
                },
            );
        }
        // A body that JavaScript feeds is an answer that is not complete: somebody reads it. A socket that
        // it listens to has somebody at its other end, and what a caller may still call has a caller.
        let streams = context.has_streams() || context.rpc.is_held();
        let states = [
            (
                &instance.reported_busy,
                context.is_busy() || instance.output.borrow().waiting() > 0,
                Activity::Background,
            ),
            (&instance.reported_streams, streams, Activity::Socket),
        ];
        for (reported, now, activity) in states {
            if reported.replace(now) == now {
                continue;
            }
            let event = if now {
                Life::Began {
                    generation,
                    activity,
                }
            } else {
                Life::Ended {
                    generation,
                    activity,
                }
            };
            self.live(&key, &object, event);
        }
    }
}
