//! Writing a history file, front to back.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::commit::{Commit, ObjectRef, PAGE_BYTES, Page, Position};
use crate::disk::{Disk, DiskFile};
use crate::error::{Error, Result};

use super::format::{Entry, Footer, header, put_block};
use super::{Coverage, FOLDER, Moment, Undo, name};

/// Bytes of a block before compression. A commit that is larger has a block of its own.
const BLOCK_BYTES: usize = 256 << 10;

/// Bytes of all objects' redo that wait for their blocks to be full. Beyond that all of them are written as they are.
const WAITING_BYTES_MAX: usize = 32 << 20;

/// Bytes that are written to the file at once.
const WRITE_BYTES: usize = 1 << 20;

/// A file in the making.
pub struct HistoryWriter {
    disk: Arc<dyn Disk>,
    file: Arc<dyn DiskFile>,
    name: String,
    node: u128,
    round: u64,
    objects: BTreeMap<ObjectRef, Growing>,
    /// Whose undo pages are being given, and those that are not in a block yet.
    undoing: Option<(ObjectRef, Vec<u8>)>,
    waiting_bytes: usize,
    /// Time and position of the last commit of each flush of the log.
    times: Vec<Moment>,
    /// What is not in the file yet, and where it goes.
    buffer: Vec<u8>,
    written: u64,
}

/// An object's part of the file.
#[derive(Default)]
struct Growing {
    undo: Option<Undo>,
    undo_block: u64,
    redo_block: u64,
    redo: Option<(Position, Position)>,
    /// Redo that is not in a block yet.
    waiting: Vec<u8>,
}

impl HistoryWriter {
    /// Begins the file of a round. One that was there is replaced.
    ///
    /// # Errors
    /// The disk's.
    pub fn create(disk: Arc<dyn Disk>, node: u128, round: u64) -> Result<HistoryWriter> {
        disk.create_folder(FOLDER)
            .map_err(Error::io("cannot create", FOLDER))?;
        let name = name(round);
        let file = disk
            .create(&name)
            .map_err(Error::io("cannot create", &*name))?;
        file.set_len(0).map_err(Error::io("cannot cut", &*name))?;
        Ok(HistoryWriter {
            disk,
            file,
            name,
            node,
            round,
            objects: BTreeMap::new(),
            undoing: None,
            waiting_bytes: 0,
            times: Vec::new(),
            buffer: header(node).to_vec(),
            written: 0,
        })
    }

    /// The round is about to write an object's file. The pages given next are that file's.
    ///
    /// # Errors
    /// The disk's.
    pub fn undo(&mut self, object: &ObjectRef, undo: Undo) -> Result<()> {
        self.end_undo()?;
        self.objects.entry(object.clone()).or_default().undo = Some(undo);
        self.undoing = Some((object.clone(), Vec::new()));
        Ok(())
    }

    /// A page that the round will overwrite or cut, as it is before.
    ///
    /// # Errors
    /// The disk's.
    ///
    /// # Panics
    /// If [`Self::undo`] was not called before.
    pub fn undo_page(&mut self, number: u32, page: &Page) -> Result<()> {
        let (_, pages) = self.undoing.as_mut().expect("an object was named");
        pages.extend_from_slice(&number.to_le_bytes());
        pages.extend_from_slice(page);
        match pages.len() + PAGE_BYTES > BLOCK_BYTES {
            true => self.put_undo(),
            false => Ok(()),
        }
    }

    fn put_undo(&mut self) -> Result<()> {
        let Some((object, pages)) = &mut self.undoing else {
            return Ok(());
        };
        let pages = std::mem::take(pages);
        if pages.is_empty() {
            return Ok(());
        }
        let growing = self.objects.get_mut(object).expect("it was entered");
        let at = self.written + self.buffer.len() as u64;
        put_block(&mut self.buffer, growing.undo_block, &pages)?;
        growing.undo_block = at;
        self.write_full()
    }

    fn end_undo(&mut self) -> Result<()> {
        self.put_undo()?;
        self.undoing = None;
        Ok(())
    }

    /// A commit of an object that the log lets go of, in order of their positions.
    ///
    /// # Errors
    /// The disk's.
    pub fn redo(&mut self, at: Moment, commit: &Commit<'_>) -> Result<()> {
        let growing = self.objects.entry(commit.object.clone()).or_default();
        let before = growing.waiting.len();
        let waiting = &mut growing.waiting;
        waiting.extend_from_slice(&at.position.0.to_le_bytes());
        waiting.extend_from_slice(&at.time_ms.to_le_bytes());
        let begin = waiting.len();
        *waiting = commit.encode({
            let mut waiting = std::mem::take(waiting);
            waiting.extend_from_slice(&[0; 4]);
            waiting
        });
        let length = u32::try_from(waiting.len() - begin - 4)
            .map_err(|_| Error::Damaged("a commit of more than 4 GiB".to_owned()))?;
        waiting[begin..begin + 4].copy_from_slice(&length.to_le_bytes());
        let first = growing.redo.map_or(at.position, |(first, _)| first);
        growing.redo = Some((first, at.position));
        self.waiting_bytes += waiting.len() - before;
        if waiting.len() >= BLOCK_BYTES {
            let (growing, buffer) = (&mut *growing, &mut self.buffer);
            self.waiting_bytes -= growing.waiting.len();
            growing.put_redo(buffer, self.written)?;
            self.write_full()?;
        } else if self.waiting_bytes > WAITING_BYTES_MAX {
            self.put_all_redo()?;
        }
        Ok(())
    }

