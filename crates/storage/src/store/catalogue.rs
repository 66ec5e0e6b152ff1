//! The catalogue: which objects there are, under which names, and when their alarms are due.
//!
//! It is a database of the store like any other, of a class that no program can have. Commits leave notes of what
//! they change about their object; a checkpoint enters the notes before it does anything else, so that the log that
//! is let go of afterwards is not needed for them either. A start reads the alarms from here and the rest from the log.

use std::collections::BTreeMap;
use std::sync::Arc;

use holdfast_journal::{Commit, ObjectRef};

use super::{Store, lock};
use crate::database::{Database, Location, Options};
use crate::error::Result;
use crate::value::SqlValue;

/// What the catalogue knows of an object, or is to be told.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Entry {
    /// The name that its id was made from.
    pub name: Option<String>,
    /// When its alarm is due, in ms since 1970.
    pub alarm: Option<i64>,
    /// The alarm was changed.
    alarm_changed: bool,
    /// It has a database.
    pub exists: bool,
}

impl Entry {
    pub(crate) fn take(&mut self, commit: &Commit<'_>) {
        if let Some(name) = &commit.name {
            self.name = Some(name.clone().into_owned());
        }
        if let Some(alarm) = commit.alarm {
            self.alarm = alarm;
            self.alarm_changed = true;
        }
        self.exists = commit.pages > 0;
    }

    /// For a planted mistake.
    pub(super) fn keep_alarm_of(&mut self, before: &Entry) {
        self.alarm = before.alarm;
        self.alarm_changed = before.alarm_changed;
    }
}

/// An alarm that is to be delivered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PendingAlarm {
    /// Whose.
    pub object: ObjectRef,
    /// The object's name, if it is known.
    pub name: Option<String>,
    /// When, in ms since 1970.
    pub scheduled_ms: i64,
}

/// A class that no program can have: names of Workers do not begin with a dot.
pub(super) const CLASS: &str = ".catalogue";

/// The object that the catalogue is.
fn catalogue() -> ObjectRef {
    ObjectRef {
        class: Arc::from(CLASS),
        id: [0; 32],
    }
}

const CREATE: &str = "
    CREATE TABLE IF NOT EXISTS objects (
        class TEXT NOT NULL, id BLOB NOT NULL, name TEXT, alarm INTEGER,
        PRIMARY KEY (class, id)
    ) WITHOUT ROWID;
    CREATE INDEX IF NOT EXISTS alarms ON objects (alarm) WHERE alarm IS NOT NULL";

/// The open catalogue. Used by one thread.
pub(crate) struct Catalogue {
    database: Database,
}

impl Catalogue {
    pub(crate) fn new(store: &Store) -> Catalogue {
        let location = Location::Object {
            store: store.clone(),
            object: catalogue(),
            name: None,
        };
        Catalogue {
            database: Database::new(location, Options::default()),
        }
    }

    /// Enters what commits have noted, in a commit of its own.
    pub(crate) fn enter<'a>(
        &self,
        notes: impl Iterator<Item = (&'a ObjectRef, &'a Entry)>,
    ) -> Result<()> {
        let mut created = false;
        for (object, entry) in notes {
            if !std::mem::replace(&mut created, true) {
                self.database.exec(CREATE, vec![])?;
            }
            let class = SqlValue::Text(object.class.to_string());
            let id = SqlValue::Blob(object.id.to_vec());
            if !entry.exists {
                let forget = "DELETE FROM objects WHERE class = ? AND id = ?";
                self.database.exec(forget, vec![class, id])?;
                continue;
            }
            let name = entry.name.clone().map_or(SqlValue::Null, SqlValue::Text);
            let alarm = entry.alarm.map_or(SqlValue::Null, SqlValue::Integer);
            let changed = SqlValue::Integer(i64::from(entry.alarm_changed));
            self.database.exec(
                "INSERT INTO objects (class, id, name, alarm) VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT (class, id) DO UPDATE SET
                    name = coalesce(excluded.name, name),
                    alarm = iif(?5, excluded.alarm, alarm)",
                vec![class, id, name, alarm, changed],
            )?;
        }
        self.database.commit()?;
        Ok(())
    }

    /// Whether anything was ever entered.
    fn is_there(&self) -> Result<bool> {
        let exists = "SELECT count(*) FROM sqlite_master WHERE name = 'objects'";
        let there = self.database.exec(exists, vec![])?;
        Ok(there.next()? == Some(vec![SqlValue::Integer(1)]))
    }

    /// The name of an object, if it is known.
    fn name_of(&self, object: &ObjectRef) -> Result<Option<String>> {
        if !self.is_there()? {
            return Ok(None);
        }
        let class = SqlValue::Text(object.class.to_string());
        let id = SqlValue::Blob(object.id.to_vec());
        let query = "SELECT name FROM objects WHERE class = ? AND id = ?";
        let row = self.database.exec(query, vec![class, id])?.next()?;
        Ok(row.and_then(|row| match row.into_iter().next() {
            Some(SqlValue::Text(name)) => Some(name),
            _ => None,
        }))
    }

    /// The objects that a query finds, in its order, given to `visit`.
    fn each(
        &self,
        query: &str,
        values: Vec<SqlValue>,
        mut visit: impl FnMut(ObjectRef, Entry),
    ) -> Result<()> {
        if !self.is_there()? {
            return Ok(());
        }
        let rows = self.database.exec(query, values)?;
        while let Some(row) = rows.next()? {
            let [SqlValue::Text(class), SqlValue::Blob(id), name, alarm] = &row[..] else {
                continue;
            };
            let Ok(id) = <[u8; 32]>::try_from(&id[..]) else {
                continue;
            };
            let object = ObjectRef {
                class: Arc::from(&**class),
                id,
            };
            let entry = Entry {
                name: match name {
                    SqlValue::Text(name) => Some(name.clone()),
                    _ => None,
                },
                alarm: match alarm {
                    SqlValue::Integer(alarm) => Some(*alarm),
                    _ => None,
                },
                alarm_changed: false,
                exists: true,
            };
            visit(object, entry);
        }
        Ok(())
    }
}

