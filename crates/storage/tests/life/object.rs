//! The files of one object, opened as often as a test likes.

use std::path::PathBuf;

use holdfast_storage::{Database, Location, Options, SqlValue};

pub(crate) struct Object {
    // Held so that the directory lives as long as the object.
    _directory: tempfile::TempDir,
    pub(crate) path: PathBuf,
}

impl Object {
    pub(crate) fn new() -> Object {
        let directory = tempfile::tempdir().expect("a directory");
        let path = directory.path().join("object.sqlite");
        Object {
            _directory: directory,
            path,
        }
    }

    pub(crate) fn open(&self) -> Database {
        Database::new(Location::File(self.path.clone()), Options::default())
    }

    pub(crate) fn file(&self, suffix: &str) -> PathBuf {
        let mut path = self.path.clone().into_os_string();
        path.push(suffix);
        path.into()
    }

    pub(crate) fn size(&self, suffix: &str) -> u64 {
        self.file(suffix)
            .metadata()
            .map_or(0, |metadata| metadata.len())
    }

    pub(crate) fn files(&self) -> usize {
        std::fs::read_dir(self.path.parent().expect("a directory"))
            .expect("readable")
            .count()
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
