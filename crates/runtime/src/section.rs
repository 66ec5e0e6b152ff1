//! Critical sections: `blockConcurrencyWhile` and `storage.transaction`.

use std::cell::{Cell, RefCell};

use holdfast_engine::{Global, Resolver, Scope, Thrown};
use holdfast_object::Section;

/// A section takes at most this long, in ms (semantics §2.3).
pub(crate) const SECTION_MS_MAX: u64 = 30_000;

/// One call of a critical section, from the request to the continuation of its caller.
pub(crate) struct SectionCall {
    pub(crate) callback: Global,
    /// The async context of the caller, in which the callback runs.
    pub(crate) frame: Option<Global>,
    /// A failure of the callback breaks the object.
    pub(crate) breaks: bool,
    /// Set when it starts.
    pub(crate) section: Cell<Option<Section>>,
    pub(crate) resolver: RefCell<Option<Resolver>>,
    /// How it ended: the value, or the reason of a failure that does not break the object.
    pub(crate) outcome: RefCell<Option<(bool, Global)>>,
}

impl SectionCall {
    /// Tells the caller how it ended, in the turn that continues after it.
    pub(crate) fn settle(&self, scope: &mut Scope<'_>) -> Result<(), Thrown> {
        let (Some(resolver), Some((ok, value))) = (self.resolver.take(), self.outcome.take())
        else {
            return Ok(());
        };
        let value = scope.local(&value);
        if ok {
            resolver.resolve(scope, value)
        } else {
            resolver.reject(scope, value)
        }
    }
}
