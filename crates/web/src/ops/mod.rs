//! The basic interfaces of the Web platform: native operations and the JavaScript modules over them.
//!
//! What these operations keep between calls belongs to a context (its [`Timers`]) or to a JavaScript
//! object (a decoder in the middle of a stream); nothing is global.

/// Adds the modules of these names, from `js/`.
macro_rules! modules {
    ($extension:expr, $($name:literal)*) => {
        $extension$(.module(
            concat!("web/", $name),
            include_str!(concat!("../../js/", $name, ".js")),
        ))*
    };
}

mod base64;
mod console;
mod crypto;
mod encoding;
mod timers;
mod url;
mod values;

use holdfast_engine::Extension;

pub use timers::Timers;

/// Adds the operations and modules of this part to `extension`.
#[must_use]
pub fn register(extension: Extension) -> Extension {
    let groups = [
        base64::register,
        console::register,
        crypto::register,
        encoding::register,
        timers::register,
        url::register,
        values::register,
    ];
    let extension = groups
        .into_iter()
        .fold(extension, |extension, register| register(extension));
    // Modules that need no operation of their own.
    modules!(
        extension,
        "abort" "call_site" "clonable" "close_event" "custom_event" "dom_exception" "error_event" "error_stack"
        "event" "event_target" "message_event" "navigator" "performance" "promise_rejection_event"
        "report_error" "status_text" "type_errors"
    )
}
