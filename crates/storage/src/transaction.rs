//! Transactions: the implicit one that coalesces a turn's writes, and savepoints.
//!
//! The first write of a turn opens the implicit transaction; [`Database::commit`] ends it when the turn is over, so all
//! writes of a turn reach the disk together or not at all. An *async* savepoint (`storage.transaction()`) may span
//! turns: it begins when no implicit transaction is open and suppresses it until the outermost one ends. A *sync*
//! savepoint (`storage.transactionSync()`) lives inside whichever of the two is open.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use holdfast_journal::Position;
use rusqlite::ffi;

use crate::database::{Database, Inner, InternalFailure};
use crate::error::{ErrorKind, Result, StorageError};
use crate::internal::Internal;

const EARLIER_CRITICAL: &str = "Cannot commit transaction due to an earlier SQL critical error";
const NESTED_STILL_RUNNING: &str =
    "Cannot roll back an outer transaction while a nested transaction is still running.";
const ALREADY_UNDONE: &str = "Cannot write in this transaction: SQLite has already rolled it back.";
const CONSTRAINTS_VIOLATED: &str = "Durable Object was reset and rolled back to its last known good state because the \
    application left the database in a state where constraints were violated: ";

/// Which API opened a savepoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SavepointKind {
    /// `transactionSync`: ends before the turn does.
    Sync,
    /// `transaction`: may last for several turns.
    Async,
}

/// Names an open savepoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SavepointId(u64);

/// A batch of writes that is on its way to the disk.
///
/// No output that may reveal the writes leaves the object before the store's durable position has reached this one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Commit {
    position: Position,
    alarm: Option<Option<i64>>,
}

impl Commit {
    /// Its place in the log; for a database in memory, among its own commits.
    pub fn position(&self) -> Position {
        self.position
    }

    /// What the alarm is from now on (ms since 1970, or none), if this commit may have changed it.
    pub fn alarm(&self) -> Option<Option<i64>> {
        self.alarm
    }
}

struct Savepoint {
    id: SavepointId,
    kind: SavepointKind,
    name: String,
}

/// What the program has open.
#[derive(Default)]
pub(crate) struct Transactions {
    implicit: Cell<bool>,
    savepoints: RefCell<Vec<Savepoint>>,
    /// SQLite itself rolled the implicit transaction back (`ON CONFLICT ROLLBACK`, `RAISE(ROLLBACK)`).
    undone: Cell<bool>,
    ids: Cell<u64>,
    /// Told the position of the next commit of the implicit transaction.
    awaited: RefCell<Option<Rc<Cell<Option<Position>>>>>,
    /// The alarm's row was written since the last commit, and perhaps restored by a rollback.
    alarm_written: Cell<bool>,
}

impl Transactions {
    /// True if neither an implicit transaction nor a savepoint is open.
    pub(crate) fn is_idle(&self) -> bool {
        !self.implicit.get() && self.savepoints.borrow().is_empty()
    }

    /// Drops all knowledge of open transactions, which the closing connection takes with it.
    pub(crate) fn forget(&self) {
        self.implicit.set(false);
        self.undone.set(false);
        self.savepoints.borrow_mut().clear();
        self.awaited.replace(None);
    }

    /// Will be told the position of the implicit transaction, if it commits; none if none is open.
    pub(crate) fn await_commit(&self) -> Option<Rc<Cell<Option<Position>>>> {
        let open = self.implicit.get();
        open.then(|| Rc::clone(self.awaited.borrow_mut().get_or_insert_default()))
    }

    fn spans_turns(&self) -> bool {
        self.savepoints
            .borrow()
            .first()
            .is_some_and(|outermost| outermost.kind == SavepointKind::Async)
    }

    /// To be called when the alarm's row is written.
    pub(crate) fn alarm_written(&self) {
        self.alarm_written.set(true);
    }
}

impl Database {
    /// True if an implicit transaction is open, that is, if [`Self::commit`] has something to do.
    pub fn in_transaction(&self) -> bool {
        self.inner.transactions.implicit.get()
    }

    /// True if a savepoint is open.
    pub fn in_savepoint(&self) -> bool {
        !self.inner.transactions.savepoints.borrow().is_empty()
    }

    /// True from the beginning of an async savepoint to the end of the outermost one.
    pub fn in_async_transaction(&self) -> bool {
        self.inner.transactions.spans_turns()
    }

