//! Reading databases back, and comparing them with the checker's account.

use std::collections::BTreeMap;
use std::rc::Rc;

use holdfast_journal::Disk;
use holdfast_storage::{Database, ListOptions, Location, Options, SqlValue, Store};

use crate::disk::SimDisk;
use crate::failure::{Failure, Trouble, ensure};
use crate::model::{Contents, History, Row};
use crate::setup::Setup;

/// Everything a database holds. Whether it exists at all is for the catalogue to say.
pub(crate) fn read(database: &Database) -> Result<Contents, Trouble> {
    let mut contents = Contents {
        alarm: database.get_alarm()?,
        ..Contents::default()
    };
    for (key, value) in database.kv_list(&ListOptions::default())? {
        contents.keys.insert(key, Rc::from(value));
    }
    let tables = "SELECT name FROM sqlite_master WHERE type = 'table' AND name LIKE 't_'";
    let names = rows(database, tables)?;
    for name in names.into_iter().flatten() {
        let SqlValue::Text(name) = name else {
            continue;
        };
        let mut table: BTreeMap<i64, Row> = BTreeMap::new();
        for row in rows(database, &format!("SELECT id, number, data FROM {name}"))? {
            let [
                SqlValue::Integer(id),
                SqlValue::Integer(number),
                SqlValue::Blob(data),
            ] = &row[..]
            else {
                ensure!(false, "table {name} has a row {row:?}");
                continue;
            };
            table.insert(*id, (*number, Rc::from(&data[..])));
        }
        let by_index = format!("SELECT number FROM {name} INDEXED BY i{name} WHERE number > -1e9");
        let mut indexed: Vec<i64> = Vec::new();
        for row in rows(database, &by_index)? {
            if let [SqlValue::Integer(number)] = row[..] {
                indexed.push(number);
            }
        }
        let mut numbers: Vec<i64> = table.values().map(|(number, _)| *number).collect();
        numbers.sort_unstable();
        ensure!(
            indexed == numbers,
            "the index of table {name} has {indexed:?} and not {numbers:?}"
        );
        contents.tables.insert(name, table);
    }
    Ok(contents)
}

fn rows(database: &Database, sql: &str) -> Result<Vec<Vec<SqlValue>>, Trouble> {
    let cursor = database.exec(sql, vec![])?;
    let mut rows = Vec::new();
    while let Some(row) = cursor.next()? {
        rows.push(row);
    }
    Ok(rows)
}

/// That a database holds what it must, and is sound.
pub(crate) fn compare(
    database: &Database,
    expected: &Contents,
    sound: bool,
) -> Result<(), Trouble> {
    let mut found = read(database)?;
    found.exists = expected.exists;
    ensure!(
        found == *expected,
        "an object does not hold what it must: {}",
        expected.difference(&found)
    );
    if sound {
        let answer = rows(database, "PRAGMA quick_check")?;
        ensure!(
            answer == [[SqlValue::Text("ok".to_owned())]],
            "a database is not sound: {answer:?}"
        );
    }
    Ok(())
}

pub(crate) fn location(store: &Store, setup: &Setup, index: usize) -> Location {
    let (object, name) = &setup.objects[index];
    Location::Object {
        store: store.clone(),
        object: object.clone(),
        name: name.clone(),
    }
}

/// That a recovered store is exactly what it was at `position`.
pub(crate) fn recovered(
    store: &Store,
    setup: &Setup,
    history: &History,
    position: u64,
) -> Result<(), Trouble> {
    catalogue(store, setup, history, position)?;
    for index in 0..setup.objects.len() {
        let expected = history.at(index, position);
        let database = Database::new(location(store, setup, index), Options::default());
        let in_context = |trouble| match trouble {
            Trouble::Failed(failure) => Trouble::Failed(failure.at(format!("object {index}"))),
            Trouble::Refused(error) => Trouble::Refused(format!("object {index}: {error}")),
        };
        compare(&database, &expected, true).map_err(in_context)?;
    }
    Ok(())
}

/// That the catalogue knows the objects, their names and alarms.
pub(crate) fn catalogue(
    store: &Store,
    setup: &Setup,
    history: &History,
    position: u64,
) -> Result<(), Trouble> {
    type Known = (String, Option<String>, Option<i64>);
    let mut expected: Vec<Known> = Vec::new();
    for (index, (object, name)) in setup.objects.iter().enumerate() {
        let contents = history.at(index, position);
        if contents.exists {
            let name = name.as_deref().map(str::to_owned);
            expected.push((object.to_string(), name, contents.alarm));
        }
    }
    expected.sort();
    let found = store.objects()?.into_iter();
    let found: Vec<Known> = found
        .map(|(object, entry)| (object.to_string(), entry.name, entry.alarm))
        .collect();
    ensure!(
        found == expected,
        "the catalogue knows the objects {found:?} and not {expected:?}"
    );
    expected.retain(|(_, _, alarm)| alarm.is_some());
    let pending = store.pending_alarms()?.into_iter();
    let mut pending: Vec<Known> = pending
        .map(|alarm| {
            (
                alarm.object.to_string(),
                alarm.name,
                Some(alarm.scheduled_ms),
            )
        })
        .collect();
    pending.sort();
    ensure!(
        pending == expected,
        "the pending alarms are {pending:?} and not {expected:?}"
    );
    Ok(())
}

/// That the objects' files, by themselves, are the databases as of the last commit: to be asked after a last checkpoint,
/// on a disk at rest.
///
/// # Errors
/// Anything else.
pub(crate) fn files(disk: &SimDisk, setup: &Setup, history: &History) -> Result<(), Failure> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for (index, (object, _)) in setup.objects.iter().enumerate() {
        let expected = history.at(index, u64::MAX);
        let id: String = object.id.iter().map(|byte| format!("{byte:02x}")).collect();
        let name = format!("objects/{}/{id}.sqlite", object.class);
        let exists = disk.open(&name).is_ok();
        ensure!(
            exists == expected.exists,
            "the file {name} of object {index} exists: {exists}, and should: {}",
            expected.exists
        );
        if !exists {
            continue;
        }
        let path = folder.path().join(format!("{index}.sqlite"));
        std::fs::write(&path, disk.contents(&name)).expect("a temporary file");
        let checked = rusqlite::Connection::open(&path).and_then(|connection| {
            let sound: String =
                connection.query_row("PRAGMA integrity_check", [], |row| row.get(0))?;
            let mut counts = BTreeMap::new();
            for table in expected.tables.keys() {
                let sql = format!("SELECT count(*) FROM {table}");
                let count: i64 = connection.query_row(&sql, [], |row| row.get(0))?;
                counts.insert(table.clone(), count);
            }
            Ok((sound, counts))
        });
        let (sound, counts) =
            checked.map_err(|error| Failure(format!("the file {name}: {error}")))?;
        let tables = expected.tables.iter();
        let expected: BTreeMap<_, _> = tables
            .map(|(table, rows)| (table.clone(), rows.len() as i64))
            .collect();
        ensure!(
            sound == "ok" && counts == expected,
            "the file {name} is not sound ({sound}), or has {counts:?} rows and not {expected:?}"
        );
    }
    Ok(())
}
