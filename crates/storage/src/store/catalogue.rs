//! The catalogue: which objects there are, under which names, and when their alarms are due.
//!
//! It is a database of the store like any other, of a class that no program can have. Commits leave notes of what
//! they change about their object; a checkpoint enters the notes before it does anything else, so that the log that
//! is let go of afterwards is not needed for them either. A start reads the alarms from here and the rest from the log.

mod range;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;
use std::sync::Arc;

use holdfast_journal::{Commit, ObjectRef};

use super::{Store, lock};
use crate::database::{Database, Location, Options};
use crate::error::{Result, StorageError};
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

    /// What is known of an object, if anything was ever entered.
    fn get(&self, object: &ObjectRef) -> Result<Option<Entry>> {
        let class = SqlValue::Text(object.class.to_string());
        let id = SqlValue::Blob(object.id.to_vec());
        let mut found = None;
        self.each(
            "SELECT class, id, name, alarm FROM objects WHERE class = ? AND id = ?",
            vec![class, id],
            |_, entry| found = Some(entry),
        )?;
        Ok(found)
    }

    /// Gives the objects of a query to `visit`, in its order.
    fn each(
        &self,
        query: &str,
        bindings: Vec<SqlValue>,
        mut visit: impl FnMut(ObjectRef, Entry),
    ) -> Result<()> {
        let rows = self.database.exec(query, bindings)?;
        // Neighbours are of one class.
        let mut last: Option<Arc<str>> = None;
        while let Some(row) = rows.next()? {
            let Ok([SqlValue::Text(class), SqlValue::Blob(id), name, alarm]) =
                <[SqlValue; 4]>::try_from(row)
            else {
                continue;
            };
            let Ok(id) = <[u8; 32]>::try_from(id) else {
                continue;
            };
            let class = match last.take().filter(|last| **last == *class) {
                Some(same) => same,
                None => Arc::from(class),
            };
            last = Some(Arc::clone(&class));
            let entry = Entry {
                name: match name {
                    SqlValue::Text(name) => Some(name),
                    _ => None,
                },
                alarm: match alarm {
                    SqlValue::Integer(alarm) => Some(alarm),
                    _ => None,
                },
                alarm_changed: false,
                exists: true,
            };
            visit(ObjectRef { class, id }, entry);
        }
        Ok(())
    }
}

/// What is to be known of an object, from a note and from what the catalogue has.
fn merged(mut noted: Entry, known: Option<Entry>) -> Entry {
    if let Some(known) = known {
        noted.name = noted.name.or(known.name);
        if !noted.alarm_changed {
            noted.alarm = known.alarm;
        }
    }
    noted
}

/// An object that has a database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Which.
    pub object: ObjectRef,
    /// What is known of it.
    pub entry: Entry,
    /// Bytes of its database.
    pub bytes: u64,
}

/// Some objects, in order of class and id.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Listing {
    /// The objects.
    pub objects: Vec<Listed>,
    /// There may be more after this one.
    pub next: Option<ObjectRef>,
}

/// Objects that [`Store::objects`] looks at in one go.
const PAGE_OBJECTS: usize = 5_000;

impl Store {
    /// All alarms that are set, durable or not. Reads the catalogue: for a start, before anything runs.
    ///
    /// # Errors
    /// The catalogue cannot be read.
    pub fn pending_alarms(&self) -> Result<Vec<PendingAlarm>> {
        let mut alarms = Vec::new();
        let mut add = |object, entry: Entry| {
            if let Some(scheduled_ms) = entry.alarm {
                alarms.push(PendingAlarm {
                    object,
                    name: entry.name,
                    scheduled_ms,
                });
            }
        };
        self.look(BTreeMap::clone, |catalogue, mut notes| {
            if let Some(catalogue) = catalogue {
                let query = "SELECT class, id, name, alarm FROM objects WHERE alarm IS NOT NULL";
                catalogue.each(query, vec![], |object, known| match notes.remove(&object) {
                    Some(noted) if !noted.exists => {}
                    Some(noted) => add(object, merged(noted, Some(known))),
                    None => add(object, known),
                })?;
            }
            for (object, mut noted) in notes {
                if noted.exists && noted.alarm.is_some() {
                    if let Some(catalogue) = catalogue {
                        // The query had no row with its name.
                        noted = merged(noted, catalogue.get(&object)?);
                    }
                    add(object, noted);
                }
            }
            Ok(())
        })?;
        Ok(alarms)
    }

