//! What is durable, what is lost, and what keeps working: an object's database over turns, closings and resets.

mod closing;
mod copies;
mod object;
#[path = "../support/mod.rs"]
mod support;

use holdfast_storage::{
    Database, ErrorKind, ListOptions, Location, Options, SavepointKind, SqlValue,
};

use object::{Object, integers, message, run};

#[test]
fn reading_writes_nothing_and_the_first_write_is_a_commit() {
    let object = Object::new();
    let database = object.open();
    assert_eq!(database.kv_get("a").unwrap(), None);
    assert!(!database.kv_delete("a").unwrap());
    assert_eq!(database.kv_list(&ListOptions::default()).unwrap(), []);
    assert_eq!(database.get_alarm().unwrap(), None);
    database.set_alarm(None).unwrap();
    assert_eq!(database.delete_all(true).unwrap(), None);
    assert!(!database.is_open());
    assert_eq!(integers(&database, "SELECT 1"), [1]);
    assert_eq!(
        integers(&database, "SELECT count(*) FROM sqlite_master"),
        [0]
    );
    assert_eq!(database.database_size().unwrap(), 4096);
    assert_eq!(database.commit().unwrap(), None);
    let nothing = holdfast_journal::Position::START;
    assert_eq!(object.folder.store().log().last(), nothing);

    let before = database
        .exec("SELECT value FROM json_each('[1,2,3]')", vec![])
        .unwrap();
    before.next().unwrap();
    run(&database, "CREATE TABLE t(a)");
    assert_eq!(
        database.commit().unwrap().unwrap().position(),
        nothing.next()
    );
    assert_eq!(
        before.next().unwrap(),
        Some(vec![SqlValue::Integer(2)]),
        "a cursor survives the file's creation"
    );
}

#[test]
fn a_setting_made_before_the_first_write_is_kept() {
    let object = Object::new();
    let database = object.open();
    run(&database, "PRAGMA foreign_keys = off");
    run(&database, "CREATE TABLE t(a REFERENCES nowhere(b))");
    run(&database, "INSERT INTO t VALUES (1)");
    assert_eq!(integers(&database, "PRAGMA foreign_keys"), [0]);
}

#[test]
fn a_commit_survives_and_the_rest_is_lost() {
    let object = Object::new();
    let database = object.open();
    run(&database, "CREATE TABLE t(a)");
    database.kv_put("k", b"one").unwrap();
    database.set_alarm(Some(5)).unwrap();
    run(&database, "INSERT INTO t VALUES (1)");
    assert!(database.in_transaction());
    let commit = database.commit().unwrap().expect("something to commit");
    let store = object.folder.store();
    assert!(store.durable() < commit.position());
    store.flush().unwrap();
    assert_eq!(store.durable(), commit.position());
    assert_eq!(commit.alarm(), Some(Some(5)));
    assert!(!database.in_transaction());

    database.kv_put("k", b"two").unwrap();
    database.set_alarm(None).unwrap();
    run(&database, "INSERT INTO t VALUES (2)");
    assert_eq!(integers(&database, "SELECT a FROM t"), [1, 2]);
    drop(database);

    let database = object.open();
    assert_eq!(integers(&database, "SELECT a FROM t"), [1]);
    assert_eq!(database.kv_get("k").unwrap().as_deref(), Some(&b"one"[..]));
    assert_eq!(database.get_alarm().unwrap(), Some(5));
}

#[test]
fn a_table_made_in_an_undone_transaction_is_made_again() {
    let object = Object::new();
    let database = object.open();
    database.kv_put("k", b"1").unwrap();
    database.set_alarm(Some(1)).unwrap();
    database.rollback_implicit();
    assert_eq!(database.kv_get("k").unwrap(), None);
    assert_eq!(database.get_alarm().unwrap(), None);
    database.kv_put("k", b"2").unwrap();
    database.set_alarm(Some(2)).unwrap();
    database.commit().unwrap();
    drop(database);
    let database = object.open();
    assert_eq!(database.kv_get("k").unwrap().as_deref(), Some(&b"2"[..]));
    assert_eq!(database.get_alarm().unwrap(), Some(2));
}

