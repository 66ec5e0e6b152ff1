//! Going back: when it happens, what it leaves, and what is refused.

use holdfast_storage::{Database, ErrorKind};

use crate::node::{Node, bookmark, contents, object, put_row};

fn put(database: &Database, value: u8) -> String {
    database.kv_put("k", &[value]).unwrap();
    bookmark(database)
}

fn value(database: &Database) -> Option<u8> {
    database.kv_get("k").unwrap().map(|value| value[0])
}

#[test]
fn a_wish_is_carried_out_once_whenever_a_crash_comes() {
    let mut node = Node::new();
    let x = object(1);
    let database = node.open(&x);
    let one = put(&database, 1);
    put(&database, 2);
    let undo = database.restore_on_next_session(&one).unwrap();
    database.commit().unwrap();
    assert_eq!(value(&database), Some(2), "not in this session");
    drop(database);

    // Crashes before the next session, also with a checkpoint, change nothing.
    node.crash(true);
    node.checkpoint(true);
    node.crash(true);
    let (database, restored) = node.begin(&x);
    assert_eq!(value(&database), Some(1));
    assert!(restored.unwrap().commit.position() > restored.unwrap().to);
    drop(database);

    // Lost together with the commit that did it: it happens again.
    node.crash(false);
    let (database, restored) = node.begin(&x);
    assert!(restored.is_some());
    assert_eq!(value(&database), Some(1));
    drop(database);
    node.crash(true);
    let (database, restored) = node.begin(&x);
    assert_eq!((value(&database), restored), (Some(1), None));
    put(&database, 3);
    drop(database);

    let (database, _) = node.go_back(&x, &undo);
    assert_eq!(value(&database), Some(2));
}

#[test]
fn a_wish_that_was_not_committed_is_none() {
    let mut node = Node::new();
    let x = object(1);
    let database = node.open(&x);
    let one = put(&database, 1);
    put(&database, 2);
    database.restore_on_next_session(&one).unwrap();
    assert_eq!(
        database.begin_session().unwrap_err().kind,
        ErrorKind::Internal
    );
    database.rollback_implicit();
    drop(database);
    let (database, restored) = node.begin(&x);
    assert_eq!((value(&database), restored), (Some(2), None));
}

#[test]
fn the_bookmark_of_a_wish_is_the_state_right_before_it_is_carried_out() {
    let mut node = Node::new();
    let x = object(1);
    let database = node.open(&x);
    let one = put(&database, 1);
    put(&database, 2);
    let undo = database.restore_on_next_session(&one).unwrap();
    put(&database, 3);
    // Going back to what is yet to be changes nothing.
    database.restore_on_next_session(&undo).unwrap();
    put(&database, 4);
    drop(database);
    let (database, restored) = node.begin(&x);
    assert!(restored.is_some());
    assert_eq!(value(&database), Some(4));
    let undo = database.restore_on_next_session(&one).unwrap();
    put(&database, 5);
    drop(database);
    let (database, _) = node.begin(&x);
    assert_eq!(value(&database), Some(1));
    put(&database, 6);
    drop(database);
    node.checkpoint(true);
    node.crash(true);
    let (database, _) = node.go_back(&x, &undo);
    assert_eq!(value(&database), Some(5));
}

#[test]
fn going_back_to_when_there_was_a_wish_does_not_carry_it_out() {
    let mut node = Node::new();
    let x = object(1);
    let database = node.open(&x);
    let one = put(&database, 1);
    put(&database, 2);
    database.restore_on_next_session(&one).unwrap();
    let wished = bookmark(&database);
    drop(database);
    let (database, _) = node.begin(&x);
    assert_eq!(value(&database), Some(1));
    drop(database);
    let (database, _) = node.go_back(&x, &wished);
    assert_eq!(value(&database), Some(2));
    drop(database);
    let (database, restored) = node.begin(&x);
    assert_eq!((value(&database), restored), (Some(2), None));
}

#[test]
fn the_alarm_goes_back_too_and_everybody_is_told() {
    let mut node = Node::new();
    let x = object(1);
    let database = node.open(&x);
    database.set_alarm(Some(77)).unwrap();
    let with_alarm = bookmark(&database);
    database.delete_all(true).unwrap();
    let empty = database.current_bookmark().unwrap().text();
    put(&database, 1);
    assert_eq!(node.store().pending_alarms().unwrap(), []);
    let database_and_undo = {
        drop(database);
        node.go_back(&x, &with_alarm)
    };
    assert_eq!(database_and_undo.0.get_alarm().unwrap(), Some(77));
    drop(database_and_undo);
    node.checkpoint(true);
    let alarms = node.store().pending_alarms().unwrap();
    assert_eq!(alarms.len(), 1);
    assert_eq!((&alarms[0].object, alarms[0].scheduled_ms), (&x, 77));

    // To when there was nothing at all.
    let (database, _) = node.go_back(&x, &empty);
    assert_eq!(contents(&database), Default::default());
    assert_eq!(
        database
            .exec("SELECT * FROM sqlite_master", vec![])
            .unwrap()
            .next()
            .unwrap(),
        None
    );
    drop(database);
    node.checkpoint(true);
    assert_eq!(node.store().pending_alarms().unwrap(), []);
    assert_eq!(node.store().objects().unwrap(), []);
}

#[test]
fn delete_all_keeps_the_wish_and_nothing_else() {
    let mut node = Node::new();
    let x = object(1);
    for same_turn in [false, true] {
        let database = node.open(&x);
        let one = put(&database, 1);
        database.set_alarm(Some(5)).unwrap();
        database.restore_on_next_session(&one).unwrap();
        if !same_turn {
            database.commit().unwrap();
        }
        let commit = database.delete_all(true).unwrap().unwrap();
        assert_eq!(commit.alarm(), Some(None));
        assert_eq!(contents(&database), Default::default());
        drop(database);
        let (database, restored) = node.begin(&x);
        assert!(restored.is_some());
        assert_eq!(value(&database), Some(1));
        database.delete_all(true).unwrap();
    }
}

#[test]
fn bookmarks_of_others_of_the_future_and_of_nobody_are_refused() {
    let mut node = Node::new();
    let database = node.open(&object(1));
    let one = put(&database, 1);
    let other = put(&node.open(&object(2)), 1);
    let later = format!("00000001{}", &one[8..]);
    for (wrong, text) in [
        (
            &other,
            format!("The bookmark {other:?} belongs to another Durable Object."),
        ),
        (
            &later,
            format!("The bookmark {later:?} lies in the future."),
        ),
        (
            &"0".to_owned(),
            "\"0\" is not a bookmark of this storage.".to_owned(),
        ),
    ] {
        let error = database.restore_on_next_session(wrong).unwrap_err();
        assert_eq!((error.kind, error.message), (ErrorKind::Error, text));
    }
    assert!(!database.in_transaction(), "nothing was written");
}

#[test]
fn without_a_wish_a_session_begins_without_a_connection() {
    let mut node = Node::new();
    let database = node.open(&object(1));
    assert_eq!(database.begin_session().unwrap(), None);
    put_row(&database, 1, 1, 50_000);
    database.commit().unwrap();
    drop(database);
    node.checkpoint(true);
    node.crash(true);
    let database = node.open(&object(1));
    assert_eq!(database.begin_session().unwrap(), None);
    assert!(!database.is_open());
}
