//! How objects are named on the command line: `Class/name`, or `Class/` and the 64 hex digits of the id, and for a facet
//! the names that lead to it.

use std::sync::Arc;

use holdfast_object::{FacetPath, NamespaceKey, ObjectId};
use holdfast_runtime::{facet_named, root_class};
use holdfast_storage::{ObjectRef, Store};

use crate::args::ObjectName;

/// What a name on the command line stands for.
pub(crate) struct Named {
    pub(crate) object: ObjectRef,
    /// The object at the root; the same, unless this is a facet.
    pub(crate) root: ObjectRef,
    pub(crate) path: FacetPath,
}

impl Named {
    /// The name that the store's catalogue has to know: that of a facet, which is its path.
    pub(crate) fn name(&self) -> Option<String> {
        (!self.path.is_root()).then(|| self.path.to_string())
    }
}

/// The object that `text` names.
///
/// # Errors
/// It names none, in a sentence.
pub(super) fn resolve(store: &Store, name: &ObjectName) -> Result<Named, String> {
    let ObjectName { object, facets } = name;
    let root = resolve_root(store, object)?;
    let mut path = FacetPath::root(ObjectId::from_bytes(root.id));
    for facet in facets {
        path = path.child(facet).map_err(|error| error.to_string())?;
    }
    let object = match path.is_root() {
        true => root.clone(),
        false => facet_named(&root.class, &path),
    };
    Ok(Named { object, root, path })
}

fn resolve_root(store: &Store, text: &str) -> Result<ObjectRef, String> {
    let Some((class, name)) = text.split_once('/') else {
        return Err(format!(
            "{text:?} does not name an object; write CLASS/NAME, or CLASS/ID with the 64 digits of the id"
        ));
    };
    let key = class_key(store, class)?;
    let namespace = NamespaceKey::new(&key);
    let id = namespace
        .parse(name)
        .unwrap_or_else(|_| namespace.id_from_name(name));
    Ok(ObjectRef {
        class: Arc::from(key),
        id: *id.as_bytes(),
    })
}

/// The unique key of the class that `class` names: the key itself, or the class name in it.
pub(super) fn class_key(store: &Store, class: &str) -> Result<String, String> {
    let mut keys: Vec<String> = store
        .objects()
        .map_err(|error| error.message)?
        .into_iter()
        .map(|(object, _)| {
            root_class(&object.class)
                .unwrap_or(&object.class)
                .to_owned()
        })
        .collect();
    keys.sort();
    keys.dedup();
    let found: Vec<_> = keys
        .iter()
        .filter(|key| *key == class || key.rsplit_once('-').is_some_and(|(_, name)| name == class))
        .collect();
    match &found[..] {
        [key] => Ok((*key).clone()),
        [] => Err(match keys.is_empty() {
            true => "there are no objects in this data folder yet".to_owned(),
            false => format!(
                "there is no object of a class {class}; there are objects of {}",
                keys.join(", ")
            ),
        }),
        several => {
            let names: Vec<_> = several.iter().map(|key| key.as_str()).collect();
            Err(format!(
                "several Workers have a class {class}: write {}",
                names.join(" or ")
            ))
        }
    }
}