    /// All objects that have a database, ordered by class and id.
    ///
    /// # Errors
    /// The catalogue cannot be read.
    pub fn objects(&self) -> Result<Vec<(ObjectRef, Entry)>> {
        let mut objects = Vec::new();
        let mut after = None;
        loop {
            let page = self.objects_after(None, after.as_ref(), PAGE_OBJECTS)?;
            let found = page.objects.into_iter();
            objects.extend(found.map(|listed| (listed.object, listed.entry)));
            match page.next {
                Some(next) => after = Some(next),
                None => return Ok(objects),
            }
        }
    }

    /// Objects that have a database, of one class or of all: some of those behind `after`, ordered by class and id, at
    /// most `limit`. No object's file is opened.
    ///
    /// # Errors
    /// The catalogue cannot be read, or the length of a file.
    pub fn objects_after(
        &self,
        class: Option<&str>,
        after: Option<&ObjectRef>,
        limit: usize,
    ) -> Result<Listing> {
        let is_wanted = |object: &ObjectRef| class.is_none_or(|class| *object.class == *class);
        let from = match (after, class) {
            (Some(after), _) => Bound::Excluded(after.clone()),
            (None, Some(class)) => Bound::Included(ObjectRef {
                class: Arc::from(class),
                id: [0; 32],
            }),
            (None, None) => Bound::Unbounded,
        };
        let note = |notes: &BTreeMap<ObjectRef, Entry>| -> BTreeMap<ObjectRef, Entry> {
            let notes = notes.range((from.clone(), Bound::Unbounded));
            notes
                .take_while(|(object, _)| is_wanted(object))
                .take(limit)
                .map(|(object, entry)| (object.clone(), entry.clone()))
                .collect()
        };
        self.look(note, |catalogue, notes| {
            let mut known = BTreeMap::new();
            if let Some(catalogue) = catalogue {
                let (begin_class, begin_id) = match &from {
                    Bound::Excluded(from) => (&*from.class, from.id.to_vec()),
                    // Nothing is before it, and no id is so short.
                    _ => (class.unwrap_or(""), Vec::new()),
                };
                let query = "SELECT class, id, name, alarm FROM objects
                     WHERE (class, id) > (?1, ?2) AND (?3 IS NULL OR class = ?3)
                     ORDER BY class, id LIMIT ?4";
                let bindings = vec![
                    SqlValue::Text(begin_class.to_owned()),
                    SqlValue::Blob(begin_id),
                    class.map_or(SqlValue::Null, |class| SqlValue::Text(class.to_owned())),
                    SqlValue::Integer(i64::try_from(limit).unwrap_or(i64::MAX)),
                ];
                catalogue.each(query, bindings, |object, entry| {
                    known.insert(object, entry);
                })?;
            }
            // Where either source was cut off, the other one says nothing about what comes behind.
            let ends = [&known, &notes].map(|source| match source.len() < limit {
                true => None,
                false => source.keys().next_back().cloned(),
            });
            let mut next = ends.into_iter().flatten().min();
            for (object, noted) in notes {
                let before = known.remove(&object);
                if noted.exists {
                    known.insert(object, merged(noted, before));
                }
            }
            if let Some(end) = &next {
                known.retain(|object, _| object <= end);
            }
            if known.len() > limit {
                next = known.keys().nth(limit - 1).cloned();
            }
            let objects = known.into_iter().take(limit).map(|(object, entry)| {
                let bytes = self.bytes_of(&object)?;
                Ok(Listed {
                    object,
                    entry,
                    bytes,
                })
            });
            Ok(Listing {
                objects: objects.collect::<Result<_>>()?,
                next,
            })
        })
    }

