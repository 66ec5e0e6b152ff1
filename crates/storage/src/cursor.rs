//! Running statements that return rows one by one.

use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};

use crate::cache::{ColumnNames, StatementInfo};
use crate::counters::{self, Before, Raw};
use crate::database::Inner;
use crate::error::{Result, SqliteFailure, StorageError};
use crate::internal::Internal;
use crate::statement::{Execution, RawStatement};
use crate::value::{SqlValue, ValueRef};

/// Where a statement goes when its run is over.
pub(crate) enum Origin {
    /// The program's; back to the cache.
    Program(Rc<StatementInfo>),
    /// One of ours; back to its slot.
    Internal(Internal),
}

enum State {
    /// A row is waiting to be delivered.
    Row(Execution),
    /// The row that the statement stands on has been delivered; the next one is not computed yet.
    Delivered(Execution),
    /// No row is left and the statement is gone.
    Done {
        /// The consumer has been told so.
        told: bool,
    },
    /// Ended from outside.
    Cancelled(StorageError),
}

/// One run of a statement. Shared between its consumer and the database, which can cancel it.
pub(crate) struct Run {
    state: RefCell<State>,
    origin: Origin,
    columns: ColumnNames,
    /// Row counters, final once the statement is gone.
    counters: Cell<Raw>,
    database: Weak<Inner>,
}

impl Run {
    /// Steps `execution` to its first row. A run without one is over when this returns.
    pub(crate) fn start(
        database: &Rc<Inner>,
        mut execution: Execution,
        origin: Origin,
    ) -> Result<Rc<Run>, (SqliteFailure, RawStatement)> {
        let mut counters = Raw::default();
        let first_row = match step(&mut execution, &origin, &mut counters) {
            Ok(first_row) => first_row,
            Err(failure) => return Err((failure, execution.finish())),
        };
        let columns = match &origin {
            Origin::Program(info) => info.columns(execution.statement()),
            Origin::Internal(_) => ColumnNames::from([]),
        };
        let run = Rc::new(Run {
            state: RefCell::new(State::Done { told: false }),
            origin,
            columns,
            counters: Cell::new(counters),
            database: Rc::downgrade(database),
        });
        if first_row {
            run.state.replace(State::Row(execution));
            database.watch(&run);
        } else {
            run.give_back(database, execution.finish());
        }
        Ok(run)
    }

    /// Hands the waiting row to `row` and steps to the next one. A listing of ours steps when it is asked again: it
    /// shows what was written since.
    fn next<R>(&self, row: impl FnOnce(&RawStatement) -> R) -> Result<Option<R>> {
        let mut state = self.state.borrow_mut();
        if matches!(&*state, State::Delivered(_)) {
            self.advance(&mut state)?;
        }
        let execution = match &mut *state {
            State::Row(execution) => execution,
            State::Delivered(_) => unreachable!("it was stepped above"),
            State::Done { told } => {
                *told = true;
                return Ok(None);
            }
            State::Cancelled(error) => return Err(error.clone()),
        };
        if self.database.strong_count() == 0 {
            // The database cancels its runs before it goes.
            return Err(StorageError::error(crate::NO_LONGER_ACCESSIBLE));
        }
        let result = row(execution.statement());
        let mut counters = self.counters.get();
        if counters.delivered == 0
            && let ValueRef::Integer(value) = execution.statement().value(0)
        {
            counters.first_integer = u64::try_from(value).ok();
        }
        counters.delivered += 1;
        self.counters.set(counters);
        match &self.origin {
            Origin::Program(_) => self.advance(&mut state)?,
            Origin::Internal(_) => {
                if let State::Row(execution) =
                    std::mem::replace(&mut *state, State::Done { told: false })
                {
                    *state = State::Delivered(execution);
                }
            }
        }
        Ok(Some(result))
    }

    /// Steps to the next row; gives the statement back if there is none.
    fn advance(&self, state: &mut State) -> Result<()> {
        let Some(database) = self.database.upgrade() else {
            return Err(StorageError::error(crate::NO_LONGER_ACCESSIBLE));
        };
        let (State::Row(mut execution) | State::Delivered(mut execution)) =
            std::mem::replace(state, State::Done { told: false })
        else {
            return Ok(());
        };
        let mut counters = self.counters.get();
        let stepped = step(&mut execution, &self.origin, &mut counters);
        self.counters.set(counters);
        if let Ok(true) = stepped {
            *state = State::Row(execution);
            return Ok(());
        }
        self.give_back(&database, execution.finish());
        stepped.map(drop).map_err(|failure| database.judge(failure))
    }

    fn give_back(&self, database: &Inner, statement: RawStatement) {
        match &self.origin {
            Origin::Program(info) => database.put_back(info, statement),
            Origin::Internal(which) => database.put_back_internal(*which, statement),
        }
    }

    /// The consumer wants no more rows: the statement is released now.
    fn end(&self) {
        let execution = {
            let mut state = self.state.borrow_mut();
            if !matches!(&*state, State::Row(_) | State::Delivered(_)) {
                return;
            }
            match std::mem::replace(&mut *state, State::Done { told: true }) {
                State::Row(execution) | State::Delivered(execution) => execution,
                State::Done { .. } | State::Cancelled(_) => unreachable!("seen above"),
            }
        };
        let mut counters = self.counters.get();
        counters.add_steps(execution.statement());
        // The row ahead has been read.
        counters.delivered += 1;
        self.counters.set(counters);
        if let Some(database) = self.database.upgrade() {
            self.give_back(&database, execution.finish());
        }
    }