impl Store {
    /// All alarms that are set, durable or not. Reads the catalogue: for a start, before anything runs.
    ///
    /// # Errors
    /// The catalogue cannot be read.
    pub fn pending_alarms(&self) -> Result<Vec<PendingAlarm>> {
        let mut alarms = Vec::new();
        self.each_object(
            "SELECT class, id, name, alarm FROM objects WHERE alarm IS NOT NULL",
            |object, entry| {
                if let Some(scheduled_ms) = entry.alarm {
                    alarms.push(PendingAlarm {
                        object,
                        name: entry.name,
                        scheduled_ms,
                    });
                }
            },
        )?;
        Ok(alarms)
    }

    /// All objects that have a database, ordered by class and id.
    ///
    /// # Errors
    /// The catalogue cannot be read.
    pub fn objects(&self) -> Result<Vec<(ObjectRef, Entry)>> {
        let mut objects = Vec::new();
        self.each_object(
            "SELECT class, id, name, alarm FROM objects",
            |object, entry| {
                objects.push((object, entry));
            },
        )?;
        objects.sort_by(|a, b| a.0.cmp(&b.0));
        Ok(objects)
    }

    /// The objects of a class that have a database, with ids from `ids[0]` to `ids[1]`, in their order. For a thread
    /// that must not wait for a checkpoint: it waits at most while one enters its notes.
    ///
    /// # Errors
    /// The catalogue cannot be read.
    pub fn objects_between(
        &self,
        class: &str,
        ids: [[u8; 32]; 2],
    ) -> Result<Vec<(ObjectRef, Entry)>> {
        let [first, last] = ids.map(|id| ObjectRef {
            class: Arc::from(class),
            id,
        });
        // While it is held nothing is committed to the catalogue, so that its own pages can be read.
        let entering = lock(&self.shared.entering);
        let notes: Vec<_> = lock(&self.shared.notes)
            .range(&first..=&last)
            .map(|(object, entry)| (object.clone(), entry.clone()))
            .collect();
        let catalogue = Catalogue::new(self);
        let mut found = BTreeMap::new();
        catalogue.each(
            "SELECT class, id, name, alarm FROM objects WHERE class = ? AND id BETWEEN ? AND ?",
            vec![
                SqlValue::Text(class.to_owned()),
                SqlValue::Blob(first.id.to_vec()),
                SqlValue::Blob(last.id.to_vec()),
            ],
            |object, entry| {
                found.insert(object, entry);
            },
        )?;
        drop(catalogue);
        drop(entering);
        for (object, mut noted) in notes {
            let known = found.remove(&object);
            if !noted.exists {
                continue;
            }
            if let Some(known) = known {
                noted.name = noted.name.or(known.name);
                if !noted.alarm_changed {
                    noted.alarm = known.alarm;
                }
            }
            found.insert(object, noted);
        }
        Ok(found.into_iter().collect())
    }

    /// What the catalogue holds, with the notes that it does not hold yet.
    fn each_object(&self, query: &str, mut visit: impl FnMut(ObjectRef, Entry)) -> Result<()> {
        // Both as of one moment, and pages that do not change while they are read.
        let entering = lock(&self.shared.entering);
        let mut notes = lock(&self.shared.notes).clone();
        let snapshot = self.snapshot(&catalogue())?;
        drop(entering);
        let catalogue = Catalogue {
            database: match &snapshot {
                Some(snapshot) => snapshot.database_for_us(),
                None => Database::new(Location::Memory, Options::default()),
            },
        };
        catalogue.each(query, vec![], |object, known| {
            let Some(noted) = notes.get_mut(&object) else {
                visit(object, known);
                return;
            };
            noted.name = noted.name.take().or(known.name);
            if !noted.alarm_changed {
                noted.alarm = known.alarm;
            }
        })?;
        for (object, mut entry) in notes {
            if entry.exists {
                if entry.name.is_none() {
                    // The query need not have come by its row.
                    entry.name = catalogue.name_of(&object)?;
                }
                visit(object, entry);
            }
        }
        Ok(())
    }
}