    /// The classes of which there are objects, or were when the catalogue was last written, sorted.
    ///
    /// # Errors
    /// The catalogue cannot be read.
    pub fn classes(&self) -> Result<Vec<Arc<str>>> {
        let note = |notes: &BTreeMap<ObjectRef, Entry>| -> BTreeSet<Arc<str>> {
            let there = notes.iter().filter(|(_, entry)| entry.exists);
            there.map(|(object, _)| Arc::clone(&object.class)).collect()
        };
        let classes = self.look(note, |catalogue, mut classes| {
            let Some(catalogue) = catalogue else {
                return Ok(classes);
            };
            // From one class to the next, not over all their objects.
            let query = "SELECT class FROM objects WHERE class > ? ORDER BY class LIMIT 1";
            let mut last = String::new();
            loop {
                let bindings = vec![SqlValue::Text(last)];
                let row = catalogue.database.exec(query, bindings)?.next()?;
                let Some([SqlValue::Text(class)]) = row.as_deref() else {
                    return Ok(classes);
                };
                classes.insert(Arc::from(&**class));
                last = class.clone();
            }
        })?;
        Ok(classes.into_iter().collect())
    }

    /// What is known of an object; none if it has no database.
    ///
    /// # Errors
    /// The catalogue cannot be read.
    pub fn object(&self, object: &ObjectRef) -> Result<Option<Entry>> {
        let note = |notes: &BTreeMap<ObjectRef, Entry>| notes.get(object).cloned();
        self.look(note, |catalogue, noted| {
            let known = match catalogue {
                Some(catalogue) => catalogue.get(object)?,
                None => None,
            };
            Ok(match noted {
                Some(noted) => noted.exists.then(|| merged(noted, known)),
                None => known,
            })
        })
    }

    /// Those of some objects that have a database. They are all looked up at one moment.
    ///
    /// # Errors
    /// The catalogue cannot be read.
    pub fn existing(&self, objects: &BTreeSet<ObjectRef>) -> Result<BTreeSet<ObjectRef>> {
        let note = |notes: &BTreeMap<ObjectRef, Entry>| -> BTreeMap<ObjectRef, bool> {
            let noted = objects
                .iter()
                .filter_map(|object| notes.get_key_value(object));
            noted
                .map(|(object, entry)| (object.clone(), entry.exists))
                .collect()
        };
        self.look(note, |catalogue, noted| {
            let mut existing = BTreeSet::new();
            for object in objects {
                let exists = match (noted.get(object), catalogue) {
                    (Some(exists), _) => *exists,
                    (None, Some(catalogue)) => catalogue.get(object)?.is_some(),
                    (None, None) => false,
                };
                if exists {
                    existing.insert(object.clone());
                }
            }
            Ok(existing)
        })
    }

    /// Gives `visit` the catalogue, unless nothing was ever entered, and what `note` makes of the notes that it does not
    /// hold yet: both as of one moment.
    fn look<N, R>(
        &self,
        note: impl FnOnce(&BTreeMap<ObjectRef, Entry>) -> N,
        visit: impl FnOnce(Option<&Catalogue>, N) -> Result<R>,
    ) -> Result<R> {
        let entering = lock(&self.shared.entering);
        let notes = note(&lock(&self.shared.notes));
        // Of pages that do not change while they are read.
        let snapshot = self.snapshot(&catalogue())?;
        drop(entering);
        let catalogue = snapshot.as_ref().map(|snapshot| Catalogue {
            database: snapshot.database_for_us(),
        });
        match catalogue {
            Some(catalogue) if catalogue.is_there()? => visit(Some(&catalogue), notes),
            _ => visit(None, notes),
        }
    }

    /// Bytes of an object's database.
    fn bytes_of(&self, object: &ObjectRef) -> Result<u64> {
        self.shared.bytes_of(object).map_err(|error| {
            StorageError::internal(format!("cannot look at the file of {object}: {error}"))
        })
    }
}
