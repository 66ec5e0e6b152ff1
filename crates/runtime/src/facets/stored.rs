//! The databases of facets.
//!
//! Those of a class's objects are in a folder of their own beside the class's, `<class>.facets`: no class has a dot in its
//! name. The catalogue knows each by its path from the root.

use std::collections::{BTreeSet, HashMap};
use std::rc::Rc;
use std::sync::Arc;

use holdfast_object::{FacetPath, Flags, ObjectId, Position};
use holdfast_storage::{Commit, ObjectRef, StorageError, Store};
use holdfast_workers::failure::Failure;

use crate::context::Context;
use crate::core::Core;
use crate::instance::Instance;

const SUFFIX: &str = ".facets";

/// What keeps the facets of a class's objects, by the class's unique key.
pub fn class_of(root_class: &str) -> String {
    format!("{root_class}{SUFFIX}")
}

pub(crate) fn is_class_of_facets(class: &str) -> bool {
    class.ends_with(SUFFIX)
}

/// The class of the object at the root, if `class` is what keeps facets.
pub fn root_class(class: &str) -> Option<&str> {
    class.strip_suffix(SUFFIX)
}

/// The facet at `path`, as the store names it, of an object of the class with this unique key.
pub fn facet_named(root_class: &str, path: &FacetPath) -> ObjectRef {
    ObjectRef {
        class: Arc::from(class_of(root_class)),
        id: *path.id().as_bytes(),
    }
}

/// All facets of an object that have data, the outer ones first.
///
/// # Errors
/// The catalogue cannot be read.
pub fn facets_of(
    store: &Store,
    root: &ObjectRef,
) -> Result<Vec<(ObjectRef, FacetPath)>, StorageError> {
    let id = ObjectId::from_bytes(root.id);
    let ids = FacetPath::id_range(id).map(|id| *id.as_bytes());
    let found = store.objects_between(&class_of(&root.class), ids)?;
    let mut facets: Vec<_> = found
        .into_iter()
        .filter_map(|(object, entry)| Some((object, FacetPath::parse(&entry.name?)?)))
        .filter(|(_, path)| path.root_id() == id)
        .collect();
    facets.sort_by(|(_, a), (_, b)| (a.names().len(), a).cmp(&(b.names().len(), b)));
    Ok(facets)
}

/// How many facets of an object have data, and which comes first in the order of ids.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FacetCount {
    /// At least one.
    pub count: usize,
    /// In the order of ids, not of paths.
    pub first: ObjectRef,
}

/// The facets that have data of some objects of a class; objects that have none are left out. Reads the catalogue once,
/// from the first of the objects to the last: they should be neighbours.
///
/// # Errors
/// The catalogue cannot be read.
pub fn count_facets(
    store: &Store,
    root_class: &str,
    roots: &BTreeSet<ObjectId>,
) -> Result<HashMap<ObjectId, FacetCount>, StorageError> {
    let mut counts = HashMap::new();
    let (Some(first), Some(last)) = (roots.first(), roots.last()) else {
        return Ok(counts);
    };
    let [from, _] = FacetPath::id_range(*first);
    let [_, to] = FacetPath::id_range(*last);
    let ids = [from, to].map(|id| *id.as_bytes());
    store.each_between(&class_of(root_class), ids, |object, entry| {
        let path = entry.name.as_deref().and_then(FacetPath::parse);
        let root = path.map(|path| path.root_id());
        if let Some(root) = root.filter(|root| roots.contains(root)) {
            let found = counts.entry(root).or_insert(FacetCount {
                count: 0,
                first: object,
            });
            found.count += 1;
        }
    })?;
    Ok(counts)
}

