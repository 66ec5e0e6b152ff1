//! Opening one object's SQLite connection: the configuration every program runs under.

use std::rc::Rc;
use std::sync::Arc;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use crate::authorizer::Access;
use crate::database::{Interrupter, Options};
use crate::error::{Result, StorageError};
use crate::limits;
use crate::pages::Pages;
use crate::statement::Handle;
use crate::vfs;

/// How a connection works on pages whose durability is none of its business.
///
/// The rollback journal is in memory, and the cache never spills, so that SQLite writes pages at a commit and at no
/// other time: what it has written then is the transaction. The lock is exclusive because there is never another
/// connection; it also keeps SQLite from counting changes in the first page, which would make a commit of one page one
/// of two. `synchronous=OFF` leaves out calls that would do nothing.
const SETTINGS: &str = "PRAGMA locking_mode=EXCLUSIVE; PRAGMA journal_mode=MEMORY; PRAGMA synchronous=OFF; \
    PRAGMA temp_store=MEMORY; PRAGMA cache_spill=OFF;";

/// Opens the database that `pages` hold.
pub(crate) fn open(
    pages: Rc<Pages>,
    options: &Options,
    interrupter: Option<&Interrupter>,
) -> Result<Rc<Handle>> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
        | OpenFlags::SQLITE_OPEN_CREATE
        | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let name = vfs::expose(pages);
    let opened = Connection::open_with_flags_and_vfs(&name, flags, vfs::VFS)
        .and_then(|connection| configure(connection, options, interrupter));
    vfs::conceal(&name);
    opened.map_err(|error| {
        StorageError::internal(format!("cannot open the object's database: {error}"))
    })
}

fn configure(
    mut connection: Connection,
    options: &Options,
    interrupter: Option<&Interrupter>,
) -> rusqlite::Result<Rc<Handle>> {
    connection.set_prepared_statement_cache_capacity(0);
    connection.busy_timeout(std::time::Duration::ZERO)?;
    connection.execute_batch(SETTINGS)?;
    // A negative size counts KiB of page images instead of pages.
    connection.pragma_update(None, "cache_size", -i64::from(options.page_cache_kib))?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_FKEY, true)?;
    limits::apply(&connection)?;
    let access = Arc::new(Access::default());
    access.install(&mut connection)?;
    Ok(Handle::new(connection, access, interrupter.cloned()))
}
