//! An object's database as it was at an earlier position.
//!
//! The object's file shows one position, the last checkpoint's. The undo of rounds that wrote it later than the position
//! asked for is put back over it, newest first; then the commits up to that position are applied, from the history's
//! files and from what the log still holds. Only pages that were touched are held in memory.
//!
//! Nothing may be written meanwhile: the history's lock keeps checkpoints away, and the caller is the only one who
//! commits to the object.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use holdfast_journal::history::Moment;
use holdfast_journal::{
    Change, Commit, DiskFile, Error, Logged, ObjectRef, PAGE_BYTES, Page, Position, apply,
};

use super::history::{History, read_page};
use super::{Shared, file_name, lock};
use crate::overlay::Slot;

/// How the present becomes the past.
pub(crate) struct Past {
    /// Pages that the database had.
    pub(crate) size: u32,
    /// What they were, where that may differ from what they are.
    pub(crate) pages: BTreeMap<u32, Arc<Page>>,
}

/// Why there is no going back.
#[derive(Debug)]
pub(crate) enum PastError {
    /// No history is kept.
    Off,
    /// It begins here.
    TooOld(Moment),
    /// It cannot be read.
    Failed(Error),
}

impl From<Error> for PastError {
    fn from(error: Error) -> PastError {
        PastError::Failed(error)
    }
}

/// A database in the course of going back.
struct Database {
    name: String,
    /// The object's file, if it has one.
    file: Option<Arc<dyn DiskFile>>,
    size: u32,
    /// Pages of the file that count.
    valid: u32,
    /// Pages that are not what the file has.
    pages: BTreeMap<u32, Arc<Page>>,
}

impl Shared {
    /// What an object was at a position.
    pub(crate) fn past(&self, slot: &Slot, to: Position) -> Result<Past, PastError> {
        let held = lock(&self.history);
        let history = kept(&held, to)?;
        let (mut base, home_pages, changed, home_valid, size) = {
            let overlay = slot.lock();
            let changed: HashSet<u32> = overlay.pages.keys().copied().collect();
            let home = &overlay.home;
            let (base, size) = (overlay.home_position, overlay.size);
            (base, home.pages, changed, home.valid, size)
        };
        let object = &slot.object;
        let mut database = Database::at_home(self, object, home_pages)?;
        for coverage in history.files().rev() {
            if coverage.snapshot.position <= to {
                break;
            }
            let file = history.open(&*self.disk, coverage)?;
            let Some(entry) = file.find(object)? else {
                continue;
            };
            if let Some(undo) = entry.undo.filter(|undo| undo.position > to) {
                file.undo_pages(&entry, |number, page| {
                    database.pages.insert(number, Arc::new(*page));
                    Ok(())
                })?;
                database.resize(undo.pages);
                base = undo.previous;
            }
        }
        if base < to {
            self.commits(history, object, base, |logged| {
                if logged.position > to {
                    return Ok(false);
                }
                database.apply(&logged.commit)?;
                Ok(true)
            })?;
        }
        database.differences(
            |number| changed.contains(&number) || number > home_valid,
            size,
        )
    }

    /// The first time after a position that an object went back, if it has.
    pub(crate) fn restore_after(
        &self,
        object: &ObjectRef,
        after: Position,
    ) -> Result<Option<Position>, PastError> {
        let held = lock(&self.history);
        let history = kept(&held, after)?;
        let mut restored = None;
        self.commits(history, object, after, |logged| {
            restored = logged.commit.restores.then_some(logged.position);
            Ok(restored.is_none())
        })?;
        Ok(restored)
    }

    /// Fails if no object can be taken back to this position.
    pub(crate) fn check_reachable(&self, position: Position) -> Result<(), PastError> {
        kept(&lock(&self.history), position).map(|_| ())
    }

    /// The position of the node's last commit at or before this time.
    pub(crate) fn position_at(&self, time_ms: u64) -> Result<Position, PastError> {
        if time_ms >= self.log.now_ms() {
            check_kept(&lock(&self.history))?;
            // A position that is not durable may be given again after a crash.
            return Ok(self.log.flush()?);
        }
        let held = lock(&self.history);
        let history = check_kept(&held)?;
        let kept_from = history.kept_from();
        if time_ms < kept_from.time_ms {
            return Err(PastError::TooOld(kept_from));
        }
        let mut found = None;
        if history.redo().time_ms <= time_ms {
            self.log.read_after(history.redo().position, |logged| {
                let before = logged.time_ms <= time_ms;
                if before {
                    found = Some(logged.position);
                }
                Ok(before)
            })?;
        }
        for coverage in history.files().rev() {
            if found.is_some() {
                break;
            }
            found = history.open(&*self.disk, coverage)?.position_at(time_ms)?;
        }
        // Nothing was committed between the two.
        Ok(found.map_or(kept_from.position, |found| found.max(kept_from.position)))
    }

    /// Gives an object's commits after a position to `visit`, in order, until it says false.
    fn commits(
        &self,
        history: &History,
        object: &ObjectRef,
        after: Position,
        mut visit: impl FnMut(&Logged<'_>) -> Result<bool, Error>,
    ) -> Result<(), Error> {
        let mut go_on = true;
        let mut take = |logged: &Logged<'_>| {
            if go_on && logged.position > after && logged.commit.object == *object {
                go_on = visit(logged)?;
            }
            Ok(go_on)
        };
        for coverage in history.files() {
            if coverage.redo.position <= after {
                continue;
            }
            let file = history.open(&*self.disk, coverage)?;
            if let Some(entry) = file.find(object)?
                && entry.has_redo(after, Position(u64::MAX))
            {
                let mut ended = false;
                file.redo(&entry, |logged| {
                    let go_on = take(&logged)?;
                    ended = !go_on;
                    Ok(go_on)
                })?;
                if ended {
                    return Ok(());
                }
            }
        }
        let after = after.max(history.redo().position);
        self.log.read_after(after, |logged| take(&logged))
    }
}

