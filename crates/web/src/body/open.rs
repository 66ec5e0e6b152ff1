use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::fmt;
use std::rc::Rc;

use super::BodySender;

/// The bodies of one context that JavaScript feeds and has not ended.
///
/// They are kept here and not by the objects that JavaScript holds: those live until a collection, and the reader of a
/// body must learn at once that the context which made it is gone.
#[derive(Default)]
pub struct OpenBodies {
    senders: RefCell<HashMap<u64, BodySender>>,
    /// Never given twice, so that an object which outlives its body finds no other.
    next: Cell<u64>,
    /// How many bodies are on their way without JavaScript, to whose end it listens.
    held: Cell<usize>,
    over: Cell<bool>,
}

impl OpenBodies {
    /// How many bodies are open: neither finished nor failed nor given up by JavaScript.
    pub fn open(&self) -> usize {
        self.senders.borrow().len() + self.held.get()
    }

    /// A body that is open until this is dropped.
    pub(super) fn hold(bodies: &Rc<Self>) -> OpenHold {
        bodies.held.set(bodies.held.get() + 1);
        OpenHold(Rc::clone(bodies))
    }

    /// The context has ended: the reader of each open body, and of each that would be opened from now on, fails with
    /// [`BodyError::ConnectionLost`](super::BodyError::ConnectionLost) after the chunks that are on their way.
    pub fn fail_all(&self) {
        self.over.set(true);
        let senders = self.senders.take();
        // Dropped without an end, each tells its reader.
        drop(senders);
    }

    /// Keeps `sender`; the key leads to it.
    pub(super) fn add(&self, sender: BodySender) -> u64 {
        let key = self.next.get();
        self.next.set(key + 1);
        if !self.over.get() {
            self.senders.borrow_mut().insert(key, sender);
        }
        key
    }

    /// What `f` gives for an open body.
    pub(super) fn with<R>(&self, key: u64, f: impl FnOnce(&BodySender) -> R) -> Option<R> {
        self.senders.borrow().get(&key).map(f)
    }

    /// The sender of an open body, which is open no more.
    pub(super) fn take(&self, key: u64) -> Option<BodySender> {
        self.senders.borrow_mut().remove(&key)
    }
}

/// See [`OpenBodies::hold`].
pub(super) struct OpenHold(Rc<OpenBodies>);

impl Drop for OpenHold {
    fn drop(&mut self) {
        self.0.held.set(self.0.held.get() - 1);
    }
}

impl fmt::Debug for OpenBodies {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OpenBodies")
            .field("open", &self.open())
            .finish_non_exhaustive()
    }
}
