//! A disk in memory that keeps its promises to the letter, and nothing beyond them.
//!
//! What [`Disk`] says may be lost in a crash, may be lost here: sectors and lengths that were not flushed, names whose
//! folder was not, in any combination and order. A copy is cheap, so a run leaves *images* of crashes behind at every
//! operation ([`SimDisk::sample`]), each with what had been confirmed by then.

mod fault;
mod inode;
mod names;
mod survival;

use std::io;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use holdfast_journal::{Disk, DiskFile};

pub use self::fault::{Fault, FaultKind};
use self::inode::Inode;
use self::names::Names;
pub use self::survival::Survival;
use crate::gate;
use crate::rng::Rng;

/// A simulated disk. Clones are the same disk; [`SimDisk::crash`] makes another one.
#[derive(Clone)]
pub struct SimDisk {
    state: Arc<Mutex<State>>,
    confirmed: Arc<Confirmed>,
}

/// What somebody was told to be durable.
#[derive(Default)]
struct Confirmed {
    position: AtomicU64,
    /// What it was before it was last raised.
    before: AtomicU64,
}

#[derive(Default)]
struct State {
    names: Names,
    inodes: Vec<Inode>,
    /// Number of the last change.
    sequence: u64,
    /// Operations that may fail so far.
    operations: u64,
    fault: Option<Fault>,
    /// The fault has struck.
    struck: Option<String>,
    sampling: Option<Sampling>,
    images: Vec<Image>,
}

struct Sampling {
    rng: Rng,
    /// Images per hundred operations.
    percent: u64,
}

/// What a crash at some moment has left.
pub struct Image {
    /// The disk after the crash.
    pub disk: SimDisk,
    /// The highest position that had been confirmed.
    pub confirmed: u64,
    /// The operation during which it happened, and what survived.
    pub moment: String,
}

impl Confirmed {
    fn get(&self) -> (u64, u64) {
        let position = self.position.load(Ordering::Relaxed);
        (position, self.before.load(Ordering::Relaxed))
    }
}

impl SimDisk {
    /// An empty disk.
    pub fn new() -> SimDisk {
        SimDisk::with(State::default(), (0, 0))
    }

