//! A disk that keeps flushes waiting for as long as the test says.

use std::io;
use std::sync::{Arc, Condvar, Mutex};

use holdfast_storage::{Disk, DiskFile, RealDisk};

/// The real one, but for the time that its flushes take.
pub struct HeldDisk {
    disk: RealDisk,
    gate: Arc<Gate>,
}

#[derive(Default)]
struct Gate {
    held: Mutex<bool>,
    opened: Condvar,
}

impl Gate {
    fn pass(&self) {
        let held = self.held.lock().unwrap();
        drop(self.opened.wait_while(held, |held| *held).unwrap());
    }
}

impl HeldDisk {
    pub fn new(disk: RealDisk) -> HeldDisk {
        HeldDisk {
            disk,
            gate: Arc::default(),
        }
    }

    /// The way to say so.
    pub fn handle(&self) -> Handle {
        Handle(Arc::clone(&self.gate))
    }

    fn file(&self, file: Arc<dyn DiskFile>) -> Arc<dyn DiskFile> {
        Arc::new(HeldFile {
            file,
            gate: Arc::clone(&self.gate),
        })
    }
}

/// Says whether flushes wait. When it goes, none does, so that a test that fails can end.
pub struct Handle(Arc<Gate>);

impl Handle {
    /// From now on flushes wait.
    pub fn hold(&self) {
        *self.0.held.lock().unwrap() = true;
    }

    /// Flushes that wait go on.
    pub fn let_go(&self) {
        *self.0.held.lock().unwrap() = false;
        self.0.opened.notify_all();
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        self.let_go();
    }
}

impl Disk for HeldDisk {
    fn open(&self, name: &str) -> io::Result<Arc<dyn DiskFile>> {
        self.disk.open(name).map(|file| self.file(file))
    }

    fn create(&self, name: &str) -> io::Result<Arc<dyn DiskFile>> {
        self.disk.create(name).map(|file| self.file(file))
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        self.disk.remove(name)
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        self.disk.rename(from, to)
    }

    fn list(&self, folder: &str) -> io::Result<Vec<String>> {
        self.disk.list(folder)
    }

    fn create_folder(&self, folder: &str) -> io::Result<()> {
        self.disk.create_folder(folder)
    }

    fn sync_folder(&self, folder: &str) -> io::Result<()> {
        self.gate.pass();
        self.disk.sync_folder(folder)
    }

    fn sync_all(&self) -> io::Result<()> {
        self.gate.pass();
        self.disk.sync_all()
    }
}

struct HeldFile {
    file: Arc<dyn DiskFile>,
    gate: Arc<Gate>,
}

impl DiskFile for HeldFile {
    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        self.file.read_at(buffer, offset)
    }

    fn write_at(&self, data: &[u8], offset: u64) -> io::Result<()> {
        self.file.write_at(data, offset)
    }

    fn len(&self) -> io::Result<u64> {
        self.file.len()
    }

    fn set_len(&self, length: u64) -> io::Result<()> {
        self.file.set_len(length)
    }

    fn sync_data(&self) -> io::Result<()> {
        self.gate.pass();
        self.file.sync_data()
    }
}
