//! Prepared statements over SQLite's C interface: one of the two files of this crate with `unsafe`.
//!
//! Why not `rusqlite::Statement`: it borrows its connection, and a cursor must outlive the call that made it, share its
//! connection with other cursors of the same text, and end at an unforeseen moment (`deleteAll`). Owning wrappers give
//! that by hiding a self-reference, which is no safer than this file and still copies every bound value, allocates per
//! column name, and hides the error offset and the statement counters. So the connection itself, the authorizer, the
//! limits and the configuration are `rusqlite`'s; statements are here.
//!
//! What makes it sound:
//! * A [`RawStatement`] holds its [`Handle`] by `Rc`, so no statement outlives its connection; a `Handle` is neither
//!   `Send` nor cloned out of an `Rc`, so one thread uses both.
//! * Values read from a statement borrow it, and stepping takes `&mut self`, so no pointer into SQLite's memory is
//!   alive while the statement moves.
//! * Bound texts and blobs are not copied: the two ways to bind ([`RawStatement::run`], [`Execution`]) keep the
//!   memory alive until the bindings are cleared or the statement is finalized.
#![allow(unsafe_code)]

use std::ffi::{CStr, c_char, c_int, c_void};
use std::ptr::{self, NonNull};
use std::rc::Rc;
use std::slice;
use std::sync::Arc;

use rusqlite::ffi;

use crate::authorizer::{Access, Trust};
use crate::database::Interrupter;
use crate::error::SqliteFailure;
use crate::value::{SqlValue, ValueRef};

/// Instructions of SQLite's virtual machine between two questions whether a statement must stop: enough that asking, even
/// by a system call, costs less than a hundredth of the time.
const INSTRUCTIONS_BETWEEN_QUESTIONS: c_int = 10_000;

/// An open connection, shared by its statements.
pub(crate) struct Handle {
    connection: rusqlite::Connection,
    access: Arc<Access>,
    interrupter: Option<Interrupter>,
}

/// What [`Handle::prepare`] made of the beginning of a text.
pub(crate) struct Prepared {
    /// The first statement, or none if the text held only blanks and comments.
    pub(crate) statement: Option<RawStatement>,
    /// Where the rest of the text begins.
    pub(crate) tail: usize,
}

impl Handle {
    pub(crate) fn new(
        connection: rusqlite::Connection,
        access: Arc<Access>,
        interrupter: Option<Interrupter>,
    ) -> Rc<Handle> {
        let handle = Rc::new(Handle {
            connection,
            access,
            interrupter,
        });
        if handle.interrupter.is_some() {
            let this = Rc::as_ptr(&handle).cast_mut().cast();
            // SAFETY: the connection is open. SQLite calls `must_stop` only from within prepare and step on this
            // connection, whose callers hold the `Handle`, and an `Rc` does not move what it holds.
            unsafe {
                let every = INSTRUCTIONS_BETWEEN_QUESTIONS;
                ffi::sqlite3_progress_handler(handle.raw(), every, Some(must_stop), this);
            }
        }
        handle
    }

    /// The authorizer's state for this connection.
    pub(crate) fn access(&self) -> &Access {
        &self.access
    }

    /// Runs internal statements that return nothing.
    pub(crate) fn batch(&self, sql: &str) -> Result<(), SqliteFailure> {
        self.access.set_trust(Trust::Internal);
        self.connection
            .execute_batch(sql)
            .map_err(|error| match error {
                rusqlite::Error::SqliteFailure(code, text) => SqliteFailure {
                    code: code.extended_code,
                    text: text.unwrap_or_else(|| code.to_string()),
                    offset: None,
                },
                other => SqliteFailure {
                    code: ffi::SQLITE_ERROR,
                    text: other.to_string(),
                    offset: None,
                },
            })
    }

    /// True when no transaction is open.
    pub(crate) fn autocommit(&self) -> bool {
        self.connection.is_autocommit()
    }

    /// Rows changed by the last completed statement itself.
    pub(crate) fn changes(&self) -> u64 {
        self.connection.changes()
    }

    /// Rows changed since the connection was opened, triggers and foreign key actions included.
    pub(crate) fn total_changes(&self) -> u64 {
        self.connection.total_changes()
    }

