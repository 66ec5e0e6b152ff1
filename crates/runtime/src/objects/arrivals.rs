//! What wants to reach an object: its way to the gate of an instance, or away.

use std::rc::Rc;

use holdfast_object::lifecycle::Event as Life;
use holdfast_object::{BacklogLimits, Cause};
use holdfast_workers::failure::Failure;

use super::{Arrival, Object};
use crate::core::Core;
use crate::instance::Event;
use crate::message::{Call, CallKind, ObjectKey};

impl Core {
    /// A call has arrived for an object of this shard.
    pub(crate) fn arrive(self: &Rc<Self>, call: Call) {
        let key = call.key;
        let object = if call.to_facet {
            match self.facet_arrived_at(call.from) {
                Ok(object) => object,
                Err(failure) => {
                    self.refuse(call, failure);
                    return;
                }
            }
        } else {
            self.object(&key)
        };
        if call.name.is_some() && object.name.borrow().is_none() {
            object.name.replace(call.name.clone());
        }
        let bytes = call.kind.bytes();
        let entered = match &call.kind {
            // A message that was received is not refused; each socket has one under way at most.
            CallKind::Socket(_) => {
                object.backlog.borrow_mut().enter_regardless(bytes);
                Ok(())
            }
            _ => object
                .backlog
                .borrow_mut()
                .enter(bytes, &BacklogLimits::default()),
        };
        if let Err(overload) = entered {
            self.refuse(call, Failure::of(Cause::Overloaded(overload)));
            return;
        }
        let bound = call.bound;
        self.live(
            &key,
            &object,
            Life::Arrived {
                token: Arrival::Call(Box::new(call)),
                bound,
            },
        );
    }

    /// The alarm of an object of this shard is due.
    pub(crate) fn arrive_alarm(self: &Rc<Self>, key: &ObjectKey, name: Option<String>) {
        let object = self.object(key);
        if name.is_some() && object.name.borrow().is_none() {
            object.name.replace(name);
        }
        self.arrive_unbound(key, &object, Arrival::Alarm);
    }

    /// The alarm of an object was given up.
    pub(crate) fn arrive_abandoned(self: &Rc<Self>, key: &ObjectKey) {
        let object = self.object(key);
        self.arrive_unbound(key, &object, Arrival::AlarmAbandoned);
    }

    fn arrive_unbound(self: &Rc<Self>, key: &ObjectKey, object: &Rc<Object>, token: Arrival) {
        self.live(key, object, Life::Arrived { token, bound: None });
    }

    pub(super) fn admit(&self, object: &Rc<Object>, arrival: Arrival) {
        let context = object
            .instance
            .borrow()
            .clone()
            .expect("calls are admitted to an instance");
        let instance = context.instance().expect("an object's context");
        let event = match arrival {
            Arrival::Call(call) => Event::Call(call),
            Arrival::Alarm => Event::Alarm,
            Arrival::AlarmAbandoned => Event::AlarmAbandoned,
        };
        let admitted = instance
            .gate
            .borrow_mut()
            .event(holdfast_object::Section::ROOT, event);
        match admitted {
            Ok(()) => self.make_ready(&context),
            Err(refused) => {
                // The gate broke, and the lifecycle will hear of it at the end of this turn.
                let failure = instance.doom.borrow().clone();
                let failure = failure.unwrap_or_else(|| Failure::of(Cause::Evicted));
                self.drop_event(&instance.key, object, refused.token, &failure);
            }
        }
    }

    /// Nothing comes of what has arrived.
    pub(super) fn turn_away(
        &self,
        key: &ObjectKey,
        object: &Object,
        arrival: Arrival,
        failure: Failure,
    ) {
        match arrival {
            Arrival::Call(call) => {
                object.backlog.borrow_mut().leave(call.kind.bytes());
                self.refuse(*call, failure);
            }
            Arrival::Alarm => {
                self.alarms.started();
                self.alarm_lost(key, &failure, true);
            }
            // The next instance clears it before its constructor.
            Arrival::AlarmAbandoned => {}
        }
    }

    /// An event that waited at a gate which broke.
    pub(super) fn drop_event(
        &self,
        key: &ObjectKey,
        object: &Object,
        event: Event,
        failure: &Failure,
    ) {
        let arrival = match event {
            Event::Call(call) => Arrival::Call(call),
            Event::Alarm => Arrival::Alarm,
            Event::Target(call) => {
                object.leave(call.call.bytes());
                self.refuse_target(call, failure.clone());
                return;
            }
            _ => return,
        };
        self.turn_away(key, object, arrival, failure.clone());
    }
}
