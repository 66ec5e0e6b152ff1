//! What a stub of JavaScript holds: the way to whom it stands for.

use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};
use std::sync::Arc;

use holdfast_web::io::Level;

use super::capability::{Capability, Export, Service};
use crate::context::Context;
use crate::core::Core;
use crate::facets::FacetStub;
use crate::stub::Stub;

/// The host object behind a stub.
pub(crate) enum Channel {
    Object(Stub),
    Service(Arc<Service>),
    Export(Import),
    Facet(FacetStub),
}

/// A share in somebody's export, owned by the context in which the stub was made.
pub(crate) struct Import {
    share: RefCell<Option<Arc<Export>>>,
    owner: Weak<Context>,
    core: Weak<Core>,
    /// Its place in the owner's list.
    slot: Cell<usize>,
}

impl Channel {
    /// A stub's channel in `owner`, for whatever one may call.
    pub(crate) fn open(core: &Rc<Core>, owner: &Rc<Context>, to: Capability) -> Rc<Channel> {
        match to {
            Capability::Object { key, name } => Rc::new(Channel::Object(Stub::new(key, name))),
            Capability::Service(service) => Rc::new(Channel::Service(service)),
            Capability::Export(export) => {
                let channel = Rc::new(Channel::Export(Import {
                    share: RefCell::new(Some(export)),
                    owner: Rc::downgrade(owner),
                    core: Rc::downgrade(core),
                    slot: Cell::new(usize::MAX),
                }));
                owner.rpc.add_import(&channel);
                channel
            }
        }
    }

    /// The same, to be sent elsewhere; `None` if it was disposed of.
    pub(crate) fn capability(&self) -> Option<Capability> {
        match self {
            Channel::Object(stub) => Some(Capability::Object {
                key: stub.key,
                name: stub.name.clone(),
            }),
            Channel::Service(service) => Some(Capability::Service(Arc::clone(service))),
            Channel::Export(import) => import.share().map(Capability::Export),
            // It is of use to its parent only, and JavaScript refuses to send it.
            Channel::Facet(_) => None,
        }
    }

    pub(crate) fn dispose(&self) {
        match self {
            Channel::Export(import) => import.let_go(),
            Channel::Facet(stub) => stub.let_go(),
            Channel::Object(_) | Channel::Service(_) => {}
        }
    }

    /// The stub of an object, if it is one.
    pub(crate) fn object(&self) -> Option<&Stub> {
        match self {
            Channel::Object(stub) => Some(stub),
            _ => None,
        }
    }
}

impl Import {
    /// The export, unless it was disposed of.
    pub(crate) fn share(&self) -> Option<Arc<Export>> {
        self.share.borrow().clone()
    }

    /// Whether it was made in `context`.
    pub(crate) fn belongs_to(&self, context: &Rc<Context>) -> bool {
        std::ptr::eq(self.owner.as_ptr(), Rc::as_ptr(context))
    }

    /// Whether it was made in an object.
    pub(crate) fn is_of_object(&self) -> bool {
        self.owner
            .upgrade()
            .is_some_and(|owner| owner.instance().is_some())
    }

    pub(crate) fn set_slot(&self, slot: usize) {
        self.slot.set(slot);
    }

    pub(crate) fn let_go(&self) {
        let share = self.share.take();
        if share.is_some()
            && let Some(owner) = self.owner.upgrade()
        {
            owner.rpc.remove_import(self.slot.get());
        }
    }
}

const NOT_DISPOSED: &str = "An RPC stub was not disposed properly. You must call dispose() on all stubs in order to let \
    the other side know that you are no longer using them. You cannot rely on the garbage collector for this because it \
    may take arbitrarily long before actually collecting unreachable objects. As a shortcut, calling dispose() on the \
    result of an RPC call disposes all stubs within it.";

/// The collector found a stub that nobody can use any more: the last resort of those who forget to dispose.
impl Drop for Import {
    fn drop(&mut self) {
        if self.share.borrow().is_none() {
            return;
        }
        if let (Some(owner), Some(core)) = (self.owner.upgrade(), self.core.upgrade())
            && !owner.has_ended()
            && owner.rpc.warns_first_time()
        {
            let source = crate::io::source_of(Some(&owner));
            core.log.console(Level::Warn, &source, NOT_DISPOSED);
        }
        self.let_go();
    }
}
