//! The basic interfaces of the Web platform: native operations and the JavaScript modules over them.
//!
//! What these operations keep between calls belongs to a context (its [`Timers`]) or to a JavaScript
//! object (a decoder in the middle of a stream); nothing is global.

mod async_context;
mod base64;
mod console;
mod encoding;
mod timers;
mod url;
mod url_pattern;
mod values;

use holdfast_engine::Extension;

pub use timers::Timers;

/// Adds the operations of this part to `extension`.
#[must_use]
pub fn register(extension: Extension) -> Extension {
    let groups = [
        async_context::register,
        base64::register,
        console::register,
        encoding::register,
        timers::register,
        url::register,
        url_pattern::register,
        values::register,
    ];
    groups
        .into_iter()
        .fold(extension, |extension, register| register(extension))
}
