//! One Durable Object's database: SQL, keys and values, and the alarm, in one SQLite file.
//!
//! ```no_run
//! use holdfast_storage::{Database, Location, Options, SqlValue};
//!
//! let database = Database::new(Location::Memory, Options::default());
//! database.exec("CREATE TABLE IF NOT EXISTS seats (id INTEGER PRIMARY KEY, taken INT)", vec![])?;
//! database.exec("INSERT INTO seats VALUES (?, ?)", vec![SqlValue::Integer(7), SqlValue::Integer(1)])?;
//! database.kv_put("opened", b"yes")?;
//! database.commit()?; // all three, or none
//! # Ok::<(), holdfast_storage::StorageError>(())
//! ```
//!
//! **What it must never know:** JavaScript (values are Rust enums, stored values opaque bytes), clocks, threads, gates,
//! other objects, and who calls. A [`Database`] is used by one thread, synchronously.
//!
//! **What holds at all times:**
//! * Writes leave a database only through [`Database::commit`], the release of an outermost async savepoint, and
//!   [`Database::delete_all`]: whole turns or nothing. What they return says at which position of the log a crash
//!   can no longer undo them; nothing else of durability shows outside.
//! * SQLite never writes to a file. Its pages go to the log and to the *overlay*, and a checkpoint of the
//!   [`Store`] takes them to the object's file later; reads look in the overlay first, then in the file.
//! * A file on the disk is a whole database as of some earlier commit, except while a checkpoint writes it; then the log
//!   has every page that it may have torn.
//! * The program's SQL passes the authorizer; ours does not. A program cannot see, change or name anything that begins
//!   with `_cf_`.
//! * Messages are Cloudflare's, to the letter ([`StorageError`]).
//! * A failure after which the program and SQLite would disagree about what is committed breaks the database: every
//!   later operation repeats it ([`ErrorKind::Critical`]).
//!
//! # Modules
//! The object's side: [`database`](Database) (life of the connection), `exec` and `cursor` (SQL), `kv` and `list`
//! (keys), `alarm`, `transaction`, `reset` (`deleteAll`), `import`, `limited` (`UPDATE … LIMIT`), `bookmark` and `session` (going back), `counters`
//! (rows read and written), `value`, `error`.
//! SQLite's side: `connection` (opening), `statement` and `vfs` (the two files with `unsafe`), `cache`, `internal` (our
//! own SQL), `authorizer` with `allowed` and `rename` (the sandbox), `limits`.
//! The disk's side: `pages` (what one connection reads and writes), `overlay` (what is newer than an object's file),
//! [`store`](Store) (all objects of a node: recovery, checkpoints, the catalogue).

mod alarm;
mod allowed;
mod authorizer;
mod bookmark;
mod cache;
mod connection;
mod copy;
mod counters;
mod cursor;
mod database;
mod error;
mod exec;
mod import;
mod internal;
mod kv;
mod limited;
mod limits;
mod list;
mod overlay;
mod pages;
mod rename;
mod reset;
mod sabotage;
mod session;
mod statement;
mod store;
mod tokens;
mod transaction;
mod value;
mod vfs;

pub use bookmark::CurrentBookmark;
pub use cache::ColumnNames;
pub use cursor::{Cursor, KvCursor, Row};
pub use database::{Database, Interrupter, Location, Options};
pub use error::{ErrorKind, Result, StorageError, reference};
pub use holdfast_journal::{
    Disk, DiskFile, Durability, Error as StoreError, LOCK, ObjectRef, Position, RealDisk,
    SUPERBLOCK, SystemClock,
};
pub use import::Imported;
pub use limits::{SQL_BYTES_MAX, VALUE_BYTES_MAX};
pub use list::ListOptions;
#[cfg(feature = "sabotage")]
pub use sabotage::Sabotage;
pub use session::Restored;
pub use store::{
    Checkpointed, Checkpointer, Entry, Keeper, Listed, Listing, PendingAlarm, Snapshot, Store,
    StoreOptions,
};
pub use transaction::{Commit, SavepointId, SavepointKind};
pub use value::{SqlValue, ValueRef};

/// What a program is told by storage that was shut down under it.
pub const NO_LONGER_ACCESSIBLE: &str = "Durable Object storage is no longer accessible.";
