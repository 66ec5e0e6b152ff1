//! Point-in-time recovery, as an object sees it: bookmarks, and going back when it starts the next time.
//!
//! That an object is to go back is a row of its own database, written with the turn that asks for it, and a mark in the
//! header of its first page (`application_id`, which a program cannot reach): whoever starts an object looks at the
//! mark, which costs one small read.
//!
//! Going back is one commit like any other: it has the pages that were different, and no longer the row. So it happens
//! once, whenever a crash comes; and since it is part of the log, one can go back to the time before it.

use holdfast_journal::history::Moment;
use holdfast_journal::{Error, Position};

use crate::bookmark::{Bookmark, CurrentBookmark};
use crate::database::{Database, Inner, Location};
use crate::error::{Result, StorageError};
use crate::internal::Internal;
use crate::store::{PastError, Store};
use crate::transaction::Commit;
use crate::value::ValueRef;
use crate::vfs::PageFile;

/// What the header says of a database with a wish to go back. ("HFbk".)
const MARK: u32 = 0x4846_626b;
const MARK_OFFSET: u64 = 68;

const OFF: &str = "Point-in-time recovery is switched off on this server.";

/// An object was taken back to an earlier state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Restored {
    /// The commit that did it. Its [`Commit::alarm`] says what the alarm is from now on.
    pub commit: Commit,
    /// The position whose state it is.
    pub to: Position,
}

impl Database {
    /// The bookmark of the database's state with all that was written before the call. While a transaction of several
    /// turns is open: without what that has written.
    ///
    /// # Errors
    /// The object's file cannot be looked at.
    pub fn current_bookmark(&self) -> Result<CurrentBookmark> {
        let inner = &self.inner;
        let pages = inner.pages()?;
        Ok(CurrentBookmark::new(
            pages.slot().object.clone(),
            pages.position(),
            inner.transactions.await_commit(),
        ))
    }

    /// The bookmark of the state at a time, in ms since 1970: with the last commit of the node before or at it. For a time
    /// that is yet to come it is the present.
    ///
    /// # Errors
    /// The time lies before all that is kept; nothing is kept.
    pub fn bookmark_for_time(&self, time_ms: u64) -> Result<String> {
        let inner = &self.inner;
        let object = &inner.pages()?.slot().object;
        let position = inner.history()?.shared().position_at(time_ms);
        position
            .map(|position| Bookmark::At(position).text(object))
            .map_err(|error| explain(&error, "That time"))
    }

    /// Lets the object go back to the state of a bookmark when it starts the next time ([`Self::begin_session`]), if the
    /// open transaction commits. The last wish counts. Gives the bookmark of the state right before that moment.
    ///
    /// # Errors
    /// It is no bookmark of this object, or lies before all that is kept; nothing is kept.
    pub fn restore_on_next_session(&self, bookmark: &str) -> Result<String> {
        let inner = &self.inner;
        let pages = inner.pages()?;
        let store = inner.history()?;
        let object = &pages.slot().object;
        let wanted = Bookmark::parse(bookmark, object)?.position();
        if wanted > store.log().last() {
            return Err(StorageError::error(format!(
                "The bookmark {bookmark:?} lies in the future."
            )));
        }
        store
            .shared()
            .check_reachable(wanted)
            .map_err(|error| explain(&error, "That bookmark"))?;
        let undo = Bookmark::BeforeRestore(pages.position()).text(object);
        inner.set_wish(bookmark)?;
        Ok(undo)
    }

    /// Begins a new session of the object: if it is to go back, it goes back now. To be called before its program runs;
    /// nothing may be open. Reads a few bytes if there is nothing to do.
    ///
    /// # Errors
    /// The state is no longer kept, or the history is damaged: the wish is dropped, and the object stays as it is; the
    /// next session begins without. The disk's, the log's: the wish stays.
    pub fn begin_session(&self) -> Result<Option<Restored>> {
        let inner = &self.inner;
        if !inner.transactions.is_idle() {
            return Err(StorageError::internal(
                "a session cannot begin while a transaction is open",
            ));
        }
        let Location::Object { store, .. } = &inner.location else {
            return Ok(None);
        };
        let marked = inner.is_marked()?;
        if !self.is_open() {
            inner.pages()?.close_file();
        }
        if !marked {
            return Ok(None);
        }
        let result = inner.go_back(store);
        if result.is_err() {
            // What was prepared is not what was committed.
            inner.shut(Some(StorageError::error(crate::NO_LONGER_ACCESSIBLE)));
        }
        result
    }
}

impl Inner {
    /// The store, if the database is in one.
    fn history(&self) -> Result<&Store> {
        match &self.location {
            Location::Object { store, .. } => Ok(store),
            Location::Memory => Err(StorageError::error(OFF)),
        }
    }

    /// The bookmark that the next session is to go back to; includes uncommitted changes.
    pub(crate) fn wish(&self) -> Result<Option<String>> {
        // What is not committed is known to the connection alone.
        if self.is_absent()? || (self.autocommit() && !self.is_marked()?) {
            return Ok(None);
        }
        let handle = self.connection()?;
        if !self.has_table(&handle, "_cf_METADATA", &self.tables.metadata)? {
            return Ok(None);
        }
        let mut wish = None;
        self.run_internal(&handle, Internal::WishGet, &[], |row| {
            if let ValueRef::Text(text) = row.value(0) {
                wish = Some(String::from_utf8_lossy(text).into_owned());
            }
        })
        .map_err(|failure| failure.into_error(self))?;
        Ok(wish)
    }

