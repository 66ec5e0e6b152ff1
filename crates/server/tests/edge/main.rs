//! The edge over real sockets, with a shard that the test plays.

mod bodies;
mod harness;
mod life;
mod requests;
mod responses;
mod sockets;
