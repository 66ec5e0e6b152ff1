//! Replacing a whole database by the contents of an SQLite file.

use std::path::Path;

use holdfast_journal::PAGE_BYTES;
use rusqlite::{Connection, OpenFlags};

use crate::database::Database;
use crate::error::{Result, StorageError};
use crate::transaction::Commit;
use crate::vfs::PageFile;

impl Database {
    /// Makes the database what the SQLite file at `path` holds, in one commit. Its alarm, if the file was exported from
    /// an object, comes with it. Nothing may be open.
    ///
    /// The file may have any page size and journal mode: it is copied by SQLite first, which also checks it.
    ///
    /// # Errors
    /// The file is no SQLite database, or damaged; the log's, after which the object is broken.
    pub fn import(&self, path: &Path) -> Result<Option<Commit>> {
        let failed = |error: String| {
            StorageError::error(format!("cannot import {}: {error}", path.display()))
        };
        let copy = copy_of(path).map_err(failed)?;
        let pages = copy.chunks_exact(PAGE_BYTES);
        if !pages.remainder().is_empty() || copy.len() < PAGE_BYTES {
            return Err(failed("it has pages of another size than 4096".to_owned()));
        }
        self.close();
        let inner = &self.inner;
        let target = inner.pages()?;
        target.reset();
        for (index, page) in pages.enumerate() {
            target
                .write(page, (index * PAGE_BYTES) as u64)
                .map_err(|error| failed(error.to_string()))?;
        }
        // An object that was exported while it wanted to go back to a bookmark does not take that along.
        inner.clear_wish()?;
        // What SQLite reads now are the new pages.
        let alarm = match inner.alarm() {
            Ok(alarm) => alarm,
            Err(error) => {
                self.close();
                return Err(failed(error.message));
            }
        };
        inner.take_pages(Some(alarm))
    }
}

/// The file's contents as SQLite writes them into a new database with the right page size.
fn copy_of(path: &Path) -> Result<Vec<u8>, String> {
    // A folder that nobody else can look into: this is the object's data.
    let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
    let temporary = folder.path().join("copy.sqlite");
    let copied = (|| {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let source = Connection::open_with_flags(path, flags)?;
        let check: String = source.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
        if check != "ok" {
            return Ok(Err(check));
        }
        source.execute_batch("PRAGMA page_size = 4096")?;
        let target = temporary.to_string_lossy();
        source.execute("VACUUM INTO ?1", [&*target])?;
        Ok::<_, rusqlite::Error>(Ok(()))
    })();
    match copied {
        Ok(Ok(())) => std::fs::read(&temporary).map_err(|error| error.to_string()),
        Ok(Err(check)) => Err(check),
        Err(error) => Err(error.to_string()),
    }
}
