//! The basic interfaces of the Web platform: native operations and the JavaScript modules over them.
//!
//! What these operations keep between calls belongs to a context (its [`Timers`]) or to a JavaScript
//! object (a decoder in the middle of a stream); nothing is global.

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
    let extension = groups.into_iter().fold(extension, |extension, register| register(extension));
    script_only(extension)
}

/// Modules that need no operation of their own.
fn script_only(extension: Extension) -> Extension {
    extension
        .module("web/abort", include_str!("../../js/abort.js"))
        .module("web/call_site", include_str!("../../js/call_site.js"))
        .module("web/close_event", include_str!("../../js/close_event.js"))
        .module("web/custom_event", include_str!("../../js/custom_event.js"))
        .module("web/dom_exception", include_str!("../../js/dom_exception.js"))
        .module("web/error_event", include_str!("../../js/error_event.js"))
        .module("web/error_stack", include_str!("../../js/error_stack.js"))
        .module("web/event", include_str!("../../js/event.js"))
        .module("web/event_target", include_str!("../../js/event_target.js"))
        .module("web/message_event", include_str!("../../js/message_event.js"))
        .module("web/navigator", include_str!("../../js/navigator.js"))
        .module("web/performance", include_str!("../../js/performance.js"))
        .module("web/promise_rejection_event", include_str!("../../js/promise_rejection_event.js"))
        .module("web/report_error", include_str!("../../js/report_error.js"))
        .module("web/type_errors", include_str!("../../js/type_errors.js"))
}
