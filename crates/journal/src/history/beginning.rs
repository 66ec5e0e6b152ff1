//! Since when there is a history at all: one small file, written when it begins.

use crate::commit::Position;
use crate::disk::{Disk, read_all};
use crate::error::{Error, Result};

use super::{FOLDER, Moment};

const NAME: &str = "history/begin";
const MAGIC: &[u8; 8] = b"HFHISTBG";
const BYTES: usize = 52;

/// Where a history begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Beginning {
    /// The last checkpoint before it.
    pub round: u64,
    /// Objects can be taken back to positions from here on.
    pub moment: Moment,
}

impl Beginning {
    /// Reads it; none if there is none, if it is of another folder, or if a crash has torn it: then nothing was kept.
    ///
    /// # Errors
    /// The disk's.
    pub fn read(disk: &dyn Disk, node: u128) -> Result<Option<Beginning>> {
        let file = match disk.open(NAME) {
            Ok(file) => file,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(Error::io("cannot open", NAME)(error)),
        };
        let bytes = read_all(&*file).map_err(Error::io("cannot read", NAME))?;
        Ok(decode(&bytes, node))
    }

    /// Writes it; durable on return.
    ///
    /// # Errors
    /// The disk's.
    pub fn write(&self, disk: &dyn Disk, node: u128) -> Result<()> {
        disk.create_folder(FOLDER)
            .map_err(Error::io("cannot create", FOLDER))?;
        let file = disk
            .create(NAME)
            .map_err(Error::io("cannot create", NAME))?;
        file.write_at(&self.encode(node), 0)
            .map_err(Error::io("cannot write", NAME))?;
        file.sync_data().map_err(Error::io("cannot flush", NAME))?;
        for folder in [FOLDER, ""] {
            disk.sync_folder(folder)
                .map_err(Error::io("cannot flush", folder))?;
        }
        Ok(())
    }

    /// Removes it, and says whether there was one. It may be back after a crash, until the folder is flushed.
    ///
    /// # Errors
    /// The disk's.
    pub fn remove(disk: &dyn Disk) -> Result<bool> {
        match disk.remove(NAME) {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(false),
            Err(error) => Err(Error::io("cannot remove", NAME)(error)),
        }
    }

    fn encode(&self, node: u128) -> Vec<u8> {
        let mut bytes = MAGIC.to_vec();
        bytes.extend_from_slice(&node.to_le_bytes());
        for number in [self.round, self.moment.position.0, self.moment.time_ms] {
            bytes.extend_from_slice(&number.to_le_bytes());
        }
        let checksum = crc32fast::hash(&bytes);
        bytes.extend_from_slice(&checksum.to_le_bytes());
        bytes
    }
}

fn decode(bytes: &[u8], node: u128) -> Option<Beginning> {
    let bytes: &[u8; BYTES] = bytes.try_into().ok()?;
    let u64_at = |at: usize| u64::from_le_bytes(bytes[at..at + 8].try_into().expect("eight"));
    let beginning = Beginning {
        round: u64_at(24),
        moment: Moment {
            position: Position(u64_at(32)),
            time_ms: u64_at(40),
        },
    };
    // All fields are used, so equal bytes are the whole check: magic, node and checksum among them.
    (beginning.encode(node) == bytes).then_some(beginning)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_beginning_is_whole_or_none() {
        let beginning = Beginning {
            round: 3,
            moment: Moment {
                position: Position(7),
                time_ms: 11,
            },
        };
        let bytes = beginning.encode(5);
        assert_eq!(decode(&bytes, 5), Some(beginning));
        assert_eq!(decode(&bytes, 6), None, "of another folder");
        assert_eq!(decode(&bytes[..BYTES - 1], 5), None);
        for at in 0..BYTES {
            let mut bytes = bytes.clone();
            bytes[at] ^= 4;
            assert_eq!(decode(&bytes, 5), None, "byte {at}");
        }
    }
}
