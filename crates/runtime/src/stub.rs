//! The channel behind a stub.

use std::cell::Cell;

use holdfast_object::Generation;

use crate::message::ObjectKey;

/// What a stub's first call opens. It shares the fate of the instance that first answered it: when that
/// one breaks, calls through this stub fail until the program gets a new stub.
pub(crate) struct Stub {
    pub(crate) key: ObjectKey,
    pub(crate) name: Option<String>,
    pub(crate) bound: Cell<Option<Generation>>,
}

impl Stub {
    pub(crate) fn new(key: ObjectKey, name: Option<String>) -> Stub {
        Stub { key, name, bound: Cell::new(None) }
    }

    /// An answer came from this instance.
    pub(crate) fn answered_by(&self, generation: Option<Generation>) {
        if self.bound.get().is_none() {
            self.bound.set(generation);
        }
    }
}