    pub(crate) fn set_wish(&self, bookmark: &str) -> Result<()> {
        self.mark_write()?;
        let handle = self.connection()?;
        self.need_metadata(&handle)?;
        let value = ValueRef::Text(bookmark.as_bytes());
        self.run_internal(&handle, Internal::WishSet, &[value], |_| {})
            .map_err(|failure| failure.into_error(self))?;
        handle
            .batch(&format!("PRAGMA application_id = {MARK}"))
            .map_err(|failure| self.judge(failure))
    }

    /// Whether the header of the database, as SQLite last wrote it, says that there is a wish.
    fn is_marked(&self) -> Result<bool> {
        let pages = self.pages()?;
        if pages.is_empty() {
            return Ok(false);
        }
        let mut mark = [0; 4];
        let read = pages.read(&mut mark, MARK_OFFSET).map_err(|error| {
            StorageError::internal(format!("cannot read the object's database: {error}"))
        })?;
        Ok(read == mark.len() && u32::from_be_bytes(mark) == MARK)
    }

    fn go_back(&self, store: &Store) -> Result<Option<Restored>> {
        let wish = self.wish()?;
        self.shut(None);
        let pages = self.pages()?;
        let to = wish.map(|wish| self.target(store, &wish));
        let prepared = match to {
            None => Ok(pages.position()),
            Some(Err(error)) => Err(error),
            // The present needs no pages.
            Some(Ok(to)) if to >= pages.position() => Ok(to),
            Some(Ok(to)) => store
                .shared()
                .past(pages.slot(), to)
                .map(|past| {
                    pages.restore(past);
                    to
                })
                .map_err(|error| self.refusal(error)),
        };
        if let Err(Refusal::Stays(error)) = prepared {
            return Err(error);
        }
        self.clear_wish()?;
        if prepared.is_ok() {
            pages.mark_restore();
        }
        let alarm = self.alarm()?;
        let commit = self.take_pages(Some(alarm))?;
        match prepared {
            Ok(to) => Ok(commit.map(|commit| Restored { commit, to })),
            Err(Refusal::Stays(error) | Refusal::Dropped(error)) => Err(error),
        }
    }

    /// The position whose state a wish is for.
    fn target(&self, store: &Store, wish: &str) -> Result<Position, Refusal> {
        let pages = self.pages().map_err(Refusal::Stays)?;
        let object = &pages.slot().object;
        match Bookmark::parse(wish, object).map_err(Refusal::Dropped)? {
            Bookmark::At(position) => Ok(position),
            Bookmark::BeforeRestore(after) => store
                .shared()
                .restore_after(object, after)
                .map(|restore| match restore {
                    Some(Position(at)) => Position(at - 1),
                    None => pages.position(),
                })
                .map_err(|error| self.refusal(error)),
        }
    }

    fn refusal(&self, error: PastError) -> Refusal {
        match &error {
            PastError::Failed(Error::Damaged(text)) => Refusal::Dropped(StorageError::internal(
                format!("the object cannot be taken back: {text}"),
            )),
            PastError::Failed(_) => Refusal::Stays(explain(&error, "")),
            _ => Refusal::Dropped(explain(
                &error,
                "The bookmark that this object was to be restored to",
            )),
        }
    }

    /// Takes the wish out of the database as it is prepared, if that has one.
    pub(crate) fn clear_wish(&self) -> Result<()> {
        if !self.is_marked()? {
            return Ok(());
        }
        let handle = self.connection()?;
        handle
            .batch(&format!(
                "BEGIN; {}; PRAGMA application_id = 0; COMMIT",
                Internal::WishDelete.sql()
            ))
            .map_err(|failure| StorageError::internal(failure.to_string()))
    }
}

/// Why an object does not go back.
enum Refusal {
    /// It may be possible later.
    Stays(StorageError),
    /// It never will be.
    Dropped(StorageError),
}

/// The error of a program that asked for something that is not kept.
fn explain(error: &PastError, what: &str) -> StorageError {
    match error {
        PastError::Off => StorageError::error(OFF),
        PastError::TooOld(Moment { time_ms, .. }) => StorageError::error(format!(
            "{what} is too long ago: this server can go back to {}.",
            iso(*time_ms)
        )),
        PastError::Failed(error) => {
            StorageError::internal(format!("the history cannot be read: {error}"))
        }
    }
}

/// A time in ms since 1970 as JavaScript's `toISOString()` has it.
fn iso(time_ms: u64) -> String {
    let (days, ms) = (time_ms / 86_400_000, time_ms % 86_400_000);
    // Days since 1 March of the year 0, in cycles of 400 years, which have 146,097 days.
    let day = days + 719_468;
    let (cycle, day) = (day / 146_097, day % 146_097);
    let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let day = day - (153 * month + 2) / 5 + 1;
    let year = cycle * 400 + year + u64::from(month >= 10);
    let month = if month < 10 { month + 3 } else { month - 9 };
    let (hours, minutes) = (ms / 3_600_000, ms / 60_000 % 60);
    let (seconds, ms) = (ms / 1000 % 60, ms % 1000);
    format!("{year:04}-{month:02}-{day:02}T{hours:02}:{minutes:02}:{seconds:02}.{ms:03}Z")
}

#[cfg(test)]
mod tests {
    use super::iso;

    #[test]
    fn times_read_as_in_javascript() {
        for (time_ms, text) in [
            (0, "1970-01-01T00:00:00.000Z"),
            (951_782_400_000, "2000-02-29T00:00:00.000Z"),
            (951_868_799_999, "2000-02-29T23:59:59.999Z"),
            (951_868_800_000, "2000-03-01T00:00:00.000Z"),
            (1_735_689_599_001, "2024-12-31T23:59:59.001Z"),
            (4_107_542_400_000, "2100-03-01T00:00:00.000Z"),
        ] {
            assert_eq!(iso(time_ms), text);
        }
    }
}
