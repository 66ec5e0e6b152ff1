//! What the driver and the lifecycle say to each other.

use super::{Activity, Generation};

/// What happened. `T` is the driver's token for something that wants to reach the object; `F` is
/// what callers of a broken instance get, cheap to clone.
#[derive(Debug)]
pub enum Event<T, F> {
    /// A call, an alarm or a socket's message for the object. Once admitted it counts as an
    /// [`Activity::Request`] until the driver reports its end.
    Arrived {
        /// Comes back in [`Decision::Admit`] or [`Decision::Refuse`].
        token: T,
        /// The generation that first served the caller's stub, if one did: a stub shares the fate of the
        /// instance it has reached (semantics §6.5).
        bound: Option<Generation>,
    },
    /// The instance was built, its constructor has returned.
    Constructed {
        /// Which instance.
        generation: Generation,
    },
    /// The instance must end: its constructor threw, a gate broke, a limit was exceeded.
    Failed {
        /// Which instance.
        generation: Generation,
        /// What its callers get.
        failure: F,
    },
    /// The destruction that [`Decision::Destroy`] asked for is complete.
    Released {
        /// Which instance.
        generation: Generation,
    },
    /// Something that matters for eviction began.
    Began {
        /// Which instance, or which one the client is connected to.
        generation: Generation,
        /// What.
        activity: Activity,
    },
    /// It ended.
    Ended {
        /// As given when it began.
        generation: Generation,
        /// What.
        activity: Activity,
    },
    /// The time of [`Lifecycle::deadline_ms`](super::Lifecycle::deadline_ms) has come (or any other time).
    Tick,
    /// The object is not to be served here any more: the node stops, or the object moves.
    Retire,
}

/// What is to be done, in the order given.
#[derive(Debug, PartialEq, Eq)]
pub enum Decision<T, F> {
    /// Open the object's storage and construct its class; report [`Event::Constructed`] or
    /// [`Event::Failed`].
    Activate {
        /// The new instance.
        generation: Generation,
    },
    /// Give the event to the input gate of this instance.
    Admit {
        /// Which instance.
        generation: Generation,
        /// The event.
        token: T,
    },
    /// Answer the caller with an error.
    Refuse {
        /// The event.
        token: T,
        /// Which error.
        refusal: Refusal<F>,
    },
    /// Shut the storage down, then stop JavaScript and break the gates; every call in flight fails
    /// with the reason. Report [`Event::Released`] when nothing of the instance is left.
    Destroy {
        /// Which instance.
        generation: Generation,
        /// Why.
        why: Ending<F>,
    },
}

/// Why a caller is turned away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal<F> {
    /// The instance that served its stub broke, or broke before it could serve it.
    Broken(F),
    /// The object is not served here any more: look up where it is, and call again.
    Retired,
}

/// Why an instance is destroyed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ending<F> {
    /// Nothing happened in it for a while. Hibernatable WebSockets stay connected.
    Idle,
    /// It was busy in the background, but had no client for a while.
    Clientless,
    /// It failed. Its WebSockets are disconnected.
    Broken(F),
    /// The object is not served here any more.
    Retired,
}
