//! Reading the log after a start: which commits there are, and which of them to apply again.

use crate::commit::{Commit, Position};
use crate::disk::Disk;
use crate::error::{Error, Result};
use crate::sabotage::{Planted, Sabotage};
use crate::segment::{self, Image};

/// What the log was found to hold.
pub(crate) struct Found {
    /// Position of the last commit.
    pub(crate) last: Position,
    /// Number and last position of the segments with commits in them, oldest first.
    pub(crate) segments: Vec<(u64, Position)>,
    /// The highest number that any of the files was ever used under.
    pub(crate) highest_number: u64,
    /// Files that hold nothing and can be used.
    pub(crate) unused: Vec<String>,
    /// When the last commit was flushed that was read; zero if none was.
    pub(crate) last_time_ms: u64,
    /// What cannot be read and need not be: its contents are home.
    pub(crate) damage: Option<String>,
}

/// A commit as it stands in the log.
pub struct Logged<'a> {
    /// Its place.
    pub position: Position,
    /// When it was flushed, in ms since 1970; never less than that of an earlier one.
    pub time_ms: u64,
    /// What it changed.
    pub commit: Commit<'a>,
}

/// Gives the commits after `home` to `visit`, in order. Reads the segments that have some, and of others the first sector.
///
/// What was read is durable afterwards. It need not have been before: a process that was killed leaves behind what the
/// system has not written yet, which the next one sees, and would confirm.
///
/// # Errors
/// [`Error::Damaged`] if anything after `home` is missing but a torn end of the log; [`Error::Foreign`] for segments of another folder, or
/// missing ones; the disk's; those of `visit`.
pub(crate) fn scan(
    disk: &dyn Disk,
    node: u128,
    home: Position,
    planted: Planted,
    mut visit: impl FnMut(Logged<'_>) -> Result<()>,
) -> Result<Found> {
    let names = disk
        .list(segment::FOLDER)
        .map_err(Error::io("cannot list", segment::FOLDER))?;
    let mut numbers: Vec<u64> = names
        .iter()
        .filter_map(|name| segment::number_of(name))
        .collect();
    numbers.sort_unstable();
    let spares: Vec<u64> = names
        .iter()
        .filter_map(|name| segment::spare_number_of(name))
        .collect();
    let mut found = Found {
        last: home,
        segments: Vec::new(),
        // Spares count too: what is in them must never be taken for the contents of a new segment.
        highest_number: numbers.iter().chain(&spares).copied().max().unwrap_or(0),
        unused: spares.into_iter().map(segment::spare_name).collect(),
        last_time_ms: 0,
        damage: None,
    };
    let firsts = numbers
        .iter()
        .map(|number| segment::first(disk, node, *number))
        .collect::<Result<Vec<_>>>()?;
    for (index, number) in numbers.into_iter().enumerate() {
        // Positions grow from segment to segment. What lies before one that begins at home is home.
        let next = firsts[index + 1..].iter().flatten().min();
        if let Some(next) = next.filter(|next| **next <= home.next()) {
            found.segments.push((number, Position(next.0 - 1)));
            continue;
        }
        let image = Image::read(disk, node, number, planted)?;
        let expected = found.last.next();
        // What is at or before `home` may be missing, in whatever pieces: trimming goes file by file.
        if let Some(first) = image.first
            && first > expected
        {
            return Err(Error::Damaged(format!(
                "the log has a gap: {} begins with position {first}, and the commits from position {expected} on are \
                 missing",
                segment::name(number),
            )));
        }
        let mut last = None;
        let last_time_ms = &mut found.last_time_ms;
        let damage = image.frames(home, |frame| {
            last = Some(frame.last());
            *last_time_ms = frame.time_ms.max(*last_time_ms);
            for (position, record) in frame.records() {
                if position > home {
                    let commit = Commit::decode(record)?;
                    visit(Logged {
                        position,
                        time_ms: frame.time_ms,
                        commit,
                    })?;
                }
            }
            Ok(())
        })?;
        found.damage = found.damage.or(damage);
        match last {
            Some(last) => {
                if last > home && !planted.is(Sabotage::ConfirmUnflushed) {
                    image.flush(disk)?;
                }
                found.segments.push((number, last));
                found.last = found.last.max(last);
            }
            // It was about to be used when the node ended: nothing in it was ever confirmed.
            None => found.unused.push(segment::name(number)),
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests;
