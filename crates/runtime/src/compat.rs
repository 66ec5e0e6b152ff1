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
        let enabled = |on: &str, off: &str, since: &str| {
            config.has_flag(on)
                || (!config.has_flag(off) && config.compatibility_date.as_str() >= since)
        };
        SocketCompat {
            compression: enabled(
                "web_socket_compression",
                "no_web_socket_compression",
                "2023-08-15",
            ),
            blobs: enabled(
                "websocket_standard_binary_type",
                "no_websocket_standard_binary_type",
                "2026-03-17",
            ),
            half_open: !enabled(
                "web_socket_auto_reply_to_close",
                "web_socket_manual_reply_to_close",
                "2026-04-07",
            ),
            reason_limited: enabled(
                "websocket_close_reason_byte_limit",
                "no_websocket_close_reason_byte_limit",
                "2026-03-03",
            ),
        }
    }
}
