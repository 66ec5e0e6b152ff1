//! The pages of one open database: what SQLite reads and writes, and how a transaction's pages become a commit.
//!
//! SQLite writes pages only while it commits (its cache never spills), so what was written since the last commit is
//! exactly what one transaction changed. It waits here until [`Pages::commit`] takes it to the log and the overlay,
//! or [`Pages::discard`] drops it.

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use holdfast_journal::{
    AppendError, Change, Commit, Disk, Error, ObjectRef, PAGE_BYTES, Page, Position, difference,
};

use crate::overlay::{Held, Home, Overlay, Slot};
use crate::sabotage::Sabotage;
use crate::store::{self, Past, Shared, Store};
use crate::vfs::PageFile;

/// An object's pages.
pub(crate) struct Pages {
    /// None for a database in memory, and for a snapshot.
    store: Option<Arc<Shared>>,
    /// Set by a commit of which the log's thread is not told; see [`Store::silent`].
    owed: Option<Arc<AtomicBool>>,
    /// Where the file is, if there is one.
    disk: Option<Arc<dyn Disk>>,
    slot: Arc<Slot>,
    name: Option<Arc<str>>,
    pending: RefCell<Pending>,
}

/// What SQLite has written since the last commit.
#[derive(Default)]
struct Pending {
    /// In order of their numbers, so that the same commits make the same log.
    pages: BTreeMap<u32, Arc<Page>>,
    /// Pages of the database, if that changed.
    size: Option<u32>,
    /// Everything before is void.
    reset: bool,
    /// It goes back to an earlier state.
    restores: bool,
}

impl Pages {
    pub(crate) fn stored(store: &Store, slot: Arc<Slot>, name: Option<Arc<str>>) -> Pages {
        let shared = store.shared();
        Pages {
            disk: Some(Arc::clone(&shared.disk)),
            store: Some(Arc::clone(shared)),
            owed: store.owed().cloned(),
            slot,
            name,
            pending: RefCell::default(),
        }
    }

    pub(crate) fn in_memory() -> Pages {
        let object = ObjectRef {
            class: Arc::from(""),
            id: [0; 32],
        };
        let overlay = Overlay::new(Home::new(String::new(), 0), Position::START);
        Pages {
            disk: None,
            store: None,
            owed: None,
            slot: Arc::new(Slot::new(object, overlay)),
            name: None,
            pending: RefCell::default(),
        }
    }

    /// Of a slot that nobody else has.
    pub(crate) fn of_snapshot(slot: Arc<Slot>, disk: Arc<dyn Disk>) -> Pages {
        Pages {
            disk: Some(disk),
            store: None,
            owed: None,
            slot,
            name: None,
            pending: RefCell::default(),
        }
    }

    /// True if the database has no page: nothing was ever written, or everything was deleted.
    pub(crate) fn is_empty(&self) -> bool {
        self.size() == 0
    }

    fn size(&self) -> u32 {
        let pending = self.pending.borrow();
        pending.size.unwrap_or_else(|| match pending.reset {
            true => 0,
            false => self.slot.lock().size,
        })
    }

    /// Position of the object's last commit, or of the log when it was first looked at.
    pub(crate) fn position(&self) -> Position {
        self.slot.lock().last
    }

    /// Drops what was written since the last commit.
    pub(crate) fn discard(&self) {
        self.pending.take();
    }

    /// Makes the database empty, as part of the next commit.
    pub(crate) fn reset(&self) {
        self.pending.replace(Pending {
            reset: true,
            ..Pending::default()
        });
    }

    /// Makes the database these pages and nothing else, as part of the next commit. No connection may be open.
    pub(crate) fn replace(&self, pages: Vec<Arc<Page>>) {
        let size = u32::try_from(pages.len()).expect("SQLite has fewer pages");
        self.pending.replace(Pending {
            pages: (1..).zip(pages).collect(),
            size: Some(size),
            reset: true,
            restores: false,
        });
    }

    /// Makes the database what it was in the past, as part of the next commit. No connection may be open.
    pub(crate) fn restore(&self, past: Past) {
        self.pending.replace(Pending {
            pages: past.pages,
            size: Some(past.size),
            reset: past.size == 0,
            restores: true,
        });
    }

    /// Marks the next commit as one that goes back to an earlier state, even if it changes nothing else.
    pub(crate) fn mark_restore(&self) {
        self.pending.borrow_mut().restores = true;
    }

    pub(crate) fn slot(&self) -> &Arc<Slot> {
        &self.slot
    }

    /// The connection was closed: the file need not stay open.
    pub(crate) fn close_file(&self) {
        self.slot.lock().close_file();
    }

