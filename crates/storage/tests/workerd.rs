//! The same statements here and on `workerd`: results, column names, error texts and row counts.
//!
//! `workerd/*.out.jsonl` are recordings; `workerd/recorder.js` says how they were made. Each file is one object's life,
//! so its statements depend on each other. What differs on purpose is listed here with the reason, and must differ.

use holdfast_storage::{Database, Location, Options, SqlValue};
use serde_json::{Value, json};

/// SQL whose result is not the recorded one, and why.
const DIFFERENT_RESULT: &[(&str, &str)] = &[(
    "PRAGMA data_version",
    "an arbitrary number, which begins with 2 in a database with a write-ahead log",
)];

/// SQL whose row counts are estimates that miss. Everything else in the recording is counted exactly.
const DIFFERENT_COUNT: &[(&str, &str)] = &[
    (
        "SELECT * FROM t x, t y",
        "nested full scans: the restarts of the inner one are unknown",
    ),
    (
        "SELECT (SELECT count(*) FROM t), (SELECT count(*) FROM t)",
        "only a single count(*) is known",
    ),
    (
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE i<10) SELECT * FROM n",
        "the queue of a recursion has no step counter",
    ),
    (
        "UPDATE t SET a=a",
        "the check of a key that does not change is skipped",
    ),
    (
        "DELETE FROM t WHERE c=3 RETURNING *",
        "the last failed seek of a two-pass deletion",
    ),
    ("DELETE FROM p WHERE id=1", "foreign key actions"),
    ("INSERT INTO p VALUES(8),(9)", "a trigger"),
    (
        "CREATE TABLE w(k TEXT PRIMARY KEY, v) WITHOUT ROWID",
        "schema",
    ),
    ("DROP TABLE w", "schema"),
    ("CREATE INDEX part ON au(v) WHERE v>5", "schema"),
    ("ALTER TABLE log ADD COLUMN y", "schema"),
    ("ALTER TABLE log RENAME TO log2", "schema"),
    ("CREATE TABLE ct AS SELECT * FROM log2", "schema"),
    ("ANALYZE", "schema"),
    ("REINDEX", "schema"),
];

fn binding(value: &Value) -> SqlValue {
    match value {
        Value::Null => SqlValue::Null,
        Value::Number(number) => SqlValue::Real(number.as_f64().expect("a double")),
        Value::String(text) => SqlValue::Text(text.clone()),
        other => panic!("no such binding in the recordings: {other}"),
    }
}

/// A value as JSON.stringify shows what JavaScript gets for it.
fn shown(value: SqlValue) -> Value {
    match value {
        SqlValue::Null => Value::Null,
        SqlValue::Integer(value) => json!(value as f64),
        SqlValue::Real(value) => json!(value),
        SqlValue::Text(text) => json!(text),
        SqlValue::Blob(_) => json!({}),
    }
}

/// All numbers as doubles.
fn normalized(value: &Value) -> Value {
    match value {
        Value::Number(number) => json!(number.as_f64()),
        Value::Array(values) => values.iter().map(normalized).collect(),
        other => other.clone(),
    }
}

fn run(database: &Database, recorded: &Value) -> Value {
    let sql = recorded["sql"].as_str().expect("sql");
    let bindings = recorded["bindings"]
        .as_array()
        .expect("bindings")
        .iter()
        .map(binding)
        .collect();
    let mut result = json!({});
    let all = || {
        let cursor = database.exec(sql, bindings)?;
        result["columns"] = cursor
            .column_names()
            .iter()
            .map(|name| json!(**name))
            .collect();
        let mut rows = Vec::new();
        while let Some(row) = cursor.next()? {
            rows.push(row.into_iter().map(shown).collect::<Value>());
        }
        result["rows"] = Value::Array(rows);
        result["read"] = json!(cursor.rows_read() as f64);
        result["written"] = json!(cursor.rows_written() as f64);
        Ok::<(), holdfast_storage::StorageError>(())
    };
    if let Err(error) = all() {
        return json!({ "error": error.message });
    }
    result
}

/// Replays a recording; every statement whose fields `compared` do not behave as `different` says.
fn unexpected(recording: &str, compared: &[&str], different: &[(&str, &str)]) -> Vec<String> {
    let database = Database::new(Location::Memory, Options::default());
    database.kv_put("key", b"value").expect("put");
    let mut found = Vec::new();
    for line in recording.lines() {
        let recorded: Value = serde_json::from_str(line).expect("a recorded line");
        let sql = recorded["sql"].as_str().expect("sql");
        let result = run(&database, &recorded);
        // What a failing statement had shown before it failed is no part of its result.
        let fields = if recorded["error"].is_null() {
            compared
        } else {
            &["error"]
        };
        let differing: Vec<_> = fields
            .iter()
            .filter(|&&field| normalized(&recorded[field]) != normalized(&result[field]))
            .map(|field| {
                format!(
                    "{field}: workerd {} holdfast {}",
                    recorded[field], result[field]
                )
            })
            .collect();
        if differing.is_empty() == different.iter().any(|(known, _)| *known == sql) {
            found.push(format!("{sql}\n    {}", differing.join("\n    ")));
        }
    }
    found
}

fn assert_same(recording: &str, compared: &[&str], different: &[(&str, &str)]) {
    let found = unexpected(recording, compared, different);
    assert!(
        found.is_empty(),
        "{} statements behave unexpectedly:\n{}",
        found.len(),
        found.join("\n")
    );
}

const RESULT: &[&str] = &["columns", "rows", "error"];

#[test]
fn results_and_error_texts_are_those_of_workerd() {
    assert_same(
        include_str!("workerd/errors.out.jsonl"),
        RESULT,
        DIFFERENT_RESULT,
    );
}

#[test]
fn results_of_the_counted_statements_are_those_of_workerd() {
    assert_same(include_str!("workerd/counts.out.jsonl"), RESULT, &[]);
}

#[test]
fn rows_read_and_written_are_those_of_workerd() {
    assert_same(
        include_str!("workerd/counts.out.jsonl"),
        &["read", "written"],
        DIFFERENT_COUNT,
    );
}
