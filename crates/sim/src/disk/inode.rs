//! What a file holds: the bytes a reader sees, those that are durable, and the changes between the two.

use std::collections::BTreeMap;
use std::sync::Arc;

use holdfast_journal::SECTOR_BYTES;

use super::survival::Survival;
use crate::rng::Rng;

/// A change of a file that is not flushed.
#[derive(Debug, Clone)]
pub(super) struct Pending {
    /// Its place in the order of all changes of the disk.
    pub(super) sequence: u64,
    change: Change,
}

#[derive(Debug, Clone)]
enum Change {
    Write { offset: usize, data: Arc<[u8]> },
    SetLength(usize),
}

/// A file, under whatever names.
#[derive(Debug, Clone, Default)]
pub(super) struct Inode {
    /// What a reader sees.
    live: Arc<Vec<u8>>,
    durable: Arc<Vec<u8>>,
    pub(super) pending: Vec<Pending>,
}

impl Change {
    fn apply(&self, bytes: &mut Vec<u8>) {
        match self {
            Change::Write { offset, data } => {
                let end = offset + data.len();
                if bytes.len() < end {
                    bytes.resize(end, 0);
                }
                bytes[*offset..end].copy_from_slice(data);
            }
            Change::SetLength(length) => bytes.resize(*length, 0),
        }
    }

    /// The sectors it may change of a file of `length` bytes.
    fn sectors(&self, length: usize) -> std::ops::Range<usize> {
        let (begin, end) = match self {
            // A write behind the end fills the gap with zeros.
            Change::Write { offset, data } => (length.min(*offset), offset + data.len()),
            Change::SetLength(new) => (length.min(*new), length.max(*new)),
        };
        begin / SECTOR_BYTES..end.div_ceil(SECTOR_BYTES)
    }
}

/// The sector of this number, with zeros behind the end of the file.
fn sector(bytes: &[u8], number: usize) -> [u8; SECTOR_BYTES] {
    let mut sector = [0; SECTOR_BYTES];
    let begin = (number * SECTOR_BYTES).min(bytes.len());
    let end = (begin + SECTOR_BYTES).min(bytes.len());
    sector[..end - begin].copy_from_slice(&bytes[begin..end]);
    sector
}

fn put_sector(bytes: &mut [u8], number: usize, sector: &[u8; SECTOR_BYTES]) {
    let begin = (number * SECTOR_BYTES).min(bytes.len());
    let end = (begin + SECTOR_BYTES).min(bytes.len());
    bytes[begin..end].copy_from_slice(&sector[..end - begin]);
}

impl Inode {
    pub(super) fn bytes(&self) -> &[u8] {
        &self.live
    }

    fn change(&mut self, sequence: u64, change: Change) {
        change.apply(Arc::make_mut(&mut self.live));
        self.pending.push(Pending { sequence, change });
    }

    pub(super) fn write(&mut self, sequence: u64, offset: usize, data: &[u8]) {
        let data = Arc::from(data);
        self.change(sequence, Change::Write { offset, data });
    }

    pub(super) fn set_length(&mut self, sequence: u64, length: usize) {
        self.change(sequence, Change::SetLength(length));
    }

    /// Makes durable what is pending. What an earlier flush has dropped stays lost.
    pub(super) fn flush(&mut self) {
        if self.pending.is_empty() {
            return;
        }
        let durable = Arc::make_mut(&mut self.durable);
        for pending in self.pending.drain(..) {
            pending.change.apply(durable);
        }
    }

    /// A flush that fails: some of what is pending may be durable, the rest never will be, though readers see it.
    pub(super) fn flush_and_drop(&mut self, rng: &mut Rng) {
        self.durable = Arc::new(self.surviving(Survival::Any { percent: 50 }, rng));
        self.pending.clear();
    }

    /// What is there after a crash.
    pub(super) fn after_crash(&self, survival: Survival, rng: &mut Rng) -> Inode {
        let bytes = match self.pending.is_empty() {
            true => Arc::clone(&self.durable),
            false => Arc::new(self.surviving(survival, rng)),
        };
        Inode {
            live: Arc::clone(&bytes),
            durable: bytes,
            pending: Vec::new(),
        }
    }

    fn surviving(&self, survival: Survival, rng: &mut Rng) -> Vec<u8> {
        match survival {
            Survival::Any { percent } => self.any_sectors(percent, rng),
            _ => {
                let mut bytes = Vec::clone(&self.durable);
                for pending in &self.pending {
                    if survival.is_torn(pending.sequence) {
                        tear(&mut bytes, &pending.change, rng);
                    } else if survival.keeps(pending.sequence) {
                        pending.change.apply(&mut bytes);
                    }
                }
                bytes
            }
        }
    }

    /// Each sector as it was before or after any of the changes, or full of garbage if it was being written; the
    /// length likewise.
    fn any_sectors(&self, percent: u64, rng: &mut Rng) -> Vec<u8> {
        let mut now = Vec::clone(&self.durable);
        let mut versions: BTreeMap<usize, Vec<[u8; SECTOR_BYTES]>> = BTreeMap::new();
        let mut lengths = vec![now.len()];
        for pending in &self.pending {
            let before = now.len();
            let touched = pending.change.sectors(before);
            pending.change.apply(&mut now);
            if now.len() > before {
                // Growing happens sector by sector.
                let sectors = (now.len() - before).div_ceil(SECTOR_BYTES);
                lengths.push(now.len().min(before + rng.index(sectors) * SECTOR_BYTES));
            }
            lengths.push(now.len());
            for number in touched {
                versions
                    .entry(number)
                    .or_default()
                    .push(sector(&now, number));
            }
        }
        let length = match rng.percent(percent) {
            true => lengths[rng.index(lengths.len())],
            false => lengths[0],
        };
        let mut bytes = Vec::clone(&self.durable);
        bytes.resize(length, 0);
        for (number, versions) in versions {
            if !rng.percent(percent) {
                continue;
            }
            let chosen = match rng.percent(6) {
                true => rng
                    .bytes(SECTOR_BYTES)
                    .try_into()
                    .expect("a sector of garbage"),
                false => versions[rng.index(versions.len())],
            };
            put_sector(&mut bytes, number, &chosen);
        }
        bytes
    }

    /// Flips one bit of what is durable, and of what a reader sees.
    pub(super) fn flip(&mut self, at: usize, bit: u8) {
        for bytes in [&mut self.durable, &mut self.live] {
            if let Some(byte) = Arc::make_mut(bytes).get_mut(at) {
                *byte ^= 1 << bit;
            }
        }
    }
}

/// Applies some sectors of a change.
fn tear(bytes: &mut Vec<u8>, change: &Change, rng: &mut Rng) {
    let Change::Write { offset, data } = change else {
        if rng.percent(50) {
            change.apply(bytes);
        }
        return;
    };
    let mut after = bytes.clone();
    change.apply(&mut after);
    let sectors = offset / SECTOR_BYTES..(offset + data.len()).div_ceil(SECTOR_BYTES);
    let last = sectors.end;
    for number in sectors {
        if rng.percent(50) {
            let end = ((number + 1) * SECTOR_BYTES).min(after.len());
            if bytes.len() < end {
                bytes.resize(end, 0);
            }
            put_sector(bytes, number, &sector(&after, number));
        }
    }
    // The length may be durable though the data is not.
    if bytes.len() < after.len() && last > 0 && rng.percent(50) {
        bytes.resize(after.len(), 0);
    }
}
