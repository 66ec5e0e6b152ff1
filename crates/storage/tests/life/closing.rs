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
