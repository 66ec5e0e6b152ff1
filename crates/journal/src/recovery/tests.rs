//! What damage does to a start, by its place.

use std::borrow::Cow;
use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

use tempfile::TempDir;

use super::*;
use crate::commit::{Change, ObjectRef, PAGE_BYTES};
use crate::disk::{Disk, RealDisk, SECTOR_BYTES};
use crate::frame;
use crate::log::{Clock, Log, LogOptions, SystemClock};
use crate::superblock::State;

/// Commits in the log, each in a flush of its own.
const COMMITS: u64 = 6;

/// One that fills the page of an object.
fn commit(fill: u8) -> Commit<'static> {
    Commit {
        object: ObjectRef {
            class: Arc::from("A"),
            id: [1; 32],
        },
        name: None,
        alarm: None,
        reset: false,
        restores: false,
        pages: 1,
        changes: vec![(1, Change::Whole(Cow::Owned(vec![fill; PAGE_BYTES])))],
    }
}

struct Folder {
    folder: TempDir,
}

impl Folder {
    /// With all commits in one segment, or with a new segment for each.
    fn new(one_segment: bool) -> Folder {
        let folder = Folder {
            folder: TempDir::new().unwrap(),
        };
        let log = folder.open(Position::START).unwrap().0;
        for position in 1..=COMMITS {
            log.append(log.epoch(), &commit(position as u8)).unwrap();
            log.flush().unwrap();
            if !one_segment {
                log.end_segment();
            }
        }
        folder
    }

    /// The log, and the positions that it replays.
    fn open(&self, home: Position) -> Result<(Log, Vec<u64>)> {
        let state = State {
            home,
            ..State::new(1)
        };
        let disk = Arc::new(RealDisk::new(self.folder.path()).unwrap());
        let options = LogOptions {
            segment_bytes: 64 << 10,
            ..LogOptions::default()
        };
        let mut replayed = Vec::new();
        let log = Log::open(disk, Arc::new(SystemClock), options, state, |logged| {
            let expected = logged.position.0 as u8;
            assert!(
                matches!(&logged.commit.changes[..], [(1, Change::Whole(page))] if page[9] == expected)
            );
            replayed.push(logged.position.0);
            Ok(())
        })?;
        Ok((log, replayed))
    }

    fn segment(&self, number: u64) -> PathBuf {
        self.folder.path().join(segment::name(number))
    }

    fn flip(&self, number: u64, at: usize) {
        let mut bytes = fs::read(self.segment(number)).unwrap();
        bytes[at] ^= 16;
        fs::write(self.segment(number), bytes).unwrap();
    }

    /// Where the frames of the first segment begin.
    fn frames(&self) -> Vec<usize> {
        let bytes = fs::read(self.segment(1)).unwrap();
        let mut places = Vec::new();
        let mut at = SECTOR_BYTES;
        while let Some(frame) = frame::decode(&bytes[at..], Planted::NOTHING) {
            places.push(at);
            at += frame.span;
        }
        assert_eq!(places.len() as u64, COMMITS);
        places
    }
}

fn after(home: u64) -> Vec<u64> {
    (home + 1..=COMMITS).collect()
}

#[test]
fn a_damaged_frame_matters_only_behind_home() {
    for damaged in 1..=COMMITS {
        for home in 0..=COMMITS {
            let folder = Folder::new(true);
            let at = folder.frames()[damaged as usize - 1];
            folder.flip(1, at + 60);
            let opened = folder.open(Position(home));
            let what = format!("frame {damaged} damaged, {home} home");
            match opened {
                Ok((log, replayed)) if damaged <= home => {
                    assert_eq!(replayed, after(home), "{what}");
                    // Nobody can tell the last frame from a torn end.
                    assert_eq!(log.damage().is_some(), damaged < COMMITS, "{what}");
                    assert_eq!(log.last(), Position(COMMITS), "{what}");
                }
                Ok((_, replayed)) => {
                    assert_eq!(damaged, COMMITS, "{what}");
                    assert_eq!(replayed, (home + 1..COMMITS).collect::<Vec<_>>(), "{what}");
                }
                Err(error) => {
                    assert!(damaged > home && damaged < COMMITS, "{what}: {error}");
                    let says = format!(
                        "log/0000000000000001.seg is damaged at byte {at}: the commits from position {damaged} on"
                    );
                    assert!(error.to_string().starts_with(&says), "{what}: {error}");
                }
            }
        }
    }
}

