//! `deleteAll()` and `sync()`.

use holdfast_engine::{Args, Extension, JsResult, Scope};
use holdfast_web::io::promise_from;

use super::handle::StorageHandle;

const WITHIN_TRANSACTION: &str = "Cannot call deleteAll() within a transaction";

pub(super) fn register(extension: Extension) -> Extension {
    extension
        .op("op_storage_delete_all", 1, delete_all)
        .op("op_storage_sync", 1, sync)
}

/// `(storage)`.
fn delete_all<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let handle = StorageHandle::of(scope, args.get(0))?;
    // Also when the transaction has been rolled back while its callback goes on, which the database does not know.
    if handle.transactions_running.get() != 0 {
        return Err(scope.throw_error(WITHIN_TRANSACTION));
    }
    let with_alarm = handle.options.delete_all_deletes_alarm;
    let deleted = handle.database().delete_all(with_alarm);
    if let Some(commit) = handle.done(scope, deleted)? {
        handle.hooks.committed(commit);
    }
    if with_alarm {
        handle.hooks.alarm_changed();
    }
    Ok(scope.undefined())
}

/// `(storage)` → a promise, resolved when all writes so far are durable.
fn sync<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let handle = StorageHandle::of(scope, args.get(0))?;
    promise_from(scope, handle.hooks.durable(), |scope, ()| {
        Ok(scope.undefined())
    })
}
