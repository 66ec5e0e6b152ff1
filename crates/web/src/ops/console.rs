//! The console: text and level go to the host; everything else is JavaScript.

use holdfast_engine::{Args, Extension, JsResult, Scope};

use crate::io::{Host, Level};

pub(super) fn register(extension: Extension) -> Extension {
    extension.op("op_console", 2, console)
}

/// `(level, text)`.
fn console<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let level = scope.to_string(args.get(0))?;
    let text = scope.to_string(args.get(1))?;
    let level = match level.as_str() {
        "debug" => Level::Debug,
        "info" => Level::Info,
        "log" => Level::Log,
        "warn" => Level::Warn,
        "error" => Level::Error,
        _ => {
            return Err(scope.throw_type_error(&format!("op_console: there is no level {level:?}")));
        }
    };
    scope.state::<Host>().console(level, &text);
    Ok(scope.undefined())
}
