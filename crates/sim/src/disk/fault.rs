//! Operations that fail.

use std::io;

/// One operation that fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fault {
    /// Which, counted from 1 among those of its sort.
    pub at: u64,
    /// True: among those that read. False: among those that change or flush something.
    pub reads: bool,
    /// How.
    pub kind: FaultKind,
}

/// How an operation fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FaultKind {
    /// An I/O error. A write may have written a part, a flush has flushed nothing.
    Io,
    /// No space is left.
    Full,
    /// A flush fails and forgets what it could not write; the next one says that all is well. Anything else: as `Io`.
    Drop,
}

impl FaultKind {
    pub(super) fn error(self) -> io::Error {
        match self {
            FaultKind::Io | FaultKind::Drop => io::Error::other("an injected I/O error"),
            FaultKind::Full => io::Error::from(io::ErrorKind::StorageFull),
        }
    }
}
