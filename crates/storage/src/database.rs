//! One object's database: the connection behind it, and what every operation shares.

use std::cell::{Cell, OnceCell, RefCell};
use std::fmt;
use std::rc::{Rc, Weak};
use std::sync::Arc;

use holdfast_journal::{Disk, ObjectRef, Position};

use crate::authorizer::Trust;
use crate::cache::{StatementCache, StatementInfo};
use crate::connection;
use crate::cursor::Run;
use crate::error::{ErrorKind, Result, SqliteFailure, StorageError, reference};
use crate::internal::Internal;
use crate::overlay::Slot;
use crate::pages::Pages;
use crate::statement::{Handle, Parameters, RawStatement};
use crate::store::Store;
use crate::transaction::Transactions;

/// Where an object's data lives.
#[derive(Clone)]
pub enum Location {
    /// In a store.
    Object {
        /// Which.
        store: Store,
        /// Whose.
        object: ObjectRef,
        /// The name that its id was made from, if it is known; the store's catalogue keeps it.
        name: Option<Arc<str>>,
    },
    /// In memory, for as long as the [`Database`] exists.
    Memory,
}

/// Bounds on what one open database may keep in memory.
///
/// What an idle connection costs grows with the schema, the statements it has compiled and the pages it has read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// Bytes of SQL text whose compiled statements are kept (Cloudflare: 1 MiB).
    pub statement_text_bytes_max: usize,
    /// Number of compiled statements kept. A statement costs some kilobytes, its text some tens of bytes: this is the
    /// bound that matters.
    pub statements_max: usize,
    /// KiB of database pages kept in memory.
    pub page_cache_kib: u32,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            statement_text_bytes_max: 1024 * 1024,
            statements_max: 64,
            page_cache_kib: 256,
        }
    }
}

/// Asked while the program's SQL runs whether it must stop.
///
/// It is asked on the thread that uses the database, from inside SQLite: it must not use the database, and it must not
/// panic (the process would abort).
pub type Interrupter = Rc<dyn Fn() -> bool>;

/// One object's database.
///
/// Cheap until used: nothing is opened before the first operation that needs it. All methods take `&self`; none may be called from inside a closure given to another one.
pub struct Database {
    pub(crate) inner: Rc<Inner>,
}

/// An open connection.
struct Open {
    handle: Rc<Handle>,
    /// The program has changed a setting that lasts only as long as the connection.
    configured: Cell<bool>,
}

/// What [`Database`], its cursors and its statements share.
pub(crate) struct Inner {
    pub(crate) location: Location,
    options: Options,
    interrupter: Option<Interrupter>,
    pages: OnceCell<Rc<Pages>>,
    open: RefCell<Option<Open>>,
    cache: RefCell<StatementCache>,
    internal: RefCell<[Option<RawStatement>; Internal::COUNT]>,
    pub(crate) transactions: Transactions,
    /// Runs that held a statement when they were registered.
    live: RefCell<Vec<Weak<Run>>>,
    /// The one key-value listing that may be read.
    pub(crate) listing: RefCell<Weak<Run>>,
    pub(crate) tables: Tables,
    /// Set by a failure that the object cannot survive; every later operation repeats it.
    broken: RefCell<Option<StorageError>>,
}

/// Which of the runtime's own tables are known to exist. Anything that may undo a creation forgets the answer.
#[derive(Default)]
pub(crate) struct Tables {
    pub(crate) kv: Cell<Option<bool>>,
    pub(crate) metadata: Cell<Option<bool>>,
}

impl Tables {
    /// To be called whenever the schema may have changed behind this knowledge.
    pub(crate) fn forget(&self) {
        self.kv.set(None);
        self.metadata.set(None);
    }
}

impl Database {
    /// Describes a database; nothing is opened.
    pub fn new(location: Location, options: Options) -> Database {
        Database::describe(location, options, None)
    }

    /// A database over pages that nobody else changes. It keeps what is written in memory.
    pub(crate) fn of_snapshot(
        slot: Arc<Slot>,
        disk: Arc<dyn Disk>,
        options: Options,
        interrupter: Interrupter,
    ) -> Database {
        let database = Database::interruptible(Location::Memory, options, interrupter);
        let pages = Pages::of_snapshot(slot, disk);
        assert!(
            database.inner.pages.set(Rc::new(pages)).is_ok(),
            "nobody has used it yet"
        );
        database
    }

