//! What the log's two locks guard: what waits to be written, and where it goes.

use std::collections::VecDeque;
use std::sync::Arc;

use crate::commit::Position;
use crate::error::Error;
use crate::frame::Batch;
use crate::segment::Segment;

pub(super) struct Queue {
    /// Position of the last commit that was appended.
    pub(super) last: Position,
    pub(super) epoch: u64,
    pub(super) batches: VecDeque<Batch>,
    pub(super) bytes: usize,
    pub(super) failed: Option<Arc<Error>>,
    pub(super) closed: bool,
}

pub(super) struct Writer {
    /// Segments with commits, oldest first.
    pub(super) full: VecDeque<(u64, Position)>,
    pub(super) current: Option<Current>,
    pub(super) next_number: u64,
    /// Names of files that can be used.
    pub(super) spares: Vec<String>,
    pub(super) last_time_ms: u64,
}

pub(super) struct Current {
    pub(super) segment: Segment,
    /// Where the next frame goes.
    pub(super) offset: u64,
    pub(super) capacity: u64,
    /// Position of the last commit written, if any was.
    pub(super) last: Option<Position>,
}

impl Writer {
    /// Ends the segment being written.
    pub(super) fn end_segment(&mut self) {
        if let Some(done) = self.current.take()
            && let Some(last) = done.last
        {
            self.full.push_back((done.segment.number, last));
        }
    }
}
