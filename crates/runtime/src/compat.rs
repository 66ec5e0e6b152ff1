//! What a program's compatibility date and flags decide.

use holdfast_project::Config;

/// How WebSockets behave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct SocketCompat {
    /// permessage-deflate is agreed to.
    pub(crate) compression: bool,
    /// Binary messages arrive as Blob unless the program says otherwise.
    pub(crate) blobs: bool,
    /// A close frame is left to the program to answer.
    pub(crate) half_open: bool,
    /// The reason of `close()` must fit into a frame.
    pub(crate) reason_limited: bool,
}

impl SocketCompat {
    pub(crate) fn of(config: &Config) -> SocketCompat {
        SocketCompat {
            compression: config.enables("web_socket_compression"),
            blobs: config.enables("websocket_standard_binary_type"),
            half_open: !config.enables("web_socket_auto_reply_to_close"),
            reason_limited: config.enables("websocket_close_reason_byte_limit"),
        }
    }
}
