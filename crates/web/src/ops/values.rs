//! What JavaScript cannot ask of a value, or only by trying it: what kind of buffer it is, a copy of it, the state of a promise, what is behind a proxy or left in an
//! iterator.

use holdfast_engine::{Args, Extension, JsResult, PromiseState, Scope, Yields};

pub(super) fn register(extension: Extension) -> Extension {
    extension
        .op("op_structured_clone", 3, structured_clone)
        .op("op_is_array_buffer", 1, is_array_buffer)
        .op("op_is_shared_array_buffer", 1, is_shared_array_buffer)
        .op("op_promise_details", 1, promise_details)
        .op("op_proxy_details", 1, proxy_details)
        .op("op_iterator_details", 1, iterator_details)
        .op("op_proxy_target", 1, proxy_target)
}

/// `(value, array of what to transfer, whether memory may be shared)` → the copy.
fn structured_clone<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let shared = args.get(2).as_bool() == Some(true);
    scope.structured_clone(args.get(0), args.get(1), shared)
}

/// Whether it is an `ArrayBuffer`.
fn is_array_buffer<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let is = scope.is_array_buffer(args.get(0));
    Ok(scope.bool(is))
}

/// Whether it is a `SharedArrayBuffer`.
fn is_shared_array_buffer<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let is = scope.is_shared_array_buffer(args.get(0));
    Ok(scope.bool(is))
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

/// Proxy → `[target, handler]`, both null if it was revoked; undefined for anything else.
fn proxy_details<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    match scope.proxy_parts(args.get(0)) {
        Some(parts) => scope.array(&parts),
        None => Ok(scope.undefined()),
    }
}

/// Iterator of a Map or Set → `["keys" | "values" | "entries", Map or Set, how many of its entries are over]`, `[]` at its
/// end; undefined for anything else.
fn iterator_details<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    if !scope.is_collection_iterator(args.get(0)) {
        return Ok(scope.undefined());
    }
    let Some(iterator) = scope.collection_iterator(args.get(0)) else {
        return scope.array(&[]);
    };
    let yields = scope.string(match iterator.yields {
        Yields::Keys => "keys",
        Yields::Values => "values",
        Yields::Entries => "entries",
    })?;
    let passed = scope.number(f64::from(iterator.passed));
    scope.array(&[yields, iterator.target, passed])
}

/// `(value)` → the target of a proxy (null once it is revoked), or undefined for anything else
fn proxy_target<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    match scope.proxy_target(args.get(0)) {
        Some(target) => Ok(target),
        None => Ok(scope.undefined()),
    }
}
