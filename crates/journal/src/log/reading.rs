//! Commits that the log still holds, read again while it is in use.

use super::{FullSegment, Log, lock};
use crate::commit::{Commit, Position};
use crate::error::Result;
use crate::recovery::Logged;
use crate::segment::Image;

impl Log {
    /// The segments whose commits are all at or before `through`, oldest first. The one being written is not among
    /// them.
    pub fn full_segments(&self, through: Position) -> Vec<FullSegment> {
        let writer = lock(&self.writer);
        let full = writer.full.iter();
        full.take_while(|(_, last)| *last <= through)
            .map(|&(number, last)| FullSegment { number, last })
            .collect()
    }

    /// Gives the commits of a segment after `after` to `visit`, in order. What is missing among those before is
    /// nobody's loss; whether any of the others are, positions tell, which follow each other without a gap.
    ///
    /// # Errors
    /// The disk's; [`Error::Damaged`]; those of `visit`.
    pub fn read_segment(
        &self,
        segment: FullSegment,
        after: Position,
        mut visit: impl FnMut(Logged<'_>) -> Result<()>,
    ) -> Result<()> {
        let image = Image::read(&*self.disk, self.node, segment.number, self.planted)?;
        image.frames(after, |frame| {
            for (position, record) in frame.records() {
                if position > after {
                    visit(Logged {
                        position,
                        time_ms: frame.time_ms,
                        commit: Commit::decode(record)?,
                    })?;
                }
            }
            Ok(())
        })?;
        Ok(())
    }
}
