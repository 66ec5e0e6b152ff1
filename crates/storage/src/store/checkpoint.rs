//! Checkpoints: pages go home, and the log is let go of.
//!
//! A round takes what every object had at some moment after the round began to the object's file. The order of its
//! steps is what makes a crash between any two of them harmless:
//!
//! 1. The catalogue learns what commits have noted. The log begins a new epoch: `through` is the last position of the
//!    old one, and every page that changes from now on is logged whole first. No commit is between the log and its
//!    notes at that moment (`Shared::commits`), so what is at or before `through` is noted and listed as dirty; notes
//!    that came in since the catalogue was written go into another commit of it.
//! 2. Each dirty object's pages are taken down as they are now; everything taken becomes durable in the log.
//! 3. What the files were before, and the commits that the log will let go of, go to a file of the history, flushed
//!    ([`super::history`]; if one is kept).
//! 4. The pages are written to the files; one flush for all of them. If a crash tears them, replay from the *last*
//!    round's position finds each of them whole in the log.
//! 5. The superblock says `through`. From here on replay begins behind it: what it applies begins with whole pages.
//! 6. Overlays drop the pages that have not changed since, and the log lets go of its segments up to `through`.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::Ordering;

use holdfast_journal::{Error, ObjectRef, PAGE_BYTES, Page, Position, State};

use super::catalogue::{Catalogue, Entry};
use super::{Shared, Store, lock};
use crate::overlay::{Slot, page_offset};
use crate::sabotage::Sabotage;

/// Takes pages home. Used by one thread, one round after the other.
pub struct Checkpointer {
    store: Store,
    catalogue: Catalogue,
}

/// What a round did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Checkpointed {
    /// Everything up to here is home.
    pub through: Position,
    /// Objects whose files were written.
    pub objects: usize,
    /// Pages written.
    pub pages: usize,
}

/// An object's pages, as taken down by a round.
pub(super) struct Snapshot {
    pub(super) slot: Arc<Slot>,
    pub(super) position: Position,
    /// The position that the file shows.
    pub(super) previous: Position,
    pub(super) size: u32,
    /// Pages of the file that still count, and that it has.
    pub(super) valid: u32,
    pub(super) file_pages: u32,
    /// In order of their numbers.
    pub(super) pages: Vec<(u32, Arc<Page>)>,
}

impl Checkpointer {
    /// Of a store. There must be no more than one at a time.
    pub fn new(store: &Store) -> Checkpointer {
        Checkpointer {
            store: store.clone(),
            catalogue: Catalogue::new(store),
        }
    }

    /// Takes home what is not there yet. `all`: end the segment being written too, so that nothing of the log is left
    /// to be replayed.
    ///
    /// # Errors
    /// The disk's, the log's, the catalogue's. Nothing confirmed is lost by that: the log still has it. But it takes no
    /// more commits: what this round took down may not be home, and a later round would let the log go of it.
    pub fn run(&mut self, all: bool) -> Result<Checkpointed, Error> {
        let result = self.round(all);
        if let Err(error) = &result
            && !self.store.shared.planted.is(Sabotage::GoOnAfterFailure)
        {
            self.store.shared.log.fail(error);
        }
        result
    }

    fn round(&mut self, all: bool) -> Result<Checkpointed, Error> {
        let shared = Arc::clone(&self.store.shared);
        let entering = lock(&shared.entering);
        self.enter(std::mem::take(&mut *lock(&shared.notes)))?;
        let (through, late) = {
            let _nobody_commits = super::write(&shared.commits);
            let through = shared.log.begin_epoch();
            (through, std::mem::take(&mut *lock(&shared.notes)))
        };
        // Of commits since. The log has them for longer than this round.
        self.enter(late)?;
        drop(entering);
        let snapshots = take_down(&shared);
        shared.log.flush()?;
        debug_assert!(
            snapshots
                .iter()
                .all(|snapshot| snapshot.position <= shared.log.durable())
        );
        let before = lock(&shared.superblock).state();
        let state = State {
            round: before.round + 1,
            home: through,
            snapshot: snapshots
                .iter()
                .map(|snapshot| snapshot.position)
                .max()
                .unwrap_or(through)
                .max(through),
            time_ms: shared.log.now_ms(),
            ..before
        };
        if all {
            shared.log.end_segment();
        }
        // Held to the end of the round: whoever goes back finds files and history of one round.
        let mut history = lock(&shared.history);
        let written = match &*history {
            Some(history) => Some(history.write_round(&shared, state, &snapshots)?),
            None => None,
        };
        if shared.planted.is(Sabotage::TrimEarly) {
            shared.log.trim(through)?;
        }
        if shared.planted.is(Sabotage::SuperblockFirst) {
            lock(&shared.superblock).write(state)?;
        }
        let files_change = super::write(&shared.files);
        if !snapshots.is_empty() {
            write_home(&shared, &snapshots)?;
            if !shared.planted.is(Sabotage::SkipHomeFlush) {
                shared
                    .disk
                    .sync_all()
                    .map_err(Error::io("cannot flush", "the data folder"))?;
            }
        }
        lock(&shared.superblock).write(state)?;
        let pages = snapshots.iter().map(|snapshot| snapshot.pages.len()).sum();
        let objects = snapshots.len();
        for snapshot in snapshots {
            drop_from_overlay(&shared, snapshot);
        }
        drop(files_change);
        // A segment may have filled up meanwhile, with nothing behind `through`: the history does not have it.
        let trimmed = written.as_ref().map_or(through, |written| written.trim);
        shared.log.trim(trimmed)?;
        if let (Some(history), Some(written)) = (&mut *history, written) {
            history.advance(&shared, written)?;
        }
        drop(history);
        Ok(Checkpointed {
            through,
            objects,
            pages,
        })
    }