    /// As [`Self::new`], with a way to stop a statement that runs too long, of which a recursive query is the simplest.
    ///
    /// `interrupter` is asked after every ten thousand or so instructions of SQLite's virtual machine, that is about
    /// every tenth of a millisecond, while SQL of the program is compiled or run. Once it answers true, the statement
    /// fails and the object is broken ([`ErrorKind::Critical`], `interrupted: SQLITE_INTERRUPT`): SQLite may have undone
    /// the transaction. Our own statements are short and never stopped, so a commit has happened or has failed.
    pub fn interruptible(
        location: Location,
        options: Options,
        interrupter: Interrupter,
    ) -> Database {
        Database::describe(location, options, Some(interrupter))
    }

    fn describe(
        location: Location,
        options: Options,
        interrupter: Option<Interrupter>,
    ) -> Database {
        let cache = StatementCache::new(options.statement_text_bytes_max, options.statements_max);
        Database {
            inner: Rc::new(Inner {
                location,
                options,
                interrupter,
                pages: OnceCell::new(),
                open: RefCell::new(None),
                cache: RefCell::new(cache),
                internal: RefCell::new(std::array::from_fn(|_| None)),
                transactions: Transactions::default(),
                live: RefCell::new(Vec::new()),
                listing: RefCell::new(Weak::new()),
                tables: Tables::default(),
                broken: RefCell::new(None),
            }),
        }
    }

    /// Bytes in use: pages that are not free, times the page size. A database that was never written counts as its
    /// first page.
    pub fn database_size(&self) -> Result<u64> {
        let inner = &self.inner;
        let handle = inner.connection()?;
        let pages = inner.internal_integer(&handle, Internal::PageCount)?;
        let free = inner.internal_integer(&handle, Internal::FreelistCount)?;
        let pages = u64::try_from(pages.saturating_sub(free))
            .unwrap_or(0)
            .max(1);
        Ok(pages * PAGE_BYTES)
    }

    /// The error that broke the object, if one did.
    pub fn broken(&self) -> Option<StorageError> {
        self.inner.broken.borrow().clone()
    }

    /// True while a connection is open.
    pub fn is_open(&self) -> bool {
        self.inner.open.borrow().is_some()
    }

    /// The position of the object's last commit, or one at which its state is the same. Reads no page.
    ///
    /// # Errors
    /// The object's file cannot be looked at.
    pub fn position(&self) -> Result<Position> {
        Ok(self.inner.pages()?.position())
    }

    /// Closes the connection if nothing depends on it: no transaction, no savepoint, no cursor with rows left, and no
    /// setting made by `PRAGMA`. Only what SQL's `changes()`, `total_changes()` and `last_insert_rowid()` say is
    /// lost. Tells whether it is closed now.
    ///
    /// Nothing is flushed or written. The next operation opens it again and compiles its statements anew.
    pub fn close_if_idle(&self) -> bool {
        let inner = &self.inner;
        let idle = inner.transactions.is_idle() && !inner.has_live_runs() && !inner.is_configured();
        if idle {
            inner.shut(None);
        }
        !self.is_open()
    }

    /// Closes the connection. Uncommitted writes are lost, cursors end with `Durable Object storage is no longer
    /// accessible.`, and savepoints are forgotten. The next operation opens it again.
    pub fn close(&self) {
        self.inner.transactions.forget();
        self.inner
            .shut(Some(StorageError::error(crate::NO_LONGER_ACCESSIBLE)));
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        // Cursors may outlive this value; the connection does not.
        self.close();
    }
}

const PAGE_BYTES: u64 = 4096;

const WRITE_FAILED: &str =
    "Internal error in Durable Object storage write caused object to be reset";

impl Inner {
    /// The object's pages.
    pub(crate) fn pages(&self) -> Result<&Rc<Pages>> {
        if let Some(pages) = self.pages.get() {
            return Ok(pages);
        }
        let pages = match &self.location {
            Location::Memory => Pages::in_memory(),
            Location::Object {
                store,
                object,
                name,
            } => {
                let slot = store.shared().slot(object).map_err(|error| {
                    StorageError::internal(format!(
                        "cannot open the object's database {object}: {error}"
                    ))
                })?;
                Pages::stored(store, slot, name.clone())
            }
        };
        Ok(self.pages.get_or_init(|| Rc::new(pages)))
    }

    /// The object's pages, if they were ever looked at.
    pub(crate) fn opened_pages(&self) -> Option<&Rc<Pages>> {
        self.pages.get()
    }