/// An object and all its facets that have data, or a facet and those below it; the outer ones first.
///
/// # Errors
/// The catalogue cannot be read.
pub(crate) fn with_facets(
    store: &Store,
    object: &ObjectRef,
) -> Result<Vec<ObjectRef>, StorageError> {
    let Some(class) = root_class(&object.class) else {
        let facets = facets_of(store, object)?;
        let facets = facets.into_iter().map(|(facet, _)| facet);
        return Ok(std::iter::once(object.clone()).chain(facets).collect());
    };
    // Ids of facets begin like that of their root, and few others do.
    let id = ObjectId::from_bytes(object.id);
    let ids = FacetPath::id_range(id).map(|id| *id.as_bytes());
    let found = store.objects_between(&class_of(class), ids)?;
    let paths: Vec<_> = found
        .into_iter()
        .filter_map(|(object, entry)| Some((object, FacetPath::parse(&entry.name?)?)))
        .collect();
    let Some((_, own)) = paths.iter().find(|(known, _)| known == object) else {
        return Ok(vec![object.clone()]);
    };
    let mut below: Vec<_> = paths
        .iter()
        .filter(|(_, path)| own.contains(path))
        .collect();
    below.sort_by_key(|(_, path)| path.names().len());
    Ok(below
        .into_iter()
        .map(|(object, _)| object.clone())
        .collect())
}

const DELETED: &str = "Facet was deleted.";
const CLONED_OVER: &str = "Facet was cloned-over.";

impl Core {
    /// Ends the facet of this name and deletes its data, and that of all below it.
    pub(crate) fn delete_facet(
        self: &Rc<Self>,
        context: &Rc<Context>,
        name: &str,
    ) -> Result<(), StorageError> {
        let instance = context.instance().expect("only objects have facets");
        let failure = Failure::with_message(DELETED, Flags::default());
        self.abort_facet(instance, name, &failure);
        self.delete_stored(context, instance, name)
    }

    /// Puts a copy of `source`'s data, and of all below it, in the place of `target`'s.
    pub(crate) fn clone_facet(
        self: &Rc<Self>,
        context: &Rc<Context>,
        source: &str,
        target: &str,
    ) -> Result<(), StorageError> {
        let instance = context.instance().expect("only objects have facets");
        let failure = Failure::with_message(CLONED_OVER, Flags::default());
        self.abort_facet(instance, target, &failure);
        if source == target {
            return Ok(());
        }
        self.delete_stored(context, instance, target)?;
        // Too deep for facets, so there are none.
        let (Ok(source), Ok(target)) = (instance.path.child(source), instance.path.child(target))
        else {
            return Ok(());
        };
        for (object, path) in self.stored_below(instance, &source)? {
            let copy = source.moved(&path, &target);
            let name = Arc::from(copy.to_string());
            let copy = self.database(facet_named(&instance.root_class, &copy), Some(name));
            let commit = copy.copy_from(&self.database(object, None))?;
            self.facet_changed(context, instance, commit);
        }
        Ok(())
    }

    fn delete_stored(
        &self,
        context: &Rc<Context>,
        instance: &Instance,
        name: &str,
    ) -> Result<(), StorageError> {
        let Ok(path) = instance.path.child(name) else {
            return Ok(());
        };
        // From below: what is left after a crash still has its parents.
        for (object, _) in self.stored_below(instance, &path)?.into_iter().rev() {
            let commit = self.database(object, None).delete_all(true)?;
            self.facet_changed(context, instance, commit);
        }
        Ok(())
    }

    /// What is stored of the facet at `path` and of all below it, the outer ones first.
    fn stored_below(
        &self,
        instance: &Instance,
        path: &FacetPath,
    ) -> Result<Vec<(ObjectRef, FacetPath)>, StorageError> {
        let root = ObjectRef {
            class: Arc::clone(&instance.root_class),
            id: *path.root_id().as_bytes(),
        };
        let mut facets = facets_of(self.at_log.store(), &root)?;
        facets.retain(|(_, known)| path.contains(known));
        Ok(facets)
    }

    /// The parent has changed a facet's data: it says nothing more before that is durable.
    fn facet_changed(&self, context: &Rc<Context>, instance: &Instance, commit: Option<Commit>) {
        if let Some(commit) = commit {
            let position = Position(commit.position().0);
            instance.lock(position, self.now_ms());
            self.await_durable(context, position);
        }
    }
}
