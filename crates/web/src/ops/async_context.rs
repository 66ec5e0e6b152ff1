//! The async context as JavaScript sees it: one value, the *frame* of stores that `node:async_hooks` sets.

use holdfast_engine::{Args, Extension, JsResult, Local, Scope};

pub(super) fn register(extension: Extension) -> Extension {
    extension
        .op("op_async_context_get", 0, get)
        .op("op_async_context_run", 3, run)
}

/// The frame of the code running; `undefined` if it has none.
fn get<'s>(scope: &mut Scope<'s>, _: &Args<'s>) -> JsResult<'s> {
    Ok(scope.context_value())
}

/// `(frame, function, receiver, ...arguments)` → what the function returns, called with this frame.
fn run<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let rest: Vec<Local<'_>> = (3..args.len()).map(|index| args.get(index)).collect();
    scope.with_context_value(args.get(0), |scope| {
        scope.call(args.get(1), args.get(2), &rest)
    })?
}
