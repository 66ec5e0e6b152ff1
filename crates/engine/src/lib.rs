//! SpiderMonkey made safe: the only crate that sees a JSAPI type.
//!
//! What it is for: running JavaScript from Rust without `unsafe` in the caller. It gives runtimes,
//! realms, rooted values, native operations, host objects, promises, ES modules, structured clone,
//! the microtask queue with its async context, limits of time and memory, and fibers for native code that waits for
//! JavaScript in the middle of a call.
//!
//! What it refuses to know: the Web platform, Workers, HTTP, files, threads of its own (but for one
//! watchdog), clocks other than the thread's CPU time.
//!
//! Invariants
//! - Every JavaScript value another crate holds is rooted: a [`Local`] lives in a slot that the
//!   collector traces until its [`Scope`] ends; a [`Global`] lives in a traced slab until dropped.
//! - A [`Runtime`] and everything made from it stay on the thread that made it (`!Send`).
//! - `Err(Thrown)` means that a JavaScript exception is pending, or that execution was terminated;
//!   whoever receives it either passes it on or takes it with [`Scope::take_exception`].
//! - A Rust panic never unwinds through a JavaScript frame: it ends the turn as a termination. In the
//!   few callbacks from C++ that run no code of others, a panic is a bug here and ends the process.
//! - All realms of a runtime are in one compartment, so a value of one may be used in another.
//! - Code that C++ or this crate calls without a scope (the drop of a host object, a look at bytes, a fiber)
//!   finds the runtime shut: entering it panics.
//! - By convention only: an `Err(Thrown)` is passed on or taken, never ignored; what a
//!   [`StencilCache`] key stands for never changes. Breaking these gives wrong answers, not undefined
//!   behaviour.
//! - `unsafe` blocks say why they hold. The argument most of them share: `cx` is the live context of
//!   this thread, a `Scope` exists only while its realm is entered, and slots never move.

mod buffer;
mod bytes;
mod call;
mod clone;
mod code_cache;
mod code_generation;
mod context;
mod fiber;
mod handles;
mod host;
mod jobs;
mod limits;
mod local;
mod memory;
mod module;
mod object;
mod op;
mod persist;
mod promise;
mod proxy;
mod realm;
mod rejection;
mod runtime;
mod scope;
mod stencil;
mod string;
mod throw;
mod transcode;

pub use buffer::Buffer;
pub use code_cache::{CodeCache, CodeChanges, CodeDigest};
pub use context::{ContextData, ContextReader};
pub use fiber::{Fiber, suspend};
pub use handles::Local;
pub use jobs::JobReport;
pub use limits::{CpuMeter, Termination};
pub use memory::Alive;
pub use module::{ModuleLoader, ModuleSource, Resolved};
pub use op::{Args, Extension, Op};
pub use persist::Global;
pub use promise::{PromiseState, Resolver};
pub use proxy::{CollectionIterator, Yields};
pub use realm::Realm;
pub use rejection::RejectionEvent;
pub use runtime::{Runtime, RuntimeOptions};
pub use scope::{JsResult, Scope, Thrown};
pub use stencil::StencilCache;
