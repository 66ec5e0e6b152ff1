//! The history of a node: which files there are, what a checkpoint adds to them, and what a start makes of them.
//!
//! **After a crash in the middle of a round** the files of objects may be torn. The log does not mind, but what the
//! next round would keep as undo would be neither one state nor the other. So if the round's file of the history is
//! whole, a start puts back what it says the files were. If it is not whole, it was never flushed, and no object's
//! file has been touched.
//!
//! **Files of rounds are a chain.** Going back leads through each of them. A file that is missing or damaged ends what
//! can be reached, which is said in the log; the node goes on. The same if the log itself has lost what a round was to
//! keep: then the round's file begins a new chain, which shows in that it can be reached from its own snapshot only.
//!
//! **What is kept** is bounded by age and by size; the oldest goes first. The newest file stays whatever it is: it says
//! where the objects' files stand.

use std::collections::VecDeque;
use std::io;
use std::sync::Arc;

use holdfast_journal::history::{
    self, Beginning, Coverage, FOLDER, HistoryFile, HistoryWriter, Moment, Undo,
};
use holdfast_journal::{
    Disk, DiskFile, Error, FullSegment, Log, PAGE_BYTES, Page, Position, State,
};

use super::checkpoint::Snapshot;
use super::{Shared, file_name, is_catalogue};
use crate::overlay::page_offset;

/// What is kept.
pub(super) struct History {
    node: u128,
    /// Files, oldest first; their rounds follow each other.
    files: VecDeque<Kept>,
    /// Where it began, if there is no file.
    beginning: Moment,
    /// What was home then.
    home: Position,
    keep: Keep,
}

/// How much is kept.
#[derive(Clone, Copy)]
pub(super) struct Keep {
    /// For how long, in ms; zero for not at all.
    pub(super) ms: u64,
    /// Bytes of files.
    pub(super) bytes: u64,
}

/// A file of the history.
struct Kept {
    coverage: Coverage,
    bytes: u64,
}

/// What a round has added.
pub(super) struct Written {
    coverage: Coverage,
    /// The log may be trimmed up to here.
    pub(super) trim: Position,
}

/// The history as a start finds it.
pub(super) struct Found {
    keep: Keep,
    newest: Option<HistoryFile>,
    files: VecDeque<Kept>,
    beginning: Option<Moment>,
    /// Rounds whose files lead nowhere.
    lost: Vec<u64>,
}

/// Looks at what is there, and makes the objects' files whole after an interrupted round.
///
/// # Errors
/// The disk's; [`Error::Foreign`].
pub(super) fn find(disk: &dyn Disk, state: State, keep: Keep) -> Result<Found, Error> {
    let mut rounds = history::rounds(disk)?;
    let mut found = Found {
        keep,
        newest: None,
        files: VecDeque::new(),
        beginning: None,
        lost: Vec::new(),
    };
    if keep.ms == 0 {
        found.lost = rounds;
        return Ok(found);
    }
    if let Some(&last) = rounds.last()
        && last > state.round
    {
        if last > state.round + 1 {
            return Err(Error::Foreign(format!(
                "{} is of a later checkpoint than the file \"holdfast\" knows; put back the files that belong together",
                history::name(last)
            )));
        }
        rounds.pop();
        undo_round(disk, state.node, last)?;
    }
    let beginning = Beginning::read(disk, state.node)?;
    if let Some(beginning) = beginning.filter(|beginning| beginning.round == state.round) {
        // Files of before lead to it no more.
        found.beginning = Some(beginning.moment);
        found.lost = rounds;
        return Ok(found);
    }
    let mut next = state.round;
    while let Some(round) = rounds.pop() {
        let file = match round == next {
            true => open_whole(disk, state.node, round)?,
            false => None,
        };
        let Some(file) = file else {
            tracing::error!(
                "{} is missing or damaged: no object can be taken back beyond that checkpoint",
                history::name(next)
            );
            rounds.push(round);
            found.lost = rounds;
            break;
        };
        let coverage = file.coverage();
        if let Some(newer) = found.files.front()
            && newer.coverage.kept_from != coverage.snapshot
        {
            // The node ended when it had begun a new chain, which was said then, and not removed the old one yet.
            rounds.push(round);
            found.lost = rounds;
            break;
        }
        found.files.push_front(Kept::of(disk, coverage)?);
        found.newest.get_or_insert(file);
        next = round.saturating_sub(1);
    }
    Ok(found)
}

