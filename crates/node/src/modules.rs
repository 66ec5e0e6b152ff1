//! Modules asked for by name while the program runs: `process.getBuiltinModule()`, `createRequire()`, lazy globals.

use holdfast_engine::{Args, Extension, JsResult, Scope};

pub(super) fn register(extension: Extension) -> Extension {
    extension
        .op("op_node_module", 1, module)
        .op("op_node_module_flag", 1, flag)
}

/// `(name without "node:", or the path of an internal one)` → the namespace of the module, which is evaluated now if it
/// was not before; `undefined` if there is none.
fn module<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let name = scope.to_string(args.get(0))?;
    match crate::key(&name) {
        // Modules of the runtime await nothing at their top level.
        Some(key) => scope.import(&key).map(|(namespace, _)| namespace),
        None => Ok(scope.undefined()),
    }
}

/// `(name without "node:")` → the compatibility flag that the module has of its own, or `undefined`.
fn flag<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let name = scope.to_string(args.get(0))?;
    match crate::flag(&name) {
        Some(flag) => scope.string(flag),
        None => Ok(scope.undefined()),
    }
}