    /// The rowid of the last inserted row.
    pub(crate) fn last_insert_rowid(&self) -> i64 {
        self.connection.last_insert_rowid()
    }

    /// Compiles the first statement of `sql` under the rules of `trust`.
    pub(crate) fn prepare(
        self: &Rc<Self>,
        sql: &str,
        trust: Trust,
    ) -> Result<Prepared, SqliteFailure> {
        self.access.set_trust(trust);
        let Ok(length) = c_int::try_from(sql.len()) else {
            return Err(SqliteFailure {
                code: ffi::SQLITE_TOOBIG,
                text: "statement too long".to_owned(),
                offset: None,
            });
        };
        let begin = sql.as_ptr().cast::<c_char>();
        let mut statement = ptr::null_mut();
        let mut tail = ptr::null();
        // SAFETY: the connection is open while `self` lives; `begin` is readable for `length` bytes, which is passed;
        // both out-pointers are valid for writes.
        let code = unsafe {
            ffi::sqlite3_prepare_v3(
                self.raw(),
                begin,
                length,
                ffi::SQLITE_PREPARE_PERSISTENT,
                &mut statement,
                &mut tail,
            )
        };
        if code != ffi::SQLITE_OK {
            return Err(self.failure(code));
        }
        let tail = if tail.is_null() {
            sql.len()
        } else {
            tail.addr() - begin.addr()
        };
        let statement = NonNull::new(statement).map(|pointer| RawStatement {
            pointer,
            handle: Rc::clone(self),
            trust,
        });
        Ok(Prepared {
            statement,
            tail: tail.min(sql.len()),
        })
    }

    fn raw(&self) -> *mut ffi::sqlite3 {
        // SAFETY: the pointer is used only inside this file, while `self` (and so the connection) lives, and never
        // closed.
        unsafe { self.connection.handle() }
    }

    /// Describes the failure `code` that the last call on this connection returned.
    fn failure(&self, code: c_int) -> SqliteFailure {
        // SAFETY: the connection is open; `sqlite3_errmsg` returns a valid nul-terminated string that stays until the
        // next call on the connection, and it is copied before that.
        let (text, extended, offset) = unsafe {
            let raw = self.raw();
            let text = CStr::from_ptr(ffi::sqlite3_errmsg(raw))
                .to_string_lossy()
                .into_owned();
            (
                text,
                ffi::sqlite3_extended_errcode(raw),
                ffi::sqlite3_error_offset(raw),
            )
        };
        // A misuse does not set the connection's code: then the returned one is all there is.
        let code = if extended & 0xff == code & 0xff {
            extended
        } else {
            code
        };
        SqliteFailure {
            code,
            text,
            offset: u32::try_from(offset).ok(),
        }
    }
}

/// Tells SQLite whether to stop the statement it is running or compiling. One of ours goes on: a COMMIT stopped at its end
/// would have happened and yet be reported as failed.
///
/// # Safety
/// `handle` must point to a live [`Handle`] of the calling thread.
unsafe extern "C" fn must_stop(handle: *mut c_void) -> c_int {
    // SAFETY: the caller's promise.
    let handle = unsafe { &*handle.cast::<Handle>() };
    let stops = |interrupter: &Interrupter| handle.access.is_program() && interrupter();
    c_int::from(handle.interrupter.as_ref().is_some_and(stops))
}

/// A compiled statement that is not running, or is run by its owner through `&mut`.
pub(crate) struct RawStatement {
    pointer: NonNull<ffi::sqlite3_stmt>,
    handle: Rc<Handle>,
    trust: Trust,
}