    fn check(&self) -> Result<()> {
        match &*self.broken.borrow() {
            Some(error) => Err(error.clone()),
            None => Ok(()),
        }
    }

    /// Marks the object as broken by `error`, unless it is broken already, and gives the error that counts.
    pub(crate) fn break_with(&self, message: impl Into<String>) -> StorageError {
        self.broken
            .borrow_mut()
            .get_or_insert_with(|| StorageError::new(ErrorKind::Critical, message))
            .clone()
    }

    /// Marks the object as broken because its writes could not be kept. What the machine says about that goes to the
    /// operator's log; callers learn where to look.
    pub(crate) fn break_unwritten(&self, error: &dyn fmt::Display) -> StorageError {
        let reference = reference();
        let whose = match &self.location {
            Location::Object { object, .. } => object.to_string(),
            Location::Memory => "in memory".to_owned(),
        };
        tracing::error!(%reference, "what object {whose} wrote could not be kept: {error}");
        self.break_with(format!("{WRITE_FAILED}; reference = {reference}"))
    }

    /// The connection, opened if need be.
    pub(crate) fn connection(&self) -> Result<Rc<Handle>> {
        self.check()?;
        let mut open = self.open.borrow_mut();
        if let Some(open) = &*open {
            return Ok(Rc::clone(&open.handle));
        }
        let pages = Rc::clone(self.pages()?);
        let handle = connection::open(pages, &self.options, self.interrupter.as_ref())?;
        *open = Some(Open {
            handle: Rc::clone(&handle),
            configured: Cell::new(false),
        });
        Ok(handle)
    }

    /// To be called before the program's SQL changes a setting of the connection.
    pub(crate) fn mark_configured(&self) {
        if let Some(open) = &*self.open.borrow() {
            open.configured.set(true);
        }
    }

    fn is_configured(&self) -> bool {
        self.open
            .borrow()
            .as_ref()
            .is_some_and(|open| open.configured.get())
    }

    /// True if nothing was ever committed here, or everything was deleted; found out without opening anything.
    pub(crate) fn is_absent(&self) -> Result<bool> {
        self.check()?;
        Ok(self.autocommit() && self.pages()?.is_empty())
    }

    /// Turns a failure of a statement into the program's error, breaking the object if it was told to stop, or if SQLite
    /// has rolled back what the program believes to be open.
    pub(crate) fn judge(&self, failure: SqliteFailure) -> StorageError {
        if failure.is_interruption() {
            return self.break_with(failure.to_string());
        }
        if !self.transactions.is_idle() && self.autocommit() {
            // Tables made in the transaction went with it.
            self.tables.forget();
            if failure.may_roll_back() {
                return self.break_with(failure.to_string());
            }
        }
        failure.into()
    }

    /// True if SQLite has no transaction open.
    pub(crate) fn autocommit(&self) -> bool {
        self.open
            .borrow()
            .as_ref()
            .is_none_or(|open| open.handle.autocommit())
    }

    /// Registers a run that holds a statement, to be cancelled when the connection goes.
    pub(crate) fn watch(&self, run: &Rc<Run>) {
        let mut live = self.live.borrow_mut();
        if live.len() == live.capacity() {
            live.retain(|run| run.upgrade().is_some_and(|run| run.is_live()));
        }
        live.push(Rc::downgrade(run));
    }

    pub(crate) fn has_live_runs(&self) -> bool {
        self.live
            .borrow()
            .iter()
            .any(|run| run.upgrade().is_some_and(|run| run.is_live()))
    }

    /// Closes the connection, first ending every run with `reason`.
    ///
    /// All statements are finalized here: SQLite closes a connection for good only when none is left.
    pub(crate) fn shut(&self, reason: Option<StorageError>) {
        let live = self.live.take();
        if let Some(reason) = reason {
            for run in live.iter().filter_map(Weak::upgrade) {
                run.cancel(reason.clone());
            }
        }
        self.drop_statements();
        self.open.replace(None);
        if let Some(pages) = self.pages.get() {
            pages.discard();
            pages.close_file();
        }
    }

    fn drop_statements(&self) {
        self.cache.borrow_mut().clear();
        self.internal.borrow_mut().fill_with(|| None);
        self.tables.forget();
    }

    pub(crate) fn take_cached(&self, sql: &str) -> Option<(RawStatement, Rc<StatementInfo>)> {
        self.cache.borrow_mut().take(sql)
    }

