//! The parts of a history file as bytes.

use crate::commit::Position;
use crate::error::{Error, Result};

use super::{Coverage, Moment, Undo};

const HEADER_MAGIC: &[u8; 8] = b"HFHIST01";
const FOOTER_MAGIC: &[u8; 8] = b"HFHISTEN";

pub(super) const HEADER_BYTES: usize = 24;
pub(super) const BLOCK_HEADER_BYTES: usize = 24;
pub(super) const ENTRY_BYTES: usize = 120;
pub(super) const FOOTER_BYTES: usize = 176;

/// Bytes as numbers, little-endian.
struct Fields<'a>(&'a [u8]);

impl Fields<'_> {
    fn u32(&self, at: usize) -> u32 {
        u32::from_le_bytes(self.0[at..at + 4].try_into().expect("four bytes"))
    }

    fn u64(&self, at: usize) -> u64 {
        u64::from_le_bytes(self.0[at..at + 8].try_into().expect("eight bytes"))
    }

    fn moment(&self, at: usize) -> Moment {
        Moment {
            position: Position(self.u64(at)),
            time_ms: self.u64(at + 8),
        }
    }
}

fn put_moment(out: &mut Vec<u8>, moment: Moment) {
    out.extend_from_slice(&moment.position.0.to_le_bytes());
    out.extend_from_slice(&moment.time_ms.to_le_bytes());
}

pub(super) fn header(node: u128) -> [u8; HEADER_BYTES] {
    let mut header = [0; HEADER_BYTES];
    header[..8].copy_from_slice(HEADER_MAGIC);
    header[8..].copy_from_slice(&node.to_le_bytes());
    header
}

/// Appends a block of `raw` bytes to `out`. `previous`: where the one before it begins, or zero.
///
/// ```text
///  0  checksum        u32  CRC-32 of everything after it, payload included
///  4  stored bytes    u32
///  8  raw bytes       u32  equal if the payload is not compressed
/// 12  reserved        u32
/// 16  previous        u64
/// 24  payload
/// ```
///
/// # Errors
/// More bytes than a block can have.
pub(super) fn put_block(out: &mut Vec<u8>, previous: u64, raw: &[u8]) -> Result<()> {
    let compressed = lz4_flex::block::compress(raw);
    let stored = match compressed.len() < raw.len() {
        true => &compressed[..],
        false => raw,
    };
    let length = |bytes: &[u8]| {
        u32::try_from(bytes.len())
            .map_err(|_| Error::Damaged("a block of more than 4 GiB".to_owned()))
    };
    let begin = out.len();
    out.extend_from_slice(&[0; 4]);
    out.extend_from_slice(&length(stored)?.to_le_bytes());
    out.extend_from_slice(&length(raw)?.to_le_bytes());
    out.extend_from_slice(&[0; 4]);
    out.extend_from_slice(&previous.to_le_bytes());
    out.extend_from_slice(stored);
    let checksum = crc32fast::hash(&out[begin + 4..]);
    out[begin..begin + 4].copy_from_slice(&checksum.to_le_bytes());
    Ok(())
}

/// The beginning of a block, which its checksum covers together with the payload.
pub(super) struct BlockHeader {
    bytes: [u8; BLOCK_HEADER_BYTES],
}

impl BlockHeader {
    pub(super) fn new(bytes: [u8; BLOCK_HEADER_BYTES]) -> BlockHeader {
        BlockHeader { bytes }
    }

    pub(super) fn stored_bytes(&self) -> usize {
        Fields(&self.bytes).u32(4) as usize
    }

    pub(super) fn previous(&self) -> u64 {
        Fields(&self.bytes).u64(16)
    }

    /// The payload, checked and expanded; none if it is damaged.
    pub(super) fn expand(&self, stored: Vec<u8>) -> Option<Vec<u8>> {
        let fields = Fields(&self.bytes);
        let mut checksum = crc32fast::Hasher::new();
        checksum.update(&self.bytes[4..]);
        checksum.update(&stored);
        if checksum.finalize() != fields.u32(0) {
            return None;
        }
        let raw_bytes = fields.u32(8) as usize;
        match raw_bytes == stored.len() {
            true => Some(stored),
            false => lz4_flex::block::decompress(&stored, raw_bytes).ok(),
        }
    }
}

