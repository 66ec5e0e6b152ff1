//! How objects are named on the command line: `Class/name`, or `Class/` and the 64 hex digits of the id, and for a facet
//! the names that lead to it.

use std::collections::BTreeSet;
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

/// The place in a list that `text` names, whether or not there is such an object any more.
///
/// # Errors
/// It names none, in a sentence.
pub(super) fn place(store: &Store, text: &str) -> Result<ObjectRef, String> {
    let written = text
        .split_once('/')
        .and_then(|(class, id)| Some((class, id_of(id)?)));
    match written {
        Some((class, id)) => Ok(ObjectRef {
            class: Arc::from(class_key(store, class).unwrap_or_else(|_| class.to_owned())),
            id,
        }),
        None => resolve_root(store, text),
    }
}

fn id_of(digits: &str) -> Option<[u8; 32]> {
    if digits.len() != 64 || !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        return None;
    }
    let mut id = [0; 32];
    for (index, byte) in id.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&digits[2 * index..2 * index + 2], 16).ok()?;
    }
    Some(id)
}

/// The unique key of the class that `class` names: the key itself, or the class name in it.
pub(super) fn class_key(store: &Store, class: &str) -> Result<String, String> {
    let classes = store.classes().map_err(|error| error.message)?;
    let roots = classes
        .iter()
        .map(|class| root_class(class).unwrap_or(class).to_owned());
    let keys: BTreeSet<String> = roots.collect();
    let found: Vec<_> = keys
        .iter()
        .filter(|key| {
            **key == *class || key.rsplit_once('-').is_some_and(|(_, name)| name == class)
        })
        .collect();
    match &found[..] {
        [key] => Ok((*key).clone()),
        [] => Err(match keys.is_empty() {
            true => "there are no objects in this data folder yet".to_owned(),
            false => format!(
                "there is no object of a class {class}; there are objects of {}",
                Vec::from_iter(keys).join(", ")
            ),
        }),
        several => {
            let names: Vec<&str> = several.iter().map(|key| key.as_str()).collect();
            Err(format!(
                "several Workers have a class {class}: write {}",
                names.join(" or ")
            ))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_64_digits() {
        let id = id_of(&format!("{}0aFf", "00".repeat(30))).unwrap();
        assert_eq!((id[29], id[30], id[31]), (0, 10, 255));
        for text in [
            "",
            "name",
            &"0".repeat(63),
            &"g".repeat(64),
            &"é".repeat(32),
        ] {
            assert_eq!(id_of(text), None, "{text}");
        }
    }
}