fn check_kept(history: &Option<History>) -> Result<&History, PastError> {
    history.as_ref().ok_or(PastError::Off)
}

fn kept(history: &Option<History>, position: Position) -> Result<&History, PastError> {
    let history = check_kept(history)?;
    let kept_from = history.kept_from();
    match position >= kept_from.position {
        true => Ok(history),
        false => Err(PastError::TooOld(kept_from)),
    }
}

impl Database {
    /// As the object's file of `pages` pages shows it.
    fn at_home(shared: &Shared, object: &ObjectRef, pages: u32) -> Result<Database, Error> {
        let name = file_name(object);
        let file = match pages {
            0 => None,
            _ => Some(
                shared
                    .disk
                    .open(&name)
                    .map_err(Error::io("cannot open", &*name))?,
            ),
        };
        Ok(Database {
            name,
            file,
            size: pages,
            valid: pages,
            pages: BTreeMap::new(),
        })
    }

    fn resize(&mut self, size: u32) {
        self.cut(size);
        self.size = size;
    }

    /// Pages behind this one are gone: should they come back, they are zeros.
    fn cut(&mut self, kept: u32) {
        self.valid = self.valid.min(kept);
        let _gone = self.pages.split_off(&kept.saturating_add(1));
    }

    fn apply(&mut self, commit: &Commit<'_>) -> Result<(), Error> {
        if commit.reset {
            self.cut(0);
        }
        self.resize(commit.pages);
        for (number, change) in &commit.changes {
            if *number > commit.pages {
                continue;
            }
            let mut page = match (self.pages.remove(number), change) {
                (Some(page), _) => page,
                (None, Change::Whole(_)) => Arc::new([0; PAGE_BYTES]),
                (None, Change::Patch(_)) => Arc::new(self.file_page(*number)?),
            };
            apply(change, Arc::make_mut(&mut page));
            self.pages.insert(*number, page);
        }
        Ok(())
    }

    /// A page that is not held: what the file has, or zeros.
    fn file_page(&self, number: u32) -> Result<Page, Error> {
        match &self.file {
            Some(file) if number <= self.valid => {
                read_page(&**file, number).map_err(Error::io("cannot read", &*self.name))
            }
            _ => Ok([0; PAGE_BYTES]),
        }
    }

    /// What has to be written to make of a database of `size` pages this one. `differs` says of a page of the file
    /// whether the present has another.
    fn differences(mut self, differs: impl Fn(u32) -> bool, size: u32) -> Result<Past, PastError> {
        for number in 1..=self.size {
            let missing = match number <= self.valid {
                true => differs(number),
                // Zeros, which a page behind the present end is too.
                false => number <= size,
            };
            if missing && !self.pages.contains_key(&number) {
                let page = Arc::new(self.file_page(number)?);
                self.pages.insert(number, page);
            }
        }
        Ok(Past {
            size: self.size,
            pages: self.pages,
        })
    }
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use holdfast_journal::{Disk, RealDisk};

    use super::*;

    fn commit(reset: bool, pages: u32, changed: &[(u32, u8)]) -> Commit<'static> {
        let whole = |fill| Change::Whole(Cow::Owned(vec![fill; PAGE_BYTES]));
        Commit {
            object: ObjectRef {
                class: Arc::from("C"),
                id: [0; 32],
            },
            name: None,
            alarm: None,
            reset,
            restores: false,
            pages,
            changes: changed.iter().map(|(n, fill)| (*n, whole(*fill))).collect(),
        }
    }

    /// What comes of a file whose pages are filled with 1, 2, 3, 4: first bytes of what has to be written.
    fn after(commits: &[Commit<'_>], changed: &[u32], size: u32) -> (u32, Vec<(u32, u8)>) {
        let folder = tempfile::tempdir().unwrap();
        let disk = RealDisk::new(folder.path()).unwrap();
        let file = disk.create("x").unwrap();
        for number in 1..=4 {
            file.write_at(
                &[number; PAGE_BYTES],
                u64::from(number - 1) * PAGE_BYTES as u64,
            )
            .unwrap();
        }
        let mut database = Database {
            name: "x".to_owned(),
            file: Some(file),
            size: 4,
            valid: 4,
            pages: BTreeMap::new(),
        };
        for commit in commits {
            database.apply(commit).unwrap();
        }
        let past = database
            .differences(|number| changed.contains(&number), size)
            .unwrap_or_else(|error| panic!("{error:?}"));
        let pages = past.pages.iter().map(|(number, page)| (*number, page[9]));
        (past.size, pages.collect())
    }

    #[test]
    fn pages_that_were_cut_come_back_as_zeros() {
        let cut = [commit(false, 2, &[(1, 9)]), commit(false, 4, &[(4, 8)])];
        assert_eq!(after(&cut, &[], 4), (4, vec![(1, 9), (3, 0), (4, 8)]));
        let reset = [commit(true, 3, &[(3, 7)])];
        assert_eq!(after(&reset, &[], 4), (3, vec![(1, 0), (2, 0), (3, 7)]));
    }

    #[test]
    fn only_what_differs_is_written() {
        assert_eq!(after(&[], &[], 4), (4, vec![]));
        assert_eq!(after(&[], &[2, 9], 4), (4, vec![(2, 2)]));
        let grown = [commit(false, 6, &[(5, 5)])];
        assert_eq!(after(&grown, &[4], 4), (6, vec![(4, 4), (5, 5)]));
        assert_eq!(after(&grown, &[], 6), (6, vec![(5, 5), (6, 0)]));
    }
}
