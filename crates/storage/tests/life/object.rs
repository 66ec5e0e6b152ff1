//! One object, opened as often as a test likes, and what tests ask of its database.

use holdfast_storage::{Database, SqlValue};

use crate::support::Folder;

pub(crate) struct Object {
    pub(crate) folder: Folder,
}

impl Object {
    pub(crate) fn new() -> Object {
        Object {
            folder: Folder::new(),
        }
    }

    /// The database as a start after a crash finds it. No other may be open.
    pub(crate) fn open(&self) -> Database {
        self.folder.crash();
        self.folder.open("object")
    }

    /// Whether a checkpoint has made a file of it.
    pub(crate) fn has_file(&self) -> bool {
        self.folder.file("object").exists()
    }
}

pub(crate) fn integers(database: &Database, sql: &str) -> Vec<i64> {
    let cursor = database.exec(sql, vec![]).expect(sql);
    std::iter::from_fn(|| cursor.next().expect(sql))
        .map(|row| match row[0] {
            SqlValue::Integer(value) => value,
            ref other => panic!("not an integer: {other:?}"),
        })
        .collect()
}

pub(crate) fn run(database: &Database, sql: &str) {
    database.exec(sql, vec![]).expect(sql);
}

pub(crate) fn message<T>(result: holdfast_storage::Result<T>) -> String {
    result.err().expect("an error").message
}
