//! What the log still holds, read while it is written; and its time.

use super::{Log, lock};
use crate::commit::{Commit, Position};
use crate::error::{Error, Result};
use crate::recovery::Logged;
use crate::segment::Image;

impl Log {
    /// The time that a commit flushed now would have, in ms since 1970: that of the clock, but never less than an earlier
    /// commit's.
    pub fn now_ms(&self) -> u64 {
        let last = lock(&self.writer).last_time_ms;
        self.clock.now_ms().max(last)
    }

    /// No commit from now on has a time before this one, whatever the clock says.
    pub fn not_before(&self, time_ms: u64) {
        let mut writer = lock(&self.writer);
        writer.last_time_ms = writer.last_time_ms.max(time_ms);
    }

    /// Gives the commits after `after` that the log holds to `visit`, in order, until it says false. Those appended
    /// before the call are among them. The log must not be trimmed meanwhile.
    ///
    /// # Errors
    /// The disk's, the log's; [`Error::Damaged`] if one of them is missing; those of `visit`.
    pub fn read_after(
        &self,
        after: Position,
        mut visit: impl FnMut(Logged<'_>) -> Result<bool>,
    ) -> Result<()> {
        let last = self.flush()?;
        let (full, current) = {
            let writer = lock(&self.writer);
            let full = writer.full.iter().filter(|(_, last)| *last > after);
            let full: Vec<u64> = full.map(|(number, _)| *number).collect();
            // A segment that is being written could be seen with a hole in it. Reading it takes some milliseconds.
            let current = writer
                .current
                .as_ref()
                .filter(|current| current.last.is_some_and(|last| last > after))
                .map(|current| {
                    Image::read(&*self.disk, self.node, current.segment.number, self.planted)
                })
                .transpose()?;
            (full, current)
        };
        let mut reading = Reading {
            after,
            next: after.next(),
            go_on: true,
            visit: &mut visit,
        };
        for number in full {
            let image = Image::read(&*self.disk, self.node, number, self.planted)?;
            reading.image(&image)?;
            if !reading.go_on {
                return Ok(());
            }
        }
        if let Some(image) = current {
            reading.image(&image)?;
        }
        match reading.go_on && reading.next <= last {
            true => Err(missing(reading.next)),
            false => Ok(()),
        }
    }
}

/// A pass over the log, on which no commit may be missing.
struct Reading<'a> {
    after: Position,
    /// The commit that must come next.
    next: Position,
    go_on: bool,
    visit: &'a mut dyn FnMut(Logged<'_>) -> Result<bool>,
}

impl Reading<'_> {
    fn image(&mut self, image: &Image) -> Result<()> {
        image.frames(self.after, |frame| {
            for (position, record) in frame.records() {
                if position <= self.after || !self.go_on {
                    continue;
                }
                if position != self.next {
                    return Err(missing(self.next));
                }
                self.next = position.next();
                self.go_on = (self.visit)(Logged {
                    position,
                    time_ms: frame.time_ms,
                    commit: Commit::decode(record)?,
                })?;
            }
            Ok(())
        })?;
        Ok(())
    }
}

fn missing(position: Position) -> Error {
    Error::Damaged(format!(
        "the log has lost the commits from position {position} on: objects cannot be taken back over them"
    ))
}
