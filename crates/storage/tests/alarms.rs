//! What a commit says about the alarm.

use holdfast_storage::{Commit, Database, Location, Options, SavepointKind};

fn database() -> Database {
    Database::new(Location::Memory, Options::default())
}

fn commit(database: &Database) -> Option<Commit> {
    database.commit().expect("committed")
}

/// Whether the commit of this turn (there is one) leaves the alarm as it was, whether it says so or nothing.
fn leaves(database: &Database, row: Option<i64>) -> bool {
    alarm(database).is_none_or(|said| said == row)
}

/// What the commit of this turn says; there is one.
fn alarm(database: &Database) -> Option<Option<i64>> {
    commit(database).expect("something was written").alarm()
}

#[test]
fn a_commit_says_what_the_alarm_is() {
    let database = database();
    database.set_alarm(Some(5)).unwrap();
    database.set_alarm(Some(7)).unwrap();
    assert_eq!(alarm(&database), Some(Some(7)));
    database.set_alarm(None).unwrap();
    assert_eq!(alarm(&database), Some(None));
}

#[test]
fn a_commit_that_does_not_touch_the_alarm_says_nothing_of_it() {
    let database = database();
    database.set_alarm(Some(5)).unwrap();
    assert_eq!(alarm(&database), Some(Some(5)));
    database.kv_put("a", b"1").unwrap();
    assert_eq!(alarm(&database), None);
    // As it is already.
    database.set_alarm(Some(5)).unwrap();
    assert_eq!(commit(&database), None);
}

#[test]
fn what_is_undone_does_not_count() {
    let database = database();
    database.kv_put("a", b"1").unwrap();
    let savepoint = database.begin_savepoint(SavepointKind::Sync).unwrap();
    database.set_alarm(Some(5)).unwrap();
    database.rollback_to(savepoint).unwrap();
    assert!(leaves(&database, None));

    database.set_alarm(Some(6)).unwrap();
    let outer = database.begin_savepoint(SavepointKind::Sync).unwrap();
    let inner = database.begin_savepoint(SavepointKind::Sync).unwrap();
    database.set_alarm(None).unwrap();
    database.release(inner).unwrap();
    database.rollback_to(outer).unwrap();
    assert_eq!(alarm(&database), Some(Some(6)));

    database.set_alarm(Some(7)).unwrap();
    database.rollback_implicit();
    database.kv_put("a", b"2").unwrap();
    assert!(leaves(&database, Some(6)));
}

#[test]
fn a_transaction_of_several_turns_says_it_when_it_is_released() {
    let database = database();
    let outer = database.begin_savepoint(SavepointKind::Async).unwrap();
    database.set_alarm(Some(5)).unwrap();
    assert_eq!(commit(&database), None);
    let inner = database.begin_savepoint(SavepointKind::Async).unwrap();
    database.set_alarm(Some(6)).unwrap();
    database.rollback_to(inner).unwrap();
    assert_eq!(commit(&database), None);
    let released = database.release(outer).unwrap();
    assert_eq!(released.and_then(|commit| commit.alarm()), Some(Some(5)));

    let undone = database.begin_savepoint(SavepointKind::Async).unwrap();
    database.set_alarm(None).unwrap();
    database.rollback_to(undone).unwrap();
    database.kv_put("a", b"1").unwrap();
    assert!(leaves(&database, Some(5)));
}

#[test]
fn a_transaction_that_sqlite_undid_says_nothing() {
    let database = database();
    database
        .exec("CREATE TABLE t (x UNIQUE ON CONFLICT ROLLBACK)", vec![])
        .unwrap();
    database.exec("INSERT INTO t VALUES (1)", vec![]).unwrap();
    commit(&database);
    let transaction = database.begin_savepoint(SavepointKind::Async).unwrap();
    database.set_alarm(Some(5)).unwrap();
    assert!(database.exec("INSERT INTO t VALUES (1)", vec![]).is_err());
    assert!(database.release(transaction).is_err());
    database.kv_put("a", b"1").unwrap();
    assert!(leaves(&database, None));
    assert_eq!(database.get_alarm().unwrap(), None);
}

#[test]
fn deleting_everything_keeps_or_deletes_the_alarm() {
    let database = database();
    database.set_alarm(Some(5)).unwrap();
    database.kv_put("a", b"1").unwrap();
    commit(&database);
    let kept = database.delete_all(false).unwrap().expect("a commit");
    assert!(kept.alarm().is_none_or(|said| said == Some(5)));
    assert_eq!(database.get_alarm().unwrap(), Some(5));

    // Set in the turn that deletes: kept, and new.
    database.set_alarm(Some(6)).unwrap();
    let kept = database.delete_all(false).unwrap().expect("a commit");
    assert_eq!(kept.alarm(), Some(Some(6)));

    let deleted = database.delete_all(true).unwrap().expect("a commit");
    assert_eq!(deleted.alarm(), Some(None));
    database.kv_put("a", b"1").unwrap();
    commit(&database);
    let deleted = database.delete_all(true).unwrap().expect("a commit");
    assert!(deleted.alarm().is_none_or(|said| said.is_none()));
}
