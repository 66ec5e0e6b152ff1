//! Segments: the files of the log.
//!
//! A segment begins with a sector that says which one it is; frames follow. Files are filled with zeros when they
//! are made and used again when their contents have gone home, so that a flush has to write data only: growing a
//! file, or writing where nothing was ever written, makes the file system flush its own journal too, which
//! takes twice as long.

use std::sync::Arc;

use crate::commit::Position;
use crate::disk::{Disk, DiskFile, SECTOR_BYTES, read_all};
use crate::error::{Error, Result};
use crate::frame::{self, Frame};
use crate::sabotage::{Planted, Sabotage};

pub(crate) const FOLDER: &str = "log";
const SPARE: &str = ".spare";
const MAGIC: &[u8; 8] = b"HFSEGM01";

/// Bytes that are written at once when a file is filled with zeros.
const FILL_BYTES: usize = 1 << 20;

/// A file of the log.
pub(crate) struct Segment {
    pub(crate) number: u64,
    /// Position of the first commit that is, or will be, in it.
    pub(crate) first: Position,
    pub(crate) file: Arc<dyn DiskFile>,
}

/// The name of the file of segment `number`.
pub(crate) fn name(number: u64) -> String {
    format!("{FOLDER}/{number:016x}.seg")
}

/// The name of a file that held segment `number` and can be used again.
pub(crate) fn spare_name(number: u64) -> String {
    format!("{FOLDER}/{number:016x}{SPARE}")
}

/// The number of the segment in the file of this name, if it is one.
pub(crate) fn number_of(name: &str) -> Option<u64> {
    parse_number(name.strip_suffix(".seg")?)
}

/// The number of the segment that the file of this name once held, if it can be used again.
pub(crate) fn spare_number_of(name: &str) -> Option<u64> {
    parse_number(name.strip_suffix(SPARE)?)
}

fn parse_number(digits: &str) -> Option<u64> {
    (digits.len() == 16)
        .then(|| u64::from_str_radix(digits, 16).ok())
        .flatten()
}

/// The first sector of a segment.
pub(crate) fn header(node: u128, number: u64, first: Position) -> [u8; SECTOR_BYTES] {
    let mut sector = [0; SECTOR_BYTES];
    sector[..8].copy_from_slice(MAGIC);
    sector[8..24].copy_from_slice(&node.to_le_bytes());
    sector[24..32].copy_from_slice(&number.to_le_bytes());
    sector[32..40].copy_from_slice(&first.0.to_le_bytes());
    let checksum = crc32fast::hash(&sector[..40]);
    sector[40..44].copy_from_slice(&checksum.to_le_bytes());
    sector
}

/// Creates a file of zeros, flushed.
///
/// # Errors
/// The disk's.
pub(crate) fn create_filled(disk: &dyn Disk, name: &str, bytes: u64) -> Result<()> {
    let file = disk
        .create(name)
        .map_err(Error::io("cannot create", name))?;
    let zeros = vec![0; FILL_BYTES.min(usize::try_from(bytes).unwrap_or(FILL_BYTES))];
    let mut at = 0;
    while at < bytes {
        let length = zeros
            .len()
            .min(usize::try_from(bytes - at).unwrap_or(zeros.len()));
        file.write_at(&zeros[..length], at)
            .map_err(Error::io("cannot write", name))?;
        at += length as u64;
    }
    file.sync_data().map_err(Error::io("cannot flush", name))
}

/// A segment's contents, in memory.
pub(crate) struct Image {
    pub(crate) number: u64,
    /// What the first sector says; none if it was never written for this use of the file, or is damaged.
    pub(crate) first: Option<Position>,
    bytes: Vec<u8>,
    planted: Planted,
}

struct Header {
    node: u128,
    number: u64,
    first: Position,
}

/// None for a sector that is no header, or is torn.
fn parse_header(sector: &[u8]) -> Option<Header> {
    let u64_at = |at: usize| u64::from_le_bytes(sector[at..at + 8].try_into().expect("eight"));
    let checksum = u32::from_le_bytes(sector[40..44].try_into().expect("four"));
    (&sector[..8] == MAGIC && crc32fast::hash(&sector[..40]) == checksum).then(|| Header {
        node: u128::from_le_bytes(sector[8..24].try_into().expect("sixteen")),
        number: u64_at(24),
        first: Position(u64_at(32)),
    })
}

impl Image {
    /// Reads a segment.
    ///
    /// # Errors
    /// The disk's; [`Error::Foreign`] if the segment is of another node.
    pub(crate) fn read(
        disk: &dyn Disk,
        node: u128,
        number: u64,
        planted: Planted,
    ) -> Result<Image> {
        let name = name(number);
        let file = disk.open(&name).map_err(Error::io("cannot open", &*name))?;
        let bytes = read_all(&*file).map_err(Error::io("cannot read", &*name))?;
        let mut first = None;
        if let Some(header) = bytes.get(..SECTOR_BYTES).and_then(parse_header) {
            if header.node != node {
                return Err(Error::Foreign(format!(
                    "{name} belongs to another data folder; put back the files that belong together"
                )));
            }
            // A file that is used again has its old first sector until the first flush.
            first = (header.number == number).then_some(header.first);
        }
        Ok(Image {
            number,
            first,
            bytes,
            planted,
        })
    }

    /// Makes durable what was read.
    ///
    /// # Errors
    /// The disk's.
    pub(crate) fn flush(&self, disk: &dyn Disk) -> Result<()> {
        let name = name(self.number);
        disk.open(&name)
            .and_then(|file| file.sync_data())
            .map_err(Error::io("cannot flush", name))
    }

    /// Gives the frames to `visit`, in order, until they end. `expected` is the position that the first has if the
    /// segment does not say.
    ///
    /// # Errors
    /// Those of `visit`; [`Error::Damaged`] if a frame that was durable cannot be read.
    pub(crate) fn frames(
        &self,
        expected: Position,
        mut visit: impl FnMut(&Frame) -> Result<()>,
    ) -> Result<()> {
        let mut expected = self.first.unwrap_or(expected);
        let mut at = SECTOR_BYTES;
        while self.first.is_some()
            && let Some(frame) = self.frame_at(at)
            && frame.first == expected
        {
            visit(&frame)?;
            expected = frame.last().next();
            at += frame.span;
        }
        // Frames behind one that cannot be read tell whether it was ever whole: a frame names the position up to
        // which the log had been flushed before.
        let mut behind = at;
        while behind < self.bytes.len() {
            let Some(frame) = self.frame_at(behind) else {
                behind += SECTOR_BYTES;
                continue;
            };
            if frame.first >= expected && self.planted.is(Sabotage::ReadPastTorn) {
                visit(&frame)?;
                expected = frame.last().next();
            } else if frame.first >= expected && frame.durable >= expected {
                return Err(Error::Damaged(format!(
                    "{} is damaged at byte {at}: the commits from position {expected} on, which had been confirmed, \
                     cannot be read",
                    name(self.number)
                )));
            }
            behind += frame.span;
        }
        Ok(())
    }

    fn frame_at(&self, at: usize) -> Option<Frame> {
        // Others are of an earlier use of the file.
        frame::decode(self.bytes.get(at..)?, self.planted).filter(|frame| {
            frame.segment == frame::segment_mark(self.number) || self.planted.is(Sabotage::MixUses)
        })
    }
}
