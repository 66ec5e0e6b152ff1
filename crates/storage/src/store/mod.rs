//! The store: all objects' databases of a node, over one log.
//!
//! A commit goes to the log and into its object's overlay. Now and then a *checkpoint* takes the overlays' pages to the
//! objects' files, all of them with one flush, after which the log up to there is not needed. A start reads the log
//! from the last checkpoint on and fills the overlays again.
//!
//! ```text
//! lock                              held by the process that uses the folder
//! holdfast                          which folder this is, and where replay begins
//! log/<number>.seg                  the log
//! objects/<class>/<id>.sqlite       an object's database, as of the last checkpoint
//! history/<round>.hist              what checkpoints have replaced, for point-in-time recovery
//! ```

mod catalogue;
mod checkpoint;
mod history;
mod open;
mod past;
mod snapshot;

use std::collections::{BTreeMap, HashMap};
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{
    Arc, Condvar, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard,
};
use std::thread::JoinHandle;

use holdfast_journal::{
    Clock, Commit, Disk, Durability, Error, Listener, Log, LogOptions, ObjectRef, PAGE_BYTES,
    Position, Superblock,
};

use crate::overlay::{Home, Overlay, Slot};
use crate::sabotage::{Planted, Sabotage};

use history::History;

pub use catalogue::{Entry, Listed, Listing, PendingAlarm};
pub use checkpoint::{Checkpointed, Checkpointer};
pub(crate) use past::{Past, PastError};
pub use snapshot::Snapshot;

/// Bounds of a store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StoreOptions {
    /// Those of the log.
    pub log: LogOptions,
    /// Bytes of log after which a checkpoint begins.
    pub log_bytes_max: u64,
    /// Bytes of pages in overlays after which a checkpoint begins. Commits wait at four times as much.
    pub overlay_bytes_max: usize,
    /// For how long every object can be taken back to an earlier state, in ms. Zero keeps no history at all.
    pub history_ms: u64,
    /// Bytes that the history may take before its oldest part goes, however young that is. What one checkpoint adds is
    /// kept whatever its size.
    pub history_bytes_max: u64,
}

impl Default for StoreOptions {
    fn default() -> StoreOptions {
        StoreOptions {
            log: LogOptions::default(),
            log_bytes_max: 64 << 20,
            overlay_bytes_max: 64 << 20,
            history_ms: HISTORY_MS,
            history_bytes_max: u64::MAX,
        }
    }
}

/// 30 days, as on Cloudflare.
const HISTORY_MS: u64 = 30 * 24 * 60 * 60 * 1000;

/// How many times [`StoreOptions::overlay_bytes_max`] may be held before commits wait for the checkpoint.
const OVERLAY_EXCESS: usize = 4;

/// All databases of a node. Clones are the same store.
#[derive(Clone)]
pub struct Store {
    shared: Arc<Shared>,
    /// See [`Store::silent`]: there are commits of which the log's thread was not told.
    owed: Option<Arc<AtomicBool>>,
}

/// What connections, the checkpointer and the threads share.
pub(crate) struct Shared {
    pub(crate) disk: Arc<dyn Disk>,
    pub(crate) log: Arc<Log>,
    options: StoreOptions,
    slots: Mutex<HashMap<ObjectRef, Arc<Slot>>>,
    /// Slots with pages that are not home.
    dirty: Mutex<Vec<Arc<Slot>>>,
    overlay_bytes: AtomicUsize,
    /// Held while notes are on their way into the catalogue, when they are in neither.
    entering: Mutex<()>,
    /// What the catalogue does not know yet.
    notes: Mutex<BTreeMap<ObjectRef, Entry>>,
    superblock: Mutex<Superblock>,
    /// Shared by commits, from the log to their notes; held by a checkpoint at the moment it begins.
    pub(crate) commits: RwLock<()>,
    /// Held by a checkpoint while it changes objects' files, and by those who must not see that.
    files: RwLock<()>,
    /// None if none is kept. Whoever holds it keeps checkpoints from writing files and trimming the log.
    history: Mutex<Option<History>>,
    /// A thread checkpoints; without one nobody may wait for it.
    attended: AtomicBool,
    wanted: Mutex<Wanted>,
    /// A checkpoint is wanted, or the store is closing.
    want: Condvar,
    /// A checkpoint has made room.
    room: Condvar,
    pub(crate) planted: Planted,
}

