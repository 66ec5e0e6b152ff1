//! The data folder's identity, and where replay begins: two sectors that say the same.
//!
//! The file is the last thing a checkpoint writes: first one copy, and when that is durable the other. So one of them is
//! always whole, whenever a crash tears the write; and at rest either may be damaged without harm. (With copies that
//! were written in turn, a damaged newer one would make the older one count, whose log has been let go of.) A folder
//! without this file is empty, or none of ours.

use std::sync::Arc;

use crate::commit::Position;
use crate::disk::{Disk, DiskFile, SECTOR_BYTES, read_all};
use crate::error::{Error, Result};

/// The file's name.
pub const SUPERBLOCK: &str = "holdfast";
/// The name of the file that a running node holds a lock on.
pub const LOCK: &str = "lock";
const MAGIC: &[u8; 8] = b"HOLDFAST";

/// Version of everything in the data folder.
const FORMAT: u32 = 1;

const COPIES: u64 = 2;

/// Where the fields end that every version writes, and where those that came later do. Their checksums stand behind them.
const FIELDS_END: usize = 56;
const LATER_FIELDS: usize = 64;
const LATER_FIELDS_END: usize = 72;

/// What the superblock says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct State {
    /// Random, made with the folder: every segment repeats it.
    pub node: u128,
    /// Number of the last checkpoint that was completed.
    pub round: u64,
    /// All commits up to this position are in the objects' files.
    pub home: Position,
    /// The highest position whose effects any object's file may show after that round.
    pub snapshot: Position,
    /// No commit up to there was flushed later than this, in ms since 1970. The segments that say when it was need not be
    /// read again, and may be gone.
    pub time_ms: u64,
}

impl State {
    /// That of a new folder.
    pub fn new(node: u128) -> State {
        State {
            node,
            round: 0,
            home: Position::START,
            snapshot: Position::START,
            time_ms: 0,
        }
    }
}

/// The open superblock.
pub struct Superblock {
    file: Arc<dyn DiskFile>,
    state: State,
}

impl Superblock {
    /// Reads it; none if the folder has none.
    ///
    /// # Errors
    /// [`Error::Foreign`] for another format; [`Error::Damaged`] if no copy is whole; the disk's.
    pub fn read(disk: &dyn Disk) -> Result<Option<Superblock>> {
        let file = match disk.open(SUPERBLOCK) {
            Ok(file) => file,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(Error::io("cannot open", SUPERBLOCK)(error)),
        };
        let bytes = read_all(&*file).map_err(Error::io("cannot read", SUPERBLOCK))?;
        let copies = bytes.chunks_exact(SECTOR_BYTES).take(COPIES as usize);
        let mut newest: Option<State> = None;
        for sector in copies {
            if let Some(state) = decode(sector)?
                && newest.is_none_or(|known| known.round <= state.round)
            {
                newest = Some(state);
            }
        }
        match newest {
            Some(state) => Ok(Some(Superblock { file, state })),
            // The first write of all was cut off: nothing else was ever written.
            None if is_alone(disk)? => Ok(None),
            None => Err(Error::Damaged(format!(
                "the file {SUPERBLOCK} is damaged: it does not say where the log begins"
            ))),
        }
    }

    /// Writes the first one of a new folder.
    ///
    /// # Errors
    /// The disk's.
    pub fn create(disk: &dyn Disk, node: u128) -> Result<Superblock> {
        let file = disk
            .create(SUPERBLOCK)
            .map_err(Error::io("cannot create", SUPERBLOCK))?;
        let mut superblock = Superblock {
            file,
            state: State::new(node),
        };
        superblock.settle(disk)?;
        Ok(superblock)
    }

    /// Makes durable what was read, in both copies: a process that was killed may have left it to the system's memory
    /// alone, and whatever is done on its word would outlive it.
    ///
    /// # Errors
    /// The disk's.
    pub fn settle(&mut self, disk: &dyn Disk) -> Result<()> {
        self.write(self.state)?;
        disk.sync_folder("")
            .map_err(Error::io("cannot flush", "the data folder"))
    }

    /// What it says.
    pub fn state(&self) -> State {
        self.state
    }

    /// Replaces it; durable on return.
    ///
    /// # Errors
    /// The disk's.
    pub fn write(&mut self, state: State) -> Result<()> {
        for copy in 0..COPIES {
            self.file
                .write_at(&encode(state), copy * SECTOR_BYTES as u64)
                .map_err(Error::io("cannot write", SUPERBLOCK))?;
            self.file
                .sync_data()
                .map_err(Error::io("cannot flush", SUPERBLOCK))?;
        }
        self.state = state;
        Ok(())
    }
}

/// Whether the folder has neither a log nor objects.
fn is_alone(disk: &dyn Disk) -> Result<bool> {
    let names = disk
        .list("")
        .map_err(Error::io("cannot list", "the data folder"))?;
    Ok(names
        .iter()
        .all(|name| [SUPERBLOCK, LOCK].contains(&name.as_str())))
}

