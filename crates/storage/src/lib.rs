//! One Durable Object's database: SQL, keys and values, and the alarm, in one SQLite file.
//!
//! ```no_run
//! use holdfast_storage::{Database, Location, Options, SqlValue};
//!
//! let database = Database::new(Location::File("object.sqlite".into()), Options::default());
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
//! * Writes reach the disk only through [`Database::commit`], the release of an outermost async savepoint, and
//!   [`Database::delete_all`]: whole turns or nothing. When one of them returns, [`Commit::is_durable`] says whether a
//!   crash can still undo it; nothing else of durability shows outside.
//! * A database is its file and the log beside it (`-wal`). Closing flushes nothing and leaves the log, from which the next
//!   opening takes what the file lacks, as it does after a crash. A commit that finds a thousand pages in the log moves
//!   them into the file, and the log is used again from its beginning.
//! * No file is opened before the first use, and none is created before the first write.
//! * The program's SQL passes the authorizer; ours does not. A program cannot see, change or name anything that begins
//!   with `_cf_`.
//! * Messages are Cloudflare's, to the letter ([`StorageError`]).
//! * A failure after which the program and SQLite would disagree about what is committed breaks the database: every
//!   later operation repeats it ([`ErrorKind::Critical`]).
//!
//! # Modules
//! The object's side: [`database`](Database) (life of the connection), `exec` and `cursor` (SQL), `kv` and `list`
//! (keys), `alarm`, `transaction`, `reset` (`deleteAll`), `counters` (rows read and written), `value`, `error`.
//! SQLite's side: `connection` (opening), `statement` (the only `unsafe`), `cache`, `internal` (our own SQL),
//! `authorizer` with `allowed` and `rename` (the sandbox), `limits`.

mod alarm;
mod allowed;
mod authorizer;
mod cache;
mod connection;
mod counters;
mod cursor;
mod database;
mod error;
mod exec;
mod internal;
mod kv;
mod limits;
mod list;
mod rename;
mod reset;
mod statement;
mod transaction;
mod value;

pub use cache::ColumnNames;
pub use cursor::{Cursor, KvCursor, Row};
pub use database::{Database, Interrupter, Location, Options};
pub use error::{ErrorKind, Result, StorageError};
pub use limits::{SQL_BYTES_MAX, VALUE_BYTES_MAX};
pub use list::ListOptions;
pub use transaction::{Commit, SavepointId, SavepointKind};
pub use value::{SqlValue, ValueRef};

/// What a program is told by storage that was shut down under it.
pub const NO_LONGER_ACCESSIBLE: &str = "Durable Object storage is no longer accessible.";
