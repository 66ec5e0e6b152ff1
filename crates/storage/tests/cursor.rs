//! Cursors and statements beyond what the recordings show.

mod support;

use std::cell::Cell;
use std::rc::Rc;

use holdfast_storage::{
    Cursor, Database, ErrorKind, Location, Options, SQL_BYTES_MAX, SqlValue, StorageError,
    VALUE_BYTES_MAX, ValueRef,
};

fn numbers() -> Database {
    let database = Database::new(Location::Memory, Options::default());
    for sql in [
        "CREATE TABLE t(a INTEGER PRIMARY KEY)",
        "INSERT INTO t VALUES (1), (2), (3), (4)",
    ] {
        database.exec(sql, vec![]).unwrap();
    }
    database.commit().unwrap();
    database
}

fn next(cursor: &Cursor) -> Option<i64> {
    cursor
        .next_with(|row| match row.get(0) {
            ValueRef::Integer(value) => value,
            other => panic!("not an integer: {other:?}"),
        })
        .unwrap()
}

fn message(database: &Database, sql: &str, bindings: Vec<SqlValue>) -> String {
    database
        .exec(sql, bindings)
        .err()
        .expect("an error")
        .message
}

#[test]
fn a_cursor_is_one_row_ahead_and_counts_it() {
    let database = numbers();
    let cursor = database.exec("SELECT a FROM t", vec![]).unwrap();
    let mut read = vec![cursor.rows_read()];
    while next(&cursor).is_some() {
        read.push(cursor.rows_read());
    }
    assert_eq!(read, [1, 2, 3, 4, 4]);
    assert_eq!(next(&cursor), None);
}

#[test]
fn cursors_of_one_text_run_side_by_side_and_across_commits() {
    let database = numbers();
    let first = database
        .exec("SELECT a FROM t WHERE a > ?", vec![SqlValue::Integer(1)])
        .unwrap();
    assert_eq!(next(&first), Some(2));
    let second = database
        .exec("SELECT a FROM t WHERE a > ?", vec![SqlValue::Integer(2)])
        .unwrap();
    assert_eq!(next(&second), Some(3));
    database.exec("INSERT INTO t VALUES (5)", vec![]).unwrap();
    database.commit().unwrap();
    assert_eq!((next(&first), next(&second)), (Some(3), Some(4)));
    drop(second);
    assert_eq!(
        (next(&first), next(&first), next(&first)),
        (Some(4), Some(5), None)
    );
}

#[test]
fn a_cursor_keeps_its_bindings() {
    let database = numbers();
    let text = "long enough to live on the heap ".repeat(8);
    let cursor = database
        .exec("SELECT ? || a FROM t", vec![SqlValue::Text(text.clone())])
        .unwrap();
    let mut rows = Vec::new();
    while let Some(row) = cursor.next().unwrap() {
        // Something else may take the memory if it is free.
        let other = vec![SqlValue::Text("x".repeat(text.len()))];
        database.exec("SELECT ?", other).unwrap();
        rows.extend(row);
    }
    assert_eq!(
        rows,
        (1..=4)
            .map(|a| SqlValue::Text(format!("{text}{a}")))
            .collect::<Vec<_>>()
    );
}

#[test]
fn every_type_goes_in_and_comes_out() {
    let database = numbers();
    let values = vec![
        SqlValue::Null,
        SqlValue::Integer(i64::MIN),
        SqlValue::Real(0.5),
        SqlValue::Text(String::new()),
        SqlValue::Text("a\0é".into()),
        SqlValue::Blob(vec![]),
        SqlValue::Blob(vec![0, 255]),
    ];
    let cursor = database
        .exec("SELECT ?, ?, ?, ?, ?, ?, ?", values.clone())
        .unwrap();
    assert_eq!(cursor.next().unwrap(), Some(values));
    let invalid = database
        .exec("SELECT CAST(x'61ff' AS TEXT)", vec![])
        .unwrap();
    assert_eq!(
        invalid.next().unwrap(),
        Some(vec![SqlValue::Text("a\u{fffd}".into())])
    );
}