    fn enter(&self, notes: BTreeMap<ObjectRef, Entry>) -> Result<(), Error> {
        if self.store.shared.planted.is(Sabotage::SkipCatalogue) {
            return Ok(());
        }
        // On failure the log still has what the notes say.
        self.catalogue
            .enter(notes.iter())
            .map_err(|error| Error::Damaged(format!("the catalogue cannot be written: {error}")))
    }
}

/// Takes down the pages of all dirty objects, each at a moment of its own.
fn take_down(shared: &Shared) -> Vec<Snapshot> {
    let dirty = std::mem::take(&mut *lock(&shared.dirty));
    let mut snapshots = Vec::with_capacity(dirty.len());
    for slot in dirty {
        let mut overlay = slot.lock();
        overlay.listed = false;
        let size = overlay.size;
        overlay.home.leaves(size);
        let mut pages: Vec<_> = overlay
            .pages
            .iter()
            .map(|(number, held)| (*number, Arc::clone(&held.page)))
            .collect();
        pages.sort_unstable_by_key(|(number, _)| *number);
        let snapshot = Snapshot {
            position: overlay.last,
            previous: overlay.home_position,
            size,
            valid: overlay.home.valid,
            file_pages: overlay.home.pages,
            pages,
            slot: Arc::clone(&slot),
        };
        drop(overlay);
        snapshots.push(snapshot);
    }
    snapshots
}

/// Writes pages to the files, without flushing.
fn write_home(shared: &Shared, snapshots: &[Snapshot]) -> Result<(), Error> {
    let disk = &*shared.disk;
    let classes: BTreeSet<&str> = snapshots
        .iter()
        .map(|snapshot| &*snapshot.slot.object.class)
        .collect();
    for class in classes {
        let folder = format!("objects/{class}");
        disk.create_folder(&folder)
            .map_err(Error::io("cannot create", folder))?;
    }
    let mut skip = shared.planted.is(Sabotage::SkipPage);
    for snapshot in snapshots {
        let name = super::file_name(&snapshot.slot.object);
        if snapshot.size == 0 {
            if snapshot.file_pages > 0 && !shared.planted.is(Sabotage::KeepDeleted) {
                match disk.remove(&name) {
                    Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                        return Err(Error::io("cannot remove", name)(error));
                    }
                    _ => {}
                }
            }
            continue;
        }
        let file = disk
            .create(&name)
            .map_err(Error::io("cannot create", &*name))?;
        let length = u64::from(snapshot.size) * PAGE_BYTES as u64;
        let result = (|| {
            if snapshot.valid.min(snapshot.size) < snapshot.file_pages {
                // What is behind must read as zeros if the file grows again.
                file.set_len(u64::from(snapshot.valid.min(snapshot.size)) * PAGE_BYTES as u64)?;
            }
            for (number, page) in &snapshot.pages {
                if std::mem::replace(&mut skip, false) {
                    continue;
                }
                file.write_at(&page[..], page_offset(*number))?;
            }
            if file.len()? != length {
                file.set_len(length)?;
            }
            Ok(())
        })();
        result.map_err(Error::io("cannot write", name))?;
    }
    Ok(())
}

/// The file has the pages of the snapshot: the overlay keeps those that have changed since.
fn drop_from_overlay(shared: &Shared, snapshot: Snapshot) {
    let slot = snapshot.slot;
    let mut overlay = slot.lock();
    let before = overlay.bytes();
    for (number, page) in &snapshot.pages {
        if overlay.pages.get(number).is_some_and(|held| {
            Arc::ptr_eq(&held.page, page) || shared.planted.is(Sabotage::DropChanged)
        }) {
            overlay.pages.remove(number);
        }
    }
    overlay.home.came_home(snapshot.size);
    overlay.home_position = snapshot.position;
    let after = overlay.bytes();
    drop(overlay);
    shared
        .overlay_bytes
        .fetch_sub(before - after, Ordering::Relaxed);
    shared.came_home(&slot);
}
