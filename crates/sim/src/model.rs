//! What the objects' databases must hold: the checker's own account, kept apart from SQLite.

use std::collections::BTreeMap;
use std::fmt;
use std::rc::Rc;

/// A row: a number that has an index, and bytes.
pub(crate) type Row = (i64, Rc<[u8]>);

/// Contents of one object's database.
#[derive(Clone, Default, PartialEq, Eq)]
pub(crate) struct Contents {
    pub(crate) keys: BTreeMap<String, Rc<[u8]>>,
    pub(crate) tables: BTreeMap<String, BTreeMap<i64, Row>>,
    pub(crate) alarm: Option<i64>,
    /// It has a database at all.
    pub(crate) exists: bool,
}

impl Contents {
    /// Bytes of keys and rows, about.
    pub(crate) fn bytes(&self) -> usize {
        let keys = self.keys.values().map(|value| value.len() + 20);
        let rows = self.tables.values().flat_map(BTreeMap::values);
        keys.sum::<usize>() + rows.map(|(_, data)| data.len() + 20).sum::<usize>()
    }

    /// How `other` differs from this, in words.
    pub(crate) fn difference(&self, other: &Contents) -> String {
        let mut words = Vec::new();
        if self.alarm != other.alarm {
            words.push(format!("alarm {:?} is not {:?}", other.alarm, self.alarm));
        }
        for key in self.keys.keys().chain(other.keys.keys()) {
            let (expected, found) = (self.keys.get(key), other.keys.get(key));
            if expected != found {
                let bytes = |value: Option<&Rc<[u8]>>| match value {
                    None => "missing".to_owned(),
                    Some(value) => format!("{} bytes", value.len()),
                };
                words.push(format!(
                    "key {key} is {} and not {}",
                    bytes(found),
                    bytes(expected)
                ));
            }
        }
        for table in self.tables.keys().chain(other.tables.keys()) {
            match (self.tables.get(table), other.tables.get(table)) {
                (Some(expected), Some(found)) => {
                    for id in expected.keys().chain(found.keys()) {
                        if expected.get(id) != found.get(id) {
                            words.push(format!(
                                "row {id} of {table} is {} and not {}",
                                Brief(found.get(id)),
                                Brief(expected.get(id))
                            ));
                        }
                    }
                }
                (Some(_), None) => words.push(format!("table {table} is missing")),
                (None, _) => words.push(format!("table {table} must not be there")),
            }
        }
        words.dedup();
        words.truncate(5);
        words.join("; ")
    }
}

struct Brief<'a>(Option<&'a Row>);

impl fmt::Display for Brief<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            None => f.write_str("missing"),
            Some((number, data)) => write!(f, "({number}, {} bytes)", data.len()),
        }
    }
}

/// What every object held after each of its commits.
#[derive(Clone, Default)]
pub(crate) struct History {
    objects: Vec<Vec<(u64, Rc<Contents>)>>,
}

impl History {
    pub(crate) fn of(objects: usize) -> History {
        History {
            objects: vec![Vec::new(); objects],
        }
    }

    /// A commit was made at `position`.
    pub(crate) fn push(&mut self, object: usize, position: u64, contents: Contents) {
        self.objects[object].push((position, Rc::new(contents)));
    }

    /// What an object held at a position.
    pub(crate) fn at(&self, object: usize, position: u64) -> Rc<Contents> {
        let states = &self.objects[object];
        let known = states.partition_point(|(at, _)| *at <= position);
        match known.checked_sub(1) {
            Some(index) => Rc::clone(&states[index].1),
            None => Rc::default(),
        }
    }

    /// The same up to a position: what came after it was lost.
    pub(crate) fn up_to(&self, position: u64) -> History {
        let objects = self.objects.iter().map(|states| {
            let known = states.partition_point(|(at, _)| *at <= position);
            states[..known].to_vec()
        });
        History {
            objects: objects.collect(),
        }
    }
}
