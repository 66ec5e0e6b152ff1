//! Replacing a whole database by the contents of an SQLite file.

use std::fs::{self, File};
use std::io::{self, BufReader, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use holdfast_journal::{PAGE_BYTES, Page};
use rusqlite::{Connection, OpenFlags};

use crate::database::Database;
use crate::error::{Result, StorageError};
use crate::internal::Internal;
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
        // SQLite takes a file without a byte for a database without a table, but whoever names one (what is left of a
        // download that failed, say) hardly wants the object emptied: that is what `delete` is for.
        let found = fs::metadata(path).map_err(|error| failed(error.to_string()))?;
        if !found.is_file() {
            return Err(failed("it is not a file".to_owned()));
        }
        if found.len() == 0 {
            return Err(failed("the file is empty".to_owned()));
        }
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
        if let Err(error) = check_kv(&source)? {
            return Ok(Err(error));
        }
        source.execute_batch(&format!("PRAGMA page_size = {PAGE_BYTES}"))?;
        source.execute("VACUUM INTO ?1", [&*copy.to_string_lossy()])?;
        Ok::<_, rusqlite::Error>(Ok(()))
    })();
    copied.unwrap_or_else(|error| Err(error.to_string()))
}

/// What the key-value API needs of its table, if there is one: the object could not use it otherwise.
fn check_kv(source: &Connection) -> rusqlite::Result<Result<(), String>> {
    let exists = "SELECT EXISTS (SELECT 1 FROM sqlite_schema WHERE name = '_cf_KV' COLLATE NOCASE)";
    if !source.query_row(exists, [], |row| row.get(0))? {
        return Ok(Ok(()));
    }
    let uses = [Internal::KvGet, Internal::KvPut].map(|statement| source.prepare(statement.sql()));
    Ok(uses.into_iter().try_for_each(|usable| match usable {
        Ok(_) => Ok(()),
        Err(error) => Err(format!(
            "its table _cf_KV is not that of an object: {error}"
        )),
    }))
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

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(path: &Path) -> String {
        match Imported::read(path) {
            Ok(_) => panic!("{} was taken", path.display()),
            Err(error) => error.message,
        }
    }

    #[test]
    fn what_is_no_file_or_an_empty_one_does_not_replace_an_object() {
        let folder = tempfile::tempdir().unwrap();
        let empty = folder.path().join("empty.sqlite");
        File::create(&empty).unwrap();
        assert_eq!(
            refusal(&empty),
            format!("cannot import {}: the file is empty", empty.display())
        );
        assert!(refusal(folder.path()).ends_with(": it is not a file"));
        let device = Path::new("/dev/zero");
        assert_eq!(refusal(device), "cannot import /dev/zero: it is not a file");
        let missing = refusal(&folder.path().join("missing"));
        assert!(missing.contains("No such file"), "{missing}");
    }

    #[test]
    fn a_key_value_table_that_the_object_could_not_use_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        for (name, columns) in [
            ("value", "key TEXT PRIMARY KEY, val BLOB"),
            ("unique", "key TEXT, value BLOB"),
        ] {
            let path = folder.path().join(name);
            let file = Connection::open(&path).unwrap();
            file.execute_batch(&format!("CREATE TABLE _cf_KV ({columns})"))
                .unwrap();
            let refused = refusal(&path);
            assert!(
                refused.contains("_cf_KV is not that of an object"),
                "{refused}"
            );
        }
        let path = folder.path().join("whole");
        let file = Connection::open(&path).unwrap();
        file.execute_batch("CREATE TABLE _cf_KV (key TEXT PRIMARY KEY, value BLOB) WITHOUT ROWID")
            .unwrap();
        Imported::read(&path).map(drop).unwrap();
    }
}
