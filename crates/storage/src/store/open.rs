//! Opening a data folder, and recovering what its log holds.

use std::collections::{BTreeMap, HashMap};
use std::io;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, RwLock};

use holdfast_journal::history::HistoryFile;
use holdfast_journal::{
    Change, Clock, Commit, Disk, Error, LOCK, Logged, ObjectRef, PAGE_BYTES, Page, Position,
    Superblock, apply,
};

use super::catalogue::Entry;
use super::history::{self, Keep};
use super::{Shared, Store, StoreOptions, file_name};
use crate::overlay::{Held, Home, Overlay, Slot};
use crate::sabotage::Planted;

/// The epoch of pages that were read from the log: earlier than any that a running log has, so that their next change is
/// logged whole.
const EPOCH_REPLAYED: u64 = 0;

pub(super) fn open(
    disk: Arc<dyn Disk>,
    clock: Arc<dyn Clock>,
    options: StoreOptions,
    node: u128,
    planted: Planted,
) -> Result<Store, Error> {
    let superblock = match Superblock::read(&*disk)? {
        Some(mut superblock) => {
            superblock.settle(&*disk)?;
            superblock
        }
        None => {
            refuse_foreign(&*disk)?;
            Superblock::create(&*disk, node)?
        }
    };
    let state = superblock.state();
    let keep = Keep {
        ms: options.history_ms,
        bytes: options.history_bytes_max,
    };
    let found = history::find(&*disk, state, keep)?;
    let mut replay = Replay {
        disk: &*disk,
        newest: found.newest(),
        slots: HashMap::new(),
        notes: BTreeMap::new(),
    };
    let log = planted.open_log(Arc::clone(&disk), clock, options.log, state, |logged| {
        replay.take(&logged)
    })?;
    let Replay { slots, notes, .. } = replay;
    if let Some(damage) = log.damage() {
        tracing::warn!("{damage}; they are in the objects' files, and nothing is lost by that");
    }
    let history = found.begin(&*disk, state, &log)?;
    let slots: HashMap<_, _> = slots
        .into_iter()
        .map(|(object, overlay)| {
            let slot = Arc::new(Slot::new(object.clone(), overlay));
            (object, slot)
        })
        .collect();
    let held = slots.values().map(|slot| slot.lock().bytes()).sum();
    let mut dirty: Vec<_> = slots.values().map(Arc::clone).collect();
    // So that the same log makes the same checkpoint.
    dirty.sort_by(|a, b| a.object.cmp(&b.object));
    let shared = Shared {
        disk,
        log: Arc::new(log),
        options,
        slots: Mutex::new(slots),
        dirty: Mutex::new(dirty),
        overlay_bytes: AtomicUsize::new(0),
        entering: Mutex::new(()),
        notes: Mutex::new(notes),
        superblock: Mutex::new(superblock),
        commits: RwLock::new(()),
        files: RwLock::new(()),
        history: Mutex::new(history),
        attended: AtomicBool::new(false),
        wanted: Mutex::default(),
        want: Condvar::new(),
        room: Condvar::new(),
        planted,
    };
    shared.overlay_bytes.store(held, Ordering::Relaxed);
    Ok(Store {
        owed: None,
        shared: Arc::new(shared),
    })
}

/// A folder without a superblock must be empty.
fn refuse_foreign(disk: &dyn Disk) -> Result<(), Error> {
    let names = disk
        .list("")
        .map_err(Error::io("cannot list", "the data folder"))?;
    let foreign: Vec<_> = names
        .into_iter()
        .filter(|name| ![LOCK, holdfast_journal::SUPERBLOCK].contains(&name.as_str()))
        .collect();
    if foreign
        .iter()
        .any(|name| ["log", "objects", "history"].contains(&name.as_str()))
    {
        return Err(Error::Foreign(
            "the data folder has lost its file \"holdfast\", which says where its log begins; put it back from a copy"
                .to_owned(),
        ));
    }
    match foreign.first() {
        None => Ok(()),
        Some(name) => Err(Error::Foreign(format!(
            "the folder is no data folder of Holdfast: it holds {name:?}; name an empty folder, or one that does not \
             exist yet"
        ))),
    }
}

/// Overlays in the making.
struct Replay<'a> {
    disk: &'a dyn Disk,
    /// The history of the last checkpoint.
    newest: Option<&'a HistoryFile>,
    slots: HashMap<ObjectRef, Overlay>,
    notes: BTreeMap<ObjectRef, Entry>,
}

impl Replay<'_> {
    fn take(&mut self, logged: &Logged<'_>) -> Result<(), Error> {
        let commit = &logged.commit;
        if !super::is_catalogue(&commit.object) {
            self.note(commit);
        }
        let overlay = match self.slots.get_mut(&commit.object) {
            Some(overlay) => overlay,
            None => {
                let mut overlay = cold(self.disk, &commit.object, logged.position)?;
                // The last checkpoint took the object down after it had begun: its file is ahead of the log.
                if let Some(newest) = self.newest
                    && let Some(undo) = newest.find(&commit.object)?.and_then(|entry| entry.undo)
                {
                    overlay.home_position = undo.position;
                }
                self.slots.entry(commit.object.clone()).or_insert(overlay)
            }
        };
        overlay.last = logged.position;
        overlay.listed = true;
        overlay.named |= commit.name.is_some();
        overlay.resize(commit.reset, commit.pages);
        for (number, change) in &commit.changes {
            let held = match (overlay.pages.get_mut(number), change) {
                (Some(held), _) => held,
                (None, Change::Whole(_)) => overlay.pages.entry(*number).or_insert(Held {
                    page: Arc::new([0; PAGE_BYTES]),
                    epoch: EPOCH_REPLAYED,
                }),
                (None, Change::Patch(_)) => {
                    return Err(Error::Damaged(format!(
                        "the log changes page {number} of {} at position {}, but does not hold the page itself",
                        commit.object, logged.position
                    )));
                }
            };
            let page: &mut Page = Arc::make_mut(&mut held.page);
            apply(change, page);
        }
        Ok(())
    }

    fn note(&mut self, commit: &Commit<'_>) {
        // Whether the catalogue knows an object cannot be seen here, so every one is noted.
        let entry = self.notes.entry(commit.object.clone()).or_default();
        entry.take(commit);
    }
}

/// What is known of an object before its first commit in the log.
fn cold(disk: &dyn Disk, object: &ObjectRef, position: Position) -> Result<Overlay, Error> {
    let name = file_name(object);
    let bytes = match disk.length(&name) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => 0,
        Err(error) => return Err(Error::io("cannot look at", name)(error)),
    };
    // A file that a crash has cut in the middle of a page is written whole again from the overlay.
    let pages = u32::try_from(bytes.div_ceil(PAGE_BYTES as u64))
        .map_err(|_| Error::Damaged(format!("{name} is larger than a database can be")))?;
    Ok(Overlay::new(
        Home::new(name, pages),
        Position(position.0.saturating_sub(1)),
    ))
}
