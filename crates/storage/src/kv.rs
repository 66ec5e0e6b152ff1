//! The key-value API over the hidden table `_cf_KV`.
//!
//! The table is created by the first put; until then reads find nothing and deletes do nothing. A put or a delete
//! belongs to the transaction that is open, like any SQL write.

use std::borrow::Cow;
use std::rc::{Rc, Weak};

use crate::cursor::{KvCursor, Origin, Run};
use crate::database::{Database, Inner, InternalFailure};
use crate::error::{Result, StorageError};
use crate::internal::Internal;
use crate::list::ListOptions;
use crate::statement::{Execution, Handle};
use crate::value::{SqlValue, ValueRef};

const INVALIDATED: &str = "kv.list() iterator was invalidated because a new call to kv.list() was started. Only one \
    kv.list() iterator can exist at a time.";
const CREATE_TABLE: &str =
    "CREATE TABLE IF NOT EXISTS _cf_KV (key TEXT PRIMARY KEY, value BLOB) WITHOUT ROWID";
const PUT_MANY_SAVEPOINT: &str = "_cf_put_multiple_savepoint";

impl Database {
    /// The value of `key`.
    pub fn kv_get(&self, key: &str) -> Result<Option<Vec<u8>>> {
        self.kv_get_with(key, <[u8]>::to_vec)
    }

    /// Hands the value of `key` to `value` without copying it.
    ///
    /// `value` must not use this database.
    pub fn kv_get_with<R>(&self, key: &str, value: impl FnOnce(&[u8]) -> R) -> Result<Option<R>> {
        let inner = &self.inner;
        let Some(handle) = inner.kv_reading()? else {
            return Ok(None);
        };
        let mut value = Some(value);
        let mut result = None;
        inner
            .run_internal(
                &handle,
                Internal::KvGet,
                &[ValueRef::Text(key.as_bytes())],
                |row| {
                    result = value.take().map(|value| value(bytes(row.value(0))));
                },
            )
            .map_err(|failure| failure.into_error(inner))?;
        Ok(result)
    }

    /// The first `limit` keys in their order, and how many bytes their values have. Reads no value.
    pub fn kv_sizes(&self, limit: u32) -> Result<Vec<(String, u64)>> {
        let inner = &self.inner;
        let Some(handle) = inner.kv_reading()? else {
            return Ok(Vec::new());
        };
        let mut sizes = Vec::new();
        let limit = ValueRef::Integer(limit.into());
        inner
            .run_internal(&handle, Internal::KvSizes, &[limit], |row| {
                if let (ValueRef::Text(key), ValueRef::Integer(length)) =
                    (row.value(0), row.value(1))
                {
                    let key = String::from_utf8_lossy(key).into_owned();
                    sizes.push((key, length.unsigned_abs()));
                }
            })
            .map_err(|failure| failure.into_error(inner))?;
        Ok(sizes)
    }

    /// Sets the value of `key`.
    ///
    /// # Errors
    /// `string or blob too big: SQLITE_TOOBIG` beyond [`VALUE_BYTES_MAX`](crate::VALUE_BYTES_MAX) for key and value
    /// together.
    pub fn kv_put(&self, key: &str, value: &[u8]) -> Result<()> {
        let handle = self.inner.kv_writing()?;
        self.inner.put(&handle, key, value)
    }

    /// Sets several values, or none of them if one fails. A later entry for the same key wins.
    pub fn kv_put_many(&self, entries: &[(String, Vec<u8>)]) -> Result<()> {
        let inner = &self.inner;
        if entries.is_empty() {
            return Ok(());
        }
        let handle = inner.kv_writing()?;
        handle
            .batch(&format!("SAVEPOINT {PUT_MANY_SAVEPOINT}"))
            .map_err(|failure| inner.judge(failure))?;
        let put = entries
            .iter()
            .try_for_each(|(key, value)| inner.put(&handle, key, value));
        let end = match put {
            Ok(()) => format!("RELEASE {PUT_MANY_SAVEPOINT}"),
            // SQLite has given up the whole transaction: there is no savepoint to go back to.
            Err(_) if handle.autocommit() => return put,
            Err(_) => format!("ROLLBACK TO {PUT_MANY_SAVEPOINT}; RELEASE {PUT_MANY_SAVEPOINT}"),
        };
        handle.batch(&end).map_err(|failure| inner.judge(failure))?;
        put
    }

