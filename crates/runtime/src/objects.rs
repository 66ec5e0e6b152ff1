//! The objects of a shard: their lives, from the first call to eviction.

mod activity;
mod arrivals;
mod endings;
mod idle;

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::Arc;

use holdfast_object::lifecycle::{Decision, Event as Life, Patience, Refusal};
use holdfast_object::{Backlog, BacklogLimits, Cause, Family, Generation, Lifecycle};
use holdfast_workers::failure::Failure;

use crate::context::{Context, Kind};
use crate::core::Core;
use crate::facets::Facet;
use crate::held::Held;
use crate::instance::{Event, Instance};
use crate::message::{Call, ObjectKey};
use crate::program::Program;
use crate::sockets::ObjectSockets;

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
}
