//! Segments: the files of the log.
//!
//! A segment begins with a sector that says which one it is; frames follow. Files are filled with zeros when they
//! are made and used again when their contents have gone home, so that a flush has to write data only: growing a
//! file, or writing where nothing was ever written, makes the file system flush its own journal too, which
//! takes twice as long.
//!
//! **What need not be read.** Commits at or before the position where replay begins are in the objects' files. Damage
//! among them is stepped over: a later frame that can be read says by its own word that they had been flushed, so they
//! are not the torn end of the log. Anything missing behind that position is an error.

use std::io;
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

/// Bytes that are read at once from a file that cannot be read as a whole, and how many such pieces may fail.
const PIECE_BYTES: usize = 4096;
const PIECES_LOST_MAX: usize = 16;

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
    /// Where the disk could not read, which is zeros here, and why.
    unreadable: Vec<Unreadable>,
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

/// What the first sector says about segment `number`.
fn first_of(sector: Option<&[u8]>, node: u128, number: u64) -> Result<Option<Position>> {
    let Some(header) = sector.and_then(parse_header) else {
        return Ok(None);
    };
    if header.node != node {
        return Err(Error::Foreign(format!(
            "{} belongs to another data folder; put back the files that belong together",
            name(number)
        )));
    }
    // A file that is used again has its old first sector until the first flush.
    Ok((header.number == number).then_some(header.first))
}

/// The position of a segment's first commit, as [`Image::first`]; none too if the sector cannot be read.
///
/// # Errors
/// The file cannot be opened; [`Error::Foreign`] if the segment is of another node.
pub(crate) fn first(disk: &dyn Disk, node: u128, number: u64) -> Result<Option<Position>> {
    let name = name(number);
    let file = disk.open(&name).map_err(Error::io("cannot open", name))?;
    let mut sector = [0; SECTOR_BYTES];
    let read = file.read_at(&mut sector, 0).unwrap_or(0);
    first_of(
        sector.get(..read).filter(|_| read == SECTOR_BYTES),
        node,
        number,
    )
}

/// Where the disk could not read, and why.
type Unreadable = (usize, io::Error);

/// Reads a file piece by piece, around those that cannot be read.
fn read_around(file: &dyn DiskFile) -> io::Result<(Vec<u8>, Vec<Unreadable>)> {
    let length = usize::try_from(file.len()?).map_err(io::Error::other)?;
    let mut bytes = vec![0; length];
    let mut unreadable = Vec::new();
    for (index, piece) in bytes.chunks_mut(PIECE_BYTES).enumerate() {
        let at = index * PIECE_BYTES;
        if let Err(error) = file.read_at(piece, at as u64) {
            piece.fill(0);
            unreadable.push((at, error));
        }
        // A disk that is gone takes its time for each of them.
        if unreadable.len() > PIECES_LOST_MAX {
            return Err(unreadable.swap_remove(0).1);
        }
    }
    Ok((bytes, unreadable))
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
        let (bytes, unreadable) = match read_all(&*file) {
            Ok(bytes) => (bytes, Vec::new()),
            Err(_) => read_around(&*file).map_err(Error::io("cannot read", &*name))?,
        };
        Ok(Image {
            number,
            first: first_of(bytes.get(..SECTOR_BYTES), node, number)?,
            bytes,
            unreadable,
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

    /// Gives the frames to `visit`, in order, until they end. Those that hold nothing after `home` may be missing.
    /// Says what is missing, if anything is.
    ///
    /// # Errors
    /// Those of `visit`; [`Error::Damaged`] if a frame with commits after `home` was durable and cannot be read; the
    /// disk's, if nobody can tell.
    pub(crate) fn frames(
        &self,
        home: Position,
        mut visit: impl FnMut(&Frame) -> Result<()>,
    ) -> Result<Option<String>> {
        // The first commit that was not seen yet. Without a first sector the first frame says what that is.
        let mut expected = self.first;
        // Up to here everything is understood.
        let mut end = self.first.map_or(0, |_| SECTOR_BYTES);
        let mut damage = None;
        let mut at = SECTOR_BYTES;
        while at < self.bytes.len() {
            let Some(frame) = self.frame_at(at) else {
                at += SECTOR_BYTES;
                continue;
            };
            let missing = *expected.get_or_insert(frame.first);
            let follows = at == end && frame.first == missing;
            // Whether a frame that cannot be read was ever whole, those behind it tell: a frame names the position
            // up to which the log had been flushed before.
            let were_durable = frame.first >= missing && frame.durable >= missing;
            let steps_over = were_durable && frame.first <= home.next();
            let wrongly = frame.first >= missing && self.planted.is(Sabotage::ReadPastTorn);
            if !follows && were_durable && !steps_over && !wrongly && frame.durable > home {
                return Err(Error::Damaged(format!(
                    "{} is damaged at byte {end}: the commits from position {} on, which had been confirmed, cannot \
                     be read",
                    name(self.number),
                    missing.max(home.next())
                )));
            }
            if steps_over && !follows {
                damage.get_or_insert_with(|| {
                    format!(
                        "{} is damaged at byte {end}: the commits from position {missing} to {} cannot be read",
                        name(self.number),
                        frame.first.0 - 1
                    )
                });
            }
            at += frame.span;
            if follows || steps_over || wrongly {
                visit(&frame)?;
                expected = Some(frame.last().next());
                end = at;
            }
        }
        // What cannot be read behind the last frame is no torn end: it may have been whole.
        match self.unreadable.iter().find(|(at, _)| *at >= end) {
            Some((_, error)) => Err(Error::io("cannot read", name(self.number))(copy(error))),
            None => Ok(damage),
        }
    }

    fn frame_at(&self, at: usize) -> Option<Frame> {
        // Others are of an earlier use of the file.
        frame::decode(self.bytes.get(at..)?, self.planted).filter(|frame| {
            frame.segment == frame::segment_mark(self.number) || self.planted.is(Sabotage::MixUses)
        })
    }
}

/// Errors of the system cannot be cloned.
fn copy(error: &io::Error) -> io::Error {
    match error.raw_os_error() {
        Some(code) => io::Error::from_raw_os_error(code),
        None => io::Error::new(error.kind(), error.to_string()),
    }
}