/// Values for the parameters of an internal statement, in order.
pub(crate) type Parameters<'a> = &'a [ValueRef<'a>];

impl RawStatement {
    /// The connection this statement belongs to.
    pub(crate) fn handle(&self) -> &Rc<Handle> {
        &self.handle
    }

    /// True if running it cannot change the database file.
    pub(crate) fn readonly(&self) -> bool {
        // SAFETY: the statement is live until drop.
        unsafe { ffi::sqlite3_stmt_readonly(self.pointer.as_ptr()) != 0 }
    }

    pub(crate) fn parameter_count(&self) -> usize {
        // SAFETY: the statement is live until drop.
        let count = unsafe { ffi::sqlite3_bind_parameter_count(self.pointer.as_ptr()) };
        usize::try_from(count).unwrap_or(0)
    }

    pub(crate) fn column_count(&self) -> usize {
        // SAFETY: the statement is live until drop.
        let count = unsafe { ffi::sqlite3_column_count(self.pointer.as_ptr()) };
        usize::try_from(count).unwrap_or(0)
    }

    /// Name of result column `index`, copied.
    pub(crate) fn column_name(&self, index: usize) -> String {
        // SAFETY: the statement is live; an index out of range or a failed allocation gives null, else a
        // nul-terminated string that stays until the next call on this statement.
        unsafe {
            let name = ffi::sqlite3_column_name(self.pointer.as_ptr(), index as c_int);
            if name.is_null() {
                String::new()
            } else {
                CStr::from_ptr(name).to_string_lossy().into_owned()
            }
        }
    }

    /// Reads one of the statement's counters (`SQLITE_STMTSTATUS_*`), and sets it to zero if `reset`.
    pub(crate) fn status(&self, counter: c_int, reset: bool) -> u32 {
        // SAFETY: the statement is live, and all callers pass an index inside SQLite's counter array (see
        // `counters`).
        unsafe {
            ffi::sqlite3_stmt_status(self.pointer.as_ptr(), counter, c_int::from(reset)) as u32
        }
    }

    /// Moves to the next row; false when there is none. On an error the statement must be reset.
    fn step(&mut self) -> Result<bool, SqliteFailure> {
        // A statement may be recompiled inside step after a schema change, under its own rules.
        self.handle.access.set_trust(self.trust);
        // SAFETY: the statement is live and used by this thread only.
        match unsafe { ffi::sqlite3_step(self.pointer.as_ptr()) } {
            ffi::SQLITE_ROW => Ok(true),
            ffi::SQLITE_DONE => Ok(false),
            code => Err(self.handle.failure(code)),
        }
    }

    /// Column `index` of the current row; `NULL` when there is no row or no such column.
    pub(crate) fn value(&self, index: usize) -> ValueRef<'_> {
        let statement = self.pointer.as_ptr();
        let column = index as c_int;
        // SAFETY: the statement is live. The type is asked first and each accessor is the one of that type, so no
        // conversion moves memory; the bytes stay until the statement is stepped, reset or finalized, all of which
        // need `&mut self` or ownership. An index out of range reads as NULL.
        unsafe {
            match ffi::sqlite3_column_type(statement, column) {
                ffi::SQLITE_INTEGER => {
                    ValueRef::Integer(ffi::sqlite3_column_int64(statement, column))
                }
                ffi::SQLITE_FLOAT => ValueRef::Real(ffi::sqlite3_column_double(statement, column)),
                ffi::SQLITE_TEXT => {
                    let bytes = ffi::sqlite3_column_text(statement, column);
                    ValueRef::Text(column_bytes(
                        bytes,
                        ffi::sqlite3_column_bytes(statement, column),
                    ))
                }
                ffi::SQLITE_BLOB => {
                    let bytes = ffi::sqlite3_column_blob(statement, column);
                    ValueRef::Blob(column_bytes(
                        bytes.cast(),
                        ffi::sqlite3_column_bytes(statement, column),
                    ))
                }
                _ => ValueRef::Null,
            }
        }
    }

    /// Runs the statement with `parameters`, calling `row` for each row, and resets it.
    pub(crate) fn run(
        &mut self,
        parameters: Parameters<'_>,
        mut row: impl FnMut(&RawStatement),
    ) -> Result<(), SqliteFailure> {
        /// Ends the run on every way out, so that no binding survives the borrow of the parameters.
        struct Running<'s>(&'s mut RawStatement);
        impl Drop for Running<'_> {
            fn drop(&mut self) {
                self.0.reset();
            }
        }

        let running = Running(self);
        for (index, value) in parameters.iter().enumerate() {
            // SAFETY: `running` clears the bindings before the borrow of `parameters` ends, also on unwinding; it
            // cannot be leaked, being a local that is never moved.
            unsafe { running.0.bind(index, *value)? };
        }
        while running.0.step()? {
            row(running.0);
        }
        Ok(())
    }

    /// Back to before the first row, without bindings.
    fn reset(&mut self) {
        // SAFETY: the statement is live. The result of a reset repeats the error of the last step, known already.
        unsafe {
            ffi::sqlite3_reset(self.pointer.as_ptr());
            ffi::sqlite3_clear_bindings(self.pointer.as_ptr());
        }
    }

    /// Binds a value to parameter `index` (from 0) without copying it.
    ///
    /// # Safety
    /// The memory behind `value` must stay valid and unchanged until the bindings are cleared or the statement is
    /// finalized.
    unsafe fn bind(&mut self, index: usize, value: ValueRef<'_>) -> Result<(), SqliteFailure> {
        let statement = self.pointer.as_ptr();
        let parameter = index as c_int + 1;
        // SAFETY: the statement is live and not running (callers bind before the first step). Lengths come with the
        // pointers; an empty slice has a non-null pointer, so an empty blob is not taken for NULL. `SQLITE_STATIC`
        // makes SQLite keep the pointers, which the caller's promise covers.
        let code = unsafe {
            match value {
                ValueRef::Null => ffi::sqlite3_bind_null(statement, parameter),
                ValueRef::Integer(value) => ffi::sqlite3_bind_int64(statement, parameter, value),
                ValueRef::Real(value) => ffi::sqlite3_bind_double(statement, parameter, value),
                ValueRef::Text(text) => ffi::sqlite3_bind_text64(
                    statement,
                    parameter,
                    text.as_ptr().cast(),
                    text.len() as u64,
                    ffi::SQLITE_STATIC(),
                    ffi::SQLITE_UTF8 as u8,
                ),
                ValueRef::Blob(blob) => ffi::sqlite3_bind_blob64(
                    statement,
                    parameter,
                    blob.as_ptr().cast(),
                    blob.len() as u64,
                    ffi::SQLITE_STATIC(),
                ),
            }
        };
        if code == ffi::SQLITE_OK {
            Ok(())
        } else {
            Err(self.handle.failure(code))
        }
    }
}

