//! The object's alarm: when it is to ring. Ringing is somebody else's business.

use holdfast_engine::{Args, Extension, JsResult, Scope};
use holdfast_storage::{ErrorKind, StorageError};

use super::handle::StorageHandle;

const NO_HANDLER: &str =
    "Your Durable Object class must have an alarm() handler in order to call setAlarm()";

pub(super) fn register(extension: Extension) -> Extension {
    extension
        .op("op_alarm_get", 1, get)
        .op("op_alarm_set", 3, set)
        .op("op_alarm_delete", 2, delete)
}

/// `(storage)` → milliseconds since the epoch, or null, also while the alarm's own handler runs.
fn get<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let handle = StorageHandle::of(scope, args.get(0))?;
    if handle.hooks.alarm_is_hidden() {
        return Ok(scope.null());
    }
    let alarm = handle.database().get_alarm();
    match handle.done(scope, alarm)? {
        Some(ms) => Ok(scope.number(ms as f64)),
        None => Ok(scope.null()),
    }
}

/// `(storage, ms, allowUnconfirmed)`; `ms` is a whole number above zero. Times in the past become now.
fn set<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let time = scope.to_number(args.get(1))?;
    let handle = StorageHandle::of(scope, args.get(0))?;
    if !handle.has_alarm_handler.get() {
        return Err(scope.throw_type_error(NO_HANDLER));
    }
    if let Some(message) = handle.options.alarms_refused {
        // As where it is the commit that fails: the program goes on to the end of its turn.
        handle.tell_broken(&StorageError {
            kind: ErrorKind::Error,
            message: message.to_owned(),
        });
        return Ok(scope.undefined());
    }
    let ms = time.max(handle.hooks.now_ms()) as i64;
    let set = handle.database().set_alarm(Some(ms));
    handle.done(scope, set)?;
    handle.wrote(scope.to_bool(args.get(2)));
    handle.hooks.alarm_changed();
    Ok(scope.undefined())
}

/// `(storage, allowUnconfirmed)`.
fn delete<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let handle = StorageHandle::of(scope, args.get(0))?;
    let set = handle.database().set_alarm(None);
    handle.done(scope, set)?;
    handle.wrote(scope.to_bool(args.get(1)));
    handle.hooks.alarm_changed();
    Ok(scope.undefined())
}
