//! Frames: what one flush of the log writes, as one unit with a checksum.
//!
//! ```text
//! offset  0  magic            u32
//!         4  checksum         u32  CRC-32 of everything after it, payload included
//!         8  stored bytes     u32  of the payload, as it stands here
//!        12  raw bytes        u32  of the payload before compression; equal if it is not compressed
//!        16  first position   u64  of the commits inside
//!        24  commits          u32
//!        28  segment          u32  the number of the segment, its low 32 bits
//!        32  durable          u64  position up to which the log was durable when the frame was written
//!        40  time             u64  ms since 1970
//!        48  payload               for each commit its length (u32) and its record
//! ```
//!
//! Numbers are little-endian. A frame begins at a multiple of [`SECTOR_BYTES`], so that no write ever touches a
//! sector that holds confirmed bytes.
//!
//! Files are used again, and after a crash positions are given again too: a frame that was never confirmed may lie behind
//! a newer one and look like the next. So a frame says of which segment it is, and no two uses of a file have the same
//! number.

use crate::commit::Position;
use crate::disk::SECTOR_BYTES;
use crate::sabotage::{Planted, Sabotage};

const MAGIC: u32 = 0x4653_4648;
pub(crate) const HEADER_BYTES: usize = 48;

/// Payloads below this are not worth compressing.
const COMPRESS_BYTES_MIN: usize = 256;

/// Commits on their way into a frame.
#[derive(Debug, Default)]
pub(crate) struct Batch {
    pub(crate) first: Position,
    pub(crate) count: u32,
    pub(crate) payload: Vec<u8>,
}

impl Batch {
    /// Position of the last commit.
    pub(crate) fn last(&self) -> Position {
        Position(self.first.0 + u64::from(self.count) - 1)
    }

    /// For a planted mistake: all but the last commit, unless there is only one.
    pub(crate) fn without_last(&self) -> Batch {
        let mut batch = Batch {
            first: self.first,
            ..Batch::default()
        };
        while batch.count < (self.count - 1).max(1) {
            let at = batch.payload.len();
            let length = self.payload[at..].first_chunk().expect("a record's length");
            let end = at + 4 + u32::from_le_bytes(*length) as usize;
            batch.payload.extend_from_slice(&self.payload[at..end]);
            batch.count += 1;
        }
        batch
    }
}

/// A frame as it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Frame {
    pub(crate) first: Position,
    pub(crate) count: u32,
    /// Low bits of the segment's number.
    pub(crate) segment: u32,
    pub(crate) durable: Position,
    pub(crate) time_ms: u64,
    pub(crate) payload: Vec<u8>,
    /// Where the next frame begins, from the beginning of this one.
    pub(crate) span: usize,
}

impl Frame {
    pub(crate) fn last(&self) -> Position {
        Position(self.first.0 + u64::from(self.count) - 1)
    }

    /// The records inside, in order.
    pub(crate) fn records(&self) -> impl Iterator<Item = (Position, &[u8])> {
        let mut rest = &self.payload[..];
        let mut position = self.first;
        std::iter::from_fn(move || {
            let (length, after) = rest.split_first_chunk::<4>()?;
            let length = u32::from_le_bytes(*length) as usize;
            let (record, after) = after.split_at_checked(length)?;
            rest = after;
            let at = position;
            position = position.next();
            Some((at, record))
        })
    }
}

/// What a frame says about the segment of this number.
pub(crate) fn segment_mark(number: u64) -> u32 {
    number as u32
}

/// Appends the frame of `batch` for a segment to `out`, whose length must be a multiple of [`SECTOR_BYTES`] and is one
/// again afterwards.
pub(crate) fn encode(
    batch: &Batch,
    segment: u64,
    durable: Position,
    time_ms: u64,
    out: &mut Vec<u8>,
) {
    debug_assert_eq!(out.len() % SECTOR_BYTES, 0);
    let begin = out.len();
    let raw_bytes = batch.payload.len();
    let compressed = (raw_bytes >= COMPRESS_BYTES_MIN)
        .then(|| lz4_flex::block::compress(&batch.payload))
        .filter(|compressed| compressed.len() < raw_bytes);
    let stored = compressed.as_deref().unwrap_or(&batch.payload);
    out.extend_from_slice(&MAGIC.to_le_bytes());
    out.extend_from_slice(&[0; 4]);
    for number in [stored.len(), raw_bytes] {
        let number = u32::try_from(number).expect("the batch was bounded when it was made");
        out.extend_from_slice(&number.to_le_bytes());
    }
    out.extend_from_slice(&batch.first.0.to_le_bytes());
    out.extend_from_slice(&batch.count.to_le_bytes());
    out.extend_from_slice(&segment_mark(segment).to_le_bytes());
    out.extend_from_slice(&durable.0.to_le_bytes());
    out.extend_from_slice(&time_ms.to_le_bytes());
    out.extend_from_slice(stored);
    let checksum = crc32fast::hash(&out[begin + 8..]);
    out[begin + 4..begin + 8].copy_from_slice(&checksum.to_le_bytes());
    out.resize(out.len().next_multiple_of(SECTOR_BYTES), 0);
}

