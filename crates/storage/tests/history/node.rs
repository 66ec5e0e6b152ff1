//! A node whose store is stopped, started and interrupted, and what a test sees of its objects.

use std::sync::Arc;

use holdfast_journal::{Clock, LogOptions, ObjectRef, RealDisk};
use holdfast_storage::{
    Checkpointer, Database, Location, Options, Restored, SqlValue, Store, StoreOptions,
};

use crate::disk::{Countdown, FailingDisk, SetClock};

pub(crate) const DAY_MS: u64 = 24 * 60 * 60 * 1000;

pub(crate) struct Node {
    folder: tempfile::TempDir,
    pub(crate) clock: Arc<SetClock>,
    pub(crate) disk: Arc<Countdown>,
    pub(crate) options: StoreOptions,
    store: Option<Store>,
}

/// All that a program can see of a database.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Contents {
    pub(crate) rows: Vec<(i64, Vec<u8>)>,
    pub(crate) entries: Vec<(String, Vec<u8>)>,
    pub(crate) alarm: Option<i64>,
}

impl Node {
    pub(crate) fn new() -> Node {
        let clock = Arc::new(SetClock::default());
        clock.set(1_700_000_000_000);
        Node {
            folder: tempfile::tempdir().expect("a folder"),
            clock,
            disk: Arc::default(),
            options: StoreOptions {
                log: LogOptions {
                    segment_bytes: 32 << 10,
                    ..LogOptions::default()
                },
                ..StoreOptions::default()
            },
            store: None,
        }
    }

    /// The store, opened if it is not.
    pub(crate) fn store(&mut self) -> Store {
        if self.store.is_none() {
            self.disk.set(u64::MAX);
            let disk = FailingDisk {
                disk: RealDisk::new(self.folder.path()).expect("a disk"),
                countdown: Arc::clone(&self.disk),
            };
            let clock = Arc::clone(&self.clock) as Arc<dyn Clock>;
            let store = Store::open(Arc::new(disk), clock, self.options, 1).expect("a store");
            self.store = Some(store);
        }
        self.store.clone().expect("it was opened")
    }

    /// Ends as a crash would right after a flush, or before it. No database may be open.
    pub(crate) fn crash(&mut self, flushed: bool) {
        if let Some(store) = self.store.take()
            && flushed
        {
            store.flush().expect("a flush");
        }
    }

    pub(crate) fn checkpoint(&mut self, all: bool) {
        let store = self.store();
        Checkpointer::new(&store).run(all).expect("a checkpoint");
    }

    /// A checkpoint that does not get further than some operations of the disk; then a crash. Says whether it was through
    /// before.
    pub(crate) fn interrupted_checkpoint(&mut self, operations: u64, all: bool) -> bool {
        let store = self.store();
        store.flush().expect("a flush");
        let mut checkpointer = Checkpointer::new(&store);
        self.disk.set(operations);
        let through = checkpointer.run(all).is_ok();
        self.store = None;
        through
    }

    pub(crate) fn open(&mut self, object: &ObjectRef) -> Database {
        let location = Location::Object {
            store: self.store(),
            object: object.clone(),
            name: None,
        };
        Database::new(location, Options::default())
    }

    /// Starts the object: goes back if it is to.
    pub(crate) fn begin(&mut self, object: &ObjectRef) -> (Database, Option<Restored>) {
        let database = self.open(object);
        let restored = database.begin_session().expect("a session");
        assert_eq!(
            database.begin_session().expect("a session"),
            None,
            "it goes back once"
        );
        (database, restored)
    }

    /// Takes the object back to a bookmark in the present session and the next, and gives the bookmark that undoes it.
    pub(crate) fn go_back(&mut self, object: &ObjectRef, bookmark: &str) -> (Database, String) {
        let database = self.open(object);
        let undo = database.restore_on_next_session(bookmark).expect("a wish");
        database.commit().expect("a commit");
        drop(database);
        let (database, restored) = self.begin(object);
        assert!(restored.is_some(), "the wish was carried out");
        (database, undo)
    }

    pub(crate) fn contents(&mut self, object: &ObjectRef) -> Contents {
        contents(&self.open(object))
    }

    pub(crate) fn files(&self) -> Vec<String> {
        let Ok(files) = std::fs::read_dir(self.path("history")) else {
            return Vec::new();
        };
        let mut names: Vec<_> = files
            .map(|file| {
                file.expect("a file")
                    .file_name()
                    .into_string()
                    .expect("text")
            })
            .filter(|name| name.ends_with(".hist"))
            .collect();
        names.sort_unstable();
        names
    }

    pub(crate) fn path(&self, name: &str) -> std::path::PathBuf {
        self.folder.path().join(name)
    }
}

pub(crate) fn object(id: u8) -> ObjectRef {
    ObjectRef {
        class: Arc::from(["worker-A", "worker-B"][usize::from(id % 2)]),
        id: [id; 32],
    }
}

pub(crate) fn run(database: &Database, sql: &str, bindings: Vec<SqlValue>) {
    database.exec(sql, bindings).expect(sql);
}

/// Writes a row of this many bytes, and some that depend on its content.
pub(crate) fn put_row(database: &Database, id: i64, fill: u8, bytes: usize) {
    let create = "CREATE TABLE IF NOT EXISTS t (id INTEGER PRIMARY KEY, value BLOB)";
    run(database, create, vec![]);
    let insert = "INSERT INTO t VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value";
    let value = (0..bytes).map(|at| fill ^ (at / 7) as u8).collect();
    run(
        database,
        insert,
        vec![SqlValue::Integer(id), SqlValue::Blob(value)],
    );
}

/// Ends the turn, and gives the bookmark of what it wrote.
pub(crate) fn bookmark(database: &Database) -> String {
    let bookmark = database.current_bookmark().expect("a bookmark");
    database.commit().expect("a commit");
    bookmark.text()
}

pub(crate) fn contents(database: &Database) -> Contents {
    let alarm = database.get_alarm().expect("the alarm");
    let there = "SELECT 1 FROM sqlite_master WHERE name = 't'";
    let there = database
        .exec(there, vec![])
        .expect(there)
        .next()
        .expect("a row");
    let mut rows = Vec::new();
    if there.is_some() {
        let cursor = database
            .exec("SELECT id, value FROM t", vec![])
            .expect("rows");
        while let Some(row) = cursor.next().expect("a row") {
            match &row[..] {
                [SqlValue::Integer(id), SqlValue::Blob(value)] => rows.push((*id, value.clone())),
                other => panic!("{other:?}"),
            }
        }
    }
    let check = database
        .exec("PRAGMA quick_check", vec![])
        .expect("a check");
    assert_eq!(
        check.next().expect("a row"),
        Some(vec![SqlValue::Text("ok".to_owned())]),
        "the database is damaged"
    );
    Contents {
        rows,
        entries: database.kv_list(&Default::default()).expect("entries"),
        alarm,
    }
}
