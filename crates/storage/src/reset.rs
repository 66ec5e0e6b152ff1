//! `deleteAll`: everything goes, the file too.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use crate::database::{Database, Location};
use crate::error::{Result, StorageError};
use crate::transaction::Commit;

const WITHIN_TRANSACTION: &str = "Cannot call deleteAll() within a transaction";
const CANCELLED: &str = "SQLite query was canceled because the database was deleted.";

impl Database {
    /// Deletes all keys, tables and, if `delete_alarm`, the alarm. On return this is durable and no file is left,
    /// except a fresh one for an alarm that was kept.
    ///
    /// Uncommitted writes of the turn are dropped, sync savepoints with them; live cursors fail at their next use. A
    /// crash leaves either everything as it was at the last commit, or nothing but the kept alarm.
    ///
    /// # Errors
    /// `Cannot call deleteAll() within a transaction` while an async savepoint is open; failures of the file
    /// system, after which the object is broken.
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
        if inner.is_absent()? && inner.transactions.is_idle() {
            return Ok(None);
        }
        self.rollback_implicit();
        if alarm.is_some() {
            inner.settle_on_close()?;
        }
        inner.shut(Some(StorageError::error(CANCELLED)));
        match inner.path().map(Path::to_owned) {
            Some(path) => replace_file(&path, alarm, *inner.options()).map_err(|error| {
                inner.break_with(format!("cannot delete the object's database: {error}"))
            })?,
            None => {
                self.set_alarm(alarm)?;
                self.commit()?;
            }
        }
        Ok(Some(inner.transactions.next_commit()))
    }
}

/// Removes the closed database at `path`, leaving one that holds nothing but `alarm` if there is one.
fn replace_file(
    path: &Path,
    alarm: Option<i64>,
    options: crate::database::Options,
) -> io::Result<()> {
    if alarm.is_some() {
        let fresh = beside(path, "-fresh");
        // A crash may have left one behind.
        remove_database(&fresh)?;
        let database = Database::new(Location::File(fresh.clone()), options);
        database
            .set_alarm(alarm)
            .and_then(|()| database.commit())
            .and_then(|_| database.inner.settle_on_close())
            .map_err(io::Error::other)?;
        drop(database);
        File::open(&fresh)?.sync_all()?;
        // A log that outlived its database would be read into the new one. Closing has removed it; make sure.
        for file in [beside(&fresh, "-wal"), beside(path, "-wal")] {
            if file.try_exists()? {
                return Err(io::Error::other(format!(
                    "{} is still in use",
                    file.display()
                )));
            }
        }
        fs::rename(&fresh, path)?;
        sync_directory_of(path)
    } else {
        remove_database(path)
    }
}

/// Removes a closed database and what SQLite keeps beside it: first, durably, the database, since a log without a
/// database is ignored, but a database without its log is an older one.
fn remove_database(path: &Path) -> io::Result<()> {
    if remove_if_there(path)? {
        sync_directory_of(path)?;
    }
    for file in [
        beside(path, "-wal"),
        beside(path, "-shm"),
        beside(path, "-journal"),
    ] {
        remove_if_there(&file)?;
    }
    Ok(())
}

/// Tells whether it was there.
fn remove_if_there(file: &Path) -> io::Result<bool> {
    match fs::remove_file(file) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

fn sync_directory_of(path: &Path) -> io::Result<()> {
    File::open(path.parent().unwrap_or(Path::new(".")))?.sync_all()
}

fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}