    fn with(state: State, confirmed: (u64, u64)) -> SimDisk {
        SimDisk {
            state: Arc::new(Mutex::new(state)),
            confirmed: Arc::new(Confirmed {
                position: AtomicU64::new(confirmed.0),
                before: AtomicU64::new(confirmed.1),
            }),
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Everything up to this position has been confirmed to somebody: every later crash must keep it.
    pub fn confirm(&self, position: u64) {
        let before = self.confirmed();
        if position > before {
            self.confirmed.before.store(before, Ordering::Relaxed);
            self.confirmed.position.store(position, Ordering::Relaxed);
        }
    }

    /// What [`SimDisk::confirmed`] was before the last flush of the log.
    pub fn confirmed_before(&self) -> u64 {
        self.confirmed.before.load(Ordering::Relaxed)
    }

    /// The highest position that was confirmed.
    pub fn confirmed(&self) -> u64 {
        self.confirmed.position.load(Ordering::Relaxed)
    }

    /// Leaves images of crashes behind, so many per hundred operations, until it is told otherwise.
    pub fn sample(&self, percent: u64, rng: Rng) {
        self.lock().sampling = (percent > 0).then_some(Sampling { rng, percent });
    }

    /// From now on `to` leaves images behind instead of this one.
    pub fn hand_over(&self, to: &SimDisk) {
        let sampling = self.lock().sampling.take();
        to.lock().sampling = sampling;
    }

    /// The images left since the last call.
    pub fn take_images(&self) -> Vec<Image> {
        std::mem::take(&mut self.lock().images)
    }

    /// Lets an operation fail. Those before it are counted from now on.
    pub fn plan_fault(&self, fault: Option<Fault>) {
        let mut state = self.lock();
        state.operations = 0;
        state.struck = None;
        state.fault = fault;
    }

    /// What the fault hit, if it has struck.
    pub fn struck(&self) -> Option<String> {
        self.lock().struck.clone()
    }

    /// The disk after a crash at this moment. The images and faults stay behind.
    pub fn crash(&self, rng: &mut Rng) -> Image {
        self.lock().crash(self.confirmed.get(), "at rest", rng)
    }

    /// The disk for the next process after the end of this one: what was not flushed is still seen, and may still be
    /// lost by a crash. Handles that are still open stay behind with the old one.
    pub fn after_kill(&self) -> SimDisk {
        SimDisk::with(self.lock().after_kill(), self.confirmed.get())
    }

    /// Names of all files.
    pub fn files(&self) -> Vec<String> {
        self.lock().names.files()
    }

    /// Contents of a file; empty if there is none.
    pub fn contents(&self, name: &str) -> Vec<u8> {
        let state = self.lock();
        let inode = state.names.inode(name);
        inode.map_or(Vec::new(), |inode| state.inodes[inode].bytes().to_vec())
    }

    /// Flips one bit of a file that is at rest.
    pub fn flip(&self, name: &str, at: usize, bit: u8) {
        let mut state = self.lock();
        if let Some(inode) = state.names.inode(name) {
            state.inodes[inode].flip(at, bit);
        }
    }
}

impl Default for SimDisk {
    fn default() -> SimDisk {
        SimDisk::new()
    }
}

impl State {
    fn after_kill(&self) -> State {
        State {
            names: self.names.clone(),
            inodes: self.inodes.clone(),
            sequence: self.sequence,
            ..State::default()
        }
    }

    fn crash(&self, confirmed: (u64, u64), during: &str, rng: &mut Rng) -> Image {
        let mut pending: Vec<u64> = self.names.pending().collect();
        for inode in &self.inodes {
            pending.extend(inode.pending.iter().map(|pending| pending.sequence));
        }
        let survival = Survival::choose(&pending, rng);
        let inodes = self.inodes.iter();
        let state = State {
            names: self.names.after_crash(survival, rng),
            inodes: inodes
                .map(|inode| inode.after_crash(survival, rng))
                .collect(),
            ..State::default()
        };
        Image {
            disk: SimDisk::with(state, confirmed),
            confirmed: confirmed.0,
            moment: format!(
                "{during}, with {} changes not flushed: {survival:?}",
                pending.len()
            ),
        }
    }

    /// A crash may happen now.
    fn moment(&mut self, confirmed: &Confirmed, during: impl FnOnce() -> String) {
        let Some(mut sampling) = self.sampling.take() else {
            return;
        };
        if sampling.rng.percent(sampling.percent) {
            let confirmed = confirmed.get();
            let image = match sampling.rng.percent(12) {
                true => Image {
                    disk: SimDisk::with(self.after_kill(), confirmed),
                    confirmed: confirmed.0,
                    moment: format!("{}, of the process alone", during()),
                },
                false => self.crash(confirmed, &during(), &mut sampling.rng),
            };
            self.images.push(image);
        }
        self.sampling = Some(sampling);
    }

    fn next_sequence(&mut self) -> u64 {
        self.sequence += 1;
        self.sequence
    }

    /// Counts an operation, and says whether and how it fails.
    fn operation(&mut self, what: &str, name: &str, reads: bool) -> Option<FaultKind> {
        let fault = self.fault?;
        if fault.reads != reads {
            return None;
        }
        self.operations += 1;
        if self.operations != fault.at {
            return None;
        }
        self.struck = Some(format!("{what} {name}: {:?}", fault.kind));
        Some(fault.kind)
    }

    fn fail_early(&mut self, what: &str, name: &str, reads: bool) -> io::Result<()> {
        match self.operation(what, name, reads) {
            Some(kind) => Err(kind.error()),
            None => Ok(()),
        }
    }
}

fn not_found() -> io::Error {
    io::Error::from(io::ErrorKind::NotFound)
}

impl SimDisk {
    fn file(&self, inode: usize, name: &str) -> Arc<dyn DiskFile> {
        Arc::new(SimFile {
            disk: self.clone(),
            inode,
            name: name.to_owned(),
        })
    }
}

impl Disk for SimDisk {
    fn open(&self, name: &str) -> io::Result<Arc<dyn DiskFile>> {
        let mut state = self.lock();
        state.fail_early("open", name, true)?;
        let inode = state.names.inode(name).ok_or_else(not_found)?;
        drop(state);
        Ok(self.file(inode, name))
    }

    fn create(&self, name: &str) -> io::Result<Arc<dyn DiskFile>> {
        gate::pass();
        let mut state = self.lock();
        if !state.names.is_folder(names::folder_of(name)) {
            return Err(not_found());
        }
        state.fail_early("create", name, false)?;
        let inode = match state.names.inode(name) {
            Some(inode) => inode,
            None => {
                state.inodes.push(Inode::default());
                let inode = state.inodes.len() - 1;
                let sequence = state.next_sequence();
                state.names.create(sequence, name, inode);
                inode
            }
        };
        state.moment(&self.confirmed, || format!("after create {name}"));
        drop(state);
        Ok(self.file(inode, name))
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        gate::pass();
        let mut state = self.lock();
        state.fail_early("remove", name, false)?;
        state.names.inode(name).ok_or_else(not_found)?;
        let sequence = state.next_sequence();
        state.names.remove(sequence, name);
        state.moment(&self.confirmed, || format!("after remove {name}"));
        Ok(())
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        gate::pass();
        let mut state = self.lock();
        state.fail_early("rename", from, false)?;
        let inode = state.names.inode(from).ok_or_else(not_found)?;
        let sequence = state.next_sequence();
        state.names.rename(sequence, from, to, inode);
        state.moment(&self.confirmed, || format!("after rename {from} to {to}"));
        Ok(())
    }

    fn list(&self, folder: &str) -> io::Result<Vec<String>> {
        let mut state = self.lock();
        state.fail_early("list", folder, true)?;
        Ok(state.names.list(folder))
    }

    fn create_folder(&self, folder: &str) -> io::Result<()> {
        gate::pass();
        let mut state = self.lock();
        let mut name = String::new();
        for part in folder.split('/') {
            if !name.is_empty() {
                name.push('/');
            }
            name.push_str(part);
            if !state.names.is_folder(&name) {
                state.fail_early("create folder", &name, false)?;
                let sequence = state.next_sequence();
                state.names.create_folder(sequence, &name);
                state.moment(&self.confirmed, || format!("after create folder {name}"));
            }
        }
        Ok(())
    }

    fn sync_folder(&self, folder: &str) -> io::Result<()> {
        gate::pass();
        let mut state = self.lock();
        state.moment(&self.confirmed, || {
            format!("before flush of folder {folder}")
        });
        state.fail_early("flush folder", folder, false)?;
        state.names.flush(Some(folder));
        state.moment(&self.confirmed, || {
            format!("after flush of folder {folder}")
        });
        Ok(())
    }

    fn sync_all(&self) -> io::Result<()> {
        gate::pass();
        let mut state = self.lock();
        state.moment(&self.confirmed, || "before flush of everything".to_owned());
        if let Some(kind) = state.operation("flush", "everything", false) {
            let mut rng = Rng::new(state.sequence);
            if kind == FaultKind::Drop {
                for inode in &mut state.inodes {
                    inode.flush_and_drop(&mut rng);
                }
            }
            return Err(kind.error());
        }
        for inode in &mut state.inodes {
            inode.flush();
        }
        state.names.flush(None);
        state.moment(&self.confirmed, || "after flush of everything".to_owned());
        Ok(())
    }
}

struct SimFile {
    disk: SimDisk,
    inode: usize,
    name: String,
}

impl DiskFile for SimFile {
    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        let mut state = self.disk.lock();
        state.fail_early("read", &self.name, true)?;
        let bytes = state.inodes[self.inode].bytes();
        let begin = usize::try_from(offset).map_or(bytes.len(), |offset| offset.min(bytes.len()));
        let length = buffer.len().min(bytes.len() - begin);
        buffer[..length].copy_from_slice(&bytes[begin..begin + length]);
        Ok(length)
    }

    fn write_at(&self, data: &[u8], offset: u64) -> io::Result<()> {
        gate::pass();
        let mut state = self.disk.lock();
        let offset = usize::try_from(offset).map_err(io::Error::other)?;
        let fault = state.operation("write", &self.name, false);
        let sequence = state.next_sequence();
        // A write that fails may have written a part.
        let written = match fault {
            Some(_) => Rng::new(sequence).index(data.len().max(1)),
            None => data.len(),
        };
        if written > 0 {
            state.inodes[self.inode].write(sequence, offset, &data[..written]);
        }
        if let Some(kind) = fault {
            return Err(kind.error());
        }
        state.moment(&self.disk.confirmed, || {
            format!("after write of {} bytes to {}", data.len(), self.name)
        });
        Ok(())
    }

    fn len(&self) -> io::Result<u64> {
        Ok(self.disk.lock().inodes[self.inode].bytes().len() as u64)
    }

    fn set_len(&self, length: u64) -> io::Result<()> {
        gate::pass();
        let mut state = self.disk.lock();
        let length = usize::try_from(length).map_err(io::Error::other)?;
        state.fail_early("set length", &self.name, false)?;
        let sequence = state.next_sequence();
        state.inodes[self.inode].set_length(sequence, length);
        state.moment(&self.disk.confirmed, || {
            format!("after set length of {} to {length}", self.name)
        });
        Ok(())
    }

    fn sync_data(&self) -> io::Result<()> {
        gate::pass();
        let mut state = self.disk.lock();
        state.moment(&self.disk.confirmed, || {
            format!("before flush of {}", self.name)
        });
        if let Some(kind) = state.operation("flush", &self.name, false) {
            if kind == FaultKind::Drop {
                let mut rng = Rng::new(state.sequence);
                state.inodes[self.inode].flush_and_drop(&mut rng);
            }
            return Err(kind.error());
        }
        state.inodes[self.inode].flush();
        state.moment(&self.disk.confirmed, || {
            format!("after flush of {}", self.name)
        });
        Ok(())
    }
}
