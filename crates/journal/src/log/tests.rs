//! The log on a real disk.

use std::borrow::Cow;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};

use tempfile::TempDir;

use super::*;
use crate::commit::{Change, ObjectRef, PAGE_BYTES};
use crate::disk::RealDisk;

struct World {
    log: Arc<Log>,
    folder: TempDir,
    /// What became durable, by the thread on which it did.
    told: Receiver<(Position, std::thread::ThreadId)>,
}

fn world() -> World {
    let folder = TempDir::new().unwrap();
    let disk = Arc::new(RealDisk::new(folder.path()).unwrap());
    let options = LogOptions {
        segment_bytes: 64 << 10,
        ..LogOptions::default()
    };
    let clock = Arc::new(SystemClock);
    let log = Log::open(disk, clock, options, State::new(1), |_| Ok(())).unwrap();
    let (sender, told) = channel();
    log.subscribe(Box::new(move |news| {
        if let Durability::Reached(position) = news {
            sender
                .send((*position, std::thread::current().id()))
                .unwrap();
        }
    }));
    World {
        log: Arc::new(log),
        folder,
        told,
    }
}

impl World {
    fn append(&self, pages: u8) -> Position {
        let page = |number: u8| {
            // Not to be compressed away.
            let bytes =
                (0..PAGE_BYTES).map(|at| (at * 31 + usize::from(number) * 7 + at * at / 13) as u8);
            (
                u32::from(number) + 1,
                Change::Whole(Cow::Owned(bytes.collect())),
            )
        };
        let commit = Commit {
            object: ObjectRef {
                class: Arc::from("A"),
                id: [1; 32],
            },
            name: None,
            alarm: None,
            reset: false,
            restores: false,
            pages: u32::from(pages),
            changes: (0..pages).map(page).collect(),
        };
        self.log.append(self.log.epoch(), &commit).unwrap()
    }

    /// Sizes of the log's files.
    fn files(&self) -> Vec<u64> {
        let entries = std::fs::read_dir(self.folder.path().join(segment::FOLDER)).unwrap();
        entries
            .map(|entry| entry.unwrap().metadata().unwrap().len())
            .collect()
    }
}

#[test]
fn a_segment_of_unusual_size_is_not_used_again() {
    let world = world();
    world.append(100);
    let last = world.log.flush().unwrap();
    assert!(world.files().iter().any(|bytes| *bytes > 64 << 10));
    world.log.end_segment();
    world.log.trim(last).unwrap();
    assert_eq!(world.files(), []);

    world.append(1);
    let last = world.log.flush().unwrap();
    world.log.end_segment();
    world.log.trim(last).unwrap();
    assert_eq!(world.files(), [64 << 10], "a usual one is kept");
}

#[test]
fn who_has_nothing_else_to_do_flushes() {
    let world = world();
    let position = world.append(1);
    world.log.flush_or_wake();
    assert_eq!(world.log.durable(), position);
    let told = world.told.recv().unwrap();
    assert_eq!(told, (position, std::thread::current().id()));
}

#[test]
fn while_another_writes_the_writer_is_waked() {
    let world = world();
    let log = Arc::clone(&world.log);
    let position = world.append(1);
    let held = lock(&world.log.writer);
    world.log.flush_or_wake();
    assert_eq!(world.log.durable(), Position::START);
    let thread = std::thread::spawn(move || run_writer(&log));
    drop(held);
    let told = world.told.recv().unwrap();
    assert_eq!(told, (position, thread.thread().id()));
    world.log.close();
    thread.join().unwrap();
}

#[test]
fn after_a_slow_flush_the_writer_does_it() {
    let world = world();
    world.log.flush_us.store(QUICK_FLUSH_US, Ordering::Relaxed);
    world.append(1);
    world.log.flush_or_wake();
    assert_eq!(world.log.durable(), Position::START);
    assert!(world.log.has_queued());
}
