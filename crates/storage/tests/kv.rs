//! Keys and values against a model: an ordered map with a stack of copies for what may be undone.

mod support;

use std::collections::BTreeMap;

use holdfast_storage::{
    Commit, Database, ErrorKind, ListOptions, Location, Options, SavepointId, SavepointKind,
    VALUE_BYTES_MAX,
};
use proptest::prelude::*;

type Map = BTreeMap<String, Vec<u8>>;

#[derive(Clone, Debug)]
enum Operation {
    Get(String),
    Put(String, Vec<u8>),
    PutMany(Vec<(String, Vec<u8>)>),
    /// A batch whose last value is too large.
    FailedPutMany(Vec<(String, Vec<u8>)>),
    Delete(String),
    DeleteMany(Vec<String>),
    List(ListOptions),
    SetAlarm(Option<i64>),
    BeginSync,
    BeginAsync,
    Release,
    RollBack,
    Commit,
    RollBackAll,
    DeleteAll(bool),
    Reopen,
    CloseIfIdle,
}

/// Keys that are near each other in byte order, beyond ASCII too, where the order of UTF-16 differs.
fn key() -> impl Strategy<Value = String> {
    prop_oneof!["[ab]{0,3}", "[a\\u{0}\\u{7f}é\\u{ffff}\\u{10000}]{0,2}"]
}

fn value() -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(any::<u8>(), 0..20)
}

fn entries() -> impl Strategy<Value = Vec<(String, Vec<u8>)>> {
    prop::collection::vec((key(), value()), 0..5)
}

fn list_options() -> impl Strategy<Value = ListOptions> {
    let bound = || prop::option::of(key());
    (
        bound(),
        any::<bool>(),
        bound(),
        bound(),
        any::<bool>(),
        prop::option::of(1..6i32),
    )
        .prop_map(|(start, after, end, prefix, reverse, limit)| ListOptions {
            start: start.clone().filter(|_| !after),
            start_after: start.filter(|_| after),
            end,
            prefix,
            reverse,
            limit,
        })
}

fn operation() -> impl Strategy<Value = Operation> {
    prop_oneof![
        4 => key().prop_map(Operation::Get),
        6 => (key(), value()).prop_map(|(key, value)| Operation::Put(key, value)),
        2 => entries().prop_map(Operation::PutMany),
        1 => entries().prop_map(Operation::FailedPutMany),
        3 => key().prop_map(Operation::Delete),
        1 => prop::collection::vec(key(), 0..4).prop_map(Operation::DeleteMany),
        4 => list_options().prop_map(Operation::List),
        2 => prop::option::of(1..1000i64).prop_map(Operation::SetAlarm),
        2 => Just(Operation::BeginSync),
        1 => Just(Operation::BeginAsync),
        2 => Just(Operation::Release),
        2 => Just(Operation::RollBack),
        3 => Just(Operation::Commit),
        1 => Just(Operation::RollBackAll),
        1 => any::<bool>().prop_map(Operation::DeleteAll),
        1 => Just(Operation::Reopen),
        1 => Just(Operation::CloseIfIdle),
    ]
}

#[derive(Clone, Debug, Default, PartialEq)]
struct Contents {
    entries: Map,
    alarm: Option<i64>,
}

impl Contents {
    fn list(&self, options: &ListOptions) -> Vec<(String, Vec<u8>)> {
        let mut listed: Vec<_> = self
            .entries
            .iter()
            .filter(|(key, _)| options.start.as_ref().is_none_or(|start| *key >= start))
            .filter(|(key, _)| {
                options
                    .start_after
                    .as_ref()
                    .is_none_or(|after| *key > after)
            })
            .filter(|(key, _)| options.end.as_ref().is_none_or(|end| *key < end))
            .filter(|(key, _)| {
                options
                    .prefix
                    .as_ref()
                    .is_none_or(|prefix| key.starts_with(prefix.as_str()))
            })
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect();
        if options.reverse {
            listed.reverse();
        }
        listed.truncate(options.limit.map_or(usize::MAX, |limit| limit as usize));
        listed
    }
}

#[derive(Default)]
struct Model {
    current: Contents,
    committed: Contents,
    /// The alarm as somebody knows it who sees nothing but commits.
    followed: Option<i64>,
    /// Each open savepoint with the contents it would go back to.
    savepoints: Vec<(SavepointId, SavepointKind, Contents)>,
}

