//! The channel behind a stub.

use std::cell::{Cell, RefCell};

use holdfast_object::Generation;
use holdfast_workers::failure::Failure;

use crate::message::{Answer, ObjectKey};

/// What a stub's first call opens. It shares the fate of the instance that first answered it: when that
/// one breaks, calls through this stub fail until the program gets a new stub.
pub(crate) struct Stub {
    pub(crate) key: ObjectKey,
    pub(crate) name: Option<String>,
    pub(crate) bound: Cell<Option<Generation>>,
    /// How the instance it was bound to broke.
    pub(crate) broken: RefCell<Option<Failure>>,
}

impl Stub {
    pub(crate) fn new(key: ObjectKey, name: Option<String>) -> Stub {
        Stub {
            key,
            name,
            bound: Cell::new(None),
            broken: RefCell::new(None),
        }
    }

    /// An answer came.
    pub(crate) fn answered(&self, generation: Option<Generation>, answer: &Answer) {
        if self.bound.get().is_none() {
            self.bound.set(generation);
        }
        if let Answer::Failed(failure) = answer
            && failure.flags.durable_object_reset
        {
            self.broken.replace(Some(failure.clone()));
        }
    }
}
