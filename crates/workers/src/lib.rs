//! What `cloudflare:workers` gives: handlers, bindings, ids, namespaces, stubs and calls (`js/rpc`), object state.
//!
//! JavaScript (`js/`) over operations. Those that need only an object's own storage are here; those
//! that need shards (calls, critical sections, answers) are registered by `runtime`.
//!
//! What it refuses to know: threads, routing, where an object lives, how turns are driven.
//!
//! Invariants
//! - Making an id, a namespace or a stub does no I/O and wakes nothing.
//! - Data passes between contexts by value, as bytes that any runtime can read; what is no data passes as a
//!   handle of the host beside it; what is neither is refused at the sender.
//! - An answer is given once: a `reply` handle is used up by the first.

pub mod failure;

pub mod storage;

use holdfast_engine::Extension;

/// All operations and modules of this crate. `holdfast:workers/main` exports `install(globalThis)`.
pub fn extension() -> Extension {
    let extension = Extension::new("workers")
        .module(
            "workers/alarm_invocation_info",
            include_str!("../js/alarm_invocation_info.js"),
        )
        .module(
            "workers/base_classes",
            include_str!("../js/base_classes.js"),
        )
        .module(
            "workers/cloudflare_workers",
            include_str!("../js/cloudflare_workers.js"),
        )
        .module("workers/commonjs", include_str!("../js/commonjs.js"))
        .module("workers/dispatch", include_str!("../js/dispatch.js"))
        .module("workers/env", include_str!("../js/env.js"))
        .module("workers/errors", include_str!("../js/errors.js"))
        .module(
            "workers/execution_context",
            include_str!("../js/execution_context.js"),
        )
        .module("workers/exports", include_str!("../js/exports.js"))
        .module("workers/flags", include_str!("../js/flags.js"))
        .module("workers/id", include_str!("../js/id.js"))
        .module("workers/main", include_str!("../js/main.js"))
        .module("workers/namespace", include_str!("../js/namespace.js"))
        .module(
            "workers/request_response_pair",
            include_str!("../js/request_response_pair.js"),
        )
        .module("workers/rpc/kinds", include_str!("../js/rpc/kinds.js"))
        .module("workers/rpc/open", include_str!("../js/rpc/open.js"))
        .module("workers/rpc/pack", include_str!("../js/rpc/pack.js"))
        .module(
            "workers/rpc/platform",
            include_str!("../js/rpc/platform.js"),
        )
        .module("workers/rpc/remote", include_str!("../js/rpc/remote.js"))
        .module("workers/rpc/results", include_str!("../js/rpc/results.js"))
        .module("workers/rpc/serve", include_str!("../js/rpc/serve.js"))
        .module("workers/rpc/target", include_str!("../js/rpc/target.js"))
        .module("workers/sockets", include_str!("../js/sockets.js"))
        .module("workers/state", include_str!("../js/state.js"))
        .module("workers/stub", include_str!("../js/stub.js"));
    storage::register(extension)
}
