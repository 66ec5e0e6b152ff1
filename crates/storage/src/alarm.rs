//! The object's one alarm, in the hidden table `_cf_METADATA`: part of the transaction like every other write.
//!
//! Key 1 holds the time in nanoseconds since the epoch, or NULL, as in Cloudflare's files; the interface counts
//! milliseconds.

use std::rc::Rc;

use crate::database::{Database, Inner};
use crate::error::Result;
use crate::internal::Internal;
use crate::statement::Handle;
use crate::value::ValueRef;

const NANOS_PER_MILLI: i64 = 1_000_000;

impl Database {
    /// When the alarm is to ring, in milliseconds since the epoch; includes uncommitted changes.
    pub fn get_alarm(&self) -> Result<Option<i64>> {
        self.inner.alarm()
    }

    /// Sets the alarm, or removes it. Times beyond the range of nanoseconds in 64 bits (the year 2262) are moved to its
    /// end. Setting what is set already writes nothing.
    pub fn set_alarm(&self, milliseconds: Option<i64>) -> Result<()> {
        let inner = &self.inner;
        let nanoseconds = milliseconds.map(|time| time.saturating_mul(NANOS_PER_MILLI));
        if self.get_alarm()? == nanoseconds.map(|time| time / NANOS_PER_MILLI) {
            return Ok(());
        }
        inner.mark_write()?;
        inner.transactions.alarm_written();
        let handle = inner.connection()?;
        inner.need_metadata(&handle)?;
        let value = nanoseconds.map_or(ValueRef::Null, ValueRef::Integer);
        inner
            .run_internal(&handle, Internal::AlarmSet, &[value], |_| {})
            .map_err(|failure| failure.into_error(inner))
    }
}

impl Inner {
    pub(crate) fn alarm(&self) -> Result<Option<i64>> {
        if self.is_absent()? {
            return Ok(None);
        }
        let handle = self.connection()?;
        if !self.has_table(&handle, "_cf_METADATA", &self.tables.metadata)? {
            return Ok(None);
        }
        self.read_alarm(&handle)
    }

    fn read_alarm(&self, handle: &Rc<Handle>) -> Result<Option<i64>> {
        let mut alarm = None;
        self.run_internal(handle, Internal::AlarmGet, &[], |row| {
            if let ValueRef::Integer(nanoseconds) = row.value(0) {
                alarm = Some(nanoseconds / NANOS_PER_MILLI);
            }
        })
        .map_err(|failure| failure.into_error(self))?;
        Ok(alarm)
    }
}
