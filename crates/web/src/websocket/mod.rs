//! WebSockets: the protocol, the connection's two ends, and what JavaScript holds of one.
//!
//! - [`wire`] is the protocol without I/O.
//! - [`pipe`] connects two [`Endpoint`]s. A `WebSocketPair` is one; a connection to the network is one whose other end
//!   [`pump`] serves.
//! - [`HostSocket`] is the Rust side of a `WebSocket` object: its state, and the endpoint while the object has it.
//!
//! What holds:
//! - A frame that JavaScript sends passes the output gate of its context (`Io::send_frame`), in order with all else.
//! - Each event reaches JavaScript in a turn of its own, and the next frame is looked at only after that turn.
//! - Memory is bounded: the network is not read while too much waits for JavaScript, and a peer that does not read
//!   what JavaScript sends loses its connection.

mod message;
mod open;
mod ops;
mod pipe;
mod pump;
mod socket;
pub mod wire;

pub use message::{ABNORMAL, Frame, LOST, MESSAGE_BYTES_MAX, NO_STATUS, Received};
pub use open::OpenSockets;
pub(crate) use ops::from_upgrade;
pub use ops::{received_to_js, register};
pub use pipe::{Endpoint, QUEUE_BYTES_MAX, Receiver, Sender, pair};
pub use pump::pump;
pub use socket::{About, HostSocket, Outgoing, Phase};
