//! `ctx.storage.sql`.

use holdfast_engine::{Args, Extension, JsResult, Scope};

use super::binding::bindings;
use super::cursor;
use super::handle::StorageHandle;

pub(super) fn register(extension: Extension) -> Extension {
    extension
        .op("op_sql_exec", 3, exec)
        .op("op_sql_database_size", 1, database_size)
}

/// `(storage, query, array of bindings)` → a cursor, whose first row has been computed.
fn exec<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let query = scope.to_string(args.get(1))?;
    let bindings = bindings(scope, args.get(2))?;
    let handle = StorageHandle::of(scope, args.get(0))?;
    handle.require_sql(scope)?;
    let database = handle.database();
    let cursor = database.exec(&query, bindings);
    // Also on failure: of several statements some may have been run.
    if database.in_transaction() || database.in_savepoint() {
        handle.wrote(false);
    }
    let cursor = handle.done(scope, cursor)?;
    cursor::wrap(scope, handle, cursor)
}

/// `(storage)` → bytes in use.
fn database_size<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let handle = StorageHandle::of(scope, args.get(0))?;
    handle.require_sql(scope)?;
    let size = handle.database().database_size();
    let size = handle.done(scope, size)?;
    Ok(scope.number(size as f64))
}
