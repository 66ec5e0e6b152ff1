//! The Web platform: interfaces in JavaScript (`js/`) over small native operations.
//!
//! What it is for: everything a Worker finds on its global object that is a Web standard, following
//! the WHATWG and W3C specifications with Workers' deviations.
//!
//! What it refuses to know: Durable Objects, bindings, storage, gates, threads, files but those of [`cache`], how turns
//! are driven.
//! It asks for what it needs through [`io::Io`].
//!
//! Invariants
//! - An operation never blocks; what takes time is spawned through [`io::Io::spawn`].
//! - Bodies ([`body::Body`]) are `Send` and may pass between objects without JavaScript touching them.
//! - Nothing here keeps state per process; state belongs to a context, a realm or a runtime.

pub mod body;
pub mod cache;
mod compression;
pub mod crypto;
pub mod fetch;
pub mod io;
pub mod ops;
mod rewriter;
pub mod tcp;
pub mod websocket;

use holdfast_engine::Extension;

/// All operations and modules. `holdfast:web/main` exports `install(globalThis)`.
pub fn extension() -> Extension {
    let modules: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/modules.rs"));
    let extension = ops::register(Extension::new("web").modules(modules));
    let extension = fetch::register(body::register(crypto::register(extension)));
    let extension = compression::register(websocket::register(extension));
    let extension = cache::register(rewriter::register(extension));
    tcp::register(extension)
}
