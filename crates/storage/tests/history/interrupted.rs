//! Checkpoints that are cut off after each operation of the disk, and commits that come in the middle of one.

use std::sync::atomic::{AtomicU64, Ordering};

use holdfast_storage::{Checkpointer, Database, Location, Options};

use crate::node::{Contents, Node, bookmark, contents, object, put_row, run};

/// Checkpoints that a test makes while objects commit.
const ROUNDS: u64 = 30;

/// Grows, shrinks and changes objects in a way that differs from step to step.
fn write(database: &Database, step: u8) {
    match step % 7 {
        5 => {
            database.delete_all(true).unwrap();
        }
        6 => {
            put_row(database, 0, step, 100);
            run(database, "DELETE FROM t WHERE id % 2 = 0", vec![]);
        }
        _ => {
            for id in 0..6 {
                put_row(database, i64::from(step % 3) * 4 + id, step, 3000);
            }
        }
    }
}

#[test]
fn a_checkpoint_may_be_cut_off_anywhere() {
    let mut node = Node::new();
    let mut states: Vec<(u8, String, Contents)> = Vec::new();
    let mut operations = 1;
    let mut rounds = 0;
    for step in 0..u8::MAX {
        for id in [1, 2] {
            let database = node.open(&object(id));
            write(&database, step.wrapping_add(3 * id));
            let bookmark = bookmark(&database);
            states.push((id, bookmark, contents(&database)));
        }
        if node.interrupted_checkpoint(operations, step % 3 != 0) {
            rounds += 1;
            operations = 0;
        }
        operations += 1;
        // The next checkpoint is a whole one now and then.
        if step % 5 == 4 {
            node.checkpoint(true);
        }
        if rounds == 3 {
            break;
        }
    }
    assert_eq!(rounds, 3, "no checkpoint got through");
    for (id, bookmark, then) in &states {
        let (database, _) = node.go_back(&object(*id), bookmark);
        assert_eq!(contents(&database), *then, "object {id} at {bookmark}");
    }
}

#[test]
fn commits_that_come_in_the_middle_of_checkpoints_are_states_too() {
    let mut node = Node::new();
    let store = node.store();
    let rounds = AtomicU64::new(0);
    let mut states: Vec<(u8, String, Contents)> = Vec::new();
    std::thread::scope(|threads| {
        let writers: Vec<_> = [1, 2]
            .into_iter()
            .map(|id| {
                let (store, rounds) = (store.clone(), &rounds);
                threads.spawn(move || {
                    let location = Location::Object {
                        store,
                        object: object(id),
                        name: None,
                    };
                    let database = Database::new(location, Options::default());
                    let mut states = Vec::new();
                    for step in 0.. {
                        if rounds.load(Ordering::Relaxed) > ROUNDS {
                            break;
                        }
                        write(&database, (step % 251) as u8);
                        let bookmark = bookmark(&database);
                        if step % 11 == 0 {
                            states.push((id, bookmark, contents(&database)));
                        }
                    }
                    states
                })
            })
            .collect();
        threads.spawn(|| {
            let mut checkpointer = Checkpointer::new(&store);
            for round in 1..=ROUNDS + 1 {
                checkpointer.run(round % 4 == 0).unwrap();
                rounds.store(round, Ordering::Relaxed);
            }
        });
        for writer in writers {
            states.extend(writer.join().unwrap());
        }
    });
    drop(store);
    for (crash, chunk) in states.chunks(7).enumerate() {
        if crash % 4 == 0 {
            node.crash(true);
        }
        for (id, bookmark, then) in chunk {
            let (database, _) = node.go_back(&object(*id), bookmark);
            assert_eq!(contents(&database), *then, "object {id} at {bookmark}");
        }
    }
}

#[test]
fn a_segment_that_fills_up_during_a_checkpoint_is_not_lost() {
    let mut node = Node::new();
    let mut states = Vec::new();
    for step in 1..4 {
        let database = node.open(&object(1));
        put_row(&database, 1, step, 2000);
        let bookmark = bookmark(&database);
        states.push((bookmark, contents(&database)));
    }
    let store = node.store();
    store.flush().unwrap();
    // Too large for what is left of the segment, all of whose commits are older than the checkpoint.
    let location = Location::Object {
        store: store.clone(),
        object: object(2),
        name: None,
    };
    node.disk.during_flush(move || {
        let database = Database::new(location, Options::default());
        put_row(&database, 1, 1, 40_000);
        database.commit().unwrap();
        store.flush().unwrap();
    });
    node.checkpoint(false);
    node.crash(true);
    for (bookmark, then) in &states {
        let (database, _) = node.go_back(&object(1), bookmark);
        assert_eq!(contents(&database), *then, "{bookmark}");
    }
}

#[test]
fn old_pages_come_back_where_the_new_database_has_holes() {
    let mut node = Node::new();
    let database = node.open(&object(1));
    put_row(&database, 1, 1, 60_000);
    let bookmark = bookmark(&database);
    let then = contents(&database);
    drop(database);
    node.checkpoint(true);
    // Pages that are given back in the transaction that took them are never written.
    let database = node.open(&object(1));
    database.delete_all(true).unwrap();
    put_row(&database, 1, 2, 30_000);
    put_row(&database, 2, 3, 5000);
    run(&database, "DELETE FROM t WHERE id = 1", vec![]);
    database.commit().unwrap();
    drop(database);
    node.checkpoint(true);
    let (database, _) = node.go_back(&object(1), &bookmark);
    assert_eq!(contents(&database), then);
}