    /// Removes `key`; tells whether it was there.
    pub fn kv_delete(&self, key: &str) -> Result<bool> {
        let inner = &self.inner;
        if inner.kv_reading()?.is_none() {
            return Ok(false);
        }
        let handle = inner.kv_writing()?;
        inner.delete(&handle, key)
    }

    /// Removes several keys; the number of those that were there.
    pub fn kv_delete_many(&self, keys: &[String]) -> Result<u64> {
        let mut deleted = 0;
        for key in keys {
            deleted += u64::from(self.kv_delete(key)?);
        }
        Ok(deleted)
    }

    /// The entries that `options` asks for, in its order. Ends the listing of [`Self::kv_iterate`] if it is still being
    /// read.
    pub fn kv_list(&self, options: &ListOptions) -> Result<Vec<(String, Vec<u8>)>> {
        let cursor = self.kv_iterate(options)?;
        let mut entries = Vec::new();
        while let Some(entry) = cursor.next()? {
            entries.push(entry);
        }
        Ok(entries)
    }

    /// The same, read lazily. Only the newest listing can be read: an older one fails at its next use. A listing that
    /// is known to be empty without looking disturbs none.
    pub fn kv_iterate(&self, options: &ListOptions) -> Result<KvCursor> {
        let inner = &self.inner;
        let Some(range) = options.range()? else {
            return Ok(KvCursor::new(None));
        };
        let Some(handle) = inner.kv_reading()? else {
            return Ok(KvCursor::new(None));
        };
        if let Some(older) = inner.listing.replace(Weak::new()).upgrade() {
            older.cancel(StorageError::error(INVALIDATED));
        }
        let which = match (&range.upper, range.reverse) {
            (None, false) => Internal::KvListFrom,
            (Some(_), false) => Internal::KvListBetween,
            (None, true) => Internal::KvListFromReverse,
            (Some(_), true) => Internal::KvListBetweenReverse,
        };
        let statement = inner.take_internal(&handle, which)?;
        let mut bindings = vec![SqlValue::Blob(range.lower), SqlValue::Integer(range.limit)];
        bindings.extend(range.upper.map(SqlValue::Blob));
        let run = Execution::new(statement, bindings)
            .and_then(|execution| Run::start(inner, execution, Origin::Internal(which)));
        let run = match run {
            Ok(run) => run,
            Err((failure, statement)) => {
                inner.put_back_internal(which, statement);
                return Err(InternalFailure::Sqlite(failure).into_error(inner));
            }
        };
        inner.listing.replace(Rc::downgrade(&run));
        Ok(KvCursor::new(Some(run)))
    }
}

impl Inner {
    /// A connection with the table; `None` if the table does not exist.
    fn kv_reading(&self) -> Result<Option<Rc<Handle>>> {
        if self.is_absent()? {
            return Ok(None);
        }
        let handle = self.connection()?;
        Ok(self
            .has_table(&handle, "_cf_KV", &self.tables.kv)?
            .then_some(handle))
    }

    /// A connection with the table and an open transaction.
    fn kv_writing(&self) -> Result<Rc<Handle>> {
        self.mark_write()?;
        let handle = self.connection()?;
        if self.tables.kv.get() != Some(true) {
            handle
                .batch(CREATE_TABLE)
                .map_err(|failure| self.judge(failure))?;
            self.tables.kv.set(Some(true));
        }
        Ok(handle)
    }

    fn put(&self, handle: &Rc<Handle>, key: &str, value: &[u8]) -> Result<()> {
        let parameters = [ValueRef::Text(key.as_bytes()), ValueRef::Blob(value)];
        self.run_internal(handle, Internal::KvPut, &parameters, |_| {})
            .map_err(|failure| failure.into_error(self))
    }

    fn delete(&self, handle: &Rc<Handle>, key: &str) -> Result<bool> {
        self.run_internal(
            handle,
            Internal::KvDelete,
            &[ValueRef::Text(key.as_bytes())],
            |_| {},
        )
        .map_err(|failure| failure.into_error(self))?;
        Ok(handle.changes() != 0)
    }
}

/// The bytes of a stored value.
pub(crate) fn bytes(value: ValueRef<'_>) -> &[u8] {
    match value {
        ValueRef::Blob(bytes) | ValueRef::Text(bytes) => bytes,
        _ => &[],
    }
}

/// A stored key.
pub(crate) fn text(value: ValueRef<'_>) -> Cow<'_, str> {
    String::from_utf8_lossy(bytes(value))
}