impl Model {
    fn spans_turns(&self) -> bool {
        self.savepoints
            .first()
            .is_some_and(|(_, kind, _)| *kind == SavepointKind::Async)
    }

    fn follow(&mut self, commit: Option<Commit>) {
        if let Some(alarm) = commit.and_then(|commit| commit.alarm()) {
            self.followed = alarm;
        }
    }

    fn lose(&mut self) {
        self.current = self.committed.clone();
        self.savepoints.clear();
    }
}

fn apply(
    open: &dyn Fn() -> Database,
    database: &mut Database,
    model: &mut Model,
    operation: Operation,
) {
    match operation {
        Operation::Get(key) => {
            assert_eq!(
                database.kv_get(&key).unwrap().as_ref(),
                model.current.entries.get(&key)
            );
        }
        Operation::Put(key, value) => {
            database.kv_put(&key, &value).unwrap();
            model.current.entries.insert(key, value);
        }
        Operation::PutMany(entries) => {
            database.kv_put_many(&entries).unwrap();
            model.current.entries.extend(entries);
        }
        Operation::FailedPutMany(mut entries) => {
            entries.push(("big".to_owned(), vec![0; VALUE_BYTES_MAX as usize + 1]));
            let error = database.kv_put_many(&entries).unwrap_err();
            assert_eq!(error.message, "string or blob too big: SQLITE_TOOBIG");
            assert_eq!(error.kind, ErrorKind::Error);
        }
        Operation::Delete(key) => {
            assert_eq!(
                database.kv_delete(&key).unwrap(),
                model.current.entries.remove(&key).is_some()
            );
        }
        Operation::DeleteMany(keys) => {
            let deleted = database.kv_delete_many(&keys).unwrap();
            let expected = keys
                .iter()
                .filter(|key| model.current.entries.remove(*key).is_some())
                .count();
            assert_eq!(deleted, expected as u64);
        }
        Operation::List(options) => {
            assert_eq!(
                database.kv_list(&options).unwrap(),
                model.current.list(&options),
                "{options:?}"
            );
        }
        Operation::SetAlarm(alarm) => {
            database.set_alarm(alarm).unwrap();
            model.current.alarm = alarm;
        }
        Operation::BeginSync => {
            let id = database.begin_savepoint(SavepointKind::Sync).unwrap();
            model
                .savepoints
                .push((id, SavepointKind::Sync, model.current.clone()));
        }
        Operation::BeginAsync if database.in_transaction() => {
            assert!(database.begin_savepoint(SavepointKind::Async).is_err());
        }
        Operation::BeginAsync => {
            let id = database.begin_savepoint(SavepointKind::Async).unwrap();
            model
                .savepoints
                .push((id, SavepointKind::Async, model.current.clone()));
        }
        Operation::Release => {
            let spans_turns = model.spans_turns();
            if let Some((id, ..)) = model.savepoints.pop() {
                let commit = database.release(id).unwrap();
                // A transaction that has changed nothing is no commit.
                let ended = spans_turns && model.savepoints.is_empty();
                assert!(ended || commit.is_none());
                assert!(!ended || commit.is_some() || model.current == model.committed);
                model.follow(commit);
                if ended {
                    model.committed = model.current.clone();
                }
            }
        }
        Operation::RollBack => {
            if let Some((id, _, before)) = model.savepoints.pop() {
                database.rollback_to(id).unwrap();
                model.current = before;
            }
        }
        Operation::Commit if model.spans_turns() => assert_eq!(database.commit().unwrap(), None),
        Operation::Commit if !model.savepoints.is_empty() => assert!(database.commit().is_err()),
        Operation::Commit => {
            // A transaction that has changed nothing is no commit.
            let written = database.in_transaction();
            let commit = database.commit().unwrap();
            let committed = commit.is_some();
            model.follow(commit);
            assert!(written || !committed);
            assert!(committed || model.current == model.committed);
            model.committed = model.current.clone();
        }
        Operation::RollBackAll => {
            database.rollback_implicit();
            model.lose();
        }
        Operation::DeleteAll(_) if model.spans_turns() => {
            assert!(database.delete_all(true).is_err())
        }
        Operation::DeleteAll(delete_alarm) => {
            let commit = database.delete_all(delete_alarm).unwrap();
            model.follow(commit);
            let alarm = model.current.alarm.filter(|_| !delete_alarm);
            model.committed = Contents {
                entries: Map::new(),
                alarm,
            };
            model.lose();
        }
        Operation::Reopen => {
            database.close();
            *database = open();
            model.lose();
        }
        Operation::CloseIfIdle => {
            let idle = !database.in_transaction() && model.savepoints.is_empty();
            assert_eq!(database.close_if_idle(), idle || !database.is_open());
        }
    }
    assert_eq!(database.get_alarm().unwrap(), model.current.alarm);
    assert_eq!(model.followed, model.committed.alarm);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, ..ProptestConfig::default() })]

    #[test]
    fn any_sequence_of_operations_behaves_as_the_model(operations in prop::collection::vec(operation(), 1..60)) {
        let folder = support::Folder::new();
        let open = || {
            folder.crash();
            folder.open("object")
        };
        let mut database = open();
        let mut model = Model::default();
        for operation in operations {
            apply(&open, &mut database, &mut model, operation);
        }
        let all = ListOptions::default();
        prop_assert_eq!(database.kv_list(&all).unwrap(), model.current.list(&all));
    }
}

