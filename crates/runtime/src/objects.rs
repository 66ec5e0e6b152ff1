//! The objects of a shard: their lives, from the first call to eviction.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::Arc;

use holdfast_object::lifecycle::{Decision, Ending, Event as Life, Patience, Phase, Refusal};
use holdfast_object::{Activity, Backlog, BacklogLimits, Cause, Family, Generation, Lifecycle};
use holdfast_storage::{ErrorKind, StorageError};
use holdfast_workers::failure::Failure;

use crate::context::{Context, Kind};
use crate::core::Core;
use crate::facets::Facet;
use crate::held::Held;
use crate::instance::{Event, Instance, Output};
use crate::message::{Call, CallKind, ObjectKey};
use crate::program::Program;
use crate::reply::ReplyTo;
use crate::sockets::ObjectSockets;

/// Objects that one sweep looks at.
const SWEEP_MAX: usize = 32;

/// An object as its shard knows it, with or without an instance.
pub(crate) struct Object {
    pub(crate) life: RefCell<Lifecycle<Arrival, Failure>>,
    instance: RefCell<Option<Rc<Context>>>,
    backlog: RefCell<Backlog>,
    /// They outlive instances.
    pub(crate) sockets: ObjectSockets,
    /// Its facets that have been called; and what it is itself, if it is one.
    pub(crate) facets: RefCell<Family<Rc<Facet>>>,
    pub(crate) facet: RefCell<Option<Rc<Facet>>>,
    /// The name its first caller knew.
    name: RefCell<Option<String>>,
    /// When the lifecycle was last asked to be looked at.
    scheduled_ms: Cell<Option<u64>>,
    /// Somebody works on its storage.
    pub(crate) held: RefCell<Option<Held>>,
}

/// What wants to reach an object.
pub(crate) enum Arrival {
    Call(Box<Call>),
    /// Its alarm is due.
    Alarm,
    /// The row of an alarm that was given up is to be cleared.
    AlarmAbandoned,
}

impl Object {
    /// The context of the present instance.
    pub(crate) fn context(&self) -> Option<Rc<Context>> {
        self.instance.borrow().clone()
    }

    /// A call that waits in memory.
    pub(crate) fn enter(&self, bytes: u64) -> Result<(), holdfast_object::Overload> {
        self.backlog
            .borrow_mut()
            .enter(bytes, &BacklogLimits::default())
    }

