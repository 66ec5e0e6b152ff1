//! What goes wrong, in the words a program sees.
//!
//! The message of a [`StorageError`] is exactly the `message` of the JavaScript exception; its [`ErrorKind`] says which
//! class the exception has and whether the object survives. SQLite's errors are rendered as
//! `<text>[ at offset <n>]: <CODE>[ (extended: <EXTENDED CODE>)]`.

use std::collections::hash_map::RandomState;
use std::fmt;
use std::hash::{BuildHasher, Hasher};

use rusqlite::ffi;

/// Result of every storage operation.
pub type Result<T, E = StorageError> = std::result::Result<T, E>;

/// What a [`StorageError`] means for the program and for the object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// A plain `Error` that the program may catch and carry on.
    Error,
    /// A `TypeError`: an argument outside its domain.
    TypeError,
    /// A `RangeError`.
    RangeError,
    /// A defect or an environment failure that must not leak its text to callers: shown as an internal error.
    Internal,
    /// The object is broken: its last turn is lost, every later storage call repeats this error, and the instance
    /// must be dropped and started again from the last commit.
    Critical,
}

/// A failed storage operation.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct StorageError {
    /// Class of the error and what it means for the object.
    pub kind: ErrorKind,
    /// The exact text shown to the program (for [`ErrorKind::Internal`]: the text for the operator's log).
    pub message: String,
}

impl StorageError {
    pub(crate) fn new(kind: ErrorKind, message: impl Into<String>) -> StorageError {
        StorageError {
            kind,
            message: message.into(),
        }
    }

    /// A plain `Error`.
    pub(crate) fn error(message: impl Into<String>) -> StorageError {
        StorageError::new(ErrorKind::Error, message)
    }

    pub(crate) fn internal(message: impl Into<String>) -> StorageError {
        StorageError::new(ErrorKind::Internal, message)
    }
}

/// A number by which a caller's error finds the line of the operator's log that says what happened.
pub fn reference() -> String {
    // Each of the standard library's hashers begins with bits that nobody can guess.
    format!("{:016x}", RandomState::new().build_hasher().finish())
}

/// An error as SQLite reported it, before its place in the object's life is known.
#[derive(Clone, Debug)]
pub(crate) struct SqliteFailure {
    /// Extended result code.
    pub(crate) code: i32,
    /// `sqlite3_errmsg`.
    pub(crate) text: String,
    /// Byte offset in the statement's text, when SQLite knows it.
    pub(crate) offset: Option<u32>,
}

impl SqliteFailure {
    /// The low byte of the result code.
    pub(crate) fn primary(&self) -> i32 {
        self.code & 0xff
    }

    /// True for the failures after which SQLite may have rolled the transaction back by itself.
    pub(crate) fn may_roll_back(&self) -> bool {
        matches!(
            self.primary(),
            ffi::SQLITE_FULL | ffi::SQLITE_IOERR | ffi::SQLITE_NOMEM
        )
    }

    /// True if SQLite did not understand a statement at one of these words.
    pub(crate) fn is_syntax_error_at(&self, words: &[&str]) -> bool {
        let word = self
            .text
            .strip_prefix("near \"")
            .and_then(|rest| rest.strip_suffix("\": syntax error"));
        word.is_some_and(|word| words.iter().any(|known| known.eq_ignore_ascii_case(word)))
    }

    /// The same with another text, about this place.
    pub(crate) fn at(self, text: String, offset: usize) -> SqliteFailure {
        SqliteFailure {
            text,
            offset: u32::try_from(offset).ok(),
            ..self
        }
    }

    /// True if the statement was stopped by its database's interrupter: nothing else interrupts.
    pub(crate) fn is_interruption(&self) -> bool {
        self.primary() == ffi::SQLITE_INTERRUPT
    }
}

impl fmt::Display for SqliteFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let primary = self.primary();
        if primary == ffi::SQLITE_BUSY {
            f.write_str("NOSENTRY ")?;
        }
        f.write_str(&self.text)?;
        if let Some(offset) = self.offset {
            write!(f, " at offset {offset}")?;
        }
        match primary_name(primary) {
            Some(name) => write!(f, ": {name}")?,
            None => write!(f, ": error code {primary}")?,
        }
        if self.code != primary
            && let Some(name) = extended_name(self.code)
        {
            write!(f, " (extended: {name})")?;
        }
        Ok(())
    }
}

impl From<SqliteFailure> for StorageError {
    fn from(failure: SqliteFailure) -> StorageError {
        StorageError::error(failure.to_string())
    }
}

