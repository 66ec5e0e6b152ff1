//! Reading a history file: one object's part of it at a time.

use std::cmp::Ordering;
use std::sync::Arc;

use crate::commit::{Commit, ObjectRef, PAGE_BYTES, Page, Position};
use crate::disk::{Disk, DiskFile};
use crate::error::{Error, Result};
use crate::recovery::Logged;

use super::format::{
    BLOCK_HEADER_BYTES, BlockHeader, ENTRY_BYTES, Entry, FOOTER_BYTES, Footer, HEADER_BYTES, header,
};
use super::{Coverage, Undo, name};

/// A whole file.
pub struct HistoryFile {
    file: Arc<dyn DiskFile>,
    name: String,
    footer: Footer,
    classes: Vec<Arc<str>>,
}

/// What a file has of one object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HistoryEntry {
    /// Whose.
    pub object: ObjectRef,
    /// What the object's file was before the round, if the round wrote it.
    pub undo: Option<Undo>,
    undo_block: u64,
    redo_block: u64,
    redo: (Position, Position),
}

impl HistoryEntry {
    /// Whether there are commits after `after` up to `through` among the redo.
    pub fn has_redo(&self, after: Position, through: Position) -> bool {
        self.redo_block != 0 && self.redo.1 > after && self.redo.0 <= through
    }
}

impl HistoryFile {
    /// Opens the file of a round; none if it does not end as a whole one does.
    ///
    /// # Errors
    /// The disk's; [`Error::Foreign`] for a file of another data folder; [`Error::Damaged`] if the file is whole but
    /// for its classes.
    pub fn open(disk: &dyn Disk, node: u128, round: u64) -> Result<Option<HistoryFile>> {
        let name = name(round);
        let file = disk.open(&name).map_err(Error::io("cannot open", &*name))?;
        let length = file.len().map_err(Error::io("cannot look at", &*name))?;
        let Some(at) = length.checked_sub(FOOTER_BYTES as u64) else {
            return Ok(None);
        };
        let mut bytes = [0; FOOTER_BYTES];
        read_exact(&*file, &name, &mut bytes, at)?;
        let Some(footer) = Footer::read(&bytes) else {
            return Ok(None);
        };
        let index_bytes = footer.entries.checked_mul(ENTRY_BYTES as u64);
        if footer.coverage.round != round
            || index_bytes.and_then(|bytes| footer.index.checked_add(bytes)) != Some(at)
        {
            return Ok(None);
        }
        let mut begin = [0; HEADER_BYTES];
        read_exact(&*file, &name, &mut begin, 0)?;
        if begin != header(footer.node) {
            return Ok(None);
        }
        if footer.node != node {
            return Err(Error::Foreign(format!(
                "{name} belongs to another data folder; put back the files that belong together"
            )));
        }
        let mut history = HistoryFile {
            file,
            name,
            footer,
            classes: Vec::new(),
        };
        history.classes = history.read_classes()?;
        Ok(Some(history))
    }

    /// What it covers.
    pub fn coverage(&self) -> Coverage {
        self.footer.coverage
    }

    /// What the file has of an object, if anything.
    ///
    /// # Errors
    /// The disk's; [`Error::Damaged`].
    pub fn find(&self, object: &ObjectRef) -> Result<Option<HistoryEntry>> {
        let Ok(class) = self.classes.binary_search(&object.class) else {
            return Ok(None);
        };
        let (mut low, mut high) = (0, self.footer.entries);
        while low < high {
            let middle = low + (high - low) / 2;
            let entry = self.entry(middle)?;
            match (entry.class as usize, &entry.id).cmp(&(class, &object.id)) {
                Ordering::Less => low = middle + 1,
                Ordering::Greater => high = middle,
                Ordering::Equal => return self.named(entry).map(Some),
            }
        }
        Ok(None)
    }