fn filled() -> Database {
    let database = Database::new(Location::Memory, Options::default());
    for key in ["a", "b", "c"] {
        database.kv_put(key, key.as_bytes()).unwrap();
    }
    database
}

#[test]
fn only_the_newest_listing_can_be_read() {
    let database = filled();
    let all = ListOptions::default();
    let older = database.kv_iterate(&all).unwrap();
    assert_eq!(older.next().unwrap().unwrap().0, "a");
    database.kv_put("bb", b"").unwrap();
    assert_eq!(older.next().unwrap().unwrap().0, "b");
    assert_eq!(
        older.next().unwrap().unwrap().0,
        "bb",
        "a listing sees later writes ahead of it"
    );

    let empty = ListOptions {
        start: Some("z".into()),
        end: Some("a".into()),
        ..all.clone()
    };
    assert_eq!(database.kv_iterate(&empty).unwrap().next().unwrap(), None);
    assert_eq!(
        older.next().unwrap().unwrap().0,
        "c",
        "a listing that is empty anyway disturbs none"
    );

    let newer = database.kv_iterate(&all).unwrap();
    let invalidated = "kv.list() iterator was invalidated because a new call to kv.list() was started. Only one \
        kv.list() iterator can exist at a time.";
    for _ in 0..2 {
        assert_eq!(older.next().unwrap_err().message, invalidated);
    }
    assert_eq!(newer.next().unwrap().unwrap().0, "a");
    assert_eq!(database.kv_list(&all).unwrap().len(), 4);
    assert_eq!(
        newer.next().unwrap_err().message,
        invalidated,
        "a complete listing is a listing too"
    );
}

#[test]
fn bad_list_options_are_type_errors() {
    let database = filled();
    let both = ListOptions {
        start: Some("a".into()),
        start_after: Some("b".into()),
        ..ListOptions::default()
    };
    let none = ListOptions {
        limit: Some(0),
        ..ListOptions::default()
    };
    let negative = ListOptions {
        limit: Some(-1),
        ..ListOptions::default()
    };
    for (options, message) in [
        (
            both,
            "list() cannot be called with both start and startAfter values.",
        ),
        (none, "List limit must be positive."),
        (negative, "List limit must be positive."),
    ] {
        let error = database.kv_list(&options).unwrap_err();
        assert_eq!(
            (error.kind, error.message.as_str()),
            (ErrorKind::TypeError, message)
        );
    }
}

#[test]
fn keys_may_hold_anything_and_values_may_be_empty() {
    let database = filled();
    for key in ["", "\0", "a\0b", "\u{10ffff}"] {
        database.kv_put(key, b"").unwrap();
        assert_eq!(database.kv_get(key).unwrap(), Some(vec![]), "{key:?}");
    }
    let prefixed = ListOptions {
        prefix: Some("\u{10ffff}".into()),
        ..ListOptions::default()
    };
    assert_eq!(database.kv_list(&prefixed).unwrap().len(), 1);
}