#[test]
fn column_names_are_shared_by_runs_and_follow_the_schema() {
    let database = numbers();
    let first = Rc::clone(
        database
            .exec("SELECT * FROM t", vec![])
            .unwrap()
            .column_names(),
    );
    let second = Rc::clone(
        database
            .exec("SELECT * FROM t", vec![])
            .unwrap()
            .column_names(),
    );
    assert!(Rc::ptr_eq(&first, &second));
    database.exec("ALTER TABLE t ADD COLUMN b", vec![]).unwrap();
    let cursor = database.exec("SELECT * FROM t", vec![]).unwrap();
    assert_eq!(
        cursor
            .column_names()
            .iter()
            .map(|name| &**name)
            .collect::<Vec<_>>(),
        ["a", "b"]
    );
    assert_eq!(cursor.next().unwrap().map(|row| row.len()), Some(2));
}

#[test]
fn an_error_ahead_takes_the_row_before_it_along_and_ends_the_cursor() {
    let database = numbers();
    let cursor = database
        .exec(
            "SELECT json(column1) FROM (VALUES ('1'), ('2'), ('bad'))",
            vec![],
        )
        .unwrap();
    assert_eq!(
        cursor.next().unwrap(),
        Some(vec![SqlValue::Text("1".into())])
    );
    assert_eq!(
        cursor.next().unwrap_err().message,
        "malformed JSON: SQLITE_ERROR"
    );
    assert_eq!(cursor.next().unwrap(), None);
    assert!(!database.in_transaction());
}

#[test]
fn returning_rows_are_counted_when_they_are_through() {
    let database = numbers();
    let cursor = database
        .exec("DELETE FROM t WHERE a > 2 RETURNING a", vec![])
        .unwrap();
    assert_eq!(
        (next(&cursor), next(&cursor), next(&cursor)),
        (Some(3), Some(4), None)
    );
    assert_eq!(cursor.rows_written(), 2);
}

#[test]
fn statements_before_a_failing_one_keep_their_effects() {
    let database = numbers();
    assert_eq!(
        message(
            &database,
            "INSERT INTO t VALUES (9); INSERT INTO t VALUES (9); INSERT INTO t VALUES (10)",
            vec![]
        ),
        "UNIQUE constraint failed: t.a: SQLITE_CONSTRAINT (extended: SQLITE_CONSTRAINT_PRIMARYKEY)"
    );
    let cursor = database
        .exec("SELECT a FROM t WHERE a > 4", vec![])
        .unwrap();
    assert_eq!((next(&cursor), next(&cursor)), (Some(9), None));
}

#[test]
fn a_list_of_statements_runs_again_each_time() {
    let database = numbers();
    for expected in [5, 6] {
        let cursor = database
            .exec("INSERT INTO t VALUES (NULL); SELECT max(a) FROM t", vec![])
            .unwrap();
        assert_eq!(next(&cursor), Some(expected));
    }
}

#[test]
fn a_failed_statement_can_run_again() {
    let database = numbers();
    let insert = |a| {
        database
            .exec("INSERT INTO t VALUES (?)", vec![SqlValue::Integer(a)])
            .is_ok()
    };
    assert_eq!(
        [insert(1), insert(1), insert(7), insert(7), insert(8)],
        [false, false, true, false, true]
    );
    assert_eq!(
        message(&database, "SELECT ?", vec![]),
        "Wrong number of parameter bindings for SQL query."
    );
    assert_eq!(
        next(
            &database
                .exec("SELECT ?", vec![SqlValue::Integer(3)])
                .unwrap()
        ),
        Some(3)
    );
}

#[test]
fn sizes_end_where_they_should() {
    let database = numbers();
    let most = usize::try_from(VALUE_BYTES_MAX).unwrap();
    assert!(
        database
            .exec("SELECT ?", vec![SqlValue::Blob(vec![0; most])])
            .is_ok()
    );
    for too_long in [
        SqlValue::Blob(vec![0; most + 1]),
        SqlValue::Text("x".repeat(most + 1)),
    ] {
        assert_eq!(
            message(&database, "SELECT ?", vec![too_long]),
            "string or blob too big: SQLITE_TOOBIG"
        );
    }
    let longest = format!("SELECT 1{}", " ".repeat(SQL_BYTES_MAX as usize - 8));
    assert!(database.exec(&longest, vec![]).is_ok());
    assert_eq!(
        message(&database, &format!("{longest} "), vec![]),
        "statement too long: SQLITE_TOOBIG"
    );
}

