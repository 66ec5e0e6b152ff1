//! Compatibility flags: which are on, by name or by the compatibility date.

use super::Config;
use super::other_flags::OTHERS;

/// A flag that something in Holdfast depends on.
pub(super) struct Flag {
    pub(super) name: &'static str,
    /// The flag that switches it off.
    pub(super) opposite: &'static str,
    /// The compatibility date from which it is on by default.
    pub(super) since: Option<&'static str>,
    /// A flag that switches it on from a date.
    pub(super) implied_by: Option<(&'static str, &'static str)>,
}

const fn dated(name: &'static str, opposite: &'static str, since: &'static str) -> Flag {
    Flag {
        name,
        opposite,
        since: Some(since),
        implied_by: None,
    }
}

/// A flag of Node's modules: on from a date with `nodejs_compat`.
const fn node(name: &'static str, opposite: &'static str, since: &'static str) -> Flag {
    Flag {
        name,
        opposite,
        since: None,
        implied_by: Some(("nodejs_compat", since)),
    }
}

/// As workerd's table has them (`compatibility-date.capnp`).
const FLAGS: &[Flag] = &[
    dated(
        "crypto_preserve_public_exponent",
        "no_crypto_preserve_public_exponent",
        "2023-12-01",
    ),
    dated(
        "bind_asynclocalstorage_snapshot_to_request",
        "do_not_bind_asynclocalstorage_snapshot_to_request",
        "2025-06-16",
    ),
    dated(
        "diagnostics_channel_has_subscribers_getter",
        "no_diagnostics_channel_has_subscribers_getter",
        "2026-05-19",
    ),
    dated(
        "enhanced_error_serialization",
        "legacy_error_serialization",
        "2026-04-21",
    ),
    dated("enable_ctx_exports", "disable_ctx_exports", "2025-11-17"),
    dated(
        "allow_eval_during_startup",
        "disallow_eval_during_startup",
        "2025-06-01",
    ),
    dated(
        "expose_global_message_channel",
        "no_expose_global_message_channel",
        "2025-08-15",
    ),
    dated(
        "enable_navigator_language",
        "disable_navigator_language",
        "2025-05-19",
    ),
    dated("global_navigator", "no_global_navigator", "2022-03-21"),
    Flag {
        name: "enable_global_performance_classes",
        opposite: "disable_global_performance_classes",
        since: None,
        implied_by: Some(("nodejs_compat", "2026-03-17")),
    },
    dated("nodejs_compat", "no_nodejs_compat", "2026-08-04"),
    Flag {
        name: "nodejs_compat_v2",
        opposite: "no_nodejs_compat_v2",
        since: None,
        implied_by: Some(("nodejs_compat", "2024-09-23")),
    },
    Flag {
        name: "nodejs_als",
        opposite: "no_nodejs_als",
        since: None,
        implied_by: None,
    },
    node(
        "nodejs_compat_populate_process_env",
        "nodejs_compat_do_not_populate_process_env",
        "2025-04-01",
    ),
    node(
        "enable_nodejs_http_modules",
        "disable_nodejs_http_modules",
        "2025-08-15",
    ),
    node(
        "enable_nodejs_http_server_modules",
        "disable_nodejs_http_server_modules",
        "2025-09-01",
    ),
    node(
        "enable_nodejs_http2_module",
        "disable_nodejs_http2_module",
        "2025-09-01",
    ),
    node(
        "enable_nodejs_process_v2",
        "disable_nodejs_process_v2",
        "2025-09-15",
    ),
    node(
        "enable_nodejs_fs_module",
        "disable_nodejs_fs_module",
        "2025-09-15",
    ),
    node(
        "enable_nodejs_os_module",
        "disable_nodejs_os_module",
        "2025-09-15",
    ),
    node(
        "enable_nodejs_console_module",
        "disable_nodejs_console_module",
        "2025-09-21",
    ),
    node(
        "enable_nodejs_vm_module",
        "disable_nodejs_vm_module",
        "2025-10-01",
    ),
    node(
        "enable_nodejs_domain_module",
        "disable_nodejs_domain_module",
        "2025-12-04",
    ),
    node(
        "enable_nodejs_punycode_module",
        "disable_nodejs_punycode_module",
        "2025-12-04",
    ),
    node(
        "enable_nodejs_cluster_module",
        "disable_nodejs_cluster_module",
        "2025-12-04",
    ),
    node(
        "enable_nodejs_wasi_module",
        "disable_nodejs_wasi_module",
        "2025-12-04",
    ),
    node(
        "enable_nodejs_trace_events_module",
        "disable_nodejs_trace_events_module",
        "2025-12-04",
    ),
    node(
        "enable_nodejs_stream_wrap_module",
        "disable_nodejs_stream_wrap_module",
        "2026-01-29",
    ),
    node(
        "enable_nodejs_dgram_module",
        "disable_nodejs_dgram_module",
        "2026-01-29",
    ),
    node(
        "enable_nodejs_inspector_module",
        "disable_nodejs_inspector_module",
        "2026-01-29",
    ),
    node(
        "enable_nodejs_sqlite_module",
        "disable_nodejs_sqlite_module",
        "2026-01-29",
    ),
    node(
        "enable_nodejs_global_timers",
        "no_nodejs_global_timers",
        "2026-02-10",
    ),
    node(
        "enable_nodejs_perf_hooks_module",
        "disable_nodejs_perf_hooks_module",
        "2026-03-17",
    ),
    node(
        "enable_nodejs_v8_module",
        "disable_nodejs_v8_module",
        "2026-03-17",
    ),
    node(
        "enable_nodejs_tty_module",
        "disable_nodejs_tty_module",
        "2026-03-17",
    ),
    node(
        "enable_nodejs_child_process_module",
        "disable_nodejs_child_process_module",
        "2026-03-17",
    ),
    node(
        "enable_nodejs_worker_threads_module",
        "disable_nodejs_worker_threads_module",
        "2026-03-17",
    ),
    node(
        "enable_nodejs_readline_module",
        "disable_nodejs_readline_module",
        "2026-03-17",
    ),
    node(
        "enable_nodejs_repl_module",
        "disable_nodejs_repl_module",
        "2026-03-17",
    ),
    dated(
        "rpc_params_dup_stubs",
        "rpc_params_transfer_stubs",
        "2026-01-20",
    ),
    dated(
        "strict_compression_checks",
        "no_strict_compression_checks",
        "2023-08-01",
    ),
    dated(
        "strict_crypto_checks",
        "no_strict_crypto_checks",
        "2023-08-01",
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

/// The names of all flags that workerd knows, those that switch something off among them.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    let flags = FLAGS.iter().chain(OTHERS);
    flags
        .flat_map(|flag| [flag.name, flag.opposite])
        .filter(|name| !name.is_empty())
}

/// Whether one flag switches off what the other switches on.
pub(super) fn contradict(one: &str, other: &str) -> bool {
    FLAGS
        .iter()
        .chain(OTHERS)
        .any(|flag| [(one, other), (other, one)].contains(&(flag.name, flag.opposite)))
}

impl Config {
    /// Whether a flag is on.
    ///
    /// # Panics
    /// The flag is not in the table.
    pub fn enables(&self, name: &str) -> bool {
        let flag = FLAGS.iter().find(|flag| flag.name == name);
        self.is_on(flag.unwrap_or_else(|| panic!("no compatibility flag \"{name}\" in the table")))
    }

    /// All flags that workerd knows by name, and whether they are on: what programs are told. Those that nothing in
    /// Holdfast depends on are among them.
    pub fn all_flags(&self) -> impl Iterator<Item = (&'static str, bool)> {
        let known = |name: &str| FLAGS.iter().any(|flag| flag.name == name);
        FLAGS
            .iter()
            .chain(OTHERS.iter().filter(move |flag| !known(flag.name)))
            .map(|flag| (flag.name, self.is_on(flag)))
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
