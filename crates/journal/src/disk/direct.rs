//! Files of the log, past the system's cache.
//!
//! What is written to the log is flushed at once and hardly ever read, so the cache would only be a detour: a copy, the
//! search for what is dirty, and memory that others could use.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use super::real::RealFile;
use super::{DiskFile, SECTOR_BYTES};

/// Where memory must begin: devices ask for their block size, which is this at most.
const ALIGNMENT: usize = 4096;

/// Bytes that are copied and written at once.
const PIECE_BYTES: usize = 1 << 20;

/// A file whose whole sectors are written directly, if its file system and device can do that.
pub(super) struct DirectFile {
    /// The same file, through the cache. The system keeps the two consistent.
    cached: RealFile,
    direct: File,
    /// Direct writes are refused: the device has larger sectors.
    refused: AtomicBool,
    /// Memory that is aligned as the device asks for, from some place on.
    buffer: Mutex<Vec<u8>>,
}

impl DirectFile {
    pub(super) fn new(cached: File, direct: File) -> DirectFile {
        DirectFile {
            cached: RealFile(cached),
            direct,
            refused: AtomicBool::new(false),
            buffer: Mutex::default(),
        }
    }

    fn write_direct(&self, data: &[u8], mut offset: u64) -> io::Result<()> {
        let mut buffer = self.buffer.lock().unwrap_or_else(PoisonError::into_inner);
        let needed = data.len().min(PIECE_BYTES) + ALIGNMENT;
        if buffer.len() < needed {
            buffer.resize(needed.next_power_of_two(), 0);
        }
        let begin = buffer.as_ptr().align_offset(ALIGNMENT);
        for piece in data.chunks(PIECE_BYTES) {
            let aligned = &mut buffer[begin..begin + piece.len()];
            aligned.copy_from_slice(piece);
            self.direct.write_all_at(aligned, offset)?;
            offset += piece.len() as u64;
        }
        Ok(())
    }
}

impl DiskFile for DirectFile {
    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        self.cached.read_at(buffer, offset)
    }

    fn write_at(&self, data: &[u8], offset: u64) -> io::Result<()> {
        let sector = SECTOR_BYTES as u64;
        let whole = offset.is_multiple_of(sector) && data.len().is_multiple_of(SECTOR_BYTES);
        if whole && !self.refused.load(Ordering::Relaxed) {
            match self.write_direct(data, offset) {
                // What has been written already is written again.
                Err(error) if error.kind() == io::ErrorKind::InvalidInput => {
                    self.refused.store(true, Ordering::Relaxed);
                }
                done => return done,
            }
        }
        self.cached.write_at(data, offset)
    }

    fn len(&self) -> io::Result<u64> {
        self.cached.len()
    }

    fn set_len(&self, length: u64) -> io::Result<()> {
        self.cached.set_len(length)
    }

    fn sync_data(&self) -> io::Result<()> {
        self.cached.sync_data()
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Disk, RealDisk};
    use super::*;

    #[test]
    fn what_is_written_directly_is_read_back() {
        let folder = tempfile::tempdir().unwrap();
        let disk = RealDisk::new(folder.path()).unwrap();
        disk.create("f").unwrap().set_len(3 << 20).unwrap();
        let file = disk.open_log("f").unwrap();
        // A sector, more than one piece, and what is no whole sector, over each other.
        let sector = vec![1; SECTOR_BYTES];
        let long: Vec<u8> = (0..PIECE_BYTES + SECTOR_BYTES)
            .map(|i| (i % 251) as u8)
            .collect();
        file.write_at(&long, 1024).unwrap();
        file.write_at(&sector, 512).unwrap();
        file.write_at(b"odd", 1023).unwrap();
        file.sync_data().unwrap();
        let mut expected = vec![0; 3 << 20];
        expected[1024..1024 + long.len()].copy_from_slice(&long);
        expected[512..1024].fill(1);
        expected[1023..1026].copy_from_slice(b"odd");
        let mut read = vec![9; expected.len()];
        assert_eq!(file.read_at(&mut read, 0).unwrap(), expected.len());
        assert!(read == expected, "the file holds what was written");
        assert_eq!(file.len().unwrap(), 3 << 20);
    }
}
