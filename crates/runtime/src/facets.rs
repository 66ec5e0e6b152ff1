//! Facets: objects inside an object.
//!
//! A facet is an object of its own (its life, its gates, its database) whose key is made from the path of names that leads
//! to it, and which is on the shard of its root. Only its parent can call it. The first call asks the parent for a
//! class; what it answers is kept for as long as the parent lets the facet live, so that neither a facet nor its
//! hibernating sockets need the parent again.
//!
//! What holds:
//! - A name leads to one [`Facet`] at a time, and everybody who has called that one shares its end.
//! - A facet ends with an instance of its parent that breaks, and with no other; then all below it end as well.
//! - Facets are found by what the store's catalogue says of their databases, where each is named by its path.

mod stored;

use std::cell::{Cell, OnceCell, RefCell};
use std::rc::{Rc, Weak};
use std::sync::Arc;

use holdfast_engine::Global;
use holdfast_object::lifecycle::{Event as Life, Phase};
use holdfast_object::{Activity, Cause, FacetPath, Flags, Generation, Section};
use holdfast_workers::failure::Failure;

pub use self::stored::{FacetCount, class_of, count_facets, facet_named, facets_of, root_class};
pub(crate) use self::stored::{is_class_of_facets, with_facets};
use crate::context::Context;
use crate::core::Core;
use crate::instance::{Event, Instance};
use crate::message::{CallRef, ClassId, ObjectKey};
use crate::objects::Object;
use crate::rpc::{Channel, not_running};

/// A facet that has been called.
pub(crate) struct Facet {
    pub(crate) key: ObjectKey,
    pub(crate) path: FacetPath,
    /// The unique key of the root's class.
    root_class: Arc<str>,
    parent: ObjectKey,
    /// Whom to ask when it is first started.
    asked: RefCell<Option<Asked>>,
    /// What the parent answered.
    startup: RefCell<Option<Rc<Startup>>>,
    /// The parent's answer was an error, which stays until the facet is aborted.
    refused: RefCell<Option<Failure>>,
    /// It has ended for good; another may have its name.
    ended: RefCell<Option<Failure>>,
}

/// Who knows the class of a facet.
struct Asked {
    context: Weak<Context>,
    callback: Rc<Global>,
    /// Where in the parent it was called first.
    section: Section,
}

/// How a facet is to be built.
pub(crate) struct Startup {
    /// The Worker that has its class.
    pub(crate) worker: String,
    /// The name of the export.
    pub(crate) class: String,
    /// `ctx.props`, serialised; `None` for none.
    pub(crate) props: Option<Vec<u8>>,
    pub(crate) id: ShownId,
}

/// What an object has as `ctx.id`.
#[derive(Clone)]
pub(crate) enum ShownId {
    /// A `DurableObjectId`.
    Object { hex: String, name: Option<String> },
    /// Facets may have any text.
    Text(String),
}

/// What an instance of a facet knows of itself.
#[derive(Clone)]
pub(crate) struct FacetRole {
    pub(crate) facet: Rc<Facet>,
    pub(crate) startup: Rc<Startup>,
}

/// A question to the parent, answered once.
pub(crate) struct FacetStart {
    facet: Rc<Facet>,
    generation: Generation,
    pub(crate) callback: Rc<Global>,
}

/// What a stub of a facet holds.
pub(crate) struct FacetStub {
    owner: Weak<Context>,
    name: String,
    path: FacetPath,
    /// Let go of when the owner ends: it may refer to the stub.
    callback: RefCell<Option<Rc<Global>>>,
    /// Whom its first call found.
    facet: OnceCell<Rc<Facet>>,
    /// Its place in the owner's list.
    pub(crate) slot: Cell<usize>,
}

impl Facet {
    /// Why it cannot be called.
    pub(crate) fn failure(&self) -> Option<Failure> {
        let ended = self.ended.borrow().clone();
        ended.or_else(|| self.refused.borrow().clone())
    }

    /// It cannot be started without its parent, which has not given its class.
    pub(crate) fn needs_parent(&self) -> bool {
        self.startup.borrow().is_none()
    }

    /// The unique key of the class whose object is at the root.
    pub(crate) fn root_class(&self) -> &Arc<str> {
        &self.root_class
    }

    fn end(&self, failure: &Failure) {
        self.ended.borrow_mut().get_or_insert(failure.clone());
        self.asked.take();
    }

    fn name(&self) -> &str {
        self.path.names().last().expect("a facet has a name")
    }
}

