//! The log: commits in, durable positions out.
//!
//! Any number of threads append; one at a time flushes. Whatever was appended while a flush was under way goes out
//! with the next one, in one write and one `fdatasync`, so the more there is to do the cheaper each commit gets, and
//! a lone commit waits for nobody.
//!
//! **Epochs.** A checkpoint takes every page that the log has changed to its object's file, after which the log up to
//! that point is not needed. So that replay never has to lean on a page that a crash may have torn on its way home,
//! the first change of a page *in an epoch* is logged whole, and a checkpoint begins a new epoch. Appending names
//! the epoch for which the record was made, and is refused if that one has passed: the record is then made again.

mod options;
mod past;
mod reading;
mod state;

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use crate::commit::{Commit, Position};
use crate::disk::{Disk, SECTOR_BYTES};
use crate::error::{Error, Result};
use crate::frame::{self, Batch};
use crate::recovery::{self, Logged};
use crate::sabotage::{Planted, Sabotage};
use crate::segment::{self, Segment};
use crate::superblock::State;

pub use self::options::{Clock, LogOptions, SystemClock};
use self::state::{Current, Queue, Writer};

/// News of the log.
#[derive(Debug, Clone)]
pub enum Durability {
    /// Everything up to this position is durable.
    Reached(Position),
    /// Nothing more will become durable.
    Failed(Arc<Error>),
}

/// Told whenever something became durable, on the thread that flushed. It must be quick and must not append.
pub type Listener = Box<dyn Fn(&Durability) + Send + Sync>;

/// Why a record was not taken.
#[derive(Debug)]
pub enum AppendError {
    /// A checkpoint has begun since the record was made: make it again, for this epoch.
    EpochPassed(u64),
    /// The log has failed or was closed.
    Failed(Error),
}

/// A segment that is full.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FullSegment {
    number: u64,
    /// Position of its last commit.
    pub last: Position,
}

/// The log of a node.
pub struct Log {
    disk: Arc<dyn Disk>,
    clock: Arc<dyn Clock>,
    options: LogOptions,
    node: u128,
    queue: Mutex<Queue>,
    /// Something was appended, or the log was closed.
    arrived: Condvar,
    /// The queue was taken, or the log failed.
    room: Condvar,
    durable: AtomicU64,
    /// Bytes of segments that hold commits.
    held_bytes: AtomicU64,
    /// How long the last flush took, in microseconds.
    flush_us: AtomicU64,
    writer: Mutex<Writer>,
    listeners: Mutex<Vec<Listener>>,
    /// What could not be read at the start and did not have to be.
    damage: Option<String>,
    planted: Planted,
}

/// A flush that takes less is better waited for than handed to another thread.
const QUICK_FLUSH_US: u64 = 2_000;

