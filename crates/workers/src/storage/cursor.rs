//! SQL values on their way out.
//!
//! A cursor is read in two ways. Row by row, where the program runs in between and may write what the next row will
//! show: each row is one operation, so that the cursor is never more than one row ahead. And to the end at once, where
//! nothing comes between: then rows cross in batches.

use std::rc::Rc;

use holdfast_engine::{Args, Extension, JsResult, Local, Scope, Thrown};
use holdfast_storage::{Cursor, Row, ValueRef};

use super::handle::{IoType, StorageHandle};

/// Values in one batch, more than any row has. Up to this size the engine makes an array in one step.
const BATCH_VALUES_MAX: usize = 254;

pub(super) fn register(extension: Extension) -> Extension {
    extension
        .op("op_sql_next", 1, next)
        .op("op_sql_rows", 2, rows)
        .op("op_sql_columns", 1, columns)
        .op("op_sql_end", 1, end)
        .op("op_sql_rows_read", 1, rows_read)
        .op("op_sql_rows_written", 1, rows_written)
}

/// A cursor as a host object owns it.
struct Rows {
    handle: Rc<StorageHandle>,
    cursor: Cursor,
}

/// The host object for `cursor`.
pub(super) fn wrap<'s>(
    scope: &mut Scope<'s>,
    handle: Rc<StorageHandle>,
    cursor: Cursor,
) -> JsResult<'s> {
    scope.wrap(Rc::new(Rows { handle, cursor }))
}

impl Rows {
    fn of(scope: &mut Scope<'_>, value: Local<'_>) -> Result<Rc<Rows>, Thrown> {
        let rows = scope.unwrap::<Rows>(value)?;
        rows.handle.check(scope, IoType::Cursor)?;
        Ok(rows)
    }

    /// Appends the next row to `values`; false after the last.
    ///
    /// Making values runs no code of the program's: at most a collection, whose finalizers may end other cursors.
    fn read<'s>(&self, scope: &mut Scope<'s>, values: &mut Vec<Local<'s>>) -> Result<bool, Thrown> {
        let row = self.cursor.next_with(|row| push_row(scope, &row, values));
        match self.handle.done(scope, row)? {
            Some(pushed) => pushed.map(|()| true),
            None => Ok(false),
        }
    }
}

fn push_row<'s>(
    scope: &mut Scope<'s>,
    row: &Row<'_>,
    values: &mut Vec<Local<'s>>,
) -> Result<(), Thrown> {
    for index in 0..row.len() {
        values.push(value(scope, row.get(index))?);
    }
    Ok(())
}

fn value<'s>(scope: &mut Scope<'s>, value: ValueRef<'_>) -> JsResult<'s> {
    match value {
        ValueRef::Null => Ok(scope.null()),
        // Precision beyond 2^53 is lost, as on Cloudflare.
        ValueRef::Integer(value) => Ok(scope.number(value as f64)),
        ValueRef::Real(value) => Ok(scope.number(value)),
        ValueRef::Text(bytes) if bytes.is_ascii() => scope.latin1(bytes),
        ValueRef::Text(bytes) => scope.string(&String::from_utf8_lossy(bytes)),
        ValueRef::Blob(bytes) => scope.array_buffer(bytes),
    }
}

/// `(cursor)` → the next row as an array, or undefined after the last.
fn next<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let rows = Rows::of(scope, args.get(0))?;
    let mut values = Vec::with_capacity(rows.cursor.column_names().len());
    match rows.read(scope, &mut values)? {
        true => scope.array(&values),
        false => Ok(scope.undefined()),
    }
}

/// `(cursor, most rows)` → `[whether that is all, column names, value, value, …]`, the values row after row.
fn rows<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let rows = Rows::of(scope, args.get(0))?;
    let rows_max = scope.to_number(args.get(1))?;
    let names = rows.cursor.column_names();
    let mut values = Vec::with_capacity(2 + names.len());
    values.push(scope.bool(false));
    values.push(rows.handle.columns.array(scope, names)?);
    let mut count = 0.0;
    while count < rows_max && values.len() + names.len() <= 2 + BATCH_VALUES_MAX {
        if !rows.read(scope, &mut values)? {
            values[0] = scope.bool(true);
            break;
        }
        count += 1.0;
    }
    scope.array(&values)
}

/// `(cursor)` → the runtime's own array of column names.
fn columns<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let rows = scope.unwrap::<Rows>(args.get(0))?;
    rows.handle.columns.array(scope, rows.cursor.column_names())
}

/// `(cursor)`: the program may read no more rows, although there are some.
fn end<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let rows = scope.unwrap::<Rows>(args.get(0))?;
    rows.cursor.end();
    Ok(scope.undefined())
}

/// `(cursor)`.
fn rows_read<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let rows = scope.unwrap::<Rows>(args.get(0))?;
    rows.handle.require_owner(scope, IoType::Cursor)?;
    Ok(scope.number(rows.cursor.rows_read() as f64))
}

/// `(cursor)`.
fn rows_written<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let rows = scope.unwrap::<Rows>(args.get(0))?;
    rows.handle.require_owner(scope, IoType::Cursor)?;
    Ok(scope.number(rows.cursor.rows_written() as f64))
}
