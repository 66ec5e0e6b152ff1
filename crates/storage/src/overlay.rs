//! The overlay: an object's pages that are newer than its file.
//!
//! A commit's pages go to the log and stay here, and a checkpoint takes them home later. Reads look here first, then
//! in the file. The overlay belongs to the node, not to a connection: an object that leaves memory and comes back
//! before the next checkpoint finds its pages here.

use std::collections::HashMap;
use std::io;
use std::sync::atomic::AtomicUsize;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use holdfast_journal::{Disk, DiskFile, ObjectRef, PAGE_BYTES, Page, Position};

/// An object's place in the store: shared by its connection and the checkpointer.
pub(crate) struct Slot {
    pub(crate) object: ObjectRef,
    /// Who uses it, connections and looks from outside. Changed under the lock of the store's slots only.
    pub(crate) users: AtomicUsize,
    state: Mutex<Overlay>,
}

/// A page that is not home yet.
#[derive(Clone)]
pub(crate) struct Held {
    pub(crate) page: Arc<Page>,
    /// The epoch in which the log last got it whole.
    pub(crate) epoch: u64,
}

/// What is known of an object's database beyond its file.
pub(crate) struct Overlay {
    pub(crate) pages: HashMap<u32, Held>,
    /// Pages of the database, as last committed.
    pub(crate) size: u32,
    pub(crate) home: Home,
    /// Position of the last commit; that of the log when the slot was made, if there was none since.
    pub(crate) last: Position,
    /// The position whose state the file shows.
    pub(crate) home_position: Position,
    /// It is in the store's list of what a checkpoint has to take home.
    pub(crate) listed: bool,
    /// The catalogue knows the name, or will with the next checkpoint.
    pub(crate) named: bool,
}

/// The object's file.
pub(crate) struct Home {
    name: String,
    /// Pages of the file that count. Zero after everything was deleted, until a checkpoint cuts the file.
    pub(crate) valid: u32,
    /// Pages that the file has.
    pub(crate) pages: u32,
    /// While a checkpoint writes the file: pages of what it writes that will count.
    coming: Option<u32>,
    /// Open since it was first read.
    file: Option<Arc<dyn DiskFile>>,
    /// The last read failed, which was said.
    failing: bool,
}