impl FacetStub {
    pub(crate) fn new(
        owner: &Rc<Context>,
        name: String,
        path: FacetPath,
        callback: Global,
    ) -> FacetStub {
        FacetStub {
            owner: Rc::downgrade(owner),
            name,
            path,
            callback: RefCell::new(Some(Rc::new(callback))),
            facet: OnceCell::new(),
            slot: Cell::new(usize::MAX),
        }
    }

    pub(crate) fn belongs_to(&self, context: &Rc<Context>) -> bool {
        std::ptr::eq(self.owner.as_ptr(), Rc::as_ptr(context))
    }

    pub(crate) fn let_go(&self) {
        self.callback.take();
    }
}

impl Drop for FacetStub {
    fn drop(&mut self) {
        if let Some(owner) = self.owner.upgrade() {
            owner.rpc.remove_import(self.slot.get());
        }
    }
}

impl Core {
    // --- calling ----------------------------------------------------------------------------------

    /// The facet that a stub stands for; from now on the stub shares its end.
    pub(crate) fn connect(&self, context: &Rc<Context>, stub: &FacetStub) -> Rc<Facet> {
        let facet = stub.facet.get_or_init(|| {
            let instance = context.instance().expect("only objects have facets");
            let parent = self.object(&instance.key);
            let callback = stub.callback.borrow().clone();
            let asked = callback.map(|callback| Asked {
                context: Rc::downgrade(context),
                callback,
                section: instance.section(),
            });
            let root_class = &instance.root_class;
            parent.facets.borrow_mut().enter(&stub.name, || {
                Rc::new(Facet {
                    key: key_of(root_class, &stub.path),
                    path: stub.path.clone(),
                    root_class: Arc::clone(root_class),
                    parent: instance.key,
                    asked: RefCell::new(asked),
                    startup: RefCell::default(),
                    refused: RefCell::default(),
                    ended: RefCell::default(),
                })
            })
        });
        Rc::clone(facet)
    }

    /// The object that a call of a facet has arrived at.
    pub(crate) fn facet_arrived_at(&self, from: CallRef) -> Result<Rc<Object>, Failure> {
        let channel = {
            let calls = self.calls.borrow();
            let waiting = calls.get(from.call.slot);
            waiting
                .filter(|waiting| waiting.serial == from.call.serial)
                .and_then(|waiting| waiting.channel.clone())
        };
        let facet = match channel.as_deref() {
            Some(Channel::Facet(stub)) => stub.facet.get().map(Rc::clone),
            _ => None,
        };
        // Without its caller, which nobody else can be, it is not wanted any more.
        let facet = facet.ok_or_else(|| Failure::of(Cause::Evicted))?;
        match facet.failure() {
            Some(failure) => Err(failure),
            None => {
                let object = self.object(&facet.key);
                object.facet.replace(Some(facet));
                Ok(object)
            }
        }
    }

    // --- starting ---------------------------------------------------------------------------------

    /// The lifecycle wants an instance of a facet.
    pub(crate) fn activate_facet(
        self: &Rc<Self>,
        object: &Rc<Object>,
        facet: Rc<Facet>,
        generation: Generation,
    ) {
        let startup = facet.startup.borrow().clone();
        match startup {
            Some(startup) => self.build_facet(object, facet, startup, generation),
            None if self.ask_for_class(&facet, generation) => {}
            None => {
                let failure = Failure::of(Cause::Evicted);
                self.facet_failed(object, &facet, generation, failure);
            }
        }
    }

    fn ask_for_class(&self, facet: &Rc<Facet>, generation: Generation) -> bool {
        let Some(asked) = facet.asked.take() else {
            return false;
        };
        let Some(parent) = asked.context.upgrade().filter(|parent| !parent.has_ended()) else {
            return false;
        };
        let instance = parent.instance().expect("only objects have facets");
        let start = Rc::new(FacetStart {
            facet: Rc::clone(facet),
            generation,
            callback: asked.callback,
        });
        // Where the call was made, so that a critical section can use a facet.
        let mut gate = instance.gate.borrow_mut();
        let waits = gate.event(asked.section, Event::StartFacet(start));
        drop(gate);
        if waits.is_ok() {
            self.make_ready(&parent);
        }
        waits.is_ok()
    }

    /// The parent has given a class.
    pub(crate) fn facet_started(self: &Rc<Self>, start: &FacetStart, startup: Startup) {
        let facet = &start.facet;
        if facet.failure().is_some() {
            return;
        }
        let startup = Rc::new(startup);
        facet.startup.replace(Some(Rc::clone(&startup)));
        if let Some(object) = self.starting(start) {
            self.build_facet(&object, Rc::clone(facet), startup, start.generation);
        }
    }

