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
        let state = State {
            node,
            round: 0,
            home: Position::START,
            snapshot: Position::START,
        };
        let mut superblock = Superblock { file, state };
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
    let checksum = crc32fast::hash(&sector[..56]);
    sector[56..60].copy_from_slice(&checksum.to_le_bytes());
    sector
}

/// None for a copy that was never written or is torn.
fn decode(sector: &[u8]) -> Result<Option<State>> {
    let u32_at = |at: usize| u32::from_le_bytes(sector[at..at + 4].try_into().expect("four"));
    let u64_at = |at: usize| u64::from_le_bytes(sector[at..at + 8].try_into().expect("eight"));
    if &sector[..8] != MAGIC || crc32fast::hash(&sector[..56]) != u32_at(56) {
        return Ok(None);
    }
    let format = u32_at(8);
    if format != FORMAT {
        return Err(Error::Foreign(format!(
            "the data folder has format {format}, and this version of Holdfast reads format {FORMAT}"
        )));
    }
    Ok(Some(State {
        node: u128::from_le_bytes(sector[16..32].try_into().expect("sixteen")),
        round: u64_at(32),
        home: Position(u64_at(40)),
        snapshot: Position(u64_at(48)),
    }))
}
