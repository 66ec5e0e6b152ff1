//! The async context as `node:async_hooks` sees it: one JavaScript value, the *frame* of stores.

use std::any::Any;
use std::rc::{Rc, Weak};

use holdfast_engine::{Args, Extension, JsResult, Local, Scope};

pub(super) fn register(extension: Extension) -> Extension {
    extension
        .op("op_async_context_get", 0, get)
        .op("op_async_context_run", 3, run)
        .op("op_async_context_owner", 0, owner)
        .op("op_async_context_is_owned", 1, is_owned)
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

/// On whose behalf something was made: an object, or a request to the Worker.
struct Owner(Option<Weak<dyn Any>>);

/// → a token for whoever the code running belongs to.
fn owner<'s>(scope: &mut Scope<'s>, _: &Args<'s>) -> JsResult<'s> {
    let data = scope.context_data();
    scope.wrap(Rc::new(Owner(data.as_ref().map(Rc::downgrade))))
}

/// `(token)` → whether the code running belongs to the same as when the token was made. What was made at a module's top
/// level belongs to everybody.
fn is_owned<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let owner = scope.unwrap::<Owner>(args.get(0))?;
    let same = match &owner.0 {
        None => true,
        Some(owner) => scope
            .context_data()
            .is_some_and(|data| std::ptr::addr_eq(Rc::as_ptr(&data), owner.as_ptr())),
    };
    Ok(scope.bool(same))
}
