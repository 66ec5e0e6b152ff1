//! The operating system's files.

use std::fs::{self, File};
use std::io;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustix::fs::{AtFlags, Dir, Mode, OFlags, mkdirat, openat, renameat, statat, unlinkat};
use rustix::io::{Errno, retry_on_intr};

use super::direct::DirectFile;
use super::{Disk, DiskFile};

/// Folders above the data folder that may be new with it: `.holdfast` and the project.
const PARENTS_FLUSHED: usize = 2;

/// A folder of the file system.
///
/// It is found by its path once and by its handle from then on. What is open already (the log, the superblock) stays
/// with a folder that is moved while it is used, so what is opened later must be found there too: a checkpoint that
/// put pages into whatever stands at the path by then, and its position into the old superblock, would lose them.
#[derive(Debug)]
pub struct RealDisk {
    /// For messages.
    root: PathBuf,
    folder: File,
}

impl RealDisk {
    /// The folder at `root`, which is created if need be.
    ///
    /// # Errors
    /// The operating system's.
    pub fn new(root: impl Into<PathBuf>) -> io::Result<RealDisk> {
        let root = root.into();
        fs::create_dir_all(&root)?;
        // A folder that was just made is not there after a crash before its parent is flushed, and so on upwards.
        for parent in root
            .canonicalize()?
            .ancestors()
            .skip(1)
            .take(PARENTS_FLUSHED)
        {
            // One that may not be read was not made by us.
            if let Ok(parent) = File::open(parent) {
                parent.sync_all()?;
            }
        }
        let folder = File::open(&root)?;
        Ok(RealDisk { root, folder })
    }

    fn open_as(&self, name: &str, flags: OFlags) -> io::Result<File> {
        let flags = flags | OFlags::CLOEXEC;
        let mode = Mode::from_raw_mode(0o666);
        let file = retry_on_intr(|| openat(&self.folder, here(name), flags, mode))?;
        Ok(File::from(file))
    }
}

/// A name as the system takes it: the data folder has none of its own.
fn here(name: &str) -> &str {
    if name.is_empty() { "." } else { name }
}

impl Disk for RealDisk {
    fn open(&self, name: &str) -> io::Result<Arc<dyn DiskFile>> {
        Ok(Arc::new(RealFile(self.open_as(name, OFlags::RDWR)?)))
    }

    fn open_log(&self, name: &str) -> io::Result<Arc<dyn DiskFile>> {
        let cached = self.open_as(name, OFlags::RDWR)?;
        match self.open_as(name, OFlags::RDWR | OFlags::DIRECT) {
            Ok(direct) => Ok(Arc::new(DirectFile::new(cached, direct))),
            // Not on this file system.
            Err(error) if error.kind() == io::ErrorKind::InvalidInput => {
                Ok(Arc::new(RealFile(cached)))
            }
            Err(error) => Err(error),
        }
    }

    fn place(&self, name: &str) -> String {
        self.root.join(name).display().to_string()
    }

    fn length(&self, name: &str) -> io::Result<u64> {
        let found = statat(&self.folder, here(name), AtFlags::empty())?;
        u64::try_from(found.st_size).map_err(io::Error::other)
    }

    fn create(&self, name: &str) -> io::Result<Arc<dyn DiskFile>> {
        let file = self.open_as(name, OFlags::RDWR | OFlags::CREATE)?;
        Ok(Arc::new(RealFile(file)))
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        Ok(unlinkat(&self.folder, name, AtFlags::empty())?)
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        Ok(renameat(&self.folder, from, &self.folder, to)?)
    }

    fn list(&self, folder: &str) -> io::Result<Vec<String>> {
        let entries = match self.open_as(folder, OFlags::RDONLY | OFlags::DIRECTORY) {
            Ok(folder) => Dir::read_from(folder)?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(error),
        };
        let mut names = Vec::new();
        for entry in entries {
            // A name that is not UTF-8 is none of ours.
            match entry?.file_name().to_str() {
                Ok("." | "..") | Err(_) => {}
                Ok(name) => names.push(name.to_owned()),
            }
        }
        names.sort_unstable();
        Ok(names)
    }

