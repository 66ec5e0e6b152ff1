//! For how long a history is kept, how times become bookmarks, and what becomes of it when files are lost.

use holdfast_storage::Database;

use crate::node::{DAY_MS, Node, bookmark, contents, object, put_row};

fn put(database: &Database, value: u8) -> String {
    put_row(database, 1, value, 10_000);
    bookmark(database)
}

/// Commits once a day and checkpoints, and gives the bookmarks.
fn live(node: &mut Node, days: u8) -> Vec<String> {
    let mut bookmarks = Vec::new();
    for day in 0..days {
        let database = node.open(&object(1));
        bookmarks.push(put(&database, day));
        drop(database);
        node.checkpoint(true);
        node.clock.set(node.clock.get() + DAY_MS);
    }
    bookmarks
}

fn fill(database: &Database) -> u8 {
    contents(database).rows[0].1[0]
}

#[test]
fn what_is_older_than_the_limit_goes_and_what_is_younger_stays() {
    let mut node = Node::new();
    node.options.history_ms = 5 * DAY_MS;
    let bookmarks = live(&mut node, 20);
    // The last round was a day ago. Files of the five days before it, and of the instant they begin with.
    let files = node.files().len();
    assert!((5..=7).contains(&files), "{files} files");
    for (day, bookmark) in bookmarks.iter().enumerate().skip(14) {
        let (database, _) = node.go_back(&object(1), bookmark);
        assert_eq!(usize::from(fill(&database)), day);
    }
    for (day, bookmark) in bookmarks[..10].iter().enumerate() {
        let database = node.open(&object(1));
        let error = database.restore_on_next_session(bookmark).unwrap_err();
        let since = "That bookmark is too long ago: this server can go back to 2023-11-";
        assert!(
            error.message.starts_with(since),
            "day {day}: {}",
            error.message
        );
    }
    node.crash(true);
    let (database, _) = node.go_back(&object(1), &bookmarks[14]);
    assert_eq!(fill(&database), 14);
}

#[test]
fn a_wish_for_what_has_meanwhile_gone_is_dropped_with_an_error() {
    let mut node = Node::new();
    node.options.history_ms = 5 * DAY_MS;
    let bookmarks = live(&mut node, 2);
    let database = node.open(&object(1));
    database.restore_on_next_session(&bookmarks[0]).unwrap();
    database.commit().unwrap();
    drop(database);
    node.clock.set(node.clock.get() + 10 * DAY_MS);
    node.checkpoint(true);
    let _ = node.open(&object(2)).kv_put("k", b"v");
    node.checkpoint(true);
    let database = node.open(&object(1));
    let error = database.begin_session().unwrap_err();
    assert!(
        error
            .message
            .starts_with("The bookmark that this object was to be restored to is too long ago"),
        "{}",
        error.message
    );
    assert_eq!(fill(&database), 1, "the present is as it was");
    drop(database);
    assert_eq!(node.begin(&object(1)).1, None);
}

#[test]
fn times_become_bookmarks() {
    let mut node = Node::new();
    let start = node.clock.get();
    let mut states = Vec::new();
    for step in 0..40_u8 {
        node.clock.set(start + 1000 * u64::from(step));
        let database = node.open(&object(1));
        states.push(put(&database, step));
        drop(database);
        node.store().flush().unwrap();
        match step % 10 {
            3 => node.checkpoint(true),
            6 => node.checkpoint(false),
            8 => node.crash(true),
            _ => {}
        }
    }
    // The time of commits never goes back, not even over a restart.
    node.crash(true);
    node.clock.set(start);
    let database = node.open(&object(1));
    for (step, state) in states.iter().enumerate() {
        let time = start + 1000 * step as u64;
        for time in [time, time + 1, time + 999] {
            let found = database.bookmark_for_time(time).unwrap();
            // Later commits of the catalogue may have the same time.
            assert!(found >= *state, "{step}");
            assert!(
                states.get(step + 1).is_none_or(|next| found < *next),
                "{step}"
            );
        }
    }
    let future = database.bookmark_for_time(start + 10 * DAY_MS).unwrap();
    assert_eq!(&future[..17], &states[39][..17]);
    let error = database.bookmark_for_time(start - 1).unwrap_err();
    assert_eq!(
        error.message,
        "That time is too long ago: this server can go back to 2023-11-14T22:13:20.000Z."
    );
    let middle = database.bookmark_for_time(start + 17_500).unwrap();
    drop(database);
    let (database, _) = node.go_back(&object(1), &middle);
    assert_eq!(fill(&database), 17);
}