    pub(crate) fn leave(&self, bytes: u64) {
        self.backlog.borrow_mut().leave(bytes);
    }
}

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

    /// The context of an object's present instance.
    pub(crate) fn instance_of(&self, key: &ObjectKey) -> Option<Rc<Context>> {
        self.objects.borrow().get(key)?.context()
    }

    pub(crate) fn object(&self, key: &ObjectKey) -> Rc<Object> {
        let mut objects = self.objects.borrow_mut();
        let object = objects.entry(*key).or_insert_with(|| {
            let idle_ms = Some(self.options.idle.as_millis() as u64);
            let patience = Patience {
                idle_ms,
                ..Patience::default()
            };
            Rc::new(Object {
                life: RefCell::new(Lifecycle::new(patience, self.last_generation.get())),
                instance: RefCell::new(None),
                backlog: RefCell::new(Backlog::default()),
                sockets: RefCell::default(),
                facets: RefCell::default(),
                facet: RefCell::default(),
                name: RefCell::new(None),
                scheduled_ms: Cell::new(None),
                held: RefCell::new(None),
            })
        });
        Rc::clone(object)
    }

    /// Tells the lifecycle what happened and does what it decides.
    pub(crate) fn live(
        self: &Rc<Self>,
        key: &ObjectKey,
        object: &Rc<Object>,
        event: Life<Arrival, Failure>,
    ) {
        if let Life::Arrived { .. } = &event
            && let Some(held) = &mut *object.held.borrow_mut()
        {
            held.arrived.push(event);
            return;
        }
        let mut decisions = Vec::new();
        object
            .life
            .borrow_mut()
            .handle(event, self.now_ms(), &mut decisions);
        for decision in decisions {
            match decision {
                Decision::Activate { generation } => {
                    let held = object.held.borrow_mut().as_mut().map(|held| {
                        held.next = Some(generation);
                    });
                    if held.is_none() {
                        self.activate(key, object, generation);
                    }
                }
                Decision::Admit { token, .. } => self.admit(object, token),
                Decision::Refuse { token, refusal } => {
                    let failure = match refusal {
                        Refusal::Broken(failure) => failure,
                        Refusal::Retired => Failure::of(Cause::Retired),
                    };
                    self.turn_away(key, object, token, failure);
                }
                Decision::Destroy { generation, why } => self.destroy(key, object, generation, why),
            }
        }
        self.schedule(key, object);
    }

    pub(crate) fn activate(
        self: &Rc<Self>,
        key: &ObjectKey,
        object: &Rc<Object>,
        generation: Generation,
    ) {
        let facet = object.facet.borrow().clone();
        if let Some(facet) = facet {
            self.activate_facet(object, facet, generation);
            return;
        }
        // Where no program has the class any more, its constructor's turn says so.
        let program = self.programs.of_class(key.class);
        let program = program.unwrap_or_else(|| self.programs.first());
        let class = program.plan.class(key.class);
        let unique_key = class.map_or(Arc::from(""), |(_, class)| Arc::clone(&class.unique_key));
        let name = object.name.borrow().clone();
        let instance = Instance::new(*key, name, generation, unique_key);
        self.begin_instance(object, program, instance);
    }

    /// Makes the context of a new instance, whose first turn is its constructor's.
    pub(crate) fn begin_instance(&self, object: &Object, program: Rc<Program>, instance: Instance) {
        let refused = instance
            .gate
            .borrow_mut()
            .event(holdfast_object::Section::ROOT, Event::Construct);
        debug_assert!(refused.is_ok(), "a fresh gate is open");
        let context = Context::new(program, Kind::Object(Box::new(instance)));
        object.instance.replace(Some(Rc::clone(&context)));
        self.make_ready(&context);
    }

    /// Nothing comes of what has arrived.
    fn turn_away(&self, key: &ObjectKey, object: &Object, arrival: Arrival, failure: Failure) {
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

    fn admit(&self, object: &Rc<Object>, arrival: Arrival) {
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

    /// An event that waited at a gate which broke.
    fn drop_event(&self, key: &ObjectKey, object: &Object, event: Event, failure: &Failure) {
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
    fn destroy(
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

    // --- the idle clock ---------------------------------------------------------------------------

    pub(crate) fn schedule(&self, key: &ObjectKey, object: &Rc<Object>) {
        let life = object.life.borrow();
        if let Some(scheduled) = object.scheduled_ms.get() {
            // Something that kept it may have ended since: then its time comes sooner.
            if let Some(sooner) = life.deadline_ms().filter(|at| *at < scheduled) {
                let mut deadlines = self.deadlines.borrow_mut();
                deadlines.remove(&(scheduled, *key));
                deadlines.insert((sooner, *key));
                object.scheduled_ms.set(Some(sooner));
            }
            return;
        }
        if life.phase() == Phase::Cold {
            // Facets of which nothing is left are asked for anew.
            let objects = self.objects.borrow();
            let mut facets = object.facets.borrow_mut();
            facets.keep(|facet| objects.contains_key(&facet.key));
            if !facets.is_empty() {
                return;
            }
        }
        if let Some(deadline) = life.deadline_ms() {
            object.scheduled_ms.set(Some(deadline));
            self.deadlines.borrow_mut().insert((deadline, *key));
        } else if life.may_be_forgotten()
            && life.phase() == Phase::Cold
            && object.held.borrow().is_none()
        {
            self.last_generation
                .set(self.last_generation.get().max(life.generation()));
            drop(life);
            self.objects.borrow_mut().remove(key);
            let facet = object.facet.take();
            if let Some(facet) = facet {
                self.facet_forgotten(&facet);
            }
        }
    }

    /// Looks at the objects whose time has come, but not at too many at once: closing a database
    /// takes a moment each. Says whether there are more.
    pub(crate) fn sweep(self: &Rc<Self>) -> bool {
        let now_ms = self.now_ms();
        for _ in 0..SWEEP_MAX {
            let due = {
                let mut deadlines = self.deadlines.borrow_mut();
                match deadlines.first() {
                    Some((deadline, _)) if *deadline <= now_ms => deadlines.pop_first(),
                    _ => None,
                }
            };
            let Some((_, key)) = due else { return false };
            let Some(object) = self.objects.borrow().get(&key).map(Rc::clone) else {
                continue;
            };
            object.scheduled_ms.set(None);
            self.live(&key, &object, Life::Tick);
            self.run_ready();
        }
        true
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
}

/// What callers are told of an object that its storage has failed. What is the machine's business stays in the log.
pub(crate) fn storage_failure(error: &StorageError) -> Failure {
    let flags = Cause::CommitFailed.flags();
    if error.kind == ErrorKind::Internal {
        let reference = holdfast_storage::reference();
        tracing::error!(%reference, "an object's storage failed: {error}");
        return Failure::with_message(&format!("internal error; reference = {reference}"), flags);
    }
    Failure::with_message(&error.message, flags)
}
