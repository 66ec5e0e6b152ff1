//! What is durable, what is lost, and what keeps working: an object's database over turns, closings and resets.

use std::path::PathBuf;

use holdfast_storage::{
    Database, ErrorKind, ListOptions, Location, NO_LONGER_ACCESSIBLE, Options, SavepointKind,
    SqlValue,
};

struct Object {
    // Held so that the directory lives as long as the object.
    _directory: tempfile::TempDir,
    path: PathBuf,
}

impl Object {
    fn new() -> Object {
        let directory = tempfile::tempdir().expect("a directory");
        let path = directory.path().join("object.sqlite");
        Object {
            _directory: directory,
            path,
        }
    }

    fn open(&self) -> Database {
        Database::new(Location::File(self.path.clone()), Options::default())
    }

    fn file(&self, suffix: &str) -> PathBuf {
        let mut path = self.path.clone().into_os_string();
        path.push(suffix);
        path.into()
    }

    fn size(&self, suffix: &str) -> u64 {
        self.file(suffix)
            .metadata()
            .map_or(0, |metadata| metadata.len())
    }

    fn files(&self) -> usize {
        std::fs::read_dir(self.path.parent().expect("a directory"))
            .expect("readable")
            .count()
    }
}

fn integers(database: &Database, sql: &str) -> Vec<i64> {
    let cursor = database.exec(sql, vec![]).expect(sql);
    std::iter::from_fn(|| cursor.next().expect(sql))
        .map(|row| match row[0] {
            SqlValue::Integer(value) => value,
            ref other => panic!("not an integer: {other:?}"),
        })
        .collect()
}

fn run(database: &Database, sql: &str) {
    database.exec(sql, vec![]).expect(sql);
}

fn message<T>(result: holdfast_storage::Result<T>) -> String {
    result.err().expect("an error").message
}