    /// Ends the run, releasing its statement now; the consumer gets `error` unless it has seen the end.
    pub(crate) fn cancel(&self, error: StorageError) {
        let mut state = self.state.borrow_mut();
        if matches!(
            &*state,
            State::Row(_) | State::Delivered(_) | State::Done { told: false }
        ) {
            *state = State::Cancelled(error);
        }
    }

    /// True while a statement is held.
    pub(crate) fn is_live(&self) -> bool {
        matches!(&*self.state.borrow(), State::Row(_) | State::Delivered(_))
    }

    /// What SQLite has counted so far.
    fn counters(&self) -> Raw {
        let mut counters = self.counters.get();
        if let State::Row(execution) = &*self.state.borrow() {
            counters.add_steps(execution.statement());
            self.counters.set(counters);
            // The row ahead has been read.
            counters.delivered += 1;
        }
        counters
    }
}

/// Steps once, and reads the counters when that was the last step.
fn step(
    execution: &mut Execution,
    origin: &Origin,
    counters: &mut Raw,
) -> Result<bool, SqliteFailure> {
    let Origin::Program(info) = origin else {
        return execution.step();
    };
    let before = (!info.readonly).then(|| Before::of(execution.statement().handle()));
    let more = execution.step()?;
    if !more {
        let statement = execution.statement();
        counters.add_steps(statement);
        if let Some(before) = before {
            counters.add_changes(statement.handle(), before);
        }
    }
    Ok(more)
}

impl Drop for Run {
    fn drop(&mut self) {
        if let State::Row(execution) | State::Delivered(execution) =
            self.state.replace(State::Done { told: true })
            && let Some(database) = self.database.upgrade()
        {
            self.give_back(&database, execution.finish());
        }
    }
}

/// The rows of one `exec`.
///
/// It borrows nothing and may be kept for any time, across commits and beside other cursors, also of the same text. It
/// runs one row ahead: when a row is delivered the next one has been computed, and the statement is released as soon as
/// the last row is out. A cursor that is dropped early releases its statement at once.
pub struct Cursor {
    run: Rc<Run>,
}

/// One row of a cursor, in SQLite's memory.
pub struct Row<'a> {
    statement: &'a RawStatement,
    columns: usize,
}

impl Row<'_> {
    /// Number of columns.
    pub fn len(&self) -> usize {
        self.columns
    }

    /// True for a row without columns, which SQLite never gives.
    pub fn is_empty(&self) -> bool {
        self.columns == 0
    }

    /// The value in column `index` (from 0); `NULL` beyond the last.
    pub fn get(&self, index: usize) -> ValueRef<'_> {
        self.statement.value(index)
    }
}

impl Cursor {
    pub(crate) fn new(run: Rc<Run>) -> Cursor {
        Cursor { run }
    }

    /// Hands the next row to `row` without copying it; `None` after the last, however often it is asked.
    ///
    /// `row` must not use this cursor.
    ///
    /// # Errors
    /// What SQLite meets while computing the row *after* this one: that row and all later ones are lost, as is the one
    /// just read. `SQLite query was canceled because the database was deleted.` after `delete_all`.
    ///
    /// # Panics
    /// If `row` uses this cursor.
    pub fn next_with<R>(&self, row: impl FnOnce(Row<'_>) -> R) -> Result<Option<R>> {
        let columns = self.run.columns.len();
        self.run.next(|statement| row(Row { statement, columns }))
    }

    /// The next row, copied; see [`Self::next_with`].
    pub fn next(&self) -> Result<Option<Vec<SqlValue>>> {
        self.next_with(|row| {
            (0..row.len())
                .map(|index| row.get(index).to_owned())
                .collect()
        })
    }

    /// No more rows are wanted: the statement is released, and [`Self::next`] gives nothing more. A statement that writes
    /// and still has rows would hold up the commit.
    pub fn end(&self) {
        self.run.end();
    }

    /// Names of the columns; equal names may occur. Empty for a statement that returns nothing.
    pub fn column_names(&self) -> &ColumnNames {
        &self.run.columns
    }

    /// Rows read so far, the one ahead included. See [`counters`] for how exact this is.
    pub fn rows_read(&self) -> u64 {
        self.count().0
    }

    /// Rows and index entries written. See [`counters`] for how exact this is.
    pub fn rows_written(&self) -> u64 {
        self.count().1
    }

    fn count(&self) -> (u64, u64) {
        match (&self.run.origin, self.run.database.upgrade()) {
            (Origin::Program(info), Some(database)) => {
                counters::rows(&database, info, self.run.counters())
            }
            _ => (0, 0),
        }
    }
}

/// The entries of a lazy key-value listing; see [`Database::kv_iterate`](crate::Database::kv_iterate).
pub struct KvCursor {
    /// None for a listing that was known to be empty.
    run: Option<Rc<Run>>,
}

impl KvCursor {
    pub(crate) fn new(run: Option<Rc<Run>>) -> KvCursor {
        KvCursor { run }
    }

    /// Hands the next key and value to `entry` without copying them; `None` after the last.
    ///
    /// # Errors
    /// `kv.list() iterator was invalidated because …` once a newer listing has begun; SQLite's errors.
    ///
    /// # Panics
    /// If `entry` uses this cursor.
    pub fn next_with<R>(&self, entry: impl FnOnce(&str, &[u8]) -> R) -> Result<Option<R>> {
        let Some(run) = &self.run else {
            return Ok(None);
        };
        run.next(|statement| {
            let key = crate::kv::text(statement.value(0));
            entry(&key, crate::kv::bytes(statement.value(1)))
        })
    }

    /// The next key and value, copied.
    pub fn next(&self) -> Result<Option<(String, Vec<u8>)>> {
        self.next_with(|key, value| (key.to_owned(), value.to_vec()))
    }
}