/// The largest commit. It is held in memory a few times over on its way to the disk.
const RECORD_BYTES_MAX: usize = 1 << 30;

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // A thread that panicked under one of these locks has ended the process, or is about to.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Log {
    /// Opens the log of the folder whose superblock says `state`, giving every commit that is not home to `replay`.
    ///
    /// What is written from now on goes to a new segment: a torn end stays as it is, and nothing of it can ever be
    /// taken for what comes later.
    ///
    /// # Errors
    /// [`Error::Damaged`] if commits that are not home are missing or cannot be read, other than at the very end of the log;
    /// [`Error::Foreign`] for segments of another folder; the disk's; those of `replay`.
    pub fn open(
        disk: Arc<dyn Disk>,
        clock: Arc<dyn Clock>,
        options: LogOptions,
        state: State,
        replay: impl FnMut(Logged<'_>) -> Result<()>,
    ) -> Result<Log> {
        Log::open_planted(Planted::NOTHING, disk, clock, options, state, replay)
    }

    /// As [`Log::open`], with a mistake, for tests of the tests.
    ///
    /// # Errors
    /// As for [`Log::open`].
    #[cfg(feature = "sabotage")]
    pub fn open_sabotaged(
        mistake: Option<Sabotage>,
        disk: Arc<dyn Disk>,
        clock: Arc<dyn Clock>,
        options: LogOptions,
        state: State,
        replay: impl FnMut(Logged<'_>) -> Result<()>,
    ) -> Result<Log> {
        let planted = Planted::new(mistake);
        Log::open_planted(planted, disk, clock, options, state, replay)
    }

    fn open_planted(
        planted: Planted,
        disk: Arc<dyn Disk>,
        clock: Arc<dyn Clock>,
        options: LogOptions,
        state: State,
        mut replay: impl FnMut(Logged<'_>) -> Result<()>,
    ) -> Result<Log> {
        disk.create_folder(segment::FOLDER)
            .map_err(Error::io("cannot create", segment::FOLDER))?;
        // Flushing the names in a folder does not flush the folder's own.
        disk.sync_folder("")
            .map_err(Error::io("cannot flush", "the data folder"))?;
        let found = recovery::scan(&*disk, state.node, state.home, planted, &mut replay)?;
        let writer = Writer {
            full: found.segments.into(),
            current: None,
            next_number: found.highest_number + 1,
            spares: found.unused,
            last_time_ms: found.last_time_ms.max(state.time_ms),
        };
        let held = writer.full.len() as u64 * options.segment_bytes;
        Ok(Log {
            disk,
            clock,
            options,
            node: state.node,
            queue: Mutex::new(Queue {
                last: found.last,
                epoch: 1,
                batches: VecDeque::new(),
                bytes: 0,
                failed: None,
                closed: false,
            }),
            arrived: Condvar::new(),
            room: Condvar::new(),
            durable: AtomicU64::new(found.last.0),
            held_bytes: AtomicU64::new(held),
            flush_us: AtomicU64::new(0),
            writer: Mutex::new(writer),
            listeners: Mutex::new(Vec::new()),
            damage: found.damage,
            planted,
        })
    }

    /// The present epoch.
    pub fn epoch(&self) -> u64 {
        lock(&self.queue).epoch
    }

    /// The position of the last commit appended, durable or not.
    pub fn last(&self) -> Position {
        lock(&self.queue).last
    }

    /// Everything up to this position is durable.
    pub fn durable(&self) -> Position {
        Position(self.durable.load(Ordering::SeqCst))
    }

    /// Bytes of the segments that hold commits.
    pub fn held_bytes(&self) -> u64 {
        self.held_bytes.load(Ordering::Relaxed)
    }

    /// What of the log could not be read when it was opened, although its contents had gone home: in words, with its place.
    pub fn damage(&self) -> Option<&str> {
        self.damage.as_deref()
    }

    /// Whether it has failed, and takes no more commits.
    pub fn has_failed(&self) -> bool {
        lock(&self.queue).failed.is_some()
    }

    /// Why it has failed, if it has.
    pub fn failure(&self) -> Option<Arc<Error>> {
        lock(&self.queue).failed.clone()
    }

    /// Whether commits wait for a flush.
    pub fn has_queued(&self) -> bool {
        !lock(&self.queue).batches.is_empty()
    }

    /// Asks to be told what becomes durable.
    pub fn subscribe(&self, listener: Listener) {
        lock(&self.listeners).push(listener);
    }

    /// Takes a commit whose changes were made for `epoch` into the log, and gives its position. It is durable once
    /// [`Self::durable`] has reached that.
    ///
    /// Wakes nobody: the caller sees to it that the log is flushed, with [`Self::wake_writer`] or [`Self::flush`], and
    /// soon. Waits while more than [`LogOptions::queue_bytes_max`] wait for the disk.
    ///
    /// # Errors
    /// See [`AppendError`]; nothing was appended then.
    pub fn append(&self, epoch: u64, commit: &Commit<'_>) -> Result<Position, AppendError> {
        // Encoded before the lock is taken; its length stands in front.
        let mut record = commit.encode(vec![0; 4]);
        if record.len() > RECORD_BYTES_MAX {
            let text = format!("a commit of more than {} MiB", RECORD_BYTES_MAX >> 20);
            return Err(AppendError::Failed(Error::Damaged(text)));
        }
        let length = (record.len() - 4) as u32;
        record[..4].copy_from_slice(&length.to_le_bytes());
        let mut queue = lock(&self.queue);
        while queue.bytes > self.options.queue_bytes_max && queue.failed.is_none() {
            self.arrived.notify_one();
            queue = self
                .room
                .wait(queue)
                .unwrap_or_else(PoisonError::into_inner);
        }
        if let Some(error) = &queue.failed {
            return Err(AppendError::Failed(Error::Failed(Arc::clone(error))));
        }
        if queue.closed {
            return Err(AppendError::Failed(Error::Closed));
        }
        if queue.epoch != epoch {
            return Err(AppendError::EpochPassed(queue.epoch));
        }
        let position = queue.last.next();
        queue.last = position;
        queue.bytes += record.len();
        let frame_bytes_max = self.options.frame_bytes_max;
        let fits = queue
            .batches
            .back()
            .is_some_and(|batch| batch.payload.len() + record.len() <= frame_bytes_max);
        match queue.batches.back_mut().filter(|_| fits) {
            Some(batch) => {
                batch.payload.extend_from_slice(&record);
                batch.count += 1;
            }
            // A large one is not copied while others wait for the lock.
            None => queue.batches.push_back(Batch {
                first: position,
                count: 1,
                payload: record,
            }),
        }
        Ok(position)
    }

    /// Has the thread that runs [`run_writer`] flush what was appended.
    pub fn wake_writer(&self) {
        self.arrived.notify_one();
    }

    /// Flushes what was appended, on this thread, if nobody else is writing and flushes have been quick lately;
    /// otherwise has the writer's thread do it. Whoever has nothing else to do saves two changes of threads so.
    ///
    /// A failure is told to the listeners.
    pub fn flush_or_wake(&self) {
        let quick = self.flush_us.load(Ordering::Relaxed) < QUICK_FLUSH_US;
        match self.writer.try_lock() {
            Ok(writer) if quick => drop(self.flush_with(writer)),
            _ => self.wake_writer(),
        }
    }

    /// Begins a new epoch, and gives the position of the last commit of the one before.
    pub fn begin_epoch(&self) -> Position {
        let mut queue = lock(&self.queue);
        if !self.planted.is(Sabotage::KeepEpoch) {
            queue.epoch += 1;
        }
        queue.last
    }

    /// Waits until something was appended; false once the log is closed and nothing is left.
    pub fn wait(&self) -> bool {
        let mut queue = lock(&self.queue);
        while queue.failed.is_some() || queue.batches.is_empty() {
            if queue.closed || queue.failed.is_some() {
                return false;
            }
            queue = self
                .arrived
                .wait(queue)
                .unwrap_or_else(PoisonError::into_inner);
        }
        true
    }

    /// Takes no more commits. What was appended is still flushed.
    pub fn close(&self) {
        lock(&self.queue).closed = true;
        self.arrived.notify_all();
    }

    /// Writes and flushes everything that was appended before the call.
    ///
    /// # Errors
    /// The disk's, and then [`Error::Failed`] for ever: a flush that failed says nothing about what is on the disk,
    /// so nothing after it can be confirmed. The next start decides from what the log holds.
    pub fn flush(&self) -> Result<Position> {
        self.flush_with(lock(&self.writer))
    }

    fn flush_with(&self, mut writer: MutexGuard<'_, Writer>) -> Result<Position> {
        let batches = {
            let mut queue = lock(&self.queue);
            if let Some(error) = &queue.failed {
                return Err(Error::Failed(Arc::clone(error)));
            }
            queue.bytes = 0;
            std::mem::take(&mut queue.batches)
        };
        self.room.notify_all();
        let Some(last) = batches.back().map(Batch::last) else {
            return Ok(self.durable());
        };
        if self.planted.is(Sabotage::ConfirmEarly) {
            self.durable.store(last.0, Ordering::SeqCst);
            self.tell(&Durability::Reached(last));
        }
        match self.write(&mut writer, &batches) {
            Ok(()) => {
                // Whoever asks to be told of it looks at it afterwards; the order of the two must be the same for all.
                self.durable.store(last.0, Ordering::SeqCst);
                drop(writer);
                self.tell(&Durability::Reached(last));
                Ok(last)
            }
            Err(error) => {
                drop(writer);
                Err(self.fail(&error))
            }
        }
    }

    /// Takes no more commits, because of `error`, and tells the listeners. What is queued is not flushed. The first
    /// failure counts.
    pub fn fail(&self, error: &Error) -> Error {
        let failed = {
            let mut queue = lock(&self.queue);
            if let Some(earlier) = &queue.failed {
                return Error::Failed(Arc::clone(earlier));
            }
            let error = Arc::new(error.clone());
            queue.failed = Some(Arc::clone(&error));
            error
        };
        self.room.notify_all();
        self.arrived.notify_all();
        self.tell(&Durability::Failed(Arc::clone(&failed)));
        Error::Failed(failed)
    }

    fn tell(&self, news: &Durability) {
        for listener in &*lock(&self.listeners) {
            listener(news);
        }
    }

    fn write(&self, writer: &mut Writer, batches: &VecDeque<Batch>) -> Result<()> {
        let now_ms = self.clock.now_ms().max(writer.last_time_ms);
        writer.last_time_ms = now_ms;
        let durable = self.durable();
        let mut bytes = Vec::new();
        for batch in batches {
            let begin = bytes.len();
            let current = writer.current.as_ref();
            let number = current.map_or(0, |current| current.segment.number);
            let cut = self
                .planted
                .is(Sabotage::DropTail)
                .then(|| batch.without_last());
            let batch = cut.as_ref().unwrap_or(batch);
            frame::encode(batch, number, durable, now_ms, &mut bytes);
            let fits = current.is_some_and(|current| {
                let used = current.offset + bytes.len() as u64;
                used <= current.capacity
            });
            if !fits {
                // What came before belongs to the old segment, and must be flushed before the new one is.
                let length = (bytes.len() - begin) as u64;
                bytes.truncate(begin);
                if !bytes.is_empty() {
                    self.put(writer, &bytes)?;
                }
                let number = self.next_segment(writer, batch.first, length)?;
                bytes.clear();
                frame::encode(batch, number, durable, now_ms, &mut bytes);
            }
            let current = writer.current.as_mut().expect("a segment is open");
            current.last = Some(batch.last());
        }
        self.put(writer, &bytes)
    }

    /// Writes frames to the current segment, and flushes it.
    fn put(&self, writer: &mut Writer, bytes: &[u8]) -> Result<()> {
        let current = writer.current.as_mut().expect("a segment is open");
        let name = segment::name(current.segment.number);
        let file = &current.segment.file;
        if current.offset == SECTOR_BYTES as u64 {
            let header = segment::header(self.node, current.segment.number, current.segment.first);
            file.write_at(&header, 0)
                .map_err(Error::io("cannot write", &*name))?;
        }
        file.write_at(bytes, current.offset)
            .map_err(Error::io("cannot write", &*name))?;
        if !self.planted.is(Sabotage::SkipFlush) {
            let began = Instant::now();
            let mut flushed = file.sync_data();
            let took_us = u64::try_from(began.elapsed().as_micros()).unwrap_or(u64::MAX);
            self.flush_us.store(took_us, Ordering::Relaxed);
            if self.planted.is(Sabotage::RetryFlush) {
                flushed = flushed.or_else(|_| file.sync_data());
            }
            flushed.map_err(Error::io("cannot flush", name))?;
        }
        current.offset += bytes.len() as u64;
        Ok(())
    }

    /// Goes on in a new segment with room for `bytes`, whose first commit is `first`. Gives its number.
    fn next_segment(&self, writer: &mut Writer, first: Position, bytes: u64) -> Result<u64> {
        writer.end_segment();
        let number = writer.next_number;
        writer.next_number += 1;
        let name = segment::name(number);
        let capacity = self
            .options
            .segment_bytes
            .max(SECTOR_BYTES as u64 + bytes.next_multiple_of(SECTOR_BYTES as u64));
        match writer.spares.pop() {
            Some(spare) => self
                .disk
                .rename(&spare, &name)
                .map_err(Error::io("cannot rename", spare))?,
            None => segment::create_filled(&*self.disk, &name, capacity)?,
        }
        let file = self
            .disk
            .open_log(&name)
            .map_err(Error::io("cannot open", &*name))?;
        let capacity = capacity.max(file.len().map_err(Error::io("cannot look at", &*name))?);
        if !self.planted.is(Sabotage::SkipFolderFlush) {
            self.disk
                .sync_folder(segment::FOLDER)
                .map_err(Error::io("cannot flush", segment::FOLDER))?;
        }
        self.held_bytes
            .fetch_add(self.options.segment_bytes, Ordering::Relaxed);
        writer.current = Some(Current {
            segment: Segment {
                number,
                first,
                file,
            },
            offset: SECTOR_BYTES as u64,
            capacity,
            last: None,
        });
        Ok(number)
    }

    /// Lets go of the segments whose commits are all at or before `through`, which are in the objects' files. Their
    /// files are used again.
    ///
    /// # Errors
    /// The disk's.
    pub fn trim(&self, through: Position) -> Result<()> {
        let mut writer = lock(&self.writer);
        while let Some(&(number, last)) = writer.full.front() {
            if last > through {
                break;
            }
            let name = segment::name(number);
            // One that was made for a huge commit would keep its size for ever.
            let bytes = self
                .disk
                .open(&name)
                .and_then(|file| file.len())
                .map_err(Error::io("cannot look at", &*name))?;
            let fits = bytes <= self.options.segment_bytes;
            if fits && writer.spares.len() < self.options.spares_max {
                let spare = segment::spare_name(number);
                self.disk
                    .rename(&name, &spare)
                    .map_err(Error::io("cannot rename", name))?;
                writer.spares.push(spare);
            } else {
                self.disk
                    .remove(&name)
                    .map_err(Error::io("cannot remove", name))?;
            }
            writer.full.pop_front();
        }
        let held = writer.full.len() + usize::from(writer.current.is_some());
        self.held_bytes
            .store(held as u64 * self.options.segment_bytes, Ordering::Relaxed);
        Ok(())
    }

    /// Ends the segment being written, so that a trim can let it go too. The next commit begins another.
    pub fn end_segment(&self) {
        lock(&self.writer).end_segment();
    }
}

/// Flushes whatever is appended, until the log is closed or fails. Runs on a thread of its own.
pub fn run_writer(log: &Log) {
    while log.wait() {
        if log.flush().is_err() {
            // The listeners were told.
            return;
        }
    }
}

#[cfg(test)]
mod tests;