#[test]
fn renaming_cannot_reach_a_reserved_name() {
    let database = numbers();
    for sql in [
        "ALTER TABLE t RENAME TO _cf_x",
        "alter table main.\"t\" /* to */ rename -- x\n to [_CF_x]",
        "ALTER TABLE t RENAME TO '_cf_x'",
        "ALTER TABLE t RENAME TO `_cf_x`;",
        "SELECT 1; ALTER TABLE t RENAME TO \"_cf_x\"",
    ] {
        assert_eq!(
            message(&database, sql, vec![]),
            "not authorized: SQLITE_AUTH",
            "{sql}"
        );
    }
    assert!(
        database
            .exec("ALTER TABLE t RENAME COLUMN a TO _cf_a", vec![])
            .is_ok()
    );
    assert!(
        database
            .exec("ALTER TABLE t RENAME TO \"a \"\" rename to _cf_x\"", vec![])
            .is_ok()
    );
}

#[test]
fn columns_can_be_dropped_whatever_their_names_are() {
    let database = numbers();
    for sql in [
        "CREATE TABLE u(a, b, temp, main, _cf_c)",
        "ALTER TABLE u DROP COLUMN b",
        "ALTER TABLE u DROP COLUMN temp",
        "ALTER TABLE u DROP COLUMN main",
        "ALTER TABLE u DROP COLUMN _cf_c",
        "INSERT INTO u VALUES (1)",
    ] {
        database.exec(sql, vec![]).unwrap();
    }
    database.kv_put("k", b"v").unwrap();
    assert_eq!(
        message(&database, "ALTER TABLE _cf_KV DROP COLUMN value", vec![]),
        "not authorized: SQLITE_AUTH"
    );
}

#[test]
fn a_cursor_that_is_ended_holds_up_nothing() {
    let database = numbers();
    let cursor = database
        .exec("DELETE FROM t WHERE a > 1 RETURNING a", vec![])
        .unwrap();
    assert_eq!(next(&cursor), Some(2));
    assert!(database.commit().is_err());
    let database = numbers();
    let cursor = database
        .exec("DELETE FROM t WHERE a > 1 RETURNING a", vec![])
        .unwrap();
    assert_eq!(next(&cursor), Some(2));
    cursor.end();
    assert_eq!(next(&cursor), None);
    cursor.end();
    database.commit().unwrap();
}

#[test]
fn places_in_errors_count_from_the_statement_itself() {
    let database = numbers();
    for sql in [
        "SELEC",
        "SELECT 1;SELEC",
        "SELECT 1;   SELEC",
        "SELECT 1;\n\tSELECT 2; \u{b}\u{c}\r\nSELEC",
    ] {
        assert_eq!(
            message(&database, sql, vec![]),
            "near \"SELEC\": syntax error at offset 0: SQLITE_ERROR",
            "{sql:?}"
        );
    }
}

#[test]
fn a_program_cannot_borrow_an_internal_statement() {
    let database = numbers();
    database.kv_put("k", b"v").unwrap();
    database.kv_get("k").unwrap();
    assert_eq!(
        message(
            &database,
            "SELECT value FROM _cf_KV WHERE key = ?1",
            vec![SqlValue::Text("k".into())]
        ),
        "access to _cf_KV.value is prohibited: SQLITE_AUTH"
    );
    // Recompiled after a schema change, an internal statement is still trusted and a program's is still not.
    database.exec("CREATE TABLE u(a)", vec![]).unwrap();
    assert!(database.kv_get("k").unwrap().is_some());
}

#[test]
fn an_evicted_statement_still_finishes() {
    let options = Options {
        statements_max: 2,
        ..Options::default()
    };
    let database = Database::new(Location::Memory, options);
    database.exec("CREATE TABLE t(a)", vec![]).unwrap();
    database
        .exec("INSERT INTO t VALUES (1), (2)", vec![])
        .unwrap();
    let cursor = database.exec("SELECT a FROM t", vec![]).unwrap();
    for text in ["SELECT 1", "SELECT 2", "SELECT 3"] {
        database.exec(text, vec![]).unwrap();
    }
    assert_eq!(
        (next(&cursor), next(&cursor), next(&cursor)),
        (Some(1), Some(2), None)
    );
    assert_eq!(
        next(&database.exec("SELECT a FROM t", vec![]).unwrap()),
        Some(1)
    );
}

