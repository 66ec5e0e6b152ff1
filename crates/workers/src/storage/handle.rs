//! One object's storage as its operations see it.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use futures_util::future::LocalBoxFuture;
use holdfast_engine::{Local, Scope, Thrown};
use holdfast_object::alarm::HiddenMark;
use holdfast_storage::{Commit, Database, ErrorKind, StorageError};

use super::columns::ColumnArrays;

const SQL_NOT_ENABLED: &str = "SQL is not enabled for this Durable Object class. To enable it, change `new_classes` to \
    `new_sqlite_classes` within the 'migrations' field in your wrangler.jsonc or wrangler.toml file. If using workerd \
    directly,set `enableSql = true` in your workerd config for the class. Note that this change cannot be made after the \
    class is already deployed to production.";
const SYNC_KV_NOT_ENABLED: &str = "The storage.kv (synchronous KV) API is only available for SQLite-backed Durable \
    Objects, but this object's namespace is not declared to use SQLite. You can use the older, asyncronous interface via \
    methods of `storage` itself (e.g. `storage.get()`). Alternatively, to enable SQLite, change `new_classes` to \
    `new_sqlite_classes` within the 'migrations' field in your wrangler.jsonc or wrangler.toml file. If using workerd \
    directly, set `enableSql = true` in your workerd config for the class. Note that this change cannot be made after \
    the class is already deployed to production.";
const NO_TRANSACTION_SYNC: &str = "Durable Object is not backed by SQL.";

/// What a class and its script decide about the storage of its objects.
#[derive(Debug)]
pub struct StorageOptions {
    /// The class was declared with `new_sqlite_classes`: it may use `sql`, `kv` and `transactionSync`.
    pub sql_enabled: bool,
    /// `deleteAll()` deletes the alarm too (compatibility flag `delete_all_deletes_alarm`).
    pub delete_all_deletes_alarm: bool,
    /// Setting an alarm breaks the object, with this message.
    pub alarms_refused: Option<&'static str>,
}

/// On whose behalf JavaScript uses a storage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Caller {
    /// The instance that the storage belongs to.
    Owner,
    /// Another object, or another instance of the same one.
    OtherObject,
    /// The Worker, or nobody.
    Request,
}

impl Caller {
    /// Whom I/O objects belong to, as a stranger is told: the object's kind, and where they are created and used.
    fn stranger(self) -> Option<[&'static str; 3]> {
        match self {
            Caller::Owner => None,
            Caller::OtherObject => Some([
                "Durable Object",
                "one Durable Object",
                "a different Durable Object in the same isolate",
            ]),
            Caller::Request => Some([
                "request",
                "one request handler",
                "a different request's handler",
            ]),
        }
    }
}

/// What a storage operation works on, by the name that a stranger is told.
#[derive(Clone, Copy, Debug)]
pub(super) enum IoType {
    Storage,
    Cursor,
    KvIterator,
    Transaction,
}

impl IoType {
    fn name(self) -> &'static str {
        match self {
            IoType::Storage => "ActorCacheInterface",
            IoType::Cursor => "State",
            IoType::KvIterator => "ListCursor",
            IoType::Transaction => "Transaction",
        }
    }
}

/// What storage tells the driver of its object, and asks it.
pub trait StorageHooks {
    /// Who runs now. Objects and the Worker share a realm, so a storage kept in a module's variable can be reached by all;
    /// only its owner's turns are committed with it.
    fn caller(&self) -> Caller;

    /// The program set the alarm or deleted it. The change is part of the open transaction and may still be undone with
    /// it: what counts is [`Commit::alarm`].
    fn alarm_changed(&self);

    /// `getAlarm()` is to give null, whatever the row holds, because the alarm's handler runs.
    fn alarm_is_hidden(&self) -> bool;

    /// Taken when a savepoint begins, for [`StorageHooks::alarm_undone`]. `None` while there is no alarm.
    fn alarm_mark(&self) -> Option<HiddenMark>;

