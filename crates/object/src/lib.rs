//! The life of one Durable Object, decided without I/O.
//!
//! Each module is a state machine: something happened goes in, what is to be done comes out. A driver
//! (the runtime, or a test) owns the threads, clocks, sockets, JavaScript and databases, reports
//! what happens and does what is decided. The same machines therefore run under every interleaving that a
//! test can think of, and a failure found once can be replayed exactly.
//!
//! This crate knows no clock (time is an argument, in ms), no randomness (entropy is an argument), no
//! thread, no file, no network, no JavaScript, no SQLite. `clippy.toml` turns most of that into errors.
//!
//! What holds, whatever the driver reports, in whatever order:
//!
//! - A namespace accepts the ids that it made, and no others ([`id`]).
//! - While a critical section runs, only events that began inside it run; events of a scope
//!   run in arrival order; each runs once, or is given back when the gate breaks ([`input_gate`]).
//! - No output leaves before the writes made before it are durable; output keeps its order
//!   ([`output_gate`]).
//! - An object has at most one instance; reports about an earlier one change nothing
//!   ([`lifecycle`]).
//! - A facet ends with the instance of its parent that breaks, and with no other ([`facet`]).
//! - An alarm runs at least once, and never twice at a time ([`alarm`]).
//! - Events of a hibernatable socket are delivered one after another; a socket that has had its last one is on no list
//!   ([`sockets`]).
//!
//! A driver that breaks the rules of a machine (ends a turn that never began) has lost track of an object:
//! the machine panics rather than guess.

pub mod alarm;
pub mod backlog;
pub mod facet;
pub mod failure;
mod fifo;
pub mod id;
pub mod input_gate;
pub mod lifecycle;
pub mod output_gate;
mod sabotage;
pub mod sockets;

pub use alarm::Alarm;
pub use backlog::{Backlog, BacklogLimits};
pub use facet::{FacetError, FacetPath, Family};
pub use failure::{Cause, Flags, Overload};
pub use id::{IdError, NamespaceKey, ObjectId};
pub use input_gate::{Admitted, InputGate, Section};
pub use lifecycle::{Activity, Generation, Lifecycle};
pub use output_gate::{OutputGate, Position, Sent, Ticket};
#[cfg(feature = "sabotage")]
pub use sabotage::Sabotage;
pub use sockets::{SocketId, Sockets};