macro_rules! code_names {
    ($(#[$doc:meta])* fn $function:ident: $($name:ident)*) => {
        $(#[$doc])*
        fn $function(code: i32) -> Option<&'static str> {
            match code {
                $(ffi::$name => Some(stringify!($name)),)*
                _ => None,
            }
        }
    };
}

code_names! {
    /// Name of a primary result code.
    fn primary_name:
        SQLITE_ERROR SQLITE_INTERNAL SQLITE_PERM SQLITE_ABORT SQLITE_BUSY SQLITE_LOCKED SQLITE_NOMEM SQLITE_READONLY
        SQLITE_INTERRUPT SQLITE_IOERR SQLITE_CORRUPT SQLITE_NOTFOUND SQLITE_FULL SQLITE_CANTOPEN SQLITE_PROTOCOL
        SQLITE_EMPTY SQLITE_SCHEMA SQLITE_TOOBIG SQLITE_CONSTRAINT SQLITE_MISMATCH SQLITE_MISUSE SQLITE_NOLFS
        SQLITE_AUTH SQLITE_FORMAT SQLITE_RANGE SQLITE_NOTADB SQLITE_NOTICE SQLITE_WARNING
}

code_names! {
    /// Name of an extended result code.
    fn extended_name:
        SQLITE_ERROR_MISSING_COLLSEQ SQLITE_ERROR_RETRY SQLITE_ERROR_SNAPSHOT
        SQLITE_IOERR_READ SQLITE_IOERR_SHORT_READ SQLITE_IOERR_WRITE SQLITE_IOERR_FSYNC SQLITE_IOERR_DIR_FSYNC
        SQLITE_IOERR_TRUNCATE SQLITE_IOERR_FSTAT SQLITE_IOERR_UNLOCK SQLITE_IOERR_RDLOCK SQLITE_IOERR_DELETE
        SQLITE_IOERR_BLOCKED SQLITE_IOERR_NOMEM SQLITE_IOERR_ACCESS SQLITE_IOERR_CHECKRESERVEDLOCK SQLITE_IOERR_LOCK
        SQLITE_IOERR_CLOSE SQLITE_IOERR_DIR_CLOSE SQLITE_IOERR_SHMOPEN SQLITE_IOERR_SHMSIZE SQLITE_IOERR_SHMLOCK
        SQLITE_IOERR_SHMMAP SQLITE_IOERR_SEEK SQLITE_IOERR_DELETE_NOENT SQLITE_IOERR_MMAP SQLITE_IOERR_GETTEMPPATH
        SQLITE_IOERR_CONVPATH SQLITE_IOERR_VNODE SQLITE_IOERR_AUTH SQLITE_IOERR_BEGIN_ATOMIC
        SQLITE_IOERR_COMMIT_ATOMIC SQLITE_IOERR_ROLLBACK_ATOMIC SQLITE_IOERR_DATA SQLITE_IOERR_CORRUPTFS
        SQLITE_LOCKED_SHAREDCACHE SQLITE_LOCKED_VTAB
        SQLITE_BUSY_RECOVERY SQLITE_BUSY_SNAPSHOT SQLITE_BUSY_TIMEOUT
        SQLITE_CANTOPEN_NOTEMPDIR SQLITE_CANTOPEN_ISDIR SQLITE_CANTOPEN_FULLPATH SQLITE_CANTOPEN_CONVPATH
        SQLITE_CANTOPEN_DIRTYWAL SQLITE_CANTOPEN_SYMLINK
        SQLITE_CORRUPT_VTAB SQLITE_CORRUPT_SEQUENCE SQLITE_CORRUPT_INDEX
        SQLITE_READONLY_RECOVERY SQLITE_READONLY_CANTLOCK SQLITE_READONLY_ROLLBACK SQLITE_READONLY_DBMOVED
        SQLITE_READONLY_CANTINIT SQLITE_READONLY_DIRECTORY
        SQLITE_ABORT_ROLLBACK
        SQLITE_CONSTRAINT_CHECK SQLITE_CONSTRAINT_COMMITHOOK SQLITE_CONSTRAINT_FOREIGNKEY SQLITE_CONSTRAINT_FUNCTION
        SQLITE_CONSTRAINT_NOTNULL SQLITE_CONSTRAINT_PRIMARYKEY SQLITE_CONSTRAINT_TRIGGER SQLITE_CONSTRAINT_UNIQUE
        SQLITE_CONSTRAINT_VTAB SQLITE_CONSTRAINT_ROWID SQLITE_CONSTRAINT_PINNED SQLITE_CONSTRAINT_DATATYPE
        SQLITE_NOTICE_RECOVER_WAL SQLITE_NOTICE_RECOVER_ROLLBACK SQLITE_NOTICE_RBU
        SQLITE_WARNING_AUTOINDEX
        SQLITE_AUTH_USER
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(code: i32, offset: Option<u32>) -> String {
        let text = "text".to_owned();
        StorageError::from(SqliteFailure { code, text, offset }).message
    }

    #[test]
    fn messages_name_the_code_the_place_and_the_extended_code() {
        assert_eq!(
            shown(ffi::SQLITE_ERROR, Some(3)),
            "text at offset 3: SQLITE_ERROR"
        );
        assert_eq!(shown(ffi::SQLITE_AUTH, None), "text: SQLITE_AUTH");
        assert_eq!(
            shown(ffi::SQLITE_CONSTRAINT_UNIQUE, None),
            "text: SQLITE_CONSTRAINT (extended: SQLITE_CONSTRAINT_UNIQUE)"
        );
        assert_eq!(
            shown(ffi::SQLITE_IOERR_FSYNC, None),
            "text: SQLITE_IOERR (extended: SQLITE_IOERR_FSYNC)"
        );
        assert_eq!(shown(ffi::SQLITE_BUSY, None), "NOSENTRY text: SQLITE_BUSY");
        assert_eq!(
            shown(ffi::SQLITE_IOERR | 200 << 8, None),
            "text: SQLITE_IOERR"
        );
    }
}
