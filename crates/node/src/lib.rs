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

mod async_context;
mod buffer;
mod context_key;
mod crypto;
mod dns;
mod encodings;
mod modules;
mod types;
mod zlib;

use holdfast_engine::Extension;

/// All operations and modules. `holdfast:node/internal/globals` exports `install(globalThis)`.
pub fn extension() -> Extension {
    let extension = Extension::new("node").modules(MODULES);
    let extension = modules::register(async_context::register(extension));
    let extension = zlib::register(context_key::register(extension));
    let extension = dns::register(crypto::register(extension));
    types::register(buffer::register(extension))
}

const MODULES: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/modules.rs"));

/// The key of the module that programs know as `node:` + `name`, if it is here.
pub fn module(name: &str) -> Option<String> {
    let is_internal = name.starts_with("internal/");
    key(name).filter(|_| !is_internal)
}

/// The key of any module of this crate.
fn key(name: &str) -> Option<String> {
    let path = format!("node/{name}");
    let known = MODULES.iter().any(|(known, _)| *known == path);
    known.then(|| format!("holdfast:{path}"))
}

/// Modules of Node that are there only with a flag of their own; `readline` stands for `readline/promises`, too.
const GATED: [(&str, &str); 30] = [
    ("_http_agent", "enable_nodejs_http_modules"),
    ("_http_client", "enable_nodejs_http_modules"),
    ("_http_common", "enable_nodejs_http_modules"),
    ("_http_incoming", "enable_nodejs_http_modules"),
    ("_http_outgoing", "enable_nodejs_http_modules"),
    ("_http_server", "enable_nodejs_http_server_modules"),
    ("_stream_wrap", "enable_nodejs_stream_wrap_module"),
    ("child_process", "enable_nodejs_child_process_module"),
    ("cluster", "enable_nodejs_cluster_module"),
    ("console", "enable_nodejs_console_module"),
    ("dgram", "enable_nodejs_dgram_module"),
    ("domain", "enable_nodejs_domain_module"),
    ("fs", "enable_nodejs_fs_module"),
    ("http", "enable_nodejs_http_modules"),
    ("http2", "enable_nodejs_http2_module"),
    ("https", "enable_nodejs_http_modules"),
    ("inspector", "enable_nodejs_inspector_module"),
    ("os", "enable_nodejs_os_module"),
    ("perf_hooks", "enable_nodejs_perf_hooks_module"),
    ("punycode", "enable_nodejs_punycode_module"),
    ("readline", "enable_nodejs_readline_module"),
    ("repl", "enable_nodejs_repl_module"),
    ("sqlite", "enable_nodejs_sqlite_module"),
    ("sys", "nodejs_compat_v2"),
    ("trace_events", "enable_nodejs_trace_events_module"),
    ("tty", "enable_nodejs_tty_module"),
    ("v8", "enable_nodejs_v8_module"),
    ("vm", "enable_nodejs_vm_module"),
    ("wasi", "enable_nodejs_wasi_module"),
    ("worker_threads", "enable_nodejs_worker_threads_module"),
];

/// The key of `node:process` as it was before the compatibility flag `enable_nodejs_process_v2`.
pub const LEGACY_PROCESS: &str = "holdfast:node/internal/process/legacy";

/// The compatibility flag that module `name` has of its own, beside those for all modules of Node.
pub fn flag(name: &str) -> Option<&'static str> {
    // `fs/promises` was there before `fs`.
    let first = match name {
        "fs/promises" => return None,
        _ => name.split('/').next().unwrap_or(name),
    };
    let gate = GATED.iter().find(|(gated, _)| *gated == first);
    gate.map(|(_, flag)| *flag)
}

#[cfg(test)]
mod tests {
    #[test]
    fn modules_within_a_module_have_its_flag() {
        let flag = Some("enable_nodejs_readline_module");
        assert_eq!(super::flag("readline"), flag);
        assert_eq!(super::flag("readline/promises"), flag);
        assert_eq!(super::flag("fs/promises"), None);
        assert_eq!(super::flag("events"), None);
    }

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