    /// The parent has failed to give a class.
    pub(crate) fn facet_refused(self: &Rc<Self>, start: &FacetStart, failure: Failure) {
        let facet = &start.facet;
        if facet.failure().is_some() {
            return;
        }
        facet.refused.replace(Some(failure.clone()));
        if let Some(object) = self.starting(start) {
            self.facet_failed(&object, facet, start.generation, failure);
        }
    }

    /// The object that waits for this answer.
    fn starting(&self, start: &FacetStart) -> Option<Rc<Object>> {
        let object = self.objects.borrow().get(&start.facet.key).map(Rc::clone)?;
        let waits = {
            let life = object.life.borrow();
            life.phase() == Phase::Starting && life.generation() == start.generation
        };
        waits.then_some(object)
    }

    fn build_facet(
        self: &Rc<Self>,
        object: &Rc<Object>,
        facet: Rc<Facet>,
        startup: Rc<Startup>,
        generation: Generation,
    ) {
        let Some(program) = self.programs.named(&startup.worker) else {
            let failure = Failure::with_message(&not_running(&startup.worker), Flags::default());
            self.facet_failed(object, &facet, generation, failure);
            return;
        };
        let instance = Instance::of_facet(FacetRole { facet, startup }, generation);
        self.begin_instance(object, program, instance);
    }

    fn facet_failed(
        self: &Rc<Self>,
        object: &Rc<Object>,
        facet: &Facet,
        generation: Generation,
        failure: Failure,
    ) {
        let event = Life::Failed {
            generation,
            failure,
        };
        self.live(&facet.key, object, event);
    }

    // --- ending -----------------------------------------------------------------------------------

    /// The instance of a facet has broken: whoever has called it is told so, and the next of the name is another one.
    pub(crate) fn facet_broke(&self, facet: &Rc<Facet>, failure: &Failure) {
        // A class that could not be had stays so until the parent aborts the facet.
        if facet.refused.borrow().is_some() {
            return;
        }
        facet.end(failure);
        let parent = self.objects.borrow().get(&facet.parent).map(Rc::clone);
        if let Some(parent) = parent {
            let mut family = parent.facets.borrow_mut();
            family.leave(facet.name(), |known| Rc::ptr_eq(known, facet));
        }
    }

    /// Ends a facet and all below it, with or without instances.
    pub(crate) fn end_facet(self: &Rc<Self>, facet: &Rc<Facet>, failure: &Failure) {
        facet.end(failure);
        let Some(object) = self.objects.borrow().get(&facet.key).map(Rc::clone) else {
            return;
        };
        let generation = object.life.borrow().generation();
        self.facet_failed(&object, facet, generation, failure.clone());
        // What was left because it had no instance.
        for generation in crate::sockets::cut_all(&object.sockets) {
            let event = Life::Ended {
                generation,
                activity: Activity::HibernatableSocket,
            };
            self.live(&facet.key, &object, event);
        }
        let below = object.facets.borrow_mut().take_all();
        for facet in below {
            self.end_facet(&facet, failure);
        }
        let is_known = {
            let objects = self.objects.borrow();
            let known = objects.get(&facet.key);
            known.is_some_and(|known| Rc::ptr_eq(known, &object))
        };
        if is_known {
            self.schedule(&facet.key, &object);
        }
    }

    /// The parent wants the facet of this name to end, if it has been called.
    pub(crate) fn abort_facet(self: &Rc<Self>, parent: &Instance, name: &str, failure: &Failure) {
        let object = self.object(&parent.key);
        let facet = object.facets.borrow_mut().leave(name, |_| true);
        if let Some(facet) = facet {
            self.end_facet(&facet, failure);
        }
    }

    /// A facet was forgotten. Its parent may have stayed only because of it.
    pub(crate) fn facet_forgotten(&self, facet: &Facet) {
        let parent = self.objects.borrow().get(&facet.parent).map(Rc::clone);
        if let Some(parent) = parent {
            self.schedule(&facet.parent, &parent);
        }
    }
}

/// The key of a facet: all of a class's facets are of a class of their own.
fn key_of(root_class: &str, path: &FacetPath) -> ObjectKey {
    ObjectKey {
        class: ClassId::of(&class_of(root_class)),
        id: path.id(),
    }
}