    pub(crate) fn register(&self, info: &Rc<StatementInfo>) {
        self.cache.borrow_mut().register(info);
    }

    /// Takes back a statement of the program after its run.
    pub(crate) fn put_back(&self, info: &Rc<StatementInfo>, statement: RawStatement) {
        self.cache.borrow_mut().put_back(info, statement);
    }

    /// Takes one of our statements for a run on `handle`.
    pub(crate) fn take_internal(
        &self,
        handle: &Rc<Handle>,
        which: Internal,
    ) -> Result<RawStatement> {
        if let Some(statement) = self.internal.borrow_mut()[which as usize].take() {
            return Ok(statement);
        }
        let prepared = handle
            .prepare(which.sql(), Trust::Internal)
            .map_err(|failure| internal_failure(&failure))?;
        prepared
            .statement
            .ok_or_else(|| StorageError::internal("an internal statement is empty"))
    }

    /// Takes back one of our statements, unless the connection it belongs to has been replaced.
    pub(crate) fn put_back_internal(&self, which: Internal, statement: RawStatement) {
        let current = matches!(&*self.open.borrow(), Some(open) if Rc::ptr_eq(&open.handle, statement.handle()));
        if current {
            self.internal.borrow_mut()[which as usize] = Some(statement);
        }
    }

    /// Runs one of our statements to its end.
    pub(crate) fn run_internal(
        &self,
        handle: &Rc<Handle>,
        which: Internal,
        parameters: Parameters<'_>,
        row: impl FnMut(&RawStatement),
    ) -> Result<(), InternalFailure> {
        let mut statement = self
            .take_internal(handle, which)
            .map_err(InternalFailure::Other)?;
        let result = statement.run(parameters, row);
        self.put_back_internal(which, statement);
        result.map_err(InternalFailure::Sqlite)
    }

    /// The single integer that one of our statements returns.
    fn internal_integer(&self, handle: &Rc<Handle>, which: Internal) -> Result<i64> {
        let mut result = None;
        self.run_internal(handle, which, &[], |row| {
            if let crate::value::ValueRef::Integer(value) = row.value(0) {
                result = Some(value);
            }
        })
        .map_err(|failure| failure.into_error(self))?;
        result.ok_or_else(|| StorageError::internal(format!("no result from {}", which.sql())))
    }

    /// Makes the table for what the runtime keeps in the database, within the open transaction.
    pub(crate) fn need_metadata(&self, handle: &Rc<Handle>) -> Result<()> {
        const CREATE_TABLE: &str =
            "CREATE TABLE IF NOT EXISTS _cf_METADATA (key INTEGER PRIMARY KEY, value BLOB)";
        if self.tables.metadata.get() != Some(true) {
            handle
                .batch(CREATE_TABLE)
                .map_err(|failure| self.judge(failure))?;
            self.tables.metadata.set(Some(true));
        }
        Ok(())
    }

    /// True if the table exists, asked of SQLite only when `known` does not say.
    pub(crate) fn has_table(
        &self,
        handle: &Rc<Handle>,
        name: &str,
        known: &Cell<Option<bool>>,
    ) -> Result<bool> {
        if let Some(exists) = known.get() {
            return Ok(exists);
        }
        let mut exists = false;
        let name = crate::value::ValueRef::Text(name.as_bytes());
        self.run_internal(handle, Internal::TableExists, &[name], |_| exists = true)
            .map_err(|failure| failure.into_error(self))?;
        known.set(Some(exists));
        Ok(exists)
    }
}

/// Why one of our own statements failed.
pub(crate) enum InternalFailure {
    Sqlite(SqliteFailure),
    Other(StorageError),
}

impl InternalFailure {
    /// The error of an operation whose SQL the program did not write: internal, unless it broke the object or a value
    /// was too large.
    pub(crate) fn into_error(self, database: &Inner) -> StorageError {
        match self {
            InternalFailure::Sqlite(failure)
                if failure.primary() == rusqlite::ffi::SQLITE_TOOBIG =>
            {
                failure.into()
            }
            InternalFailure::Sqlite(failure) => {
                let mut error = database.judge(failure);
                if error.kind == ErrorKind::Error {
                    error.kind = ErrorKind::Internal;
                }
                error
            }
            InternalFailure::Other(error) => error,
        }
    }
}

fn internal_failure(failure: &SqliteFailure) -> StorageError {
    StorageError::internal(failure.to_string())
}