#[derive(Default)]
struct Wanted {
    checkpoint: bool,
    stop: bool,
    /// Why checkpoints fail, if they do.
    failed: Option<Error>,
}

pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // A thread that panicked under one of these locks has ended the process, or is about to.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

pub(crate) fn read(lock: &RwLock<()>) -> RwLockReadGuard<'_, ()> {
    lock.read().unwrap_or_else(PoisonError::into_inner)
}

fn write(lock: &RwLock<()>) -> RwLockWriteGuard<'_, ()> {
    lock.write().unwrap_or_else(PoisonError::into_inner)
}

/// Whether this is the catalogue, which is nobody's object.
pub(crate) fn is_catalogue(object: &ObjectRef) -> bool {
    object.class.starts_with(catalogue::CLASS)
}

/// The name of an object's file.
pub(crate) fn file_name(object: &ObjectRef) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut name = format!("objects/{}/", object.class);
    for byte in object.id {
        for digit in [byte >> 4, byte & 15] {
            name.push(char::from(DIGITS[usize::from(digit)]));
        }
    }
    name.push_str(".sqlite");
    name
}

impl Store {
    /// Opens the data folder on `disk`, and recovers what its log holds. Nothing is written in the background: whoever
    /// calls flushes ([`Store::flush`]) and checkpoints ([`Checkpointer`]).
    ///
    /// # Errors
    /// [`Error::Foreign`] for a folder of something else; [`Error::Damaged`] if something confirmed cannot be read; the
    /// disk's.
    pub fn open(
        disk: Arc<dyn Disk>,
        clock: Arc<dyn Clock>,
        options: StoreOptions,
        node: u128,
    ) -> Result<Store, Error> {
        open::open(disk, clock, options, node, Planted::NOTHING)
    }

    /// As [`Store::open`], with a mistake, for tests of the tests.
    ///
    /// # Errors
    /// As for [`Store::open`].
    #[cfg(feature = "sabotage")]
    pub fn open_sabotaged(
        disk: Arc<dyn Disk>,
        clock: Arc<dyn Clock>,
        options: StoreOptions,
        node: u128,
        mistakes: (Option<Sabotage>, Option<holdfast_journal::Sabotage>),
    ) -> Result<Store, Error> {
        open::open(disk, clock, options, node, Planted::new(mistakes))
    }

    /// The log.
    pub fn log(&self) -> &Arc<Log> {
        &self.shared.log
    }

    pub(crate) fn shared(&self) -> &Arc<Shared> {
        &self.shared
    }

    /// Everything up to this position is durable.
    pub fn durable(&self) -> Position {
        self.shared.log.durable()
    }

    /// A handle for a thread that decides itself when its commits are flushed: commits of databases opened with it
    /// wake nobody, and the thread must call [`Self::announce`] or [`Self::flush_or_announce`] of this handle, or of a
    /// clone, before it turns to anything else.
    #[must_use]
    pub fn silent(&self) -> Store {
        Store {
            shared: Arc::clone(&self.shared),
            owed: Some(Arc::default()),
        }
    }

    /// Has the log's thread flush the commits made through a [`silent`](Self::silent) handle since the last time.
    pub fn announce(&self) {
        if self.take_owed() {
            self.shared.log.wake_writer();
        }
    }

    /// Like [`Self::announce`], but flushes on this thread if that is better: for a thread that has nothing else to do.
    pub fn flush_or_announce(&self) {
        if self.take_owed() {
            self.shared.log.flush_or_wake();
        }
    }

    fn take_owed(&self) -> bool {
        // Handles are used by one thread at a time; a plain look first keeps this cheap.
        self.owed
            .as_ref()
            .is_some_and(|owed| owed.load(Ordering::Relaxed) && owed.swap(false, Ordering::Relaxed))
    }

    pub(crate) fn owed(&self) -> Option<&Arc<AtomicBool>> {
        self.owed.as_ref()
    }

    /// Makes all commits durable that were made before the call.
    ///
    /// # Errors
    /// The log's.
    pub fn flush(&self) -> Result<Position, Error> {
        self.shared.log.flush()
    }

    /// Asks to be told what becomes durable.
    pub fn subscribe(&self, listener: Listener) {
        self.shared.log.subscribe(listener);
    }

    /// Bytes of pages that are not home.
    pub fn overlay_bytes(&self) -> usize {
        self.shared.overlay_bytes.load(Ordering::Relaxed)
    }