/// An object's line of the index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Entry {
    /// Index of its class among the file's classes.
    pub(super) class: u32,
    pub(super) id: [u8; 32],
    pub(super) undo: Option<Undo>,
    /// Where the last block of each chain begins; zero if there is none.
    pub(super) undo_block: u64,
    pub(super) redo_block: u64,
    /// Positions of the first and the last commit of the redo.
    pub(super) redo: (Position, Position),
}

impl Entry {
    pub(super) fn put(&self, out: &mut Vec<u8>) {
        let begin = out.len();
        out.extend_from_slice(&self.class.to_le_bytes());
        out.extend_from_slice(&u32::from(self.undo.is_some()).to_le_bytes());
        out.extend_from_slice(&self.id);
        let undo = self.undo.unwrap_or(Undo {
            position: Position::START,
            previous: Position::START,
            pages: 0,
        });
        out.extend_from_slice(&undo.position.0.to_le_bytes());
        out.extend_from_slice(&undo.previous.0.to_le_bytes());
        out.extend_from_slice(&u64::from(undo.pages).to_le_bytes());
        for number in [
            self.undo_block,
            self.redo_block,
            self.redo.0.0,
            self.redo.1.0,
        ] {
            out.extend_from_slice(&number.to_le_bytes());
        }
        out.resize(begin + ENTRY_BYTES - 4, 0);
        let checksum = crc32fast::hash(&out[begin..]);
        out.extend_from_slice(&checksum.to_le_bytes());
    }

    /// None if it is damaged.
    pub(super) fn read(bytes: &[u8; ENTRY_BYTES]) -> Option<Entry> {
        let fields = Fields(bytes);
        if crc32fast::hash(&bytes[..ENTRY_BYTES - 4]) != fields.u32(ENTRY_BYTES - 4) {
            return None;
        }
        Some(Entry {
            class: fields.u32(0),
            id: bytes[8..40].try_into().expect("32 bytes"),
            undo: (fields.u32(4) == 1).then(|| Undo {
                position: Position(fields.u64(40)),
                previous: Position(fields.u64(48)),
                pages: fields.u32(56),
            }),
            undo_block: fields.u64(64),
            redo_block: fields.u64(72),
            redo: (Position(fields.u64(80)), Position(fields.u64(88))),
        })
    }
}

/// The end of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Footer {
    pub(super) node: u128,
    pub(super) coverage: Coverage,
    /// Where the index begins. It ends where the footer begins.
    pub(super) index: u64,
    pub(super) entries: u64,
    /// Where the blocks with the classes and the times begin.
    pub(super) classes: u64,
    pub(super) times: u64,
}

impl Footer {
    pub(super) fn put(&self, out: &mut Vec<u8>) {
        let begin = out.len();
        out.extend_from_slice(FOOTER_MAGIC);
        out.extend_from_slice(&self.node.to_le_bytes());
        out.extend_from_slice(&self.coverage.round.to_le_bytes());
        put_moment(out, self.coverage.kept_from);
        put_moment(out, self.coverage.snapshot);
        put_moment(out, self.coverage.redo);
        for number in [self.index, self.entries, self.classes, self.times] {
            out.extend_from_slice(&number.to_le_bytes());
        }
        out.resize(begin + FOOTER_BYTES - 4, 0);
        let checksum = crc32fast::hash(&out[begin..]);
        out.extend_from_slice(&checksum.to_le_bytes());
    }

    /// None if it is no footer, or a damaged one.
    pub(super) fn read(bytes: &[u8; FOOTER_BYTES]) -> Option<Footer> {
        let fields = Fields(bytes);
        if &bytes[..8] != FOOTER_MAGIC
            || crc32fast::hash(&bytes[..FOOTER_BYTES - 4]) != fields.u32(FOOTER_BYTES - 4)
        {
            return None;
        }
        Some(Footer {
            node: u128::from_le_bytes(bytes[8..24].try_into().expect("sixteen bytes")),
            coverage: Coverage {
                round: fields.u64(24),
                kept_from: fields.moment(32),
                snapshot: fields.moment(48),
                redo: fields.moment(64),
            },
            index: fields.u64(80),
            entries: fields.u64(88),
            classes: fields.u64(96),
            times: fields.u64(104),
        })
    }
}