    /// Commits the implicit transaction; to be called at the end of every turn. `None` if nothing was written, and also
    /// while an async savepoint is open, whose release commits instead.
    ///
    /// # Errors
    /// [`ErrorKind::Critical`]: the transaction has been rolled back and the object is broken. Violated deferred
    /// constraints have the text of the reference's section 3.16. [`ErrorKind::Internal`], and nothing done, while a sync
    /// savepoint is open inside the transaction: it must end before its turn does.
    pub fn commit(&self) -> Result<Option<Commit>> {
        let inner = &self.inner;
        let transactions = &inner.transactions;
        if !transactions.implicit.get() {
            return Ok(None);
        }
        if let Some(open) = transactions.savepoints.borrow().last() {
            return Err(StorageError::internal(format!(
                "cannot commit while the savepoint {} is open",
                open.name
            )));
        }
        let handle = inner.connection()?;
        if transactions.undone.get() || inner.autocommit() {
            inner.undo_implicit();
            return Err(inner.break_with(
                "Durable Object was reset because a ROLLBACK conflict clause or RAISE(ROLLBACK, ...) undid the implicit \
                 transaction in which its other writes were waiting. Use ABORT or FAIL instead, or wrap the statement in \
                 transactionSync().",
            ));
        }
        match inner.run_internal(&handle, Internal::Commit, &[], |_| {}) {
            Ok(()) => {
                transactions.implicit.set(false);
                inner.take_committed()
            }
            Err(failure) => {
                inner.undo_implicit();
                Err(match failure {
                    InternalFailure::Sqlite(failure)
                        if failure.primary() == ffi::SQLITE_CONSTRAINT =>
                    {
                        inner.break_with(format!("{CONSTRAINTS_VIOLATED}{failure}"))
                    }
                    InternalFailure::Sqlite(failure) => inner.break_unwritten(&failure),
                    InternalFailure::Other(error) => inner.break_unwritten(&error),
                })
            }
        }
    }

    /// Undoes everything since the last commit, savepoints included. Does nothing when nothing is open.
    pub fn rollback_implicit(&self) {
        if !self.inner.transactions.is_idle() {
            self.inner.undo_implicit();
        }
    }

    /// Opens a savepoint inside those already open.
    ///
    /// # Errors
    /// SQLite's; [`ErrorKind::Internal`] for an async savepoint while an implicit transaction is open: its writes
    /// belong to the turn that made them and must be committed first.
    pub fn begin_savepoint(&self, kind: SavepointKind) -> Result<SavepointId> {
        let inner = &self.inner;
        let transactions = &inner.transactions;
        if kind == SavepointKind::Async && transactions.implicit.get() {
            return Err(StorageError::internal(
                "commit the implicit transaction before an async transaction begins",
            ));
        }
        let handle = match kind {
            SavepointKind::Sync => {
                inner.mark_write()?;
                inner.connection()?
            }
            SavepointKind::Async => inner.connection()?,
        };
        let depth = transactions.savepoints.borrow().len();
        let name = match kind {
            SavepointKind::Sync => format!("_cf_sync_savepoint_{depth}"),
            SavepointKind::Async => format!("_cf_savepoint_{depth}"),
        };
        handle
            .batch(&format!("SAVEPOINT {name}"))
            .map_err(|failure| inner.judge(failure))?;
        transactions.ids.set(transactions.ids.get() + 1);
        let id = SavepointId(transactions.ids.get());
        transactions
            .savepoints
            .borrow_mut()
            .push(Savepoint { id, kind, name });
        Ok(id)
    }

    /// Keeps what was written since the savepoint was opened. The outermost async savepoint commits: then the result is
    /// the commit; otherwise the writes wait for the enclosing transaction.
    ///
    /// # Errors
    /// `Cannot commit transaction due to an earlier SQL critical error` if SQLite has rolled everything back since;
    /// violated deferred constraints of an outermost async savepoint, which is rolled back then;
    /// [`ErrorKind::Internal`] if `id` is not the innermost savepoint.
    pub fn release(&self, id: SavepointId) -> Result<Option<Commit>> {
        let inner = &self.inner;
        let transactions = &inner.transactions;
        let name = inner.innermost(id, "commit")?;
        if transactions.undone.get() || inner.autocommit() {
            transactions.savepoints.borrow_mut().pop();
            return Err(StorageError::error(EARLIER_CRITICAL));
        }
        let handle = inner.connection()?;
        let commits = transactions.savepoints.borrow().len() == 1 && transactions.spans_turns();
        if let Err(failure) = handle.batch(&format!("RELEASE {name}")) {
            let error = inner.judge(failure);
            if !inner.autocommit() {
                self.rollback_to(id)?;
            }
            return Err(error);
        }
        transactions.savepoints.borrow_mut().pop();
        match commits {
            true => inner.take_committed(),
            false => Ok(None),
        }
    }