    /// A savepoint was undone, and with it what was written to the alarm since this mark.
    fn alarm_undone(&self, mark: HiddenMark);

    /// A transaction of several turns, or `deleteAll`, has committed within the turn: output that follows must wait for
    /// this commit, and its [`Commit::alarm`] counts from now on.
    fn committed(&self, commit: Commit);

    /// The object cannot go on; it must be reset. Said once.
    fn broken(&self, error: &StorageError);

    /// The time of this turn, in milliseconds since the epoch.
    fn now_ms(&self) -> f64;

    /// Resolves when all writes made so far are durable.
    fn durable(&self) -> LocalBoxFuture<'static, ()>;
}

/// An object's storage. Handed to JavaScript as a host object: `scope.wrap(handle)`.
pub struct StorageHandle {
    database: Database,
    pub(super) options: StorageOptions,
    pub(super) hooks: Rc<dyn StorageHooks>,
    /// What every call throws once the storage was shut down.
    shut: RefCell<String>,
    is_shut: Cell<bool>,
    pub(super) has_alarm_handler: Cell<bool>,
    /// A write that the output must wait for was made since [`Self::take_confirmed`].
    confirmed: Cell<bool>,
    told_broken: Cell<bool>,
    /// Callbacks of `transaction()` that have not ended.
    pub(super) transactions_running: Cell<u32>,
    pub(super) columns: ColumnArrays,
}

impl StorageHandle {
    /// The storage of one instance.
    pub fn new(
        database: Database,
        options: StorageOptions,
        hooks: Rc<dyn StorageHooks>,
    ) -> Rc<StorageHandle> {
        Rc::new(StorageHandle {
            database,
            options,
            hooks,
            shut: RefCell::default(),
            is_shut: Cell::new(false),
            has_alarm_handler: Cell::new(true),
            confirmed: Cell::new(false),
            told_broken: Cell::new(false),
            transactions_running: Cell::new(0),
            columns: ColumnArrays::default(),
        })
    }

    /// The database behind it.
    pub fn database(&self) -> &Database {
        &self.database
    }

    /// Says whether the instance has an `alarm()` method, once its constructor has returned: before that `setAlarm()`
    /// does not ask.
    pub fn set_has_alarm_handler(&self, has: bool) {
        self.has_alarm_handler.set(has);
    }

    /// Drops what was not committed and closes the database; from now on every call throws an `Error` with this message.
    /// [`holdfast_storage::NO_LONGER_ACCESSIBLE`] is the one for an instance that was replaced. Only the first call
    /// counts.
    pub fn shut_down(&self, message: &str) {
        if self.is_shut.replace(true) {
            return;
        }
        self.shut.replace(message.to_owned());
        self.columns.clear();
        self.database.close();
    }

    /// Closes the database file and drops what was kept for speed, if nothing depends on it; tells whether the file is
    /// closed. The next call opens it again.
    pub fn close_if_idle(&self) -> bool {
        let closed = self.database.close_if_idle();
        if closed {
            self.columns.clear();
        }
        closed
    }

    /// Whether output must wait for the commit of what was written since the last call: false only if all of it was
    /// written with `allowUnconfirmed`.
    pub fn take_confirmed(&self) -> bool {
        self.confirmed.take()
    }

    /// What [`Self::take_confirmed`] would say.
    pub fn has_confirmed(&self) -> bool {
        self.confirmed.get()
    }

    /// What was written to the alarm since this mark was undone.
    pub(super) fn undo_alarm(&self, mark: Option<HiddenMark>) {
        if let Some(mark) = mark {
            self.hooks.alarm_undone(mark);
        }
    }

    pub(super) fn wrote(&self, unconfirmed: bool) {
        if !unconfirmed {
            self.confirmed.set(true);
        }
    }

