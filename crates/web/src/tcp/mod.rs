//! TCP connections of a program (`connect()` of `cloudflare:sockets`), with TLS from the start or later.

mod ops;
mod socket;

pub use ops::register;
pub use socket::{ConnectError, Socket};
