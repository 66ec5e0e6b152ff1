//! Objects of a class whose ids lie between two.

use std::collections::BTreeMap;
use std::sync::Arc;

use holdfast_journal::ObjectRef;

use super::{Catalogue, Entry, merged};
use crate::error::Result;
use crate::store::{Store, lock};
use crate::value::SqlValue;

impl Store {
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
        let range = Range::new(class, ids);
        // While it is held nothing is committed to the catalogue, so that its own pages can be read.
        let entering = lock(&self.shared.entering);
        let notes = range.notes(&lock(&self.shared.notes));
        let catalogue = Catalogue::new(self);
        let catalogue = catalogue.is_there()?.then_some(catalogue);
        let mut found = Vec::new();
        range.each(catalogue.as_ref(), notes, |object, entry| {
            found.push((object, entry));
        })?;
        drop(catalogue);
        drop(entering);
        Ok(found)
    }

    /// The same, given to `visit` one by one, for a thread that can wait and a range of any size.
    ///
    /// # Errors
    /// The catalogue cannot be read.
    pub fn each_between(
        &self,
        class: &str,
        ids: [[u8; 32]; 2],
        visit: impl FnMut(ObjectRef, Entry),
    ) -> Result<()> {
        let range = Range::new(class, ids);
        self.look(
            |notes| range.notes(notes),
            |catalogue, notes| range.each(catalogue, notes, visit),
        )
    }
}

struct Range {
    first: ObjectRef,
    last: ObjectRef,
}

impl Range {
    fn new(class: &str, ids: [[u8; 32]; 2]) -> Range {
        let class: Arc<str> = Arc::from(class);
        let [first, last] = ids.map(|id| ObjectRef {
            class: Arc::clone(&class),
            id,
        });
        Range { first, last }
    }

    fn notes(&self, notes: &BTreeMap<ObjectRef, Entry>) -> Vec<(ObjectRef, Entry)> {
        let noted = notes.range(&self.first..=&self.last);
        noted
            .map(|(object, entry)| (object.clone(), entry.clone()))
            .collect()
    }

    /// Gives the objects of both sources to `visit`. Both are in order.
    fn each(
        &self,
        catalogue: Option<&Catalogue>,
        notes: Vec<(ObjectRef, Entry)>,
        mut visit: impl FnMut(ObjectRef, Entry),
    ) -> Result<()> {
        let mut notes = notes.into_iter().peekable();
        if let Some(catalogue) = catalogue {
            let query = "SELECT class, id, name, alarm FROM objects
                 WHERE class = ? AND id BETWEEN ? AND ? ORDER BY id";
            let bindings = vec![
                SqlValue::Text(self.first.class.to_string()),
                SqlValue::Blob(self.first.id.to_vec()),
                SqlValue::Blob(self.last.id.to_vec()),
            ];
            catalogue.each(query, bindings, |object, known| {
                while let Some((before, noted)) = notes.next_if(|(noted, _)| *noted < object) {
                    if noted.exists {
                        visit(before, noted);
                    }
                }
                match notes.next_if(|(noted, _)| *noted == object) {
                    Some((_, noted)) if noted.exists => visit(object, merged(noted, Some(known))),
                    Some(_) => {}
                    None => visit(object, known),
                }
            })?;
        }
        for (object, noted) in notes.filter(|(_, noted)| noted.exists) {
            visit(object, noted);
        }
        Ok(())
    }
}
