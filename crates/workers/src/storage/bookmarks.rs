//! Point-in-time recovery: bookmarks, and the wish to go back to one.
//!
//! An object goes back when it starts the next time, before its constructor runs: whoever starts it calls
//! [`Database::begin_session`](holdfast_storage::Database::begin_session).

use holdfast_engine::{Args, Extension, JsResult, Scope};
use holdfast_web::io::promise_from;

use super::handle::StorageHandle;

pub(super) fn register(extension: Extension) -> Extension {
    extension
        .op("op_bookmark_current", 1, current)
        .op("op_bookmark_for_time", 2, for_time)
        .op("op_bookmark_restore_next", 2, restore_next)
}

/// `(storage)` → a promise of the bookmark of what was written so far, once that is durable.
fn current<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let handle = StorageHandle::of(scope, args.get(0))?;
    let bookmark = handle.database().current_bookmark();
    let bookmark = handle.done(scope, bookmark)?;
    promise_from(scope, handle.hooks.durable(), move |scope, ()| {
        scope.string(&bookmark.text())
    })
}

/// `(storage, ms)` → a bookmark; `ms` is a whole number.
fn for_time<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let time = scope.to_number(args.get(1))?;
    let handle = StorageHandle::of(scope, args.get(0))?;
    // Times before 1970 become 1970: all of them are too long ago.
    let bookmark = handle.database().bookmark_for_time(time as u64);
    let bookmark = handle.done(scope, bookmark)?;
    scope.string(&bookmark)
}

/// `(storage, bookmark)` → the bookmark of the state right before the object goes back.
fn restore_next<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let bookmark = scope.to_string(args.get(1))?;
    let handle = StorageHandle::of(scope, args.get(0))?;
    let undo = handle.database().restore_on_next_session(&bookmark);
    let undo = handle.done(scope, undo)?;
    handle.wrote(false);
    scope.string(&undo)
}