#[test]
fn reading_creates_no_file_and_the_first_write_does() {
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
    assert_eq!(object.files(), 0);

    let before = database
        .exec("SELECT value FROM json_each('[1,2,3]')", vec![])
        .unwrap();
    before.next().unwrap();
    run(&database, "CREATE TABLE t(a)");
    assert_ne!(object.files(), 0);
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
    assert!(commit.is_durable());
    assert_eq!(commit.sequence(), 1);
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
fn an_idle_database_closes_and_comes_back() {
    let object = Object::new();
    let database = object.open();
    run(&database, "CREATE TABLE t(a)");
    run(&database, "INSERT INTO t VALUES (1), (2), (3)");
    assert!(!database.close_if_idle(), "a transaction is open");
    database.commit().unwrap();
    let cursor = database.exec("SELECT a FROM t", vec![]).unwrap();
    assert!(!database.close_if_idle(), "a cursor has rows left");
    while cursor.next().unwrap().is_some() {}
    assert!(database.close_if_idle());
    assert_eq!(integers(&database, "SELECT a FROM t"), [1, 2, 3]);

    let cursor = database.exec("SELECT a FROM t", vec![]).unwrap();
    database.close();
    assert_eq!(message(cursor.next()), NO_LONGER_ACCESSIBLE);
    assert_eq!(cursor.column_names().len(), 1);
}

#[test]
fn closing_leaves_the_log_and_nothing_is_lost() {
    let object = Object::new();
    let database = object.open();
    run(&database, "CREATE TABLE t(a)");
    for value in 0..3 {
        run(&database, &format!("INSERT INTO t VALUES ({value})"));
        database.commit().unwrap();
        let before = (object.size(""), object.size("-wal"));
        assert!(before.1 > 0, "the log holds the commit");
        match value {
            0 => assert!(database.close_if_idle()),
            _ => database.close(),
        }
        assert_eq!(
            (object.size(""), object.size("-wal")),
            before,
            "closing has written nothing"
        );
        let written = Vec::from_iter(0..=value);
        assert_eq!(integers(&database, "SELECT a FROM t"), written);
    }
    run(&database, "INSERT INTO t VALUES (3)");
    database.commit().unwrap();
    run(&database, "INSERT INTO t VALUES (4)");
    drop(database);
    let database = object.open();
    assert_eq!(integers(&database, "SELECT a FROM t"), [0, 1, 2, 3]);
    assert_eq!(
        integers(&database, "SELECT 1 FROM pragma_quick_check()").len(),
        1
    );
}

#[test]
fn a_copy_made_without_closing_is_what_was_committed() {
    let object = Object::new();
    let database = object.open();
    run(&database, "CREATE TABLE t(a)");
    run(&database, "INSERT INTO t VALUES (1)");
    database.commit().unwrap();
    run(&database, "INSERT INTO t VALUES (2)");
    let copy = Object::new();
    for suffix in ["", "-wal"] {
        std::fs::copy(object.file(suffix), copy.file(suffix)).unwrap();
    }
    assert_eq!(integers(&copy.open(), "SELECT a FROM t"), [1]);
}

#[test]
fn the_log_stays_bounded_over_commits_and_closings() {
    let object = Object::new();
    let database = object.open();
    run(&database, "CREATE TABLE t(a)");
    for _ in 0..40 {
        run(
            &database,
            "INSERT INTO t SELECT zeroblob(4000) FROM json_each('[1,2,3,4,5,6,7,8,9,10]')",
        );
        for _ in 0..10 {
            run(
                &database,
                "UPDATE t SET a = zeroblob(4000) WHERE rowid <= 10",
            );
            database.commit().unwrap();
        }
        database.close();
        assert!(object.size("-wal") < 5 << 20, "{}", object.size("-wal"));
    }
    assert_eq!(integers(&database, "SELECT count(*) FROM t"), [400]);
}

#[test]
fn what_a_cursor_has_counted_survives_closing() {
    let object = Object::new();
    let database = object.open();
    run(&database, "CREATE TABLE t(a)");
    let written = database
        .exec("INSERT INTO t VALUES (1), (2), (3)", vec![])
        .unwrap();
    database.commit().unwrap();
    let read = database.exec("SELECT a FROM t", vec![]).unwrap();
    while read.next().unwrap().is_some() {}
    assert!(database.close_if_idle());
    assert_eq!((read.rows_read(), written.rows_written()), (3, 3));
    assert_eq!(read.next().unwrap(), None);
    let again = database.exec("SELECT a FROM t", vec![]).unwrap();
    while again.next().unwrap().is_some() {}
    assert_eq!(again.rows_read(), 3);
}

#[test]
fn a_setting_keeps_the_connection_open() {
    let object = Object::new();
    let database = object.open();
    run(&database, "CREATE TABLE t(a)");
    run(&database, "PRAGMA defer_foreign_keys = on");
    database.commit().unwrap();
    run(&database, "PRAGMA table_info(t)");
    run(&database, "PRAGMA foreign_keys");
    assert!(database.close_if_idle(), "none of these lasts");
    run(&database, "PRAGMA foreign_keys = off");
    assert!(!database.close_if_idle());
    assert_eq!(integers(&database, "PRAGMA foreign_keys"), [0]);
    database.close();
    assert_eq!(integers(&database, "PRAGMA foreign_keys"), [1]);
    assert!(database.close_if_idle(), "the setting is gone");
}

#[test]
fn a_log_without_its_database_is_ignored() {
    let object = Object::new();
    let database = object.open();
    run(&database, "CREATE TABLE old(a)");
    database.commit().unwrap();
    drop(database);
    // What a crash within `delete_all` may leave.
    std::fs::remove_file(object.file("")).unwrap();
    assert!(object.size("-wal") > 0);
    let database = object.open();
    assert_eq!(database.kv_get("k").unwrap(), None);
    database.kv_put("k", b"v").unwrap();
    database.commit().unwrap();
    drop(database);
    let database = object.open();
    assert_eq!(database.kv_get("k").unwrap().as_deref(), Some(&b"v"[..]));
    let old = "SELECT count(*) FROM sqlite_master WHERE name = 'old'";
    assert_eq!(integers(&database, old), [0]);
}

#[test]
fn delete_all_leaves_no_log_to_a_closed_database() {
    let object = Object::new();
    let database = object.open();
    for kept in [false, true] {
        run(&database, "CREATE TABLE t(a)");
        database.set_alarm(Some(5)).unwrap();
        database.commit().unwrap();
        assert!(database.close_if_idle());
        assert!(object.size("-wal") > 0);
        assert!(database.delete_all(!kept).unwrap().is_some());
        assert_eq!(object.files(), usize::from(kept));
        assert_eq!(database.get_alarm().unwrap(), kept.then_some(5));
        let tables = "SELECT count(*) FROM sqlite_master WHERE name = 't'";
        assert_eq!(integers(&database, tables), [0]);
    }
}

#[test]
fn a_cursor_outlives_its_database_value_without_holding_the_file() {
    let object = Object::new();
    let database = object.open();
    run(&database, "CREATE TABLE t(a)");
    run(&database, "INSERT INTO t VALUES (1), (2)");
    database.commit().unwrap();
    let cursor = database.exec("SELECT a FROM t", vec![]).unwrap();
    drop(database);
    assert!(cursor.next().is_err());
    assert_eq!(
        integers(&object.open(), "SELECT a FROM t"),
        [1, 2],
        "the file is not locked any more"
    );
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
    assert!(database.delete_all(true).unwrap().is_some());
    assert_eq!(object.files(), 0);
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

#[test]
fn a_missing_directory_is_named() {
    let object = Object::new();
    let path = object.path.join("missing").join("object.sqlite");
    let database = Database::new(Location::File(path.clone()), Options::default());
    let error = database.kv_put("k", b"v").unwrap_err();
    assert_eq!(error.kind, ErrorKind::Internal);
    assert!(error.message.contains(path.to_str().unwrap()), "{error}");
}