impl Slot {
    pub(crate) fn new(object: ObjectRef, overlay: Overlay) -> Slot {
        Slot {
            object,
            users: AtomicUsize::new(0),
            state: Mutex::new(overlay),
        }
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, Overlay> {
        // A thread that panicked in here has ended the process, or is about to.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Overlay {
    /// Of an object whose file, if there is one, has `pages` pages.
    pub(crate) fn new(home: Home, position: Position) -> Overlay {
        Overlay {
            pages: HashMap::new(),
            size: home.valid,
            home,
            last: position,
            home_position: position,
            listed: false,
            named: false,
        }
    }

    /// A committed page; zeros where nothing was ever written.
    pub(crate) fn read(
        &mut self,
        disk: Option<&dyn Disk>,
        number: u32,
        page: &mut Page,
    ) -> io::Result<()> {
        if let Some(held) = self.pages.get(&number) {
            *page = *held.page;
            return Ok(());
        }
        self.read_home(disk, number, page)
    }

    /// Part of a committed page: SQLite reads the header of the first one alone.
    pub(crate) fn read_part(
        &mut self,
        disk: Option<&dyn Disk>,
        number: u32,
        offset: usize,
        buffer: &mut [u8],
    ) -> io::Result<()> {
        if let Some(held) = self.pages.get(&number) {
            buffer.copy_from_slice(&held.page[offset..offset + buffer.len()]);
            return Ok(());
        }
        self.home
            .read(disk, page_offset(number) + offset as u64, number, buffer)
    }

    pub(crate) fn read_home(
        &mut self,
        disk: Option<&dyn Disk>,
        number: u32,
        page: &mut Page,
    ) -> io::Result<()> {
        self.home.read(disk, page_offset(number), number, page)
    }

    /// The database has `size` pages from now on. After a reset none of them is what it was.
    pub(crate) fn resize(&mut self, reset: bool, size: u32) {
        let kept = match reset {
            true => 0,
            false => size,
        };
        if kept < self.size {
            self.pages.retain(|number, _| *number <= kept);
            self.home.cut(kept);
        }
        self.size = size;
    }

    /// Whether the file says it all. Not so after a checkpoint that failed, whatever it has written.
    pub(crate) fn is_home(&self) -> bool {
        !self.listed && self.home.coming.is_none()
    }

    /// Lets go of the file until it is read again.
    pub(crate) fn close_file(&mut self) {
        self.home.file = None;
    }

    /// Bytes of pages held.
    pub(crate) fn bytes(&self) -> usize {
        self.pages.len() * PAGE_BYTES
    }
}

impl Home {
    /// The file of this name, which has this many pages; none if it does not exist.
    pub(crate) fn new(name: String, pages: u32) -> Home {
        Home {
            name,
            valid: pages,
            pages,
            coming: None,
            file: None,
            failing: false,
        }
    }

    /// The same file, for somebody else.
    pub(crate) fn copy(&self) -> Home {
        Home {
            name: self.name.clone(),
            valid: self.valid,
            pages: self.pages,
            coming: None,
            file: None,
            failing: false,
        }
    }

    /// No page behind `pages` counts any more.
    fn cut(&mut self, pages: u32) {
        self.valid = self.valid.min(pages);
        self.coming = self.coming.map(|coming| coming.min(pages));
    }

    /// A checkpoint begins to write a database of `pages` pages.
    pub(crate) fn leaves(&mut self, pages: u32) {
        self.coming = Some(pages);
    }

    /// It has written them, durably.
    pub(crate) fn came_home(&mut self, pages: u32) {
        self.pages = pages;
        self.valid = self.coming.take().unwrap_or(0);
        if pages == 0 {
            // The file was removed; the next one is another.
            self.file = None;
        }
    }

    fn read(
        &mut self,
        disk: Option<&dyn Disk>,
        offset: u64,
        number: u32,
        buffer: &mut [u8],
    ) -> io::Result<()> {
        let Some(disk) = disk.filter(|_| number <= self.valid) else {
            buffer.fill(0);
            return Ok(());
        };
        let result = self.read_file(disk, offset, buffer);
        if let Err(error) = &result
            && !self.failing
        {
            // The program learns of an I/O error and no more.
            tracing::error!(
                "cannot read {}: {error}; {}",
                disk.place(&self.name),
                next_step(error)
            );
        }
        self.failing = result.is_err();
        result
    }

    fn read_file(&mut self, disk: &dyn Disk, offset: u64, buffer: &mut [u8]) -> io::Result<()> {
        let file = match &self.file {
            Some(file) => file,
            None => self.file.insert(disk.open(&self.name)?),
        };
        let read = file.read_at(buffer, offset)?;
        if read < buffer.len() {
            return Err(io::Error::new(
                io::ErrorKind::UnexpectedEof,
                "the file is shorter than it was",
            ));
        }
        Ok(())
    }
}

/// What whoever runs the server can do about a file that cannot be read.
fn next_step(error: &io::Error) -> &'static str {
    match error.kind() {
        io::ErrorKind::PermissionDenied => "give this user the right to read and write it",
        io::ErrorKind::NotFound | io::ErrorKind::UnexpectedEof => {
            "stop the server and put the data folder back from a copy"
        }
        _ if error
            .raw_os_error()
            .is_some_and(|code| [ENFILE, EMFILE].contains(&code)) =>
        {
            "raise the limit on open files (ulimit -n)"
        }
        _ => "check the disk; the object can be used again when it can be read",
    }
}

/// Too many open files, in the system or in the process.
const ENFILE: i32 = 23;
const EMFILE: i32 = 24;

/// Where a page begins. Numbers begin with 1.
pub(crate) fn page_offset(number: u32) -> u64 {
    u64::from(number - 1) * PAGE_BYTES as u64
}
