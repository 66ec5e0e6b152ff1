//! The edge: brings HTTP requests and WebSockets from the network to shards, and their answers back.
//!
//! [`HttpEdge`] binds one listener per shard to the same address; the kernel spreads connections over
//! them, and a connection stays on its shard's thread from then on. No lock and no queue lies between the
//! socket and the Worker.
//!
//! What it refuses to know: JavaScript, objects, storage, projects. It sees [`Shard::fetch`] and bodies.
//!
//! Invariants
//! - A body that fails half-way never looks complete to the client: the connection is cut.
//! - A client that goes away is noticed: the future of its request, or the body under way, is dropped.
//! - A body moves at the pace of its slower side: nothing is read or produced ahead beyond one buffer.
//! - Told to stop, a connection finishes the request under way and takes no other; a WebSocket is closed with
//!   code 1001.
//!
//! [`Shard::fetch`]: holdfast_runtime::Shard::fetch

mod connection;
mod edge;
mod listen;
mod log;
mod request;
mod response;
mod socket;
mod stream;

pub use edge::HttpEdge;
pub use log::RequestLog;
