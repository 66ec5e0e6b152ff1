//! Compatibility flags: which are on, by name or by the compatibility date.

use super::Config;

/// A flag that something in Holdfast depends on.
struct Flag {
    name: &'static str,
    /// The flag that switches it off.
    opposite: &'static str,
    /// The compatibility date from which it is on by default.
    since: Option<&'static str>,
    /// A flag that switches it on from a date.
    implied_by: Option<(&'static str, &'static str)>,
}

const fn dated(name: &'static str, opposite: &'static str, since: &'static str) -> Flag {
    Flag {
        name,
        opposite,
        since: Some(since),
        implied_by: None,
    }
}

/// As workerd's table has them (`compatibility-date.capnp`).
const FLAGS: &[Flag] = &[
    dated(
        "enhanced_error_serialization",
        "legacy_error_serialization",
        "2026-04-21",
    ),
    dated("enable_ctx_exports", "disable_ctx_exports", "2025-11-17"),
    dated("nodejs_compat", "no_nodejs_compat", "2026-08-04"),
    Flag {
        name: "nodejs_compat_v2",
        opposite: "no_nodejs_compat_v2",
        since: Some("2026-08-04"),
        implied_by: Some(("nodejs_compat", "2024-09-23")),
    },
    Flag {
        name: "nodejs_als",
        opposite: "no_nodejs_als",
        since: None,
        implied_by: None,
    },
    dated(
        "rpc_params_dup_stubs",
        "rpc_params_transfer_stubs",
        "2026-01-20",
    ),
    dated(
        "web_socket_auto_reply_to_close",
        "web_socket_manual_reply_to_close",
        "2026-04-07",
    ),
    dated(
        "web_socket_compression",
        "no_web_socket_compression",
        "2023-08-15",
    ),
    dated(
        "websocket_close_reason_byte_limit",
        "no_websocket_close_reason_byte_limit",
        "2026-03-03",
    ),
    dated(
        "websocket_standard_binary_type",
        "no_websocket_standard_binary_type",
        "2026-03-17",
    ),
];

impl Config {
    /// Whether a flag is on.
    ///
    /// # Panics
    /// The flag is not in the table.
    pub fn enables(&self, name: &str) -> bool {
        let flag = FLAGS.iter().find(|flag| flag.name == name);
        self.is_on(flag.unwrap_or_else(|| panic!("no compatibility flag \"{name}\" in the table")))
    }

    /// All flags of the table that are on.
    pub fn enabled_flags(&self) -> impl Iterator<Item = &'static str> {
        FLAGS
            .iter()
            .filter(|flag| self.is_on(flag))
            .map(|flag| flag.name)
    }

    fn is_on(&self, flag: &Flag) -> bool {
        let date = self.compatibility_date.as_str();
        if self.has_flag(flag.name) {
            return true;
        }
        if self.has_flag(flag.opposite) {
            return false;
        }
        flag.since.is_some_and(|since| date >= since)
            || flag
                .implied_by
                .is_some_and(|(by, since)| date >= since && self.enables(by))
    }
}
