//! The disk as the log and the storage above it see it: a folder of files that can be flushed.
//!
//! Everything durable goes through [`Disk`], so that the simulator can put its own in place of the real one and
//! lose, tear and reorder whatever was not flushed. Names are relative to the data folder, with `/` between parts.
//!
//! What may be assumed of a disk, and nothing more:
//! * what was written before a flush that succeeded is there after a crash;
//! * of what was written since, any part may be there, in units of [`SECTOR_BYTES`], in any order; a sector that
//!   was being written may hold neither the old bytes nor the new ones;
//! * a file that was created, renamed or removed since its folder was flushed may be there under either name, or not.

mod direct;
mod real;

use std::io;
use std::sync::Arc;

pub use real::RealDisk;

/// The unit in which a write may be torn.
pub const SECTOR_BYTES: usize = 512;

/// A data folder.
pub trait Disk: Send + Sync + 'static {
    /// Opens a file that exists.
    ///
    /// # Errors
    /// `NotFound` if there is none; the operating system's others.
    fn open(&self, name: &str) -> io::Result<Arc<dyn DiskFile>>;

    /// Where a file is, for whoever has to look at it.
    fn place(&self, name: &str) -> String {
        name.to_owned()
    }

    /// Length of a file in bytes.
    ///
    /// # Errors
    /// `NotFound` if there is none; the operating system's others.
    fn length(&self, name: &str) -> io::Result<u64> {
        self.open(name)?.len()
    }

    /// Opens a file, creating it (empty) if there is none; its folder must exist.
    ///
    /// # Errors
    /// The operating system's.
    fn create(&self, name: &str) -> io::Result<Arc<dyn DiskFile>>;

    /// Opens a file of the log that exists: most of its writes are whole sectors, each followed by a flush.
    ///
    /// # Errors
    /// As for [`Self::open`].
    fn open_log(&self, name: &str) -> io::Result<Arc<dyn DiskFile>> {
        self.open(name)
    }

    /// Removes a file.
    ///
    /// # Errors
    /// `NotFound` if there is none; the operating system's others.
    fn remove(&self, name: &str) -> io::Result<()>;

    /// Renames a file within its folder; one of the new name is replaced.
    ///
    /// # Errors
    /// The operating system's.
    fn rename(&self, from: &str, to: &str) -> io::Result<()>;

    /// Names of the files and folders in a folder, sorted; none if the folder does not exist.
    ///
    /// # Errors
    /// The operating system's.
    fn list(&self, folder: &str) -> io::Result<Vec<String>>;

    /// Creates a folder and those above it, if need be.
    ///
    /// # Errors
    /// The operating system's.
    fn create_folder(&self, folder: &str) -> io::Result<()>;

    /// Flushes the names in a folder (`""` is the data folder itself).
    ///
    /// # Errors
    /// The operating system's.
    fn sync_folder(&self, folder: &str) -> io::Result<()>;

    /// Flushes everything: the contents and names of all files of the data folder.
    ///
    /// # Errors
    /// The operating system's, also for writes that were accepted long before.
    fn sync_all(&self) -> io::Result<()>;
}

/// An open file.
pub trait DiskFile: Send + Sync {
    /// Reads at `offset` until `buffer` is full or the file ends, and says how much that was.
    ///
    /// # Errors
    /// The operating system's.
    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize>;

    /// Writes all of `data` at `offset`, growing the file if need be.
    ///
    /// # Errors
    /// The operating system's; then any part may have been written.
    fn write_at(&self, data: &[u8], offset: u64) -> io::Result<()>;

    /// Length in bytes.
    ///
    /// # Errors
    /// The operating system's.
    fn len(&self) -> io::Result<u64>;

    /// Whether the file has no bytes.
    ///
    /// # Errors
    /// The operating system's.
    fn is_empty(&self) -> io::Result<bool> {
        self.len().map(|length| length == 0)
    }

    /// Cuts the file, or extends it by zeros.
    ///
    /// # Errors
    /// The operating system's.
    fn set_len(&self, length: u64) -> io::Result<()>;

    /// Flushes the contents and the length (`fdatasync`).
    ///
    /// # Errors
    /// The operating system's. A flush that failed must not be tried again: the system may have dropped what it
    /// could not write, and say that all is well the next time.
    fn sync_data(&self) -> io::Result<()>;
}

/// Reads a whole file.
///
/// # Errors
/// The disk's.
pub fn read_all(file: &dyn DiskFile) -> io::Result<Vec<u8>> {
    let length = usize::try_from(file.len()?).map_err(io::Error::other)?;
    let mut bytes = vec![0; length];
    let read = file.read_at(&mut bytes, 0)?;
    bytes.truncate(read);
    Ok(bytes)
}
