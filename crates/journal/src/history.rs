//! The history: what checkpoints have replaced and what the log has let go of, for point-in-time recovery.
//!
//! Each checkpoint round leaves one file, which is flushed before the round touches any object's file. It holds, for
//! every object,
//! * *undo*: what the object's file was before the round — pages that the round overwrites or cuts — if the round
//!   writes that file;
//! * *redo*: the object's commits in the segments of the log that the round lets go of.
//!
//! To see an object as it was at a position, begin with its file, put the undo of all later rounds back, newest first,
//! and apply the redo from there to the position. A file is written once and never changed.
//!
//! ```text
//! header    24   magic, node
//! blocks         pages of undo, commits of redo, the classes, the times; each compressed, with a checksum, and with
//!                the place of the block before it of the same object and kind
//! index    120   for each object, in order of class and id: the ends of its two chains of blocks
//! footer   176   what the file covers, and where its parts are
//! ```
//!
//! Going back reads the blocks of one object only: its entry is found by a binary search on the disk. The file is
//! whole if its footer is, since that is written last; a crash in the middle of the write shows in the checksums.

mod beginning;
mod format;
mod reader;
mod writer;

use crate::commit::Position;
use crate::disk::Disk;
use crate::error::{Error, Result};

pub use beginning::Beginning;
pub use reader::{HistoryEntry, HistoryFile};
pub use writer::HistoryWriter;

/// The folder of the files.
pub const FOLDER: &str = "history";

/// A position, and a time that no commit up to it is later than.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Moment {
    /// The position.
    pub position: Position,
    /// ms since 1970.
    pub time_ms: u64,
}

/// What one file covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Coverage {
    /// The checkpoint that wrote it.
    pub round: u64,
    /// With this file and all later ones, every object can be taken back to any position from here on.
    pub kept_from: Moment,
    /// The highest position whose effects any object's file shows after the round.
    pub snapshot: Moment,
    /// The last commit that this file or an earlier one has as redo.
    pub redo: Moment,
}

/// What an object's file was before a round.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Undo {
    /// The position whose state the file shows after the round.
    pub position: Position,
    /// The position whose state it showed before.
    pub previous: Position,
    /// The pages that it had before.
    pub pages: u32,
}

/// The name of the file of a round.
pub fn name(round: u64) -> String {
    format!("{FOLDER}/{round:016x}.hist")
}

/// The rounds that have files, in order.
///
/// # Errors
/// The disk's.
pub fn rounds(disk: &dyn Disk) -> Result<Vec<u64>> {
    let names = disk
        .list(FOLDER)
        .map_err(Error::io("cannot list", FOLDER))?;
    let rounds = names.iter().filter_map(|name| {
        let digits = name.strip_suffix(".hist")?;
        (digits.len() == 16)
            .then(|| u64::from_str_radix(digits, 16).ok())
            .flatten()
    });
    // Names of one length are sorted as their numbers are.
    Ok(rounds.collect())
}

/// Removes the file of a round. What is gone may be back after a crash, until the folder is flushed.
///
/// # Errors
/// The disk's.
pub fn remove(disk: &dyn Disk, round: u64) -> Result<()> {
    let name = name(round);
    match disk.remove(&name) {
        // Somebody made room.
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
        result => result.map_err(Error::io("cannot remove", name)),
    }
}

#[cfg(test)]
mod tests;
