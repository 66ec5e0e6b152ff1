//! Opening one object's SQLite connection: the configuration every program runs under.

use std::path::Path;
use std::rc::Rc;
use std::sync::Arc;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use crate::authorizer::Access;
use crate::database::{Interrupter, Options};
use crate::error::{Result, StorageError};
use crate::limits;
use crate::statement::Handle;

/// For a file that exists: the log is there already.
const DURABILITY: &str =
    "PRAGMA locking_mode=EXCLUSIVE; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;";

/// For a new file: its first page is written once and flushed once. The rollback journal that would guard the empty
/// file against itself costs three flushes more; a crash in between leaves an empty file, which is a valid
/// database.
const DURABILITY_OF_NEW: &str = "PRAGMA locking_mode=EXCLUSIVE; PRAGMA journal_mode=MEMORY; \
    PRAGMA synchronous=NORMAL; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;";

/// Opens (and creates, if need be) the database at `path`.
///
/// Durability: write-ahead log with `synchronous=FULL`, so a commit has been flushed when it returns. The lock is
/// exclusive: no other connection ever opens the file, which saves the shared-memory file and most lock calls, and
/// makes a second opener fail instead of interleave.
///
/// Closing leaves the log as it is. Moving it into the database would flush both on the thread that closes, once for
/// every object that falls idle; the next opening reads the log instead, without writing anything.
pub(crate) fn open_file(
    path: &Path,
    options: &Options,
    interrupter: Option<&Interrupter>,
) -> Result<Rc<Handle>> {
    let new = path.metadata().map_or(true, |metadata| metadata.len() == 0);
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
        | OpenFlags::SQLITE_OPEN_CREATE
        | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let durability = if new { DURABILITY_OF_NEW } else { DURABILITY };
    Connection::open_with_flags(path, flags)
        .and_then(|connection| configure(connection, options, interrupter, durability))
        .map_err(|error| opening(path, &error))
}

/// Opens an empty database in memory.
pub(crate) fn open_memory(
    options: &Options,
    interrupter: Option<&Interrupter>,
) -> Result<Rc<Handle>> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    Connection::open_in_memory_with_flags(flags)
        .and_then(|connection| configure(connection, options, interrupter, ""))
        .map_err(|error| opening(Path::new(":memory:"), &error))
}

fn configure(
    mut connection: Connection,
    options: &Options,
    interrupter: Option<&Interrupter>,
    durability: &str,
) -> rusqlite::Result<Rc<Handle>> {
    connection.set_prepared_statement_cache_capacity(0);
    connection.busy_timeout(std::time::Duration::ZERO)?;
    connection.execute_batch(durability)?;
    // A negative size counts KiB of page images instead of pages.
    connection.pragma_update(None, "cache_size", -i64::from(options.page_cache_kib))?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_FKEY, true)?;
    limits::apply(&connection)?;
    let access = Arc::new(Access::default());
    access.install(&mut connection)?;
    Ok(Handle::new(connection, access, interrupter.cloned()))
}

fn opening(path: &Path, error: &rusqlite::Error) -> StorageError {
    StorageError::internal(format!(
        "cannot open the object's database {}: {error}; check that its directory exists and is writable",
        path.display()
    ))
}