/// A file that is damaged where it is looked at first is as good as none.
fn open_whole(disk: &dyn Disk, node: u128, round: u64) -> Result<Option<HistoryFile>, Error> {
    match HistoryFile::open(disk, node, round) {
        Err(Error::Damaged(_)) => Ok(None),
        other => other,
    }
}

/// A round was interrupted: its undo is put back, if it got as far as touching objects' files.
fn undo_round(disk: &dyn Disk, node: u128, round: u64) -> Result<(), Error> {
    if let Some(file) = open_whole(disk, node, round)?
        && is_readable(&file)?
    {
        for entry in file.entries() {
            let entry = entry?;
            if let Some(undo) = entry.undo {
                let name = file_name(&entry.object);
                put_back(disk, &name, undo.pages, |put| {
                    file.undo_pages(&entry, |number, page| put(number, page))
                })?;
            }
        }
        disk.sync_all()
            .map_err(Error::io("cannot flush", "the data folder"))?;
    }
    history::remove(disk, round)?;
    flush_names(disk)
}

/// Whether all of a file's undo can be read.
fn is_readable(file: &HistoryFile) -> Result<bool, Error> {
    for entry in file.entries() {
        let read = entry.and_then(|entry| file.undo_pages(&entry, |_, _| Ok(())));
        match read {
            Ok(()) => {}
            Err(Error::Damaged(_)) => return Ok(false),
            Err(error) => return Err(error),
        }
    }
    Ok(true)
}

type PutPage<'a> = dyn FnMut(u32, &Page) -> Result<(), Error> + 'a;

/// Makes an object's file what it was: `pages` long, with the pages that `each` gives.
fn put_back(
    disk: &dyn Disk,
    name: &str,
    pages: u32,
    each: impl FnOnce(&mut PutPage<'_>) -> Result<(), Error>,
) -> Result<(), Error> {
    if pages == 0 {
        return match disk.remove(name) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                Err(Error::io("cannot remove", name)(error))
            }
            _ => Ok(()),
        };
    }
    let file = disk
        .create(name)
        .map_err(Error::io("cannot create", name))?;
    each(&mut |number, page| {
        file.write_at(page, page_offset(number))
            .map_err(Error::io("cannot write", name))
    })?;
    file.set_len(u64::from(pages) * PAGE_BYTES as u64)
        .map_err(Error::io("cannot cut", name))
}

fn flush_names(disk: &dyn Disk) -> Result<(), Error> {
    disk.sync_folder(FOLDER)
        .map_err(Error::io("cannot flush", FOLDER))
}

impl Found {
    /// The file of the last checkpoint, if it has one.
    pub(super) fn newest(&self) -> Option<&HistoryFile> {
        self.newest.as_ref()
    }

    /// Goes on with what was found, or begins anew, now that the log has been read. None if no history is kept.
    ///
    /// # Errors
    /// The disk's.
    pub(super) fn begin(
        self,
        disk: &dyn Disk,
        state: State,
        log: &Log,
    ) -> Result<Option<History>, Error> {
        if self.keep.ms == 0 {
            // The marker and the newest file go first: without both, nothing can be taken for a history.
            if Beginning::remove(disk)? || !self.lost.is_empty() {
                self.remove_lost(disk)?;
            }
            return Ok(None);
        }
        if !self.lost.is_empty() {
            self.remove_lost(disk)?;
        }
        let found = self.files.front().map(|oldest| oldest.coverage.kept_from);
        if let Some(last) = self.files.back() {
            log.not_before(last.coverage.snapshot.time_ms);
        }
        let beginning = match found.or(self.beginning) {
            Some(moment) => {
                log.not_before(moment.time_ms);
                moment
            }
            None => {
                let moment = Moment {
                    position: log.last(),
                    time_ms: log.now_ms(),
                };
                let beginning = Beginning {
                    round: state.round,
                    moment,
                };
                beginning.write(disk, state.node)?;
                moment
            }
        };
        Ok(Some(History {
            node: state.node,
            files: self.files,
            beginning,
            home: state.home,
            keep: self.keep,
        }))
    }

