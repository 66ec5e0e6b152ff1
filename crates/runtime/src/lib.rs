//! Shards: threads that own objects, route calls to them, drive their turns and evict them.
//!
//! What it is for: taking the decisions of `object` and doing them: it runs JavaScript in turns through
//! the gates, commits what a turn wrote, lets output out when that is durable, carries calls between
//! shards, and starts, replaces and stops programs.
//!
//! What it refuses to know: sockets and HTTP's wire format (an [`Edge`] brings requests), command lines,
//! how configuration is read, how SQLite stores a page.
//!
//! Invariants
//! - Everything of an object happens on the thread of the shard that owns it.
//! - Each Worker of a node has a program of its own in each shard; what ends one ends nothing of the others.
//! - Turns never nest: JavaScript of one turn, with all its microtasks, ends before another begins.
//! - A facet is on the shard of its root, and ends when its parent breaks ([`facets`]).
//! - An alarm that is set rings at least once, never twice at a time, and wakes its object alone.
//! - Output of an object passes its output gate; nothing else leaves it.
//! - A context that has ended runs no JavaScript, and its work is dropped.
//! - Who may still call what a context exported is counted by the shares that exist ([`rpc`]), and by nothing else.
//! - No borrow of a cell is held while JavaScript runs.

mod admin;
mod alarms;
mod app;
mod calls;
mod census;
mod compat;
mod connections;
mod construct;
mod context;
mod core;
mod durable;
mod edge;
mod facets;
mod held;
mod instance;
mod io;
mod loader;
mod message;
mod node;
mod objects;
mod ops;
mod program;
mod programs;
mod quiet;
mod reload;
mod reply;
mod requests;
mod router;
mod rpc;
mod section;
mod sockets;
mod start;
mod storage;
mod stub;
mod turn;
mod work;

pub use admin::{Admin, Replacement};
pub use app::{App, Log, NodeOptions, ReloadError, StartError};
pub use census::Census;
pub use edge::{AnsweredSocket, Edge, IncomingRequest, OutgoingResponse, Shard};
pub use facets::{
    FacetCount, class_of as class_of_facets, count_facets, facet_named, facets_of, root_class,
};
pub use holdfast_engine::{CodeCache, CodeChanges};
pub use node::Node;
