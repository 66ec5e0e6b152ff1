//! Promises made and settled from Rust.

use mozjs::glue::JS_GetPromiseResult;
use mozjs::jsapi::{
    AddPromiseReactions, CallOriginalPromiseResolve, GetPromiseState, NewPromiseObject,
    RejectPromise, ResolvePromise, SetAnyPromiseIsHandled,
};
use mozjs::rooted;

use crate::handles::Local;
use crate::persist::Global;
use crate::scope::{JsResult, Scope, Thrown};

/// The right to settle one promise, in this turn or a later one.
pub struct Resolver {
    promise: Global,
}

/// Where a promise stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PromiseState {
    /// Not settled.
    Pending,
    /// Settled with a value.
    Fulfilled,
    /// Settled with a reason.
    Rejected,
}

impl Resolver {
    /// Whether this is the right to settle `promise`.
    pub fn settles(&self, scope: &mut Scope<'_>, promise: Local<'_>) -> bool {
        let own = scope.local(&self.promise);
        promise.is_object() && own.value().to_object() == promise.value().to_object()
    }

    /// Resolves the promise with `value` (a promise or thenable is followed).
    pub fn resolve(self, scope: &mut Scope<'_>, value: Local<'_>) -> Result<(), Thrown> {
        let promise = scope.local(&self.promise);
        rooted!(in(scope.cx()) let promise = promise.value().to_object());
        // SAFETY: both are rooted.
        let done = unsafe { ResolvePromise(scope.cx(), promise.handle().into(), value.handle()) };
        if done { Ok(()) } else { Err(Thrown) }
    }

    /// Rejects the promise with `reason`.
    pub fn reject(self, scope: &mut Scope<'_>, reason: Local<'_>) -> Result<(), Thrown> {
        let promise = scope.local(&self.promise);
        rooted!(in(scope.cx()) let promise = promise.value().to_object());
        // SAFETY: both are rooted.
        let done = unsafe { RejectPromise(scope.cx(), promise.handle().into(), reason.handle()) };
        if done { Ok(()) } else { Err(Thrown) }
    }

    /// Settles the promise as `result` says: with its value, or with the exception it left pending.
    pub fn settle(self, scope: &mut Scope<'_>, result: JsResult<'_>) -> Result<(), Thrown> {
        match result {
            Ok(value) => self.resolve(scope, value),
            Err(Thrown) => match scope.try_take_exception() {
                Some(reason) => self.reject(scope, reason),
                None => Err(Thrown), // terminated: the turn is over
            },
        }
    }
}

impl<'s> Scope<'s> {
    /// A new promise and the right to settle it.
    pub fn promise(&mut self) -> Result<(Local<'s>, Resolver), Thrown> {
        rooted!(in(self.cx()) let executor = std::ptr::null_mut::<mozjs::jsapi::JSObject>());
        // SAFETY: a null executor makes a promise for ResolvePromise and RejectPromise.
        let promise = unsafe { NewPromiseObject(self.cx(), executor.handle().into()) };
        let promise = self.root_object(promise)?;
        let resolver = Resolver {
            promise: self.persist(promise),
        };
        Ok((promise, resolver))
    }

    /// `Promise.resolve(value)` with the original constructor.
    pub fn promise_resolve(&mut self, value: Local<'_>) -> JsResult<'s> {
        // SAFETY: a rooted value.
        let promise = unsafe { CallOriginalPromiseResolve(self.cx(), value.handle()) };
        self.root_object(promise)
    }

    /// A rejected promise.
    pub fn promise_reject(&mut self, reason: Local<'_>) -> JsResult<'s> {
        // SAFETY: a rooted value.
        let promise =
            unsafe { mozjs::jsapi::CallOriginalPromiseReject(self.cx(), reason.handle()) };
        self.root_object(promise)
    }

    /// Where a native promise stands, or `None` if `value` is none.
    pub fn promise_state(&mut self, value: Local<'_>) -> Option<PromiseState> {
        if !self.is_promise(value) {
            return None;
        }
        rooted!(in(self.cx()) let promise = value.value().to_object());
        // SAFETY: a rooted promise.
        let state = unsafe { GetPromiseState(promise.handle().into()) };
        Some(match state {
            mozjs::jsapi::PromiseState::Pending => PromiseState::Pending,
            mozjs::jsapi::PromiseState::Fulfilled => PromiseState::Fulfilled,
            mozjs::jsapi::PromiseState::Rejected => PromiseState::Rejected,
        })
    }

    /// The value or reason of a settled promise.
    ///
    /// # Panics
    /// When `value` is not a native promise, or a pending one.
    pub fn promise_result(&mut self, value: Local<'_>) -> Local<'s> {
        let state = self.promise_state(value);
        assert!(matches!(
            state,
            Some(PromiseState::Fulfilled | PromiseState::Rejected)
        ));
        let result = self.undefined();
        rooted!(in(self.cx()) let promise = value.value().to_object());
        // SAFETY: a rooted, settled promise.
        unsafe { JS_GetPromiseResult(promise.handle().into(), result.handle_mut()) };
        result
    }

    /// Calls one of the two functions when `promise` settles, as `promise.then` does, but without
    /// looking up anything that the program could have replaced.
    ///
    /// # Panics
    /// When `promise` is not a native promise, or one of the others not a function.
    pub fn on_settled(
        &mut self,
        promise: Local<'_>,
        fulfilled: Local<'_>,
        rejected: Local<'_>,
    ) -> Result<(), Thrown> {
        // SpiderMonkey takes both on trust.
        assert!(self.is_promise(promise), "a native promise");
        assert!(
            self.is_function(fulfilled) && self.is_function(rejected),
            "two functions"
        );
        rooted!(in(self.cx()) let promise = promise.value().to_object());
        rooted!(in(self.cx()) let fulfilled = fulfilled.value().to_object());
        rooted!(in(self.cx()) let rejected = rejected.value().to_object());
        // SAFETY: all are rooted objects of the right kinds.
        let done = unsafe {
            AddPromiseReactions(
                self.cx(),
                promise.handle().into(),
                fulfilled.handle().into(),
                rejected.handle().into(),
            )
        };
        if done { Ok(()) } else { Err(Thrown) }
    }

    /// Marks a promise so that its rejection is not reported as unhandled.
    pub fn mark_handled(&mut self, promise: Local<'_>) -> Result<(), Thrown> {
        if !self.is_promise(promise) {
            return Ok(());
        }
        rooted!(in(self.cx()) let promise = promise.value().to_object());
        // SAFETY: a rooted promise.
        let done = unsafe { SetAnyPromiseIsHandled(self.cx(), promise.handle().into()) };
        if done { Ok(()) } else { Err(Thrown) }
    }
}
