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
    let modules: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/modules.rs"));
    storage::register(Extension::new("workers").modules(modules))
}