    fn remove_lost(&self, disk: &dyn Disk) -> Result<(), Error> {
        for &round in self.lost.iter().rev() {
            history::remove(disk, round)?;
        }
        flush_names(disk)
    }
}

impl Kept {
    fn of(disk: &dyn Disk, coverage: Coverage) -> Result<Kept, Error> {
        let name = history::name(coverage.round);
        let bytes = disk
            .length(&name)
            .map_err(Error::io("cannot look at", name))?;
        Ok(Kept { coverage, bytes })
    }
}

impl History {
    /// Every object can be taken back to positions from here on.
    pub(super) fn kept_from(&self) -> Moment {
        self.files
            .front()
            .map_or(self.beginning, |oldest| oldest.coverage.kept_from)
    }

    /// The last commit that the files have, or that nobody needs; what comes after it is in the log.
    pub(super) fn redo(&self) -> Moment {
        let none = Moment {
            position: self.home,
            time_ms: 0,
        };
        self.files
            .back()
            .map_or(none, |newest| newest.coverage.redo)
    }

    /// What the files cover, oldest first.
    pub(super) fn files(&self) -> impl DoubleEndedIterator<Item = &Coverage> {
        self.files.iter().map(|kept| &kept.coverage)
    }

    /// Opens one of them.
    ///
    /// # Errors
    /// The disk's; [`Error::Damaged`].
    pub(super) fn open(&self, disk: &dyn Disk, file: &Coverage) -> Result<HistoryFile, Error> {
        HistoryFile::open(disk, self.node, file.round)?.ok_or_else(|| {
            Error::Damaged(format!(
                "{} is damaged: objects cannot be taken back over it",
                history::name(file.round)
            ))
        })
    }

    /// Writes the file of a round that is about to write the snapshots, and to become `state`.
    ///
    /// # Errors
    /// The disk's, the log's.
    pub(super) fn write_round(
        &self,
        shared: &Shared,
        state: State,
        snapshots: &[Snapshot],
    ) -> Result<Written, Error> {
        let mut writer = HistoryWriter::create(Arc::clone(&shared.disk), self.node, state.round)?;
        for snapshot in snapshots {
            if !is_catalogue(&snapshot.slot.object) {
                write_undo(&*shared.disk, &mut writer, snapshot)?;
            }
        }
        let redo = self.redo();
        let segments = shared.log.full_segments(state.home);
        let trim = segments
            .last()
            .map_or(Position::START, |segment| segment.last);
        let snapshot = Moment {
            position: state.snapshot,
            time_ms: shared.log.now_ms(),
        };
        let before = self
            .files
            .back()
            .map_or(self.beginning, |newest| newest.coverage.snapshot);
        let coverage = match write_redo(shared, &mut writer, &segments, redo.position)? {
            Ok(()) => writer.finish(before, snapshot, redo)?,
            Err(lost) => {
                // Later than the last one's: that is how the two chains are told from each other.
                let time_ms = snapshot.time_ms.max(before.time_ms + 1);
                shared.log.not_before(time_ms);
                let here = Moment {
                    time_ms,
                    ..snapshot
                };
                tracing::error!(
                    "{lost}; no object can be taken back beyond this checkpoint, and nothing else is lost"
                );
                writer.forget_redo();
                let position = trim.max(redo.position);
                writer.finish(here, here, Moment { position, ..redo })?
            }
        };
        Ok(Written { coverage, trim })
    }

