//! What JavaScript cannot ask of a value: a copy of it, the state of a promise, whether it is a proxy.

use holdfast_engine::{Args, Extension, JsResult, PromiseState, Scope};

pub(super) fn register(extension: Extension) -> Extension {
    extension
        .op("op_structured_clone", 2, structured_clone)
        .op("op_promise_details", 1, promise_details)
        .op("op_proxy_target", 1, proxy_target)
}

/// `(value, array of what to transfer)` → the copy.
fn structured_clone<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    scope.structured_clone(args.get(0), args.get(1))
}

/// Promise → `["pending"]`, `["fulfilled", value]` or `["rejected", reason]`; undefined for anything else.
fn promise_details<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let promise = args.get(0);
    let name = match scope.promise_state(promise) {
        None => return Ok(scope.undefined()),
        Some(PromiseState::Pending) => {
            let name = scope.string("pending")?;
            return scope.array(&[name]);
        }
        Some(PromiseState::Fulfilled) => "fulfilled",
        Some(PromiseState::Rejected) => "rejected",
    };
    let name = scope.string(name)?;
    let result = scope.promise_result(promise);
    scope.array(&[name, result])
}

/// `(value)` → the target of a proxy (null once it is revoked), or undefined for anything else
fn proxy_target<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    match scope.proxy_target(args.get(0)) {
        Some(target) => Ok(target),
        None => Ok(scope.undefined()),
    }
}
