//! What one commit changed: the record that the log keeps.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::patch::Run;

/// The size of a database page in bytes.
pub const PAGE_BYTES: usize = 4096;

/// A page of a database.
pub type Page = [u8; PAGE_BYTES];

/// A place in the order of all commits of a node, from 1. Zero is before the first.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
pub struct Position(pub u64);

impl Position {
    /// Before the first commit.
    pub const START: Position = Position(0);

    /// The position after this one.
    #[must_use]
    pub fn next(self) -> Position {
        Position(self.0 + 1)
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Whose database: the unique key of its class, and its id.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ObjectRef {
    /// The class's unique key, which is also the name of its data folder.
    pub class: Arc<str>,
    /// The id.
    pub id: [u8; 32],
}

impl fmt::Display for ObjectRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/", self.class)?;
        self.id.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// All that one transaction of one object changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Commit<'a> {
    /// Whose.
    pub object: ObjectRef,
    /// The name that the id was made from, when it became known with this commit.
    #[serde(borrow)]
    pub name: Option<Cow<'a, str>>,
    /// What the alarm is from now on (ms since 1970, or none), if the commit changed it.
    pub alarm: Option<Option<i64>>,
    /// Nothing of the database before this commit is part of the one after it.
    pub reset: bool,
    /// It takes the database back to an earlier state.
    pub restores: bool,
    /// Pages of the database after this commit.
    pub pages: u32,
    /// Numbers and new contents of the pages that changed. Numbers begin with 1, as SQLite's do.
    #[serde(borrow)]
    pub changes: Vec<(u32, Change<'a>)>,
}

/// How a page changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Change<'a> {
    /// Its whole new content: what it was before does not matter.
    Whole(#[serde(borrow, with = "serde_bytes")] Cow<'a, [u8]>),
    /// Ranges of bytes, to be put over the content that an earlier record gave it.
    Patch(#[serde(borrow)] Vec<Run<'a>>),
}

impl<'a> Commit<'a> {
    /// Appends the encoded record.
    pub(crate) fn encode(&self, out: Vec<u8>) -> Vec<u8> {
        postcard::to_extend(self, out).expect("a record in memory can be written to memory")
    }

    /// Reads a record that takes up all of `bytes`.
    ///
    /// # Errors
    /// The bytes are none. Since frames carry a checksum, that is a mistake of the program that wrote them.
    pub(crate) fn decode(bytes: &'a [u8]) -> Result<Commit<'a>> {
        let (commit, rest) = postcard::take_from_bytes::<Commit<'a>>(bytes)
            .map_err(|error| Error::Damaged(format!("a record cannot be read: {error}")))?;
        let whole = |change: &Change<'_>| match change {
            Change::Whole(bytes) => bytes.len() == PAGE_BYTES,
            Change::Patch(runs) => runs.iter().all(Run::is_inside),
        };
        if !rest.is_empty()
            || !commit
                .changes
                .iter()
                .all(|(number, change)| *number > 0 && whole(change))
        {
            return Err(Error::Damaged(
                "a record is longer than its contents, or changes what is no page".to_owned(),
            ));
        }
        Ok(commit)
    }
}