    /// The round is complete: its file counts, and those go that lead nowhere, are too old or too much.
    ///
    /// # Errors
    /// The disk's.
    pub(super) fn advance(&mut self, shared: &Shared, written: Written) -> Result<(), Error> {
        let disk = &*shared.disk;
        let coverage = written.coverage;
        let mut gone = VecDeque::new();
        if let Some(newest) = self.files.back()
            && newest.coverage.snapshot != coverage.kept_from
        {
            gone = std::mem::take(&mut self.files);
        }
        self.files.push_back(Kept::of(disk, coverage)?);
        let oldest_ms = shared.log.now_ms().saturating_sub(self.keep.ms);
        let mut bytes: u64 = self.files.iter().map(|kept| kept.bytes).sum();
        while self.files.len() > 1
            && let Some(oldest) = self.files.front()
            && (oldest.coverage.snapshot.time_ms < oldest_ms || bytes > self.keep.bytes)
        {
            bytes -= oldest.bytes;
            gone.extend(self.files.pop_front());
        }
        for kept in &gone {
            history::remove(disk, kept.coverage.round)?;
        }
        match gone.is_empty() {
            true => Ok(()),
            false => flush_names(disk),
        }
    }
}

/// Puts the commits of segments after a position into a file. Inside: why they cannot be had, if they cannot.
///
/// # Errors
/// Those of writing.
fn write_redo(
    shared: &Shared,
    writer: &mut HistoryWriter,
    segments: &[FullSegment],
    after: Position,
) -> Result<Result<(), Error>, Error> {
    let mut next = after.next();
    // Those at or before `after` were to be trimmed when the node ended.
    for segment in segments.iter().filter(|segment| segment.last > after) {
        let mut failed = None;
        let read = shared.log.read_segment(*segment, after, |logged| {
            if logged.position != next {
                return Err(lost(next));
            }
            next = logged.position.next();
            let moment = Moment {
                position: logged.position,
                time_ms: logged.time_ms,
            };
            writer.flushed(moment);
            if is_catalogue(&logged.commit.object) {
                return Ok(());
            }
            writer.redo(moment, &logged.commit).inspect_err(|error| {
                failed = Some(error.clone());
            })
        });
        if let Some(error) = failed {
            return Err(error);
        }
        if let Err(error) = read {
            return Ok(Err(error));
        }
    }
    let through = segments.last().map_or(after, |segment| segment.last);
    Ok(match next > through {
        true => Ok(()),
        false => Err(lost(next)),
    })
}

fn lost(position: Position) -> Error {
    Error::Damaged(format!(
        "the log has lost the commits from position {position} on, which are in the objects' files"
    ))
}

/// Keeps the pages of an object's file that the round will overwrite or cut.
fn write_undo(
    disk: &dyn Disk,
    writer: &mut HistoryWriter,
    snapshot: &Snapshot,
) -> Result<(), Error> {
    let object = &snapshot.slot.object;
    writer.undo(
        object,
        Undo {
            position: snapshot.position,
            previous: snapshot.previous,
            pages: snapshot.file_pages,
        },
    )?;
    if snapshot.file_pages == 0 {
        return Ok(());
    }
    let name = file_name(object);
    let file = disk.open(&name).map_err(Error::io("cannot open", &*name))?;
    let kept = snapshot.valid.min(snapshot.size).min(snapshot.file_pages);
    let numbers = snapshot.pages.iter().map(|(number, _)| *number);
    let overwritten = numbers.take_while(|number| *number <= kept);
    for number in overwritten.chain(kept + 1..=snapshot.file_pages) {
        let page = read_page(&*file, number).map_err(Error::io("cannot read", &*name))?;
        writer.undo_page(number, &page)?;
    }
    Ok(())
}

/// A page of an object's file. What a crash has cut off in the middle is zeros.
pub(super) fn read_page(file: &dyn DiskFile, number: u32) -> io::Result<Page> {
    let mut page = [0; PAGE_BYTES];
    file.read_at(&mut page, page_offset(number))?;
    Ok(page)
}