impl Drop for RawStatement {
    fn drop(&mut self) {
        // SAFETY: the statement is live, this is its only owner, and its connection is still open: `handle` is dropped
        // after this. The result repeats the error of the last step.
        unsafe {
            ffi::sqlite3_finalize(self.pointer.as_ptr());
        }
    }
}

/// The bytes of a column; SQLite gives a null pointer for an empty blob.
///
/// # Safety
/// `bytes` must be null or readable for `length` bytes during `'a`.
unsafe fn column_bytes<'a>(bytes: *const u8, length: c_int) -> &'a [u8] {
    match usize::try_from(length) {
        // SAFETY: the caller's promise.
        Ok(length) if !bytes.is_null() => unsafe { slice::from_raw_parts(bytes, length) },
        _ => &[],
    }
}

/// A statement being run with values of its own: it may stay between two rows for as long as it likes.
pub(crate) struct Execution {
    // Dropped before the bindings, whose memory it points into.
    statement: RawStatement,
    bindings: Vec<SqlValue>,
}

impl Execution {
    /// Binds `bindings`; their count must be the statement's parameter count. The statement comes back if one of
    /// them is refused.
    pub(crate) fn new(
        statement: RawStatement,
        bindings: Vec<SqlValue>,
    ) -> Result<Execution, (SqliteFailure, RawStatement)> {
        let mut execution = Execution {
            statement,
            bindings,
        };
        for (index, value) in execution.bindings.iter().enumerate() {
            // SAFETY: the buffers of texts and blobs live on the heap, stay where they are when the vector moves, are
            // not touched while this value exists, and are freed only after `finish` cleared the bindings or the
            // statement was finalized (fields are dropped in order).
            if let Err(failure) = unsafe { execution.statement.bind(index, value.as_ref()) } {
                return Err((failure, execution.finish()));
            }
        }
        Ok(execution)
    }

    /// Moves to the next row; false when there is none. After an error or the end only `finish` makes sense.
    pub(crate) fn step(&mut self) -> Result<bool, SqliteFailure> {
        self.statement.step()
    }

    /// The statement at its current row.
    pub(crate) fn statement(&self) -> &RawStatement {
        &self.statement
    }

    /// Ends the run and gives the statement back, ready for the next one.
    pub(crate) fn finish(mut self) -> RawStatement {
        self.statement.reset();
        self.statement
    }
}
