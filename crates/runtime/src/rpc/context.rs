//! What a context and a shard keep for calls by reference.

use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};

use holdfast_engine::Global;
use holdfast_object::Section;
use slab::Slab;

use super::capability::ContextId;
use super::channel::Channel;
use super::exports::Exports;
use super::message::Outgoing;
use crate::context::Context;
use crate::reply::Reply;

/// A value that others may call.
pub(crate) struct Exported {
    pub(crate) target: Global,
    /// The critical section it was made in: calls of it belong there.
    pub(crate) section: Section,
    /// It wants to know when nobody refers to it any more.
    pub(crate) disposes: bool,
}

/// One context's references, in both directions.
#[derive(Default)]
pub(crate) struct RpcContext {
    /// Its number, given when it first exports something.
    pub(crate) id: Cell<Option<ContextId>>,
    pub(crate) exports: RefCell<Exports<Exported>>,
    /// Stubs of others' exports that were not disposed of, and of facets.
    imports: RefCell<Slab<Weak<Channel>>>,
    /// Calls of exports under way in a request to the Worker; those in an object are the instance's.
    pub(crate) serving: RefCell<Slab<Rc<Reply>>>,
    /// It was made to answer a call, and lives as long as the caller refers to something in it.
    pub(crate) is_session: Cell<bool>,
    warned: Cell<bool>,
}

impl RpcContext {
    pub(crate) fn add_import(&self, channel: &Rc<Channel>) {
        let slot = self.imports.borrow_mut().insert(Rc::downgrade(channel));
        match &**channel {
            Channel::Export(import) => import.set_slot(slot),
            Channel::Facet(stub) => stub.slot.set(slot),
            Channel::Object(_) | Channel::Service(_) => {}
        }
    }

    pub(crate) fn remove_import(&self, slot: usize) {
        self.imports.borrow_mut().try_remove(slot);
    }

    /// How many exports and imports there are.
    pub(crate) fn counts(&self) -> (usize, usize) {
        (self.exports.borrow().len(), self.imports.borrow().len())
    }

    /// Somebody refers to something in this context.
    pub(crate) fn is_held(&self) -> bool {
        !self.exports.borrow().is_empty()
    }

    /// One warning in each context is enough.
    pub(crate) fn warns_first_time(&self) -> bool {
        !self.warned.replace(true)
    }

    /// The context has ended: nobody can call into it, and it lets go of what it refers to. Gives back the
    /// calls that will not be answered.
    pub(crate) fn close(&self) -> Vec<Rc<Reply>> {
        let exports = self.exports.borrow_mut().close();
        drop(exports);
        let imports = std::mem::take(&mut *self.imports.borrow_mut());
        for (_, channel) in imports {
            if let Some(channel) = channel.upgrade() {
                channel.dispose();
            }
        }
        let serving = std::mem::take(&mut *self.serving.borrow_mut());
        serving.into_iter().map(|(_, reply)| reply).collect()
    }
}

/// A shard's part.
#[derive(Default)]
pub(crate) struct RpcShard {
    /// Contexts that have exported something.
    pub(crate) contexts: RefCell<Slab<(u64, Weak<Context>)>>,
    next_serial: Cell<u64>,
    /// Calls that the running turn has sent; they leave at its end, with the calls of their results.
    pub(crate) outbox: RefCell<Vec<Outgoing>>,
}

impl RpcShard {
    /// The number by which others find `context`.
    pub(crate) fn id_of(&self, context: &Rc<Context>) -> ContextId {
        if let Some(id) = context.rpc.id.get() {
            return id;
        }
        let serial = self.next_serial.get();
        self.next_serial.set(serial + 1);
        let entry = (serial, Rc::downgrade(context));
        let slot = self.contexts.borrow_mut().insert(entry);
        let id = ContextId { slot, serial };
        context.rpc.id.set(Some(id));
        id
    }

    /// The context of this number, if it has not ended.
    pub(crate) fn find(&self, id: ContextId) -> Option<Rc<Context>> {
        let contexts = self.contexts.borrow();
        let (serial, context) = contexts.get(id.slot)?;
        if *serial != id.serial {
            return None;
        }
        context.upgrade().filter(|context| !context.has_ended())
    }

    pub(crate) fn forget(&self, context: &Context) {
        if let Some(id) = context.rpc.id.get() {
            let mut contexts = self.contexts.borrow_mut();
            if contexts
                .get(id.slot)
                .is_some_and(|(serial, _)| *serial == id.serial)
            {
                contexts.remove(id.slot);
            }
        }
    }
}
