//! Replacing a whole database by the contents of an SQLite file.

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use holdfast_journal::{PAGE_BYTES, Page};
use rusqlite::{Connection, OpenFlags};

use crate::database::Database;
use crate::error::{Result, StorageError};
use crate::transaction::Commit;

/// What an SQLite file holds, read and checked. Any thread may do that, long before it is put into a database.
pub struct Imported {
    path: PathBuf,
    pages: Vec<Arc<Page>>,
}

impl Imported {
    /// Reads the file at `path`. It may have any page size and journal mode: it is copied by SQLite first, which also
    /// checks it.
    ///
    /// # Errors
    /// The file is no SQLite database, or damaged.
    pub fn read(path: &Path) -> Result<Imported> {
        let failed = |error: String| failed(path, &error);
        // A folder that nobody else can look into: this is the object's data.
        let folder = tempfile::tempdir().map_err(|error| failed(error.to_string()))?;
        let copy = folder.path().join("copy.sqlite");
        copy_to(path, &copy).map_err(failed)?;
        let pages = read_pages(&copy).map_err(|error| failed(error.to_string()))?;
        Ok(Imported {
            path: path.to_owned(),
            pages,
        })
    }
}

fn failed(path: &Path, error: &str) -> StorageError {
    StorageError::error(format!("cannot import {}: {error}", path.display()))
}

impl Database {
    /// Makes the database what a file holds, in one commit. Its alarm, if the file was exported from an object, comes
    /// with it. Nothing may be open. Takes as long as it takes to copy the file's pages.
    ///
    /// # Errors
    /// The alarm cannot be read; the log's, after which the object is broken.
    pub fn import(&self, file: Imported) -> Result<Option<Commit>> {
        self.close();
        let inner = &self.inner;
        let Imported { path, pages } = file;
        inner.pages()?.replace(pages);
        // An object that was exported while it wanted to go back to a bookmark does not take that along.
        inner.clear_wish()?;
        // What SQLite reads now are the new pages.
        let alarm = match inner.alarm() {
            Ok(alarm) => alarm,
            Err(error) => {
                self.close();
                return Err(failed(&path, &error.message));
            }
        };
        inner.take_pages(Some(alarm))
    }
}

/// Writes the file's contents into a new database with the right page size.
fn copy_to(path: &Path, copy: &Path) -> Result<(), String> {
    let copied = (|| {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let source = Connection::open_with_flags(path, flags)?;
        let check: String = source.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
        if check != "ok" {
            return Ok(Err(check));
        }
        source.execute_batch(&format!("PRAGMA page_size = {PAGE_BYTES}"))?;
        source.execute("VACUUM INTO ?1", [&*copy.to_string_lossy()])?;
        Ok::<_, rusqlite::Error>(Ok(()))
    })();
    copied.unwrap_or_else(|error| Err(error.to_string()))
}

fn read_pages(path: &Path) -> io::Result<Vec<Arc<Page>>> {
    let mut file = BufReader::with_capacity(1 << 20, File::open(path)?);
    let bytes = file.get_ref().metadata()?.len();
    let count = usize::try_from(bytes / PAGE_BYTES as u64).map_err(io::Error::other)?;
    if count == 0 || bytes % PAGE_BYTES as u64 != 0 {
        return Err(io::Error::other("it has pages of another size than 4096"));
    }
    (0..count)
        .map(|_| {
            let mut page: Page = [0; PAGE_BYTES];
            file.read_exact(&mut page)?;
            Ok(Arc::new(page))
        })
        .collect()
}