    /// A commit has this position and was flushed at this time, whether or not its object has a history.
    pub fn flushed(&mut self, at: Moment) {
        match self.times.last_mut() {
            Some(last) if last.time_ms == at.time_ms => *last = at,
            _ => self.times.push(at),
        }
    }

    /// Takes back all redo: some of it cannot be had.
    pub fn forget_redo(&mut self) {
        self.times.clear();
        self.waiting_bytes = 0;
        self.objects.retain(|_, growing| {
            // Blocks that are in the file already are of no use to anybody.
            growing.redo_block = 0;
            growing.redo = None;
            growing.waiting = Vec::new();
            growing.undo.is_some()
        });
    }

    fn put_all_redo(&mut self) -> Result<()> {
        let mut objects = std::mem::take(&mut self.objects);
        for growing in objects.values_mut() {
            growing.put_redo(&mut self.buffer, self.written)?;
            self.write_full()?;
        }
        self.objects = objects;
        self.waiting_bytes = 0;
        Ok(())
    }

    fn write_full(&mut self) -> Result<()> {
        match self.buffer.len() >= WRITE_BYTES {
            true => self.write(),
            false => Ok(()),
        }
    }

    fn write(&mut self) -> Result<()> {
        self.file
            .write_at(&self.buffer, self.written)
            .map_err(Error::io("cannot write", &*self.name))?;
        self.written += self.buffer.len() as u64;
        self.buffer.clear();
        Ok(())
    }

    fn place(&self) -> u64 {
        self.written + self.buffer.len() as u64
    }

    /// Ends the file and flushes it, with its name. `redo`: as in [`Coverage`], for a round that has no redo.
    ///
    /// # Errors
    /// The disk's.
    pub fn finish(mut self, kept_from: Moment, snapshot: Moment, redo: Moment) -> Result<Coverage> {
        self.end_undo()?;
        self.put_all_redo()?;
        let mut classes: Vec<Arc<str>> = self
            .objects
            .keys()
            .map(|object| Arc::clone(&object.class))
            .collect();
        // The objects are sorted, so the same classes stand together.
        classes.dedup();
        let mut text = Vec::new();
        for class in &classes {
            let length = u32::try_from(class.len()).expect("a class's name is short");
            text.extend_from_slice(&length.to_le_bytes());
            text.extend_from_slice(class.as_bytes());
        }
        let classes_at = self.place();
        put_block(&mut self.buffer, 0, &text)?;
        let mut times = Vec::with_capacity(self.times.len() * 16);
        for moment in &self.times {
            times.extend_from_slice(&moment.time_ms.to_le_bytes());
            times.extend_from_slice(&moment.position.0.to_le_bytes());
        }
        let times_at = self.place();
        put_block(&mut self.buffer, 0, &times)?;
        let index = self.place();
        let objects = std::mem::take(&mut self.objects);
        let entries = objects.len() as u64;
        let mut class = 0;
        for (object, growing) in objects {
            while classes[class] != object.class {
                class += 1;
            }
            let entry = Entry {
                class: u32::try_from(class).expect("fewer classes than objects"),
                id: object.id,
                undo: growing.undo,
                undo_block: growing.undo_block,
                redo_block: growing.redo_block,
                redo: growing.redo.unwrap_or_default(),
            };
            entry.put(&mut self.buffer);
            self.write_full()?;
        }
        let coverage = Coverage {
            round: self.round,
            kept_from,
            snapshot,
            redo: self.times.last().copied().unwrap_or(redo),
        };
        let footer = Footer {
            node: self.node,
            coverage,
            index,
            entries,
            classes: classes_at,
            times: times_at,
        };
        footer.put(&mut self.buffer);
        self.write()?;
        self.file
            .sync_data()
            .map_err(Error::io("cannot flush", &*self.name))?;
        self.disk
            .sync_folder(FOLDER)
            .map_err(Error::io("cannot flush", FOLDER))?;
        // The folder's own name is new in the first round.
        self.disk
            .sync_folder("")
            .map_err(Error::io("cannot flush", "the data folder"))?;
        Ok(coverage)
    }
}

impl Growing {
    /// Puts the waiting redo into a block at the end of `buffer`, which follows `written` bytes of the file.
    fn put_redo(&mut self, buffer: &mut Vec<u8>, written: u64) -> Result<()> {
        if self.waiting.is_empty() {
            return Ok(());
        }
        let waiting = std::mem::take(&mut self.waiting);
        let at = written + buffer.len() as u64;
        put_block(buffer, self.redo_block, &waiting)?;
        self.redo_block = at;
        Ok(())
    }
}