    /// The handle behind a host object; throws as [`Self::check`].
    pub(super) fn of(scope: &mut Scope<'_>, value: Local<'_>) -> Result<Rc<StorageHandle>, Thrown> {
        let handle = scope.unwrap::<StorageHandle>(value)?;
        handle.check(scope, IoType::Storage)?;
        Ok(handle)
    }

    /// Throws if someone other than the owner uses the storage, or if it was shut down.
    pub(super) fn check(&self, scope: &mut Scope<'_>, used: IoType) -> Result<(), Thrown> {
        self.require_owner(scope, used)?;
        self.require_open(scope)
    }

    /// Throws if someone other than the owner uses the storage.
    pub(super) fn require_owner(&self, scope: &mut Scope<'_>, used: IoType) -> Result<(), Thrown> {
        match self.hooks.caller().stranger() {
            None => Ok(()),
            Some([kind, creator, user]) => Err(scope.throw_error(&format!(
                "Cannot perform I/O on behalf of a different {kind}. I/O objects (such as streams, request/response \
                 bodies, and others) created in the context of {creator} cannot be accessed from {user}. This is a \
                 limitation of Cloudflare Workers which allows us to improve overall performance. (I/O type: {})",
                used.name()
            ))),
        }
    }

    /// Throws if the storage was shut down.
    pub(super) fn require_open(&self, scope: &mut Scope<'_>) -> Result<(), Thrown> {
        if !self.is_shut.get() {
            return Ok(());
        }
        let message = self.shut.borrow().clone();
        Err(scope.throw_error(&message))
    }

    pub(super) fn require_sql(&self, scope: &mut Scope<'_>) -> Result<(), Thrown> {
        self.require_sqlite(scope, SQL_NOT_ENABLED)
    }

    pub(super) fn require_sync_kv(&self, scope: &mut Scope<'_>) -> Result<(), Thrown> {
        self.require_sqlite(scope, SYNC_KV_NOT_ENABLED)
    }

    pub(super) fn require_transaction_sync(&self, scope: &mut Scope<'_>) -> Result<(), Thrown> {
        self.require_sqlite(scope, NO_TRANSACTION_SYNC)
    }

    fn require_sqlite(&self, scope: &mut Scope<'_>, otherwise: &str) -> Result<(), Thrown> {
        match self.options.sql_enabled {
            true => Ok(()),
            false => Err(scope.throw_error(otherwise)),
        }
    }

    /// Turns the database's result into JavaScript's.
    pub(super) fn done<T>(
        &self,
        scope: &mut Scope<'_>,
        result: Result<T, StorageError>,
    ) -> Result<T, Thrown> {
        result.map_err(|error| self.throw(scope, &error))
    }

    /// Throws `error` as the program is to see it, first telling the driver if it breaks the object.
    #[cold]
    pub(super) fn throw(&self, scope: &mut Scope<'_>, error: &StorageError) -> Thrown {
        match error.kind {
            ErrorKind::Error => scope.throw_error(&error.message),
            ErrorKind::TypeError => scope.throw_type_error(&error.message),
            ErrorKind::RangeError => scope.throw_range_error(&error.message),
            ErrorKind::Internal => throw_internal(scope, &error.message),
            ErrorKind::Critical => {
                self.tell_broken(error);
                scope.throw_error(&error.message)
            }
        }
    }

    /// Tells the driver, once, that `error` ends the object.
    pub(super) fn tell_broken(&self, error: &StorageError) {
        if !self.told_broken.replace(true) {
            self.hooks.broken(error);
        }
    }
}

/// Throws an error that says nothing but where to look: `cause` goes to the operator's log under the same reference.
#[cold]
pub(super) fn throw_internal(scope: &mut Scope<'_>, cause: &str) -> Thrown {
    let mut random = [0; 8];
    let reference = match getrandom::fill(&mut random) {
        Ok(()) => format!("{:016x}", u64::from_ne_bytes(random)),
        Err(_) => "unknown".to_owned(),
    };
    tracing::error!(%reference, "internal error in storage: {cause}");
    scope.throw_error(&format!("internal error; reference = {reference}"))
}