fn encode(state: State) -> [u8; SECTOR_BYTES] {
    let mut sector = [0; SECTOR_BYTES];
    sector[..8].copy_from_slice(MAGIC);
    sector[8..12].copy_from_slice(&FORMAT.to_le_bytes());
    sector[16..32].copy_from_slice(&state.node.to_le_bytes());
    sector[32..40].copy_from_slice(&state.round.to_le_bytes());
    sector[40..48].copy_from_slice(&state.home.0.to_le_bytes());
    sector[48..56].copy_from_slice(&state.snapshot.0.to_le_bytes());
    seal(&mut sector, FIELDS_END);
    sector[LATER_FIELDS..LATER_FIELDS_END].copy_from_slice(&state.time_ms.to_le_bytes());
    seal(&mut sector, LATER_FIELDS_END);
    sector
}

/// Puts the checksum of all before `end` there.
fn seal(sector: &mut [u8; SECTOR_BYTES], end: usize) {
    let checksum = crc32fast::hash(&sector[..end]);
    sector[end..end + 4].copy_from_slice(&checksum.to_le_bytes());
}

/// None for a copy that was never written or is torn.
fn decode(sector: &[u8]) -> Result<Option<State>> {
    let u32_at = |at: usize| u32::from_le_bytes(sector[at..at + 4].try_into().expect("four"));
    let u64_at = |at: usize| u64::from_le_bytes(sector[at..at + 8].try_into().expect("eight"));
    let is_sealed = |end: usize| crc32fast::hash(&sector[..end]) == u32_at(end);
    if &sector[..8] != MAGIC || !is_sealed(FIELDS_END) {
        return Ok(None);
    }
    let format = u32_at(8);
    if format != FORMAT {
        return Err(Error::Foreign(format!(
            "the data folder has format {format}, and this version of Holdfast reads format {FORMAT}"
        )));
    }
    // Versions that did not know the later fields have left zeros.
    let has_later_fields = sector[LATER_FIELDS..].iter().any(|byte| *byte != 0);
    if has_later_fields && !is_sealed(LATER_FIELDS_END) {
        return Ok(None);
    }
    Ok(Some(State {
        node: u128::from_le_bytes(sector[16..32].try_into().expect("sixteen")),
        round: u64_at(32),
        home: Position(u64_at(40)),
        snapshot: Position(u64_at(48)),
        time_ms: u64_at(LATER_FIELDS),
    }))
}

#[cfg(test)]
mod tests {
    use tempfile::TempDir;

    use super::*;
    use crate::disk::RealDisk;

    const STATE: State = State {
        node: 7,
        round: 3,
        home: Position(40),
        snapshot: Position(41),
        time_ms: 1_700_000_000_123,
    };

    struct Folder {
        folder: TempDir,
        disk: RealDisk,
    }

    impl Folder {
        fn new() -> Folder {
            let folder = TempDir::new().unwrap();
            let disk = RealDisk::new(folder.path()).unwrap();
            let mut superblock = Superblock::create(&disk, STATE.node).unwrap();
            superblock.write(STATE).unwrap();
            Folder { folder, disk }
        }

        fn change(&self, change: impl FnOnce(&mut [u8])) {
            let path = self.folder.path().join(SUPERBLOCK);
            let mut bytes = std::fs::read(&path).unwrap();
            change(&mut bytes);
            std::fs::write(path, bytes).unwrap();
        }

        fn read(&self) -> Result<State> {
            // With a log, it is not taken for one that was never written.
            std::fs::create_dir_all(self.folder.path().join("log")).unwrap();
            Superblock::read(&self.disk).map(|superblock| superblock.unwrap().state())
        }
    }

    #[test]
    fn what_was_written_is_read() {
        assert_eq!(Folder::new().read().unwrap(), STATE);
    }

    #[test]
    fn one_without_a_time_is_read_too() {
        let folder = Folder::new();
        folder.change(|bytes| {
            for sector in bytes.chunks_exact_mut(SECTOR_BYTES) {
                sector[FIELDS_END + 4..].fill(0);
            }
        });
        let expected = State {
            time_ms: 0,
            ..STATE
        };
        assert_eq!(folder.read().unwrap(), expected);
    }

    #[test]
    fn any_damage_to_one_copy_leaves_the_other_to_be_read() {
        for copy in 0..COPIES as usize {
            for at in (0..FIELDS_END + 4).chain(LATER_FIELDS..LATER_FIELDS_END + 4) {
                let folder = Folder::new();
                folder.change(|bytes| bytes[copy * SECTOR_BYTES + at] ^= 4);
                assert_eq!(folder.read().unwrap(), STATE, "byte {at} of copy {copy}");
            }
        }
    }

    #[test]
    fn damage_to_both_copies_is_an_error() {
        for at in [0, 50, LATER_FIELDS] {
            let folder = Folder::new();
            folder.change(|bytes| {
                bytes[at] ^= 4;
                bytes[SECTOR_BYTES + at] ^= 4;
            });
            let error = folder.read().unwrap_err();
            assert!(matches!(error, Error::Damaged(_)), "byte {at}: {error}");
        }
    }
}
