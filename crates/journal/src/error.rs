//! What goes wrong with a data folder, in the words of whoever runs it.

use std::io;
use std::sync::Arc;

/// Result of what touches the log.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why the log cannot be read or written.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Error {
    /// The operating system refused.
    #[error("{doing} {name}: {error}")]
    Io {
        /// What was being done: "cannot write".
        doing: &'static str,
        /// The file, relative to the data folder.
        name: String,
        /// What the operating system said.
        error: Arc<io::Error>,
    },
    /// Something that was on the disk is not what was written there.
    #[error("{0}")]
    Damaged(String),
    /// The folder's contents are not the ones that belong together.
    #[error("{0}")]
    Foreign(String),
    /// The log has failed before; nothing more is written to it.
    #[error("the log takes no more commits since it failed: {0}")]
    Failed(Arc<Error>),
    /// The log was closed.
    #[error("the log is closed")]
    Closed,
}

impl Error {
    /// Wraps an error of the disk.
    pub fn io(doing: &'static str, name: impl Into<String>) -> impl FnOnce(io::Error) -> Error {
        let name = name.into();
        move |error| Error::Io {
            doing,
            name,
            error: Arc::new(error),
        }
    }

    /// Whether the disk is full: a matter that whoever runs the server can see to.
    pub fn is_disk_full(&self) -> bool {
        match self {
            Error::Io { error, .. } => matches!(
                error.kind(),
                io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded
            ),
            Error::Failed(error) => error.is_disk_full(),
            _ => false,
        }
    }
}
