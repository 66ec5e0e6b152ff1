//! Whom code runs for, as a key: JavaScript keeps state for each object and each request by it (`internal/per_context.js`).

use std::any::Any;
use std::rc::{Rc, Weak};

use holdfast_engine::{Args, Extension, JsResult, Scope};

pub(super) fn register(extension: Extension) -> Extension {
    extension
        .op("op_context_key", 0, key)
        .op("op_context_token", 0, token)
        .op("op_context_is_over", 1, is_over)
}

/// A token holds the memory of what it names, so that no other gets its address while the token lives.
struct Token(Option<Weak<dyn Any>>);

/// → a number for the object or request that the code running belongs to; 0 at a module's top level. It names nobody
/// else as long as a token for it is held.
fn key<'s>(scope: &mut Scope<'s>, _: &Args<'s>) -> JsResult<'s> {
    let address = scope
        .context_data()
        .map_or(0, |data| Rc::as_ptr(&data).cast::<()>().addr());
    Ok(scope.number(address as f64))
}

/// → a token for whoever the code running belongs to.
fn token<'s>(scope: &mut Scope<'s>, _: &Args<'s>) -> JsResult<'s> {
    let data = scope.context_data();
    scope.wrap(Rc::new(Token(data.as_ref().map(Rc::downgrade))))
}

/// `(token)` → whether the object's instance or the request has ended.
fn is_over<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let token = scope.unwrap::<Token>(args.get(0))?;
    let over = token
        .0
        .as_ref()
        .is_some_and(|context| context.strong_count() == 0);
    Ok(scope.bool(over))
}
