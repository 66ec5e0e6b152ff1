//! Closing a connection, by itself or with its database, and what is found when it is opened again.

use holdfast_storage::NO_LONGER_ACCESSIBLE;

use crate::object::{Object, integers, message, run};

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
fn closing_writes_nothing_and_loses_nothing() {
    let object = Object::new();
    let database = object.open();
    run(&database, "CREATE TABLE t(a)");
    for value in 0..3 {
        run(&database, &format!("INSERT INTO t VALUES ({value})"));
        let commit = database.commit().unwrap().unwrap();
        match value {
            0 => assert!(database.close_if_idle()),
            _ => database.close(),
        }
        assert_eq!(object.folder.store().log().last(), commit.position());
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
fn a_commit_that_was_not_flushed_is_lost_as_a_whole() {
    let object = Object::new();
    let database = object.open();
    run(&database, "CREATE TABLE t(a)");
    database.commit().unwrap();
    object.folder.store().flush().unwrap();
    run(&database, "INSERT INTO t VALUES (1)");
    database.kv_put("k", b"v").unwrap();
    database.commit().unwrap();
    drop(database);
    object.folder.crash_unflushed();
    let database = object.open();
    assert_eq!(integers(&database, "SELECT a FROM t"), []);
    assert_eq!(database.kv_get("k").unwrap(), None);
}

#[test]
fn checkpoints_let_the_log_go_and_lose_nothing() {
    let object = Object::new();
    let database = object.open();
    run(&database, "CREATE TABLE t(a)");
    for round in 1..=40 {
        run(
            &database,
            "INSERT INTO t SELECT zeroblob(4000) FROM json_each('[1,2,3,4,5,6,7,8,9,10]')",
        );
        for _ in 0..10 {
            run(
                &database,
                "UPDATE t SET a = randomblob(4000) WHERE rowid <= 10",
            );
            database.commit().unwrap();
        }
        object.folder.checkpoint();
        let store = object.folder.store();
        assert_eq!(store.overlay_bytes(), 0);
        assert_eq!(store.log().held_bytes(), 0);
        if round % 10 == 0 {
            assert_eq!(integers(&database, "SELECT count(*) FROM t"), [round * 10]);
        }
    }
    let segments = std::fs::read_dir(object.folder.path("log"))
        .unwrap()
        .count();
    assert!(segments < 10, "{segments} files");
    drop(database);
    assert_eq!(integers(&object.open(), "SELECT count(*) FROM t"), [400]);
}

#[test]
fn a_file_that_went_home_is_an_ordinary_database() {
    let object = Object::new();
    let database = object.open();
    run(&database, "CREATE TABLE t(a)");
    run(&database, "INSERT INTO t VALUES (1), (2)");
    database.commit().unwrap();
    object.folder.checkpoint();
    let file = rusqlite::Connection::open(object.folder.file("object")).unwrap();
    let sum = file.query_row("SELECT sum(a) FROM t", [], |row| row.get::<_, i64>(0));
    assert_eq!(sum.unwrap(), 3);
    let check = file.query_row("PRAGMA integrity_check", [], |row| row.get::<_, String>(0));
    assert_eq!(check.unwrap(), "ok");
}

#[test]
fn a_large_transaction_is_one_commit() {
    let object = Object::new();
    let database = object.open();
    run(&database, "CREATE TABLE t(a)");
    database.commit().unwrap();
    let rows = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100) \
                INSERT INTO t SELECT randomblob(1000000) FROM n";
    run(&database, rows);
    database.rollback_implicit();
    assert_eq!(integers(&database, "SELECT count(*) FROM t"), [0]);
    let savepoint = database
        .begin_savepoint(holdfast_storage::SavepointKind::Sync)
        .unwrap();
    run(&database, rows);
    database.rollback_to(savepoint).unwrap();
    run(&database, rows);
    let log = object.folder.store();
    let before = log.log().last();
    let commit = database.commit().unwrap().unwrap();
    assert_eq!(commit.position(), before.next());
    drop(database);
    drop(log);
    let database = object.open();
    assert_eq!(integers(&database, "SELECT count(*) FROM t"), [100]);
    assert_eq!(
        integers(
            &database,
            "SELECT 1 FROM pragma_quick_check() WHERE quick_check = 'ok'"
        ),
        [1]
    );
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
fn what_was_deleted_stays_deleted_whenever_it_went_home() {
    let object = Object::new();
    for (home_before, home_between) in [(false, false), (false, true), (true, false), (true, true)]
    {
        for kept in [false, true] {
            let database = object.open();
            run(&database, "CREATE TABLE t(a)");
            run(&database, "INSERT INTO t SELECT zeroblob(9000)");
            database.set_alarm(Some(5)).unwrap();
            database.commit().unwrap();
            if home_before {
                object.folder.checkpoint();
            }
            assert!(database.close_if_idle());
            let commit = database.delete_all(!kept).unwrap().expect("a commit");
            assert_eq!(commit.alarm(), Some(kept.then_some(5)));
            if home_between {
                object.folder.checkpoint();
            }
            drop(database);
            let database = object.open();
            assert_eq!(database.get_alarm().unwrap(), kept.then_some(5));
            let tables = "SELECT count(*) FROM sqlite_master WHERE name = 't'";
            assert_eq!(integers(&database, tables), [0]);
            database.delete_all(true).unwrap();
        }
    }
}

#[test]
fn a_cursor_outlives_its_database_value() {
    let object = Object::new();
    let database = object.open();
    run(&database, "CREATE TABLE t(a)");
    run(&database, "INSERT INTO t VALUES (1), (2)");
    database.commit().unwrap();
    let cursor = database.exec("SELECT a FROM t", vec![]).unwrap();
    drop(database);
    assert!(cursor.next().is_err());
    assert_eq!(integers(&object.open(), "SELECT a FROM t"), [1, 2]);
}
