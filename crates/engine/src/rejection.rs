//! Promises rejected with nobody listening.

use std::ffi::c_void;

use mozjs::jsapi::{
    HandleObject, JSContext, PromiseRejectionHandlingState, SetPromiseRejectionTrackerCallback,
};
use mozjs::jsval::ObjectValue;

use crate::persist::Global;
use crate::runtime::Inner;
use crate::scope::Scope;

/// Something to tell about a rejected promise, once the microtasks of its turn have run.
pub struct RejectionEvent {
    /// The promise.
    pub promise: Global,
    /// The context in which it was rejected or handled.
    pub context: Option<Global>,
    /// `false`: rejected and unhandled. `true`: reported unhandled before, and handled now.
    pub handled: bool,
}

/// Rejections since the last look.
pub(crate) struct Rejections {
    pending: Vec<RejectionEvent>,
}

/// Rejections remembered between two looks; beyond it the turn is a runaway and only the first
/// ones are reported.
const PENDING_MAX: usize = 10_000;

impl Rejections {
    pub(crate) fn new() -> Self {
        Rejections {
            pending: Vec::new(),
        }
    }

    pub(crate) fn clear(&mut self) {
        self.pending.clear();
    }
}

/// # Safety
/// `cx` must be a live context.
pub(crate) unsafe fn install(cx: *mut JSContext) {
    // SAFETY: the callback has the right signature and finds its state through `cx`.
    unsafe { SetPromiseRejectionTrackerCallback(cx, Some(track), std::ptr::null_mut()) };
}

unsafe extern "C" fn track(
    cx: *mut JSContext,
    _muted: bool,
    promise: HandleObject,
    state: PromiseRejectionHandlingState,
    _data: *mut c_void,
) {
    // SAFETY: `cx` is live with a realm entered, since it is running JavaScript.
    let (inner, mut scope) = unsafe { (Inner::of(cx), Scope::new(cx)) };
    // SAFETY: `promise` is a rooted object.
    let promise = scope.root(ObjectValue(unsafe { *promise.ptr }));
    let handled = state == PromiseRejectionHandlingState::Handled;
    let mut events = std::mem::take(&mut inner.rejections.borrow_mut().pending);
    let before = events.len();
    if handled {
        events.retain(|event| {
            event.handled || scope.local(&event.promise).value().asBits_ != promise.value().asBits_
        });
    }
    // A promise handled in the same turn was never reported, so there is nothing to tell.
    if (!handled || events.len() == before) && events.len() < PENDING_MAX {
        let context = scope.current_context();
        events.push(RejectionEvent {
            promise: scope.persist(promise),
            context,
            handled,
        });
    }
    inner.rejections.borrow_mut().pending = events;
}

impl Scope<'_> {
    /// The rejections to report, taken; to be called when the turn's microtasks have run.
    pub fn take_rejections(&mut self) -> Vec<RejectionEvent> {
        std::mem::take(&mut self.inner().rejections.borrow_mut().pending)
    }
}