/// Reads the frame that begins at the start of `bytes`; none if there is no whole, undamaged one.
pub(crate) fn decode(bytes: &[u8], planted: Planted) -> Option<Frame> {
    let header = bytes.get(..HEADER_BYTES)?;
    let u32_at = |at: usize| u32::from_le_bytes(header[at..at + 4].try_into().expect("four bytes"));
    let u64_at =
        |at: usize| u64::from_le_bytes(header[at..at + 8].try_into().expect("eight bytes"));
    if u32_at(0) != MAGIC {
        return None;
    }
    let stored_bytes = u32_at(8) as usize;
    let raw_bytes = u32_at(12) as usize;
    let stored = bytes.get(HEADER_BYTES..HEADER_BYTES.checked_add(stored_bytes)?)?;
    let checksum = crc32fast::hash(&bytes[8..HEADER_BYTES + stored_bytes]);
    if checksum != u32_at(4) && !planted.is(Sabotage::TrustChecksum) {
        return None;
    }
    let payload = if raw_bytes == stored_bytes {
        stored.to_vec()
    } else {
        lz4_flex::block::decompress(stored, raw_bytes).ok()?
    };
    let frame = Frame {
        first: Position(u64_at(16)),
        count: u32_at(24),
        segment: u32_at(28),
        durable: Position(u64_at(32)),
        time_ms: u64_at(40),
        payload,
        span: (HEADER_BYTES + stored_bytes).next_multiple_of(SECTOR_BYTES),
    };
    let complete = frame.count > 0 && frame.records().count() == frame.count as usize;
    complete.then_some(frame)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn batch(records: &[Vec<u8>]) -> Batch {
        let mut batch = Batch {
            first: Position(7),
            ..Batch::default()
        };
        for record in records {
            batch
                .payload
                .extend_from_slice(&(record.len() as u32).to_le_bytes());
            batch.payload.extend_from_slice(record);
            batch.count += 1;
        }
        batch
    }

    proptest! {
        #[test]
        fn what_was_written_is_read(
            records in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..600), 1..20),
        ) {
            let mut bytes = Vec::new();
            encode(&batch(&records), 3, Position(6), 99, &mut bytes);
            let frame = decode(&bytes, Planted::NOTHING).expect("a frame");
            prop_assert_eq!(frame.span, bytes.len());
            prop_assert_eq!((frame.first, frame.segment), (Position(7), 3));
            prop_assert_eq!((frame.durable, frame.time_ms), (Position(6), 99));
            let read: Vec<_> = frame.records().map(|(_, record)| record.to_vec()).collect();
            prop_assert_eq!(read, records);
        }

        #[test]
        fn a_flipped_bit_is_noticed(
            records in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..600), 1..5),
            place in any::<prop::sample::Index>(),
            bit in 0..8_u8,
        ) {
            let batch = batch(&records);
            let mut bytes = Vec::new();
            encode(&batch, 3, Position(6), 99, &mut bytes);
            let frame = decode(&bytes, Planted::NOTHING).expect("a frame");
            // The padding behind the payload is not covered: nothing reads it.
            let used = HEADER_BYTES + u32::from_le_bytes(bytes[8..12].try_into().unwrap()) as usize;
            let at = place.index(used);
            bytes[at] ^= 1 << bit;
            let read = decode(&bytes, Planted::NOTHING);
            prop_assert!(read.is_none(), "{:?} is not {:?}", read, frame);
        }

        #[test]
        fn any_bytes_can_be_looked_at(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let mut bytes = bytes;
            if bytes.len() >= 4 {
                bytes[..4].copy_from_slice(&MAGIC.to_le_bytes());
            }
            prop_assert_eq!(decode(&bytes, Planted::NOTHING), None);
        }
    }
}
