//! The Web platform: interfaces in JavaScript (`js/`) over small native operations.
//!
//! What it is for: everything a Worker finds on its global object that is a Web standard, following
//! the WHATWG and W3C specifications with Workers' deviations.
//!
//! What it refuses to know: Durable Objects, bindings, storage, gates, threads, how turns are driven.
//! It asks for what it needs through [`io::Io`].
//!
//! Invariants
//! - An operation never blocks; what takes time is spawned through [`io::Io::spawn`].
//! - Bodies ([`body::Body`]) are `Send` and may pass between objects without JavaScript touching them.
//! - Nothing here keeps state per process; state belongs to a context, a realm or a runtime.

pub mod body;
pub mod fetch;
pub mod io;
pub mod ops;
pub mod websocket;

use holdfast_engine::Extension;

/// All operations and modules. `holdfast:web/main` exports `install(globalThis)`.
pub fn extension() -> Extension {
    let extension = Extension::new("web").module("web/main", include_str!("../js/main.js"));
    let extension = streams(ops::register(extension));
    websocket::register(fetch::register(body::register(extension)))
}

/// The Streams standard needs no operations.
fn streams(extension: Extension) -> Extension {
    macro_rules! modules {
        ($extension:expr, $($name:literal)*) => {
            $extension$(.module(
                concat!("web/", $name), include_str!(concat!("../js/", $name, ".js"))))*
        };
    }
    modules!(
        extension,
        "primordials"
        "webidl"
        "streams/async_iterator"
        "streams/byte_controller_record"
        "streams/bytes"
        "streams/callbacks"
        "streams/fifo"
        "streams/from"
        "streams/identity_transform_stream"
        "streams/index"
        "streams/internal"
        "streams/internal_transform"
        "streams/pipe_to"
        "streams/promises"
        "streams/pull_into"
        "streams/queue_with_sizes"
        "streams/queuing_strategies"
        "streams/read_all"
        "streams/readable_byob_reader"
        "streams/readable_byob_request"
        "streams/readable_byte_controller"
        "streams/readable_core"
        "streams/readable_default_controller"
        "streams/readable_default_reader"
        "streams/readable_stream"
        "streams/tee"
        "streams/tee_bytes"
        "streams/tee_cancellation"
        "streams/text_decoder_stream"
        "streams/text_encoder_stream"
        "streams/transform_controller"
        "streams/transform_record"
        "streams/transform_stream"
        "streams/writable_controller"
        "streams/writable_core"
        "streams/writable_stream"
        "streams/writable_writer"
    )
}