#[test]
fn several_damaged_frames_are_stepped_over_together() {
    let folder = Folder::new(true);
    let places = folder.frames();
    for frame in [0, 1, 3] {
        folder.flip(1, places[frame] + 60);
    }
    assert_eq!(folder.open(Position(4)).unwrap().1, after(4));
    let error = folder.open(Position(3)).err().unwrap().to_string();
    assert!(error.contains("from position 4 on"), "{error}");
}

#[test]
fn a_first_sector_is_needed_only_for_what_comes_behind_home() {
    let folder = Folder::new(true);
    folder.flip(1, 9);
    for home in 1..=COMMITS {
        assert_eq!(
            folder.open(Position(home)).unwrap().1,
            after(home),
            "{home}"
        );
    }
    let error = folder.open(Position::START).err().unwrap().to_string();
    assert!(error.contains("from position 1 on"), "{error}");
}

#[test]
fn segments_that_are_home_are_not_looked_at() {
    for damaged in 1..=COMMITS {
        for home in 0..=COMMITS {
            for gone in [false, true] {
                let folder = Folder::new(false);
                match gone {
                    true => fs::remove_file(folder.segment(damaged)).unwrap(),
                    false => folder.flip(damaged, SECTOR_BYTES + 60),
                }
                let what = format!("segment {damaged} damaged ({gone}), {home} home");
                match folder.open(Position(home)) {
                    Ok((_, replayed)) if damaged <= home => {
                        assert_eq!(replayed, after(home), "{what}");
                    }
                    Ok((_, replayed)) => {
                        assert_eq!(damaged, COMMITS, "{what}");
                        assert_eq!(replayed, (home + 1..COMMITS).collect::<Vec<_>>(), "{what}");
                    }
                    Err(error) => {
                        assert!(damaged > home && damaged < COMMITS, "{what}: {error}");
                        assert!(error.to_string().contains("log/"), "{what}: {error}");
                    }
                }
            }
        }
    }
}

#[test]
fn times_go_on_from_the_superblock_where_no_segment_says_more() {
    struct Stopped;
    impl Clock for Stopped {
        fn now_ms(&self) -> u64 {
            5
        }
    }
    let folder = TempDir::new().unwrap();
    let disk = Arc::new(RealDisk::new(folder.path()).unwrap());
    let state = State {
        time_ms: 9,
        ..State::new(1)
    };
    let open = |state| {
        let disk = Arc::clone(&disk) as Arc<dyn Disk>;
        let options = LogOptions::default();
        Log::open(disk, Arc::new(Stopped), options, state, |_| Ok(())).unwrap()
    };
    assert_eq!(open(State::new(1)).now_ms(), 5);
    let log = open(state);
    log.append(log.epoch(), &commit(1)).unwrap();
    log.flush().unwrap();
    drop(log);
    let mut times = Vec::new();
    open(State::new(1))
        .read_after(Position::START, |logged| {
            times.push(logged.time_ms);
            Ok(true)
        })
        .unwrap();
    assert_eq!(times, [9]);
}

#[test]
fn whoever_reads_the_log_learns_what_is_missing() {
    let folder = Folder::new(true);
    folder.flip(1, folder.frames()[2] + 60);
    let (log, _) = folder.open(Position(4)).unwrap();
    let read = |after| {
        let mut positions = Vec::new();
        log.read_after(Position(after), |logged| {
            positions.push(logged.position.0);
            Ok(true)
        })
        .map(|()| positions)
    };
    assert_eq!(read(3).unwrap(), after(3));
    let error = read(1).unwrap_err().to_string();
    assert!(error.contains("from position 3 on"), "{error}");
}