/// After a checkpoint the log says nothing of the times of what is home.
#[test]
fn times_do_not_go_back_with_the_clock_where_nothing_is_left_of_them_in_the_log() {
    let mut node = Node::new();
    node.options.history_ms = 0;
    let start = node.clock.get();
    live(&mut node, 3);
    let last = start + 2 * DAY_MS;
    node.crash(true);
    node.clock.set(start);
    let before = node.store().log().last();
    drop(put(&node.open(&object(1)), 50));
    let mut times = Vec::new();
    let read = node.store().log().read_after(before, |logged| {
        times.push(logged.time_ms);
        Ok(true)
    });
    read.unwrap();
    assert!(
        !times.is_empty() && times.iter().all(|time| *time >= last),
        "{times:?} before {last}"
    );
    node.checkpoint(true);
    node.crash(true);

    // A history that begins now does not reach back to times that had passed.
    node.options.history_ms = 30 * DAY_MS;
    let database = node.open(&object(1));
    let error = database.bookmark_for_time(start + DAY_MS).unwrap_err();
    assert!(
        error.message.starts_with("That time is too long ago"),
        "{}",
        error.message
    );
    let now = database.bookmark_for_time(last + DAY_MS).unwrap();
    assert_eq!(now, bookmark(&database));
}

#[test]
fn a_history_can_be_switched_off_and_begins_anew() {
    let mut node = Node::new();
    let before = live(&mut node, 3);
    node.crash(true);
    node.options.history_ms = 0;
    let database = node.open(&object(1));
    let off = "Point-in-time recovery is switched off on this server.";
    let now = database.current_bookmark().unwrap().text();
    assert_eq!(
        database.restore_on_next_session(&now).unwrap_err().message,
        off
    );
    assert_eq!(database.bookmark_for_time(0).unwrap_err().message, off);
    drop(database);
    assert_eq!(node.files(), [""; 0]);
    let between = live(&mut node, 2);
    assert_eq!(node.files(), [""; 0]);
    // A crash in the middle of a checkpoint without a history.
    drop(put(&node.open(&object(1)), 50));
    node.interrupted_checkpoint(9, true);

    node.options.history_ms = 30 * DAY_MS;
    let after: Vec<_> = live(&mut node, 3);
    for old in before.iter().chain(&between) {
        let error = node
            .open(&object(1))
            .restore_on_next_session(old)
            .unwrap_err();
        assert!(error.message.contains("too long ago"), "{}", error.message);
    }
    for (day, bookmark) in after.iter().enumerate() {
        let (database, _) = node.go_back(&object(1), bookmark);
        assert_eq!(usize::from(fill(&database)), day);
    }
}

#[test]
fn a_lost_or_damaged_file_ends_what_can_be_reached_and_nothing_else() {
    for damaged in [false, true] {
        let mut node = Node::new();
        let bookmarks = live(&mut node, 6);
        node.crash(true);
        let lost = node.path("history").join(&node.files()[2]);
        match damaged {
            true => {
                let bytes = std::fs::read(&lost).unwrap();
                std::fs::write(&lost, &bytes[..bytes.len() - 1]).unwrap();
            }
            false => std::fs::remove_file(&lost).unwrap(),
        }
        let database = node.open(&object(1));
        assert_eq!(fill(&database), 5);
        for bookmark in &bookmarks[..2] {
            let error = database.restore_on_next_session(bookmark).unwrap_err();
            assert!(error.message.contains("too long ago"), "{}", error.message);
        }
        drop(database);
        for day in [3, 4, 5] {
            let (database, _) = node.go_back(&object(1), &bookmarks[day]);
            assert_eq!(usize::from(fill(&database)), day);
        }
    }
}

#[test]
fn damage_inside_a_file_is_told_once_and_the_object_goes_on() {
    let mut node = Node::new();
    let bookmarks = live(&mut node, 3);
    let file = node.path("history").join(&node.files()[1]);
    let mut bytes = std::fs::read(&file).unwrap();
    bytes[60] ^= 1;
    std::fs::write(&file, bytes).unwrap();
    let database = node.open(&object(1));
    database.restore_on_next_session(&bookmarks[0]).unwrap();
    database.commit().unwrap();
    drop(database);
    let database = node.open(&object(1));
    let error = database.begin_session().unwrap_err();
    assert!(
        error.message.contains("0000000000000002.hist is damaged"),
        "{}",
        error.message
    );
    assert_eq!(fill(&database), 2);
    drop(database);
    assert_eq!(node.begin(&object(1)).1, None);
}

/// Flips a bit in the first frame of the segment that is being written.
fn damage_log(node: &Node) {
    let log = node.path("log");
    let files = std::fs::read_dir(&log).unwrap();
    let newest = files
        .map(|file| file.unwrap().path())
        .filter(|path| path.extension().is_some_and(|kind| kind == "seg"))
        .max()
        .expect("a segment");
    let mut bytes = std::fs::read(&newest).unwrap();
    bytes[512 + 60] ^= 1;
    std::fs::write(&newest, bytes).unwrap();
}

fn is_too_long_ago(node: &mut Node, bookmark: &str) {
    let database = node.open(&object(1));
    let error = database.restore_on_next_session(bookmark).unwrap_err();
    let since = "That bookmark is too long ago: this server can go back to 2023-11-";
    assert!(error.message.starts_with(since), "{}", error.message);
}