#[test]
fn savepoints_nest_and_undo() {
    let object = Object::new();
    let database = object.open();
    run(&database, "CREATE TABLE t(a)");
    let outer = database.begin_savepoint(SavepointKind::Sync).unwrap();
    run(&database, "INSERT INTO t VALUES (1)");
    let inner = database.begin_savepoint(SavepointKind::Sync).unwrap();
    run(&database, "INSERT INTO t VALUES (2)");
    assert_eq!(
        message(database.rollback_to(outer)),
        "Cannot roll back an outer transaction while a nested transaction is still running."
    );
    assert_eq!(
        database.release(outer).unwrap_err().kind,
        ErrorKind::Internal
    );
    assert_eq!(database.commit().unwrap_err().kind, ErrorKind::Internal);
    database.rollback_to(inner).unwrap();
    assert_eq!(
        database.release(inner).unwrap_err().kind,
        ErrorKind::Internal
    );
    assert_eq!(
        database.release(outer).unwrap(),
        None,
        "the turn's transaction is still open"
    );
    assert!(database.commit().unwrap().is_some());
    drop(database);
    assert_eq!(integers(&object.open(), "SELECT a FROM t"), [1]);
}

#[test]
fn an_async_transaction_spans_turns_and_commits_when_it_ends() {
    let object = Object::new();
    let database = object.open();
    run(&database, "CREATE TABLE t(a)");
    assert_eq!(
        database
            .begin_savepoint(SavepointKind::Async)
            .unwrap_err()
            .kind,
        ErrorKind::Internal
    );
    database.commit().unwrap();

    let outer = database.begin_savepoint(SavepointKind::Async).unwrap();
    assert!(database.in_async_transaction());
    run(&database, "INSERT INTO t VALUES (1)");
    assert_eq!(
        database.commit().unwrap(),
        None,
        "the end of a turn commits nothing"
    );
    let inner = database.begin_savepoint(SavepointKind::Async).unwrap();
    database.kv_put("k", b"v").unwrap();
    let sync = database.begin_savepoint(SavepointKind::Sync).unwrap();
    run(&database, "INSERT INTO t VALUES (2)");
    database.release(sync).unwrap();
    assert_eq!(
        message(database.delete_all(true)),
        "Cannot call deleteAll() within a transaction"
    );
    assert_eq!(database.release(inner).unwrap(), None);
    assert!(database.release(outer).unwrap().is_some());
    assert!(!database.in_async_transaction());
    let undone = database.begin_savepoint(SavepointKind::Async).unwrap();
    run(&database, "DELETE FROM t");
    database.rollback_to(undone).unwrap();
    drop(database);

    let database = object.open();
    assert_eq!(integers(&database, "SELECT a FROM t"), [1, 2]);
    assert_eq!(database.kv_get("k").unwrap().as_deref(), Some(&b"v"[..]));
}

#[test]
fn violated_deferred_constraints_reset_the_object() {
    let object = Object::new();
    let database = object.open();
    run(&database, "CREATE TABLE p(a INTEGER PRIMARY KEY)");
    run(
        &database,
        "CREATE TABLE c(a REFERENCES p(a) DEFERRABLE INITIALLY DEFERRED)",
    );
    database.commit().unwrap();
    run(&database, "INSERT INTO c VALUES (7)");
    let error = database.commit().unwrap_err();
    assert_eq!(error.kind, ErrorKind::Critical);
    assert_eq!(
        error.message,
        "Durable Object was reset and rolled back to its last known good state because the application left the \
         database in a state where constraints were violated: FOREIGN KEY constraint failed: SQLITE_CONSTRAINT \
         (extended: SQLITE_CONSTRAINT_FOREIGNKEY)"
    );
    assert_eq!(
        database.kv_get("k").unwrap_err(),
        error,
        "a broken object repeats its error"
    );
    assert_eq!(database.broken(), Some(error));
    drop(database);
    assert_eq!(integers(&object.open(), "SELECT count(*) FROM c"), [0]);
}

#[test]
fn an_undone_implicit_transaction_commits_nothing() {
    let object = Object::new();
    let database = object.open();
    run(&database, "CREATE TABLE t(a INTEGER PRIMARY KEY)");
    run(&database, "INSERT INTO t VALUES (1)");
    database.commit().unwrap();
    run(&database, "INSERT INTO t VALUES (2)");
    assert!(
        database
            .exec("INSERT OR ROLLBACK INTO t VALUES (1)", vec![])
            .is_err()
    );
    run(&database, "INSERT INTO t VALUES (3)");
    assert_eq!(database.commit().unwrap_err().kind, ErrorKind::Critical);
    drop(database);

    let database = object.open();
    assert_eq!(integers(&database, "SELECT a FROM t"), [1]);
    let savepoint = database.begin_savepoint(SavepointKind::Sync).unwrap();
    assert!(
        database
            .exec("INSERT OR ROLLBACK INTO t VALUES (1)", vec![])
            .is_err()
    );
    assert_eq!(
        message(database.release(savepoint)),
        "Cannot commit transaction due to an earlier SQL critical error"
    );
    assert!(!database.in_savepoint());
}

