//! `transactionSync()` and `transaction()`.

use std::cell::Cell;
use std::rc::Rc;

use holdfast_engine::{Args, Extension, JsResult, Scope, Thrown};
use holdfast_object::alarm::HiddenMark;
use holdfast_storage::{ErrorKind, SavepointId, SavepointKind, StorageError};

use super::handle::{IoType, StorageHandle};

pub(super) fn register(extension: Extension) -> Extension {
    extension
        .op("op_transaction_sync", 2, transaction_sync)
        .op("op_transaction_begin", 1, begin)
        .op("op_transaction_rollback", 1, rollback)
        .op("op_transaction_end", 2, end)
}

/// `(storage, callback)` → what the callback returned. Throws what it threw, undoing what it wrote.
fn transaction_sync<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let handle = StorageHandle::of(scope, args.get(0))?;
    handle.require_transaction_sync(scope)?;
    let database = handle.database();
    let mark = handle.hooks.alarm_mark();
    let begun = database.begin_savepoint(SavepointKind::Sync);
    let savepoint = handle.done(scope, begun)?;
    handle.wrote(false);
    let this = scope.undefined();
    match scope.call(args.get(1), this, &[]) {
        Ok(result) => {
            handle.require_open(scope)?;
            let released = database.release(savepoint);
            if released.is_err() {
                handle.undo_alarm(mark);
            }
            handle.done(scope, released)?;
            Ok(result)
        }
        Err(Thrown) => {
            handle.undo_alarm(mark);
            // The callback's exception is what the caller gets. If undoing fails, the savepoint is gone already, or the
            // database is broken and says so at the next call.
            if let Err(error) = database.rollback_to(savepoint)
                && error.kind == ErrorKind::Critical
            {
                handle.tell_broken(&error);
            }
            Err(Thrown)
        }
    }
}

/// The savepoint of one `transaction()`.
struct Transaction {
    handle: Rc<StorageHandle>,
    savepoint: SavepointId,
    /// The alarm when it began.
    mark: Option<HiddenMark>,
    /// Neither committed nor rolled back.
    open: Cell<bool>,
    /// The callback has not ended.
    running: Cell<bool>,
}

impl Drop for Transaction {
    fn drop(&mut self) {
        self.stop();
    }
}

impl Transaction {
    fn stop(&self) {
        if self.running.replace(false) {
            let running = &self.handle.transactions_running;
            running.set(running.get() - 1);
        }
    }

    /// An end that failed and left the savepoint open would keep everything that follows from being committed.
    fn ended<T>(
        &self,
        scope: &mut Scope<'_>,
        result: Result<T, StorageError>,
    ) -> Result<T, Thrown> {
        if let Err(error) = &result
            && error.kind == ErrorKind::Internal
        {
            self.handle.tell_broken(error);
        }
        self.handle.done(scope, result)
    }
}

/// `(storage)` → a transaction. To be called at the beginning of a critical section.
fn begin<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let handle = StorageHandle::of(scope, args.get(0))?;
    let mark = handle.hooks.alarm_mark();
    let begun = handle.database().begin_savepoint(SavepointKind::Async);
    let savepoint = handle.done(scope, begun)?;
    handle
        .transactions_running
        .set(handle.transactions_running.get() + 1);
    scope.wrap(Rc::new(Transaction {
        handle,
        savepoint,
        mark,
        open: Cell::new(true),
        running: Cell::new(true),
    }))
}

/// `(transaction)`: undoes it while its callback goes on. Nothing happens the second time.
fn rollback<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let transaction = scope.unwrap::<Transaction>(args.get(0))?;
    let handle = &transaction.handle;
    handle.check(scope, IoType::Transaction)?;
    if transaction.open.get() {
        let undone = handle.database().rollback_to(transaction.savepoint);
        handle.done(scope, undone)?;
        handle.undo_alarm(transaction.mark);
        transaction.open.set(false);
    }
    Ok(scope.undefined())
}

/// `(transaction, commit)`: the callback has ended. Commits or undoes the transaction, unless it was rolled back.
fn end<'s>(scope: &mut Scope<'s>, args: &Args<'s>) -> JsResult<'s> {
    let transaction = scope.unwrap::<Transaction>(args.get(0))?;
    let handle = &transaction.handle;
    // Not refused to a stranger: the transaction would stay open, and whatever ends it is our own code.
    handle.require_open(scope)?;
    transaction.stop();
    if !transaction.open.replace(false) {
        return Ok(scope.undefined());
    }
    if scope.to_bool(args.get(1)) {
        let released = handle.database().release(transaction.savepoint);
        if released.is_err() {
            handle.undo_alarm(transaction.mark);
        }
        if let Some(commit) = transaction.ended(scope, released)? {
            handle.hooks.committed(commit);
        }
    } else {
        let undone = handle.database().rollback_to(transaction.savepoint);
        handle.undo_alarm(transaction.mark);
        transaction.ended(scope, undone)?;
    }
    Ok(scope.undefined())
}