    /// Undoes what was written since the savepoint was opened, and closes it.
    ///
    /// # Errors
    /// `Cannot roll back an outer transaction while a nested transaction is still running.`; SQLite's.
    pub fn rollback_to(&self, id: SavepointId) -> Result<()> {
        let inner = &self.inner;
        let transactions = &inner.transactions;
        let name = inner.innermost(id, "roll back")?;
        inner.tables.forget();
        if !transactions.undone.get() && !inner.autocommit() {
            let handle = inner.connection()?;
            handle
                .batch(&format!("ROLLBACK TO {name}; RELEASE {name}"))
                .map_err(|failure| inner.judge(failure))?;
        }
        transactions.savepoints.borrow_mut().pop();
        if transactions.is_idle() && inner.autocommit() {
            // What SQLite may have written is what was there before.
            inner.pages()?.discard();
        }
        Ok(())
    }
}

impl Inner {
    /// SQLite has committed: the pages go to the log.
    fn take_committed(&self) -> Result<Option<Commit>> {
        let alarm = match self.transactions.alarm_written.get() {
            true => match self.alarm() {
                Ok(alarm) => Some(alarm),
                Err(error) => {
                    // SQLite has committed what the log will never see.
                    self.shut(Some(StorageError::error(crate::NO_LONGER_ACCESSIBLE)));
                    return Err(self.break_with(error.message));
                }
            },
            false => None,
        };
        self.take_pages(alarm)
    }

    /// Takes the pages that SQLite has written to the log.
    pub(crate) fn take_pages(&self, alarm: Option<Option<i64>>) -> Result<Option<Commit>> {
        self.transactions.alarm_written.set(false);
        let taken = self.pages()?.commit(alarm);
        if let Some(awaited) = self.transactions.awaited.take()
            && let Ok(position) = &taken
        {
            awaited.set(*position);
        }
        match taken {
            Ok(position) => Ok(position.map(|position| Commit { position, alarm })),
            Err(error) => {
                // SQLite believes that these pages are committed: its connection must go.
                self.shut(Some(StorageError::error(crate::NO_LONGER_ACCESSIBLE)));
                Err(self.break_unwritten(&error))
            }
        }
    }

    /// To be called before every statement that may write: opens the file and the implicit transaction.
    pub(crate) fn mark_write(&self) -> Result<()> {
        let transactions = &self.transactions;
        if transactions.spans_turns() {
            return match self.autocommit() {
                false => Ok(()),
                true => Err(StorageError::error(ALREADY_UNDONE)),
            };
        }
        if transactions.implicit.get() && !self.autocommit() {
            return Ok(());
        }
        let handle = self.connection()?;
        // SQLite undid the transaction. What follows must not be committed piece by piece: it joins a transaction that
        // will not be committed.
        transactions.undone.set(transactions.implicit.get());
        self.run_internal(&handle, Internal::Begin, &[], |_| {})
            .map_err(|failure| failure.into_error(self))?;
        transactions.implicit.set(true);
        Ok(())
    }

    /// Name of the savepoint `id`, which must be the innermost one for `action`.
    fn innermost(&self, id: SavepointId, action: &str) -> Result<String> {
        let savepoints = self.transactions.savepoints.borrow();
        match savepoints.last() {
            Some(last) if last.id == id => Ok(last.name.clone()),
            _ if savepoints.iter().any(|savepoint| savepoint.id == id) => Err(match action {
                "roll back" => StorageError::error(NESTED_STILL_RUNNING),
                _ => StorageError::internal(format!(
                    "cannot {action} a savepoint while a nested one is open"
                )),
            }),
            _ => Err(StorageError::new(
                ErrorKind::Internal,
                format!(
                    "cannot {action} a savepoint that has ended or was undone with its transaction"
                ),
            )),
        }
    }

    /// Rolls back whatever is open, leaving nothing open whether SQLite agrees or not.
    pub(crate) fn undo_implicit(&self) {
        self.tables.forget();
        self.transactions.forget();
        if !self.autocommit() {
            let open = self.connection();
            let undone = open.map(|handle| {
                self.run_internal(&handle, Internal::Rollback, &[], |_| {})
                    .is_ok()
            });
            if !matches!(undone, Ok(true)) {
                // The connection takes the transaction with it.
                self.shut(Some(StorageError::error(crate::NO_LONGER_ACCESSIBLE)));
            }
        }
        if let Some(pages) = self.opened_pages() {
            pages.discard();
        }
    }
}
