//! Commits that the log still holds, read again while it is in use.

use super::{FullSegment, Log, lock};
use crate::commit::{Commit, Position};
use crate::error::{Error, Result};
use crate::recovery::Logged;
use crate::segment;

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

    /// Gives the commits of a segment to `visit`, in order.
    ///
    /// # Errors
    /// The disk's; [`Error::Damaged`]; those of `visit`.
    pub fn read_segment(
        &self,
        segment: FullSegment,
        mut visit: impl FnMut(Logged<'_>) -> Result<()>,
    ) -> Result<()> {
        self.read_number(segment.number, &mut visit)
    }

    /// Gives every commit that the log still holds to `visit`, in order.
    ///
    /// # Errors
    /// The disk's; [`Error::Damaged`]; those of `visit`.
    pub fn read_all(&self, mut visit: impl FnMut(Logged<'_>) -> Result<()>) -> Result<()> {
        self.flush()?;
        let writer = lock(&self.writer);
        let numbers: Vec<u64> = writer
            .full
            .iter()
            .map(|(number, _)| *number)
            .chain(writer.current.as_ref().map(|now| now.segment.number))
            .collect();
        for number in numbers {
            self.read_number(number, &mut visit)?;
        }
        Ok(())
    }

    fn read_number(
        &self,
        number: u64,
        visit: &mut dyn FnMut(Logged<'_>) -> Result<()>,
    ) -> Result<()> {
        let image = segment::Image::read(&*self.disk, self.node, number, self.planted)?;
        let Some(first) = image.first else {
            return Err(Error::Damaged(format!(
                "{} has lost its first sector",
                segment::name(number)
            )));
        };
        image.frames(first, |frame| {
            for (position, record) in frame.records() {
                visit(Logged {
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
