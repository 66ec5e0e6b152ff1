//! Whose code runs, as `node:async_hooks` asks. The stores themselves are `web`'s (`ops/async_context.rs`).

use std::any::Any;
use std::rc::{Rc, Weak};

use holdfast_engine::{Args, Extension, JsResult, Scope};

pub(super) fn register(extension: Extension) -> Extension {
    extension
        .op("op_async_context_owner", 0, owner)
        .op("op_async_context_is_owned", 1, is_owned)
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