    fn create_folder(&self, folder: &str) -> io::Result<()> {
        let mut path = PathBuf::new();
        for part in Path::new(folder) {
            path.push(part);
            match mkdirat(&self.folder, &path, Mode::from_raw_mode(0o777)) {
                Ok(()) | Err(Errno::EXIST) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }

    fn sync_folder(&self, folder: &str) -> io::Result<()> {
        match folder {
            "" => self.folder.sync_all(),
            folder => self
                .open_as(folder, OFlags::RDONLY | OFlags::DIRECTORY)?
                .sync_all(),
        }
    }

    fn sync_all(&self) -> io::Result<()> {
        Ok(rustix::fs::syncfs(&self.folder)?)
    }
}

/// A file, through the system's cache.
pub(super) struct RealFile(pub(super) File);

impl DiskFile for RealFile {
    fn read_at(&self, mut buffer: &mut [u8], mut offset: u64) -> io::Result<usize> {
        let mut total = 0;
        while !buffer.is_empty() {
            match self.0.read_at(buffer, offset) {
                Ok(0) => break,
                Ok(read) => {
                    buffer = &mut buffer[read..];
                    offset += read as u64;
                    total += read;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(total)
    }

    fn write_at(&self, data: &[u8], offset: u64) -> io::Result<()> {
        self.0.write_all_at(data, offset)
    }

    fn len(&self) -> io::Result<u64> {
        Ok(self.0.metadata()?.len())
    }

    fn set_len(&self, length: u64) -> io::Result<()> {
        self.0.set_len(length)
    }

    fn sync_data(&self) -> io::Result<()> {
        self.0.sync_data()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_that_is_moved_away_stays_the_one_that_is_used() {
        let parent = tempfile::tempdir().unwrap();
        let (root, moved) = (parent.path().join("data"), parent.path().join("moved"));
        let disk = RealDisk::new(&root).unwrap();
        disk.create_folder("objects/ab").unwrap();
        disk.create("objects/ab/old").unwrap();
        fs::rename(&root, &moved).unwrap();
        fs::create_dir_all(root.join("objects/ab")).unwrap();

        disk.create_folder("objects/cd").unwrap();
        disk.create("objects/cd/new")
            .unwrap()
            .write_at(b"home", 0)
            .unwrap();
        disk.rename("objects/ab/old", "objects/ab/older").unwrap();
        assert_eq!(disk.list("objects/ab").unwrap(), ["older"]);
        assert_eq!(disk.length("objects/cd/new").unwrap(), 4);
        disk.open_log("objects/cd/new").unwrap();
        disk.sync_folder("objects/cd").unwrap();
        disk.remove("objects/ab/older").unwrap();

        assert_eq!(fs::read(moved.join("objects/cd/new")).unwrap(), b"home");
        assert_eq!(fs::read_dir(moved.join("objects/ab")).unwrap().count(), 0);
        assert_eq!(fs::read_dir(root.join("objects")).unwrap().count(), 1);
        assert_eq!(fs::read_dir(root.join("objects/ab")).unwrap().count(), 0);
    }

    #[test]
    fn what_is_not_there_is_not_found() {
        let folder = tempfile::tempdir().unwrap();
        let disk = RealDisk::new(folder.path()).unwrap();
        let missing = |error: io::Error| assert_eq!(error.kind(), io::ErrorKind::NotFound);
        missing(disk.open("log/a").err().unwrap());
        missing(disk.length("log/a").unwrap_err());
        missing(disk.remove("log/a").unwrap_err());
        assert_eq!(disk.list("log").unwrap(), Vec::<String>::new());
    }
}
