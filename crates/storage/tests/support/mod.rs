//! A data folder that tests open as often as they like.
#![allow(
    dead_code,
    unreachable_pub,
    reason = "not every test binary uses all of it"
)]

use std::cell::RefCell;
use std::path::PathBuf;
use std::sync::Arc;

use holdfast_journal::{LogOptions, ObjectRef, RealDisk, SystemClock};
use holdfast_storage::{Checkpointer, Database, Location, Options, Store, StoreOptions};

pub struct Folder {
    directory: tempfile::TempDir,
    store: RefCell<Option<Store>>,
}

/// Segments of a size that tests fill.
pub fn small() -> StoreOptions {
    StoreOptions {
        log: LogOptions {
            segment_bytes: 64 << 10,
            ..LogOptions::default()
        },
        ..StoreOptions::default()
    }
}

pub fn object(name: &str) -> ObjectRef {
    let mut id = [0; 32];
    id[..name.len()].copy_from_slice(name.as_bytes());
    ObjectRef {
        class: Arc::from("worker-Class"),
        id,
    }
}

impl Folder {
    pub fn new() -> Folder {
        Folder {
            directory: tempfile::tempdir().expect("a directory"),
            store: RefCell::new(None),
        }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    /// The store; recovered from the folder if it is not open.
    pub fn store(&self) -> Store {
        self.store
            .borrow_mut()
            .get_or_insert_with(|| {
                let disk = RealDisk::new(self.directory.path()).expect("a disk");
                Store::open(Arc::new(disk), Arc::new(SystemClock), small(), 1).expect("a store")
            })
            .clone()
    }

    /// Leaves the store as a crash would right after everything became durable. The next use recovers it.
    pub fn crash(&self) {
        if let Some(store) = self.store.take() {
            store.flush().expect("a flush");
        }
    }

    /// Leaves the store as a crash would before anything more became durable.
    pub fn crash_unflushed(&self) {
        self.store.take();
    }

    pub fn checkpoint(&self) {
        let store = self.store();
        Checkpointer::new(&store).run(true).expect("a checkpoint");
    }

    pub fn location(&self, name: &str) -> Location {
        Location::Object {
            store: self.store(),
            object: object(name),
            name: None,
        }
    }

    /// The object's database, of a store that was recovered if there was a crash.
    pub fn open(&self, name: &str) -> Database {
        Database::new(self.location(name), Options::default())
    }

    /// Where a checkpoint puts the object's database.
    pub fn file(&self, name: &str) -> PathBuf {
        let hex: String = object(name).id.iter().map(|b| format!("{b:02x}")).collect();
        self.path(&format!("objects/worker-Class/{hex}.sqlite"))
    }
}
