//! What JavaScript cannot ask of a value.

use holdfast_engine::{Args, Extension, JsResult, Scope};

pub(super) fn register(extension: Extension) -> Extension {
    extension.op("op_is_proxy", 1, is_proxy)
}

/// Whether a value is a `Proxy` or a module's namespace, which is one for the engine.
fn is_proxy<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let answer = scope.is_proxy(args.get(0));
    Ok(scope.bool(answer))
}