    /// All that it has, in order of class and id.
    pub fn entries(&self) -> impl Iterator<Item = Result<HistoryEntry>> + '_ {
        (0..self.footer.entries)
            .map(|number| self.entry(number).and_then(|entry| self.named(entry)))
    }

    /// Gives the pages of the object's file as they were before the round, in no order.
    ///
    /// # Errors
    /// The disk's; [`Error::Damaged`]; those of `visit`.
    pub fn undo_pages(
        &self,
        entry: &HistoryEntry,
        mut visit: impl FnMut(u32, &Page) -> Result<()>,
    ) -> Result<()> {
        let mut at = entry.undo_block;
        while at != 0 {
            let block = self.block(at)?;
            let images = block.payload.chunks_exact(4 + PAGE_BYTES);
            if !images.remainder().is_empty() {
                return Err(self.damaged());
            }
            for image in images {
                let (number, page) = image.split_first_chunk::<4>().expect("more than four");
                let page = page.try_into().expect("a page");
                visit(u32::from_le_bytes(*number), page)?;
            }
            at = block.previous;
        }
        Ok(())
    }

    /// Gives the object's commits, in order, until `visit` says false.
    ///
    /// # Errors
    /// The disk's; [`Error::Damaged`]; those of `visit`.
    pub fn redo(
        &self,
        entry: &HistoryEntry,
        mut visit: impl FnMut(Logged<'_>) -> Result<bool>,
    ) -> Result<()> {
        let mut places = Vec::new();
        let mut at = entry.redo_block;
        while at != 0 {
            places.push(at);
            at = self.previous_of(at)?;
        }
        for at in places.into_iter().rev() {
            let block = self.block(at)?;
            let mut rest = &block.payload[..];
            while !rest.is_empty() {
                let (logged, after) = parse_redo(rest).ok_or_else(|| self.damaged())?;
                let (position, time_ms, record) = logged;
                let commit = Commit::decode(record)?;
                if commit.object != entry.object {
                    return Err(self.damaged());
                }
                let logged = Logged {
                    position,
                    time_ms,
                    commit,
                };
                if !visit(logged)? {
                    return Ok(());
                }
                rest = after;
            }
        }
        Ok(())
    }

    /// The last commit among the file's redo that was flushed at or before this time; none if all were later.
    ///
    /// # Errors
    /// The disk's; [`Error::Damaged`].
    pub fn position_at(&self, time_ms: u64) -> Result<Option<Position>> {
        let block = self.block(self.footer.times)?;
        let moments = block.payload.chunks_exact(16).map(|moment| {
            let (time, position) = moment.split_at(8);
            (
                u64::from_le_bytes(time.try_into().expect("eight bytes")),
                Position(u64::from_le_bytes(
                    position.try_into().expect("eight bytes"),
                )),
            )
        });
        let until = moments.take_while(|(time, _)| *time <= time_ms);
        Ok(until.last().map(|(_, position)| position))
    }

    fn read_classes(&self) -> Result<Vec<Arc<str>>> {
        let block = self.block(self.footer.classes)?;
        let mut rest = &block.payload[..];
        let mut classes = Vec::new();
        while let Some((length, after)) = rest.split_first_chunk::<4>() {
            let class = after
                .split_at_checked(u32::from_le_bytes(*length) as usize)
                .and_then(|(class, after)| Some((std::str::from_utf8(class).ok()?, after)));
            let (class, after) = class.ok_or_else(|| self.damaged())?;
            classes.push(Arc::from(class));
            rest = after;
        }
        Ok(classes)
    }

    fn entry(&self, number: u64) -> Result<Entry> {
        let mut bytes = [0; ENTRY_BYTES];
        let at = self.footer.index + number * ENTRY_BYTES as u64;
        read_exact(&*self.file, &self.name, &mut bytes, at)?;
        Entry::read(&bytes).ok_or_else(|| self.damaged())
    }

    fn named(&self, entry: Entry) -> Result<HistoryEntry> {
        let class = self.classes.get(entry.class as usize);
        Ok(HistoryEntry {
            object: ObjectRef {
                class: Arc::clone(class.ok_or_else(|| self.damaged())?),
                id: entry.id,
            },
            undo: entry.undo,
            undo_block: entry.undo_block,
            redo_block: entry.redo_block,
            redo: entry.redo,
        })
    }

    fn block_header(&self, at: u64) -> Result<BlockHeader> {
        let mut bytes = [0; BLOCK_HEADER_BYTES];
        read_exact(&*self.file, &self.name, &mut bytes, at)?;
        let header = BlockHeader::new(bytes);
        // Blocks point back, so no damage can make a circle; and none is longer than what is left of the file.
        let end = at + (BLOCK_HEADER_BYTES + header.stored_bytes()) as u64;
        match header.previous() < at && end <= self.footer.index {
            true => Ok(header),
            false => Err(self.damaged()),
        }
    }

    fn previous_of(&self, at: u64) -> Result<u64> {
        self.block_header(at).map(|header| header.previous())
    }

    fn block(&self, at: u64) -> Result<Block> {
        let header = self.block_header(at)?;
        let mut stored = vec![0; header.stored_bytes()];
        let after = at + BLOCK_HEADER_BYTES as u64;
        read_exact(&*self.file, &self.name, &mut stored, after)?;
        Ok(Block {
            payload: header.expand(stored).ok_or_else(|| self.damaged())?,
            previous: header.previous(),
        })
    }

    fn damaged(&self) -> Error {
        Error::Damaged(format!(
            "{} is damaged: objects cannot be taken back over it",
            self.name
        ))
    }
}

struct Block {
    payload: Vec<u8>,
    previous: u64,
}

type Redo<'a> = (Position, u64, &'a [u8]);

fn parse_redo(bytes: &[u8]) -> Option<(Redo<'_>, &[u8])> {
    let (position, rest) = bytes.split_first_chunk::<8>()?;
    let (time_ms, rest) = rest.split_first_chunk::<8>()?;
    let (length, rest) = rest.split_first_chunk::<4>()?;
    let (record, rest) = rest.split_at_checked(u32::from_le_bytes(*length) as usize)?;
    let position = Position(u64::from_le_bytes(*position));
    Some(((position, u64::from_le_bytes(*time_ms), record), rest))
}

fn read_exact(file: &dyn DiskFile, name: &str, buffer: &mut [u8], at: u64) -> Result<()> {
    let read = file
        .read_at(buffer, at)
        .map_err(Error::io("cannot read", name))?;
    match read == buffer.len() {
        true => Ok(()),
        false => Err(Error::Damaged(format!("{name} is shorter than it was"))),
    }
}