#[test]
fn a_write_in_an_undone_async_transaction_is_refused() {
    let object = Object::new();
    let database = object.open();
    run(&database, "CREATE TABLE t(a INTEGER PRIMARY KEY)");
    run(&database, "INSERT INTO t VALUES (1)");
    database.commit().unwrap();
    let savepoint = database.begin_savepoint(SavepointKind::Async).unwrap();
    assert!(
        database
            .exec("INSERT OR ROLLBACK INTO t VALUES (1)", vec![])
            .is_err()
    );
    assert!(database.exec("INSERT INTO t VALUES (2)", vec![]).is_err());
    database.rollback_to(savepoint).unwrap();
    run(&database, "INSERT INTO t VALUES (3)");
    database.commit().unwrap();
    assert_eq!(integers(&database, "SELECT a FROM t"), [1, 3]);
}

#[test]
fn delete_all_removes_everything_and_ends_cursors() {
    let object = Object::new();
    let database = object.open();
    run(&database, "CREATE TABLE t(a)");
    run(&database, "INSERT INTO t VALUES (1), (2), (3)");
    database.kv_put("k", b"v").unwrap();
    database.set_alarm(Some(77)).unwrap();
    database.commit().unwrap();
    let cursor = database.exec("SELECT a FROM t", vec![]).unwrap();
    let listing = database.kv_iterate(&ListOptions::default()).unwrap();
    run(&database, "INSERT INTO t VALUES (4)");
    database.set_alarm(Some(78)).unwrap();
    assert!(database.delete_all(false).unwrap().is_some());
    let cancelled = "SQLite query was canceled because the database was deleted.";
    assert_eq!(message(cursor.next()), cancelled);
    assert_eq!(message(cursor.next()), cancelled);
    // A listing of one entry has read it all, but has not said so.
    assert_eq!(message(listing.next()), cancelled);
    assert!(!database.in_transaction());
    assert_eq!(database.get_alarm().unwrap(), Some(78), "the alarm is kept");
    assert_eq!(
        integers(
            &database,
            "SELECT count(*) FROM sqlite_master WHERE name = 't'"
        ),
        [0]
    );
    assert_eq!(database.kv_get("k").unwrap(), None);

    database.kv_put("after", b"v").unwrap();
    database.commit().unwrap();
    object.folder.checkpoint();
    assert!(object.has_file());
    assert!(database.delete_all(true).unwrap().is_some());
    object.folder.checkpoint();
    assert!(!object.has_file());
    assert_eq!(database.get_alarm().unwrap(), None);
}

#[test]
fn delete_all_works_in_memory_and_inside_a_sync_savepoint() {
    let database = Database::new(Location::Memory, Options::default());
    run(&database, "CREATE TABLE t(a)");
    database.set_alarm(Some(9)).unwrap();
    database.commit().unwrap();
    let savepoint = database.begin_savepoint(SavepointKind::Sync).unwrap();
    database.delete_all(false).unwrap();
    assert_eq!(
        database.release(savepoint).unwrap_err().kind,
        ErrorKind::Internal
    );
    assert_eq!(database.get_alarm().unwrap(), Some(9));
    assert_eq!(
        integers(
            &database,
            "SELECT count(*) FROM sqlite_master WHERE name = 't'"
        ),
        [0]
    );
}

#[test]
fn alarms_beyond_the_range_of_nanoseconds_stay_in_range() {
    let database = Database::new(Location::Memory, Options::default());
    database.set_alarm(Some(i64::MAX)).unwrap();
    assert_eq!(database.get_alarm().unwrap(), Some(i64::MAX / 1_000_000));
    assert!(database.in_transaction());
    database.commit().unwrap();
    database.set_alarm(Some(i64::MAX / 1_000_000)).unwrap();
    assert!(!database.in_transaction(), "nothing has changed");
}