    /// Starts the threads that flush and checkpoint.
    ///
    /// # Errors
    /// A thread cannot be started.
    pub fn start(&self) -> io::Result<Keeper> {
        Keeper::start(self)
    }
}

impl Shared {
    /// An object's slot, for a user who gives it back with [`Self::release`]. Reads no more than the length of the file.
    pub(crate) fn slot(&self, object: &ObjectRef) -> io::Result<Arc<Slot>> {
        let mut slots = lock(&self.slots);
        if let Some(slot) = slots.get(object) {
            slot.users.fetch_add(1, Ordering::Relaxed);
            return Ok(Arc::clone(slot));
        }
        let name = file_name(object);
        let pages = self.file_pages(&name)?;
        // All commits of an object that has no slot are home, and so durable.
        let overlay = Overlay::new(Home::new(name, pages), self.log.durable());
        let slot = Arc::new(Slot::new(object.clone(), overlay));
        slot.users.store(1, Ordering::Relaxed);
        slots.insert(object.clone(), Arc::clone(&slot));
        Ok(slot)
    }

    /// Pages of a file; none if there is none.
    fn file_pages(&self, name: &str) -> io::Result<u32> {
        let bytes = match self.disk.length(name) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => 0,
            Err(error) => return Err(error),
        };
        u32::try_from(bytes / PAGE_BYTES as u64).map_err(io::Error::other)
    }

    /// Bytes of an object's database, of which nothing is opened.
    fn bytes_of(&self, object: &ObjectRef) -> io::Result<u64> {
        if let Some(slot) = lock(&self.slots).get(object) {
            return Ok(u64::from(slot.lock().size) * PAGE_BYTES as u64);
        }
        self.file_pages(&file_name(object))
            .map(|pages| u64::from(pages) * PAGE_BYTES as u64)
    }

    /// One user less. The last one takes along a slot that says nothing beyond the file.
    pub(crate) fn release(&self, slot: &Slot) {
        let mut slots = lock(&self.slots);
        let users = slot.users.fetch_sub(1, Ordering::Relaxed) - 1;
        forget_if_idle(&mut slots, slot, users);
    }

    /// The same for a slot that came home: it may have been kept for its pages alone.
    pub(crate) fn came_home(&self, slot: &Slot) {
        let mut slots = lock(&self.slots);
        let users = slot.users.load(Ordering::Relaxed);
        forget_if_idle(&mut slots, slot, users);
    }

    pub(crate) fn list_dirty(&self, slot: &Arc<Slot>) {
        lock(&self.dirty).push(Arc::clone(slot));
    }

    /// The pages held by a slot have changed from `before` bytes to `after`.
    pub(crate) fn held(&self, before: usize, after: usize) {
        if after >= before {
            let now = self
                .overlay_bytes
                .fetch_add(after - before, Ordering::Relaxed)
                + (after - before);
            if now > self.options.overlay_bytes_max
                || self.log.held_bytes() > self.options.log_bytes_max
            {
                self.want_checkpoint();
            }
        } else {
            self.overlay_bytes
                .fetch_sub(before - after, Ordering::Relaxed);
        }
    }

    fn want_checkpoint(&self) {
        if self.attended.load(Ordering::Relaxed) {
            let mut wanted = lock(&self.wanted);
            if !wanted.checkpoint {
                wanted.checkpoint = true;
                self.want.notify_one();
            }
        }
    }

    /// Waits while the checkpointer is far behind. To be called without any other lock.
    pub(crate) fn make_room(&self) {
        let limit = self
            .options
            .overlay_bytes_max
            .saturating_mul(OVERLAY_EXCESS);
        if self.overlay_bytes.load(Ordering::Relaxed) <= limit
            || !self.attended.load(Ordering::Relaxed)
        {
            return;
        }
        let mut wanted = lock(&self.wanted);
        while self.overlay_bytes.load(Ordering::Relaxed) > limit
            && !wanted.stop
            && wanted.failed.is_none()
        {
            wanted.checkpoint = true;
            self.want.notify_one();
            wanted = self
                .room
                .wait(wanted)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Remembers for the catalogue what a commit says about its object.
    pub(crate) fn note(&self, commit: &Commit<'_>) {
        if is_catalogue(&commit.object) {
            return;
        }
        let mut notes = lock(&self.notes);
        let entry = notes.entry(commit.object.clone()).or_default();
        let before = entry.clone();
        entry.take(commit);
        if self.planted.is(Sabotage::ForgetAlarm) {
            entry.keep_alarm_of(&before);
        }
    }
}

/// Users are counted under the lock of the map and not by the references to the slot: who lets go of a reference after
/// the lock would be seen by nobody, and the slot stay for ever.
fn forget_if_idle(slots: &mut HashMap<ObjectRef, Arc<Slot>>, slot: &Slot, users: usize) {
    if users > 0 {
        return;
    }
    let mut overlay = slot.lock();
    overlay.close_file();
    if overlay.is_home() {
        drop(overlay);
        slots.remove(&slot.object);
    }
}

/// The threads of a store. Dropping it stops them, after a last flush and checkpoint.
pub struct Keeper {
    store: Store,
    threads: Vec<JoinHandle<()>>,
}

impl Keeper {
    fn start(store: &Store) -> io::Result<Keeper> {
        let mut keeper = Keeper {
            store: store.clone(),
            threads: Vec::new(),
        };
        let log = Arc::clone(&store.shared.log);
        let writer = std::thread::Builder::new()
            .name("log".to_owned())
            .spawn(move || or_end(|| holdfast_journal::run_writer(&log)))?;
        keeper.threads.push(writer);
        let waked = Arc::clone(&store.shared);
        store.subscribe(Box::new(move |news| {
            if let Durability::Failed(error) = news {
                let mut wanted = lock(&waked.wanted);
                wanted.failed = Some(Error::Failed(Arc::clone(error)));
                waked.want.notify_all();
                waked.room.notify_all();
            }
        }));
        store.shared.attended.store(true, Ordering::Relaxed);
        let store = store.clone();
        let checkpoints = std::thread::Builder::new()
            .name("checkpoint".to_owned())
            .spawn(move || or_end(|| run_checkpoints(&store)))?;
        keeper.threads.push(checkpoints);
        Ok(keeper)
    }

    /// Flushes and checkpoints for the last time, so that the next start has nothing to replay, and ends the threads.
    /// No commit may be made any more.
    ///
    /// # Errors
    /// Why the last checkpoint failed. Nothing confirmed is lost by that.
    pub fn stop(mut self) -> Result<(), Error> {
        self.end()
    }

    fn end(&mut self) -> Result<(), Error> {
        let shared = &self.store.shared;
        {
            let mut wanted = lock(&shared.wanted);
            wanted.stop = true;
            shared.want.notify_all();
            shared.room.notify_all();
        }
        if let Some(checkpoints) = self.threads.pop() {
            let _ = checkpoints.join();
        }
        shared.log.close();
        for thread in self.threads.drain(..) {
            let _ = thread.join();
        }
        match lock(&shared.wanted).failed.take() {
            Some(error) => Err(error),
            None => Ok(()),
        }
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        if !self.threads.is_empty()
            && let Err(error) = self.end()
        {
            tracing::error!(%error, "the last checkpoint failed; the next start replays the log");
        }
    }
}

/// Runs a thread that all others depend on. A panic in it ends the process: what was confirmed is on the disk, and
/// the next start goes on from there.
fn or_end(thread: impl FnOnce()) {
    if catch_unwind(AssertUnwindSafe(thread)).is_err() {
        eprintln!(
            "holdfast: a bug has stopped the storage (see the panic above); the process ends"
        );
        std::process::exit(70);
    }
}

/// Checkpoints when one is wanted, and once more at the end.
fn run_checkpoints(store: &Store) {
    let shared = &store.shared;
    let mut checkpointer = Checkpointer::new(store);
    loop {
        let stop = {
            let mut wanted = lock(&shared.wanted);
            while !wanted.checkpoint && !wanted.stop {
                wanted = shared
                    .want
                    .wait(wanted)
                    .unwrap_or_else(PoisonError::into_inner);
            }
            if wanted.failed.is_some() {
                return;
            }
            wanted.checkpoint = false;
            wanted.stop
        };
        // After a failure the log takes no more commits: it would grow for ever, and the node must stop.
        let result = checkpointer.run(stop);
        let mut wanted = lock(&shared.wanted);
        if let Err(error) = result {
            wanted.failed = Some(error);
        }
        shared.room.notify_all();
        if stop || wanted.failed.is_some() {
            return;
        }
    }
}

#[cfg(test)]
mod tests;
