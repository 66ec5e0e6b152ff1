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
