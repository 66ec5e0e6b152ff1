//! How instances end, and what becomes of those who wait for them.

use std::rc::Rc;

use holdfast_object::lifecycle::{Ending, Event as Life};
use holdfast_object::{Cause, Generation};
use holdfast_workers::failure::Failure;

use super::Object;
use crate::context::Context;
use crate::core::Core;
use crate::instance::Output;
use crate::message::ObjectKey;

impl Core {
    /// The instance must end, for this reason.
    pub(crate) fn instance_failed(self: &Rc<Self>, context: &Rc<Context>, failure: Failure) {
        let instance = context.instance().expect("an object's context");
        let (key, generation) = (instance.key, instance.generation);
        let object = self.object(&key);
        context.silence();
        self.live(
            &key,
            &object,
            Life::Failed {
                generation,
                failure,
            },
        );
    }

    /// Ends an instance: storage first, then JavaScript, then whoever waits for it.
    pub(super) fn destroy(
        self: &Rc<Self>,
        key: &ObjectKey,
        object: &Rc<Object>,
        generation: Generation,
        why: Ending<Failure>,
    ) {
        let mut facets = object.facets.borrow_mut();
        let ends = facets.parent_ended(&why, |facet| facet.needs_parent());
        drop(facets);
        let is_over = matches!(why, Ending::Broken(_) | Ending::Retired);
        let failure = match why {
            Ending::Idle | Ending::Clientless => Failure::of(Cause::Evicted),
            Ending::Retired => Failure::of(Cause::Retired),
            Ending::Broken(failure) => failure,
        };
        if is_over {
            // The lifecycle knows that they are gone.
            drop(crate::sockets::cut_all(&object.sockets));
            let facet = object.facet.borrow().clone();
            if let Some(facet) = facet {
                self.facet_broke(&facet, &failure);
            }
        }
        for facet in ends {
            self.end_facet(&facet, &failure);
        }
        let Some(context) = object.instance.take() else {
            // A facet whose parent has not given its class yet.
            self.live(key, object, Life::Released { generation });
            return;
        };
        let instance = context.instance().expect("an object's context");
        debug_assert_eq!(instance.generation, generation);
        if let Some(storage) = instance.storage.get() {
            crate::storage::shut_down(storage, &failure);
        }
        self.end_context(&context);
        let waiting = instance.gate.borrow_mut().break_gate();
        for event in waiting {
            self.drop_event(key, object, event, &failure);
        }
        if instance.alarm_begun.replace(false) {
            self.alarm_lost(key, &failure, instance.alarm_retry.get());
        }
        let held = instance.output.borrow_mut().break_gate();
        for output in held {
            match output {
                // An answer that must not leave becomes the news that the instance is gone.
                Output::Return(shard, mut answer) => {
                    answer.answer = crate::turn::failed(&failure);
                    self.send_return(shard, answer);
                }
                // A socket that has lost a frame has lost its connection.
                Output::Frame(socket, _) => socket.disconnect(),
                Output::Call(_) | Output::Alarm(..) | Output::Wake(_) => {}
            }
        }
        let calls = std::mem::take(&mut *instance.calls.borrow_mut());
        for (_, reply) in calls {
            for from in reply.take_callers() {
                self.fail_call(from, failure.clone(), Some(generation));
            }
        }
        instance.target.take();
        self.live(key, object, Life::Released { generation });
    }

    pub(crate) fn retire(self: &Rc<Self>, key: &ObjectKey, object: &Rc<Object>) {
        let generation = object
            .instance
            .borrow()
            .as_ref()
            .and_then(|context| context.instance().map(|instance| instance.generation));
        if let Some(generation) = generation {
            let failure = Failure::of(Cause::Retired);
            self.live(
                key,
                object,
                Life::Failed {
                    generation,
                    failure,
                },
            );
        }
    }

    /// Ends all instances, because the shard stops.
    pub(crate) fn retire_all(self: &Rc<Self>) {
        for (key, object) in self.known_objects() {
            self.live(&key, &object, Life::Retire);
        }
        self.run_ready();
    }

    /// Ends the instances of a Worker's objects, because its program was replaced; the next call builds others.
    pub(crate) fn retire_worker(self: &Rc<Self>, worker: usize) {
        for (key, object) in self.known_objects() {
            let is_its = object
                .instance
                .borrow()
                .as_ref()
                .is_some_and(|context| context.program.plan.worker == worker);
            if is_its {
                self.retire(&key, &object);
            }
        }
        self.run_ready();
    }

    fn known_objects(&self) -> Vec<(ObjectKey, Rc<Object>)> {
        let objects = self.objects.borrow();
        objects.iter().map(|(k, o)| (*k, Rc::clone(o))).collect()
    }
}
