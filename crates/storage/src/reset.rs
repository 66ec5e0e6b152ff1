//! `deleteAll`: everything goes, the file too.

use crate::database::Database;
use crate::error::{Result, StorageError};
use crate::transaction::Commit;

const WITHIN_TRANSACTION: &str = "Cannot call deleteAll() within a transaction";
const CANCELLED: &str = "SQLite query was canceled because the database was deleted.";

impl Database {
    /// Deletes all keys, tables and, if `delete_alarm`, the alarm, in one commit. `None` if there was nothing. A wish to
    /// go back ([`Self::restore_on_next_session`]) stays.
    ///
    /// Uncommitted writes of the turn are dropped, sync savepoints with them; live cursors fail at their next use. A
    /// crash leaves either everything as it was at the last commit, or nothing but the kept alarm.
    ///
    /// # Errors
    /// `Cannot call deleteAll() within a transaction` while an async savepoint is open; the log's, after which the
    /// object is broken.
    pub fn delete_all(&self, delete_alarm: bool) -> Result<Option<Commit>> {
        let inner = &self.inner;
        if self.in_async_transaction() {
            return Err(StorageError::error(WITHIN_TRANSACTION));
        }
        // As the program sees it: an alarm set in this very turn is kept.
        let alarm = if delete_alarm {
            None
        } else {
            self.get_alarm()?
        };
        // What the next session is to go back to was there before everything was deleted.
        let wish = inner.wish()?;
        if inner.is_absent()? && inner.transactions.is_idle() {
            return Ok(None);
        }
        self.rollback_implicit();
        inner.shut(Some(StorageError::error(CANCELLED)));
        inner.pages()?.reset();
        if alarm.is_none() && wish.is_none() {
            return inner.take_pages(Some(None));
        }
        self.set_alarm(alarm)?;
        // Also if it is gone.
        inner.transactions.alarm_written();
        if let Some(wish) = wish {
            inner.set_wish(&wish)?;
        }
        self.commit()
    }
}
