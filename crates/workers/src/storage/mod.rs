//! `ctx.storage`: the JavaScript face of one object's [`Database`](holdfast_storage::Database).
//!
//! What it is for: arguments, values and errors on their way between a program and its database. The classes
//! are JavaScript (`js/storage/`); every operation that touches the database is here and is synchronous.
//!
//! What it refuses to know: when a turn ends (whoever drives turns commits), gates, timers, files.
//! It tells what they must know through [`StorageHooks`].
//!
//! Invariants
//! - No operation leaves the database in the middle of something: arguments are converted, which may run
//!   the program's code, before the database is touched.
//! - After [`StorageHandle::shut_down`] every operation throws, whichever object of the program it is called on.
//! - Only the instance that a storage belongs to can use it: whoever else got hold of it is refused.
//! - A failure that breaks the object is reported to the hooks before the program sees it.
//!
//! # Modules
//! `handle` (what all operations share), `value` (stored bytes), `kv` and `kv_iterator`, `sql` with `binding`, `cursor`
//! and `columns`, `transaction`, `alarm`, `durability`, `bookmarks`.

mod alarm;
mod binding;
mod bookmarks;
mod columns;
mod cursor;
mod durability;
mod handle;
mod kv;
mod kv_iterator;
mod sql;
mod transaction;
mod value;

use holdfast_engine::Extension;

pub use handle::{Caller, StorageHandle, StorageHooks, StorageOptions};

/// Adds the operations. `holdfast:workers/storage/index` exports `createStorage`.
pub fn register(extension: Extension) -> Extension {
    let extension = kv_iterator::register(kv::register(extension));
    let extension = cursor::register(sql::register(extension));
    let extension = bookmarks::register(transaction::register(extension));
    durability::register(alarm::register(extension))
}
