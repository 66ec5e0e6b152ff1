//! Looking at an object from outside, while it runs or not.

use std::path::Path;
use std::rc::Rc;
use std::sync::{Arc, RwLockReadGuard};
use std::time::{Duration, Instant};

use holdfast_journal::{Disk, ObjectRef, PAGE_BYTES, Page};

use super::{Store, read};
use crate::database::{Database, Interrupter, Options};
use crate::error::{Result, StorageError};
use crate::overlay::{Overlay, Slot, page_offset};

/// How long a look at an object may keep checkpoints waiting.
const LOOK_MAX: Duration = Duration::from_secs(10);

/// An object's database as it was last committed, durable or not. Holding it keeps checkpoints from changing the
/// object's file, and nothing else from going on.
pub struct Snapshot<'a> {
    object: ObjectRef,
    slot: Arc<Slot>,
    disk: Arc<dyn Disk>,
    _files_stay: RwLockReadGuard<'a, ()>,
}

impl Store {
    /// The object's database as it is now; none if it has none.
    ///
    /// # Errors
    /// The object's file cannot be looked at.
    pub fn snapshot(&self, object: &ObjectRef) -> Result<Option<Snapshot<'_>>> {
        let shared = self.shared();
        let files_stay = read(&shared.files);
        let slot = shared
            .slot(object)
            .map_err(|error| StorageError::internal(format!("cannot open {object}: {error}")))?;
        let overlay = slot.lock().copy();
        shared.release(&slot);
        if overlay.size == 0 {
            return Ok(None);
        }
        Ok(Some(Snapshot {
            object: object.clone(),
            slot: Arc::new(Slot::new(object.clone(), overlay)),
            disk: Arc::clone(&shared.disk),
            _files_stay: files_stay,
        }))
    }
}

impl Snapshot<'_> {
    /// A database that can be read. What is written to it goes nowhere. A statement that runs for longer than
    /// ten seconds after this call is stopped: checkpoints wait meanwhile.
    pub fn database(&self) -> Database {
        let until = Instant::now() + LOOK_MAX;
        self.database_until(Rc::new(move || Instant::now() > until))
    }

    /// As [`Self::database`], for statements of ours, which end by themselves.
    pub(super) fn database_for_us(&self) -> Database {
        self.database_until(Rc::new(|| false))
    }

    fn database_until(&self, must_stop: Interrupter) -> Database {
        let (slot, disk) = (Arc::clone(&self.slot), Arc::clone(&self.disk));
        Database::of_snapshot(slot, disk, Options::default(), must_stop)
    }

    /// Bytes of the database.
    pub fn bytes(&self) -> u64 {
        u64::from(self.slot.lock().size) * PAGE_BYTES as u64
    }

    /// Writes an ordinary SQLite file, which must not exist yet.
    ///
    /// # Errors
    /// The operating system's; nothing is left then.
    pub fn export(&self, path: &Path) -> Result<()> {
        let result = self.write_to(path);
        if let Err(error) = &result
            && error.kind() != std::io::ErrorKind::AlreadyExists
        {
            let _ = std::fs::remove_file(path);
        }
        result.map_err(|error| {
            StorageError::internal(format!(
                "cannot export {} to {}: {error}",
                self.object,
                path.display()
            ))
        })
    }

    fn write_to(&self, path: &Path) -> std::io::Result<()> {
        use std::os::unix::fs::FileExt;
        let file = std::fs::File::create_new(path)?;
        let mut overlay = self.slot.lock();
        let mut page: Page = [0; PAGE_BYTES];
        for number in 1..=overlay.size {
            overlay.read(Some(&*self.disk), number, &mut page)?;
            file.write_all_at(&page, page_offset(number))?;
        }
        file.sync_all()
    }
}

impl Overlay {
    /// The same pages, for somebody else.
    fn copy(&self) -> Overlay {
        let mut copy = Overlay::new(self.home.copy(), self.last);
        copy.pages = self.pages.clone();
        copy.size = self.size;
        copy
    }
}

impl std::fmt::Debug for Snapshot<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Snapshot")
            .field("object", &self.object)
            .finish_non_exhaustive()
    }
}
