//! Objects whose storage somebody works on from outside.

use std::rc::Rc;

use holdfast_object::lifecycle::{Event as Life, Phase};
use holdfast_object::{Cause, Generation};
use holdfast_workers::failure::Failure;

use crate::core::Core;
use crate::message::ObjectKey;
use crate::objects::Arrival;

/// What comes to an object while its storage is replaced.
#[derive(Default)]
pub(crate) struct Held {
    /// In order. The backlog bounds it.
    pub(crate) arrived: Vec<Life<Arrival, Failure>>,
    /// The instance that is to be built.
    pub(crate) next: Option<Generation>,
}

impl Core {
    /// Ends the instance of an object and its facets, and builds no other until [`Self::let_go`]: what arrives waits. False
    /// if it is held already.
    pub(crate) fn hold(self: &Rc<Self>, key: &ObjectKey) -> bool {
        let object = self.object(key);
        if object.held.borrow().is_some() {
            return false;
        }
        object.held.replace(Some(Held::default()));
        self.retire(key, &object);
        // They may have outlived an instance that was freed.
        let facets = object.facets.borrow_mut().take_all();
        for facet in facets {
            self.end_facet(&facet, &Failure::of(Cause::Retired));
        }
        true
    }

    /// The object is nobody's but its own again.
    pub(crate) fn let_go(self: &Rc<Self>, key: &ObjectKey) {
        let object = self.object(key);
        let held = object.held.take().unwrap_or_default();
        let starting = object.life.borrow().phase() == Phase::Starting;
        if let Some(generation) = held.next.filter(|_| starting) {
            self.activate(key, &object, generation);
        }
        for event in held.arrived {
            self.live(key, &object, event);
        }
        self.schedule(key, &object);
    }
}
