//! The durable order of commits: one log for all objects of a node.
//!
//! ```no_run
//! use std::sync::Arc;
//! use holdfast_journal::{Log, LogOptions, RealDisk, State, SystemClock, run_writer};
//! # fn commit<'a>() -> holdfast_journal::Commit<'a> { todo() }
//! # fn todo<T>() -> T { loop {} }
//!
//! let disk = Arc::new(RealDisk::new("data").unwrap());
//! let clock = Arc::new(SystemClock);
//! let log = Arc::new(Log::open(disk, clock, LogOptions::default(), State::new(1), |_| Ok(()))?);
//! let writer = { let log = Arc::clone(&log); std::thread::spawn(move || run_writer(&log)) };
//! let position = log.append(log.epoch(), &commit()).unwrap();
//! log.wake_writer();
//! // ... durable once `log.durable() >= position`; `log.subscribe` tells when that changes.
//! # Ok::<(), holdfast_journal::Error>(())
//! ```
//!
//! **What it must never know:** SQLite, JavaScript, gates, who waits for a commit. A commit is pages of a database by
//! number; that they make a database is the business of `storage`.
//!
//! **What holds at all times:**
//! * A position that was reported as durable is in the log after any crash, and everything before it too.
//! * A commit is in the log as a whole or not at all.
//! * A write or flush that failed is never tried again: the log takes no more commits.
//! * A record that was durable and cannot be read is reported with its place, never skipped. Only what comes after
//!   the last durable position may be torn.
//! * The first change of a page after a checkpoint began is logged whole ([`log`](Log): epochs), so replay needs
//!   nothing but the log and pages that no crash can have torn.
//!
//! # Modules
//! `log` (append, flush, trim), `recovery` (reading it again), `superblock` (where replay begins), [`history`] (what the
//! log has let go of, for point-in-time recovery); below them `segment` and `frame` (the format on disk), `commit` and
//! `patch` (the records), `disk` (what a disk promises), `error`, `sabotage` (planted mistakes, for tests).

mod commit;
mod disk;
mod error;
mod frame;
pub mod history;
mod log;
mod patch;
mod recovery;
mod sabotage;
mod segment;
mod superblock;

pub use commit::{Change, Commit, ObjectRef, PAGE_BYTES, Page, Position};
pub use disk::{Disk, DiskFile, RealDisk, SECTOR_BYTES, read_all};
pub use error::{Error, Result};
pub use log::{
    AppendError, Clock, Durability, FullSegment, Listener, Log, LogOptions, SystemClock, run_writer,
};
pub use patch::{Run, apply, difference};
pub use recovery::Logged;
#[cfg(feature = "sabotage")]
pub use sabotage::Sabotage;
pub use superblock::{LOCK, SUPERBLOCK, State, Superblock};
