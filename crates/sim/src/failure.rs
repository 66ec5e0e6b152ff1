//! What a run has found.

use std::fmt;

/// Something that must never be, with all that is known about it.
#[derive(Debug, Clone)]
pub struct Failure(pub String);

impl Failure {
    /// Says where or when it was found.
    #[must_use]
    pub fn at(self, context: impl fmt::Display) -> Failure {
        Failure(format!("{context}: {}", self.0))
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Failure {}

/// A [`Failure`] unless the condition holds.
macro_rules! ensure {
    ($condition:expr, $($message:tt)+) => {
        if !$condition {
            return Err(crate::failure::Failure(format!($($message)+)).into());
        }
    };
}
pub(crate) use ensure;

/// Why a step did not do what was asked.
#[derive(Debug)]
pub(crate) enum Trouble {
    /// A promise was broken.
    Failed(Failure),
    /// Storage or the log said no, which is right only when the disk has failed.
    Refused(String),
}

impl From<Failure> for Trouble {
    fn from(failure: Failure) -> Trouble {
        Trouble::Failed(failure)
    }
}

impl From<holdfast_storage::StorageError> for Trouble {
    fn from(error: holdfast_storage::StorageError) -> Trouble {
        Trouble::Refused(format!("{:?}: {error}", error.kind))
    }
}

impl From<holdfast_journal::Error> for Trouble {
    fn from(error: holdfast_journal::Error) -> Trouble {
        Trouble::Refused(error.to_string())
    }
}
