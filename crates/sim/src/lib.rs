//! The simulator: the real journal, storage and object code on a disk that breaks whatever it may break.
//!
//! ```no_run
//! let report = holdfast_sim::run(42)?; // the same seed, the same run
//! println!("{} crashes were recovered from", report.crashes);
//! # Ok::<(), holdfast_sim::Failure>(())
//! ```
//!
//! A seed makes a *world*: some objects with databases on one store, and a scheduler that lets one thing happen after
//! another: turns of SQL and keys, savepoints, alarms, `deleteAll`, flushes, checkpoints, the end of the process. At
//! (almost) every operation of the disk an image of a crash is left behind, with a random part of what was not
//! flushed; each is recovered from and compared with the checker's own account.
//!
//! **What it must never know:** how journal and storage do it. It uses their public interfaces, and its account of what
//! the databases hold is kept in maps of its own.
//!
//! **What every crash must leave:**
//! * The log up to some position that is not before any that was confirmed: by the log ([`SimDisk::confirm`]), or by
//!   output that left an object. Nothing leaves before the position it needs.
//! * At that one position: every object's database, sound and exactly as it was; the catalogue of objects and names; the
//!   alarms that are set, each of which rings.
//! * A node that goes on: more commits, checkpoints and crashes, also of the recovery itself.
//!
//! **What else must hold:**
//! * After a failed write or flush nothing is confirmed, every later commit is refused, and a restart has all that was
//!   confirmed before.
//! * A flipped bit in the log, or a lost file, is an error that names the place, or does no harm. It may pass for the torn
//!   end of the log only if it is in what was flushed last.
//!
//! A seed that found a mistake once is kept in [`FOUND`]. With the feature `sabotage` mistakes are planted in the code
//! under test, to prove that the checkers notice them (`tests/planted.rs`).
//!
//! # Modules
//! `run` (what a seed does), `world` (the node and its scheduler), `actor` (one object), `edit` (random writes), `model`
//! (the checker's account), `check` (comparing), `damage` (bit rot and lost files), `setup` (sizes, clock, mistakes),
//! `disk` (the simulated disk), `gate` (turns in the middle of a checkpoint), `rng`, `failure`, `found` (seeds to remember).

mod actor;
mod check;
mod damage;
mod disk;
mod edit;
mod failure;
mod found;
mod gate;
mod model;
mod rng;
mod run;
mod setup;
mod world;

pub use disk::{Fault, FaultKind, Image, SimDisk, Survival};
pub use failure::Failure;
pub use found::FOUND;
pub use rng::Rng;
pub use run::{Report, has_faults, run, run_with};
pub use setup::Mistake;
