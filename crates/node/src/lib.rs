//! The modules of Node.js that npm packages expect (`nodejs_compat`): JavaScript (`js/`) over small native operations.
//!
//! What it is for: `node:buffer` is the module `holdfast:node/buffer` (`js/buffer.js`), `node:fs/promises` is
//! `holdfast:node/fs/promises`. Each exports its functions by name and, as `default`, an object with all of
//! them, which is what `require` gives. They follow Node's documentation where Workers have a function, and `workerd`
//! where it differs.
//!
//! What it refuses to know: Durable Objects, bindings, gates, threads; which programs may use it is for `runtime` to say.
//!
//! Invariants
//! - Modules under `js/internal/` are not for programs: no specifier leads to them.
//! - A function that is there and cannot do its work says so by name (`internal/unsupported.js`).
//! - A module is instantiated when a program first asks for it: those that nobody imports cost nothing.

use holdfast_engine::Extension;

/// All operations and modules. `holdfast:node/internal/globals` exports `install(globalThis)`.
pub fn extension() -> Extension {
    Extension::new("node").modules(MODULES)
}

const MODULES: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/modules.rs"));

/// The key of the module that programs know as `node:` + `name`, if it is here.
pub fn module(name: &str) -> Option<String> {
    let is_internal = name.starts_with("internal/");
    let path = format!("node/{name}");
    let known = MODULES.iter().any(|(known, _)| *known == path);
    (known && !is_internal).then(|| format!("holdfast:{path}"))
}

#[cfg(test)]
mod tests {
    #[test]
    fn only_public_modules_have_names() {
        assert_eq!(
            super::module("async_hooks").as_deref(),
            Some("holdfast:node/async_hooks")
        );
        assert_eq!(super::module("internal/globals"), None);
        assert_eq!(super::module("no-such-module"), None);
    }
}
