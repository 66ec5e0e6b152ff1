//! A disk that fails after a number of operations, in the middle of the last one, and a clock that is set.

use std::io;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use holdfast_journal::{Clock, Disk, DiskFile, RealDisk};

/// What changes the disk counts down; at zero everything fails until the disk is mended.
#[derive(Default)]
pub(crate) struct Countdown {
    left: AtomicU64,
    /// Done once, in the middle of the next flush of everything.
    during_flush: Mutex<Option<Box<dyn FnOnce() + Send>>>,
}

impl Countdown {
    pub(crate) fn set(&self, operations: u64) {
        self.left.store(operations, Ordering::Relaxed);
    }

    pub(crate) fn during_flush(&self, what: impl FnOnce() + Send + 'static) {
        *self.during_flush.lock().unwrap() = Some(Box::new(what));
    }

    /// Whether the operation may happen, and whether it is the last that is begun.
    fn take(&self) -> io::Result<bool> {
        let left = self.left.load(Ordering::Relaxed);
        if left == 0 {
            return Err(io::Error::other("the disk is gone"));
        }
        self.left.store(left - 1, Ordering::Relaxed);
        Ok(left == 1)
    }

    fn whole(&self) -> io::Result<()> {
        match self.take()? {
            true => Err(io::Error::other("the disk goes")),
            false => Ok(()),
        }
    }
}

pub(crate) struct FailingDisk {
    pub(crate) disk: RealDisk,
    pub(crate) countdown: Arc<Countdown>,
}

struct FailingFile {
    file: Arc<dyn DiskFile>,
    countdown: Arc<Countdown>,
}

impl FailingDisk {
    fn wrap(&self, file: Arc<dyn DiskFile>) -> Arc<dyn DiskFile> {
        Arc::new(FailingFile {
            file,
            countdown: Arc::clone(&self.countdown),
        })
    }
}

impl Disk for FailingDisk {
    fn open(&self, name: &str) -> io::Result<Arc<dyn DiskFile>> {
        Ok(self.wrap(self.disk.open(name)?))
    }

    fn create(&self, name: &str) -> io::Result<Arc<dyn DiskFile>> {
        self.countdown.whole()?;
        Ok(self.wrap(self.disk.create(name)?))
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        self.countdown.whole()?;
        self.disk.remove(name)
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        self.countdown.whole()?;
        self.disk.rename(from, to)
    }

    fn list(&self, folder: &str) -> io::Result<Vec<String>> {
        self.disk.list(folder)
    }

    fn create_folder(&self, folder: &str) -> io::Result<()> {
        self.countdown.whole()?;
        self.disk.create_folder(folder)
    }

    fn sync_folder(&self, _: &str) -> io::Result<()> {
        self.countdown.whole()
    }

    fn sync_all(&self) -> io::Result<()> {
        let what = self.countdown.during_flush.lock().unwrap().take();
        if let Some(what) = what {
            what();
        }
        self.countdown.whole()
    }
}

impl DiskFile for FailingFile {
    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        self.file.read_at(buffer, offset)
    }

    fn write_at(&self, data: &[u8], offset: u64) -> io::Result<()> {
        match self.countdown.take()? {
            false => self.file.write_at(data, offset),
            true => {
                self.file.write_at(&data[..data.len() / 2], offset)?;
                Err(io::Error::other("the disk goes"))
            }
        }
    }

    fn len(&self) -> io::Result<u64> {
        self.file.len()
    }

    fn set_len(&self, length: u64) -> io::Result<()> {
        self.countdown.whole()?;
        self.file.set_len(length)
    }

    fn sync_data(&self) -> io::Result<()> {
        self.countdown.whole()
    }
}

/// A clock that stands still until it is set.
#[derive(Default)]
pub(crate) struct SetClock {
    now_ms: AtomicU64,
}

impl SetClock {
    pub(crate) fn set(&self, now_ms: u64) {
        self.now_ms.store(now_ms, Ordering::Relaxed);
    }

    pub(crate) fn get(&self) -> u64 {
        self.now_ms.load(Ordering::Relaxed)
    }
}

impl Clock for SetClock {
    fn now_ms(&self) -> u64 {
        self.get()
    }
}