    /// Takes what was written to the log and the overlay. `alarm`: what the alarm is from now on, if it may have
    /// changed. None if there is nothing to take.
    ///
    /// # Errors
    /// The log's. The pages are dropped then, and the connection, whose cache has them, must go.
    pub(crate) fn commit(&self, alarm: Option<Option<i64>>) -> Result<Option<Position>, Error> {
        let pending = self.pending.take();
        if pending.pages.is_empty() && pending.size.is_none() && !pending.reset {
            return Ok(None);
        }
        if let Some(store) = &self.store
            && !store::is_catalogue(&self.slot.object)
        {
            // The catalogue is written by the checkpointer, which is what others wait for.
            store.make_room();
        }
        let mut overlay = self.slot.lock();
        let was_absent = overlay.size == 0;
        let size = pending.size.unwrap_or(match pending.reset {
            true => 0,
            false => overlay.size,
        });
        let mut epoch = self.store.as_ref().map_or(0, |store| store.log.epoch());
        // A checkpoint finds a commit together with its note and its place among the dirty ones, or none of them.
        let _under_way = self.store.as_ref().map(|store| store::read(&store.commits));
        let position = loop {
            let commit = Commit {
                object: self.slot.object.clone(),
                name: self
                    .name
                    .as_deref()
                    // The catalogue forgets an object that has no database.
                    .filter(|_| !overlay.named || was_absent || pending.reset)
                    .map(Cow::Borrowed),
                alarm,
                reset: pending.reset,
                restores: pending.restores,
                pages: size,
                changes: changes(&overlay, &pending, epoch),
            };
            let Some(store) = &self.store else {
                break overlay.last.next();
            };
            let mut commit = commit;
            if store.planted.is(Sabotage::LosePage) {
                commit.changes.pop();
            }
            match store.log.append(epoch, &commit) {
                Ok(position) => {
                    if was_absent || commit.reset || commit.alarm.is_some() || commit.name.is_some()
                    {
                        store.note(&commit);
                    }
                    match &self.owed {
                        Some(owed) => owed.store(true, Ordering::Relaxed),
                        None => store.log.wake_writer(),
                    }
                    break position;
                }
                Err(AppendError::EpochPassed(now)) => epoch = now,
                Err(AppendError::Failed(error)) => return Err(error),
            }
        };
        // The catalogue forgets an object that has no page.
        overlay.named = size > 0 && (overlay.named || self.name.is_some());
        overlay.last = position;
        let before = overlay.bytes();
        overlay.resize(pending.reset, size);
        for (number, page) in pending.pages {
            if number <= size {
                overlay.pages.insert(number, Held { page, epoch });
            }
        }
        if let Some(store) = &self.store {
            store.held(before, overlay.bytes());
            if !overlay.listed {
                overlay.listed = true;
                store.list_dirty(&self.slot);
            }
        }
        Ok(Some(position))
    }
}

/// The record's changes: whole pages where the log has none of this epoch, differences otherwise.
fn changes<'a>(overlay: &Overlay, pending: &'a Pending, epoch: u64) -> Vec<(u32, Change<'a>)> {
    let mut changes = Vec::with_capacity(pending.pages.len());
    for (&number, page) in &pending.pages {
        let known = overlay
            .pages
            .get(&number)
            .filter(|held| held.epoch == epoch && !pending.reset);
        match known {
            Some(held) => {
                if let Some(change) = difference(&held.page, page) {
                    changes.push((number, change));
                }
            }
            None => changes.push((number, Change::Whole(Cow::Borrowed(&page[..])))),
        }
    }
    changes
}

impl Drop for Pages {
    fn drop(&mut self) {
        if let Some(store) = &self.store {
            store.release(&self.slot);
        }
    }
}

/// A range of bytes as a page and a part of it.
fn place(offset: u64, length: usize) -> io::Result<(u32, usize)> {
    let number = u32::try_from(offset / PAGE_BYTES as u64 + 1).map_err(io::Error::other)?;
    let within = (offset % PAGE_BYTES as u64) as usize;
    if within + length > PAGE_BYTES {
        return Err(io::Error::other("an access over the end of a page"));
    }
    Ok((number, within))
}

impl PageFile for Pages {
    fn read(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        let (number, within) = place(offset, buffer.len())?;
        let pending = self.pending.borrow();
        if let Some(page) = pending.pages.get(&number) {
            buffer.copy_from_slice(&page[within..within + buffer.len()]);
            return Ok(buffer.len());
        }
        let mut overlay = self.slot.lock();
        let size = match (pending.size, pending.reset) {
            (Some(size), _) => size,
            (None, true) => 0,
            (None, false) => overlay.size,
        };
        if number > size || pending.reset {
            return Ok(0);
        }
        let disk = self.disk.as_deref();
        if within == 0
            && let Ok(page) = <&mut Page>::try_from(&mut *buffer)
        {
            overlay.read(disk, number, page)?;
        } else {
            overlay.read_part(disk, number, within, buffer)?;
        }
        Ok(buffer.len())
    }

    fn write(&self, data: &[u8], offset: u64) -> io::Result<()> {
        let (number, within) = place(offset, data.len())?;
        let page = <Page>::try_from(data)
            .ok()
            .filter(|_| within == 0)
            .ok_or_else(|| io::Error::other("a write that is not of a page"))?;
        let size = self.size().max(number);
        let mut pending = self.pending.borrow_mut();
        pending.size = Some(size);
        pending.pages.insert(number, Arc::new(page));
        Ok(())
    }

    fn truncate(&self, bytes: u64) -> io::Result<()> {
        let pages = u32::try_from(bytes.div_ceil(PAGE_BYTES as u64)).map_err(io::Error::other)?;
        let mut pending = self.pending.borrow_mut();
        pending.size = Some(pages);
        pending.pages.retain(|number, _| *number <= pages);
        Ok(())
    }

    fn bytes(&self) -> io::Result<u64> {
        Ok(u64::from(self.size()) * PAGE_BYTES as u64)
    }
}