#[test]
fn a_log_that_rots_before_the_history_has_it_ends_what_can_be_reached() {
    let mut node = Node::new();
    let mut lost = live(&mut node, 2);
    lost.push(put(&node.open(&object(1)), 7));
    node.store().flush().unwrap();
    let home = put(&node.open(&object(1)), 77);
    damage_log(&node);
    // The pages are in memory: a checkpoint takes them home all the same.
    node.checkpoint(true);
    assert_eq!(node.files().len(), 1, "the older ones lead nowhere");
    for restart in [false, true] {
        if restart {
            node.crash(true);
        }
        let kept = put(&node.open(&object(1)), 8);
        drop(put(&node.open(&object(1)), 9));
        for bookmark in &lost {
            is_too_long_ago(&mut node, bookmark);
        }
        for (bookmark, state) in [(&home, 77), (&kept, 8)] {
            let (database, _) = node.go_back(&object(1), bookmark);
            assert_eq!(fill(&database), state);
        }
        node.checkpoint(true);
    }
}

#[test]
fn a_new_chain_that_was_begun_right_before_a_crash_is_told_from_the_old_one() {
    for operations in 5..60 {
        let mut node = Node::new();
        let mut old = live(&mut node, 3);
        old.push(put(&node.open(&object(1)), 7));
        node.store().flush().unwrap();
        drop(put(&node.open(&object(1)), 77));
        node.store().flush().unwrap();
        let files = node.files().len();
        damage_log(&node);
        let through = node.interrupted_checkpoint(operations, true);
        if !through && node.files().len() <= files {
            // Not far enough: then the start finds the damage.
            continue;
        }
        // The new file may be there beside the old ones, and count or not.
        let disk = holdfast_journal::RealDisk::new(node.path("")).unwrap();
        let home = holdfast_journal::Superblock::read(&disk).unwrap().unwrap();
        if home.state().round <= 3 {
            continue;
        }
        let kept = put(&node.open(&object(1)), 8);
        drop(put(&node.open(&object(1)), 9));
        for bookmark in &old {
            is_too_long_ago(&mut node, bookmark);
        }
        let (database, _) = node.go_back(&object(1), &kept);
        assert_eq!(fill(&database), 8, "{operations}");
        if through {
            return;
        }
    }
    panic!("no checkpoint was through");
}

#[test]
fn damage_before_home_is_no_reason_not_to_start() {
    let mut node = Node::new();
    let old = live(&mut node, 2);
    let lost = put(&node.open(&object(1)), 7);
    node.store().flush().unwrap();
    drop(put(&node.open(&object(1)), 77));
    node.store().flush().unwrap();
    // The segment goes on: the history does not have it yet.
    node.checkpoint(false);
    drop(put(&node.open(&object(1)), 8));
    node.store().flush().unwrap();
    drop(put(&node.open(&object(1)), 9));
    node.crash(true);
    damage_log(&node);
    assert_eq!(fill(&node.open(&object(1))), 9);
    // What would have to be read for it cannot be: an error, and never another state.
    let database = node.open(&object(1));
    database.restore_on_next_session(&lost).unwrap();
    database.commit().unwrap();
    drop(database);
    let database = node.open(&object(1));
    let error = database.begin_session().unwrap_err().message;
    assert!(error.contains("log"), "{error}");
    assert_eq!(fill(&database), 9);
    drop(database);
    node.checkpoint(true);
    for bookmark in old.iter().chain([&lost]) {
        is_too_long_ago(&mut node, bookmark);
    }
    let kept = put(&node.open(&object(1)), 10);
    drop(put(&node.open(&object(1)), 11));
    let (database, _) = node.go_back(&object(1), &kept);
    assert_eq!(fill(&database), 10);
}

#[test]
fn what_is_more_than_the_limit_goes_and_the_newest_stays() {
    let mut node = Node::new();
    let bookmarks = live(&mut node, 12);
    let sizes = |node: &Node| -> Vec<u64> {
        let size = |name: &String| {
            std::fs::metadata(node.path("history").join(name))
                .unwrap()
                .len()
        };
        node.files().iter().map(size).collect()
    };
    let all = sizes(&node);
    assert_eq!(all.len(), 12);
    node.crash(true);
    // Room for four or so. The next round sees to it.
    node.options.history_bytes_max = all[8..].iter().sum();
    drop(put(&node.open(&object(1)), 100));
    node.checkpoint(true);
    let kept = sizes(&node);
    assert!((3..=5).contains(&kept.len()), "{kept:?} of {all:?}");
    assert!(kept.iter().sum::<u64>() <= node.options.history_bytes_max);
    for bookmark in &bookmarks[..7] {
        is_too_long_ago(&mut node, bookmark);
    }
    node.crash(true);
    let (database, _) = node.go_back(&object(1), &bookmarks[11]);
    assert_eq!(fill(&database), 11);
    drop(database);
    node.crash(true);
    node.options.history_bytes_max = 1;
    node.checkpoint(true);
    assert_eq!(
        node.files().len(),
        1,
        "the newest says where the files stand"
    );
    let now = put(&node.open(&object(1)), 101);
    drop(put(&node.open(&object(1)), 102));
    let (database, _) = node.go_back(&object(1), &now);
    assert_eq!(fill(&database), 101);
}