/// As [`numbers`], with statements that are stopped at the last of `questions`; and how many are left to ask.
fn numbers_until(location: Location, questions: u32) -> (Database, Rc<Cell<u32>>) {
    let left = Rc::new(Cell::new(questions));
    let asked = Rc::clone(&left);
    let interrupter = move || {
        asked.set(asked.get().saturating_sub(1));
        asked.get() == 0
    };
    let database = Database::interruptible(location, Options::default(), Rc::new(interrupter));
    for sql in [
        "CREATE TABLE t(a INTEGER PRIMARY KEY)",
        "INSERT INTO t VALUES (1), (2), (3), (4)",
    ] {
        database.exec(sql, vec![]).unwrap();
    }
    database.commit().unwrap();
    (database, left)
}

const ENDLESS: &str =
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n";

fn assert_interrupted(database: &Database, error: Option<StorageError>) {
    let error = error.expect("it has no end");
    assert_eq!(error.kind, ErrorKind::Critical);
    assert_eq!(error.message, "interrupted: SQLITE_INTERRUPT");
    assert_eq!(database.kv_put("k", b"v").unwrap_err(), error);
    assert_eq!(
        database.exec("SELECT 1", vec![]).err().as_ref(),
        Some(&error)
    );
    assert_eq!(database.broken(), Some(error));
}

#[test]
fn a_query_without_end_is_stopped_and_breaks_the_object() {
    let (database, left) = numbers_until(Location::Memory, 100);
    assert_interrupted(&database, database.exec(ENDLESS, vec![]).err());
    assert_eq!(left.get(), 0);

    // Between two rows, and in the middle of a list of statements.
    let (database, _) = numbers_until(Location::Memory, 100);
    let rows = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n WHERE i < 3";
    let cursor = database.exec(rows, vec![]).unwrap();
    assert_eq!(next(&cursor), Some(1));
    assert_interrupted(&database, cursor.next().err());
    let (database, _) = numbers_until(Location::Memory, 100);
    let list = format!("SELECT 1; {ENDLESS}; SELECT 2");
    assert_interrupted(&database, database.exec(&list, vec![]).err());
}

#[test]
fn every_connection_can_be_stopped() {
    let folder = support::Folder::new();
    let (database, _) = numbers_until(folder.location("object"), 100);
    assert!(database.close_if_idle());
    assert_interrupted(&database, database.exec(ENDLESS, vec![]).err());
    drop(database);

    let absent = folder.location("absent");
    let database = Database::interruptible(absent, Options::default(), Rc::new(|| true));
    assert_interrupted(&database, database.exec(ENDLESS, vec![]).err());
}

#[test]
fn stopping_breaks_the_object_and_undoes_what_was_not_committed() {
    let folder = support::Folder::new();
    let insertion = "WITH RECURSIVE n(i) AS (SELECT 10 UNION ALL SELECT i + 1 FROM n) INSERT INTO t SELECT i FROM n";
    // A query does not end SQLite's transaction, a write does.
    for endless in [ENDLESS, insertion] {
        let (database, _) = numbers_until(folder.location("object"), 100);
        database.exec("DELETE FROM t WHERE a < 4", vec![]).unwrap();
        assert_interrupted(&database, database.exec(endless, vec![]).err());
        assert_eq!(database.commit().unwrap_err().kind, ErrorKind::Critical);
        drop(database);
        let database = Database::new(folder.location("object"), Options::default());
        let count = "SELECT count(*) FROM t";
        assert_eq!(next(&database.exec(count, vec![]).unwrap()), Some(4));
        database.exec("DROP TABLE t", vec![]).unwrap();
        database.commit().unwrap();
    }
}

#[test]
fn our_own_statements_are_not_stopped() {
    let stops = Rc::new(Cell::new(0u32));
    let counted = Rc::clone(&stops);
    let interrupter = move || {
        counted.set(counted.get() + 1);
        true
    };
    let database =
        Database::interruptible(Location::Memory, Options::default(), Rc::new(interrupter));
    // SQLite counts a statement's instructions over all of its runs: enough for many questions.
    for round in 0..20_000u32 {
        database.kv_put("k", &round.to_le_bytes()).unwrap();
        database.commit().unwrap();
    }
    assert_eq!(stops.get(), 0);
    assert_interrupted(&database, database.exec(ENDLESS, vec![]).err());
    assert_eq!(stops.get(), 1);
}
